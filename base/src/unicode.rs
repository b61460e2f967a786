//! `gunicode.h`: UTF-8. The functions that do not check take every byte at its word: a lead byte says how
//! many follow, and no others are looked at.

use crate::mem::string_from;
use crate::strings::limited;
use crate::types::*;
use std::ffi::CStr;
use std::ptr::null_mut;

/// How long the character that starts with this byte is; 1 for bytes that start none.
const fn lead_length(byte: u8) -> u8 {
    match byte {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        0xf8..=0xfb => 5,
        0xfc..=0xfd => 6,
        _ => 1,
    }
}

const fn lengths() -> [u8; 256] {
    let mut lengths = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        lengths[byte] = lead_length(byte as u8);
        byte += 1;
    }
    lengths
}

static LENGTHS: [u8; 256] = lengths();

/// The length of a character by its first byte, for the macro `g_utf8_next_char()`.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static g_utf8_skip: &[u8; 256] = &LENGTHS;

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// A character as UTF-8 in its original form, of up to 6 bytes, and how many they are.
pub(crate) fn encode(c: u32) -> ([u8; 6], usize) {
    let (lead, len) = match c {
        0..0x80 => (0, 1),
        0x80..0x800 => (0xc0, 2),
        0x800..0x1_0000 => (0xe0, 3),
        0x1_0000..0x20_0000 => (0xf0, 4),
        0x20_0000..0x400_0000 => (0xf8, 5),
        _ => (0xfc, 6),
    };
    let mut bytes = [0; 6];
    let mut rest = c;
    for place in (1..len).rev() {
        bytes[place] = 0x80 | (rest & 0x3f) as u8;
        rest >>= 6;
    }
    bytes[0] = lead | rest as u8;
    (bytes, len)
}

/// The character at the start of `bytes` and its length, taking them at their word; `None` if they end
/// too soon or go on with something else.
fn decode(bytes: &[u8]) -> Option<(u32, usize)> {
    let &lead = bytes.first()?;
    if lead < 0x80 {
        return Some((lead.into(), 1));
    }
    let len = usize::from(lead_length(lead));
    if len == 1 {
        return None;
    }
    let rest = bytes.get(1..len)?;
    let first = u32::from(lead) & (0x7f >> len);
    rest.iter()
        .try_fold(first, |c, &byte| {
            is_continuation(byte).then_some(c << 6 | u32::from(byte & 0x3f))
        })
        .map(|c| (c, len))
}

/// Whether a number is a Unicode character.
#[no_mangle]
pub unsafe extern "C" fn g_unichar_validate(ch: u32) -> gboolean {
    gboolean::from(char::from_u32(ch).is_some())
}

/// Writes a character; returns how many bytes.
#[no_mangle]
pub unsafe extern "C" fn g_unichar_to_utf8(c: u32, outbuf: *mut c_char) -> c_int {
    let (bytes, len) = encode(c);
    if !outbuf.is_null() {
        // SAFETY: the caller has room for a character.
        unsafe { outbuf.copy_from_nonoverlapping(bytes.as_ptr().cast(), len) };
    }
    len as c_int
}

/// The bytes at `p` that its first one claims, without passing a NUL.
///
/// # Safety
/// A C string.
unsafe fn claimed<'a>(p: *const c_char) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { limited(p, gssize::from(lead_length(*p.cast()))) }
}

/// The character at `p`; (gunichar) -1 if there is none.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_get_char(p: *const c_char) -> u32 {
    // SAFETY: a C string, or at least the bytes of one character.
    unsafe {
        if *p == 0 {
            return 0;
        }
        decode(claimed(p)).map_or(u32::MAX, |(c, _)| c)
    }
}

/// The character at `p`, checked: -2 if it is cut off, -1 if it is none.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_get_char_validated(p: *const c_char, max_len: gssize) -> u32 {
    const CUT_OFF: u32 = -2i32 as u32;
    const NONE: u32 = -1i32 as u32;
    if max_len == 0 {
        return CUT_OFF;
    }
    // SAFETY: a C string, or as many bytes as max_len says.
    let bytes = unsafe {
        let most = if max_len < 0 { 6 } else { max_len.min(6) };
        limited(p, most)
    };
    let Some(&lead) = bytes.first() else {
        // A NUL: the end of a C string, but no character among counted bytes.
        return if max_len > 0 { CUT_OFF } else { 0 };
    };
    let form = usize::from(lead_length(lead));
    match decode(bytes) {
        Some((c, len)) if encode(c).1 == len && char::from_u32(c).is_some() => c,
        Some(_) => NONE,
        None if form == 1 => NONE,
        // A NUL ends the text like a C string's, but where too few bytes are counted all of them must fit.
        None if (bytes.len() as gssize) < max_len && max_len < form as gssize => NONE,
        None if bytes[1..].iter().take(form - 1).all(|&byte| is_continuation(byte)) => CUT_OFF,
        None => NONE,
    }
}

/// The start of the character before `p`.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_prev_char(p: *const c_char) -> *mut c_char {
    let mut place = p;
    // SAFETY: there is a character before p, and it starts with no continuation byte.
    unsafe {
        loop {
            place = place.sub(1);
            if !is_continuation(*place as u8) {
                return place.cast_mut();
            }
        }
    }
}

/// The start of the next character, or NULL at `end`; without an `end` even behind a NUL.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_find_next_char(
    p: *const c_char,
    end: *const c_char,
) -> *mut c_char {
    let mut place = p;
    // SAFETY: bytes up to end, or a C string.
    unsafe {
        if end.is_null() {
            let is_end = *place == 0;
            place = place.add(1);
            while !is_end && is_continuation(*place as u8) {
                place = place.add(1);
            }
            return place.cast_mut();
        }
        if place < end {
            place = place.add(1);
            while place < end && is_continuation(*place as u8) {
                place = place.add(1);
            }
        }
        if place < end {
            place.cast_mut()
        } else {
            null_mut()
        }
    }
}

/// The start of the character before `p`, or NULL at the start of `str`.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_find_prev_char(
    str: *const c_char,
    p: *const c_char,
) -> *mut c_char {
    let mut place = p;
    // SAFETY: the bytes from str to p are one string's.
    unsafe {
        while place > str {
            place = place.sub(1);
            if !is_continuation(*place as u8) {
                return place.cast_mut();
            }
        }
    }
    null_mut()
}

/// The place `offset` characters on, or back.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_offset_to_pointer(
    str: *const c_char,
    offset: c_long,
) -> *mut c_char {
    let mut place = str;
    // SAFETY: the string reaches that far.
    unsafe {
        for _ in 0..offset {
            place = place.add(usize::from(lead_length(*place as u8)));
        }
        for _ in offset..0 {
            place = g_utf8_prev_char(place);
        }
    }
    place.cast_mut()
}

/// The characters between two places.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_pointer_to_offset(
    str: *const c_char,
    pos: *const c_char,
) -> c_long {
    if pos < str {
        // SAFETY: the same string, the other way round.
        return -unsafe { g_utf8_pointer_to_offset(pos, str) };
    }
    let mut place = str;
    let mut count = 0;
    // SAFETY: both places are in one string.
    unsafe {
        while place < pos {
            place = place.add(usize::from(lead_length(*place as u8)));
            count += 1;
        }
    }
    count
}

/// The number of characters; one that is cut off does not count.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_strlen(p: *const c_char, max: gssize) -> c_long {
    require!("g_utf8_strlen", !p.is_null() || max == 0, "p != NULL || max == 0", 0);
    if max == 0 {
        return 0;
    }
    // SAFETY: a C string, or as many bytes as max says.
    let bytes = unsafe { limited(p, max) };
    let mut place = 0;
    let mut count = 0;
    while place < bytes.len() {
        place += usize::from(lead_length(bytes[place]));
        count += c_long::from(max < 0 || place <= bytes.len());
    }
    count
}

/// Some characters of a string. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_substring(
    str: *const c_char,
    start_pos: c_long,
    end_pos: c_long,
) -> *mut c_char {
    require!("g_utf8_substring", !str.is_null(), "str != NULL", null_mut());
    require!(
        "g_utf8_substring",
        end_pos >= start_pos || end_pos == -1,
        "end_pos >= start_pos || end_pos == -1",
        null_mut()
    );
    // SAFETY: the string reaches that far.
    unsafe {
        let start = g_utf8_offset_to_pointer(str, start_pos);
        let len = match end_pos {
            -1 => libc::strlen(start),
            _ => g_utf8_offset_to_pointer(start, end_pos - start_pos).offset_from(start) as usize,
        };
        string_from(std::slice::from_raw_parts(start.cast(), len))
    }
}

/// Copies `n` characters.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_strncpy(
    dest: *mut c_char,
    src: *const c_char,
    n: gsize,
) -> *mut c_char {
    let mut place = src;
    // SAFETY: dest has room for the characters and a NUL.
    unsafe {
        for _ in 0..n {
            if *place == 0 {
                break;
            }
            place = place.add(usize::from(lead_length(*place as u8)));
        }
        let len = place.offset_from(src) as usize;
        dest.copy_from_nonoverlapping(src, len);
        *dest.add(len) = 0;
    }
    dest
}

/// The first of a character.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_strchr(p: *const c_char, len: gssize, c: u32) -> *mut c_char {
    let (bytes, count) = encode(c);
    // SAFETY: a C string, or as many bytes as len says.
    let place = crate::strings::first_of(unsafe { limited(p, len) }, &bytes[..count]);
    place.map_or(null_mut(), |place| p.wrapping_add(place).cast_mut())
}

/// The last of a character.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_strrchr(p: *const c_char, len: gssize, c: u32) -> *mut c_char {
    let (bytes, count) = encode(c);
    // SAFETY: a C string, or as many bytes as len says.
    let place = crate::strings::last_of(unsafe { limited(p, len) }, &bytes[..count]);
    place.map_or(null_mut(), |place| p.wrapping_add(place).cast_mut())
}

/// The characters in reverse order. Since 2.2.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_strreverse(str: *const c_char, len: gssize) -> *mut c_char {
    // SAFETY: a C string, or as many bytes as len says.
    let bytes = unsafe { limited(str, len) };
    let mut out = Vec::with_capacity(bytes.len());
    let mut end = bytes.len();
    for start in (0..bytes.len()).rev() {
        if !is_continuation(bytes[start]) {
            out.extend(&bytes[start..end]);
            end = start;
        }
    }
    string_from(&out)
}

/// Checks bytes, and tells where the valid ones end.
unsafe fn validate(str: *const c_char, bytes: &[u8], end: *mut *const c_char) -> bool {
    let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    let valid = match std::str::from_utf8(text) {
        Ok(_) => text.len(),
        Err(error) => error.valid_up_to(),
    };
    if !end.is_null() {
        // SAFETY: the caller's variable; the place is in the string or at its end.
        unsafe { *end = str.add(valid) };
    }
    valid == bytes.len()
}

/// Whether bytes are UTF-8, and where they stop being so.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_validate(
    str: *const c_char,
    max_len: gssize,
    end: *mut *const c_char,
) -> gboolean {
    // SAFETY: a C string, or as many bytes as max_len says.
    unsafe {
        match gsize::try_from(max_len) {
            Ok(max_len) => g_utf8_validate_len(str, max_len, end),
            Err(_) => gboolean::from(validate(str, limited(str, -1), end)),
        }
    }
}

/// Whether counted bytes are UTF-8. Since 2.60.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_validate_len(
    str: *const c_char,
    max_len: gsize,
    end: *mut *const c_char,
) -> gboolean {
    // SAFETY: as many bytes as max_len says.
    unsafe {
        let bytes =
            if max_len == 0 { &[] } else { std::slice::from_raw_parts(str.cast(), max_len) };
        gboolean::from(validate(str, bytes, end))
    }
}

/// A copy with U+FFFD for each byte that is no part of a character, as a NUL among them is none. Since 2.52.
#[no_mangle]
pub unsafe extern "C" fn g_utf8_make_valid(str: *const c_char, len: gssize) -> *mut c_char {
    require!("g_utf8_make_valid", !str.is_null(), "str != NULL", null_mut());
    // SAFETY: a C string, or as many bytes as len says.
    let bytes = unsafe {
        match gsize::try_from(len) {
            Ok(len) => std::slice::from_raw_parts(str.cast(), len),
            Err(_) => CStr::from_ptr(str).to_bytes(),
        }
    };
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(&chunk.valid().replace('\0', "\u{fffd}"));
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    string_from(out.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for c in [0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x1_0000, 0x1f_ffff, 0x3ff_ffff, 0x7fff_ffff]
        {
            let (bytes, len) = encode(c);
            assert_eq!(decode(&bytes[..len]), Some((c, len)));
            assert_eq!(decode(&bytes[..len - 1]), None);
        }
    }

    #[test]
    fn encoding_agrees_with_rust() {
        for c in "aé€😀".chars() {
            let (bytes, len) = encode(c.into());
            assert_eq!(std::str::from_utf8(&bytes[..len]), Ok(c.to_string().as_str()));
        }
    }
}
