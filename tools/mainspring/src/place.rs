//! Where things are: mainspring's libraries, and the program somebody names.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mainspring_inspect::Shelf;

/// The folder of mainspring's libraries: the one named, or the one of the tree this command is in.
pub fn libraries(named: Option<&Path>) -> Result<PathBuf> {
    match named {
        Some(folder) => Ok(folder.to_path_buf()),
        None => beside(&env::current_exe()?).context(
            "mainspring's library is in none of the folders beside this command; name its folder with --libraries",
        ),
    }
}

fn beside(command: &Path) -> Option<PathBuf> {
    let prefix = command.parent()?.parent()?;
    let multiarch = format!("lib/{}-linux-gnu", env::consts::ARCH);
    let folders = ["lib", "lib64", &multiarch].map(|folder| prefix.join(folder));
    folders.into_iter().find(|folder| Shelf::is_in(folder))
}

/// What the shell would start under this name.
pub fn program(name: &Path) -> PathBuf {
    let plain = name.components().count() == 1 && !name.to_string_lossy().contains('/');
    let path = env::var_os("PATH").filter(|_| plain).unwrap_or_default();
    let found =
        || env::split_paths(&path).map(|folder| folder.join(name)).filter(|file| file.is_file());
    let may_run = |file: &PathBuf| crate::rights::may_be_run(file).is_ok();
    found().find(may_run).or_else(|| found().next()).unwrap_or_else(|| name.to_path_buf())
}
