//! Driving a context by hand, its poll function, and descriptors of the context itself.

use std::ffi::c_int;
use std::ptr::NonNull;

use super::context_or_default;
use crate::capi::gboolean;
use crate::capi::gpoll::g_poll;
use crate::capi::types::{GMainContext, GPollFD, GPollFunc};
use crate::engine::context::PollFn;

const MAX: c_int = c_int::MAX;

/// Asks sources before polling; `priority` receives that of the ready ones.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_prepare(
    context: *mut GMainContext,
    priority: *mut c_int,
) -> c_int {
    // SAFETY: NULL or alive (I8).
    let Some(prepared) = unsafe { context_or_default(context) }.prepare() else { return 0 };
    // SAFETY: NULL or writable (I8).
    if let Some(priority) = unsafe { priority.as_mut() } {
        *priority = prepared.priority;
    }
    gboolean(prepared.ready)
}

/// Fills `fds` with what to poll; returns how many entries that needs.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_query(
    context: *mut GMainContext,
    max_priority: c_int,
    timeout_: *mut c_int,
    fds: *mut GPollFD,
    n_fds: c_int,
) -> c_int {
    let room = match usize::try_from(n_fds) {
        // SAFETY: `fds` has room for `n_fds` entries (I8).
        Ok(count) if count > 0 => unsafe { std::slice::from_raw_parts_mut(fds, count) },
        _ => &mut [],
    };
    // SAFETY: NULL or alive (I8).
    let (needed, timeout) = unsafe { context_or_default(context) }.query(max_priority, room);
    // SAFETY: NULL or writable (I8).
    if let Some(place) = unsafe { timeout_.as_mut() } {
        *place = timeout;
    }
    c_int::try_from(needed).unwrap_or(MAX)
}

/// Asks sources after polling; TRUE if there is something to dispatch.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_check(
    context: *mut GMainContext,
    max_priority: c_int,
    fds: *mut GPollFD,
    n_fds: c_int,
) -> c_int {
    let polled = match usize::try_from(n_fds) {
        // SAFETY: `fds` holds `n_fds` entries (I8).
        Ok(count) if count > 0 => unsafe { std::slice::from_raw_parts(fds, count) },
        _ => &[],
    };
    // SAFETY: NULL or alive (I8).
    gboolean(unsafe { context_or_default(context) }.check(max_priority, polled))
}

/// Runs what check found.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_dispatch(context: *mut GMainContext) {
    // SAFETY: NULL or alive (I8).
    unsafe { context_or_default(context) }.dispatch();
}

/// Replaces the function that polls; NULL restores `g_poll`.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_set_poll_func(
    context: *mut GMainContext,
    func: GPollFunc,
) {
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let name = c"g_main_context_set_poll_func";
    require!(name, context.is_referenced(), c"g_atomic_int_get (&context->ref_count) > 0");
    let own = g_poll as PollFn;
    context.set_poll_func(func.filter(|func| !std::ptr::fn_addr_eq(*func, own)));
}

/// The function that polls.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_get_poll_func(
    context: *mut GMainContext,
) -> GPollFunc {
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let name = c"g_main_context_get_poll_func";
    require!(name, context.is_referenced(), c"g_atomic_int_get (&context->ref_count) > 0", None);
    context.poll_func().or(Some(g_poll))
}

/// Polls a descriptor for nobody in particular.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_add_poll(
    context: *mut GMainContext,
    fd: *mut GPollFD,
    priority: c_int,
) {
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let name = c"g_main_context_add_poll";
    require!(name, context.is_referenced(), c"g_atomic_int_get (&context->ref_count) > 0");
    let Some(fd) = NonNull::new(fd) else {
        return crate::capi::messages::assertion_failed(name, c"fd");
    };
    context.add_poll(fd, priority);
}

/// Undoes `g_main_context_add_poll`.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_remove_poll(
    context: *mut GMainContext,
    fd: *mut GPollFD,
) {
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let name = c"g_main_context_remove_poll";
    require!(name, context.is_referenced(), c"g_atomic_int_get (&context->ref_count) > 0");
    let Some(fd) = NonNull::new(fd) else {
        return crate::capi::messages::assertion_failed(name, c"fd");
    };
    context.remove_poll(fd);
}
