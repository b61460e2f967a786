//! What became of the programs on both sides, in one round or several, and the document that tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;

use anyhow::Result;

use super::run::Surroundings;
use super::{Pair, Program};
use crate::crew;
use crate::document;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

const DOCUMENT: &str = "docs/overlay/glib-tests.md";

/// All rounds.
#[derive(Debug, Default)]
pub struct Outcomes {
    rounds: u32,
    programs: BTreeMap<String, Row>,
}

/// One program in all rounds.
#[derive(Debug, Default)]
struct Row {
    loops: bool,
    /// How many tests it has run at most.
    tests: usize,
    plain: BTreeSet<String>,
    overlay: BTreeSet<String>,
    /// Rounds in which the two sides have come to something else.
    differing: u32,
}

impl Outcomes {
    /// Runs every program once on each side.
    pub fn round(
        &mut self,
        shop: &Workshop,
        surroundings: &Surroundings,
        programs: &[Program],
        tally: &mut Tally,
    ) {
        let pairs = crew::each(shop.jobs, programs, |program| -> Result<Pair> {
            let plain = surroundings.run(program, false)?;
            let overlay = surroundings.run(program, true)?;
            Ok(Pair { plain, overlay })
        });
        self.rounds += 1;
        for (program, pair) in programs.iter().zip(pairs) {
            let row = self.programs.entry(program.name.clone()).or_default();
            row.loops = program.loops;
            let outcome = pair.map_err(|error| format!("{error:#}")).and_then(|pair| {
                row.tests = row.tests.max(pair.plain.tests());
                row.plain.insert(pair.plain.summary());
                row.overlay.insert(pair.overlay.summary());
                pair.plain.same(&pair.overlay)
            });
            row.differing += u32::from(outcome.is_err());
            tally.check(&program.name, outcome);
        }
    }

    /// The programs whose sides have differed, with how often.
    pub fn differing(&self) -> impl Iterator<Item = (&str, u32)> {
        let differing = self.programs.iter().filter(|(_, row)| row.differing > 0);
        differing.map(|(name, row)| (&**name, row.differing))
    }

    /// How many programs there are, and tests in them.
    pub fn counts(&self) -> (usize, usize) {
        (self.programs.len(), self.programs.values().map(|row| row.tests).sum())
    }

    pub fn sentence(&self) -> String {
        let (programs, tests) = self.counts();
        let times = match self.rounds {
            1 => "once".to_owned(),
            rounds => format!("{rounds} times"),
        };
        let differing: Vec<String> =
            self.differing().map(|(name, rounds)| format!("{name} in {rounds}")).collect();
        let end = match &differing[..] {
            [] => "no difference".to_owned(),
            some => format!("differing: {}", some.join(", ")),
        };
        format!("{programs} programs with {tests} tests, {times}; {end}")
    }

    /// Columns separated by tabs.
    pub fn lines(&self) -> String {
        let mut lines = "program\tplain\toverlay\tdiffering rounds\n".to_owned();
        for (name, row) in &self.programs {
            let (plain, overlay) = (all(&row.plain), all(&row.overlay));
            let _ = writeln!(lines, "{name}\t{plain}\t{overlay}\t{}", row.differing);
        }
        lines
    }

    /// Writes the document; `command` is what made it.
    pub fn write(&self, shop: &Workshop, command: &str) -> Result<()> {
        let package = Command::new("dpkg-query")
            .args(["--show", "--showformat=${Version}", "libglib2.0-tests"])
            .output_text()?;
        let mut text = format!(
            "# GLib's own compiled tests, plain and under the overlay\n\nMade by `{command}` with libglib2.0-tests \
             {package} and mainspring {}: {}.\n\nEach program is run on libglib alone and with the overlay in front, \
             in a home, a runtime directory and on a session bus of its own, and the outcomes are compared test by \
             test. Tests that fail on libglib alone do so because of where they are run (as root, without a network). \
             \"Loop\" says whether anything outside libglib calls the main loop when the program runs; where the \
             rounds have not all come to the same, all outcomes stand there.\n\n",
            env!("CARGO_PKG_VERSION"),
            self.sentence(),
        );
        text += &document::head(["program", "loop", "plain", "overlay", "rounds that differ"]);
        for (name, row) in &self.programs {
            let loops = if row.loops { "yes" } else { "" };
            let differing = row.differing.to_string();
            let cells = [&format!("`{name}`"), loops, &all(&row.plain), &all(&row.overlay)];
            let [name, loops, plain, overlay] = cells;
            let differing = if row.differing > 0 { &*differing } else { "none" };
            text += &document::row([name, loops, plain, overlay, differing]);
        }
        let path = shop.root.join(DOCUMENT);
        std::fs::create_dir_all(path.parent().unwrap_or(&shop.root))?;
        document::write(&path, &text)
    }
}

fn all(summaries: &BTreeSet<String>) -> String {
    summaries.iter().map(String::as_str).collect::<Vec<_>>().join("; or ")
}
