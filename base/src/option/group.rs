//! Groups of options. What is wrong with an entry is told when it is added, and mended.

use super::*;
use crate::messages::{mainspring_base_log, opt, LEVEL_WARNING, OWN_DOMAIN};
use std::sync::atomic::{AtomicU32, Ordering};

/// Called before or after parsing.
pub type GOptionParseFunc = unsafe extern "C-unwind" fn(
    *mut GOptionContext,
    *mut GOptionGroup,
    gpointer,
    *mut *mut GError,
) -> gboolean;

/// Called when parsing fails.
pub type GOptionErrorFunc =
    unsafe extern "C-unwind" fn(*mut GOptionContext, *mut GOptionGroup, gpointer, *mut *mut GError);

/// A group, opaque to C. The strings are copies.
pub struct GOptionGroup {
    pub(super) name: *mut c_char,
    pub(super) description: *mut c_char,
    pub(super) help_description: *mut c_char,
    pub(super) user_data: gpointer,
    destroy: Option<GDestroyNotify>,
    pub(super) translator: Translator,
    pub(super) entries: Vec<GOptionEntry>,
    pub(super) before: Option<GOptionParseFunc>,
    pub(super) after: Option<GOptionParseFunc>,
    pub(super) on_error: Option<GOptionErrorFunc>,
    references: AtomicU32,
}

impl GOptionGroup {
    /// The entry number `at`.
    pub(super) fn entry(&self, at: usize) -> Option<GOptionEntry> {
        self.entries.get(at).copied()
    }

    /// The first entry like that.
    pub(super) fn find(&self, is_it: impl Fn(&GOptionEntry) -> bool) -> Option<GOptionEntry> {
        self.entries.iter().copied().find(is_it)
    }
}

/// A copy of a string that may be missing.
pub(super) unsafe fn copy_of(string: *const c_char) -> *mut c_char {
    // SAFETY: a C string or NULL.
    unsafe { opt(string) }.map_or(null_mut(), |string| string_from(string.to_bytes()))
}

/// A group with one reference.
#[no_mangle]
pub unsafe extern "C" fn g_option_group_new(
    name: *const c_char,
    description: *const c_char,
    help_description: *const c_char,
    user_data: gpointer,
    destroy: Option<GDestroyNotify>,
) -> *mut GOptionGroup {
    // SAFETY: C strings or NULL.
    unsafe {
        Box::into_raw(Box::new(GOptionGroup {
            name: copy_of(name),
            description: copy_of(description),
            help_description: copy_of(help_description),
            user_data,
            destroy,
            translator: Translator::NOBODY,
            entries: Vec::new(),
            before: None,
            after: None,
            on_error: None,
            references: AtomicU32::new(1),
        }))
    }
}

/// One reference more. Since 2.44.
#[no_mangle]
pub unsafe extern "C" fn g_option_group_ref(group: *mut GOptionGroup) -> *mut GOptionGroup {
    require!("g_option_group_ref", !group.is_null(), "group != NULL", null_mut());
    // SAFETY: a live group.
    unsafe { &(*group).references }.fetch_add(1, Ordering::Relaxed);
    group
}

/// One reference less; the last one takes the group along. Since 2.44.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_group_unref(group: *mut GOptionGroup) {
    require!("g_option_group_unref", !group.is_null(), "group != NULL");
    // SAFETY: a live group; after the last reference it is ours alone. The program is told last.
    unsafe {
        if (*group).references.fetch_sub(1, Ordering::AcqRel) != 1 {
            return;
        }
        let GOptionGroup { user_data, destroy, translator, .. } = *group;
        for string in [(*group).name, (*group).description, (*group).help_description] {
            libc::free(string.cast());
        }
        drop(Box::from_raw(group));
        if let Some(destroy) = destroy {
            destroy(user_data);
        }
        if let Some(destroy) = translator.destroy {
            destroy(translator.data);
        }
    }
}

/// `g_option_group_unref()`, under its old name.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_group_free(group: *mut GOptionGroup) {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_option_group_unref(group) }
}

/// Adds entries up to the one without a name.
#[no_mangle]
pub unsafe extern "C" fn g_option_group_add_entries(
    group: *mut GOptionGroup,
    entries: *const GOptionEntry,
) {
    require!("g_option_group_add_entries", !group.is_null(), "group != NULL");
    require!("g_option_group_add_entries", !entries.is_null(), "entries != NULL");
    // SAFETY: a live group, and an array of entries with its end; not borrowed while a handler of messages
    // runs.
    unsafe {
        let mut next = entries;
        while !(*next).long_name.is_null() {
            let entry = mended((*group).name, *next);
            (*group).entries.push(entry);
            next = next.add(1);
        }
    }
}

/// An entry without what makes no sense in it, which is told.
unsafe fn mended(group: *const c_char, mut entry: GOptionEntry) -> GOptionEntry {
    let (arg, flags, short) = (entry.arg, entry.flags, entry.short_name);
    if short != 0 && (short as u8 == b'-' || !(b' '..=b'~').contains(&(short as u8))) {
        let number = format!("' ({short})");
        let what = [b"invalid short option '", &[short as u8][..], number.as_bytes()];
        // SAFETY: the caller's promise.
        unsafe { warn_ignored(&what.concat(), group, &entry) };
        entry.short_name = 0;
    }
    if arg != ARG_NONE && entry.has(FLAG_REVERSE) {
        let what = format!("reverse flag on option of arg-type {arg}");
        // SAFETY: the caller's promise.
        unsafe { warn_ignored(what.as_bytes(), group, &entry) };
        entry.flags &= !FLAG_REVERSE;
    }
    let of_callbacks = FLAG_NO_ARG | FLAG_OPTIONAL_ARG | FLAG_FILENAME;
    if arg != ARG_CALLBACK && entry.has(of_callbacks) {
        let what =
            format!("no-arg, optional-arg or filename flags ({flags}) on option of arg-type {arg}");
        // SAFETY: the caller's promise.
        unsafe { warn_ignored(what.as_bytes(), group, &entry) };
        entry.flags &= !of_callbacks;
    }
    entry
}

/// The WARNING about part of an entry.
unsafe fn warn_ignored(what: &[u8], group: *const c_char, entry: &GOptionEntry) {
    // SAFETY: a C string or NULL; the text is C's memory, in case a handler leaves by a jump.
    unsafe {
        let group = opt(group).unwrap_or(c"(null)").to_bytes();
        let text = string_from(
            &[
                concat!(file!(), ":", line!(), ": ignoring ").as_bytes(),
                what,
                b" in entry ",
                group,
                b":",
                entry.name().to_bytes(),
            ]
            .concat(),
        );
        mainspring_base_log(OWN_DOMAIN.as_ptr(), LEVEL_WARNING, text);
        libc::free(text.cast());
    }
}

/// Sets what is called before and after parsing.
#[no_mangle]
pub unsafe extern "C" fn g_option_group_set_parse_hooks(
    group: *mut GOptionGroup,
    pre_parse_func: Option<GOptionParseFunc>,
    post_parse_func: Option<GOptionParseFunc>,
) {
    require!("g_option_group_set_parse_hooks", !group.is_null(), "group != NULL");
    // SAFETY: a live group.
    unsafe { ((*group).before, (*group).after) = (pre_parse_func, post_parse_func) };
}

/// Sets what is called when parsing fails.
#[no_mangle]
pub unsafe extern "C" fn g_option_group_set_error_hook(
    group: *mut GOptionGroup,
    error_func: Option<GOptionErrorFunc>,
) {
    require!("g_option_group_set_error_hook", !group.is_null(), "group != NULL");
    // SAFETY: a live group.
    unsafe { (*group).on_error = error_func };
}

/// Sets what translates the group's texts.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_group_set_translate_func(
    group: *mut GOptionGroup,
    func: Option<GTranslateFunc>,
    data: gpointer,
    destroy: Option<GDestroyNotify>,
) {
    require!("g_option_group_set_translate_func", !group.is_null(), "group != NULL");
    // SAFETY: a live group.
    unsafe { Translator::replace(&raw mut (*group).translator, Translator { func, data, destroy }) }
}

/// Has the group's texts translated by the C library.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_group_set_translation_domain(
    group: *mut GOptionGroup,
    domain: *const c_char,
) {
    require!("g_option_group_set_translation_domain", !group.is_null(), "group != NULL");
    // SAFETY: a live group, and a C string.
    unsafe { Translator::replace(&raw mut (*group).translator, Translator::of_domain(domain)) }
}
