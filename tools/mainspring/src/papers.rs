//! Manual pages and shell completions, made from the command line's own description.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::Cli;

/// Writes `mainspring.1`, a page for each verb, and completions for three shells.
pub fn write(folder: &Path) -> Result<ExitCode> {
    let told = || format!("writing into {}", folder.display());
    fs::create_dir_all(folder).with_context(told)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(told)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut Cli::command(), "mainspring", folder)
            .with_context(told)?;
    }
    Ok(ExitCode::SUCCESS)
}
