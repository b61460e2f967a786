//! The functions of a library that are about channels, and the structures they share with programs.

use std::ffi::{c_char, c_int, c_uint, c_void};

use twin_random::api::LogFunc;
use twin_random::table;

/// `GIOChannel`, of which a program that makes its own fills in two members.
#[repr(C)]
pub struct Channel {
    _count: c_int,
    pub funcs: *const Funcs,
    _between: [u8; FLAGS - 16],
    pub flags: u8,
    _rest: [u8; SIZE - FLAGS - 1],
}

const SIZE: usize = 112;
/// Where the bits for what a channel can do lie.
const FLAGS: usize = 94;
pub const DO_ENCODE: u8 = 1 << 1;
pub const READABLE: u8 = 1 << 3;
pub const WRITEABLE: u8 = 1 << 4;
pub const SEEKABLE: u8 = 1 << 5;

const _: () =
    assert!(size_of::<Channel>() == SIZE && std::mem::offset_of!(Channel, flags) == FLAGS);

/// `GError`.
#[repr(C)]
pub struct Error {
    pub domain: u32,
    pub code: c_int,
    pub message: *const c_char,
}

/// `GString`.
#[repr(C)]
pub struct Text {
    pub bytes: *const c_char,
    pub length: usize,
    _room: usize,
}

pub type Chan = *mut Channel;
pub type Fault = *mut *mut Error;

/// `GIOFuncs`.
#[repr(C)]
pub struct Funcs {
    pub read: unsafe extern "C" fn(Chan, *mut c_char, usize, *mut usize, Fault) -> c_int,
    pub write: unsafe extern "C" fn(Chan, *const c_char, usize, *mut usize, Fault) -> c_int,
    pub seek: unsafe extern "C" fn(Chan, i64, c_int, Fault) -> c_int,
    pub close: unsafe extern "C" fn(Chan, Fault) -> c_int,
    pub create_watch: *const c_void,
    pub free: unsafe extern "C" fn(Chan),
    pub set_flags: unsafe extern "C" fn(Chan, c_int, Fault) -> c_int,
    pub get_flags: unsafe extern "C" fn(Chan) -> c_int,
}

// SAFETY: a table of functions; nobody writes to it.
unsafe impl Sync for Funcs {}

/// Statuses.
pub const ERROR: c_int = 0;
pub const NORMAL: c_int = 1;
pub const EOF: c_int = 2;
pub const AGAIN: c_int = 3;

pub type PrintFunc = unsafe extern "C" fn(*const c_char);

table! {
    /// What a program with a channel may call, under C's names.
    Channels {
        g_io_channel_init(Chan);
        g_io_channel_unix_new(c_int) -> Chan;
        g_io_channel_set_close_on_unref(Chan, c_int);
        g_io_channel_unref(Chan);
        g_io_channel_shutdown(Chan, c_int, Fault) -> c_int;
        g_io_channel_set_flags(Chan, c_int, Fault) -> c_int;
        g_io_channel_get_flags(Chan) -> c_int;
        g_io_channel_set_buffer_size(Chan, usize);
        g_io_channel_get_buffer_size(Chan) -> usize;
        g_io_channel_get_buffer_condition(Chan) -> c_int;
        g_io_channel_set_buffered(Chan, c_int);
        g_io_channel_get_buffered(Chan) -> c_int;
        g_io_channel_set_encoding(Chan, *const c_char, Fault) -> c_int;
        g_io_channel_get_encoding(Chan) -> *const c_char;
        g_io_channel_set_line_term(Chan, *const c_char, c_int);
        g_io_channel_get_line_term(Chan, *mut c_int) -> *const c_char;
        g_io_channel_read_chars(Chan, *mut c_char, usize, *mut usize, Fault) -> c_int;
        g_io_channel_read_unichar(Chan, *mut c_uint, Fault) -> c_int;
        g_io_channel_read_line(Chan, *mut *mut c_char, *mut usize, *mut usize, Fault) -> c_int;
        g_io_channel_read_line_string(Chan, *mut Text, *mut usize, Fault) -> c_int;
        g_io_channel_read_to_end(Chan, *mut *mut c_char, *mut usize, Fault) -> c_int;
        g_io_channel_write_chars(Chan, *const c_char, isize, *mut usize, Fault) -> c_int;
        g_io_channel_write_unichar(Chan, c_uint, Fault) -> c_int;
        g_io_channel_flush(Chan, Fault) -> c_int;
        g_io_channel_seek_position(Chan, i64, c_int, Fault) -> c_int;
        g_io_channel_error_quark() -> u32;
        g_set_error_literal(Fault, u32, c_int, *const c_char);
        g_error_free(*mut Error);
        g_quark_to_string(u32) -> *const c_char;
        g_string_new(*const c_char) -> *mut Text;
        g_string_free(*mut Text, c_int) -> *mut c_char;
        g_free(*mut c_void);
        g_log_set_default_handler(LogFunc, *mut c_void) -> *mut c_void;
        g_set_printerr_handler(Option<PrintFunc>) -> *mut c_void;
    }
    optional {}
}
