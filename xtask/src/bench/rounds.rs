//! The runs: round by round every scenario on every library, in an order that rotates, so that an hour
//! in which the machine is slow is slow for all. What has been measured is saved after each round.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::programs::Contestant;
use super::record::{Record, Run};
use super::show;
use crate::proc::CommandExt as _;

/// A run that takes longer is given up.
const LIMIT: Duration = Duration::from_secs(60);

/// What a program answers that does not have a scenario.
pub const UNKNOWN_SCENARIO: i32 = 2;

/// Runs the rounds that `record` lacks.
pub fn run(record: &mut Record, contestants: &[Contestant], progress: &Path) -> Result<()> {
    let rounds = record.conditions.rounds;
    let mut without = BTreeSet::new();
    for round in record.rounds_done..rounds {
        for (number, measured) in record.measured.iter_mut().enumerate() {
            show(&format!("round {} of {rounds}: {}", round + 1, measured.name));
            for place in 0..contestants.len() {
                let contestant = &contestants[(place + round + number) % contestants.len()];
                let runs = measured.runs.entry(contestant.name.to_owned()).or_default();
                if without.contains(&(number, contestant.name)) {
                    runs.push(None);
                    continue;
                }
                let run = one(&measured.name, record.conditions.ms, contestant);
                let run = run.unwrap_or_else(|error| {
                    let told = format!("{} on {}: {error:#}", measured.name, contestant.name);
                    record.failures.push(without_folder(&told, contestant));
                    None
                });
                if run.is_none() {
                    without.insert((number, contestant.name));
                }
                runs.push(run);
            }
        }
        record.rounds_done = round + 1;
        record.write(progress)?;
    }
    show("");
    Ok(())
}

/// One run, or nothing if the program does not have the scenario.
pub fn one(name: &str, ms: u64, contestant: &Contestant) -> Result<Option<Run>> {
    let finished = contestant.command(&[]).args([name, &ms.to_string()]).finish_within(LIMIT)?;
    if finished.status.code() == Some(UNKNOWN_SCENARIO) {
        return Ok(None);
    }
    Run::parse(&finished.success()?.stdout).map(Some)
}

/// What is kept says nothing of where the programs lie on this machine.
fn without_folder(text: &str, contestant: &Contestant) -> String {
    match contestant.folder() {
        Some(folder) => text.replace(&format!("{}/", folder.display()), ""),
        None => text.to_owned(),
    }
}
