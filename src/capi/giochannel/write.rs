//! Writing, writing out, and moving the position.

use std::ffi::{c_char, c_int, c_uint, CStr};

use super::state::{existing_brain, operate};
use super::{
    call, has, require_unset, IS_SEEKABLE, IS_WRITEABLE, STATUS_ERROR, STATUS_NORMAL, USE_BUFFER,
};
use crate::capi::messages::warning;
use crate::capi::types::{GError, GIOChannel};
use crate::channel::Origin;

/// Writes `count` bytes, or up to the NUL if it is negative.
///
/// # Safety
/// See the module `capi`; `buf` holds `count` bytes.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_write_chars(
    channel: *mut GIOChannel,
    buf: *const c_char,
    count: isize,
    bytes_written: *mut usize,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_write_chars";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require!(name, !buf.is_null() || count == 0, c"buf != NULL || count == 0", STATUS_ERROR);
    require_unset!(name, error, STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    let writeable = unsafe { has(channel, IS_WRITEABLE) };
    require!(name, writeable, c"channel->is_writeable", STATUS_ERROR);
    // SAFETY: as above; `buf` is readable as said (I8).
    unsafe {
        let text: &[u8] = match usize::try_from(count) {
            Ok(0) => &[],
            Ok(count) => std::slice::from_raw_parts(buf.cast(), count),
            Err(_negative) => CStr::from_ptr(buf).to_bytes(),
        };
        let mut written = 0;
        let status = if text.is_empty() {
            STATUS_NORMAL
        } else if has(channel, USE_BUFFER) {
            let place = if bytes_written.is_null() { &mut written } else { &mut *bytes_written };
            return operate(channel, error, |brain, driver| brain.write_chars(driver, text, place));
        } else {
            call!(channel, io_write(text.as_ptr().cast(), text.len(), &mut written, error))
        };
        if !bytes_written.is_null() {
            *bytes_written = written;
        }
        status
    }
}

/// Writes one character.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_write_unichar(
    channel: *mut GIOChannel,
    thechar: u32,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_write_unichar";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    let encoded = unsafe { !(*channel).encoding.is_null() };
    require!(name, encoded, c"channel->encoding != NULL", STATUS_ERROR);
    require_unset!(name, error, STATUS_ERROR);
    // SAFETY: as above (I8).
    let writeable = unsafe { has(channel, IS_WRITEABLE) };
    require!(name, writeable, c"channel->is_writeable", STATUS_ERROR);
    // SAFETY: as above (I8).
    unsafe { operate(channel, error, |brain, driver| brain.write_char(driver, thechar)) }
}

/// Writes out what is buffered.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_flush(
    channel: *mut GIOChannel,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_flush";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require_unset!(name, error, STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        if existing_brain(channel).is_none() {
            return STATUS_NORMAL;
        }
        operate(channel, error, |brain, driver| brain.flush(driver))
    }
}

/// Moves the position to `offset` bytes from `type`.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_seek_position(
    channel: *mut GIOChannel,
    offset: i64,
    r#type: c_uint,
    error: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_seek_position";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    require_unset!(name, error, STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    let seekable = unsafe { has(channel, IS_SEEKABLE) };
    require!(name, seekable, c"channel->is_seekable", STATUS_ERROR);
    let origin = match r#type {
        0 => Origin::Current,
        1 => Origin::Start,
        2 => Origin::End,
        _ => {
            warning(c"g_io_channel_seek_position: unknown seek type");
            return STATUS_ERROR;
        }
    };
    // SAFETY: as above (I8).
    unsafe { operate(channel, error, |brain, driver| brain.seek(driver, offset, origin)) }
}
