//! Every system call the loop makes, one file per kernel facility.
//!
//! Each file begins with the kernel's facts it leans on. Nothing here knows what a source or a
//! context is; `engine` decides when to call, this folder only how. Errors are [`Errno`] values.

pub mod child;
pub mod clock;
pub mod epoll;
pub mod eventfd;
pub mod everything;
pub mod fd;
pub mod fork;
pub mod own;
pub mod passwd;
pub mod poll;
pub mod signal;
pub mod thread;

/// An error number as the kernel gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

impl Errno {
    pub const AGAIN: Errno = Errno(libc::EAGAIN);
    pub const BADF: Errno = Errno(libc::EBADF);
    pub const EXIST: Errno = Errno(libc::EEXIST);
    pub const INVAL: Errno = Errno(libc::EINVAL);
    pub const INTR: Errno = Errno(libc::EINTR);
    pub const NOENT: Errno = Errno(libc::ENOENT);
    pub const PERM: Errno = Errno(libc::EPERM);

    /// The calling thread's `errno`.
    pub fn last() -> Errno {
        // SAFETY: the location is the calling thread's own and always valid (I9).
        Errno(unsafe { *libc::__errno_location() })
    }

    /// Puts this number back into `errno`, for calls that promise to leave or set it.
    pub fn set(self) {
        // SAFETY: as in `last` (I9).
        unsafe { *libc::__errno_location() = self.0 }
    }

    /// Turns a system call's `-1` into the error it left behind.
    pub(crate) fn check(result: i32) -> Result<i32, Errno> {
        if result < 0 {
            Err(Errno::last())
        } else {
            Ok(result)
        }
    }
}
