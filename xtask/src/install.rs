//! The installed tree: libraries, headers, commands and pkg-config files.
//!
//! `mainspring.pc` stands among the system's own; GLib's names in a folder beside it (`pkgconfig.rs`), so
//! that a program finds mainspring under them only when it asks for that folder. Another folder has
//! GLib's library names, for programs that are built already. Nothing carries a path of the machine that
//! built it: an installed tree can be moved. Meson installs the same parts through `parts`; how the
//! libraries come to be is `link.rs`'s.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use anyhow::{ensure, Context, Result};

use crate::link::{self, ARCHIVE, OVERLAY, STANDALONE};
use crate::pkgconfig;
use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

/// Names under which programs built for GLib ask for what the library has.
const GLIB_LIBRARIES: [&str; 2] = ["libglib-2.0.so.0", "libgthread-2.0.so.0"];

/// The command for users and its package.
const COMMAND: &str = "mainspring";
/// Another name of it, under which it does what its verb `check` does.
const CHECK: &str = "mainspring-check";
const PACKAGE: &str = "mainspring-command";

/// What the command writes about itself, and the folders of `share` where each is looked for.
const PAPERS: [(&str, &str); 7] = [
    ("mainspring.1", "man/man1"),
    ("mainspring-run.1", "man/man1"),
    ("mainspring-check.1", "man/man1"),
    ("mainspring-version.1", "man/man1"),
    ("mainspring.bash", "bash-completion/completions"),
    ("_mainspring", "zsh/site-functions"),
    ("mainspring.fish", "fish/vendor_completions.d"),
];

/// Where an installed tree has what.
#[derive(Debug)]
pub struct Layout {
    prefix: PathBuf,
    libdir: PathBuf,
}

impl Layout {
    /// `libdir` is relative to `prefix` or lies inside it: what the pkg-config files can express.
    pub fn new(prefix: &Path, libdir: impl AsRef<Path>) -> Result<Self> {
        let prefix = plain(&std::path::absolute(prefix).context("--prefix")?);
        let libdir = libdir.as_ref();
        for (option, path) in [("--prefix", prefix.as_path()), ("--libdir", libdir)] {
            let odd = |c: char| matches!(c, '"' | '\'' | '$' | '\\' | '\n');
            ensure!(
                !path.to_string_lossy().contains(odd),
                "{option} {}: pkg-config and shells do not get on with quotes, $ and \\ in names",
                path.display()
            );
        }
        let inside = libdir.strip_prefix(&prefix).unwrap_or(libdir);
        let plain = |part| matches!(part, Component::Normal(_));
        ensure!(
            inside.components().count() > 0 && inside.components().all(plain),
            "--libdir {} does not lie inside --prefix {}",
            libdir.display(),
            prefix.display()
        );
        Ok(Self { libdir: inside.to_path_buf(), prefix })
    }

    /// The folder with GLib's library names.
    fn glib(&self) -> PathBuf {
        self.libdir.join("mainspring/glib")
    }

    /// What somebody who has just installed needs to know. Exported, because a variable set in front
    /// of `cc $(pkg-config …)` is not yet set when the shell runs pkg-config. Nothing of it gets into
    /// programs: like GLib's, our pkg-config files name no run-time path.
    pub fn directions(&self) -> String {
        let at = |folder: PathBuf| quoted(&self.prefix.join(folder).display().to_string());
        format!(
            "\
to build programs that ask for glib-2.0 on mainspring:
  export PKG_CONFIG_PATH={}
to run them, unless ldconfig knows the directory:
  export LD_LIBRARY_PATH={}
to run programs that were built for GLib (mainspring check PROGRAM says which can):
  export LD_LIBRARY_PATH={}
or, whatever they use of GLib beside its loop:
  {} run PROGRAM",
            at(pkgconfig::glib_folder(&self.libdir)),
            at(self.libdir.clone()),
            at(self.glib()),
            at(PathBuf::from("bin").join(COMMAND)),
        )
    }
}

/// The path without `.` and `..`, by its words alone: with a destination directory none of it need
/// exist.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// A path as a shell reads it back; there are no quotes in it.
fn quoted(path: &str) -> String {
    let tame = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%=".contains(c);
    match path.chars().all(tame) {
        true => path.to_owned(),
        false => format!("'{path}'"),
    }
}

/// Builds the library and installs everything under `destdir` + prefix.
pub fn install(shop: &Workshop, layout: &Layout, destdir: Option<&Path>) -> Result<()> {
    let built = link::build(shop)?;
    let root = match destdir {
        Some(dir) => dir.join(layout.prefix.strip_prefix("/")?),
        None => layout.prefix.clone(),
    };
    let lib = root.join(&layout.libdir);
    place_libraries(&built, &lib)?;
    place_interface(shop, layout, &root)?;
    let command = build_command(shop)?;
    place(&command.join(COMMAND), &root.join("bin").join(COMMAND), 0o755)?;
    link::relink(&root.join("bin").join(CHECK), Path::new(COMMAND))?;
    for (name, folder) in PAPERS {
        place(&command.join(name), &root.join("share").join(folder).join(name), 0o644)?;
    }
    glib_names(&root.join(layout.glib()))
}

/// Installs a standalone library from the directory `built` with what programs need to be built with it.
pub fn install_variant(shop: &Workshop, layout: &Layout, built: &Path) -> Result<()> {
    let lib = layout.prefix.join(&layout.libdir);
    place(&built.join(STANDALONE.file), &lib.join(STANDALONE.file), 0o755)?;
    link::link_names(&lib, STANDALONE)?;
    place_interface(shop, layout, &layout.prefix)
}

/// Headers and pkg-config files.
fn place_interface(shop: &Workshop, layout: &Layout, root: &Path) -> Result<()> {
    place_headers(&shop.root.join("include"), &root.join("include/mainspring"))?;
    pkgconfig::files(&layout.libdir).into_iter().try_for_each(|file| {
        write(&root.join(file.folder).join(file.name), file.text.as_bytes(), 0o644)
    })
}

/// Puts the built parts of an installation into one flat directory, for a build system that
/// installs them itself.
pub fn parts(shop: &Workshop, layout: &Layout, out: &Path) -> Result<()> {
    let built = link::build(shop)?;
    place_libraries(&built, out)?;
    for file in pkgconfig::files(&layout.libdir) {
        write(&out.join(file.name), file.text.as_bytes(), 0o644)?;
    }
    let command = build_command(shop)?;
    place(&command.join(COMMAND), &out.join(COMMAND), 0o755)?;
    PAPERS.iter().try_for_each(|(name, _)| place(&command.join(name), &out.join(name), 0o644))
}

/// Builds the command, has it write about itself, and gives the folder with all that.
fn build_command(shop: &Workshop) -> Result<PathBuf> {
    let built = link::command(shop, PACKAGE)?.join(COMMAND);
    let folder = shop.fresh_dir("command")?;
    let mut papers = Command::new(&built);
    papers.arg("papers").arg(&folder).run()?;
    place(&built, &folder.join(COMMAND), 0o755)?;
    Ok(folder)
}

/// GLib's library names as links to the one library: a process that has it under two names maps it once.
fn glib_names(folder: &Path) -> Result<()> {
    let told = || format!("installing {}", folder.display());
    fs::create_dir_all(folder).with_context(told)?;
    let target = Path::new("../..").join(STANDALONE.soname);
    for name in GLIB_LIBRARIES {
        link::relink(&folder.join(name), &target)?;
    }
    Ok(())
}

fn place_libraries(built: &Path, lib: &Path) -> Result<()> {
    place(&built.join(ARCHIVE), &lib.join(ARCHIVE), 0o644)?;
    for shared in [STANDALONE, OVERLAY] {
        place(&built.join(shared.file), &lib.join(shared.file), 0o755)?;
        link::link_names(lib, shared)?;
    }
    Ok(())
}

fn place(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("reading {}", from.display()))?;
    write(to, &bytes, mode)
}

/// Writes under another name first and renames then: a program that has the old library mapped
/// keeps it, and nobody ever sees half a file. The mode is the same whatever the umask.
fn write(to: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let told = || format!("installing {}", to.display());
    fs::create_dir_all(to.parent().with_context(told)?).with_context(told)?;
    let mut fresh = to.as_os_str().to_owned();
    fresh.push(".new");
    fs::write(&fresh, bytes).with_context(told)?;
    fs::set_permissions(&fresh, Permissions::from_mode(mode)).with_context(told)?;
    fs::rename(&fresh, to).with_context(told)
}

fn place_headers(from: &Path, to: &Path) -> Result<()> {
    let entries = fs::read_dir(from).with_context(|| format!("reading {}", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            place_headers(&entry.path(), &target)?;
        } else if entry.path().extension().is_some_and(|ext| ext == "h") {
            place(&entry.path(), &target, 0o644)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libdir_must_lie_inside_the_prefix() {
        let prefix = Path::new("/opt/m");
        assert_eq!(Layout::new(prefix, "/opt/m/lib64").unwrap().libdir, Path::new("lib64"));
        for bad in ["", "/usr/lib", "../lib", "/opt/m"] {
            assert!(Layout::new(prefix, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn odd_prefixes_are_refused_and_roundabout_ones_made_straight() {
        for bad in ["/opt/a\"b", "/opt/it's", "/opt/$HOME", "/opt/a\\b", "/opt/a\nb"] {
            let error = Layout::new(Path::new(bad), "lib").unwrap_err().to_string();
            assert!(error.starts_with("--prefix "), "{error}");
        }
        assert!(Layout::new(Path::new("/opt"), "lib$").is_err());
        let layout = Layout::new(Path::new("/opt/a/../b/./c"), "lib").unwrap();
        assert_eq!(layout.prefix, Path::new("/opt/b/c"));
    }

    #[test]
    fn directions_can_be_pasted_into_a_shell() {
        let said = |prefix: &str| Layout::new(Path::new(prefix), "lib").unwrap().directions();
        assert!(said("/opt/m").contains("export LD_LIBRARY_PATH=/opt/m/lib\n"));
        assert!(
            said("/opt/my own (new)").contains("export LD_LIBRARY_PATH='/opt/my own (new)/lib'\n")
        );
    }
}
