//! What the overlay does for programs nobody has rebuilt, on libglib alone and with the overlay in front, in turn: Python's
//! main loop beside many idle sources (`tests/overlay/many-sources.py`), and a server with many idle connections
//! (`tests/overlay/idle-connections.py`), to which this end of the connections is here.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{ensure, Context, Result};

use crate::apt;
use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(120);
/// How long a busy connection is measured.
const MEASURED: Duration = Duration::from_millis(500);
/// How many connections lie idle beside it, in turn.
const IDLE: [usize; 4] = [0, 100, 1000, 5000];

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
    let said = python(shop, "many-sources.py", overlay).finish_within(LIMIT)?.success()?.stdout;
    let row = |line: &str| {
        let (idle, turns) = line.rsplit_once(' ')?;
        Some(Row { idle: idle.to_owned(), turns: turns.parse().ok().filter(|turns| *turns > 0)? })
    };
    let rows: Option<Vec<Row>> = said.lines().map(row).collect();
    let rows = rows.filter(|rows| !rows.is_empty());
    let mut rows = rows.with_context(|| format!("no measurements:\n{said}"))?;
    rows.extend(serve(python(shop, "idle-connections.py", overlay))?);
    Ok(rows)
}

fn python(shop: &Workshop, script: &str, overlay: bool) -> Command {
    let script: PathBuf = shop.root.join("tests/overlay").join(script);
    let mut command = match overlay {
        true => {
            let mut command = Command::new(shop.stage().join("bin/mainspring"));
            command.args(["run", "/usr/bin/python3"]);
            command
        }
        false => Command::new("/usr/bin/python3"),
    };
    command.arg(script).env_remove("LD_PRELOAD").env_remove("MAINSPRING_OVERLAY");
    command
}

/// Round trips a second over one connection to a server, by how many others lie idle.
fn serve(mut server: Command) -> Result<Vec<Row>> {
    let most = IDLE.iter().max().copied().unwrap_or_default();
    ensure!(may_open(most + 100)?, "this machine allows fewer than {most} open descriptors");
    let mut server =
        server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut port = String::new();
    let said = server.stdout.take().context("the server has no output")?;
    BufReader::new(said).read_line(&mut port)?;
    let rows = port.trim().parse().context("the server names no port").and_then(|port| {
        let mut idle = Vec::new();
        let mut busy = connect(port)?;
        let mut rows = Vec::new();
        for count in IDLE {
            while idle.len() < count {
                idle.push(connect(port)?);
            }
            let (mut turns, start) = (0, Instant::now());
            while start.elapsed() < MEASURED {
                echo(&mut busy)?;
                turns += 1;
            }
            let turns = (turns as f64 / start.elapsed().as_secs_f64()) as u64;
            rows.push(Row { idle: format!("peers {count}"), turns: turns.max(1) });
        }
        Ok(rows)
    });
    // The end of its input is its end; what does not end by that is ended.
    drop(server.stdin.take());
    if rows.is_err() {
        server.kill()?;
    }
    ensure!(server.wait()?.success() || rows.is_err(), "the server has not ended well");
    rows
}

/// A connection that the server has taken, as its answer tells: only a few may wait for that.
fn connect(port: u16) -> Result<TcpStream> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LIMIT))?;
    echo(&mut stream)?;
    Ok(stream)
}

fn echo(stream: &mut TcpStream) -> Result<()> {
    let mut byte = [7];
    stream.write_all(&byte)?;
    stream.read_exact(&mut byte).context("the server does not answer")?;
    Ok(())
}

/// Raises the limit of open descriptors as far as it may be; says whether so many may be open.
fn may_open(descriptors: usize) -> Result<bool> {
    // SAFETY: reads and writes the limits, which are plain numbers.
    unsafe {
        let mut limits: libc::rlimit = std::mem::zeroed();
        ensure!(libc::getrlimit(libc::RLIMIT_NOFILE, &mut limits) == 0, "there are no limits");
        limits.rlim_cur = limits.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &limits);
        Ok(limits.rlim_max >= descriptors as libc::rlim_t)
    }
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
