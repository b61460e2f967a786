//! Forking: the child iterates, and says what came of it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::FromRawFd as _;

use crate::cast::{Cast, UNSOUND};
use crate::play;
use crate::program::{Op, Verb};

/// Seconds after which a child is taken for hanging.
const LIMIT: u32 = 15;
/// What a handler of ours, or of whoever plays the program, might catch there.
const FATAL: [i32; 6] =
    [libc::SIGSEGV, libc::SIGABRT, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGALRM];

/// Forks. The child iterates each context twice, wherever that is possible, and its trace becomes a part
/// of its parent's, who waits.
pub fn in_a_child(cast: &Cast<'_>) {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors.
    let pid = unsafe {
        assert!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) == 0, "no pipe");
        libc::fork()
    };
    assert!(pid >= 0, "no process");
    // SAFETY: the two ends are ours alone.
    let (mut said, mut speaks) =
        unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
    if pid == 0 {
        // SAFETY: this thread is the child's only one; it leaves without running what is its parent's.
        unsafe {
            for signal in FATAL {
                libc::signal(signal, libc::SIG_DFL);
            }
            libc::alarm(LIMIT);
            iterate(cast);
            let told = speaks.write_all(cast.trace.borrow().as_bytes());
            libc::_exit(told.is_err().into());
        }
    }
    drop(speaks);
    let mut trace = String::new();
    let mut status = 0;
    let read = said.read_to_string(&mut trace);
    // SAFETY: a child of ours that nobody else waits for.
    let waited = unsafe { libc::waitpid(pid, &mut status, 0) };
    for line in trace.lines() {
        match line.strip_prefix(UNSOUND) {
            Some(line) => cast.tell(format_args!("{UNSOUND}in a child: {line}")),
            None => cast.tell(format_args!("  child: {line}")),
        }
    }
    if read.is_err() || waited != pid || status != 0 {
        cast.tell(format_args!("{UNSOUND}a child ended with status {status}"));
    }
}

fn iterate(cast: &Cast<'_>) {
    cast.trace.borrow_mut().clear();
    cast.exits.borrow_mut().clear();
    cast.forked.set(true);
    for second in [false, true] {
        for _ in 0..2 {
            play::play(cast, &Op { second, ..Op::new(Verb::Iterate, &[]) });
        }
    }
}
