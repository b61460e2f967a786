//! The descriptor that wakes a sleeping loop.
//!
//! Facts: an eventfd is a counter; reading it returns and resets the count, so any number of writes
//! needs one read. A write blocks (here: fails with EAGAIN, and the reader is awake anyway) only if
//! the counter would pass 2^64 - 2. `write` on it is async-signal-safe. It is close-on-exec.
//!
//! The C library's `read` and `write` are cancellation points: a thread that somebody cancels may end in
//! them. Whoever rings would end between having said that it writes and writing, under a lock perhaps,
//! and a sleeper sleep on. So the kernel is called directly.

use super::Errno;

/// Makes one; where the kernel refuses, the error says why.
pub fn create() -> Result<i32, Errno> {
    // SAFETY: no memory is passed (I9).
    Errno::check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })
}

/// Adds one to the counter, leaving `errno` as it was: callable from a signal handler.
pub fn ring(fd: i32) {
    let saved = Errno::last();
    let one: u64 = 1;
    // SAFETY: the eight bytes of `one` outlive the call (I9).
    while unsafe { libc::syscall(libc::SYS_write, fd, &raw const one, 8) } < 0
        && Errno::last() == Errno::INTR
    {}
    saved.set();
}

/// Empties the counter.
pub fn drain(fd: i32) {
    let mut count: u64 = 0;
    // SAFETY: `count` has room for the eight bytes that an eventfd hands out (I9).
    while unsafe { libc::syscall(libc::SYS_read, fd, &raw mut count, 8) } < 0
        && Errno::last() == Errno::INTR
    {}
}
