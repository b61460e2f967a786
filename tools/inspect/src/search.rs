//! Finding a library by name, where the system's loader would look for it.
//!
//! The order is ld.so(8)'s: the asking chain's RPATH, `LD_LIBRARY_PATH`, the asker's RUNPATH, the folders
//! of `/etc/ld.so.conf`, the built-in ones. A file for another machine is passed over.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Elf;

/// The folders that do not depend on who asks.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// `LD_LIBRARY_PATH`.
    pub preferred: Vec<PathBuf>,
    /// What `/etc/ld.so.conf` names, and what is built into the loader.
    pub system: Vec<PathBuf>,
}

impl Search {
    /// What holds for a program started here and now.
    pub fn here() -> Self {
        let path = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
        let preferred = env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty());
        let mut system = Vec::new();
        read_configuration(Path::new("/etc/ld.so.conf"), &mut system);
        system.extend(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(PathBuf::from));
        Self { preferred: preferred.collect(), system }
    }

    /// The library called `name` that `asker` would get. `rpath` has the folders of those that brought
    /// the asker in.
    pub fn find(&self, name: &str, asker: &Elf, rpath: &[PathBuf]) -> Option<Elf> {
        let fits = |path: PathBuf| {
            Elf::read(&path).ok().filter(|elf| elf.architecture == asker.architecture)
        };
        if name.contains('/') {
            return fits(PathBuf::from(name));
        }
        let own = expand(&asker.runpath, asker);
        let folders = rpath.iter().chain(&self.preferred).chain(&own).chain(&self.system);
        folders.map(|folder| folder.join(name)).filter(|path| path.exists()).find_map(fits)
    }
}

/// Folders a file names, with `$ORIGIN` filled in.
pub(crate) fn expand(folders: &[String], file: &Elf) -> Vec<PathBuf> {
    let origin = file.origin().display().to_string();
    let fill = |text: &String| text.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin);
    folders.iter().filter(|text| !text.is_empty()).map(|text| fill(text).into()).collect()
}

/// One folder per line, `include` with a pattern, `#` before remarks. What cannot be read says nothing.
fn read_configuration(file: &Path, folders: &mut Vec<PathBuf>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        match line.strip_prefix("include").filter(|rest| rest.starts_with([' ', '\t'])) {
            Some(pattern) => {
                for found in glob::glob(pattern.trim()).into_iter().flatten().flatten() {
                    read_configuration(&found, folders);
                }
            }
            None if !line.is_empty() => folders.push(line.into()),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_library_is_found_and_nonsense_is_not() {
        let this = Elf::read(&env::current_exe().unwrap()).unwrap();
        let search = Search::here();
        let libc = search.find("libc.so.6", &this, &[]).unwrap();
        assert!(libc.exports.contains("malloc"));
        assert!(search.find("libnonsense.so.1", &this, &[]).is_none());
        assert!(Search::default().find("libc.so.6", &this, &[]).is_none());
    }

    #[test]
    fn origin_stands_for_the_files_own_folder() {
        let this = Elf::read(&env::current_exe().unwrap()).unwrap();
        let folders = ["$ORIGIN/../lib".to_owned(), "${ORIGIN}".to_owned(), String::new()];
        let origin = this.origin();
        assert_eq!(expand(&folders, &this), [origin.join("../lib"), origin]);
    }
}
