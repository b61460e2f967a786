//! `cargo xtask bench`: the benchmark programs of `benches/`, run in turn and compared.
//!
//! `scenarios.rs` lists what is measured, `programs.rs` builds the programs, `rounds.rs` runs them
//! interleaved, `statistics.rs` makes medians and ratios of the runs, `report.rs` writes them down.
//! What a scenario does is known to the C programs alone.

mod programs;
mod report;
mod rounds;
mod scenarios;
mod statistics;

use anyhow::{ensure, Result};

use crate::apt;
use crate::workshop::Workshop;
use rounds::Plan;

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
    #[arg(long, default_value_t = 100)]
    ms: u64,
    /// GLib and mainspring only, three short rounds
    #[arg(long)]
    quick: bool,
}

pub fn run(shop: &Workshop, options: &Options) -> Result<()> {
    let scenarios = scenarios::chosen(&options.scenarios);
    if options.list {
        for scenario in &scenarios {
            println!("{:<26}{}", scenario.name, scenario.about);
        }
        return Ok(());
    }
    apt::require([apt::GCC, apt::PKG_CONFIG, apt::REAL_GLIB])?;
    shop.fill_stage()?;
    let contestants = programs::build(shop)?;
    let plan = match options.quick {
        true => Plan { rounds: 3, ms: 40 },
        false => Plan { rounds: options.rounds, ms: options.ms },
    };
    let outcome = rounds::run(&plan, &scenarios, &contestants)?;
    print!("{}", report::text(&scenarios, &contestants, &outcome));
    for failure in &outcome.failures {
        println!("FAILED {failure}");
    }
    ensure!(outcome.failures.is_empty(), "not every run was right");
    Ok(())
}
