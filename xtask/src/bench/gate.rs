//! The gate against slow-downs: mainspring's instructions per operation, held against those in
//! `benches/instructions.tsv`, so that a change that costs is noticed when it is made.
//!
//! Another compiler, C library or valgrind makes other counts without anybody having changed the
//! engine. The table says which ones it was made with. With the same ones, the tolerance is narrow; with
//! others it is wide, so that what remains visible is a change of the engine's, not of theirs.

use std::path::Path;

use anyhow::{ensure, Context, Result};

use super::counts::{self, Counted};
use super::programs::{Contestant, Workbench, MAINSPRING};
use super::record::first_line;
use super::report::number;
use super::{rounds, scenarios};
use crate::apt::{self, Package};
use crate::crew;
use crate::report::Tally;
use crate::table;
use crate::workshop::Workshop;

const TABLE: &str = "benches/instructions.tsv";
const RENEW: &str = "cargo xtask bench --renew-counts";

pub const PACKAGES: &[Package] = &[
    apt::GCC,
    apt::CLANG,
    apt::PKG_CONFIG,
    apt::REAL_GLIB,
    apt::VALGRIND,
    apt::LIBEV,
    apt::LIBUV,
    apt::LIBEVENT,
    apt::LIBSYSTEMD,
];

/// The shortest measurement there is.
const BRIEFLY: u64 = 1;

/// The scenarios of the table.
const GATED: &[&str] = &[
    "idle:1",
    "idle:100",
    "idle-once:1",
    "pingpong:eventfd",
    "pingpong:eventfd+1000",
    "giochannel",
    "chain:1000x100",
    "all-active:100",
    "timer-far:1000",
    "timer-churn:1000",
    "timer-move:1000",
    "churn-source:idle",
    "churn-source:fd",
    "io-oneshot:100",
    "custom:1000",
    "iteration:20fd+10timers",
    "typical",
    "by-hand:10",
    "context",
    "wakeup:self",
];

/// What a source costs in a crowd, and in one of ten times as many: as much, or a little more.
const CROWDS: &[[Counted; 2]] = &[
    [counts::counted("crowd-by-id:1000", 1000), counts::counted("crowd-by-id:10000", 10_000)],
    [
        counts::counted("crowd-from-middle:1000", 1000),
        counts::counted("crowd-from-middle:10000", 10_000),
    ],
];

/// A heap that is one level deeper costs little; anything linear would cost ten times as much.
const CROWDED: f64 = 1.5;

/// How far a count may lie from the table.
#[derive(Debug, Clone, Copy)]
struct Tolerance {
    part: f64,
    instructions: f64,
}

const SAME_TOOLS: Tolerance = Tolerance { part: 0.05, instructions: 3.0 };
const OTHER_TOOLS: Tolerance = Tolerance { part: 0.3, instructions: 10.0 };

impl Tolerance {
    fn around(self, count: f64) -> f64 {
        count * self.part + self.instructions
    }

    /// A count above the table's, beyond the tolerance, is a failure; one as far below is `Ok(true)`:
    /// the table has had its day.
    fn judge(self, kept: f64, counted: f64) -> Result<bool, String> {
        let rise = counted - kept;
        match rise > self.around(kept) {
            true => Err(format!(
                "{} instructions instead of {}; if that must be, say why and run `{RENEW}`",
                number(counted),
                number(kept)
            )),
            false => Ok(-rise > self.around(kept)),
        }
    }
}

/// What makes the counts what they are, beside our own code.
fn tools() -> Result<Vec<String>> {
    let programs: [(&str, &[&str]); 4] = [
        ("rustc", &["--version"]),
        ("gcc", &["--version"]),
        ("ldd", &["--version"]),
        ("valgrind", &["--version"]),
    ];
    programs.iter().map(|(program, words)| first_line(program, words)).collect()
}

fn counted() -> Vec<Counted> {
    let all = counts::SET.iter().copied();
    all.filter(|what| GATED.contains(&what.name)).collect()
}

/// Counts all; a scenario that fails leaves its message.
fn count(shop: &Workshop, contestant: &Contestant) -> Vec<(Counted, Result<f64>)> {
    let scenarios = counted();
    let results = crew::each(shop.jobs, &scenarios, |what| {
        counts::instructions(*what, contestant)?.context("the program has no such scenario")
    });
    scenarios.into_iter().zip(results).collect()
}

fn mainspring(workbench: &Workbench<'_>) -> Result<Contestant> {
    let twins = workbench.twins()?;
    let ours = twins.into_iter().find(|contestant| contestant.name == MAINSPRING);
    ours.context("the programs do not contain mainspring's")
}

/// The stage. Needs a filled stage directory.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let mut tally = Tally::default();
    for compiler in ["gcc", "clang"] {
        let built = Workbench::new(shop, compiler, &format!("bench-{compiler}"))
            .and_then(|workbench| workbench.all());
        let name = format!("the benchmark programs compile without a warning with {compiler}");
        tally.check(&name, built.map_err(|error| format!("{error:#}")));
    }
    let contestant = mainspring(&Workbench::new(shop, "gcc", "counts")?)?;
    for scenario in scenarios::chosen(&[]) {
        let run = rounds::one(&scenario.name, BRIEFLY, &contestant);
        let run = run.and_then(|run| run.context("the program has no such scenario"));
        let name = format!("{} is right", scenario.name);
        tally.check(&name, run.map(drop).map_err(|error| format!("{error:#}")));
    }
    hold_counts(shop, &contestant, &mut tally)?;
    let growths = crew::each(shop.jobs, CROWDS, |[few, many]| grows(&contestant, *few, *many));
    for ([_, many], growth) in CROWDS.iter().zip(growths) {
        let name = format!("a source of {} costs what one of fewer does", many.name);
        tally.check(&name, growth.map_err(|error| format!("{error:#}")));
    }
    Ok(tally)
}

fn grows(contestant: &Contestant, few: Counted, many: Counted) -> Result<()> {
    let count =
        |what| counts::instructions(what, contestant)?.context("the program has no such scenario");
    let (few, many) = (count(few)?, count(many)?);
    ensure!(many < few * CROWDED, "{} instructions instead of {}", number(many), number(few));
    Ok(())
}

/// The counts, against the table.
fn hold_counts(shop: &Workshop, contestant: &Contestant, tally: &mut Tally) -> Result<()> {
    let path = shop.root.join(TABLE);
    let kept = table::read(&path, ["scenario", "instructions"])?;
    let tolerance = match std::fs::read_to_string(&path)?.contains(&remark(&tools()?)) {
        true => SAME_TOOLS,
        false => {
            println!("   {TABLE} was made with other tools: only rises by more than 30 % are told");
            OTHER_TOOLS
        }
    };
    let mut fallen = Vec::new();
    for (what, instructions) in count(shop, contestant) {
        let row = kept.iter().find(|[name, _]| name == what.name);
        let outcome = instructions.and_then(|instructions| {
            let [_, kept] = row.with_context(|| format!("not in {TABLE}: run `{RENEW}`"))?;
            tolerance.judge(kept.parse()?, instructions).map_err(anyhow::Error::msg)
        });
        let outcome = outcome.map_err(|error| format!("{error:#}"));
        if outcome == Ok(true) {
            fallen.push(what.name);
        }
        tally.check(&format!("instructions of {}", what.name), outcome.map(drop));
    }
    if !fallen.is_empty() {
        println!("   cheaper than {TABLE} says: {}; run `{RENEW}`", fallen.join(", "));
    }
    Ok(())
}

/// Writes the table.
pub fn renew(shop: &Workshop) -> Result<()> {
    let contestant = mainspring(&Workbench::new(shop, "gcc", "counts")?)?;
    let mut text = format!(
        "# mainspring's instructions per operation of the scenarios of `cargo xtask bench`, as callgrind\n\
         # counts them. Written by `{RENEW}`, held against by `cargo xtask test`.\n{}\
         scenario\tinstructions\n",
        remark(&tools()?)
    );
    for (what, instructions) in count(shop, &contestant) {
        let instructions = instructions.with_context(|| what.name)?;
        println!("{:<26}{:>10}", what.name, number(instructions));
        text += &format!("{}\t{instructions:.1}\n", what.name);
    }
    write(&shop.root.join(TABLE), &text)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// The lines of the table that tell the tools.
fn remark(tools: &[String]) -> String {
    tools.iter().map(|tool| format!("# {tool}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_beyond_the_tolerance_fails_and_a_fall_is_told() {
        assert_eq!(SAME_TOOLS.judge(100.0, 107.9), Ok(false));
        assert!(SAME_TOOLS.judge(100.0, 108.1).is_err());
        assert_eq!(SAME_TOOLS.judge(100.0, 91.0), Ok(true));
        assert_eq!(OTHER_TOOLS.judge(100.0, 139.0), Ok(false));
        assert!(OTHER_TOOLS.judge(100.0, 141.0).is_err());
    }

    #[test]
    fn every_scenario_of_the_gate_is_one_that_is_counted() {
        assert_eq!(counted().len(), GATED.len());
    }
}
