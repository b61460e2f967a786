//! The runs: round by round every scenario on every library, in an order that rotates, so that an hour
//! in which the machine is slow is slow for all.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::{Context, Result};

use super::programs::Contestant;
use super::scenarios::{Figure, Scenario};
use crate::proc::CommandExt as _;

/// A run that takes longer is given up.
const LIMIT: Duration = Duration::from_secs(60);

/// What a program answers that does not have a scenario.
const UNKNOWN_SCENARIO: i32 = 2;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub rounds: usize,
    pub ms: u64,
}

/// One line of a program: its figures by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Run(BTreeMap<String, f64>);

impl Run {
    fn parse(line: &str) -> Result<Self> {
        let words = line.split_whitespace().skip(1);
        let read = |word: &str| -> Result<(String, f64)> {
            let (name, value) =
                word.split_once('=').with_context(|| format!("not a figure: {word}"))?;
            Ok((name.to_owned(), value.parse()?))
        };
        Ok(Self(words.map(read).collect::<Result<_>>()?))
    }

    fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// The figure, in the unit it is told in.
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        let ops = self.get("ops")?;
        match figure {
            Figure::Cpu => Some(self.get("cpu_ns")? / ops),
            Figure::Wall => Some(self.get("wall_ns")? / ops),
            Figure::Median => Some(self.get("p50_ns")? / 1e3),
            Figure::Tail => Some(self.get("p99_ns")? / 1e3),
            Figure::Rate => Some(ops / self.get("cpu_ns")? * 1e9),
            Figure::Bytes => self.get("bytes"),
        }
    }
}

/// All runs, by scenario and library; the runs of one round stand at the same place.
#[derive(Debug, Default)]
pub struct Outcome {
    runs: BTreeMap<(String, &'static str), Vec<Option<Run>>>,
    pub failures: BTreeSet<String>,
}

impl Outcome {
    /// A figure in every round, `None` where there was no run.
    pub fn figures(
        &self,
        scenario: &Scenario,
        name: &'static str,
        figure: Figure,
    ) -> Vec<Option<f64>> {
        let runs = self.runs.get(&(scenario.name.clone(), name));
        runs.into_iter().flatten().map(|run| run.as_ref()?.figure(figure)).collect()
    }
}

pub fn run(plan: &Plan, scenarios: &[Scenario], contestants: &[Contestant]) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut without = BTreeSet::new();
    for round in 0..plan.rounds {
        for (number, scenario) in scenarios.iter().enumerate() {
            show(&format!("round {} of {}: {}", round + 1, plan.rounds, scenario.name));
            for place in 0..contestants.len() {
                let contestant = &contestants[(place + round + number) % contestants.len()];
                let key = (scenario.name.clone(), contestant.name);
                let run = match without.contains(&key) {
                    true => None,
                    false => match one(plan, scenario, contestant) {
                        Ok(Some(run)) => Some(run),
                        Ok(None) => {
                            without.insert(key.clone());
                            None
                        }
                        Err(error) => {
                            let told =
                                format!("{} on {}: {error:#}", scenario.name, contestant.name);
                            outcome.failures.insert(told);
                            without.insert(key.clone());
                            None
                        }
                    },
                };
                outcome.runs.entry(key).or_default().push(run);
            }
        }
    }
    show("");
    Ok(outcome)
}

/// One run, or nothing if the program does not have the scenario.
fn one(plan: &Plan, scenario: &Scenario, contestant: &Contestant) -> Result<Option<Run>> {
    let mut command = contestant.command();
    command.arg(&scenario.name).arg(plan.ms.to_string());
    let finished = command.finish_within(LIMIT)?;
    if finished.status.code() == Some(UNKNOWN_SCENARIO) {
        return Ok(None);
    }
    Run::parse(&finished.success()?.stdout).map(Some)
}

/// Tells people at a terminal where we are.
fn show(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
        // Nobody is harmed if a terminal does not show it.
        let _ = std::io::stderr().flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_into_figures() {
        let run = Run::parse("x:1 ops=40 cpu_ns=80 wall_ns=100 p50_ns=1500\n").unwrap();
        assert_eq!(run.figure(Figure::Cpu), Some(2.0));
        assert_eq!(run.figure(Figure::Wall), Some(2.5));
        assert_eq!(run.figure(Figure::Median), Some(1.5));
        assert_eq!(run.figure(Figure::Rate), Some(5e8));
        assert_eq!(run.figure(Figure::Bytes), None);
        assert!(Run::parse("x ops").is_err());
    }
}
