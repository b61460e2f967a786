//! The statements of the contract, as far as the twins need them: which exist, which a case may
//! cite, which no program can test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{ensure, Context, Result};

use crate::table;

#[derive(Debug, Default)]
pub struct Statements {
    /// Section and title by statement.
    known: BTreeMap<String, (u32, String)>,
    /// Why no case can test a statement.
    excuses: BTreeMap<String, String>,
}

impl Statements {
    /// Reads `statements.tsv` (id, section, title) and `untested.tsv` (id, reason).
    pub fn load(contract: &Path) -> Result<Self> {
        Self::new(
            table::read(&contract.join("statements.tsv"), ["id", "section", "title"])?,
            table::read(&contract.join("untested.tsv"), ["id", "reason"])?,
        )
    }

    fn new(table: Vec<[String; 3]>, excuses: Vec<[String; 2]>) -> Result<Self> {
        let mut statements = Self::default();
        for [id, section, title] in table {
            ensure!(!title.is_empty(), "{id} has no title");
            let section = section.parse().with_context(|| format!("section of {id}"))?;
            let before = statements.known.insert(id.clone(), (section, title));
            ensure!(before.is_none(), "{id} stands in the table twice");
        }
        for [id, reason] in excuses {
            ensure!(statements.known.contains_key(&id), "an excuse for the unknown {id}");
            ensure!(!reason.is_empty(), "the excuse for {id} gives no reason");
            statements.excuses.insert(id, reason);
        }
        ensure!(!statements.known.is_empty(), "there is not one statement");
        Ok(statements)
    }

    /// Section, number and title of every statement, in that order.
    pub fn listed(&self) -> Vec<(u32, &str, &str)> {
        let rows = self.known.iter();
        let mut rows: Vec<_> =
            rows.map(|(id, (section, title))| (*section, id.as_str(), title.as_str())).collect();
        rows.sort_unstable();
        rows
    }

    /// Why no case can test the statement, if that is so.
    pub fn excuse(&self, id: &str) -> Option<&str> {
        self.excuses.get(id).map(String::as_str)
    }

    /// Those of `cited` the contract does not have.
    pub fn unknown_in<'a>(&self, cited: &'a [String]) -> Vec<&'a str> {
        let known = |id: &&str| self.known.contains_key(*id);
        cited.iter().map(String::as_str).filter(|id| !known(id)).collect()
    }

    /// How many statements there are.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// How many of those `cited` names.
    pub fn covered(&self, cited: &BTreeSet<&str>) -> usize {
        self.known.keys().filter(|id| cited.contains(id.as_str())).count()
    }

    /// How many of those cannot be tested.
    pub fn excused(&self) -> usize {
        self.excuses.len()
    }

    /// Each statement is either cited or excused, none is both.
    pub fn complete(&self, cited: &BTreeSet<&str>) -> Result<(), String> {
        let wrong: Vec<String> = self
            .known
            .keys()
            .filter_map(|id| match (cited.contains(id.as_str()), self.excuses.contains_key(id)) {
                (false, false) => Some(format!("{id} is not cited")),
                (true, true) => Some(format!("{id} is cited and excused")),
                _ => None,
            })
            .collect();
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong.join(", ")),
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn statements(excuses: &[[&str; 2]]) -> Result<Statements> {
        let table = [["AA-001", "1", "one"], ["AA-002", "20", "two"], ["BB-001", "21", "three"]];
        let excuses = excuses.iter().map(|row| row.map(str::to_owned));
        Statements::new(table.map(|row| row.map(str::to_owned)).into(), excuses.collect())
    }

    #[test]
    fn a_statement_is_tested_or_excused_but_not_both() {
        let statements = statements(&[["AA-002", "needs a broken kernel"]]).unwrap();
        let cited = |ids: &[&'static str]| ids.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(statements.count(), 3);
        assert_eq!(statements.complete(&cited(&["AA-001", "BB-001"])), Ok(()));
        assert_eq!(statements.complete(&cited(&["BB-001"])), Err("AA-001 is not cited".into()));
        let both = statements.complete(&cited(&["AA-001", "AA-002", "BB-001"]));
        assert_eq!(both, Err("AA-002 is cited and excused".into()));
        assert_eq!(statements.unknown_in(&["AA-001".into(), "CC-001".into()]), ["CC-001"]);
    }

    #[test]
    fn an_excuse_needs_a_statement_and_a_reason() {
        assert!(statements(&[["CC-001", "no such statement"]]).is_err());
        assert!(statements(&[["AA-001", ""]]).is_err());
    }
}
