//! Clocks.
//!
//! Facts: `CLOCK_MONOTONIC` never steps and does not count suspended time; reading it goes through
//! the vDSO and costs no system call. It cannot fail with a valid clock id. `CLOCK_MONOTONIC_COARSE`
//! is the same clock as it was at the last timer tick, some milliseconds ago at most, for a fifth of
//! the price.

pub const NS_PER_SEC: u64 = 1_000_000_000;
pub const NS_PER_MS: u64 = 1_000_000;
pub const NS_PER_US: u64 = 1_000;

fn read(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for the result and the clock exists on every Linux (I9).
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec as u64 * NS_PER_SEC + time.tv_nsec as u64
}

/// Nanoseconds of the monotonic clock.
pub fn monotonic_ns() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

/// Nanoseconds of the monotonic clock, as of the last timer tick.
pub fn coarse_ns() -> u64 {
    read(libc::CLOCK_MONOTONIC_COARSE)
}

/// Microseconds of the wall clock since 1970.
pub fn real_us() -> i64 {
    (read(libc::CLOCK_REALTIME) / NS_PER_US) as i64
}
