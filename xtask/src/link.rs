//! From cargo's static libraries to the files people link with or preload.
//!
//! One relocatable object is the root of each form: every Rust and C object the exports need, joined
//! by `cc -r`, with all names but the exported ones turned local. The archive holds that object, the
//! shared library is linked from it, so the two cannot export different things and neither leaks a
//! Rust name that could clash with another Rust library in the same program. Beside it lies what stands for
//! the unwinder until that is needed.
//!
//! The standalone library exports what the headers declare. The overlay exports what of that its own
//! code defines, which is the loop, and `glib__private__`; all else it takes from libglib. It is
//! linked with a stand-in for libglib that has the names of the oldest version it may meet, so that
//! anything newer fails here, and so that no libglib is needed to build it.
//!
//! Needs what every C compiler on Linux brings along: GNU `ld`, `objcopy`, `nm` and `ar`
//! (`CC`, `OBJCOPY`, `NM` and `AR` name others). What goes where afterwards is `install.rs`'s.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{ensure, Context, Result};
use object::read::archive::ArchiveFile;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use crate::exports;
use crate::proc::{have, CommandExt as _};
use crate::relax::relax;
use crate::workshop::{cargo, Workshop};

/// The file names of a shared library, shared with whoever installs or inspects it.
#[derive(Debug, Clone, Copy)]
pub struct Shared {
    /// The file itself.
    pub file: &'static str,
    pub soname: &'static str,
    /// What `-l` finds.
    pub devlink: &'static str,
}

pub const STANDALONE: Shared = Shared {
    file: "libmainspring.so.0.1.0",
    soname: "libmainspring.so.0",
    devlink: "libmainspring.so",
};
pub const OVERLAY: Shared = Shared {
    file: "libmainspring-overlay.so.0.1.0",
    soname: "libmainspring-overlay.so.0",
    devlink: "libmainspring-overlay.so",
};
pub const ARCHIVE: &str = "libmainspring.a";

/// What libgio and libgobject take from libglib without its being in any header.
const PRIVATE: &str = "glib__private__";
/// What every libglib exports though no header declares it: its own translations.
const UNDECLARED: &str = "glib_gettext";
/// The series of the oldest libglib the overlay stands before.
pub const OLDEST_SERIES: u32 = 56;

/// The directory with both freshly linked shared libraries, their links, and `ARCHIVE`.
pub fn build(shop: &Workshop) -> Result<PathBuf> {
    require_tools()?;
    let dir = shop.work.join("lib");
    fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    let packages = ["mainspring-standalone", "mainspring-overlay"];
    let mut options = vec!["--release".to_owned()];
    options.extend(packages.map(|name| format!("--package={name}")));
    let rust = compile(shop, &options)?.join("release");
    let declared = BTreeSet::from_iter(exports::exports(&shop.root)?);

    let object = dir.join("mainspring.o");
    one_object(&rust.join("libmainspring_standalone.a"), &declared, &object)?;
    archive(&object, &dir.join(ARCHIVE))?;
    share(shop, &object, STANDALONE, &dir, &[])?;

    let crates = rust.join("libmainspring_overlay.a");
    let mut names: BTreeSet<String> = defined(&crates)?;
    names.retain(|name| declared.contains(name) || name == PRIVATE);
    let object = dir.join("mainspring-overlay.o");
    one_object(&crates, &names, &object)?;
    let libglib = stand_in(shop, &names, &dir)?;
    let libglib = ["-Wl,--no-as-needed".as_ref(), libglib.as_os_str()];
    share(shop, &object, OVERLAY, &dir, &libglib)?;

    for shared in [STANDALONE, OVERLAY] {
        link_names(&dir, shared)?;
    }
    Ok(dir)
}

/// The standalone library of cargo's archive `rust`, linked below `dir` as the installed one is but for
/// the options in `more`: one that is to be examined.
pub fn share_variant(shop: &Workshop, rust: &Path, dir: &Path, more: &[String]) -> Result<()> {
    require_tools()?;
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let declared = BTreeSet::from_iter(exports::exports(&shop.root)?);
    let object = dir.join("mainspring.o");
    one_object(rust, &declared, &object)?;
    let more: Vec<&OsStr> = more.iter().map(OsStr::new).collect();
    share(shop, &object, STANDALONE, dir, &more)?;
    link_names(dir, STANDALONE)
}

/// What the overlay may want of libglib.
pub fn importable(shop: &Workshop, exported: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let oldest = exports::available(&shop.root, OLDEST_SERIES)?;
    let declared = oldest.difference(exported).cloned();
    Ok(declared.chain([UNDECLARED.to_owned()]).collect())
}

/// A library that looks like the oldest libglib to the linker.
fn stand_in(shop: &Workshop, exported: &BTreeSet<String>, dir: &Path) -> Result<PathBuf> {
    let lines: String =
        importable(shop, exported)?.iter().map(|name| format!("char {name};\n")).collect();
    let source = dir.join("libglib.c");
    fs::write(&source, lines).with_context(|| format!("writing {}", source.display()))?;
    let library = dir.join("libglib-2.0.so");
    tool("CC", "cc")
        .args(["-shared", "-nostdlib", "-fno-builtin", "-Wl,-soname,libglib-2.0.so.0", "-o"])
        .arg(&library)
        .arg(&source)
        .run()?;
    Ok(library)
}

/// The object that both kinds of a library's files are made of.
fn one_object(rust: &Path, names: &BTreeSet<String>, object: &Path) -> Result<()> {
    join(rust, names, object)?;
    keep_global(object, names, &object.with_extension("exports"))
}

/// The directory with a freshly built command, given by its package.
pub fn command(shop: &Workshop, package: &str) -> Result<PathBuf> {
    let options = ["--profile=command".to_owned(), format!("--package={package}")];
    Ok(compile(shop, &options)?.join("command"))
}

/// Runs cargo in a target directory of its own: the flags that keep this machine's paths out of what
/// is installed would otherwise make every plain `cargo build` start from nothing. The result is where
/// the profiles' directories are.
fn compile(shop: &Workshop, options: &[String]) -> Result<PathBuf> {
    let target = shop.work.join("cargo");
    let host = host()?;
    cargo_for(shop, &target, &host, "build", &[])?.arg("--quiet").args(options).run()?;
    Ok(target.join(host))
}

/// A command of cargo's with those flags and `more` for rustc, which builds for `host` below `target`.
pub fn cargo_for(
    shop: &Workshop,
    target: &Path,
    host: &str,
    verb: &str,
    more: &[String],
) -> Result<Command> {
    let sysroot = tool("RUSTC", "rustc").args(["--print", "sysroot"]).output_text()?;
    let mut rust = rust_flags();
    rust.extend_from_slice(more);
    let mut c: Vec<String> = std::env::var("CFLAGS").into_iter().collect();
    for (path, name) in [
        (shop.root.as_path(), "mainspring"),
        (&cargo_home(), "cargo"),
        (Path::new(sysroot.trim()), "rustc"),
        (target, "build"),
    ] {
        rust.push(format!("--remap-path-prefix={}={name}", path.display()));
        c.push(format!("-ffile-prefix-map={}={name}", path.display()));
    }
    // Below cargo's home each registry has a folder named after its host.
    for registry in fs::read_dir(cargo_home().join("registry/src")).into_iter().flatten().flatten()
    {
        rust.push(format!("--remap-path-prefix={}=crates", registry.path().display()));
    }
    let mut command = cargo();
    command
        .arg(verb)
        // Said aloud, so that no variable and no configuration of cargo's names another.
        .args(["--target", host])
        .arg("--target-dir")
        .arg(target)
        .current_dir(&shop.root)
        .env("CARGO_ENCODED_RUSTFLAGS", rust.join("\x1f"))
        .env("CFLAGS", c.join(" "));
    Ok(command)
}

/// The machine's own target.
pub fn host() -> Result<String> {
    let version = tool("RUSTC", "rustc").arg("-vV").output_text()?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc names no host")?.to_owned())
}

/// The user's own flags for rustc, whichever of cargo's two variables holds them.
fn rust_flags() -> Vec<String> {
    let split = |name: &str, by: fn(char) -> bool| {
        std::env::var(name).ok().map(|flags| {
            let words = flags.split(by).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        })
    };
    split("CARGO_ENCODED_RUSTFLAGS", |c| c == '\x1f')
        .or_else(|| split("RUSTFLAGS", char::is_whitespace))
        .unwrap_or_default()
}

fn cargo_home() -> PathBuf {
    match std::env::var_os("CARGO_HOME") {
        Some(dir) => dir.into(),
        None => Path::new(&std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
    }
}

/// Joins what the exports reach in `rust` into one object. COMDAT groups are dissolved because a
/// local name must not live in a group the linker may drop in favour of somebody else's copy.
fn join(rust: &Path, names: &BTreeSet<String>, object: &Path) -> Result<()> {
    tool("CC", "cc")
        .args(["-r", "-nostdlib", "-Wl,--force-group-allocation", "-o"])
        .arg(object)
        .args(names.iter().map(|name| format!("-Wl,-u,{name}")))
        .args(replacements(rust)?)
        .arg(rust)
        .run()?;
    // The standard library comes with the compiler's own notes, which other people's tools choke on.
    tool("OBJCOPY", "objcopy")
        .args(["--remove-section=.llvmbc", "--remove-section=.llvmcmd"])
        .arg(object)
        .run()?;
    relax(object)?;
    arrange(object)?;
    let defined = defined(object)?;
    let missing: Vec<_> = names.difference(&defined).map(String::as_str).collect();
    ensure!(missing.is_empty(), "to be exported but defined nowhere: {}", missing.join(" "));
    Ok(())
}

/// What nearly every program runs once it has a loop, by a part of its name: of the interface, of the standard library, and of
/// what compilers take for unlikely.
const OF_ALL: [&str; 13] = [
    "g_main_loop_",
    "g_main_context_",
    "g_source_",
    "g_idle_",
    "g_timeout_",
    "ARGV_INIT_ARRAY",
    "rdl_alloc",
    "rdl_dealloc",
    "rdl_realloc",
    "grow_one",
    "finish_grow",
    "Ids4grow",
    "make_global",
];

/// Has these laid out together, between what is unlikely and the loop itself, so that a program touches few pages: the kernel
/// maps code by neighbourhoods of 64 kilobytes. (Linkers lay sections out by the beginnings of their names.)
fn arrange(object: &Path) -> Result<()> {
    let bytes = fs::read(object).with_context(|| format!("reading {}", object.display()))?;
    let file = object::File::parse(&*bytes)?;
    let mut command = tool("OBJCOPY", "objcopy");
    for section in file.sections() {
        let name = section.name()?;
        let function = name.strip_prefix(".text.").unwrap_or_default();
        if OF_ALL.iter().any(|part| function.contains(part)) {
            let function = function.strip_prefix("unlikely.").unwrap_or(function);
            command.arg(format!("--rename-section={name}=.text.startup.{function}"));
        }
    }
    command.arg(object).run()
}

/// Functions of the standard library, by the end of their names, and ours that take their places. The
/// originals end the process as well, but bring along what it takes to print a backtrace.
const REPLACED: [(&str, &str); 2] = [
    ("___rustc17rust_begin_unwind", "mainspring_panic"),
    ("___rustc26___rust_alloc_error_handler", "mainspring_out_of_memory"),
];

/// Options for the linker that put ours in their places. Their names begin differently with each
/// compiler; what refers to them tells how.
fn replacements(rust: &Path) -> Result<Vec<String>> {
    let bytes = fs::read(rust).with_context(|| format!("reading {}", rust.display()))?;
    let archive = ArchiveFile::parse(&*bytes)?;
    let mut wanted = BTreeSet::new();
    for member in archive.members() {
        let Ok(file) = object::File::parse(member?.data(&*bytes)?) else { continue };
        let undefined = file.symbols().filter(|symbol| symbol.is_undefined());
        wanted.extend(undefined.filter_map(|symbol| symbol.name().ok().map(str::to_owned)));
    }
    let option = |(ending, ours): (&str, &str)| {
        let original = wanted.iter().find(|name| name.ends_with(ending));
        let original = original
            .with_context(|| format!("nothing in {} refers to …{ending}", rust.display()))?;
        Ok(format!("-Wl,--defsym,{original}={ours}"))
    };
    REPLACED.into_iter().map(option).collect()
}

/// The global names an object, archive or library defines.
pub fn defined(object: &Path) -> Result<BTreeSet<String>> {
    let mut nm = tool("NM", "nm");
    nm.args(["--extern-only", "--defined-only", "--format=posix"]);
    if object.extension().is_none_or(|ext| ext != "o" && ext != "a") {
        nm.arg("--dynamic");
    }
    let text = nm.arg(object).output_text()?;
    let names = text.lines().filter_map(|line| line.split_once(' '));
    Ok(names.map(|(name, _)| name.to_owned()).collect())
}

/// The names a shared library takes from elsewhere.
pub fn wanted(library: &Path) -> Result<BTreeSet<String>> {
    let mut nm = tool("NM", "nm");
    let text = nm.args(["--dynamic", "--undefined-only", "--format=posix"]).arg(library);
    let text = text.output_text()?;
    let names = text.lines().filter_map(|line| line.split([' ', '@']).next());
    Ok(names.map(str::to_owned).collect())
}

fn keep_global(object: &Path, names: &BTreeSet<String>, list: &Path) -> Result<()> {
    let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
    fs::write(list, lines).with_context(|| format!("writing {}", list.display()))?;
    let mut option = OsString::from("--keep-global-symbols=");
    option.push(list);
    tool("OBJCOPY", "objcopy").arg(option).arg(object).run()
}

fn archive(object: &Path, archive: &Path) -> Result<()> {
    // `ar` adds to what is there; D leaves out times and owners.
    if archive.exists() {
        fs::remove_file(archive).with_context(|| format!("replacing {}", archive.display()))?;
    }
    tool("AR", "ar").arg("crsD").arg(archive).arg(object).run()
}

/// Links a shared library, with `beside` behind its object. `-Bsymbolic-functions` binds our calls of our own exports at link time
/// but leaves the data tables open to copy relocation, which non-PIC executables rely on.
fn share(
    shop: &Workshop,
    object: &Path,
    shared: Shared,
    dir: &Path,
    beside: &[&OsStr],
) -> Result<()> {
    let unwind = late_unwinder(shop, dir)?;
    tool("CC", "cc")
        .args(["-shared", "-o"])
        .arg(dir.join(shared.file))
        .arg(format!("-Wl,-soname,{}", shared.soname))
        .args(["-Wl,-Bsymbolic-functions", "-Wl,--gc-sections"])
        // Threads may end, and forks happen, after a dlclose: the code stays.
        .args(["-Wl,-z,relro,-z,now,-z,nodelete", "-Wl,-z,defs", "-Wl,--build-id=sha1"])
        .args([object, &unwind])
        .args(beside)
        .arg("-Wl,--as-needed")
        .args(SYSTEM_LIBRARIES)
        .run()
}

/// What stands in the shared libraries for libgcc_s, which is loaded when it is needed.
fn late_unwinder(shop: &Workshop, dir: &Path) -> Result<PathBuf> {
    let object = dir.join("unwind.o");
    tool("CC", "cc")
        .args(["-std=gnu11", "-O2", "-fPIC", "-fexceptions", "-ffunction-sections"])
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "-o"])
        .arg(&object)
        .arg(shop.root.join("standalone/c/unwind.c"))
        .run()?;
    Ok(object)
}

/// What Rust's standard library needs beside libc; part of libc itself since glibc 2.34.
pub const SYSTEM_LIBRARIES: [&str; 4] = ["-lpthread", "-ldl", "-lm", "-lrt"];

/// The chain `.so` → soname → file, as ldconfig and linkers expect it.
pub fn link_names(dir: &Path, shared: Shared) -> Result<()> {
    relink(&dir.join(shared.soname), Path::new(shared.file))?;
    relink(&dir.join(shared.devlink), Path::new(shared.soname))
}

/// Makes `link` lead to `target`, wherever it led before.
pub fn relink(link: &Path, target: &Path) -> Result<()> {
    if link.symlink_metadata().is_ok() {
        fs::remove_file(link).with_context(|| format!("replacing {}", link.display()))?;
    }
    std::os::unix::fs::symlink(target, link).with_context(|| format!("linking {}", link.display()))
}

/// Names the package of a tool that is missing, before any work is begun.
fn require_tools() -> Result<()> {
    for (variable, default, package) in [
        ("CC", "cc", "gcc"),
        ("OBJCOPY", "objcopy", "binutils"),
        ("NM", "nm", "binutils"),
        ("AR", "ar", "binutils"),
    ] {
        let program = tool(variable, default).get_program().to_string_lossy().into_owned();
        ensure!(
            have(&program),
            "{program} is missing: install {package}, or name another with {variable}"
        );
    }
    Ok(())
}

/// A tool named by an environment variable, which may carry leading arguments as make's do.
pub fn tool(variable: &str, default: &str) -> Command {
    let named = std::env::var(variable).unwrap_or_default();
    let mut words = named.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(default));
    command.args(words);
    command
}
