//! What must be true of the library files whoever links with them or preloads one.
//!
//! The standalone ones export the declared names and nothing else; the overlay the loop's names,
//! imports nothing that the oldest libglib lacks, and needs libglib. The shared ones carry the right
//! names and bind everything at start-up, none tells where it was built, and linking once more gives
//! the same bytes. Whether the declared names have the right shape is the business of `abi`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{ensure, Result};

use crate::abi::contract;
use crate::exports;
use crate::link::{self, Shared, ARCHIVE, OVERLAY, STANDALONE};
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

/// Needs a filled stage.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let shared = shop.stage_lib().join(STANDALONE.file);
    let overlay = shop.stage_lib().join(OVERLAY.file);
    let archive = shop.stage_lib().join(ARCHIVE);
    let declared = BTreeSet::from_iter(exports::exports(&shop.root)?);
    let of_loop = loop_names(shop)?;

    let mut tally = Tally::default();
    let mut check = |name: &str, outcome: Result<()>| {
        tally.check(name, outcome.map_err(|error| format!("{error:#}")));
    };
    for (file, names) in [(&shared, &declared), (&archive, &declared), (&overlay, &of_loop)] {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        check(
            &format!("{name} exports its {} names", names.len()),
            link::defined(file).and_then(|defined| same(names, &defined)),
        );
        check(
            &format!("{name} tells nothing of the machine that built it"),
            fs::read(file)
                .map_err(Into::into)
                .and_then(|bytes| silent_about(&bytes, &machine_paths(shop))),
        );
    }
    for (file, of) in [(&shared, STANDALONE), (&overlay, OVERLAY)] {
        check(&format!("{} is {} and bound at start-up", of.file, of.soname), bound(file, of));
    }
    check(
        "the overlay needs libglib and nothing in it newer than 2.56",
        old_enough(shop, &overlay),
    );
    check("the overlay reaches its tables as programs do", tables_are_open(&overlay));
    for library in [&shared, &overlay] {
        check("libgcc_s is loaded when it is needed", loads_no_unwinder(library));
    }
    check("linking again gives the same bytes", relinks(shop, &[&shared, &archive, &overlay]));
    Ok(tally)
}

/// The functions and variables of the main loop's headers, and the one name in no header.
fn loop_names(shop: &Workshop) -> Result<BTreeSet<String>> {
    let rows = contract::present(shop)?.into_iter();
    let exported = rows.filter(|row| {
        row.header != "gstdio.h" && ["function", "variable"].contains(&row.kind.as_str())
    });
    let names = exported.map(|row| row.symbol);
    Ok(names.chain(["glib__private__".to_owned()]).collect())
}

/// Whatever names of libglib the overlay imports are declared for the oldest version and there.
fn old_enough(shop: &Workshop, overlay: &Path) -> Result<()> {
    let wanted = link::wanted(overlay)?;
    let oldest = link::importable(shop, &loop_names(shop)?)?;
    let newer: Vec<_> =
        wanted.iter().filter(|name| name.starts_with("g_") && !oldest.contains(*name)).collect();
    ensure!(newer.is_empty(), "imports {newer:?}");
    ensure!(wanted.contains("g_malloc0"), "imports nothing of libglib");
    let text = Command::new("readelf").arg("--dynamic").arg(overlay).output_text()?;
    ensure!(
        text.contains("(NEEDED)") && text.contains("[libglib-2.0.so.0]"),
        "does not need libglib"
    );
    ensure!(text.contains("NODELETE"), "may be unloaded");
    Ok(())
}

/// The unwinder is asked for only when something unwinds.
fn loads_no_unwinder(library: &Path) -> Result<()> {
    let text = Command::new("readelf").arg("--dynamic").arg(library).output_text()?;
    ensure!(!text.contains("libgcc_s"), "{} needs libgcc_s", library.display());
    Ok(())
}

/// The six function tables are writable, have the size programs copy, and are reached by a relocation
/// that a program's copy can catch.
fn tables_are_open(library: &Path) -> Result<()> {
    let relocations =
        Command::new("readelf").args(["--relocs", "--wide"]).arg(library).output_text()?;
    let symbols =
        Command::new("readelf").args(["--dyn-syms", "--wide"]).arg(library).output_text()?;
    for table in ["idle", "timeout", "child_watch", "io_watch", "unix_fd_source", "unix_signal"] {
        let name = format!("g_{table}_funcs");
        let has = |text: &str, words: &[&str]| {
            text.lines().any(|line| {
                let found: Vec<&str> = line.split_whitespace().collect();
                found.contains(&name.as_str()) && words.iter().all(|word| found.contains(word))
            })
        };
        ensure!(has(&symbols, &["OBJECT", "48", "GLOBAL"]), "{name} is no variable of 48 bytes");
        ensure!(has(&relocations, &["R_X86_64_GLOB_DAT"]), "{name} is reached directly");
    }
    Ok(())
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

fn bound(shared: &Path, of: Shared) -> Result<()> {
    let text = Command::new("readelf")
        .args(["--dynamic", "--segments", "--wide"])
        .arg(shared)
        .output_text()?;
    ensure!(text.contains(&format!("[{}]", of.soname)), "its soname is another");
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
