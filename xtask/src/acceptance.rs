//! The acceptance program, built by the line it has always been built by, and run.
//!
//! `cc $(pkg-config --libs --cflags glib-2.0) program.c` has the libraries before the source, which
//! fails with GLib wherever the linker defaults to `--as-needed`. Here it must work as written, with
//! every compiler, linker and order, shared and static. The program sends to a reader of ours; all
//! bytes must arrive, and what it says on stderr must be what the same program says on real GLib.
//!
//! The program is `tests/acceptance/socket-writer.c`, or the file `MAINSPRING_ACCEPTANCE` names.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{bail, ensure, Context, Result};

use crate::link::STANDALONE;
use crate::proc::{CommandExt as _, Finished};
use crate::report::Tally;
use crate::workshop::Workshop;

/// The port the oldest programs of this shape have built in.
const PORT: u16 = 1234;
const LIMIT: Duration = Duration::from_secs(60);

/// What one run did: the bytes that arrived and the words on stderr, without pid and time of day.
#[derive(Debug, PartialEq, Eq)]
struct Deed {
    received: u64,
    complaint: String,
}

/// One way to build the program.
struct Line {
    compiler: &'static str,
    before: String,
    pkg_config: &'static str,
    libraries_first: bool,
}

impl Line {
    /// The line as one would type it in the program's directory.
    fn text(&self, program: &str, output: &str) -> String {
        let flags = format!("$(pkg-config {} glib-2.0)", self.pkg_config);
        let (first, last) = match self.libraries_first {
            true => (flags.as_str(), program),
            false => (program, flags.as_str()),
        };
        let Self { compiler, before, .. } = self;
        format!("{compiler}{before} -g -O0 -Wall {first} {last} -o {output}")
    }

    fn is_static(&self) -> bool {
        self.before.contains("-static")
    }
}

/// Needs a filled stage and real GLib.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let dir = shop.fresh_dir("acceptance")?;
    let source = match env::var_os("MAINSPRING_ACCEPTANCE") {
        Some(file) => PathBuf::from(file),
        None => shop.root.join("tests/acceptance/socket-writer.c"),
    };
    let program = source.file_name().context("no program")?.to_string_lossy();
    fs::copy(&source, dir.join(&*program))
        .with_context(|| format!("copying {}", source.display()))?;

    let reference = dir.join("on-glib");
    build_on_glib(&dir, &program, &reference)?;
    let reference = transfer(&reference, None).context("on real GLib")?;
    ensure!(
        reference.complaint.contains("was not found"),
        "on real GLib the program no longer complains about the id of a source that is gone"
    );

    let mut tally = Tally::default();
    for (index, line) in lines().iter().enumerate() {
        let output = format!("program-{index}");
        let text = line.text(&program, &output);
        let outcome = build(shop, &dir, &text)
            .and_then(|()| check_needs(&dir.join(&output), line.is_static()))
            .and_then(|()| transfer(&dir.join(&output), Some(&shop.stage_lib())))
            .and_then(|deed| {
                ensure!(deed == reference, "{deed:?}, but on GLib {reference:?}");
                Ok(())
            });
        tally.check(&text, outcome.map_err(|error| format!("{error:#}")));
    }
    println!(
        "acceptance: {} ways to build {program}, {} bytes each",
        tally.passed, reference.received
    );
    Ok(tally)
}

/// Every compiler with every linker there is, in both orders; static where the linker can.
fn lines() -> Vec<Line> {
    const LINKERS: [&str; 4] = ["", " -fuse-ld=bfd", " -fuse-ld=gold", " -fuse-ld=lld"];
    const KINDS: [(&str, &str); 3] = [
        ("", "--libs --cflags"),
        ("", "--static --libs --cflags"),
        (" -static", "--static --libs --cflags"),
    ];
    let mut lines = Vec::new();
    for compiler in ["gcc", "clang"] {
        for libraries_first in [true, false] {
            for (mode, pkg_config) in KINDS {
                // Who trusts the linker's default writes nothing; the rest is spelt out.
                let befores = LINKERS.iter().map(|linker| match *linker {
                    "" => mode.to_owned(),
                    linker => format!("{linker} -Wl,--as-needed{mode}"),
                });
                lines.extend(befores.map(|before| Line {
                    compiler,
                    before,
                    pkg_config,
                    libraries_first,
                }));
            }
        }
    }
    lines
}

fn build(shop: &Workshop, dir: &Path, line: &str) -> Result<()> {
    let finished = Command::new("sh")
        .args(["-c", line])
        .current_dir(dir)
        .env("PKG_CONFIG_PATH", shop.stage_pkgconfig())
        .finish()?;
    silent(finished)
}

/// Real GLib fails on the classic line, so its own build has the libraries at the end.
fn build_on_glib(dir: &Path, program: &str, output: &Path) -> Result<()> {
    let line = format!(
        "gcc -g -O0 -Wall {program} -o '{}' $(pkg-config --libs --cflags glib-2.0)",
        output.display()
    );
    let finished = Command::new("sh")
        .args(["-c", &line])
        .current_dir(dir)
        .env_remove("PKG_CONFIG_PATH")
        .finish()?;
    finished.success().map(drop)
}

/// A compiler that succeeds but warns has failed.
fn silent(finished: Finished) -> Result<()> {
    let finished = finished.success()?;
    ensure!(finished.stderr.is_empty(), "{}", finished.account());
    Ok(())
}

/// A shared build must find mainspring by its soname, and no program may bring in libglib.
fn check_needs(program: &Path, is_static: bool) -> Result<()> {
    let text = Command::new("readelf").arg("--dynamic").arg(program).output_text()?;
    let needs = |name: &str| {
        let mut lines = text.lines().filter(|line| line.contains("(NEEDED)"));
        lines.any(|line| line.contains(name))
    };
    ensure!(!needs("libglib"), "the program needs libglib");
    let soname = STANDALONE.soname;
    match (is_static, needs(soname)) {
        (true, true) => bail!("a static program needs {soname}"),
        (false, false) => bail!("the program does not need {soname}"),
        _ => Ok(()),
    }
}

/// Runs the program against a reader that takes all it gets.
fn transfer(program: &Path, libraries: Option<&Path>) -> Result<Deed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT))
        .with_context(|| format!("listening on port {PORT}"))?;
    let reader = thread::spawn(move || -> std::io::Result<u64> {
        let (mut stream, _) = listener.accept()?;
        let mut buffer = vec![0; 1 << 16];
        let mut received = 0;
        loop {
            match stream.read(&mut buffer)? {
                0 => return Ok(received),
                n => received += n as u64,
            }
        }
    });
    let mut command = Command::new(program);
    command.arg(PORT.to_string());
    if let Some(dir) = libraries {
        command.env("LD_LIBRARY_PATH", dir);
    }
    let finished = command.finish_within(LIMIT);
    // A program that never connected would leave the reader waiting for ever.
    drop(std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, PORT)));
    let finished = finished?.success()?;
    let received = match reader.join() {
        Ok(received) => received.context("reading")?,
        Err(_) => bail!("the reader panicked"),
    };
    Ok(Deed { received, complaint: without_pid_and_time(&finished.stderr) })
}

/// Takes the digits out of `(name:123): … ** : 12:34:56.789:` but leaves those of the message.
fn without_pid_and_time(stderr: &str) -> String {
    let mut text = String::new();
    for line in stderr.lines().filter(|line| !line.is_empty()) {
        let plain = match line.split_once("): ").zip(line.rsplit_once(": ")) {
            Some(((_, head), (_, message))) => {
                let domain = head.split_once(':').map_or(head, |(domain, _)| domain);
                format!("{domain}: {message}")
            }
            None => line.to_owned(),
        };
        let _ = writeln!(text, "{plain}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_compare_without_pid_and_time() {
        let said = "\n(prog:123): GLib-CRITICAL **: 01:02:03.456: Source ID 1 was not found\n";
        let plain = without_pid_and_time(said);
        assert_eq!(plain, "GLib-CRITICAL **: Source ID 1 was not found\n");
        assert_eq!(plain, without_pid_and_time(&said.replace("123", "9")));
        assert_ne!(plain, without_pid_and_time(&said.replace("ID 1", "ID 2")));
    }

    #[test]
    fn the_first_line_is_the_classic_one() {
        assert_eq!(
            lines()[0].text("a.c", "a"),
            "gcc -g -O0 -Wall $(pkg-config --libs --cflags glib-2.0) a.c -o a"
        );
    }
}
