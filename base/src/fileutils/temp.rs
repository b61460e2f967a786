//! Files and folders under names that nobody else has: six letters of a template are chosen by chance
//! until the system agrees.

use super::{errno, set_errno, set_file_error, shown};
use crate::error::GError;
use crate::fileutils::{g_file_error_quark, CODES};
use crate::mem::{g_free, string_from};
use crate::types::*;
use std::ffi::CStr;
use std::ptr::null_mut;

const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// What a template must hold.
const MARK: &[u8; 6] = b"XXXXXX";

/// So many names taken mean that something else is wrong.
const ATTEMPTS: usize = 100;

/// Fills the last mark of a template until `make` succeeds or fails for another reason than that the name
/// is taken; -1 and errno otherwise.
///
/// # Safety
/// A C string of the caller's.
unsafe fn fill(template: *mut c_char, make: impl Fn(*const c_char) -> c_int) -> c_int {
    require!("get_tmp_file", !template.is_null(), "tmpl != NULL", -1);
    // SAFETY: the mark lies inside the string.
    unsafe {
        let text = CStr::from_ptr(template).to_bytes();
        let Some(start) = crate::strings::last_of(text, MARK) else {
            set_errno(libc::EINVAL);
            return -1;
        };
        let place = template.cast::<u8>().add(start);
        for _ in 0..ATTEMPTS {
            let mut chance = [0u8; MARK.len()];
            libc::getrandom(chance.as_mut_ptr().cast(), chance.len(), 0);
            for (at, byte) in chance.iter().enumerate() {
                *place.add(at) = LETTERS[usize::from(*byte) % LETTERS.len()];
            }
            let made = make(template);
            if made >= 0 || errno() != libc::EEXIST {
                return made;
            }
        }
    }
    -1
}

/// Makes a folder, changing its template. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_mkdtemp_full(tmpl: *mut c_char, mode: c_int) -> *mut c_char {
    // SAFETY: a C string of the caller's.
    unsafe {
        match fill(tmpl, |name| libc::mkdir(name, mode as libc::mode_t)) {
            0 => tmpl,
            _ => null_mut(),
        }
    }
}

/// Makes a folder for its owner alone, changing its template. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_mkdtemp(tmpl: *mut c_char) -> *mut c_char {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_mkdtemp_full(tmpl, 0o700) }
}

/// Makes and opens a file, changing its template. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_mkstemp_full(tmpl: *mut c_char, flags: c_int, mode: c_int) -> c_int {
    let flags = flags | libc::O_CREAT | libc::O_EXCL;
    // SAFETY: a C string of the caller's.
    unsafe { fill(tmpl, |name| libc::open(name, flags, mode as libc::mode_t)) }
}

/// Makes and opens a file for its owner alone, changing its template.
#[no_mangle]
pub unsafe extern "C" fn g_mkstemp(tmpl: *mut c_char) -> c_int {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_mkstemp_full(tmpl, libc::O_RDWR, 0o600) }
}

/// Makes something in the folder for temporary files; its name is C's.
///
/// # Safety
/// A C string or NULL, and the caller's variable or NULL.
unsafe fn in_tmp(
    tmpl: *const c_char,
    error: *mut *mut GError,
    make: unsafe fn(*mut c_char) -> c_int,
) -> Result<(*mut c_char, c_int), ()> {
    // SAFETY: the caller's promise; the whole name is ours until it is handed over.
    unsafe {
        let template = crate::messages::opt(tmpl).unwrap_or(c".XXXXXX");
        let text = template.to_string_lossy();
        let failed = CODES.len() as c_int;
        let refuse =
            |why| crate::error::set(error, g_file_error_quark(), failed, format_args!("{why}"));
        if template.to_bytes().contains(&b'/') {
            refuse(format!("Template “{text}” invalid, should not contain a “/”"));
            return Err(());
        }
        if crate::strings::last_of(template.to_bytes(), MARK).is_none() {
            refuse(format!("Template “{text}” doesn’t contain XXXXXX"));
            return Err(());
        }
        let folder = CStr::from_ptr(crate::users::g_get_tmp_dir()).to_bytes();
        let slash: &[u8] = if folder.ends_with(b"/") { b"" } else { b"/" };
        let name = string_from(&[folder, slash, template.to_bytes()].concat());
        let made = make(name);
        if made < 0 {
            let why = errno();
            set_file_error(error, why, format_args!("Failed to create file “{}”", shown(name)));
            g_free(name.cast());
            return Err(());
        }
        Ok((name, made))
    }
}

/// Makes and opens a file in the folder for temporary files; -1 and an error otherwise.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_file_open_tmp(
    tmpl: *const c_char,
    name_used: *mut *mut c_char,
    error: *mut *mut GError,
) -> c_int {
    // SAFETY: a C string or NULL, and the caller's variables or NULL.
    unsafe {
        let free = error.is_null() || (*error).is_null();
        require!("g_file_open_tmp", free, "error == NULL || *error == NULL", -1);
        match in_tmp(tmpl, error, |name| g_mkstemp(name)) {
            Ok((name, fd)) => {
                if name_used.is_null() {
                    g_free(name.cast());
                } else {
                    *name_used = name;
                }
                fd
            }
            Err(()) => -1,
        }
    }
}

/// Makes a folder in the folder for temporary files; NULL and an error otherwise. Since 2.30.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_dir_make_tmp(
    tmpl: *const c_char,
    error: *mut *mut GError,
) -> *mut c_char {
    // SAFETY: a C string or NULL, and the caller's variable or NULL.
    unsafe {
        let free = error.is_null() || (*error).is_null();
        require!("g_dir_make_tmp", free, "error == NULL || *error == NULL", null_mut());
        let make = |name| if g_mkdtemp(name).is_null() { -1 } else { 0 };
        in_tmp(tmpl, error, make).map_or(null_mut(), |(name, _)| name)
    }
}
