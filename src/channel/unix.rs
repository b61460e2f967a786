//! A descriptor as a channel: reading, writing, seeking, flags, and error numbers as channels
//! report them. Read `sys::fd` for what the kernel does.

use super::Status;
use crate::sys::fd::{self, APPEND, NONBLOCK};
use crate::sys::Errno;

/// What went wrong with a channel. The numbers are C's `GIOChannelError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    FileTooBig = 0,
    Invalid = 1,
    Io = 2,
    IsDirectory = 3,
    NoSpace = 4,
    NoDevice = 5,
    Overflow = 6,
    BrokenPipe = 7,
    Failed = 8,
}

impl Failure {
    pub fn of(errno: Errno) -> Failure {
        match errno.0 {
            libc::EFBIG => Failure::FileTooBig,
            libc::EINVAL => Failure::Invalid,
            libc::EIO => Failure::Io,
            libc::EISDIR => Failure::IsDirectory,
            libc::ENOSPC => Failure::NoSpace,
            libc::ENXIO => Failure::NoDevice,
            libc::EOVERFLOW => Failure::Overflow,
            libc::EPIPE => Failure::BrokenPipe,
            _ => Failure::Failed,
        }
    }
}

/// A descriptor's flags as channels know them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub append: bool,
    pub nonblock: bool,
    pub readable: bool,
    pub writable: bool,
}

pub fn flags(number: i32) -> Result<Flags, Errno> {
    let status = fd::status_flags(number)?;
    let (readable, writable) = fd::access(status);
    let has = |flag| status & flag != 0;
    Ok(Flags { append: has(APPEND), nonblock: has(NONBLOCK), readable, writable })
}

/// Sets exactly these two; other status flags that can be set are thereby cleared (IO-021).
pub fn set_flags(number: i32, append: bool, nonblock: bool) -> Result<(), Errno> {
    let flag = |on, flag| if on { flag } else { 0 };
    fd::set_status_flags(number, flag(append, APPEND) | flag(nonblock, NONBLOCK))
}

/// Reads once.
///
/// # Safety
/// `to` has room for `room` bytes.
pub unsafe fn read(number: i32, to: *mut u8, room: usize) -> Result<(Status, usize), Errno> {
    // SAFETY: the caller's promise (I9).
    match unsafe { fd::read(number, to, room) } {
        Ok(0) if room > 0 => Ok((Status::Eof, 0)),
        Ok(count) => Ok((Status::Normal, count)),
        Err(Errno::AGAIN) => Ok((Status::Again, 0)),
        Err(errno) => Err(errno),
    }
}

/// Writes once.
///
/// # Safety
/// `from` holds `count` bytes.
pub unsafe fn write(number: i32, from: *const u8, count: usize) -> Result<(Status, usize), Errno> {
    // SAFETY: the caller's promise (I9).
    match unsafe { fd::write(number, from, count) } {
        Ok(written) => Ok((Status::Normal, written)),
        Err(Errno::AGAIN) => Ok((Status::Again, 0)),
        Err(errno) => Err(errno),
    }
}

/// From where to seek. The numbers are C's `GSeekType`, not `lseek`'s.
pub fn whence(kind: u32) -> Option<i32> {
    match kind {
        0 => Some(fd::SEEK_CUR),
        1 => Some(fd::SEEK_SET),
        2 => Some(fd::SEEK_END),
        _ => None,
    }
}

/// How `g_io_channel_new_file` opens a file for a mode: flags for `open`, and what the channel can
/// do (IO-005).
pub fn file_mode(mode: &[u8]) -> Option<(i32, Flags)> {
    let (direction, both) = match mode {
        [direction] => (*direction, false),
        [direction, b'+'] => (*direction, true),
        _ => return None,
    };
    let create = match direction {
        b'r' => 0,
        b'w' => fd::CREATE | fd::TRUNCATE,
        b'a' => fd::CREATE | APPEND,
        _ => return None,
    };
    let (readable, writable) = (both || direction == b'r', both || direction != b'r');
    let access = match (readable, writable) {
        (true, true) => fd::READ_WRITE,
        (true, false) => fd::READ_ONLY,
        _ => fd::WRITE_ONLY,
    };
    let flags = Flags { append: direction == b'a', nonblock: false, readable, writable };
    Some((access | create | fd::CLOEXEC, flags))
}
