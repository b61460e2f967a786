//! `gconvert.h`: text from one encoding to another. `whole` converts strings, `names` knows the encodings
//! of the locale and of file names, `uri` file names as URIs. Here is iconv under GLib's names, and what
//! the library itself needs to show UTF-8 in the locale's encoding.

mod names;
mod uri;
mod whole;

pub use names::*;
pub use uri::*;
pub use whole::*;

use crate::error::GError;
use crate::quark::{self, GQuark};
use crate::types::*;
use std::ffi::CStr;
use std::fmt::Arguments;

const NO_CONVERSION: c_int = 0;
const ILLEGAL_SEQUENCE: c_int = 1;
const FAILED: c_int = 2;
const PARTIAL_INPUT: c_int = 3;
const BAD_URI: c_int = 4;
const NOT_ABSOLUTE_PATH: c_int = 5;
const EMBEDDED_NUL: c_int = 7;

/// Why text could not be converted: a code and a text for people.
type Refusal = (c_int, String);

/// Sets an error of the domain.
///
/// # Safety
/// The caller's variable or NULL.
unsafe fn refuse(error: *mut *mut GError, code: c_int, text: Arguments<'_>) {
    // SAFETY: the caller's promise.
    unsafe { crate::error::set(error, g_convert_error_quark(), code, text) };
}

/// The domain's quark.
#[no_mangle]
pub unsafe extern "C" fn g_convert_error_quark() -> GQuark {
    quark::of(c"g_convert_error")
}

/// Opens a converter; -1 and errno if there is none.
#[no_mangle]
pub unsafe extern "C" fn g_iconv_open(
    to_codeset: *const c_char,
    from_codeset: *const c_char,
) -> libc::iconv_t {
    // SAFETY: two C strings.
    unsafe { libc::iconv_open(to_codeset, from_codeset) }
}

/// `iconv(3)`.
#[no_mangle]
pub unsafe extern "C" fn g_iconv(
    converter: libc::iconv_t,
    inbuf: *mut *mut c_char,
    inbytes_left: *mut gsize,
    outbuf: *mut *mut c_char,
    outbytes_left: *mut gsize,
) -> gsize {
    // SAFETY: the caller's obligations are iconv's.
    unsafe { libc::iconv(converter, inbuf, inbytes_left, outbuf, outbytes_left) }
}

/// Closes a converter.
#[no_mangle]
pub unsafe extern "C" fn g_iconv_close(converter: libc::iconv_t) -> c_int {
    // SAFETY: an open converter, given up by the caller.
    unsafe { libc::iconv_close(converter) }
}

fn locale_encoding() -> &'static CStr {
    // SAFETY: the C library's string is read at once; it changes only with the locale.
    unsafe { CStr::from_ptr(libc::nl_langinfo(libc::CODESET)) }
}

/// Whether the locale's encoding is UTF-8.
pub(crate) fn locale_is_utf8() -> bool {
    locale_encoding().to_bytes().eq_ignore_ascii_case(b"UTF-8")
}

/// UTF-8 text in the locale's encoding, with a question mark for each character it cannot hold.
pub(crate) fn to_locale(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() || locale_is_utf8() {
        return text.to_vec();
    }
    // SAFETY: two C strings.
    let converter = unsafe { libc::iconv_open(locale_encoding().as_ptr(), c"UTF-8".as_ptr()) };
    if converter as isize == -1 {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            // SAFETY: the converter is open.
            out.extend(unsafe { convert_char(converter, c) }.unwrap_or_else(|| b"?".to_vec()));
        }
    }
    // SAFETY: open, and not used again.
    unsafe { libc::iconv_close(converter) };
    out
}

/// One character in the converter's encoding, if it can hold it exactly.
///
/// # Safety
/// An open converter from UTF-8.
unsafe fn convert_char(converter: libc::iconv_t, c: char) -> Option<Vec<u8>> {
    let mut utf8 = [0; 4];
    let mut input = c.encode_utf8(&mut utf8).as_mut_ptr().cast::<c_char>();
    let mut input_left = c.len_utf8();
    let mut bytes = [0u8; 16];
    let mut output = bytes.as_mut_ptr().cast::<c_char>();
    let mut output_left = bytes.len();
    // SAFETY: both buffers are as long as is said.
    let inexact = unsafe {
        libc::iconv(converter, &mut input, &mut input_left, &mut output, &mut output_left)
    };
    (inexact == 0).then(|| bytes[..bytes.len() - output_left].to_vec())
}
