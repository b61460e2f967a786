//! Which cases prove which statement of the contract, and how the statements stand after a run.
//!
//! A statement stands as the worst of its cases does. Must not know how cases are run (`ways.rs`);
//! which statements must have one is said in `statements.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use anyhow::{ensure, Result};

use super::programs::{Case, Program};
use super::statements::Statements;
use super::ways::{Standing, Verdict};
use crate::document;

/// What the sections are about, for the totals.
const PARTS: [(&str, RangeInclusive<u32>); 3] =
    [("contract", 1..=29), ("misuse", 30..=30), ("helpers", 0..=0)];

/// One statement.
#[derive(Debug)]
struct Line<'a> {
    section: u32,
    id: &'a str,
    title: &'a str,
    cases: Vec<(&'a Program, &'a Case)>,
    excuse: Option<&'a str>,
}

/// All statements, or those that were asked for.
#[derive(Debug)]
pub struct Coverage<'a>(Vec<Line<'a>>);

impl<'a> Coverage<'a> {
    pub fn of(statements: &'a Statements, cases: &[(&'a Program, &'a Case)]) -> Self {
        let line = |(section, id, title)| {
            let cites = |(_, case): &&(&Program, &Case)| case.statements.iter().any(|of| of == id);
            let mut cases: Vec<_> = cases.iter().filter(cites).copied().collect();
            // In an order that does not depend on the compiler, as that of their programs' lists does.
            cases.sort_by(|a, b| (&a.0.name, &a.1.name).cmp(&(&b.0.name, &b.1.name)));
            Line { section, id, title, cases, excuse: statements.excuse(id) }
        };
        Self(statements.listed().into_iter().map(line).collect())
    }

    /// Leaves the statements whose number begins with `pattern` or whose cases' names contain it.
    pub fn retain(&mut self, pattern: &str) -> Result<()> {
        self.0.retain(|line| {
            line.id.starts_with(pattern) || line.names().any(|name| name.contains(pattern))
        });
        ensure!(!self.0.is_empty(), "no statement and no case is called {pattern}");
        Ok(())
    }

    /// Each case that is cited, once.
    pub fn cases(&self) -> Vec<(&'a Program, &'a Case)> {
        let cited = self.0.iter().flat_map(|line| &line.cases);
        let once: BTreeMap<_, _> =
            cited.map(|(program, case)| (program.name_of(case), (*program, *case))).collect();
        once.into_values().collect()
    }

    /// For people: a line for each statement, then the totals. `verdicts` stand as `cases` do.
    pub fn table(&self, verdicts: &[Verdict]) -> String {
        let names = self.cases().into_iter().map(|(program, case)| program.name_of(case));
        let verdicts: BTreeMap<String, &Verdict> = names.zip(verdicts).collect();
        let width = self.0.iter().map(|line| line.title.chars().count()).max().unwrap_or(0);
        let row = |id: &str, title: &str, glib: &str, mainspring: &str, tests: &str| {
            format!("{id:<9}{title:<width$}  {glib:<10}{mainspring:<12}{tests}\n")
        };
        let mut text = row("", "statement", "GLib", "mainspring", "cases");
        let mut totals: BTreeMap<u32, Totals> = BTreeMap::new();
        for line in &self.0 {
            let of_cases = || line.names().filter_map(|name| verdicts.get(&name));
            let glib = of_cases().map(|verdict| verdict.glib).max();
            let mainspring = of_cases().map(|verdict| verdict.mainspring).max();
            totals.entry(line.section).or_default().add(glib, mainspring);
            text += &row(
                line.id,
                line.title,
                word(glib),
                word(mainspring),
                &line.proof(|name, _| name),
            );
        }
        text += &Totals::head();
        for (section, totals) in &totals {
            text += &totals.row(&format!("section {section}"));
        }
        for (part, sections) in PARTS {
            let inside: Vec<_> =
                totals.iter().filter(|(section, _)| sections.contains(section)).collect();
            if !inside.is_empty() {
                text += &Totals::sum(inside.into_iter().map(|(_, totals)| totals)).row(part);
            }
        }
        text + &Totals::sum(totals.values()).row("all")
    }

    /// The same without what a run finds out, made by `command`.
    pub fn document(&self, command: &str) -> String {
        let tested = self.0.iter().filter(|line| !line.cases.is_empty()).count();
        let untestable = |line: &&Line| line.cases.is_empty() && line.excuse.is_some();
        let excused = self.0.iter().filter(untestable).count();
        let mut text = format!(
            "# Every statement of the contract and its tests\n\n\
             Made by `{command}`; do not edit. Tests are `program/case` of `tests/twin`; one marked \
             \\* runs on\nmainspring alone, because the GLib it would be compared with lacks the function \
             or has the defect. `cargo xtask contract`\nruns them and shows how each statement \
             stands on both libraries.\n\n\
             {} statements: {tested} with tests, {excused} that cannot be tested, {} without a test.\n\n",
            self.0.len(),
            self.0.len() - tested - excused,
        );
        text += &document::head(["section", "statement", "says", "tests"]);
        for line in &self.0 {
            let proof = line.proof(|name, own| format!("`{name}`{}", if own { "\\*" } else { "" }));
            text += &document::row([&line.section.to_string(), line.id, line.title, &proof]);
        }
        text
    }
}

impl Line<'_> {
    fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.cases.iter().map(|(program, case)| program.name_of(case))
    }

    /// The cases, each as `show` has it by its name and whether it is our own; or why there is none.
    fn proof(&self, show: impl Fn(String, bool) -> String) -> String {
        let shown = self.cases.iter().map(|(program, case)| show(program.name_of(case), case.own));
        let shown: Vec<String> = shown.collect();
        match self.excuse {
            _ if !shown.is_empty() => shown.join(" "),
            Some(reason) => format!("none: {reason}"),
            None => "none: no test yet".to_owned(),
        }
    }
}

/// How a side of a statement is called.
fn word(standing: Option<Standing>) -> &'static str {
    match standing {
        None => "untested",
        Some(Standing::Own) => "own",
        Some(Standing::Passed) => "ok",
        Some(Standing::Differs) => "differs",
        Some(Standing::Fails) => "fails",
    }
}

/// How many statements stand how; each counts once, as the worse of its sides.
#[derive(Debug, Default, Clone, Copy)]
struct Totals {
    /// By the words of `COLUMNS`.
    counts: [usize; 5],
}

const COLUMNS: [&str; 5] = ["ok", "own", "differs", "fails", "untested"];

impl Totals {
    fn add(&mut self, glib: Option<Standing>, mainspring: Option<Standing>) {
        // What runs on mainspring alone has passed there, or it would be the worse.
        let worse = match (glib, mainspring) {
            (Some(Standing::Own), Some(Standing::Passed)) => glib,
            _ => glib.max(mainspring),
        };
        for (column, count) in COLUMNS.iter().zip(&mut self.counts) {
            *count += usize::from(*column == word(worse));
        }
    }

    fn sum<'a>(of: impl Iterator<Item = &'a Self>) -> Self {
        of.fold(Self::default(), |mut sum, totals| {
            for (sum, count) in sum.counts.iter_mut().zip(totals.counts) {
                *sum += count;
            }
            sum
        })
    }

    fn head() -> String {
        let columns = COLUMNS.map(|column| format!("{column:>10}")).concat();
        format!("\n{:<12}{:>12}{columns}\n", "", "statements")
    }

    fn row(&self, name: &str) -> String {
        let mut text = format!("{name:<12}{:>12}", self.counts.iter().sum::<usize>());
        for count in self.counts {
            let _ = write!(text, "{count:>10}");
        }
        text + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::super::statements::tests::statements;
    use super::*;

    fn case(name: &str, statement: &str, own: bool) -> Case {
        let (name, statements) = (name.to_owned(), vec![statement.to_owned()]);
        Case { name, statements, own, leaks: false }
    }

    fn verdict(glib: Standing, mainspring: Standing) -> Verdict {
        Verdict { glib, mainspring, faults: Vec::new() }
    }

    /// The words of the line that begins with `name`.
    fn line<'t>(table: &'t str, name: &str) -> Vec<&'t str> {
        let line = table.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().collect()
    }

    #[test]
    fn a_statement_stands_as_the_worst_of_its_cases() {
        let statements = statements(&[["AA-002", "needs a broken kernel"]]).unwrap();
        let program = Program::named("p");
        let cases = [case("a", "AA-001", false), case("b", "AA-001", false)];
        let cases = cases.each_ref().map(|case| (&program, case));
        let coverage = Coverage::of(&statements, &cases);
        let verdicts = [
            verdict(Standing::Passed, Standing::Differs),
            verdict(Standing::Passed, Standing::Passed),
        ];
        let table = coverage.table(&verdicts);
        assert_eq!(line(&table, "AA-001"), ["AA-001", "one", "ok", "differs", "p/a", "p/b"]);
        assert_eq!(line(&table, "AA-002")[2..5], ["untested", "untested", "none:"]);
        assert_eq!(line(&table, "all"), ["all", "3", "0", "0", "1", "0", "2"]);
    }

    #[test]
    fn a_case_of_our_own_counts_apart_only_where_it_is_alone() {
        let statements = statements(&[]).unwrap();
        let program = Program::named("p");
        let cases = [
            case("a", "AA-001", true),
            case("b", "AA-002", true),
            case("c", "AA-002", false),
            case("d", "BB-001", true),
        ];
        let cases = cases.each_ref().map(|case| (&program, case));
        let coverage = Coverage::of(&statements, &cases);
        let verdicts = [
            verdict(Standing::Own, Standing::Passed),
            verdict(Standing::Own, Standing::Passed),
            verdict(Standing::Passed, Standing::Passed),
            verdict(Standing::Own, Standing::Fails),
        ];
        let table = coverage.table(&verdicts);
        assert_eq!(line(&table, "AA-001")[2..4], ["own", "ok"]);
        assert_eq!(line(&table, "AA-002")[2..4], ["ok", "ok"]);
        assert_eq!(line(&table, "BB-001")[2..4], ["own", "fails"]);
        assert_eq!(line(&table, "all"), ["all", "3", "1", "1", "0", "1", "0"]);
    }

    #[test]
    fn a_pattern_leaves_the_statements_it_names_with_all_their_cases() {
        let statements = statements(&[]).unwrap();
        let program = Program::named("p");
        let cases = [case("a", "AA-001", false), case("b", "AA-001", false)];
        let cases = cases.each_ref().map(|case| (&program, case));
        let mut coverage = Coverage::of(&statements, &cases);
        coverage.retain("p/b").unwrap();
        assert_eq!(coverage.cases().len(), 2);
        coverage.retain("AA").unwrap();
        assert!(coverage.retain("BB").is_err());
    }

    #[test]
    fn the_document_names_every_case_or_the_reason() {
        let statements = statements(&[["AA-002", "needs a broken kernel"]]).unwrap();
        let program = Program::named("p");
        let case = case("a", "AA-001", true);
        let text = Coverage::of(&statements, &[(&program, &case)]).document("command");
        assert!(text.contains("| 1 | AA-001 | one | `p/a`\\* |\n"));
        assert!(text.contains("| 20 | AA-002 | two | none: needs a broken kernel |\n"));
        let count = "3 statements: 1 with tests, 1 that cannot be tested, 1 without a test.";
        assert!(text.contains(count));
    }
}
