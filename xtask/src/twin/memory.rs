//! Running a case under valgrind and reading what its log says about descriptors.
//!
//! Memory errors and leaks turn into an exit status by valgrind itself; descriptors left open do
//! not, so the log is read for them.

use std::path::Path;
use std::process::Command;

use anyhow::{ensure, Context, Result};

/// The status valgrind ends with if it found errors or leaks.
const FAULTY: &str = "99";

/// The default context lives until the process ends and may keep its wakeup and its epoll set.
const KEPT_BY_DEFAULT_CONTEXT: usize = 2;

/// The start of a valgrind command line; `leaks` for a case that leaves memory behind on purpose.
pub fn valgrind(log: &Path, leaks: bool) -> Command {
    let mut command = Command::new("valgrind");
    command
        .arg(format!("--error-exitcode={FAULTY}"))
        .arg(format!(
            "--leak-check={}",
            if leaks { "no" } else { "full" }
        ))
        .args([
            "--errors-for-leak-kinds=definite,indirect,possible",
            "--track-fds=yes",
        ])
        .args(["--child-silent-after-fork=yes", "--fair-sched=yes"])
        .arg(format!("--log-file={}", log.display()));
    command
}

/// Fails if the log shows descriptors that were left open.
pub fn review(log: &Path) -> Result<()> {
    let text = std::fs::read_to_string(log).with_context(|| log.display().to_string())?;
    ensure!(
        text.contains("FILE DESCRIPTORS:"),
        "valgrind did not count descriptors"
    );
    let left = left_open(&text);
    let own = left
        .iter()
        .filter(|name| name.contains("anon_inode"))
        .count();
    ensure!(
        left.len() == own && own <= KEPT_BY_DEFAULT_CONTEXT,
        "descriptors left open: {}",
        left.join(", ")
    );
    Ok(())
}

/// What valgrind names after `Open file descriptor N:`, standard and inherited ones left out.
fn left_open(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.rsplit_once("== ").map_or("", |(_, said)| said.trim()))
        .collect();
    let mut left = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(rest) = line.strip_prefix("Open ") else {
            continue;
        };
        let Some((_, numbered)) = rest
            .split_once("file descriptor ")
            .or(rest.split_once("socket "))
        else {
            continue;
        };
        let standard = numbered
            .split(':')
            .next()
            .and_then(|number| number.trim().parse().ok())
            .is_some_and(|number: u32| number <= 2);
        let inherited = lines
            .get(at + 1)
            .is_some_and(|next| next.contains("<inherited"));
        if !standard && !inherited {
            left.push((*line).to_owned());
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inherited_and_standard_descriptors_are_no_leak() {
        let text = "==7== FILE DESCRIPTORS: 5 open (3 std) at exit.\n\
                    ==7== Open file descriptor 4: /somewhere\n\
                    ==7==    at 0x1: open (open64.c:41)\n\
                    ==7== \n\
                    ==7== Open file descriptor 3: anon_inode:[eventfd]\n\
                    ==7==    <inherited from parent>\n\
                    ==7== \n\
                    ==7== Open file descriptor 2: /dev/null\n";
        assert_eq!(left_open(text), ["Open file descriptor 4: /somewhere"]);
    }
}
