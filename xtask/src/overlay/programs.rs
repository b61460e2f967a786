//! Programs of the distribution under the overlay: each of the scripts in `tests/overlay/programs` drives
//! one and looks at what comes of it.
//!
//! A longer command of its own, since the programs are many and large. Must not know what a script does;
//! what they share stands in `tests/overlay/programs/lib.sh`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Context, Result};

use crate::apt::{self, Package};
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::Workshop;

const LIMIT: Duration = Duration::from_secs(120);

/// What the scripts drive, and drive it with.
const PACKAGES: [Package; 12] = [
    apt::DBUS,
    apt::program("libglib2.0-bin", "gdbus"),
    apt::file("python3-gi", "/usr/share/doc/python3-gi"),
    apt::program("gstreamer1.0-tools", "gst-launch-1.0"),
    apt::file("gstreamer1.0-plugins-base", "/usr/share/doc/gstreamer1.0-plugins-base"),
    apt::file("gir1.2-gstreamer-1.0", "/usr/share/doc/gir1.2-gstreamer-1.0"),
    apt::file("gir1.2-gtk-3.0", "/usr/share/doc/gir1.2-gtk-3.0"),
    apt::file("python3-pyqt5", "/usr/share/doc/python3-pyqt5"),
    apt::program("qemu-system-x86", "qemu-system-x86_64"),
    apt::program("qemu-utils", "qemu-nbd"),
    apt::program("conmon", "conmon"),
    apt::program("imagemagick", "import"),
];
const WINDOWS: [Package; 2] = [apt::program("xvfb", "Xvfb"), apt::program("xdotool", "xdotool")];

/// What to run.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Only these, named as their scripts are
    programs: Vec<String>,
}

/// Needs a filled stage.
pub fn run(shop: &Workshop, options: &Options) -> Result<Tally> {
    apt::require(PACKAGES.into_iter().chain(WINDOWS))?;
    let folder = shop.root.join("tests/overlay/programs");
    let mut tally = Tally::default();
    for script in scripts(&folder, &options.programs)? {
        let name = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let said = drive(shop, &script).with_context(|| name.clone())?;
        println!("{name}\n{}", said.trim_end());
        let mut checks = 0;
        for line in said.lines() {
            let failed = line.strip_prefix("not ok ");
            if let Some(what) = failed.or_else(|| line.strip_prefix("ok ")) {
                checks += 1;
                let outcome = if failed.is_some() { Err("see above".to_owned()) } else { Ok(()) };
                tally.check(&format!("{name}: {what}"), outcome);
            }
        }
        ensure!(checks > 0, "{name} looked at nothing");
    }
    Ok(tally)
}

fn scripts(folder: &Path, names: &[String]) -> Result<Vec<PathBuf>> {
    let told = || format!("reading {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(told)? {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if stem != "lib" && (names.is_empty() || names.contains(&stem)) {
            found.push(path);
        }
    }
    ensure!(!found.is_empty(), "no program is called {}", names.join(" or "));
    found.sort();
    Ok(found)
}

/// Runs a script in a directory of its own and gives what it printed.
fn drive(shop: &Workshop, script: &Path) -> Result<String> {
    let number = std::process::id();
    let name = script.file_stem().unwrap_or_default().to_string_lossy();
    // Sockets are made in it, whose paths must be short.
    let dir = std::env::temp_dir().join(format!("mainspring-{name}-{number}"));
    fs::create_dir_all(&dir)?;
    let mut command = Command::new(script);
    command.env("DIR", &dir).env("MAINSPRING", shop.stage().join("bin/mainspring"));
    command.env_remove("DISPLAY").env("QT_QPA_PLATFORM", "offscreen");
    let said = command.finish_within(LIMIT)?;
    ensure!(said.status.success(), "{}", said.account());
    // What cannot be removed lies among temporary files.
    let _ = fs::remove_dir_all(&dir);
    Ok(said.stdout)
}
