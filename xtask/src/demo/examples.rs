//! The example programs of `c-examples/`: which there are, what each promises, and how they are built.
//!
//! Built as anyone would build them: a C compiler and what pkg-config says. Which library that leads
//! to, mainspring in the stage or a real GLib on the machine, is a `Library`. Running the programs is
//! `measure.rs`'s, judging the outcome `account.rs`'s.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{bail, ensure, Context, Result};

use super::pkgconfig;
use crate::proc::{have, CommandExt as _};
use crate::workshop::Workshop;

/// What a program does with the busy work while it cares for its socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It never asks whether the socket is writable.
    NeverLooks,
    /// Socket and work take turns, whatever the socket has to say.
    Turns,
    /// The work runs only after a look that found the socket full.
    SocketFirst,
}

/// One program that does the job.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    pub name: &'static str,
    pub way: Way,
    /// Whether it runs on the library's main loop.
    pub on_loop: bool,
}

const fn example(name: &'static str, way: Way, on_loop: bool) -> Example {
    Example { name, way, on_loop }
}

/// In the order in which `c-examples/README.md` explains them.
pub const EXAMPLES: [Example; 7] = [
    example("blocking", Way::NeverLooks, false),
    example("select", Way::Turns, false),
    example("poll", Way::SocketFirst, false),
    example("glib-watch", Way::SocketFirst, true),
    example("custom-source", Way::SocketFirst, true),
    example("protocol", Way::SocketFirst, true),
    example("coroutine", Way::SocketFirst, true),
];

/// The program that is its own reader; it has neither arguments nor a connection.
pub const PACED: &str = "paced";

/// A library to build the examples against.
#[derive(Debug)]
pub struct Library {
    /// As the table calls it.
    pub label: String,
    /// The file a program on its loop must load, and one it must not.
    loads: &'static str,
    loads_not: &'static str,
    flags: Vec<String>,
    /// For `LD_LIBRARY_PATH`, if the library is not where the system looks.
    pub directory: Option<PathBuf>,
}

impl Library {
    /// The library in the stage, found through the staged `glib-2.0.pc`.
    pub fn staged(shop: &Workshop) -> Result<Self> {
        Ok(Self {
            label: "mainspring".to_owned(),
            loads: "libmainspring.so.0",
            loads_not: "libglib-2.0.so.0",
            flags: pkgconfig::flags_in(&shop.stage_pkgconfig(), "glib-2.0")?,
            directory: Some(shop.stage_lib()),
        })
    }

    /// The GLib of this machine.
    pub fn real_glib() -> Result<Self> {
        let version = pkgconfig::system_version("glib-2.0")
            .context("no GLib to compare with: its development files are not installed")?;
        Ok(Self {
            label: format!("GLib {version}"),
            loads: "libglib-2.0.so.0",
            loads_not: "libmainspring.so.0",
            flags: pkgconfig::system_flags("glib-2.0")?,
            directory: None,
        })
    }

    /// Fails unless `program` really runs on this library.
    pub fn verify(&self, program: &Path) -> Result<()> {
        // glibc's loader then lists what it would load and starts nothing.
        let list = self.command(program).env("LD_TRACE_LOADED_OBJECTS", "1").output_text()?;
        if !list.contains(self.loads) || list.contains(self.loads_not) {
            bail!("{} does not run on {}:\n{list}", program.display(), self.label);
        }
        Ok(())
    }

    /// A command for `program` that finds this library.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(directory) = &self.directory {
            command.env("LD_LIBRARY_PATH", directory);
        }
        command
    }
}

/// The C compiler: `CC`, or the first there is of the usual names.
pub fn compiler() -> Result<Vec<String>> {
    let Ok(named) = std::env::var("CC") else {
        let found = ["cc", "gcc", "clang"].into_iter().find(|name| have(name));
        let name = found.context("no C compiler found: install gcc or clang, or name one in CC")?;
        return Ok(vec![name.to_owned()]);
    };
    let words = pkgconfig::words(&named);
    let name = words.first().context("CC is set, but names no compiler")?;
    ensure!(name.contains('/') || have(name), "CC names {name}, which is not on the path");
    Ok(words)
}

/// Compiles and links C sources into one program or shared object.
pub struct Build<'a> {
    /// The compiler, with arguments it is always to have.
    pub compiler: &'a [String],
    /// Where the programs go.
    pub out: &'a Path,
}

impl Build<'_> {
    /// One example against `library`, with the plumbing they share.
    pub fn example(&self, shop: &Workshop, name: &str, library: &Library) -> Result<PathBuf> {
        let sources = shop.root.join("c-examples");
        let mut files = vec![sources.join(format!("{name}.c"))];
        if name != PACED {
            files.push(sources.join("job.c"));
        }
        let flags: Vec<_> = library.flags.iter().map(String::as_str).collect();
        self.link(name, &["-std=c99"], &files, &flags)
    }

    /// The library that watches them.
    pub fn observer(&self, shop: &Workshop) -> Result<PathBuf> {
        let source = shop.root.join("xtask/src/demo/observer.c");
        self.link("observer.so", &["-shared", "-fPIC"], &[source], &["-ldl"])
    }

    fn link(
        &self,
        name: &str,
        kind: &[&str],
        files: &[PathBuf],
        flags: &[&str],
    ) -> Result<PathBuf> {
        let program = self.out.join(name);
        let (cc, leading) = self.compiler.split_first().context("CC is empty")?;
        Command::new(cc)
            .args(leading)
            .args(["-O2", "-g"])
            .args(kind)
            .args(files)
            .arg("-o")
            .arg(&program)
            .args(flags)
            .output_text()?;
        Ok(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_has_its_source_and_its_paragraph() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../c-examples");
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        let names = EXAMPLES.iter().map(|example| example.name);
        for name in names.chain([PACED]) {
            let file = format!("{name}.c");
            assert!(folder.join(&file).is_file(), "{file}");
            assert!(readme.contains(&format!("`{file}`")), "{file}");
        }
    }
}
