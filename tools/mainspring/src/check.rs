//! `mainspring check`: what can carry a program, and whose loop a process runs on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use mainspring_inspect::{judge, Coverage, Elf, Report, Search, Shelf};

use crate::place;

/// Answers for a program, or for a process if `named` is a number and no file.
pub fn check(libraries: Option<&Path>, named: &Path) -> Result<ExitCode> {
    let process = named.to_str().and_then(|text| text.parse::<u32>().ok());
    let program = match process.filter(|_| !named.exists()) {
        Some(process) => look_at(process)?,
        None => place::program(named),
    };
    let program = Elf::read(&program)?;
    let shelf = Shelf::open(&place::libraries(libraries)?)?;
    let report = judge(&program, &shelf, &Search::here())?;
    tell("standalone", &report.standalone);
    tell("overlay", &report.overlay);
    Ok(exit_code(&report))
}

/// Says what a process has loaded; gives its program.
fn look_at(process: u32) -> Result<PathBuf> {
    let folder = PathBuf::from(format!("/proc/{process}"));
    let told = || format!("process {process} is not there, or somebody else's");
    let program = fs::read_link(folder.join("exe")).with_context(told)?;
    let maps = fs::read_to_string(folder.join("maps")).with_context(told)?;
    println!("process {process}: {}", program.display());
    let whose = Loaded::read(&maps);
    println!("{}", whose.sentence());
    Ok(program)
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

fn tell(question: &str, answer: &Coverage) {
    match answer {
        Coverage::Covered { names } => println!("{question}: yes, with {names} names"),
        Coverage::NoGlib => println!("{question}: no need, nothing here asks for GLib"),
        Coverage::NotInstalled => println!("{question}: not installed"),
        Coverage::Lacking(gaps) => {
            println!("{question}: no");
            for gap in gaps {
                println!("  {gap}");
            }
        }
    }
}

fn exit_code(report: &Report) -> ExitCode {
    let nothing_to_do = report.standalone == Coverage::NoGlib;
    match (report.standalone.covers() || nothing_to_do, report.overlay.covers()) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(1),
        (false, false) => ExitCode::from(3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
