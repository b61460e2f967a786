//! Sources that watch a descriptor.

use std::ffi::{c_int, c_uint, c_void};

use crate::capi::foreign::forward;
use crate::capi::funcs::{c_source, engine_source};
use crate::capi::gmain::{attach_new, Shape};
use crate::capi::messages::warning;
use crate::capi::types::{GDestroyNotify, GSource, GSourceFunc, GSourceFuncs, GUnixFDSourceFunc};
use crate::engine::lit::Decides;
use crate::engine::records::RecordPtr;
use crate::engine::source::SourcePtr;
use crate::sys::poll::PollFd;

/// Functions of descriptor sources. Since 2.36.
#[no_mangle]
pub static mut g_unix_fd_source_funcs: GSourceFuncs = GSourceFuncs {
    prepare: None,
    check: None,
    dispatch: Some(fd_dispatch),
    finalize: None,
    closure_callback: None,
    closure_marshal: None,
};

unsafe extern "C-unwind" fn fd_dispatch(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    forward!(dispatch(UnixFd, source, callback, data));
    // SAFETY: a callback of a descriptor source has this type (I8).
    let callback = unsafe { std::mem::transmute::<GSourceFunc, GUnixFDSourceFunc>(callback) };
    let Some(callback) = callback else {
        warning(
            c"GUnixFDSource dispatched without callback. You must call g_source_set_callback().",
        );
        return 0;
    };
    // SAFETY: the loop passes a live source (I8).
    let source = unsafe { engine_source(source) };
    // A source of somebody else's with our table was made for no descriptor.
    let seen = RecordPtr::of_maker(source).unwrap_or(PollFd { fd: -1, events: 0, revents: 0 });
    // SAFETY: what the program set for this very source (I8).
    unsafe { callback(seen.fd, c_uint::from(seen.revents), data) }
}

const FD: Shape = Shape {
    table: &raw const g_unix_fd_source_funcs,
    size: size_of::<GSource>(),
    name: None,
    spare_record: true,
};

fn new_fd_source(fd: c_int, condition: c_uint) -> SourcePtr {
    let source = FD.make();
    source.begin_watching(fd, condition as u16, Decides::Always);
    source
}

/// A new source that is ready whenever `fd` is. Since 2.36.
#[no_mangle]
pub extern "C" fn g_unix_fd_source_new(fd: c_int, condition: c_uint) -> *mut GSource {
    c_source(new_fd_source(fd, condition))
}

/// Watches `fd` in the default context. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_fd_add_full(
    priority: c_int,
    fd: c_int,
    condition: c_uint,
    function: GUnixFDSourceFunc,
    user_data: *mut c_void,
    notify: GDestroyNotify,
) -> c_uint {
    require!(c"g_unix_fd_add_full", function.is_some(), c"function != NULL", 0);
    let source = new_fd_source(fd, condition);
    if priority != 0 {
        source.set_priority(priority);
    }
    attach_new(source, function, user_data, notify)
}

/// As `g_unix_fd_add_full` at default priority without a notify. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_fd_add(
    fd: c_int,
    condition: c_uint,
    function: GUnixFDSourceFunc,
    user_data: *mut c_void,
) -> c_uint {
    // SAFETY: handed through (I8).
    unsafe { g_unix_fd_add_full(0, fd, condition, function, user_data, None) }
}
