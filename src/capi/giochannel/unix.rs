//! Channels of descriptors: their structure and function table.

use std::ffi::{c_char, c_int, c_uint, CStr};
use std::ptr::null_mut;

use super::watch::{create_watch, WatchList};
use super::{
    put, report, require_unset, CLOSE_ON_UNREF, IS_OURS, IS_READABLE, IS_SEEKABLE, IS_WRITEABLE,
    STATUS_ERROR, STATUS_NORMAL,
};
use crate::capi::base::{g_file_error_from_errno, g_file_error_quark, g_set_error_literal};
use crate::capi::base::{g_free, g_log, g_malloc0, DOMAIN, LEVEL_WARNING};
use crate::capi::messages::{strerror, warning_text, HERE};
use crate::capi::types::{GError, GIOChannel, GIOFuncs};
use crate::channel::unix::{self, Flags};
use crate::channel::Status;
use crate::sys::{fd, Errno};

/// A descriptor's channel as it lies in memory.
#[repr(C)]
struct UnixChannel {
    channel: GIOChannel,
    fd: c_int,
    watches: WatchList,
}

static UNIX_FUNCS: GIOFuncs = GIOFuncs {
    io_read: Some(read),
    io_write: Some(write),
    io_seek: Some(seek),
    io_close: Some(close),
    io_create_watch: Some(create_watch),
    io_free: Some(free),
    io_set_flags: Some(set_flags),
    io_get_flags: Some(get_flags),
};

/// The descriptor of a channel that `g_io_channel_unix_new` made.
///
/// # Safety
/// See the module `capi`.
pub(super) unsafe fn descriptor(channel: *mut GIOChannel) -> c_int {
    // SAFETY: channels with this table have this structure (I8).
    unsafe { (*channel.cast::<UnixChannel>()).fd }
}

/// The watches on a channel of this library's.
///
/// # Safety
/// `channel` is alive and has the mark `IS_OURS`.
pub(super) unsafe fn watches<'a>(channel: *mut GIOChannel) -> &'a WatchList {
    // SAFETY: such a channel has this structure (I8).
    unsafe { &(*channel.cast::<UnixChannel>()).watches }
}

/// Stores how a transfer ended; the result is the status for C.
///
/// # Safety
/// `count` is writable, `err` NULL or a place for an error.
unsafe fn finish(
    outcome: Result<(Status, usize), Errno>,
    count: *mut usize,
    err: *mut *mut GError,
) -> c_int {
    // SAFETY: the caller's promise (I8).
    unsafe {
        match outcome {
            Ok((status, transferred)) => {
                *count = transferred;
                status as c_int
            }
            Err(errno) => {
                *count = 0;
                report(err, errno);
                STATUS_ERROR
            }
        }
    }
}

/// As `finish` for calls that transfer nothing.
///
/// # Safety
/// `err` is NULL or a place for an error.
unsafe fn settle(outcome: Result<(), Errno>, err: *mut *mut GError) -> c_int {
    match outcome {
        Ok(()) => STATUS_NORMAL,
        Err(errno) => {
            // SAFETY: the caller's promise (I8).
            unsafe { report(err, errno) };
            STATUS_ERROR
        }
    }
}

unsafe extern "C-unwind" fn read(
    channel: *mut GIOChannel,
    buf: *mut c_char,
    count: usize,
    bytes_read: *mut usize,
    err: *mut *mut GError,
) -> c_int {
    // SAFETY: the channel's own descriptor; `buf` has room for `count` bytes (I8).
    unsafe { finish(unix::read(descriptor(channel), buf.cast(), count), bytes_read, err) }
}

unsafe extern "C-unwind" fn write(
    channel: *mut GIOChannel,
    buf: *const c_char,
    count: usize,
    bytes_written: *mut usize,
    err: *mut *mut GError,
) -> c_int {
    // SAFETY: the channel's own descriptor; `buf` holds `count` bytes (I8).
    unsafe { finish(unix::write(descriptor(channel), buf.cast(), count), bytes_written, err) }
}

unsafe extern "C-unwind" fn seek(
    channel: *mut GIOChannel,
    offset: i64,
    kind: c_uint,
    err: *mut *mut GError,
) -> c_int {
    let whence = unix::whence(kind).unwrap_or(-1);
    // SAFETY: the channel's own descriptor (I8).
    unsafe { settle(fd::seek(descriptor(channel), offset, whence).map(|_| ()), err) }
}

unsafe extern "C-unwind" fn close(channel: *mut GIOChannel, err: *mut *mut GError) -> c_int {
    // SAFETY: the channel's own descriptor (I8).
    unsafe { settle(fd::close(descriptor(channel)), err) }
}

unsafe extern "C-unwind" fn free(channel: *mut GIOChannel) {
    // SAFETY: made by `g_io_channel_unix_new` with g_malloc0 (I8).
    unsafe { g_free(channel.cast()) }
}

unsafe extern "C-unwind" fn set_flags(
    channel: *mut GIOChannel,
    flags: c_uint,
    err: *mut *mut GError,
) -> c_int {
    // SAFETY: the channel's own descriptor (I8).
    unsafe { settle(unix::set_flags(descriptor(channel), flags & 1 != 0, flags & 2 != 0), err) }
}

unsafe extern "C-unwind" fn get_flags(channel: *mut GIOChannel) -> c_uint {
    // SAFETY: the channel's own descriptor (I8).
    let flags = unsafe { refresh(channel) };
    c_uint::from(flags.append) | c_uint::from(flags.nonblock) << 1
}

/// Asks the descriptor for its flags and remembers what it can do (IO-003).
///
/// # Safety
/// `channel` is a live channel of a descriptor.
unsafe fn refresh(channel: *mut GIOChannel) -> Flags {
    // SAFETY: the caller's promise (I8).
    unsafe {
        match unix::flags(descriptor(channel)) {
            Ok(flags) => {
                put(channel, IS_READABLE, flags.readable);
                put(channel, IS_WRITEABLE, flags.writable);
                flags
            }
            Err(errno) => {
                complain_about_flags(errno);
                Flags::default()
            }
        }
    }
}

fn complain_about_flags(errno: Errno) {
    let line = line!();
    // SAFETY: the format takes a string, a number, a string and a number (I8).
    unsafe {
        g_log(
            DOMAIN,
            LEVEL_WARNING,
            c"%s:%dError while getting flags for FD: %s (%d)".as_ptr(),
            HERE.as_ptr(),
            line,
            strerror(errno.0),
            errno.0,
        );
    }
}

fn new(fd: c_int, seekable: bool) -> *mut GIOChannel {
    // SAFETY: fresh zeroed memory of the structure's size, filled in before anybody sees it (I8).
    unsafe {
        let channel = g_malloc0(size_of::<UnixChannel>()).cast::<UnixChannel>();
        (*channel).fd = fd;
        (&raw mut (*channel).watches).write(WatchList::default());
        let channel = channel.cast::<GIOChannel>();
        super::g_io_channel_init(channel);
        (*channel).funcs = &raw const UNIX_FUNCS;
        put(channel, IS_OURS, true);
        put(channel, IS_SEEKABLE, seekable);
        channel
    }
}

/// A channel of `fd`, which stays open when the channel goes.
#[no_mangle]
pub extern "C-unwind" fn g_io_channel_unix_new(fd: c_int) -> *mut GIOChannel {
    let channel = new(fd, fd::is_file_or_device(fd).unwrap_or(false));
    // SAFETY: it was made just now (I8).
    unsafe { refresh(channel) };
    channel
}

/// Opens a file as a channel that closes it.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_channel_new_file(
    filename: *const c_char,
    mode: *const c_char,
    error: *mut *mut GError,
) -> *mut GIOChannel {
    let name = c"g_io_channel_new_file";
    require!(name, !filename.is_null(), c"filename != NULL", null_mut());
    require!(name, !mode.is_null(), c"mode != NULL", null_mut());
    require_unset!(name, error, null_mut());
    // SAFETY: not NULL, hence NUL-terminated (I8).
    let (filename, mode) = unsafe { (CStr::from_ptr(filename), CStr::from_ptr(mode)) };
    let Some((how, flags)) = unix::file_mode(mode.to_bytes()) else {
        // SAFETY: the format takes one string (I8).
        unsafe { warning_text(c"Invalid GIOFileMode %s.", mode.as_ptr()) };
        return null_mut();
    };
    let opened = fd::open(filename, how).and_then(|fd| {
        let seekable = fd::is_file_or_device(fd).inspect_err(|_| {
            let _ = fd::close(fd);
        });
        Ok((fd, seekable?))
    });
    match opened {
        Ok((fd, seekable)) => {
            let channel = new(fd, seekable);
            // SAFETY: it was made just now (I8).
            unsafe {
                put(channel, CLOSE_ON_UNREF, true);
                put(channel, IS_READABLE, flags.readable);
                put(channel, IS_WRITEABLE, flags.writable);
            }
            channel
        }
        Err(errno) => {
            // SAFETY: `error` is NULL or a place for an error (I8).
            unsafe {
                let code = g_file_error_from_errno(errno.0);
                g_set_error_literal(error, g_file_error_quark(), code, strerror(errno.0));
            }
            null_mut()
        }
    }
}

/// The descriptor of a channel that `g_io_channel_unix_new` made.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C" fn g_io_channel_unix_get_fd(channel: *mut GIOChannel) -> c_int {
    // SAFETY: handed through (I8).
    unsafe { descriptor(channel) }
}
