//! The calls of before 2.2: straight to the channel's functions, past buffers and encodings.

use std::ffi::{c_char, c_int, c_uint};
use std::ptr::null_mut;

use super::{call, g_io_channel_error_quark, has, IS_SEEKABLE, STATUS_AGAIN, STATUS_ERROR};
use crate::capi::base::g_error_free;
use crate::capi::messages::{assertion_failed, warning};
use crate::capi::types::{GError, GIOChannel};
use crate::channel::unix::{whence, Failure};

const ERROR_NONE: c_int = 0;
const ERROR_AGAIN: c_int = 1;
const ERROR_INVAL: c_int = 2;
const ERROR_UNKNOWN: c_int = 3;

/// What the old calls return for a status and its error, which is freed.
///
/// # Safety
/// `error` is NULL or an error that nobody else has.
unsafe fn old_result(status: c_int, error: *mut GError) -> c_int {
    match status {
        STATUS_ERROR if error.is_null() => {
            assertion_failed(c"g_io_error_get_from_g_error", c"err != NULL");
            ERROR_UNKNOWN
        }
        STATUS_ERROR => {
            // SAFETY: the caller's promise (I8).
            let (domain, code) = unsafe { ((*error).domain, (*error).code) };
            // SAFETY: ours to free (I8).
            unsafe { g_error_free(error) };
            let invalid = code == Failure::Invalid as c_int;
            if domain == g_io_channel_error_quark() && invalid {
                ERROR_INVAL
            } else {
                ERROR_UNKNOWN
            }
        }
        STATUS_AGAIN => ERROR_AGAIN,
        _ => ERROR_NONE,
    }
}

/// Reads past all buffers. Deprecated since 2.2.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_read(
    channel: *mut GIOChannel,
    buf: *mut c_char,
    count: usize,
    bytes_read: *mut usize,
) -> c_int {
    let name = c"g_io_channel_read";
    require!(name, !channel.is_null(), c"channel != NULL", ERROR_UNKNOWN);
    require!(name, !bytes_read.is_null(), c"bytes_read != NULL", ERROR_UNKNOWN);
    if count == 0 {
        // SAFETY: not NULL, hence writable (I8).
        unsafe { *bytes_read = 0 };
        return ERROR_NONE;
    }
    require!(name, !buf.is_null(), c"buf != NULL", ERROR_UNKNOWN);
    let mut error = null_mut();
    // SAFETY: not NULL, hence alive; `buf` has room for `count` bytes (I8).
    unsafe {
        let status = call!(channel, io_read(buf, count, bytes_read, &mut error));
        old_result(status, error)
    }
}

/// Writes past all buffers. Deprecated since 2.2.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_write(
    channel: *mut GIOChannel,
    buf: *const c_char,
    count: usize,
    bytes_written: *mut usize,
) -> c_int {
    let name = c"g_io_channel_write";
    require!(name, !channel.is_null(), c"channel != NULL", ERROR_UNKNOWN);
    require!(name, !bytes_written.is_null(), c"bytes_written != NULL", ERROR_UNKNOWN);
    let mut error = null_mut();
    // SAFETY: not NULL, hence alive; `buf` holds `count` bytes (I8).
    unsafe {
        let status = call!(channel, io_write(buf, count, bytes_written, &mut error));
        old_result(status, error)
    }
}

/// Moves the file position past all buffers. Deprecated since 2.2.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_seek(
    channel: *mut GIOChannel,
    offset: i64,
    r#type: c_uint,
) -> c_int {
    let name = c"g_io_channel_seek";
    require!(name, !channel.is_null(), c"channel != NULL", ERROR_UNKNOWN);
    // SAFETY: not NULL, hence alive (I8).
    let seekable = unsafe { has(channel, IS_SEEKABLE) };
    require!(name, seekable, c"channel->is_seekable", ERROR_UNKNOWN);
    if whence(r#type).is_none() {
        warning(c"g_io_channel_seek: unknown seek type");
        return ERROR_UNKNOWN;
    }
    let mut error = null_mut();
    // SAFETY: as above (I8).
    unsafe {
        let status = call!(channel, io_seek(offset, r#type, &mut error));
        old_result(status, error)
    }
}
