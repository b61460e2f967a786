//! Sources that watch a descriptor.

use std::ffi::{c_int, c_uint, c_void};

use crate::capi::foreign::forward;
use crate::capi::funcs::c_source;
use crate::capi::gmain::{attach_new, Shape};
use crate::capi::messages::warning;
use crate::capi::types::{
    GDestroyNotify, GPollFD, GSource, GSourceFunc, GSourceFuncs, GUnixFDSourceFunc,
};
use crate::engine::lit::Decides;
use crate::engine::source::{Head, SourcePtr};

/// A descriptor source as it lies in memory.
#[repr(C)]
struct FdSource {
    head: Head,
    fd: c_int,
    tag: *const GPollFD,
}

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
    // SAFETY: the source was made by `new_fd_source`, its tag lives as long (I8).
    unsafe {
        let source = source.cast::<FdSource>();
        callback((*source).fd, c_uint::from((*(*source).tag).revents), data)
    }
}

const FD: Shape = Shape {
    table: &raw const g_unix_fd_source_funcs,
    size: size_of::<FdSource>(),
    name: None,
    spare_record: true,
};

fn new_fd_source(fd: c_int, condition: c_uint) -> SourcePtr {
    let source = FD.make();
    let tag = source.begin_watching(fd, condition as u16, Decides::Always).pollfd_ptr();
    let at = source.head_ptr().cast_mut().cast::<FdSource>();
    // SAFETY: just made with room for it, and nobody else's yet (I8).
    unsafe {
        (&raw mut (*at).fd).write(fd);
        (&raw mut (*at).tag).write(tag.as_ptr());
    }
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
