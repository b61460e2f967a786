//! The range of versions a program asks for: what draws a warning inside it, and with which words.
//!
//! For names that the installed GLib has, its headers are the measure: one text with a use of each
//! name is compiled against both, and every line has to draw the same words. For newer names the
//! table of the contract says when they came.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{ensure, Context, Result};

use crate::abi::contract::{self, Row, INCLUDES};
use crate::probe::{Headers, Language, Text};
use crate::report::Tally;
use crate::workshop::Workshop;

/// Ranges of minor numbers: what is required at least, what is allowed at most.
const RANGES: [(u32, u32); 6] = [(26, 26), (26, 34), (36, 56), (58, 62), (60, 66), (74, 74)];

/// The series of the headers.
const NEWEST: u32 = 90;

/// Uses of macros that no value can stand for.
const MACROS: [(&str, &str); 11] = [
    ("G_SOURCE_FUNC", "GSourceFunc m0 (void (*f) (void)) { return G_SOURCE_FUNC (f); }"),
    ("g_clear_handle_id", "void m1 (guint *id) { g_clear_handle_id (id, g_source_remove); }"),
    ("g_main_new", "void *m2 (void) { return g_main_new (TRUE); }"),
    ("g_main_run", "void m3 (GMainLoop *loop) { g_main_run (loop); }"),
    ("g_main_quit", "void m4 (GMainLoop *loop) { g_main_quit (loop); }"),
    ("g_main_destroy", "void m5 (GMainLoop *loop) { g_main_destroy (loop); }"),
    ("g_main_is_running", "int m6 (GMainLoop *loop) { return g_main_is_running (loop); }"),
    ("g_main_iteration", "int m7 (void) { return g_main_iteration (FALSE); }"),
    ("g_main_pending", "int m8 (void) { return g_main_pending (); }"),
    ("g_main_set_poll_func", "void m9 (GPollFunc f) { g_main_set_poll_func (f); }"),
    ("G_PRIORITY_LOW", "int m10 (void) { return G_SOURCE_REMOVE + G_PRIORITY_LOW; }"),
];

pub fn run(shop: &Workshop, dir: &Path) -> Result<Tally> {
    let ours = Headers::ours(shop);
    let glib = Headers::of_glib()?;
    let installed = minor_of(dir, &glib)?;
    let rows = contract::present(shop)?;
    let (known, newer): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| row.minor().is_none_or(|minor| minor <= installed));

    let mut tally = Tally::default();
    for (least, most) in RANGES {
        let lines = uses(&known);
        let range = [required(least), allowed(most)];
        let here = complaints(dir, &lines, &ours, &range)?;
        let there = complaints(dir, &lines, &glib, &range)?;
        for (number, name) in lines.keys() {
            let same = if here.get(number) == there.get(number) {
                Ok(())
            } else {
                Err(format!("ours: {:?}, GLib's: {:?}", here.get(number), there.get(number)))
            };
            tally.check(&format!("{name} with 2.{least} required and 2.{most} allowed"), same);
        }
        let silent = here.get(&0).map_or(Ok(()), |complaint| Err(complaint.clone()));
        tally.check(&format!("the headers themselves with 2.{least} and 2.{most}"), silent);
    }
    for row in newer {
        too_new(dir, row, &ours, &mut tally)?;
    }
    limits(dir, &ours, &mut tally)?;
    Ok(tally)
}

fn required(minor: u32) -> String {
    format!("-DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_{minor}")
}

fn allowed(minor: u32) -> String {
    format!("-DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_{minor}")
}

fn minor_of(dir: &Path, headers: &Headers) -> Result<u32> {
    let text = "#include <glib.h>\n#include <stdio.h>\nint main (void) { printf (\"%d\", GLIB_MINOR_VERSION); }\n";
    let text = Text::write(dir, "minor.c", Language::C, text)?;
    text.answers(headers, &[])?.parse().context("GLib's version is no number")
}

/// A use of every name: the number of its line, the name, and the line.
fn uses(rows: &[&Row]) -> BTreeMap<(usize, String), String> {
    let first = INCLUDES.lines().count() + 1;
    let of_rows = rows.iter().enumerate();
    let mut lines: Vec<_> =
        of_rows.filter_map(|(at, row)| Some((row.symbol.clone(), row.usage(at)?))).collect();
    lines.extend(MACROS.map(|(name, line)| (name.to_owned(), line.to_owned())));
    let numbered = lines.into_iter().enumerate();
    numbered.map(|(at, (name, line))| ((first + at, name), line)).collect()
}

fn complaints(
    dir: &Path,
    lines: &BTreeMap<(usize, String), String>,
    headers: &Headers,
    range: &[String; 2],
) -> Result<BTreeMap<usize, String>> {
    let body: String = lines.values().map(|line| format!("{line}\n")).collect();
    let text = Text::write(dir, "range.c", Language::C, &format!("{INCLUDES}{body}"))?;
    let finished = text.examine("gcc", headers, &[&range[0], &range[1]])?;
    ensure!(finished.status.success(), "{}: {}", headers.name, finished.stderr);
    Ok(text.complaints(&finished))
}

/// A function or inline newer than the installed GLib warns one series before its own, and not in it.
fn too_new(dir: &Path, row: &Row, ours: &Headers, tally: &mut Tally) -> Result<()> {
    let (Some(minor), "function" | "inline") = (row.minor(), row.kind.as_str()) else {
        return Ok(());
    };
    let line = row.usage(0).context("a function without a use")?;
    let text = Text::write(dir, "new.c", Language::C, &format!("{INCLUDES}{line}\n"))?;
    let said = |most: u32| -> Result<String> {
        let finished = text.examine("gcc", ours, &[&required(26), &allowed(most)])?.success()?;
        let at = INCLUDES.lines().count() + 1;
        Ok(text.complaints(&finished).remove(&at).unwrap_or_default())
    };
    let (before, after) = (said(minor - 2)?, said(minor)?);
    let outcome = if !before.contains(&format!("Not available before 2.{minor}")) {
        Err(format!("with 2.{} allowed the compiler says: {before:?}", minor - 2))
    } else if !after.is_empty() {
        Err(format!("with 2.{minor} allowed it says: {after:?}"))
    } else {
        Ok(())
    };
    tally.check(&format!("{} came with 2.{minor}", row.symbol), outcome);
    Ok(())
}

/// Impossible ranges are refused, and without a range nothing is too new and all that is deprecated
/// is told, unless the program wants to hear none of it.
fn limits(dir: &Path, ours: &Headers, tally: &mut Tally) -> Result<()> {
    let plain = Text::write(dir, "plain.c", Language::C, INCLUDES)?;
    for (least, most, words) in [
        ("GLIB_VERSION_2_56", "GLIB_VERSION_2_34", "MAX_ALLOWED must be >="),
        ("G_ENCODE_VERSION(2,24)", "GLIB_VERSION_2_34", "MIN_REQUIRED must be >="),
        ("GLIB_VERSION_2_56", "GLIB_VERSION_9_99", "MAX_ALLOWED must be >="),
    ] {
        let range = [
            format!("-DGLIB_VERSION_MIN_REQUIRED={least}"),
            format!("-DGLIB_VERSION_MAX_ALLOWED={most}"),
        ];
        let finished = plain.examine("gcc", ours, &[&range[0], &range[1]])?;
        let refused =
            if finished.stderr.contains(words) { Ok(()) } else { Err(finished.account()) };
        tally.check(&format!("{least} required and {most} allowed"), refused);
    }
    let old = "void f (GTimeVal *now) { g_get_current_time (now); }\n";
    let old = Text::write(dir, "old.c", Language::C, &format!("{INCLUDES}{old}"))?;
    let newest = [required(NEWEST), allowed(NEWEST)];
    for (name, flags, told) in [
        ("no range", vec![], true),
        ("the newest range", newest.iter().map(String::as_str).collect(), true),
        ("no wish to hear", vec!["-DGLIB_DISABLE_DEPRECATION_WARNINGS"], false),
    ] {
        let finished = old.examine("gcc", ours, &flags)?.success()?;
        let outcome = if finished.stderr.contains("Use 'g_get_real_time' instead") == told {
            Ok(())
        } else {
            Err(finished.account())
        };
        tally.check(&format!("deprecation with {name}"), outcome);
    }
    Ok(())
}
