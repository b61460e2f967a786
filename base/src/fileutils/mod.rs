//! `gfileutils.h`: files as wholes, and their names. `path` knows names alone and never asks the system,
//! `contents` reads and replaces files, `temp` makes files and folders nobody else has, `probe` asks what
//! something is. Here is the error domain they share.

mod contents;
mod path;
mod probe;
mod temp;

pub use contents::*;
pub use path::*;
pub use probe::*;
pub use temp::*;

use crate::error::GError;
use crate::quark::{self, GQuark};
use crate::types::*;
use std::borrow::Cow;
use std::ffi::CStr;
use std::fmt::Arguments;

/// Codes in the order of the header, by the errno value each stands for.
pub(crate) const CODES: [c_int; 24] = [
    libc::EEXIST,
    libc::EISDIR,
    libc::EACCES,
    libc::ENAMETOOLONG,
    libc::ENOENT,
    libc::ENOTDIR,
    libc::ENXIO,
    libc::ENODEV,
    libc::EROFS,
    libc::ETXTBSY,
    libc::EFAULT,
    libc::ELOOP,
    libc::ENOSPC,
    libc::ENOMEM,
    libc::EMFILE,
    libc::ENFILE,
    libc::EBADF,
    libc::EINVAL,
    libc::EPIPE,
    libc::EAGAIN,
    libc::EINTR,
    libc::EIO,
    libc::EPERM,
    libc::ENOSYS,
];

/// The domain's quark.
#[no_mangle]
pub unsafe extern "C" fn g_file_error_quark() -> GQuark {
    quark::of(c"g-file-error-quark")
}

/// The code for an errno value, the last one (FAILED) standing for all that have none.
#[no_mangle]
pub unsafe extern "C" fn g_file_error_from_errno(err_no: c_int) -> c_int {
    CODES.iter().position(|&code| code == err_no).unwrap_or(CODES.len()) as c_int
}

/// The calling thread's errno.
pub(crate) fn errno() -> c_int {
    // SAFETY: errno is this thread's own.
    unsafe { *libc::__errno_location() }
}

/// Gives errno a value, for functions that promise one.
pub(crate) fn set_errno(value: c_int) {
    // SAFETY: errno is this thread's own.
    unsafe { *libc::__errno_location() = value };
}

/// A file's name as messages show it.
///
/// # Safety
/// A C string that outlives the result.
pub(crate) unsafe fn shown<'a>(name: *const c_char) -> Cow<'a, str> {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(name) }.to_string_lossy()
}

/// Sets an error that says what failed, and behind a colon why. errno is kept.
///
/// # Safety
/// The caller's variable or NULL.
pub(crate) unsafe fn set_file_error(error: *mut *mut GError, errno: c_int, what: Arguments<'_>) {
    // SAFETY: the caller's promise; errno's texts stay.
    unsafe {
        let why = shown(crate::strings::g_strerror(errno));
        let code = g_file_error_from_errno(errno);
        crate::error::set(error, g_file_error_quark(), code, format_args!("{what}: {why}"));
    }
    set_errno(errno);
}
