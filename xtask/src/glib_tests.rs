//! GLib's own compiled tests, plain and under the overlay, compared test by test.
//!
//! The programs come with the Debian package `libglib2.0-tests` and run on the installed libglib;
//! `tests/overlay/programs.tsv` says how each is called and whether it exercises the loop. What a
//! program says of its tests is read in `glib_tests/report.rs`; where and with what it is run, in
//! `glib_tests/run.rs`; what is written down of the outcomes, in `glib_tests/outcomes.rs`. Must not know what the
//! programs test.
//!
//! No difference is the only good outcome: tests that fail on plain GLib (as root some do) have to
//! fail under the overlay in the same way.

mod outcomes;
mod report;
mod run;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::report::Tally;
use crate::root::Root;
use crate::table;
use crate::workshop::Workshop;
pub use outcomes::Outcomes;
use report::Report;
use run::Surroundings;

/// Some turn round a lock a hundred thousand times, which takes minutes where others want the processors as well.
const LIMIT: Duration = Duration::from_secs(600);
/// For programs that nobody has looked at: of older releases some are none that test, and run until they are ended.
const SHORT_LIMIT: Duration = Duration::from_secs(40);

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
    /// Write the outcomes of all programs to docs/overlay/glib-tests.md
    #[arg(long, requires = "all", conflicts_with = "programs")]
    document: bool,
}

impl Options {
    /// The words that ask for this.
    fn command(&self) -> String {
        let mut words = "cargo xtask glib-tests".to_owned();
        for (given, word) in [(self.all, " --all"), (self.load, " --load")] {
            words += if given { word } else { "" };
        }
        if self.repeat != 1 {
            words += &format!(" --repeat {}", self.repeat);
        }
        words + if self.document { " --document" } else { "" }
    }
}

/// A compiled test program.
#[derive(Debug, Clone)]
pub struct Program {
    pub name: String,
    pub arguments: Vec<String>,
    pub beside: Option<String>,
    pub loops: bool,
    /// After this time it is taken for one that does not end.
    pub limit: Duration,
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
    let name = if options.all { "glib-tests-all" } else { "glib-tests" };
    let surroundings = Surroundings::new(shop, name, None)?;
    let taken = surroundings.takes_the_overlay();
    tally.check("the programs take the overlay", taken.map_err(|error| format!("{error:#}")));
    let done = AtomicBool::new(false);
    let mut outcomes = Outcomes::default();
    std::thread::scope(|scope| {
        for _ in 0..if options.load { shop.jobs } else { 0 } {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        for round in 1..=options.repeat {
            outcomes.round(shop, &surroundings, &programs, &mut tally);
            if round < options.repeat {
                println!("  round {round} of {}: {}", options.repeat, outcomes.sentence());
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    let table = surroundings.dir().join("outcomes.tsv");
    fs::write(&table, outcomes.lines())?;
    println!("  {}; {}", outcomes.sentence(), table.display());
    if options.document {
        outcomes.write(shop, &options.command())?;
    }
    Ok(tally)
}

/// Runs the programs of another release in its file system: those that exercise the loop, and those of which nobody
/// knows whether they do. `folder` is where it lies, `name` that of a directory for what is said.
pub fn compare_in(
    shop: &Workshop,
    root: &Root,
    folder: &Path,
    name: &str,
    tally: &mut Tally,
) -> Result<Outcomes> {
    let known = programs(shop)?;
    let mut programs = installed(folder)?;
    let is_idle = |program: &Program| {
        known.iter().any(|other| other.name == program.name && !other.loops)
            // It looks for a compiler and for other libraries' development files.
            || program.name.starts_with("static-link")
    };
    programs.retain(|program| !is_idle(program));
    for program in &mut programs {
        if known.iter().all(|other| other.name != program.name) {
            program.limit = SHORT_LIMIT;
        }
    }
    ensure!(!programs.is_empty(), "no test programs in {}", folder.display());
    let surroundings = Surroundings::new(shop, name, Some(root))?;
    surroundings.takes_the_overlay()?;
    let mut outcomes = Outcomes::default();
    outcomes.round(shop, &surroundings, &programs, tally);
    fs::write(surroundings.dir().join("outcomes.tsv"), outcomes.lines())?;
    Ok(outcomes)
}

/// The programs as a release's own descriptions call them.
fn installed(root: &Path) -> Result<Vec<Program>> {
    let folder = root.join("usr/share/installed-tests/glib");
    let told = || format!("reading {}", folder.display());
    let mut programs = Vec::new();
    for entry in fs::read_dir(&folder).with_context(told)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path).with_context(told)?;
        let line = text.lines().find_map(|line| line.strip_prefix("Exec="));
        programs.extend(line.and_then(described));
    }
    programs.sort_by(|one, other| one.name.cmp(&other.name));
    patient_first(&mut programs);
    Ok(programs)
}

/// `/usr/bin/env LD_PRELOAD=/folder/library /folder/program argument`.
fn described(line: &str) -> Option<Program> {
    let last = |path: &str| Some(path.trim_matches('\'').rsplit('/').next()?.to_owned());
    let mut words = line.split_whitespace().skip_while(|word| word.ends_with("/env")).peekable();
    let mut beside = None;
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        if name == "LD_PRELOAD" {
            beside = last(value);
        }
        words.next();
    }
    let name = last(words.next()?)?;
    let mut arguments: Vec<String> = words.map(str::to_owned).collect();
    if !name.ends_with(".py") && name != "mapping" {
        arguments.push("--tap".to_owned());
    }
    Some(Program { name, arguments, beside, loops: true, limit: LIMIT })
}

/// The programs; the patient ones first, so that nobody waits for them at the end.
fn programs(shop: &Workshop) -> Result<Vec<Program>> {
    let path = shop.root.join("tests/overlay/programs.tsv");
    let rows = table::read(&path, ["program", "arguments", "beside", "loop"])?.into_iter();
    let program = |[name, arguments, beside, loops]: [String; 4]| Program {
        arguments: arguments.split_whitespace().map(str::to_owned).collect(),
        beside: Some(beside).filter(|library| !library.is_empty()),
        loops: loops == "yes",
        limit: LIMIT,
        name,
    };
    let mut programs: Vec<Program> = rows.map(program).collect();
    patient_first(&mut programs);
    Ok(programs)
}

fn patient_first(programs: &mut [Program]) {
    const PATIENT: [&str; 4] = ["thread-pool-slow", "timeout", "io-channel-basic", "gsubprocess"];
    programs.sort_by_key(|program| !PATIENT.contains(&program.name.as_str()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_names_the_program_and_what_is_preloaded() {
        let program = described("/tests/mainloop").unwrap();
        assert_eq!((&*program.name, program.arguments), ("mainloop", vec!["--tap".to_owned()]));
        let line = "/usr/bin/env LD_PRELOAD='/tests/slow.so' ASAN_OPTIONS=',' /tests/performance --seconds 1";
        let program = described(line).unwrap();
        assert_eq!(program.name, "performance");
        assert_eq!(program.beside.as_deref(), Some("slow.so"));
        assert_eq!(program.arguments, ["--seconds", "1", "--tap"]);
    }

    #[test]
    fn a_document_says_by_which_command_it_was_made() {
        let options =
            Options { all: true, load: true, repeat: 5, document: true, programs: vec![] };
        assert_eq!(options.command(), "cargo xtask glib-tests --all --load --repeat 5 --document");
    }
}
