//! Where things are: the repository, the build directory and the prefix the library is staged in.
//!
//! Everything a command writes goes below `work` (`target/xtask`), so deleting `target` forgets it
//! all. How the stage is filled stands in `install.rs`; how programs are run, in `proc.rs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::install::{self, Layout};
use crate::proc::CommandExt as _;

/// The places one invocation of `cargo xtask` works in.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target directory, wherever the user's configuration puts it.
    pub target: PathBuf,
    /// What the commands build and write: `<target>/xtask`.
    pub work: PathBuf,
    /// How many compilers may run side by side.
    pub jobs: usize,
    stage: PathBuf,
}

impl Workshop {
    /// Finds the repository and cargo's target directory.
    pub fn open() -> Result<Self> {
        // What cargo says now, not what it said when we were compiled: the tree may have been moved
        // since, or be reached through a symbolic link. Compilers see it under its real name.
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package)
            .join("..")
            .canonicalize()
            .with_context(|| format!("finding the workspace of {package:?}"))?;
        let metadata = cargo()
            .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
            .current_dir(&root)
            .output_text()?;
        let target = target_directory(&metadata)?;
        Ok(Self::at(root, target))
    }

    fn at(root: PathBuf, target: PathBuf) -> Self {
        let work = target.join("xtask");
        let stage = work.join("stage");
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        Self { root, target, work, jobs, stage }
    }

    /// The same repository built into another target directory.
    pub fn with_target(&self, target: PathBuf) -> Self {
        Self::at(self.root.clone(), target)
    }

    /// The same repository with another library in the place of the stage's.
    pub fn with_stage(&self, stage: PathBuf) -> Self {
        Self { stage, ..self.clone() }
    }

    /// The prefix the library is installed in before anything in C is built against it.
    pub fn stage(&self) -> &Path {
        &self.stage
    }

    /// Builds the library and installs it afresh in the stage.
    pub fn fill_stage(&self) -> Result<()> {
        install::install(self, &Layout::new(&self.stage, "lib")?, None)
    }

    /// The directory of libraries in the stage, for `LD_LIBRARY_PATH`.
    pub fn stage_lib(&self) -> PathBuf {
        self.stage.join("lib")
    }

    /// The folder whose `glib-2.0.pc` leads to mainspring, for `PKG_CONFIG_PATH`.
    pub fn stage_pkgconfig(&self) -> PathBuf {
        self.stage.join("lib/mainspring/pkgconfig")
    }

    /// An empty directory of that name below `work`.
    pub fn fresh_dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.work.join(name);
        if dir.exists() {
            std::fs::remove_dir_all(&dir).with_context(|| format!("emptying {}", dir.display()))?;
        }
        std::fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
        Ok(dir)
    }
}

/// The cargo that runs us, so that toolchain overrides are honoured.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Reads the one field we need out of `cargo metadata`.
fn target_directory(metadata: &str) -> Result<PathBuf> {
    let metadata: serde_json::Value = serde_json::from_str(metadata)?;
    let directory = metadata["target_directory"].as_str();
    directory.map(PathBuf::from).context("cargo metadata names no target_directory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_directory_is_read_with_its_escapes() {
        let text = r#"{"packages":[],"target_directory":"/a \"b\"/c","version":1}"#;
        assert_eq!(target_directory(text).unwrap(), Path::new("/a \"b\"/c"));
        assert!(target_directory("{}").is_err());
    }
}
