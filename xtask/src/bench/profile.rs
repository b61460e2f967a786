//! Where mainspring's instructions go, function by function: what explains a figure, and what is to be
//! looked at before it is improved.
//!
//! As with counts, a program is run twice under callgrind, and the difference shared among the operations that one run
//! did more. Functions that the compiler has put into others are counted there.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};

use super::counts::{self, Counted};
use super::programs::{Contestant, BARE, GLIB, MAINSPRING};
use super::report::number;
use super::{show, Options};
use crate::crew;
use crate::document;
use crate::workshop::Workshop;

/// Functions with a smaller share are told together.
const SMALLEST: f64 = 4.0;

/// A scenario's profile and what others need for the same.
struct Profile {
    name: &'static str,
    functions: Vec<(String, f64)>,
    glib: Option<f64>,
    bare: Option<f64>,
}

impl Profile {
    fn total(&self) -> f64 {
        self.functions.iter().map(|(_, cost)| cost).sum()
    }
}

/// Profiles the chosen scenarios that are counted.
pub fn run(shop: &Workshop, contestants: &[Contestant], options: &Options) -> Result<()> {
    let chosen: Vec<Counted> = counts::chosen(&options.scenarios).collect();
    if chosen.is_empty() {
        let known: Vec<&str> = counts::SET.iter().map(|what| what.name).collect();
        bail!("no counted scenario is called so; there are {}", known.join(" "));
    }
    let find = |name: &str| {
        let mut all = contestants.iter();
        all.find(|contestant| contestant.name == name).with_context(|| format!("no {name}"))
    };
    let (glib, ours, bare) = (find(GLIB)?, find(MAINSPRING)?, find(BARE)?);
    let profiles = crew::each(shop.jobs, &chosen, |what| {
        show(&format!("profiling {}", what.name));
        Ok(Profile {
            name: what.name,
            functions: functions(*what, ours, &shop.work.join("bench"))?,
            glib: counts::instructions(*what, glib)?,
            bare: counts::instructions(*what, bare)?,
        })
    });
    show("");
    let profiles: Vec<Profile> = profiles.into_iter().collect::<Result<_>>()?;
    match &options.markdown {
        Some(path) => document::write(path, &markdown(&profiles)),
        None => {
            print!("{}", text(&profiles));
            Ok(())
        }
    }
}

/// Each function's own instructions per operation, the largest first.
fn functions(what: Counted, contestant: &Contestant, scratch: &Path) -> Result<Vec<(String, f64)>> {
    let once = |operations: u64| -> Result<(f64, BTreeMap<String, f64>)> {
        let file = scratch.join(format!("profile-{}-{operations}", what.name.replace(':', "-")));
        let output = format!("--callgrind-out-file={}", file.display());
        let tool =
            ["valgrind", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no", &output];
        let finished = counts::run(what.name, operations, contestant, &tool)?;
        let (done, _) = finished.context("no such scenario")?;
        Ok((done, own_costs(&read(&file)?)))
    };
    let (short, long) = (once(what.operations)?, once(what.operations * 3)?);
    let mut all: Vec<(String, f64)> = Vec::new();
    for (name, cost) in long.1 {
        let before = short.1.get(&name).copied().unwrap_or_default();
        all.push((name, counts::slope((short.0, before), (long.0, cost))));
    }
    all.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    Ok(all)
}

/// Reads a file and removes it: they are large.
fn read(file: &PathBuf) -> Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    std::fs::remove_file(file)?;
    Ok(text)
}

/// What callgrind's file says of every function itself, without those it calls.
fn own_costs(text: &str) -> BTreeMap<String, f64> {
    let mut costs = BTreeMap::new();
    let (mut function, mut of_callee) = (String::new(), false);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("fn=") {
            function = short(name);
        } else if line.starts_with("calls=") {
            of_callee = true; // The next line's cost is the callee's.
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<f64>().ok());
            if !std::mem::take(&mut of_callee) {
                *costs.entry(function.clone()).or_default() += cost.unwrap_or_default();
            }
        }
    }
    costs
}

/// A function's name as its file's readers know it: the last parts of its path.
fn short(name: &str) -> String {
    let (path, last) = name.rsplit_once("::").unwrap_or(("", name));
    let place = match path.strip_prefix('<') {
        // `<Type as Trait>::function`
        Some(within) => within.split([' ', '>']).next().unwrap_or(within),
        // `module::<impl Type>::function`
        None => path.split("::<").next().unwrap_or(path),
    };
    match place.rsplit("::").next() {
        Some(place) if !place.is_empty() => format!("{place}::{last}"),
        _ => last.to_owned(),
    }
}

/// The functions worth a line of their own, and the others together.
fn told(profile: &Profile) -> Vec<(&str, f64)> {
    let own = profile.functions.iter().filter(|(_, cost)| *cost >= SMALLEST);
    let mut lines: Vec<(&str, f64)> = own.map(|(name, cost)| (name.as_str(), *cost)).collect();
    let rest = profile.total() - lines.iter().map(|(_, cost)| cost).sum::<f64>();
    lines.push(("all others", rest));
    lines
}

fn others(profile: &Profile) -> String {
    let told = |count: Option<f64>| count.map_or("—".to_owned(), number);
    format!("GLib {}, the bare loop {}", told(profile.glib), told(profile.bare))
}

fn text(profiles: &[Profile]) -> String {
    let mut text = String::new();
    for profile in profiles {
        let total = number(profile.total());
        let _ = writeln!(text, "{}: {total} instructions ({})", profile.name, others(profile));
        for (name, cost) in told(profile) {
            let _ = writeln!(text, "{:>10}  {name}", number(cost));
        }
    }
    text
}

fn markdown(profiles: &[Profile]) -> String {
    let mut text = "# Where the instructions go\n\n\
        mainspring's instructions per operation, function by function (what a function calls is not counted with it), as \
        callgrind\ncounts them; beside them what real GLib and the bare loop need for the same. \
        Made by `cargo xtask bench --profile --markdown\ndocs/bench/profiles.md`; \
        [README.md](README.md) says what follows from them.\n"
        .to_owned();
    for profile in profiles {
        let total = number(profile.total());
        let _ = writeln!(text, "\n## `{}`: {total}\n\n{}.\n", profile.name, others(profile));
        text += &document::head(["function", "instructions"]);
        for (name, cost) in told(profile) {
            text += &document::row([&format!("`{name}`"), &number(cost)]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_costs_leave_out_what_callees_cost() {
        let file =
            "events: Ir\nfn=a::b\n10 5\ncalls=1 20\n11 900\n12 7\nfn=main\n1 2\nfn=a::b\n3 1\n";
        let costs = own_costs(file);
        assert_eq!(
            costs.into_iter().collect::<Vec<_>>(),
            [("a::b".into(), 13.0), ("main".into(), 2.0)]
        );
    }

    #[test]
    fn names_are_told_as_their_files_readers_know_them() {
        let known = [
            (
                "mainspring::engine::life::<impl mainspring::engine::source::SourcePtr>::attach",
                "life::attach",
            ),
            (
                "<mainspring::capi::funcs::CSource as mainspring::engine::seam::Kind>::check",
                "CSource::check",
            ),
            ("mainspring::engine::levels::Levels::step", "Levels::step"),
            ("g_source_unref", "g_source_unref"),
        ];
        for (name, wanted) in known {
            assert_eq!(short(name), wanted);
        }
    }
}
