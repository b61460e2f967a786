//! What a run of `cargo xtask bench` leaves: under which conditions what was measured. Kept as JSON, so
//! that a run can be continued and its tables and curves be drawn again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::programs::Contestant;
use super::scenarios::{self, Figure, Scenario};
use crate::proc::CommandExt as _;

/// A whole run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    pub conditions: Conditions,
    /// How many rounds are done.
    pub rounds_done: usize,
    pub measured: Vec<Measured>,
    /// Runs that found something wrong, and what.
    pub failures: Vec<String>,
}

/// What must be the same for two runs to be one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    pub command: String,
    pub cpu: String,
    pub cpus: usize,
    pub kernel: String,
    pub compiler: String,
    /// Name and version, in the order of tables.
    pub libraries: Vec<(String, String)>,
    pub rounds: usize,
    pub ms: u64,
    pub scenarios: Vec<String>,
}

/// One scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measured {
    pub name: String,
    pub about: String,
    /// By library, one for each round; `None` where a library cannot do it.
    pub runs: BTreeMap<String, Vec<Option<Run>>>,
    /// By library.
    pub counts: BTreeMap<String, Counts>,
}

/// One line of a program: its figures by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run(BTreeMap<String, f64>);

impl Run {
    pub fn parse(line: &str) -> Result<Self> {
        let words = line.split_whitespace().skip(1);
        let read = |word: &str| -> Result<(String, f64)> {
            let (name, value) =
                word.split_once('=').with_context(|| format!("not a figure: {word}"))?;
            Ok((name.to_owned(), value.parse()?))
        };
        Ok(Self(words.map(read).collect::<Result<_>>()?))
    }

    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// The figure, in the unit it is told in.
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        let ops = self.get("ops")?;
        match figure {
            Figure::Cpu => Some(self.get("cpu_ns")? / ops),
            Figure::Median => Some(self.get("p50_ns")? / 1e3),
            Figure::Tail => Some(self.get("p99_ns")? / 1e3),
            Figure::Rate => Some(ops / self.get("cpu_ns")? * 1e9),
            Figure::Bytes => self.get("bytes"),
        }
    }
}

impl Measured {
    fn new(scenario: &Scenario) -> Self {
        Self {
            name: scenario.name.clone(),
            about: scenario.about.to_owned(),
            runs: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// A figure in every round, `None` where there was no run.
    pub fn figures(&self, library: &str, figure: Figure) -> Vec<Option<f64>> {
        let runs = self.runs.get(library);
        runs.into_iter().flatten().map(|run| run.as_ref()?.figure(figure)).collect()
    }

    /// What is told of the scenario.
    pub fn told(&self) -> &'static [Figure] {
        scenarios::figures(&self.name)
    }
}

impl Record {
    /// One in which nothing is measured yet.
    pub fn new(conditions: Conditions, scenarios: &[Scenario]) -> Self {
        let measured = scenarios.iter().map(Measured::new).collect();
        Self { conditions, rounds_done: 0, measured, failures: Vec::new() }
    }

    pub fn add_counts(&mut self, scenario: &str, library: &str, counts: Counts) {
        let place = self.measured.iter().position(|measured| measured.name == scenario);
        let place = place.unwrap_or_else(|| {
            let about = scenarios::about(scenario);
            self.measured.push(Measured::new(&Scenario { name: scenario.to_owned(), about }));
            self.measured.len() - 1
        });
        self.measured[place].counts.insert(library.to_owned(), counts);
    }

    pub fn read(path: &Path) -> Result<Self> {
        let told = || format!("reading {}", path.display());
        let text = fs::read_to_string(path).with_context(told)?;
        serde_json::from_str(&text).with_context(told)
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, self.json()?).with_context(|| format!("writing {}", path.display()))
    }

    /// A line for each scenario, so that two records can be compared line by line.
    fn json(&self) -> Result<String> {
        let lines = self.measured.iter().map(serde_json::to_string);
        let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
        Ok(format!(
            "{{\n\"conditions\": {},\n\"rounds_done\": {},\n\"failures\": {},\n\"measured\": [\n{}\n]\n}}\n",
            serde_json::to_string_pretty(&self.conditions)?,
            self.rounds_done,
            serde_json::to_string_pretty(&self.failures)?,
            lines.join(",\n")
        ))
    }
}

impl Conditions {
    pub fn here(
        contestants: &[Contestant],
        scenarios: &[Scenario],
        rounds: usize,
        ms: u64,
    ) -> Result<Self> {
        let cpus = fs::read_to_string("/proc/cpuinfo").context("reading what the CPU is")?;
        let models =
            cpus.lines().filter_map(|line| line.strip_prefix("model name")?.split_once(':'));
        let words: Vec<String> = std::env::args().skip(1).collect();
        Ok(Self {
            command: format!("cargo xtask {}", words.join(" ")),
            cpu: models.map(|(_, model)| model.trim().to_owned()).next().unwrap_or_default(),
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: first_line("uname", &["-sr"])?,
            compiler: first_line("gcc", &["--version"])?,
            libraries: contestants
                .iter()
                .map(|contestant| (contestant.name.to_owned(), contestant.version.clone()))
                .collect(),
            rounds,
            ms,
            scenarios: scenarios.iter().map(|scenario| scenario.name.clone()).collect(),
        })
    }

    /// Whether what was measured under `other` counts here: only the words that asked for it may differ.
    pub fn continues(&self, other: &Self) -> bool {
        Self { command: other.command.clone(), ..self.clone() } == *other
    }
}

/// How a program calls itself.
pub fn first_line(program: &str, words: &[&str]) -> Result<String> {
    let said = std::process::Command::new(program).args(words).output_text()?;
    Ok(said.lines().next().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_into_figures() {
        let run = Run::parse("x:1 ops=40 cpu_ns=80 wall_ns=100000 p50_ns=1500\n").unwrap();
        assert_eq!(run.figure(Figure::Cpu), Some(2.0));
        assert_eq!(run.figure(Figure::Median), Some(1.5));
        assert_eq!(run.figure(Figure::Rate), Some(5e8));
        assert_eq!(run.figure(Figure::Bytes), None);
        assert!(Run::parse("x ops").is_err());
    }

    fn conditions() -> Conditions {
        Conditions {
            command: "a".to_owned(),
            cpu: String::new(),
            cpus: 2,
            kernel: String::new(),
            compiler: String::new(),
            libraries: Vec::new(),
            rounds: 5,
            ms: 100,
            scenarios: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let scenarios = scenarios::chosen(&["idle:1".to_owned(), "context".to_owned()]);
        let mut record = Record::new(conditions(), &scenarios);
        let run = Run::parse("idle:1 ops=2 cpu_ns=8").unwrap();
        record.measured[0].runs.insert("GLib".to_owned(), vec![Some(run), None]);
        record.add_counts("chain:1x1", "GLib", Counts::default());
        let again: Record = serde_json::from_str(&record.json().unwrap()).unwrap();
        assert_eq!(again.conditions, record.conditions);
        assert_eq!(again.measured.len(), 3);
        assert_eq!(again.measured[0].figures("GLib", Figure::Cpu), [Some(4.0), None]);
        assert_eq!(again.measured[2].counts["GLib"], Counts::default());
    }

    #[test]
    fn a_run_is_continued_only_under_its_own_conditions() {
        let first = conditions();
        let mut second = Conditions { command: "b".to_owned(), ..first.clone() };
        assert!(second.continues(&first));
        second.ms = 50;
        assert!(!second.continues(&first));
    }
}
