//! A library that is built to be watched, in a prefix of its own that programs are built against as
//! against the stage.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Result};

use super::kinds::Kind;
use crate::install::{self, Layout};
use crate::link;
use crate::proc::{CommandExt as _, Finished};
use crate::twin::sanitized::Variables;
use crate::workshop::Workshop;

/// One kind's builds: the library in `shop`'s stage, and where the rest of them goes.
pub struct Variant {
    pub kind: Kind,
    pub shop: Workshop,
    target: PathBuf,
    host: String,
}

impl Variant {
    /// Builds the library and installs it with its headers.
    pub fn build(shop: &Workshop, kind: Kind) -> Result<Self> {
        let dir = shop.work.join("sanitize").join(kind.name());
        let prefix = dir.join("prefix");
        let variant = Self {
            kind,
            shop: shop.with_stage(prefix.clone()),
            target: dir.join("cargo"),
            host: link::host()?,
        };
        variant.cargo("build")?.args(["--quiet", "--package=mainspring-standalone"]).run()?;
        let rust = variant.built("libmainspring_standalone.a");
        let library = dir.join("lib");
        link::share_variant(shop, &rust, &library, &kind.library_link())?;
        install::install_variant(shop, &Layout::new(&prefix, "lib")?, &library)?;
        Ok(variant)
    }

    /// A command of cargo's that builds as the library was built.
    pub fn cargo(&self, verb: &str) -> Result<Command> {
        let flags = self.kind.rust_flags()?;
        let mut command = link::cargo_for(&self.shop, &self.target, &self.host, verb, &flags)?;
        let c_flags = self.kind.c_flags();
        let before = command.get_envs().find(|(name, _)| *name == "CFLAGS");
        let before = before.and_then(|(_, flags)| flags?.to_str()).unwrap_or_default();
        let c_flags = format!("{before} {}", c_flags.join(" "));
        command
            .env("CFLAGS", c_flags)
            .env("CC", self.kind.compiler())
            .env("RUSTC_BOOTSTRAP", "1")
            // A little optimised: many programs are run, and what is inlined is seen as users have it.
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_TEST_OPT_LEVEL", "1");
        Ok(command)
    }

    /// What `cargo build` made.
    pub fn built(&self, name: &str) -> PathBuf {
        self.target.join(&self.host).join("debug").join(name)
    }

    /// Builds a C or C++ program against the library.
    pub fn compile(
        &self,
        dir: &Path,
        sources: &[PathBuf],
        compiler: &str,
        name: &str,
    ) -> Result<PathBuf> {
        let extra = self.kind.extra()?;
        let program = dir.join(name);
        let mut objects = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            let object = dir.join(format!("{name}-{number}.o"));
            let mut compile = Command::new(compiler);
            compile.arg("-O1").args(&extra.compile).args(self.pkg_config("--cflags")?);
            if compiler.ends_with("++") {
                // rustc's runtime lacks what clang 14 asks of it for C++ alone.
                compile.args(["-std=c++17", "-fno-sanitize=vptr"]);
                if compiler == "clang++" {
                    compile.arg("-fno-sanitize=function");
                }
            }
            compile.arg("-c").arg(source).arg("-o").arg(&object).output_text()?;
            objects.push(object);
        }
        let mut link = Command::new(compiler);
        link.arg("-pthread").args(objects).args(self.pkg_config("--libs")?).args(&extra.link);
        link.arg("-o").arg(&program).output_text()?;
        Ok(program)
    }

    fn pkg_config(&self, what: &str) -> Result<Vec<String>> {
        let text = Command::new("pkg-config")
            .args([what, "glib-2.0"])
            .env("PKG_CONFIG_PATH", self.shop.stage_pkgconfig())
            .output_text()?;
        Ok(text.split_whitespace().map(str::to_owned).collect())
    }

    /// Runs a program with the library, with reports in a fresh folder below `dir`; the result is
    /// what came of it and what was reported.
    pub fn run(
        &self,
        program: &mut Command,
        dir: &Path,
        limit: Duration,
    ) -> Result<(Finished, String)> {
        let files = dir.join("report");
        program.env("LD_LIBRARY_PATH", self.shop.stage_lib()).env("LC_ALL", "C");
        // What the caller has set itself goes before.
        for (name, value) in self.environment(&files, false) {
            if !program.get_envs().any(|(set, _)| set == name) {
                program.env(name, value);
            }
        }
        let finished = program.finish_within(limit)?;
        Ok((finished, reports(&files)?))
    }

    /// The same for one that must end well with nothing reported.
    pub fn run_clean(
        &self,
        program: &mut Command,
        dir: &Path,
        limit: Duration,
    ) -> Result<Finished> {
        let (finished, said) = self.run(program, dir, limit)?;
        ensure!(said.is_empty(), "{}", beginning(&said));
        finished.success()
    }

    /// Variables for a process whose reports go to files that begin with `reports`.
    pub fn environment(&self, reports: &Path, leaks: bool) -> Variables {
        self.kind.environment(reports, leaks)
    }

    /// An empty folder for what is run.
    pub fn fresh_dir(&self, name: &str) -> Result<PathBuf> {
        self.shop.fresh_dir(&format!("sanitize/{}/{name}", self.kind.name()))
    }
}

/// As much of reports as one wants to read.
pub fn beginning(said: &str) -> String {
    said.lines().take(80).collect::<Vec<_>>().join("\n")
}

/// A line that tells of no error: a program asked for too much memory and was given none.
fn is_remark(line: &str) -> bool {
    line.contains("WARNING: ") && line.contains("Sanitizer failed to allocate")
}

/// What the runtimes wrote into files that begin with `reports`; empty if there is nothing.
pub fn reports(reports: &Path) -> Result<String> {
    let mut said = String::new();
    let (Some(folder), Some(name)) = (reports.parent(), reports.file_name()) else {
        return Ok(said);
    };
    let start = format!("{}.", name.to_string_lossy());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&start) {
            let bytes = fs::read(entry.path())?;
            let text = String::from_utf8_lossy(&bytes);
            text.lines().filter(|line| !is_remark(line)).for_each(|line| {
                said += line;
                said.push('\n');
            });
        }
    }
    Ok(said)
}
