//! Runs a program on both libraries and compares, in processes of their own.
//!
//! A process per slice of seeds, because a program may end the process or never end, and because
//! mainspring chooses its way of polling once per process. The parent opens both libraries and calls
//! neither, so that every child begins with fresh ones. A slice whose process ended badly is run
//! again, a process per program.

use std::fmt;
use std::fs::File;
use std::io::{Error, Read as _, Write as _};
use std::ops::Range;
use std::os::fd::FromRawFd as _;

use anyhow::{ensure, Result};

use crate::api::Api;
use crate::cast::UNSOUND;
use crate::generate;
use crate::play;
use crate::program::Program;

/// Programs per process; few enough that one bad one costs little.
const SLICE: u64 = 100;
/// Seconds after which a process is taken for hanging.
const LIMIT: u32 = 20;

/// mainspring's ways of polling: the values of `MAINSPRING_POLL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Poll,
    Epoll,
}

impl Mode {
    pub const ALL: [Self; 2] = [Self::Poll, Self::Epoll];

    pub fn name(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Epoll => "epoll",
        }
    }
}

/// What came of a program.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    /// The first lines that differ, with some before them.
    Different(String),
    /// The process ended before the traces could be compared.
    Ended(i32),
}

impl Verdict {
    /// Whether it is the same kind of failure, for shrinking.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("no difference"),
            Self::Different(lines) => f.write_str(lines),
            Self::Ended(libc::SIGALRM) => write!(f, "not finished after {LIMIT} s"),
            Self::Ended(signal) => write!(f, "the process ended by signal {signal}"),
        }
    }
}

/// Judges in a process of its own, which may end as it will.
pub fn in_a_process(
    mode: Mode,
    difference: impl FnOnce() -> Result<Option<String>>,
) -> Result<Verdict> {
    let child = Child::start(mode, |pipe| {
        if let Some(difference) = difference()? {
            pipe.write_all(difference.as_bytes())?;
        }
        Ok(())
    })?;
    let (said, signal) = child.finish()?;
    Ok(match (said.is_empty(), signal) {
        (_, Some(signal)) => Verdict::Ended(signal),
        (true, None) => Verdict::Same,
        (false, None) => Verdict::Different(said),
    })
}

pub struct Judge {
    pub glib: Api,
    pub mainspring: Api,
}

impl Judge {
    /// Runs one program in a process of its own.
    pub fn alone(&self, program: &Program, mode: Mode) -> Result<Verdict> {
        in_a_process(mode, || self.difference(program))
    }

    /// Runs the programs of all seeds in all modes; hands back the ones that failed.
    pub fn batch(&self, seeds: Range<u64>, done: impl Fn(u64)) -> Result<Vec<(u64, Mode)>> {
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        let starts = seeds.clone().step_by(SLICE as usize);
        let mut slices = starts.flat_map(|start| {
            let slice = start..seeds.end.min(start + SLICE);
            Mode::ALL.map(|mode| (slice.clone(), mode))
        });
        let mut running = std::collections::VecDeque::new();
        let mut failed = Vec::new();
        loop {
            while running.len() < jobs {
                let Some((slice, mode)) = slices.next() else { break };
                running.push_back((self.start(slice.clone(), mode)?, slice, mode));
            }
            let Some((child, slice, mode)) = running.pop_front() else { return Ok(failed) };
            let length = slice.end - slice.start;
            let (said, signal) = child.finish()?;
            if signal.is_none() {
                failed.extend(said.lines().filter_map(|seed| Some((seed.parse().ok()?, mode))));
            } else {
                for seed in slice {
                    if self.alone(&generate::program(seed), mode)? != Verdict::Same {
                        failed.push((seed, mode));
                    }
                }
            }
            done(length);
        }
    }

    /// A process that says the seeds whose traces differ.
    fn start(&self, seeds: Range<u64>, mode: Mode) -> Result<Child> {
        Child::start(mode, |pipe| {
            for seed in seeds {
                if self.difference(&generate::program(seed))?.is_some() {
                    writeln!(pipe, "{seed}")?;
                }
            }
            Ok(())
        })
    }

    /// What is wrong with how mainspring plays the program, here in this process.
    pub fn difference(&self, program: &Program) -> Result<Option<String>> {
        let expected = play::trace(&self.glib, program)?;
        let seen = play::trace(&self.mainspring, program)?;
        if let Some(line) = seen.lines().find(|line| line.starts_with(UNSOUND)) {
            return Ok(Some(line.to_owned()));
        }
        Ok(first_difference(self.glib.title, &expected, self.mainspring.title, &seen))
    }
}

/// The first lines of two traces that differ, with some before them.
pub fn first_difference(one: &str, expected: &str, other: &str, seen: &str) -> Option<String> {
    const BEFORE: usize = 6;
    if expected == seen {
        return None;
    }
    let (expected, seen): (Vec<_>, Vec<_>) = (expected.lines().collect(), seen.lines().collect());
    let at = expected.iter().zip(&seen).take_while(|(a, b)| a == b).count();
    let mut text = expected[at.saturating_sub(BEFORE)..at].join("\n");
    for (title, lines) in [(one, &expected), (other, &seen)] {
        text += &format!("\n{title}: {}", lines.get(at).unwrap_or(&"(the end)"));
    }
    Some(text)
}

/// A forked process and the pipe it speaks into.
struct Child {
    pid: i32,
    said: File,
}

impl Child {
    fn start(mode: Mode, work: impl FnOnce(&mut File) -> Result<()>) -> Result<Self> {
        let mut ends = [0; 2];
        // SAFETY: there is room for two descriptors.
        let pid = unsafe {
            ensure!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) == 0, Error::last_os_error());
            libc::fork()
        };
        ensure!(pid >= 0, Error::last_os_error());
        // SAFETY: the two ends are ours alone.
        let (said, mut speaks) =
            unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
        if pid > 0 {
            return Ok(Self { pid, said });
        }
        // SAFETY: the child has only the thread that forked; it leaves without running what belongs to the parent.
        unsafe {
            libc::alarm(LIMIT);
            std::env::set_var("MAINSPRING_POLL", mode.name());
            // What GLib prints when it gives up is said by the signal already.
            let nowhere = libc::open(c"/dev/null".as_ptr(), libc::O_WRONLY);
            libc::dup2(nowhere, 1);
            libc::dup2(nowhere, 2);
            let result = work(&mut speaks);
            if let Err(error) = &result {
                // Without a reader there is nobody to tell.
                let _ = write!(speaks, "{error:#}");
            }
            libc::_exit(result.is_err().into());
        }
    }

    /// All it said, and the signal that ended it.
    fn finish(mut self) -> Result<(String, Option<i32>)> {
        let mut said = String::new();
        self.said.read_to_string(&mut said)?;
        let mut status = 0;
        // SAFETY: a child of ours that nobody else waits for.
        ensure!(unsafe { libc::waitpid(self.pid, &mut status, 0) } > 0, Error::last_os_error());
        if libc::WIFSIGNALED(status) {
            return Ok((said, Some(libc::WTERMSIG(status))));
        }
        ensure!(libc::WEXITSTATUS(status) == 0, "a program could not be run: {said}");
        Ok((said, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_shown_with_what_came_before() {
        let shown = first_difference("A", "1\n2\n3\n", "B", "1\n2\n4\n").unwrap();
        assert_eq!(shown, "1\n2\nA: 3\nB: 4");
        let shown = first_difference("A", "1\n2\n", "B", "1\n").unwrap();
        assert_eq!(shown, "1\nA: 2\nB: (the end)");
        assert_eq!(first_difference("A", "1\n", "B", "1\n"), None);
    }

    #[test]
    fn a_process_tells_what_it_said_and_how_it_ended() {
        let said = |mode, work: fn(&mut File) -> Result<()>| {
            Child::start(mode, work).unwrap().finish().unwrap()
        };
        let told = said(Mode::Epoll, |pipe| {
            Ok(pipe.write_all(std::env::var("MAINSPRING_POLL")?.as_bytes())?)
        });
        assert_eq!(told, ("epoll".to_owned(), None));
        let ended = said(Mode::Poll, |_| std::process::abort());
        assert_eq!(ended.1, Some(libc::SIGABRT));
    }
}
