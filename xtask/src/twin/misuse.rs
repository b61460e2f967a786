//! The table of wrong calls, `tests/contract/misuse.tsv`: each row names functions of the interface
//! and the cases that show what is printed and returned, or says why none can.
//!
//! Must not know what the messages say; the cases compare them with the oracle's, letter for letter.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use crate::table;

#[derive(Debug)]
pub struct Misuse {
    /// Number, functions, cases.
    rows: Vec<[String; 3]>,
    /// The names of the interface.
    api: BTreeSet<String>,
}

impl Misuse {
    pub fn load(contract: &Path) -> Result<Self> {
        let columns = ["number", "functions", "misuse", "message", "result", "tests"];
        let rows = table::read(&contract.join("misuse.tsv"), columns)?.into_iter();
        let columns =
            ["header", "symbol", "kind", "signature-or-value", "since", "deprecated-since", "note"];
        let api = table::read(&contract.join("api.tsv"), columns)?.into_iter();
        Ok(Self {
            rows: rows
                .map(|[number, functions, _, _, _, tests]| [number, functions, tests])
                .collect(),
            api: api.map(|[_, symbol, ..]| symbol).collect(),
        })
    }

    /// Every row has a number of its own, functions there are, and cases there are (`has_case`) or a
    /// reason.
    pub fn complete(&self, has_case: impl Fn(&str) -> bool) -> Result<(), String> {
        let mut wrong = Vec::new();
        let mut numbers = BTreeSet::new();
        for [number, functions, tests] in &self.rows {
            if !numbers.insert(number) {
                wrong.push(format!("{number} stands there twice"));
            }
            let unknown = functions.split(' ').filter(|name| !self.api.contains(*name));
            wrong.extend(unknown.map(|name| format!("{number}: no function is called {name:?}")));
            match tests.strip_prefix("none: ") {
                Some(reason) if !reason.is_empty() => {}
                Some(_) => wrong.push(format!("{number} gives no reason")),
                None => {
                    let unknown = tests.split(' ').filter(|test| !has_case(test));
                    wrong.extend(
                        unknown.map(|test| format!("{number}: no case is called {test:?}")),
                    );
                }
            }
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong.join("; ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(rows: &[[&str; 3]]) -> Result<(), String> {
        let rows = rows.iter().map(|row| row.map(str::to_owned)).collect();
        let misuse = Misuse { rows, api: ["g_ref".to_owned(), "g_unref".to_owned()].into() };
        misuse.complete(|test| test == "misuse/null")
    }

    #[test]
    fn a_row_needs_functions_and_cases_or_a_reason() {
        assert_eq!(
            verdict(&[["1", "g_ref g_unref", "misuse/null"], ["2", "g_ref", "none: gone"]]),
            Ok(())
        );
        assert!(verdict(&[["1", "g_ref", "misuse/null"], ["1", "g_ref", "misuse/null"]]).is_err());
        assert!(verdict(&[["1", "g_rev", "misuse/null"]]).is_err());
        assert!(verdict(&[["1", "g_ref", "misuse/null misuse/nil"]]).is_err());
        assert!(verdict(&[["1", "g_ref", ""]]).is_err());
        assert!(verdict(&[["1", "g_ref", "none: "]]).is_err());
    }
}
