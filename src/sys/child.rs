//! Child processes: has it exited, and with what status.
//!
//! Facts:
//! (a) A descriptor from `pidfd_open` (Linux 5.3) polls readable once all threads of the process
//!     have ended, zombie or reaped. It is close-on-exec by birth. Opening fails with ESRCH when
//!     there is no such process, with EMFILE or ENFILE when there is no descriptor left, with ENOSYS
//!     on older kernels, with anything under a seccomp filter.
//! (b) `waitid` on it (`P_PIDFD`, Linux 5.4) reaches that very process, never a later one with its
//!     number. ECHILD: not our child, or reaped already. EINVAL: a kernel that has (a) and not
//!     this; then the number is waited for, which nobody has before the child is reaped.
//! (c) With WNOHANG a child that lives yields success and the process number 0; with WNOWAIT it is
//!     looked at and stays to be reaped.

use super::Errno;

/// How a process is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// A process descriptor, and the number it stands for.
    Descriptor(i32, i32),
    Number(i32),
}

/// A process descriptor for `pid`.
pub fn open(pid: i32) -> Result<i32, Errno> {
    // SAFETY: no memory is passed (I9).
    let descriptor = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    Errno::check(descriptor as i32)
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
        Handle::Descriptor(descriptor, _) => (libc::P_PIDFD, descriptor),
        Handle::Number(pid) => (libc::P_PID, pid),
    };
    // SAFETY: plain numbers, for which all-zero is valid (I9).
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let options = libc::WEXITED | libc::WNOHANG | option;
    // SAFETY: `info` is a valid place for the result (I9).
    while unsafe { libc::waitid(kind, id as libc::id_t, &mut info, options) } < 0 {
        match (Errno::last(), handle) {
            (Errno::INTR, _) => {}
            (Errno::INVAL, Handle::Descriptor(_, pid)) => return wait(Handle::Number(pid), option),
            (error, _) => return Err(error),
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
