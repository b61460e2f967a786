//! The programs the test run needs beside cargo and a C compiler, and how they come onto the machine.
//!
//! On Debian and its relatives, as root, what is missing is installed with apt, and parts of the Rust
//! toolchain with rustup. Elsewhere the missing packages are named and the run ends: a check that
//! was skipped must not look green.

use std::process::Command;

use anyhow::{ensure, Result};

use crate::proc::{have, CommandExt as _};
use crate::workshop::cargo;

/// Something a stage needs: the Debian package and how to see that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    name: &'static str,
    sign: Sign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// A program on the path.
    Program(&'static str),
    /// A file that only this package brings.
    File(&'static str),
    /// The folder for its documentation, which every package brings.
    Documentation,
    /// A subcommand of cargo, which is a component of the toolchain and no Debian package.
    Cargo(&'static str),
    /// A C header that compilers find.
    Header(&'static str),
    /// Real GLib, which every twin is compared with; mainspring under GLib's name does not count.
    RealGlib,
}

pub const fn program(name: &'static str, program: &'static str) -> Package {
    Package { name, sign: Sign::Program(program) }
}

const fn header(name: &'static str, header: &'static str) -> Package {
    Package { name, sign: Sign::Header(header) }
}

pub const fn file(name: &'static str, path: &'static str) -> Package {
    Package { name, sign: Sign::File(path) }
}

pub const fn documented(name: &'static str) -> Package {
    Package { name, sign: Sign::Documentation }
}

pub const GCC: Package = program("gcc", "gcc");
pub const GXX: Package = program("g++", "g++");
pub const BINUTILS: Package = program("binutils", "objcopy");
pub const CLANG: Package = program("clang", "clang++");
pub const LLD: Package = program("lld", "ld.lld");
pub const PKG_CONFIG: Package = program("pkg-config", "pkg-config");
pub const CMAKE: Package = program("cmake", "cmake");
pub const MESON: Package = program("meson", "meson");
pub const NINJA: Package = program("ninja-build", "ninja");
pub const VALGRIND: Package = program("valgrind", "valgrind");
pub const STRACE: Package = program("strace", "strace");
pub const LIBEV: Package = header("libev-dev", "ev.h");
pub const LIBUV: Package = header("libuv1-dev", "uv.h");
pub const LIBEVENT: Package = header("libevent-dev", "event2/event.h");
pub const LIBSYSTEMD: Package = header("libsystemd-dev", "systemd/sd-event.h");
pub const DBUS: Package = program("dbus-daemon", "dbus-run-session");
pub const GLIB_TESTS: Package =
    file("libglib2.0-tests", "/usr/libexec/installed-tests/glib/mainloop");
pub const GERMAN: Package = file("libglib2.0-data", "/usr/share/locale/de/LC_MESSAGES/glib20.mo");
pub const MUSL: Package = program("musl-tools", "musl-gcc");
pub const SETCAP: Package = program("libcap2-bin", "setcap");
pub const BUBBLEWRAP: Package = program("bubblewrap", "bwrap");
pub const RUSTFMT: Package = Package { name: "rustfmt", sign: Sign::Cargo("fmt") };
pub const CLIPPY: Package = Package { name: "clippy", sign: Sign::Cargo("clippy") };
pub const REAL_GLIB: Package = Package { name: "libglib2.0-dev", sign: Sign::RealGlib };

impl Package {
    fn is_there(&self) -> bool {
        match self.sign {
            Sign::Program(program) => have(program),
            Sign::File(path) => std::path::Path::new(path).exists(),
            Sign::Documentation => std::path::Path::new("/usr/share/doc").join(self.name).exists(),
            Sign::Cargo(subcommand) => {
                let version = cargo().args([subcommand, "--version"]).output_text();
                version.is_ok()
            }
            Sign::Header(header) => Command::new("gcc")
                .args(["-fsyntax-only", "-include", header, "-x", "c", "/dev/null"])
                .finish()
                .is_ok_and(|finished| finished.status.success()),
            Sign::RealGlib => Command::new("pkg-config")
                .args(["--libs", "glib-2.0"])
                .env_remove("PKG_CONFIG_PATH")
                .output_text()
                .is_ok_and(|flags| flags.split_whitespace().any(|flag| flag == "-lglib-2.0")),
        }
    }
}

/// Sees to it that all of `packages` are on the machine, or fails with their names.
pub fn require(packages: impl IntoIterator<Item = Package>) -> Result<()> {
    let mut packages: Vec<Package> = packages.into_iter().collect();
    packages.sort_unstable();
    packages.dedup();
    let lacking = Lacking::among(&packages);
    if !lacking.components.is_empty() && have("rustup") {
        rustup(&lacking.components)?;
    }
    if !lacking.packages.is_empty() && have("apt-get") && is_root() {
        apt_get(&lacking.packages)?;
    }
    let lacking = Lacking::among(&packages);
    ensure!(lacking.packages.is_empty() && lacking.components.is_empty(), "{}", lacking.advice());
    Ok(())
}

/// What is missing, by who could bring it.
struct Lacking {
    packages: Vec<&'static str>,
    components: Vec<&'static str>,
}

impl Lacking {
    fn among(packages: &[Package]) -> Self {
        let missing = packages.iter().filter(|package| !package.is_there());
        let (components, packages): (Vec<Package>, Vec<Package>) =
            missing.copied().partition(|package| matches!(package.sign, Sign::Cargo(_)));
        let names = |packages: Vec<Package>| packages.iter().map(|package| package.name).collect();
        Self { packages: names(packages), components: names(components) }
    }

    fn advice(&self) -> String {
        let mut text = "the tests need what this machine lacks; on Debian:".to_owned();
        for (command, names) in
            [("apt-get install", &self.packages), ("rustup component add", &self.components)]
        {
            if !names.is_empty() {
                text += &format!("\n  {command} {}", names.join(" "));
            }
        }
        text
    }
}

fn rustup(components: &[&str]) -> Result<()> {
    println!("adding {}", components.join(" "));
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add"]).args(components).run()
}

fn apt_get(packages: &[&str]) -> Result<()> {
    println!("installing {}", packages.join(" "));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        apt
    };
    apt().arg("update").run()?;
    apt().args(["install", "--yes", "--no-install-recommends"]).args(packages).run()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output_text();
    id.is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_is_named_with_the_command_that_brings_it() {
        let component = Package { name: "component", sign: Sign::Cargo("no-such-subcommand") };
        let packages =
            [program("sh-package", "sh"), program("absent", "no-such-program"), component];
        let advice = Lacking::among(&packages).advice();
        assert!(advice.ends_with("apt-get install absent\n  rustup component add component"));
    }
}
