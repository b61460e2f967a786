//! Whole strings converted by iconv, in one go. What cannot be said in the target is an error, or
//! replaced by something that can.

use super::*;
use crate::mem::{g_free, g_malloc, g_realloc};
use std::ffi::CString;
use std::ptr::null_mut;

/// The most a NUL takes in any encoding, and as many are put behind every result.
const NULS: usize = 4;

/// A converter that closes itself.
pub(super) struct Converter(libc::iconv_t);

impl Drop for Converter {
    fn drop(&mut self) {
        // SAFETY: open, and not used again.
        unsafe { libc::iconv_close(self.0) };
    }
}

impl Converter {
    /// # Safety
    /// Two C strings.
    pub(super) unsafe fn open(to: *const c_char, from: *const c_char) -> Result<Self, Refusal> {
        // SAFETY: the caller's promise.
        unsafe {
            let converter = libc::iconv_open(to, from);
            if converter as isize != -1 {
                return Ok(Self(converter));
            }
            let (to, from) = (CStr::from_ptr(to), CStr::from_ptr(from));
            let (to, from) = (to.to_string_lossy(), from.to_string_lossy());
            if crate::fileutils::errno() == libc::EINVAL {
                let text =
                    format!("Conversion from character set “{from}” to “{to}” is not supported");
                return Err((NO_CONVERSION, text));
            }
            let text = format!("Could not open converter from “{from}” to “{to}”");
            Err((FAILED, text))
        }
    }
}

/// What came of a conversion.
pub(super) struct Converted {
    /// In C's memory, with NULs behind it that do not count.
    pub text: *mut c_char,
    pub written: usize,
    /// How much of the input was taken.
    pub read: usize,
    /// Whether the input ends inside a character.
    pub partial: bool,
}

/// Converts `input`, or says how far it came: bytes read and written, and the reason.
///
/// # Safety
/// An open converter.
unsafe fn run(
    converter: libc::iconv_t,
    input: &[u8],
) -> Result<Converted, (usize, usize, Refusal)> {
    // SAFETY: both buffers are as long as is said; the output is C's memory and moves when it grows.
    unsafe {
        let mut room = input.len() + NULS;
        let mut text = g_malloc(room).cast::<c_char>();
        let mut place = input.as_ptr().cast_mut().cast::<c_char>();
        let mut left = input.len();
        let mut written = 0;
        let mut at_end = false;
        loop {
            let mut out = text.add(written);
            let mut space = room - NULS - written;
            let outcome = if at_end {
                // What the converter still holds, and the way back to its first state.
                libc::iconv(converter, null_mut(), null_mut(), &mut out, &mut space)
            } else {
                libc::iconv(converter, &mut place, &mut left, &mut out, &mut space)
            };
            written = room - NULS - space;
            if outcome != usize::MAX {
                if at_end {
                    break;
                }
                at_end = true;
                continue;
            }
            match crate::fileutils::errno() {
                libc::E2BIG => {
                    room *= 2;
                    text = g_realloc(text.cast(), room).cast();
                }
                libc::EINVAL => break,
                why => {
                    g_free(text.cast());
                    let refusal = if why == libc::EILSEQ {
                        (ILLEGAL_SEQUENCE, "Invalid byte sequence in conversion input".to_owned())
                    } else {
                        let why = CStr::from_ptr(crate::strings::g_strerror(why)).to_string_lossy();
                        (FAILED, format!("Error during conversion: {why}"))
                    };
                    return Err((input.len() - left, written, refusal));
                }
            }
        }
        text.add(written).write_bytes(0, NULS);
        Ok(Converted { text, written, read: input.len() - left, partial: left > 0 })
    }
}

/// Hands a result to C: what was read and written where the caller wants to know, and the text.
///
/// # Safety
/// The caller's variables, each of them or NULL.
pub(super) unsafe fn hand_over(
    outcome: Result<Converted, (usize, usize, Refusal)>,
    bytes_read: *mut gsize,
    bytes_written: *mut gsize,
    error: *mut *mut GError,
) -> *mut c_char {
    let tell = |read, written| {
        for (variable, value) in [(bytes_read, read), (bytes_written, written)] {
            if !variable.is_null() {
                // SAFETY: the caller's variable.
                unsafe { *variable = value };
            }
        }
    };
    // SAFETY: the caller's promise; the text is ours until it is handed over.
    unsafe {
        let (code, text) = match outcome {
            Ok(done) => {
                tell(done.read, done.written);
                // Somebody who does not ask how much was read cannot know that something is missing.
                if !done.partial || !bytes_read.is_null() {
                    return done.text;
                }
                g_free(done.text.cast());
                (PARTIAL_INPUT, "Partial character sequence at end of input".to_owned())
            }
            Err((read, written, refusal)) => {
                tell(read, written);
                refusal
            }
        };
        refuse(error, code, format_args!("{text}"));
        null_mut()
    }
}

/// The bytes that C means by a place and a length.
///
/// # Safety
/// A C string, or as many bytes as `len` says.
pub(super) unsafe fn bytes<'a>(str: *const c_char, len: gssize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe {
        match gsize::try_from(len) {
            Ok(len) => std::slice::from_raw_parts(str.cast(), len),
            Err(_) => CStr::from_ptr(str).to_bytes(),
        }
    }
}

/// Converts with an open converter.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_convert_with_iconv(
    str: *const c_char,
    len: gssize,
    converter: libc::iconv_t,
    bytes_read: *mut gsize,
    bytes_written: *mut gsize,
    error: *mut *mut GError,
) -> *mut c_char {
    require!(
        "g_convert_with_iconv",
        converter as isize != -1,
        "converter != (GIConv) -1",
        null_mut()
    );
    // SAFETY: text of that length, an open converter, the caller's variables or NULL.
    unsafe { hand_over(run(converter, bytes(str, len)), bytes_read, bytes_written, error) }
}

/// Opens a converter and converts.
///
/// # Safety
/// Two C strings.
pub(super) unsafe fn convert(
    text: &[u8],
    to: *const c_char,
    from: *const c_char,
) -> Result<Converted, (usize, usize, Refusal)> {
    // SAFETY: the caller's promise; the converter is open.
    unsafe {
        let converter = Converter::open(to, from).map_err(|refusal| (0, 0, refusal))?;
        run(converter.0, text)
    }
}

/// Converts from one encoding to another.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_convert(
    str: *const c_char,
    len: gssize,
    to_codeset: *const c_char,
    from_codeset: *const c_char,
    bytes_read: *mut gsize,
    bytes_written: *mut gsize,
    error: *mut *mut GError,
) -> *mut c_char {
    require!("g_convert", !str.is_null(), "str != NULL", null_mut());
    require!("g_convert", !to_codeset.is_null(), "to_codeset != NULL", null_mut());
    require!("g_convert", !from_codeset.is_null(), "from_codeset != NULL", null_mut());
    // SAFETY: text of that length, two C strings, the caller's variables or NULL.
    unsafe {
        let outcome = convert(bytes(str, len), to_codeset, from_codeset);
        hand_over(outcome, bytes_read, bytes_written, error)
    }
}

/// Converts, with `fallback` for every character the target does not have; NULL stands for the
/// character's number.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_convert_with_fallback(
    str: *const c_char,
    len: gssize,
    to_codeset: *const c_char,
    from_codeset: *const c_char,
    fallback: *const c_char,
    bytes_read: *mut gsize,
    bytes_written: *mut gsize,
    error: *mut *mut GError,
) -> *mut c_char {
    require!("g_convert_with_fallback", !str.is_null(), "str != NULL", null_mut());
    require!("g_convert_with_fallback", !to_codeset.is_null(), "to_codeset != NULL", null_mut());
    require!(
        "g_convert_with_fallback",
        !from_codeset.is_null(),
        "from_codeset != NULL",
        null_mut()
    );
    // SAFETY: text of that length, C strings, the fallback or NULL, the caller's variables or NULL.
    unsafe {
        let text = bytes(str, len);
        let plain = convert(text, to_codeset, from_codeset);
        let outcome = match plain {
            Err((_, _, (ILLEGAL_SEQUENCE, _))) => {
                replace(text, to_codeset, from_codeset, crate::messages::opt(fallback))
            }
            plain => plain,
        };
        hand_over(outcome, bytes_read, bytes_written, error)
    }
}

/// Converts by way of UTF-8, character by character. Input that is no text in its own encoding stays an
/// error.
///
/// # Safety
/// Two C strings.
unsafe fn replace(
    text: &[u8],
    to: *const c_char,
    from: *const c_char,
    fallback: Option<&CStr>,
) -> Result<Converted, (usize, usize, Refusal)> {
    // SAFETY: the caller's promise; intermediate texts are freed here.
    unsafe {
        let utf8 = convert(text, c"UTF-8".as_ptr(), from)?;
        let chars = std::slice::from_raw_parts(utf8.text.cast::<u8>(), utf8.written).to_vec();
        g_free(utf8.text.cast());
        let mut out = Vec::new();
        for c in String::from_utf8_lossy(&chars).chars() {
            let mut room = [0; 4];
            match append(&mut out, c.encode_utf8(&mut room).as_bytes(), to) {
                Ok(()) => {}
                Err((ILLEGAL_SEQUENCE, _)) => {
                    let stand_in = match fallback {
                        Some(fallback) => fallback.to_owned(),
                        None => CString::new(number(c)).unwrap_or_default(),
                    };
                    append(&mut out, stand_in.to_bytes(), to).map_err(|(code, why)| {
                        if code != ILLEGAL_SEQUENCE {
                            return (utf8.read, 0, (code, why));
                        }
                        let (shown, to) = (stand_in.to_string_lossy(), CStr::from_ptr(to));
                        let to = to.to_string_lossy();
                        let why = format!("Cannot convert fallback “{shown}” to codeset “{to}”");
                        (utf8.read, 0, (ILLEGAL_SEQUENCE, why))
                    })?;
                }
                Err(refusal) => return Err((utf8.read, 0, refusal)),
            }
        }
        let written = out.len();
        out.extend([0; NULS]);
        let text = crate::mem::g_memdup2(out.as_ptr().cast(), out.len()).cast();
        Ok(Converted { text, written, read: utf8.read, partial: utf8.partial })
    }
}

/// Adds UTF-8 text in the target's encoding.
///
/// # Safety
/// A C string.
unsafe fn append(out: &mut Vec<u8>, text: &[u8], to: *const c_char) -> Result<(), Refusal> {
    // SAFETY: the caller's promise; the piece is freed here.
    unsafe {
        let piece = convert(text, to, c"UTF-8".as_ptr()).map_err(|(_, _, refusal)| refusal)?;
        out.extend(std::slice::from_raw_parts(piece.text.cast::<u8>(), piece.written));
        g_free(piece.text.cast());
        Ok(())
    }
}

/// A character by its number, as C writes it.
fn number(c: char) -> String {
    match u32::from(c) {
        wide @ 0x1_0000.. => format!("\\U{wide:08x}"),
        narrow => format!("\\u{narrow:04x}"),
    }
}
