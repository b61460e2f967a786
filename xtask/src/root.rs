//! A file system of another release of the distribution, and running programs in it.
//!
//! It is made of packages that are unpacked and not installed: no script of theirs is run, so the few files that those
//! would write are written here. Programs get into it by `bwrap`, which needs no rights beyond those of users who may
//! make namespaces. Where the packages come from is `versions/mirror.rs`'s business.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::proc::CommandExt as _;

/// Names of users, groups and hosts, without which many programs fail.
const FILES: [(&str, &str); 5] = [
    ("passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"),
    ("group", "root:x:0:\nnogroup:x:65534:\n"),
    ("hosts", "127.0.0.1 localhost\n::1 localhost\n"),
    ("services", "http 80/tcp\nhttps 443/tcp\nftp 21/tcp\n"),
    ("machine-id", "0123456789abcdef0123456789abcdef\n"),
];

/// Folders that are links in releases whose `/usr` has everything.
const MERGED: [&str; 4] = ["bin", "sbin", "lib", "lib64"];

/// A folder that programs take for `/`.
#[derive(Debug)]
pub struct Root {
    folder: PathBuf,
    /// What they see of this machine, under its own name.
    visible: Vec<PathBuf>,
}

impl Root {
    /// Unpacks packages, the later over the earlier, into `folder`, which must be empty; programs will see `visible`.
    pub fn unpack(folder: &Path, packages: &[PathBuf], visible: &[&Path]) -> Result<Self> {
        for name in MERGED {
            fs::create_dir_all(folder.join("usr").join(name))?;
            std::os::unix::fs::symlink(Path::new("usr").join(name), folder.join(name))?;
        }
        for package in packages {
            Command::new("dpkg-deb").arg("-x").args([package.as_path(), folder]).run()?;
        }
        for (name, text) in FILES {
            let path = folder.join("etc").join(name);
            fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(Self::of(folder, visible))
    }

    /// One that was unpacked before.
    pub fn of(folder: &Path, visible: &[&Path]) -> Self {
        Self {
            folder: folder.to_path_buf(),
            visible: visible.iter().map(|path| path.to_path_buf()).collect(),
        }
    }

    /// The command as it is to be run for its program to find itself in this file system, where `home` may be
    /// written to. It gets the environment that was set for it and nothing else.
    pub fn inside(&self, command: &Command, home: Option<&Path>) -> Command {
        let mut outer = Command::new("bwrap");
        outer.arg("--bind").args([self.folder.as_path(), Path::new("/")]);
        outer.args(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/run"]);
        for path in &self.visible {
            outer.arg("--ro-bind").args([path, path]);
        }
        if let Some(home) = home {
            outer.arg("--bind").args([home, home]);
        }
        outer.args(["--unshare-pid", "--die-with-parent", "--clearenv"]);
        outer.args(["--setenv", "PATH", "/usr/bin:/bin:/usr/sbin:/sbin"]);
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                outer.arg("--setenv").args([name, value]);
            }
        }
        if let Some(dir) = command.get_current_dir().or(home) {
            outer.arg("--chdir").arg(dir);
        }
        outer.arg("--").arg(command.get_program()).args(command.get_args());
        outer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_keeps_its_words_and_its_environment() {
        let mut command = Command::new("program");
        command.args(["a", "b c"]).env("NAME", "value").env_remove("OTHER").current_dir("/dir");
        let line =
            Root::of(Path::new("/root"), &[Path::new("/seen")]).inside(&command, None).line();
        assert!(line.starts_with("bwrap --bind /root / "), "{line}");
        assert!(line.contains(" --ro-bind /seen /seen "), "{line}");
        assert!(line.contains(" --setenv NAME value ") && !line.contains("OTHER"), "{line}");
        assert!(line.ends_with(" --chdir /dir -- program a b c"), "{line}");
    }
}
