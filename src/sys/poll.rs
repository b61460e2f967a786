//! `poll(2)` and `ppoll(2)`.
//!
//! Facts:
//! (a) An entry with a negative descriptor is ignored and its `revents` set to 0.
//! (b) A descriptor that is not open yields `NVAL` and counts as ready.
//! (c) `ERR`, `HUP` and `NVAL` are reported whether asked for or not.
//! (d) The result is the number of entries with non-zero `revents`; on failure none was written.
//! (e) A signal handler that ran ends the wait with EINTR, whatever `SA_RESTART` says.
//! (f) Both are cancellation points: a thread that somebody cancels may end in them, its stack unwound as
//!     by an exception. So they are declared as functions that may unwind, and whoever calls them
//!     has nothing on the stack that would have to be destroyed.
//! (g) `ppoll` takes nanoseconds; the libc wrapper copies the time-out, the kernel would change it.

use super::clock::NS_PER_SEC;
use super::Errno;

extern "C-unwind" {
    fn poll(fds: *mut PollFd, count: libc::nfds_t, timeout: i32) -> i32;
    fn ppoll(
        fds: *mut PollFd,
        count: libc::nfds_t,
        timeout: *const libc::timespec,
        mask: *const libc::sigset_t,
    ) -> i32;
}

pub const IN: u16 = 0x01;
pub const ERR: u16 = 0x08;
pub const HUP: u16 = 0x10;
pub const NVAL: u16 = 0x20;
/// What the kernel reports unasked (fact c).
pub const ALWAYS: u16 = ERR | HUP | NVAL;

/// The kernel's `struct pollfd`, which is GLib's `GPollFD` as well.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PollFd {
    pub fd: i32,
    pub events: u16,
    pub revents: u16,
}

/// Waits until an entry is ready or `timeout` nanoseconds have passed (`None`: for ever).
pub fn wait(fds: &mut [PollFd], timeout: Option<u64>) -> Result<usize, Errno> {
    let limit = timeout.map(|ns| libc::timespec {
        tv_sec: i64::try_from(ns / NS_PER_SEC).unwrap_or(i64::MAX),
        tv_nsec: (ns % NS_PER_SEC) as i64,
    });
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the array and the time live through the call; `PollFd` has pollfd's layout (I9).
    let found =
        unsafe { ppoll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, limit, std::ptr::null()) };
    Errno::check(found).map(|n| n as usize)
}

/// Looks without waiting.
pub fn look(fds: &mut [PollFd]) -> Result<usize, Errno> {
    // SAFETY: as in `wait` (I9).
    let found = unsafe { poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, 0) };
    Errno::check(found).map(|n| n as usize)
}

/// `poll(2)` as a C program calls it: `timeout` in milliseconds, -1 for ever; the result and
/// `errno` are the kernel's.
///
/// # Safety
/// `fds` points to `count` entries, or `count` is 0.
pub unsafe fn raw(fds: *mut PollFd, count: u32, timeout: i32) -> i32 {
    // SAFETY: the caller's promise about `fds` is the kernel's only demand (I9).
    unsafe { poll(fds, libc::nfds_t::from(count), timeout) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_descriptor_yields_nval_and_negative_is_ignored() {
        let mut fds = [
            PollFd { fd: -1, events: IN, revents: 7 },
            PollFd { fd: 1 << 20, events: IN, revents: 0 },
        ];
        assert_eq!(look(&mut fds), Ok(1));
        assert_eq!((fds[0].revents, fds[1].revents), (0, NVAL));
    }

    #[test]
    fn a_wait_of_no_descriptors_takes_its_time() {
        let before = crate::sys::clock::monotonic_ns();
        assert_eq!(wait(&mut [], Some(2_000_000)), Ok(0));
        assert!(crate::sys::clock::monotonic_ns() - before >= 2_000_000);
    }
}
