//! `glib-unix.h`: descriptors and signals as sources, pipes, help for processes.

pub mod fd_source;
pub mod pipe;
pub mod process;
pub mod signal;

use std::ffi::c_int;

use super::base::{g_quark_from_static_string, g_set_error_literal};
use super::messages::strerror;
use super::types::GError;
use crate::sys::Errno;

/// The domain of errors of this header. Since 2.30.
#[no_mangle]
pub extern "C" fn g_unix_error_quark() -> u32 {
    // SAFETY: a static string (I8).
    unsafe { g_quark_from_static_string(c"g-unix-error-quark".as_ptr()) }
}

/// Reports a failed call through `error`, leaving `errno` as the call left it (GU-002).
fn fail(error: *mut *mut GError, errno: Errno) -> c_int {
    // SAFETY: NULL or a place for an error (I8).
    unsafe { g_set_error_literal(error, g_unix_error_quark(), 0, strerror(errno.0)) };
    errno.set();
    0
}
