//! `g_print()` and `g_printerr()`: text to a stream or to the function set in its place.

use super::*;
use crate::convert::{locale_is_utf8, to_locale};
use std::sync::atomic::{AtomicPtr, Ordering};

/// Receives the text of `g_print()` or `g_printerr()`.
pub type GPrintFunc = unsafe extern "C-unwind" fn(*const c_char);

/// One of the two ways out; a function stored as a pointer, NULL for none.
struct Outlet {
    handler: AtomicPtr<c_void>,
    to_stderr: bool,
}

static OUT: Outlet = Outlet { handler: AtomicPtr::new(null_mut()), to_stderr: false };
static ERR: Outlet = Outlet { handler: AtomicPtr::new(null_mut()), to_stderr: true };

extern "C" {
    /// Writes to standard output or standard error through C's streams, and flushes. In `c/printf.c`.
    pub(crate) fn mainspring_base_put(to_stderr: gboolean, text: *const c_char, length: gsize);
}

fn function(stored: *mut c_void) -> Option<GPrintFunc> {
    // SAFETY: only such functions, and NULL, are ever stored; the niche of the Option is NULL.
    unsafe { std::mem::transmute::<*mut c_void, Option<GPrintFunc>>(stored) }
}

impl Outlet {
    fn set(&self, func: Option<GPrintFunc>) -> Option<GPrintFunc> {
        let new = func.map_or(null_mut(), |func| func as *mut c_void);
        function(self.handler.swap(new, Ordering::AcqRel))
    }

    /// # Safety
    /// A C string. Runs the function set, if any.
    unsafe fn put(&self, text: *const c_char) {
        if let Some(func) = function(self.handler.load(Ordering::Acquire)) {
            // SAFETY: the function set for this.
            unsafe { func(text) };
            return;
        }
        // SAFETY: a C string; what is made of it outlives the call.
        unsafe {
            let text = CStr::from_ptr(text).to_bytes();
            let shown = if locale_is_utf8() {
                text.to_vec()
            } else if std::str::from_utf8(text).is_ok() {
                to_locale(text)
            } else {
                [b"[Invalid UTF-8] ", format::escape(text).as_slice()].concat()
            };
            mainspring_base_put(gboolean::from(self.to_stderr), shown.as_ptr().cast(), shown.len());
        }
    }
}

/// What `g_print()` does with its text.
#[no_mangle]
pub(crate) unsafe extern "C-unwind" fn mainspring_base_print(text: *const c_char) {
    // SAFETY: a C string.
    unsafe { OUT.put(text) }
}

/// What `g_printerr()` does with its text.
#[no_mangle]
pub(crate) unsafe extern "C-unwind" fn mainspring_base_printerr(text: *const c_char) {
    // SAFETY: a C string.
    unsafe { ERR.put(text) }
}

/// Sets where the text of `g_print()` goes, NULL being standard output; returns the function before.
#[no_mangle]
pub unsafe extern "C" fn g_set_print_handler(func: Option<GPrintFunc>) -> Option<GPrintFunc> {
    OUT.set(func)
}

/// Sets where the text of `g_printerr()` goes, NULL being standard error; returns the function before.
#[no_mangle]
pub unsafe extern "C" fn g_set_printerr_handler(func: Option<GPrintFunc>) -> Option<GPrintFunc> {
    ERR.set(func)
}
