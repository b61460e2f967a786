//! The benchmark programs, built: GLib's program compiled once and linked with both libraries.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{ensure, Context, Result};

use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

const FLAGS: [&str; 8] =
    ["-std=gnu11", "-O2", "-g", "-pthread", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// A library under measurement: the program that speaks its language.
#[derive(Debug)]
pub struct Contestant {
    /// As tables call it.
    pub name: &'static str,
    /// As the library calls itself.
    pub version: String,
    binary: PathBuf,
    /// Where its shared library is, if the system does not know.
    libraries: Option<PathBuf>,
}

impl Contestant {
    fn new(name: &'static str, binary: PathBuf, libraries: Option<PathBuf>) -> Result<Self> {
        let mut contestant = Self { name, version: String::new(), binary, libraries };
        contestant.version = contestant.command().arg("--version").output_text()?.trim().to_owned();
        Ok(contestant)
    }

    /// The program, to be given a scenario.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for name in ["G_DEBUG", "G_SLICE", "LD_LIBRARY_PATH", "LD_PRELOAD", "MAINSPRING_POLL"] {
            command.env_remove(name);
        }
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }
}

/// Needs a filled stage.
pub fn build(shop: &Workshop) -> Result<Vec<Contestant>> {
    let out = shop.fresh_dir("bench")?;
    let sources = shop.root.join("benches");

    let object = out.join("glib.o");
    let mut compile = Command::new("gcc");
    compile.args(FLAGS).args(pkg_config("--cflags", "glib-2.0", None)?).arg("-r");
    compile.args(c_files(&sources)?).args(c_files(&sources.join("glib"))?);
    compile.arg("-o").arg(&object).output_text()?;

    let link = |name: &str, pkgconfig: Option<PathBuf>| -> Result<PathBuf> {
        let binary = out.join(name);
        let libs = pkg_config("--libs", "glib-2.0", pkgconfig)?;
        let mut link = Command::new("gcc");
        link.arg("-pthread").arg(&object).arg("-o").arg(&binary).args(libs).output_text()?;
        Ok(binary)
    };
    let glib = link("glib", None)?;
    let mainspring = link("mainspring", Some(shop.stage_pkgconfig()))?;
    uses(&glib, "libglib-2.0.so")?;
    uses(&mainspring, "libmainspring.so")?;
    Ok(vec![
        Contestant::new("GLib", glib, None)?,
        Contestant::new("mainspring", mainspring, Some(shop.stage_lib()))?,
    ])
}

fn uses(binary: &Path, library: &str) -> Result<()> {
    let bytes = std::fs::read(binary)?;
    let named = bytes.windows(library.len()).any(|window| window == library.as_bytes());
    ensure!(named, "{} is not linked with {library}", binary.display());
    Ok(())
}

fn pkg_config(what: &str, package: &str, folder: Option<PathBuf>) -> Result<Vec<String>> {
    let mut command = Command::new("pkg-config");
    command.args([what, package]).env_remove("PKG_CONFIG_PATH");
    if let Some(folder) = folder {
        command.env("PKG_CONFIG_PATH", folder);
    }
    Ok(command.output_text()?.split_whitespace().map(str::to_owned).collect())
}

fn c_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "c") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
