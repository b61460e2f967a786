//! Pipes and non-blocking mode.

use std::ffi::c_int;

use super::fail;
use crate::capi::messages::debug;
use crate::capi::types::GError;
use crate::sys::fd as sysfd;

/// Makes a pipe. Since 2.30.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_open_pipe(
    fds: *mut c_int,
    flags: c_int,
    error: *mut *mut GError,
) -> c_int {
    let known = sysfd::CLOEXEC | sysfd::FD_CLOEXEC | sysfd::NONBLOCK;
    require!(
        c"g_unix_open_pipe",
        flags & known == flags,
        c"(flags & (O_CLOEXEC | FD_CLOEXEC | O_NONBLOCK)) == flags",
        0
    );
    let mut pipe_flags = flags & !sysfd::FD_CLOEXEC;
    if flags & sysfd::FD_CLOEXEC != 0 {
        debug(
            c"g_unix_open_pipe() called with FD_CLOEXEC; please migrate to using O_CLOEXEC instead",
        );
        pipe_flags |= sysfd::CLOEXEC;
    }
    match sysfd::pipe(pipe_flags) {
        Ok(ends) => {
            // SAFETY: `fds` has room for two (I8).
            unsafe { fds.cast::<[c_int; 2]>().write(ends) };
            1
        }
        Err(errno) => fail(error, errno),
    }
}

/// Switches non-blocking mode. Since 2.30.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_set_fd_nonblocking(
    fd: c_int,
    nonblock: c_int,
    error: *mut *mut GError,
) -> c_int {
    let switched = sysfd::status_flags(fd).and_then(|flags| {
        let wanted = if nonblock != 0 { flags | sysfd::NONBLOCK } else { flags & !sysfd::NONBLOCK };
        sysfd::set_status_flags(fd, wanted)
    });
    match switched {
        Ok(()) => 1,
        Err(errno) => fail(error, errno),
    }
}
