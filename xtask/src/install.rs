//! The installed tree: libraries, headers and the pkg-config files.
//!
//! `mainspring.pc` stands among the system's own; `glib-2.0.pc` in a folder beside it, so that a
//! program finds mainspring under GLib's name only when it asks for that folder;
//! `mainspring-overlay.pc` is for programs that go on linking with GLib. All find their prefix from their own place, hence an installed tree can be moved and carries no path of the
//! machine that built it. Meson installs the same parts through `parts`; how the libraries come to
//! be is `link.rs`'s.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{ensure, Context, Result};

use crate::link::{self, ARCHIVE, OVERLAY, STANDALONE, SYSTEM_LIBRARIES};
use crate::workshop::Workshop;

/// The version of GLib's interface our headers describe; `glib-2.0.pc` answers with it.
const GLIB_VERSION: &str = "2.90.0";

/// Where an installed tree has what.
#[derive(Debug)]
pub struct Layout {
    prefix: PathBuf,
    libdir: PathBuf,
}

impl Layout {
    /// `libdir` is relative to `prefix` or lies inside it: what the pkg-config files can express.
    pub fn new(prefix: &Path, libdir: impl AsRef<Path>) -> Result<Self> {
        let prefix = std::path::absolute(prefix).context("--prefix")?;
        let libdir = libdir.as_ref();
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

    fn pkgconfig(&self) -> PathBuf {
        self.libdir.join("pkgconfig")
    }

    fn glib_pkgconfig(&self) -> PathBuf {
        self.libdir.join("mainspring/pkgconfig")
    }

    /// What somebody who has just installed needs to know. Exported, because a variable set in front
    /// of `cc $(pkg-config …)` is not yet set when the shell runs pkg-config. Nothing of it gets into
    /// programs: like GLib's, our pkg-config files name no run-time path.
    pub fn directions(&self) -> String {
        let at = |folder: PathBuf| self.prefix.join(folder).display().to_string();
        format!(
            "\
to build programs that ask for glib-2.0 on mainspring:
  export PKG_CONFIG_PATH={}
to run them, unless ldconfig knows the directory:
  export LD_LIBRARY_PATH={}",
            at(self.glib_pkgconfig()),
            at(self.libdir.clone()),
        )
    }

    /// The beginning of a pkg-config file that will stand in `folder`, a path below the prefix.
    fn pc_head(&self, folder: &Path, name: &str, version: &str, description: &str) -> String {
        let up = "/..".repeat(folder.components().count());
        let libdir = self.libdir.display();
        format!(
            "\
prefix=${{pcfiledir}}{up}
includedir=${{prefix}}/include
libdir=${{prefix}}/{libdir}

Name: {name}
Description: {description}
Version: {version}
"
        )
    }

    /// What a program compiles and links with to have the library in GLib's place.
    fn pc_standalone() -> String {
        let private = SYSTEM_LIBRARIES.join(" ");
        // Linkers that drop libraries nobody has asked for yet (--as-needed) or take from an archive
        // only what is already missing would make `cc $(pkg-config --libs …) program.c` fail, the
        // order in which GLib's programs have always been built. So the library is marked as needed,
        // and one name is asked for, which brings in the archive's only object.
        format!(
            "\
Cflags: -I${{includedir}}/mainspring
Libs: -L${{libdir}} -Wl,--push-state,--no-as-needed,-u,g_main_context_default -lmainspring -Wl,--pop-state
Libs.private: {private}
"
        )
    }

    /// What a program that goes on linking with libglib adds. The order counts: whoever is linked
    /// first is asked first, and what pkg-config is told to require comes behind.
    fn pc_overlay() -> String {
        "\
Requires: glib-2.0 >= 2.56
Libs: -L${libdir} -Wl,--push-state,--no-as-needed -lmainspring-overlay -Wl,--pop-state
"
        .to_owned()
    }

    /// All pkg-config files: the folder below the prefix, the file's name and its text.
    fn pc_files(&self) -> [(PathBuf, &'static str, String); 3] {
        let own = self.pkgconfig();
        let glib = self.glib_pkgconfig();
        let own_text = self.pc_head(
            &own,
            "mainspring",
            env!("CARGO_PKG_VERSION"),
            "GLib's main loop for C programs, without libglib",
        );
        let glib_text = self.pc_head(
            &glib,
            "GLib",
            GLIB_VERSION,
            "GLib's main loop and everyday helpers, provided by mainspring",
        );
        let overlay_text = self.pc_head(
            &own,
            "mainspring-overlay",
            env!("CARGO_PKG_VERSION"),
            "GLib's main loop in front of libglib, for programs that use both",
        );
        [
            (own.clone(), "mainspring.pc", own_text + &Self::pc_standalone()),
            (own, "mainspring-overlay.pc", overlay_text + &Self::pc_overlay()),
            (glib, "glib-2.0.pc", glib_text + &Self::pc_standalone()),
        ]
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
    place_headers(&shop.root.join("include"), &root.join("include/mainspring"))?;
    for (folder, name, text) in layout.pc_files() {
        write(&root.join(folder).join(name), text.as_bytes(), 0o644)?;
    }
    Ok(())
}

/// Puts the built parts of an installation into one flat directory, for a build system that
/// installs them itself.
pub fn parts(shop: &Workshop, layout: &Layout, out: &Path) -> Result<()> {
    let built = link::build(shop)?;
    place_libraries(&built, out)?;
    for (_, name, text) in layout.pc_files() {
        write(&out.join(name), text.as_bytes(), 0o644)?;
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
    fn pc_files_climb_from_their_folder_to_the_prefix() {
        let layout = Layout::new(Path::new("/usr"), "lib/x86_64-linux-gnu").unwrap();
        let [own, overlay, glib] = layout.pc_files();
        assert!(own.2.starts_with("prefix=${pcfiledir}/../../..\n"));
        assert!(glib.2.starts_with("prefix=${pcfiledir}/../../../..\n"));
        assert!(own.2.contains("libdir=${prefix}/lib/x86_64-linux-gnu\n"));
        assert!(glib.2.contains("Version: 2.90.0\n"));
        assert!(overlay.2.starts_with("prefix=${pcfiledir}/../../..\n"));
        assert!(overlay.2.contains("-lmainspring-overlay ") && !overlay.2.contains("Cflags"));
    }

    #[test]
    fn libdir_must_lie_inside_the_prefix() {
        let prefix = Path::new("/opt/m");
        assert_eq!(Layout::new(prefix, "/opt/m/lib64").unwrap().libdir, Path::new("lib64"));
        for bad in ["", "/usr/lib", "../lib", "/opt/m"] {
            assert!(Layout::new(prefix, bad).is_err(), "{bad}");
        }
    }
}
