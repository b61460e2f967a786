//! Twin tests: one C program run on real GLib and on mainspring, the traces compared.
//!
//! Every `tests/twin/*.c` holds many cases (see `tests/twin/twin.h`). This file is the stages and
//! commands made of them. It must not know what a case is about. How programs are compiled stands in
//! `twin/programs.rs`, the ways a case is run and when it has passed in `twin/ways.rs`, the
//! statements they may cite in `twin/statements.rs`, which cases prove which statement in
//! `twin/coverage.rs`, the table of wrong calls in `twin/misuse.rs`, the picture of a difference in `twin/diff.rs`, running under valgrind in
//! `twin/memcheck.rs`, on a library with a sanitizer in it in `twin/sanitized.rs`, on libglibs of other
//! releases in `twin/beside.rs`.

mod beside;
mod coverage;
pub mod diff;
mod memcheck;
mod misuse;
pub mod programs;
pub mod sanitized;
mod statements;
pub mod ways;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{ensure, Result};

use crate::document;
use crate::report::Tally;
use crate::workshop::Workshop;
pub use beside::Twins;
use coverage::Coverage;
use misuse::Misuse;
pub use programs::{program_names, Extra};
use programs::{Case, Program, Side, TWINS};
use statements::Statements;
use ways::{Verdict, REFERENCE, WATCHED, WAYS};

/// The tables of what is promised.
const CONTRACT: &str = "tests/contract";
/// The list of statements and their cases, and what makes it.
const DOCUMENT: &str = "docs/contract.md";
const COMMAND: &str = "cargo xtask contract --markdown docs/contract.md";

/// What to run.
#[derive(Debug, Default)]
pub struct Options {
    /// Only cases whose `program/case` or cited statements contain this text.
    pub filter: Option<String>,
    /// Run mainspring's side under valgrind, once per case, instead of in every way.
    pub valgrind: bool,
}

/// Compiles and runs the twins; needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    let statements = statements(shop)?;
    let dir = shop.fresh_dir(if options.valgrind { "twin-valgrind" } else { "twin" })?;
    let ways = if options.valgrind { &[WATCHED][..] } else { &WAYS[..] };
    let builds = ways.iter().chain([&REFERENCE]).map(|way| (way.side, way.compiler)).collect();
    // `program/case` names the one program to compile.
    let only =
        options.filter.as_deref().and_then(|text| text.split_once('/')).map(|(name, _)| name);

    let mut tally = Tally::default();
    let programs = programs::compile_all(shop, TWINS, &dir, &builds, only, &mut tally)?;
    for program in &programs {
        tally.check(&format!("{} lists its cases", program.name), program.lists_agree());
    }
    let mut chosen = cases(&programs);
    chosen.retain(|(program, case)| case.matches(&program.name, options.filter.as_deref()));
    if options.valgrind {
        memcheck::say_unwatched();
        chosen.retain(|(program, case)| memcheck::is_watched(&program.name_of(case)));
    }
    ensure!(
        !chosen.is_empty(),
        "no twin case matches {}; programs and cases are in tests/twin",
        options.filter.as_deref().unwrap_or("the choice")
    );

    let outcomes: Vec<Result<(), String>> = match options.valgrind {
        true => {
            let outcomes = memcheck::judge_all(shop, &dir, &programs, &chosen)?.into_iter();
            outcomes.map(|outcome| outcome.map_err(|error| format!("{error:#}"))).collect()
        }
        false => ways::judge_all(shop, &chosen).into_iter().map(Verdict::outcome).collect(),
    };
    for ((program, case), outcome) in chosen.iter().zip(outcomes) {
        tally.check(&program.name_of(case), outcome);
    }

    let mut cited = BTreeSet::new();
    for (program, case) in &chosen {
        let unknown = statements.unknown_in(&case.statements);
        if !unknown.is_empty() {
            let why = format!("cites {}, which the contract does not have", unknown.join(" "));
            tally.check(&program.name_of(case), Err(why));
        }
        cited.extend(case.statements.iter().map(String::as_str));
    }
    if options.filter.is_none() && !options.valgrind {
        tally.check("every statement is cited or excused", statements.complete(&cited));
        let document = "docs/differences.md";
        let text = fs::read_to_string(shop.root.join(document))?;
        tally.check(&format!("{document} names tests there are"), names_tests(&text, &programs));
        let table = Misuse::load(&shop.root.join(CONTRACT))?;
        let complete = table.complete(|test| has_case(&programs, test));
        tally.check("misuse.tsv names functions and tests there are", complete);
        let made = Coverage::of(&statements, &chosen).document(COMMAND);
        let fresh = document::is_fresh(&shop.root, DOCUMENT, &made, COMMAND);
        tally.check(&format!("{DOCUMENT} is what its command makes"), fresh);
    }
    println!(
        "twin cases: {}, statements cited: {} of {} ({} cannot be tested)",
        chosen.len(),
        statements.covered(&cited),
        statements.count(),
        statements.excused(),
    );
    Ok(tally)
}

/// Runs the cases that prove the statements matching `only` and prints how each statement stands.
pub fn contract(shop: &Workshop, only: Option<&str>) -> Result<Tally> {
    let statements = statements(shop)?;
    let dir = shop.fresh_dir("contract")?;
    let builds = WAYS.iter().chain([&REFERENCE]).map(|way| (way.side, way.compiler)).collect();
    let mut tally = Tally::default();
    let programs = programs::compile_all(shop, TWINS, &dir, &builds, None, &mut tally)?;
    let all = cases(&programs);
    let mut coverage = Coverage::of(&statements, &all);
    if let Some(pattern) = only {
        coverage.retain(pattern)?;
    }
    let chosen = coverage.cases();
    let verdicts = ways::judge_all(shop, &chosen);
    print!("{}", coverage.table(&verdicts));
    for ((program, case), verdict) in chosen.iter().zip(verdicts) {
        tally.check(&program.name_of(case), verdict.outcome());
    }
    Ok(tally)
}

/// Writes which cases prove which statement, without running any.
pub fn write_contract(shop: &Workshop, path: &Path) -> Result<()> {
    let statements = statements(shop)?;
    let dir = shop.fresh_dir("contract")?;
    let mut tally = Tally::default();
    let builds = [(Side::Mainspring, "gcc")].into();
    let programs = programs::compile_all(shop, TWINS, &dir, &builds, None, &mut tally)?;
    ensure!(tally.failed.is_empty(), "does not compile: {}", tally.failed.join("; "));
    let text = Coverage::of(&statements, &cases(&programs)).document(COMMAND);
    document::write(path, &text)
}

fn statements(shop: &Workshop) -> Result<Statements> {
    Statements::load(&shop.root.join(CONTRACT))
}

fn cases(programs: &[Program]) -> Vec<(&Program, &Case)> {
    let of = |program| Program::cases(program).iter().map(move |case| (program, case));
    programs.iter().flat_map(of).collect()
}

fn has_case(programs: &[Program], test: &str) -> bool {
    let (name, case) = test.split_once('/').unwrap_or_default();
    let mut cases = programs.iter().filter(|of| of.name == name).flat_map(Program::cases);
    cases.any(|known| known.name == case)
}

/// Every row of a table ends in the test of what it says: `program/case` in backquotes, or a reason
/// why there is none.
fn names_tests(document: &str, programs: &[Program]) -> Result<(), String> {
    let rows = document.lines().filter(|line| line.starts_with("| ") && line.ends_with(" |"));
    let last_cells = rows.skip(1).filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let wrong: Vec<&str> = last_cells
        .filter(|cell| match cell.strip_prefix('`') {
            Some(tests) => tests
                .split('`')
                .step_by(2)
                .any(|test| !test.is_empty() && !has_case(programs, test)),
            None => !cell.starts_with("none: "),
        })
        .collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("no such test: {}", wrong.join("; "))),
    }
}
