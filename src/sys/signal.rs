//! Signal handlers.
//!
//! Facts: a handler may run on any thread that does not block the signal, between any two of its
//! instructions; it may use atomics and the few system calls that POSIX calls async-signal-safe, and
//! has to leave `errno` alone. Handlers survive `fork`; `exec` sets them back. With `SA_RESTART`
//! most interrupted system calls go on by themselves (`poll` does not).

use super::Errno;

/// The signals that sources may stand for; their places here number them.
pub const KNOWN: [i32; 7] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGTERM,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGWINCH,
    libc::SIGCHLD,
];

/// The place of `SIGCHLD` in [`KNOWN`], which comes behind those a program may ask for.
pub const CHILD: usize = KNOWN.len() - 1;

/// The place of a signal in [`KNOWN`]. Async-signal-safe.
pub fn place_of(number: i32) -> Option<usize> {
    KNOWN.iter().position(|known| *known == number)
}

fn set(number: i32, handler: usize, flags: i32) -> Result<(), Errno> {
    // SAFETY: all-zero is a valid `sigaction`: an empty mask and no flags (I9).
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    // SAFETY: `action` outlives the call; the handler is async-signal-safe (I9).
    Errno::check(unsafe { libc::sigaction(number, &action, std::ptr::null_mut()) }).map(|_| ())
}

/// Installs a handler, which must be async-signal-safe.
pub fn catch(number: i32, handler: extern "C-unwind" fn(i32)) -> Result<(), Errno> {
    let flags = libc::SA_RESTART | libc::SA_NOCLDSTOP | libc::SA_ONSTACK;
    set(number, handler as usize, flags)
}

/// Whether nobody catches the signal now.
pub fn is_default(number: i32) -> bool {
    // SAFETY: all-zero is a valid `sigaction` (I9).
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `action` is a valid place for the answer (I9).
    let known = unsafe { libc::sigaction(number, std::ptr::null(), &mut action) } == 0;
    known && action.sa_sigaction == libc::SIG_DFL
}

/// Back to what the kernel does by itself.
pub fn let_go(number: i32) -> Result<(), Errno> {
    set(number, libc::SIG_DFL, 0)
}
