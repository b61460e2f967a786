//! Each thread's stack of default contexts. An entry for the global default context reads as NULL.

use std::ptr::{from_ref, null_mut};

use super::{context_or_default, global};
use crate::capi::types::GMainContext;
use crate::engine::defaults::{self, PopError};

/// Acquires `context` and makes it this thread's default. Since 2.22.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_push_thread_default(context: *mut GMainContext) {
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let acquired = context.acquire();
    require!(c"g_main_context_push_thread_default", acquired, c"acquired_context");
    let is_global = std::ptr::eq(context, global());
    defaults::push(if is_global { None } else { Some(context) });
}

/// Undoes the last push, which must have been of `context`. Since 2.22.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_context_pop_thread_default(context: *mut GMainContext) {
    let name = c"g_main_context_pop_thread_default";
    // SAFETY: NULL or alive (I8).
    let context = unsafe { context_or_default(context) };
    let is_global = std::ptr::eq(context, global());
    let entry = if is_global { None } else { Some(from_ref(context)) };
    let popped = defaults::pop(entry);
    require!(name, popped != Err(PopError::NeverPushed), c"stack != NULL");
    require!(name, popped != Err(PopError::NotOnTop), c"g_queue_peek_head (stack) == context");
}

/// This thread's default context, without a reference; NULL for the global one. Since 2.22.
#[no_mangle]
pub extern "C" fn g_main_context_get_thread_default() -> *mut GMainContext {
    defaults::top().map_or(null_mut(), <*const GMainContext>::cast_mut)
}

/// This thread's default context with a new reference, never NULL. Since 2.32.
#[no_mangle]
pub extern "C" fn g_main_context_ref_thread_default() -> *mut GMainContext {
    let context = defaults::top().unwrap_or_else(|| from_ref(global()));
    // SAFETY: on the stack, hence referenced by it, or the global one (I8).
    unsafe { (*context).reference() };
    context.cast_mut()
}
