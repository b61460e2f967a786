//! What the headers declare for export: the one list from which the library is linked and against
//! which it is checked.
//!
//! Every exported function and variable is declared with a word that ends in `_GLIB_EXTERN`
//! (`include/glib/glib-visibility.h`). The preprocessor, told to put a mark in that word's place,
//! leaves text in which the declarations need no C parser to find. How a declaration compares with
//! other sources of truth is the business of `abi/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure, Context, Result};

use crate::link::tool;
use crate::proc::CommandExt as _;

const MARK: &str = "__mainspring_export__";

/// One exported function or variable, as the headers have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    pub name: String,
    /// Type of the result, or of the variable: tokens joined by spaces.
    pub result: String,
    /// Types of the parameters without their names, `...` for variable ones; `None` for a variable.
    pub parameters: Option<Vec<String>>,
}

/// The names the library must export, sorted.
pub fn exports(root: &Path) -> Result<Vec<String>> {
    let names: BTreeSet<_> = declared(root)?.into_iter().map(|found| found.name).collect();
    Ok(names.into_iter().collect())
}

/// Every declaration for export in `include/`, in the order the headers have them.
pub fn declared(root: &Path) -> Result<Vec<Declaration>> {
    declarations(&preprocessed(root)?)
}

/// The names of a GLib as old as 2.`minor`: the headers, told that this is the newest a program
/// wants, warn of all others.
pub fn available(root: &Path, minor: u32) -> Result<BTreeSet<String>> {
    let version = format!("GLIB_VERSION_2_{minor}");
    let range = [
        format!("-DGLIB_VERSION_MIN_REQUIRED={version}"),
        format!("-DGLIB_VERSION_MAX_ALLOWED={version}"),
    ];
    let text = preprocess(root, &range)?;
    // The warning stands before the mark of its declaration, behind the end of the one before.
    let newer = |before: &str| {
        let own = before.rsplit([';', '}']).next().unwrap_or_default();
        own.contains("Not available before")
    };
    let parts: Vec<&str> = text.split(MARK).collect();
    let declarations = declarations(&text)?.into_iter();
    let available = declarations.zip(&parts).filter(|(_, before)| !newer(before));
    Ok(available.map(|(declaration, _)| declaration.name).collect())
}

/// All headers as one text, each declaration for export with `MARK` in front.
pub fn preprocessed(root: &Path) -> Result<String> {
    preprocess(root, &["-DGLIB_DISABLE_DEPRECATION_WARNINGS".to_owned()])
}

fn preprocess(root: &Path, flags: &[String]) -> Result<String> {
    let include = root.join("include");
    let mut preprocess = tool("CC", "cc");
    preprocess
        .args(["-E", "-P"])
        .args(flags)
        .arg(format!("-D_GLIB_EXTERN={MARK}"))
        .arg("-I")
        .arg(&include);
    for header in headers(&include)? {
        preprocess.arg("-include").arg(header);
    }
    preprocess.args(["-x", "c", "/dev/null"]).output_text()
}

/// The headers below `include`, `glib.h` first: a header that may only be included through it is
/// then known already, and one that it forgets fails.
pub fn headers(include: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(include, Path::new(""), &mut found)?;
    found.sort();
    let glib = found.iter().position(|header| header == Path::new("glib.h"));
    let glib = found.remove(glib.context("include/ holds no glib.h")?);
    found.insert(0, glib);
    Ok(found)
}

fn collect(include: &Path, below: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let dir = include.join(below);
    for entry in fs::read_dir(&dir).with_context(|| format!("reading {}", dir.display()))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(include, &path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "h") {
            found.push(path);
        }
    }
    Ok(())
}

fn declarations(preprocessed: &str) -> Result<Vec<Declaration>> {
    preprocessed
        .split(MARK)
        .skip(1)
        .map(|rest| {
            let (text, _) = rest.split_once(';').context("a declaration without an end")?;
            declaration(text).with_context(|| format!("cannot read the declaration{text}"))
        })
        .collect()
}

/// Reads `result name (parameters)` or `type name`, the words after the mark.
pub fn declaration(text: &str) -> Result<Declaration> {
    let tokens = without_attributes(tokens(text))?;
    let open = tokens.iter().position(|token| *token == "(");
    let Some(open) = open else {
        let (name, result) = tokens.split_last().context("nothing to declare")?;
        ensure!(is_word(name), "{name} is no name");
        return Ok(Declaration {
            name: (*name).to_owned(),
            result: result.join(" "),
            parameters: None,
        });
    };
    // A name that is a macro as well stands in parentheses of its own.
    let (result, name, rest) =
        if tokens.get(open + 2) == Some(&")") && tokens.get(open + 3) == Some(&"(") {
            (&tokens[..open], tokens[open + 1], &tokens[open + 4..])
        } else {
            let before = open.checked_sub(1).context("no name before the parenthesis")?;
            (&tokens[..before], tokens[before], &tokens[open + 1..])
        };
    ensure!(is_word(name), "{name} is no name");
    let (last, inner) = rest.split_last().context("no parameters")?;
    ensure!(*last == ")", "text after the parameters");
    Ok(Declaration {
        name: name.to_owned(),
        result: result.join(" "),
        parameters: Some(parameters(inner)?),
    })
}

fn parameters(tokens: &[&str]) -> Result<Vec<String>> {
    if tokens == ["void"] {
        return Ok(Vec::new());
    }
    split_top_level(tokens).into_iter().map(parameter).collect()
}

/// Drops the parameter's name. A type of one word has none to drop, nor has one that ends in `*`.
fn parameter(tokens: &[&str]) -> Result<String> {
    let words = tokens.iter().filter(|token| is_word(token) && **token != "const").count();
    let Some((last, front)) = tokens.split_last() else {
        bail!("an empty parameter");
    };
    if *last == "]" {
        // An array is a pointer here; its name stands before the bracket.
        let open = tokens.iter().position(|token| *token == "[").context("no [ before ]")?;
        return Ok(format!("{} *", tokens[..open - 1].join(" ")));
    }
    Ok(match words {
        2.. if is_word(last) => front.join(" "),
        _ => tokens.join(" "),
    })
}

fn split_top_level<'a, 't>(tokens: &'t [&'a str]) -> Vec<&'t [&'a str]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            match *token {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == ","
        })
        .collect()
}

pub fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Words, `...`, and every other character by itself; strings stand in attributes only.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("...") {
            3
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Drops what says nothing of the type.
pub fn without_attributes(tokens: Vec<&str>) -> Result<Vec<&str>> {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            "__attribute__" => {
                let mut depth = 0;
                loop {
                    match tokens.next().context("an attribute without an end")? {
                        "(" => depth += 1,
                        ")" => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            "__extension__" | "extern" => {}
            _ => kept.push(token),
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String, Option<Vec<String>>) {
        let found = declaration(text).unwrap();
        (found.name, found.result, found.parameters)
    }

    fn list(types: &[&str]) -> Option<Vec<String>> {
        Some(types.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn functions_lose_attributes_and_parameter_names() {
        let text = "__attribute__ ((__deprecated__ (\"Use 'x' (1) instead\"))) const gchar * \
                    g_strerror (gint errnum) __attribute__ ((__const__))";
        let expected = ("g_strerror".to_owned(), "const gchar *".to_owned(), list(&["gint"]));
        assert_eq!(read(text), expected);
        assert_eq!(read("void f (void)").2, list(&[]));
        assert_eq!(
            read("void g_log (const gchar *d, GLogLevelFlags, unsigned long n, ...)").2,
            list(&["const gchar *", "GLogLevelFlags", "unsigned long", "..."])
        );
        assert_eq!(read("void f (int fds[2], gpointer *)").2, list(&["int *", "gpointer *"]));
    }

    #[test]
    fn names_in_parentheses_and_variables_are_read() {
        assert_eq!(
            read("gboolean (g_once_init_enter) (volatile void *location)").0,
            "g_once_init_enter"
        );
        let variable = read("GSourceFuncs g_timeout_funcs");
        assert_eq!(variable, ("g_timeout_funcs".to_owned(), "GSourceFuncs".to_owned(), None));
    }

    #[test]
    fn only_marked_declarations_count() {
        let text =
            format!("int hidden (void); {MARK} int shown (void); static int x; {MARK} int data;");
        let found = declarations(&text).unwrap();
        let names: Vec<_> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["shown", "data"]);
        assert!(declarations(&format!("{MARK} int f (void) {{ return 1 }}")).is_err());
    }
}
