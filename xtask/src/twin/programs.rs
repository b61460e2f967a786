//! The twin programs: compiled with both libraries and both compilers, and asked for their cases.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{bail, ensure, Context, Result};

use crate::crew;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

/// Which library a program is compiled and run with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Oracle,
    Mainspring,
}

/// One of the ways a program is compiled: for which library, by which compiler.
pub type Build = (Side, &'static str);

const FLAGS: [&str; 9] = [
    "-std=gnu11",
    "-g",
    "-O1",
    "-pthread",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
    "-Wno-deprecated-declarations", // deprecated functions are part of the contract
];

/// One test, as its program lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub name: String,
    pub statements: Vec<String>,
    /// Runs on mainspring alone.
    pub own: bool,
    /// Leaves memory behind on purpose.
    pub leaks: bool,
}

impl Case {
    fn parse(line: &str) -> Result<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, statements, own, leaks] = fields[..] else {
            bail!("not a case: {line:?}");
        };
        let statements: Vec<String> = statements.split_whitespace().map(str::to_owned).collect();
        ensure!(!statements.is_empty(), "{name} cites no statement");
        Ok(Self {
            name: name.to_owned(),
            statements,
            own: !own.is_empty(),
            leaks: !leaks.is_empty(),
        })
    }

    /// Whether the filter, if there is one, lets the case through.
    pub fn matches(&self, program: &str, filter: Option<&str>) -> bool {
        filter.is_none_or(|text| {
            format!("{program}/{}", self.name).contains(text)
                || self.statements.iter().any(|id| id == text)
        })
    }
}

/// A program that compiled everywhere.
#[derive(Debug)]
pub struct Program {
    pub name: String,
    builds: BTreeMap<Build, (PathBuf, Vec<Case>)>,
}

impl Program {
    pub fn binary(&self, build: Build) -> Result<&Path> {
        let (binary, _) =
            self.builds.get(&build).with_context(|| format!("{} has no such build", self.name))?;
        Ok(binary)
    }

    /// One that was never compiled, for tests of what is told about cases.
    #[cfg(test)]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), builds: BTreeMap::new() }
    }

    /// How a case is called among those of all programs.
    pub fn name_of(&self, case: &Case) -> String {
        format!("{}/{}", self.name, case.name)
    }

    /// The cases as mainspring's build knows them, the one that may have more.
    pub fn cases(&self) -> &[Case] {
        self.listed(Side::Mainspring)
    }

    /// A case of one side alone is one that an `#if` removed by mistake.
    pub fn lists_agree(&self) -> Result<(), String> {
        let shared = |side| -> BTreeSet<&str> {
            let twins = self.listed(side).iter().filter(|case| !case.own);
            twins.map(|case| case.name.as_str()).collect()
        };
        let (oracle, mainspring) = (shared(Side::Oracle), shared(Side::Mainspring));
        let alone: Vec<&&str> = oracle.symmetric_difference(&mainspring).collect();
        match alone.is_empty() {
            true => Ok(()),
            false => Err(format!("only on one side: {alone:?}")),
        }
    }

    /// The cases as the build for one side knows them.
    pub fn listed(&self, side: Side) -> &[Case] {
        let mut builds = self.builds.iter().filter(|((of, _), _)| *of == side);
        builds.next().map_or(&[], |(_, (_, cases))| cases)
    }
}

/// How one compiler builds for one library.
#[derive(Debug)]
struct Recipe {
    side: Side,
    compiler: &'static str,
    cflags: Vec<String>,
    libs: Vec<String>,
    /// One object of all `twin*.c`, which the programs share.
    frame: PathBuf,
}

/// Compiles the programs of `tests/twin`, or `only` one; what does not compile is a failure in
/// `tally`, and left out of what is returned.
pub fn compile_all(
    shop: &Workshop,
    dir: &Path,
    builds: &BTreeSet<Build>,
    only: Option<&str>,
    tally: &mut Tally,
) -> Result<Vec<Program>> {
    let sources = shop.root.join("tests/twin");
    let recipes: Vec<Recipe> = builds
        .iter()
        .map(|build| Recipe::new(shop, &sources, dir, *build))
        .collect::<Result<_>>()?;
    let mut names = program_names(&sources)?;
    names.retain(|name| only.is_none_or(|only| only == name));
    ensure!(!names.is_empty(), "no such twin program in {}", sources.display());
    let tasks: Vec<(&String, &Recipe)> =
        names.iter().flat_map(|name| recipes.iter().map(move |recipe| (name, recipe))).collect();

    let built =
        crew::each(shop.jobs, &tasks, |(name, recipe)| recipe.build(shop, &sources, dir, name));
    let mut programs: BTreeMap<&String, Program> = BTreeMap::new();
    for ((name, recipe), outcome) in tasks.into_iter().zip(built) {
        let label = format!("{name}, {}, {:?}", recipe.compiler, recipe.side);
        let program = programs
            .entry(name)
            .or_insert_with(|| Program { name: name.clone(), builds: BTreeMap::new() });
        let outcome = outcome.map(|build| {
            program.builds.insert((recipe.side, recipe.compiler), build);
        });
        tally.check(&label, outcome.map_err(|error| format!("{error:#}")));
    }
    let complete = |program: &Program| program.builds.len() == recipes.len();
    Ok(programs.into_values().filter(complete).collect())
}

impl Recipe {
    fn new(shop: &Workshop, sources: &Path, dir: &Path, (side, compiler): Build) -> Result<Self> {
        let mut recipe = Self {
            side,
            compiler,
            cflags: pkg_config(shop, side, "--cflags")?,
            libs: pkg_config(shop, side, "--libs")?,
            frame: dir.join(format!("twin-{side:?}-{compiler}.o")),
        };
        let mut command = recipe.compile(sources);
        command.arg("-r").args(c_files(sources, true)?).arg("-o").arg(&recipe.frame);
        command.output_text()?;
        recipe.libs.push(recipe.frame.display().to_string());
        recipe.libs.rotate_right(1);
        Ok(recipe)
    }

    fn compile(&self, sources: &Path) -> Command {
        let mut command = Command::new(self.compiler);
        command.args(FLAGS).arg("-I").arg(sources).args(&self.cflags);
        command
    }

    /// Builds one program, makes sure which library it really uses, and asks it for its cases.
    fn build(
        &self,
        shop: &Workshop,
        sources: &Path,
        dir: &Path,
        name: &str,
    ) -> Result<(PathBuf, Vec<Case>)> {
        let binary = dir.join(format!("{name}-{:?}-{}", self.side, self.compiler));
        let mut command = self.compile(sources);
        command.arg(sources.join(format!("{name}.c"))).arg("-o").arg(&binary).args(&self.libs);
        command.output_text()?;

        let bytes = std::fs::read(&binary)?;
        let uses = |library: &[u8]| bytes.windows(library.len()).any(|window| window == library);
        let of_glib = uses(b"libglib-2.0.so");
        let of_mainspring = uses(b"libmainspring.so");
        let right = match self.side {
            Side::Oracle => of_glib && !of_mainspring,
            Side::Mainspring => of_mainspring && !of_glib,
        };
        ensure!(right, "{} is linked with the wrong library", binary.display());

        let mut list = Command::new(&binary);
        surround(&mut list, shop, self.side);
        let listed = list.arg("--list").output_text()?;
        Ok((binary, listed.lines().map(Case::parse).collect::<Result<_>>()?))
    }
}

/// Lets a program find the library of its side, and takes out of the environment what would change
/// how that behaves.
pub fn surround(command: &mut Command, shop: &Workshop, side: Side) {
    for name in [
        "G_DEBUG",
        "G_MESSAGES_DEBUG",
        "G_SLICE",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "MAINSPRING_POLL",
    ] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C");
    if side == Side::Mainspring {
        command.env("LD_LIBRARY_PATH", shop.stage_lib());
    }
}

fn pkg_config(shop: &Workshop, side: Side, what: &str) -> Result<Vec<String>> {
    let mut command = Command::new("pkg-config");
    command.args([what, "glib-2.0"]);
    match side {
        Side::Oracle => command.env_remove("PKG_CONFIG_PATH"),
        Side::Mainspring => command.env("PKG_CONFIG_PATH", shop.stage_pkgconfig()),
    };
    Ok(command.output_text()?.split_whitespace().map(str::to_owned).collect())
}

/// The C files of the folder in alphabetical order: those of the frame, or the programs.
fn c_files(sources: &Path, of_frame: bool) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(sources).with_context(|| sources.display().to_string())? {
        let path = entry?.path();
        let frame =
            path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"twin"));
        if path.extension().is_some_and(|end| end == "c") && frame == of_frame {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn program_names(sources: &Path) -> Result<Vec<String>> {
    let stem = |path: &PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    Ok(c_files(sources, false)?.iter().filter_map(stem).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_as_listed() {
        let case = Case::parse("quits\tML-002 ML-004\t\tthe loop is kept").unwrap();
        assert_eq!(case.statements, ["ML-002", "ML-004"]);
        assert!(case.leaks && !case.own);
        assert!(case.matches("loops", Some("loops/quits")));
        assert!(case.matches("loops", Some("ML-004")));
        assert!(!case.matches("loops", Some("ML-00")));
        assert!(Case::parse("quits\t\t\t").is_err());
    }
}
