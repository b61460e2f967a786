//! Packages of another release, from where this machine has its own.
//!
//! apt is asked with lists, status and cache of its own, so that nothing of this machine's is touched; it takes every
//! package for not installed and fetches all that is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{ensure, Context, Result};

use crate::proc::CommandExt as _;

/// How the names of apt's settings begin that say how archives are reached.
const ACCESS: [&str; 3] = ["Acquire::http", "Acquire::Check-", "Acquire::Retries"];

/// The archive this machine's packages come from.
#[derive(Debug)]
pub struct Mirror {
    uri: String,
    /// Who signs it, where apt has no other way to know.
    keyring: Option<PathBuf>,
    /// The name of the release this machine has.
    pub own_suite: String,
}

impl Mirror {
    pub fn of_this_machine() -> Result<Self> {
        let system = fs::read_to_string("/etc/os-release").context("reading /etc/os-release")?;
        let field = |name: &str| {
            let line = system.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        let own_suite = field("VERSION_CODENAME=").context("this system's release has no name")?;
        let format = "$(CODENAME) $(COMPONENT) $(REPO_URI)";
        let mut apt = Command::new("apt-get");
        apt.args(["indextargets", "--format", format, "Created-By: Packages"]);
        let targets = apt.output_text()?;
        let start = format!("{own_suite} main ");
        let uri = targets.lines().find_map(|line| line.strip_prefix(&start));
        let uri = uri.with_context(|| format!("apt knows no archive of {own_suite}"))?.to_owned();
        let keyring =
            field("ID=").map(|id| format!("/usr/share/keyrings/{id}-archive-keyring.gpg"));
        let keyring = keyring.map(PathBuf::from).filter(|path| path.exists());
        Ok(Self { uri, keyring, own_suite })
    }

    /// A place in `dir` from which the packages of a release can be had; an error if there is no such release.
    pub fn suite(&self, suite: &str, dir: &Path) -> Result<Suite> {
        for folder in ["lists/partial", "archives/partial"] {
            fs::create_dir_all(dir.join(folder))?;
        }
        let option = self.keyring.as_ref().map(|path| format!("[signed-by={}] ", path.display()));
        let line = format!("deb {}{} {suite} main\n", option.unwrap_or_default(), self.uri);
        fs::write(dir.join("sources.list"), line)?;
        fs::write(dir.join("status"), "")?;
        // How to reach the archive is the machine's choice.
        let settings = Command::new("apt-config").args(["dump", "Acquire"]).output_text()?;
        let of_access = |line: &&str| ACCESS.iter().any(|start| line.starts_with(start));
        let access: String =
            settings.lines().filter(of_access).map(|line| format!("{line}\n")).collect();
        let dir = dir.display();
        let settings = format!(
            "{access}Dir::Etc::sourcelist \"{dir}/sources.list\";\n\
             Dir::Etc::sourceparts \"/dev/null\";\nDir::Etc::parts \"/dev/null\";\n\
             Dir::Etc::preferences \"/dev/null\";\nDir::Etc::preferencesparts \"/dev/null\";\n\
             Dir::State::lists \"{dir}/lists\";\nDir::State::status \"{dir}/status\";\n\
             Dir::Cache \"{dir}\";\nDir::Cache::archives \"{dir}/archives\";\n\
             APT::Install-Recommends \"false\";\nAPT::Sandbox::User \"\";\n\
             Acquire::Languages \"none\";\nAcquire::GzipIndexes \"true\";\n"
        );
        let suite = Suite { dir: PathBuf::from(dir.to_string()) };
        fs::write(suite.dir.join("apt.conf"), settings)?;
        suite.apt("apt-get").args(["-qq", "update"]).output_text()?;
        Ok(suite)
    }
}

/// A release and its packages.
#[derive(Debug)]
pub struct Suite {
    dir: PathBuf,
}

impl Suite {
    fn apt(&self, program: &str) -> Command {
        let mut apt = Command::new(program);
        apt.env("APT_CONFIG", self.dir.join("apt.conf")).env("LC_ALL", "C");
        apt
    }

    /// The version of a package that would be fetched.
    pub fn version(&self, package: &str) -> Result<String> {
        let text = self.apt("apt-cache").args(["policy", package]).output_text()?;
        let line = text.lines().find_map(|line| line.trim().strip_prefix("Candidate: "));
        let version = line.filter(|version| *version != "(none)");
        version.map(str::to_owned).with_context(|| format!("it has no {package}"))
    }

    /// Fetches packages and all they need; gives the files, sorted.
    pub fn fetch(&self, packages: &[&str]) -> Result<Vec<PathBuf>> {
        let mut apt = self.apt("apt-get");
        apt.args(["-qq", "--yes", "--download-only", "install"]).args(packages).output_text()?;
        // Once more, for the names: a kept archive may be of an older list.
        let mut apt = self.apt("apt-get");
        apt.args(["-qq", "--yes", "--simulate", "install"]).args(packages);
        let plan = apt.output_text()?;
        let chosen: Vec<String> = plan.lines().filter_map(archive_name).collect();
        ensure!(!chosen.is_empty(), "apt has no plan for {}", packages.join(" "));
        let mut files: Vec<PathBuf> =
            chosen.iter().map(|start| self.archive(start)).collect::<Result<_>>()?;
        files.sort();
        Ok(files)
    }

    /// The fetched file whose name begins like this; what follows is the machine's name.
    fn archive(&self, start: &str) -> Result<PathBuf> {
        let folder = self.dir.join("archives");
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.strip_prefix(start).is_some_and(|rest| rest.starts_with('_')) {
                return Ok(path.clone());
            }
        }
        anyhow::bail!("{start} was not fetched")
    }
}

/// From `Inst name (version …)` the beginning of the archive's name, as apt writes it: `name_version`.
fn archive_name(line: &str) -> Option<String> {
    let (name, rest) = line.strip_prefix("Inst ")?.split_once(" (")?;
    let version = rest.split_whitespace().next()?;
    let name = name.split(':').next().unwrap_or(name);
    Some(format!("{name}_{}", version.replace(':', "%3a")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planned_package_names_its_archive() {
        let line = "Inst libgmp10 (2:6.3.0+dfsg-5+b2 Debian:testing [amd64]) []";
        assert_eq!(archive_name(line).unwrap(), "libgmp10_2%3a6.3.0+dfsg-5+b2");
        assert_eq!(archive_name("Conf libgmp10 (2:6.3.0 Debian [amd64])"), None);
    }
}
