//! Rights that come with a program's file: may it be run, and does it get others than ours?
//!
//! The dynamic linker preloads nothing into a program that gets rights by its file. Facts about the kernel:
//! (a) On file systems mounted `nosuid` neither marks for another user or group nor capabilities count. Where a process has
//!     given up new rights, marks do not count; a file with capabilities gives none, but is guarded all the same.
//! (b) The mark for another group counts only if the group may execute the file.
//! (c) Root has all capabilities already: a file's make no difference to it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{access, getxattr, statvfs, Access, StatVfsMountFlags};

use crate::refusal::Refusal;

const SET_USER: u32 = 0o4000;
const SET_GROUP: u32 = 0o2000;
const GROUP_EXECUTES: u32 = 0o010;
const CAPABILITIES: &str = "security.capability";

/// Whether the kernel would start the file.
pub fn may_be_run(program: &Path) -> Result<(), Refusal> {
    access(program, Access::EXEC_OK)
        .map_err(|_| Refusal::unfit(format!("{}: may not be executed", program.display())))
}

/// Whether the program runs with no other rights than whoever starts it.
pub fn are_ours(program: &Path) -> Result<(), Refusal> {
    let told = |error: io::Error| Refusal::unreadable(program, &error);
    let (of_program, of_us) =
        (fs::metadata(program).map_err(told)?, fs::metadata("/proc/self").map_err(told)?);
    let mode = of_program.mode();
    let marked_group = mode & SET_GROUP != 0 && mode & GROUP_EXECUTES != 0;
    if is_mounted_nosuid(program) {
        return Ok(());
    }
    let marks_count = !has_given_up_rights();
    let what = if marks_count && mode & SET_USER != 0 && of_program.uid() != of_us.uid() {
        "runs with another user's rights"
    } else if marks_count && marked_group && of_program.gid() != of_us.gid() {
        "runs with another group's rights"
    } else if of_us.uid() != 0 && has_capabilities(program) {
        "has capabilities of its own"
    } else {
        return Ok(());
    };
    Err(Refusal::unfit(format!("{} {what}: nothing can be preloaded into it", program.display())))
}

fn has_capabilities(program: &Path) -> bool {
    getxattr(program, CAPABILITIES, &mut [0u8; 64]).is_ok_and(|length| length > 0)
}

fn is_mounted_nosuid(program: &Path) -> bool {
    statvfs(program).is_ok_and(|about| about.f_flag.contains(StatVfsMountFlags::NOSUID))
}

fn has_given_up_rights() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("NoNewPrivs:"));
    line.is_some_and(|value| value.trim() == "1")
}
