//! `cargo xtask test`: the stages of the test run, in order, and the count at the end.
//!
//! A stage is a row of the table below: what it is called, what it needs on the machine, whether it
//! needs the library installed in the stage directory, and the function that runs it. A stage that
//! cannot run at all counts as one failure; nothing is ever skipped.

use std::time::Instant;

use anyhow::{ensure, Context, Result};

use crate::apt::{self, Package};
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::{cargo, Workshop};
use crate::{
    abi, acceptance, api_table, bench, consumer, demo, faults, fuzz, glib_tests, guarantees,
    headers, library, models, oracle, overlay, random, sanitize, stress, tidy, twin,
};

struct Stage {
    name: &'static str,
    about: &'static str,
    packages: &'static [Package],
    /// Whether it looks at the staged library.
    installed: bool,
    run: fn(&Workshop) -> Result<Tally>,
}

const STAGES: &[Stage] = &[
    Stage {
        name: "fmt",
        about: "cargo fmt --check",
        packages: &[apt::RUSTFMT],
        installed: false,
        run: |shop| cargo_check(shop, &["fmt", "--all", "--check"]),
    },
    Stage {
        name: "clippy",
        about: "cargo clippy, warnings are errors",
        packages: &[apt::CLIPPY, apt::GCC],
        installed: false,
        run: |shop| {
            let words = ["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"];
            let mut tally = cargo_check(shop, &words)?;
            for checker in models::CHECKERS {
                let words = ["clippy", "--package=models", "--features", checker, "--", "-Dwarnings"];
                tally.absorb(cargo_check(shop, &words)?);
            }
            Ok(tally)
        },
    },
    Stage {
        name: "tidy",
        about: "layers, unsafe and its reasons, lengths, leftovers",
        packages: &[],
        installed: false,
        run: tidy::run,
    },
    Stage {
        name: "docs",
        about: "the documents say what is so: names and tests, guarantees and tests, unsafe code",
        packages: &[],
        installed: false,
        run: documents,
    },
    Stage {
        name: "unit",
        about: "cargo test of all packages",
        packages: &[apt::GCC],
        installed: false,
        run: unit,
    },
    Stage {
        name: "models",
        about: "the hand-shakes between threads in every schedule, under loom and shuttle",
        packages: &[apt::GCC],
        installed: false,
        run: models::stage,
    },
    Stage {
        name: "library",
        about: "what the installed libraries export and carry",
        packages: &[apt::GCC, apt::BINUTILS],
        installed: true,
        run: library::run,
    },
    Stage {
        name: "headers",
        about: "each header alone, in every standard of C and C++, silent",
        packages: &[apt::GCC, apt::GXX, apt::CLANG],
        installed: true,
        run: headers::run,
    },
    Stage {
        name: "abi",
        about: "headers, exports and Rust definitions against the contract and real GLib",
        packages: &[apt::GCC, apt::CLANG, apt::PKG_CONFIG, apt::REAL_GLIB],
        installed: true,
        run: abi::run,
    },
    Stage {
        name: "consumer",
        about: "a project outside the tree: gcc, clang, C++, CMake, meson",
        packages: &[
            apt::GCC,
            apt::GXX,
            apt::CLANG,
            apt::PKG_CONFIG,
            apt::CMAKE,
            apt::MESON,
            apt::NINJA,
            apt::REAL_GLIB,
        ],
        installed: true,
        run: consumer::run,
    },
    Stage {
        name: "acceptance",
        about: "the acceptance program, every link line, beside real GLib",
        packages: &[apt::GCC, apt::CLANG, apt::BINUTILS, apt::LLD, apt::PKG_CONFIG, apt::REAL_GLIB],
        installed: true,
        run: acceptance::run,
    },
    Stage {
        name: "twin",
        about: "one C program on real GLib and on mainspring, gcc and clang, traces compared",
        packages: &[apt::GCC, apt::GXX, apt::CLANG, apt::PKG_CONFIG, apt::REAL_GLIB],
        installed: true,
        run: |shop| twin::run(shop, &twin::Options::default()),
    },
    Stage {
        name: "random",
        about: "random programs on real GLib and on mainspring, traces compared",
        packages: &[apt::GCC, apt::REAL_GLIB],
        installed: true,
        run: random::run,
    },
    Stage {
        name: "fuzz",
        about: "the kept inputs of the fuzzer and what it makes of them, on real GLib and on mainspring",
        packages: &[apt::GCC, apt::GXX, apt::REAL_GLIB],
        installed: false,
        run: fuzz::run,
    },
    Stage {
        name: "oracle",
        about: "GLib's own compiled tests on libmainspring, as far as it has what they use",
        packages: &[apt::GCC, apt::BINUTILS, apt::GLIB_TESTS],
        installed: true,
        run: oracle::run,
    },
    Stage {
        name: "overlay",
        about: "the overlay where things are not as usual, and the command that runs programs under it",
        packages: &[
            apt::GCC,
            apt::PKG_CONFIG,
            apt::REAL_GLIB,
            apt::BUBBLEWRAP,
            apt::GERMAN,
            apt::MUSL,
            apt::SETCAP,
        ],
        installed: true,
        run: overlay::run,
    },
    Stage {
        name: "glib-tests",
        about: "GLib's own compiled tests of the loop, plain and under the overlay",
        packages: &[apt::GCC, apt::GLIB_TESTS, apt::DBUS],
        installed: true,
        run: glib_tests::stage,
    },
    Stage {
        name: "valgrind",
        about: "the C tests under valgrind: no errors, no leaks",
        packages: &[
            apt::GCC,
            apt::GXX,
            apt::CLANG,
            apt::PKG_CONFIG,
            apt::REAL_GLIB,
            apt::VALGRIND,
        ],
        installed: true,
        run: |shop| {
            let options = twin::Options { valgrind: true, ..twin::Options::default() };
            twin::run(shop, &options)
        },
    },
    Stage {
        name: "sanitize",
        about: "on libraries built with sanitizers, or with every check: nothing to report",
        packages: &[apt::GCC, apt::GXX, apt::CLANG, apt::PKG_CONFIG, apt::REAL_GLIB],
        installed: false,
        run: sanitize::stage,
    },
    Stage {
        name: "faults",
        about: "every call to the C library fails once, in every way it can",
        packages: &[apt::GCC, apt::PKG_CONFIG, apt::REAL_GLIB],
        installed: true,
        run: faults::stage,
    },
    Stage {
        name: "stress",
        about: "threads doing everything at once, exactly accounted; floods, limits, odd clocks, forks",
        packages: &[apt::GCC, apt::CLANG, apt::PKG_CONFIG, apt::REAL_GLIB],
        installed: true,
        run: stress::stage,
    },
    Stage {
        name: "counts",
        about: "the benchmark programs are right, and mainspring costs no more instructions than the table says",
        packages: bench::gate::PACKAGES,
        installed: true,
        run: bench::gate::run,
    },
    Stage {
        name: "demo",
        about: "the C examples, with less data than the demo sends",
        packages: &[apt::GCC, apt::PKG_CONFIG],
        installed: true,
        run: demo::smoke,
    },
];

/// What to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Run only this stage (may be given several times)
    #[arg(long, value_name = "STAGE")]
    only: Vec<String>,
    /// Name the stages and stop
    #[arg(long)]
    list: bool,
}

/// Runs the stages; the last line printed is the count. An error means that not all has passed.
pub fn run(shop: &Workshop, options: &Options) -> Result<()> {
    let stages = chosen(&options.only)?;
    if options.list {
        for stage in &stages {
            println!("{:<12}{}", stage.name, stage.about);
        }
        return Ok(());
    }
    apt::require(stages.iter().flat_map(|stage| stage.packages).copied())?;

    let mut total = Tally::default();
    if stages.iter().any(|stage| stage.installed) {
        timed("install", "the library into the stage", &mut total, || {
            shop.fill_stage()?;
            Ok(one_passed())
        });
    }
    for stage in stages {
        timed(stage.name, stage.about, &mut total, || (stage.run)(shop));
    }

    if !total.failed.is_empty() {
        println!("\nfailed:\n  {}", total.failed.join("\n  "));
    }
    println!("\n{} passed, {} failed", total.passed, total.failed.len());
    if !total.failed.is_empty() {
        std::process::exit(1);
    }
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Stage>> {
    for name in names {
        ensure!(
            STAGES.iter().any(|stage| stage.name == name),
            "no stage is called {name}; --list names them"
        );
    }
    let wanted = |stage: &&Stage| names.is_empty() || names.iter().any(|name| name == stage.name);
    Ok(STAGES.iter().filter(wanted).collect())
}

/// Runs one stage and says how it went.
fn timed(name: &str, about: &str, total: &mut Tally, run: impl FnOnce() -> Result<Tally>) {
    println!("== {name}: {about}");
    let start = Instant::now();
    let tally = run().and_then(|tally| {
        ensure!(tally.passed + tally.failed.len() > 0, "checked nothing");
        Ok(tally)
    });
    let tally = tally.unwrap_or_else(|error| {
        let mut tally = Tally::default();
        tally.check(name, Err(format!("{error:#}")));
        tally
    });
    println!(
        "   {} passed, {} failed, {:.1} s",
        tally.passed,
        tally.failed.len(),
        start.elapsed().as_secs_f64()
    );
    total.absorb(tally);
}

fn one_passed() -> Tally {
    Tally { passed: 1, ..Tally::default() }
}

/// A cargo command that is one check: it succeeds or it does not.
fn cargo_check(shop: &Workshop, words: &[&str]) -> Result<Tally> {
    let finished = cargo().args(words).current_dir(&shop.root).finish()?;
    finished.success().with_context(|| words.join(" "))?;
    Ok(one_passed())
}

/// The documents that need no program to be built.
fn documents(shop: &Workshop) -> Result<Tally> {
    let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
    let mut tally = api_table::run(shop)?;
    tally.absorb(tidy::check_census(shop)?);
    tally.absorb(guarantees::run(shop, &names)?);
    Ok(tally)
}

/// Counts each Rust test by the lines cargo prints for it.
fn unit(shop: &Workshop) -> Result<Tally> {
    let finished =
        cargo().args(["test", "--workspace", "--no-fail-fast"]).current_dir(&shop.root).finish()?;
    let tally = count_tests(&finished.stdout);
    match finished.status.success() {
        true => Ok(tally),
        // Every failing test has been told by name; the reasons are in what cargo printed. Without
        // one, nothing was run, and the whole stage has failed.
        false if !tally.failed.is_empty() => {
            println!("{}", finished.account());
            Ok(tally)
        }
        false => Err(anyhow::anyhow!(finished.account())),
    }
}

pub fn count_tests(stdout: &str) -> Tally {
    let mut tally = Tally::default();
    for line in stdout.lines() {
        let Some((name, outcome)) =
            line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... "))
        else {
            continue;
        };
        match outcome {
            "ok" => tally.check(name, Ok(())),
            outcome => tally.check(name, Err(outcome.to_owned())),
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rust_test_counts_once_and_an_ignored_one_as_failed() {
        let said = "running 3 tests\ntest a::b ... ok\ntest c ... FAILED\ntest d ... ignored\n\
                    test result: FAILED. 1 passed\n";
        let tally = count_tests(said);
        assert_eq!(tally.passed, 1);
        assert_eq!(tally.failed, ["c", "d"]);
    }

    #[test]
    fn a_stage_nobody_has_is_refused() {
        assert!(chosen(&["nonsense".to_owned()]).is_err());
        assert_eq!(chosen(&["tidy".to_owned()]).unwrap().len(), 1);
        assert_eq!(chosen(&[]).unwrap().len(), STAGES.len());
    }

    #[test]
    fn a_stage_that_checks_nothing_fails() {
        let mut total = Tally::default();
        timed("empty", "", &mut total, || Ok(Tally::default()));
        assert_eq!(total.failed, ["empty"]);
    }
}
