//! All descriptors of the process at once: closing them, or marking them to be closed by `exec`.
//!
//! Facts: `close_range` (Linux 5.9) does either in one call; marking came with 5.11. Before, and
//! where a filter forbids it, `/proc/self/fd` lists what is open. All of this is async-signal-safe:
//! it happens between `fork` and `exec`, so nothing here allocates or locks, and the folder is read
//! with `getdents64` into a buffer on the stack. An entry of that call is its inode (8 bytes), a
//! position (8), its own length (2), a kind (1), and the name with a NUL.

use super::{fd, Errno};

const CLOSE_RANGE_CLOEXEC: u32 = 1 << 2;
const NAME: usize = 19;

/// Closes every descriptor from `low` on.
pub fn close_from(low: i32) -> Result<(), Errno> {
    range(low, 0).or_else(|_| {
        each(low, |number| {
            let _ = fd::close(number);
        })
    })
}

/// Marks every descriptor from `low` on to be closed by `exec`.
pub fn cloexec_from(low: i32) -> Result<(), Errno> {
    range(low, CLOSE_RANGE_CLOEXEC).or_else(|_| {
        each(low, |number| {
            // SAFETY: no memory is passed (I9).
            unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
        })
    })
}

fn range(low: i32, flags: u32) -> Result<(), Errno> {
    // SAFETY: no memory is passed (I9).
    let result = unsafe { libc::syscall(libc::SYS_close_range, low, u32::MAX, flags) };
    Errno::check(result as i32).map(|_| ())
}

/// Calls `act` for every open descriptor from `low` on.
fn each(low: i32, act: impl Fn(i32)) -> Result<(), Errno> {
    let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;
    // SAFETY: the path is NUL-terminated (I9).
    let folder = Errno::check(unsafe { libc::open(c"/proc/self/fd".as_ptr(), flags) })?;
    // The kernel walks by number: closing what was passed does not disturb it.
    let mut room = [0_u8; 2048];
    let result = loop {
        // SAFETY: `room` has that many bytes (I9).
        let filled =
            unsafe { libc::syscall(libc::SYS_getdents64, folder, room.as_mut_ptr(), room.len()) };
        let Ok(filled) = usize::try_from(filled) else { break Err(Errno::last()) };
        if filled == 0 {
            break Ok(());
        }
        let mut rest = &room[..filled];
        while rest.len() > NAME {
            let length = usize::from(u16::from_ne_bytes([rest[16], rest[17]]));
            let (entry, behind) = rest.split_at(length.clamp(NAME, rest.len()));
            match number(&entry[NAME..]) {
                Some(number) if number >= low && number != folder => act(number),
                _ => {}
            }
            rest = behind;
        }
    };
    let _ = fd::close(folder);
    result
}

/// The number a name spells, if it is one.
fn number(name: &[u8]) -> Option<i32> {
    let digits = name.split(|byte| *byte == 0).next().filter(|digits| !digits.is_empty())?;
    digits.iter().try_fold(0_i32, |value, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value.checked_mul(10)?.checked_add(i32::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_numbers() {
        assert_eq!(number(b"17\0\0"), Some(17));
        assert_eq!(number(b".\0"), None);
        assert_eq!(number(b"\0"), None);
        assert_eq!(number(b"99999999999\0"), None);
    }
}
