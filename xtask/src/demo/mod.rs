//! `cargo xtask demo`: the C examples at work, beside a slow reader, and a table of how they did.
//!
//! The programs are not changed to be measured: a preloaded observer watches what their loop sees of
//! the socket. Read next: `examples.rs` (what is built), `measure.rs` (one run), `account.rs` (the table).

mod account;
mod examples;
mod measure;
mod pkgconfig;
mod progress;
mod reader;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{anyhow, ensure, Context, Result};

use self::account::{grouped, table, Row};
use self::examples::{compiler, Build, Example, Library};
pub use self::examples::{EXAMPLES, PACED};
use self::measure::Run;
use self::progress::Progress;
pub use self::reader::Reader;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

/// One "foo\n" short of 40 MiB, the payload of the examples unless told otherwise.
const FULL_BYTES: u64 = 4 * (10 * 1024 * 1024 - 1);

/// Less might be swallowed by the buffers of both sides before the busy callback gets a turn.
const LEAST_BYTES: u64 = 8 * 1024 * 1024;

const PACED_LIMIT: Duration = Duration::from_secs(30);

/// What `cargo xtask demo` can be told.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Run the loop examples on this machine's GLib too, for comparison
    #[arg(long)]
    pub beside_glib: bool,
    /// The size of the payload
    #[arg(long, default_value_t = FULL_BYTES, value_parser = clap::value_parser!(u64).range(LEAST_BYTES..=1 << 40))]
    pub bytes: u64,
}

/// Shows the examples at work. Fails if one of them does not do what it promises.
pub fn run(shop: &Workshop, options: &Options) -> Result<()> {
    let compiler = compiler()?;
    println!("building the library and the examples ...");
    shop.fill_stage()?;
    let mut libraries = vec![Library::staged(shop)?];
    if options.beside_glib {
        libraries.push(Library::real_glib()?);
    }
    let benches = libraries
        .into_iter()
        .map(|library| Bench::build(shop, library, &compiler))
        .collect::<Result<Vec<_>>>()?;

    println!(
        "writing {} bytes to a slow reader on the loopback interface:",
        grouped(options.bytes)
    );
    let mut rows = Vec::new();
    for (index, bench) in benches.iter().enumerate() {
        // A program without a main loop has nothing to compare.
        for example in EXAMPLES.iter().filter(|example| index == 0 || example.on_loop) {
            rows.push(bench.show(example, options.bytes)?);
        }
    }

    println!("\n{}", table(&rows));
    for bench in &benches {
        println!(
            "And exactly, with a reader whose pace the program itself controls, on {}:\n",
            bench.library.label
        );
        println!("{}", bench.paced()?);
    }
    for row in &rows {
        row.judge().map_err(|wrong| anyhow!("{} on {}: {wrong}", row.example.name, row.library))?;
    }
    Ok(())
}

/// The same as a test, with a small payload: each example's promise is one check, for both
/// compilers and for real GLib as well. Needs a filled stage, gcc, clang and real GLib.
pub fn smoke(shop: &Workshop) -> Result<Tally> {
    let mut tally = Tally::default();
    for (compiler, library) in [
        ("gcc", Library::staged(shop)?),
        ("clang", Library::staged(shop)?),
        ("gcc", Library::real_glib()?),
    ] {
        let strict = [compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror"].map(str::to_owned);
        let bench = Bench::build(shop, library, &strict)?;
        let mut check = |name: &str, outcome: Result<(), String>| {
            let name = format!("{name}.c built by {compiler} on {}", bench.library.label);
            tally.check(&name, outcome);
        };
        for example in &EXAMPLES {
            let outcome = bench
                .measure(example, LEAST_BYTES, |_| ())
                .map_err(|error| format!("{error:#}"))
                .and_then(|row| row.judge());
            check(example.name, outcome);
        }
        let paced = bench.paced().map(drop);
        check(PACED, paced.map_err(|error| format!("{error:#}")));
    }
    println!("examples: {} runs kept their promise", tally.passed);
    Ok(tally)
}

/// The examples built against one library, and the observer.
struct Bench {
    library: Library,
    observer: PathBuf,
    programs: PathBuf,
}

impl Bench {
    fn build(shop: &Workshop, library: Library, compiler: &[String]) -> Result<Self> {
        let folder = format!("demo/{}", library.label.replace(' ', "-"));
        let programs = shop.fresh_dir(&folder)?;
        let build = Build { compiler, out: &programs };

        for example in &EXAMPLES {
            let program = build.example(shop, example.name, &library)?;
            if example.on_loop {
                library.verify(&program)?;
            }
        }
        library.verify(&build.example(shop, PACED, &library)?)?;
        let observer = build.observer(shop)?;
        Ok(Self { library, observer, programs })
    }

    fn measure(&self, example: &Example, bytes: u64, progress: impl FnMut(u64)) -> Result<Row> {
        let run = Run {
            program: &self.program(example.name),
            library: &self.library,
            observer: &self.observer,
            report: self.programs.join(format!("{}.observed", example.name)),
            bytes,
        };
        let figures = run
            .measure(progress)
            .with_context(|| format!("{} on {}", example.name, self.library.label))?;
        Ok(Row { example: *example, library: self.library.label.clone(), bytes, figures })
    }

    /// Measures, and shows how it goes.
    fn show(&self, example: &Example, bytes: u64) -> Result<Row> {
        let mut progress = Progress::start(example.name, bytes);
        let row = self.measure(example, bytes, |received| progress.show(received));
        if let Ok(row) = &row {
            progress.show(row.figures.received);
        }
        progress.end();
        row
    }

    /// Runs the program that is its own reader and gives the comparison it prints.
    fn paced(&self) -> Result<String> {
        let finished = self.library.command(&self.program(PACED)).finish_within(PACED_LIMIT)?;
        ensure!(
            finished.status.success(),
            "{PACED} on {}: {}",
            self.library.label,
            finished.account()
        );
        Ok(finished.stdout)
    }

    fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}
