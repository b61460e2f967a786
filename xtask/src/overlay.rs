//! The overlay where things are not as usual: ways round it, libraries that do not fit, being late or
//! second, and what the command says of programs that cannot take it.
//!
//! The C program is `tests/overlay/traps.c`; libraries that nobody has are made from those of the machine
//! in `overlay/doctored.rs`. How the loop itself behaves under the overlay is the twins' business and
//! that of GLib's own tests.

pub mod bench;
mod doctored;
pub mod programs;

use std::os::unix::fs::{chown, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::link::OVERLAY;
use crate::proc::{CommandExt as _, Finished};
use crate::report::Tally;
use crate::root::Root;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(60);
const CASES: [&str; 5] =
    ["looked_up", "tables", "worker", "trapped", "trapped_without_process_descriptors"];
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
    check("mainspring run: starts programs", bench.starts());
    check("mainspring run: says why not", bench.refuses());
    check("mainspring check: a process", bench.looks_at_a_process());
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

    fn compile(&self, program: &str, flags: &[&str], packages: &str) -> Result<()> {
        let (source, program) =
            (self.shop.root.join("tests/overlay/traps.c"), self.dir.join(program));
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

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.shop.stage().join("bin/mainspring"));
        command.args(words).current_dir(&self.dir).env("LC_ALL", "C");
        for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "MAINSPRING_OVERLAY"] {
            command.env_remove(name);
        }
        command
    }

    fn starts(&self) -> Result<()> {
        let said = self.command(&["run", "./traps", "plain"]).finish_within(LIMIT)?.success()?;
        ensure!(said.stdout == "overlay\n" && said.stderr.is_empty(), "{}", said.account());
        let words = ["run", "--verbose", "--", "./traps", "plain"];
        let said = self.command(&words).finish_within(LIMIT)?.success()?;
        ensure!(said.stdout == "overlay\n", "{}", said.account());
        one_line(&said, "runs the loop of this program")?;
        std::fs::write(self.dir.join("script"), "#!/bin/sh\nexec ./traps \"$@\"\n")?;
        std::fs::set_permissions(self.dir.join("script"), PermissionsExt::from_mode(0o755))?;
        let said = self.command(&["run", "./script", "plain"]).finish_within(LIMIT)?.success()?;
        ensure!(said.stdout == "overlay\n" && said.stderr.is_empty(), "{}", said.account());
        let said = self.command(&["run", "./traps", "no such case"]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(2), "the status is the program's: {}", said.account());
        Ok(())
    }

    fn refuses(&self) -> Result<()> {
        let line = "echo 'int main (void) { return 0; }' | gcc -x c - -static -o static";
        Command::new("sh").args(["-c", line]).current_dir(&self.dir).finish()?.success()?;
        doctored::for_another_machine(&self.dir.join("traps"), &self.dir.join("strange"))?;
        std::fs::write(self.dir.join("orphan"), "#!/no/such/interpreter\n")?;
        for (program, status, reason) in [
            ("./none", 127, "./none: no such program"),
            ("none-of-this-name", 127, "none-of-this-name: no such program"),
            (".", 126, ".: is a directory"),
            ("./wants.c", 126, "./wants.c: no ELF file"),
            ("./static", 126, "./static: linked statically"),
            ("./strange", 126, "for another machine"),
            ("./orphan", 127, "./orphan is a script for /no/such/interpreter"),
        ] {
            let said = self.command(&["run", program]).finish_within(LIMIT)?;
            ensure!(said.status.code() == Some(status), "{program}: {}", said.account());
            one_line(&said, reason)?;
        }
        let rights = self.dir.join("rights");
        std::fs::copy(self.dir.join("traps"), &rights)?;
        // Only root can give a file away; for others the system has programs with root's rights.
        let program = match chown(&rights, Some(65534), None) {
            Ok(()) => {
                std::fs::set_permissions(&rights, PermissionsExt::from_mode(0o4755))?;
                "./rights"
            }
            Err(_) => "su",
        };
        let said = self.command(&["run", program]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(126), "{}", said.account());
        one_line(&said, "runs with another user's rights")
    }

    fn looks_at_a_process(&self) -> Result<()> {
        let mut command = self.command(&["run", "sleep", "60"]);
        let mut sleeper = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let number = sleeper.id().to_string();
        // Until it has become the program that it is to run.
        let outcome = (0..200).find_map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            let said = self.command(&["check", &number]).finish_within(LIMIT).ok()?;
            said.stdout.contains("runs on mainspring: ").then_some(())
        });
        sleeper.kill()?;
        sleeper.wait()?;
        outcome.context("it is not said to run on mainspring")?;
        let said = self.command(&["check", "999999999"]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(2), "{}", said.account());
        one_line(&said, "process 999999999 is not there")
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
