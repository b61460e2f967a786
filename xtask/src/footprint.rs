//! `cargo xtask footprint`: what a program with an idle loop costs before it does anything, on GLib, on
//! mainspring and on epoll alone.
//!
//! Memory and time are given over those of a program that uses no library but libc. Memory is the least of
//! several looks, time a median. Programs are timed in turn, so that what else the machine does falls on
//! all alike; still times are worth as much as the machine is quiet. Sizes and relocations are exact.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{ensure, Context, Result};

use crate::link::{tool, STANDALONE};
use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How often each program is started
    #[arg(long, default_value_t = 300)]
    runs: usize,
}

/// A program and what it stands on.
struct Subject {
    name: &'static str,
    program: PathBuf,
    /// Where its libraries are, if the system does not know.
    libraries: Option<PathBuf>,
    /// The libraries whose size and relocations are its own affair.
    files: Vec<PathBuf>,
}

/// What was found.
#[derive(Debug, Default)]
struct Cost {
    dirty_kb: u64,
    mapped: usize,
    start: Duration,
    size: u64,
    relocations: usize,
}

/// Measures and prints a table.
pub fn run(shop: &Workshop, options: &Options) -> Result<()> {
    ensure!(options.runs > 0, "--runs must be at least 1");
    shop.fill_stage()?;
    let dir = shop.fresh_dir("footprint")?;
    let subjects = subjects(shop, &dir)?;
    for file in subjects.iter().flat_map(|subject| subject.files.iter().chain([&subject.program])) {
        // What was built just now and is not on the disk yet would count as written by whoever maps it.
        fs::File::open(file)?.sync_all().with_context(|| format!("syncing {}", file.display()))?;
    }
    let mut starts = vec![Vec::new(); subjects.len()];
    for _ in 0..options.runs {
        for (subject, times) in subjects.iter().zip(&mut starts) {
            times.push(start(subject)?);
        }
    }
    let costs = subjects
        .iter()
        .zip(&mut starts)
        .map(|(subject, times)| cost(subject, times, &dir))
        .collect::<Result<Vec<_>>>()?;
    let floor = &costs[0];
    println!(
        "{:<12}{:>16}{:>14}{:>12}{:>14}{:>13}",
        "", "private dirty", "start-up", "libraries", "stripped", "relocations"
    );
    for (subject, cost) in subjects.iter().zip(&costs) {
        let over = |total: u64, floor: u64| total as i64 - floor as i64;
        let (memory, time) = match std::ptr::eq(cost, floor) {
            true => (cost.dirty_kb as i64, cost.start.as_secs_f64()),
            false => (
                over(cost.dirty_kb, floor.dirty_kb),
                cost.start.as_secs_f64() - floor.start.as_secs_f64(),
            ),
        };
        println!(
            "{:<12}{:>13} kB{:>11.3} ms{:>12}{:>11} kB{:>13}",
            subject.name,
            memory,
            time * 1e3,
            cost.mapped,
            cost.size / 1000,
            cost.relocations
        );
    }
    println!("memory and time: the first line as it is, the others over the first");
    Ok(())
}

/// The floor first.
fn subjects(shop: &Workshop, dir: &Path) -> Result<Vec<Subject>> {
    let source = shop.root.join("benches/footprint/loop.c");
    let build = |name: &'static str, flags: &str, pkgconfig: Option<PathBuf>| -> Result<PathBuf> {
        let program = dir.join(name);
        let line = format!(
            "gcc -std=gnu11 -O2 -Wall -Wextra -Wpedantic -Werror '{}' -o '{}' {flags}",
            source.display(),
            program.display()
        );
        let mut command = Command::new("sh");
        command.args(["-c", &line]);
        match pkgconfig {
            Some(folder) => command.env("PKG_CONFIG_PATH", folder),
            None => command.env_remove("PKG_CONFIG_PATH"),
        };
        command.finish()?.success().context(line)?;
        Ok(program)
    };
    let asks = "$(pkg-config --cflags --libs glib-2.0)";
    let glib = build("glib", asks, None)?;
    let mainspring = build("mainspring", asks, Some(shop.stage_pkgconfig()))?;
    let ours = shop.stage_lib();
    Ok(vec![
        Subject {
            name: "libc",
            program: build("floor", "-DFLOOR", None)?,
            libraries: None,
            files: Vec::new(),
        },
        Subject {
            name: "epoll",
            program: build("bare", "-DBARE", None)?,
            libraries: None,
            files: Vec::new(),
        },
        Subject {
            name: "mainspring",
            program: mainspring,
            files: vec![ours.join(STANDALONE.soname)],
            libraries: Some(ours),
        },
        Subject { name: "GLib", files: beside_libc(&glib)?, program: glib, libraries: None },
    ])
}

/// The libraries a program loads, without the C library's own.
fn beside_libc(program: &Path) -> Result<Vec<PathBuf>> {
    let text = Command::new(program).env("LD_TRACE_LOADED_OBJECTS", "1").output_text()?;
    let paths = text.lines().filter_map(|line| line.split_once("=> ")?.1.split(' ').next());
    let others = paths.filter(|path| !path.contains("/libc.so") && !path.contains("/libm.so"));
    Ok(others.filter(|path| path.starts_with('/')).map(PathBuf::from).collect())
}

impl Subject {
    fn command(&self, word: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(word).stdin(Stdio::null());
        if let Some(folder) = &self.libraries {
            command.env("LD_LIBRARY_PATH", folder);
        }
        command
    }
}

/// How long the program takes from its start to its end, with one turn of the loop between.
fn start(subject: &Subject) -> Result<Duration> {
    let mut command = subject.command("start");
    let before = Instant::now();
    let status = command.status().with_context(|| command.line())?;
    let took = before.elapsed();
    ensure!(status.success(), "{}: {status}", command.line());
    Ok(took)
}

/// A program that waits, and is ended when nobody looks any longer.
struct Waiting(Child);

impl Drop for Waiting {
    fn drop(&mut self) {
        // It has nothing to lose, and if it has ended by itself there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn cost(subject: &Subject, starts: &mut [Duration], dir: &Path) -> Result<Cost> {
    let looks = (0..LOOKS).map(|_| look(subject)).collect::<Result<Vec<_>>>()?;
    let (dirty_kb, mapped) = looks.into_iter().min().context("nobody looked")?;
    starts.sort_unstable();
    let mut cost = Cost { dirty_kb, mapped, start: starts[starts.len() / 2], ..Cost::default() };
    for file in &subject.files {
        let stripped = dir.join("stripped");
        tool("STRIP", "strip").arg("-o").arg(&stripped).arg(file).run()?;
        cost.size += fs::metadata(&stripped)?.len();
        let text = Command::new("readelf").args(["--relocs", "--wide"]).arg(file).output_text()?;
        cost.relocations += text.lines().filter(|line| line.contains(" R_")).count();
    }
    Ok(cost)
}

/// How often memory is looked at: the kernel places a stack at random, which may
/// cost a page or two more; the least is what the program needs.
const LOOKS: usize = 21;

/// The private dirty memory of a waiting program, in kB, and the number of libraries it has mapped.
fn look(subject: &Subject) -> Result<(u64, usize)> {
    let mut command = subject.command("stay");
    let mut waiting = Waiting(command.stdout(Stdio::piped()).spawn()?);
    let mut word = [0; 6];
    waiting.0.stdout.take().context("no output")?.read_exact(&mut word)?;
    // It has said that it is about to wait; give it the time to.
    std::thread::sleep(Duration::from_millis(50));
    let proc = PathBuf::from(format!("/proc/{}", waiting.0.id()));
    let rollup = fs::read_to_string(proc.join("smaps_rollup"))?;
    let dirty = rollup.lines().find_map(|line| line.strip_prefix("Private_Dirty:"));
    let dirty =
        dirty.and_then(|rest| rest.split_whitespace().next()).context("no Private_Dirty")?;
    let maps = fs::read_to_string(proc.join("maps"))?;
    let mut libraries: Vec<_> = maps
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5))
        .filter(|path| path.contains(".so"))
        .collect();
    libraries.sort_unstable();
    libraries.dedup();
    Ok((dirty.parse()?, libraries.len()))
}
