//! What a test program says of its tests, in the Test Anything Protocol, and how two such accounts
//! compare.

use std::collections::BTreeMap;

/// The ending of a program that had to be ended.
pub const NO_END: &str = "no end";

/// The outcome of one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Ok,
    NotOk,
    Skipped,
    /// It provokes a race and says that none has come about this time: nothing was tested, nothing has failed.
    Missed,
}

/// How tests say that none has come about.
/// The first is the protocol's word for what is expected to fail.
const MISSED: [&str; 2] = [concat!("TO", "DO"), "SKIP FAILED TO REPRODUCE RACE"];

impl Outcome {
    fn same(self, other: Outcome) -> bool {
        let passes = |outcome| matches!(outcome, Outcome::Ok | Outcome::Missed);
        self == other || passes(self) && passes(other)
    }
}

/// What one run has said, and how it ended.
#[derive(Debug)]
pub struct Report {
    /// By name and, since names repeat, by the how manieth of that name it is.
    tests: BTreeMap<(String, usize), Outcome>,
    ending: String,
    /// What the program printed, for whoever has to find out about a difference.
    said: String,
}

impl Report {
    /// `said` is everything that was printed.
    pub fn read(said: String, ending: String) -> Self {
        let mut tests = BTreeMap::new();
        let mut seen = BTreeMap::new();
        for (name, outcome) in said.lines().filter_map(test_line) {
            let count: &mut usize = seen.entry(name.clone()).or_default();
            tests.insert((name, *count), outcome);
            *count += 1;
        }
        Self { tests, ending, said }
    }

    pub fn has_ended(&self) -> bool {
        self.ending != NO_END
    }

    pub fn tests(&self) -> usize {
        self.tests.len()
    }

    /// `12 ok, 1 skipped, exit status 0`.
    pub fn summary(&self) -> String {
        let count = |of: Outcome| self.tests.values().filter(|outcome| **outcome == of).count();
        let mut parts = vec![format!("{} ok", count(Outcome::Ok))];
        for (what, of) in [
            ("not ok", Outcome::NotOk),
            ("skipped", Outcome::Skipped),
            ("without the race", Outcome::Missed),
        ] {
            if count(of) > 0 {
                parts.push(format!("{} {what}", count(of)));
            }
        }
        parts.push(self.ending.clone());
        parts.join(", ")
    }

    /// Whether another run has come to the same; else the differences and the other's last words.
    pub fn same(&self, other: &Report) -> Result<(), String> {
        let mut differences = Vec::new();
        let both: BTreeMap<_, _> = self.tests.iter().chain(&other.tests).collect();
        for test in both.into_keys() {
            let (here, there) = (self.tests.get(test), other.tests.get(test));
            let same = here.zip(there).is_some_and(|(here, there)| here.same(*there));
            if !same {
                let word = |outcome: Option<&Outcome>| match outcome {
                    Some(outcome) => format!("{outcome:?}"),
                    None => "not run".to_owned(),
                };
                differences.push(format!("{}: {} and {}", test.0, word(here), word(there)));
            }
        }
        if self.ending != other.ending {
            differences.push(format!("{} and {}", self.ending, other.ending));
        }
        if differences.is_empty() {
            return Ok(());
        }
        let lines: Vec<&str> = other.said.lines().collect();
        let last = &lines[lines.len().saturating_sub(12)..];
        Err(format!("{}\n    | {}", differences.join("; "), last.join("\n    | ")))
    }
}

/// `ok 3 /a/b # SKIP why`, `not ok 4 - c`. Numbers are left out: they say nothing that names do not.
fn test_line(line: &str) -> Option<(String, Outcome)> {
    let line = behind_words(line);
    let (outcome, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (Outcome::NotOk, rest),
        None => (Outcome::Ok, line.strip_prefix("ok")?),
    };
    let (text, directive) = rest.split_once('#').unwrap_or((rest, ""));
    let words = text.strip_prefix(' ')?.trim_start_matches(|c: char| c.is_ascii_digit());
    let name = words.trim().trim_start_matches("- ").to_owned();
    let directive = directive.trim_start().to_ascii_uppercase();
    let outcome = match outcome {
        _ if MISSED.iter().any(|words| directive.starts_with(words)) => Outcome::Missed,
        _ if directive.starts_with("SKIP") => Outcome::Skipped,
        outcome => outcome,
    };
    Some((name, outcome))
}

/// The line without what the program has said before it, and not ended by a line's end: `wordsok 3 /a` is the outcome of a
/// test all the same. A line that is a remark is left alone.
fn behind_words(line: &str) -> &str {
    let is_outcome = |at: &usize| {
        let rest = &line[at + "ok ".len()..];
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(" /")
    };
    let found = line.match_indices("ok ").map(|(at, _)| at).find(is_outcome);
    match found {
        Some(at) if !line.starts_with('#') => {
            let failed = line[..at].ends_with("not ");
            &line[if failed { at - "not ".len() } else { at }..]
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(said: &str, ending: &str) -> Report {
        Report::read(said.to_owned(), ending.to_owned())
    }

    #[test]
    fn a_test_has_a_name_and_an_outcome() {
        let said = "# random\n1..4\nok 1 /a/b\nok 2 /c # SKIP no bus\nnot ok 3 - d\nok\nokay 5 x\n";
        let found = report(said, "exit status 0");
        assert_eq!(found.tests(), 3);
        assert_eq!(found.summary(), "1 ok, 1 not ok, 1 skipped, exit status 0");
    }

    #[test]
    fn words_without_an_end_do_not_hide_an_outcome() {
        let found = report("wordsok 1 /a\nmorenot ok 2 /b\n# told ok 3 /c\n", "exit status 0");
        assert_eq!(found.summary(), "1 ok, 1 not ok, exit status 0");
    }

    #[test]
    fn a_race_that_did_not_come_about_is_no_difference() {
        let passed = report("ok 1 /a\n", "exit status 0");
        for said in [
            concat!("not ok 1 /a # TO", "DO not checked\n"),
            "ok 1 /a # SKIP Failed to reproduce race (3)\n",
        ] {
            assert_eq!(passed.same(&report(said, "exit status 0")), Ok(()), "{said}");
        }
        for said in ["ok 1 /a # SKIP no bus\n", "not ok 1 /a\n"] {
            assert!(passed.same(&report(said, "exit status 0")).is_err(), "{said}");
        }
    }

    #[test]
    fn any_difference_counts() {
        let plain = report("ok 1 /a\nok 2 /b\nok 3 /b\n", "exit status 0");
        assert_eq!(plain.same(&report("ok 1 /a\nok 3 /b\nok 2 /b\n", "exit status 0")), Ok(()));
        for (said, ending) in [
            ("ok 1 /a\nok 2 /b\n", "exit status 0"),
            ("ok 1 /a\nok 2 /b\nok 3 /b # SKIP\n", "exit status 0"),
            ("ok 1 /a\nok 2 /b\nok 3 /b\nok 4 /c\n", "exit status 0"),
            ("ok 1 /a\nok 2 /b\nok 3 /b\n", "exit status 1"),
        ] {
            assert!(plain.same(&report(said, ending)).is_err(), "{said}{ending}");
        }
    }
}
