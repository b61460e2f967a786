//! GLib's own compiled test programs, run once as they are and once on libmainspring, compared case
//! by case.
//!
//! The programs come with the Debian package `libglib2.0-tests`. Those qualify that need no other
//! library of GLib's family and use only functions that libmainspring has, or the stand-ins in
//! `tests/oracle` for a test runner and a few things beside it; so their number grows with the
//! library. Must not know what they test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::crew;
use crate::link::{self, STANDALONE};
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

/// Where the programs are, and the files that say which of them are tests.
const FOLDER: &str = "/usr/libexec/installed-tests/glib";
const LISTED: &str = "/usr/share/installed-tests/glib";
const LIMIT: Duration = Duration::from_secs(120);

/// Programs that have to qualify: what they use must not get lost.
const EXPECTED: [&str; 7] =
    ["cond", "io-channel", "io-channel-basic", "mainloop", "thread", "timeout", "unix"];

/// Cases that are run on neither side, each with the reason.
const LEFT_OUT: [(&str, &str, &str); 3] = [
    ("bytes", "/bytes/new-from-bytes-shared-ref", "looks into a structure of the library's own"),
    ("bytes", "/bytes/new-from-bytes-slice", "looks into a structure of the library's own"),
    ("mainloop", "/mainloop/overflow", "asks for a function that only GLib's own parts know"),
];

/// Needs a filled stage.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let dir = shop.fresh_dir("oracle")?;
    let library = link::defined(&shop.stage_lib().join(STANDALONE.file))?;
    let harness = harness(shop, &dir, &library)?;
    let stand_ins = link::defined(&harness)?;
    let known: BTreeSet<&str> = library.iter().chain(&stand_ins).map(String::as_str).collect();

    let mut tally = Tally::default();
    let mut chosen = Vec::new();
    for name in listed()? {
        let lacks = lacks(&Path::new(FOLDER).join(&name), &known)?;
        if lacks.as_ref().is_some_and(Vec::is_empty) {
            chosen.push(name);
        } else if EXPECTED.contains(&name.as_str()) {
            let lacks = lacks.unwrap_or_default().join(" ");
            tally.check(&name, Err(format!("does not qualify any more; it uses {lacks}")));
        }
    }

    let outcomes = crew::each(shop.jobs, &chosen, |name| -> Result<(Cases, Cases)> {
        let mut plain = cases(&mut command(name, &dir))?;
        // GLib's runner says that it skips them, ours says nothing.
        plain.retain(|case, _| !is_left_out(name, case));
        let mut ours = command(name, &dir);
        ours.env("LD_PRELOAD", &harness);
        ours.env("LD_LIBRARY_PATH", shop.stage_lib().join("mainspring/glib"));
        Ok((plain, cases(&mut ours)?))
    });
    let mut count = 0;
    for (name, outcome) in chosen.iter().zip(outcomes) {
        let outcome = outcome.and_then(|(plain, ours)| {
            count += plain.len() - 1; // Without its end.
            same(&plain, &ours)
        });
        tally.check(name, outcome.map_err(|error| format!("{error:#}")));
    }
    for (program, case, why) in LEFT_OUT {
        println!("  left out: {case} of {program}: {why}");
    }
    println!("  {} programs with {count} cases: {}", chosen.len(), chosen.join(" "));
    Ok(tally)
}

/// Compiles the stand-ins. Those the library has by now are kept to themselves.
fn harness(shop: &Workshop, dir: &Path, library: &BTreeSet<String>) -> Result<PathBuf> {
    let lines: String = library.iter().map(|name| format!("    {name};\n")).collect();
    let script = dir.join("versions");
    fs::write(&script, format!("{{\n  local:\n{lines}}};\n"))?;
    let object = dir.join("harness.so");
    let sources = shop.root.join("tests/oracle");
    Command::new("gcc")
        .args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .args(["-Wno-deprecated-declarations", "-fvisibility=hidden", "-fPIC", "-shared", "-I"])
        .arg(shop.stage().join("include/mainspring"))
        .arg(sources.join("harness.c"))
        .arg(sources.join("stand_ins.c"))
        .arg(format!("-Wl,--version-script={}", script.display()))
        .arg("-o")
        .arg(&object)
        .run()?;
    Ok(object)
}

/// The programs that are tests, by name.
fn listed() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(LISTED).with_context(|| LISTED.to_owned())? {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let is_elf =
            fs::read(Path::new(FOLDER).join(name)).is_ok_and(|bytes| bytes.starts_with(b"\x7fELF"));
        if is_elf && path.extension().is_some_and(|end| end == "test") {
            names.push(name.to_owned());
        }
    }
    names.sort();
    ensure!(!names.is_empty(), "{LISTED} lists no programs");
    Ok(names)
}

/// What a program uses of libglib that is not `known`; `None` if it needs more libraries of GLib's.
fn lacks(program: &Path, known: &BTreeSet<&str>) -> Result<Option<Vec<String>>> {
    let needed = Command::new("readelf").arg("-d").arg(program).output_text()?;
    let of_glib = |library: &str| {
        ["libg", "libmoduletest"].iter().any(|name| library.starts_with(name))
            && !library.starts_with("libgcc")
    };
    let libraries = needed.lines().filter(|line| line.contains("(NEEDED)"));
    let mut names = libraries.filter_map(|line| line.split(['[', ']']).nth(1));
    if !names.all(|name| name == "libglib-2.0.so.0" || !of_glib(name)) {
        return Ok(None);
    }
    let mut nm = Command::new("nm");
    let used = nm.args(["--dynamic", "--undefined-only", "--format=just-symbols"]).arg(program);
    let used = used.output_text()?;
    let lacking = used.lines().filter(|name| is_glib_name(name));
    Ok(Some(lacking.filter(|name| !known.contains(name)).map(str::to_owned).collect()))
}

fn is_glib_name(name: &str) -> bool {
    ["g_", "glib_"].iter().any(|start| name.starts_with(start))
}

fn is_left_out(program: &str, case: &str) -> bool {
    LEFT_OUT.iter().any(|(of, left, _)| *of == program && *left == case)
}

fn command(name: &str, dir: &Path) -> Command {
    let mut command = Command::new(Path::new(FOLDER).join(name));
    command.arg("--tap");
    for (_, case, _) in LEFT_OUT.iter().filter(|(_, case, _)| is_left_out(name, case)) {
        command.args(["-s", case]);
    }
    command.current_dir(dir).env_clear().env("LC_ALL", "C.UTF-8").env("HOME", dir);
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command
}

/// What became of a program's cases, by name; `the end` is how it ended.
type Cases = BTreeMap<String, String>;

fn cases(command: &mut Command) -> Result<Cases> {
    let finished = command.finish_within(LIMIT)?;
    let mut cases: Cases = finished.stdout.lines().filter_map(case).collect();
    let last: Vec<&str> = finished.stderr.lines().rev().take(2).collect();
    let end = match finished.status.success() {
        true => "well".to_owned(),
        false => format!("{}: {}", finished.status, last.join(" / ")),
    };
    cases.insert("the end".to_owned(), end);
    Ok(cases)
}

/// `ok 3 /a/b # SKIP why`, `not ok 4 /c`. Numbers depend on the order, which is the runner's.
fn case(line: &str) -> Option<(String, String)> {
    let (outcome, rest) = match line.strip_prefix("not ok ") {
        Some(rest) => ("not ok", rest),
        None => ("ok", line.strip_prefix("ok ")?),
    };
    let (_, rest) = rest.split_once(' ')?;
    let (name, remark) = rest.split_once(" # ").unwrap_or((rest, ""));
    let outcome = if remark.starts_with("SKIP") { "skipped" } else { outcome };
    Some((name.to_owned(), outcome.to_owned()))
}

fn same(plain: &Cases, ours: &Cases) -> Result<()> {
    let names: BTreeSet<&String> = plain.keys().chain(ours.keys()).collect();
    let told = |cases: &Cases, name| cases.get(name).cloned().unwrap_or("not run".to_owned());
    let different: Vec<String> = names
        .into_iter()
        .filter(|name| plain.get(*name) != ours.get(*name))
        .map(|name| format!("{name}: {} on GLib, {} here", told(plain, name), told(ours, name)))
        .collect();
    ensure!(different.is_empty(), "{}", different.join("; "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_has_a_name_and_an_outcome() {
        let read = |line| case(line).map(|(name, outcome)| format!("{name} {outcome}"));
        assert_eq!(read("ok 12 /a/b").as_deref(), Some("/a/b ok"));
        assert_eq!(read("not ok 1 /a/c d").as_deref(), Some("/a/c d not ok"));
        assert_eq!(read("ok 2 /e # SKIP not here").as_deref(), Some("/e skipped"));
        assert_eq!(read("# ok 3 /f"), None);
        assert_eq!(read("1..4"), None);
    }

    #[test]
    fn every_difference_is_told() {
        let cases = |rows: &[(&str, &str)]| -> Cases {
            rows.iter().map(|(name, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect()
        };
        let plain = cases(&[("/a", "ok"), ("/b", "skipped")]);
        assert!(same(&plain, &plain.clone()).is_ok());
        assert!(same(&plain, &cases(&[("/a", "ok")])).is_err());
        assert!(same(&plain, &cases(&[("/a", "ok"), ("/b", "ok")])).is_err());
        assert!(same(&plain, &cases(&[("/a", "ok"), ("/b", "skipped"), ("/c", "ok")])).is_err());
    }
}
