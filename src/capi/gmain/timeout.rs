//! Timeout sources: a ready time that is set anew after each call.

use std::ffi::{c_int, c_uint, c_void};
use std::sync::atomic::{AtomicU64, Ordering};

use super::idle::run_callback;
use super::variables::g_timeout_funcs;
use super::{draft, global, Callback, Shape};
use crate::capi::foreign::forward;
use crate::capi::funcs::{c_source, engine_source};
use crate::capi::messages::{assertion_failed, warning};
use crate::capi::types::{GDestroyNotify, GSource, GSourceFunc, GSourceOnceFunc};
use crate::engine::letters::{Draft, Maker};
use crate::engine::shelf::Shelf;
use crate::engine::source::{Head, SourcePtr};
use crate::sys::clock::{monotonic_ns, NS_PER_MS, NS_PER_SEC};

/// A timeout as it lies in memory. Aligned ones are its second variant.
#[repr(C)]
struct TimeoutSource {
    head: Head,
    interval_ns: u64,
}

/// The expiry `interval` after `now`; aligned ones fall on this process's instant of a second.
fn expiry(now: u64, interval: u64, aligned: bool) -> u64 {
    let expiry = now.saturating_add(interval);
    if !aligned || expiry == u64::MAX {
        return expiry;
    }
    align(expiry, session_offset())
}

/// Moves `time` to a whole second plus `offset`: back by less than a quarter, else forward (TM-008).
fn align(time: u64, offset: u64) -> u64 {
    let past = (time + NS_PER_SEC - offset) % NS_PER_SEC;
    if past < NS_PER_SEC / 4 {
        time - past.min(time)
    } else {
        time.saturating_add(NS_PER_SEC - past)
    }
}

/// The instant of a second at which all aligned timeouts of a session expire, so that one wakeup
/// serves them all; different sessions of one machine differ (TM-009).
fn session_offset() -> u64 {
    const UNKNOWN: u64 = u64::MAX;
    static OFFSET: AtomicU64 = AtomicU64::new(UNKNOWN);
    // Threads that ask at once find the same; to wait for one another would not survive a fork.
    let mut offset = OFFSET.load(Ordering::Relaxed);
    if offset == UNKNOWN {
        let names = ["DBUS_SESSION_BUS_ADDRESS", "HOSTNAME"];
        let text = names.iter().find_map(std::env::var_os);
        offset = text.map_or(0, |text| {
            let hash = string_hash(std::os::unix::ffi::OsStrExt::as_bytes(text.as_os_str()));
            u64::from((hash as i32).unsigned_abs()) % NS_PER_SEC
        });
        OFFSET.store(offset, Ordering::Relaxed);
    }
    offset
}

/// djb2 over signed characters.
fn string_hash(text: &[u8]) -> u32 {
    let add = |hash: u32, byte: &u8| hash.wrapping_mul(33).wrapping_add(*byte as i8 as u32);
    text.iter().fold(5381, add)
}

fn timeout_of(source: *mut GSource) -> Option<(u64, bool)> {
    // SAFETY: the loop passes a live source (I8).
    let at = unsafe { engine_source(source) };
    if at.made().size() < size_of::<TimeoutSource>() {
        return None; // Somebody's own source with our table.
    }
    // SAFETY: the source was made with room for it (I8).
    let timeout = unsafe { &*source.cast::<TimeoutSource>() };
    Some((timeout.interval_ns, at.made().is_second()))
}

/// Calls the callback and, if it wants to be called again, sets the next expiry.
///
/// # Safety
/// See the module `capi`.
pub unsafe extern "C-unwind" fn timeout_dispatch(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    forward!(dispatch(Timeout, source, callback, data));
    let Some(callback) = callback else {
        warning(
            c"Timeout source dispatched without callback. You must call g_source_set_callback().",
        );
        return 0;
    };
    // SAFETY: the loop passes a live source, which the dispatch holds a reference on (I8).
    let this = unsafe { engine_source(source) };
    // SAFETY: the callback set for it (I8).
    if !unsafe { run_callback(this, callback, data) } {
        return 0;
    }
    if let Some((interval, aligned)) = timeout_of(source) {
        this.rearm(|now| expiry(now, interval, aligned));
    }
    1
}

const TIMEOUT: Shape = Shape {
    table: &raw const g_timeout_funcs,
    size: size_of::<TimeoutSource>(),
    name: None,
    spare_record: false,
};

/// Makes a timeout of a new source.
#[inline(always)]
fn begin_timeout(source: SourcePtr, interval_ns: u64, aligned: bool, ready_time: u64) {
    let timeout = source.head_ptr().cast_mut().cast::<TimeoutSource>();
    // SAFETY: just made with room for it, and nobody else's yet (I8).
    unsafe { (&raw mut (*timeout).interval_ns).write(interval_ns) };
    source.begin_made(source.made().second(aligned));
    source.begin_ready_at(ready_time);
}

/// A timeout whose first expiry counts from now, not from attaching (TM-001).
fn start_timeout(interval_ns: u64, aligned: bool) -> *mut GSource {
    let ready_time = expiry(monotonic_ns(), interval_ns, aligned);
    let source = TIMEOUT.make();
    begin_timeout(source, interval_ns, aligned, ready_time);
    c_source(source)
}

/// Makes timeouts, aligned or not.
struct Timeout<const ALIGNED: bool>;

impl<const ALIGNED: bool> Maker for Timeout<ALIGNED> {
    #[inline(always)]
    fn make(draft: &Draft, shelf: &mut Shelf) -> SourcePtr {
        let source = TIMEOUT.make_from(shelf);
        begin_timeout(source, draft.interval, ALIGNED, draft.ready_time);
        source.begin_as(draft);
        source
    }
}

fn add<const ALIGNED: bool>(interval: u64, priority: c_int, callback: Callback) -> c_uint {
    let ready_time = expiry(monotonic_ns(), interval, ALIGNED);
    let draft = draft(priority, callback);
    global().add::<Timeout<ALIGNED>>(Draft { ready_time, interval, ..draft })
}

fn ms(interval: c_uint) -> u64 {
    u64::from(interval) * NS_PER_MS
}

fn seconds(interval: c_uint) -> u64 {
    u64::from(interval) * NS_PER_SEC
}

/// A new timeout of `interval` milliseconds, counted from now.
#[no_mangle]
pub extern "C" fn g_timeout_source_new(interval: c_uint) -> *mut GSource {
    start_timeout(ms(interval), false)
}

/// A new timeout of `interval` nanoseconds. Since 2.90.
#[no_mangle]
pub extern "C" fn g_timeout_source_new_ns(interval: u64) -> *mut GSource {
    start_timeout(interval, false)
}

/// A new timeout of `interval` seconds, aligned with the process's others. Since 2.14.
#[no_mangle]
pub extern "C" fn g_timeout_source_new_seconds(interval: c_uint) -> *mut GSource {
    start_timeout(seconds(interval), true)
}

/// The interval of a timeout to add.
#[derive(Clone, Copy)]
enum Interval {
    Ms(c_uint),
    Seconds(c_uint),
}

/// Priority and notify of a timeout to add, and whether it runs once.
#[derive(Default)]
struct Manner {
    priority: c_int,
    notify: GDestroyNotify,
    once: bool,
}

fn timeout_add_full(
    interval: Interval,
    function: GSourceFunc,
    data: *mut c_void,
    manner: Manner,
) -> c_uint {
    if function.is_none() {
        assertion_failed(c"timeout_add_full", c"function != NULL");
        return 0;
    }
    let callback = Callback { function, data, notify: manner.notify, once: manner.once };
    match interval {
        Interval::Ms(interval) => add::<false>(ms(interval), manner.priority, callback),
        Interval::Seconds(interval) => add::<true>(seconds(interval), manner.priority, callback),
    }
}

fn once(function: GSourceOnceFunc) -> GSourceFunc {
    // SAFETY: called as what it is by `run_callback` (I8).
    unsafe { std::mem::transmute(function) }
}

/// Calls `function` every `interval` milliseconds until it returns FALSE.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_timeout_add(
    interval: c_uint,
    function: GSourceFunc,
    data: *mut c_void,
) -> c_uint {
    timeout_add_full(Interval::Ms(interval), function, data, Manner::default())
}

/// As `g_timeout_add` with a priority and a notify for the data.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_timeout_add_full(
    priority: c_int,
    interval: c_uint,
    function: GSourceFunc,
    data: *mut c_void,
    notify: GDestroyNotify,
) -> c_uint {
    let manner = Manner { priority, notify, once: false };
    timeout_add_full(Interval::Ms(interval), function, data, manner)
}

/// Calls `function` once, after `interval` milliseconds. Since 2.74.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_timeout_add_once(
    interval: c_uint,
    function: GSourceOnceFunc,
    data: *mut c_void,
) -> c_uint {
    let manner = Manner { once: true, ..Manner::default() };
    timeout_add_full(Interval::Ms(interval), once(function), data, manner)
}

/// Calls `function` every `interval` seconds, aligned. Since 2.14.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_timeout_add_seconds(
    interval: c_uint,
    function: GSourceFunc,
    data: *mut c_void,
) -> c_uint {
    require!(c"g_timeout_add_seconds", function.is_some(), c"function != NULL", 0);
    timeout_add_full(Interval::Seconds(interval), function, data, Manner::default())
}

/// As `g_timeout_add_seconds` with a priority and a notify for the data. Since 2.14.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_timeout_add_seconds_full(
    priority: c_int,
    interval: c_uint,
    function: GSourceFunc,
    data: *mut c_void,
    notify: GDestroyNotify,
) -> c_uint {
    let manner = Manner { priority, notify, once: false };
    timeout_add_full(Interval::Seconds(interval), function, data, manner)
}

/// Calls `function` once, after `interval` seconds, aligned. Since 2.78.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_timeout_add_seconds_once(
    interval: c_uint,
    function: GSourceOnceFunc,
    data: *mut c_void,
) -> c_uint {
    let manner = Manner { once: true, ..Manner::default() };
    timeout_add_full(Interval::Seconds(interval), once(function), data, manner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_expiries_fall_on_the_offset_and_move_by_at_most_three_quarters() {
        let offset = 123_456_789;
        for time in (5_000_000_000..9_000_000_000).step_by(37_000_003) {
            let aligned = align(time, offset);
            assert_eq!((aligned - offset) % NS_PER_SEC, 0);
            assert!(aligned + NS_PER_SEC / 4 > time && aligned <= time + NS_PER_SEC * 3 / 4);
        }
    }

    #[test]
    fn hash_is_djb2_over_signed_characters() {
        assert_eq!(string_hash(b""), 5381);
        assert_eq!(string_hash(b"a"), 5381 * 33 + 97);
        assert_eq!(string_hash(&[0xff]), 5381 * 33 - 1);
    }

    #[test]
    fn intervals_saturate() {
        assert_eq!(expiry(1, u64::MAX, false), u64::MAX);
        assert_eq!(expiry(1, u64::MAX, true), u64::MAX);
    }
}
