//! Texts of errno values and signals: asked of the C library once each and kept, so that the pointer
//! handed out stays good for every thread.

use super::*;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Texts by number, in UTF-8, kept for ever.
type Texts = Mutex<BTreeMap<c_int, &'static CStr>>;

static ERRORS: Texts = Mutex::new(BTreeMap::new());
static SIGNALS: Texts = Mutex::new(BTreeMap::new());

fn kept(texts: &Texts, number: c_int, ask: impl FnOnce() -> &'static CStr) -> *const c_char {
    let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
    texts.entry(number).or_insert_with(|| Box::leak(ask().to_owned().into_boxed_c_str())).as_ptr()
}

/// The text of an errno value. errno is kept.
#[no_mangle]
pub unsafe extern "C" fn g_strerror(errnum: c_int) -> *const c_char {
    // SAFETY: errno is this thread's own.
    unsafe {
        let errno = libc::__errno_location();
        let before = *errno;
        // SAFETY: glibc's text, copied at once under the lock.
        let text = kept(&ERRORS, errnum, || CStr::from_ptr(libc::strerror(errnum)));
        *errno = before;
        text
    }
}

/// The text of a signal.
#[no_mangle]
pub unsafe extern "C" fn g_strsignal(signum: c_int) -> *const c_char {
    // SAFETY: glibc's text, copied at once under the lock.
    kept(&SIGNALS, signum, || unsafe { CStr::from_ptr(libc::strsignal(signum)) })
}
