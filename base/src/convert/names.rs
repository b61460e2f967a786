//! The encodings of the locale and of file names. File names are UTF-8 unless the environment says
//! otherwise: `G_FILENAME_ENCODING` lists encodings (`@locale` is the locale's), `G_BROKEN_FILENAMES`
//! stands for the locale's.

use super::whole::{bytes, convert, hand_over, Converted};
use super::*;
use crate::mem::string_from;
use std::ffi::CString;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;

/// The locale's encoding: `$CHARSET`, or what the C library says. It may change with the locale, but what
/// was returned stays.
fn codeset() -> &'static CStr {
    let named = std::env::var_os("CHARSET").filter(|name| !name.is_empty());
    let name = match named {
        Some(name) => CString::new(name.into_encoded_bytes()).unwrap_or_default(),
        None => locale_encoding().to_owned(),
    };
    // SAFETY: interned strings stay.
    unsafe { CStr::from_ptr(crate::quark::g_intern_string(name.as_ptr())) }
}

fn is_utf8(encoding: &CStr) -> bool {
    let name = encoding.to_bytes();
    [b"UTF-8".as_slice(), b"UTF8"].iter().any(|utf8| name.eq_ignore_ascii_case(utf8))
}

/// Stores the encoding's name and says whether it is UTF-8.
///
/// # Safety
/// The caller's variable or NULL.
unsafe fn tell(charset: *mut *const c_char) -> gboolean {
    let name = codeset();
    if !charset.is_null() {
        // SAFETY: the caller's variable.
        unsafe { *charset = name.as_ptr() };
    }
    gboolean::from(is_utf8(name))
}

/// The locale's encoding, and whether it is UTF-8.
#[no_mangle]
pub unsafe extern "C" fn g_get_charset(charset: *mut *const c_char) -> gboolean {
    // SAFETY: the caller's variable or NULL.
    unsafe { tell(charset) }
}

/// The encoding of the terminal, which is the locale's. Since 2.62.
#[no_mangle]
pub unsafe extern "C" fn g_get_console_charset(charset: *mut *const c_char) -> gboolean {
    // SAFETY: the caller's variable or NULL.
    unsafe { tell(charset) }
}

/// The name of the locale's encoding.
#[no_mangle]
pub unsafe extern "C" fn g_get_codeset() -> *mut c_char {
    string_from(codeset().to_bytes())
}

/// The encodings of file names as a vector that stays.
struct Encodings(Vec<*const c_char>);

// SAFETY: the strings are never changed or freed.
unsafe impl Send for Encodings {}
// SAFETY: as above.
unsafe impl Sync for Encodings {}

fn filename_encodings() -> &'static Encodings {
    static ENCODINGS: OnceLock<Encodings> = OnceLock::new();
    ENCODINGS.get_or_init(|| {
        let listed = std::env::var_os("G_FILENAME_ENCODING").filter(|list| !list.is_empty());
        let mut names: Vec<&'static CStr> = Vec::new();
        if let Some(list) = listed {
            for name in list.into_encoded_bytes().split(|&byte| byte == b',') {
                let name = name.trim_ascii();
                let name = match name {
                    b"" => continue,
                    b"@locale" => codeset(),
                    _ => {
                        let name = CString::new(name).unwrap_or_default();
                        // SAFETY: interned strings stay.
                        unsafe { CStr::from_ptr(crate::quark::g_intern_string(name.as_ptr())) }
                    }
                };
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        } else if std::env::var_os("G_BROKEN_FILENAMES").is_some() {
            names.push(codeset());
        } else {
            names.push(c"UTF-8");
            if !is_utf8(codeset()) {
                names.push(codeset());
            }
        }
        Encodings(names.into_iter().map(CStr::as_ptr).chain([null()]).collect())
    })
}

/// The encodings that file names may have, the best first, and whether that is UTF-8. Since 2.6.
#[no_mangle]
pub unsafe extern "C" fn g_get_filename_charsets(
    filename_charsets: *mut *mut *const c_char,
) -> gboolean {
    let encodings = filename_encodings();
    // SAFETY: the caller's variable; there is always a first encoding.
    unsafe {
        *filename_charsets = encodings.0.as_ptr().cast_mut();
        gboolean::from(is_utf8(CStr::from_ptr(encodings.0[0])))
    }
}

/// The encoding of file names, unless that is UTF-8.
fn foreign_filenames() -> Option<*const c_char> {
    let first = filename_encodings().0[0];
    // SAFETY: encodings stay.
    (!is_utf8(unsafe { CStr::from_ptr(first) })).then_some(first)
}

type Outcome = Result<Converted, (usize, usize, Refusal)>;

/// A copy of text that is UTF-8 and has no NUL in it.
///
/// # Safety
/// Nothing but the types; unsafe because it makes memory for C.
unsafe fn checked_copy(text: &[u8]) -> Outcome {
    let valid = std::str::from_utf8(text).err().map_or(text.len(), |error| error.valid_up_to());
    let good = memchr::memchr(0, &text[..valid]).unwrap_or(valid);
    if good < text.len() {
        let why = "Invalid byte sequence in conversion input".to_owned();
        return Err((good, 0, (ILLEGAL_SEQUENCE, why)));
    }
    let (read, written) = (text.len(), text.len());
    Ok(Converted { text: string_from(text), read, written, partial: false })
}

/// Which side of a conversion a NUL is looked for in first.
#[derive(Clone, Copy, PartialEq)]
enum Guard {
    Input,
    Output,
}

/// Converts where neither side may hold a NUL.
///
/// # Safety
/// Two C strings.
unsafe fn without_nuls(
    text: &[u8],
    (to, from): (*const c_char, *const c_char),
    guard: Guard,
) -> Outcome {
    // SAFETY: the caller's promise; a result that is not handed on is freed.
    unsafe {
        if let Some(nul) = memchr::memchr(0, text).filter(|_| guard == Guard::Input) {
            let why = "Embedded NUL byte in conversion input".to_owned();
            return Err((nul, 0, (ILLEGAL_SEQUENCE, why)));
        }
        let done = convert(text, to, from).map_err(|(read, _, refusal)| (read, 0, refusal))?;
        let result = std::slice::from_raw_parts(done.text.cast::<u8>(), done.written);
        if result.contains(&0) {
            crate::mem::g_free(done.text.cast());
            let why = "Embedded NUL byte in conversion output".to_owned();
            return Err((done.read, 0, (EMBEDDED_NUL, why)));
        }
        Ok(done)
    }
}

/// From an encoding to another, one of them UTF-8; NULL stands for UTF-8 on both sides.
///
/// # Safety
/// Text of that length, C strings, the caller's variables or NULL.
unsafe fn translate(
    (text, len): (*const c_char, gssize),
    encodings: (*const c_char, *const c_char),
    guard: Guard,
    bytes_read: *mut gsize,
    bytes_written: *mut gsize,
    error: *mut *mut GError,
) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe {
        let text = bytes(text, len);
        let outcome = if encodings.0.is_null() {
            checked_copy(text)
        } else {
            without_nuls(text, encodings, guard)
        };
        hand_over(outcome, bytes_read, bytes_written, error)
    }
}

const UTF8: *const c_char = c"UTF-8".as_ptr();

/// The pair of encodings, or none if both are UTF-8.
fn pair(other: Option<*const c_char>, to_utf8: bool) -> (*const c_char, *const c_char) {
    match (other, to_utf8) {
        (None, _) => (null(), null()),
        (Some(other), true) => (UTF8, other),
        (Some(other), false) => (other, UTF8),
    }
}

fn foreign_locale() -> Option<*const c_char> {
    let name = codeset();
    (!is_utf8(name)).then_some(name.as_ptr())
}

/// One of the four ways between UTF-8 and the encoding of the locale or of file names.
macro_rules! translations {
    ($($(#[$doc:meta])* $name:ident(
        $text:ident: $string:ty,
        $len:ident: $length:ty,
        $read:ident: $reads:ty,
        $written:ident: $writes:ty,
        $error:ident: $errors:ty
    ) -> $result:ty { $other:ident, $to_utf8:literal, $guard:ident, $told:literal, $check:literal })*) => {
        $(
            $(#[$doc])*
            #[no_mangle]
            pub unsafe extern "C-unwind" fn $name(
                $text: $string,
                $len: $length,
                $read: $reads,
                $written: $writes,
                $error: $errors,
            ) -> $result {
                require!($told, !$text.is_null(), $check, null_mut());
                // SAFETY: text of that length, the caller's variables or NULL.
                unsafe {
                    let encodings = pair($other(), $to_utf8);
                    translate(($text, $len), encodings, Guard::$guard, $read, $written, $error)
                }
            }
        )*
    };
}

translations! {
    /// From the locale's encoding to UTF-8.
    g_locale_to_utf8(
        opsysstring: *const c_char,
        len: gssize,
        bytes_read: *mut gsize,
        bytes_written: *mut gsize,
        error: *mut *mut GError
    ) -> *mut c_char { foreign_locale, true, Output, "g_convert", "str != NULL" }
    /// From UTF-8 to the locale's encoding.
    g_locale_from_utf8(
        utf8string: *const c_char,
        len: gssize,
        bytes_read: *mut gsize,
        bytes_written: *mut gsize,
        error: *mut *mut GError
    ) -> *mut c_char { foreign_locale, false, Input, "g_convert", "str != NULL" }
    /// From the encoding of file names to UTF-8.
    g_filename_to_utf8(
        opsysstring: *const c_char,
        len: gssize,
        bytes_read: *mut gsize,
        bytes_written: *mut gsize,
        error: *mut *mut GError
    ) -> *mut c_char { foreign_filenames, true, Input, "g_filename_to_utf8", "opsysstring != NULL" }
    /// From UTF-8 to the encoding of file names.
    g_filename_from_utf8(
        utf8string: *const c_char,
        len: gssize,
        bytes_read: *mut gsize,
        bytes_written: *mut gsize,
        error: *mut *mut GError
    ) -> *mut c_char { foreign_filenames, false, Input, "g_filename_from_utf8", "utf8string != NULL" }
}

/// A file's name as UTF-8 that can be shown, if not turned back. Since 2.6.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_filename_display_name(filename: *const c_char) -> *mut c_char {
    // SAFETY: a C string; encodings stay, and a text that does not help is NULL.
    unsafe {
        for &encoding in filename_encodings().0.iter().take_while(|name| !name.is_null()) {
            let text = bytes(filename, -1);
            let outcome = if is_utf8(CStr::from_ptr(encoding)) {
                checked_copy(text)
            } else {
                without_nuls(text, (UTF8, encoding), Guard::Input)
            };
            if let Ok(done) = outcome {
                return done.text;
            }
        }
        crate::unicode::g_utf8_make_valid(filename, -1)
    }
}

/// The last element of a file's name, to be shown. Since 2.6.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_filename_display_basename(
    filename: *const c_char,
) -> *mut c_char {
    require!("g_filename_display_basename", !filename.is_null(), "filename != NULL", null_mut());
    // SAFETY: a C string; the element is ours, and freed here.
    unsafe {
        let base = crate::fileutils::g_path_get_basename(filename);
        let shown = g_filename_display_name(base);
        crate::mem::g_free(base.cast());
        shown
    }
}
