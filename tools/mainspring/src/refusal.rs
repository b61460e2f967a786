//! Why a program is not started, or cannot be judged: one line, and the exit status shells give in such a case.

use std::fmt;
use std::io;
use std::path::Path;

/// Why a program is not started.
#[derive(Debug)]
pub struct Refusal {
    reason: String,
    status: u8,
}

impl Refusal {
    pub fn status(&self) -> u8 {
        self.status
    }

    pub fn absent(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), status: 127 }
    }

    pub fn unfit(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), status: 126 }
    }

    /// Of a file that cannot be looked at.
    pub fn unreadable(file: &Path, error: &io::Error) -> Self {
        let name = file.display();
        match error.kind() {
            io::ErrorKind::NotFound => Self::absent(format!("{name}: no such program")),
            io::ErrorKind::IsADirectory => Self::unfit(format!("{name}: is a directory")),
            io::ErrorKind::PermissionDenied => Self::unfit(format!(
                "{name}: may not be read, so there is no telling what it needs"
            )),
            _ => Self::unfit(format!("{name}: {error}")),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refusal {}
