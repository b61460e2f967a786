//! `giochannel.h`: channels.
//!
//! A channel is a structure of C's driven through its `GIOFuncs` table, which a program may supply
//! itself. The rooms: `life`, `settings`, `read`, `write`, `legacy` hold the C names; `state` is
//! the way to the brain (`crate::channel`), `iconv` its converters; `unix` is the table of
//! descriptors, `watch` watching them.

mod iconv;
mod legacy;
mod life;
mod read;
mod settings;
mod state;
mod unix;
mod watch;
mod write;

use std::ffi::{c_int, c_uint, CStr};
use std::sync::atomic::{AtomicI32, AtomicU8, Ordering};

use super::base::{g_quark_from_static_string, g_set_error_literal};
use super::messages::{strerror, warning};
use super::types::{GError, GIOChannel};
use crate::channel::unix::Failure;
use crate::sys::Errno;

pub use legacy::*;
pub use life::*;
pub use read::*;
pub use settings::*;
pub use unix::{g_io_channel_new_file, g_io_channel_unix_get_fd, g_io_channel_unix_new};
pub use watch::{g_io_add_watch, g_io_add_watch_full, g_io_create_watch, g_io_watch_funcs};
pub(super) use watch::{is_own_watch, looks_at_buffers};
pub use write::*;

const STATUS_ERROR: c_int = 0;
const STATUS_NORMAL: c_int = 1;
const STATUS_AGAIN: c_int = 3;

const SET_MASK: c_uint = 3;
const NONBLOCK: c_uint = 2;

const USE_BUFFER: u8 = 1;
const DO_ENCODE: u8 = 1 << 1;
const CLOSE_ON_UNREF: u8 = 1 << 2;
const IS_READABLE: u8 = 1 << 3;
const IS_WRITEABLE: u8 = 1 << 4;
const IS_SEEKABLE: u8 = 1 << 5;
/// Made by this library with a descriptor, hence with a list of its watches behind the public part.
const IS_OURS: u8 = 1 << 6;

const USUAL_BUFFER_SIZE: usize = 1024;
const LEAST_BUFFER_SIZE: usize = 10;

/// The channel's flags. Only its user changes them, but watches may look from other threads.
///
/// # Safety
/// `channel` is alive.
unsafe fn bits<'a>(channel: *mut GIOChannel) -> &'a AtomicU8 {
    // SAFETY: the byte is touched atomically only, by us (I8).
    unsafe { AtomicU8::from_ptr(&raw mut (*channel).bits) }
}

/// Sets or clears one of the channel's flags.
///
/// # Safety
/// `channel` is alive.
unsafe fn put(channel: *mut GIOChannel, bit: u8, on: bool) {
    // SAFETY: the caller's promise (I8).
    let bits = unsafe { bits(channel) };
    let old = bits.load(Ordering::Relaxed);
    bits.store(if on { old | bit } else { old & !bit }, Ordering::Relaxed);
}

/// # Safety
/// `channel` is alive.
unsafe fn has(channel: *mut GIOChannel, bit: u8) -> bool {
    // SAFETY: the caller's promise (I8).
    unsafe { bits(channel) }.load(Ordering::Relaxed) & bit != 0
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

/// Returns `$result` from the function after a critical if `$error` holds an error already.
macro_rules! require_unset {
    ($name:expr, $error:expr, $result:expr) => {
        // SAFETY: NULL or readable (I8).
        let unset = unsafe { super::is_unset($error) };
        require!($name, unset, super::ERROR_UNSET, $result);
    };
}
use require_unset;

/// Reports `errno` as a channel error.
///
/// # Safety
/// `error` is NULL or a place for an error.
unsafe fn report(error: *mut *mut GError, errno: Errno) {
    let code = g_io_channel_error_from_errno(errno.0);
    // SAFETY: the caller's promise (I8).
    unsafe { g_set_error_literal(error, g_io_channel_error_quark(), code, strerror(errno.0)) }
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
