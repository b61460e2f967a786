//! `gtestutils.h`: what a failed assertion prints, and the end of the program. Comparisons of numbers
//! are in `c/testutils.c`.

use crate::error::GError;
use crate::messages::{mainspring_base_put, opt};
use crate::quark::{g_quark_to_string, GQuark};
use crate::strings::escape;
use crate::types::*;
use std::ffi::CStr;

/// Where an assertion stands.
#[derive(Clone, Copy)]
struct Place {
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
}

unsafe fn bytes<'a>(string: *const c_char) -> &'a [u8] {
    // SAFETY: a C string or NULL, used during the caller's call only.
    unsafe { opt(string) }.map_or(b"".as_slice(), CStr::to_bytes)
}

impl Place {
    /// Prints `text` to standard error, for people, and to standard output, for test harnesses, and ends
    /// the program.
    ///
    /// # Safety
    /// C strings or NULL.
    unsafe fn bail_out(self, text: &[u8]) -> ! {
        // SAFETY: the caller's promise; what is printed outlives the calls.
        unsafe {
            let domain = bytes(self.domain);
            let colon: &[u8] = if domain.is_empty() { b"" } else { b":" };
            let line = self.line.to_string();
            let place = [bytes(self.file), b":", line.as_bytes(), b":", bytes(self.func)].concat();
            let message = [domain, colon, b"ERROR:", &place, b": ", text].concat();
            let for_people = [b"**\n", message.as_slice(), b"\n"].concat();
            let for_harness = [b"Bail out! ", message.as_slice(), b"\n"].concat();
            mainspring_base_put(TRUE, for_people.as_ptr().cast(), for_people.len());
            mainspring_base_put(FALSE, for_harness.as_ptr().cast(), for_harness.len());
            libc::abort()
        }
    }
}

/// Prints a message and ends the program.
#[no_mangle]
pub unsafe extern "C" fn g_assertion_message(
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    message: *const c_char,
) -> ! {
    // SAFETY: C strings or NULL.
    unsafe {
        let text = opt(message).map_or(b"code should not be reached".as_slice(), CStr::to_bytes);
        Place { domain, file, line, func }.bail_out(text)
    }
}

/// `g_assertion_message()` for a message in C's memory, which it takes over.
#[no_mangle]
pub(crate) unsafe extern "C" fn mainspring_base_assertion_take(
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    message: *mut c_char,
) -> ! {
    // SAFETY: C strings or NULL; the process ends with the message.
    unsafe { g_assertion_message(domain, file, line, func, message) }
}

/// Prints the expression that does not hold, or that no code should be here, and ends the program.
#[no_mangle]
pub unsafe extern "C" fn g_assertion_message_expr(
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    expr: *const c_char,
) -> ! {
    // SAFETY: C strings or NULL.
    unsafe {
        let place = Place { domain, file, line, func };
        match opt(expr) {
            Some(expr) => place.bail_out(&[b"assertion failed: (", expr.to_bytes(), b")"].concat()),
            None => place.bail_out(b"code should not be reached"),
        }
    }
}

/// A string in quotes, escaped, or NULL.
unsafe fn quoted(string: *const c_char) -> Vec<u8> {
    // SAFETY: a C string or NULL.
    match unsafe { opt(string) } {
        Some(string) => [b"\"", escape(string.to_bytes(), b"").as_slice(), b"\""].concat(),
        None => b"NULL".to_vec(),
    }
}

/// Prints two strings that do not compare as they should, and ends the program.
#[no_mangle]
pub unsafe extern "C" fn g_assertion_message_cmpstr(
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    expr: *const c_char,
    arg1: *const c_char,
    cmp: *const c_char,
    arg2: *const c_char,
) {
    // SAFETY: C strings; arg1 and arg2 may be NULL.
    unsafe {
        let (left, right) = (quoted(arg1), quoted(arg2));
        let text = [
            b"assertion failed (",
            bytes(expr),
            b"): (",
            &left,
            b" ",
            bytes(cmp),
            b" ",
            &right,
            b")",
        ];
        Place { domain, file, line, func }.bail_out(&text.concat())
    }
}

/// Prints the first element in which two vectors differ, and ends the program. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_assertion_message_cmpstrv(
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    expr: *const c_char,
    arg1: *const *const c_char,
    arg2: *const *const c_char,
    first_wrong_idx: gsize,
) {
    // SAFETY: vectors that have an element of this number.
    unsafe {
        let (left, right) =
            (quoted(*arg1.add(first_wrong_idx)), quoted(*arg2.add(first_wrong_idx)));
        let place = format!("first differing element at index {first_wrong_idx}: ");
        let text = [
            b"assertion failed (",
            bytes(expr),
            b"): ",
            place.as_bytes(),
            &left,
            b" does not equal ",
            &right,
        ];
        Place { domain, file, line, func }.bail_out(&text.concat())
    }
}

/// Prints an error that should not be, or not be this one, and ends the program. Since 2.20.
#[no_mangle]
pub unsafe extern "C" fn g_assertion_message_error(
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    expr: *const c_char,
    error: *const GError,
    error_domain: GQuark,
    error_code: c_int,
) {
    // SAFETY: C strings, and a live error or NULL.
    unsafe {
        let expected = if error_domain == 0 {
            b"NULL".to_vec()
        } else {
            let code = error_code.to_string();
            [b"(", bytes(g_quark_to_string(error_domain)), b", ", code.as_bytes(), b")"].concat()
        };
        let found = match error.as_ref() {
            Some(error) => {
                let code = error.code.to_string();
                let domain = bytes(g_quark_to_string(error.domain));
                [bytes(error.message), b" (", domain, b", ", code.as_bytes(), b")"].concat()
            }
            None => [bytes(expr), b" is NULL"].concat(),
        };
        let text = [b"assertion failed (", bytes(expr), b" == ", &expected, b"): ", &found];
        Place { domain, file, line, func }.bail_out(&text.concat())
    }
}
