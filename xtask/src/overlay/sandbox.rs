//! The overlay in programs that are confined: they do not see its file, or may not do what it does.

use std::process::Command;

use anyhow::{ensure, Result};

use super::{one_line, Bench, LIMIT};
use crate::proc::{CommandExt as _, Finished};

/// What is looked at, and how it stands.
pub fn checks(bench: &Bench) -> [(&'static str, Result<()>); 4] {
    [
        ("in a sandbox that sees the overlay", seen(bench)),
        ("in a sandbox that does not see the overlay", unseen(bench)),
        ("where memory never becomes code", guarded(bench)),
        ("where memory never becomes writable", frozen(bench)),
    ]
}

/// Starts `traps` in a sandbox, as programs start theirs: the variable is handed on.
fn boxed(bench: &Bench, case: &str, hide: bool) -> Result<Finished> {
    let mut command = Command::new("bwrap");
    command.args(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid"]);
    if hide {
        command.arg("--tmpfs").arg(bench.shop.stage_lib());
    }
    command.arg("--").arg(bench.dir.join("traps")).arg(case);
    command.env("LC_ALL", "C").env("LD_PRELOAD", bench.preload());
    command.finish_within(LIMIT)
}

fn seen(bench: &Bench) -> Result<()> {
    for case in ["looked_up", "worker", "trapped"] {
        let said = boxed(bench, case, false)?.success()?;
        ensure!(said.stderr.is_empty(), "{}", said.account());
    }
    let said = boxed(bench, "plain", false)?.success()?;
    ensure!(said.stdout == "overlay\n", "{}", said.account());
    Ok(())
}

/// It runs on libglib alone, wholly, and the dynamic linker says why.
fn unseen(bench: &Bench) -> Result<()> {
    let said = boxed(bench, "plain", true)?.success()?;
    ensure!(said.stdout == "GLib\n", "{}", said.account());
    one_line(&said, "cannot be preloaded")?;
    boxed(bench, "worker", true)?.success().map(drop)
}

/// As services run that are not to make code: the redirection changes no page that holds code.
fn guarded(bench: &Bench) -> Result<()> {
    for case in ["looked_up", "tables", "worker", "trapped"] {
        let mut command = bench.program("traps", &bench.preload());
        let said = command.args(["memory_never_becomes_code", case]).finish_within(LIMIT)?;
        let said = said.success()?;
        ensure!(said.stderr.is_empty(), "{case}: {}", said.account());
    }
    Ok(())
}

/// Functions cannot be redirected there; that is said, and all that is linked has its loop from the overlay.
fn frozen(bench: &Bench) -> Result<()> {
    let mut command = bench.program("traps", &bench.preload());
    let said = command.args(["memory_never_becomes_writable", "plain"]).finish_within(LIMIT)?;
    let said = said.success()?;
    ensure!(said.stdout == "overlay\n", "{}", said.account());
    one_line(&said, "functions that are looked up by name stay GLib's: ")
}
