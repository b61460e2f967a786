//! The password database.
//!
//! Facts: `getpwnam_r` stores the strings of an entry in a buffer of the caller's and answers ERANGE
//! while that is too small. A name nobody has is no error: 0 and no entry. The strings the entry
//! points at lie in the buffer, in any order and with any gaps. In a static program glibc cannot
//! load the services it would ask, and the linker warns each such program that mentions the
//! function, used or not: so it is looked up by name, and a static program, where it is not found,
//! reads the file itself (`fgetpwent_r`, which answers ENOENT at the end). musl's reads the file and has
//! nothing to load.

use std::ffi::{c_char, c_int, CStr};
use std::ptr::null_mut;

use super::Errno;

pub type Entry = libc::passwd;

const FIRST_ROOM: usize = 1024;
const MOST_ROOM: usize = 1 << 24;

type ByName =
    unsafe extern "C" fn(*const c_char, *mut Entry, *mut c_char, usize, *mut *mut Entry) -> c_int;

#[cfg(not(target_env = "musl"))]
extern "C" {
    fn fgetpwent_r(
        file: *mut libc::FILE,
        entry: *mut Entry,
        room: *mut c_char,
        length: usize,
        found: *mut *mut Entry,
    ) -> c_int;
}

/// The entry of `name` and the buffer its strings lie in; `None` if nobody has the name.
pub fn find(name: &CStr) -> Result<Option<(Entry, Vec<c_char>)>, Errno> {
    #[cfg(target_env = "musl")]
    let by_name: ByName = libc::getpwnam_r;
    #[cfg(not(target_env = "musl"))]
    let Some(by_name) = by_name() else {
        return find_in_file(name);
    };
    grow(|entry, room, found| {
        // SAFETY: the name is NUL-terminated, the places are valid, the room has that size (I9).
        unsafe { by_name(name.as_ptr(), entry, room.as_mut_ptr(), room.len(), found) }
    })
}

#[cfg(not(target_env = "musl"))]
fn by_name() -> Option<ByName> {
    // SAFETY: a NUL-terminated name of a symbol (I9).
    let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"getpwnam_r".as_ptr()) };
    // SAFETY: the C library's function of that name has this type, of which NULL is none (I9).
    unsafe { std::mem::transmute::<*mut std::ffi::c_void, Option<ByName>>(symbol) }
}

#[cfg(not(target_env = "musl"))]
fn find_in_file(name: &CStr) -> Result<Option<(Entry, Vec<c_char>)>, Errno> {
    // SAFETY: NUL-terminated strings (I9).
    let file = unsafe { libc::fopen(c"/etc/passwd".as_ptr(), c"re".as_ptr()) };
    if file.is_null() {
        return Err(Errno::last());
    }
    let outcome = loop {
        let next = grow(|entry, room, found| {
            // SAFETY: the file is open, the places are valid, the room has that size; a line that
            // did not fit is read again (I9).
            match unsafe { fgetpwent_r(file, entry, room.as_mut_ptr(), room.len(), found) } {
                libc::ENOENT => 0,
                error => error,
            }
        });
        match next {
            // SAFETY: an entry just read has a name (I9).
            Ok(Some((entry, _))) if unsafe { CStr::from_ptr(entry.pw_name) } != name => {}
            other => break other,
        }
    };
    // SAFETY: opened above and used no more (I9).
    unsafe { libc::fclose(file) };
    outcome
}

/// Asks with more and more room until it is enough.
fn grow(
    ask: impl Fn(*mut Entry, &mut [c_char], *mut *mut Entry) -> c_int,
) -> Result<Option<(Entry, Vec<c_char>)>, Errno> {
    let mut room = vec![0; FIRST_ROOM];
    loop {
        let mut found = null_mut();
        let mut entry = std::mem::MaybeUninit::<Entry>::uninit();
        match ask(entry.as_mut_ptr(), &mut room, &mut found) {
            0 if found.is_null() => return Ok(None),
            // SAFETY: success with an entry found means that it was filled (I9).
            0 => return Ok(Some((unsafe { entry.assume_init() }, room))),
            libc::ERANGE if room.len() < MOST_ROOM => room.resize(room.len() * 2, 0),
            error => return Err(Errno(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(target_env = "musl"))]
    fn the_file_knows_root_and_not_everybody() {
        assert_eq!(find_in_file(c"root").unwrap().unwrap().0.pw_uid, 0);
        assert!(find_in_file(c"nobody has this name").unwrap().is_none());
    }
}
