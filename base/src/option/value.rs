//! What an option brings: read from text by type and stored in the program's variable. The value there
//! was is kept in the context, so that all of it can be taken back.

use super::*;
use crate::convert::g_locale_to_utf8;
use crate::mem::{boxed, g_free, g_realloc_n};
use crate::strings::g_strtod;

/// A variable that has got another value.
#[derive(Clone, Copy)]
pub struct Change {
    place: gpointer,
    old: Old,
}

/// What a variable held before.
#[derive(Clone, Copy)]
enum Old {
    Boolean(gboolean),
    Int(c_int),
    Int64(i64),
    Double(f64),
    /// A string of the program's; what is there now is from here.
    String(*mut c_char),
    /// An array of the program's; what is there now, and its length, is from here.
    Array(*mut *mut c_char, usize),
}

/// Remembers what a variable holds, unless that has been done.
unsafe fn remember(context: *mut GOptionContext, entry: &GOptionEntry) -> usize {
    let place = entry.arg_data;
    // SAFETY: a live context, and a variable of the type the entry says.
    unsafe {
        let changes = &mut (*context).changes;
        if let Some(index) = changes.iter().position(|change| change.place == place) {
            return index;
        }
        let old = match entry.arg {
            ARG_NONE => Old::Boolean(*place.cast()),
            ARG_INT => Old::Int(*place.cast()),
            ARG_INT64 => Old::Int64(*place.cast()),
            ARG_DOUBLE => Old::Double(*place.cast()),
            ARG_STRING | ARG_FILENAME => {
                Old::String(place.cast::<*mut c_char>().replace(null_mut()))
            }
            _ => Old::Array(place.cast::<*mut *mut c_char>().replace(null_mut()), 0),
        };
        changes.push(Change { place, old });
        changes.len() - 1
    }
}

/// Gives all variables back what they held before.
pub(super) unsafe fn revert(context: *mut GOptionContext) {
    // SAFETY: the variables the program's entries named, still there; what they hold now is from here.
    unsafe {
        for Change { place, old } in (*context).changes.drain(..) {
            match old {
                Old::Boolean(old) => *place.cast() = old,
                Old::Int(old) => *place.cast() = old,
                Old::Int64(old) => *place.cast() = old,
                Old::Double(old) => *place.cast() = old,
                Old::String(old) => g_free(place.cast::<*mut c_char>().replace(old).cast()),
                Old::Array(old, _) => {
                    crate::strings::g_strfreev(place.cast::<*mut *mut c_char>().replace(old))
                }
            }
        }
    }
}

/// Stores an option's value; `value` is NULL if it has none, `name` what the user wrote or, for arguments
/// that are no options, empty. Whether that went well.
pub(super) unsafe fn store(
    context: *mut GOptionContext,
    group: *mut GOptionGroup,
    entry: &GOptionEntry,
    value: *const c_char,
    name: *const c_char,
    error: *mut *mut GError,
) -> bool {
    // SAFETY: a live context and group, C strings, the caller's variable or NULL, and variables as the
    // entry says.
    unsafe {
        let place = entry.arg_data;
        match entry.arg {
            ARG_NONE => {
                remember(context, entry);
                *place.cast() = gboolean::from(!entry.has(FLAG_REVERSE));
            }
            ARG_STRING | ARG_FILENAME => {
                let Some(text) = text_of(value, entry.arg == ARG_FILENAME, error) else {
                    return false;
                };
                remember(context, entry);
                g_free(place.cast::<*mut c_char>().replace(text).cast());
            }
            ARG_STRING_ARRAY | ARG_FILENAME_ARRAY => {
                let Some(text) = text_of(value, entry.arg == ARG_FILENAME_ARRAY, error) else {
                    return false;
                };
                let index = remember(context, entry);
                append(&mut (&mut (*context).changes)[index], text);
            }
            ARG_INT => {
                let Some(number) = integer(value, name, error) else { return false };
                let Ok(number) = c_int::try_from(number) else {
                    return out_of_range("Integer", value, name, error);
                };
                remember(context, entry);
                *place.cast() = number;
            }
            ARG_INT64 => {
                let Some(number) = integer(value, name, error) else { return false };
                remember(context, entry);
                *place.cast() = number;
            }
            ARG_DOUBLE => {
                let Some(number) = real(value, name, error) else { return false };
                remember(context, entry);
                *place.cast() = number;
            }
            _ => return call(group, entry, value, name, error),
        }
        true
    }
}

/// A copy of an argument: of a file's name as it is, of others in UTF-8.
unsafe fn text_of(
    value: *const c_char,
    is_filename: bool,
    error: *mut *mut GError,
) -> Option<*mut c_char> {
    // SAFETY: a C string, and the caller's variable or NULL.
    let text = unsafe {
        if is_filename {
            libc::strdup(value)
        } else {
            g_locale_to_utf8(value, -1, null_mut(), null_mut(), error)
        }
    };
    (!text.is_null()).then_some(text)
}

/// Adds a string, which is taken over, to the array in a variable.
unsafe fn append(change: &mut Change, text: *mut c_char) {
    let Old::Array(_, len) = &mut change.old else { unreachable!("one variable, one type") };
    // SAFETY: the variable holds our array of that many strings, or NULL.
    unsafe {
        let place = change.place.cast::<*mut *mut c_char>();
        let array = g_realloc_n((*place).cast(), *len + 2, size_of::<*mut c_char>());
        *place = array.cast();
        *(*place).add(*len) = text;
        *(*place).add(*len + 1) = null_mut();
    }
    *len += 1;
}

/// Calls the program's function.
unsafe fn call(
    group: *mut GOptionGroup,
    entry: &GOptionEntry,
    value: *const c_char,
    name: *const c_char,
    error: *mut *mut GError,
) -> bool {
    // SAFETY: the entry's data is such a function. It gets a variable for its error whether or not our caller
    // has one; both that and the text are C's memory, in case it leaves by a jump.
    unsafe {
        let func = std::mem::transmute::<gpointer, GOptionArgFunc>(entry.arg_data);
        let mut text = null_mut();
        if !value.is_null() {
            let Some(copy) = text_of(value, entry.has(FLAG_FILENAME), error) else { return false };
            text = copy;
        }
        let own_error = boxed(null_mut::<GError>());
        let is_good = func(name, text, (*group).user_data, own_error) != FALSE;
        let failure = *own_error;
        g_free(own_error.cast());
        g_free(text.cast());
        if !failure.is_null() && !is_good {
            crate::error::g_propagate_error(error, failure);
        } else if !failure.is_null() {
            crate::error::g_error_free(failure);
        } else if !is_good {
            let name = CStr::from_ptr(name).to_bytes();
            fail(error, Failure::Failed, &[b"Error parsing option ", name]);
        }
        is_good
    }
}

/// A number that is all of a text, or an error.
unsafe fn integer(
    value: *const c_char,
    name: *const c_char,
    error: *mut *mut GError,
) -> Option<i64> {
    let mut end = null_mut();
    // SAFETY: C strings, a variable of ours, the caller's or NULL.
    unsafe {
        *libc::__errno_location() = 0;
        let number = libc::strtoll(value, &mut end, 0);
        number_of(number, end, "integer", "Integer", value, name, error)
    }
}

unsafe fn real(value: *const c_char, name: *const c_char, error: *mut *mut GError) -> Option<f64> {
    let mut end = null_mut();
    // SAFETY: C strings, a variable of ours, the caller's or NULL.
    unsafe {
        *libc::__errno_location() = 0;
        let number = g_strtod(value, &mut end);
        number_of(number, end, "double", "Double", value, name, error)
    }
}

/// What was read from a text, if `end` is its end and errno says nothing.
unsafe fn number_of<T>(
    number: T,
    end: *const c_char,
    kind: &str,
    kind_first: &str,
    value: *const c_char,
    name: *const c_char,
    error: *mut *mut GError,
) -> Option<T> {
    // SAFETY: C strings, and the caller's variable or NULL.
    unsafe {
        if *value == 0 || *end != 0 {
            let (value, name) = (CStr::from_ptr(value).to_bytes(), CStr::from_ptr(name).to_bytes());
            let head = format!("Cannot parse {kind} value “");
            fail(error, Failure::BadValue, &[head.as_bytes(), value, "” for ".as_bytes(), name]);
            return None;
        }
        if *libc::__errno_location() == libc::ERANGE {
            out_of_range(kind_first, value, name, error);
            return None;
        }
    }
    Some(number)
}

/// The error of a number that does not fit; false.
unsafe fn out_of_range(
    kind: &str,
    value: *const c_char,
    name: *const c_char,
    error: *mut *mut GError,
) -> bool {
    // SAFETY: C strings, and the caller's variable or NULL.
    unsafe {
        let (value, name) = (CStr::from_ptr(value).to_bytes(), CStr::from_ptr(name).to_bytes());
        let head = format!("{kind} value “");
        let parts = [head.as_bytes(), value, "” for ".as_bytes(), name, b" out of range"];
        fail(error, Failure::BadValue, &parts);
    }
    false
}
