//! What a channel has besides its public members, and the way into the brain and out.
//!
//! The three buffer members are private by GLib's manual and hold, here:
//!
//! | member | content |
//! |---|---|
//! | `read_buf` | the brain, a box of ours; NULL until the channel's buffers are first used |
//! | `encoded_read_buf` | the buffer condition, so that a watch in another thread can look at it |
//! | `write_buf` | nothing |

use std::ffi::{c_char, c_int, c_uint, CStr};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::iconv::Iconv;
use super::{call, has, watch, IS_OURS, IS_SEEKABLE, STATUS_ERROR};
use crate::capi::base::{g_convert_error_quark, g_error_free, g_set_error, g_set_error_literal};
use crate::capi::messages::{strerror, translated, warning};
use crate::capi::types::{GError, GIOChannel};
use crate::channel::{Channel, Device, Origin, Outcome, Status, Trouble, Warning};

pub type Brain = Channel<Iconv>;

/// The channel's brain, if it has been needed yet.
///
/// # Safety
/// `channel` is alive and used by this thread only, for as long as the result is.
pub unsafe fn existing_brain<'a>(channel: *mut GIOChannel) -> Option<&'a mut Brain> {
    // SAFETY: NULL or the box that `brain` made; the caller's promise (I8).
    unsafe { (*channel).read_buf.cast::<Brain>().as_mut() }
}

/// The channel's brain.
///
/// # Safety
/// As for `existing_brain`.
pub unsafe fn brain<'a>(channel: *mut GIOChannel) -> &'a mut Brain {
    // SAFETY: the caller's promise (I8).
    unsafe {
        if (*channel).read_buf.is_null() {
            let new = Box::new(Brain::new(!(*channel).encoding.is_null()));
            (*channel).read_buf = Box::into_raw(new).cast();
        }
        &mut *(*channel).read_buf.cast::<Brain>()
    }
}

/// Frees the brain.
///
/// # Safety
/// `channel` is alive; nobody uses its brain.
pub unsafe fn drop_brain(channel: *mut GIOChannel) {
    // SAFETY: NULL or the box that `brain` made (I8).
    unsafe {
        let brain = std::mem::replace(&mut (*channel).read_buf, null_mut()).cast::<Brain>();
        if !brain.is_null() {
            drop(Box::from_raw(brain));
        }
    }
}

/// # Safety
/// `channel` is alive.
pub unsafe fn condition<'a>(channel: *mut GIOChannel) -> &'a AtomicUsize {
    // SAFETY: the member has the size and alignment of a word and is used as this only (I8).
    unsafe { AtomicUsize::from_ptr((&raw mut (*channel).encoded_read_buf).cast()) }
}

/// Makes the buffer condition known; a change concerns the watches.
///
/// # Safety
/// As for `existing_brain`.
pub unsafe fn publish(channel: *mut GIOChannel) {
    // SAFETY: the caller's promise (I8).
    unsafe {
        let brain = existing_brain(channel);
        let now = brain.map_or(0, |brain| brain.condition((*channel).buf_size)) as usize;
        let condition = condition(channel);
        if condition.load(Ordering::Relaxed) != now {
            condition.store(now, Ordering::Release);
            if has(channel, IS_OURS) {
                watch::condition_changed(channel);
            }
        }
    }
}

/// The channel's function table as the brain's device.
pub struct Driver {
    channel: *mut GIOChannel,
    /// What the table's functions reported; nobody has been told yet.
    error: *mut GError,
}

impl Driver {
    fn outcome(status: c_int) -> Outcome {
        match status {
            1 => Ok(Status::Normal),
            2 => Ok(Status::Eof),
            3 => Ok(Status::Again),
            _ => Err(Trouble::Device),
        }
    }
}

impl Device for Driver {
    fn is_seekable(&self) -> bool {
        // SAFETY: the channel is alive while its driver is (I8).
        unsafe { has(self.channel, IS_SEEKABLE) }
    }

    fn buffer_size(&self) -> usize {
        // SAFETY: as above (I8).
        unsafe { (*self.channel).buf_size }
    }

    fn read(&mut self, to: &mut [u8]) -> (Outcome, usize) {
        let mut count = 0;
        let buf = to.as_mut_ptr().cast::<c_char>();
        // SAFETY: as above; `to` has room for as many bytes as are asked for (I8).
        let status =
            unsafe { call!(self.channel, io_read(buf, to.len(), &mut count, &mut self.error)) };
        (Driver::outcome(status), count.min(to.len()))
    }

    fn write(&mut self, from: &[u8]) -> (Outcome, usize) {
        let mut count = 0;
        let buf = from.as_ptr().cast::<c_char>();
        // SAFETY: as above; `from` holds as many bytes as are offered (I8).
        let status =
            unsafe { call!(self.channel, io_write(buf, from.len(), &mut count, &mut self.error)) };
        (Driver::outcome(status), count.min(from.len()))
    }

    fn seek(&mut self, offset: i64, origin: Origin) -> Outcome {
        // SAFETY: as above (I8).
        let status =
            unsafe { call!(self.channel, io_seek(offset, origin as c_uint, &mut self.error)) };
        Driver::outcome(status)
    }

    fn warn(&mut self, about: Warning) {
        warning(match about {
            Warning::InvalidText => c"Invalid UTF-8 passed to g_io_channel_write_chars().",
            Warning::InvalidAfterUnfinished => {
                c"Illegal sequence due to partial character at the end of a previous write."
            }
            Warning::UnfinishedBeforeChar => c"Partial character written before writing unichar.",
            Warning::UnfinishedNotFlushed => {
                c"Partial character at end of write buffer not flushed."
            }
            Warning::MixedEncoded => c"Mixed reading and writing not allowed on encoded files",
            Warning::RelativeSeekEncoded => {
                c"Seek type G_SEEK_CUR not allowed for this channel's encoding."
            }
        });
    }
}

/// Has the brain do something, then tells the watches and C how it ended.
///
/// # Safety
/// As for `existing_brain`; `err` is NULL or a place for an error.
pub unsafe fn operate(
    channel: *mut GIOChannel,
    err: *mut *mut GError,
    operation: impl FnOnce(&mut Brain, &mut Driver) -> Outcome,
) -> c_int {
    let mut driver = Driver { channel, error: null_mut() };
    // SAFETY: the caller's promise (I8).
    unsafe {
        let outcome = operation(brain(channel), &mut driver);
        publish(channel);
        conclude(outcome, driver, err)
    }
}

/// Turns an outcome into C's status and error.
///
/// # Safety
/// `err` is NULL or a place for an error.
unsafe fn conclude(outcome: Outcome, driver: Driver, err: *mut *mut GError) -> c_int {
    let trouble = outcome.err();
    // SAFETY: the caller's promise; the driver's error is ours alone (I8).
    unsafe {
        if trouble == Some(Trouble::Device) && !err.is_null() {
            *err = driver.error;
        } else if !driver.error.is_null() {
            g_error_free(driver.error);
        }
        if let Some(trouble) = trouble {
            explain(trouble, err);
        }
    }
    outcome.map_or(STATUS_ERROR, |status| status as c_int)
}

const ILLEGAL_SEQUENCE: c_int = 1;
pub const CONVERSION_FAILED: c_int = 2;
const PARTIAL_INPUT: c_int = 3;

/// Sets the error for what the brain itself found.
///
/// # Safety
/// `err` is NULL or a place for an error.
unsafe fn explain(trouble: Trouble, err: *mut *mut GError) {
    let (code, text) = match trouble {
        Trouble::Device | Trouble::Unsaid => return,
        Trouble::Illegal => (ILLEGAL_SEQUENCE, c"Invalid byte sequence in conversion input"),
        Trouble::Leftover => (PARTIAL_INPUT, c"Leftover unconverted data in read buffer"),
        Trouble::EndsInside => (PARTIAL_INPUT, c"Channel terminates in a partial character"),
        Trouble::Conversion(errno) => {
            let format = translated(c"Error during conversion: %s");
            // SAFETY: the format takes one string (I8).
            unsafe {
                let domain = g_convert_error_quark();
                g_set_error(err, domain, CONVERSION_FAILED, format, strerror(errno.0));
            }
            return;
        }
    };
    // SAFETY: the caller's promise (I8).
    unsafe { convert_error(err, code, text) }
}

/// Sets an error of the domain of conversions.
///
/// # Safety
/// `err` is NULL or a place for an error.
pub unsafe fn convert_error(err: *mut *mut GError, code: c_int, text: &'static CStr) {
    // SAFETY: the caller's promise (I8).
    unsafe { g_set_error_literal(err, g_convert_error_quark(), code, translated(text)) }
}
