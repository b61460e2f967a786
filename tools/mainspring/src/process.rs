//! A process: its program, and which libraries with a main loop it has loaded.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{anyhow, bail, Result};

/// A process that runs a program.
#[derive(Debug)]
pub struct Process {
    /// The program's name, which may be one that has been deleted since.
    pub name: PathBuf,
    /// Where the program can be read.
    pub program: PathBuf,
    maps: String,
}

impl Process {
    /// The error says in a line why there is nothing to be said.
    pub fn read(number: u32) -> Result<Self> {
        let folder = PathBuf::from(format!("/proc/{number}"));
        let told = |error: std::io::Error| match error.kind() {
            ErrorKind::PermissionDenied => {
                anyhow!("process {number} is another user's: only they and root may see what it has loaded")
            }
            // In the middle of its end.
            _ => anyhow!("process {number} is not there"),
        };
        let status = fs::read_to_string(folder.join("status")).map_err(told)?;
        if let Some(why) = without_program(&status) {
            bail!("process {number} {why}");
        }
        let program = folder.join("exe");
        let name = fs::read_link(&program).map_err(told)?;
        let maps = fs::read_to_string(folder.join("maps")).map_err(told)?;
        // Under its name its libraries are found beside it; it may be another file by now, or in another file system.
        let program = if is_same(&name, &program) { name.clone() } else { program };
        Ok(Self { name, program, maps })
    }

    /// Whose loop it runs on.
    pub fn sentence(&self) -> String {
        Loaded::read(&self.maps).sentence()
    }
}

fn is_same(one: &PathBuf, other: &PathBuf) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path| fs::metadata(path).map(|about| (about.dev(), about.ino())).ok();
    identity(one).is_some_and(|found| Some(found) == identity(other))
}

/// Why a process of this status has no program.
fn without_program(status: &str) -> Option<&'static str> {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if field("State:").is_some_and(|state| state.starts_with('Z')) {
        return Some("has ended, and nobody has taken note of it yet");
    }
    // It has no memory of its own.
    field("VmSize:").is_none().then_some("is one of the kernel's own and has no program")
}

/// The libraries that a loop may come from, as a process has them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Loaded<'a> {
    libglib: Option<&'a str>,
    overlay: Option<&'a str>,
    standalone: Option<&'a str>,
}

impl<'a> Loaded<'a> {
    /// From the text of `/proc/PID/maps`.
    fn read(maps: &'a str) -> Self {
        let mut loaded = Self::default();
        // Five fields, then the path, which may hold spaces.
        for path in maps.lines().filter_map(|line| line.find('/').map(|at| &line[at..])) {
            let name = path.rsplit('/').next().unwrap_or_default();
            let place = match name {
                _ if name.starts_with("libglib-2.0.so") => &mut loaded.libglib,
                _ if name.starts_with("libmainspring-overlay.so") => &mut loaded.overlay,
                _ if name.starts_with("libmainspring.so") => &mut loaded.standalone,
                _ => continue,
            };
            *place = Some(path);
        }
        loaded
    }

    fn sentence(&self) -> String {
        match (self.standalone, self.overlay, self.libglib) {
            (Some(path), _, _) => format!("runs on mainspring: {path}"),
            (None, Some(path), Some(libglib)) => {
                format!("runs on mainspring: {path} in front of {libglib}")
            }
            (None, Some(path), None) => format!("has {path}, but no libglib"),
            (None, None, Some(path)) => format!("runs on GLib: {path}"),
            (None, None, None) => "has no GLib loaded".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_process_or_has_no_program_is_told() {
        let told = |number| Process::read(number).err().map(|error| error.to_string());
        assert_eq!(told(u32::MAX).unwrap(), "process 4294967295 is not there");
        assert_eq!(told(std::process::id()), None);
        let why = |status: &str| without_program(status).unwrap_or("nothing");
        assert_eq!(
            why("Name:\tx\nState:\tZ (zombie)\n"),
            "has ended, and nobody has taken note of it yet"
        );
        assert_eq!(why("State:\tS (sleeping)\nVmSize:\t12 kB\n"), "nothing");
        assert_eq!(
            why("State:\tI (idle)\nThreads:\t1\n"),
            "is one of the kernel's own and has no program"
        );
    }

    #[test]
    fn a_process_runs_on_what_it_has_loaded() {
        let line = |path: &str| format!("7f00-7f01 r-xp 00000000 fe:00 12   {path}\n");
        let glib = line("/usr/lib/libglib-2.0.so.0.7400.6");
        let overlay = line("/opt/my tree/libmainspring-overlay.so.0.1.0");
        let said = |maps: &str| Loaded::read(maps).sentence();
        assert_eq!(said(&glib), "runs on GLib: /usr/lib/libglib-2.0.so.0.7400.6");
        assert_eq!(
            said(&(overlay + &glib)),
            "runs on mainspring: /opt/my tree/libmainspring-overlay.so.0.1.0 in front of \
             /usr/lib/libglib-2.0.so.0.7400.6"
        );
        assert_eq!(
            said(&line("/opt/libmainspring.so.0.1.0")),
            "runs on mainspring: /opt/libmainspring.so.0.1.0"
        );
        assert_eq!(said("7f00-7f01 rw-p 0 00:00 0\n"), "has no GLib loaded");
    }
}
