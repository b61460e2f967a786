//! Finding one string in another.

use super::*;

/// Where `needle` first lies in `hay`: the C library's search, which needs no tables of ours.
pub(crate) fn first_of(hay: &[u8], needle: &[u8]) -> Option<usize> {
    // SAFETY: both are as long as is said.
    let found = unsafe {
        libc::memmem(hay.as_ptr().cast(), hay.len(), needle.as_ptr().cast(), needle.len())
    };
    (!found.is_null()).then(|| found.addr() - hay.as_ptr().addr())
}

/// Where `needle` last lies in `hay`.
pub(crate) fn last_of(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    (0..=last).rev().find(|&start| hay[start..].starts_with(needle))
}

/// Whether a string starts with another. Since 2.2.
#[no_mangle]
pub unsafe extern "C" fn g_str_has_prefix(str: *const c_char, prefix: *const c_char) -> gboolean {
    require!("g_str_has_prefix", !str.is_null(), "str != NULL", FALSE);
    require!("g_str_has_prefix", !prefix.is_null(), "prefix != NULL", FALSE);
    // SAFETY: two C strings.
    unsafe { gboolean::from(libc::strncmp(str, prefix, libc::strlen(prefix)) == 0) }
}

/// Whether a string ends with another. Since 2.2.
#[no_mangle]
pub unsafe extern "C" fn g_str_has_suffix(str: *const c_char, suffix: *const c_char) -> gboolean {
    require!("g_str_has_suffix", !str.is_null(), "str != NULL", FALSE);
    require!("g_str_has_suffix", !suffix.is_null(), "suffix != NULL", FALSE);
    // SAFETY: two C strings.
    unsafe {
        gboolean::from(CStr::from_ptr(str).to_bytes().ends_with(CStr::from_ptr(suffix).to_bytes()))
    }
}

/// A place in `haystack`, or NULL.
fn at(haystack: *const c_char, place: Option<usize>) -> *mut c_char {
    place.map_or(null_mut(), |place| haystack.wrapping_add(place).cast_mut())
}

/// The first occurrence within a length.
#[no_mangle]
pub unsafe extern "C" fn g_strstr_len(
    haystack: *const c_char,
    haystack_len: gssize,
    needle: *const c_char,
) -> *mut c_char {
    require!("g_strstr_len", !haystack.is_null(), "haystack != NULL", null_mut());
    require!("g_strstr_len", !needle.is_null(), "needle != NULL", null_mut());
    // SAFETY: a C string or as many bytes as are said, and a C string.
    unsafe {
        let place = first_of(limited(haystack, haystack_len), CStr::from_ptr(needle).to_bytes());
        at(haystack, place)
    }
}

/// The last occurrence.
#[no_mangle]
pub unsafe extern "C" fn g_strrstr(haystack: *const c_char, needle: *const c_char) -> *mut c_char {
    require!("g_strrstr", !haystack.is_null(), "haystack != NULL", null_mut());
    require!("g_strrstr", !needle.is_null(), "needle != NULL", null_mut());
    // SAFETY: two C strings.
    unsafe { last(haystack, -1, needle) }
}

/// The last occurrence; an empty needle is found at the start of a C string, but at the end of bytes
/// whose number is given.
unsafe fn last(haystack: *const c_char, len: gssize, needle: *const c_char) -> *mut c_char {
    // SAFETY: a C string or as many bytes as are said, and a C string.
    unsafe {
        if len < 0 && *needle == 0 {
            return haystack.cast_mut();
        }
        at(haystack, last_of(limited(haystack, len), CStr::from_ptr(needle).to_bytes()))
    }
}

/// The last occurrence within a length.
#[no_mangle]
pub unsafe extern "C" fn g_strrstr_len(
    haystack: *const c_char,
    haystack_len: gssize,
    needle: *const c_char,
) -> *mut c_char {
    require!("g_strrstr_len", !haystack.is_null(), "haystack != NULL", null_mut());
    require!("g_strrstr_len", !needle.is_null(), "needle != NULL", null_mut());
    // SAFETY: a C string or as many bytes as are said, and a C string.
    unsafe { last(haystack, haystack_len, needle) }
}
