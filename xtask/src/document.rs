//! Documents of `docs/` that commands make: written by the command, and held against what it would
//! write today. What stands in them is known to those who make them (`api_table.rs` and
//! `twin/coverage.rs`).

use std::fs;
use std::path::Path;

use anyhow::{anyhow, Result};

/// As many tests as a cell names; the others are counted.
const NAMED: usize = 3;

/// A row of a Markdown table.
pub fn row<const N: usize>(cells: [&str; N]) -> String {
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// The head of a table.
pub fn head<const N: usize>(cells: [&str; N]) -> String {
    format!("{}|{}\n", row(cells), "---|".repeat(N))
}

/// The first few of `tests` in backquotes and how many more there are.
pub fn few(tests: &[&str]) -> String {
    let named: Vec<_> = tests.iter().take(NAMED).map(|test| format!("`{test}`")).collect();
    match tests.len() - named.len() {
        0 => named.join(" "),
        more => format!("{} and {more} more", named.join(" ")),
    }
}

pub fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| anyhow!("writing {}: {error}", path.display()))
}

/// Whether the document at `path`, below the repository, is `made`; if not, names the first line
/// that is another and the command that makes it.
pub fn is_fresh(root: &Path, path: &str, made: &str, command: &str) -> Result<(), String> {
    let kept = fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
    match first_difference(&kept, made) {
        None => Ok(()),
        Some(line) => Err(format!("line {line} is out of date: run `{command}`")),
    }
}

fn first_difference(old: &str, new: &str) -> Option<usize> {
    let (mut old, mut new) = (old.split('\n'), new.split('\n'));
    for line in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (old, new) if old != new => return Some(line),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_columns_whatever_is_in_them() {
        assert_eq!(head(["a", "b"]), "| a | b |\n|---|---|\n");
        assert_eq!(row(["x | y", ""]), "| x \\| y |  |\n");
    }

    #[test]
    fn a_few_tests_are_named_and_the_others_counted() {
        assert_eq!(few(&["a", "b", "c"]), "`a` `b` `c`");
        assert_eq!(few(&["a", "b", "c", "d", "e"]), "`a` `b` `c` and 2 more");
    }

    #[test]
    fn the_first_line_that_is_another_is_told() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\nb", "a\nb\n"), Some(3));
    }
}
