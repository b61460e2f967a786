//! `gtimer.h`: stopwatches on the monotonic clock, and sleeping.

use crate::mem::boxed;
use crate::types::*;
use std::time::Duration;

/// A stopwatch, in microseconds of the monotonic clock.
#[derive(Clone, Copy)]
pub struct GTimer {
    start: i64,
    /// When it was stopped; `None` while it runs.
    end: Option<i64>,
}

fn now() -> i64 {
    // SAFETY: the structure is the call's own, and zeroes are valid in it.
    unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time);
        time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
}

/// A stopwatch that runs, freed with `g_timer_destroy()`.
#[no_mangle]
pub unsafe extern "C" fn g_timer_new() -> *mut GTimer {
    boxed(GTimer { start: now(), end: None })
}

/// Frees a stopwatch.
#[no_mangle]
pub unsafe extern "C" fn g_timer_destroy(timer: *mut GTimer) {
    require!("g_timer_destroy", !timer.is_null(), "timer != NULL");
    // SAFETY: a stopwatch given up by the caller.
    unsafe { libc::free(timer.cast()) }
}

/// Starts anew.
#[no_mangle]
pub unsafe extern "C" fn g_timer_start(timer: *mut GTimer) {
    require!("g_timer_start", !timer.is_null(), "timer != NULL");
    // SAFETY: a live stopwatch.
    unsafe { *timer = GTimer { start: now(), end: None } };
}

/// Stops.
#[no_mangle]
pub unsafe extern "C" fn g_timer_stop(timer: *mut GTimer) {
    require!("g_timer_stop", !timer.is_null(), "timer != NULL");
    // SAFETY: a live stopwatch.
    unsafe { (*timer).end = Some(now()) };
}

/// Counts anew from now.
#[no_mangle]
pub unsafe extern "C" fn g_timer_reset(timer: *mut GTimer) {
    require!("g_timer_reset", !timer.is_null(), "timer != NULL");
    // SAFETY: a live stopwatch.
    unsafe { (*timer).start = now() };
}

/// Runs on where it was stopped. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_timer_continue(timer: *mut GTimer) {
    require!("g_timer_continue", !timer.is_null(), "timer != NULL");
    // SAFETY: a live stopwatch.
    unsafe {
        require!("g_timer_continue", (*timer).end.is_some(), "timer->active == FALSE");
        if let Some(end) = (*timer).end.take() {
            (*timer).start += now() - end;
        }
    }
}

/// The seconds counted so far, and their fraction in microseconds.
#[no_mangle]
pub unsafe extern "C" fn g_timer_elapsed(timer: *mut GTimer, microseconds: *mut c_ulong) -> f64 {
    require!("g_timer_elapsed", !timer.is_null(), "timer != NULL", 0.0);
    // SAFETY: a live stopwatch, and the caller's variable or NULL.
    unsafe {
        let elapsed = (*timer).end.unwrap_or_else(now) - (*timer).start;
        if !microseconds.is_null() {
            *microseconds = (elapsed % 1_000_000) as c_ulong;
        }
        elapsed as f64 / 1e6
    }
}

/// Whether it runs. Since 2.62.
#[no_mangle]
pub unsafe extern "C" fn g_timer_is_active(timer: *mut GTimer) -> gboolean {
    require!("g_timer_is_active", !timer.is_null(), "timer != NULL", FALSE);
    // SAFETY: a live stopwatch.
    unsafe { gboolean::from((*timer).end.is_none()) }
}

/// Sleeps, signals or not.
#[no_mangle]
pub unsafe extern "C" fn g_usleep(microseconds: c_ulong) {
    std::thread::sleep(Duration::from_micros(microseconds));
}
