//! `mainspring run`: starts a program with the overlay preloaded.
//!
//! What the dynamic linker would refuse, or silently leave out, is told before, in one line: a program
//! that carries its libraries in itself, one that gets rights by its file (`rights`), one for another
//! machine or another C library. Of a script its interpreter is looked at (`script`).

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use mainspring_inspect::{judge, Coverage, Elf, Search, Shelf};

use crate::refusal::Refusal;
use crate::{place, rights, script};

const GLIB: &str = "libglib-2.0.so.0";

/// How the file names of our overlays begin.
const OVERLAYS: &str = "libmainspring-overlay.so";

/// Becomes the program; returns only if that cannot be.
pub fn run(libraries: Option<&Path>, verbose: bool, words: &[OsString]) -> Result<ExitCode> {
    let (name, arguments) = words.split_first().context("no program is named")?;
    let folder = std::path::absolute(place::libraries(libraries)?)?;
    let shelf = Shelf::open(&folder)?;
    let overlay = shelf.overlay.as_ref().context("the overlay is not installed")?;
    let preload = preload(&overlay.path)?;

    let program = place::program(Path::new(name));
    let code = script::code_of(&program)?;
    rights::may_be_run(&program)?;
    let elf = Elf::read(&code).map_err(|error| Refusal::unfit(format!("{error:#}")))?;
    same_linker(&elf, overlay)?;
    rights::are_ours(&code)?;
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

/// The program's dynamic linker has to be there, and of the C library that the overlay is linked with.
fn same_linker(program: &Elf, overlay: &Elf) -> Result<(), Refusal> {
    let Some(linker) = &program.interpreter else { return Ok(()) };
    let (name, linker_name) = (program.path.display(), linker.display());
    if !linker.exists() {
        let reason = format!("{name} wants the dynamic linker {linker_name}, which is not there");
        return Err(Refusal::absent(reason));
    }
    // An overlay for musl asks for musl's library and for no libc.so.6.
    let is_musl = |name: &str| name.contains("musl");
    let of_musl = linker.file_name().is_some_and(|file| is_musl(&file.to_string_lossy()));
    let overlay_of_musl = overlay.needed.iter().any(|needed| is_musl(needed));
    if of_musl != overlay_of_musl {
        return Err(Refusal::unfit(format!(
            "{name} runs on another C library than the overlay: its dynamic linker is {linker_name}"
        )));
    }
    Ok(())
}

/// The overlay in front of what is preloaded already, but for overlays.
fn preload(overlay: &Path) -> Result<OsString> {
    let path = overlay.to_str().filter(|path| !path.contains([' ', ':']));
    let path = path.with_context(|| {
        format!(
            "{}: the dynamic linker preloads no path with a space or a colon",
            overlay.display()
        )
    })?;
    let others = env::var("LD_PRELOAD").unwrap_or_default();
    Ok(list(path, &others).into())
}

fn list(overlay: &str, others: &str) -> String {
    let is_overlay =
        |path: &&str| path.rsplit('/').next().is_some_and(|name| name.starts_with(OVERLAYS));
    let others = others.split([' ', ':']).filter(|path| !path.is_empty() && !is_overlay(path));
    std::iter::once(overlay).chain(others).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn what_was_preloaded_stays_behind_the_overlay_and_overlays_do_not_pile_up() {
        let ours = "/lib/libmainspring-overlay.so.0";
        assert_eq!(list(ours, ""), ours);
        assert_eq!(list(ours, "/a.so b.so"), format!("{ours}:/a.so:b.so"));
        assert_eq!(list(ours, &format!("{ours}:/a.so")), format!("{ours}:/a.so"));
        assert_eq!(list(ours, "/old/libmainspring-overlay.so.0.0.9"), ours);
    }
}
