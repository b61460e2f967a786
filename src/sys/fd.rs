//! Plain descriptor calls: reading, writing, seeking, flags, kinds.
//!
//! Facts: `read`, `write` and `open` may be interrupted (EINTR) before anything happened and are
//! then called again. `close` on Linux always releases the number, even when it reports EINTR, and
//! must not be called again. The C library's is a cancellation point, in which a thread may end; the loop
//! closes under its locks, so the kernel is called directly.

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStringExt as _;

use super::Errno;

fn again<T: PartialEq + From<i8>>(mut call: impl FnMut() -> T) -> Result<T, Errno> {
    loop {
        let result = call();
        if result != T::from(-1) {
            return Ok(result);
        }
        let error = Errno::last();
        if error != Errno::INTR {
            return Err(error);
        }
    }
}

/// Opens a file, made if need be with everybody's permissions less the process's mask.
pub fn open(name: &CStr, flags: i32) -> Result<i32, Errno> {
    const EVERYBODY: libc::mode_t = 0o666;
    // SAFETY: the name is NUL-terminated (I9).
    again(|| unsafe { libc::open(name.as_ptr(), flags, EVERYBODY) })
}

pub const READ_ONLY: i32 = libc::O_RDONLY;
pub const WRITE_ONLY: i32 = libc::O_WRONLY;
pub const READ_WRITE: i32 = libc::O_RDWR;
pub const CREATE: i32 = libc::O_CREAT;
pub const TRUNCATE: i32 = libc::O_TRUNC;

/// Reads up to `room` bytes to `to`; 0 is the end of the file.
///
/// # Safety
/// `to` has room for `room` bytes.
pub unsafe fn read(fd: i32, to: *mut u8, room: usize) -> Result<usize, Errno> {
    // SAFETY: the caller's promise (I9).
    again(|| unsafe { libc::read(fd, to.cast(), room) }).map(|n| n as usize)
}

/// Writes up to `count` bytes from `from`.
///
/// # Safety
/// `from` holds `count` bytes.
pub unsafe fn write(fd: i32, from: *const u8, count: usize) -> Result<usize, Errno> {
    // SAFETY: the caller's promise (I9).
    again(|| unsafe { libc::write(fd, from.cast(), count) }).map(|n| n as usize)
}

/// Moves the file position; `whence` is `lseek`'s.
pub fn seek(fd: i32, offset: i64, whence: i32) -> Result<i64, Errno> {
    // SAFETY: no memory is passed (I9).
    again(|| unsafe { libc::lseek(fd, offset, whence) })
}

pub const SEEK_SET: i32 = libc::SEEK_SET;
pub const SEEK_CUR: i32 = libc::SEEK_CUR;
pub const SEEK_END: i32 = libc::SEEK_END;

pub fn close(fd: i32) -> Result<(), Errno> {
    // ThreadSanitizer follows numbers through the C library's calls: it would take the next thread that
    // is given this one for a second one at work on the same file.
    let watched = cfg!(mainspring_watched_closes);
    // SAFETY: closing touches no memory; whose descriptor it is, the caller knows (I9).
    let result = unsafe {
        if watched {
            libc::close(fd)
        } else {
            libc::syscall(libc::SYS_close, fd) as i32
        }
    };
    Errno::check(result).map(|_| ())
}

/// File status flags and access mode (`F_GETFL`).
pub fn status_flags(fd: i32) -> Result<i32, Errno> {
    // SAFETY: no memory is passed (I9).
    Errno::check(unsafe { libc::fcntl(fd, libc::F_GETFL) })
}

pub fn set_status_flags(fd: i32, flags: i32) -> Result<(), Errno> {
    // SAFETY: no memory is passed (I9).
    Errno::check(unsafe { libc::fcntl(fd, libc::F_SETFL, flags) }).map(|_| ())
}

/// `fcntl` commands of Linux that the `libc` crate does not name.
const F_SETSIG: i32 = 10;
const F_GETSIG: i32 = 11;

/// Tags the open file with a number, to be told again by [`tag_of`] (why that works: `own`). False if
/// the kernel refuses.
pub fn tag(fd: i32, tag: i32) -> bool {
    // SAFETY: no memory is passed (I9).
    unsafe { libc::fcntl(fd, F_SETSIG, tag) == 0 }
}

/// The number, -1 if nothing is open there. Async-signal-safe; changes `errno`.
pub fn tag_of(fd: i32) -> i32 {
    // SAFETY: no memory is passed (I9).
    unsafe { libc::fcntl(fd, F_GETSIG) }
}

pub const NONBLOCK: i32 = libc::O_NONBLOCK;
pub const APPEND: i32 = libc::O_APPEND;

/// What a descriptor's access mode allows, as (reading, writing).
pub fn access(status_flags: i32) -> (bool, bool) {
    match status_flags & libc::O_ACCMODE {
        libc::O_RDONLY => (true, false),
        libc::O_WRONLY => (false, true),
        libc::O_RDWR => (true, true),
        _ => (false, false),
    }
}

/// Whether the descriptor is a regular file, a character device or a block device.
pub fn is_file_or_device(fd: i32) -> Result<bool, Errno> {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `status` is a valid place for the result (I9).
    Errno::check(unsafe { libc::fstat(fd, status.as_mut_ptr()) })?;
    // SAFETY: fstat succeeded and has filled it (I9).
    let kind = unsafe { status.assume_init() }.st_mode & libc::S_IFMT;
    Ok(matches!(kind, libc::S_IFREG | libc::S_IFCHR | libc::S_IFBLK))
}

/// A pipe as (read end, write end), with `flags` on both ends.
pub fn pipe(flags: i32) -> Result<[i32; 2], Errno> {
    let mut ends = [-1; 2];
    // SAFETY: `ends` has room for the two descriptors (I9).
    Errno::check(unsafe { libc::pipe2(ends.as_mut_ptr(), flags) }).map(|_| ends)
}

/// What `/proc` says about a descriptor: the path of a file, a kind and a number for others.
pub fn path(fd: i32) -> Result<CString, Errno> {
    let link = format!("/proc/self/fd/{fd}");
    match std::fs::read_link(link) {
        Ok(path) => Ok(CString::new(path.into_os_string().into_vec()).unwrap_or_default()),
        Err(error) => Err(Errno(error.raw_os_error().unwrap_or(0))),
    }
}

pub const CLOEXEC: i32 = libc::O_CLOEXEC;
pub const FD_CLOEXEC: i32 = libc::FD_CLOEXEC;
