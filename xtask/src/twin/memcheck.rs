//! The cases under valgrind: no errors, nothing lost, and the trace that GLib gives.
//!
//! Starting valgrind costs more than most cases do, so each program is started once and forks a
//! child for every case (`--each` in `tests/twin/twin.c`). Descriptors need no watching here: every
//! case counts its own at the end. `possibly lost` is no error: Rust holds some tables by pointers
//! into their middle, and C holds a source by its public part; what is really lost has no pointer.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{bail, Context, Result};

use super::diff;
use super::programs::{self, Case, Program};
use super::sanitized::NOTHING_KEPT;
use super::ways::{trace_of, REFERENCE, WATCHED};
use crate::crew;
use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

/// Seconds for one case; valgrind makes everything slower.
const CASE_LIMIT: u64 = 120;
const PROGRAM_LIMIT: Duration = Duration::from_secs(600);
/// What valgrind makes of the exit status of a child with errors.
const ERRORS: i32 = 99;

/// Programs, or cases, that valgrind cannot run, each with the reason, which is printed.
const UNWATCHED: [(&str, &str); 4] = [
    ("child_watch/", "valgrind knows no pidfd_open, so the library would take its other way"),
    ("child_lost/", "the same"),
    ("hostile_limits/", "valgrind finds descriptors where the limit leaves none"),
    (
        "process/child_of_a_sleeping_parent_leaves_it_asleep",
        "valgrind's own signals end a sleep now and then",
    ),
];

/// Whether a `program/case` is watched.
pub fn is_watched(name: &str) -> bool {
    UNWATCHED.iter().all(|(unwatched, _)| !name.starts_with(unwatched))
}

/// Names what is not run here, and why.
pub fn say_unwatched() {
    for (name, why) in UNWATCHED {
        println!("  not under valgrind: {name}: {why}");
    }
}

/// Runs the chosen cases and judges each; results stand where the cases stand.
pub fn judge_all(
    shop: &Workshop,
    dir: &Path,
    programs: &[Program],
    chosen: &[(&Program, &Case)],
) -> Result<Vec<Result<()>>> {
    // Cases that leak on purpose are watched for errors only.
    let runs: Vec<(&Program, bool)> =
        programs.iter().flat_map(|program| [(program, false), (program, true)]).collect();
    let batches = crew::each(shop.jobs, &runs, |(program, leaks)| {
        let mine =
            chosen.iter().filter(|(of, case)| of.name == program.name && case.leaks == *leaks);
        let names: Vec<&str> = mine.map(|(_, case)| case.name.as_str()).collect();
        run_batch(shop, dir, program, &names, *leaks)
    });
    let mut statuses = HashMap::new();
    for ((program, _), batch) in runs.iter().zip(batches) {
        for (case, status) in batch? {
            statuses.insert((program.name.clone(), case), status);
        }
    }
    let judge = |(program, case): &(&Program, &Case)| {
        let key = (program.name.clone(), case.name.clone());
        judge(shop, &folder(dir, program), program, case, statuses.get(&key).copied())
    };
    Ok(crew::each(shop.jobs, chosen, judge))
}

fn folder(dir: &Path, program: &Program) -> PathBuf {
    dir.join(format!("{}.cases", program.name))
}

/// The cases' exit statuses.
fn run_batch(
    shop: &Workshop,
    dir: &Path,
    program: &Program,
    names: &[&str],
    leaks: bool,
) -> Result<Vec<(String, i32)>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let folder = folder(dir, program);
    fs::create_dir_all(&folder)?;
    let mut command = Command::new("valgrind");
    command
        .args(["--quiet", "--fair-sched=yes", "--errors-for-leak-kinds=definite,indirect"])
        .arg(format!("--suppressions={}", shop.root.join("tests/twin/valgrind.supp").display()))
        .arg(format!("--error-exitcode={ERRORS}"))
        .arg(format!("--leak-check={}", if leaks { "no" } else { "full" }))
        .arg(format!("--log-file={}", folder.join("valgrind.%p").display()))
        .arg(program.binary((WATCHED.side, WATCHED.compiler))?)
        .arg("--each")
        .arg(&folder)
        .args(names)
        .env("TWIN_LIMIT", CASE_LIMIT.to_string());
    programs::surround(&mut command, shop, WATCHED.side);
    command.env(NOTHING_KEPT.0, NOTHING_KEPT.1);
    let finished = command.finish_within(PROGRAM_LIMIT)?.success()?;
    let status = |line: &str| {
        let (name, status) = line.split_once('\t')?;
        Some((name.to_owned(), status.parse().ok()?))
    };
    finished
        .stdout
        .lines()
        .map(|line| status(line).with_context(|| format!("not a status: {line:?}")))
        .collect()
}

fn judge(
    shop: &Workshop,
    folder: &Path,
    program: &Program,
    case: &Case,
    status: Option<i32>,
) -> Result<()> {
    let read = |ending: &str| {
        let bytes = fs::read(folder.join(format!("{}.{ending}", case.name))).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    match status {
        None => bail!("did not run"),
        Some(0) => {}
        Some(ERRORS) => bail!("valgrind objects:\n{}", objections(folder)?),
        Some(status) => bail!("status {status}\n{}{}", read("out"), read("err")),
    }
    if case.own {
        return Ok(());
    }
    let (expected, trace) = (trace_of(shop, program, case, &REFERENCE)?, read("out"));
    if expected != trace {
        bail!("{}", diff::unified(REFERENCE.name, &expected, WATCHED.name, &trace));
    }
    Ok(())
}

/// The beginning of what valgrind wrote about this program's cases.
fn objections(folder: &Path) -> Result<String> {
    let mut said = String::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_stem().is_some_and(|stem| stem == "valgrind") {
            said += &fs::read_to_string(path)?;
        }
    }
    Ok(said.lines().take(40).collect::<Vec<_>>().join("\n"))
}
