//! Twins on another libglib than this machine's: the program made for GLib, plain and with the overlay in front.
//!
//! A libglib may lack functions that a case calls, and one that is older than those the cases have met may do otherwise
//! than they allow. The overlay's loop is the same whatever it stands before, so there it has to do what it does on this
//! machine, where the twins have proved it. Such cases are counted apart.

use std::process::Command;

use anyhow::{ensure, Result};

use super::diff;
use super::programs::{self, Case, Program, Side};
use super::ways::{GRACE, LIMIT, SERIES};
use crate::crew;
use crate::link::OVERLAY;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::root::Root;
use crate::workshop::Workshop;

/// How often a case is run anew that differs: several releases are looked at side by side, and on a machine so busy time
/// decides in some. That the overlay never fails is shown where the twins are run alone.
const AGAIN: u32 = 2;

const BUILD: programs::Build = (Side::Oracle, "gcc");

/// What has become of the cases.
#[derive(Debug, Default)]
pub struct Beside {
    pub same: usize,
    /// With what is different.
    pub differing: Vec<(String, String)>,
    /// Cases in which this libglib does otherwise, or cannot run them, and the overlay does what it does here.
    pub as_here: Vec<String>,
}

enum Outcome {
    Same,
    AsHere,
    Differs(String),
}

/// The programs, made for this machine's libglib.
pub struct Twins(Vec<Program>);

impl Twins {
    pub fn compile(shop: &Workshop) -> Result<Twins> {
        let dir = shop.fresh_dir("twin-beside")?;
        let mut tally = Tally::default();
        let programs =
            programs::compile_all(shop, programs::TWINS, &dir, &[BUILD].into(), None, &mut tally)?;
        ensure!(tally.failed.is_empty(), "does not compile: {}", tally.failed.join("; "));
        Ok(Twins(programs))
    }

    /// Compares all cases in `root`, which sees this machine's build directory. Whether its libglib is older than this
    /// machine's decides whether it may do otherwise.
    pub fn compare(&self, shop: &Workshop, root: &Root, older: bool) -> Result<Beside> {
        compare(shop, &self.0, root, older)
    }
}

fn compare(shop: &Workshop, programs: &[Program], root: &Root, older: bool) -> Result<Beside> {
    let mut cases: Vec<(&Program, &Case)> = Vec::new();
    // What mainspring does alone, and helpers, are not the overlay's.
    for program in programs.iter().filter(|program| !program.name.starts_with("base_")) {
        let twins = program.listed(Side::Oracle).iter().filter(|case| !case.own);
        cases.extend(twins.map(|case| (program, case)));
    }
    let outcomes = crew::each(shop.jobs, &cases, |(program, case)| -> Result<Outcome> {
        let mut outcome = judge(shop, root, program, case, older)?;
        for _ in 0..AGAIN {
            match outcome {
                Outcome::Differs(_) => outcome = judge(shop, root, program, case, older)?,
                _ => break,
            }
        }
        Ok(outcome)
    });
    let mut found = Beside::default();
    for ((program, case), outcome) in cases.iter().zip(outcomes) {
        let name = program.name_of(case);
        match outcome? {
            Outcome::Same => found.same += 1,
            Outcome::AsHere => found.as_here.push(name),
            Outcome::Differs(why) => found.differing.push((name, why)),
        }
    }
    Ok(found)
}

fn judge(
    shop: &Workshop,
    root: &Root,
    program: &Program,
    case: &Case,
    older: bool,
) -> Result<Outcome> {
    let run = |root: Option<&Root>, overlay: bool| {
        let mut command = Command::new(program.binary(BUILD)?);
        command.arg(&case.name).env("TWIN_LIMIT", LIMIT.as_secs().to_string());
        programs::surround(&mut command, shop, Side::Oracle);
        if overlay {
            command.env("LD_PRELOAD", shop.stage_lib().join(OVERLAY.soname));
            command.env("TWIN_LOOP", SERIES);
        }
        let command = match root {
            Some(root) => &mut root.inside(&command, None),
            None => &mut command,
        };
        command.finish_within(LIMIT + GRACE)
    };
    let plain = run(Some(root), false)?;
    let overlay = run(Some(root), true)?;
    if plain.status.success() && overlay.status.success() && plain.stdout == overlay.stdout {
        return Ok(Outcome::Same);
    }
    if older && overlay.status.success() && overlay.stdout == run(None, true)?.stdout {
        return Ok(Outcome::AsHere);
    }
    Ok(Outcome::Differs(match (plain.status.success(), overlay.status.success()) {
        (true, true) => diff::unified("GLib", &plain.stdout, "overlay", &overlay.stdout),
        (_, false) => format!("overlay: {}", overlay.account()),
        (false, true) => format!("GLib: {}", plain.account()),
    }))
}
