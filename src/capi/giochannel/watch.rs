//! Watching a channel: a source that holds the channel and polls its descriptor.
//!
//! The engine visits a watch only when its descriptor fired; conditions nobody asked for do not make
//! it ready (IO-112). While the channel's buffers alone
//! could satisfy it, both phases ask it (IO-111, IO-114, IO-115). So a channel knows its watches:
//! when the buffer condition changes, the engine is told to look at each anew. The channel may be
//! used in one thread while its watches live in others' contexts.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::{fn_addr_eq, null_mut};

use super::unix::{descriptor, watches};
use super::{
    g_io_channel_get_buffer_condition, g_io_channel_ref, g_io_channel_unref, has, IS_OURS,
};
use crate::capi::foreign::forward;
use crate::capi::funcs::{c_source, engine_source};
use crate::capi::gboolean;
use crate::capi::gmain::{attach_new, Shape};
use crate::capi::messages::warning;
use crate::capi::types::{
    CheckFn, GDestroyNotify, GIOChannel, GIOFunc, GPollFD, GSource, GSourceFunc, GSourceFuncs,
    PrepareFn,
};
use crate::engine::lit::Decides;
use crate::engine::source::{Head, SourcePtr};
use crate::sync::Mutex;

/// A watch as it lies in memory.
#[repr(C)]
struct Watch {
    head: Head,
    channel: *mut GIOChannel,
    condition: c_uint,
    polled: *const GPollFD,
    /// Its place among the watches of its channel; guarded by that list's lock.
    prev: *mut Watch,
    next: *mut Watch,
}

/// The watches on one channel. A watch is in it from its making until its finalization, so those in
/// it are alive. The lock is taken before any of the engine's.
pub struct WatchList(Mutex<*mut Watch>);

impl Default for WatchList {
    fn default() -> Self {
        WatchList(Mutex::new(null_mut()))
    }
}

impl WatchList {
    /// # Safety
    /// `watch` is alive and in no list.
    unsafe fn insert(&self, watch: *mut Watch) {
        let mut first = self.0.lock();
        // SAFETY: the watches in the list are alive, and it is locked (I8).
        unsafe {
            (&raw mut (*watch).prev).write(null_mut());
            (&raw mut (*watch).next).write(*first);
            if let Some(second) = first.as_mut() {
                second.prev = watch;
            }
        }
        *first = watch;
    }

    /// # Safety
    /// `watch` is in this list.
    unsafe fn remove(&self, watch: *mut Watch) {
        let mut first = self.0.lock();
        // SAFETY: as in `insert` (I8).
        unsafe {
            let (prev, next) = ((*watch).prev, (*watch).next);
            match prev.as_mut() {
                Some(prev) => prev.next = next,
                None => *first = next,
            }
            if let Some(next) = next.as_mut() {
                next.prev = prev;
            }
        }
    }
}

/// Has the engine classify the channel's watches anew.
///
/// # Safety
/// `channel` is alive and has the mark `IS_OURS`.
pub unsafe fn condition_changed(channel: *mut GIOChannel) {
    // SAFETY: the caller's promise (I8).
    let list = unsafe { watches(channel) };
    let first = list.0.lock();
    let mut at = *first;
    while !at.is_null() {
        // SAFETY: the watches in the list are alive, and it is locked (I8).
        unsafe {
            SourcePtr::from_head(at.cast_const().cast()).reclassify();
            at = (*at).next;
        }
    }
}

/// Whether a watch must be asked although its descriptor is silent. Called under its context's
/// lock, perhaps while another thread uses the channel. A channel that is not ours does not tell of
/// changes, so its watches are always asked.
pub fn looks_at_buffers(source: SourcePtr) -> bool {
    let watch = source.head_ptr().cast::<Watch>();
    // SAFETY: a watch of this table; it holds its channel (I8).
    unsafe {
        let channel = (*watch).channel;
        !has(channel, IS_OURS)
            || g_io_channel_get_buffer_condition(channel) & (*watch).condition != 0
    }
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
    forward!(prepare(IoWatch, source, timeout));
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
    forward!(check(IoWatch, source));
    // SAFETY: the loop passes a live watch (I8).
    gboolean(unsafe { present_condition(source) } != 0)
}

unsafe extern "C-unwind" fn watch_dispatch(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    forward!(dispatch(IoWatch, source, callback, data));
    // SAFETY: a callback of a watch has this type (I8).
    let callback = unsafe { std::mem::transmute::<GSourceFunc, GIOFunc>(callback) };
    let Some(callback) = callback else {
        warning(c"IO watch dispatched without callback. You must call g_source_connect().");
        return 0;
    };
    // SAFETY: the loop passes a live watch and its callback (I8).
    let result =
        unsafe { callback((*source.cast::<Watch>()).channel, present_condition(source), data) };
    // SAFETY: as above; the loop holds the source until this returns (I8).
    unsafe { look_again(engine_source(source)) };
    result
}

/// A watch for more than buffers can give (IN and HUP, say) is asked in check only, and a wait for a
/// silent descriptor comes before that. Programs that read one line per call rely on GLib's waking
/// after each dispatch of a descriptor (RB-007) to get the lines that are left: so does this, if any
/// are.
///
/// # Safety
/// `source` is a live watch.
unsafe fn look_again(source: SourcePtr) {
    let context = source.context_ptr();
    if !source.can_recurse() && !context.is_null() && looks_at_buffers(source) {
        // SAFETY: the source, which is not destroyed, keeps its context's memory (I3).
        unsafe { (*context).wakeup() };
    }
}

unsafe extern "C-unwind" fn watch_finalize(source: *mut GSource) {
    forward!(finalize(IoWatch, source));
    let watch = source.cast::<Watch>();
    // SAFETY: the watch's own reference on its channel, in whose list it is if that has one (I8).
    unsafe {
        let channel = (*watch).channel;
        if has(channel, IS_OURS) {
            watches(channel).remove(watch);
        }
        g_io_channel_unref(channel);
    }
}

const WATCH: Shape = Shape {
    table: &raw const g_io_watch_funcs,
    size: size_of::<Watch>(),
    name: Some(c"GIOChannel (Unix)"),
    spare_record: true,
};

fn new_watch(channel: *mut GIOChannel, condition: c_uint) -> SourcePtr {
    let source = WATCH.make();
    // SAFETY: a live channel of a descriptor; the source was just made with room for a watch and is
    // nobody else's yet (I8).
    unsafe {
        let record =
            source.begin_watching(descriptor(channel), condition as u16, Decides::IfWanted);
        let at = source.head_ptr().cast_mut().cast::<Watch>();
        (&raw mut (*at).channel).write(g_io_channel_ref(channel));
        (&raw mut (*at).condition).write(condition);
        (&raw mut (*at).polled).write(record.pollfd_ptr().as_ptr());
        if has(channel, IS_OURS) {
            watches(channel).insert(at);
        }
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
