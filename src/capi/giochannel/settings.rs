//! What can be set on a channel, and asked of it: flags, buffers, encoding, line terminator.

use std::ffi::{c_char, c_int, c_uint, CStr};
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering;

use super::iconv::Iconv;
use super::state::{condition, existing_brain, operate, publish, CONVERSION_FAILED};
use super::{
    call, has, put, require_unset, DO_ENCODE, IS_READABLE, IS_SEEKABLE, IS_WRITEABLE,
    LEAST_BUFFER_SIZE, SET_MASK, STATUS_ERROR, STATUS_NORMAL, USE_BUFFER, USUAL_BUFFER_SIZE,
};
use crate::capi::base::{g_convert_error_quark, g_free, g_malloc0, g_set_error, g_strdup};
use crate::capi::gboolean;
use crate::capi::messages::{strerror, translated, warning};
use crate::capi::types::{GError, GIOChannel};
use crate::channel::{Coding, Status};
use crate::sys::Errno;

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
    require_unset!(name, error, STATUS_ERROR);
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
    unsafe {
        (*channel).buf_size = size;
        publish(channel);
    }
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

/// What could be done from the buffers alone. Also asked by watches in other threads.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C" fn g_io_channel_get_buffer_condition(channel: *mut GIOChannel) -> c_uint {
    // SAFETY: handed through (I8).
    unsafe { condition(channel).load(Ordering::Acquire) as c_uint }
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
    let name = c"g_io_channel_set_buffered";
    require!(name, !channel.is_null(), c"channel != NULL");
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        if !(*channel).encoding.is_null() {
            warning(c"Need to have NULL encoding to set the buffering state of the channel.");
            return;
        }
        if let Some(brain) = existing_brain(channel) {
            let nothing_read = c"!channel->read_buf || channel->read_buf->len == 0";
            require!(name, brain.unread() == 0, nothing_read);
            let nothing_written = c"!channel->write_buf || channel->write_buf->len == 0";
            require!(name, !brain.has_pending(), nothing_written);
        }
        put(channel, USE_BUFFER, buffered != 0);
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

type Codings = (Coding<Iconv>, Coding<Iconv>);

/// Converters for what the channel can do, or which one could not be had (as from and to).
///
/// # Safety
/// `channel` is alive.
unsafe fn open_codings<'a>(
    channel: *mut GIOChannel,
    encoding: &'a CStr,
) -> Result<Codings, (&'a CStr, &'a CStr, Errno)> {
    if encoding == c"UTF-8" || encoding == c"UTF8" {
        return Ok((Coding::Utf8, Coding::Utf8));
    }
    let open = |needed, to: &'a CStr, from: &'a CStr| match needed {
        true => Iconv::open(to, from).map_err(|errno| (from, to, errno)),
        false => Ok(Iconv::none()),
    };
    // SAFETY: the caller's promise (I8).
    let (readable, writeable) = unsafe { (has(channel, IS_READABLE), has(channel, IS_WRITEABLE)) };
    let decoder = open(readable, c"UTF-8", encoding)?;
    let encoder = open(writeable, encoding, c"UTF-8")?;
    Ok((Coding::Foreign(decoder), Coding::Foreign(encoder)))
}

/// Sets the encoding; NULL is for bytes.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_set_encoding(
    channel: *mut GIOChannel,
    encoding: *const c_char,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_set_encoding";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require_unset!(name, error, STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        let converted = existing_brain(channel).is_some_and(|brain| brain.has_converted());
        let nothing_converted = c"!channel->do_encode || !channel->encoded_read_buf || \
                                  channel->encoded_read_buf->len == 0";
        require!(name, !converted, nothing_converted, STATUS_ERROR);
        if !has(channel, USE_BUFFER) {
            warning(c"Need to set the channel buffered before setting the encoding.");
            warning(c"Assuming this is what you meant and acting accordingly.");
            put(channel, USE_BUFFER, true);
        }
        if existing_brain(channel).is_some_and(|brain| brain.has_unfinished()) {
            operate(channel, error, |brain, driver| {
                brain.drop_unfinished(driver);
                Ok(Status::Normal)
            });
        }
        let codings = if encoding.is_null() {
            Ok((Coding::Bytes, Coding::Bytes))
        } else {
            open_codings(channel, CStr::from_ptr(encoding))
        };
        match codings {
            Ok((decoder, encoder)) => {
                let foreign = matches!(decoder, Coding::Foreign(_));
                put(channel, DO_ENCODE, foreign);
                let copy = g_strdup(encoding);
                g_free(std::mem::replace(&mut (*channel).encoding, copy).cast());
                if !foreign && existing_brain(channel).is_none() {
                    return STATUS_NORMAL; // The brain will be made to fit.
                }
                operate(channel, error, |brain, _| {
                    brain.set_coding(decoder, encoder);
                    Ok(Status::Normal)
                })
            }
            Err((from, to, errno)) => {
                cannot_convert(error, from, to, errno);
                STATUS_ERROR
            }
        }
    }
}

/// # Safety
/// `error` is NULL or a place for an error.
unsafe fn cannot_convert(error: *mut *mut GError, from: &CStr, to: &CStr, errno: Errno) {
    const NO_CONVERSION: c_int = 0;
    let (from, to) = (from.as_ptr(), to.as_ptr());
    // SAFETY: the formats take two strings, and three (I8).
    unsafe {
        let domain = g_convert_error_quark();
        if errno == Errno(libc::EINVAL) {
            let format = c"Conversion from character set “%s” to “%s” is not supported";
            g_set_error(error, domain, NO_CONVERSION, translated(format), from, to);
        } else {
            let format = translated(c"Could not open converter from “%s” to “%s”: %s");
            let reason = strerror(errno.0);
            g_set_error(error, domain, CONVERSION_FAILED, format, from, to, reason);
        }
    }
}

/// Sets what ends a line: `length` bytes, or up to the NUL if it is negative; NULL for the usual.
///
/// # Safety
/// See the module `capi`; `line_term` holds `length` bytes.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_set_line_term(
    channel: *mut GIOChannel,
    line_term: *const c_char,
    length: c_int,
) {
    let name = c"g_io_channel_set_line_term";
    require!(name, !channel.is_null(), c"channel != NULL");
    require!(name, line_term.is_null() || length != 0, c"line_term == NULL || length != 0");
    // SAFETY: not NULL, hence alive; the terminator is readable as said (I8).
    unsafe {
        let mut copy = null_mut::<u8>();
        let mut copied = 0;
        if !line_term.is_null() {
            copied = usize::try_from(length)
                .unwrap_or_else(|_negative| CStr::from_ptr(line_term).count_bytes());
            copy = g_malloc0(copied + 1).cast(); // Ends in a NUL (IO-068).
            copy.copy_from_nonoverlapping(line_term.cast(), copied);
        }
        g_free((*channel).line_term.cast());
        (*channel).line_term = copy.cast();
        (*channel).line_term_len = copied as c_uint;
    }
}

/// What `g_io_channel_set_line_term` set, owned by the channel.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_get_line_term(
    channel: *mut GIOChannel,
    length: *mut c_int,
) -> *const c_char {
    require!(c"g_io_channel_get_line_term", !channel.is_null(), c"channel != NULL", null());
    // SAFETY: not NULL, hence alive; `length` is NULL or writable (I8).
    unsafe {
        if !length.is_null() {
            *length = (*channel).line_term_len as c_int;
        }
        (*channel).line_term
    }
}
