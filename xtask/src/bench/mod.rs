//! `cargo xtask bench`: the benchmark programs of `benches/`, run in turn and compared.
//!
//! `scenarios.rs` lists what is measured, `programs.rs` builds the programs, `rounds.rs` runs them
//! interleaved, `counts.rs` counts instructions and system calls, `profile.rs` tells which functions they
//! are of, `record.rs` keeps it all,
//! `statistics.rs` makes medians and ratios of it, `report.rs` and `plot.rs` show it. `gate.rs` is the
//! stage of the test run that holds instruction counts against the table of the repository. What a
//! scenario does is known to the C programs alone.

mod counts;
pub mod gate;
mod plot;
mod profile;
mod programs;
mod record;
mod report;
mod rounds;
mod scenarios;
mod statistics;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::{ensure, Result};

use crate::apt;
use crate::crew;
use crate::document;
use crate::workshop::Workshop;
use counts::Counted;
use programs::{Contestant, Workbench};
use record::{Conditions, Record};

/// What to measure, and how.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Scenarios to run: parts of names of the default set, or whole names (default: all of the set)
    scenarios: Vec<String>,
    /// Name the scenarios of the default set and stop
    #[arg(long)]
    list: bool,
    /// How often each scenario runs on each library
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Milliseconds for one measurement
    #[arg(long, default_value_t = 80)]
    ms: u64,
    /// GLib and mainspring only, three short rounds
    #[arg(long)]
    quick: bool,
    /// Count instructions and system calls, too, of scenarios small enough for it
    #[arg(long)]
    counts: bool,
    /// Show where the instructions go, function by function, instead of measuring
    #[arg(long, conflicts_with_all = ["resume", "counts", "quick", "from", "json", "svg"])]
    profile: bool,
    /// Continue a run that was interrupted
    #[arg(long)]
    resume: bool,
    /// Measure nothing, show what a file that `--json` wrote says
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "counts", "quick"])]
    from: Option<PathBuf>,
    /// Write everything measured to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write curves of the cost against the number of sources
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write tables
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Count mainspring's instructions and write the table that the test run holds them against
    #[arg(long, exclusive = true)]
    renew_counts: bool,
}

pub fn run(shop: &Workshop, options: &Options) -> Result<()> {
    if options.list {
        for scenario in scenarios::chosen(&options.scenarios) {
            println!("{:<26}{}", scenario.name, scenario.about);
        }
        return Ok(());
    }
    if options.renew_counts {
        apt::require(gate::PACKAGES.iter().copied())?;
        shop.fill_stage()?;
        return gate::renew(shop);
    }
    if options.profile {
        return profile(shop, options);
    }
    let record = match &options.from {
        Some(path) => Record::read(path)?,
        None => measure(shop, options)?,
    };
    print!("{}", report::text(&record));
    if let Some(path) = &options.json {
        record.write(path)?;
    }
    if let Some(path) = &options.markdown {
        document::write(path, &report::markdown(&record))?;
    }
    if let Some(path) = &options.svg {
        document::write(path, &plot::svg(&record)?)?;
    }
    for failure in &record.failures {
        println!("FAILED {failure}");
    }
    ensure!(record.failures.is_empty(), "not every run was right");
    Ok(())
}

fn profile(shop: &Workshop, options: &Options) -> Result<()> {
    apt::require(gate::PACKAGES.iter().copied())?;
    shop.fill_stage()?;
    let workbench = Workbench::new(shop, "gcc", "bench")?;
    let mut contestants = Vec::from(workbench.twins()?);
    contestants.extend(workbench.rivals()?);
    profile::run(shop, &contestants, options)
}

fn measure(shop: &Workshop, options: &Options) -> Result<Record> {
    let mut packages = vec![apt::GCC, apt::PKG_CONFIG, apt::REAL_GLIB];
    if !options.quick {
        packages.extend(programs::rival_packages());
    }
    if options.counts {
        packages.extend([apt::VALGRIND, apt::STRACE]);
    }
    apt::require(packages)?;
    shop.fill_stage()?;

    let workbench = Workbench::new(shop, "gcc", "bench")?;
    let mut contestants = Vec::from(workbench.twins()?);
    let (rounds, ms) = match options.quick {
        true => (3, 40),
        false => (options.rounds, options.ms),
    };
    if !options.quick {
        contestants.push(workbench.overlay()?);
        contestants.extend(workbench.rivals()?);
    }
    let scenarios = scenarios::chosen(&options.scenarios);
    let conditions = Conditions::here(&contestants, &scenarios, rounds, ms)?;
    let progress = shop.work.join("bench-progress.json");
    let mut record = match options.resume {
        true => Record::read(&progress)?,
        false => Record::new(conditions.clone(), &scenarios),
    };
    ensure!(
        conditions.continues(&record.conditions),
        "{} was measured under other conditions",
        progress.display()
    );
    rounds::run(&mut record, &contestants, &progress)?;
    if options.counts {
        count(shop, &mut record, &contestants, options);
        record.write(&progress)?;
    }
    Ok(record)
}

/// Adds the counts; scenarios that are counted only come after those that are measured. Counts have no
/// noise, so all processors may be busy meanwhile.
fn count(shop: &Workshop, record: &mut Record, contestants: &[Contestant], options: &Options) {
    let countable: Vec<&Contestant> =
        contestants.iter().filter(|contestant| contestant.can_be_counted()).collect();
    let tasks: Vec<(usize, Counted, &Contestant)> = counts::chosen(&options.scenarios)
        .flat_map(|what| countable.iter().map(move |contestant| (what, *contestant)))
        .enumerate()
        .map(|(at, (what, contestant))| (at, what, contestant))
        .collect();
    let results = crew::each(shop.jobs, &tasks, |(at, what, contestant)| {
        let progress = format!("{} of {}", at + 1, tasks.len());
        show(&format!("counting, {progress}: {} on {}", what.name, contestant.name));
        counts::count(*what, contestant, &shop.work.join(format!("bench/calls-{at}.txt")))
    });
    for ((_, what, contestant), result) in tasks.iter().zip(results) {
        match result {
            Ok(Some(counts)) => record.add_counts(what.name, contestant.name, counts),
            Ok(None) => {}
            Err(error) => {
                let told = format!("counting {} on {}: {error:#}", what.name, contestant.name);
                record.failures.push(told);
            }
        }
    }
    show("");
}

/// Tells people at a terminal where we are.
fn show(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
        // Nobody is harmed if a terminal does not show it.
        let _ = std::io::stderr().flush();
    }
}
