//! What the headers define themselves (inlines, macros, cleanups), run: the programs in
//! `tests/headers`, each built by every compiler against our library and, where GLib is new
//! enough for all it uses, against GLib's.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::crew;
use crate::probe::Language;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(20);

/// One program, one compiler, one library.
struct Trial {
    source: PathBuf,
    compiler: &'static str,
    /// The library's name and the folder its pkg-config file is in, if it is not the system's.
    library: (&'static str, Option<PathBuf>),
}

pub fn run(shop: &Workshop, dir: &Path) -> Result<Tally> {
    let mut trials = Vec::new();
    for source in sources(&shop.root.join("tests/headers"))? {
        let language = match source.extension().and_then(OsStr::to_str) {
            Some("c") => Language::C,
            _ => Language::Cxx,
        };
        for compiler in language.compilers() {
            for library in [("mainspring", Some(shop.stage_pkgconfig())), ("glib", None)] {
                trials.push(Trial { source: source.clone(), compiler, library });
            }
        }
    }
    ensure!(!trials.is_empty(), "tests/headers holds no program");
    let outcomes = crew::each(shop.jobs, &trials, |trial| attempt(trial, shop, dir));
    let mut tally = Tally::default();
    for (trial, outcome) in trials.iter().zip(outcomes) {
        let name = trial.source.file_name().unwrap_or_default().to_string_lossy();
        let label = format!("{name} with {} on {}", trial.compiler, trial.library.0);
        tally.check(&label, outcome.map_err(|error| format!("{error:#}")));
    }
    Ok(tally)
}

fn sources(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))?;
    let mut sources = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "c" || extension == "cc") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}

fn attempt(trial: &Trial, shop: &Workshop, dir: &Path) -> Result<()> {
    let (library, folder) = &trial.library;
    let stem = trial.source.file_stem().unwrap_or_default().to_string_lossy();
    let program = dir.join(format!("{stem}-{}-{library}", trial.compiler));
    let mut pkg_config = Command::new("pkg-config");
    pkg_config.args(["--cflags", "--libs", "glib-2.0"]).env_remove("PKG_CONFIG_PATH");
    if let Some(folder) = folder {
        pkg_config.env("PKG_CONFIG_PATH", folder);
    }
    let flags = pkg_config.output_text()?;
    Command::new(trial.compiler)
        .args(["-Wall", "-Wextra", "-Werror", "-g", "-o"])
        .arg(&program)
        .arg(&trial.source)
        .args(flags.split_whitespace())
        .output_text()?;
    let mut run = Command::new(&program);
    if folder.is_some() {
        run.env("LD_LIBRARY_PATH", shop.stage_lib());
    }
    let said = run.finish_within(LIMIT)?.success()?.stdout;
    let ran = said.lines().filter(|line| line.starts_with("ok ")).count();
    ensure!(ran > 0, "it ran no check");
    Ok(())
}
