//! `mainspring check`: what can carry a program, and whose loop a process runs on.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{anyhow, Result};
use mainspring_inspect::{judge, Coverage, Elf, Report, Search, Shelf};

use crate::process::Process;
use crate::{place, script};

/// Answers for a program, or for a process if `named` is a number and no file.
pub fn check(libraries: Option<&Path>, named: &Path) -> Result<ExitCode> {
    let process = named.to_str().and_then(|text| text.parse::<u32>().ok());
    let program = match process.filter(|_| !named.exists()) {
        Some(number) => {
            let process = Process::read(number)?;
            println!("process {number}: {}", process.name.display());
            println!("{}", process.sentence());
            process.program
        }
        None => {
            let program = place::program(named);
            // Here it is no start that fails: there is no telling.
            let code = script::code_of(&program).map_err(|refusal| anyhow!("{refusal}"))?;
            if code != program {
                println!("a script for {}", code.display());
            }
            code
        }
    };
    let program = Elf::read(&program)?;
    let shelf = Shelf::open(&place::libraries(libraries)?)?;
    let report = judge(&program, &shelf, &Search::here())?;
    tell("standalone", &report.standalone);
    tell("overlay", &report.overlay);
    if report.overlay == Coverage::NoGlib {
        println!("  under `mainspring run`, what it loads later gets its loop from the overlay");
    }
    Ok(exit_code(&report))
}

fn tell(question: &str, answer: &Coverage) {
    match answer {
        Coverage::Covered { names } => println!("{question}: yes, with {names} names"),
        Coverage::NoGlib => {
            println!("{question}: no need, nothing here asks for GLib at its start")
        }
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
