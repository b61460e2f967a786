//! `twin-random`: random programs of the main loop, run on real GLib and on mainspring in one
//! process, their complete traces compared.
//!
//! This file reads the command line; `lib.rs` has the map of the rest.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use indicatif::ProgressBar;

use twin_random::api::Api;
use twin_random::judge::{Judge, Mode, Verdict};
use twin_random::program::Program;
use twin_random::{generate, shrink};

#[derive(Parser)]
#[command(about = "Random main-loop programs on real GLib and on mainspring")]
struct Options {
    /// The mainspring to run
    #[arg(long)]
    library: PathBuf,
    /// The GLib to compare it with
    #[arg(long, default_value = "libglib-2.0.so.0")]
    glib: PathBuf,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds, each run on both ways of polling
    #[arg(long, default_value_t = 2000)]
    programs: u64,
    /// Run these programs instead of random ones
    #[arg(long, num_args = 1.., value_name = "FILE")]
    replay: Vec<PathBuf>,
    /// Make failing programs minimal
    #[arg(long)]
    shrink: bool,
    /// Print the program of the first seed and stop
    #[arg(long)]
    show: bool,
}

/// A program that failed, and where it comes from.
struct Failure {
    origin: String,
    mode: Mode,
    program: Program,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("twin-random: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<bool> {
    if options.show {
        print!("{}", generate::program(options.seed));
        return Ok(true);
    }
    let judge = Judge {
        glib: Api::open("GLib", &options.glib)?,
        mainspring: Api::open("mainspring", &options.library)?,
    };
    let (count, failures) = match options.replay.is_empty() {
        true => random(&judge, options)?,
        false => replay(&judge, &options.replay)?,
    };
    for failure in &failures {
        report(&judge, failure, options.shrink)?;
    }
    println!("{count} programs, {} differences", failures.len());
    Ok(failures.is_empty())
}

fn random(judge: &Judge, options: &Options) -> Result<(u64, Vec<Failure>)> {
    // Draws nothing unless stderr is a terminal.
    let bar = ProgressBar::new(options.programs * Mode::ALL.len() as u64);
    let seeds = options.seed..options.seed.saturating_add(options.programs);
    let failed = judge.batch(seeds, |done| bar.inc(done))?;
    bar.finish_and_clear();
    let failure = |(seed, mode)| Failure {
        origin: format!("seed {seed}"),
        mode,
        program: generate::program(seed),
    };
    Ok((options.programs, failed.into_iter().map(failure).collect()))
}

fn replay(judge: &Judge, files: &[PathBuf]) -> Result<(u64, Vec<Failure>)> {
    let mut failures = Vec::new();
    for file in files {
        let program = read(file)?;
        for mode in Mode::ALL {
            if judge.alone(&program, mode)? != Verdict::Same {
                let origin = file.display().to_string();
                failures.push(Failure { origin, mode, program: program.clone() });
            }
        }
    }
    Ok((files.len() as u64, failures))
}

fn read(file: &Path) -> Result<Program> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    text.parse().with_context(|| file.display().to_string())
}

/// Prints the program in the form `--replay` reads, with what happened as remarks.
fn report(judge: &Judge, failure: &Failure, shrink: bool) -> Result<()> {
    let Failure { origin, mode, program } = failure;
    let verdict = judge.alone(program, *mode)?;
    let small = match shrink {
        true => shrink::minimal(program, |less| {
            judge.alone(less, *mode).is_ok_and(|other| verdict.is_like(&other))
        }),
        false => program.clone(),
    };
    println!("# {origin}, {}, {} pieces of {}", mode.name(), small.size(), program.size());
    for line in judge.alone(&small, *mode)?.to_string().lines() {
        println!("#   {line}");
    }
    println!("{small}");
    Ok(())
}
