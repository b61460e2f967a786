//! `cargo xtask sanitize`: the library built to be watched, and everything run on it.
//!
//! What a kind of watching is, `kinds.rs` says; `variant.rs` builds. The twin cases are run by
//! `twin/sanitized.rs`.

mod kinds;
mod programs;
mod rust;
mod seeded;
mod variant;

use anyhow::Result;

use crate::report::Tally;
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
    /// Only twin cases whose name or cited statements contain this
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

/// The command.
pub fn command(shop: &Workshop, options: &Options) -> Result<Tally> {
    let mut tally = Tally::default();
    for kind in options.kinds() {
        let variant = Variant::build(shop, kind)?;
        tally.absorb(seeded::run(&variant)?);
        if options.filter.is_none() {
            tally.absorb(rust::units(&variant)?);
            tally.absorb(programs::run(&variant)?);
            tally.absorb(rust::random(&variant, 1, 2000)?);
        }
        tally.absorb(twins(&variant, options.filter.as_deref(), &|_| Ok(true))?);
    }
    Ok(tally)
}

fn twins(
    variant: &Variant,
    filter: Option<&str>,
    program: &(dyn Fn(&str) -> Result<bool> + Sync),
) -> Result<Tally> {
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
        program,
        case: &|name| kind.unwatched().iter().all(|(unwatched, _)| !name.starts_with(unwatched)),
        filter,
    };
    sanitized::run(&variant.shop, &dir, &watch)
}
