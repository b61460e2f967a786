//! The overlay in front of other libglibs than this machine's: those of the distribution's other releases, each with the
//! programs and libraries of its own time.
//!
//! A release's packages are unpacked into a folder (`root.rs`), fetched from where this machine has its own
//! (`versions/mirror.rs`). In each are run, plain and under the overlay: the ways round the loop, all twins, the
//! release's own compiled tests of GLib, and Python's asyncio on GLib's loop. The overlay is the one that was built here, so
//! a release whose C library is older than this machine's gets this machine's.

mod mirror;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::link::OVERLAY;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::root::Root;
use crate::twin::Twins;
use crate::workshop::Workshop;
use crate::{apt, crew, document, glib_tests, overlay};
use mirror::{Mirror, Suite};

const DOCUMENT: &str = "docs/overlay/versions.md";
/// Releases that a Debian archive may have beside this machine's own.
const SUITES: [&str; 5] = ["bullseye", "bookworm", "trixie", "forky", "sid"];
/// What is unpacked of each, with all it needs.
const PACKAGES: [&str; 4] = ["libglib2.0-tests", "dbus-daemon", "dash", "coreutils"];
const ASYNCIO: &str = "tests/overlay/glib-asyncio.py";
const ASYNCIO_SAYS: &str =
    "GLibEventLoop, GLib's timer, stream LINE, 2000 sleepers, thread, late, child words 3\n";
/// The status by which a program says that it cannot do its test here.
const CANNOT: i32 = 77;
const LIMIT: Duration = Duration::from_secs(60);

/// Which releases.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Releases by their names in the archive [default: all that this machine's archive has]
    suites: Vec<String>,
    /// Write the outcomes to docs/overlay/versions.md
    #[arg(long)]
    document: bool,
}

/// What has become of a release.
#[derive(Debug, Default)]
struct Row {
    libglib: String,
    suite: String,
    c_library: String,
    traps: String,
    twins: String,
    tests: String,
    asyncio: String,
    /// Twins in which this libglib does otherwise.
    otherwise: Vec<String>,
}

/// Needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    apt::require([apt::GCC, apt::PKG_CONFIG, apt::REAL_GLIB, apt::BUBBLEWRAP])?;
    let mirror = Mirror::of_this_machine()?;
    let suites: Vec<&str> = match &options.suites[..] {
        [] => SUITES.to_vec(),
        some => some.iter().map(String::as_str).collect(),
    };
    let mut releases: Vec<Release> = Vec::new();
    let mut notes = Vec::new();
    for name in suites {
        let dir = shop.work.join("versions").join(name);
        let found = mirror.suite(name, &dir).and_then(|suite| {
            let version = suite.version("libglib2.0-tests")?;
            Ok((suite, version))
        });
        match found {
            Ok((suite, libglib)) => {
                match releases.iter_mut().find(|release| release.libglib == libglib) {
                    Some(release) => release.also += &format!(", {name}"),
                    None => {
                        println!("{name}: libglib {libglib}");
                        let name = name.to_owned();
                        releases.push(Release { name, libglib, also: String::new(), suite, dir });
                    }
                }
            }
            // Of a release that was asked for by name this is a failure.
            Err(error) if options.suites.is_empty() => {
                let why = format!("{error:#}");
                notes.push(format!("{name}: {}", why.lines().last().unwrap_or_default()));
            }
            Err(error) => return Err(error.context(name.to_owned())),
        }
    }
    let twins = Twins::compile(shop)?;
    // Most of the programs wait most of the time: the releases are looked at side by side.
    let outcomes = crew::each(releases.len(), &releases, |release| {
        let mut tally = Tally::default();
        let row = examine(shop, &mirror, release, &twins, &mut tally);
        (row, tally)
    });
    let mut tally = Tally::default();
    let mut rows = Vec::new();
    for (release, (row, own)) in releases.iter().zip(outcomes) {
        tally.absorb(own);
        match row {
            Ok(row) => rows.push(row),
            Err(error) => tally.check(&release.name, Err(format!("{error:#}"))),
        }
    }
    println!("{}", tell(&lines(&rows), &notes));
    if options.document {
        let path = shop.root.join(DOCUMENT);
        fs::create_dir_all(path.parent().unwrap_or(&shop.root))?;
        let mut told = kept(&fs::read_to_string(&path).unwrap_or_default());
        told.extend(lines(&rows));
        document::write(&path, &(introduce() + &tell(&told, &notes)))?;
    }
    Ok(tally)
}

/// A release that can be had.
struct Release {
    name: String,
    libglib: String,
    /// The names of others that have the same libglib.
    also: String,
    suite: Suite,
    dir: PathBuf,
}

/// Unpacks a release and runs everything in it.
fn examine(
    shop: &Workshop,
    mirror: &Mirror,
    release: &Release,
    twins: &Twins,
    tally: &mut Tally,
) -> Result<Row> {
    let Release { name, libglib, also, suite, dir } = release;
    let (root, c_library) = root(shop, mirror, suite, dir)?;
    let (libglib, release) = (libglib.clone(), format!("{name}{also}"));
    let mut row = Row { libglib, suite: release, c_library, ..Row::default() };

    let traps = overlay::traps_in(shop, &root, &format!("versions-traps-{name}"));
    row.traps = traps.as_ref().map_or("differ".to_owned(), |count| format!("{count} hold"));
    tally.check(
        &format!("{name}: ways round the loop"),
        traps.map(drop).map_err(|error| format!("{error:#}")),
    );

    let older = is_older(&row.libglib, &installed("libglib2.0-0")?);
    let twins = twins.compare(shop, &root, older)?;
    row.twins = format!("{} the same", twins.same);
    for (count, what) in [
        (twins.differing.len(), "different"),
        (twins.as_here.len(), "other than in this libglib, as here"),
    ] {
        if count > 0 {
            row.twins += &format!(", {count} {what}");
        }
    }
    row.otherwise = twins.as_here;
    tally.passed += twins.same + row.otherwise.len();
    for (case, why) in twins.differing {
        tally.check(&format!("{name}: {case}"), Err(why));
    }

    let folder = dir.join("root");
    let mut own = Tally::default();
    let outcomes =
        glib_tests::compare_in(shop, &root, &folder, &format!("versions-tests-{name}"), &mut own)?;
    tally.passed += own.passed;
    tally.failed.extend(own.failed.into_iter().map(|program| format!("{name}: {program}")));
    row.tests = outcomes.sentence();

    let asyncio = asyncio(shop, &root)?;
    row.asyncio = match asyncio {
        None => "not in its PyGObject".to_owned(),
        Some(Ok(())) => "runs".to_owned(),
        Some(Err(_)) => "differs".to_owned(),
    };
    if let Some(outcome) = asyncio {
        tally.check(&format!("{name}: asyncio"), outcome);
    }
    Ok(row)
}

/// The file system of a release, as fresh as its packages, and the version of its C library.
fn root(shop: &Workshop, mirror: &Mirror, suite: &Suite, dir: &Path) -> Result<(Root, String)> {
    let mut packages = suite.fetch(&PACKAGES)?;
    let own = suite.version("libc6")?;
    let here = installed("libc6")?;
    let c_library = if is_older(&own, &here) {
        let place = mirror.suite(&mirror.own_suite, &dir.join("here"))?;
        let wanted = ["libc6_"];
        let more = place.fetch(&["libc6"])?.into_iter().filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            wanted.iter().any(|start| name.starts_with(start))
        });
        packages.extend(more);
        format!("{} (its own is {})", upstream(&here), upstream(&own))
    } else {
        upstream(&own).to_owned()
    };

    let visible = [&*shop.root, &*shop.target];
    let folder = dir.join("root");
    let list: String = packages.iter().map(|path| format!("{}\n", path.display())).collect();
    let record = dir.join("unpacked");
    if fs::read_to_string(&record).is_ok_and(|kept| kept == list) {
        return Ok((Root::of(&folder, &visible), c_library));
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    let root = Root::unpack(&folder, &packages, &visible)?;
    fs::write(record, list)?;
    Ok((root, c_library))
}

/// The version of a package of this machine's.
fn installed(package: &str) -> Result<String> {
    let mut dpkg = Command::new("dpkg-query");
    dpkg.args(["--show", "--showformat=${Version}", package]).output_text()
}

fn is_older(one: &str, other: &str) -> bool {
    let mut dpkg = Command::new("dpkg");
    dpkg.args(["--compare-versions", one, "lt", other]);
    dpkg.finish().is_ok_and(|said| said.status.success())
}

/// `2.36` of `2.36-9+deb12u14`.
fn upstream(version: &str) -> &str {
    version.split('-').next().unwrap_or(version)
}

/// Python's asyncio on GLib's loop, plain and under the overlay; nothing if there is none for GLib.
fn asyncio(shop: &Workshop, root: &Root) -> Result<Option<Result<(), String>>> {
    for overlay in [false, true] {
        let mut command = Command::new("/usr/bin/python3");
        command.args(["-W", "ignore"]).arg(shop.root.join(ASYNCIO)).env("DIR", "/tmp");
        command.env("LC_ALL", "C.UTF-8").env("PYTHONDONTWRITEBYTECODE", "1");
        if overlay {
            command.env("LD_PRELOAD", shop.stage_lib().join(OVERLAY.soname));
        }
        let said = root.inside(&command, None).finish_within(LIMIT)?;
        if said.status.code() == Some(CANNOT) && !overlay {
            return Ok(None);
        }
        if !said.status.success() || said.stdout != ASYNCIO_SAYS || !said.stderr.is_empty() {
            let side = if overlay { "under the overlay" } else { "on libglib alone" };
            return Ok(Some(Err(format!("{side}: {}", said.account()))));
        }
    }
    Ok(Some(Ok(())))
}

/// What is told of a release: its row of the table, and a sentence on twins if there is one, by the version of its libglib.
type Lines = BTreeMap<String, (String, String)>;

const HEAD: [&str; 7] = [
    "libglib",
    "release",
    "C library",
    "ways round the loop",
    "twins",
    "its own compiled tests",
    "asyncio",
];
const OTHERWISE: &str = "Other than in libglib ";

fn lines(rows: &[Row]) -> Lines {
    let of = |row: &Row| {
        let Row { libglib, suite, c_library, traps, twins, tests, asyncio, otherwise } = row;
        let cells = document::row([libglib, suite, c_library, traps, twins, tests, asyncio]);
        let names: Vec<String> = otherwise.iter().map(|name| format!("`{name}`")).collect();
        let sentence = match &names[..] {
            [] => String::new(),
            names => format!("{OTHERWISE}{libglib}: {}.\n", names.join(" ")),
        };
        (libglib.clone(), (cells, sentence))
    };
    rows.iter().map(of).collect()
}

/// What a document tells of releases: those that are not looked at anew keep their lines.
fn kept(document: &str) -> Lines {
    let head = document::head(HEAD);
    let Some((_, rest)) = document.split_once(&*head) else { return Lines::new() };
    let mut lines = Lines::new();
    for row in rest.lines().take_while(|line| line.starts_with("| ")) {
        let libglib = row.trim_start_matches("| ").split(" | ").next().unwrap_or_default();
        let start = format!("{OTHERWISE}{libglib}: ");
        let sentence = rest.lines().find(|line| line.starts_with(&start));
        let sentence = sentence.map(|line| format!("{line}\n")).unwrap_or_default();
        lines.insert(libglib.to_owned(), (format!("{row}\n"), sentence));
    }
    lines
}

fn tell(lines: &Lines, notes: &[String]) -> String {
    let mut text = document::head(HEAD);
    text.extend(lines.values().map(|(row, _)| row.as_str()));
    for sentence in lines.values().map(|(_, sentence)| sentence).filter(|text| !text.is_empty()) {
        text += &format!("\n{sentence}");
    }
    for note in notes {
        text += &format!("\nNot to be had: {note}\n");
    }
    text
}

fn introduce() -> String {
    format!(
        "# The overlay in front of other libglibs\n\nMade by `cargo xtask overlay-versions --document` with mainspring {}; \
         releases may be looked at one by one, by their names.\n\nEverything is run in a file system of that release's packages, \
         plain and under the overlay built here, and compared. Where a libglib older than this machine's does otherwise \
         than later ones, or lacks what a twin calls, the overlay has to do what it does here: its loop is the same before \
         every libglib. A twin that differs is run twice more, and counts if it differs each time. The release's own compiled tests of GLib are \
         those that exercise the loop.\n\n",
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_that_are_not_looked_at_anew_keep_their_lines() {
        let row = |libglib: &str, tests: &str, otherwise: &[&str]| Row {
            libglib: libglib.to_owned(),
            tests: tests.to_owned(),
            otherwise: otherwise.iter().map(|name| (*name).to_owned()).collect(),
            ..Row::default()
        };
        let all = lines(&[row("2.66", "a", &["x/y"]), row("2.90", "b", &[])]);
        let text = introduce() + &tell(&all, &[]);
        assert_eq!(kept(&text), all);
        let mut told = kept(&text);
        told.extend(lines(&[row("2.90", "c", &[])]));
        assert_eq!(told["2.66"], all["2.66"]);
        assert!(told["2.90"].0.contains("| c |"));
    }

    #[test]
    fn a_packages_version_begins_with_the_programs() {
        assert_eq!(upstream("2.36-9+deb12u14"), "2.36");
    }
}
