//! Twin tests: one C program run on real GLib and on mainspring, the traces compared.
//!
//! Every `tests/twin/*.c` holds many cases (see `tests/twin/twin.h`). This file decides which way
//! each case is run and when it has passed. It must not know what a case is about. How programs are
//! compiled stands in `twin/programs.rs`, the statements they may cite in `twin/statements.rs`, the
//! picture of a difference in `twin/diff.rs`, running under valgrind in `twin/memcheck.rs`.

mod diff;
mod memcheck;
mod programs;
mod statements;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{bail, ensure, Result};

use crate::crew;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;
use programs::{Case, Program, Side};
use statements::Statements;

/// A case ends itself after its limit; this much later the runner does it.
const GRACE: Duration = Duration::from_secs(5);

/// What to run.
#[derive(Debug, Default)]
pub struct Options {
    /// Only cases whose `program/case` or cited statements contain this text.
    pub filter: Option<String>,
    /// Run mainspring's side under valgrind, once per case, instead of in every way.
    pub valgrind: bool,
}

/// One way to run a case.
#[derive(Debug, Clone, Copy)]
struct Way {
    name: &'static str,
    side: Side,
    compiler: &'static str,
    poll: Option<&'static str>,
}

const fn way(name: &'static str, side: Side, compiler: &'static str) -> Way {
    Way { name, side, compiler, poll: None }
}

/// What all others are compared with.
const REFERENCE: Way = way("GLib", Side::Oracle, "gcc");

/// GLib a second time, because a trace that differs from run to run proves nothing; then mainspring
/// on both of its wait paths and the one it chooses itself.
const WAYS: [Way; 5] = [
    way("GLib, clang", Side::Oracle, "clang"),
    way("mainspring", Side::Mainspring, "gcc"),
    Way { poll: Some("poll"), ..way("mainspring, poll", Side::Mainspring, "gcc") },
    Way { poll: Some("epoll"), ..way("mainspring, epoll", Side::Mainspring, "gcc") },
    way("mainspring, clang", Side::Mainspring, "clang"),
];

/// The way of the cases that valgrind watches.
const WATCHED: Way = way("mainspring, valgrind", Side::Mainspring, "gcc");

/// Compiles and runs the twins; needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    let statements = Statements::load(&shop.root.join("tests/contract"))?;
    let dir = shop.fresh_dir(if options.valgrind { "twin-valgrind" } else { "twin" })?;
    let ways = if options.valgrind { &[WATCHED][..] } else { &WAYS[..] };
    let builds = ways.iter().chain([&REFERENCE]).map(|way| (way.side, way.compiler)).collect();
    // `program/case` names the one program to compile.
    let only =
        options.filter.as_deref().and_then(|text| text.split_once('/')).map(|(name, _)| name);

    let mut tally = Tally::default();
    let programs = programs::compile_all(shop, &dir, &builds, only, &mut tally)?;
    for program in &programs {
        tally.check(&format!("{} lists its cases", program.name), program.lists_agree());
    }
    let chosen: Vec<(&Program, &Case)> = programs
        .iter()
        .flat_map(|program| program.cases().iter().map(move |case| (program, case)))
        .filter(|(program, case)| case.matches(&program.name, options.filter.as_deref()))
        .filter(|(program, _)| !options.valgrind || memcheck::is_watched(&program.name))
        .collect();
    ensure!(!chosen.is_empty(), "no twin case matches {:?}", options.filter);

    if options.valgrind {
        memcheck::say_unwatched();
    }
    let outcomes = match options.valgrind {
        true => memcheck::judge_all(shop, &dir, &programs, &chosen)?,
        false => crew::each(shop.jobs, &chosen, |(program, case)| judge(shop, program, case, ways)),
    };
    for ((program, case), outcome) in chosen.iter().zip(outcomes) {
        let name = format!("{}/{}", program.name, case.name);
        tally.check(&name, outcome.map_err(|error| format!("{error:#}")));
    }

    let mut cited = BTreeSet::new();
    for (program, case) in &chosen {
        let unknown = statements.unknown_in(&case.statements);
        if !unknown.is_empty() {
            let why = format!("cites {}, which the contract does not have", unknown.join(" "));
            tally.check(&format!("{}/{}", program.name, case.name), Err(why));
        }
        cited.extend(case.statements.iter().map(String::as_str));
    }
    if options.filter.is_none() && !options.valgrind {
        tally.check("every statement is cited or excused", statements.complete(&cited));
        let document = "docs/differences.md";
        let text = fs::read_to_string(shop.root.join(document))?;
        tally.check(&format!("{document} names tests there are"), names_tests(&text, &programs));
    }
    println!(
        "twin cases: {}, statements cited: {} of {} (sections 1–20; {} cannot be tested)",
        chosen.len(),
        statements.covered(&cited),
        statements.in_scope(),
        statements.excused(),
    );
    Ok(tally)
}

/// Every row of a table ends in the test of what it says: `program/case` in backquotes, or a reason
/// why there is none.
fn names_tests(document: &str, programs: &[Program]) -> Result<(), String> {
    let known = |test: &str| {
        let (name, case) = test.split_once('/').unwrap_or_default();
        let mut cases = programs.iter().filter(|of| of.name == name).flat_map(Program::cases);
        cases.any(|known| known.name == case)
    };
    let rows = document.lines().filter(|line| line.starts_with("| ") && line.ends_with(" |"));
    let last_cells = rows.skip(1).filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let wrong: Vec<&str> = last_cells
        .filter(|cell| match cell.strip_prefix('`') {
            Some(tests) => tests.split('`').step_by(2).any(|test| !test.is_empty() && !known(test)),
            None => !cell.starts_with("none: "),
        })
        .collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("no such test: {}", wrong.join("; "))),
    }
}

/// Passes if every run ends with status 0 and says what the reference says.
fn judge(shop: &Workshop, program: &Program, case: &Case, ways: &[Way]) -> Result<()> {
    let reference = match case.own {
        true => None,
        false => Some(trace_of(shop, program, case, &REFERENCE)?),
    };
    for way in ways {
        if case.own && way.side == Side::Oracle {
            continue;
        }
        let trace = trace_of(shop, program, case, way)?;
        if let Some(expected) = reference.as_ref().filter(|expected| **expected != trace) {
            bail!("{}", diff::unified(REFERENCE.name, expected, way.name, &trace));
        }
    }
    Ok(())
}

fn trace_of(shop: &Workshop, program: &Program, case: &Case, way: &Way) -> Result<String> {
    let mut command = Command::new(program.binary((way.side, way.compiler))?);
    let limit = Duration::from_secs(20);
    command.arg(&case.name).env("TWIN_LIMIT", limit.as_secs().to_string());
    programs::surround(&mut command, shop, way.side);
    if let Some(path) = way.poll {
        command.env("MAINSPRING_POLL", path);
    }
    let finished = command.finish_within(limit + GRACE)?;
    ensure!(finished.status.success(), "{}: {}", way.name, finished.account());
    Ok(finished.stdout)
}
