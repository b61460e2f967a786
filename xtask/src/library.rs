//! What must be true of the two library files whoever links with them.
//!
//! Both export the declared names and nothing else, the shared one carries the right name and
//! binds everything at start-up, neither tells where it was built, and linking once more gives the
//! same bytes. Whether the declared names have the right shape is the business of `abi`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{ensure, Result};

use crate::exports;
use crate::link::{self, ARCHIVE, SHARED, SONAME};
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

/// Needs a filled stage.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let shared = shop.stage_lib().join(SHARED);
    let archive = shop.stage_lib().join(ARCHIVE);
    let declared = BTreeSet::from_iter(exports::exports(&shop.root)?);

    let mut tally = Tally::default();
    let mut check = |name: &str, outcome: Result<()>| {
        tally.check(name, outcome.map_err(|error| format!("{error:#}")));
    };
    for file in [&shared, &archive] {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        check(
            &format!("{name} exports the declared names"),
            link::defined(file).and_then(|defined| same(&declared, &defined)),
        );
        check(
            &format!("{name} tells nothing of the machine that built it"),
            fs::read(file)
                .map_err(Into::into)
                .and_then(|bytes| silent_about(&bytes, &machine_paths(shop))),
        );
    }
    check(&format!("{SHARED} is {SONAME} and bound at start-up"), bound(&shared));
    check("linking again gives the same bytes", relinks(shop, &[&shared, &archive]));
    Ok(tally)
}

fn same(declared: &BTreeSet<String>, exported: &BTreeSet<String>) -> Result<()> {
    let missing: Vec<_> = declared.difference(exported).map(String::as_str).collect();
    let extra: Vec<_> = exported.difference(declared).map(String::as_str).collect();
    ensure!(
        missing.is_empty() && extra.is_empty(),
        "declared but not exported: [{}]; exported but not declared: [{}]",
        missing.join(" "),
        extra.join(" ")
    );
    Ok(())
}

/// The directories whose names must not be found in the library.
fn machine_paths(shop: &Workshop) -> Vec<String> {
    let mut paths = vec![shop.root.clone(), shop.target.clone()];
    paths.extend(std::env::home_dir().filter(|home| home.components().count() > 1));
    paths.iter().map(|path| path.display().to_string()).collect()
}

fn silent_about(bytes: &[u8], paths: &[String]) -> Result<()> {
    for path in paths {
        let found = bytes.windows(path.len()).enumerate().any(|(at, window)| {
            window == path.as_bytes() && is_whole_path(&bytes[..at], &bytes[at + path.len()..])
        });
        ensure!(!found, "contains {path}");
    }
    Ok(())
}

/// Whether what lies between the two begins an absolute path and ends with a whole component.
fn is_whole_path(before: &[u8], behind: &[u8]) -> bool {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    !before.last().is_some_and(in_name) && !behind.first().is_some_and(in_name)
}

fn bound(shared: &Path) -> Result<()> {
    let text = Command::new("readelf")
        .args(["--dynamic", "--segments", "--wide"])
        .arg(shared)
        .output_text()?;
    ensure!(text.contains(&format!("[{SONAME}]")), "its soname is another");
    for sign in ["BIND_NOW", "GNU_RELRO"] {
        ensure!(text.contains(sign), "lacks {sign}");
    }
    ensure!(!text.contains("TEXTREL"), "has relocations in its code");
    Ok(())
}

fn relinks(shop: &Workshop, installed: &[&Path]) -> Result<()> {
    let again = link::build(shop)?;
    for file in installed {
        let fresh = again.join(file.file_name().unwrap_or_default());
        ensure!(fs::read(file)? == fs::read(&fresh)?, "{} differs", fresh.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_missing_and_an_extra_name_are_told() {
        assert!(same(&set(&["a", "b"]), &set(&["b", "a"])).is_ok());
        let told = same(&set(&["a", "b"]), &set(&["b", "c"])).unwrap_err();
        assert!(told.to_string().contains("[a]") && told.to_string().contains("[c]"));
    }

    #[test]
    fn a_path_inside_the_file_is_found() {
        let paths = ["/some/where".to_owned()];
        assert!(silent_about(b"\0/some/where/file.rs\0", &paths).is_err());
        assert!(silent_about(b"comp_dir\0/some/where\0", &paths).is_err());
        assert!(silent_about(b"\0/some/wherever\0", &paths).is_ok());
        assert!(silent_about(b"\0below/some/where/file.rs\0", &paths).is_ok());
    }
}
