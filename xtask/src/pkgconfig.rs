//! The pkg-config files of an installed tree.
//!
//! Two answer to mainspring's own names and stand among the system's. The others answer to GLib's names in
//! a folder of their own: `glib-2.0` and `gthread-2.0` with mainspring, and the libraries above GLib, which
//! mainspring does not have, with a refusal. Without it, a search path that begins with the folder
//! would go on to the system's files, and these would bring the system's libglib in beside mainspring.

use std::path::{Path, PathBuf};

use crate::link::SYSTEM_LIBRARIES;

/// The version of GLib's interface our headers describe; GLib's names answer with it.
const GLIB_VERSION: &str = "2.90.0";

/// Names that stand for more of GLib than mainspring has.
pub const REFUSED: [&str; 7] = [
    "gio-2.0",
    "gio-unix-2.0",
    "girepository-2.0",
    "gmodule-2.0",
    "gmodule-export-2.0",
    "gmodule-no-export-2.0",
    "gobject-2.0",
];

/// A file and where it goes.
#[derive(Debug)]
pub struct File {
    /// Below the prefix.
    pub folder: PathBuf,
    pub name: String,
    pub text: String,
}

/// The folder with GLib's names, below the prefix.
pub fn glib_folder(libdir: &Path) -> PathBuf {
    libdir.join("mainspring/pkgconfig")
}

/// All files of a tree that has its libraries in `libdir`.
pub fn files(libdir: &Path) -> Vec<File> {
    let own = libdir.join("pkgconfig");
    let glib = glib_folder(libdir);
    let mut files = vec![
        File {
            text: library(
                libdir,
                &own,
                "mainspring",
                env!("CARGO_PKG_VERSION"),
                "GLib's main loop for C programs, without libglib",
            ),
            folder: own.clone(),
            name: "mainspring.pc".to_owned(),
        },
        File { text: overlay(libdir, &own), folder: own, name: "mainspring-overlay.pc".to_owned() },
        File {
            text: library(
                libdir,
                &glib,
                "GLib",
                GLIB_VERSION,
                "GLib's main loop and everyday helpers, provided by mainspring",
            ),
            folder: glib.clone(),
            name: "glib-2.0.pc".to_owned(),
        },
        File { text: threads(), folder: glib.clone(), name: "gthread-2.0.pc".to_owned() },
    ];
    files.extend(REFUSED.map(|name| File {
        text: refusal(name),
        folder: glib.clone(),
        name: format!("{name}.pc"),
    }));
    files
}

/// The beginning of a file that will stand in `folder`, a path below the prefix. It finds the prefix
/// from its own place.
fn head(libdir: &Path, folder: &Path, name: &str, version: &str, description: &str) -> String {
    let up = "/..".repeat(folder.components().count());
    let libdir = libdir.display();
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
fn library(libdir: &Path, folder: &Path, name: &str, version: &str, description: &str) -> String {
    let private = SYSTEM_LIBRARIES.join(" ");
    // Linkers that drop libraries nobody has asked for yet (--as-needed) or take from an archive
    // only what is already missing would make `cc $(pkg-config --libs …) program.c` fail, the
    // order in which GLib's programs have always been built. So the library is marked as needed,
    // and one name is asked for, which brings in the archive's only object.
    let link = format!(
        "\
Cflags: -I${{includedir}}/mainspring
Libs: -L${{libdir}} -Wl,--push-state,--no-as-needed,-u,g_main_context_default -lmainspring -Wl,--pop-state
Libs.private: {private}
"
    );
    head(libdir, folder, name, version, description) + &link
}

/// What a program that goes on linking with libglib adds. The order counts: whoever is linked first is
/// asked first, and what pkg-config is told to require comes behind.
fn overlay(libdir: &Path, folder: &Path) -> String {
    let link = "\
Requires: glib-2.0 >= 2.56
Libs: -L${libdir} -Wl,--push-state,--no-as-needed -lmainspring-overlay -Wl,--pop-state
";
    let description = "GLib's main loop in front of libglib, for programs that use both";
    head(libdir, folder, "mainspring-overlay", env!("CARGO_PKG_VERSION"), description) + link
}

/// Threads are part of GLib itself; the name is left for programs that know nothing of it.
fn threads() -> String {
    format!(
        "\
Name: GThread
Description: GLib's threads, provided by mainspring
Version: {GLIB_VERSION}
Requires: glib-2.0
"
    )
}

/// A file that is found and cannot be used: what it requires is nowhere, and its name is the message.
/// The version satisfies nobody who asks for one and looks no further.
fn refusal(name: &str) -> String {
    format!(
        "\
Name: {name}
Description: Not part of mainspring; take mainspring's folder out of PKG_CONFIG_PATH to use GLib's own
Version: 0
Requires: {name}-is-not-part-of-mainspring
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_climb_from_their_folder_to_the_prefix() {
        let files = files(Path::new("lib/x86_64-linux-gnu"));
        let text = |name: &str| &files.iter().find(|file| file.name == name).unwrap().text;
        assert!(text("mainspring.pc").starts_with("prefix=${pcfiledir}/../../..\n"));
        assert!(text("glib-2.0.pc").starts_with("prefix=${pcfiledir}/../../../..\n"));
        assert!(text("glib-2.0.pc").contains("libdir=${prefix}/lib/x86_64-linux-gnu\n"));
        assert!(text("mainspring-overlay.pc").starts_with("prefix=${pcfiledir}/../../..\n"));
        assert!(!text("mainspring-overlay.pc").contains("Cflags"));
        assert!(text("gthread-2.0.pc").contains("Version: 2.90.0\n"));
    }
}
