//! Letters and digits of ASCII, whatever the locale says.

use super::*;

/// Classes of a byte, as bits of an entry of the table; the header names them.
const fn classes(byte: u8) -> u16 {
    let tests = [
        byte.is_ascii_alphanumeric(),
        byte.is_ascii_alphabetic(),
        byte.is_ascii_control(),
        byte.is_ascii_digit(),
        byte.is_ascii_graphic(),
        byte.is_ascii_lowercase(),
        byte.is_ascii_graphic() || byte == b' ',
        byte.is_ascii_punctuation(),
        byte.is_ascii_whitespace(),
        byte.is_ascii_uppercase(),
        byte.is_ascii_hexdigit(),
    ];
    let mut bits = 0;
    let mut bit = 0;
    while bit < tests.len() {
        bits |= (tests[bit] as u16) << bit;
        bit += 1;
    }
    bits
}

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = classes(byte as u8);
        byte += 1;
    }
    table
}

static TABLE: [u16; 256] = table();

/// The classes of each byte, for the macros of the header.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static g_ascii_table: &[u16; 256] = &TABLE;

/// A-Z made small.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_tolower(c: c_char) -> c_char {
    (c as u8).to_ascii_lowercase() as c_char
}

/// a-z made large.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_toupper(c: c_char) -> c_char {
    (c as u8).to_ascii_uppercase() as c_char
}

fn digit(c: c_char, radix: u32) -> c_int {
    char::from(c as u8).to_digit(radix).map_or(-1, |value| value as c_int)
}

/// The value of a decimal digit, or -1.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_digit_value(c: c_char) -> c_int {
    digit(c, 10)
}

/// The value of a hexadecimal digit, or -1.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_xdigit_value(c: c_char) -> c_int {
    digit(c, 16)
}

/// Order of two strings, letters in lower case; where one ends the other is larger.
fn compare_folded(s1: &[u8], s2: &[u8]) -> c_int {
    let fold = |byte: &u8| c_int::from(byte.to_ascii_lowercase());
    let mut left = s1.iter().map(fold);
    let mut right = s2.iter().map(fold);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return 0,
            (a, b) if a != b => return a.unwrap_or(0) - b.unwrap_or(0),
            _ => {}
        }
    }
}

/// Order without regard to the case of A-Z.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_strcasecmp(s1: *const c_char, s2: *const c_char) -> c_int {
    require!("g_ascii_strcasecmp", !s1.is_null(), "s1 != NULL", 0);
    require!("g_ascii_strcasecmp", !s2.is_null(), "s2 != NULL", 0);
    // SAFETY: two C strings.
    unsafe { compare_folded(limited(s1, -1), limited(s2, -1)) }
}

/// Order of at most `n` bytes without regard to the case of A-Z.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_strncasecmp(
    s1: *const c_char,
    s2: *const c_char,
    n: gsize,
) -> c_int {
    require!("g_ascii_strncasecmp", !s1.is_null(), "s1 != NULL", 0);
    require!("g_ascii_strncasecmp", !s2.is_null(), "s2 != NULL", 0);
    let n = gssize::try_from(n).unwrap_or(-1);
    // SAFETY: two C strings.
    unsafe { compare_folded(limited(s1, n), limited(s2, n)) }
}

/// A copy of exactly `len` bytes, or of a C string for -1, changed byte by byte.
unsafe fn mapped(str: *const c_char, len: gssize, change: fn(&mut [u8])) -> *mut c_char {
    // SAFETY: a C string or as many bytes as len says; the copy is fresh.
    unsafe {
        let copy = match gsize::try_from(len) {
            Ok(len) => g_strndup(str, len),
            Err(_) => g_strdup(str),
        };
        change(bytes_mut(copy));
        copy
    }
}

/// A copy in lower case.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_strdown(str: *const c_char, len: gssize) -> *mut c_char {
    require!("g_ascii_strdown", !str.is_null(), "str != NULL", null_mut());
    // SAFETY: str was checked; the rest is the caller's promise.
    unsafe { mapped(str, len, <[u8]>::make_ascii_lowercase) }
}

/// A copy in upper case.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_strup(str: *const c_char, len: gssize) -> *mut c_char {
    require!("g_ascii_strup", !str.is_null(), "str != NULL", null_mut());
    // SAFETY: str was checked; the rest is the caller's promise.
    unsafe { mapped(str, len, <[u8]>::make_ascii_uppercase) }
}

/// Whether all bytes are ASCII. Since 2.40.
#[no_mangle]
pub unsafe extern "C" fn g_str_is_ascii(str: *const c_char) -> gboolean {
    // SAFETY: a C string.
    gboolean::from(unsafe { CStr::from_ptr(str) }.to_bytes().is_ascii())
}

/// Changes the case of each byte as the locale has it.
pub(crate) fn change_case(bytes: &mut [u8], change: unsafe extern "C" fn(c_int) -> c_int) {
    for byte in bytes {
        // SAFETY: the C library's function, for a value of unsigned char.
        *byte = unsafe { change(c_int::from(*byte)) } as u8;
    }
}

/// Lower case by the locale, in place.
#[no_mangle]
pub unsafe extern "C" fn g_strdown(string: *mut c_char) -> *mut c_char {
    require!("g_strdown", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a C string of the caller's.
    unsafe { change_case(bytes_mut(string), libc::tolower) };
    string
}

/// Upper case by the locale, in place.
#[no_mangle]
pub unsafe extern "C" fn g_strup(string: *mut c_char) -> *mut c_char {
    require!("g_strup", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a C string of the caller's.
    unsafe { change_case(bytes_mut(string), libc::toupper) };
    string
}

/// Order without regard to case, by the locale.
#[no_mangle]
pub unsafe extern "C" fn g_strcasecmp(s1: *const c_char, s2: *const c_char) -> c_int {
    require!("g_strcasecmp", !s1.is_null(), "s1 != NULL", 0);
    require!("g_strcasecmp", !s2.is_null(), "s2 != NULL", 0);
    // SAFETY: two C strings.
    unsafe { libc::strcasecmp(s1, s2) }
}

/// Order of at most `n` bytes without regard to case, by the locale.
#[no_mangle]
pub unsafe extern "C" fn g_strncasecmp(s1: *const c_char, s2: *const c_char, n: c_uint) -> c_int {
    require!("g_strncasecmp", !s1.is_null(), "s1 != NULL", 0);
    require!("g_strncasecmp", !s2.is_null(), "s2 != NULL", 0);
    // SAFETY: two C strings.
    unsafe { libc::strncasecmp(s1, s2, n as gsize) }
}
