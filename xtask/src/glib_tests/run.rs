//! Running one of GLib's test programs: in a home, a runtime directory and on a session bus of its
//! own, for a limited time, with nothing left behind.
//!
//! What is printed goes into files, because programs leave servers behind that would keep a pipe open;
//! those end with the program's process group. Only the program itself is run under the overlay, not
//! the bus beside it. All of it may happen in the file system of another release (`crate::root`).

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{ensure, Context, Result};

use super::report::{Report, NO_END};
use super::Program;
use crate::link::OVERLAY;
use crate::proc::CommandExt as _;
use crate::root::Root;
use crate::workshop::Workshop;

pub const FOLDER: &str = "/usr/libexec/installed-tests/glib";

/// Programs that on libglib alone do not end now and then, and how often such a run is repeated, on either side.
///
/// `thread-pool-slow` sleeps and looks, from a callback of the main loop, until a pool's count of threads is what it
/// expects; on a busy machine the threads may be gone before. Backtraces of such a run show that sleep, and one thread
/// of the pool waiting for work; nothing of the loop's is waited for.
const ENDLESS: [(&str, u32); 1] = [("thread-pool-slow", 2)];
/// After this time such a run is given up.
const ENDLESS_LIMIT: Duration = Duration::from_secs(180);

/// Where programs are run.
pub struct Surroundings<'a> {
    dir: PathBuf,
    overlay: PathBuf,
    /// Where the programs and all they need are, if not here.
    root: Option<&'a Root>,
}

/// Counts the runs of this process, whatever they are for: their homes lie in one folder.
static NEXT: AtomicU32 = AtomicU32::new(0);

impl<'a> Surroundings<'a> {
    /// What the programs say goes into the directory called `name`.
    pub fn new(shop: &Workshop, name: &str, root: Option<&'a Root>) -> Result<Self> {
        let dir = shop.fresh_dir(name)?;
        let overlay = shop.stage_lib().join(OVERLAY.soname);
        ensure!(overlay.exists(), "{} is missing", overlay.display());
        Ok(Self { dir, overlay, root })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs a program, plain or under the overlay.
    pub fn run(&self, program: &Program, overlay: bool) -> Result<Report> {
        let again = ENDLESS.iter().filter(|(name, _)| *name == program.name);
        for _ in 0..again.map(|(_, times)| *times).sum() {
            let report = self.run_once(program, overlay, program.limit.min(ENDLESS_LIMIT))?;
            if report.has_ended() {
                return Ok(report);
            }
        }
        self.run_once(program, overlay, program.limit)
    }

    fn run_once(&self, program: &Program, overlay: bool, limit: Duration) -> Result<Report> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Sockets are made in it, whose paths must be short.
        let name = format!("mainspring-{}-{number}", std::process::id());
        let home = std::env::temp_dir().join(name);
        let told = || format!("running {}", program.name);
        fs::DirBuilder::new().mode(0o700).create(&home).with_context(told)?;
        let said = self.dir.join(format!("{number}-{}", program.name));
        let mut command = self.inside(self.command(program, overlay, &home), &home);
        // Apart, for the bus and others on standard error break into lines.
        let complaints = said.with_extension("stderr");
        command.stdin(std::process::Stdio::null());
        command.stdout(fs::File::create(&said)?).stderr(fs::File::create(&complaints)?);
        let mut child = command.process_group(0).spawn().with_context(told)?;
        let ended = wait(&mut child, limit);
        // SAFETY: the group of a child that was made just now.
        unsafe { libc::kill(-(child.id() as i32), libc::SIGKILL) };
        child.wait().with_context(told)?;
        let ending = ended.with_context(told)?.map_or_else(|| NO_END.to_owned(), ending);
        // What cannot be removed lies among temporary files.
        let _ = fs::remove_dir_all(&home);
        let mut text = fs::read(&said)?;
        text.push(b'\n');
        text.extend(fs::read(&complaints)?);
        Ok(Report::read(String::from_utf8_lossy(&text).into_owned(), ending))
    }

    /// Whether a program that is run as these are has its loop from us.
    pub fn takes_the_overlay(&self) -> Result<()> {
        let mut command = Command::new(Path::new(FOLDER).join("mainloop"));
        command.arg("-l").env("LD_PRELOAD", &self.overlay).env("MAINSPRING_OVERLAY", "verbose");
        let said = self.inside(command, &self.dir).finish()?.stderr;
        ensure!(said.contains("runs the loop of this program"), "it says {said:?}");
        Ok(())
    }

    fn inside(&self, command: Command, home: &Path) -> Command {
        match self.root {
            Some(root) => root.inside(&command, Some(home)),
            None => command,
        }
    }

    fn command(&self, program: &Program, overlay: bool, home: &Path) -> Command {
        let beside = program.beside.as_ref().map(|library| Path::new(FOLDER).join(library));
        let libraries = overlay.then(|| self.overlay.clone()).into_iter().chain(beside);
        let preload: Vec<_> = libraries.map(|library| library.display().to_string()).collect();

        let mut command = Command::new("dbus-run-session");
        command.args(["--", "env", &format!("LD_PRELOAD={}", preload.join(":"))]);
        command.arg(Path::new(FOLDER).join(&program.name)).args(&program.arguments);
        command.current_dir(home).env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        command.env("LC_ALL", "C.UTF-8").env("XDG_RUNTIME_DIR", home).env("TMPDIR", home);
        for (variable, below) in [
            ("HOME", ""),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ] {
            command.env(variable, home.join(below));
        }
        command
    }
}

/// Waits for the end, but not for ever.
fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        sleep(Duration::from_millis(10));
    }
    Ok(None)
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, signal) => format!("signal {}", signal.unwrap_or_default()),
    }
}
