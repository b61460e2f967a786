//! `gstring.h`: strings that grow. Room doubles, so that adding byte after byte costs little. The
//! functions with variable arguments are in `c/strings.c`.

use crate::bytes::{g_bytes_new_take, GBytes};
use crate::mem::{boxed, g_realloc};
use crate::types::*;
use crate::unicode::encode;
use std::ffi::CStr;
use std::ptr::null_mut;

/// The bytes, how many they are, and how many there is room for with the NUL that always follows.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GString {
    /// Moves when the string grows.
    pub str: *mut c_char,
    /// Bytes, without the NUL.
    pub len: gsize,
    /// Room, with the NUL.
    pub allocated_len: gsize,
}

/// How many bytes a new string has room for at least.
const LEAST_ROOM: gsize = 64;

impl GString {
    /// Makes room for `len` bytes and the NUL.
    ///
    /// # Safety
    /// A live string.
    unsafe fn reserve(&mut self, len: gsize) {
        if len < self.allocated_len {
            return;
        }
        let room =
            len.checked_add(1).and_then(gsize::checked_next_power_of_two).unwrap_or(gsize::MAX);
        // SAFETY: `str` is the string's own block, which moves.
        self.str = unsafe { g_realloc(self.str.cast(), room) }.cast();
        self.allocated_len = room;
    }

    /// Sets the length and the NUL after it.
    ///
    /// # Safety
    /// There is room, and the bytes up to `len` are the string's.
    unsafe fn end_at(&mut self, len: gsize) {
        self.len = len;
        // SAFETY: the caller's promise.
        unsafe { *self.str.add(len) = 0 };
    }

    /// Puts bytes in the place of `removed` ones from `pos` on. They may lie in the string itself.
    ///
    /// # Safety
    /// A live string, `pos + removed <= len`, and `count` readable bytes at `bytes`.
    unsafe fn splice(&mut self, pos: gsize, removed: gsize, bytes: *const c_char, count: gsize) {
        let own_start = self.str as usize;
        let inside = (own_start..=own_start + self.len).contains(&(bytes as usize)) && count > 0;
        // SAFETY: bytes of the string itself are copied before it moves; after `reserve` there is room
        // for both parts, and `copy` allows overlap.
        unsafe {
            if inside {
                let copy = std::slice::from_raw_parts(bytes.cast::<u8>(), count).to_vec();
                return self.splice(pos, removed, copy.as_ptr().cast(), count);
            }
            let len = self.len - removed + count;
            self.reserve(len);
            let place = self.str.add(pos);
            place.add(removed).copy_to(place.add(count), self.len - pos - removed);
            if count > 0 {
                place.copy_from_nonoverlapping(bytes, count);
            }
            self.end_at(len);
        }
    }

    /// # Safety
    /// A live string, not changed while the result is used.
    unsafe fn bytes<'a>(&self) -> &'a [u8] {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.str.cast(), self.len) }
    }

    /// # Safety
    /// As for `bytes`, and nobody else looks.
    unsafe fn bytes_mut<'a>(&mut self) -> &'a mut [u8] {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.str.cast(), self.len) }
    }
}

/// The length of `val`: as given, or up to its NUL if negative.
unsafe fn length_of(val: *const c_char, len: gssize) -> gsize {
    // SAFETY: a C string if no length is given.
    gsize::try_from(len).unwrap_or_else(|_| unsafe { libc::strlen(val) })
}

/// A string with the same bytes. Since 2.86.
#[no_mangle]
pub unsafe extern "C" fn g_string_copy(string: *mut GString) -> *mut GString {
    require!("g_string_copy", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string, whose bytes are as many as it says.
    unsafe { g_string_new_len((*string).str, (*string).len as gssize) }
}

/// An empty string with room for `dfl_size` bytes, freed with `g_string_free()`.
#[no_mangle]
pub unsafe extern "C" fn g_string_sized_new(dfl_size: gsize) -> *mut GString {
    let string = boxed(GString { str: null_mut(), len: 0, allocated_len: 0 });
    // SAFETY: fresh, with room for the NUL once reserved.
    unsafe {
        (*string).reserve(dfl_size.max(LEAST_ROOM));
        (*string).end_at(0);
    }
    string
}

/// A string with a copy of `init`, or empty for NULL; freed with `g_string_free()`.
#[no_mangle]
pub unsafe extern "C" fn g_string_new(init: *const c_char) -> *mut GString {
    // SAFETY: a C string or NULL.
    unsafe { g_string_new_len(if init.is_null() { c"".as_ptr() } else { init }, -1) }
}

/// A string that takes `init` over, or is empty for NULL. Since 2.78.
#[no_mangle]
pub unsafe extern "C" fn g_string_new_take(init: *mut c_char) -> *mut GString {
    // SAFETY: a C string in C's memory, given up by the caller, or NULL.
    unsafe {
        if init.is_null() {
            return g_string_new(init);
        }
        let len = libc::strlen(init);
        boxed(GString { str: init, len, allocated_len: len + 1 })
    }
}

/// A string with a copy of `len` bytes, or of a C string for -1.
#[no_mangle]
pub unsafe extern "C" fn g_string_new_len(init: *const c_char, len: gssize) -> *mut GString {
    // SAFETY: as many bytes as the caller says, or a C string.
    unsafe {
        if init.is_null() {
            return g_string_sized_new(0);
        }
        let len = length_of(init, len);
        g_string_append_len(g_string_sized_new(len), init, len as gssize)
    }
}

/// Frees a string and, if asked to, its bytes; returns those otherwise, for `g_free()`.
#[no_mangle]
pub unsafe extern "C" fn g_string_free(
    string: *mut GString,
    free_segment: gboolean,
) -> *mut c_char {
    require!("g_string_free", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string, given up by the caller.
    unsafe {
        let bytes = (*string).str;
        libc::free(string.cast());
        if free_segment == FALSE {
            return bytes;
        }
        libc::free(bytes.cast());
    }
    null_mut()
}

/// Frees a string but not its bytes, which become a `GBytes`. Since 2.34.
#[no_mangle]
pub unsafe extern "C" fn g_string_free_to_bytes(string: *mut GString) -> *mut GBytes {
    require!("g_string_free_to_bytes", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string, given up by the caller; its bytes are C's memory and as many as it says.
    unsafe {
        let len = (*string).len;
        g_bytes_new_take(g_string_free(string, FALSE).cast(), len)
    }
}

/// Frees a string and returns its bytes, for `g_free()`. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_string_free_and_steal(string: *mut GString) -> *mut c_char {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_string_free(string, FALSE) }
}

/// Whether two strings hold the same bytes.
#[no_mangle]
pub unsafe extern "C" fn g_string_equal(v: *const GString, v2: *const GString) -> gboolean {
    // SAFETY: two live strings.
    unsafe { gboolean::from((*v).bytes() == (*v2).bytes()) }
}

/// A hash of the bytes.
#[no_mangle]
pub unsafe extern "C" fn g_string_hash(str: *const GString) -> c_uint {
    // SAFETY: a live string. Each step is hash * 31 + byte.
    unsafe {
        (*str)
            .bytes()
            .iter()
            .fold(0, |hash: c_uint, &byte| hash.wrapping_mul(31).wrapping_add(byte as i8 as c_uint))
    }
}

/// Replaces all bytes.
#[no_mangle]
pub unsafe extern "C" fn g_string_assign(
    string: *mut GString,
    rval: *const c_char,
) -> *mut GString {
    require!("g_string_assign", !string.is_null(), "string != NULL", null_mut());
    require!("g_string_assign", !rval.is_null(), "rval != NULL", string);
    // SAFETY: a live string and a C string.
    unsafe {
        if !std::ptr::eq((*string).str, rval) {
            (*string).splice(0, (*string).len, rval, libc::strlen(rval));
        }
    }
    string
}

/// Cuts to at most `len` bytes.
#[no_mangle]
pub unsafe extern "C" fn g_string_truncate(string: *mut GString, len: gsize) -> *mut GString {
    require!("g_string_truncate", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string.
    unsafe { (*string).end_at(len.min((*string).len)) };
    string
}

/// Makes it `len` bytes long, new ones undefined.
#[no_mangle]
pub unsafe extern "C" fn g_string_set_size(string: *mut GString, len: gsize) -> *mut GString {
    require!("g_string_set_size", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string; `reserve` makes the room.
    unsafe {
        (*string).reserve(len);
        (*string).end_at(len);
    }
    string
}

/// Inserts bytes at `pos`, or at the end for -1.
#[no_mangle]
pub unsafe extern "C" fn g_string_insert_len(
    string: *mut GString,
    pos: gssize,
    val: *const c_char,
    len: gssize,
) -> *mut GString {
    require!("g_string_insert_len", !string.is_null(), "string != NULL", null_mut());
    require!("g_string_insert_len", len == 0 || !val.is_null(), "len == 0 || val != NULL", string);
    // SAFETY: a live string, and as many bytes as the caller says.
    unsafe {
        let pos = match gsize::try_from(pos) {
            Ok(pos) => {
                require!(
                    "g_string_insert_len",
                    pos <= (*string).len,
                    "pos_unsigned <= string->len",
                    string
                );
                pos
            }
            Err(_) => (*string).len,
        };
        (*string).splice(pos, 0, val, length_of(val, len));
    }
    string
}

/// Adds a C string at the end.
#[no_mangle]
pub unsafe extern "C" fn g_string_append(string: *mut GString, val: *const c_char) -> *mut GString {
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_len(string, -1, val, -1) }
}

/// Adds bytes at the end.
#[no_mangle]
pub unsafe extern "C" fn g_string_append_len(
    string: *mut GString,
    val: *const c_char,
    len: gssize,
) -> *mut GString {
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_len(string, -1, val, len) }
}

/// Adds a byte at the end.
#[no_mangle]
pub unsafe extern "C" fn g_string_append_c(string: *mut GString, c: c_char) -> *mut GString {
    require!("g_string_append_c", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_c(string, -1, c) }
}

/// Adds a character at the end.
#[no_mangle]
pub unsafe extern "C" fn g_string_append_unichar(string: *mut GString, wc: u32) -> *mut GString {
    require!("g_string_append_unichar", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_unichar(string, -1, wc) }
}

/// Adds a C string in front.
#[no_mangle]
pub unsafe extern "C" fn g_string_prepend(
    string: *mut GString,
    val: *const c_char,
) -> *mut GString {
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_len(string, 0, val, -1) }
}

/// Adds a byte in front.
#[no_mangle]
pub unsafe extern "C" fn g_string_prepend_c(string: *mut GString, c: c_char) -> *mut GString {
    require!("g_string_prepend_c", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_c(string, 0, c) }
}

/// Adds a character in front.
#[no_mangle]
pub unsafe extern "C" fn g_string_prepend_unichar(string: *mut GString, wc: u32) -> *mut GString {
    require!("g_string_prepend_unichar", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_unichar(string, 0, wc) }
}

/// Adds bytes in front.
#[no_mangle]
pub unsafe extern "C" fn g_string_prepend_len(
    string: *mut GString,
    val: *const c_char,
    len: gssize,
) -> *mut GString {
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_len(string, 0, val, len) }
}

/// Inserts a C string.
#[no_mangle]
pub unsafe extern "C" fn g_string_insert(
    string: *mut GString,
    pos: gssize,
    val: *const c_char,
) -> *mut GString {
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_insert_len(string, pos, val, -1) }
}

/// Inserts a byte.
#[no_mangle]
pub unsafe extern "C" fn g_string_insert_c(
    string: *mut GString,
    pos: gssize,
    c: c_char,
) -> *mut GString {
    require!("g_string_insert_c", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string, and one byte.
    unsafe {
        require!(
            "g_string_insert_c",
            pos < 0 || pos as gsize <= (*string).len,
            "pos_unsigned <= string->len",
            string
        );
        g_string_insert_len(string, pos, &c, 1)
    }
}

/// Inserts a character.
#[no_mangle]
pub unsafe extern "C" fn g_string_insert_unichar(
    string: *mut GString,
    pos: gssize,
    wc: u32,
) -> *mut GString {
    require!("g_string_insert_unichar", !string.is_null(), "string != NULL", null_mut());
    let (bytes, len) = encode(wc);
    // SAFETY: a live string, and the bytes of the character.
    unsafe {
        require!(
            "g_string_insert_unichar",
            pos < 0 || pos as gsize <= (*string).len,
            "pos_unsigned <= string->len",
            string
        );
        g_string_insert_len(string, pos, bytes.as_ptr().cast(), len as gssize)
    }
}

/// Writes a C string over what is there.
#[no_mangle]
pub unsafe extern "C" fn g_string_overwrite(
    string: *mut GString,
    pos: gsize,
    val: *const c_char,
) -> *mut GString {
    require!("g_string_overwrite", !val.is_null(), "val != NULL", string);
    // SAFETY: the checks and obligations are those of the general function.
    unsafe { g_string_overwrite_len(string, pos, val, -1) }
}

/// Writes bytes over what is there, growing if needed.
#[no_mangle]
pub unsafe extern "C" fn g_string_overwrite_len(
    string: *mut GString,
    pos: gsize,
    val: *const c_char,
    len: gssize,
) -> *mut GString {
    require!("g_string_overwrite_len", !string.is_null(), "string != NULL", null_mut());
    if len == 0 {
        return string;
    }
    require!("g_string_overwrite_len", !val.is_null(), "val != NULL", string);
    // SAFETY: a live string, and as many bytes as the caller says.
    unsafe {
        require!("g_string_overwrite_len", pos <= (*string).len, "pos <= string->len", string);
        let len = length_of(val, len);
        (*string).splice(pos, len.min((*string).len - pos), val, len);
    }
    string
}

/// Removes bytes.
#[no_mangle]
pub unsafe extern "C" fn g_string_erase(
    string: *mut GString,
    pos: gssize,
    len: gssize,
) -> *mut GString {
    require!("g_string_erase", !string.is_null(), "string != NULL", null_mut());
    require!("g_string_erase", pos >= 0, "pos >= 0", string);
    let pos = pos as gsize;
    // SAFETY: a live string.
    unsafe {
        let all = (*string).len;
        require!("g_string_erase", pos <= all, "pos_unsigned <= string->len", string);
        let len = gsize::try_from(len).unwrap_or(all - pos);
        require!(
            "g_string_erase",
            len <= all - pos,
            "pos_unsigned + len_unsigned <= string->len",
            string
        );
        (*string).splice(pos, len, c"".as_ptr(), 0);
    }
    string
}

/// Replaces one text by another; returns how often. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_string_replace(
    string: *mut GString,
    find: *const c_char,
    replace: *const c_char,
    limit: c_uint,
) -> c_uint {
    require!("g_string_replace", !string.is_null(), "string != NULL", 0);
    require!("g_string_replace", !find.is_null(), "find != NULL", 0);
    require!("g_string_replace", !replace.is_null(), "replace != NULL", 0);
    // SAFETY: a live string and two C strings, which do not lie in it.
    unsafe {
        let find = CStr::from_ptr(find).to_bytes();
        let replace = CStr::from_ptr(replace);
        let replace_len = replace.to_bytes().len();
        let mut pos = 0;
        let mut count = 0;
        while limit == 0 || count < limit {
            let Some(found) = crate::strings::first_of(&(*string).bytes()[pos..], find) else {
                break;
            };
            pos += found;
            (*string).splice(pos, find.len(), replace.as_ptr(), replace_len);
            pos += replace_len;
            count += 1;
            // Nothing is found between any two characters, and once at the end.
            if find.is_empty() {
                pos += 1;
                if pos > (*string).len {
                    break;
                }
            }
        }
        count
    }
}

/// Makes A-Z lower case.
#[no_mangle]
pub unsafe extern "C" fn g_string_ascii_down(string: *mut GString) -> *mut GString {
    require!("g_string_ascii_down", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string.
    unsafe { (*string).bytes_mut().make_ascii_lowercase() };
    string
}

/// Makes a-z upper case.
#[no_mangle]
pub unsafe extern "C" fn g_string_ascii_up(string: *mut GString) -> *mut GString {
    require!("g_string_ascii_up", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string.
    unsafe { (*string).bytes_mut().make_ascii_uppercase() };
    string
}

/// Lower case by the locale, byte by byte.
#[no_mangle]
pub unsafe extern "C" fn g_string_down(string: *mut GString) -> *mut GString {
    require!("g_string_down", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string.
    unsafe { crate::strings::change_case((*string).bytes_mut(), libc::tolower) };
    string
}

/// Upper case by the locale, byte by byte.
#[no_mangle]
pub unsafe extern "C" fn g_string_up(string: *mut GString) -> *mut GString {
    require!("g_string_up", !string.is_null(), "string != NULL", null_mut());
    // SAFETY: a live string.
    unsafe { crate::strings::change_case((*string).bytes_mut(), libc::toupper) };
    string
}

/// Adds text with what a URI cannot hold as `%XX`. Since 2.16.
#[no_mangle]
pub unsafe extern "C" fn g_string_append_uri_escaped(
    string: *mut GString,
    unescaped: *const c_char,
    reserved_chars_allowed: *const c_char,
    allow_utf8: gboolean,
) -> *mut GString {
    require!("g_string_append_uri_escaped", !string.is_null(), "string != NULL", null_mut());
    require!("g_string_append_uri_escaped", !unescaped.is_null(), "unescaped != NULL", null_mut());
    // SAFETY: a live string, a C string, and a C string or NULL.
    unsafe {
        let text = CStr::from_ptr(unescaped).to_bytes();
        let allowed =
            crate::messages::opt(reserved_chars_allowed).map_or(b"".as_slice(), CStr::to_bytes);
        let escaped = uri_escaped(text, allowed, allow_utf8 != FALSE);
        g_string_append_len(string, escaped.as_ptr().cast(), escaped.len() as gssize)
    }
}

/// Letters, digits and `-._~` stay, and so do bytes of `allowed` and, if wanted, valid UTF-8.
fn uri_escaped(text: &[u8], allowed: &[u8], allow_utf8: bool) -> Vec<u8> {
    let stays = |byte: u8| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || allowed.contains(&byte)
    };
    let mut out = Vec::with_capacity(text.len());
    let mut put = |byte: u8, valid: bool| {
        if stays(byte) || (valid && allow_utf8 && !byte.is_ascii()) {
            out.push(byte);
        } else {
            out.extend(format!("%{byte:02X}").into_bytes());
        }
    };
    for chunk in text.utf8_chunks() {
        chunk.valid().bytes().for_each(|byte| put(byte, true));
        chunk.invalid().iter().for_each(|&byte| put(byte, false));
    }
    out
}
