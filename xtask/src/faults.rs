//! Faults: every call that the library makes to the C library fails once, in every way it can.
//!
//! A scene (`tests/faults/*.c`) is played untouched first; `tests/faults/faults.c` counts which
//! functions the library called, and how often. Then it is played once for each of these calls and
//! each of its error numbers, and for failures that last. Cases are found, not written down: a call
//! that the library did not make yesterday is made to fail today, and one to a function that
//! `tests/faults/functions.h` does not know fails the stage.
//!
//! What may come of a fault stands in `faults/verdict.rs` and the table `tests/faults/outcomes.tsv`.

mod orders;
mod verdict;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::crew;
use crate::proc::{CommandExt as _, Finished};
use crate::report::Tally;
use crate::twin::programs::{self, Case, Collection, Program, Side};
use crate::workshop::Workshop;
use orders::{Calls, Order};
use verdict::{Outcome, Outcomes, Played};

const SCENES: Collection = Collection { folder: "tests/faults", shared: &["faults.c"] };
const TABLE: &str = "tests/faults/outcomes.tsv";
const COMPILER: &str = "gcc";
/// Seconds after which a scene ends itself, and what it gets beyond that.
const LIMIT: u64 = 8;
const GRACE: Duration = Duration::from_secs(4);

/// What to play.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// Only scenes whose `program/scene` contains this text
    filter: Option<String>,
    /// Only faults of this function
    #[arg(long, value_name = "FUNCTION")]
    call: Option<String>,
    /// Play them on real GLib, and only tell what comes of it
    #[arg(long)]
    on_glib: bool,
    /// Name every fault and what came of it
    #[arg(long)]
    verbose: bool,
}

/// A scene with what it says and calls when nothing fails.
struct Scene<'a> {
    program: &'a Program,
    case: &'a Case,
    name: String,
    played: Played,
    calls: Calls,
}

/// The stage: all faults of all scenes on mainspring.
pub fn stage(shop: &Workshop) -> Result<Tally> {
    run(shop, &Options::default())
}

/// Needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    let side = if options.on_glib { Side::Oracle } else { Side::Mainspring };
    let outcomes = Outcomes::load(&shop.root.join(TABLE))?;
    let dir = shop.fresh_dir("faults")?;
    let builds = [(Side::Oracle, COMPILER), (Side::Mainspring, COMPILER)].into();
    let mut tally = Tally::default();
    let programs = programs::compile_all(shop, SCENES, &dir, &builds, None, &mut tally)?;
    let cases =
        programs.iter().flat_map(|program| program.cases().iter().map(move |case| (program, case)));
    let mut cases: Vec<_> = cases.collect();
    cases.retain(|(program, case)| {
        case.matches(&program.name, options.filter.as_deref()) && !(case.own && options.on_glib)
    });
    ensure!(!cases.is_empty(), "no scene matches; they are in {}", SCENES.folder);

    let stage = Stage { shop, dir: &dir, side, next: AtomicUsize::new(0) };
    let mut scenes = Vec::new();
    for ((program, case), played) in
        cases
            .iter()
            .zip(crew::each(shop.jobs, &cases, |(program, case)| stage.rehearse(program, case)))
    {
        let name = program.name_of(case);
        let outcome = played.map(|(played, calls)| {
            scenes.push(Scene { program, case, name: name.clone(), played, calls });
        });
        tally.check(&format!("{name}, untouched"), outcome.map_err(|error| format!("{error:#}")));
    }

    let mut faults: Vec<(&Scene, Order)> = Vec::new();
    for scene in &scenes {
        let orders = scene.calls.orders().into_iter();
        let wanted = |order: &Order| options.call.as_ref().is_none_or(|call| *call == order.call);
        faults.extend(orders.filter(wanted).map(|order| (scene, order)));
    }
    ensure!(!faults.is_empty(), "nothing to fail");
    let results = crew::each(shop.jobs, &faults, |(scene, order)| {
        stage
            .play(scene, order)
            .map(|finished| outcomes.judge(&scene.name, &scene.played, order, &finished))
    });

    let mut account = Account::default();
    for ((scene, order), result) in faults.iter().zip(results) {
        let name = format!("{}, {order}", scene.name);
        let verdict = result.unwrap_or_else(|error| Err(format!("{error:#}")));
        account.add(order, &verdict);
        if options.verbose || (options.on_glib && verdict.is_err()) {
            println!("  {name}: {verdict:?}");
        }
        if !options.on_glib {
            tally.check(&name, verdict.map(drop));
        }
    }
    account.print(scenes.len());
    let whole = options.filter.is_none() && options.call.is_none() && !options.on_glib;
    if whole {
        tally.check(&format!("every row of {TABLE} is needed"), outcomes.all_used());
    }
    Ok(tally)
}

/// Where and on what scenes are played.
struct Stage<'a> {
    shop: &'a Workshop,
    dir: &'a Path,
    side: Side,
    next: AtomicUsize,
}

impl Stage<'_> {
    /// Plays a scene untouched, twice, and on real GLib if it can be: all must say the same.
    fn rehearse(&self, program: &Program, case: &Case) -> Result<(Played, Calls)> {
        let (first, calls) = self.counted(program, case, self.side)?;
        let (second, _) = self.counted(program, case, self.side)?;
        ensure!(first.trace == second.trace, "says something else each time");
        if !case.own {
            let (twin, _) = self.counted(program, case, Side::Oracle)?;
            ensure!(
                first.trace == twin.trace,
                "says\n{}\nand on GLib\n{}",
                first.trace,
                twin.trace
            );
        }
        ensure!(first.messages.is_empty(), "{}", first.messages.join("\n"));
        Ok((first, calls))
    }

    fn counted(&self, program: &Program, case: &Case, side: Side) -> Result<(Played, Calls)> {
        let report = self.report();
        let finished = self.perform(program, case, side, "count", &report)?.success()?;
        let calls = Calls::read(&report)?;
        ensure!(calls.total() > 0, "calls nothing");
        Ok((Played::read(&finished, calls.total()), calls))
    }

    fn play(&self, scene: &Scene, order: &Order) -> Result<Played> {
        let report = self.report();
        let words = order.to_string_for_shim();
        let finished = self.perform(scene.program, scene.case, self.side, &words, &report)?;
        // A process that was ended leaves no report.
        let calls = if report.exists() { Calls::read(&report)?.total() } else { 0 };
        let _ = std::fs::remove_file(&report);
        Ok(Played::read(&finished, calls))
    }

    fn report(&self) -> std::path::PathBuf {
        self.dir.join(format!("report-{}", self.next.fetch_add(1, Ordering::Relaxed)))
    }

    fn perform(
        &self,
        program: &Program,
        case: &Case,
        side: Side,
        words: &str,
        report: &Path,
    ) -> Result<Finished> {
        let mut command = Command::new(program.binary((side, COMPILER))?);
        programs::surround(&mut command, self.shop, side);
        command.arg(&case.name).env("TWIN_LIMIT", LIMIT.to_string());
        command.env("FAULTS", words).env("FAULTS_REPORT", report);
        command
            .finish_within(Duration::from_secs(LIMIT) + GRACE)
            .with_context(|| format!("FAULTS={words}"))
    }
}

/// What came of how many faults, by function.
#[derive(Default)]
struct Account(BTreeMap<String, [usize; 5]>);

impl Account {
    fn add(&mut self, order: &Order, verdict: &Result<Outcome, String>) {
        let place = match verdict {
            Ok(Outcome::Same) => 0,
            Ok(Outcome::Told) => 1,
            Ok(Outcome::Ended) => 2,
            Ok(Outcome::Stopped) => 3,
            Err(_) => 4,
        };
        self.0.entry(order.call.clone()).or_default()[place] += 1;
    }

    fn print(&self, scenes: usize) {
        let row = |name: &str, [same, told, ended, stopped, wrong]: [String; 5]| {
            println!("  {name:<26}{same:>8}{told:>8}{ended:>8}{stopped:>8}{wrong:>8}");
        };
        row("faults of", ["same", "told", "ended", "stopped", "WRONG"].map(str::to_owned));
        let mut sums = [0; 5];
        for (call, counts) in &self.0 {
            row(call, counts.map(|count| count.to_string()));
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        row("all", sums.map(|sum| sum.to_string()));
        println!("{} faults in {scenes} scenes", sums.iter().sum::<usize>());
    }
}
