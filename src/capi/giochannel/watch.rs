//! Watching a channel: a source that holds the channel and polls its descriptor.
//!
//! The engine visits a watch only when its descriptor fired, and its check function then decides:
//! conditions nobody asked for do not make it ready (IO-112).

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::{fn_addr_eq, null_mut};

use super::unix::descriptor;
use super::{g_io_channel_get_buffer_condition, g_io_channel_ref, g_io_channel_unref};
use crate::capi::funcs::{c_source, engine_source};
use crate::capi::gboolean;
use crate::capi::gmain::{attach_new, new_source};
use crate::capi::messages::warning;
use crate::capi::types::{
    CheckFn, GDestroyNotify, GIOChannel, GIOFunc, GPollFD, GSource, GSourceFunc, GSourceFuncs,
    PrepareFn,
};
use crate::engine::source::{Head, SourcePtr};

/// A watch as it lies in memory.
#[repr(C)]
struct Watch {
    head: Head,
    channel: *mut GIOChannel,
    condition: c_uint,
    polled: *const GPollFD,
}

/// Functions of watches on descriptors' channels.
#[no_mangle]
pub static mut g_io_watch_funcs: GSourceFuncs = GSourceFuncs {
    prepare: Some(watch_prepare),
    check: Some(watch_check),
    dispatch: Some(watch_dispatch),
    finalize: Some(watch_finalize),
    closure_callback: None,
    closure_marshal: None,
};

/// Whether two members of a table are still ours.
pub fn is_own_watch(prepare: PrepareFn, check: CheckFn) -> bool {
    fn_addr_eq(prepare, watch_prepare as PrepareFn) && fn_addr_eq(check, watch_check as CheckFn)
}

unsafe extern "C-unwind" fn watch_prepare(source: *mut GSource, timeout: *mut c_int) -> c_int {
    // SAFETY: the loop passes a live watch and a place for the time-out (I8).
    unsafe {
        *timeout = -1;
        let watch = source.cast::<Watch>();
        let wanted = (*watch).condition;
        gboolean(g_io_channel_get_buffer_condition((*watch).channel) & wanted == wanted)
    }
}

/// What the watch has to report now.
///
/// # Safety
/// `source` is a live watch.
unsafe fn present_condition(source: *mut GSource) -> c_uint {
    // SAFETY: the caller's promise; the record lives as long as the source (I8).
    unsafe {
        let watch = source.cast::<Watch>();
        let buffered = g_io_channel_get_buffer_condition((*watch).channel);
        (c_uint::from((*(*watch).polled).revents) | buffered) & (*watch).condition
    }
}

unsafe extern "C-unwind" fn watch_check(source: *mut GSource) -> c_int {
    // SAFETY: the loop passes a live watch (I8).
    gboolean(unsafe { present_condition(source) } != 0)
}

unsafe extern "C-unwind" fn watch_dispatch(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    // SAFETY: a callback of a watch has this type (I8).
    let callback = unsafe { std::mem::transmute::<GSourceFunc, GIOFunc>(callback) };
    let Some(callback) = callback else {
        warning(c"IO watch dispatched without callback. You must call g_source_connect().");
        return 0;
    };
    // SAFETY: the loop passes a live watch and its callback (I8).
    unsafe { callback((*source.cast::<Watch>()).channel, present_condition(source), data) }
}

unsafe extern "C-unwind" fn watch_finalize(source: *mut GSource) {
    // SAFETY: the watch's own reference on its channel (I8).
    unsafe { g_io_channel_unref((*source.cast::<Watch>()).channel) }
}

fn new_watch(channel: *mut GIOChannel, condition: c_uint) -> SourcePtr {
    let table = &raw const g_io_watch_funcs;
    let source = new_source(table, size_of::<Watch>(), Some(c"GIOChannel (Unix)"), true);
    // SAFETY: a live channel of a descriptor; the source was just made with room for a watch and is
    // nobody else's yet (I8).
    unsafe {
        let polled = source.add_fd(descriptor(channel), condition as u16, false).pollfd_ptr();
        let at = source.head_ptr().cast_mut().cast::<Watch>();
        (&raw mut (*at).channel).write(g_io_channel_ref(channel));
        (&raw mut (*at).condition).write(condition);
        (&raw mut (*at).polled).write(polled.as_ptr());
    }
    source
}

/// The table's member for channels of descriptors.
///
/// # Safety
/// See the module `capi`.
pub unsafe extern "C-unwind" fn create_watch(
    channel: *mut GIOChannel,
    condition: c_uint,
) -> *mut GSource {
    c_source(new_watch(channel, condition))
}

/// A new source that is ready when the channel is; it holds a reference on the channel.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_create_watch(
    channel: *mut GIOChannel,
    condition: c_uint,
) -> *mut GSource {
    require!(c"g_io_create_watch", !channel.is_null(), c"channel != NULL", null_mut());
    // SAFETY: not NULL, hence alive (I8).
    unsafe { super::call!(channel, io_create_watch(condition)) }
}

/// Watches a channel in the default context.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_add_watch_full(
    channel: *mut GIOChannel,
    priority: c_int,
    condition: c_uint,
    func: GIOFunc,
    user_data: *mut c_void,
    notify: GDestroyNotify,
) -> c_uint {
    require!(c"g_io_add_watch_full", !channel.is_null(), c"channel != NULL", 0);
    // SAFETY: not NULL, hence alive (I8).
    let source = unsafe { g_io_create_watch(channel, condition) };
    if source.is_null() {
        return 0;
    }
    // SAFETY: a live source whose only reference is ours (I8).
    let source = unsafe { engine_source(source) };
    if priority != 0 {
        source.set_priority(priority);
    }
    attach_new(source, func, user_data, notify)
}

/// As `g_io_add_watch_full` at default priority without a notify.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_io_add_watch(
    channel: *mut GIOChannel,
    condition: c_uint,
    func: GIOFunc,
    user_data: *mut c_void,
) -> c_uint {
    // SAFETY: handed through (I8).
    unsafe { g_io_add_watch_full(channel, 0, condition, func, user_data, None) }
}
