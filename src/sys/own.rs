//! Descriptors the loop opened for itself, and whether a number still means them.
//!
//! Facts:
//! (a) Programs close descriptors they know nothing about (daemonisers, monitors: everything from 3
//!     on), and the kernel gives the numbers out again.
//! (b) `F_SETSIG` stores a signal number with the *open file*; it has no effect without `O_ASYNC`.
//!     Any other file has 0 there, so the number serves as a tag that tells our file from whatever
//!     may have its number by now. Both calls are async-signal-safe.
//! (c) A forked child inherits number, file and tag; `fork::current` tells the two processes apart.
//! (d) A kernel that refuses the tag (emulations) leaves 0: then any open file passes for ours. So it
//!     does where asking is refused, by a kernel or a filter; a closed number is EBADF everywhere.

use super::{fd, fork, Errno};
use crate::sync::{statics, AtomicU32, AtomicU64, Ordering};

const GENERATION_BITS: u32 = (1 << 24) - 1;
/// Tags go round, so that a number lost by one holder and given to another is noticed as well.
const TAGS: u32 = 60;

statics! {
    static NEXT: AtomicU32 = AtomicU32::new(0);
}

/// A descriptor of ours: number, tag, and the fork of the program that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own {
    number: i32,
    tag: u8,
    generation: u32,
}

fn generation() -> u32 {
    fork::current() & GENERATION_BITS
}

impl Own {
    pub const NONE: Own = Own { number: -1, tag: 0, generation: 0 };

    /// Tags a descriptor that was opened just now; an error if somebody has closed it already, and its
    /// number may be anybody's.
    pub fn adopt(number: i32) -> Result<Own, Errno> {
        fork::watch();
        let tag = NEXT.fetch_add(1, Ordering::Relaxed) % TAGS + 1;
        let tagged = fd::tag(number, tag as i32);
        if !tagged && Errno::last() == Errno::BADF {
            return Err(Errno::BADF);
        }
        Ok(Own { number, tag: if tagged { tag as u8 } else { 0 }, generation: generation() })
    }

    pub fn number(self) -> i32 {
        self.number
    }

    pub fn is_some(self) -> bool {
        self.number >= 0
    }

    /// Opened by this process, not by one it was forked from. Async-signal-safe.
    pub fn is_of_this_process(self) -> bool {
        self.generation == generation()
    }

    /// The number still means the file that was opened. Async-signal-safe; changes `errno`.
    pub fn is_ours(self) -> bool {
        let found = fd::tag_of(self.number);
        let fits = found == i32::from(self.tag) || found < 0 && Errno::last() != Errno::BADF;
        self.number >= 0 && fits
    }

    /// Closes it, unless the number is no longer ours.
    pub fn close(self) {
        if !self.is_some() {
            return;
        }
        let saved = Errno::last();
        if self.is_ours() {
            let _ = fd::close(self.number);
        }
        saved.set();
    }
}

/// A place for one of these that a signal handler may read.
pub struct OwnCell(AtomicU64);

impl Default for OwnCell {
    fn default() -> Self {
        OwnCell(AtomicU64::new(pack(Own::NONE)))
    }
}

fn pack(own: Own) -> u64 {
    u64::from(own.number as u32) << 32 | u64::from(own.generation) << 8 | u64::from(own.tag)
}

impl OwnCell {
    pub fn get(&self) -> Own {
        let word = self.0.load(Ordering::Acquire);
        Own {
            number: (word >> 32) as u32 as i32,
            tag: word as u8,
            generation: (word >> 8) as u32 & GENERATION_BITS,
        }
    }

    pub fn set(&self, own: Own) {
        self.0.store(pack(own), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_given_to_another_file_is_no_longer_ours() {
        let opened = |number: Result<i32, Errno>| number.and_then(Own::adopt).expect("an eventfd");
        let (mine, other) =
            (opened(super::super::eventfd::create()), opened(super::super::eventfd::create()));
        assert!(mine.is_ours() && other.is_ours());
        // SAFETY: both descriptors are this test's (I9).
        unsafe { libc::dup2(other.number, mine.number) };
        assert!(!mine.is_ours());
        mine.close();
        assert!(fd::status_flags(mine.number).is_ok(), "somebody else's was closed");
        fd::close(mine.number).expect("still open");
        other.close();
        assert!(!other.is_ours() && !Own::NONE.is_ours());
    }

    #[test]
    fn a_cell_gives_back_what_was_put_in() {
        let cell = OwnCell::default();
        assert_eq!(cell.get(), Own::NONE);
        let own = Own { number: 70_000, tag: 60, generation: GENERATION_BITS };
        cell.set(own);
        assert_eq!(cell.get(), own);
    }
}
