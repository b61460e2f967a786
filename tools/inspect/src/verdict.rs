//! The two questions about a program: does libmainspring stand in for GLib, and can the overlay take over
//! its loop?
//!
//! The library covers a program if nobody in the program's process misses a name once libglib is replaced.
//! The overlay leaves libglib where it is and takes the loop alone, so it covers whatever runs on the
//! libglib of the machine, unless that has loop functions the overlay does not know.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};

use crate::{Closure, Elf, Search, GLIB, GTHREAD};

/// File names of mainspring's libraries, in one folder.
const STANDALONE: &str = "libmainspring.so.0";
const OVERLAY: &str = "libmainspring-overlay.so.0";

/// Beginnings of the names of loop functions: a newer GLib may have some that an overlay does not know.
const LOOP: [&str; 7] =
    ["g_main_", "g_source_", "g_idle_", "g_timeout_", "g_child_watch_", "g_io_", "g_unix_"];

/// Mainspring's libraries, whose names decide.
#[derive(Debug)]
pub struct Shelf {
    /// The library that replaces libglib.
    pub standalone: Elf,
    /// The library that is put in front of libglib, if it is installed.
    pub overlay: Option<Elf>,
}

impl Shelf {
    /// What is installed in `folder`.
    pub fn open(folder: &Path) -> Result<Self> {
        let standalone =
            Elf::read(&folder.join(STANDALONE)).context("mainspring is not installed")?;
        let overlay = folder.join(OVERLAY);
        let overlay = overlay.exists().then(|| Elf::read(&overlay)).transpose()?;
        Ok(Self { standalone, overlay })
    }

    /// Whether `folder` has mainspring's library.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(STANDALONE).exists()
    }
}

/// Something a program wants that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// A library that is nowhere.
    Library(String),
    /// Names that a file of the program's process asks for, and nobody offers.
    Symbols {
        /// The program, or the library's name.
        by: String,
        /// The names, sorted.
        names: Vec<String>,
    },
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Library(name) => write!(f, "{name} is not found"),
            Self::Symbols { by, names } => {
                write!(f, "{by} lacks {}: {}", names.len(), names.join(" "))
            }
        }
    }
}

/// The answer to one of the questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// All the program asks for is there.
    Covered {
        /// How many names of ours its process uses.
        names: usize,
    },
    /// Some of it is not.
    Lacking(Vec<Gap>),
    /// The program loads no GLib, so there is nothing to cover.
    NoGlib,
    /// The library in question is not installed.
    NotInstalled,
}

impl Coverage {
    /// Whether the program will run.
    pub fn covers(&self) -> bool {
        matches!(self, Self::Covered { .. })
    }
}

/// Both answers.
#[derive(Debug)]
pub struct Report {
    /// Whether the library can stand in for libglib.
    pub standalone: Coverage,
    /// Whether the overlay can take over the loop.
    pub overlay: Coverage,
}

/// Judges a program, or a library as if it were one.
pub fn judge(program: &Elf, shelf: &Shelf, search: &Search) -> Result<Report> {
    let (theirs, ours) = (program.architecture, shelf.standalone.architecture);
    anyhow::ensure!(
        theirs == ours,
        "{}: for another machine ({theirs:?}); mainspring here is for {ours:?}",
        program.path.display()
    );
    let whole = Closure::load(program, search, &[]);
    if !whole.names(GLIB) {
        return Ok(Report { standalone: Coverage::NoGlib, overlay: Coverage::NoGlib });
    }
    let alone = Closure::load(program, search, &[GLIB, GTHREAD]);
    let overlay = match &shelf.overlay {
        Some(overlay) => coverage(&whole, overlay, unknown(&whole, overlay)),
        None => Coverage::NotInstalled,
    };
    Ok(Report { standalone: coverage(&alone, &shelf.standalone, None), overlay })
}

fn coverage(closure: &Closure, ours: &Elf, more: Option<Gap>) -> Coverage {
    let lost = closure.lost.iter().cloned().map(Gap::Library);
    let missing = closure.missing(ours).map(|(by, names)| Gap::Symbols {
        by: by.to_owned(),
        names: names.into_iter().map(str::to_owned).collect(),
    });
    let gaps: Vec<_> = lost.chain(missing).chain(more).collect();
    if !gaps.is_empty() {
        return Coverage::Lacking(gaps);
    }
    let used = |name: &&String| closure.files.iter().any(|(_, file)| file.imports.contains(*name));
    Coverage::Covered { names: ours.exports.iter().filter(used).count() }
}

/// Loop functions of the libglib in place that the overlay would let through, if anybody calls them.
fn unknown(whole: &Closure, overlay: &Elf) -> Option<Gap> {
    let (_, libglib) = whole.files.iter().find(|(name, _)| name == GLIB)?;
    let called =
        |name: &String| whole.files.iter().any(|(_, file)| file.imports.contains(name.as_str()));
    let of_the_loop = |name: &String| LOOP.iter().any(|start| name.starts_with(start));
    let names: Vec<_> = libglib
        .exports
        .difference(&overlay.exports)
        .filter(|name| of_the_loop(name) && called(name))
        .cloned()
        .collect();
    (!names.is_empty()).then(|| Gap::Symbols { by: "the overlay".to_owned(), names })
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::Architecture;
    use std::collections::BTreeSet;

    fn file(name: &str, needed: &[&str], imports: &[&str], exports: &[&str]) -> Elf {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Elf {
            path: name.into(),
            architecture: Architecture::X86_64,
            interpreter: None,
            needed: needed.iter().map(|name| (*name).to_owned()).collect(),
            rpath: Vec::new(),
            runpath: Vec::new(),
            imports: set(imports),
            exports: set(exports),
        }
    }

    fn closure(files: Vec<Elf>, lost: &[&str]) -> Closure {
        let lost = lost.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let files = files.into_iter().map(|file| (file.path.display().to_string(), file));
        Closure { files: files.collect(), lost }
    }

    #[test]
    fn every_gap_is_told_with_who_has_it() {
        let program = file("p", &[GLIB, "liba"], &["g_free", "g_regex_new", "a"], &[]);
        let liba = file("liba", &[GLIB], &["g_date_new"], &["a"]);
        let ours = file("ours", &[], &[], &["g_free"]);
        let found = coverage(&closure(vec![program, liba], &["libz"]), &ours, None);
        let Coverage::Lacking(gaps) = found else { panic!("{found:?}") };
        let told: Vec<_> = gaps.iter().map(Gap::to_string).collect();
        assert_eq!(
            told,
            ["libz is not found", "p lacks 1: g_regex_new", "liba lacks 1: g_date_new"]
        );
    }

    #[test]
    fn a_covered_program_counts_the_names_it_uses() {
        let program = file("p", &[GLIB], &["g_free"], &["main"]);
        let ours = file("ours", &[], &[], &["g_free", "g_malloc"]);
        let found = coverage(&closure(vec![program], &[]), &ours, None);
        assert_eq!(found, Coverage::Covered { names: 1 });
    }

    #[test]
    fn a_loop_function_the_overlay_does_not_know_counts_if_it_is_called() {
        let libglib = file(GLIB, &[], &[], &["g_source_new", "g_source_novel", "g_free"]);
        let overlay = file("ours", &[], &[], &["g_source_new"]);
        let calls = |name: &str| {
            let program = file("p", &[GLIB], &[name], &[]);
            unknown(&closure(vec![program, libglib.clone()], &[]), &overlay).is_some()
        };
        assert!(calls("g_source_novel"));
        assert!(!calls("g_source_new"));
        assert!(!calls("g_free"));
    }
}
