//! One run of one example: started under the observer, watched while data flows, and measured.
//!
//! Bytes come from the reader, times from the kernel's account of the process, what happened between
//! loop and socket from the observer (`observer.c`). What the figures ought to be stands in
//! `account.rs`.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure, Context, Result};

use super::examples::Library;
use super::reader::Reader;

/// A run in which no byte arrives for so long has failed.
const STANDSTILL: Duration = Duration::from_secs(20);

/// How often the progress is looked at.
const BEAT: Duration = Duration::from_millis(5);

/// What the observer saw.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// How often the program or its loop asked whether the socket was writable.
    pub looks: u64,
    /// Busy runs right after a look that found the socket full.
    pub busy_full: u64,
    /// Busy runs although the last look had found the socket writable.
    pub busy_writable: u64,
    /// Busy runs without a look since the one before.
    pub busy_unlooked: u64,
}

impl Observed {
    /// Reads the observer's one line.
    fn parse(line: &str) -> Option<Self> {
        let figures: Vec<u64> =
            line.split_whitespace().map_while(|word| word.parse().ok()).collect();
        let [looks, busy_full, busy_writable, busy_unlooked] = figures[..] else {
            return None;
        };
        Some(Self { looks, busy_full, busy_writable, busy_unlooked })
    }

    pub fn busy(&self) -> u64 {
        self.busy_full + self.busy_writable + self.busy_unlooked
    }
}

/// The figures of one run.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub received: u64,
    pub wall: Duration,
    pub cpu: Duration,
    /// Busy runs by the program's own count.
    pub busy: u64,
    pub observed: Observed,
}

/// A program ready to be run.
#[derive(Debug)]
pub struct Run<'a> {
    pub program: &'a Path,
    pub library: &'a Library,
    pub observer: &'a Path,
    /// Where the observer writes.
    pub report: PathBuf,
    /// The size of the payload.
    pub bytes: u64,
}

impl Run<'_> {
    /// Runs it to its end; `progress` is told the number of bytes received, again and again.
    pub fn measure(&self, progress: impl FnMut(u64)) -> Result<Figures> {
        let reader = Reader::start()?;
        let began = Instant::now();
        let mut child = self
            .library
            .command(self.program)
            .args([reader.port.to_string(), self.bytes.to_string()])
            .env("LD_PRELOAD", self.observer)
            .env("JOB_OBSERVER_REPORT", &self.report)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))?;

        let ended = wait(&mut child, &reader, progress);
        let wall = began.elapsed();
        let (stdout, stderr) = (text(child.stdout.take()), text(child.stderr.take()));
        let (status, cpu) = match ended {
            Ok((status, cpu)) if status.success() => (status, cpu),
            Ok((status, _)) => {
                reader.give_up();
                bail!("{}; {status}", stderr.trim().replace('\n', "; "));
            }
            Err(error) => {
                reader.give_up();
                return Err(error);
            }
        };
        ensure!(stderr.is_empty(), "{status}, but it complains: {}", stderr.trim());

        let report =
            std::fs::read_to_string(&self.report).context("the observer left no report")?;
        Ok(Figures {
            received: reader.finish()?,
            wall,
            cpu,
            busy: busy_runs(&stdout).with_context(|| format!("no report line in {stdout:?}"))?,
            observed: Observed::parse(&report)
                .with_context(|| format!("not an observer's report: {report:?}"))?,
        })
    }
}

/// The figure at the end of the programs' own report line.
fn busy_runs(stdout: &str) -> Option<u64> {
    stdout.trim_end().rsplit_once(", busy runs ")?.1.parse().ok()
}

/// What is left in a pipe whose writer has ended.
fn text(pipe: Option<impl io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // A read error ends the text early; the exit status still tells the story.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn wait(
    child: &mut Child,
    reader: &Reader,
    mut progress: impl FnMut(u64),
) -> Result<(ExitStatus, Duration)> {
    let (mut received, mut moved) = (0, Instant::now());
    loop {
        if let Some(ended) = ended(child)? {
            return Ok(ended);
        }
        let now = reader.received();
        if now != received {
            (received, moved) = (now, Instant::now());
            progress(received);
        }
        if moved.elapsed() > STANDSTILL {
            child.kill()?;
            child.wait()?;
            bail!("stood still for {STANDSTILL:?} after {received} bytes");
        }
        thread::sleep(BEAT);
    }
}

/// Reaps the child if it has ended, with the CPU time it used: the one thing that
/// `Child::try_wait` does not tell. After that `child` must not be waited for or killed any more.
fn ended(child: &Child) -> io::Result<Option<(ExitStatus, Duration)>> {
    let pid = libc::pid_t::try_from(child.id()).expect("a process id is a pid_t");
    let mut status = 0;
    // SAFETY: a rusage is plain numbers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both places live through the call; the pid is a child of ours that is not yet reaped.
    match unsafe { libc::wait4(pid, &mut status, libc::WNOHANG, &mut usage) } {
        0 => Ok(None),
        -1 => Err(io::Error::last_os_error()),
        _ => {
            let cpu = duration(usage.ru_utime) + duration(usage.ru_stime);
            Ok(Some((ExitStatus::from_raw(status), cpu)))
        }
    }
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let micros = u64::try_from(time.tv_usec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn the_observers_line_is_read_as_a_whole_or_not_at_all() {
        let seen = Observed::parse("10 7 2 1\n").unwrap();
        assert_eq!((seen.looks, seen.busy()), (10, 10));
        assert_eq!(seen.busy_writable, 2);
        for bad in ["", "1 2 3", "1 2 3 x", "1 2 3 4 5"] {
            assert_eq!(Observed::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_busy_runs_are_read_off_the_report_line() {
        assert_eq!(busy_runs("poll: wrote 4 bytes in 0.1 s, CPU 0.1 s, busy runs 42\n"), Some(42));
        assert_eq!(busy_runs("poll: connect: refused\n"), None);
    }

    #[test]
    #[expect(clippy::zombie_processes, reason = "`ended` is what reaps it")]
    fn a_child_is_reaped_with_its_status_and_its_time() {
        let child = Command::new("sh")
            .args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 3"])
            .spawn()
            .unwrap();
        let (status, cpu) = loop {
            match ended(&child).unwrap() {
                Some(ended) => break ended,
                None => thread::sleep(BEAT),
            }
        };
        assert_eq!(status.code(), Some(3));
        assert!(cpu > Duration::ZERO);
    }
}
