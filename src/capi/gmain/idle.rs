//! Idle sources: ready in every iteration that gets down to their priority.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::fn_addr_eq;

use super::variables::g_idle_funcs;
use super::{draft, global, Callback, Shape};
use crate::capi::foreign::forward;
use crate::capi::funcs::{c_source, call, engine_source};
use crate::capi::gboolean;
use crate::capi::messages::{assertion_failed, warning};
use crate::capi::types::{
    CheckFn, DispatchFn, GDestroyNotify, GSource, GSourceFunc, GSourceOnceFunc, PrepareFn,
};
use crate::engine::letters::{Draft, Maker};
use crate::engine::shelf::Shelf;
use crate::engine::source::SourcePtr;

const DEFAULT_IDLE: c_int = 200;

/// Always ready, without waiting.
///
/// # Safety
/// See the module `capi`.
pub unsafe extern "C-unwind" fn idle_prepare(_source: *mut GSource, timeout: *mut c_int) -> c_int {
    // SAFETY: the loop's place for the time-out (I8).
    if let Some(timeout) = unsafe { timeout.as_mut() } {
        *timeout = 0;
    }
    1
}

/// Always ready.
///
/// # Safety
/// See the module `capi`.
pub unsafe extern "C-unwind" fn idle_check(_source: *mut GSource) -> c_int {
    1
}

/// Whether a table's dispatch function is an idle's.
pub(in crate::capi) fn is_idle_dispatch(dispatch: DispatchFn) -> bool {
    fn_addr_eq(dispatch, idle_dispatch as DispatchFn)
}

/// Whether two members of a table are an idle's, in our table or a copy of it.
pub(in crate::capi) fn is_idle(prepare: PrepareFn, check: CheckFn) -> bool {
    fn_addr_eq(prepare, idle_prepare as PrepareFn) && fn_addr_eq(check, idle_check as CheckFn)
}

/// Calls the callback.
///
/// # Safety
/// See the module `capi`.
pub unsafe extern "C-unwind" fn idle_dispatch(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    forward!(dispatch(Idle, source, callback, data));
    let Some(callback) = callback else {
        warning(c"Idle source dispatched without callback. You must call g_source_set_callback().");
        return 0;
    };
    // SAFETY: the loop passes a live source and the callback set for it (I8).
    gboolean(unsafe { run_callback(engine_source(source), callback, data) })
}

/// Calls a callback that may be one of the `*_once` functions', whose result means nothing.
///
/// # Safety
/// `source` is alive and `callback` was set for it.
#[inline]
pub unsafe fn run_callback(
    source: SourcePtr,
    callback: unsafe extern "C-unwind" fn(*mut c_void) -> c_int,
    data: *mut c_void,
) -> bool {
    // SAFETY: the caller's promise; a once callback is called as the type it has (I8).
    unsafe {
        if source.made().runs_once() {
            let once: GSourceOnceFunc = std::mem::transmute(callback);
            if let Some(once) = once {
                once(data);
            }
            return false;
        }
        call(callback, data)
    }
}

const IDLE: Shape = Shape {
    table: &raw const g_idle_funcs,
    size: size_of::<GSource>(),
    name: Some(c"GIdleSource"),
    spare_record: false,
};

/// A new idle source at priority 200.
#[no_mangle]
pub extern "C" fn g_idle_source_new() -> *mut GSource {
    let source = IDLE.make();
    source.begin_at(DEFAULT_IDLE);
    c_source(source)
}

/// Makes idles.
pub(super) struct Idle;

impl Maker for Idle {
    #[inline(always)]
    fn make(draft: &Draft, shelf: &mut Shelf) -> SourcePtr {
        let source = IDLE.make_from(shelf);
        source.begin_as(draft);
        source
    }
}

fn add_full(
    priority: c_int,
    function: GSourceFunc,
    data: *mut c_void,
    notify: GDestroyNotify,
    once: bool,
) -> c_uint {
    if function.is_none() {
        assertion_failed(c"idle_add_full", c"function != NULL");
        return 0;
    }
    global().add::<Idle>(draft(priority, Callback { function, data, notify, once }))
}

/// Adds an idle function to the default context; it stays until it returns FALSE.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_idle_add(function: GSourceFunc, data: *mut c_void) -> c_uint {
    add_full(DEFAULT_IDLE, function, data, None, false)
}

/// As `g_idle_add` with a priority and a notify for the data.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_idle_add_full(
    priority: c_int,
    function: GSourceFunc,
    data: *mut c_void,
    notify: GDestroyNotify,
) -> c_uint {
    add_full(priority, function, data, notify, false)
}

/// Adds an idle function that runs once. Since 2.74.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_idle_add_once(
    function: GSourceOnceFunc,
    data: *mut c_void,
) -> c_uint {
    // SAFETY: called as what it is by `run_callback` (I8).
    let function = unsafe { std::mem::transmute::<GSourceOnceFunc, GSourceFunc>(function) };
    add_full(DEFAULT_IDLE, function, data, None, true)
}

/// Removes one idle function with this data from the default context.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_idle_remove_by_data(data: *mut c_void) -> c_int {
    let table = (&raw const g_idle_funcs).cast();
    gboolean(global().destroy_by_user_data(data.cast(), Some(table)))
}
