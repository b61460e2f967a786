//! Small C and C++ texts put to a compiler: which compilers there are, whose headers they see, and
//! which line of a text a complaint is about. What is asked is known to those who ask.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{ensure, Context, Result};

use crate::proc::{CommandExt as _, Finished};
use crate::workshop::Workshop;

/// A language and its two compilers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    C,
    Cxx,
}

impl Language {
    pub fn compilers(self) -> [&'static str; 2] {
        match self {
            Language::C => ["gcc", "clang"],
            Language::Cxx => ["g++", "clang++"],
        }
    }

    /// What `-x` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Language::C => "c",
            Language::Cxx => "c++",
        }
    }
}

/// Where a text finds `glib.h`.
#[derive(Debug, Clone)]
pub struct Headers {
    pub name: &'static str,
    pub flags: Vec<String>,
}

impl Headers {
    pub fn ours(shop: &Workshop) -> Self {
        let include = shop.root.join("include");
        Self { name: "our", flags: vec![format!("-I{}", include.display())] }
    }

    /// GLib's own, as installed on this machine.
    pub fn of_glib() -> Result<Self> {
        let flags = Command::new("pkg-config")
            .args(["--cflags", "glib-2.0"])
            .env_remove("PKG_CONFIG_PATH")
            .output_text()?;
        ensure!(flags.contains("glib-2.0"), "{} is not GLib's", flags.trim());
        Ok(Self { name: "GLib's", flags: flags.split_whitespace().map(str::to_owned).collect() })
    }
}

/// A text in a file of its own.
pub struct Text {
    path: PathBuf,
    language: Language,
}

impl Text {
    pub fn write(dir: &Path, name: &str, language: Language, text: &str) -> Result<Self> {
        let path = dir.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        Ok(Self { path, language })
    }

    pub fn compiler(&self, compiler: &str, headers: &Headers, flags: &[&str]) -> Command {
        let mut command = Command::new(compiler);
        command.env("LC_ALL", "C").args(flags).args(&headers.flags);
        command.args(["-x", self.language.name()]).arg(&self.path);
        command
    }

    /// What the compiler has to say of the text without making anything of it.
    pub fn examine(&self, compiler: &str, headers: &Headers, flags: &[&str]) -> Result<Finished> {
        self.compiler(compiler, headers, flags).arg("-fsyntax-only").finish()
    }

    /// Compiles with gcc, links with nothing, runs, and returns what the program printed.
    pub fn answers(&self, headers: &Headers, flags: &[&str]) -> Result<String> {
        let program = self.path.with_extension("");
        self.compiler("gcc", headers, flags).arg("-o").arg(&program).output_text()?;
        Command::new(&program).output_text()
    }

    /// The first complaint about each line of the text, by line number; complaints about other
    /// files stand under 0.
    pub fn complaints(&self, finished: &Finished) -> BTreeMap<usize, String> {
        let file = format!("{}:", self.path.display());
        let mut found = BTreeMap::new();
        for line in finished.stderr.lines() {
            let Some((place, what)) =
                ["error: ", "warning: "].iter().find_map(|kind| line.split_once(kind))
            else {
                continue;
            };
            let number = place
                .strip_prefix(&file)
                .and_then(|rest| rest.split(':').next()?.parse().ok())
                .unwrap_or(0);
            found.entry(number).or_insert_with(|| match number {
                0 => line.to_owned(),
                _ => what.to_owned(),
            });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;

    #[test]
    fn complaints_are_found_by_line() {
        let text = Text { path: "/d/a.c".into(), language: Language::C };
        let stderr = "/d/a.c:3:5: warning: 'f' is deprecated\n/d/a.c:3:9: error: second\n\
                      /i/b.h:9:1: error: elsewhere\n   3 | no place\n";
        let finished = Finished {
            status: std::process::ExitStatus::from_raw(0),
            stdout: String::new(),
            stderr: stderr.to_owned(),
        };
        let found = text.complaints(&finished);
        assert_eq!(found[&3], "'f' is deprecated");
        assert_eq!(found[&0], "/i/b.h:9:1: error: elsewhere");
        assert_eq!(found.len(), 2);
    }
}
