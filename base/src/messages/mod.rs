//! `gmessages.h`: log messages, and text on the output streams.
//!
//! A message of `g_log()` goes, level by level, to the newest handler of its domain that takes the
//! level, or else to the default handler; that one makes fields of it and passes them to the writer, as
//! the structured functions do from the start. What follows here is the way to the handlers:
//! `domains` has the table of handlers and fatal masks, `format` turns a message into a line, `writer` is
//! the structured half, `print` has `g_print()`. The functions with variable arguments are in
//! `c/messages.c`.
//!
//! No lock is held while a handler or writer runs.

mod domains;
mod format;
mod print;
mod writer;

pub use domains::*;
pub use print::*;
pub use writer::*;

use crate::mem::string_from;
use crate::types::*;
use std::cell::Cell;
use std::ffi::{CStr, CString};
use std::ptr::null_mut;

/// Levels and flags of a message: the bits of `GLogLevelFlags`.
pub type GLogLevelFlags = c_int;

pub(crate) const FLAG_RECURSION: GLogLevelFlags = 1 << 0;
pub(crate) const FLAG_FATAL: GLogLevelFlags = 1 << 1;
pub(crate) const LEVEL_ERROR: GLogLevelFlags = 1 << 2;
pub(crate) const LEVEL_CRITICAL: GLogLevelFlags = 1 << 3;
pub(crate) const LEVEL_WARNING: GLogLevelFlags = 1 << 4;
pub(crate) const LEVEL_MESSAGE: GLogLevelFlags = 1 << 5;
pub(crate) const LEVEL_INFO: GLogLevelFlags = 1 << 6;
pub(crate) const LEVEL_DEBUG: GLogLevelFlags = 1 << 7;
pub(crate) const LEVEL_MASK: GLogLevelFlags = !(FLAG_RECURSION | FLAG_FATAL);
/// Levels that are fatal until a program says otherwise.
pub(crate) const FATAL_MASK: GLogLevelFlags = FLAG_RECURSION | LEVEL_ERROR;

/// Receives messages of `g_log()`: domain, level, text and the data it was set with.
pub type GLogFunc =
    unsafe extern "C-unwind" fn(*const c_char, GLogLevelFlags, *const c_char, gpointer);

/// The domain of the library's own messages.
pub(crate) const OWN_DOMAIN: &CStr = c"GLib";

thread_local! {
    /// How many handlers are running on this thread. A message logged meanwhile is a recursion.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Stops the process so that a debugger shows where. Without a debugger it dies by SIGTRAP, even if that
/// signal is ignored; a recursion, where less can be relied on, aborts.
pub(crate) fn stop(level: GLogLevelFlags) {
    if level & FLAG_RECURSION != 0 {
        std::process::abort();
    }
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a breakpoint instruction changes nothing.
    unsafe {
        std::arch::asm!("int3", options(nomem, nostack));
    }
    #[cfg(not(target_arch = "x86_64"))]
    // SAFETY: raising a signal changes nothing of ours.
    unsafe {
        libc::raise(libc::SIGTRAP);
    }
}

/// One message, already formatted, to the handlers: what `g_logv()` does. `message` may be NULL.
///
/// # Safety
/// C strings or NULL. Runs handlers.
#[no_mangle]
pub(crate) unsafe extern "C-unwind" fn mainspring_base_log(
    domain: *const c_char,
    level: GLogLevelFlags,
    message: *const c_char,
) {
    let flags = level & !LEVEL_MASK;
    let mut left = level & LEVEL_MASK;
    while left != 0 {
        let highest = 1 << highest_bit(left);
        left &= !highest;
        // SAFETY: the caller's obligations are the same.
        unsafe { log_one(domain, highest | flags, message) };
    }
}

/// The number of the highest set bit, also where it is the sign.
fn highest_bit(level: GLogLevelFlags) -> u32 {
    31 - level.leading_zeros()
}

/// # Safety
/// As for `mainspring_base_log`; `level` has one level and any flags.
unsafe fn log_one(domain: *const c_char, level: GLogLevelFlags, message: *const c_char) {
    let depth = DEPTH.get();
    let level = if depth > 0 { level | FLAG_RECURSION } else { level };
    // SAFETY: a C string or NULL.
    let name = (!domain.is_null()).then(|| unsafe { CStr::from_ptr(domain) });
    let (level, handler) = domains::route(name.unwrap_or(c""), level);

    DEPTH.set(depth + 1);
    // SAFETY: the handler was set for messages; the strings live until it returns.
    unsafe { (handler.func)(domain, level, message, handler.data) };
    DEPTH.set(depth);

    if level & FLAG_FATAL != 0 {
        stop(level);
    }
}

/// What messages go to that no handler takes: through the writer, or straight to the stream if the
/// message was logged while another was.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_log_default_handler(
    log_domain: *const c_char,
    log_level: GLogLevelFlags,
    message: *const c_char,
    _unused_data: gpointer,
) {
    // SAFETY: C strings or NULL, as the header asks.
    unsafe {
        if log_level & FLAG_RECURSION != 0 {
            write_recursed(log_domain, log_level, message);
            return;
        }
        let priority = writer::priority(log_level);
        let fields = [
            GLogField::text(c"GLIB_OLD_LOG_API", c"1".as_ptr()),
            GLogField::text(c"MESSAGE", message),
            GLogField::text(c"PRIORITY", priority.as_ptr()),
            GLogField::text(c"GLIB_DOMAIN", log_domain),
        ];
        let n_fields = fields.len() - usize::from(log_domain.is_null());
        g_log_structured_array(log_level & !FLAG_FATAL, fields.as_ptr(), n_fields);
    }
}

/// Writes with nothing but a system call: no lock, no buffer, no conversion, no clock.
unsafe fn write_recursed(domain: *const c_char, level: GLogLevelFlags, message: *const c_char) {
    // SAFETY: C strings or NULL; the buffer outlives the system call.
    unsafe {
        let text = format::recursed(opt(domain), level, opt(message));
        libc::write(format::descriptor(level), text.as_ptr().cast(), text.len());
    }
}

/// A C string that may be missing.
///
/// # Safety
/// A C string or NULL, unchanged while the result is used.
pub(crate) unsafe fn opt<'a>(string: *const c_char) -> Option<&'a CStr> {
    // SAFETY: the caller's promise.
    (!string.is_null()).then(|| unsafe { CStr::from_ptr(string) })
}

/// Logs a message of the library itself.
pub(crate) fn own(level: GLogLevelFlags, text: std::fmt::Arguments<'_>) {
    let message = string_from(text.to_string().as_bytes());
    // SAFETY: a constant and a fresh string.
    unsafe { log_and_free(OWN_DOMAIN.as_ptr(), level, message) };
}

/// Ends the program with an ERROR message.
pub(crate) fn fatal(text: std::fmt::Arguments<'_>) -> ! {
    own(LEVEL_ERROR, text);
    std::process::abort()
}

/// The CRITICAL of a failed precondition of the library's own; both texts end in NUL.
pub(crate) fn failed_check(function: &'static str, expression: &'static str) {
    // SAFETY: string constants.
    unsafe {
        g_return_if_fail_warning(
            OWN_DOMAIN.as_ptr(),
            function.as_ptr().cast(),
            expression.as_ptr().cast(),
        );
    }
}

/// Logs a message in C's memory and frees it. Handlers may leave by a jump; the message is then lost,
/// but no destructor of Rust's is skipped.
///
/// # Safety
/// `domain` is a C string or NULL, `message` a C string that the callee owns.
unsafe fn log_and_free(domain: *const c_char, level: GLogLevelFlags, message: *mut c_char) {
    // SAFETY: the caller's promise.
    unsafe {
        mainspring_base_log(domain, level, message);
        libc::free(message.cast());
    }
}

unsafe fn bytes<'a>(string: *const c_char) -> &'a [u8] {
    // SAFETY: a C string or NULL, used during the caller's call only.
    unsafe { opt(string) }.map_or(b"(null)", CStr::to_bytes)
}

/// Logs the CRITICAL of a failed `g_return_if_fail()`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_return_if_fail_warning(
    log_domain: *const c_char,
    pretty_function: *const c_char,
    expression: *const c_char,
) {
    // SAFETY: C strings or NULL.
    unsafe {
        let message = string_from(
            &[bytes(pretty_function), b": assertion '", bytes(expression), b"' failed"].concat(),
        );
        log_and_free(log_domain, LEVEL_CRITICAL, message);
    }
}

/// Logs the WARNING of a failed `g_warn_if_fail()`, or of code that should not be reached.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_warn_message(
    domain: *const c_char,
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    warnexpr: *const c_char,
) {
    // SAFETY: C strings; only domain, func and warnexpr may be NULL.
    unsafe { log_and_free(domain, LEVEL_WARNING, warning_text(file, line, func, warnexpr)) }
}

unsafe fn warning_text(
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    expression: *const c_char,
) -> *mut c_char {
    let line = line.to_string();
    // SAFETY: C strings or NULL.
    unsafe {
        let func = opt(func).map_or(b"".as_slice(), CStr::to_bytes);
        let colon = if func.is_empty() { b"".as_slice() } else { b":" };
        let mut text = [b"(", bytes(file), b":", line.as_bytes(), b"):", func, colon].concat();
        match opt(expression) {
            Some(expr) => {
                text.extend([b" runtime check failed: (", expr.to_bytes(), b")"].concat())
            }
            None => text.extend(b" code should not be reached"),
        }
        string_from(&text)
    }
}

/// Logs the ERROR of a failed assertion and ends the program.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_assert_warning(
    log_domain: *const c_char,
    file: *const c_char,
    line: c_int,
    pretty_function: *const c_char,
    expression: *const c_char,
) -> ! {
    // SAFETY: C strings; only domain and expression may be NULL.
    unsafe {
        log_and_free(
            log_domain,
            LEVEL_ERROR,
            assertion_text(file, line, pretty_function, expression),
        );
    }
    std::process::abort()
}

unsafe fn assertion_text(
    file: *const c_char,
    line: c_int,
    func: *const c_char,
    expression: *const c_char,
) -> *mut c_char {
    let line = line.to_string();
    // SAFETY: C strings or NULL.
    unsafe {
        let place = [b"file ", bytes(file), b": line ", line.as_bytes(), b" (", bytes(func), b")"];
        let mut text = place.concat();
        match opt(expression) {
            Some(expr) => text.extend([b": assertion failed: (", expr.to_bytes(), b")"].concat()),
            None => text.extend(b": should not be reached"),
        }
        string_from(&text)
    }
}

/// What a constructor of the library calls: hears what the environment says of messages.
#[no_mangle]
pub(crate) extern "C" fn mainspring_base_read_environment() {
    domains::read_environment();
    format::read_environment();
}

const NO_DATA: gpointer = null_mut();
