//! `gstdio.h`: file functions of the C library, and closing descriptors.

use crate::error::{g_set_error_literal, GError};
use crate::fileutils::{g_file_error_from_errno, g_file_error_quark};
use crate::messages::{own, LEVEL_CRITICAL};
use crate::strings::g_strerror;
use crate::types::*;

/// What `g_stat` fills.
pub type GStatBuf = libc::stat;

/// Functions that hand their arguments on.
macro_rules! pass_on {
    ($($(#[$doc:meta])* $name:ident => $libc:ident ($($arg:ident : $type:ty $(as $cast:ty)?),*) -> $result:ty;)*) => {
        $(
            $(#[$doc])*
            #[no_mangle]
            pub unsafe extern "C" fn $name($($arg: $type),*) -> $result {
                // SAFETY: the caller's obligations are the C library's.
                unsafe { libc::$libc($($arg $(as $cast)?),*) }
            }
        )*
    };
}

pass_on! {
    /// `access(2)`. Since 2.8.
    g_access => access(filename: *const c_char, mode: c_int) -> c_int;
    /// `chmod(2)`. Since 2.8.
    g_chmod => chmod(filename: *const c_char, mode: c_int as libc::mode_t) -> c_int;
    /// `open(2)`. Since 2.6.
    g_open => open(filename: *const c_char, flags: c_int, mode: c_int) -> c_int;
    /// `creat(2)`. Since 2.8.
    g_creat => creat(filename: *const c_char, mode: c_int as libc::mode_t) -> c_int;
    /// `rename(2)`. Since 2.6.
    g_rename => rename(oldfilename: *const c_char, newfilename: *const c_char) -> c_int;
    /// `mkdir(2)`. Since 2.6.
    g_mkdir => mkdir(filename: *const c_char, mode: c_int as libc::mode_t) -> c_int;
    /// `chdir(2)`. Since 2.8.
    g_chdir => chdir(path: *const c_char) -> c_int;
    /// `stat(2)`. Since 2.6.
    g_stat => stat(filename: *const c_char, buf: *mut GStatBuf) -> c_int;
    /// `lstat(2)`. Since 2.6.
    g_lstat => lstat(filename: *const c_char, buf: *mut GStatBuf) -> c_int;
    /// `unlink(2)`. Since 2.6.
    g_unlink => unlink(filename: *const c_char) -> c_int;
    /// `remove(3)`. Since 2.6.
    g_remove => remove(filename: *const c_char) -> c_int;
    /// `rmdir(2)`. Since 2.6.
    g_rmdir => rmdir(filename: *const c_char) -> c_int;
    /// `fopen(3)`. Since 2.6.
    g_fopen => fopen(filename: *const c_char, mode: *const c_char) -> *mut libc::FILE;
    /// `freopen(3)`. Since 2.6.
    g_freopen => freopen(filename: *const c_char, mode: *const c_char, stream: *mut libc::FILE) -> *mut libc::FILE;
    /// `utime(2)`. Since 2.18.
    g_utime => utime(filename: *const c_char, utb: *mut libc::utimbuf) -> c_int;
}

/// `fsync(2)`, again after a signal. Since 2.64.
#[no_mangle]
pub unsafe extern "C" fn g_fsync(fd: c_int) -> c_int {
    loop {
        // SAFETY: touches no memory.
        let result = unsafe { libc::fsync(fd) };
        // SAFETY: errno is this thread's own.
        if result == 0 || unsafe { *libc::__errno_location() } != libc::EINTR {
            return result;
        }
    }
}

/// Closes a descriptor. It is gone even if a signal came, and then there is no error. A descriptor that was
/// not open means that somebody has lost count of them, which deserves a CRITICAL. Since 2.36.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_close(fd: c_int, error: *mut *mut GError) -> gboolean {
    // SAFETY: errno is this thread's own; error is the caller's variable or NULL.
    unsafe {
        if libc::close(fd) == 0 {
            return TRUE;
        }
        let errno = *libc::__errno_location();
        if errno == libc::EINTR {
            return TRUE;
        }
        g_set_error_literal(
            error,
            g_file_error_quark(),
            g_file_error_from_errno(errno),
            g_strerror(errno),
        );
        if errno == libc::EBADF && fd >= 0 {
            own(
                LEVEL_CRITICAL,
                format_args!(
                    "g_close(fd:{fd}) failed with EBADF. The tracking of file descriptors got messed up"
                ),
            );
        }
        *libc::__errno_location() = errno;
    }
    FALSE
}
