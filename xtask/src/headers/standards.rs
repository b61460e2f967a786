//! Every header alone, in every standard of C and C++, with two compilers and all warnings fatal.

use std::path::Path;

use anyhow::{ensure, Result};

use crate::crew;
use crate::exports;
use crate::probe::{Headers, Language, Text};
use crate::report::Tally;
use crate::workshop::Workshop;

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
const C: [&str; 5] = ["90", "99", "11", "17", "2x"];
const CXX: [&str; 6] = ["98", "11", "14", "17", "20", "2b"];

/// Headers a program may include by name; all others are reached through `glib.h`.
const OPEN: [&str; 5] =
    ["glib.h", "glib-unix.h", "glibconfig.h", "glib/gstdio.h", "glib/gprintf.h"];

fn is_open(header: &Path) -> bool {
    OPEN.iter().any(|name| Path::new(name) == header)
}

/// One header, one compiler, one standard.
struct Trial<'a> {
    header: &'a Path,
    open: bool,
    text: &'a Text,
    language: Language,
    compiler: &'static str,
    standard: String,
}

/// The standards a header is tried in. A header that programs cannot include by itself meets all of
/// them as part of `glib.h`; alone, to see that it brings along what it needs, it meets the oldest
/// and the newest.
fn standards(language: Language, open: bool) -> Vec<String> {
    let (all, dialects): (&[&str], _) = match language {
        Language::C => (&C, ["c", "gnu"]),
        Language::Cxx => (&CXX, ["c++", "gnu++"]),
    };
    let name = |dialect: &str, year: &&str| format!("-std={dialect}{year}");
    if open {
        let dialects = dialects.iter();
        dialects.flat_map(|dialect| all.iter().map(move |year| name(dialect, year))).collect()
    } else {
        let ends = [&all[0], &all[all.len() - 1]];
        ends.iter().map(|year| name(dialects[0], year)).collect()
    }
}

pub fn run(shop: &Workshop, dir: &Path) -> Result<Tally> {
    let found = exports::headers(&shop.root.join("include"))?;
    let mut texts = Vec::new();
    for header in &found {
        for language in [Language::C, Language::Cxx] {
            let line = format!("#include <{}>\n", header.display());
            // The declaration shows a header that ends inside a brace or a declaration.
            let name = format!(
                "alone-{}.{}",
                header.display().to_string().replace('/', "-"),
                language.name()
            );
            let text = Text::write(dir, &name, language, &format!("{line}int end_of_text;\n"))?;
            texts.push((header, language, text));
        }
    }
    let mut trials = Vec::new();
    for (header, language, text) in &texts {
        let open = is_open(header);
        for standard in standards(*language, open) {
            for compiler in language.compilers() {
                let standard = standard.clone();
                trials.push(Trial { header, open, text, language: *language, compiler, standard });
            }
        }
    }

    let headers = Headers::ours(shop);
    let outcomes = crew::each(shop.jobs, &trials, |trial| attempt(trial, &headers));
    let mut tally = Tally::default();
    for (trial, outcome) in trials.iter().zip(outcomes) {
        let label = format!("{} {} {}", trial.header.display(), trial.compiler, trial.standard);
        tally.check(&label, outcome.map_err(|error| format!("{error:#}")));
    }
    for (header, language, text) in &texts {
        if *language == Language::C && !is_open(header) {
            let label = format!("{} refuses to be included directly", header.display());
            tally.check(&label, refused(text, &headers).map_err(|error| format!("{error:#}")));
        }
    }
    Ok(tally)
}

fn attempt(trial: &Trial, headers: &Headers) -> Result<()> {
    let mut flags = WARNINGS.to_vec();
    flags.push(&trial.standard);
    if !trial.open {
        flags.push("-D__GLIB_H_INSIDE__");
    }
    if trial.language == Language::C {
        flags.push("-Wstrict-prototypes");
    }
    let finished = trial.text.examine(trial.compiler, headers, &flags)?.success()?;
    ensure!(finished.stderr.is_empty(), "{}", finished.stderr);
    Ok(())
}

fn refused(text: &Text, headers: &Headers) -> Result<()> {
    let finished = text.examine("gcc", headers, &[])?;
    ensure!(!finished.status.success(), "it was accepted");
    ensure!(
        finished.stderr.contains("Only <glib.h> can be included directly."),
        "it fails for another reason: {}",
        finished.stderr
    );
    Ok(())
}
