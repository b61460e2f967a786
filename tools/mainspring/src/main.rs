//! The command `mainspring`: reads the command line and hands each verb to its file.
//!
//! `run` starts a program under the overlay, `check` says of a program or process what can carry it,
//! `process` looks at a process, `place` finds the installed libraries and programs, `script` and `rights` know what the
//! kernel makes of a file, `refusal` is why a program is not started, `papers` writes manual pages and completions for
//! the installation. What an ELF file asks for is known to `mainspring-inspect`.

mod check;
mod papers;
mod place;
mod process;
mod refusal;
mod rights;
mod run;
mod script;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// GLib's main loop, written anew, for programs that are built already
#[derive(Parser)]
#[command(name = "mainspring", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    /// The folder with mainspring's libraries [default: found beside this command]
    #[arg(long, value_name = "DIR", global = true)]
    libraries: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Verb {
    /// Run a program of GLib's with its main loop from mainspring
    ///
    /// Puts the overlay in front of the program's libglib by LD_PRELOAD; what the program starts gets it
    /// too. Exit status: the program's; 127 if there is no such program, 126 if it cannot take the overlay.
    Run {
        /// Let every process say on its standard error what the overlay has done
        #[arg(short, long)]
        verbose: bool,
        /// The program and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        program: Vec<OsString>,
    },
    /// Say whether mainspring covers what a program asks of GLib, or what a process runs on
    ///
    /// Looks at the program and at every library it loads, and runs nothing. Of a process, given by its
    /// number, it also says whose loop it runs on now. Exit status: 0 if the library can stand in for
    /// libglib, 1 if only the overlay can serve the program, 3 if neither can, 2 if there is no telling.
    Check {
        /// An ELF program or shared library, or a script, whose interpreter is judged (a name without a slash is looked for
        /// in PATH), or a process number
        #[arg(value_name = "PROGRAM|PID")]
        program: PathBuf,
    },
    /// Print the version
    Version,
    /// Write the manual pages and shell completions into a folder
    #[command(hide = true)]
    Papers {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

/// The command line; under the name `mainspring-check` the verb is understood.
fn words(mut words: Vec<OsString>) -> Vec<OsString> {
    let name = words.first().and_then(|name| Path::new(name).file_name());
    if name.is_some_and(|name| name == "mainspring-check") {
        words.insert(1, "check".into());
    }
    words
}

fn main() -> ExitCode {
    let cli = Cli::parse_from(words(std::env::args_os().collect()));
    let outcome = match cli.verb {
        Verb::Run { verbose, program } => run::run(cli.libraries.as_deref(), verbose, &program),
        Verb::Check { program } => check::check(cli.libraries.as_deref(), &program),
        Verb::Version => {
            println!("mainspring {}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        Verb::Papers { folder } => papers::write(&folder),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("mainspring: {error:#}");
        ExitCode::from(error.downcast_ref::<refusal::Refusal>().map_or(2, refusal::Refusal::status))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn the_name_of_a_verb_stands_for_it() {
        let words = |line: &str| super::words(line.split(' ').map(Into::into).collect());
        assert_eq!(words("/usr/bin/mainspring-check prog")[1..], words("x check prog")[1..]);
        assert_eq!(words("mainspring version").len(), 2);
    }
}
