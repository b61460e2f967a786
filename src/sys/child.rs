//! Child processes: has it exited, and with what status.
//!
//! Facts:
//! (a) A descriptor from `pidfd_open` (Linux 5.3) polls readable once all threads of the process
//!     have ended, zombie or reaped. It is close-on-exec by birth. Opening fails with ESRCH when
//!     there is no such process, with EMFILE or ENFILE when there is no descriptor left, with ENOSYS
//!     on older kernels, with anything under a seccomp filter.
//! (b) `waitid` on it (`P_PIDFD`, Linux 5.4) reaches that very process, never a later one with its
//!     number. ECHILD: not our child, or reaped already. EINVAL: a kernel that does not know it.
//! (c) With WNOHANG a child that lives yields success and the process number 0; with WNOWAIT it is
//!     looked at and stays to be reaped.

use super::{fd, Errno};
use crate::sync::{AtomicBool, Ordering};

/// How a process is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    Descriptor(i32),
    Number(i32),
}

/// A process descriptor for `pid`, if the kernel lets one be waited on as well.
pub fn open(pid: i32) -> Result<i32, Errno> {
    // SAFETY: no memory is passed (I9).
    let descriptor = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    let descriptor = Errno::check(descriptor as i32)?;
    match can_be_waited_on(descriptor) {
        true => Ok(descriptor),
        false => {
            let _ = fd::close(descriptor);
            Err(Errno(libc::ENOSYS))
        }
    }
}

/// Asked until it was seen once.
fn can_be_waited_on(descriptor: i32) -> bool {
    static SEEN: AtomicBool = AtomicBool::new(false);
    if SEEN.load(Ordering::Relaxed) {
        return true;
    }
    let can = has_exited(Handle::Descriptor(descriptor)) != Err(Errno::INVAL);
    SEEN.store(can, Ordering::Relaxed);
    can
}

/// Whether the child has exited; it is not reaped.
pub fn has_exited(handle: Handle) -> Result<bool, Errno> {
    wait(handle, libc::WNOWAIT).map(|status| status.is_some())
}

/// Reaps the child if it has exited; the result is its status as `waitpid` would tell it.
pub fn reap(handle: Handle) -> Result<Option<i32>, Errno> {
    wait(handle, 0)
}

fn wait(handle: Handle, option: i32) -> Result<Option<i32>, Errno> {
    let (kind, id) = match handle {
        Handle::Descriptor(descriptor) => (libc::P_PIDFD, descriptor),
        Handle::Number(pid) => (libc::P_PID, pid),
    };
    // SAFETY: plain numbers, for which all-zero is valid (I9).
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let options = libc::WEXITED | libc::WNOHANG | option;
    // SAFETY: `info` is a valid place for the result (I9).
    while unsafe { libc::waitid(kind, id as libc::id_t, &mut info, options) } < 0 {
        let error = Errno::last();
        if error != Errno::INTR {
            return Err(error);
        }
    }
    // SAFETY: waitid filled the members that belong to SIGCHLD, or left all zero (I9).
    let (pid, value) = unsafe { (info.si_pid(), info.si_status()) };
    Ok((pid != 0).then(|| status(info.si_code, value)))
}

/// The classic status word: exit value in the second byte, or a signal number with 0x80 for a dump.
fn status(code: i32, value: i32) -> i32 {
    match code {
        libc::CLD_EXITED => (value & 0xff) << 8,
        libc::CLD_DUMPED => value & 0x7f | 0x80,
        _ => value & 0x7f,
    }
}
