//! The help: who the program is, and a column of options beside a column of what they are for. It is put
//! together in a GString, and measured by the columns that a terminal gives each character.

use super::*;
use crate::gstring::{g_string_append, g_string_append_len, g_string_free, g_string_new, GString};
use crate::messages::opt;
use crate::utils::program_name;

/// What lies between the widest option and the column of descriptions.
const GAP: usize = 5;

/// One help in the making.
#[derive(Clone, Copy)]
struct Help {
    context: *mut GOptionContext,
    out: *mut GString,
    /// How wide the widest option is.
    widest: usize,
}

/// Which entries of a group a part of the help shows.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// All of them.
    Whole,
    /// Those that are not for the main part.
    Own,
    /// Those that are.
    InMain,
}

impl Part {
    fn shows(self, entry: &GOptionEntry) -> bool {
        let is_in_main = entry.has(FLAG_IN_MAIN);
        !entry.has(FLAG_HIDDEN)
            && !entry.is_for_remaining()
            && match self {
                Self::Whole => true,
                Self::Own => !is_in_main,
                Self::InMain => is_in_main,
            }
    }
}

/// The help, in a string of the caller's. Since 2.14.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_context_get_help(
    context: *mut GOptionContext,
    main_help: gboolean,
    group: *mut GOptionGroup,
) -> *mut c_char {
    require!("g_option_context_get_help", !context.is_null(), "context != NULL", null_mut());
    // SAFETY: a live context, and a group of it or NULL.
    unsafe {
        let out = g_string_new(null_mut());
        let mut help = Help { context, out, widest: 0 };
        help.measure();
        help.usage();
        help.paragraph((*context).summary, c"\n\n");
        if group.is_null() && (*context).has_help {
            help.on_help();
        }
        if !group.is_null() {
            help.group(group, Part::Whole, (*group).translator.text((*group).description));
        } else if main_help == FALSE {
            let mut index = 0;
            while let Some(group) = (*context).added(index) {
                if shows_any(group, Part::Own) {
                    help.group(group, Part::Own, (*group).description);
                }
                index += 1;
            }
        }
        if main_help != FALSE || group.is_null() {
            help.main();
        }
        help.paragraph((*context).description, c"\n");
        g_string_free(out, FALSE)
    }
}

/// Whether -h is an option of the program's.
pub(super) unsafe fn is_h_taken(context: *mut GOptionContext) -> bool {
    // SAFETY: a live context and its groups.
    unsafe {
        let groups = (0..).map_while(|index| (*context).group(index));
        groups.flat_map(|group| &(*group).entries).any(|entry| entry.short_name as u8 == b'h')
    }
}

unsafe fn shows_any(group: *mut GOptionGroup, part: Part) -> bool {
    // SAFETY: a live group.
    unsafe { &(*group).entries }.iter().any(|entry| part.shows(entry))
}

impl Help {
    unsafe fn put(self, text: &CStr) {
        // SAFETY: a live string.
        unsafe { g_string_append(self.out, text.as_ptr()) };
    }

    /// Fills the line, which has this many columns, up to the column of descriptions.
    unsafe fn pad(self, columns: usize) {
        for _ in columns..self.widest + GAP {
            // SAFETY: a live string.
            unsafe { self.put(c" ") };
        }
    }

    /// A text of the program's and what ends it, if there is a text.
    unsafe fn paragraph(self, text: *const c_char, end: &CStr) {
        // SAFETY: a live context, and a C string or NULL.
        unsafe {
            if let Some(text) = opt((*self.context).translator.text(text)) {
                self.put(text);
                self.put(end);
            }
        }
    }

    unsafe fn usage(self) {
        // SAFETY: a live context and its groups.
        unsafe {
            let context = self.context;
            self.put(c"Usage:\n  ");
            self.put(program_name().unwrap_or(c"(null)"));
            let main = (*context).main;
            let is_any_in_main = !main.is_null() && (*main).entry(0).is_some();
            if (*context).has_help || is_any_in_main || (*context).added(0).is_some() {
                self.put(c" [OPTION…]");
            }
            if !main.is_null() {
                let rest = (*main).find(GOptionEntry::is_for_remaining);
                let rest = rest.map_or(null_mut::<c_char>().cast_const(), |of| of.arg_description);
                if let Some(rest) = opt((*main).translator.text(rest)) {
                    self.put(c" ");
                    self.put(rest);
                }
            }
            let parameters = opt((*context).translator.text((*context).parameters));
            if let Some(parameters) = parameters.filter(|text| !text.is_empty()) {
                self.put(c" ");
                self.put(parameters);
            }
            self.put(c"\n\n");
        }
    }

    /// Finds the widest option, the arguments that are no options among them. Rows on the help itself count
    /// for two columns more than they have.
    unsafe fn measure(&mut self) {
        // SAFETY: a live context and its groups; scratch is of this function.
        unsafe {
            let context = self.context;
            if (*context).has_help {
                self.widest = c"--help-all".count_bytes() + 2;
            }
            let scratch = Self { out: g_string_new(null_mut()), ..*self };
            let mut index = 0;
            while let Some(group) = (*context).group(index) {
                if (*context).has_help && group != (*context).main {
                    let row = c"--help-".count_bytes() + width((*group).name) + 2;
                    self.widest = self.widest.max(row);
                }
                let mut at = 0;
                while let Some(entry) = (*group).entry(at) {
                    if !entry.has(FLAG_HIDDEN) {
                        (*scratch.out).len = 0;
                        scratch.name(group, at, &entry);
                        self.widest = self.widest.max(width((*scratch.out).str));
                    }
                    at += 1;
                }
                index += 1;
            }
            g_string_free(scratch.out, TRUE);
        }
    }

    unsafe fn on_help(self) {
        // SAFETY: a live context and its groups.
        unsafe {
            let context = self.context;
            self.put(c"Help Options:\n");
            let first = if is_h_taken(context) { c"-?, --help" } else { c"-h, --help" };
            self.row(first, c"Show help options");
            if !(*context).groups.is_empty() {
                self.row(c"--help-all", c"Show all help options");
            }
            let mut index = 0;
            while let Some(group) = (*context).added(index) {
                index += 1;
                if !shows_any(group, Part::Own) {
                    continue;
                }
                self.put(c"  --help-");
                let name = CStr::from_ptr((*group).name);
                self.put(name);
                self.pad(c"--help-".count_bytes() + width(name.as_ptr()));
                if let Some(text) = opt((*group).translator.text((*group).help_description)) {
                    self.put(text);
                }
                self.put(c"\n");
            }
            self.put(c"\n");
        }
    }

    unsafe fn row(self, name: &CStr, description: &CStr) {
        // SAFETY: a live string.
        unsafe {
            self.put(c"  ");
            self.put(name);
            self.pad(name.count_bytes());
            self.put(description);
            self.put(c"\n");
        }
    }

    unsafe fn group(self, group: *mut GOptionGroup, part: Part, title: *const c_char) {
        // SAFETY: a live group, and a C string or NULL.
        unsafe {
            if let Some(title) = opt(title) {
                self.put(title);
            }
            self.put(c"\n");
            self.entries(group, part);
            self.put(c"\n");
        }
    }

    /// The main group, and what other groups have for it.
    unsafe fn main(self) {
        // SAFETY: a live context and its groups.
        unsafe {
            let context = self.context;
            let part = |group| match group == (*context).main {
                true => Part::Whole,
                false => Part::InMain,
            };
            let groups = || (0..).map_while(|index| (*context).group_from_main(index));
            if groups().any(|group| shows_any(group, part(group))) {
                let is_all = !(*context).has_help && (*context).added(0).is_none();
                self.put(if is_all { c"Options:\n" } else { c"Application Options:\n" });
                groups().for_each(|group| self.entries(group, part(group)));
                self.put(c"\n");
            }
        }
    }

    unsafe fn entries(self, group: *mut GOptionGroup, part: Part) {
        let mut at = 0;
        // SAFETY: a live group.
        unsafe {
            while let Some(entry) = (*group).entry(at) {
                if part.shows(&entry) {
                    self.put(c"  ");
                    let start = (*self.out).len;
                    self.name(group, at, &entry);
                    self.pad(width((*self.out).str.add(start)));
                    if let Some(text) = opt((*group).translator.text(entry.description)) {
                        self.put(text);
                    }
                    self.put(c"\n");
                }
                at += 1;
            }
        }
    }

    /// How an option is written: `-x, --name=VALUE`. A short name that belongs to an option before it is
    /// left out, a long one has the group's in front, unless the option is not to have an alias.
    unsafe fn name(self, group: *mut GOptionGroup, at: usize, entry: &GOptionEntry) {
        // SAFETY: a live context and group.
        unsafe {
            let (short, may_change) = (entry.short_name, !entry.has(FLAG_NOALIAS));
            let is_taken =
                may_change && self.is_before(group, at, |other| other.short_name == short);
            if short != 0 && !is_taken {
                self.put(c"-");
                g_string_append_len(self.out, &short, 1);
                self.put(c", ");
            }
            self.put(c"--");
            let is_alias =
                may_change && self.is_before(group, at, |other| other.name() == entry.name());
            if let (true, Some(name)) = (is_alias, opt((*group).name)) {
                self.put(name);
                self.put(c"-");
            }
            self.put(entry.name());
            if let Some(value) = opt((*group).translator.text(entry.arg_description)) {
                self.put(c"=");
                self.put(value);
            }
        }
    }

    /// Whether an entry before this one, from the main group's first on, is like that.
    unsafe fn is_before(
        self,
        group: *mut GOptionGroup,
        at: usize,
        is_it: impl Fn(&GOptionEntry) -> bool,
    ) -> bool {
        // SAFETY: a live context and its groups.
        unsafe {
            let groups = (0..).map_while(|index| (*self.context).group_from_main(index));
            for other in groups {
                let entries = &(*other).entries;
                let end = if other == group { at } else { entries.len() };
                if entries[..end].iter().any(&is_it) {
                    return true;
                }
                if other == group {
                    break;
                }
            }
        }
        false
    }
}

extern "C" {
    fn wcwidth(character: libc::wchar_t) -> c_int;
}

/// How many columns a text takes on a terminal. The C library knows, in any locale of UTF-8, of which there
/// is one without data files.
unsafe fn width(text: *const c_char) -> usize {
    // SAFETY: a C string; the locale is ours and this thread's own is put back.
    unsafe {
        let text = CStr::from_ptr(text).to_bytes();
        if text.is_ascii() {
            return text.len();
        }
        let locale = libc::newlocale(libc::LC_CTYPE_MASK, c"C.UTF-8".as_ptr(), null_mut());
        if locale.is_null() {
            return String::from_utf8_lossy(text).chars().count();
        }
        let before = libc::uselocale(locale);
        let columns = |c: char| usize::try_from(wcwidth(c as libc::wchar_t)).unwrap_or(0);
        let width = String::from_utf8_lossy(text).chars().map(columns).sum();
        libc::uselocale(before);
        libc::freelocale(locale);
        width
    }
}
