//! `twin-fuzz`: inputs of the fuzzer for people. Shows what they mean, replays them, each in a process of its
//! own, makes those that fail small, and makes inputs of programs.

mod uncounted;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand, ValueEnum};

use twin_fuzz::channels::{game, judge::objection};
use twin_fuzz::{channels, judge, packed, programs};
use twin_random::judge::{in_a_process, Mode, Verdict};
use twin_random::shrink::{minimal, thin};
use twin_random::{generate, play, program::Program};

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    Programs,
    Channels,
}

#[derive(Parser)]
#[command(about = "Inputs of the fuzzer: shown, replayed, made small, made")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replay inputs, in all ways of polling; shrink and print those that fail
    Replay {
        target: Target,
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
    },
    /// Print what inputs mean
    Show {
        target: Target,
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
    },
    /// Print what GLib, then mainspring, makes of an input
    Trace { target: Target, input: PathBuf },
    /// Write inputs for the programs in files and for those of the first seeds
    Seed {
        folder: PathBuf,
        #[arg(long, default_value_t = 300)]
        seeds: u64,
        programs: Vec<PathBuf>,
    },
    /// Write the inputs that a packed file holds into a folder
    Unpack { packed: PathBuf, folder: PathBuf },
    /// Write the inputs in a folder into a packed file
    Pack { folder: PathBuf, packed: PathBuf },
}

fn main() -> ExitCode {
    uncounted::keep();
    match run(Options::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("twin-fuzz: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<bool> {
    match command {
        Command::Replay { target, inputs } => return replay(target, &inputs),
        Command::Show { target, inputs } => {
            for path in inputs {
                println!("# {}\n{}", path.display(), shown(target, &read(&path)?));
            }
        }
        Command::Trace { target, input } => trace(target, &read(&input)?)?,
        Command::Seed { folder, seeds, programs } => {
            for seed in 1..=seeds {
                let name = folder.join(format!("seed-{seed}"));
                std::fs::write(name, programs::bytes(&generate::program(seed)))?;
            }
            for path in programs {
                let text = std::fs::read_to_string(&path)?;
                let program: Program = text.parse().with_context(|| path.display().to_string())?;
                let name = path.file_stem().unwrap_or_default();
                std::fs::write(folder.join(name), programs::bytes(&program))?;
            }
        }
        Command::Unpack { packed, folder } => packed::unpack(&packed, &folder)?,
        Command::Pack { folder, packed } => packed::pack(&folder, &packed)?,
    }
    Ok(true)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn shown(target: Target, bytes: &[u8]) -> String {
    match target {
        Target::Programs => programs::program(bytes).to_string(),
        Target::Channels => game::game(bytes).to_string(),
    }
}

fn trace(target: Target, bytes: &[u8]) -> Result<()> {
    match target {
        Target::Programs => {
            let judge = judge::programs()?;
            for api in [&judge.glib, &judge.mainspring] {
                println!("# {}\n{}", api.title, play::trace(api, &programs::program(bytes))?);
            }
        }
        Target::Channels => {
            for api in judge::channels()? {
                let played = channels::play::play(api, &game::game(bytes), true);
                println!("# {}\n{}# gave up: {:?}", api.title, played.trace, played.gave_up);
            }
        }
    }
    Ok(())
}

fn replay(target: Target, inputs: &[PathBuf]) -> Result<bool> {
    let mut failed = 0;
    for path in inputs {
        let bytes = read(path)?;
        let told = match target {
            Target::Programs => replay_program(&programs::program(&bytes))?,
            Target::Channels => replay_game(&bytes)?,
        };
        if let Some(told) = told {
            failed += 1;
            println!("# {}\n{told}", path.display());
        }
    }
    println!("{} inputs, {failed} failed", inputs.len());
    Ok(failed == 0)
}

/// What is wrong and the small program, in the form that `cargo xtask random --replay` reads.
fn replay_program(program: &Program) -> Result<Option<String>> {
    let judge = judge::programs()?;
    for mode in Mode::ALL {
        let verdict = judge.alone(program, mode)?;
        if verdict != Verdict::Same {
            let fails =
                |less: &Program| judge.alone(less, mode).is_ok_and(|other| verdict.is_like(&other));
            let small = minimal(program, fails);
            let told = judge.alone(&small, mode)?;
            return Ok(Some(account(&told, mode, &small)));
        }
    }
    Ok(None)
}

/// The same of a game, of which a smaller one is made cell by cell; its bytes are told as well.
fn replay_game(bytes: &[u8]) -> Result<Option<String>> {
    judge::channels()?;
    let mode = Mode::Poll;
    let judged = |bytes: &[u8]| in_a_process(mode, || objection(&game::game(bytes)));
    let verdict = judged(bytes)?;
    if verdict == Verdict::Same {
        return Ok(None);
    }
    let cells: Vec<&[u8]> = bytes.chunks_exact(game::CELL).collect();
    let fails = |less: &[&[u8]]| judged(&less.concat()).is_ok_and(|other| verdict.is_like(&other));
    let small = thin(cells, fails).concat();
    let told = judged(&small)?;
    let line = packed::line(&small);
    Ok(Some(format!(
        "{}# as a line of a packed corpus: {line}",
        account(&told, mode, &game::game(&small))
    )))
}

fn account(verdict: &Verdict, mode: Mode, played: &impl Display) -> String {
    let mut text = format!("# {}\n", mode.name());
    for line in verdict.to_string().lines() {
        text += &format!("#   {line}\n");
    }
    text + &played.to_string()
}
