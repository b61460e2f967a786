//! The life of a channel: made by the program, counted, closed.

use std::ffi::c_int;
use std::ptr::null_mut;
use std::sync::atomic::Ordering;

use super::state::{drop_brain, existing_brain, operate, publish};
use super::{
    call, count, has, is_unset, put, CLOSE_ON_UNREF, DO_ENCODE, IS_OURS, IS_READABLE, IS_SEEKABLE,
    IS_WRITEABLE, NONBLOCK, SET_MASK, STATUS_ERROR, STATUS_NORMAL, USE_BUFFER, USUAL_BUFFER_SIZE,
};
use crate::capi::base::{g_error_free, g_free, g_strdup};
use crate::capi::gboolean;
use crate::capi::messages::warning_text;
use crate::capi::types::{GError, GIOChannel};
use crate::channel::Status;

/// Fills in a channel of the caller's making.
///
/// # Safety
/// See the module `capi`; the structure may be otherwise uninitialised.
#[no_mangle]
pub unsafe extern "C" fn g_io_channel_init(channel: *mut GIOChannel) {
    let no_converter = std::ptr::without_provenance_mut(usize::MAX);
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
        put(channel, DO_ENCODE | CLOSE_ON_UNREF | IS_OURS, false);
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
        } else {
            purge(channel);
        }
        drop_brain(channel);
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
    flush: c_int,
    err: *mut *mut GError,
) -> c_int {
    let name = c"g_io_channel_shutdown";
    require!(name, !channel.is_null(), c"channel != NULL", STATUS_ERROR);
    // SAFETY: NULL or readable (I8).
    let unset = unsafe { is_unset(err) };
    require!(name, unset, c"err == NULL || *err == NULL", STATUS_ERROR);
    // SAFETY: not NULL, hence alive (I8).
    unsafe {
        let mut error: *mut GError = null_mut();
        let mut flushed = STATUS_NORMAL;
        if flush != 0 {
            flushed = write_out(channel, &mut error);
            drop_unfinished(channel);
        }
        if let Some(brain) = existing_brain(channel) {
            brain.forget_output();
        }
        let closed = call!(channel, io_close(err));
        put(channel, CLOSE_ON_UNREF | IS_READABLE | IS_WRITEABLE | IS_SEEKABLE, false);
        publish(channel);
        let status = if closed == STATUS_NORMAL { flushed } else { closed };
        if closed == STATUS_NORMAL && !err.is_null() {
            *err = error;
        } else if !error.is_null() {
            g_error_free(error);
        }
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
    // SAFETY: not NULL, hence alive; the error is ours (I8).
    unsafe {
        purge(channel);
        let mut error: *mut GError = null_mut();
        call!(channel, io_close(&mut error));
        if !error.is_null() {
            warning_text(c"Error closing channel: %s", (*error).message);
            g_error_free(error);
        }
        put(channel, CLOSE_ON_UNREF | IS_READABLE | IS_WRITEABLE | IS_SEEKABLE, false);
    }
}

/// Writes out what is buffered, waiting if need be (IO-010).
///
/// # Safety
/// `channel` is alive; `error` is NULL or a place for an error.
unsafe fn write_out(channel: *mut GIOChannel, error: *mut *mut GError) -> c_int {
    // SAFETY: the caller's promise (I8).
    unsafe {
        match existing_brain(channel) {
            None => STATUS_NORMAL,
            Some(brain) => {
                if brain.has_pending() {
                    let flags = call!(channel, io_get_flags());
                    call!(channel, io_set_flags(flags & SET_MASK & !NONBLOCK, null_mut()));
                }
                operate(channel, error, |brain, driver| brain.flush(driver))
            }
        }
    }
}

/// Drops an unfinished character, telling so.
///
/// # Safety
/// `channel` is alive.
unsafe fn drop_unfinished(channel: *mut GIOChannel) {
    // SAFETY: the caller's promise (I8).
    unsafe {
        if existing_brain(channel).is_some_and(|brain| brain.has_unfinished()) {
            operate(channel, null_mut(), |brain, driver| {
                brain.drop_unfinished(driver);
                Ok(Status::Normal)
            });
        }
    }
}

/// Writes out what is buffered, warning of a failure, and drops what was read ahead.
///
/// # Safety
/// `channel` is alive.
unsafe fn purge(channel: *mut GIOChannel) {
    let mut error: *mut GError = null_mut();
    // SAFETY: the caller's promise; the error is ours (I8).
    unsafe {
        write_out(channel, &mut error);
        if !error.is_null() {
            warning_text(c"Error flushing string: %s", (*error).message);
            g_error_free(error);
        }
        drop_unfinished(channel);
        if let Some(brain) = existing_brain(channel) {
            brain.forget_output();
            brain.forget_input();
            publish(channel);
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
