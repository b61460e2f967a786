//! All that a program loads at its start, breadth first as the loader goes.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use crate::search::expand;
use crate::{Elf, Search};

/// A program and its libraries.
#[derive(Debug)]
pub struct Closure {
    /// The program, then its libraries with the names they were asked for.
    pub files: Vec<(String, Elf)>,
    /// Names of libraries that are nowhere.
    pub lost: BTreeSet<String>,
}

impl Closure {
    /// Gathers what `program` loads. A library in `replaced` is named but not looked for: somebody else
    /// will answer to its name.
    pub fn load(program: &Elf, search: &Search, replaced: &[&str]) -> Self {
        let mut closure = Self { files: Vec::new(), lost: BTreeSet::new() };
        let mut seen = BTreeSet::new();
        let first = (program.path.display().to_string(), program.clone(), Vec::new());
        let mut waiting: VecDeque<(String, Elf, Vec<PathBuf>)> = VecDeque::from([first]);
        while let Some((name, file, mut rpath)) = waiting.pop_front() {
            rpath.splice(0..0, expand(&file.rpath, &file));
            for needed in &file.needed {
                if replaced.contains(&needed.as_str()) || !seen.insert(needed.clone()) {
                    continue;
                }
                match search.find(needed, &file, &rpath) {
                    Some(found) => waiting.push_back((needed.clone(), found, rpath.clone())),
                    None => drop(closure.lost.insert(needed.clone())),
                }
            }
            closure.files.push((name, file));
        }
        closure
    }

    /// Whether one of the files asks for the library called `name`.
    pub fn names(&self, name: &str) -> bool {
        self.files.iter().any(|(_, file)| file.needed.iter().any(|needed| needed == name))
    }

    /// For each file, the names it cannot do without that neither the others nor `more` offer.
    pub fn missing<'a>(&'a self, more: &'a Elf) -> impl Iterator<Item = (&'a str, Vec<&'a str>)> {
        let offered = move |name: &&str| {
            let mut all = self.files.iter().map(|(_, file)| file).chain([more]);
            all.any(|file| file.exports.contains(*name))
        };
        self.files.iter().filter_map(move |(name, file)| {
            let missing: Vec<_> =
                file.imports.iter().map(String::as_str).filter(|name| !offered(name)).collect();
            (!missing.is_empty()).then_some((name.as_str(), missing))
        })
    }
}
