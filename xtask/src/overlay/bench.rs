//! What the overlay does for a program nobody has rebuilt: Python's main loop beside many idle sources,
//! on libglib alone and with the overlay in front, in turn. The program is `tests/overlay/many-sources.py`.

use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::apt;
use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(120);

/// How often.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Runs of each side; the best of each counts
    #[arg(long, default_value_t = 3)]
    runs: u32,
}

/// What lies idle, how many of it, and the turns per second beside it.
struct Row {
    idle: String,
    turns: u64,
}

/// Needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<()> {
    apt::require([apt::file("python3-gi", "/usr/share/doc/python3-gi")])?;
    ensure!(options.runs > 0, "nothing is measured in no runs");
    let (mut plain, mut overlay) = (Vec::new(), Vec::new());
    for _ in 0..options.runs {
        best(&mut plain, measure(shop, false)?)?;
        best(&mut overlay, measure(shop, true)?)?;
    }
    println!("{:<20}{:>14}{:>14}{:>10}", "idle beside it", "GLib /s", "overlay /s", "times");
    for (before, after) in plain.iter().zip(&overlay) {
        let times = after.turns as f64 / before.turns as f64;
        println!("{:<20}{:>14}{:>14}{times:>10.1}", before.idle, before.turns, after.turns);
    }
    Ok(())
}

fn measure(shop: &Workshop, overlay: bool) -> Result<Vec<Row>> {
    let script = shop.root.join("tests/overlay/many-sources.py");
    let mut command = match overlay {
        true => {
            let mut command = Command::new(shop.stage().join("bin/mainspring"));
            command.args(["run", "/usr/bin/python3"]);
            command
        }
        false => Command::new("/usr/bin/python3"),
    };
    command.arg(script).env_remove("LD_PRELOAD").env_remove("MAINSPRING_OVERLAY");
    let said = command.finish_within(LIMIT)?.success()?.stdout;
    let row = |line: &str| {
        let (idle, turns) = line.rsplit_once(' ')?;
        Some(Row { idle: idle.to_owned(), turns: turns.parse().ok().filter(|turns| *turns > 0)? })
    };
    let rows: Option<Vec<Row>> = said.lines().map(row).collect();
    rows.filter(|rows| !rows.is_empty()).with_context(|| format!("no measurements:\n{said}"))
}

/// Keeps the better of what was and what is.
fn best(kept: &mut Vec<Row>, fresh: Vec<Row>) -> Result<()> {
    if kept.is_empty() {
        *kept = fresh;
        return Ok(());
    }
    ensure!(kept.len() == fresh.len(), "two runs have measured different things");
    for (kept, fresh) in kept.iter_mut().zip(fresh) {
        kept.turns = kept.turns.max(fresh.turns);
    }
    Ok(())
}
