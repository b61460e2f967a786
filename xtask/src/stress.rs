//! Stress: what happens under load, at the limits, and in odd circumstances.
//!
//! Two kinds of programs. `tests/soak/soak.c` lets threads do everything at once and keeps an exact
//! account; it is judged by its exit status, on real GLib as well, which shows that it asks for what
//! GLib promises. Those of `tests/stress` are twin programs (`tests/twin/twin.h`) too heavy for the stage `twin`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{ensure, Result};

use crate::crew;
use crate::link::OVERLAY;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::twin::programs::{self, Case, Collection, Program, Side};
use crate::twin::ways::{self, Verdict, REFERENCE, WAYS};
use crate::workshop::Workshop;

const LIMITS: Collection = Collection { folder: "tests/stress", shared: &[] };
/// How long each way of the soak may take in the stage, and one seed of the long run.
const LIMIT: Duration = Duration::from_secs(150);

/// The last seed that real GLib is given, if it fails those before.
const LAST_FOR_GLIB: u64 = 51;

/// How long to soak, and with what.
#[derive(Debug, clap::Args)]
pub struct SoakOptions {
    /// Minutes to go on for
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// The first seed; a run that failed names its own
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads that run loops
    #[arg(long, default_value_t = 3)]
    loops: u32,
    /// Threads that meddle with them
    #[arg(long, default_value_t = 3)]
    meddlers: u32,
    /// Operations of a meddler in a round
    #[arg(long, default_value_t = 20000)]
    ops: u64,
    /// Soak real GLib instead
    #[arg(long)]
    on_glib: bool,
}

/// One way to soak.
#[derive(Debug, Clone, Copy)]
struct Bath {
    name: &'static str,
    side: Side,
    poll: Option<&'static str>,
    overlay: bool,
}

const fn bath(name: &'static str, side: Side) -> Bath {
    Bath { name, side, poll: None, overlay: false }
}

const ON_GLIB: Bath = bath("GLib", Side::Oracle);
const BATHS: [Bath; 4] = [
    bath("mainspring", Side::Mainspring),
    Bath { poll: Some("poll"), ..bath("mainspring, poll", Side::Mainspring) },
    Bath { poll: Some("epoll"), ..bath("mainspring, epoll", Side::Mainspring) },
    Bath { overlay: true, ..bath("overlay", Side::Oracle) },
];

/// The stage: some seconds of soaking, then the programs of limits. Needs a filled stage.
pub fn stage(shop: &Workshop) -> Result<Tally> {
    let dir = shop.fresh_dir("stress")?;
    let mut tally = Tally::default();
    for way in [ON_GLIB].iter().chain(&BATHS) {
        let outcome = soaker(shop, &dir, way).and_then(|program| {
            let said = match way.side == Side::Oracle && !way.overlay {
                true => soak_glib(shop, &program, way)?,
                false => soak_once(soaking(shop, &program, way, 1))?,
            };
            println!("  soak, {}: {}", way.name, said.trim());
            Ok(())
        });
        let outcome = outcome.map_err(|error| format!("{error:#}"));
        tally.check(&format!("soak, {}", way.name), outcome);
    }
    limits(shop, &dir, None, &mut tally)?;
    Ok(tally)
}

fn soak_once(mut command: Command) -> Result<String> {
    command.args(["--rounds", "4", "--ops", "8000"]);
    Ok(command.finish_within(LIMIT)?.success()?.stdout)
}

/// On real GLib the soak shows that its account is right. The GLib of the oracle's age has races of its own, which lose
/// or free something once in a while, even with two threads; they are told, and another seed is tried.
fn soak_glib(shop: &Workshop, program: &Path, way: &Bath) -> Result<String> {
    let mut seed = 1;
    loop {
        let mut command = soaking(shop, program, way, seed);
        command.args(["--loops", "1", "--meddlers", "1"]);
        match soak_once(command) {
            Err(error) if seed < LAST_FOR_GLIB => {
                println!("  soak, {}, a race of its own: {error:#}", way.name);
            }
            outcome => return outcome,
        }
        seed += 10;
    }
}

/// The programs of limits alone, for the command.
pub fn run(shop: &Workshop, filter: Option<&str>) -> Result<Tally> {
    let dir = shop.fresh_dir("stress")?;
    let mut tally = Tally::default();
    limits(shop, &dir, filter, &mut tally)?;
    Ok(tally)
}

fn limits(shop: &Workshop, dir: &Path, filter: Option<&str>, tally: &mut Tally) -> Result<()> {
    let builds = WAYS.iter().chain([&REFERENCE]).map(|way| (way.side, way.compiler)).collect();
    let programs = programs::compile_all(shop, LIMITS, dir, &builds, None, tally)?;
    let mut chosen: Vec<(&Program, &Case)> = Vec::new();
    for program in &programs {
        tally.check(&format!("{} lists its cases", program.name), program.lists_agree());
        let matching = program.cases().iter().filter(|case| case.matches(&program.name, filter));
        chosen.extend(matching.map(|case| (program, case)));
    }
    ensure!(!chosen.is_empty(), "no case matches; they are in {}", LIMITS.folder);
    let verdicts = ways::judge_all(shop, &chosen).into_iter().map(Verdict::outcome);
    for ((program, case), outcome) in chosen.iter().zip(verdicts) {
        tally.check(&program.name_of(case), outcome);
    }
    Ok(())
}

/// The command: seed after seed until the time is over, all ways in turn.
pub fn soak(shop: &Workshop, options: &SoakOptions) -> Result<()> {
    let dir = shop.fresh_dir("soak")?;
    let baths: &[Bath] = if options.on_glib { &[ON_GLIB] } else { &BATHS };
    let programs: Vec<(&Bath, PathBuf)> =
        baths.iter().map(|way| Ok((way, soaker(shop, &dir, way)?))).collect::<Result<_>>()?;
    let end = Instant::now() + Duration::from_secs(60 * options.minutes);
    let mut seed = options.seed;
    while Instant::now() < end {
        let run = |(way, program): &(&Bath, PathBuf)| -> Result<String> {
            let mut command = soaking(shop, program, way, seed);
            command.args(["--rounds", "10", "--ops", &options.ops.to_string()]);
            command.args(["--loops", &options.loops.to_string()]);
            command.args(["--meddlers", &options.meddlers.to_string()]);
            Ok(command.finish_within(10 * LIMIT)?.success()?.stdout)
        };
        for ((way, _), said) in programs.iter().zip(crew::each(1, &programs, run)) {
            let said = said.map_err(|error| error.context(format!("{}, seed {seed}", way.name)))?;
            println!("seed {seed}, {}: {}", way.name, said.trim());
        }
        seed += 10;
    }
    Ok(())
}

/// The soaking program, compiled for a way's library.
fn soaker(shop: &Workshop, dir: &Path, way: &Bath) -> Result<PathBuf> {
    let (soak, faults) = (shop.root.join("tests/soak"), shop.root.join("tests/faults"));
    let output = dir.join(format!("soak-{:?}", way.side));
    let mut command = programs::compiler("gcc", programs::Language::C);
    command.arg("-I").arg(&faults).args(programs::pkg_config(shop, way.side, "--cflags")?);
    command.args([soak.join("soak.c"), soak.join("items.c"), faults.join("faults.c")]);
    command.arg("-o").arg(&output).args(programs::pkg_config(shop, way.side, "--libs")?);
    command.output_text()?;
    Ok(output)
}

fn soaking(shop: &Workshop, program: &Path, way: &Bath, seed: u64) -> Command {
    let mut command = Command::new(program);
    programs::surround(&mut command, shop, way.side);
    // Blocks are counted (tests/faults/faults.c); GLib's own slices would hide them.
    command.env("FAULTS", "count").env("G_SLICE", "always-malloc");
    if let Some(poll) = way.poll {
        command.env("MAINSPRING_POLL", poll);
    }
    if way.overlay {
        command.env("LD_PRELOAD", shop.stage_lib().join(OVERLAY.soname));
    }
    command.args(["--seed", &seed.to_string()]);
    command
}
