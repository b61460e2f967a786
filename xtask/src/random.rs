//! Random programs: builds `tests/random` and runs it against the staged library.
//!
//! What a random program is, how two traces are compared and how a failing program is made small
//! stands in `tests/random/`. Programs that once failed are kept in `tests/random/kept/*.prog`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{ensure, Context, Result};

use crate::link;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::{cargo, Workshop};

/// The batch of the test run: always the same one.
const BATCH: &str = "2000";

/// What to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds
    #[arg(long, default_value_t = 2000)]
    programs: u64,
    /// Run this program instead of random ones
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Make failing programs minimal
    #[arg(long)]
    shrink: bool,
}

/// The command: what it prints is for people.
pub fn command(shop: &Workshop, options: &Options) -> Result<()> {
    let mut command = player(shop)?;
    command.args(["--seed", &options.seed.to_string()]);
    command.args(["--programs", &options.programs.to_string()]);
    if let Some(file) = &options.replay {
        command.arg("--replay").arg(std::path::absolute(file)?);
    }
    if options.shrink {
        command.arg("--shrink");
    }
    command.run()
}

/// The stage: the kept programs, each a check, and the batch, which is one.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let mut tally = Tally::default();
    let folder = shop.root.join("tests/random/kept");
    let told = || format!("reading {}", folder.display());
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(told)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "prog") {
            kept.push(path);
        }
    }
    kept.sort();
    ensure!(!kept.is_empty(), "{} keeps no program", folder.display());
    for path in &kept {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let finished = player(shop)?.arg("--replay").arg(path).finish()?;
        tally.check(&name, finished.success().map(drop).map_err(|error| error.to_string()));
    }
    let finished = player(shop)?.args(["--shrink", "--programs", BATCH]).finish()?;
    let outcome = finished.success().map(drop).map_err(|error| error.to_string());
    tally.check(&format!("{BATCH} random programs"), outcome);
    Ok(tally)
}

/// The program that plays programs, built, with the staged library to play them on.
fn player(shop: &Workshop) -> Result<Command> {
    let host = link::host()?; // Said aloud: cargo may be configured to build for another.
    let build = ["build", "--quiet", "--package=twin-random", "--target", &host, "--target-dir"];
    cargo().args(build).arg(&shop.target).current_dir(&shop.root).run()?;
    let mut command = Command::new(shop.target.join(&host).join("debug/twin-random"));
    command.arg("--library").arg(shop.stage_lib().join("libmainspring.so.0"));
    Ok(command)
}
