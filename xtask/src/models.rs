//! Models of the hand-shakes between threads: builds `tests/models` for loom and for shuttle, runs
//! each model by itself, and shows how many schedules were explored.
//!
//! With `--mutants` the models show that they can fail: each defect of `tests/models/mutants.txt` is
//! made in a copy of the tree, and the models named there have to find it.

mod mutants;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::{cargo, Workshop};
use crate::{crew, link};

/// How far to explore.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only models whose name contains this
    filter: Option<String>,
    /// loom: so many more preemptions than the test run allows where it bounds them
    #[arg(long, default_value_t = 2)]
    more: usize,
    /// loom: seconds after which a model is given up though not all is explored
    #[arg(long, default_value_t = 600)]
    limit: u64,
    /// shuttle: random schedules of each model and kind of scheduler
    #[arg(long, default_value_t = 50_000)]
    schedules: usize,
    /// shuttle: the first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Make known defects in a copy of the tree and see that the models find them
    #[arg(long)]
    mutants: bool,
}

/// What the test run explores.
const BRIEF: Options =
    Options { filter: None, more: 0, limit: 60, schedules: 500, seed: 1, mutants: false };

/// The features of `tests/models`, by which checker they are built for.
pub const CHECKERS: [&str; 2] = [LOOM, "shuttle"];
const LOOM: &str = "loom";

/// The stage.
pub fn stage(shop: &Workshop) -> Result<Tally> {
    let mut tally = explore(shop, &BRIEF)?;
    mutants::check_list(shop, &mut tally)?;
    Ok(tally)
}

/// The command.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    match options.mutants {
        true => mutants::run(shop, options.filter.as_deref()),
        false => explore(shop, options),
    }
}

fn explore(shop: &Workshop, options: &Options) -> Result<Tally> {
    let mut tally = Tally::default();
    for checker in CHECKERS {
        let program = Program::build(shop, &shop.root, checker, "models")?;
        let mut names = program.models()?;
        names
            .retain(|name| options.filter.as_ref().is_none_or(|part| name.contains(part.as_str())));
        ensure!(!names.is_empty(), "no such model");
        let outcomes = crew::each(shop.jobs, &names, |name| program.explore(name, options));
        let mut sum = 0;
        for (name, outcome) in names.iter().zip(outcomes) {
            if let Ok(explored) = &outcome {
                println!("   {checker:<8} {explored}");
                sum += explored.schedules;
            }
            let outcome = outcome.map(drop).map_err(|error| format!("{error:#}"));
            tally.check(&format!("{checker} {name}"), outcome);
        }
        println!("   {checker}: {sum} schedules of {} models", names.len());
    }
    Ok(tally)
}

/// `tests/models`, built for one checker.
struct Program {
    path: PathBuf,
}

/// What a model's run printed.
#[derive(Debug, PartialEq, Eq)]
struct Explored {
    name: String,
    schedules: u64,
    /// How they were chosen: all there are, all within a bound, some, at random.
    which: String,
    seconds: String,
}

impl std::fmt::Display for Explored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Explored { name, schedules, which, seconds } = self;
        write!(f, "{name:<18} {schedules:>9} schedules, {which}, {seconds} s")
    }
}

impl Explored {
    fn read(line: &str) -> Option<Explored> {
        let mut words = line.split('\t').map(str::to_owned);
        let (name, schedules) = (words.next()?, words.next()?.parse().ok()?);
        Some(Explored { name, schedules, which: words.next()?, seconds: words.next()? })
    }
}

impl Program {
    /// Builds what stands below `root`, and puts it aside under `name`.
    fn build(shop: &Workshop, root: &Path, checker: &str, name: &str) -> Result<Program> {
        let host = link::host()?; // Said aloud: cargo may be configured to build for another.
        let words = ["build", "--quiet", "--package=models", "--features", checker];
        let mut build = cargo();
        build.args(words).args(["--target", &host, "--target-dir"]).arg(&shop.target);
        if root != shop.root {
            // A defect's models fail soon, if they do: what counts is the time it takes to build them.
            build.args(["--config", "profile.dev.package.models.opt-level=0"]);
        }
        build.current_dir(root).finish()?.success().with_context(|| build.line())?;
        let made = shop.target.join(&host).join("debug/models");
        let folder = shop.work.join("models");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let path = folder.join(format!("{name}-{checker}"));
        std::fs::copy(&made, &path).with_context(|| made.display().to_string())?;
        Ok(Program { path })
    }

    fn models(&self) -> Result<Vec<String>> {
        let said = Command::new(&self.path).output_text()?;
        Ok(said.lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect())
    }

    fn explore(&self, model: &str, options: &Options) -> Result<Explored> {
        /// What a schedule or so may take on top of the limit, on a busy machine.
        const GRACE: u64 = 300;
        let mut command = Command::new(&self.path);
        command.arg(model).env("RUST_BACKTRACE", "1");
        command.args(["--more", &options.more.to_string(), "--limit", &options.limit.to_string()]);
        command.args(["--schedules", &options.schedules.to_string()]);
        command.args(["--seed", &options.seed.to_string()]);
        let time = match options.schedules > BRIEF.schedules {
            true => options.limit.max(3600),
            false => options.limit,
        };
        let finished = command.finish_within(Duration::from_secs(time + GRACE))?.success()?;
        let last = finished.stdout.lines().last().unwrap_or_default();
        Explored::read(last).with_context(|| format!("{model} printed {last:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_model_prints_is_read() {
        let explored = Explored::read("bell\t392\tall\t0.03").unwrap();
        assert_eq!((explored.schedules, explored.which.as_str()), (392, "all"));
        assert_eq!(Explored::read("thread panicked"), None);
    }
}
