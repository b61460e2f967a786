//! The table of everything the main loop's headers hold (`tests/contract/api.tsv`) against the
//! headers: each name is there and is what the table says, and each name that is still to come
//! (`not-yet.tsv`) is absent.
//!
//! The compiler does the comparing. A function is declared a second time as the table has it, which
//! fails unless both declarations agree; so is a type. A macro is expanded beside the text the
//! table gives for it. What only words describe is tested by the programs in `tests/headers`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{ensure, Result};

use crate::exports;
use crate::probe::{Headers, Language, Text};
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::table;
use crate::workshop::Workshop;

/// All that can be included, in front of a text about the headers.
pub const INCLUDES: &str = "#include <glib.h>\n#include <glib-unix.h>\n#include <glib/gstdio.h>\n";

/// Macros the table describes in words; the programs in `tests/headers` use them.
const IN_WORDS: [&str; 4] =
    ["G_SOURCE_FUNC(f)", "g_clear_handle_id(tag_ptr, clear_func)", "g_autofd", "G_NSEC_PER_SEC"];

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    pub header: String,
    pub symbol: String,
    pub kind: String,
    pub value: String,
    pub since: String,
    pub deprecated_since: String,
}

/// The rows of the table that the headers have to have.
pub fn present(shop: &Workshop) -> Result<Vec<Row>> {
    let absent = absent(shop)?;
    let rows = rows(shop)?.into_iter();
    Ok(rows.filter(|row| !absent.contains_key(&row.symbol)).collect())
}

/// The names that are still to come, with the reasons.
pub fn absent(shop: &Workshop) -> Result<BTreeMap<String, String>> {
    let path = shop.root.join("tests/contract/not-yet.tsv");
    let rows = table::read(&path, ["symbol", "reason"])?;
    Ok(rows.into_iter().map(|[symbol, reason]| (symbol, reason)).collect())
}

/// All rows of the table.
pub fn rows(shop: &Workshop) -> Result<Vec<Row>> {
    let path = shop.root.join("tests/contract/api.tsv");
    let columns =
        ["header", "symbol", "kind", "signature-or-value", "since", "deprecated-since", "note"];
    let rows = table::read(&path, columns)?.into_iter();
    let row = |[header, symbol, kind, value, since, deprecated_since, _]: [String; 7]| Row {
        header,
        symbol,
        kind,
        value,
        since,
        deprecated_since,
    };
    Ok(rows.map(row).collect())
}

impl Row {
    /// The minor number of the version the name came in, unless it was always there.
    pub fn minor(&self) -> Option<u32> {
        self.since.strip_prefix("2.")?.parse().ok()
    }

    /// A line of C that is accepted only where the row's name is there; fit for names that draw
    /// warnings. `None` if words describe the row.
    pub fn usage(&self, number: usize) -> Option<String> {
        let name = &self.symbol;
        Some(match self.kind.as_str() {
            "function" | "inline" => format!("void (*use{number}) (void) = (void (*) (void)) &{name};"),
            "variable" => format!("void *use{number} = &{name};"),
            "type" | "callback-type" => format!("extern {name} *use{number};"),
            "enum-value" => format!("enum {{ use{number} = {name} }};"),
            "macro" if IN_WORDS.contains(&name.as_str()) => return None,
            "macro" => match name.split_once('(') {
                Some(("g_autoptr", of)) => autoptr_usage(of.trim_end_matches(')'), number),
                Some(("g_auto", of)) => format!(
                    "void use{number} (void); void use{number} (void) {{ {name} x = {}; (void) x; }}",
                    if of == "GUnixPipe)" { "G_UNIX_PIPE_INIT" } else { "{ 0 }" }
                ),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// A second declaration, as the table has it.
    fn declaration(&self) -> Option<String> {
        match self.kind.as_str() {
            "function" | "variable" => Some(self.value.clone()),
            "inline" | "callback-type" => Some(format!("{};", self.value)),
            "type" if self.value.starts_with("typedef") => Some(format!("{};", self.value)),
            "enum-value" => {
                Some(format!("_Static_assert ({} == {}, \"\");", self.symbol, self.value))
            }
            _ => None,
        }
    }

    /// Whether nothing of the row can be run, and the compilers' checks below are the whole proof.
    pub fn is_for_compilers(&self) -> bool {
        let runs = ["function", "inline", "variable"].contains(&self.kind.as_str());
        !runs && (self.is_plain_macro() || self.usage(0).is_some())
    }

    fn is_plain_macro(&self) -> bool {
        self.kind == "macro"
            && !self.symbol.starts_with("g_auto")
            && !IN_WORDS.contains(&self.symbol.as_str())
    }
}

fn autoptr_usage(of: &str, number: usize) -> String {
    let pointer = format!("g_autoptr ({of}) a = NULL; {of}_autoptr b = NULL;");
    let containers = ["list", "slist", "queue"].map(|container| {
        format!("g_auto{container} ({of}) {container} = NULL; {of}_{container}autoptr {container}_ = NULL;")
    });
    let body = format!("{pointer} {}", containers.join(" "));
    format!(
        "void use{number} (void); void use{number} (void) {{ {body} (void) a; (void) b; \
         (void) list; (void) list_; (void) slist; (void) slist_; (void) queue; (void) queue_; }}"
    )
}

pub fn run(shop: &Workshop, dir: &Path) -> Result<Tally> {
    let rows = present(shop)?;
    ensure!(!rows.is_empty(), "the table has no rows");
    let mut tally = Tally::default();
    for compiler in Language::C.compilers() {
        let found = accepted(shop, dir, "uses.c", compiler, &rows, |row, at| row.usage(at))?;
        let agrees =
            accepted(shop, dir, "redeclares.c", compiler, &rows, |row, _| row.declaration())?;
        for (row, outcome) in rows.iter().zip(found.into_iter().zip(agrees)) {
            let (Some(outcome), agrees) = outcome else { continue };
            let outcome = outcome.and_then(|()| agrees.unwrap_or(Ok(())));
            tally.check(&format!("{} as {compiler} sees it", row.symbol), outcome);
        }
    }
    macros(shop, dir, &rows, &mut tally)?;
    absences(shop, dir, &mut tally)?;
    Ok(tally)
}

/// Puts one line per row to the compiler and returns, for each row with a line, whether it passed.
fn accepted(
    shop: &Workshop,
    dir: &Path,
    name: &str,
    compiler: &str,
    rows: &[Row],
    line: impl Fn(&Row, usize) -> Option<String>,
) -> Result<Vec<Option<Result<(), String>>>> {
    let lines: Vec<_> = rows.iter().enumerate().map(|(at, row)| line(row, at)).collect();
    let mut text = INCLUDES.to_owned();
    // Functions that are macros as well must stay when the macro goes.
    for row in rows.iter().filter(|row| row.kind == "function") {
        text += &format!("#undef {}\n", row.symbol);
    }
    let before = text.lines().count();
    for line in &lines {
        text += line.as_deref().unwrap_or("");
        text.push('\n');
    }
    let text = Text::write(dir, name, Language::C, &text)?;
    let flags = ["-std=gnu11", "-Wno-attributes", "-DGLIB_DISABLE_DEPRECATION_WARNINGS"];
    let mut complaints = text.complaints(&text.examine(compiler, &Headers::ours(shop), &flags)?);
    ensure!(!complaints.contains_key(&0), "the headers fail: {}", complaints[&0]);
    let outcome = |(at, line): (usize, &Option<String>)| {
        line.as_ref().map(|_| complaints.remove(&(before + at + 1)).map_or(Ok(()), Err))
    };
    Ok(lines.iter().enumerate().map(outcome).collect())
}

/// Expands each macro beside the text the table gives for it; both must come to the same.
fn macros(shop: &Workshop, dir: &Path, rows: &[Row], tally: &mut Tally) -> Result<()> {
    let chosen: Vec<_> = rows.iter().filter(|row| row.is_plain_macro()).collect();
    let mut text = INCLUDES.to_owned();
    for row in &chosen {
        text += &format!("@@ {} @@ {}\n", row.symbol, row.value);
    }
    let text = Text::write(dir, "macros.c", Language::C, &text)?;
    let flags = ["-E", "-P", "-DGLIB_DISABLE_DEPRECATION_WARNINGS"];
    let expanded = text.compiler("gcc", &Headers::ours(shop), &flags).output_text()?;
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    let expansions: Vec<_> = expanded.split("@@").skip(1).map(squeeze).collect();
    ensure!(expansions.len() == 2 * chosen.len(), "the preprocessor lost lines");
    for (row, pair) in chosen.iter().zip(expansions.chunks(2)) {
        let outcome = if pair[0] == squeeze(&row.symbol) {
            Err("it is not defined".to_owned())
        } else if pair[0] != pair[1] {
            Err(format!("it expands to {}, not {}", pair[0], pair[1]))
        } else {
            Ok(())
        };
        tally.check(&format!("{} expands as it should", row.symbol), outcome);
    }
    Ok(())
}

/// A name that is to come later must not be in the headers, and must be in the table.
fn absences(shop: &Workshop, dir: &Path, tally: &mut Tally) -> Result<()> {
    let rows = rows(shop)?;
    let declared = exports::declared(&shop.root)?;
    let mut text = INCLUDES.to_owned();
    let absent = absent(shop)?;
    for name in absent.keys() {
        text += &format!("#ifdef {name}\n#error {name}\n#endif\n");
    }
    let text = Text::write(dir, "absent.c", Language::C, &text)?;
    let defined = text.examine("gcc", &Headers::ours(shop), &[])?.stderr;
    for (name, reason) in &absent {
        let check = || {
            ensure!(rows.iter().any(|row| row.symbol == *name), "api.tsv knows no such name");
            ensure!(!reason.is_empty(), "no reason is given");
            let there = declared.iter().any(|found| found.name == *name)
                || defined.contains(&format!("#error {name}\n"));
            ensure!(!there, "the headers have it: take it out of not-yet.tsv");
            Ok(())
        };
        let outcome = check().map_err(|error: anyhow::Error| format!("{error:#}"));
        tally.check(&format!("{name} is to come"), outcome);
    }
    Ok(())
}
