//! The structures whose layout C programs know, member for member.
//!
//! `cargo xtask test` compares sizes, offsets and names with the contract tables, the headers and
//! the installed GLib; the assertions below tie them to the engine's own view of the same memory.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::mem::offset_of;

use crate::engine;
use crate::engine::source::Head;

pub type GMainContext = engine::context::Context;
pub type GMainLoop = engine::mainloop::MainLoop;
pub type GPollFD = crate::sys::poll::PollFd;
pub type GSourceCallbackFuncs = engine::callback::CallbackTable;

pub type GSourceFunc = Option<unsafe extern "C-unwind" fn(*mut c_void) -> c_int>;
pub type GSourceOnceFunc = Option<unsafe extern "C-unwind" fn(*mut c_void)>;
pub type GDestroyNotify = Option<unsafe extern "C-unwind" fn(*mut c_void)>;
pub type GSourceDisposeFunc = Option<unsafe extern "C-unwind" fn(*mut GSource)>;
pub type GSourceDummyMarshal = Option<unsafe extern "C-unwind" fn()>;
pub type GClearHandleFunc = Option<unsafe extern "C-unwind" fn(c_uint)>;
pub type GPollFunc = Option<unsafe extern "C-unwind" fn(*mut GPollFD, c_uint, c_int) -> c_int>;
pub type GUnixFDSourceFunc =
    Option<unsafe extern "C-unwind" fn(c_int, c_uint, *mut c_void) -> c_int>;
pub type GChildWatchFunc = Option<unsafe extern "C-unwind" fn(c_int, c_int, *mut c_void)>;
pub type GIOFunc =
    Option<unsafe extern "C-unwind" fn(*mut GIOChannel, c_uint, *mut c_void) -> c_int>;

/// Members of [`GSourceFuncs`].
pub type PrepareFn = unsafe extern "C-unwind" fn(*mut GSource, *mut c_int) -> c_int;
pub type CheckFn = unsafe extern "C-unwind" fn(*mut GSource) -> c_int;
pub type DispatchFn = unsafe extern "C-unwind" fn(*mut GSource, GSourceFunc, *mut c_void) -> c_int;

/// The public part of a source; `engine::source::Head` is the same memory as the engine sees it.
#[repr(C)]
pub struct GSource {
    pub callback_data: *mut c_void,
    pub callback_funcs: *const GSourceCallbackFuncs,
    pub source_funcs: *const GSourceFuncs,
    pub ref_count: c_uint,
    pub context: *mut GMainContext,
    pub priority: c_int,
    pub flags: c_uint,
    pub source_id: c_uint,
    pub poll_fds: *mut c_void,
    pub prev: *mut GSource,
    pub next: *mut GSource,
    pub name: *mut c_char,
    pub r#priv: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct GSourceFuncs {
    pub prepare: Option<PrepareFn>,
    pub check: Option<CheckFn>,
    pub dispatch: Option<DispatchFn>,
    pub finalize: Option<unsafe extern "C-unwind" fn(*mut GSource)>,
    pub closure_callback: GSourceFunc,
    pub closure_marshal: GSourceDummyMarshal,
}

#[repr(C)]
pub struct GTimeVal {
    pub tv_sec: c_long,
    pub tv_usec: c_long,
}

#[repr(C)]
pub struct GError {
    pub domain: u32,
    pub code: c_int,
    pub message: *mut c_char,
}

/// A string of `gstring.h`, which this library hands on and never looks into.
#[repr(C)]
pub struct GString {
    _private: [u8; 0],
}

/// A channel. The six flags share the byte behind `partial_write_buf`. What the three buffers hold is
/// said in `giochannel`.
#[repr(C)]
pub struct GIOChannel {
    pub ref_count: c_int,
    pub funcs: *const GIOFuncs,
    pub encoding: *mut c_char,
    pub read_cd: *mut c_void,
    pub write_cd: *mut c_void,
    pub line_term: *mut c_char,
    pub line_term_len: c_uint,
    pub buf_size: usize,
    pub read_buf: *mut c_void,
    pub encoded_read_buf: *mut c_void,
    pub write_buf: *mut c_void,
    pub partial_write_buf: [c_char; 6],
    /// `use_buffer`, `do_encode`, `close_on_unref`, `is_readable`, `is_writeable`, `is_seekable`,
    /// from bit 0 on.
    pub bits: u8,
    pub reserved1: *mut c_void,
    pub reserved2: *mut c_void,
}

type ChannelRead = unsafe extern "C-unwind" fn(
    *mut GIOChannel,
    *mut c_char,
    usize,
    *mut usize,
    *mut *mut GError,
) -> c_int;
type ChannelWrite = unsafe extern "C-unwind" fn(
    *mut GIOChannel,
    *const c_char,
    usize,
    *mut usize,
    *mut *mut GError,
) -> c_int;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct GIOFuncs {
    pub io_read: Option<ChannelRead>,
    pub io_write: Option<ChannelWrite>,
    pub io_seek: Option<
        unsafe extern "C-unwind" fn(*mut GIOChannel, i64, c_uint, *mut *mut GError) -> c_int,
    >,
    pub io_close: Option<unsafe extern "C-unwind" fn(*mut GIOChannel, *mut *mut GError) -> c_int>,
    pub io_create_watch:
        Option<unsafe extern "C-unwind" fn(*mut GIOChannel, c_uint) -> *mut GSource>,
    pub io_free: Option<unsafe extern "C-unwind" fn(*mut GIOChannel)>,
    pub io_set_flags:
        Option<unsafe extern "C-unwind" fn(*mut GIOChannel, c_uint, *mut *mut GError) -> c_int>,
    pub io_get_flags: Option<unsafe extern "C-unwind" fn(*mut GIOChannel) -> c_uint>,
}

const _: () = {
    assert!(size_of::<GSource>() == 96 && size_of::<Head>() == 96);
    assert!(size_of::<GSourceFuncs>() == 48 && size_of::<GIOFuncs>() == 64);
    assert!(size_of::<GIOChannel>() == 112 && offset_of!(GIOChannel, bits) == 94);
    assert!(offset_of!(GSource, callback_funcs) == offset_of!(Head, callback_funcs));
    assert!(offset_of!(GSource, source_funcs) == offset_of!(Head, source_funcs));
    assert!(offset_of!(GSource, ref_count) == offset_of!(Head, ref_count));
    assert!(offset_of!(GSource, context) == offset_of!(Head, context));
    assert!(offset_of!(GSource, priority) == offset_of!(Head, priority));
    assert!(offset_of!(GSource, flags) == offset_of!(Head, flags));
    assert!(offset_of!(GSource, source_id) == offset_of!(Head, source_id));
    assert!(offset_of!(GSource, poll_fds) == offset_of!(Head, poll_fds));
    assert!(offset_of!(GSource, prev) == offset_of!(Head, prev));
    assert!(offset_of!(GSource, next) == offset_of!(Head, next));
    assert!(offset_of!(GSource, name) == offset_of!(Head, name));
    assert!(offset_of!(GSource, r#priv) == offset_of!(Head, private));
};
