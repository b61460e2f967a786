//! A message as a line of text: prefix, level, time, what to escape, which encoding, which stream.

use super::*;
use crate::convert::to_locale;
use crate::utils::{parse_debug_words, program_name, DebugWord};
use std::fmt::Write;
use std::sync::atomic::{AtomicI32, Ordering};

/// Levels whose lines start with an empty line and say ` **` for alarm.
const ALERT: GLogLevelFlags = LEVEL_ERROR | LEVEL_CRITICAL | LEVEL_WARNING;
const TO_STDERR: GLogLevelFlags = ALERT | LEVEL_MESSAGE;

/// Levels whose lines name the program and its process id; `G_MESSAGES_PREFIXED` changes them.
static PREFIXED: AtomicI32 = AtomicI32::new(ALERT | LEVEL_DEBUG);

/// `G_MESSAGES_PREFIXED`, if it is set at all.
pub(super) fn read_environment() {
    // SAFETY: read before anybody changes the environment.
    let value = unsafe { libc::getenv(c"G_MESSAGES_PREFIXED".as_ptr()) };
    if value.is_null() {
        return;
    }
    let words = [
        DebugWord::new(c"error", LEVEL_ERROR as u32),
        DebugWord::new(c"critical", LEVEL_CRITICAL as u32),
        DebugWord::new(c"warning", LEVEL_WARNING as u32),
        DebugWord::new(c"message", LEVEL_MESSAGE as u32),
        DebugWord::new(c"info", LEVEL_INFO as u32),
        DebugWord::new(c"debug", LEVEL_DEBUG as u32),
    ];
    // SAFETY: a C string, not changed meanwhile.
    let mask = unsafe { parse_debug_words(value, &words) };
    PREFIXED.store(mask as GLogLevelFlags, Ordering::Relaxed);
}

/// The descriptor a message of this level belongs on.
pub(super) fn descriptor(level: GLogLevelFlags) -> c_int {
    if level & TO_STDERR != 0 {
        libc::STDERR_FILENO
    } else {
        libc::STDOUT_FILENO
    }
}

/// The name of a level and the escape sequence that colours it.
fn level_name(level: GLogLevelFlags) -> (String, &'static str) {
    const NAMES: [(GLogLevelFlags, &str, &str); 6] = [
        (LEVEL_ERROR, "ERROR", "\x1b[1;31m"),
        (LEVEL_CRITICAL, "CRITICAL", "\x1b[1;35m"),
        (LEVEL_WARNING, "WARNING", "\x1b[1;33m"),
        (LEVEL_MESSAGE, "Message", "\x1b[1;32m"),
        (LEVEL_INFO, "INFO", "\x1b[1;32m"),
        (LEVEL_DEBUG, "DEBUG", "\x1b[1;32m"),
    ];
    let level = level & LEVEL_MASK;
    match NAMES.iter().find(|(bit, ..)| level & bit != 0) {
        Some(&(_, name, color)) => (name.to_owned(), color),
        None if level != 0 => (format!("LOG-0x{level:x}"), ""),
        None => ("LOG".to_owned(), ""),
    }
}

/// `(program:pid): `
fn origin() -> Vec<u8> {
    let mut text = b"(".to_vec();
    text.extend(program_name().map_or(b"process".as_slice(), CStr::to_bytes));
    text.extend(format!(":{}): ", std::process::id()).into_bytes());
    text
}

/// `domain-`, or `** ` where there is none; the stars stand before the origin, the domain after it.
fn domain_and_origin(domain: Option<&CStr>, origin: &[u8]) -> Vec<u8> {
    match domain {
        Some(domain) => [origin, domain.to_bytes(), b"-"].concat(),
        None => [b"** ", origin].concat(),
    }
}

fn message_or_none(message: Option<&[u8]>) -> &[u8] {
    message.unwrap_or(b"(NULL) message")
}

/// The line of a message logged while another was: raw, without time or end of line.
pub(super) fn recursed(
    domain: Option<&CStr>,
    level: GLogLevelFlags,
    message: Option<&CStr>,
) -> Vec<u8> {
    let mut text = b"\n".to_vec();
    text.extend(domain_and_origin(domain, &origin()));
    text.extend(level_name(level).0.into_bytes());
    text.extend(b" (recursed)");
    text.extend(if level & ALERT != 0 { b" **: ".as_slice() } else { b": " });
    text.extend(message_or_none(message.map(CStr::to_bytes)));
    text
}

/// The line of a message as the standard streams show it, without the end of line.
pub(super) fn line(
    domain: Option<&CStr>,
    level: GLogLevelFlags,
    message: Option<&[u8]>,
    color: bool,
) -> Vec<u8> {
    let (name, level_color) = level_name(level);
    let [level_color, time_color, reset] =
        if color { [level_color, "\x1b[34m", "\x1b[0m"] } else { [""; 3] };
    let alert = level & ALERT != 0;
    let prefixed = level & LEVEL_MASK & PREFIXED.load(Ordering::Relaxed) == level & LEVEL_MASK;

    let mut text = Vec::new();
    if alert {
        text.push(b'\n');
    }
    let origin = if prefixed { origin() } else { Vec::new() };
    text.extend(domain_and_origin(domain, &origin));
    let stars = if alert { " **" } else { "" };
    let time = time_of_day();
    text.extend(
        format!("{level_color}{name}{reset}{stars}: {time_color}{time}{reset}: ").into_bytes(),
    );
    text.extend(to_locale(&escape(message_or_none(message))));
    text
}

/// `HH:MM:SS.mmm` in local time.
fn time_of_day() -> String {
    // SAFETY: both structures are the call's own, and zeroes are valid in them.
    unsafe {
        let mut now: libc::timespec = std::mem::zeroed();
        let mut local: libc::tm = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_REALTIME, &mut now);
        libc::localtime_r(&now.tv_sec, &mut local);
        let millis = now.tv_nsec / 1_000_000;
        format!("{:02}:{:02}:{:02}.{millis:03}", local.tm_hour, local.tm_min, local.tm_sec)
    }
}

/// Control characters become `\uXXXX`, bytes that are no UTF-8 `\xXX`; tabs, line ends and a carriage
/// return before one stay.
pub(super) fn escape(text: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        let mut chars = chunk.valid().chars().peekable();
        while let Some(c) = chars.next() {
            let harmless = match c {
                '\t' | '\n' => true,
                '\r' => chars.peek() == Some(&'\n'),
                _ => !c.is_control(),
            };
            if harmless {
                out.push(c);
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.into_bytes()
}
