//! Dependencies point down only: capi → channel → engine → sys, and C's names stay in capi.
//!
//! A file belongs to the layer its path names. It may reach the rest of the crate through
//! `crate::<layer>` (or enough `super::`) if the table below says so.

use super::tokens::{Token, Tokens};
use super::Objection;

/// Who may use whom. `sync` holds no knowledge of the loop, only the doors to locks and atomics; it
/// and `sys` use each other, for atomics and for what the kernel and the C library tell of threads.
/// `primitives` are `sync`'s alone, so that a model checker's can stand in their place.
const LAYERS: [(&str, &[&str]); 6] = [
    ("capi", &["capi", "channel", "engine", "sys", "sync"]),
    ("channel", &["channel", "engine", "sys", "sync"]),
    ("engine", &["engine", "sys", "sync"]),
    ("sys", &["sys", "sync"]),
    ("sync", &["sync", "sys", "primitives"]),
    ("primitives", &["primitives"]),
];

pub fn check(path: &str, tokens: &Tokens) -> Vec<Objection> {
    let Some(inside) = path.strip_prefix("src/") else {
        return Vec::new();
    };
    let layer = inside.split(['/', '.']).next().unwrap_or_default();
    let mut objections = Vec::new();
    if let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) {
        objections.extend(reaches(layer, allowed, tokens));
    }
    if layer == "engine" {
        objections.extend(c_types(tokens));
    }
    if layer != "capi" {
        objections.extend(exports(tokens));
    }
    objections
}

/// Names behind `crate::` must be allowed ones; names behind `super::` must not be forbidden ones,
/// since most of them are modules of the layer itself.
fn reaches(layer: &str, allowed: &[&str], tokens: &Tokens) -> Vec<Objection> {
    let mut objections = Vec::new();
    let mut object = |line, name: &str| {
        objections.push(Objection::new(line, format!("{layer} may not use {name}")));
    };
    for (line, rest) in tokens.after(&["crate", ":", ":"]) {
        for name in first_names(rest) {
            if !allowed.contains(&name) {
                object(line, name);
            }
        }
    }
    for (line, rest) in tokens.after(&["super", ":", ":"]) {
        for name in first_names(rest) {
            let is_layer = LAYERS.iter().any(|(layer, _)| *layer == name);
            if is_layer && !allowed.contains(&name) {
                object(line, name);
            }
        }
    }
    objections
}

/// The first path segments after a `::`: one name, or those a brace lists.
fn first_names(rest: &[Token]) -> Vec<&str> {
    let text = |token: &Token| token.text == "{";
    if !rest.first().is_some_and(text) {
        return rest.first().map(|token| token.text.as_str()).into_iter().collect();
    }
    let mut names = Vec::new();
    let mut depth = 0;
    let mut at_start = false;
    for token in rest {
        match token.text.as_str() {
            "{" => {
                depth += 1;
                at_start = depth == 1;
            }
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "," => at_start = depth == 1,
            name if at_start => {
                names.push(name);
                at_start = false;
            }
            _ => {}
        }
    }
    names
}

/// The engine knows no C type, no C function and no libc.
fn c_types(tokens: &Tokens) -> Vec<Objection> {
    const RUST_FFI: [&str; 4] = ["CStr", "CString", "OsStr", "OsString"];
    let is_c = |name: &str| {
        name == "libc"
            || name == "ffi"
            || name.starts_with("c_") && name != "c_"
            || name.starts_with("g_")
            || RUST_FFI.contains(&name)
            || is_gtype(name)
    };
    let named = tokens.iter().filter(|token| is_c(&token.text));
    named.map(|token| Objection::new(token.line, format!("engine names {}", token.text))).collect()
}

/// `GSource`, `GIOChannel`, `gint`, `gpointer` …
fn is_gtype(name: &str) -> bool {
    const FUNDAMENTAL: [&str; 10] = [
        "gint", "guint", "gboolean", "gpointer", "gchar", "gsize", "gssize", "gint64", "guint64",
        "gushort",
    ];
    let mut letters = name.chars();
    FUNDAMENTAL.contains(&name)
        || letters.next() == Some('G')
            && letters.next().is_some_and(|second| second.is_ascii_uppercase())
            && name.chars().any(|letter| letter.is_ascii_lowercase())
}

fn exports(tokens: &Tokens) -> Vec<Objection> {
    const MARKS: [&str; 2] = ["no_mangle", "export_name"];
    let marks = tokens.iter().filter(|token| MARKS.contains(&token.text.as_str()));
    marks.map(|token| Objection::new(token.line, "C names are exported by capi alone")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objections(path: &str, source: &str) -> Vec<String> {
        let tokens = Tokens::read(source).unwrap();
        check(path, &tokens).into_iter().map(|objection| objection.why).collect()
    }

    #[test]
    fn dependencies_point_down_only() {
        assert_eq!(objections("src/capi/gmain.rs", "use crate::{engine::A, sys};"), [""; 0]);
        assert_eq!(
            objections("src/engine/cycle.rs", "use crate::{sys::{b, capi}, channel::C, capi};"),
            ["engine may not use channel", "engine may not use capi"]
        );
        assert_eq!(
            objections("src/sys/poll.rs", "fn f() { crate::engine::x() }"),
            ["sys may not use engine"]
        );
        assert_eq!(
            objections("src/sys/poll.rs", "use super::super::channel;"),
            ["sys may not use channel"]
        );
        assert_eq!(objections("src/sync.rs", "use crate::engine;"), ["sync may not use engine"]);
        assert_eq!(
            objections("src/engine/cycle.rs", "use crate::primitives::Cell;"),
            ["engine may not use primitives"]
        );
    }

    #[test]
    fn nothing_is_reached_through_the_crate_root() {
        assert_eq!(
            objections("src/engine/mod.rs", "use crate::Anything;"),
            ["engine may not use Anything"]
        );
    }

    #[test]
    fn the_engine_names_nothing_of_c() {
        let source =
            "fn f(a: c_int, b: *mut GSource) { libc::poll(); g_free(b) } type T = [u8; GO];";
        assert_eq!(
            objections("src/engine/a.rs", source),
            [
                "engine names c_int",
                "engine names GSource",
                "engine names libc",
                "engine names g_free"
            ]
        );
        assert_eq!(objections("src/sys/a.rs", "use libc::c_int;"), [""; 0]);
        assert_eq!(
            objections("src/engine/a.rs", "use std::ffi::CStr;"),
            ["engine names ffi", "engine names CStr"]
        );
    }

    #[test]
    fn c_names_are_exported_by_capi_alone() {
        let source = "#[unsafe(no_mangle)] pub extern \"C\" fn f() {}";
        assert_eq!(objections("src/capi/gmain.rs", source), [""; 0]);
        assert_eq!(objections("src/channel/lines.rs", source).len(), 1);
        assert_eq!(objections("src/lib.rs", source).len(), 1);
    }
}
