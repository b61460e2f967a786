//! `mainspring-check PROGRAM`: reads the command line and prints what `mainspring-inspect` finds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use mainspring_inspect::{judge, Coverage, Elf, Report, Search, Shelf};

/// Say whether mainspring covers what a program asks of GLib, and which symbols are missing.
///
/// Looks at the program and at every library it loads, and runs nothing. Exit status: 0 if the library
/// can stand in for libglib, 1 if only the overlay can serve the program, 3 if neither can, 2 if there is
/// no telling.
#[derive(Parser)]
#[command(name = "mainspring-check", version)]
struct Cli {
    /// An ELF program or shared library; a name without a slash is looked for in PATH
    program: PathBuf,
    /// The folder with mainspring's libraries [default: found beside this command]
    #[arg(long, value_name = "DIR")]
    libraries: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(report) => exit_code(&report),
        Err(error) => {
            eprintln!("mainspring-check: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<Report> {
    let program = Elf::read(&locate(&cli.program))?;
    let folder = match &cli.libraries {
        Some(folder) => folder.clone(),
        None => installed(&env::current_exe()?).context(
            "mainspring's library is in none of the folders beside this command; name its folder with --libraries",
        )?,
    };
    let shelf = Shelf::open(&folder)?;
    let report = judge(&program, &shelf, &Search::here())?;
    tell("standalone", &report.standalone);
    tell("overlay", &report.overlay);
    Ok(report)
}

/// What the shell would start under this name.
fn locate(name: &Path) -> PathBuf {
    let plain = name.components().count() == 1 && !name.exists();
    let path = env::var_os("PATH").filter(|_| plain).unwrap_or_default();
    let mut found = env::split_paths(&path).map(|folder| folder.join(name));
    found.find(|file| file.is_file()).unwrap_or_else(|| name.to_path_buf())
}

/// The folder of libraries in the tree that has this command in its `bin`.
fn installed(command: &Path) -> Option<PathBuf> {
    let prefix = command.parent()?.parent()?;
    let multiarch = format!("lib/{}-linux-gnu", env::consts::ARCH);
    let folders = ["lib", "lib64", &multiarch].map(|folder| prefix.join(folder));
    folders.into_iter().find(|folder| Shelf::is_in(folder))
}

fn tell(question: &str, answer: &Coverage) {
    match answer {
        Coverage::Covered { names } => println!("{question}: yes, with {names} names"),
        Coverage::NoGlib => println!("{question}: no need, nothing here asks for GLib"),
        Coverage::NotInstalled => println!("{question}: not installed"),
        Coverage::Lacking(gaps) => {
            println!("{question}: no");
            for gap in gaps {
                println!("  {gap}");
            }
        }
    }
}

fn exit_code(report: &Report) -> ExitCode {
    let nothing_to_do = report.standalone == Coverage::NoGlib;
    match (report.standalone.covers() || nothing_to_do, report.overlay.covers()) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(1),
        (false, false) => ExitCode::from(3),
    }
}
