//! Programs of the distribution under the overlay: each of the scripts in `tests/overlay/programs` drives
//! one and looks at what comes of it.
//!
//! A longer command of its own, since the programs are many and large. Must not know what a script does;
//! what they share stands in `tests/overlay/programs/lib.sh`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::apt::{self, Package};
use crate::document;
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

const DOCUMENT: &str = "docs/overlay/programs.md";
const LIMIT: Duration = Duration::from_secs(120);

/// What the scripts drive, and drive it with.
const PROGRAMS: [(&str, &str); 22] = [
    ("conmon", "conmon"),
    ("dunst", "dunst"),
    ("dconf-cli", "dconf"),
    ("gcc", "gcc"),
    ("geany", "geany"),
    ("gjs", "gjs"),
    ("gstreamer1.0-tools", "gst-launch-1.0"),
    ("imagemagick", "import"),
    ("irssi", "irssi"),
    ("libglib2.0-bin", "gdbus"),
    ("libnotify-bin", "notify-send"),
    ("lua5.3", "lua5.3"),
    ("openssl", "openssl"),
    ("ostree", "ostree"),
    ("pipewire", "pipewire"),
    ("qemu-guest-agent", "qemu-ga"),
    ("qemu-system-x86", "qemu-system-x86_64"),
    ("qemu-utils", "qemu-nbd"),
    ("ruby", "ruby"),
    ("valac", "valac"),
    ("vim-gtk3", "gvim"),
    ("wireplumber", "wireplumber"),
];
/// Packages that bring libraries for them.
const LIBRARIES: [&str; 13] = [
    "gstreamer1.0-plugins-base",
    "gir1.2-gstreamer-1.0",
    "gir1.2-gtk-3.0",
    "gir1.2-gtk-4.0",
    "gir1.2-soup-3.0",
    "glib-networking",
    "libglib-perl",
    "lua-lgi",
    "python3-gi",
    "python3-pyqt5",
    "python3-pyqt6",
    "ruby-gio2",
    "dconf-service",
];
const WINDOWS: [Package; 2] = [apt::program("xvfb", "Xvfb"), apt::program("xdotool", "xdotool")];

/// What to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only these, named as their scripts are
    programs: Vec<String>,
    /// Write the outcomes to docs/overlay/programs.md
    #[arg(long, conflicts_with = "programs")]
    document: bool,
}

/// What a script has seen.
struct Row {
    name: String,
    about: String,
    right: usize,
    wrong: Vec<String>,
    /// What was run under the overlay, with what `mainspring check` says of it.
    judged: Vec<(String, String)>,
}

/// Needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    let programs = PROGRAMS.map(|(package, program)| apt::program(package, program));
    let libraries = LIBRARIES.map(apt::documented);
    apt::require(programs.into_iter().chain(libraries).chain(WINDOWS).chain([apt::DBUS]))?;
    let folder = shop.root.join("tests/overlay/programs");
    let mut tally = Tally::default();
    let mut rows = Vec::new();
    for script in scripts(&folder, &options.programs)? {
        let row = drive(shop, &script)?;
        tally.passed += row.right;
        for what in &row.wrong {
            tally.check(&format!("{}: {what}", row.name), Err("see above".to_owned()));
        }
        rows.push(row);
    }
    if options.document {
        let path = shop.root.join(DOCUMENT);
        fs::create_dir_all(path.parent().unwrap_or(&shop.root))?;
        document::write(&path, &tell(&rows)?)?;
    }
    Ok(tally)
}

fn scripts(folder: &Path, names: &[String]) -> Result<Vec<PathBuf>> {
    let told = || format!("reading {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(told)? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let script = path.extension().is_some_and(|end| end == "sh") && stem != "lib";
        if script && (names.is_empty() || names.contains(&stem)) {
            found.push(path);
        }
    }
    ensure!(!found.is_empty(), "no program is called {}", names.join(" or "));
    found.sort();
    Ok(found)
}

/// Runs a script in a directory of its own and shows what it prints.
fn drive(shop: &Workshop, script: &Path) -> Result<Row> {
    let number = std::process::id();
    let name = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(script)?;
    let about = text.lines().find_map(|line| line.strip_prefix(&format!("# {name}.sh - ")));
    let about = about.with_context(|| format!("{name}.sh does not say what it is"))?.to_owned();
    // Sockets are made in it, whose paths must be short.
    let dir = std::env::temp_dir().join(format!("mainspring-{name}-{number}"));
    fs::create_dir_all(&dir)?;
    let mainspring = shop.stage().join("bin/mainspring");
    let mut command = Command::new(script);
    command.env("DIR", &dir).env("MAINSPRING", &mainspring);
    command.env_remove("DISPLAY").env("QT_QPA_PLATFORM", "offscreen");
    println!("{name}");
    let said = command.finish_within(LIMIT)?;
    println!("{}", said.stdout.trim_end());
    let mut row = Row { name, about, right: 0, wrong: Vec::new(), judged: Vec::new() };
    for line in said.stdout.lines() {
        match (line.strip_prefix("not ok "), line.starts_with("ok ")) {
            (Some(what), _) => row.wrong.push(what.to_owned()),
            (None, true) => row.right += 1,
            _ => {}
        }
    }
    // The last check of each script; without it, it has not come to its end.
    if !said.stdout.contains("ok GLib complains of nothing") {
        row.wrong.push(format!("comes to an end: {}", said.account()));
    }
    let programs = fs::read_to_string(dir.join("programs")).unwrap_or_default();
    for program in programs.lines().collect::<BTreeSet<_>>() {
        let judged = judge(&mainspring, &dir, program)?;
        println!("{program}: {}", judged.as_ref().unwrap_or_else(|error| error));
        match judged {
            Ok(answer) => row.judged.push((program.to_owned(), answer)),
            Err(_) => row.wrong.push(format!("{program} is said to be carried")),
        }
    }
    // What cannot be removed lies among temporary files.
    let _ = fs::remove_dir_all(&dir);
    Ok(row)
}

/// What `mainspring check` says of a program that runs under the overlay; an error if it says that it would not.
fn judge(mainspring: &Path, dir: &Path, program: &str) -> Result<Result<String, String>> {
    let mut command = Command::new(mainspring);
    let said = command.args(["check", program]).current_dir(dir).finish_within(LIMIT)?;
    let answer = |question: &str| {
        let line = said.stdout.lines().find_map(|line| line.strip_prefix(question));
        line.map(|answer| answer.split(',').next().unwrap_or(answer).to_owned())
    };
    Ok(match (answer("standalone: "), answer("overlay: ")) {
        (Some(alone), Some(overlay)) if overlay != "no" => Ok(if alone == overlay {
            overlay
        } else {
            format!("overlay {overlay}, standalone {alone}")
        }),
        _ => Err(said.account()),
    })
}

fn tell(rows: &[Row]) -> Result<String> {
    let mut text = format!(
        "# Programs of the distribution under the overlay\n\nMade by `cargo xtask overlay-programs --document` with \
         mainspring {}. Each script of `tests/overlay/programs` drives one program and looks at what comes of it; the \
         last two checks of each are that every function of the loop was bound to the overlay and none to libglib, as \
         the dynamic linker tells, and that GLib has complained of nothing. The last column is what `mainspring check` \
         says of the programs before they run: \"no need\" means that nothing asks for GLib at the start, since it is loaded \
         later.\n\n",
        env!("CARGO_PKG_VERSION"),
    );
    text += &document::head(["script", "what it does", "checks", "`mainspring check`"]);
    for row in rows {
        let checks = match &row.wrong[..] {
            [] => format!("{} right", row.right),
            wrong => format!("{} right, wrong: {}", row.right, wrong.join("; ")),
        };
        let judged: Vec<String> =
            row.judged.iter().map(|(program, answer)| format!("{program}: {answer}")).collect();
        text += &document::row([&row.name, &row.about, &checks, &judged.join("; ")]);
    }
    text += "\nThe versions:\n\n";
    let packages = PROGRAMS.iter().map(|(package, _)| *package).chain(LIBRARIES);
    for package in packages.collect::<BTreeSet<_>>() {
        let mut dpkg = Command::new("dpkg-query");
        let version = dpkg.args(["--show", "--showformat=${Version}", package]).output_text()?;
        text += &format!("- {package} {version}\n");
    }
    Ok(text + CANNOT)
}

/// Stands at the end of the document.
const CANNOT: &str = "
## What the overlay does not carry

`mainspring run` says so in one line, and `cargo xtask test --only overlay` holds it to that.

- Programs linked statically, libglib included: there is nothing a library could stand in front of.
- Programs that get rights by their file (set-user-id, set-group-id, file capabilities): the dynamic linker preloads nothing
  into them. Linked with the overlay (`pkg-config mainspring-overlay`) they run on it.
- Programs for another machine, of 32 bits, or for another C library than the overlay's.
- What runs in a sandbox that does not see the overlay's file runs on libglib alone; the dynamic linker says so.
- A libglib hidden in a program of its own kind (a bundle that links it statically and exports nothing, or loads it into
  another namespace by `dlmopen`) keeps its loop.
";
