//! The environment, as the C library keeps it.
//!
//! What is asked here is asked while a program starts, of one variable or two. Rust's own way to ask takes a lock that C
//! code does not know of, copies what it finds, and lies pages away from everything else that a start needs.

use std::ffi::CStr;

/// The value of a variable, if it is set. It may change or move when somebody sets one, hence is to be looked at at once.
pub fn look<R>(name: &CStr, at: impl FnOnce(Option<&CStr>) -> R) -> R {
    // SAFETY: getenv takes a C string and returns one, or NULL (I9).
    let value = unsafe { libc::getenv(name.as_ptr()) };
    // SAFETY: not NULL, hence a C string, which the caller looks at before anything else is done (I9).
    at((!value.is_null()).then(|| unsafe { CStr::from_ptr(value) }))
}
