//! Noticing that this process is a fork of the one that opened a descriptor.
//!
//! Facts: a forked child shares its parent's epoll set and eventfd, so editing or reading them
//! would disturb the parent. `pthread_atfork` handlers run in the child before `fork` returns;
//! a bare `clone` system call runs none, and such a child must not touch its parent's loops.

use crate::sync::{statics, AtomicU32, Ordering};
use std::sync::atomic::AtomicBool;

statics! {
    static GENERATION: AtomicU32 = AtomicU32::new(1);
}

extern "C" fn count() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// From now on forks are counted.
pub fn watch() {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    hook(&WATCHED, count);
}

/// From now on every forked child calls a function, which may do what is async-signal-safe; `done`
/// remembers that it was asked for.
///
/// Nobody waits for another thread here: a child forked while that thread was at it would wait for
/// ever. So threads that come at once hook twice, and the function is called twice.
pub fn hook(done: &AtomicBool, in_child: extern "C" fn()) {
    if !done.load(Ordering::Acquire) {
        // SAFETY: the function may be called in a forked child (I9).
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        done.store(true, Ordering::Release);
    }
}

/// A number that differs between a process and any fork of it made after [`watch`].
/// Async-signal-safe.
pub fn current() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}
