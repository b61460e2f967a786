//! A small unified difference of two traces, for people.

use std::fmt::Write as _;

/// Equal lines shown around a difference.
const CONTEXT: usize = 3;

/// The lines of `new` that differ from `old`, with a little of what surrounds them.
pub fn unified(old_name: &str, old: &str, new_name: &str, new: &str) -> String {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let edits = edits(&old, &new);
    let mut text = format!("traces differ\n    --- {old_name}\n    +++ {new_name}");
    let mut skipped = false;
    for (at, (mark, line)) in edits.iter().enumerate() {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(edits.len());
        if edits[around].iter().any(|(mark, _)| *mark != ' ') {
            let _ = write!(text, "\n    {mark} {line}");
            skipped = false;
        } else if !skipped {
            text.push_str("\n      ...");
            skipped = true;
        }
    }
    text
}

/// Every line of both with its mark, by the longest common subsequence. Traces are short.
fn edits<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(char, &'a str)> {
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for o in (0..old.len()).rev() {
        for n in (0..new.len()).rev() {
            common[o][n] = match old[o] == new[n] {
                true => common[o + 1][n + 1] + 1,
                false => common[o + 1][n].max(common[o][n + 1]),
            };
        }
    }
    let (mut o, mut n) = (0, 0);
    let mut edits = Vec::new();
    while o < old.len() || n < new.len() {
        if o < old.len() && n < new.len() && old[o] == new[n] {
            edits.push((' ', old[o]));
            o += 1;
            n += 1;
        } else if o < old.len() && (n == new.len() || common[o + 1][n] >= common[o][n + 1]) {
            edits.push(('-', old[o]));
            o += 1;
        } else {
            edits.push(('+', new[n]));
            n += 1;
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_neighbourhood_of_a_difference_is_shown() {
        let old = "a\nb\nc\nd\ne\nf\n";
        let new = "a\nb\nc\nd\ne\nF\ng\n";
        let text = unified("old", old, "new", new);
        let shown: Vec<&str> = text.lines().map(str::trim).collect();
        let expected =
            ["traces differ", "--- old", "+++ new", "...", "c", "d", "e", "- f", "+ F", "+ g"];
        assert_eq!(shown, expected);
    }
}
