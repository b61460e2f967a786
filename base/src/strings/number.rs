//! Numbers read and written as in the C locale. The C library does the arithmetic, in a locale object of
//! its own that is made once.

use super::*;
use crate::error::{g_set_error_literal, GError};
use crate::quark::{self, GQuark};
use std::ffi::CString;
use std::sync::OnceLock;

struct Locale(libc::locale_t);
// SAFETY: a locale object is never changed after it was made.
unsafe impl Send for Locale {}
// SAFETY: as above.
unsafe impl Sync for Locale {}

/// Runs `work` with this thread in the C locale.
fn in_c_locale<T>(work: impl FnOnce() -> T) -> T {
    static C_LOCALE: OnceLock<Locale> = OnceLock::new();
    // What is not in the mask is of the C locale, too. SAFETY: the locale object is valid for ever; the
    // thread gets its own locale back.
    unsafe {
        let c_locale = C_LOCALE.get_or_init(|| {
            Locale(libc::newlocale(libc::LC_NUMERIC_MASK, c"C".as_ptr(), null_mut()))
        });
        let before = libc::uselocale(c_locale.0);
        let result = work();
        libc::uselocale(before);
        result
    }
}

/// `strtod()` in the C locale.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_strtod(nptr: *const c_char, endptr: *mut *mut c_char) -> f64 {
    require!("g_ascii_strtod", !nptr.is_null(), "nptr != NULL", 0.0);
    // SAFETY: a C string, and the caller's variable or NULL.
    in_c_locale(|| unsafe { libc::strtod(nptr, endptr) })
}

/// `strtod()` in the locale, or in the C locale where that reads further.
#[no_mangle]
pub unsafe extern "C" fn g_strtod(nptr: *const c_char, endptr: *mut *mut c_char) -> f64 {
    require!("g_strtod", !nptr.is_null(), "nptr != NULL", 0.0);
    let mut local_end = null_mut();
    let mut c_end = null_mut();
    // SAFETY: a C string, and variables of our own and of the caller's.
    unsafe {
        let local = libc::strtod(nptr, &mut local_end);
        let value = if *local_end == 0 { local } else { g_ascii_strtod(nptr, &mut c_end) };
        let further = c_end > local_end;
        if !endptr.is_null() {
            *endptr = if further { c_end } else { local_end };
        }
        if further {
            value
        } else {
            local
        }
    }
}

/// `strtoull()` in the C locale. Since 2.2.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_strtoull(
    nptr: *const c_char,
    endptr: *mut *mut c_char,
    base: c_uint,
) -> u64 {
    // SAFETY: a C string, and the caller's variable or NULL.
    in_c_locale(|| unsafe { libc::strtoull(nptr, endptr, base as c_int) })
}

/// `strtoll()` in the C locale. Since 2.12.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_strtoll(
    nptr: *const c_char,
    endptr: *mut *mut c_char,
    base: c_uint,
) -> i64 {
    // SAFETY: a C string, and the caller's variable or NULL.
    in_c_locale(|| unsafe { libc::strtoll(nptr, endptr, base as c_int) })
}

/// Writes a number so that it is read back the same.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_dtostr(
    buffer: *mut c_char,
    buf_len: c_int,
    d: f64,
) -> *mut c_char {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_ascii_formatd(buffer, buf_len, c"%.17g".as_ptr(), d) }
}

/// Writes a number with one conversion, in the C locale.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_formatd(
    buffer: *mut c_char,
    buf_len: c_int,
    format: *const c_char,
    d: f64,
) -> *mut c_char {
    require!("g_ascii_formatd", !buffer.is_null(), "buffer != NULL", null_mut());
    // SAFETY: buffer has buf_len bytes, and the format is checked to be one conversion of a double.
    unsafe {
        let text = CStr::from_ptr(format).to_bytes();
        require!("g_ascii_formatd", text.first() == Some(&b'%'), "format[0] == '%'", null_mut());
        require!(
            "g_ascii_formatd",
            !text[1..].iter().any(|byte| b"'l%".contains(byte)),
            "strpbrk (format + 1, \"'l%\") == NULL",
            null_mut()
        );
        if !text.last().is_some_and(|byte| b"eEfFgG".contains(byte)) {
            return null_mut();
        }
        in_c_locale(|| libc::snprintf(buffer, buf_len as gsize, format, d));
    }
    buffer
}

/// The domain of the two functions below. Since 2.54.
#[no_mangle]
pub unsafe extern "C" fn g_number_parser_error_quark() -> GQuark {
    quark::of(c"g-number-parser-error-quark")
}

const INVALID: c_int = 0;
const OUT_OF_BOUNDS: c_int = 1;

/// Why a string is no number of the kind asked for.
struct Refusal {
    code: c_int,
    text: String,
}

/// Reads all of `text` as an integer from `min` to `max`. Neither white space nor prefixes are allowed,
/// and a sign only if `signed`.
fn parse(text: &[u8], base: c_uint, min: i128, max: i128, signed: bool) -> Result<i128, Refusal> {
    if text.is_empty() {
        let text = "Empty string is not a number".to_owned();
        return Err(Refusal { code: INVALID, text });
    }
    let shown = String::from_utf8_lossy(text);
    let invalid = || Refusal {
        code: INVALID,
        text: format!(
            "“{shown}” is not {} number",
            if signed { "a signed" } else { "an unsigned" }
        ),
    };
    let (negative, digits) = match text {
        [b'-', digits @ ..] if signed => (true, digits),
        [b'+', digits @ ..] if signed => (false, digits),
        digits => (false, digits),
    };
    let digits = match digits {
        [b'0', b'x' | b'X', ..] if base == 16 => return Err(invalid()),
        digits => digits,
    };
    if digits.is_empty() {
        return Err(invalid());
    }
    // Beyond every bound there is nothing to tell apart.
    let mut value: i128 = 0;
    for &digit in digits {
        let digit = char::from(digit).to_digit(base).ok_or_else(invalid)?;
        value = value.saturating_mul(i128::from(base)).saturating_add(i128::from(digit));
    }
    let value = if negative { -value } else { value };
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        let text = format!("Number “{shown}” is out of bounds [{min}, {max}]");
        Err(Refusal { code: OUT_OF_BOUNDS, text })
    }
}

/// Stores what was read, or an error.
///
/// # Safety
/// Variables of the caller's, or NULL.
unsafe fn deliver<T>(
    outcome: Result<i128, Refusal>,
    convert: fn(i128) -> T,
    out_num: *mut T,
    error: *mut *mut GError,
) -> gboolean {
    let (code, text) = match outcome {
        Ok(value) => {
            if !out_num.is_null() {
                // SAFETY: the caller's variable.
                unsafe { *out_num = convert(value) };
            }
            return TRUE;
        }
        Err(refusal) => (refusal.code, CString::new(refusal.text).unwrap_or_default()),
    };
    // SAFETY: the caller's variable or NULL, and a live string.
    unsafe { g_set_error_literal(error, g_number_parser_error_quark(), code, text.as_ptr()) };
    FALSE
}

/// Reads a number with a sign. Since 2.54.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_string_to_signed(
    str: *const c_char,
    base: c_uint,
    min: i64,
    max: i64,
    out_num: *mut i64,
    error: *mut *mut GError,
) -> gboolean {
    require!("g_ascii_string_to_signed", !str.is_null(), "str != NULL", FALSE);
    require!(
        "g_ascii_string_to_signed",
        (2..=36).contains(&base),
        "base >= 2 && base <= 36",
        FALSE
    );
    require!("g_ascii_string_to_signed", min <= max, "min <= max", FALSE);
    // SAFETY: a C string, and variables of the caller's.
    unsafe {
        let text = CStr::from_ptr(str).to_bytes();
        deliver(
            parse(text, base, min.into(), max.into(), true),
            |value| value as i64,
            out_num,
            error,
        )
    }
}

/// Reads a number without a sign. Since 2.54.
#[no_mangle]
pub unsafe extern "C" fn g_ascii_string_to_unsigned(
    str: *const c_char,
    base: c_uint,
    min: u64,
    max: u64,
    out_num: *mut u64,
    error: *mut *mut GError,
) -> gboolean {
    require!("g_ascii_string_to_unsigned", !str.is_null(), "str != NULL", FALSE);
    require!(
        "g_ascii_string_to_unsigned",
        (2..=36).contains(&base),
        "base >= 2 && base <= 36",
        FALSE
    );
    require!("g_ascii_string_to_unsigned", min <= max, "min <= max", FALSE);
    // SAFETY: a C string, and variables of the caller's.
    unsafe {
        let text = CStr::from_ptr(str).to_bytes();
        deliver(
            parse(text, base, min.into(), max.into(), false),
            |value| value as u64,
            out_num,
            error,
        )
    }
}
