//! The benchmark programs, built: GLib's program compiled once and linked with both libraries, and a
//! program for each rival.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{ensure, Context, Result};

use crate::apt::{self, Package};
use crate::link;
use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

const FLAGS: [&str; 8] =
    ["-std=gnu11", "-O2", "-g", "-pthread", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];

pub const GLIB: &str = "GLib";
pub const MAINSPRING: &str = "mainspring";
pub const OVERLAY: &str = "overlay";
/// The loop written for the programs alone.
pub const BARE: &str = "bare";

/// Somebody else's loop, measured by a program in its own idiom.
struct Rival {
    name: &'static str,
    /// What its program is made of, below `benches/rivals`.
    files: &'static [&'static str],
    package: Option<Package>,
    /// By what name pkg-config knows it.
    modules: &'static [&'static str],
    /// What the linker needs of one that pkg-config does not know.
    libs: &'static [&'static str],
}

const RIVALS: &[Rival] = &[
    Rival {
        name: "libev",
        files: &["libev.c"],
        package: Some(apt::LIBEV),
        modules: &[],
        libs: &["-lev"],
    },
    Rival {
        name: "libuv",
        files: &["libuv.c"],
        package: Some(apt::LIBUV),
        modules: &["libuv"],
        libs: &[],
    },
    Rival {
        name: "libevent",
        files: &["libevent.c"],
        package: Some(apt::LIBEVENT),
        modules: &["libevent", "libevent_pthreads"],
        libs: &[],
    },
    Rival {
        name: "sd-event",
        files: &["sd-event.c"],
        package: Some(apt::LIBSYSTEMD),
        modules: &["libsystemd"],
        libs: &[],
    },
    Rival {
        name: BARE,
        files: &["bare.c", "bare_loop.c", "bare_poll.c"],
        package: None,
        modules: &[],
        libs: &[],
    },
];

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
    /// What is loaded in front of the libraries it is linked with.
    preload: Option<PathBuf>,
}

impl Contestant {
    fn new(name: &'static str, binary: PathBuf) -> Self {
        Self { name, version: String::new(), binary, libraries: None, preload: None }
    }

    /// Asks the library for its version.
    fn asked(mut self) -> Result<Self> {
        self.version = self.command(&[]).arg("--version").output_text()?.trim().to_owned();
        Ok(self)
    }

    /// Where its program lies.
    pub fn folder(&self) -> Option<&Path> {
        self.binary.parent()
    }

    /// Whether counters can be put in front of the program; not where they would load what it preloads.
    pub fn can_be_counted(&self) -> bool {
        self.preload.is_none()
    }

    /// The program, to be given a scenario; started by the words of another, such as a tracer's.
    pub fn command(&self, before: &[&str]) -> Command {
        let mut command = match before {
            [] => Command::new(&self.binary),
            [program, words @ ..] => {
                let mut command = Command::new(program);
                command.args(words).arg(&self.binary);
                command
            }
        };
        for name in ["G_DEBUG", "G_SLICE", "LD_LIBRARY_PATH", "LD_PRELOAD", "MAINSPRING_POLL"] {
            command.env_remove(name);
        }
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        if let Some(preload) = &self.preload {
            command.env("LD_PRELOAD", preload);
        }
        command
    }
}

/// What all the rivals need on the machine.
pub fn rival_packages() -> impl Iterator<Item = Package> {
    RIVALS.iter().filter_map(|rival| rival.package)
}

/// A compiler at work in the directory of programs.
pub struct Workbench<'a> {
    shop: &'a Workshop,
    compiler: &'a str,
    sources: PathBuf,
    out: PathBuf,
}

impl<'a> Workbench<'a> {
    /// Compiles into a fresh directory of that name.
    pub fn new(shop: &'a Workshop, compiler: &'a str, out: &str) -> Result<Self> {
        Ok(Self { shop, compiler, sources: shop.root.join("benches"), out: shop.fresh_dir(out)? })
    }

    /// GLib and mainspring. Needs a filled stage.
    pub fn twins(&self) -> Result<[Contestant; 2]> {
        let object = self.glib_object()?;
        let glib = self.link(&object, "glib", None)?;
        let mainspring = self.link(&object, "mainspring", Some(self.shop.stage_pkgconfig()))?;
        uses(&glib, "libglib-2.0.so")?;
        uses(&mainspring, "libmainspring.so")?;
        let libraries = Some(self.shop.stage_lib());
        let mainspring = Contestant { libraries, ..Contestant::new(MAINSPRING, mainspring) };
        Ok([Contestant::new(GLIB, glib).asked()?, mainspring.asked()?])
    }

    /// The program that is linked with GLib, with mainspring's loop in front of it. Needs the twins.
    pub fn overlay(&self) -> Result<Contestant> {
        let preload = Some(self.shop.stage_lib().join(link::OVERLAY.soname));
        Contestant { preload, ..Contestant::new(OVERLAY, self.out.join("glib")) }.asked()
    }

    /// The program over GLib's interface, as real GLib's headers make it.
    fn glib_object(&self) -> Result<PathBuf> {
        let object = self.out.join("glib.o");
        let mut compile = self.compile();
        compile.args(pkg_config("--cflags", &["glib-2.0"], None)?).arg("-r");
        compile.args(c_files(&self.sources.join("glib"))?);
        compile.arg("-o").arg(&object).output_text()?;
        Ok(object)
    }

    fn link(&self, object: &Path, name: &str, pkgconfig: Option<PathBuf>) -> Result<PathBuf> {
        let binary = self.out.join(name);
        let libs = pkg_config("--libs", &["glib-2.0"], pkgconfig)?;
        let mut link = Command::new(self.compiler);
        link.arg("-pthread").arg(object).arg("-o").arg(&binary).args(libs).output_text()?;
        Ok(binary)
    }

    /// Everything, for the compiler's opinion.
    pub fn all(&self) -> Result<()> {
        self.glib_object()?;
        self.rivals()?;
        Ok(())
    }

    pub fn rivals(&self) -> Result<Vec<Contestant>> {
        RIVALS.iter().map(|rival| self.rival(rival)).collect()
    }

    fn rival(&self, rival: &Rival) -> Result<Contestant> {
        let binary = self.out.join(rival.name);
        let mut compile = self.compile();
        compile.args(rival.files.iter().map(|file| self.sources.join("rivals").join(file)));
        if !rival.modules.is_empty() {
            let version = pkg_config("--modversion", &rival.modules[..1], None)?.join(" ");
            compile.arg(format!("-DLIBRARY_VERSION=\"{version}\""));
            compile.args(pkg_config("--cflags", rival.modules, None)?);
        }
        compile.arg("-o").arg(&binary).args(rival.libs);
        if !rival.modules.is_empty() {
            compile.args(pkg_config("--libs", rival.modules, None)?);
        }
        compile.output_text()?;
        Contestant::new(rival.name, binary).asked()
    }

    /// The compiler with what every program has.
    fn compile(&self) -> Command {
        let mut command = Command::new(self.compiler);
        command.args(FLAGS);
        command.args(["frame.c", "tools.c"].map(|file| self.sources.join(file)));
        command
    }
}

fn uses(binary: &Path, library: &str) -> Result<()> {
    let bytes = std::fs::read(binary)?;
    let named = bytes.windows(library.len()).any(|window| window == library.as_bytes());
    ensure!(named, "{} is not linked with {library}", binary.display());
    Ok(())
}

fn pkg_config(what: &str, modules: &[&str], folder: Option<PathBuf>) -> Result<Vec<String>> {
    let mut command = Command::new("pkg-config");
    command.arg(what).args(modules).env_remove("PKG_CONFIG_PATH");
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
