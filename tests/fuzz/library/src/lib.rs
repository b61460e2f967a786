//! The library under the fuzzer: the loop and the helpers as one shared library, straight from cargo, so
//! that flags of the compiler reach all of it (`xtask/src/fuzz.rs` has its code count where it came by).
//!
//! Not what is installed: it exports one name more, through which the fuzzer has `Context::verify`
//! look at a context between two operations.

use std::ffi::{c_char, CString};

pub use mainspring_base as base;

use mainspring::engine::context::Context;

/// What does not fit in the structures of a context, as a text to be given to `free`; NULL if all fits.
///
/// # Safety
/// `context` is a context that lives.
#[no_mangle]
pub unsafe extern "C" fn mainspring_verify(context: *const Context) -> *mut c_char {
    // SAFETY: I8: the caller's promise.
    let verdict = unsafe { (*context).verify() };
    let text = verdict.err().map(|error| CString::new(error).unwrap_or_default());
    // SAFETY: I9: the text ends in a NUL.
    text.map_or(std::ptr::null_mut(), |text| unsafe { libc_strdup(text.as_ptr()) })
}

extern "C" {
    #[link_name = "strdup"]
    fn libc_strdup(text: *const c_char) -> *mut c_char;
}
