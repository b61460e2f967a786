//! Clocks.

use crate::capi::types::{GSource, GTimeVal};
use crate::sys::clock::{monotonic_ns, real_us, NS_PER_US};

const US_PER_SEC: i64 = 1_000_000;

/// Microseconds of the monotonic clock. Since 2.28.
#[no_mangle]
pub extern "C" fn g_get_monotonic_time() -> i64 {
    (monotonic_ns() / NS_PER_US) as i64
}

/// Nanoseconds of the monotonic clock. Since 2.88.
#[no_mangle]
pub extern "C" fn g_get_monotonic_time_ns() -> u64 {
    monotonic_ns()
}

/// Microseconds since 1970. Since 2.28.
#[no_mangle]
pub extern "C" fn g_get_real_time() -> i64 {
    real_us()
}

/// The wall clock as seconds and microseconds. Deprecated since 2.62.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_get_current_time(result: *mut GTimeVal) {
    require!(c"g_get_current_time", !result.is_null(), c"result != NULL");
    let now = real_us();
    // SAFETY: not NULL, hence writable (I8).
    unsafe {
        result.write(GTimeVal {
            tv_sec: now.div_euclid(US_PER_SEC),
            tv_usec: now.rem_euclid(US_PER_SEC),
        });
    }
}

/// The wall clock; the source has no part in it (RT-014). Deprecated since 2.28.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_current_time(
    _source: *mut GSource,
    timeval: *mut GTimeVal,
) {
    // SAFETY: handed through (I8).
    unsafe { g_get_current_time(timeval) }
}
