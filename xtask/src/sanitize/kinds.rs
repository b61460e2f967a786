//! The four ways a library is watched: what each asks of the compilers and says to its runtime.
//!
//! AddressSanitizer's and ThreadSanitizer's runtimes are those of rustc's own distribution, for Rust and
//! C alike: two runtimes in one process would each see half of it. They speak the same interface
//! as clang's and gcc's instrumentation. `-Z` options need a nightly compiler or `RUSTC_BOOTSTRAP`, which
//! is set for these builds alone; nothing that is installed is built so. The standard library is the
//! distributed one, not instrumented; its generic and inlined parts are compiled with our crates and are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::link;
use crate::proc::CommandExt as _;
use crate::twin::sanitized::{Variables, NOTHING_KEPT};
use crate::twin::Extra;

/// What a process ends with that has something to report.
const REPORTED: i32 = 99;

/// The libraries that a program loads find the runtime in it.
pub const OPEN_TO_LIBRARIES: &str = "-Wl,--export-dynamic";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// AddressSanitizer with its leak detector; clang's UndefinedBehaviorSanitizer in the C parts.
    Address,
    /// ThreadSanitizer.
    Thread,
    /// gcc's UndefinedBehaviorSanitizer in the C parts, and rustc's own checks.
    Undefined,
    /// No runtime: debug assertions, layouts shuffled, `Context::verify` at every iteration.
    Checked,
}

pub const KINDS: [Kind; 4] = [Kind::Address, Kind::Thread, Kind::Undefined, Kind::Checked];

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Thread => "thread",
            Self::Undefined => "undefined",
            Self::Checked => "checked",
        }
    }

    /// Who compiles the C programs and the library's C parts.
    pub fn compiler(self) -> &'static str {
        match self {
            Self::Address | Self::Thread => "clang",
            Self::Undefined | Self::Checked => "gcc",
        }
    }

    /// Flags for rustc. All variants have debug assertions, overflow checks, and the checks of unsafe
    /// functions' preconditions, in what of the standard library is compiled with our code too.
    pub fn rust_flags(self) -> Result<Vec<String>> {
        let words: &[&str] = match self {
            Self::Address => &["-Zsanitizer=address", "-Zexternal-clangrt"],
            Self::Thread => {
                &["-Zsanitizer=thread", "-Zexternal-clangrt", "--cfg=mainspring_watched_closes"]
            }
            Self::Undefined => &[],
            Self::Checked => &["-Zrandomize-layout", "--cfg=mainspring_verify"],
        };
        let always = ["-Zub-checks=yes", "-Cdebug-assertions=yes", "-Coverflow-checks=yes"];
        let mut flags: Vec<String> =
            words.iter().chain(&always).map(|word| (*word).to_owned()).collect();
        if self == Self::Thread {
            flags.extend(mixing_allowed()?);
        }
        for option in self.program_link()? {
            flags.push(format!("-Clink-arg={option}"));
        }
        Ok(flags)
    }

    /// Flags for the compiler of C.
    pub fn c_flags(self) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Address => &["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"],
            Self::Thread => &["-fsanitize=thread"],
            Self::Undefined => &["-fsanitize=undefined", "-fno-sanitize-recover=undefined"],
            Self::Checked => &[],
        };
        let frames = ["-g", "-fno-omit-frame-pointer"];
        words.iter().chain(&frames).map(|word| (*word).to_owned()).collect()
    }

    /// What C programs are built with.
    pub fn extra(self) -> Result<Extra> {
        let mut compile = self.c_flags();
        // Checks in between make compilers see less, and warn of what cannot be.
        compile.push("-Wno-error".to_owned());
        let mut link = self.program_link()?;
        link.push(OPEN_TO_LIBRARIES.to_owned());
        Ok(Extra { compile, link })
    }

    /// Options for the link of a program.
    fn program_link(self) -> Result<Vec<String>> {
        match self {
            Self::Address => with_runtime("asan"),
            Self::Thread => with_runtime("tsan"),
            Self::Undefined => Ok(vec!["-lubsan".to_owned()]),
            Self::Checked => Ok(Vec::new()),
        }
    }

    /// Options for the link of the shared library.
    pub fn library_link(self) -> Vec<String> {
        let words: &[&str] = match self {
            // The program brings the runtime.
            Self::Address | Self::Thread => &["-Wl,-z,undefs"],
            Self::Undefined => &["-lubsan"],
            Self::Checked => &[],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Cases that it cannot watch, with the reason, which is printed.
    pub fn unwatched(self) -> &'static [(&'static str, &'static str)] {
        const MUCH: &str = "asks for more memory than there is, which the runtime tells in a file that it leaves open";
        match self {
            Self::Address => &[
                ("base_boxes/trying_for_too_much_gives_nothing", MUCH),
                ("base_errors/memory_is_the_c_librarys", MUCH),
            ],
            Self::Thread => &[
                ("base_boxes/trying_for_too_much_gives_nothing", MUCH),
                ("base_errors/memory_is_the_c_librarys", MUCH),
                ("handlers_left/", "it puts signals off, also those that system calls raise"),
            ],
            Self::Undefined | Self::Checked => &[],
        }
    }

    /// What its runtime is told. Reports go to files that begin with `reports`, because a program
    /// may have its standard error elsewhere; `leaks` says that the program leaks on purpose.
    pub fn environment(self, reports: &Path, leaks: bool) -> Variables {
        let common = format!("log_path={}:exitcode={REPORTED}", reports.display());
        match self {
            Self::Address => vec![
                (
                    "ASAN_OPTIONS",
                    format!(
                        "{common}:detect_leaks={}:detect_stack_use_after_return=1:\
                         strict_string_checks=1:check_initialization_order=1:\
                         strict_init_order=1:allocator_may_return_null=1",
                        u8::from(!leaks)
                    ),
                ),
                ("UBSAN_OPTIONS", format!("{common}:print_stacktrace=1")),
                (NOTHING_KEPT.0, NOTHING_KEPT.1.to_owned()),
            ],
            Self::Thread => {
                // Children of a process with several threads may start threads of their own: the random
                // programs' players do.
                let more = "second_deadlock_stack=1:history_size=4:allocator_may_return_null=1:\
                            die_after_fork=0";
                vec![("TSAN_OPTIONS", format!("{common}:{more}"))]
            }
            Self::Undefined => {
                vec![("UBSAN_OPTIONS", format!("{common}:print_stacktrace=1"))]
            }
            Self::Checked => Vec::new(),
        }
    }
}

/// Options that put a whole runtime into a program.
fn with_runtime(which: &str) -> Result<Vec<String>> {
    let archive = runtime_of_rustc(which)?.display().to_string();
    let whole = ["-Wl,--whole-archive", &archive, "-Wl,--no-whole-archive"];
    Ok(whole.iter().chain(&link::SYSTEM_LIBRARIES).map(|word| (*word).to_owned()).collect())
}

/// What newer compilers want to hear before they mix our crates with a standard library that has not
/// been built for ThreadSanitizer: that calls work all the same.
fn mixing_allowed() -> Result<Option<String>> {
    let options = link::tool("RUSTC", "rustc").args(["-C", "help"]).output_text()?;
    let name = "unsafe-allow-abi-mismatch";
    Ok(options.contains(name).then(|| format!("-C{name}=sanitizer")))
}

/// The runtime's archive, whose name tells the channel of the compiler it belongs to.
fn runtime_of_rustc(which: &str) -> Result<PathBuf> {
    let sysroot = link::tool("RUSTC", "rustc").args(["--print", "sysroot"]).output_text()?;
    let folder = Path::new(sysroot.trim()).join("lib/rustlib").join(link::host()?).join("lib");
    let told = || format!("looking for a sanitizer's runtime in {}", folder.display());
    let ending = format!("_rt.{which}.a");
    for entry in std::fs::read_dir(&folder).with_context(told)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(&ending) {
            return Ok(path);
        }
    }
    Err(anyhow::anyhow!("no librustc…{ending}: rustup's toolchains have it")).with_context(told)
}
