//! Contexts: life, ownership, iteration, finding sources, invoking.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, Ordering};

use super::idle::Idle;
use super::{context_or_default, draft, global, or_null, Callback};
use crate::capi::base::{g_cond_signal, g_cond_wait, g_mutex_lock, g_mutex_unlock};
use crate::capi::funcs::C_SOURCE;
use crate::capi::gboolean;
use crate::capi::messages::critical;
use crate::capi::types::{GDestroyNotify, GMainContext, GSource, GSourceFunc, GSourceFuncs};
use crate::engine::defaults;
use crate::engine::owner::Waiter;

/// A new context with one reference.
#[no_mangle]
pub extern "C-unwind" fn g_main_context_new() -> *mut GMainContext {
    g_main_context_new_with_flags(0)
}

/// A new context with one reference. Since 2.72.
#[no_mangle]
pub extern "C-unwind" fn g_main_context_new_with_flags(flags: c_uint) -> *mut GMainContext {
    GMainContext::create(&C_SOURCE, flags).cast_mut()
}

/// A new context whose first source gets the id `next`. In no header: libglib's own tests reach it
/// through the private table, which the overlay has.
pub extern "C" fn context_new_with_next_id(next: c_uint) -> *mut GMainContext {
    let context = GMainContext::create(&C_SOURCE, 0);
    // SAFETY: made just now (I3).
    unsafe { &*context }.number_from(next);
    context.cast_mut()
}

/// Adds a reference and returns its argument.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_ref(
    context: *mut GMainContext,
) -> *mut GMainContext {
    let name = c"g_main_context_ref";
    require!(name, !context.is_null(), c"context != NULL", null_mut());
    // SAFETY: not NULL, hence alive (I8).
    let this = unsafe { &*context };
    require!(name, this.is_referenced(), c"old_ref_count > 0", null_mut());
    this.reference();
    context
}

/// Drops a reference; the last one destroys all sources.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_unref(context: *mut GMainContext) {
    let name = c"g_main_context_unref";
    require!(name, !context.is_null(), c"context != NULL");
    // SAFETY: not NULL, hence alive (I8).
    let referenced = unsafe { (*context).is_referenced() };
    require!(name, referenced, c"g_atomic_int_get (&context->ref_count) > 0");
    // SAFETY: the caller gives up its reference (I8).
    unsafe { GMainContext::unreference(context) }
}

/// The global default context, without a reference.
#[no_mangle]
pub extern "C-unwind" fn g_main_context_default() -> *mut GMainContext {
    std::ptr::from_ref(global()).cast_mut()
}

/// Runs one iteration; TRUE if sources were ready.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_iteration(
    context: *mut GMainContext,
    may_block: c_int,
) -> c_int {
    // SAFETY: NULL or alive (I8).
    gboolean(unsafe { context_or_default(context) }.iterate(may_block != 0))
}

/// Whether an iteration would find something ready.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_pending(context: *mut GMainContext) -> c_int {
    // SAFETY: NULL or alive (I8).
    gboolean(unsafe { context_or_default(context) }.is_pending())
}

/// Makes the present or the next blocking iteration return.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C" fn g_main_context_wakeup(context: *mut GMainContext) {
    // SAFETY: NULL or alive (I8).
    match unsafe { context.as_ref() }.or_else(defaults::global_if_made) {
        Some(context) => context.wakeup(),
        None => wake_new_global(),
    }
}

/// Apart and at the end, so that the usual case is little code.
#[cold]
extern "C" fn wake_new_global() {
    global().wakeup();
}

/// Tries to become, or to be once more, the owner.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C" fn g_main_context_acquire(context: *mut GMainContext) -> c_int {
    // SAFETY: NULL or alive (I8).
    gboolean(unsafe { context_or_default(context) }.acquire())
}

/// Gives one acquire back.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_release(context: *mut GMainContext) {
    // SAFETY: NULL or alive (I8).
    unsafe { context_or_default(context) }.release();
}

/// Whether the calling thread is the owner. Since 2.10.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C" fn g_main_context_is_owner(context: *mut GMainContext) -> c_int {
    // SAFETY: NULL or alive (I8).
    gboolean(unsafe { context_or_default(context) }.is_owner())
}

fn wake_sleeper(condition: *mut (), mutex: *mut ()) {
    // SAFETY: both are valid while their owner is in `g_main_context_wait` (I8).
    unsafe {
        g_mutex_lock(mutex.cast());
        g_cond_signal(condition.cast());
        g_mutex_unlock(mutex.cast());
    }
}

/// Acquires, or waits once on the program's condition and tries once more. Deprecated since 2.58.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_wait(
    context: *mut GMainContext,
    cond: *mut c_void,
    mutex: *mut c_void,
) -> c_int {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        critical(
            c"WARNING!! g_main_context_wait() will be removed in a future release.  If you see this \
              message, please file a bug immediately.",
        );
    }
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let waiter = Waiter::Outer { wake: wake_sleeper, condition: cond.cast(), mutex: mutex.cast() };
    if context.acquire_or_queue(waiter) {
        return 1;
    }
    // SAFETY: the caller holds the mutex (I8).
    unsafe { g_cond_wait(cond, mutex) };
    gboolean(context.acquire_after_wait(cond.cast()))
}

/// The live source with this id, without a reference.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_find_source_by_id(
    context: *mut GMainContext,
    source_id: c_uint,
) -> *mut GSource {
    require!(c"g_main_context_find_source_by_id", source_id > 0, c"source_id > 0", null_mut());
    // SAFETY: NULL or alive (I8).
    or_null(unsafe { context_or_default(context) }.find_by_id(source_id))
}

/// The first source whose callback has this data.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_find_source_by_user_data(
    context: *mut GMainContext,
    user_data: *mut c_void,
) -> *mut GSource {
    // SAFETY: NULL or alive (I8).
    or_null(unsafe { context_or_default(context) }.find_by_user_data(user_data.cast(), None))
}

/// The first source with these functions whose callback has this data.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_find_source_by_funcs_user_data(
    context: *mut GMainContext,
    funcs: *mut GSourceFuncs,
    user_data: *mut c_void,
) -> *mut GSource {
    let name = c"g_main_context_find_source_by_funcs_user_data";
    require!(name, !funcs.is_null(), c"funcs != NULL", null_mut());
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    or_null(context.find_by_user_data(user_data.cast(), Some(funcs.cast_const().cast())))
}

/// As `g_main_context_invoke_full` at default priority without a notify. Since 2.28.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_invoke(
    context: *mut GMainContext,
    function: GSourceFunc,
    data: *mut c_void,
) {
    // SAFETY: handed through (I8).
    unsafe { g_main_context_invoke_full(context, 0, function, data, None) }
}

/// Runs `function` in the context: here and now if the calling thread owns it, or may take it as its
/// thread-default; as an idle source of it otherwise (TD-012 to TD-015). Since 2.28.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_invoke_full(
    context: *mut GMainContext,
    priority: c_int,
    function: GSourceFunc,
    data: *mut c_void,
    destroy: GDestroyNotify,
) {
    let name = c"g_main_context_invoke_full";
    let Some(callback) = function else {
        return crate::capi::messages::assertion_failed(name, c"function != NULL");
    };
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let owner = context.is_owner();
    if owner || (is_thread_default(context) && context.acquire()) {
        // SAFETY: the program's callback with its data (I8).
        while unsafe { callback(data) } != 0 {}
        if !owner {
            context.release();
        }
        if let Some(destroy) = destroy {
            // SAFETY: the data will not be used again (I8).
            unsafe { destroy(data) }
        }
        return;
    }
    let callback = Callback { function, data, notify: destroy, once: false };
    context.add::<Idle>(draft(priority, callback));
}

fn is_thread_default(context: &GMainContext) -> bool {
    let top = defaults::top().unwrap_or_else(|| std::ptr::from_ref(global()));
    std::ptr::eq(top, context)
}

/// How many dispatches are under way on this thread.
#[no_mangle]
pub extern "C" fn g_main_depth() -> c_int {
    defaults::depth()
}

/// The source this thread is dispatching, without a reference. Since 2.12.
#[no_mangle]
pub extern "C" fn g_main_current_source() -> *mut GSource {
    or_null(defaults::current_source())
}
