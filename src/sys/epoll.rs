//! `epoll(7)`, used for descriptors that are quiet most of the time.
//!
//! Facts:
//! (a) A registration is a pair (descriptor number, open file). Closing the last descriptor of the
//!     file removes it silently; while a duplicate lives it stays, reports under its old number,
//!     and can no longer be removed by that number.
//! (b) Regular files and directories are refused with EPERM: for poll they are always ready.
//! (c) MOD and DEL on a number whose present file was never registered give ENOENT, on a closed
//!     number EBADF.
//! (d) The low sixteen event bits are poll's. `ERR` and `HUP` come unasked; `NVAL` never comes.
//! (e) An epoll descriptor is itself pollable: readable while it has events to hand out.
//! (f) Fetching is a cancellation point, as waiting is (`poll`, fact f).
//! (g) A forked child shares the set: what it edits, the parent sees (`fork`).

use super::Errno;

extern "C-unwind" {
    fn epoll_wait(epoll: i32, events: *mut Event, room: i32, timeout: i32) -> i32;
}

/// One event: the 64 bits given at registration, and what happened.
pub type Event = libc::epoll_event;

/// An event to be overwritten by [`collect`].
pub const BLANK: Event = Event { events: 0, u64: 0 };

pub fn create() -> Result<i32, Errno> {
    // SAFETY: no memory is passed (I9).
    Errno::check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

fn control(epoll: i32, op: i32, fd: i32, events: u16, token: u64) -> Result<(), Errno> {
    let mut event = Event { events: u32::from(events), u64: token };
    // SAFETY: `event` outlives the call (I9).
    Errno::check(unsafe { libc::epoll_ctl(epoll, op, fd, &mut event) }).map(|_| ())
}

/// Registers `fd`, level-triggered.
pub fn add(epoll: i32, fd: i32, events: u16, token: u64) -> Result<(), Errno> {
    control(epoll, libc::EPOLL_CTL_ADD, fd, events, token)
}

/// Changes what `fd` is registered for.
pub fn modify(epoll: i32, fd: i32, events: u16, token: u64) -> Result<(), Errno> {
    control(epoll, libc::EPOLL_CTL_MOD, fd, events, token)
}

pub fn remove(epoll: i32, fd: i32) -> Result<(), Errno> {
    control(epoll, libc::EPOLL_CTL_DEL, fd, 0, 0)
}

/// Fetches what is ready now into `events`, returning how many were filled.
pub fn collect(epoll: i32, events: &mut [Event]) -> Result<usize, Errno> {
    let room = i32::try_from(events.len()).unwrap_or(i32::MAX);
    // SAFETY: `events` has room for `room` entries (I9).
    let found = unsafe { epoll_wait(epoll, events.as_mut_ptr(), room, 0) };
    Errno::check(found).map(|n| n as usize)
}
