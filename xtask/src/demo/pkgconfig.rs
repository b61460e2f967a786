//! The flags a pkg-config file asks for.
//!
//! `pkg-config` tells them where it is installed. The staged file is simple enough to be read without
//! it, so a machine with Rust and a C compiler has all that the demo needs.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::proc::{have, CommandExt as _};

/// Compiler and linker flags of the package in that very folder.
pub fn flags_in(folder: &Path, package: &str) -> Result<Vec<String>> {
    if std::env::var_os("PKG_CONFIG").is_none() && !have("pkg-config") {
        let file = folder.join(format!("{package}.pc"));
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("reading {}", file.display()))?;
        return Ok(words(&flags_of(&text, folder)));
    }
    let text = pkg_config()
        .env("PKG_CONFIG_PATH", folder)
        .args(["--cflags", "--libs", package])
        .output_text()?;
    Ok(words(&text))
}

/// Compiler and linker flags of the package as the machine has it.
pub fn system_flags(package: &str) -> Result<Vec<String>> {
    let text = system(&["--cflags", "--libs", package])?;
    Ok(words(&text))
}

/// Its version.
pub fn system_version(package: &str) -> Result<String> {
    Ok(system(&["--modversion", package])?.trim().to_owned())
}

fn system(arguments: &[&str]) -> Result<String> {
    pkg_config().env_remove("PKG_CONFIG_PATH").args(arguments).output_text()
}

fn pkg_config() -> Command {
    let named = std::env::var_os("PKG_CONFIG");
    Command::new(named.unwrap_or_else(|| OsString::from("pkg-config")))
}

/// Splits as a shell does what pkg-config prints: a backslash protects a blank in a path.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => word.extend(chars.next()),
            c if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// `Cflags` and `Libs` of a file that lies in `folder`, its variables filled in.
fn flags_of(text: &str, folder: &Path) -> String {
    let folder = folder.display().to_string().replace(' ', "\\ ");
    let mut variables = HashMap::from([("pcfiledir".to_owned(), folder)]);
    let mut flags = String::new();
    for line in text.lines() {
        let Some(end) = line.find(['=', ':']) else {
            continue;
        };
        let (name, value) = (line[..end].trim(), expand(line[end + 1..].trim(), &variables));
        match &line[end..=end] {
            "=" => {
                variables.insert(name.to_owned(), value);
            }
            _ if name == "Cflags" || name == "Libs" => flags = format!("{flags} {value}"),
            _ => {}
        }
    }
    flags
}

/// Puts the value in the place of each `${name}`.
fn expand(text: &str, variables: &HashMap<String, String>) -> String {
    let mut pieces = text.split("${");
    let mut expanded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or((piece, ""));
        expanded += variables.get(name).map_or("", String::as_str);
        expanded += rest;
    }
    expanded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_protected_blanks() {
        let text = "-I/a\\ b/include  -lmainspring \n";
        assert_eq!(words(text), ["-I/a b/include", "-lmainspring"]);
        assert!(words(" \n").is_empty());
    }

    #[test]
    fn a_file_is_read_as_pkg_config_reads_it() {
        let text = "prefix=${pcfiledir}/../..\nlibdir=${prefix}/lib\n\nName: x\nVersion: 1\n\
            Cflags: -I${prefix}/include\nLibs: -L${libdir} -lx\nLibs.private: -lm\n";
        assert_eq!(
            words(&flags_of(text, Path::new("/a b/lib/pkgconfig"))),
            ["-I/a b/lib/pkgconfig/../../include", "-L/a b/lib/pkgconfig/../../lib", "-lx"]
        );
    }
}
