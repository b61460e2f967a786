//! Noticing that this process is a fork of the one that opened a descriptor.
//!
//! Facts: a forked child shares its parent's epoll set and eventfd, so editing or reading them
//! would disturb the parent. `pthread_atfork` handlers run in the child before `fork` returns;
//! a bare `clone` system call runs none, and such a child must not touch its parent's loops.

use crate::sync::{statics, AtomicU32, Ordering};
use std::sync::Once;

statics! {
    static GENERATION: AtomicU32 = AtomicU32::new(1);
}
static HOOKED: Once = Once::new();

extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// From now on forks are counted.
pub fn watch() {
    HOOKED.call_once(|| {
        // SAFETY: `in_child` only touches an atomic, which is allowed in a forked child (I9).
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

/// A number that differs between a process and any fork of it made after [`watch`].
/// Async-signal-safe.
pub fn current() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}
