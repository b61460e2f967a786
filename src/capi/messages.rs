//! Saying what is wrong, in GLib's words.
//!
//! A failed precondition prints `NAME: assertion 'EXPRESSION' failed` as a critical and the function
//! returns at once. The name printed is not always the function's own: some of GLib's check in a
//! helper, whose name programs have learnt to expect.

use std::ffi::{c_char, c_int, CStr};

use super::base::{g_log, g_return_if_fail_warning, g_strerror, glib_gettext, DOMAIN};
use super::base::{LEVEL_CRITICAL, LEVEL_DEBUG, LEVEL_WARNING};
use crate::engine::seam::Complaint;

#[cold]
pub fn assertion_failed(function: &CStr, expression: &CStr) {
    // SAFETY: both are NUL-terminated and outlive the call (I8).
    unsafe { g_return_if_fail_warning(DOMAIN, function.as_ptr(), expression.as_ptr()) }
}

fn say(level: c_int, text: &CStr) {
    // SAFETY: the format takes one string (I8).
    unsafe { g_log(DOMAIN, level, c"%s".as_ptr(), text.as_ptr()) }
}

#[cold]
pub fn critical(text: &CStr) {
    say(LEVEL_CRITICAL, text);
}

#[cold]
pub fn warning(text: &CStr) {
    say(LEVEL_WARNING, text);
}

#[cold]
pub fn debug(text: &CStr) {
    say(LEVEL_DEBUG, text);
}

/// A message with one number in it.
#[cold]
pub fn critical_number(format: &CStr, number: u32) {
    // SAFETY: callers pass a format with one unsigned conversion (I8).
    unsafe { g_log(DOMAIN, LEVEL_CRITICAL, format.as_ptr(), number) }
}

/// A warning with one string in it.
///
/// # Safety
/// `text` is a string, and `format` has one conversion, for it.
#[cold]
pub unsafe fn warning_text(format: &CStr, text: *const c_char) {
    // SAFETY: the caller's promise (I8).
    unsafe { g_log(DOMAIN, LEVEL_WARNING, format.as_ptr(), text) }
}

/// A text of errors, or a format for one, as the user's language has it: what is logged is never translated.
pub fn translated(text: &'static CStr) -> *const c_char {
    // SAFETY: any text is allowed; what is given back lives as long as the text or for ever, and translations of formats
    // have the same conversions (I8).
    unsafe { glib_gettext(text.as_ptr()) }
}

/// The system's words for an error number.
pub fn strerror(number: i32) -> *const c_char {
    // SAFETY: any number is allowed; the text lives for ever (I8).
    unsafe { g_strerror(number) }
}

fn assertion(name: &CStr, expression: &CStr) {
    assertion_failed(name, expression);
}

/// What the engine has to complain about.
#[cold]
pub fn complain(complaint: Complaint) {
    match complaint {
        Complaint::PrepareRecursive => warning(
            c"g_main_context_prepare() called recursively from within a source's check() or \
              prepare() member.",
        ),
        Complaint::CheckRecursive => warning(
            c"g_main_context_check() called recursively from within a source's check() or \
              prepare() member.",
        ),
        Complaint::RunRecursive => warning(
            c"g_main_loop_run(): called recursively from within a source's check() or prepare() \
              member, iteration not possible.",
        ),
        Complaint::UnknownWay => {
            warning(c"MAINSPRING_POLL may be poll or epoll; it is neither, and is ignored.")
        }
        Complaint::PollFailed(number) => {
            // SAFETY: the system's words are a string (I8).
            unsafe { warning_text(c"poll(2) failed due to: %s.", strerror(number)) }
        }
        Complaint::NotOwned => {
            assertion(c"g_main_context_release_unlocked", c"context->owner_count > 0");
        }
        Complaint::FinalizedWhileAttached => {
            let line = line!();
            // SAFETY: the format takes a string and a number (I8).
            unsafe {
                g_log(
                    DOMAIN,
                    LEVEL_WARNING,
                    c"%s:%d: ref_count == 0, but source was still attached to a context!".as_ptr(),
                    HERE.as_ptr(),
                    line,
                );
            }
        }
        Complaint::ReferencedInFinalize => {
            let line = line!();
            // SAFETY: the format takes a string and a number (I8).
            unsafe {
                g_log(
                    DOMAIN,
                    LEVEL_WARNING,
                    c"(%s:%d):%s: runtime check failed: (%s)".as_ptr(),
                    HERE.as_ptr(),
                    line,
                    c"g_source_unref".as_ptr(),
                    c"old_ref_count == 1".as_ptr(),
                );
            }
        }
    }
}

/// The source location that some messages begin with.
pub const HERE: &CStr = c"capi/messages.rs";

/// Returns `$result` from the function after a critical unless the condition holds.
macro_rules! require {
    ($name:expr, $condition:expr, $text:expr $(, $result:expr)?) => {
        if !$condition {
            $crate::capi::messages::assertion_failed($name, $text);
            return $($result)?;
        }
    };
}

/// The checks every function on a source begins with; yields the engine's pointer.
macro_rules! require_source {
    ($name:expr, $source:expr $(, $result:expr)?) => {{
        require!($name, !$source.is_null(), c"source != NULL" $(, $result)?);
        // SAFETY: not NULL, hence a live source (I8).
        let source = unsafe { $crate::capi::funcs::engine_source($source) };
        require!(
            $name,
            source.is_referenced(),
            c"g_atomic_int_get (&source->ref_count) > 0"
            $(, $result)?
        );
        source
    }};
}
