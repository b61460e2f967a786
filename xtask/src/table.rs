//! The tables of `tests/contract`: columns separated by tabs, the first row naming them, lines that
//! begin with `#` being remarks. What a table means is known to those who read it.

use std::fs;
use std::path::Path;

use anyhow::{ensure, Context, Result};

/// Reads rows of exactly the columns named.
pub fn read<const N: usize>(path: &Path, columns: [&str; N]) -> Result<Vec<[String; N]>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    parse(&text, columns).with_context(|| format!("in {}", path.display()))
}

fn parse<const N: usize>(text: &str, columns: [&str; N]) -> Result<Vec<[String; N]>> {
    let mut rows = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let head: Vec<_> = rows.next().context("the table is empty")?.split('\t').collect();
    ensure!(head == columns, "the columns are {head:?}, not {columns:?}");
    rows.map(|line| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        <[String; N]>::try_from(cells)
            .map_err(|cells| anyhow::anyhow!("{} columns instead of {N}: {line}", cells.len()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_skipped_and_wrong_rows_refused() {
        let rows = parse("# remark\na\tb\n1\t\n# more\n3\t4\n", ["a", "b"]).unwrap();
        assert_eq!(rows, [["1".to_owned(), String::new()], ["3".to_owned(), "4".to_owned()]]);
        assert!(parse("a\tb\n1\n", ["a", "b"]).is_err());
        assert!(parse("a\tc\n", ["a", "b"]).is_err());
    }
}
