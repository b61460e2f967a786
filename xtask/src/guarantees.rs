//! `docs/guarantees.md`: every promise names the tests that would fail if it were broken, and each of
//! those exists.
//!
//! The last cell of a table whose head ends in "test" holds tests in backquotes: `program/case` of
//! `tests/twin`, or `stage: name` for a test that another stage runs, or a whole `stage`. A name must stand
//! in a file of that language the stage is written in: as a word, since stages find their tests in
//! different ways. A row without a test says `none:` and why. Must not know what is promised.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};

use crate::report::Tally;
use crate::workshop::Workshop;

const DOCUMENT: &str = "docs/guarantees.md";
/// Where tests of stages other than the twins are written.
const SOURCES: [&str; 7] = ["tests", "src", "base", "overlay", "tools", "xtask", "benches"];
const ENDINGS: [&str; 5] = ["rs", "c", "cc", "h", "tsv"];
/// What begins a case of a twin program.
const CASES: [&str; 4] = ["TWIN", "TWIN_LEAKING", "OWN", "OWN_LEAKING"];

/// One check per row that promises something.
pub fn run(shop: &Workshop, stages: &[&str]) -> Result<Tally> {
    let text = fs::read_to_string(shop.root.join(DOCUMENT))
        .with_context(|| format!("reading {DOCUMENT}"))?;
    let rows = promises(&text);
    ensure!(!rows.is_empty(), "{DOCUMENT} promises nothing");
    let tree = Tree::read(&shop.root)?;
    let mut tally = Tally::default();
    for (promise, tests) in rows {
        let label = format!("{DOCUMENT}: {promise}");
        tally.check(&label, proved(tests, |test| tree.has(test, stages)));
    }
    Ok(tally)
}

/// First and last cell of every row below a head that ends in "test".
fn promises(text: &str) -> Vec<(&str, &str)> {
    let mut inside = false;
    let mut rows = Vec::new();
    for line in text.lines() {
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            inside &= line.starts_with('|');
            continue;
        };
        let first = cells.split(" | ").next().unwrap_or_default();
        let last = cells.rsplit(" | ").next().unwrap_or_default();
        if inside {
            rows.push((first, last));
        }
        inside |= last == "test";
    }
    rows
}

/// Whether a cell names tests, each of which there is, or says why not.
fn proved(cell: &str, exists: impl Fn(&str) -> Result<(), String>) -> Result<(), String> {
    if cell.strip_prefix("none: ").is_some_and(|reason| !reason.is_empty()) {
        return Ok(());
    }
    let parts: Vec<&str> = cell.split('`').collect();
    let tests: Vec<&str> = parts.iter().copied().skip(1).step_by(2).collect();
    let between = parts.iter().step_by(2);
    if tests.is_empty() || parts.len() % 2 == 0 || between.copied().any(|text| !is_gap(text)) {
        return Err(format!("neither tests in backquotes nor a reason: {cell}"));
    }
    tests.into_iter().try_for_each(exists)
}

fn is_gap(text: &str) -> bool {
    text.chars().all(|letter| letter == ' ' || letter == ',')
}

/// What tests there are, as far as text tells.
#[derive(Debug, Default)]
struct Tree {
    /// `program/case`
    cases: BTreeSet<String>,
    words: BTreeSet<String>,
}

impl Tree {
    fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        for folder in SOURCES {
            tree.walk(&root.join(folder))?;
        }
        Ok(tree)
    }

    fn walk(&mut self, dir: &Path) -> Result<()> {
        let told = || format!("reading {}", dir.display());
        for entry in fs::read_dir(dir).with_context(told)? {
            let path: PathBuf = entry.with_context(told)?.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if path.is_dir() {
                self.walk(&path)?;
            } else if ENDINGS.contains(&ending) {
                let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                self.add(&path, &text);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, text: &str) {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        self.words.extend(text.split(|letter| !is_word(letter)).map(str::to_owned));
        if !path.parent().is_some_and(|parent| parent.ends_with("tests/twin")) {
            return;
        }
        let program = path.file_stem().unwrap_or_default().to_string_lossy();
        for line in text.lines() {
            let Some((begins, rest)) = line.split_once(" (") else { continue };
            if let Some((name, _)) = rest.split_once(',').filter(|_| CASES.contains(&begins)) {
                self.cases.insert(format!("{program}/{name}"));
            }
        }
    }

    fn has(&self, test: &str, stages: &[&str]) -> Result<(), String> {
        if test.contains('/') {
            let known = self.cases.contains(test);
            return known.then_some(()).ok_or_else(|| format!("no twin case is called {test}"));
        }
        let (stage, name) = test.split_once(": ").unwrap_or((test, ""));
        if !stages.contains(&stage) {
            return Err(format!("no stage is called {stage}"));
        }
        // Of `module::name` the last part is written down somewhere.
        let name = name.rsplit("::").next().unwrap_or_default();
        let known = name.is_empty() || self.words.contains(name);
        known.then_some(()).ok_or_else(|| format!("no test of {stage} is called {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_of_tables_about_tests() {
        let text = "| what | test |\n|---|---|\n| a | `p/c` |\n| b | x | none: y |\n\n\
                    | file | why |\n|---|---|\n| c | d |\n";
        assert_eq!(promises(text), [("a", "`p/c`"), ("b", "none: y")]);
    }

    #[test]
    fn every_test_that_is_named_must_exist() {
        let mut tree = Tree::default();
        tree.add(Path::new("tests/twin/p.c"), "TWIN (case, \"A\")\n    OWN (inner, \"A\")");
        tree.add(Path::new("src/a.rs"), "fn works_well() {}");
        let outcome = |cell: &str| proved(cell, |test| tree.has(test, &["unit", "fuzz"]));
        assert_eq!(outcome("`p/case`, `unit: a::works_well` `fuzz`"), Ok(()));
        assert_eq!(outcome("none: it cannot be seen"), Ok(()));
        assert!(outcome("`p/other`").is_err());
        assert!(outcome("`p/case` `unit: works_badly`").is_err());
        assert!(outcome("`models: works_well`").is_err());
        assert!(outcome("we are sure").is_err() && outcome("none: ").is_err());
        assert!(outcome("`p/case` and more").is_err());
    }
}
