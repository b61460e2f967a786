//! Contexts: what holds groups together, and the settings of parsing and of the help.

use super::group::copy_of;
use super::parse::Fate;
use super::value::Change;
use super::*;
use crate::messages::{own, LEVEL_WARNING};

/// A context, opaque to C. The strings are copies.
pub struct GOptionContext {
    /// Groups that were added, in that order.
    pub(super) groups: Vec<*mut GOptionGroup>,
    /// The program's own group, or NULL.
    pub(super) main: *mut GOptionGroup,
    pub(super) parameters: *mut c_char,
    pub(super) summary: *mut c_char,
    pub(super) description: *mut c_char,
    pub(super) translator: Translator,
    pub(super) has_help: bool,
    pub(super) ignores_unknown: bool,
    pub(super) is_strict: bool,
    /// While parsing: variables that have got another value.
    pub(super) changes: Vec<Change>,
    /// While parsing: what becomes of each argument.
    pub(super) fates: Vec<Fate>,
}

impl GOptionContext {
    /// The group number `index` of those that were added.
    pub(super) fn added(&self, index: usize) -> Option<*mut GOptionGroup> {
        self.groups.get(index).copied()
    }

    /// The group number `index` of all: those added first, the main one last.
    pub(super) fn group(&self, index: usize) -> Option<*mut GOptionGroup> {
        let main = (!self.main.is_null()).then_some(self.main);
        self.added(index).or(main.filter(|_| index == self.groups.len()))
    }

    /// The group number `index` of all: the main one first, if there is one.
    pub(super) fn group_from_main(&self, index: usize) -> Option<*mut GOptionGroup> {
        match (self.main.is_null(), index) {
            (true, _) => self.added(index),
            (false, 0) => Some(self.main),
            (false, _) => self.added(index - 1),
        }
    }
}

/// A context without options.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_new(
    parameter_string: *const c_char,
) -> *mut GOptionContext {
    Box::into_raw(Box::new(GOptionContext {
        groups: Vec::new(),
        main: null_mut(),
        // SAFETY: a C string or NULL.
        parameters: unsafe { copy_of(parameter_string) },
        summary: null_mut(),
        description: null_mut(),
        translator: Translator::NOBODY,
        has_help: true,
        ignores_unknown: false,
        is_strict: false,
        changes: Vec::new(),
        fates: Vec::new(),
    }))
}

/// Frees a context and drops its groups.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_context_free(context: *mut GOptionContext) {
    require!("g_option_context_free", !context.is_null(), "context != NULL");
    // SAFETY: a live context, given up by the caller; the program is told of what goes while it is whole.
    unsafe {
        let mut index = 0;
        while let Some(group) = (*context).group(index) {
            g_option_group_unref(group);
            index += 1;
        }
        Translator::replace(&raw mut (*context).translator, Translator::NOBODY);
        let context = Box::from_raw(context);
        for string in [context.parameters, context.summary, context.description] {
            libc::free(string.cast());
        }
    }
}

/// Puts a copy of a text in the place of another.
unsafe fn set_text(place: *mut *mut c_char, text: *const c_char) {
    // SAFETY: a string of a live context; a C string or NULL.
    unsafe { libc::free(place.replace(copy_of(text)).cast()) }
}

/// Sets the text in front of the options. Since 2.12.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_set_summary(
    context: *mut GOptionContext,
    summary: *const c_char,
) {
    require!("g_option_context_set_summary", !context.is_null(), "context != NULL");
    // SAFETY: a live context.
    unsafe { set_text(&raw mut (*context).summary, summary) }
}

/// The text in front of the options, or NULL. Since 2.12.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_get_summary(
    context: *mut GOptionContext,
) -> *const c_char {
    require!("g_option_context_get_summary", !context.is_null(), "context != NULL", null_mut());
    // SAFETY: a live context.
    unsafe { (*context).summary }
}

/// Sets the text behind the options. Since 2.12.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_set_description(
    context: *mut GOptionContext,
    description: *const c_char,
) {
    require!("g_option_context_set_description", !context.is_null(), "context != NULL");
    // SAFETY: a live context.
    unsafe { set_text(&raw mut (*context).description, description) }
}

/// The text behind the options, or NULL. Since 2.12.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_get_description(
    context: *mut GOptionContext,
) -> *const c_char {
    require!("g_option_context_get_description", !context.is_null(), "context != NULL", null_mut());
    // SAFETY: a live context.
    unsafe { (*context).description }
}

/// Says whether there are options that print the help.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_set_help_enabled(
    context: *mut GOptionContext,
    help_enabled: gboolean,
) {
    require!("g_option_context_set_help_enabled", !context.is_null(), "context != NULL");
    // SAFETY: a live context.
    unsafe { (*context).has_help = help_enabled != FALSE };
}

/// Whether there are options that print the help.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_get_help_enabled(
    context: *mut GOptionContext,
) -> gboolean {
    require!("g_option_context_get_help_enabled", !context.is_null(), "context != NULL", FALSE);
    // SAFETY: a live context.
    gboolean::from(unsafe { (*context).has_help })
}

/// Says whether unknown options stay where they are.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_set_ignore_unknown_options(
    context: *mut GOptionContext,
    ignore_unknown: gboolean,
) {
    require!("g_option_context_set_ignore_unknown_options", !context.is_null(), "context != NULL");
    // SAFETY: a live context.
    unsafe { (*context).ignores_unknown = ignore_unknown != FALSE };
}

/// Whether unknown options stay where they are.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_get_ignore_unknown_options(
    context: *mut GOptionContext,
) -> gboolean {
    require!(
        "g_option_context_get_ignore_unknown_options",
        !context.is_null(),
        "context != NULL",
        FALSE
    );
    // SAFETY: a live context.
    gboolean::from(unsafe { (*context).ignores_unknown })
}

/// Says whether the first argument that is no option ends the options. Since 2.44.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_set_strict_posix(
    context: *mut GOptionContext,
    strict_posix: gboolean,
) {
    require!("g_option_context_set_strict_posix", !context.is_null(), "context != NULL");
    // SAFETY: a live context.
    unsafe { (*context).is_strict = strict_posix != FALSE };
}

/// Whether the first argument that is no option ends the options. Since 2.44.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_get_strict_posix(
    context: *mut GOptionContext,
) -> gboolean {
    require!("g_option_context_get_strict_posix", !context.is_null(), "context != NULL", FALSE);
    // SAFETY: a live context.
    gboolean::from(unsafe { (*context).is_strict })
}

/// Sets what translates the context's texts. Since 2.12.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_context_set_translate_func(
    context: *mut GOptionContext,
    func: Option<GTranslateFunc>,
    data: gpointer,
    destroy: Option<GDestroyNotify>,
) {
    require!("g_option_context_set_translate_func", !context.is_null(), "context != NULL");
    let new = Translator { func, data, destroy };
    // SAFETY: a live context.
    unsafe { Translator::replace(&raw mut (*context).translator, new) }
}

/// Has the context's texts translated by the C library. Since 2.12.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_context_set_translation_domain(
    context: *mut GOptionContext,
    domain: *const c_char,
) {
    require!("g_option_context_set_translation_domain", !context.is_null(), "context != NULL");
    // SAFETY: a live context, and a C string.
    unsafe { Translator::replace(&raw mut (*context).translator, Translator::of_domain(domain)) }
}

/// Adds a group, which is the context's from now on.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_add_group(
    context: *mut GOptionContext,
    group: *mut GOptionGroup,
) {
    require!("g_option_context_add_group", !context.is_null(), "context != NULL");
    require!("g_option_context_add_group", !group.is_null(), "group != NULL");
    // SAFETY: a live context and a live group.
    unsafe {
        let GOptionGroup { name, description, help_description, .. } = *group;
        require!("g_option_context_add_group", !name.is_null(), "group->name != NULL");
        require!(
            "g_option_context_add_group",
            !description.is_null(),
            "group->description != NULL"
        );
        require!(
            "g_option_context_add_group",
            !help_description.is_null(),
            "group->help_description != NULL"
        );
        let groups = &(*context).groups;
        if groups.iter().any(|&other| libc::strcmp((*other).name, name) == 0) {
            let name = CStr::from_ptr(name).to_string_lossy();
            own(
                LEVEL_WARNING,
                format_args!("A group named \"{name}\" is already part of this GOptionContext"),
            );
        }
        (*context).groups.push(group);
    }
}

/// Gives the context its main group, which is the context's from now on.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_set_main_group(
    context: *mut GOptionContext,
    group: *mut GOptionGroup,
) {
    require!("g_option_context_set_main_group", !context.is_null(), "context != NULL");
    require!("g_option_context_set_main_group", !group.is_null(), "group != NULL");
    // SAFETY: a live context and a live group.
    unsafe {
        if !(*context).main.is_null() {
            own(LEVEL_WARNING, format_args!("This GOptionContext already has a main group"));
            return;
        }
        (*context).main = group;
    }
}

/// The main group, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_option_context_get_main_group(
    context: *mut GOptionContext,
) -> *mut GOptionGroup {
    require!("g_option_context_get_main_group", !context.is_null(), "context != NULL", null_mut());
    // SAFETY: a live context.
    unsafe { (*context).main }
}

/// Adds entries to the main group, made if there is none.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_context_add_main_entries(
    context: *mut GOptionContext,
    entries: *const GOptionEntry,
    translation_domain: *const c_char,
) {
    require!("g_option_context_add_main_entries", !context.is_null(), "context != NULL");
    require!("g_option_context_add_main_entries", !entries.is_null(), "entries != NULL");
    // SAFETY: a live context, an array of entries with its end, a C string or NULL.
    unsafe {
        if (*context).main.is_null() {
            (*context).main =
                g_option_group_new(null_mut(), null_mut(), null_mut(), null_mut(), None);
        }
        g_option_group_add_entries((*context).main, entries);
        g_option_group_set_translation_domain((*context).main, translation_domain);
    }
}
