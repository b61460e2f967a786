//! The C names, one room per header.
//!
//! Each exported function checks its arguments as GLib does (texts in `messages`), translates, and
//! calls down. What it does is said for C readers in the header of the same name and, in short, here.
//!
//! # Safety
//!
//! One preamble for all exported functions: pointers are what GLib's manual says they may be. A
//! source, context, loop or channel pointer is NULL where that is allowed, or points at a live
//! object made by this library (channels: or initialised by `g_io_channel_init`); strings are
//! NUL-terminated; out-parameters are NULL where allowed or writable; callbacks may be called with
//! the arguments their type names. `SAFETY: I8` in this folder refers to this paragraph.
//!
//! Functions that can reach the program's code are `extern "C-unwind"`, and keep nothing with a
//! destructor alive while it runs.

#[macro_use]
pub mod messages;

pub mod base;
pub mod foreign;
pub mod funcs;
pub mod giochannel;
pub mod glib_unix;
pub mod gmain;
pub mod gpoll;
pub mod panics;
pub mod types;

/// A GLib boolean.
pub(crate) fn gboolean(value: bool) -> i32 {
    i32::from(value)
}
