//! Fuzzing: builds `tests/fuzz`, has libFuzzer play what it makes up on real GLib and on mainspring, and
//! shows what it found.
//!
//! The library is built so that its code counts where it came by, with plain options of the stable
//! compiler; the players are not, so that only the library's paths guide the search. What is played and
//! how it is judged stands in `tests/fuzz/`. Inputs worth keeping are in `tests/fuzz/corpus/`, one a line;
//! what a long run finds goes below `target/xtask/fuzz-found/` at once, so that it may be interrupted.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{ensure, Context, Result};

use crate::link;
use crate::proc::{CommandExt as _, Finished};
use crate::report::Tally;
use crate::workshop::{cargo, Workshop};

/// What the compiler is told about the library: count edges, and what is compared with what.
const COUNTING: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Freed memory is overwritten and not held back, so that who still reads it goes astray.
const FREED: &str = "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0";

/// The longest input, in bytes.
const LONGEST: &str = "1024";

/// What is fuzzed in one go: a target and mainspring's way of polling.
#[derive(Debug, Clone, Copy)]
struct Course {
    target: Target,
    polling: &'static str,
    /// How many executions the test run has; as many as fit into its seconds on any machine.
    executions: u64,
    seconds: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Target {
    /// Programs of the main loop
    Programs,
    /// Byte streams, encodings and operations of channels
    Channels,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Programs => "programs",
            Self::Channels => "channels",
        }
    }
}

const COURSES: [Course; 3] = [
    Course { target: Target::Programs, polling: "poll", executions: 6_000, seconds: 15 },
    Course { target: Target::Programs, polling: "epoll", executions: 6_000, seconds: 15 },
    Course { target: Target::Channels, polling: "poll", executions: 20_000, seconds: 15 },
];

/// What to fuzz, and for how long.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only this target
    #[arg(long)]
    target: Option<Target>,
    /// For how long in all
    #[arg(long, default_value_t = 1.0)]
    hours: f64,
    /// Replay this finding of the target instead, and make it small
    #[arg(long, value_name = "FILE", requires = "target")]
    replay: Option<PathBuf>,
    /// Afterwards put what covers the most into tests/fuzz/corpus
    #[arg(long)]
    keep: bool,
}

/// The command: takes turns at the targets until the time is over; findings are told as they come.
pub fn command(shop: &Workshop, options: &Options) -> Result<()> {
    let kit = Kit::build(shop)?;
    let wanted = |course: &&Course| options.target.is_none_or(|target| target == course.target);
    let courses: Vec<Course> = COURSES.iter().filter(wanted).copied().collect();
    if let (Some(file), Some(course)) = (&options.replay, courses.first()) {
        return kit.tool(["replay", course.target.name()]).arg(file).run();
    }
    let end = Instant::now() + Duration::from_secs_f64(options.hours * 3600.0);
    let turn = (options.hours * 3600.0 / courses.len() as f64).clamp(1.0, 600.0) as u64;
    let mut found = 0;
    'all: loop {
        for course in &courses {
            let left = end.saturating_duration_since(Instant::now()).as_secs();
            if left == 0 {
                break 'all;
            }
            let place = kit.place(course.target, false)?;
            let limit = format!("-max_total_time={}", turn.min(left));
            let run = kit.fuzz(*course, &place, &[&limit])?;
            println!("{}, {}: {}", course.target.name(), course.polling, told(&run));
            found += kit.tell_findings(*course, &place)?;
        }
    }
    if options.keep {
        for target in [Target::Programs, Target::Channels] {
            if courses.iter().any(|course| course.target == target) {
                kit.keep(target)?;
            }
        }
    }
    println!("{found} findings");
    ensure!(found == 0, "findings and how they replay are below {}", kit.found.display());
    Ok(())
}

/// The stage: each course is a check; the kept inputs are its first executions.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let kit = Kit::build(shop)?;
    let mut tally = Tally::default();
    for course in COURSES {
        let name = format!("{}, {}", course.target.name(), course.polling);
        tally.check(&name, kit.short(course).map_err(|error| format!("{error:#}")));
    }
    Ok(tally)
}

/// The built library and players.
struct Kit {
    root: PathBuf,
    built: PathBuf,
    found: PathBuf,
}

/// Where a run of libFuzzer has its inputs and puts its findings.
struct Place {
    corpus: PathBuf,
    findings: PathBuf,
}

impl Kit {
    fn build(shop: &Workshop) -> Result<Self> {
        let host = link::host()?; // Said aloud, or cargo would count in its own tools as well.
        let target = shop.work.join("fuzz");
        let build = |package: &str, more: &[&str]| {
            let mut command = cargo();
            command.args(["build", "--quiet", "--profile=fuzz", "--package", package]);
            command.args(more).args(["--target", &host, "--target-dir"]).arg(&target);
            command.current_dir(&shop.root);
            command
        };
        build("mainspring-fuzzed", &[])
            .env("CARGO_ENCODED_RUSTFLAGS", COUNTING.join("\x1f"))
            .run()?;
        build("twin-fuzz", &["--features=libfuzzer"]).run()?;
        let built = target.join(host).join("fuzz");
        Ok(Self { root: shop.root.clone(), built, found: shop.work.join("fuzz-found") })
    }

    fn packed(&self, target: Target) -> PathBuf {
        self.root.join("tests/fuzz/corpus").join(format!("{}.hex", target.name()))
    }

    /// A place with the kept inputs, for the test run a fresh one, else one that grows.
    fn place(&self, target: Target, fresh: bool) -> Result<Place> {
        let name = target.name();
        let folder = match fresh {
            true => self.built.join("short").join(name),
            false => self.found.join(name),
        };
        if fresh && folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        let place = Place { corpus: folder.join("corpus"), findings: folder.join("findings") };
        for folder in [&place.corpus, &place.findings] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        self.tool(["unpack"]).arg(self.packed(target)).arg(&place.corpus).run()?;
        Ok(place)
    }

    /// A program of ours with the library to play on.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.built.join(name));
        command.env("FUZZ_LIBRARY", self.built.join("libmainspring_fuzzed.so"));
        command.env("GLIBC_TUNABLES", FREED);
        command
    }

    fn tool<const N: usize>(&self, words: [&str; N]) -> Command {
        let mut command = self.program("twin-fuzz");
        command.args(words);
        command
    }

    fn fuzz(&self, course: Course, place: &Place, options: &[&str]) -> Result<Finished> {
        let mut findings = place.findings.clone().into_os_string();
        findings.push("/");
        let mut prefix = std::ffi::OsString::from("-artifact_prefix=");
        prefix.push(findings);
        let mut command = self.program(&format!("fuzz-{}", course.target.name()));
        command.env("MAINSPRING_POLL", course.polling);
        // A limit of memory would cost a thread, beside which the library never is alone.
        command.args(["-rss_limit_mb=0", "-timeout=20", "-print_final_stats=1"]);
        command.arg(format!("-max_len={LONGEST}")).arg(prefix).args(options).arg(&place.corpus);
        command.finish()
    }

    /// A course of the test run: so many executions or seconds, without a finding.
    fn short(&self, course: Course) -> Result<()> {
        let place = self.place(course.target, true)?;
        let kept = fs::read_dir(&place.corpus)?.count() as u64;
        let bounds = [
            format!("-runs={}", course.executions),
            format!("-max_total_time={}", course.seconds),
            "-seed=1".to_owned(),
        ];
        let run = self.fuzz(course, &place, &bounds.each_ref().map(String::as_str))?;
        let findings = self.tell_findings(course, &place)?;
        ensure!(run.status.success() && findings == 0, "{findings} findings\n{}", last_of(&run));
        let (executions, covered) = counts(&run).context("libFuzzer tells no counts")?;
        ensure!(executions >= kept, "{executions} executions, though {kept} inputs are kept");
        ensure!(covered >= LEAST_COVERED, "no more than {covered} edges: is the library counted?");
        self.replays(course.target, &place)?;
        println!("  {}, {}: {}", course.target.name(), course.polling, told(&run));
        Ok(())
    }

    /// What replays findings can replay, which is noticed too late when there is one.
    fn replays(&self, target: Target, place: &Place) -> Result<()> {
        let any = fs::read_dir(&place.corpus)?.next().context("no input is kept")??;
        self.tool(["replay", target.name()]).arg(any.path()).finish()?.success()?;
        Ok(())
    }

    /// Replays, makes small and prints what was found; the account stays beside the finding.
    fn tell_findings(&self, course: Course, place: &Place) -> Result<u64> {
        let mut found = 0;
        for entry in fs::read_dir(&place.findings)? {
            let path = entry?.path();
            let account = path.with_extension("txt");
            if path == account || account.exists() {
                continue;
            }
            found += 1;
            let replayed = self.tool(["replay", course.target.name()]).arg(&path).finish()?;
            let name = course.target.name();
            let again =
                format!("# again: cargo xtask fuzz --target {name} --replay {}\n", path.display());
            let text = match replayed.status.success() {
                true => format!("# {} fails only after others, or now and then\n", path.display()),
                false => replayed.stdout + &replayed.stderr,
            };
            fs::write(&account, format!("{text}{again}"))?;
            println!("{text}{again}");
        }
        Ok(found)
    }

    /// Packs the fewest inputs that reach every edge that any input reaches.
    fn keep(&self, target: Target) -> Result<()> {
        let place = self.place(target, false)?;
        let least = self.found.join(target.name()).join("least");
        if least.exists() {
            fs::remove_dir_all(&least)?;
        }
        fs::create_dir_all(&least)?;
        self.program(&format!("fuzz-{}", target.name()))
            .args(["-merge=1", "-use_counters=0", "-rss_limit_mb=0"])
            .args([&least, &place.corpus])
            .finish()?
            .success()?;
        let packed = self.packed(target);
        self.tool(["pack"]).arg(&least).arg(&packed).run()?;
        println!("{}: {} inputs", packed.display(), fs::read_dir(&least)?.count());
        Ok(())
    }
}

/// Fewer edges than any of the corpora reaches by far, more than nothing.
const LEAST_COVERED: u64 = 500;

/// How many executions there were, and how many edges of the library's code they covered.
fn counts(run: &Finished) -> Option<(u64, u64)> {
    let word_behind = |mark: &str| {
        let rest = run.stderr.rsplit_once(mark)?.1;
        rest.split_whitespace().next()?.parse().ok()
    };
    Some((word_behind("stat::number_of_executed_units:")?, word_behind(" cov: ")?))
}

fn told(run: &Finished) -> String {
    counts(run).map_or_else(
        || last_of(run),
        |(executions, covered)| format!("{executions} executions, {covered} edges"),
    )
}

/// The end of what libFuzzer said.
fn last_of(run: &Finished) -> String {
    let lines: Vec<&str> = run.stderr.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;

    #[test]
    fn the_last_counts_are_those_of_the_run() {
        let stderr = "#2 INITED cov: 5 ft: 5\n#90 DONE   cov: 1853 ft: 80\n\
                      stat::number_of_executed_units: 90\n";
        let status = std::process::ExitStatus::from_raw(0);
        let run = Finished { status, stdout: String::new(), stderr: stderr.to_owned() };
        assert_eq!(counts(&run), Some((90, 1853)));
        assert_eq!(told(&run), "90 executions, 1853 edges");
        assert_eq!(counts(&Finished { stderr: "nothing".to_owned(), ..run }), None);
    }
}
