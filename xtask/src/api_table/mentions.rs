//! Which C programs use a name, and inside which of their cases, told by their text alone.
//!
//! Comments, texts and included names are no use. A name inside the body of a case is that case's;
//! anywhere else it is the file's. Must not know the table the names come from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{bail, Context, Result};

/// Macros whose uses are told apart by the type they are given.
pub const TAKES_TYPE: [&str; 2] = ["g_autoptr", "g_auto"];

/// The macros of `tests/twin/twin.h` that begin a case.
const BEGINS_CASE: [&str; 4] = ["TWIN", "TWIN_LEAKING", "OWN", "OWN_LEAKING"];

const TWINS: &str = "tests/twin/";

/// The names used, by where they are used: `program/case`, or the path of a file.
#[derive(Debug, Default)]
pub struct Mentions {
    by_place: BTreeMap<String, BTreeSet<String>>,
}

impl Mentions {
    /// Looks for the `known` names in all C and C++ files of these folders. What all twin programs
    /// share (`twin*`) is left out: it tests nothing by itself.
    pub fn gather(root: &Path, folders: &[&str], known: &BTreeSet<String>) -> Result<Self> {
        let mut mentions = Self::default();
        for folder in folders {
            for entry in fs::read_dir(root.join(folder)).with_context(|| (*folder).to_owned())? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                let path = format!("{folder}/{name}");
                let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
                if ["c", "cc", "h"].contains(&ending) && !path.starts_with("tests/twin/twin") {
                    let text = fs::read_to_string(root.join(&path))
                        .with_context(|| format!("reading {path}"))?;
                    mentions.scan(&path, &text, known).with_context(|| format!("in {path}"))?;
                }
            }
        }
        Ok(mentions)
    }

    pub fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// The places that use `name`: cases before files, and before others those that use fewest
    /// names, because they are most likely about this one.
    pub fn of(&self, name: &str) -> Vec<&str> {
        let users = self.by_place.iter().filter(|(_, names)| names.contains(name));
        let mut users: Vec<(bool, usize, &str)> =
            users.map(|(place, names)| (is_file(place), names.len(), place.as_str())).collect();
        users.sort_unstable();
        users.into_iter().map(|(.., place)| place).collect()
    }

    /// Adds what `text`, the file at `path`, uses.
    pub fn scan(&mut self, path: &str, text: &str, known: &BTreeSet<String>) -> Result<()> {
        let program = path
            .strip_prefix(TWINS)
            .and_then(|name| name.strip_suffix(".c").or_else(|| name.strip_suffix(".cc")));
        let tokens = tokens(text);
        let mut at = 0;
        while at < tokens.len() {
            let case = program.zip(case_at(&tokens[at..])?);
            let (place, length) = match case {
                Some((program, (case, length))) => (format!("{program}/{case}"), length),
                None => (path.to_owned(), 1),
            };
            for (offset, token) in tokens[at..at + length].iter().enumerate() {
                let name = match tokens[at + offset..] {
                    [_, "(", of, ")", ..] if TAKES_TYPE.contains(token) => format!("{token}({of})"),
                    _ => (*token).to_owned(),
                };
                if known.contains(&name) {
                    self.by_place.entry(place.clone()).or_default().insert(name);
                }
            }
            at += length;
        }
        Ok(())
    }
}

fn is_file(place: &str) -> bool {
    place.contains('.')
}

/// The name and the length of the case that `tokens` begin with, if they do.
fn case_at<'a>(tokens: &[&'a str]) -> Result<Option<(&'a str, usize)>> {
    let [macro_name, "(", name, ",", ..] = tokens else { return Ok(None) };
    if !BEGINS_CASE.contains(macro_name) {
        return Ok(None);
    }
    let head = 1 + enclosed(&tokens[1..], "(", ")")?;
    // The macro may itself be used by another, which then gives the names.
    if tokens.get(head) != Some(&"{") {
        return Ok(None);
    }
    Ok(Some((name, head + enclosed(&tokens[head..], "{", "}").context(name.to_string())?)))
}

/// How many tokens there are from the opening one, which is the first, up to the one that closes it.
fn enclosed(tokens: &[&str], open: &str, close: &str) -> Result<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if *token == open {
            depth += 1;
        } else if *token == close {
            depth -= 1;
            if depth == 0 {
                return Ok(at + 1);
            }
        }
    }
    bail!("{open} is never closed")
}

/// Identifiers and single other characters; comments, texts, numbers, blanks and the names that
/// are included are left out.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '#' if rest[1..].trim_start().starts_with("include") => {
                rest.find('\n').unwrap_or(rest.len())
            }
            '"' | '\'' => quoted(rest, first),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let token = &rest[..length];
        let is_other = length == first.len_utf8() && !first.is_whitespace();
        if !first.is_ascii_digit() && (is_word(first) || is_other) {
            tokens.push(token);
        }
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The length of the text or character that `rest` begins with, quotes included.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(path: &str, text: &str) -> Result<Mentions> {
        let known = ["g_a", "g_b", "g_autoptr(GSource)"].map(str::to_owned).into();
        let mut mentions = Mentions::default();
        mentions.scan(path, text, &known)?;
        Ok(mentions)
    }

    #[test]
    fn a_use_belongs_to_its_case_or_else_to_its_file() {
        let text = "static void helper (void) { g_b (); }\n\
                    TWIN (one, \"AA-001\") { if (x) { g_a (); } }\n\
                    OWN (two, \"AA-002\", \"g_b is { newer\") { g_a (); g_b (); }\n";
        let found = mentions("tests/twin/p.c", text).unwrap();
        assert_eq!(found.of("g_a"), ["p/one", "p/two"]);
        assert_eq!(found.of("g_b"), ["p/two", "tests/twin/p.c"]);
        assert_eq!(mentions("c-examples/p.c", text).unwrap().of("g_a"), ["c-examples/p.c"]);
    }

    #[test]
    fn comments_texts_includes_and_longer_names_are_no_use() {
        let text = "/* g_a */ // g_a\n#include <g_a>\n# include \"g_a\"\n\
                    char *t = \"g_a \\\" g_a\", c = '\"'; int my_g_a, g_a_long;";
        assert!(mentions("c-examples/p.c", text).unwrap().is_empty());
        assert!(!mentions("c-examples/p.c", "char c = '\"'; g_a ();").unwrap().is_empty());
    }

    #[test]
    fn a_cleanup_is_told_apart_by_its_type() {
        let found = mentions("c-examples/p.cc", "g_autoptr (GMainLoop) a; g_a ();").unwrap();
        assert!(found.of("g_autoptr(GSource)").is_empty());
        let found = mentions("c-examples/p.cc", "g_autoptr (GSource) a; g_a ();").unwrap();
        assert_eq!(found.of("g_autoptr(GSource)"), ["c-examples/p.cc"]);
    }

    #[test]
    fn a_case_made_by_a_macro_is_its_file_and_an_open_one_an_error() {
        let text = "#define MANY(number) TWIN (many_##number, \"A\") g_a ();\n#define X TWIN (name, \"A\") y";
        assert_eq!(mentions("tests/twin/p.c", text).unwrap().of("g_a"), ["tests/twin/p.c"]);
        assert!(mentions("tests/twin/p.c", "TWIN (one, \"A\") { g_a ();").is_err());
    }
}
