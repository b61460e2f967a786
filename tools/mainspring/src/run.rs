//! `mainspring run`: starts a program with the overlay preloaded.
//!
//! What the dynamic linker would refuse, or silently leave out, is told before, in one line: a program
//! that carries its libraries in itself, one that runs with another user's rights, one for another
//! machine. Of a script its interpreter is looked at.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use mainspring_inspect::{judge, Coverage, Elf, Search, Shelf};

use crate::place;

const GLIB: &str = "libglib-2.0.so.0";

const SET_USER: u32 = 0o4000;
const SET_GROUP: u32 = 0o2000;

/// Why a program is not started, with the exit status shells give in such a case.
#[derive(Debug)]
pub struct Refusal {
    reason: String,
    status: u8,
}

impl Refusal {
    pub fn status(&self) -> u8 {
        self.status
    }

    fn absent(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), status: 127 }
    }

    fn unfit(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), status: 126 }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refusal {}

/// Becomes the program; returns only if that cannot be.
pub fn run(libraries: Option<&Path>, verbose: bool, words: &[OsString]) -> Result<ExitCode> {
    let (name, arguments) = words.split_first().context("no program is named")?;
    let folder = std::path::absolute(place::libraries(libraries)?)?;
    let shelf = Shelf::open(&folder)?;
    let overlay = shelf.overlay.as_ref().context("the overlay is not installed")?;
    let preload = preload(&overlay.path)?;

    let program = place::program(Path::new(name));
    let code = code_of(&program)?;
    let elf = Elf::read(&code).map_err(|error| Refusal::unfit(format!("{error:#}")))?;
    own_rights(&code)?;
    let report = judge(&elf, &shelf, &Search::here());
    match report.map_err(|error| Refusal::unfit(format!("{error:#}")))?.overlay {
        Coverage::Lacking(gaps) => {
            let gaps: Vec<String> = gaps.iter().map(ToString::to_string).collect();
            let reason =
                format!("{} cannot take the overlay: {}", program.display(), gaps.join("; "));
            return Err(Refusal::unfit(reason).into());
        }
        Coverage::NoGlib if code == program => eprintln!(
            "mainspring: {} asks for no libglib at its start; what it loads later gets the overlay",
            program.display()
        ),
        _ => {}
    }

    if Search::here().find(GLIB, overlay, &[]).is_none() {
        let reason =
            format!("there is no {GLIB} on this machine, before which the overlay could stand");
        return Err(Refusal::unfit(reason).into());
    }

    let mut command = Command::new(&program);
    command.arg0(name).args(arguments).env("LD_PRELOAD", preload);
    if verbose {
        command.env("MAINSPRING_OVERLAY", "verbose");
    }
    let error = command.exec();
    Err(Refusal::unfit(format!("{}: {error}", program.display())).into())
}

/// The overlay in front of what is preloaded already.
fn preload(overlay: &Path) -> Result<OsString> {
    let path = overlay.to_str().filter(|path| !path.contains([' ', ':']));
    let path = path.with_context(|| {
        format!(
            "{}: the dynamic linker preloads no path with a space or a colon",
            overlay.display()
        )
    })?;
    let mut list = OsString::from(path);
    if let Some(others) = env::var_os("LD_PRELOAD").filter(|others| !others.is_empty()) {
        list.push(":");
        list.push(others);
    }
    Ok(list)
}

/// The file whose code is run: the program's own, or a script's interpreter.
fn code_of(program: &Path) -> Result<PathBuf, Refusal> {
    let bytes = fs::read(program).map_err(|error| {
        let name = program.display();
        match error.kind() {
            ErrorKind::NotFound => Refusal::absent(format!("{name}: no such program")),
            ErrorKind::IsADirectory => Refusal::unfit(format!("{name}: is a directory")),
            _ => Refusal::unfit(format!("{name}: {error}")),
        }
    })?;
    let Some(line) = bytes.strip_prefix(b"#!") else {
        return Ok(program.to_path_buf());
    };
    let line = line.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    // `env` looks for the real one.
    let real = words.find(|word| !word.starts_with('-') && !word.contains('='));
    let interpreter = match (first.ends_with("/env"), real) {
        (true, Some(name)) => place::program(Path::new(name)),
        _ => PathBuf::from(first),
    };
    match fs::read(&interpreter) {
        // A script may be run by a script.
        Ok(bytes) if bytes.starts_with(b"#!") && interpreter != program => code_of(&interpreter),
        Ok(_) => Ok(interpreter),
        Err(error) => {
            let (program, interpreter) = (program.display(), interpreter.display());
            Err(Refusal::absent(format!("{program} is a script for {interpreter}: {error}")))
        }
    }
}

/// The dynamic linker preloads nothing into a program that gets somebody else's rights.
fn own_rights(program: &Path) -> Result<(), Refusal> {
    let told = |error: std::io::Error| Refusal::unfit(format!("{}: {error}", program.display()));
    let (of_program, of_us) =
        (fs::metadata(program).map_err(told)?, fs::metadata("/proc/self").map_err(told)?);
    let mode = of_program.mode();
    let other_user = mode & SET_USER != 0 && of_program.uid() != of_us.uid();
    let other_group = mode & SET_GROUP != 0 && of_program.gid() != of_us.gid();
    match (other_user, other_group) {
        (false, false) => Ok(()),
        _ => Err(Refusal::unfit(format!(
            "{} runs with another {}'s rights: nothing can be preloaded into it",
            program.display(),
            if other_user { "user" } else { "group" }
        ))),
    }
}
