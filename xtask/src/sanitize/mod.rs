//! `cargo xtask sanitize`: the library built to be watched, and everything run on it.
//!
//! What a kind of watching is, `kinds.rs` says; `variant.rs` builds; `seeded.rs` shows that it watches.
//! Then come the packages' own tests and the random programs (`rust.rs`), programs as users write them
//! (`programs.rs`) and the twin cases (`twin/sanitized.rs`). This file chooses how much of each.

mod kinds;
mod programs;
mod rust;
mod seeded;
mod variant;

use std::fs;
use std::time::Instant;

use anyhow::Result;

use crate::report::Tally;
use crate::twin;
use crate::twin::sanitized::{self, Watch};
use crate::workshop::Workshop;
use kinds::{Kind, KINDS};
use variant::Variant;

/// What to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// AddressSanitizer and LeakSanitizer
    #[arg(long)]
    address: bool,
    /// ThreadSanitizer
    #[arg(long)]
    thread: bool,
    /// UndefinedBehaviorSanitizer in what is written in C
    #[arg(long)]
    undefined: bool,
    /// Debug assertions in every unsafe helper, and the structures verified at every iteration
    #[arg(long)]
    checked: bool,
    /// Only this part (units, programs, random), or twin cases whose name or statements contain this
    filter: Option<String>,
}

impl Options {
    /// Those asked for; all if none is.
    fn kinds(&self) -> Vec<Kind> {
        let asked = |kind: &Kind| match kind {
            Kind::Address => self.address,
            Kind::Thread => self.thread,
            Kind::Undefined => self.undefined,
            Kind::Checked => self.checked,
        };
        let some: Vec<Kind> = KINDS.into_iter().filter(asked).collect();
        if some.is_empty() {
            KINDS.to_vec()
        } else {
            some
        }
    }
}

/// How much of everything is run with one kind.
struct Extent {
    units: bool,
    programs: bool,
    random: u64,
    /// Which twin programs, by name and source.
    twins: fn(&str, &str) -> bool,
}

const EVERYTHING: Extent = Extent { units: true, programs: true, random: 2000, twins: |_, _| true };
const NOTHING: Extent = Extent { units: false, programs: false, random: 0, twins: |_, _| false };

/// What of it the test run has time for: with ThreadSanitizer what has more than one thread, with gcc's
/// UndefinedBehaviorSanitizer what calls the C parts most (clang's watches all, beside
/// AddressSanitizer).
fn bounded(kind: Kind) -> Extent {
    match kind {
        Kind::Address => Extent { random: 300, ..EVERYTHING },
        Kind::Thread => {
            Extent { random: 200, twins: |_, source| starts_threads(source), ..EVERYTHING }
        }
        Kind::Undefined => Extent {
            units: false,
            random: 0,
            twins: |name, _| name.starts_with("base_") || name == "header_helpers",
            ..EVERYTHING
        },
        Kind::Checked => Extent { programs: false, random: 1000, ..EVERYTHING },
    }
}

/// Whether a twin program does something on another thread.
fn starts_threads(source: &str) -> bool {
    ["spawn (", "in_thread (", "free_for_others (", "pthread_create (", "g_thread_"]
        .iter()
        .any(|word| source.contains(word))
}

/// The command.
pub fn command(shop: &Workshop, options: &Options) -> Result<Tally> {
    let mut tally = Tally::default();
    for kind in options.kinds() {
        let filter = options.filter.as_deref();
        let (extent, filter) = match filter {
            None => (EVERYTHING, None),
            Some("units") => (Extent { units: true, ..NOTHING }, None),
            Some("programs") => (Extent { programs: true, ..NOTHING }, None),
            Some("random") => (Extent { random: EVERYTHING.random, ..NOTHING }, None),
            Some(_) => (Extent { twins: EVERYTHING.twins, ..NOTHING }, filter),
        };
        tally.absorb(run(shop, kind, &extent, filter)?);
    }
    Ok(tally)
}

/// The stage.
pub fn stage(shop: &Workshop) -> Result<Tally> {
    let mut tally = Tally::default();
    for kind in KINDS {
        tally.absorb(run(shop, kind, &bounded(kind), None)?);
    }
    Ok(tally)
}

fn run(shop: &Workshop, kind: Kind, extent: &Extent, filter: Option<&str>) -> Result<Tally> {
    let begin = Instant::now();
    let variant = Variant::build(shop, kind)?;
    let mut tally = seeded::run(&variant)?;
    if extent.units {
        tally.absorb(rust::units(&variant)?);
    }
    if extent.programs {
        tally.absorb(programs::run(&variant)?);
    }
    if extent.random > 0 {
        tally.absorb(rust::random(&variant, 1, extent.random)?);
    }
    let sources = variant.shop.root.join(twin::programs::TWINS.folder);
    let wanted = |name: &String| {
        let source = fs::read_to_string(sources.join(format!("{name}.c")));
        source.is_ok_and(|source| (extent.twins)(name, &source))
    };
    let mut names = twin::program_names(&sources)?;
    // `program/case` names the one program to compile.
    let asked = filter.and_then(|text| text.split_once('/')).map(|(name, _)| name);
    names.retain(|name| asked.is_none_or(|asked| asked == name) && wanted(name));
    if !names.is_empty() {
        tally.absorb(twins(&variant, &names, filter)?);
    }
    println!(
        "  {}: {} passed, {} failed, {:.1} s",
        kind.name(),
        tally.passed,
        tally.failed.len(),
        begin.elapsed().as_secs_f64()
    );
    Ok(tally)
}

fn twins(variant: &Variant, names: &[String], filter: Option<&str>) -> Result<Tally> {
    let kind = variant.kind;
    let dir = variant.fresh_dir("twin")?;
    for (name, why) in kind.unwatched() {
        println!("  {}: not watched: {name}: {why}", kind.name());
    }
    let watch = Watch {
        name: kind.name(),
        compiler: kind.compiler(),
        extra: kind.extra()?,
        environment: &|reports, leaks| variant.environment(reports, leaks),
        reports: &variant::reports,
        case: &|name| kind.unwatched().iter().all(|(unwatched, _)| !name.starts_with(unwatched)),
        filter,
    };
    sanitized::run(&variant.shop, &dir, names, &watch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_are_run_unless_some_are_named() {
        let mut options = Options {
            address: false,
            thread: false,
            undefined: false,
            checked: false,
            filter: None,
        };
        assert_eq!(options.kinds(), KINDS);
        options.thread = true;
        assert_eq!(options.kinds(), [Kind::Thread]);
    }

    #[test]
    fn a_program_with_threads_is_known_by_what_it_calls() {
        assert!(starts_threads("    other = spawn (run, loop);"));
        assert!(!starts_threads("static void respawned (void) { g_idle_add (f, NULL); }"));
    }
}
