//! GLib's own compiled tests, plain and under the overlay, compared test by test.
//!
//! The programs come with the Debian package `libglib2.0-tests` and run on the installed libglib;
//! `tests/overlay/programs.tsv` says how each is called and whether it exercises the loop. What a
//! program says of its tests is read in `glib_tests/report.rs`; where and with what it is run, in
//! `glib_tests/run.rs`. Must not know what the programs test.
//!
//! No difference is the only good outcome: tests that fail on plain GLib (as root some do) have to
//! fail under the overlay in the same way.

mod report;
mod run;

use std::fmt::Write as _;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{ensure, Result};

use crate::crew;
use crate::report::Tally;
use crate::table;
use crate::workshop::Workshop;
use report::Report;
use run::Surroundings;

/// What to run.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// Only the programs of these names
    programs: Vec<String>,
    /// All programs, also those that do not exercise the loop
    #[arg(long)]
    all: bool,
    /// How often
    #[arg(long, default_value_t = 1)]
    repeat: u32,
    /// Keep every processor busy meanwhile
    #[arg(long)]
    load: bool,
}

/// A compiled test program.
#[derive(Debug)]
pub struct Program {
    pub name: String,
    pub arguments: Vec<String>,
    pub beside: Option<String>,
    pub loops: bool,
}

/// What became of a program on both sides.
struct Pair {
    plain: Report,
    overlay: Report,
}

/// The stage: every program that exercises the loop, once. Needs a filled stage.
pub fn stage(shop: &Workshop) -> Result<Tally> {
    run(shop, &Options { repeat: 1, ..Options::default() })
}

/// Runs the programs and writes a table of the outcomes. Needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    let mut programs = programs(shop)?;
    let named = |program: &Program| options.programs.contains(&program.name);
    match options.programs.is_empty() {
        true => programs.retain(|program| options.all || program.loops),
        false => programs.retain(named),
    }
    ensure!(!programs.is_empty(), "no program is called {}", options.programs.join(" or "));

    let mut tally = Tally::default();
    let taken = Surroundings::new(shop)?.takes_the_overlay();
    tally.check("the programs take the overlay", taken.map_err(|error| format!("{error:#}")));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| -> Result<()> {
        for _ in 0..if options.load { shop.jobs } else { 0 } {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let outcome = (0..options.repeat).try_for_each(|_| round(shop, &programs, &mut tally));
        done.store(true, Ordering::Relaxed);
        outcome
    })?;
    Ok(tally)
}

/// Runs every program once on each side.
fn round(shop: &Workshop, programs: &[Program], tally: &mut Tally) -> Result<()> {
    let surroundings = Surroundings::new(shop)?;
    let pairs = crew::each(shop.jobs, programs, |program| -> Result<Pair> {
        let plain = surroundings.run(program, false)?;
        let overlay = surroundings.run(program, true)?;
        Ok(Pair { plain, overlay })
    });
    let mut lines = "program\tplain\toverlay\tthe same\n".to_owned();
    let mut tests = 0;
    for (program, pair) in programs.iter().zip(pairs) {
        let outcome = pair.map_err(|error| format!("{error:#}")).and_then(|pair| {
            let Pair { plain, overlay } = &pair;
            tests += plain.tests();
            let same = plain.same(overlay);
            let verdict = if same.is_ok() { "yes" } else { "no" };
            let name = &program.name;
            let _ =
                writeln!(lines, "{name}\t{}\t{}\t{verdict}", plain.summary(), overlay.summary());
            same
        });
        tally.check(&program.name, outcome);
    }
    let table = surroundings.dir().join("outcomes.tsv");
    fs::write(&table, lines)?;
    println!("  {} programs with {tests} tests; {}", programs.len(), table.display());
    Ok(())
}

/// The programs; the patient ones first, so that nobody waits for them at the end.
fn programs(shop: &Workshop) -> Result<Vec<Program>> {
    const PATIENT: [&str; 4] = ["thread-pool-slow", "timeout", "io-channel-basic", "gsubprocess"];
    let path = shop.root.join("tests/overlay/programs.tsv");
    let rows = table::read(&path, ["program", "arguments", "beside", "loop"])?.into_iter();
    let program = |[name, arguments, beside, loops]: [String; 4]| Program {
        arguments: arguments.split_whitespace().map(str::to_owned).collect(),
        beside: Some(beside).filter(|library| !library.is_empty()),
        loops: loops == "yes",
        name,
    };
    let mut programs: Vec<Program> = rows.map(program).collect();
    programs.sort_by_key(|program| !PATIENT.contains(&program.name.as_str()));
    Ok(programs)
}
