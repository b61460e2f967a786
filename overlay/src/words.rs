//! What the overlay says on the standard error: one line each, and none unless something is wrong or
//! `MAINSPRING_OVERLAY=verbose` is set.

use std::io::Write as _;

/// Says a line. A program without a standard error cannot be told anything.
pub fn say(line: &str) {
    // In one write, so that lines of several processes do not mix.
    let _ = std::io::stderr().write_all(format!("mainspring-overlay: {line}\n").as_bytes());
}

/// Whether to tell of what goes well.
pub fn verbose() -> bool {
    std::env::var_os("MAINSPRING_OVERLAY").is_some_and(|value| value == "verbose")
}

/// Ends the process as the dynamic linker does when it cannot start a program. Calls of this process
/// reach us already, so nobody else could answer them.
pub fn refuse(reason: &str) -> ! {
    say(&format!("cannot run this program: {reason}"));
    // SAFETY: ends the process, whatever state it is in.
    unsafe { libc::_exit(127) }
}
