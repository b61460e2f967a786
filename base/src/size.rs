//! `gutils.h`: sizes as people read them.

use crate::mem::string_from;
use crate::types::*;
use std::ptr::null_mut;

/// How a size is written: bits.
pub type GFormatSizeFlags = c_int;

const LONG_FORMAT: GFormatSizeFlags = 1 << 0;
const IEC_UNITS: GFormatSizeFlags = 1 << 1;
const BITS: GFormatSizeFlags = 1 << 2;
const ONLY_VALUE: GFormatSizeFlags = 1 << 3;
const ONLY_UNIT: GFormatSizeFlags = 1 << 4;

/// Between a rounded number and its unit.
const NO_BREAK: char = '\u{a0}';

/// Letters of a thousand and its powers.
const DECIMAL: &str = "kMGTPE";
const BINARY: &str = "KMGTPE";

/// The largest power of `base` not above `size`, and its letter.
fn scale(size: u64, base: u64, letters: &str) -> Option<(f64, char)> {
    let mut unit = 1u64;
    let mut found = None;
    for letter in letters.chars() {
        unit *= base;
        if size < unit {
            break;
        }
        found = Some((unit as f64, letter));
    }
    found.map(|(unit, letter)| (size as f64 / unit, letter))
}

/// A number with one digit behind the point the locale has.
fn with_point(value: f64) -> String {
    let mut room = [0u8; 32];
    // SAFETY: the room has the size that is said, and what is written fits the format.
    let len =
        unsafe { libc::snprintf(room.as_mut_ptr().cast(), room.len(), c"%.1f".as_ptr(), value) };
    let len = usize::try_from(len).unwrap_or(0).min(room.len() - 1);
    String::from_utf8_lossy(&room[..len]).into_owned()
}

/// "byte" or "bytes", "bit" or "bits".
fn plain_unit(size: u64, bits: bool) -> &'static str {
    match (bits, size) {
        (false, 1) => "byte",
        (false, _) => "bytes",
        (true, 1) => "bit",
        (true, _) => "bits",
    }
}

/// A size in bytes as text. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_format_size(size: u64) -> *mut c_char {
    // SAFETY: numbers alone.
    unsafe { g_format_size_full(size, 0) }
}

/// A size as text, written as the flags say. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_format_size_full(size: u64, flags: GFormatSizeFlags) -> *mut c_char {
    let both = |bits| flags & bits == bits;
    require!(
        "g_format_size_full",
        !both(LONG_FORMAT | ONLY_VALUE),
        "(flags & (G_FORMAT_SIZE_LONG_FORMAT | G_FORMAT_SIZE_ONLY_VALUE)) != (G_FORMAT_SIZE_LONG_FORMAT | G_FORMAT_SIZE_ONLY_VALUE)",
        null_mut()
    );
    require!(
        "g_format_size_full",
        !both(LONG_FORMAT | ONLY_UNIT),
        "(flags & (G_FORMAT_SIZE_LONG_FORMAT | G_FORMAT_SIZE_ONLY_UNIT)) != (G_FORMAT_SIZE_LONG_FORMAT | G_FORMAT_SIZE_ONLY_UNIT)",
        null_mut()
    );
    require!(
        "g_format_size_full",
        !both(ONLY_VALUE | ONLY_UNIT),
        "(flags & (G_FORMAT_SIZE_ONLY_VALUE | G_FORMAT_SIZE_ONLY_UNIT)) != (G_FORMAT_SIZE_ONLY_VALUE | G_FORMAT_SIZE_ONLY_UNIT)",
        null_mut()
    );
    let (bits, binary) = (flags & BITS != 0, flags & IEC_UNITS != 0);
    let scaled = if binary { scale(size, 1024, BINARY) } else { scale(size, 1000, DECIMAL) };
    let (value, unit) = match scaled {
        None => (size.to_string(), plain_unit(size, bits).to_owned()),
        Some((value, letter)) => {
            let middle = if binary { "i" } else { "" };
            (with_point(value), format!("{letter}{middle}{}", if bits { 'b' } else { 'B' }))
        }
    };
    let text = if flags & ONLY_VALUE != 0 {
        value
    } else if flags & ONLY_UNIT != 0 {
        unit
    } else if scaled.is_none() {
        format!("{value} {unit}")
    } else if flags & LONG_FORMAT != 0 {
        format!("{value}{NO_BREAK}{unit} ({size} {})", plain_unit(size, bits))
    } else {
        format!("{value}{NO_BREAK}{unit}")
    };
    string_from(text.as_bytes())
}

/// A size in powers of 1024 under the letters of powers of 1000. Since 2.16.
#[no_mangle]
pub unsafe extern "C" fn g_format_size_for_display(size: i64) -> *mut c_char {
    let text = match scale(u64::try_from(size).unwrap_or(0), 1024, BINARY) {
        None => format!("{} {}", size as u32, plain_unit(size as u64, false)),
        Some((value, letter)) => format!("{} {letter}B", with_point(value)),
    };
    string_from(text.as_bytes())
}
