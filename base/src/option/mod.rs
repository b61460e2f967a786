//! `goption.h`: the command line. `group` has groups of options and `context` what holds them together;
//! `parse` goes through the arguments, `value` stores what an option brings and takes it back when parsing
//! fails, `help` writes the help.
//!
//! Hooks, callbacks and translators are the program's and may leave by a jump. So nothing with a
//! destructor stands on the stack while one runs: what parsing needs to remember lies in the context.

mod context;
mod group;
mod help;
mod parse;
mod value;

pub use context::*;
pub use group::*;
pub use help::*;
pub use parse::*;

use crate::error::{g_set_error_literal, GError};
use crate::mem::string_from;
use crate::quark::{self, GQuark};
use crate::types::*;
use std::ffi::CStr;
use std::ptr::null_mut;

/// Translates a text; the result belongs to the translator.
pub type GTranslateFunc = unsafe extern "C-unwind" fn(*const c_char, gpointer) -> *const c_char;

/// Takes an option's value: name, value or NULL, the group's data.
pub type GOptionArgFunc = unsafe extern "C-unwind" fn(
    *const c_char,
    *const c_char,
    gpointer,
    *mut *mut GError,
) -> gboolean;

/// What an option takes: one of `GOptionArg`.
pub type GOptionArg = c_int;

const ARG_NONE: GOptionArg = 0;
const ARG_STRING: GOptionArg = 1;
const ARG_INT: GOptionArg = 2;
const ARG_CALLBACK: GOptionArg = 3;
const ARG_FILENAME: GOptionArg = 4;
const ARG_STRING_ARRAY: GOptionArg = 5;
const ARG_FILENAME_ARRAY: GOptionArg = 6;
const ARG_DOUBLE: GOptionArg = 7;
const ARG_INT64: GOptionArg = 8;

const FLAG_HIDDEN: c_int = 1 << 0;
const FLAG_IN_MAIN: c_int = 1 << 1;
const FLAG_REVERSE: c_int = 1 << 2;
const FLAG_NO_ARG: c_int = 1 << 3;
const FLAG_FILENAME: c_int = 1 << 4;
const FLAG_OPTIONAL_ARG: c_int = 1 << 5;
const FLAG_NOALIAS: c_int = 1 << 6;

/// One option, as C has it. The strings are the program's and stay.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GOptionEntry {
    /// NULL ends an array of entries; empty stands for the arguments that are no options.
    pub long_name: *const c_char,
    /// 0 for none.
    pub short_name: c_char,
    /// Bits of `GOptionFlags`.
    pub flags: c_int,
    /// What it takes.
    pub arg: GOptionArg,
    /// The place of a variable, or a function.
    pub arg_data: gpointer,
    /// A C string or NULL.
    pub description: *const c_char,
    /// A C string or NULL.
    pub arg_description: *const c_char,
}

impl GOptionEntry {
    fn has(&self, flag: c_int) -> bool {
        self.flags & flag != 0
    }

    /// Whether it takes no value at all.
    fn is_bare(&self) -> bool {
        self.arg == ARG_NONE || (self.arg == ARG_CALLBACK && self.has(FLAG_NO_ARG))
    }

    fn name(&self) -> &CStr {
        // SAFETY: entries of a group have a name, which stays.
        unsafe { CStr::from_ptr(self.long_name) }
    }

    /// Whether it stands for the arguments that are no options.
    fn is_for_remaining(&self) -> bool {
        self.name().is_empty()
    }
}

#[derive(Clone, Copy)]
enum Failure {
    UnknownOption,
    BadValue,
    Failed,
}

/// The domain's quark.
#[no_mangle]
pub unsafe extern "C" fn g_option_error_quark() -> GQuark {
    quark::of(c"g-option-context-error-quark")
}

/// Tells the caller what is wrong with the command line; the parts are put together as the text.
///
/// # Safety
/// The caller's variable for an error, or NULL.
unsafe fn fail(error: *mut *mut GError, failure: Failure, parts: &[&[u8]]) {
    let text = string_from(&parts.concat());
    // SAFETY: the caller's variable or NULL; a fresh string.
    unsafe {
        g_set_error_literal(error, g_option_error_quark(), failure as c_int, text);
        libc::free(text.cast());
    }
}

/// Who translates texts, if anybody does.
#[derive(Clone, Copy)]
struct Translator {
    func: Option<GTranslateFunc>,
    data: gpointer,
    destroy: Option<GDestroyNotify>,
}

impl Translator {
    const NOBODY: Self = Self { func: None, data: null_mut(), destroy: None };

    /// By the C library, with a domain of which it gets a copy, NULL being the program's own.
    unsafe fn of_domain(domain: *const c_char) -> Self {
        // SAFETY: a C string or NULL.
        let copy = unsafe { group::copy_of(domain) };
        Self { func: Some(by_domain), data: copy.cast(), destroy: Some(free_domain) }
    }

    /// A text in the user's language, or as it is. Runs the program's function.
    unsafe fn text(self, text: *const c_char) -> *const c_char {
        match self.func {
            // SAFETY: a function set for such texts.
            Some(func) if !text.is_null() => unsafe { func(text, self.data) },
            _ => text,
        }
    }

    /// Puts a translator in the place of another, which is told.
    unsafe fn replace(place: *mut Self, new: Self) {
        // SAFETY: a translator in a live group or context.
        unsafe {
            let old = place.replace(new);
            if let Some(destroy) = old.destroy {
                destroy(old.data);
            }
        }
    }
}

extern "C" {
    fn dgettext(domain: *const c_char, text: *const c_char) -> *mut c_char;
}

unsafe extern "C-unwind" fn by_domain(text: *const c_char, domain: gpointer) -> *const c_char {
    // SAFETY: C strings, the domain may be NULL; an empty text would give the catalogue's head.
    unsafe {
        if *text == 0 {
            return text;
        }
        dgettext(domain.cast(), text)
    }
}

unsafe extern "C-unwind" fn free_domain(domain: gpointer) {
    // SAFETY: the copy made for the translator, or NULL.
    unsafe { libc::free(domain) }
}
