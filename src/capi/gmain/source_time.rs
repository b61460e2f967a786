//! A source's ready time and the time of its context's iteration.

use std::ffi::c_int;

use crate::capi::funcs::engine_source;
use crate::capi::gboolean;
use crate::capi::types::GSource;
use crate::engine::settings::{ready_time_from_us, us_from_ready_time};
use crate::engine::source::SourcePtr;
use crate::sys::clock::NS_PER_US;

/// Sets the time, in microseconds, at which the source is ready; -1 is never. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_ready_time(source: *mut GSource, ready_time: i64) {
    let source = require_source!(c"g_source_set_ready_time", source);
    source.set_ready_time(ready_time_from_us(ready_time));
}

/// Sets the time in nanoseconds; 0 is at once. Since 2.90.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_ready_time_ns(source: *mut GSource, ready_time: u64) {
    let source = require_source!(c"g_source_set_ready_time_ns", source);
    source.set_ready_time(Some(ready_time));
}

/// Makes the source never ready by time. Since 2.90.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_clear_ready_time(source: *mut GSource) {
    require!(c"g_source_clear_ready_time", !source.is_null(), c"source != NULL");
    // SAFETY: not NULL, hence a live source (I8).
    unsafe { engine_source(source) }.set_ready_time(None);
}

/// The ready time in microseconds, rounded up; -1 is never. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_ready_time(source: *mut GSource) -> i64 {
    us_from_ready_time(require_source!(c"g_source_get_ready_time", source, -1).ready_time())
}

/// Whether a ready time is set, and which. Since 2.90.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_ready_time_ns(
    source: *mut GSource,
    ready_time: *mut u64,
) -> c_int {
    let time = require_source!(c"g_source_get_ready_time_ns", source, 0).ready_time();
    // SAFETY: NULL or writable (I8).
    if let Some(place) = unsafe { ready_time.as_mut() } {
        *place = time.unwrap_or(u64::MAX);
    }
    gboolean(time.is_some())
}

/// The monotonic time of the context's iteration, in microseconds. Since 2.28.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_time(source: *mut GSource) -> i64 {
    require!(c"g_source_get_time", !source.is_null(), c"source != NULL", 0);
    // All else GLib looks at in the newer function, whose name is printed.
    let source = require_source!(c"g_source_get_time_ns", source, 0);
    (iteration_time(source) / NS_PER_US) as i64
}

/// The monotonic time of the context's iteration, in nanoseconds. Since 2.90.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_time_ns(source: *mut GSource) -> u64 {
    iteration_time(require_source!(c"g_source_get_time_ns", source, 0))
}

fn iteration_time(source: SourcePtr) -> u64 {
    require!(c"g_source_get_time_ns", source.has_context(), c"context != NULL", 0);
    source.iteration_time().unwrap_or(0)
}
