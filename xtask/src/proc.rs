//! Running other programs: their output, their time limit, and a message worth reading on failure.

use std::fmt::Write as _;
use std::io::Read;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure, Context, Result};

/// What a program left behind.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// `Ok` if the program ended with status 0; else a message with all it printed.
    pub fn success(self) -> Result<Self> {
        ensure!(self.status.success(), "{}", self.account());
        Ok(self)
    }

    /// How it ended and what it said, for people.
    pub fn account(&self) -> String {
        let mut text = match (self.status.code(), self.status.signal()) {
            (Some(code), _) => format!("exit status {code}"),
            (None, Some(signal)) => format!("killed by signal {signal}"),
            (None, None) => "ended in an unknown way".to_owned(),
        };
        for (name, said) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !said.trim().is_empty() {
                let _ = write!(text, "\n--- {name}\n{}", said.trim_end());
            }
        }
        text
    }
}

/// Short forms for the ways the stages run programs.
pub trait CommandExt {
    /// Runs with our own standard streams; an error names the command.
    fn run(&mut self) -> Result<()>;
    /// Runs to the end, however it ends, and keeps what it prints.
    fn finish(&mut self) -> Result<Finished>;
    /// As `finish`, but kills the program when the time is over.
    fn finish_within(&mut self, limit: Duration) -> Result<Finished>;
    /// What a program that must succeed printed on stdout.
    fn output_text(&mut self) -> Result<String>;
    /// The command as one could type it.
    fn line(&self) -> String;
}

impl CommandExt for Command {
    fn run(&mut self) -> Result<()> {
        let status = self.status().with_context(|| self.line())?;
        ensure!(status.success(), "{}\n{status}", self.line());
        Ok(())
    }

    fn finish(&mut self) -> Result<Finished> {
        let out = self.stdin(Stdio::null()).output().with_context(|| self.line())?;
        Ok(Finished {
            status: out.status,
            stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&out.stderr).into_owned(),
        })
    }

    fn finish_within(&mut self, limit: Duration) -> Result<Finished> {
        let mut child = self
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| self.line())?;
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let Some(status) = wait_until(&mut child, Instant::now() + limit)? else {
            child.kill()?;
            child.wait()?;
            bail!("{}\nnot finished after {limit:?}", self.line());
        };
        Ok(Finished {
            status,
            stdout: stdout.join().unwrap_or_default(),
            stderr: stderr.join().unwrap_or_default(),
        })
    }

    fn output_text(&mut self) -> Result<String> {
        let finished = self.finish()?.success().with_context(|| self.line())?;
        Ok(finished.stdout)
    }

    fn line(&self) -> String {
        let words = std::iter::once(self.get_program()).chain(self.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }
}

/// Drains a pipe on a thread of its own, so that a talkative program never blocks on a full one.
fn collect(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A read error ends the text early; the exit status still tells the story.
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait_until(child: &mut Child, deadline: Instant) -> Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a program of that name is on the path.
pub fn have(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_status_and_words() {
        let finished =
            Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]).finish().unwrap();
        let text = finished.success().unwrap_err().to_string();
        for part in ["exit status 3", "out", "err"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let late = Command::new("sleep").arg("60").finish_within(Duration::from_millis(50));
        assert!(late.unwrap_err().to_string().contains("not finished"));
    }
}
