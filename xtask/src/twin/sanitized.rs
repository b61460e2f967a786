//! The cases on a library that is watched by a sanitizer: no report, and the trace that GLib gives.
//!
//! Each case is a process of its own. What the sanitizer is, `sanitize/` knows; here it is options for
//! the compiler, variables for the run, and a folder where a report is a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{bail, ensure, Result};

use super::diff;
use super::programs::{self, Case, Extra, Program, Side};
use super::ways::{trace_of, REFERENCE};
use crate::crew;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

/// Seconds for one case: a watched process is slow.
const LIMIT: u64 = 120;

/// Variables for a process.
pub type Variables = Vec<(&'static str, String)>;

/// Has the library give back memory at once, so that who watches memory sees it used after that.
pub const NOTHING_KEPT: (&str, &str) = ("G_SLICE", "always-malloc");

/// How cases are watched.
pub struct Watch<'a> {
    /// How reports of differences call it.
    pub name: &'a str,
    pub compiler: &'static str,
    pub extra: Extra,
    /// Variables for a run whose reports go to files that begin with the path; the case leaks if told.
    pub environment: &'a (dyn Fn(&Path, bool) -> Variables + Sync),
    /// What was reported so.
    pub reports: &'a (dyn Fn(&Path) -> Result<String> + Sync),
    /// Whether a case, as `program/case`, is watched.
    pub case: &'a (dyn Fn(&str) -> bool + Sync),
    pub filter: Option<&'a str>,
}

/// Compiles the programs of these names in `dir` and runs their cases; needs the watched library in the
/// stage.
pub fn run(shop: &Workshop, dir: &Path, names: &[String], watch: &Watch) -> Result<Tally> {
    let mut tally = Tally::default();
    let builds = [(Side::Mainspring, watch.compiler), (REFERENCE.side, REFERENCE.compiler)];
    let programs = programs::compile(
        shop,
        programs::TWINS,
        dir,
        &builds.into(),
        names,
        &watch.extra,
        &mut tally,
    )?;
    let mut chosen = super::cases(&programs);
    chosen.retain(|(program, case)| {
        case.matches(&program.name, watch.filter) && (watch.case)(&program.name_of(case))
    });
    let outcomes =
        crew::each(shop.jobs, &chosen, |(program, case)| judge(shop, dir, program, case, watch));
    for ((program, case), outcome) in chosen.iter().zip(outcomes) {
        tally.check(&program.name_of(case), outcome.map_err(|error| format!("{error:#}")));
    }
    Ok(tally)
}

fn judge(shop: &Workshop, dir: &Path, program: &Program, case: &Case, watch: &Watch) -> Result<()> {
    let folder: PathBuf = dir.join(format!("{}.{}", program.name, case.name));
    fs::create_dir_all(&folder)?;
    let reports = folder.join("report");
    let mut command = Command::new(program.binary((Side::Mainspring, watch.compiler))?);
    command.arg(&case.name).env("TWIN_LIMIT", LIMIT.to_string());
    programs::surround(&mut command, shop, Side::Mainspring);
    command.envs((watch.environment)(&reports, case.leaks));
    let finished = command.finish_within(Duration::from_secs(LIMIT + 5))?;
    let said = (watch.reports)(&reports)?;
    if !said.is_empty() {
        bail!("{}", said.lines().take(80).collect::<Vec<_>>().join("\n"));
    }
    ensure!(finished.status.success(), "{}", finished.account());
    if case.own {
        return Ok(());
    }
    let expected = trace_of(shop, program, case, &REFERENCE)?;
    if expected != finished.stdout {
        bail!("{}", diff::unified(REFERENCE.name, &expected, watch.name, &finished.stdout));
    }
    Ok(())
}
