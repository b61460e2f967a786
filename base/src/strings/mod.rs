//! `gstrfuncs.h`: functions on C strings and vectors of them. `ascii` has what knows letters and digits,
//! `number` reading and writing of numbers, `vector` arrays of strings, `search` finding and cutting,
//! `edit` changing in place and escaping, `system` the texts of errno and signals. Functions with
//! variable arguments are in `c/strings.c`.

mod ascii;
mod builder;
mod edit;
mod number;
mod search;
mod system;
mod vector;

pub use ascii::*;
pub use builder::*;
pub use edit::*;
pub use number::*;
pub use search::*;
pub use system::*;
pub use vector::*;

use crate::mem::{g_malloc, string_from};
use crate::types::*;
use std::ffi::CStr;
use std::ptr::null_mut;

/// A copy of a string; NULL for NULL.
#[no_mangle]
pub unsafe extern "C" fn g_strdup(str: *const c_char) -> *mut c_char {
    // SAFETY: a C string or NULL.
    unsafe { crate::messages::opt(str) }.map_or(null_mut(), |str| string_from(str.to_bytes()))
}

/// A block of `n + 1` bytes: up to `n` bytes of a string, the rest NULs; NULL for NULL.
#[no_mangle]
pub unsafe extern "C" fn g_strndup(str: *const c_char, n: gsize) -> *mut c_char {
    if str.is_null() {
        return null_mut();
    }
    // SAFETY: strncpy reads no further than the NUL and fills up to n; the block is one longer.
    unsafe {
        let copy = g_malloc(n + 1).cast::<c_char>();
        libc::strncpy(copy, str, n);
        *copy.add(n) = 0;
        copy
    }
}

/// Copies a string with its NUL, and returns where that went.
#[no_mangle]
pub unsafe extern "C" fn g_stpcpy(dest: *mut c_char, src: *const c_char) -> *mut c_char {
    require!("g_stpcpy", !dest.is_null(), "dest != NULL", null_mut());
    require!("g_stpcpy", !src.is_null(), "src != NULL", null_mut());
    // SAFETY: a C string, and room for it.
    unsafe {
        let len = libc::strlen(src);
        dest.copy_from_nonoverlapping(src, len + 1);
        dest.add(len)
    }
}

/// A string of equal bytes.
#[no_mangle]
pub unsafe extern "C" fn g_strnfill(length: gsize, fill_char: c_char) -> *mut c_char {
    // SAFETY: the block is one longer than what is filled.
    unsafe {
        let text = g_malloc(length + 1).cast::<c_char>();
        text.write_bytes(fill_char as u8, length);
        *text.add(length) = 0;
        text
    }
}

/// Order of two strings, NULL first. Since 2.16.
#[no_mangle]
pub unsafe extern "C" fn g_strcmp0(str1: *const c_char, str2: *const c_char) -> c_int {
    // SAFETY: C strings or NULL.
    unsafe {
        match (str1.is_null(), str2.is_null()) {
            (true, true) => 0,
            (true, false) => -1,
            (false, true) => 1,
            (false, false) => libc::strcmp(str1, str2),
        }
    }
}

/// The bytes of a C string or, if `len` is not negative, at most that many.
///
/// # Safety
/// A C string, or as many readable bytes as `len` says up to a NUL.
pub(crate) unsafe fn limited<'a>(string: *const c_char, len: gssize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe {
        match gsize::try_from(len) {
            Ok(len) => std::slice::from_raw_parts(string.cast(), libc::strnlen(string, len)),
            Err(_) => CStr::from_ptr(string).to_bytes(),
        }
    }
}

/// The bytes of a C string, to be changed in place.
///
/// # Safety
/// A C string that nobody else looks at meanwhile.
unsafe fn bytes_mut<'a>(string: *mut c_char) -> &'a mut [u8] {
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts_mut(string.cast(), libc::strlen(string)) }
}
