//! Programs as users write them, on the watched library: those of `c-examples/`, each at its job beside
//! a slow reader, and the consumer project's, in C and in C++ with exceptions through the loop.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Result};

use super::variant::Variant;
use crate::demo::{Reader, EXAMPLES, PACED};
use crate::report::Tally;

const LIMIT: Duration = Duration::from_secs(120);
/// Enough to fill the buffers between writer and reader several times.
const BYTES: u64 = 8 * 1024 * 1024;

/// Of the consumer project: source, the compiler of its language, what it has to say.
const CONSUMERS: [(&str, bool, &str); 3] = [
    ("loop.c", false, "expected-c.txt"),
    ("exception.cc", true, "expected-cxx.txt"),
    ("callbacks.cc", true, "expected-callbacks.txt"),
];

/// Builds and runs them.
pub fn run(variant: &Variant) -> Result<Tally> {
    let mut tally = Tally::default();
    let dir = variant.fresh_dir("programs")?;
    let kind = variant.kind;
    let mut check = |name: &str, outcome: Result<()>| {
        let name = format!("{}: {name}", kind.name());
        tally.check(&name, outcome.map_err(|error| format!("{error:#}")));
    };
    for (source, cxx, expected) in CONSUMERS {
        check(source, consumer(variant, &dir, source, cxx, expected));
    }
    for name in EXAMPLES.iter().filter(|example| example.on_loop).map(|example| example.name) {
        check(name, example(variant, &dir, name));
    }
    check(PACED, paced(variant, &dir));
    Ok(tally)
}

fn consumer(variant: &Variant, dir: &Path, name: &str, cxx: bool, expected: &str) -> Result<()> {
    let folder = variant.shop.root.join("tests/consumer");
    let compiler = match (cxx, variant.kind.compiler()) {
        (true, "clang") => "clang++",
        (true, _) => "g++",
        (false, compiler) => compiler,
    };
    let program = variant.compile(dir, &[folder.join(name)], compiler, &format!("{name}.run"))?;
    let reports = reports(dir, name)?;
    let mut command = Command::new(program);
    if cxx {
        // An exception through a loop leaves what the loop held, as it does with GLib.
        command.envs(variant.environment(&reports.join("report"), true));
    }
    let finished = variant.run_clean(&mut command, &reports, LIMIT)?;
    let expected = fs::read_to_string(folder.join(expected))?;
    ensure!(finished.stdout == expected, "it said\n{}instead of\n{expected}", finished.stdout);
    Ok(())
}

fn example(variant: &Variant, dir: &Path, name: &str) -> Result<()> {
    let folder = variant.shop.root.join("c-examples");
    let sources = [folder.join(format!("{name}.c")), folder.join("job.c")];
    let program = variant.compile(dir, &sources, variant.kind.compiler(), name)?;
    let reader = Reader::start()?;
    let mut command = Command::new(program);
    command.args([reader.port.to_string(), BYTES.to_string()]);
    let reports = reports(dir, &format!("{name}.c"))?;
    if let Err(error) = variant.run_clean(&mut command, &reports, LIMIT) {
        reader.give_up();
        return Err(error);
    }
    let received = reader.finish()?;
    ensure!(received == BYTES, "{received} bytes arrived instead of {BYTES}");
    Ok(())
}

fn paced(variant: &Variant, dir: &Path) -> Result<()> {
    let source = variant.shop.root.join(format!("c-examples/{PACED}.c"));
    let program = variant.compile(dir, &[source], variant.kind.compiler(), PACED)?;
    let reports = reports(dir, &format!("{PACED}.c"))?;
    variant.run_clean(&mut Command::new(program), &reports, LIMIT).map(drop)
}

fn reports(dir: &Path, name: &str) -> Result<std::path::PathBuf> {
    let folder = dir.join(format!("{name}.reports"));
    fs::create_dir(&folder)?;
    Ok(folder)
}
