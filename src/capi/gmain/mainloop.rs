//! Main loops.

use std::ffi::c_int;
use std::ptr::null_mut;

use super::context_or_default;
use crate::capi::gboolean;
use crate::capi::types::{GMainContext, GMainLoop};

/// The checks every function on a loop begins with.
macro_rules! require_loop {
    ($name:expr, $loop:expr $(, $result:expr)?) => {{
        require!($name, !$loop.is_null(), c"loop != NULL" $(, $result)?);
        // SAFETY: not NULL, hence a live loop (I8).
        let main_loop: &GMainLoop = unsafe { &*$loop };
        require!(
            $name,
            main_loop.is_referenced(),
            c"g_atomic_int_get (&loop->ref_count) > 0"
            $(, $result)?
        );
        main_loop
    }};
}

/// Makes a loop of `context` (NULL: the default), which it references.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C" fn g_main_loop_new(
    context: *mut GMainContext,
    is_running: c_int,
) -> *mut GMainLoop {
    // SAFETY: the context is alive (I8).
    unsafe { GMainLoop::create(context_or_default(context), is_running != 0) }.cast_mut()
}

/// Iterates until the loop is quit.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_loop_run(r#loop: *mut GMainLoop) {
    require_loop!(c"g_main_loop_run", r#loop).run();
}

/// Makes the loop return from its run.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_loop_quit(r#loop: *mut GMainLoop) {
    require_loop!(c"g_main_loop_quit", r#loop).quit();
}

/// Adds a reference and returns its argument.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_loop_ref(r#loop: *mut GMainLoop) -> *mut GMainLoop {
    require_loop!(c"g_main_loop_ref", r#loop, null_mut()).reference();
    r#loop
}

/// Drops a reference.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_loop_unref(r#loop: *mut GMainLoop) {
    require_loop!(c"g_main_loop_unref", r#loop);
    // SAFETY: the caller gives up its reference (I8).
    unsafe { GMainLoop::unreference(r#loop) }
}

/// Whether the loop is to go on running.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_loop_is_running(r#loop: *mut GMainLoop) -> c_int {
    gboolean(require_loop!(c"g_main_loop_is_running", r#loop, 0).is_running())
}

/// The loop's context, without a reference.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_main_loop_get_context(
    r#loop: *mut GMainLoop,
) -> *mut GMainContext {
    require_loop!(c"g_main_loop_get_context", r#loop, null_mut()).context_ptr().cast_mut()
}
