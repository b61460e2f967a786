//! The everyday helpers the main loop imports by name.
//!
//! In the standalone library they come from `mainspring-base`, in a process with libglib from
//! there: nothing here may need more than such a libglib offers.

use std::ffi::{c_char, c_int, c_void};

use super::types::{GError, GString};

extern "C-unwind" {
    pub fn g_log(domain: *const c_char, level: c_int, format: *const c_char, ...);
    pub fn g_return_if_fail_warning(
        domain: *const c_char,
        function: *const c_char,
        expression: *const c_char,
    );
}

/// The type of iconv's converters.
pub type GIConv = *mut c_void;

extern "C" {
    pub fn g_malloc0(size: usize) -> *mut c_void;
    pub fn g_free(memory: *mut c_void);
    pub fn g_strdup(text: *const c_char) -> *mut c_char;
    pub fn g_strerror(number: c_int) -> *const c_char;
    /// GLib's own text in the user's language. In no header, but every libglib exports it.
    pub fn glib_gettext(text: *const c_char) -> *const c_char;
    pub fn g_quark_from_static_string(text: *const c_char) -> u32;
    pub fn g_set_error_literal(
        error: *mut *mut GError,
        domain: u32,
        code: c_int,
        message: *const c_char,
    );
    pub fn g_set_error(
        error: *mut *mut GError,
        domain: u32,
        code: c_int,
        format: *const c_char,
        ...
    );
    pub fn g_convert_error_quark() -> u32;
    pub fn g_file_error_quark() -> u32;
    pub fn g_file_error_from_errno(number: c_int) -> c_int;
    pub fn g_iconv_open(to: *const c_char, from: *const c_char) -> GIConv;
    pub fn g_iconv(
        converter: GIConv,
        from: *mut *mut c_char,
        from_left: *mut usize,
        to: *mut *mut c_char,
        to_left: *mut usize,
    ) -> usize;
    pub fn g_iconv_close(converter: GIConv) -> c_int;
    pub fn g_string_truncate(string: *mut GString, length: usize) -> *mut GString;
    pub fn g_string_append_len(
        string: *mut GString,
        text: *const c_char,
        length: isize,
    ) -> *mut GString;
    pub fn g_error_free(error: *mut GError);
    pub fn g_mutex_lock(mutex: *mut c_void);
    pub fn g_mutex_unlock(mutex: *mut c_void);
    pub fn g_cond_signal(condition: *mut c_void);
    pub fn g_cond_wait(condition: *mut c_void, mutex: *mut c_void);
}

pub const LEVEL_ERROR: c_int = 1 << 2;
pub const LEVEL_CRITICAL: c_int = 1 << 3;
pub const LEVEL_WARNING: c_int = 1 << 4;
pub const LEVEL_DEBUG: c_int = 1 << 7;

/// The log domain of everything this library says.
pub const DOMAIN: *const c_char = c"GLib".as_ptr();
