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

/// Where the programs are, and what they are linked with besides the frame of `tests/twin`.
#[derive(Debug, Clone, Copy)]
pub struct Collection {
    pub folder: &'static str,
    /// C files of the folder that are no programs.
    pub shared: &'static [&'static str],
}

impl Collection {
    fn shares(self, file: &Path) -> bool {
        self.shared.iter().any(|name| file.ends_with(name))
    }
}

const FRAME: &str = "tests/twin";
pub const TWINS: Collection = Collection { folder: FRAME, shared: &[] };

/// One of the ways a program is compiled: for which library, by which compiler.
pub type Build = (Side, &'static str);

const FLAGS: [&str; 8] = [
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

/// The languages a program may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    C,
    /// Where exceptions matter.
    Cxx,
}

impl Language {
    fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()? {
            "c" => Some(Self::C),
            "cc" => Some(Self::Cxx),
            _ => None,
        }
    }

    fn standard(self) -> &'static str {
        match self {
            Self::C => "-std=gnu11",
            Self::Cxx => "-std=gnu++20",
        }
    }

    /// What the compiler is called that goes with the C compiler `c`.
    fn compiler(self, c: &'static str) -> &'static str {
        match (self, c) {
            (Self::C, _) => c,
            (Self::Cxx, "clang") => "clang++",
            (Self::Cxx, _) => "g++",
        }
    }
}

/// What mainspring's builds get beside what every build gets: a sanitizer's options.
#[derive(Debug, Default)]
pub struct Extra {
    pub compile: Vec<String>,
    pub link: Vec<String>,
}

/// How one compiler builds for one library.
#[derive(Debug)]
struct Recipe {
    side: Side,
    compiler: &'static str,
    cflags: Vec<String>,
    libs: Vec<String>,
    /// One object of all `twin*.c` and of what else the programs share.
    frame: PathBuf,
    /// Where the programs are, and where the frame is.
    folders: [PathBuf; 2],
}

/// Compiles the programs of a collection, or `only` one; what does not compile is a failure in
/// `tally`, and left out of what is returned.
pub fn compile_all(
    shop: &Workshop,
    collection: Collection,
    dir: &Path,
    builds: &BTreeSet<Build>,
    only: Option<&str>,
    tally: &mut Tally,
) -> Result<Vec<Program>> {
    let mut names = program_names(&shop.root.join(collection.folder))?;
    names.retain(|name| only.is_none_or(|only| only == name));
    compile(shop, collection, dir, builds, &names, &Extra::default(), tally)
}

/// The same for programs given by name, with `extra` in mainspring's builds.
pub fn compile(
    shop: &Workshop,
    collection: Collection,
    dir: &Path,
    builds: &BTreeSet<Build>,
    names: &[String],
    extra: &Extra,
    tally: &mut Tally,
) -> Result<Vec<Program>> {
    let sources = shop.root.join(collection.folder);
    let mut files = c_files(&sources, false)?;
    files.retain(|file| names.contains(&name_of(file)) && !collection.shares(file));
    ensure!(!files.is_empty(), "no such twin program in {}", sources.display());
    let recipes: Vec<Recipe> = builds
        .iter()
        .map(|build| Recipe::new(shop, collection, dir, *build, extra))
        .collect::<Result<_>>()?;
    let tasks: Vec<(&PathBuf, &Recipe)> =
        files.iter().flat_map(|file| recipes.iter().map(move |recipe| (file, recipe))).collect();

    let built = crew::each(shop.jobs, &tasks, |(file, recipe)| recipe.build(shop, dir, file));
    let mut programs: BTreeMap<String, Program> = BTreeMap::new();
    for ((file, recipe), outcome) in tasks.into_iter().zip(built) {
        let name = name_of(file);
        let label = format!("{name}, {}, {:?}", recipe.compiler, recipe.side);
        let program = programs
            .entry(name.clone())
            .or_insert_with(|| Program { name, builds: BTreeMap::new() });
        let outcome = outcome.map(|build| {
            program.builds.insert((recipe.side, recipe.compiler), build);
        });
        tally.check(&label, outcome.map_err(|error| format!("{error:#}")));
    }
    let complete = |program: &Program| program.builds.len() == recipes.len();
    Ok(programs.into_values().filter(complete).collect())
}

impl Recipe {
    fn new(
        shop: &Workshop,
        collection: Collection,
        dir: &Path,
        (side, compiler): Build,
        extra: &Extra,
    ) -> Result<Self> {
        let folders = [collection.folder, FRAME].map(|folder| shop.root.join(folder));
        let mut shared = c_files(&folders[1], true)?;
        shared.extend(collection.shared.iter().map(|name| folders[0].join(name)));
        let mut recipe = Self {
            side,
            compiler,
            cflags: pkg_config(shop, side, "--cflags")?,
            libs: pkg_config(shop, side, "--libs")?,
            frame: dir.join(format!("twin-{side:?}-{compiler}.o")),
            folders,
        };
        if side == Side::Mainspring {
            recipe.cflags.extend_from_slice(&extra.compile);
        }
        let mut parts = Vec::new();
        for source in shared {
            let part = recipe.frame.with_extension(format!("{}.o", name_of(&source)));
            let mut command = recipe.compile(Language::C);
            command.arg("-c").arg(source).arg("-o").arg(&part).output_text()?;
            parts.push(part);
        }
        let mut join = Command::new(compiler);
        join.args(["-r", "-nostdlib"]).args(parts).arg("-o").arg(&recipe.frame).output_text()?;
        recipe.libs.push(recipe.frame.display().to_string());
        recipe.libs.rotate_right(1);
        if side == Side::Mainspring {
            recipe.libs.extend_from_slice(&extra.link);
        }
        Ok(recipe)
    }

    fn compile(&self, language: Language) -> Command {
        let mut command = compiler(language.compiler(self.compiler), language);
        for folder in &self.folders {
            command.arg("-I").arg(folder);
        }
        command.args(&self.cflags);
        command
    }

    /// Builds one program, makes sure which library it really uses, and asks it for its cases.
    fn build(&self, shop: &Workshop, dir: &Path, file: &Path) -> Result<(PathBuf, Vec<Case>)> {
        let binary = dir.join(format!("{}-{:?}-{}", name_of(file), self.side, self.compiler));
        let object = binary.with_extension("o");
        let language = Language::of(file).context("neither C nor C++")?;
        let mut command = self.compile(language);
        command.arg("-c").arg(file).arg("-o").arg(&object);
        command.output_text()?;
        // Without the compiler's options: a sanitizer's would add a runtime to the one in `libs`.
        let mut link = Command::new(language.compiler(self.compiler));
        link.arg("-pthread").arg(&object).arg("-o").arg(&binary).args(&self.libs).output_text()?;

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

/// A compiler that is strict.
pub fn compiler(name: &str, language: Language) -> Command {
    let mut command = Command::new(name);
    command.arg(language.standard()).args(FLAGS);
    command
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

/// The compiler's options for a library, as pkg-config tells them.
pub fn pkg_config(shop: &Workshop, side: Side, what: &str) -> Result<Vec<String>> {
    let mut command = Command::new("pkg-config");
    command.args([what, "glib-2.0"]);
    match side {
        Side::Oracle => command.env_remove("PKG_CONFIG_PATH"),
        Side::Mainspring => command.env("PKG_CONFIG_PATH", shop.stage_pkgconfig()),
    };
    Ok(command.output_text()?.split_whitespace().map(str::to_owned).collect())
}

/// The C and C++ files of the folder in alphabetical order: those of the frame, or the programs.
fn c_files(sources: &Path, of_frame: bool) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(sources).with_context(|| sources.display().to_string())? {
        let path = entry?.path();
        let frame =
            path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"twin"));
        if Language::of(&path).is_some() && frame == of_frame {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What a program is called: its file without the ending.
fn name_of(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

pub fn program_names(sources: &Path) -> Result<Vec<String>> {
    Ok(c_files(sources, false)?.iter().map(|file| name_of(file)).collect())
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
