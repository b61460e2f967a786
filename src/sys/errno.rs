//! What the kernel says when it refuses.

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
