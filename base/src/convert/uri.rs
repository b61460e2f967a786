//! File names as `file:` URIs, and back.

use super::*;
use crate::mem::string_from;
use std::ptr::null_mut;

/// What stands for itself in the path of a URI, beside letters and digits.
const PLAIN: &[u8] = b"-_.!~*'()&=+$,:@/";

const SCHEME: &[u8] = b"file:";

/// Whether a name can be a host's: labels of letters, digits and inner hyphens, the last of which starts
/// with a letter; a dot may follow.
fn is_host(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    if name.is_empty() {
        return true;
    }
    let label = |label: &[u8]| {
        label.first().is_some_and(u8::is_ascii_alphanumeric)
            && label.last().is_some_and(u8::is_ascii_alphanumeric)
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let mut labels = name.split(|&byte| byte == b'.');
    let last = name.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    labels.all(label) && last[0].is_ascii_alphabetic()
}

/// The URI of an absolute name, on a host if there is one.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_filename_to_uri(
    filename: *const c_char,
    hostname: *const c_char,
    error: *mut *mut GError,
) -> *mut c_char {
    require!("g_filename_to_uri", !filename.is_null(), "filename != NULL", null_mut());
    // SAFETY: a C string, a C string or NULL, and the caller's variable or NULL.
    unsafe {
        let name = CStr::from_ptr(filename);
        if !name.to_bytes().starts_with(b"/") {
            let shown = name.to_string_lossy();
            let text = format_args!("The pathname “{shown}” is not an absolute path");
            refuse(error, NOT_ABSOLUTE_PATH, text);
            return null_mut();
        }
        let host = crate::messages::opt(hostname).map(CStr::to_bytes).unwrap_or_default();
        if !is_host(host) {
            refuse(error, ILLEGAL_SEQUENCE, format_args!("Invalid hostname"));
            return null_mut();
        }
        let mut uri = [b"file://", host].concat();
        for &byte in name.to_bytes() {
            if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) {
                uri.push(byte);
            } else {
                uri.extend(format!("%{byte:02X}").bytes());
            }
        }
        string_from(&uri)
    }
}

/// A `file:` URI taken apart: host and name.
fn take_apart(uri: &[u8]) -> Result<(Option<Vec<u8>>, Vec<u8>), String> {
    let shown = String::from_utf8_lossy(uri);
    let is_file = uri.len() >= SCHEME.len() && uri[..SCHEME.len()].eq_ignore_ascii_case(SCHEME);
    let rest = if is_file { &uri[SCHEME.len()..] } else { b"" };
    if !rest.starts_with(b"/") {
        return Err(format!("The URI “{shown}” is not an absolute URI using the “file” scheme"));
    }
    if rest.contains(&b'#') {
        return Err(format!("The local file URI “{shown}” may not include a “#”"));
    }
    let (host, path) = match rest.strip_prefix(b"//") {
        None => (None, rest),
        Some(rest) => {
            let slash = rest.iter().position(|&byte| byte == b'/');
            let slash = slash.ok_or_else(|| format!("The URI “{shown}” is invalid"))?;
            let (host, path) = rest.split_at(slash);
            if !is_host(host) {
                return Err(format!("The hostname of the URI “{shown}” is invalid"));
            }
            (Some(host.to_vec()).filter(|host| !host.is_empty()), path)
        }
    };
    let name = unescape(path)
        .ok_or_else(|| format!("The URI “{shown}” contains invalidly escaped characters"))?;
    Ok((host, name))
}

/// The bytes that are meant; nothing may hide a NUL or a slash.
fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let value = digit(bytes.next())? * 16 + digit(bytes.next())?;
        let hidden = value as u8;
        if hidden == 0 || hidden == b'/' {
            return None;
        }
        out.push(hidden);
    }
    Some(out)
}

/// The name behind a `file:` URI, and the host if it names one.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_filename_from_uri(
    uri: *const c_char,
    hostname: *mut *mut c_char,
    error: *mut *mut GError,
) -> *mut c_char {
    require!("g_filename_from_uri", !uri.is_null(), "uri != NULL", null_mut());
    // SAFETY: a C string, and the caller's variables or NULL.
    unsafe {
        if !hostname.is_null() {
            *hostname = null_mut();
        }
        match take_apart(CStr::from_ptr(uri).to_bytes()) {
            Ok((host, name)) => {
                if let Some(host) = host.filter(|_| !hostname.is_null()) {
                    *hostname = string_from(&host);
                }
                string_from(&name)
            }
            Err(why) => {
                refuse(error, BAD_URI, format_args!("{why}"));
                null_mut()
            }
        }
    }
}
