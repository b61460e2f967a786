//! The command `mainspring`: that it starts what takes the overlay, says in one line why something does not, and knows
//! processes.

use std::ffi::CString;
use std::fs;
use std::os::unix::fs::{chown, PermissionsExt};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use super::{doctored, one_line, Bench, LIMIT};
use crate::link::OVERLAY;
use crate::proc::CommandExt as _;

/// A user and a group without rights, under this number on every Linux.
const NOBODY: u32 = 65534;

/// What is looked at, and how it stands.
pub fn checks(bench: &Bench) -> [(&'static str, Result<()>); 7] {
    [
        ("mainspring run: starts programs", starts(bench)),
        ("mainspring run: keeps what is preloaded", keeps(bench)),
        ("mainspring run: says why not", refuses(bench)),
        ("mainspring run: knows rights that come with a file", rights(bench)),
        ("mainspring check: a process", looks_at_a_process(bench)),
        ("mainspring check: a process that is none", looks_at_no_process(bench)),
        ("mainspring check: programs", looks_at_programs(bench)),
    ]
}

fn mainspring(bench: &Bench, words: &[&str]) -> Command {
    plainly(&bench.shop.stage().join("bin/mainspring"), words, &bench.dir)
}

fn plainly(program: &Path, words: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(words).current_dir(dir).env("LC_ALL", "C");
    for name in ["LD_PRELOAD", "LD_LIBRARY_PATH", "MAINSPRING_OVERLAY"] {
        command.env_remove(name);
    }
    command
}

/// Writes an executable file.
fn executable(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, content).with_context(|| format!("writing {}", path.display()))?;
    Ok(fs::set_permissions(path, PermissionsExt::from_mode(0o755))?)
}

fn starts(bench: &Bench) -> Result<()> {
    let said = mainspring(bench, &["run", "./traps", "plain"]).finish_within(LIMIT)?.success()?;
    ensure!(said.stdout == "overlay\n" && said.stderr.is_empty(), "{}", said.account());
    let words = ["run", "--verbose", "--", "./traps", "plain"];
    let said = mainspring(bench, &words).finish_within(LIMIT)?.success()?;
    ensure!(said.stdout == "overlay\n", "{}", said.account());
    one_line(&said, "runs the loop of this program")?;
    executable(&bench.dir.join("script"), "#!/bin/sh\nexec ./traps \"$@\"\n")?;
    executable(&bench.dir.join("of-script"), "#! ./script plain\n")?;
    for script in ["./script", "./of-script"] {
        let said = mainspring(bench, &["run", script, "plain"]).finish_within(LIMIT)?.success()?;
        ensure!(said.stdout == "overlay\n" && said.stderr.is_empty(), "{}", said.account());
    }
    let said = mainspring(bench, &["run", "./traps", "no such case"]).finish_within(LIMIT)?;
    ensure!(said.status.code() == Some(2), "the status is the program's: {}", said.account());
    // As shells do, it passes over what cannot be executed.
    let first = bench.dir.join("first");
    fs::create_dir_all(&first)?;
    fs::write(first.join("traps"), "no program")?;
    let mut command = mainspring(bench, &["run", "traps", "plain"]);
    command.env("PATH", std::env::join_paths([&first, &bench.dir])?);
    let said = command.finish_within(LIMIT)?.success()?;
    ensure!(said.stdout == "overlay\n", "{}", said.account());
    Ok(())
}

/// What somebody else wants to be preloaded is, behind one overlay, however deep one is in programs that run under it.
fn keeps(bench: &Bench) -> Result<()> {
    let source = bench.dir.join("other.c");
    let line =
        "__attribute__ ((constructor)) static void hello (void) { write (2, \"other\\n\", 6); }\n";
    fs::write(&source, format!("#include <unistd.h>\n{line}"))?;
    let other = bench.dir.join("other.so");
    Command::new("gcc").args(["-shared", "-fPIC", "-o"]).args([&other, &source]).run()?;
    let outer = bench.shop.stage().join("bin/mainspring");
    let outer = outer.display().to_string();
    let script = "echo \"$LD_PRELOAD\"; exec ./traps plain";
    let mut command = mainspring(bench, &["run", &outer, "run", "sh", "-c", script]);
    let said = command.env("LD_PRELOAD", &other).finish_within(LIMIT)?.success()?;
    let overlay = bench.shop.stage_lib().join(OVERLAY.soname);
    let list = format!("{}:{}", overlay.display(), other.display());
    ensure!(said.stdout == format!("{list}\noverlay\n"), "not {list}: {}", said.account());
    ensure!(said.stderr.lines().any(|line| line == "other"), "{}", said.account());
    Ok(())
}

fn refuses(bench: &Bench) -> Result<()> {
    let dir = &bench.dir;
    for (name, compiler, flags) in [
        ("static", "gcc", "-static"),
        ("static-pie", "gcc", "-static-pie -rdynamic"),
        ("lost", "gcc", "-Wl,--dynamic-linker=/no/such/linker.so"),
        ("musl", "musl-gcc", ""),
    ] {
        let line =
            format!("echo 'int main (void) {{ return 0; }}' | {compiler} -x c - {flags} -o {name}");
        Command::new("sh")
            .args(["-c", &line])
            .current_dir(dir)
            .finish()?
            .success()
            .context(line)?;
    }
    doctored::for_another_machine(&dir.join("traps"), &dir.join("strange"))?;
    executable(&dir.join("narrow"), doctored::narrow_program())?;
    executable(&dir.join("orphan"), "#!/no/such/interpreter\n")?;
    executable(&dir.join("endless"), "#! ./endless\n")?;
    executable(&dir.join("text"), "text\n")?;
    fs::write(dir.join("plain"), fs::read(dir.join("traps"))?)?;
    for (program, status, reason) in [
        ("./none", 127, "./none: no such program"),
        ("none-of-this-name", 127, "none-of-this-name: no such program"),
        (".", 126, ".: is a directory"),
        ("./text", 126, "./text: no ELF file"),
        ("./plain", 126, "./plain: may not be executed"),
        ("./static", 126, "./static: linked statically"),
        ("./static-pie", 126, "./static-pie: linked statically"),
        ("./lost", 127, "./lost wants the dynamic linker /no/such/linker.so, which is not there"),
        ("./musl", 126, "./musl runs on another C library than the overlay"),
        ("./strange", 126, "for another machine"),
        ("./narrow", 126, "./narrow: a 32-bit file"),
        ("./orphan", 127, "./orphan is a script for /no/such/interpreter"),
        ("./endless", 126, "./endless: its interpreter is a script for a script"),
    ] {
        let said = mainspring(bench, &["run", program]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(status), "{program}: {}", said.account());
        one_line(&said, reason)?;
    }
    Ok(())
}

/// Whether files there can give rights at all.
fn gives_rights(folder: &Path) -> bool {
    let Ok(path) = CString::new(folder.as_os_str().as_encoded_bytes()) else { return false };
    // SAFETY: a path, and a place for numbers.
    unsafe {
        let mut about: libc::statvfs = std::mem::zeroed();
        libc::statvfs(path.as_ptr(), &mut about) == 0 && about.f_flag & libc::ST_NOSUID == 0
    }
}

/// A folder that everybody may look into, with the command and its libraries, and a program to be given rights.
struct Elsewhere {
    dir: PathBuf,
}

impl Elsewhere {
    fn new(bench: &Bench) -> Result<Self> {
        let places = [std::env::temp_dir(), "/var/tmp".into()];
        let place = places.into_iter().find(|place| gives_rights(place));
        let place = place.context("no folder for temporary files lets programs have rights")?;
        let dir = place.join(format!("mainspring-rights-{}", std::process::id()));
        for folder in ["bin", "lib"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        fs::set_permissions(&dir, PermissionsExt::from_mode(0o755))?;
        fs::copy(bench.shop.stage().join("bin/mainspring"), dir.join("bin/mainspring"))?;
        for library in ["libmainspring.so.0", "libmainspring-overlay.so.0"] {
            fs::copy(bench.shop.stage_lib().join(library), dir.join("lib").join(library))?;
        }
        fs::copy(bench.dir.join("traps"), dir.join("traps"))?;
        Ok(Self { dir })
    }

    /// The command as one without rights would start it.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = plainly(&self.dir.join("bin/mainspring"), words, &self.dir);
        // SAFETY: asks for a number.
        if unsafe { libc::geteuid() } == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn refused(&self, reason: &str) -> Result<()> {
        let said = self.command(&["run", "./traps", "plain"]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(126), "not \"{reason}\": {}", said.account());
        one_line(&said, reason)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // What cannot be removed lies among temporary files.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn rights(bench: &Bench) -> Result<()> {
    let elsewhere = Elsewhere::new(bench)?;
    let program = elsewhere.dir.join("traps");
    let said = elsewhere.command(&["run", "./traps", "plain"]).finish_within(LIMIT)?.success()?;
    ensure!(said.stdout == "overlay\n", "{}", said.account());
    let mode = |mode| fs::set_permissions(&program, PermissionsExt::from_mode(mode));
    // SAFETY: asks for a number.
    if unsafe { libc::geteuid() } != 0 {
        // Only root can give a file away; for others the system has a program with root's rights.
        let said = elsewhere.command(&["run", "su"]).finish_within(LIMIT)?;
        return one_line(&said, "runs with another user's rights");
    }
    chown(&program, Some(0), Some(0))?;
    mode(0o4755)?;
    elsewhere.refused("runs with another user's rights: nothing can be preloaded into it")?;
    mode(0o2755)?;
    elsewhere.refused("runs with another group's rights: nothing can be preloaded into it")?;
    mode(0o711)?;
    elsewhere.refused("./traps: may not be read, so there is no telling what it needs")?;
    mode(0o755)?;
    Command::new("setcap").arg("cap_net_raw=ep").arg(&program).run()?;
    elsewhere.refused("has capabilities of its own: nothing can be preloaded into it")?;
    // The dynamic linker is of the same opinion, and to root they make no difference.
    let mut command = Command::new(&program);
    command.arg("plain").env("LD_PRELOAD", elsewhere.dir.join("lib/libmainspring-overlay.so.0"));
    ensure!(command.finish_within(LIMIT)?.success()?.stdout == "overlay\n", "root is refused");
    let said = command.uid(NOBODY).gid(NOBODY).finish_within(LIMIT)?.success()?;
    ensure!(said.stdout == "GLib\n", "{}", said.account());
    // Where marks count for nothing, nothing is refused. A new owner takes the capabilities away.
    chown(&program, Some(0), Some(0))?;
    mode(0o4755)?;
    let mut command = Command::new("setpriv");
    command.args(["--no-new-privs", "--reuid=65534", "--regid=65534", "--clear-groups"]);
    command.arg(elsewhere.dir.join("bin/mainspring")).args(["run", "./traps", "plain"]);
    let said = command.current_dir(&elsewhere.dir).finish_within(LIMIT)?.success()?;
    ensure!(said.stdout == "overlay\n", "{}", said.account());
    let said = elsewhere.command(&["check", "1"]).finish_within(LIMIT)?;
    ensure!(said.status.code() == Some(2), "{}", said.account());
    one_line(&said, "process 1 is another user's")
}

fn looks_at_a_process(bench: &Bench) -> Result<()> {
    let program = bench.dir.join("sleeper");
    fs::copy("/bin/sleep", &program)?;
    let mut command = mainspring(bench, &["run", "./sleeper", "60"]);
    let mut sleeper = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let number = sleeper.id().to_string();
    let says = |words: &str| {
        // Until it has become the program that it is to run.
        (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            let said = mainspring(bench, &["check", &number]).finish_within(LIMIT);
            said.is_ok_and(|said| said.stdout.contains(words))
        })
    };
    let runs = says("runs on mainspring: ");
    // A program that is replaced while it runs is still looked at.
    fs::remove_file(&program)?;
    let runs_on = says("sleeper (deleted)\nruns on mainspring: ");
    sleeper.kill()?;
    // Ended, and not waited for.
    let ended = (0..200).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let said = mainspring(bench, &["check", &number]).finish_within(LIMIT).ok()?;
        said.stderr.contains("has ended").then_some(said)
    });
    sleeper.wait()?;
    ensure!(runs && runs_on, "it is not said to run on mainspring: {runs}, {runs_on}");
    let ended = ended.context("it is not said to have ended")?;
    ensure!(ended.status.code() == Some(2), "{}", ended.account());
    one_line(&ended, "has ended, and nobody has taken note of it yet")
}

fn looks_at_no_process(bench: &Bench) -> Result<()> {
    let said = mainspring(bench, &["check", "999999999"]).finish_within(LIMIT)?;
    ensure!(said.status.code() == Some(2), "{}", said.account());
    one_line(&said, "process 999999999 is not there")?;
    // Where the kernel's own threads can be seen, the second process is one.
    if fs::read_to_string("/proc/2/comm").is_ok_and(|name| name == "kthreadd\n") {
        let said = mainspring(bench, &["check", "2"]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(2), "{}", said.account());
        one_line(&said, "process 2 is one of the kernel's own")?;
    }
    Ok(())
}

fn looks_at_programs(bench: &Bench) -> Result<()> {
    for (program, status, lines) in [
        ("./traps", 1, "overlay: yes, with "),
        ("./script", 0, "a script for /bin/sh\nstandalone: no need"),
    ] {
        let said = mainspring(bench, &["check", program]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(status), "{program}: {}", said.account());
        ensure!(said.stdout.contains(lines), "{program}: {}", said.account());
    }
    for (program, reason) in [("./none", "./none: no such program"), ("./text", "no ELF file")] {
        let said = mainspring(bench, &["check", program]).finish_within(LIMIT)?;
        ensure!(said.status.code() == Some(2), "{program}: {}", said.account());
        one_line(&said, reason)?;
    }
    // What is written wrongly is answered by what would be right.
    for (words, answer) in [
        (&["run"][..], "Usage: mainspring run"),
        (&["runn", "x"], "a similar subcommand exists: 'run'"),
        (&["check", "--verbos", "x"], "unexpected argument '--verbos' found"),
        (&[], "Usage: mainspring"),
    ] {
        let said = mainspring(bench, words).finish_within(LIMIT)?;
        ensure!(
            said.status.code() == Some(2) && said.stderr.contains(answer),
            "{}",
            said.account()
        );
    }
    Ok(())
}
