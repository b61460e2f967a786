//! `giochannel.h`: channels; their life, properties and old calls.
//!
//! A channel is a structure of C's driven through its `GIOFuncs` table, which a program may supply
//! itself. The table of descriptors is in `unix`, watching in `watch`.

mod unix;
mod watch;

use std::ffi::{c_char, c_int, c_uint, CStr};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicI32, Ordering};

use super::base::{
    g_error_free, g_free, g_quark_from_static_string, g_set_error_literal, g_strdup,
};
use super::gboolean;
use super::messages::{assertion_failed, strerror, warning, warning_text};
use super::types::{GError, GIOChannel};
use crate::channel::unix::Failure;
use crate::sys::Errno;

pub use unix::{g_io_channel_unix_get_fd, g_io_channel_unix_new};
pub(super) use watch::is_own_watch;
pub use watch::{g_io_add_watch, g_io_add_watch_full, g_io_create_watch, g_io_watch_funcs};

const STATUS_ERROR: c_int = 0;
const STATUS_NORMAL: c_int = 1;
const STATUS_AGAIN: c_int = 3;

const ERROR_NONE: c_int = 0;
const ERROR_AGAIN: c_int = 1;
const ERROR_INVAL: c_int = 2;
const ERROR_UNKNOWN: c_int = 3;

const SET_MASK: c_uint = 3;

const USE_BUFFER: u8 = 1;
const DO_ENCODE: u8 = 1 << 1;
const CLOSE_ON_UNREF: u8 = 1 << 2;
const IS_READABLE: u8 = 1 << 3;
const IS_WRITEABLE: u8 = 1 << 4;
const IS_SEEKABLE: u8 = 1 << 5;

const USUAL_BUFFER_SIZE: usize = 1024;
const LEAST_BUFFER_SIZE: usize = 10;

/// Sets or clears one of the channel's flags.
///
/// # Safety
/// `channel` is alive.
unsafe fn put(channel: *mut GIOChannel, bit: u8, on: bool) {
    // SAFETY: the caller's promise (I8).
    unsafe {
        let bits = (*channel).bits;
        (*channel).bits = if on { bits | bit } else { bits & !bit };
    }
}

/// # Safety
/// `channel` is alive.
unsafe fn has(channel: *mut GIOChannel, bit: u8) -> bool {
    // SAFETY: the caller's promise (I8).
    unsafe { (*channel).bits & bit != 0 }
}

/// # Safety
/// `channel` is alive.
unsafe fn count<'a>(channel: *mut GIOChannel) -> &'a AtomicI32 {
    // SAFETY: the count is touched atomically only (I8).
    unsafe { AtomicI32::from_ptr(&raw mut (*channel).ref_count) }
}

/// One of the channel's functions, which a program's table must have.
macro_rules! call {
    ($channel:expr, $member:ident ( $($argument:expr),* )) => {{
        let function = (*(*$channel).funcs).$member.expect("a channel's table lacks a function");
        function($channel $(, $argument)*)
    }};
}
use call;

/// Whether `error` may take an error.
///
/// # Safety
/// `error` is NULL or readable.
unsafe fn is_unset(error: *mut *mut GError) -> bool {
    // SAFETY: the caller's promise (I8).
    error.is_null() || unsafe { (*error).is_null() }
}

const ERROR_UNSET: &CStr = c"(error == NULL) || (*error == NULL)";

/// Reports `errno` as a channel error.
///
/// # Safety
/// `error` is NULL or a place for an error.
unsafe fn report(error: *mut *mut GError, errno: Errno) {
    let code = g_io_channel_error_from_errno(errno.0);
    // SAFETY: the caller's promise (I8).
    unsafe { g_set_error_literal(error, g_io_channel_error_quark(), code, strerror(errno.0)) }
}

/// Fills in a channel of the caller's making.
///
/// # Safety
/// See the module `capi`; the structure may be otherwise uninitialised.
#[no_mangle]
pub unsafe extern "C" fn g_io_channel_init(channel: *mut GIOChannel) {
    let no_converter = usize::MAX as *mut _;
    // SAFETY: writable memory of a channel's size (I8).
    unsafe {
        (*channel).ref_count = 1;
        (*channel).encoding = g_strdup(c"UTF-8".as_ptr());
        (*channel).line_term = null_mut();
        (*channel).line_term_len = 0;
        (*channel).buf_size = USUAL_BUFFER_SIZE;
        (*channel).read_cd = no_converter;
        (*channel).write_cd = no_converter;
        (*channel).read_buf = null_mut();
        (*channel).encoded_read_buf = null_mut();
        (*channel).write_buf = null_mut();
        (*channel).partial_write_buf[0] = 0;
        put(channel, USE_BUFFER, true);
        put(channel, DO_ENCODE | CLOSE_ON_UNREF, false);
    }
}

/// Adds a reference and returns its argument.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_ref(channel: *mut GIOChannel) -> *mut GIOChannel {
    require!(c"g_io_channel_ref", !channel.is_null(), c"channel != NULL", null_mut());
    // SAFETY: not NULL, hence alive (I8).
    unsafe { count(channel) }.fetch_add(1, Ordering::Relaxed);
    channel
}

/// Drops a reference; the last one frees the channel, closing the descriptor if so asked.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_unref(channel: *mut GIOChannel) {
    require!(c"g_io_channel_unref", !channel.is_null(), c"channel != NULL");
    // SAFETY: alive until its last reference, which is the caller's (I8).
    unsafe {
        if count(channel).fetch_sub(1, Ordering::AcqRel) != 1 {
            return;
        }
        if has(channel, CLOSE_ON_UNREF) {
            g_io_channel_shutdown(channel, 1, null_mut());
        }
        g_free((*channel).encoding.cast());
        g_free((*channel).line_term.cast());
        call!(channel, io_free());
    }
}

/// Closes the channel's descriptor; nothing is readable, writable or seekable afterwards.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_shutdown(
    channel: *mut GIOChannel,
    _flush: c_int,
    err: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_shutdown";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    // SAFETY: NULL or readable (I8).
    let unset = unsafe { is_unset(err) };
    require!(name, unset, c"err == NULL || *err == NULL", STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        let status = call!(channel, io_close(err));
        put(channel, CLOSE_ON_UNREF | IS_READABLE | IS_WRITEABLE | IS_SEEKABLE, false);
        status
    }
}

/// As `g_io_channel_shutdown`, with a warning in place of an error. Deprecated since 2.2.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_close(channel: *mut GIOChannel) {
    require!(c"g_io_channel_close", !channel.is_null(), c"channel != NULL");
    let mut error: *mut GError = null_mut();
    // SAFETY: not NULL, hence alive; the error is ours (I8).
    unsafe {
        g_io_channel_shutdown(channel, 1, &mut error);
        if !error.is_null() {
            warning_text(c"Error closing channel: %s", (*error).message);
            g_error_free(error);
        }
    }
}

/// Whether the last unref closes the descriptor.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_set_close_on_unref(
    channel: *mut GIOChannel,
    do_close: c_int,
) {
    require!(c"g_io_channel_set_close_on_unref", !channel.is_null(), c"channel != NULL");
    // SAFETY: not NULL, hence alive (I8).
    unsafe { put(channel, CLOSE_ON_UNREF, do_close != 0) }
}

/// What `g_io_channel_set_close_on_unref` set.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_get_close_on_unref(channel: *mut GIOChannel) -> c_int {
    require!(c"g_io_channel_get_close_on_unref", !channel.is_null(), c"channel != NULL", 0);
    // SAFETY: not NULL, hence alive (I8).
    gboolean(unsafe { has(channel, CLOSE_ON_UNREF) })
}

/// Sets APPEND and NONBLOCK.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_set_flags(
    channel: *mut GIOChannel,
    flags: c_uint,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_set_flags";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    // SAFETY: NULL or readable (I8).
    let unset = unsafe { is_unset(error) };
    require!(name, unset, ERROR_UNSET, STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    unsafe { call!(channel, io_set_flags(flags & SET_MASK, error)) }
}

/// APPEND and NONBLOCK of the descriptor, and what the channel can do.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_get_flags(channel: *mut GIOChannel) -> c_uint {
    require!(c"g_io_channel_get_flags", !channel.is_null(), c"channel != NULL", 0);
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        let mut flags = call!(channel, io_get_flags());
        for (bit, flag) in [(IS_READABLE, 4), (IS_WRITEABLE, 8), (IS_SEEKABLE, 16)] {
            if has(channel, bit) {
                flags |= flag;
            }
        }
        flags
    }
}

/// Sets the size of the buffers.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_set_buffer_size(
    channel: *mut GIOChannel,
    size: usize,
) {
    require!(c"g_io_channel_set_buffer_size", !channel.is_null(), c"channel != NULL");
    let size = if size == 0 { USUAL_BUFFER_SIZE } else { size.max(LEAST_BUFFER_SIZE) };
    // SAFETY: not NULL, hence alive (I8).
    unsafe { (*channel).buf_size = size }
}

/// The size of the buffers.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_get_buffer_size(channel: *mut GIOChannel) -> usize {
    require!(c"g_io_channel_get_buffer_size", !channel.is_null(), c"channel != NULL", 0);
    // SAFETY: not NULL, hence alive (I8).
    unsafe { (*channel).buf_size }
}

/// What could be done from the buffers alone: nothing, as nothing is read into them or waits there.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C" fn g_io_channel_get_buffer_condition(_channel: *mut GIOChannel) -> c_uint {
    0
}

/// Switches buffering; only a channel without encoding can be switched.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_set_buffered(
    channel: *mut GIOChannel,
    buffered: c_int,
) {
    require!(c"g_io_channel_set_buffered", !channel.is_null(), c"channel != NULL");
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        if (*channel).encoding.is_null() {
            put(channel, USE_BUFFER, buffered != 0);
        } else {
            warning(c"Need to have NULL encoding to set the buffering state of the channel.");
        }
    }
}

/// Whether the channel buffers.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_get_buffered(channel: *mut GIOChannel) -> c_int {
    require!(c"g_io_channel_get_buffered", !channel.is_null(), c"channel != NULL", 0);
    // SAFETY: not NULL, hence alive (I8).
    gboolean(unsafe { has(channel, USE_BUFFER) })
}

/// The encoding, owned by the channel; NULL for bytes.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_get_encoding(
    channel: *mut GIOChannel,
) -> *const c_char {
    require!(c"g_io_channel_get_encoding", !channel.is_null(), c"channel != NULL", null());
    // SAFETY: not NULL, hence alive (I8).
    unsafe { (*channel).encoding }
}

/// The domain of channel errors.
#[no_mangle]
pub extern "C" fn g_io_channel_error_quark() -> u32 {
    // SAFETY: a static string (I8).
    unsafe { g_quark_from_static_string(c"g-io-channel-error-quark".as_ptr()) }
}

/// The code for an error number.
#[no_mangle]
pub extern "C-unwind" fn g_io_channel_error_from_errno(en: c_int) -> c_int {
    let name = c"g_io_channel_error_from_errno";
    require!(name, Errno(en) != Errno::AGAIN, c"en != EAGAIN", Failure::Failed as c_int);
    match en {
        libc::EBADF => warning(c"Invalid file descriptor."),
        libc::EFAULT => warning(c"Buffer outside valid address space."),
        _ => {}
    }
    Failure::of(Errno(en)) as c_int
}

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
    if crate::channel::unix::whence(r#type).is_none() {
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
