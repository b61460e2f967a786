//! `cargo xtask`: build, install, demo and test.
//!
//! This file only reads the command line. `workshop.rs` knows where things are, `link.rs` and
//! `install.rs` make the library, `test.rs` lists the stages of the test run.

mod abi;
mod acceptance;
mod api_table;
mod apt;
mod bench;
mod consumer;
mod crew;
mod demo;
mod document;
mod exports;
mod faults;
mod footprint;
mod fuzz;
mod glib_tests;
mod guarantees;
mod headers;
mod install;
mod library;
mod link;
mod models;
mod oracle;
mod overlay;
mod pkgconfig;
mod probe;
mod proc;
mod random;
mod relax;
mod report;
mod root;
mod sanitize;
mod stress;
mod table;
mod test;
mod tidy;
mod twin;
mod versions;
mod workshop;

use std::process::ExitCode;

use std::path::PathBuf;

use anyhow::{ensure, Result};
use clap::{Args, Parser, Subcommand};

use install::Layout;
use report::Tally;
use workshop::Workshop;

/// Build, install and test mainspring.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the C examples against a slow reader and show how they did
    Demo(demo::Options),
    /// Run the benchmark programs of GLib and mainspring in turn and compare
    Bench(bench::Options),
    /// Run all tests, installing what the machine lacks for them
    Test(test::Options),
    /// Check the rules of the tree that no compiler knows
    Tidy,
    /// Compare C programs on real GLib and on mainspring
    Twin(TwinArgs),
    /// Show how every statement of the contract stands on real GLib and on mainspring
    Contract(ContractArgs),
    /// Write docs/api.md: every name of the headers with the tests that use it
    ApiTable,
    /// Write docs/unsafe.md: where unsafe code is, how much, and why
    UnsafeTable,
    /// Run random programs on real GLib and on mainspring and compare
    Random(random::Options),
    /// Run the tests on libraries built with sanitizers or with every check
    Sanitize(sanitize::Options),
    /// Play the scenes of tests/faults once for each call to the C library that can fail
    Faults(faults::Options),
    /// Let threads do everything at once for a long time, and check the account of it
    Soak(stress::SoakOptions),
    /// Run the programs of tests/stress that are about limits
    Stress {
        /// Only cases whose name contains this
        filter: Option<String>,
    },
    /// Explore the schedules of the hand-shakes between threads
    Models(models::Options),
    /// Look for programs and byte streams on which real GLib and mainspring differ, guided by coverage
    Fuzz(fuzz::Options),
    /// Measure what a program with an idle loop costs on GLib, on mainspring and on epoll alone
    Footprint(footprint::Options),
    /// Run GLib's own compiled tests, plain and under the overlay, and compare
    GlibTests(glib_tests::Options),
    /// Run programs of the distribution under the overlay and look at what comes of it
    OverlayPrograms(overlay::programs::Options),
    /// Run the overlay in front of the libglibs of other releases, and compare
    OverlayVersions(versions::Options),
    /// Measure an unmodified program with many idle sources, before and under the overlay
    BenchOverlay(overlay::bench::Options),
    /// Build the library and install it with its headers and pkg-config files
    Install {
        #[command(flatten)]
        layout: LayoutArgs,
        /// Put everything below this directory, as packagers do
        #[arg(long)]
        destdir: Option<PathBuf>,
    },
    /// Build what an installation consists of into one flat directory, for meson
    Parts {
        #[command(flatten)]
        layout: LayoutArgs,
        #[arg(long)]
        out: PathBuf,
        /// Cargo's target directory
        #[arg(long)]
        target_dir: Option<PathBuf>,
    },
}

#[derive(Args)]
struct LayoutArgs {
    /// Where the library will be found
    #[arg(long)]
    prefix: PathBuf,
    /// The directory for libraries, inside the prefix
    #[arg(long, default_value = "lib")]
    libdir: PathBuf,
}

impl LayoutArgs {
    fn layout(&self) -> Result<Layout> {
        Layout::new(&self.prefix, &self.libdir)
    }
}

#[derive(Args)]
struct TwinArgs {
    /// Only cases whose name or cited statements contain this
    filter: Option<String>,
    /// Run mainspring's side under valgrind
    #[arg(long)]
    valgrind: bool,
}

#[derive(Args)]
struct ContractArgs {
    /// Only statements whose number begins with this or whose cases' names contain it
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// Run nothing; write which cases prove which statement, as docs/contract.md has it
    #[arg(long, value_name = "FILE", conflicts_with = "only")]
    markdown: Option<PathBuf>,
}

impl TwinArgs {
    fn options(self) -> twin::Options {
        twin::Options { filter: self.filter, valgrind: self.valgrind }
    }
}

/// Shows the count of a stage run by itself.
fn finish(tally: Tally) -> Result<()> {
    println!("{} passed, {} failed", tally.passed, tally.failed.len());
    ensure!(tally.failed.is_empty(), "not all checks passed");
    Ok(())
}

/// Ends quietly when whoever reads what we print has seen enough (`cargo xtask demo | head -1`):
/// `println!` panics then.
fn end_with_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload().downcast_ref::<String>();
        if text.is_some_and(|text| is_about_reader(text)) {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// Whether a panic's text is that of printing to a pipe nobody reads.
fn is_about_reader(text: &str) -> bool {
    text.starts_with("failed printing to stdout") && text.contains("Broken pipe")
}

fn main() -> ExitCode {
    end_with_reader();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let command = Cli::parse().command;
    let shop = Workshop::open()?;
    match command {
        Command::Demo(options) => demo::run(&shop, &options),
        Command::Test(options) => test::run(&shop, &options),
        Command::Bench(options) => bench::run(&shop, &options),
        Command::Footprint(options) => footprint::run(&shop, &options),
        Command::Tidy => finish(tidy::run(&shop)?),
        Command::Contract(args) => {
            shop.fill_stage()?;
            match args.markdown {
                Some(path) => twin::write_contract(&shop, &path),
                None => finish(twin::contract(&shop, args.only.as_deref())?),
            }
        }
        Command::ApiTable => api_table::write(&shop),
        Command::UnsafeTable => tidy::write_census(&shop),
        Command::Twin(args) => {
            shop.fill_stage()?;
            finish(twin::run(&shop, &args.options())?)
        }
        Command::Random(options) => {
            shop.fill_stage()?;
            random::command(&shop, &options)
        }
        Command::Sanitize(options) => {
            apt::require([apt::GCC, apt::GXX, apt::CLANG, apt::PKG_CONFIG, apt::REAL_GLIB])?;
            finish(sanitize::command(&shop, &options)?)
        }
        Command::Faults(options) => {
            shop.fill_stage()?;
            finish(faults::run(&shop, &options)?)
        }
        Command::Soak(options) => {
            shop.fill_stage()?;
            stress::soak(&shop, &options)
        }
        Command::Stress { filter } => {
            shop.fill_stage()?;
            finish(stress::run(&shop, filter.as_deref())?)
        }
        Command::Models(options) => finish(models::run(&shop, &options)?),
        Command::Fuzz(options) => {
            apt::require([apt::GCC, apt::GXX, apt::REAL_GLIB])?;
            fuzz::command(&shop, &options)
        }
        Command::GlibTests(options) => {
            apt::require([apt::GLIB_TESTS, apt::DBUS])?;
            shop.fill_stage()?;
            finish(glib_tests::run(&shop, &options)?)
        }
        Command::OverlayPrograms(options) => {
            shop.fill_stage()?;
            finish(overlay::programs::run(&shop, &options)?)
        }
        Command::OverlayVersions(options) => {
            shop.fill_stage()?;
            finish(versions::run(&shop, &options)?)
        }
        Command::BenchOverlay(options) => {
            shop.fill_stage()?;
            overlay::bench::run(&shop, &options)
        }
        Command::Install { layout, destdir } => {
            let layout = layout.layout()?;
            install::install(&shop, &layout, destdir.as_deref())?;
            println!("{}", layout.directions());
            Ok(())
        }
        Command::Parts { layout, out, target_dir } => {
            let shop = match target_dir {
                Some(dir) => shop.with_target(std::path::absolute(dir)?),
                None => shop,
            };
            install::parts(&shop, &layout.layout()?, &out)
        }
    }
}
