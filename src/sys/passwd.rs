//! The password database.
//!
//! Facts: `getpwnam_r` stores the strings of an entry in a buffer of the caller's and answers ERANGE
//! while that is too small. A name nobody has is no error: 0 and no entry. The strings the entry
//! points at lie in the buffer, in any order and with any gaps.

use std::ffi::{c_char, CStr};

use super::Errno;

pub type Entry = libc::passwd;

const FIRST_ROOM: usize = 1024;
const MOST_ROOM: usize = 1 << 24;

/// The entry of `name` and the buffer its strings lie in; `None` if nobody has the name.
pub fn find(name: &CStr) -> Result<Option<(Entry, Vec<c_char>)>, Errno> {
    let mut room = vec![0; FIRST_ROOM];
    loop {
        let mut found = std::ptr::null_mut();
        let mut entry = std::mem::MaybeUninit::<Entry>::uninit();
        // SAFETY: the name is NUL-terminated, the places are valid, the room has that size (I9).
        let error = unsafe {
            libc::getpwnam_r(
                name.as_ptr(),
                entry.as_mut_ptr(),
                room.as_mut_ptr(),
                room.len(),
                &mut found,
            )
        };
        match error {
            0 if found.is_null() => return Ok(None),
            // SAFETY: success with an entry found means that it was filled (I9).
            0 => return Ok(Some((unsafe { entry.assume_init() }, room))),
            libc::ERANGE if room.len() < MOST_ROOM => room.resize(room.len() * 2, 0),
            _ => return Err(Errno(error)),
        }
    }
}
