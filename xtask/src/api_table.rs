//! `cargo xtask api-table`: `docs/api.md`, every name of the headers with the tests that use it.
//!
//! The names are those of `tests/contract/api.tsv`. Which tests use one is not written down
//! anywhere but found in their text (`api_table/mentions.rs`), so that it cannot be claimed without
//! being so. Must not know what a name is for.

mod mentions;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{ensure, Result};

use crate::abi::contract::{self, Row};
use crate::document;
use crate::report::Tally;
use crate::workshop::Workshop;
use mentions::Mentions;

const DOCUMENT: &str = "docs/api.md";
const COMMAND: &str = "cargo xtask api-table";

/// Where programs that use the library as others would are kept.
const PROGRAMS: [&str; 5] =
    ["tests/twin", "tests/headers", "tests/consumer", "tests/acceptance", "c-examples"];

/// How a name of the table is proved.
#[derive(Debug, PartialEq, Eq)]
enum Proof<'a> {
    /// These use it, the most particular first.
    Tests(Vec<&'a str>),
    /// There is nothing to run: the compiler has compared it with the table.
    Headers,
    /// The library does not have it, and why.
    Absent(&'a str),
    Nothing,
}

/// The names of the table, what uses them, and which are not there.
struct Table {
    rows: Vec<Row>,
    mentions: Mentions,
    absent: BTreeMap<String, String>,
}

/// Writes the document and prints its count.
pub fn write(shop: &Workshop) -> Result<()> {
    let table = Table::read(shop)?;
    document::write(&shop.root.join(DOCUMENT), &table.document())?;
    println!("{DOCUMENT}: {}", table.count());
    println!("without a test: {}", table.untested().join(" "));
    Ok(())
}

/// Holds the document in the tree against what the command would write.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let table = Table::read(shop)?;
    let mut tally = Tally::default();
    let outcome = document::is_fresh(&shop.root, DOCUMENT, &table.document(), COMMAND);
    tally.check(&format!("{DOCUMENT} is what {COMMAND} makes"), outcome);
    println!("   {}", table.count());
    Ok(tally)
}

impl Table {
    fn read(shop: &Workshop) -> Result<Self> {
        let rows = contract::rows(shop)?;
        let known: BTreeSet<String> = rows.iter().map(|row| key(&row.symbol)).collect();
        let mentions = Mentions::gather(&shop.root, &PROGRAMS, &known)?;
        ensure!(!mentions.is_empty(), "no program uses any name of the table");
        Ok(Self { rows, mentions, absent: contract::absent(shop)? })
    }

    fn proof(&self, row: &Row) -> Proof<'_> {
        let tests = self.mentions.of(&key(&row.symbol));
        match self.absent.get(&row.symbol) {
            Some(reason) => Proof::Absent(reason),
            None if !tests.is_empty() => Proof::Tests(tests),
            None if row.is_for_compilers() => Proof::Headers,
            None => Proof::Nothing,
        }
    }

    fn untested(&self) -> Vec<&str> {
        let untested = self.rows.iter().filter(|row| self.proof(row) == Proof::Nothing);
        untested.map(|row| row.symbol.as_str()).collect()
    }

    fn count(&self) -> String {
        let mut counts = [0; 4];
        for row in &self.rows {
            counts[match self.proof(row) {
                Proof::Tests(_) => 0,
                Proof::Headers => 1,
                Proof::Absent(_) => 2,
                Proof::Nothing => 3,
            }] += 1;
        }
        let [tests, headers, absent, nothing] = counts;
        let names = self.rows.len();
        format!(
            "{names} names: {tests} used by tests, {headers} checked in the headers alone, \
             {absent} not there, {nothing} without a test"
        )
    }

    fn document(&self) -> String {
        let mut text = format!(
            "# Every name and its tests\n\n\
             Made by `{COMMAND}` from `tests/contract/api.tsv` and the text of the test programs; do not \
             edit.\nTests are `program/case` of `tests/twin`, or the file of a program. Those that use \
             the fewest other names stand first. \"Header check\" means that nothing runs: compilers \
             have compared the name with the table (`cargo xtask test --only abi`).\n\n{}.\n\n",
            self.count()
        );
        text += &document::head(["header", "name", "kind", "since", "deprecated since", "tests"]);
        for row in &self.rows {
            let proof = match self.proof(row) {
                Proof::Tests(tests) => document::few(&tests),
                Proof::Headers => "header check".to_owned(),
                Proof::Absent(reason) => format!("not there: {reason}"),
                Proof::Nothing => "**none**".to_owned(),
            };
            let name = format!("`{}`", row.symbol);
            let since = row.since.replace("ALL", "always");
            text += &document::row([
                &row.header,
                &name,
                &row.kind,
                &since,
                &row.deprecated_since,
                &proof,
            ]);
        }
        text
    }
}

/// What a program writes to use the symbol: macros stand in the table with their arguments, which
/// only for the cleanups is part of the name.
fn key(symbol: &str) -> String {
    match symbol.split_once('(') {
        Some((name, _)) if !mentions::TAKES_TYPE.contains(&name) => name.to_owned(),
        _ => symbol.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(symbol: &str, kind: &str) -> Row {
        let [header, value, since, deprecated_since] = ["a.h", "1", "ALL", ""].map(str::to_owned);
        let (symbol, kind) = (symbol.to_owned(), kind.to_owned());
        Row { header, symbol, kind, value, since, deprecated_since }
    }

    #[test]
    fn a_name_without_a_test_is_counted_unless_compilers_settle_it() {
        let mut mentions = Mentions::default();
        let known = ["used", "unused"].map(str::to_owned).into();
        mentions.scan("tests/twin/a.c", "TWIN (case, \"A\") { used (); }", &known).unwrap();
        let rows = vec![
            row("used", "function"),
            row("unused", "function"),
            row("later", "function"),
            row("VALUE", "enum-value"),
        ];
        let absent = [("later".to_owned(), "comes later".to_owned())].into();
        let table = Table { rows, mentions, absent };
        assert_eq!(table.untested(), ["unused"]);
        let count = "4 names: 1 used by tests, 1 checked in the headers alone, 1 not there, \
                     1 without a test";
        assert_eq!(table.count(), count);
        let text = table.document();
        assert!(text.contains("| a.h | `used` | function | always |  | `a/case` |\n"));
        assert!(text.contains("| not there: comes later |\n") && text.contains("| **none** |\n"));
    }

    #[test]
    fn arguments_belong_to_a_cleanup_and_not_to_other_macros() {
        assert_eq!(key("g_main_new(is_running)"), "g_main_new");
        assert_eq!(key("g_autoptr(GSource)"), "g_autoptr(GSource)");
        assert_eq!(key("g_idle_add"), "g_idle_add");
    }
}
