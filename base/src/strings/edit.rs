//! Strings changed in place, copied into buffers of fixed size, and escaped.

use super::*;

/// Removes white space at the start.
#[no_mangle]
pub unsafe extern "C" fn g_strchug(string: *mut c_char) -> *mut c_char {
    require!("g_strchug", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a C string of the caller's; what is moved includes its NUL.
    unsafe {
        let bytes = bytes_mut(string);
        let start =
            bytes.iter().position(|&byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
        string.add(start).copy_to(string, bytes.len() - start + 1);
    }
    string
}

/// Removes white space at the end.
#[no_mangle]
pub unsafe extern "C" fn g_strchomp(string: *mut c_char) -> *mut c_char {
    require!("g_strchomp", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a C string of the caller's; the end is at most where its NUL is.
    unsafe {
        let end = bytes_mut(string)
            .iter()
            .rposition(|&byte| !byte.is_ascii_whitespace())
            .map_or(0, |last| last + 1);
        *string.add(end) = 0;
    }
    string
}

/// Replaces bytes that are delimiters.
#[no_mangle]
pub unsafe extern "C" fn g_strdelimit(
    string: *mut c_char,
    delimiters: *const c_char,
    new_delimiter: c_char,
) -> *mut c_char {
    require!("g_strdelimit", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a C string of the caller's, and a C string or NULL.
    unsafe {
        let delimiters = crate::messages::opt(delimiters).unwrap_or(c"_-|> <.").to_bytes();
        replace_if(string, new_delimiter, |byte| delimiters.contains(&byte));
    }
    string
}

/// Replaces bytes that are not valid.
#[no_mangle]
pub unsafe extern "C" fn g_strcanon(
    string: *mut c_char,
    valid_chars: *const c_char,
    substitutor: c_char,
) -> *mut c_char {
    require!("g_strcanon", !string.is_null(), "string != NULL", null_mut());
    require!("g_strcanon", !valid_chars.is_null(), "valid_chars != NULL", null_mut());
    // SAFETY: a C string of the caller's, and a C string.
    unsafe {
        let valid = CStr::from_ptr(valid_chars).to_bytes();
        replace_if(string, substitutor, |byte| !valid.contains(&byte));
    }
    string
}

/// # Safety
/// A C string of the caller's.
unsafe fn replace_if(string: *mut c_char, by: c_char, test: impl Fn(u8) -> bool) {
    // SAFETY: the caller's promise.
    for byte in unsafe { bytes_mut(string) } {
        if test(*byte) {
            *byte = by as u8;
        }
    }
}

/// Turns the bytes round.
#[no_mangle]
pub unsafe extern "C" fn g_strreverse(string: *mut c_char) -> *mut c_char {
    require!("g_strreverse", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a C string of the caller's.
    unsafe { bytes_mut(string).reverse() };
    string
}

/// Copies as much as fits, and a NUL; returns the length of what was to be copied.
#[no_mangle]
pub unsafe extern "C" fn g_strlcpy(
    dest: *mut c_char,
    src: *const c_char,
    dest_size: gsize,
) -> gsize {
    require!("g_strlcpy", !dest.is_null(), "dest != NULL", 0);
    require!("g_strlcpy", !src.is_null(), "src != NULL", 0);
    // SAFETY: dest has dest_size bytes, src is a C string.
    unsafe {
        let len = libc::strlen(src);
        if dest_size > 0 {
            let fitting = len.min(dest_size - 1);
            dest.copy_from_nonoverlapping(src, fitting);
            *dest.add(fitting) = 0;
        }
        len
    }
}

/// Adds as much as fits, and a NUL; returns the length that was wanted.
#[no_mangle]
pub unsafe extern "C" fn g_strlcat(
    dest: *mut c_char,
    src: *const c_char,
    dest_size: gsize,
) -> gsize {
    require!("g_strlcat", !dest.is_null(), "dest != NULL", 0);
    require!("g_strlcat", !src.is_null(), "src != NULL", 0);
    // SAFETY: dest has dest_size bytes, with a string in them unless they are all taken.
    unsafe {
        let before = libc::strnlen(dest, dest_size);
        before + g_strlcpy(dest.add(before), src, dest_size - before)
    }
}

/// Control characters, quotes, backslashes and bytes above 126 as C writes them.
pub(crate) fn escape(source: &[u8], exceptions: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(source.len());
    for &byte in source {
        let letter = match byte {
            _ if exceptions.contains(&byte) => None,
            0x08 => Some(b'b'),
            0x0c => Some(b'f'),
            b'\n' => Some(b'n'),
            b'\r' => Some(b'r'),
            b'\t' => Some(b't'),
            0x0b => Some(b'v'),
            b'\\' | b'"' => Some(byte),
            _ => None,
        };
        match letter {
            Some(letter) => out.extend([b'\\', letter]),
            None if exceptions.contains(&byte) || (b' '..0x7f).contains(&byte) => out.push(byte),
            None => out.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    out
}

/// A copy with C's escapes.
#[no_mangle]
pub unsafe extern "C" fn g_strescape(
    source: *const c_char,
    exceptions: *const c_char,
) -> *mut c_char {
    require!("g_strescape", !source.is_null(), "source != NULL", null_mut());
    // SAFETY: a C string, and a C string or NULL.
    unsafe {
        let exceptions = crate::messages::opt(exceptions).unwrap_or(c"");
        string_from(&escape(CStr::from_ptr(source).to_bytes(), exceptions.to_bytes()))
    }
}

/// A copy with C's escapes undone.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_strcompress(source: *const c_char) -> *mut c_char {
    require!("g_strcompress", !source.is_null(), "source != NULL", null_mut());
    // SAFETY: a C string.
    let text = unsafe { CStr::from_ptr(source) }.to_bytes();
    let (plain, trailing) = unescape(text);
    let result = string_from(&plain);
    drop(plain);
    if trailing {
        crate::messages::own(
            crate::messages::LEVEL_WARNING,
            format_args!("g_strcompress: trailing \\"),
        );
    }
    result
}

/// The text without escapes, and whether it ends in a lone backslash.
fn unescape(text: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            out.push(*first);
            continue;
        }
        let Some(&letter) = rest.first() else { return (out, true) };
        let octal = rest.iter().take(3).take_while(|byte| (b'0'..b'8').contains(byte)).count();
        if octal > 0 {
            out.push(
                rest[..octal]
                    .iter()
                    .fold(0u8, |value, byte| value.wrapping_mul(8).wrapping_add(byte - b'0')),
            );
            rest = &rest[octal..];
            continue;
        }
        rest = &rest[1..];
        out.push(match letter {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            other => other,
        });
    }
    (out, false)
}
