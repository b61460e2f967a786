//! Figures without noise: how many instructions and system calls an operation takes.
//!
//! A program is run twice with different numbers of operations under a counter; the difference, shared
//! among the operations that one did more, leaves out what start and set-up take.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::programs::Contestant;
use super::record::Run;
use super::rounds::UNKNOWN_SCENARIO;
use crate::proc::{CommandExt as _, Finished};

/// Counting makes a program up to a hundred times slower.
const LIMIT: Duration = Duration::from_secs(300);

/// A system call that fewer operations than this make is an accident.
const SELDOM: f64 = 0.005;

/// What an operation takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    pub instructions: f64,
    /// By name, calls per operation.
    pub calls: BTreeMap<String, f64>,
}

/// Something counted, with the number of operations of the shorter run; the other does three times as many.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    pub name: &'static str,
    pub operations: u64,
}

pub const fn counted(name: &'static str, operations: u64) -> Counted {
    Counted { name, operations }
}

/// Small enough that real GLib gets through them under a counter.
pub const SET: &[Counted] = &[
    counted("idle:1", 2000),
    counted("idle:100", 20_000),
    counted("idle+fd", 2000),
    counted("idle-once:1", 2000),
    counted("pingpong:eventfd", 2000),
    counted("pingpong:eventfd+1000", 300),
    counted("giochannel", 2000),
    counted("chain:1000x100", 3000),
    counted("all-active:100", 20_000),
    counted("timer-far:1000", 300),
    counted("timer-churn:1000", 2000),
    counted("timer-move:1000", 2000),
    counted("churn-source:idle", 2000),
    counted("churn-source:fd", 2000),
    counted("io-oneshot:0", 1000),
    counted("io-oneshot:100", 1000),
    counted("custom:1", 2000),
    counted("custom:1000", 200_000),
    counted("iteration:20fd+10timers", 1000),
    counted("typical", 1000),
    counted("by-hand:10", 1000),
    counted("context", 2000),
    counted("wakeup:self", 20_000),
];

/// Those whose names contain one of the words; with no words all.
pub fn chosen(words: &[String]) -> impl Iterator<Item = Counted> + '_ {
    let wanted = |what: &Counted| words.iter().any(|word| what.name.contains(word.as_str()));
    SET.iter().copied().filter(move |what| words.is_empty() || wanted(what))
}

/// Both counts, or nothing if the program does not have the scenario.
pub fn count(what: Counted, contestant: &Contestant, scratch: &Path) -> Result<Option<Counts>> {
    let Some(instructions) = instructions(what, contestant)? else {
        return Ok(None);
    };
    let calls = system_calls(what, contestant, scratch)?;
    Ok(Some(Counts { instructions, calls }))
}

/// Instructions per operation, in user space.
pub fn instructions(what: Counted, contestant: &Contestant) -> Result<Option<f64>> {
    let tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let once = |operations| -> Result<Option<(f64, f64)>> {
        let finished = run(what.name, operations, contestant, &tool)?;
        finished.map(|(done, finished)| Ok((done, collected(&finished.stderr)?))).transpose()
    };
    let (Some(short), Some(long)) = (once(what.operations)?, once(what.operations * 3)?) else {
        return Ok(None);
    };
    Ok(Some(slope(short, long)))
}

/// What callgrind says at its end.
fn collected(stderr: &str) -> Result<f64> {
    let line = stderr.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = line.context("callgrind has not told a count")?;
    Ok(count.trim().parse()?)
}

fn system_calls(
    what: Counted,
    contestant: &Contestant,
    scratch: &Path,
) -> Result<BTreeMap<String, f64>> {
    let file = scratch.display().to_string();
    let tool = ["strace", "--follow-forks", "--summary-only", "--output", &file];
    let once = |operations| -> Result<(f64, BTreeMap<String, f64>)> {
        let finished = run(what.name, operations, contestant, &tool)?;
        let (done, _) = finished.context("no such scenario under strace")?;
        Ok((done, summary(&std::fs::read_to_string(scratch)?)))
    };
    let (short, long) = (once(what.operations)?, once(what.operations * 3)?);
    let mut calls = BTreeMap::new();
    for (name, &count) in &long.1 {
        let before = short.1.get(name).copied().unwrap_or_default();
        let each = slope((short.0, before), (long.0, count));
        if each > SELDOM {
            calls.insert(name.clone(), each);
        }
    }
    Ok(calls)
}

/// The rows of strace's table, by the name of the call.
fn summary(text: &str) -> BTreeMap<String, f64> {
    let row = |line: &str| -> Option<(String, f64)> {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let name = *cells.last()?;
        (name != "total").then_some((name.to_owned(), cells.get(3)?.parse().ok()?))
    };
    text.lines().filter_map(row).collect()
}

/// One run under a tool: the operations done, and what it printed.
pub fn run(
    name: &str,
    operations: u64,
    contestant: &Contestant,
    tool: &[&str],
) -> Result<Option<(f64, Finished)>> {
    let mut command = contestant.command(tool);
    command.args([name, "--count", &operations.to_string()]);
    let finished = command.finish_within(LIMIT)?;
    if finished.status.code() == Some(UNKNOWN_SCENARIO) {
        return Ok(None);
    }
    let finished = finished.success().with_context(|| command.line())?;
    let done = Run::parse(&finished.stdout)?.get("ops").context("no operations")?;
    Ok(Some((done, finished)))
}

/// The cost of an operation, of two runs' operations and costs.
pub fn slope((few, little): (f64, f64), (many, much): (f64, f64)) -> f64 {
    (much - little) / (many - few)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_callgrind_collected_is_read() {
        assert_eq!(collected("==1== \n==1== Collected : 4711\n").unwrap(), 4711.0);
        assert!(collected("==1== killed").is_err());
    }

    #[test]
    fn straces_table_is_read_with_and_without_errors() {
        let table = "% time     seconds  usecs/call     calls    errors syscall\n\
                     ------ ----------- ----------- --------- --------- ----------------\n\
                     60.00    0.000010           1         9           read\n\
                     40.00    0.000010           1         7         2 write\n\
                     100.00    0.000020           1        16         2 total\n";
        let calls = summary(table);
        assert_eq!(
            calls.into_iter().collect::<Vec<_>>(),
            [("read".into(), 9.0), ("write".into(), 7.0)]
        );
    }

    #[test]
    fn what_both_runs_have_in_common_is_left_out() {
        assert_eq!(slope((100.0, 1500.0), (300.0, 2500.0)), 5.0);
    }
}
