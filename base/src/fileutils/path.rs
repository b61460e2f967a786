//! Names of files: taken apart, put together and straightened. Functions with variable arguments are in
//! `c/files.c`.

use crate::mem::string_from;
use crate::strings::strings;
use crate::types::*;
use std::ffi::CStr;
use std::ptr::{null, null_mut};

const SLASH: u8 = b'/';

/// Whether a name starts at the root.
#[no_mangle]
pub unsafe extern "C" fn g_path_is_absolute(file_name: *const c_char) -> gboolean {
    require!("g_path_is_absolute", !file_name.is_null(), "file_name != NULL", FALSE);
    // SAFETY: a C string.
    gboolean::from(unsafe { *file_name } as u8 == SLASH)
}

/// What follows the slashes of an absolute name; NULL for others.
#[no_mangle]
pub unsafe extern "C" fn g_path_skip_root(file_name: *const c_char) -> *const c_char {
    require!("g_path_skip_root", !file_name.is_null(), "file_name != NULL", null());
    // SAFETY: a C string; the place found lies inside it.
    unsafe {
        let name = CStr::from_ptr(file_name).to_bytes();
        match name.iter().take_while(|&&byte| byte == SLASH).count() {
            0 => null(),
            slashes => file_name.add(slashes),
        }
    }
}

/// What follows the last slash, in the caller's own string.
#[no_mangle]
pub unsafe extern "C" fn g_basename(file_name: *const c_char) -> *const c_char {
    require!("g_basename", !file_name.is_null(), "file_name != NULL", null());
    // SAFETY: a C string; the place found lies inside it.
    unsafe {
        let name = CStr::from_ptr(file_name).to_bytes();
        let start = name.iter().rposition(|&byte| byte == SLASH).map_or(0, |slash| slash + 1);
        file_name.add(start)
    }
}

/// The name without slashes at its end.
fn without_trailing(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|&byte| byte != SLASH).map_or(0, |last| last + 1);
    &name[..end]
}

/// The last element of a name: "." of an empty one, "/" of the root.
#[no_mangle]
pub unsafe extern "C" fn g_path_get_basename(file_name: *const c_char) -> *mut c_char {
    require!("g_path_get_basename", !file_name.is_null(), "file_name != NULL", null_mut());
    // SAFETY: a C string.
    let name = unsafe { CStr::from_ptr(file_name) }.to_bytes();
    let plain = without_trailing(name);
    string_from(match (name, plain) {
        ([], _) => b".",
        (_, []) => b"/",
        _ => plain.rsplit(|&byte| byte == SLASH).next().unwrap_or_default(),
    })
}

/// All before the last slash: "." if there is none.
#[no_mangle]
pub unsafe extern "C" fn g_path_get_dirname(file_name: *const c_char) -> *mut c_char {
    require!("g_path_get_dirname", !file_name.is_null(), "file_name != NULL", null_mut());
    // SAFETY: a C string.
    let name = unsafe { CStr::from_ptr(file_name) }.to_bytes();
    string_from(match name.iter().rposition(|&byte| byte == SLASH) {
        None => b".",
        Some(slash) => match without_trailing(&name[..slash]) {
            [] => b"/",
            folder => folder,
        },
    })
}

/// Elements with a separator between them. However many separators elements end and start with, one is
/// put; those before the first and behind the last element stay. Empty elements count for nothing, and
/// those that are separators alone for nothing else.
fn join(separator: &[u8], elements: &[&[u8]]) -> Vec<u8> {
    let elements: Vec<_> = elements.iter().filter(|element| !element.is_empty()).collect();
    let (Some(first), Some(last)) = (elements.first(), elements.last()) else { return Vec::new() };
    let cores: Vec<&[u8]> = elements
        .iter()
        .map(|element| strip_end(strip_start(element, separator), separator))
        .filter(|core| !core.is_empty())
        .collect();
    if cores.is_empty() && elements.len() == 1 {
        return first.to_vec();
    }
    let before = &first[..first.len() - strip_start(first, separator).len()];
    let behind = &last[strip_end(last, separator).len()..];
    [before, &cores.join(separator), behind].concat()
}

fn strip_start<'a>(mut text: &'a [u8], separator: &[u8]) -> &'a [u8] {
    while let Some(rest) = text.strip_prefix(separator).filter(|_| !separator.is_empty()) {
        text = rest;
    }
    text
}

fn strip_end<'a>(mut text: &'a [u8], separator: &[u8]) -> &'a [u8] {
    while let Some(rest) = text.strip_suffix(separator).filter(|_| !separator.is_empty()) {
        text = rest;
    }
    text
}

/// A vector's strings joined.
///
/// # Safety
/// A vector of C strings or NULL.
unsafe fn join_vector(separator: &[u8], args: *mut *mut c_char) -> *mut c_char {
    // SAFETY: the caller's promise.
    let elements: Vec<&[u8]> =
        unsafe { strings(args.cast_const().cast()) }.map(CStr::to_bytes).collect();
    string_from(&join(separator, &elements))
}

/// A name from a vector of elements. Since 2.8.
#[no_mangle]
pub unsafe extern "C" fn g_build_filenamev(args: *mut *mut c_char) -> *mut c_char {
    // SAFETY: a vector.
    unsafe { join_vector(b"/", args) }
}

/// A path from a vector of elements. Since 2.8.
#[no_mangle]
pub unsafe extern "C" fn g_build_pathv(
    separator: *const c_char,
    args: *mut *mut c_char,
) -> *mut c_char {
    require!("g_build_pathv", !separator.is_null(), "separator != NULL", null_mut());
    // SAFETY: a C string and a vector.
    unsafe { join_vector(CStr::from_ptr(separator).to_bytes(), args) }
}

/// The folder the process works in.
#[no_mangle]
pub unsafe extern "C" fn g_get_current_dir() -> *mut c_char {
    string_from(&current_folder())
}

fn current_folder() -> Vec<u8> {
    use std::os::unix::ffi::OsStringExt as _;
    // A folder that is gone or out of reach has no name.
    std::env::current_dir().map_or_else(|_| b"/".to_vec(), |path| path.into_os_string().into_vec())
}

/// An absolute name without ".", ".." and needless slashes, taken from the name alone. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_canonicalize_filename(
    filename: *const c_char,
    relative_to: *const c_char,
) -> *mut c_char {
    // SAFETY: a C string, and a C string or NULL.
    unsafe {
        let folder = crate::messages::opt(relative_to).map(CStr::to_bytes);
        require!(
            "g_canonicalize_filename",
            folder.is_none_or(|folder| folder.starts_with(b"/")),
            "relative_to == NULL || g_path_is_absolute (relative_to)",
            null_mut()
        );
        let absolute = g_path_is_absolute(filename) != FALSE;
        if filename.is_null() {
            return null_mut();
        }
        let name = CStr::from_ptr(filename).to_bytes();
        let whole = match (absolute, folder) {
            (true, _) => name.to_vec(),
            (false, Some(folder)) => [folder, b"/", name].concat(),
            (false, None) => [&current_folder(), b"/".as_slice(), name].concat(),
        };
        string_from(&straighten(&whole))
    }
}

/// Two slashes at the start are a root of their own (POSIX leaves their meaning open); three are one.
fn straighten(name: &[u8]) -> Vec<u8> {
    let slashes = name.iter().take_while(|&&byte| byte == SLASH).count();
    let root: &[u8] = if slashes == 2 { b"//" } else { b"/" };
    let mut elements: Vec<&[u8]> = Vec::new();
    for element in name.split(|&byte| byte == SLASH) {
        match element {
            b"" | b"." => {}
            b".." => drop(elements.pop()),
            _ => elements.push(element),
        }
    }
    [root, &elements.join(&SLASH)].concat()
}
