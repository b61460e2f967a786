//! Reading: characters, lines, all there is.

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use super::state::{convert_error, operate, CONVERSION_FAILED};
use super::{call, has, require_unset, IS_READABLE, STATUS_ERROR, USE_BUFFER};
use crate::capi::base::{g_malloc0, g_string_append_len, g_string_truncate};
use crate::capi::types::{GError, GIOChannel, GString};
use crate::channel::lines::Terminator;

/// The checks that all functions here have in common.
macro_rules! require_readable {
    ($name:expr, $channel:expr, $error:expr) => {
        require_unset!($name, $error, STATUS_ERROR);
        // SAFETY: checked not to be NULL, hence alive (I8).
        let readable = unsafe { has($channel, IS_READABLE) };
        require!($name, readable, c"channel->is_readable", STATUS_ERROR);
    };
}

/// Copies `bytes`, NUL-terminated, into memory for `g_free`.
fn duplicate(bytes: &[u8]) -> *mut c_char {
    // SAFETY: fresh zeroed memory with room for one byte more than is copied (I8).
    unsafe {
        let copy = g_malloc0(bytes.len() + 1).cast::<u8>();
        copy.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        copy.cast()
    }
}

/// # Safety
/// `place` is NULL or writable.
unsafe fn store<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: the caller's promise (I8).
        unsafe { place.write(value) };
    }
}

/// Reads at most `count` bytes of whole characters.
///
/// # Safety
/// See the module `capi`; `buf` has room for `count` bytes.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_read_chars(
    channel: *mut GIOChannel,
    buf: *mut c_char,
    count: usize,
    bytes_read: *mut usize,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_read_chars";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require_readable!(name, channel, error);
    // SAFETY: NULL or writable (I8).
    unsafe { store(bytes_read, 0) };
    if count == 0 {
        return super::STATUS_NORMAL;
    }
    require!(name, !buf.is_null(), c"buf != NULL", STATUS_ERROR);
    // SAFETY: not NULL, hence alive; what is delivered has at most `count` bytes (I8).
    unsafe {
        if !has(channel, USE_BUFFER) {
            let mut read = 0;
            let status = call!(channel, io_read(buf, count, &mut read, error));
            store(bytes_read, read);
            return status;
        }
        operate(channel, error, |brain, driver| {
            brain.read_chars(driver, count, |text| {
                buf.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len());
                store(bytes_read, text.len());
            })
        })
    }
}

/// Reads one character.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_read_unichar(
    channel: *mut GIOChannel,
    thechar: *mut u32,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_read_unichar";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    let encoded = unsafe { !(*channel).encoding.is_null() };
    require!(name, encoded, c"channel->encoding != NULL", STATUS_ERROR);
    require_readable!(name, channel, error);
    // SAFETY: as above; `thechar` is NULL or writable (I8).
    unsafe {
        store(thechar, u32::MAX);
        operate(channel, error, |brain, driver| {
            brain.read_char(driver, |value| store(thechar, value))
        })
    }
}

/// Reads a line and hands it to `deliver` with the place of its terminator.
///
/// # Safety
/// `channel` is alive; `error` is NULL or a place for an error.
unsafe fn read_line(
    channel: *mut GIOChannel,
    error: *mut *mut GError,
    deliver: impl FnOnce(&[u8], usize),
) -> c_int {
    // SAFETY: the caller's promise; the terminator has the length stored with it (I8).
    unsafe {
        if !has(channel, USE_BUFFER) {
            let text = c"Can’t do a raw read in g_io_channel_read_line_string";
            convert_error(error, CONVERSION_FAILED, text);
            return STATUS_ERROR;
        }
        let terminator = if (*channel).line_term.is_null() {
            Terminator::Usual
        } else {
            let length = (*channel).line_term_len as usize;
            Terminator::Exactly(std::slice::from_raw_parts((*channel).line_term.cast(), length))
        };
        operate(channel, error, |brain, driver| brain.read_line(driver, terminator, deliver))
    }
}

/// Reads a line into new memory.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_read_line(
    channel: *mut GIOChannel,
    str_return: *mut *mut c_char,
    length: *mut usize,
    terminator_pos: *mut usize,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_read_line";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require!(name, !str_return.is_null(), c"str_return != NULL", STATUS_ERROR);
    require_readable!(name, channel, error);
    // SAFETY: not NULL, hence alive or writable (I8).
    unsafe {
        *str_return = null_mut();
        let status = read_line(channel, error, |line, terminator| {
            *str_return = duplicate(line);
            store(length, line.len());
            store(terminator_pos, terminator);
        });
        if (*str_return).is_null() && status != STATUS_ERROR {
            store(length, 0);
        }
        status
    }
}

/// Reads a line into a string.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_read_line_string(
    channel: *mut GIOChannel,
    buffer: *mut GString,
    terminator_pos: *mut usize,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_read_line_string";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require!(name, !buffer.is_null(), c"buffer != NULL", STATUS_ERROR);
    require_readable!(name, channel, error);
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        g_string_truncate(buffer, 0);
        read_line(channel, error, |line, terminator| {
            g_string_append_len(buffer, line.as_ptr().cast(), line.len() as isize);
            store(terminator_pos, terminator);
        })
    }
}

/// Reads all that is left.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_read_to_end(
    channel: *mut GIOChannel,
    str_return: *mut *mut c_char,
    length: *mut usize,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_read_to_end";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require_readable!(name, channel, error);
    // SAFETY: not NULL, hence alive; the places are NULL or writable (I8).
    unsafe {
        store(str_return, null_mut());
        store(length, 0);
        if !has(channel, USE_BUFFER) {
            let text = c"Can’t do a raw read in g_io_channel_read_to_end";
            convert_error(error, CONVERSION_FAILED, text);
            return STATUS_ERROR;
        }
        operate(channel, error, |brain, driver| {
            brain.read_to_end(driver, |text| {
                if !str_return.is_null() {
                    *str_return = duplicate(text);
                }
                store(length, text.len());
            })
        })
    }
}
