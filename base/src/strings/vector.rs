//! Vectors of strings: arrays that end in NULL.

use super::*;

/// The strings of a vector, NULL being an empty one.
///
/// # Safety
/// A vector of C strings that stays unchanged while the result is used.
pub(crate) unsafe fn strings<'a>(vector: *const *const c_char) -> impl Iterator<Item = &'a CStr> {
    let mut place = vector;
    std::iter::from_fn(move || {
        if place.is_null() {
            return None;
        }
        // SAFETY: the caller's promise; the end is not passed, since NULL is never left behind.
        unsafe {
            let string = crate::messages::opt(*place)?;
            place = place.add(1);
            Some(string)
        }
    })
}

/// A vector in C's memory with copies of these strings.
pub(crate) fn vector_from<T: AsRef<[u8]>>(
    strings: impl ExactSizeIterator<Item = T>,
) -> *mut *mut c_char {
    let count = strings.len();
    // SAFETY: the array is fresh, with room for every string and the NULL.
    unsafe {
        let vector =
            crate::mem::g_malloc_n(count + 1, size_of::<*mut c_char>()).cast::<*mut c_char>();
        for (place, string) in strings.enumerate() {
            *vector.add(place) = string_from(string.as_ref());
        }
        *vector.add(count) = null_mut();
        vector
    }
}

/// The strings of a vector with a separator between them.
#[no_mangle]
pub unsafe extern "C" fn g_strjoinv(
    separator: *const c_char,
    str_array: *mut *mut c_char,
) -> *mut c_char {
    require!("g_strjoinv", !str_array.is_null(), "str_array != NULL", null_mut());
    // SAFETY: a vector, and a C string or NULL. The result is measured first and written once.
    unsafe {
        let separator = crate::messages::opt(separator).unwrap_or(c"").to_bytes();
        let pieces = || strings(str_array.cast_const().cast()).map(CStr::to_bytes);
        let size: usize = pieces().map(|piece| piece.len() + separator.len()).sum();
        let text = g_malloc(size.saturating_sub(separator.len()) + 1).cast::<u8>();
        let mut end = text;
        let mut put = |bytes: &[u8]| {
            end.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            end = end.add(bytes.len());
        };
        for (place, piece) in pieces().enumerate() {
            if place > 0 {
                put(separator);
            }
            put(piece);
        }
        put(b"\0");
        text.cast()
    }
}

/// Pieces of `text`, at most `max` of them unless that is below 1, each ending where `find` says a
/// separator starts and going on behind it. No text, no pieces.
fn split(text: &[u8], max: c_int, find: impl Fn(&[u8]) -> Option<(usize, usize)>) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    if text.is_empty() {
        return pieces;
    }
    let max = usize::try_from(max).ok().filter(|&max| max > 0).unwrap_or(usize::MAX);
    let mut rest = text;
    while pieces.len() + 1 < max {
        let Some((start, len)) = find(rest) else { break };
        pieces.push(&rest[..start]);
        rest = &rest[start + len..];
    }
    pieces.push(rest);
    pieces
}

/// Splits at a delimiter.
#[no_mangle]
pub unsafe extern "C" fn g_strsplit(
    string: *const c_char,
    delimiter: *const c_char,
    max_tokens: c_int,
) -> *mut *mut c_char {
    require!("g_strsplit", !string.is_null(), "string != NULL", null_mut());
    require!("g_strsplit", !delimiter.is_null(), "delimiter != NULL", null_mut());
    // SAFETY: two C strings.
    unsafe {
        require!("g_strsplit", *delimiter != 0, "delimiter[0] != '\\0'", null_mut());
        let delimiter = CStr::from_ptr(delimiter).to_bytes();
        let pieces = split(CStr::from_ptr(string).to_bytes(), max_tokens, |text| {
            first_of(text, delimiter).map(|start| (start, delimiter.len()))
        });
        vector_from(pieces.into_iter())
    }
}

/// Splits at any of some bytes. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_strsplit_set(
    string: *const c_char,
    delimiters: *const c_char,
    max_tokens: c_int,
) -> *mut *mut c_char {
    require!("g_strsplit_set", !string.is_null(), "string != NULL", null_mut());
    require!("g_strsplit_set", !delimiters.is_null(), "delimiters != NULL", null_mut());
    // SAFETY: two C strings.
    unsafe {
        let delimiters = CStr::from_ptr(delimiters).to_bytes();
        let pieces = split(CStr::from_ptr(string).to_bytes(), max_tokens, |text| {
            text.iter().position(|byte| delimiters.contains(byte)).map(|start| (start, 1))
        });
        vector_from(pieces.into_iter())
    }
}

/// Frees a vector and its strings.
#[no_mangle]
pub unsafe extern "C" fn g_strfreev(str_array: *mut *mut c_char) {
    // SAFETY: a vector in C's memory, given up by the caller; a string is read before it is freed.
    unsafe {
        for string in strings(str_array.cast_const().cast()) {
            libc::free(string.as_ptr().cast_mut().cast());
        }
        libc::free(str_array.cast());
    }
}

/// A copy of a vector and its strings; NULL for NULL.
#[no_mangle]
pub unsafe extern "C" fn g_strdupv(str_array: *mut *mut c_char) -> *mut *mut c_char {
    if str_array.is_null() {
        return null_mut();
    }
    // SAFETY: a vector.
    let all: Vec<&CStr> = unsafe { strings(str_array.cast_const().cast()) }.collect();
    vector_from(all.into_iter().map(CStr::to_bytes))
}

/// The number of strings. Since 2.6.
#[no_mangle]
pub unsafe extern "C" fn g_strv_length(str_array: *mut *mut c_char) -> c_uint {
    require!("g_strv_length", !str_array.is_null(), "str_array != NULL", 0);
    // SAFETY: a vector.
    unsafe { strings(str_array.cast_const().cast()) }.count() as c_uint
}

/// Whether a vector holds a string. Since 2.44.
#[no_mangle]
pub unsafe extern "C" fn g_strv_contains(
    strv: *const *const c_char,
    str: *const c_char,
) -> gboolean {
    require!("g_strv_contains", !strv.is_null(), "strv != NULL", FALSE);
    require!("g_strv_contains", !str.is_null(), "str != NULL", FALSE);
    // SAFETY: a vector and a C string.
    unsafe {
        let wanted = CStr::from_ptr(str);
        gboolean::from(strings(strv).any(|string| string == wanted))
    }
}

/// Whether two vectors hold equal strings. Since 2.60.
#[no_mangle]
pub unsafe extern "C" fn g_strv_equal(
    strv1: *const *const c_char,
    strv2: *const *const c_char,
) -> gboolean {
    require!("g_strv_equal", !strv1.is_null(), "strv1 != NULL", FALSE);
    require!("g_strv_equal", !strv2.is_null(), "strv2 != NULL", FALSE);
    // SAFETY: two vectors.
    unsafe { gboolean::from(strings(strv1).eq(strings(strv2))) }
}
