//! What is written in Rust, watched: the packages' own tests, and the random programs, which compare
//! with real GLib in the same process.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Result};

use super::kinds::{Kind, OPEN_TO_LIBRARIES};
use super::variant::{beginning, reports, Variant};
use crate::link::STANDALONE;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::test::count_tests;

/// The packages the library is made of.
const PACKAGES: [&str; 2] = ["mainspring", "mainspring-base"];
const LIMIT: Duration = Duration::from_secs(1800);

/// `cargo test`; each test counts.
pub fn units(variant: &Variant) -> Result<Tally> {
    let dir = variant.fresh_dir("units")?;
    let files = dir.join("report");
    let mut command = variant.cargo("test")?;
    command.arg("--lib").args(PACKAGES.map(|name| format!("--package={name}")));
    command.args(["--no-fail-fast", "--"]);
    if variant.kind == Kind::Thread {
        // Fewer hand-overs between the frame and the tests.
        command.arg("--test-threads=1");
    }
    let unwatched = variant.shop.root.join("tests/sanitize/units.supp");
    for (name, mut value) in variant.environment(&files, false) {
        if variant.kind == Kind::Thread {
            value += &format!(":suppressions={}", unwatched.display());
        }
        command.env(name, value);
    }
    let finished = command.finish_within(LIMIT)?;
    let mut tally = count_tests(&finished.stdout);
    let said = reports(&files)?;
    let outcome = match (said.is_empty(), finished.status.success()) {
        (true, true) => Ok(()),
        (false, _) => Err(beginning(&said)),
        (true, false) => Err(beginning(&finished.account())),
    };
    tally.check(&format!("{}: nothing is reported of cargo's tests", variant.kind.name()), outcome);
    Ok(tally)
}

/// `programs` random programs from `seed` on, and the kept ones.
pub fn random(variant: &Variant, seed: u64, programs: u64) -> Result<Tally> {
    let mut tally = Tally::default();
    let kind = variant.kind;
    let mut build = variant.cargo("rustc")?;
    build.args(["--quiet", "--package=twin-random", "--bin=twin-random", "--"]);
    build.arg(format!("-Clink-arg={OPEN_TO_LIBRARIES}")).run()?;
    let dir = variant.fresh_dir("random")?;
    let mut kept = Vec::new();
    let folder = variant.shop.root.join("tests/random/kept");
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "prog") {
            kept.push(path);
        }
    }
    let mut replay = player(variant);
    replay.arg("--replay").args(&kept);
    let mut batch = player(variant);
    batch.args(["--seed", &seed.to_string(), "--programs", &programs.to_string()]);
    for (name, command) in [("kept", &mut replay), ("random", &mut batch)] {
        let outcome = play(variant, &dir.join(name), command);
        let name = format!("{}: {name} programs", kind.name());
        tally.check(&name, outcome.map_err(|error| format!("{error:#}")));
    }
    Ok(tally)
}

fn player(variant: &Variant) -> Command {
    let mut command = Command::new(variant.built("twin-random"));
    command.arg("--library").arg(variant.shop.stage_lib().join(STANDALONE.soname));
    command
}

fn play(variant: &Variant, dir: &Path, command: &mut Command) -> Result<()> {
    fs::create_dir(dir)?;
    let finished = variant.run_clean(command, dir, LIMIT)?;
    ensure!(finished.stdout.contains(", 0 differences"), "{}", finished.account());
    Ok(())
}
