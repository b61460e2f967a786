//! Threads: which one this is, whether there are others, and sleeping until another says so.
//!
//! Facts:
//! (a) `pthread_self` is one load; its value is no other living thread's.
//! (b) glibc (from 2.32 on) tells in `__libc_single_threaded` whether the process surely has one
//!     thread only. It turns false before a second thread runs, in the thread that starts it, so a
//!     thread that reads true is alone until it starts another itself. It may stay false for ever.
//!     Only a thread that is alone writes to it, so all may read it as what it is, a plain byte.
//!     Where a library without it is built for (`build.rs` looks), nobody is ever alone.
//! (c) A futex wait returns at once if the word is not what was expected: no wake is lost between
//!     looking at the word and sleeping. It may also return for no reason.
//! (d) Waking through the address of a word that has been unmapped is an error without consequences,
//!     and of a word that is something else now, a wake for no reason.

use crate::sync::AtomicU32;

/// A number that no other living thread has; never 0.
#[inline]
pub fn this() -> usize {
    // SAFETY: no memory is passed (I9).
    unsafe { libc::pthread_self() as usize }
}

#[cfg(all(target_env = "gnu", not(glibc_without_single_threaded)))]
extern "C" {
    static mut __libc_single_threaded: u8;
}

/// True only if no other thread exists.
#[cfg(all(target_env = "gnu", not(glibc_without_single_threaded)))]
#[inline]
pub fn is_alone() -> bool {
    // SAFETY: the C library's variable, a byte that only a thread that is alone writes to (I9).
    unsafe { (&raw const __libc_single_threaded).read() != 0 }
}

/// What is slower and always right.
#[cfg(any(not(target_env = "gnu"), glibc_without_single_threaded))]
#[inline]
pub fn is_alone() -> bool {
    false
}

/// Sleeps while `word` holds `expected`, or less.
pub fn sleep_while(word: &AtomicU32, expected: u32) {
    wait(word, expected, std::ptr::null());
}

/// The same for no more than so many nanoseconds, less than a second.
pub fn nap_while(word: &AtomicU32, expected: u32, ns: u64) {
    wait(word, expected, &libc::timespec { tv_sec: 0, tv_nsec: ns as i64 });
}

fn wait(word: &AtomicU32, expected: u32, limit: *const libc::timespec) {
    let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the word outlives the call, which reads nothing but it and the limit (I9).
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, expected, limit) };
}

/// Wakes one thread that sleeps on the word at `address`, which may be gone by now (d).
pub fn wake_one(address: usize) {
    let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the kernel uses the address as a name and reads nothing there (I9).
    unsafe { libc::syscall(libc::SYS_futex, address, operation, 1) };
}
