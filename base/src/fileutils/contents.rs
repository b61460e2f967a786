//! Whole files: read into memory, and replaced so that a reader finds the old or the new contents.

use super::{errno, set_errno, set_file_error, shown};
use crate::error::GError;
use crate::fileutils::temp;
use crate::mem::{g_free, g_try_realloc, string_from};
use crate::types::*;
use std::ptr::null_mut;

/// How careful `g_file_set_contents_full()` is: bits.
pub type GFileSetContentsFlags = c_int;

/// The old contents stay until the new are complete.
const CONSISTENT: GFileSetContentsFlags = 1 << 0;
/// The new contents are on the disk when the function returns.
const DURABLE: GFileSetContentsFlags = 1 << 1;
/// Both are for the sake of a file that is there already.
const ONLY_EXISTING: GFileSetContentsFlags = 1 << 2;

/// The least room a read gets.
const CHUNK: usize = 4096;

/// A descriptor that closes itself.
struct Open(c_int);

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: opened by us, and nobody else knows it.
        unsafe { libc::close(self.0) };
    }
}

/// Opens a file, again after a signal.
///
/// # Safety
/// A C string.
unsafe fn open(name: *const c_char, flags: c_int, mode: c_int) -> Result<Open, c_int> {
    loop {
        // SAFETY: the caller's promise.
        match unsafe { libc::open(name, flags | libc::O_CLOEXEC, mode as libc::mode_t) } {
            fd if fd >= 0 => return Ok(Open(fd)),
            _ if errno() == libc::EINTR => {}
            _ => return Err(errno()),
        }
    }
}

/// Reads a whole file, and puts a NUL behind it. NULL and 0 come with an error.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_file_get_contents(
    filename: *const c_char,
    contents: *mut *mut c_char,
    length: *mut gsize,
    error: *mut *mut GError,
) -> gboolean {
    require!("g_file_get_contents", !filename.is_null(), "filename != NULL", FALSE);
    require!("g_file_get_contents", !contents.is_null(), "contents != NULL", FALSE);
    // SAFETY: a C string, and the caller's variables; length and error may be NULL.
    unsafe {
        *contents = null_mut();
        if !length.is_null() {
            *length = 0;
        }
        let file = match open(filename, libc::O_RDONLY, 0) {
            Ok(file) => file,
            Err(why) => {
                let name = shown(filename);
                set_file_error(error, why, format_args!("Failed to open file “{name}”"));
                return FALSE;
            }
        };
        let read = read_all(&file);
        drop(file);
        match read {
            Ok((bytes, len)) => {
                *contents = bytes;
                if !length.is_null() {
                    *length = len;
                }
                TRUE
            }
            Err(why) => {
                let name = shown(filename);
                set_file_error(error, why, format_args!("Error reading file “{name}”"));
                FALSE
            }
        }
    }
}

/// All that can be read, a NUL behind it, in C's memory, and its length. The size the system gives is a
/// hint: files that it makes up as they are read have none.
fn read_all(file: &Open) -> Result<(*mut c_char, usize), c_int> {
    // SAFETY: the structure is filled before it is looked at; blocks have the room that is said.
    unsafe {
        let mut facts = std::mem::zeroed::<libc::stat>();
        let known = libc::fstat(file.0, &mut facts) == 0;
        let mut room = if known { usize::try_from(facts.st_size).unwrap_or(0) + 1 } else { CHUNK };
        room = room.max(CHUNK);
        let mut bytes: *mut c_char = null_mut();
        let mut held = 0;
        loop {
            if held == 0 || held + 1 == room {
                room = if held == 0 { room } else { room * 2 };
                let more = g_try_realloc(bytes.cast(), room);
                if more.is_null() {
                    g_free(bytes.cast());
                    return Err(libc::ENOMEM);
                }
                bytes = more.cast();
            }
            match libc::read(file.0, bytes.add(held).cast(), room - held - 1) {
                0 => break,
                count if count > 0 => held += count as usize,
                _ if errno() == libc::EINTR => {}
                _ => {
                    let why = errno();
                    g_free(bytes.cast());
                    return Err(why);
                }
            }
        }
        *bytes.add(held) = 0;
        Ok((bytes, held))
    }
}

/// Replaces a file's contents, carefully. Since 2.8.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_file_set_contents(
    filename: *const c_char,
    contents: *const c_char,
    length: gssize,
    error: *mut *mut GError,
) -> gboolean {
    // SAFETY: the caller's obligations are the same.
    unsafe {
        let flags = CONSISTENT | ONLY_EXISTING;
        g_file_set_contents_full(filename, contents, length, flags, 0o666, error)
    }
}

/// Replaces a file's contents as carefully as the flags say; `mode` is for a new file. Since 2.66.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_file_set_contents_full(
    filename: *const c_char,
    contents: *const c_char,
    length: gssize,
    flags: GFileSetContentsFlags,
    mode: c_int,
    error: *mut *mut GError,
) -> gboolean {
    // SAFETY: C strings, bytes as many as length says, and the caller's variable or NULL.
    unsafe {
        let free = error.is_null() || (*error).is_null();
        require!("g_file_set_contents_full", !filename.is_null(), "filename != NULL", FALSE);
        require!("g_file_set_contents_full", free, "error == NULL || *error == NULL", FALSE);
        require!(
            "g_file_set_contents_full",
            !contents.is_null() || length == 0,
            "contents != NULL || length == 0",
            FALSE
        );
        require!("g_file_set_contents_full", length >= -1, "length >= -1", FALSE);
        let bytes = match gsize::try_from(length) {
            Ok(0) => &[],
            Ok(length) => std::slice::from_raw_parts(contents.cast::<u8>(), length),
            Err(_) => std::ffi::CStr::from_ptr(contents).to_bytes(),
        };
        let outcome = if flags & CONSISTENT != 0 {
            replace(filename, bytes, flags, mode)
        } else {
            match overwrite(filename, bytes, flags, mode) {
                // A link is not written through, but replaced.
                Err((libc::ELOOP, _)) => replace(filename, bytes, flags, mode),
                outcome => outcome,
            }
        };
        match outcome {
            Ok(()) => TRUE,
            Err((why, what)) => {
                set_file_error(error, why, format_args!("{what}"));
                FALSE
            }
        }
    }
}

/// errno, and what failed.
type Failure = (c_int, String);

/// Writes into the file itself.
unsafe fn overwrite(
    name: *const c_char,
    bytes: &[u8],
    flags: GFileSetContentsFlags,
    mode: c_int,
) -> Result<(), Failure> {
    // SAFETY: a C string.
    unsafe {
        let shown = shown(name);
        let how = libc::O_RDWR | libc::O_CREAT | libc::O_NOFOLLOW;
        let file =
            open(name, how, mode).map_err(|why| (why, format!("Failed to open file “{shown}”")))?;
        let durable = flags & DURABLE != 0 && (flags & ONLY_EXISTING == 0 || has_bytes(name));
        // What is not a plain file has no length to cut.
        if libc::ftruncate(file.0, 0) != 0 && errno() != libc::EINVAL {
            let what = format!("Failed to write file “{shown}”: ftruncate() failed");
            return Err((errno(), what));
        }
        write_all(&file, bytes, &shown, durable)
    }
}

/// Writes a new file and gives it the old one's name.
unsafe fn replace(
    name: *const c_char,
    bytes: &[u8],
    flags: GFileSetContentsFlags,
    mode: c_int,
) -> Result<(), Failure> {
    // SAFETY: a C string; the template is ours, and freed here.
    unsafe {
        let template = [std::ffi::CStr::from_ptr(name).to_bytes(), b".XXXXXX"].concat();
        let fresh = string_from(&template);
        let outcome = fill_and_rename(name, fresh, bytes, flags, mode);
        let why = errno();
        g_free(fresh.cast());
        set_errno(why);
        outcome
    }
}

unsafe fn fill_and_rename(
    name: *const c_char,
    fresh: *mut c_char,
    bytes: &[u8],
    flags: GFileSetContentsFlags,
    mode: c_int,
) -> Result<(), Failure> {
    // SAFETY: two C strings, the second a template of ours.
    unsafe {
        let fd = temp::g_mkstemp_full(fresh, libc::O_RDWR | libc::O_CLOEXEC, mode);
        let shown_fresh = shown(fresh);
        if fd < 0 {
            return Err((errno(), format!("Failed to create file “{shown_fresh}”")));
        }
        let file = Open(fd);
        // Without the new bytes on the disk, the new name might get there first and stand for nothing.
        let durable = flags & ONLY_EXISTING == 0 || has_bytes(name);
        let written = write_all(&file, bytes, &shown_fresh, durable);
        drop(file);
        let outcome = written.and_then(|()| match libc::rename(fresh, name) {
            0 => Ok(()),
            _ => {
                let to = shown(name);
                let what = format!("Failed to rename file “{shown_fresh}” to “{to}”");
                Err((errno(), format!("{what}: g_rename() failed")))
            }
        });
        if outcome.is_err() {
            libc::unlink(fresh);
        } else if durable && flags & DURABLE != 0 {
            sync_folder(name);
        }
        outcome
    }
}

/// Whether there is a file of that name with something in it.
unsafe fn has_bytes(name: *const c_char) -> bool {
    // SAFETY: a C string; the structure is filled before it is looked at.
    unsafe {
        let mut facts = std::mem::zeroed::<libc::stat>();
        libc::lstat(name, &mut facts) == 0 && facts.st_size > 0
    }
}

/// Makes a new name last. A folder that cannot be opened or synced leaves that to the system.
unsafe fn sync_folder(name: *const c_char) {
    // SAFETY: a C string; the folder's name is fresh, and freed here.
    unsafe {
        let folder = super::g_path_get_dirname(name);
        if let Ok(folder) = open(folder, libc::O_RDONLY, 0) {
            libc::fsync(folder.0);
        }
        g_free(folder.cast());
    }
}

fn write_all(file: &Open, mut bytes: &[u8], name: &str, durable: bool) -> Result<(), Failure> {
    while !bytes.is_empty() {
        // SAFETY: the bytes outlive the call.
        match unsafe { libc::write(file.0, bytes.as_ptr().cast(), bytes.len()) } {
            count if count >= 0 => bytes = &bytes[count as usize..],
            _ if errno() == libc::EINTR => {}
            _ => return Err((errno(), format!("Failed to write file “{name}”: write() failed"))),
        }
    }
    // SAFETY: touches no memory.
    if durable && unsafe { crate::stdio::g_fsync(file.0) } != 0 {
        return Err((errno(), format!("Failed to write file “{name}”: fsync() failed")));
    }
    Ok(())
}
