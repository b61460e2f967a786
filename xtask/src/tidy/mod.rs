//! The rules of the tree that no compiler checks, each able to fail (its tests show how).
//!
//! `layers.rs` keeps dependencies pointing down and C names in `capi`; `unsafety.rs` keeps `unsafe`
//! where `ARCHITECTURE.md` says it lives, with a reason at every block; `text.rs` looks at all files
//! alike: their length and what must not stand in them; `census.rs` counts what is unsafe. This file
//! finds the files and gathers what the rules object to.

mod census;
mod layers;
mod text;
mod tokens;
mod unsafety;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};

use crate::document;
use crate::report::Tally;
use crate::workshop::Workshop;
use tokens::Tokens;
use unsafety::Charter;

/// A text file of the tree.
struct File {
    /// Below the repository, with `/` between the parts.
    path: String,
    text: String,
}

/// What a rule found wrong in a line.
#[derive(Debug, PartialEq, Eq)]
struct Objection {
    line: usize,
    why: String,
}

impl Objection {
    fn new(line: usize, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { line, why }
    }
}

/// The count of what is unsafe, and what makes it.
const CENSUS: &str = "docs/unsafe.md";
const COMMAND: &str = "cargo xtask unsafe-table";

/// Writes the count.
pub fn write_census(shop: &Workshop) -> Result<()> {
    let (files, charter) = read(shop)?;
    document::write(&shop.root.join(CENSUS), &census::document(&files, &charter, COMMAND)?)
}

/// Holds the count in the tree against what the command would write.
pub fn check_census(shop: &Workshop) -> Result<Tally> {
    let (files, charter) = read(shop)?;
    let made = census::document(&files, &charter, COMMAND)?;
    let mut tally = Tally::default();
    let fresh = document::is_fresh(&shop.root, CENSUS, &made, COMMAND);
    tally.check(&format!("{CENSUS} is what {COMMAND} makes"), fresh);
    Ok(tally)
}

fn read(shop: &Workshop) -> Result<(Vec<File>, Charter)> {
    let mut files = Vec::new();
    gather(&shop.root, &shop.root, &mut files)?;
    ensure!(
        files.iter().any(|file| file.path == "src/lib.rs"),
        "found no src/lib.rs below {}",
        shop.root.display()
    );
    let charter = Charter::read(&files.iter().find(|file| file.path == "ARCHITECTURE.md"));
    Ok((files, charter))
}

/// One check per file; its message holds everything the rules object to in it.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let (files, charter) = read(shop)?;

    let mut tally = Tally::default();
    for file in &files {
        let objections = examine(file, &charter)?;
        let lines: Vec<_> = objections
            .iter()
            .map(|Objection { line, why }| format!("{}:{line}: {why}", file.path))
            .collect();
        let outcome = match lines.is_empty() {
            true => Ok(()),
            false => Err(format!("\n    {}", lines.join("\n    "))),
        };
        tally.check(&file.path, outcome);
    }
    Ok(tally)
}

fn examine(file: &File, charter: &Charter) -> Result<Vec<Objection>> {
    let mut objections = text::check(file);
    if file.path.ends_with(".rs") {
        let tokens = Tokens::read(&file.text).with_context(|| file.path.clone())?;
        objections.extend(layers::check(&file.path, &tokens));
        objections.extend(unsafety::check(file, &tokens, charter));
    }
    Ok(objections)
}

/// All text files below `dir`, except what tools have built or fetched.
fn gather(root: &Path, dir: &Path, files: &mut Vec<File>) -> Result<()> {
    let told = || format!("reading {}", dir.display());
    let mut entries = fs::read_dir(dir)
        .with_context(told)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<PathBuf>>>()?;
    entries.sort_unstable();
    for path in entries {
        let metadata = path.symlink_metadata().with_context(told)?;
        if path.file_name() == Some(".git".as_ref()) {
            continue; // Of a linked work tree it is a file.
        }
        if metadata.is_dir() {
            if !is_built(&path) {
                gather(root, &path, files)?;
            }
        } else if metadata.is_file() && path.file_name() != Some("Cargo.lock".as_ref()) {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            if let Ok(text) = String::from_utf8(bytes) {
                let below = path.strip_prefix(root)?;
                let path = below.to_string_lossy().into_owned();
                files.push(File { path, text });
            }
        }
    }
    Ok(())
}

/// The build directories of cargo and meson.
fn is_built(dir: &Path) -> bool {
    dir.join("CACHEDIR.TAG").exists() || dir.join("meson-private").exists()
}
