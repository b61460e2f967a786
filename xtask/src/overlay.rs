//! The overlay where things are not as usual: ways round it, libraries that do not fit, being late or
//! second, and what the command says of programs that cannot take it.
//!
//! The C program is `tests/overlay/traps.c`; libraries that nobody has are made from those of the machine
//! in `overlay/doctored.rs`. The command `mainspring` is looked at in `overlay/command.rs`, sandboxes in `overlay/sandbox.rs`.
//! How the loop itself behaves under the overlay is the twins' business and
//! that of GLib's own tests.

pub mod bench;
mod command;
mod doctored;
pub mod programs;
mod sandbox;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::link::OVERLAY;
use crate::proc::{CommandExt as _, Finished};
use crate::report::Tally;
use crate::root::Root;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(60);
const CASES: [&str; 6] = [
    "looked_up",
    "tables",
    "worker",
    "trapped",
    "trapped_without_process_descriptors",
    "trapped_where_process_descriptors_are_forbidden",
];
/// The way the program is built, and its flags.
const BUILDS: [(&str, &[&str]); 2] = [("traps", &[]), ("traps-fixed", &["-fno-pie", "-no-pie"])];

struct Bench<'a> {
    shop: &'a Workshop,
    dir: PathBuf,
    overlay: PathBuf,
}

/// Needs a filled stage.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let dir = shop.fresh_dir("overlay")?;
    let bench = Bench { shop, dir, overlay: shop.stage_lib().join(OVERLAY.soname) };
    bench.build()?;
    let mut tally = Tally::default();
    let mut check = |name: &str, outcome: Result<()>| {
        tally.check(name, outcome.map_err(|error| format!("{error:#}")));
    };
    for (program, _) in BUILDS {
        for case in CASES {
            check(&format!("{program}: {case}"), bench.preloaded(program, case));
        }
    }
    check("linked in front of libglib", bench.linked());
    check("loaded by a running program", bench.late());
    check("behind another overlay", bench.second());
    check("no libglib", bench.without_libglib());
    check("for another machine", bench.of_another_machine());
    check("out of a child's sight", bench.out_of_sight());
    check("a libglib that is too old", bench.too_old());
    check("a libglib whose private table is elsewhere", bench.strange_table());
    check("a newer loop function nobody wants", bench.newer_and_unwanted());
    check("a newer loop function the program wants", bench.newer_and_wanted());
    check("errors are told in the user's language", bench.in_the_users_language());
    for (name, outcome) in sandbox::checks(&bench).into_iter().chain(command::checks(&bench)) {
        check(name, outcome);
    }
    Ok(tally)
}

/// Runs the ways round the loop in the file system of another release; the error names those that do not hold.
pub fn traps_in(shop: &Workshop, root: &Root, dir: &str) -> Result<usize> {
    let bench =
        Bench { shop, dir: shop.fresh_dir(dir)?, overlay: shop.stage_lib().join(OVERLAY.soname) };
    bench.build()?;
    let mut wrong = Vec::new();
    for (program, _) in BUILDS {
        for case in CASES {
            let mut command = Command::new(bench.dir.join(program));
            command.arg(case).env("LC_ALL", "C").env("LD_PRELOAD", bench.preload());
            let said = root.inside(&command, None).finish_within(LIMIT)?;
            if !said.status.success() || !said.stderr.is_empty() {
                wrong.push(format!("{program} {case}: {}", said.account()));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(BUILDS.len() * CASES.len())
}

impl Bench<'_> {
    fn build(&self) -> Result<()> {
        for (program, flags) in BUILDS {
            self.compile(program, flags, "gio-2.0")?;
        }
        Ok(())
    }

    /// Compiles `tests/overlay/NAME.c`, NAME being what stands before a dash.
    fn compile(&self, program: &str, flags: &[&str], packages: &str) -> Result<()> {
        let name = program.split('-').next().unwrap_or(program);
        let source = self.shop.root.join(format!("tests/overlay/{name}.c"));
        let program = self.dir.join(program);
        let line = format!(
            "gcc -g -Wall -Wextra -Werror {} {} -o {} $(pkg-config --cflags --libs {packages})",
            flags.join(" "),
            source.display(),
            program.display()
        );
        let mut command = Command::new("sh");
        command.env("PKG_CONFIG_PATH", self.shop.stage_lib().join("pkgconfig"));
        command.args(["-c", &line]).finish()?.success().context(line).map(drop)
    }

    /// A program of ours in a plain environment, with this preloaded.
    fn program(&self, program: &str, preload: &str) -> Command {
        let mut command = Command::new(self.dir.join(program));
        command.env("LC_ALL", "C").env("LD_PRELOAD", preload);
        for name in ["G_DEBUG", "LD_LIBRARY_PATH", "MAINSPRING_OVERLAY"] {
            command.env_remove(name);
        }
        command
    }

    fn preload(&self) -> String {
        self.overlay.display().to_string()
    }

    fn preloaded(&self, program: &str, case: &str) -> Result<()> {
        let said =
            self.program(program, &self.preload()).arg(case).finish_within(LIMIT)?.success()?;
        ensure!(said.stderr.is_empty(), "{}", said.account());
        Ok(())
    }

    fn linked(&self) -> Result<()> {
        self.compile("traps-linked", &[], "gio-2.0 mainspring-overlay")?;
        for case in CASES.iter().chain(&["plain"]) {
            let mut command = self.program("traps-linked", "");
            command.env("LD_LIBRARY_PATH", self.shop.stage_lib());
            let said = command.arg(case).finish_within(LIMIT)?.success().context(*case)?;
            ensure!(*case != "plain" || said.stdout == "overlay\n", "{}", said.account());
        }
        Ok(())
    }

    fn late(&self) -> Result<()> {
        let mut command = self.program("traps", "");
        let said = command.arg("loaded_late").arg(&self.overlay).finish_within(LIMIT)?.success()?;
        one_line(&said, "mainspring-overlay: stays idle: loaded too late")
    }

    fn second(&self) -> Result<()> {
        let second = self.dir.join("second.so");
        std::fs::copy(&self.overlay, &second)?;
        let both = format!("{}:{}", self.preload(), second.display());
        let said = self.program("traps", &both).arg("plain").finish_within(LIMIT)?.success()?;
        ensure!(said.stdout == "overlay\n", "{}", said.account());
        one_line(&said, "is in front already")
    }

    /// Runs `traps plain` with a changed overlay.
    fn plain_with(&self, overlay: &Path) -> Result<Finished> {
        self.program("traps", &overlay.display().to_string()).arg("plain").finish_within(LIMIT)
    }

    fn without_libglib(&self) -> Result<()> {
        let lonely = self.dir.join("lonely.so");
        doctored::wanting_another_libglib(&self.overlay, &lonely)?;
        let said = self.plain_with(&lonely)?;
        ensure!(said.status.code() == Some(127), "{}", said.account());
        one_line(&said, "cannot open shared object file")
    }

    fn of_another_machine(&self) -> Result<()> {
        let strange = self.dir.join("strange.so");
        doctored::for_another_machine(&self.overlay, &strange)?;
        let said = self.plain_with(&strange)?.success()?;
        ensure!(said.stdout == "GLib\n", "{}", said.account());
        one_line(&said, "cannot be preloaded")
    }

    /// As in a sandbox that does not have the library's folder.
    fn out_of_sight(&self) -> Result<()> {
        let hidden = self.dir.join("hidden.so");
        std::fs::copy(&self.overlay, &hidden)?;
        let line = format!("rm '{}' && exec ./traps plain", hidden.display());
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(&self.dir).env("LC_ALL", "C");
        let said = command.env("LD_PRELOAD", &hidden).finish_within(LIMIT)?.success()?;
        ensure!(said.stdout == "GLib\n", "{}", said.account());
        // The dynamic linker says so of `rm`'s successor, or of nobody.
        ensure!(
            said.stderr.lines().all(|line| line.contains("cannot be preloaded")),
            "{}",
            said.account()
        );
        Ok(())
    }

    /// Every error of the loop's that has words of GLib's, as libglib alone and the overlay tell it.
    fn in_the_users_language(&self) -> Result<()> {
        self.compile("errors", &[], "gio-2.0")?;
        let told = |overlay: bool, language: &str| -> Result<String> {
            let preload = if overlay { self.preload() } else { String::new() };
            let mut command = self.program("errors", &preload);
            command.env("LC_ALL", "C.UTF-8").env("LANGUAGE", language);
            Ok(command.finish_within(LIMIT)?.success()?.stdout)
        };
        let (plain, english) = (told(false, "de")?, told(false, "C")?);
        ensure!(plain.contains("Ungültige Bytefolge"), "libglib itself speaks no German: {plain}");
        ensure!(told(true, "C")? == english, "in English: {}", told(true, "C")?);
        let said = told(true, "de")?;
        ensure!(said == plain, "libglib says\n{plain}\nthe overlay\n{said}");
        Ok(())
    }

    /// Runs `traps plain` on a libglib that `make` has changed.
    fn beside(&self, name: &str, make: impl Fn(&Path, &Path) -> Result<()>) -> Result<Command> {
        let folder = self.dir.join(name);
        std::fs::create_dir_all(&folder)?;
        make(&doctored::libglib_of(&self.dir.join("traps"))?, &folder.join("libglib-2.0.so.0"))?;
        let mut command = self.program("traps", &self.preload());
        command.env("LD_LIBRARY_PATH", folder).arg("plain");
        Ok(command)
    }

    fn too_old(&self) -> Result<()> {
        let said = self.beside("old", doctored::of_series_50)?.finish_within(LIMIT)?;
        refused(&said, "is GLib 2.50.")
    }

    fn strange_table(&self) -> Result<()> {
        let said = self.beside("table", doctored::without_private_table)?.finish_within(LIMIT)?;
        refused(&said, "lies elsewhere")
    }

    fn newer_and_unwanted(&self) -> Result<()> {
        let mut command = self.beside("newer", doctored::with_newer_function)?;
        let said = command.env("MAINSPRING_OVERLAY", "verbose").finish_within(LIMIT)?.success()?;
        ensure!(said.stdout == "overlay\n", "{}", said.account());
        one_line(&said, "symbols redirected, 1 unknown")
    }

    fn newer_and_wanted(&self) -> Result<()> {
        let source = format!(
            "int {0} (void) __attribute__ ((weak)); int main (void) {{ return {0} ? {0} () : 0; }}",
            doctored::NEWER
        );
        let file = self.dir.join("wants.c");
        std::fs::write(&file, source)?;
        let mut gcc = Command::new("gcc");
        gcc.arg(&file).arg("-o").arg(self.dir.join("wants"));
        gcc.arg("-Wl,--no-as-needed").args(["-lglib-2.0"]).finish()?.success()?;
        let mut command = self.program("wants", &self.preload());
        let said = command.env("LD_LIBRARY_PATH", self.dir.join("newer")).finish_within(LIMIT)?;
        refused(&said, &format!("needs {}, which is newer than mainspring", doctored::NEWER))
    }
}

/// One line on the standard error, which says this.
fn one_line(said: &Finished, words: &str) -> Result<()> {
    let lines = said.stderr.lines().count();
    ensure!(lines == 1 && said.stderr.contains(words), "not \"{words}\": {}", said.account());
    Ok(())
}

/// The overlay has ended the program, as the dynamic linker would.
fn refused(said: &Finished, reason: &str) -> Result<()> {
    ensure!(said.status.code() == Some(127) && said.stdout.is_empty(), "{}", said.account());
    one_line(said, "mainspring-overlay: cannot run this program: ")?;
    one_line(said, reason)
}
