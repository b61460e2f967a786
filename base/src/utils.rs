//! `gutils.h`: names of the program and the application, words that stand for bits, and small things.

use crate::messages::{fatal, opt, own, LEVEL_WARNING};
use crate::quark::g_intern_string;
use crate::types::*;
use std::ffi::CStr;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Interned strings, so that whoever has read one keeps it when another takes its place.
static PRGNAME: AtomicPtr<c_char> = AtomicPtr::new(null_mut());
static APPLICATION_NAME: AtomicPtr<c_char> = AtomicPtr::new(null_mut());

/// The program's name, if it was set.
pub(crate) fn program_name() -> Option<&'static CStr> {
    // SAFETY: interned strings stay.
    unsafe { opt(PRGNAME.load(Ordering::Acquire)) }
}

/// The program's name, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_get_prgname() -> *const c_char {
    PRGNAME.load(Ordering::Acquire)
}

/// Names the program; the name is copied.
#[no_mangle]
pub unsafe extern "C" fn g_set_prgname(prgname: *const c_char) {
    // SAFETY: a C string or NULL.
    PRGNAME.store(unsafe { g_intern_string(prgname) }.cast_mut(), Ordering::Release);
}

/// The application's name, or the program's. Since 2.2.
#[no_mangle]
pub unsafe extern "C" fn g_get_application_name() -> *const c_char {
    let name = APPLICATION_NAME.load(Ordering::Acquire);
    if name.is_null() {
        PRGNAME.load(Ordering::Acquire)
    } else {
        name
    }
}

/// A text of the loop's in the user's language, where the loop stands alone: there are no translations of it. In front
/// of libglib it is libglib that has them.
#[no_mangle]
pub unsafe extern "C" fn glib_gettext(text: *const c_char) -> *const c_char {
    text
}

/// Names the application, once; the name is copied. Since 2.2.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_set_application_name(application_name: *const c_char) {
    // SAFETY: a C string or NULL.
    let name = unsafe { g_intern_string(application_name) }.cast_mut();
    let set =
        APPLICATION_NAME.compare_exchange(null_mut(), name, Ordering::AcqRel, Ordering::Acquire);
    if set.is_err() {
        own(LEVEL_WARNING, format_args!("g_set_application_name() called multiple times"));
    }
}

/// A word and the bits it stands for, as C has them.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GDebugKey {
    /// A C string.
    pub key: *const c_char,
    /// Bits.
    pub value: c_uint,
}

/// The same, from Rust.
pub(crate) type DebugWord = GDebugKey;

impl GDebugKey {
    pub(crate) const fn new(key: &'static CStr, value: c_uint) -> Self {
        GDebugKey { key: key.as_ptr(), value }
    }
}

/// The bits of the words in `text`, which are set apart by `:;,` and white space. Case does not matter,
/// and `-` is as good as `_`. "all" stands for every word that is not named beside it.
///
/// # Safety
/// A C string or NULL, and words whose keys are C strings.
pub(crate) unsafe fn parse_debug_words(text: *const c_char, words: &[DebugWord]) -> c_uint {
    // SAFETY: the caller's promise.
    let Some(text) = (unsafe { opt(text) }) else { return 0 };
    let every = words.iter().fold(0, |bits, word| bits | word.value);
    let mut all = false;
    let mut named = 0;
    for word in text.to_bytes().split(|byte| b":;, \t".contains(byte)) {
        if word.eq_ignore_ascii_case(b"all") {
            all = true;
            continue;
        }
        for candidate in words {
            // SAFETY: the caller's promise.
            let key = unsafe { CStr::from_ptr(candidate.key) }.to_bytes();
            if same_word(key, word) {
                named |= candidate.value;
            }
        }
    }
    if all {
        every & !named
    } else {
        named
    }
}

fn same_word(key: &[u8], word: &[u8]) -> bool {
    let fold = |byte: &u8| if *byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    key.len() == word.len() && key.iter().map(fold).eq(word.iter().map(fold))
}

/// The bits of the words in a string; "help" prints the words to standard error.
#[no_mangle]
pub unsafe extern "C" fn g_parse_debug_string(
    string: *const c_char,
    keys: *const GDebugKey,
    nkeys: c_uint,
) -> c_uint {
    // SAFETY: a C string or NULL, and nkeys keys.
    unsafe {
        let keys = if nkeys == 0 { &[] } else { std::slice::from_raw_parts(keys, nkeys as usize) };
        if opt(string).is_some_and(|string| string.to_bytes().eq_ignore_ascii_case(b"help")) {
            print_keys(keys);
            return 0;
        }
        parse_debug_words(string, keys)
    }
}

/// # Safety
/// Keys with C strings.
unsafe fn print_keys(keys: &[GDebugKey]) {
    let mut text = b"Supported debug values:".to_vec();
    for key in keys {
        // SAFETY: the caller's promise.
        text.extend([b" ", unsafe { CStr::from_ptr(key.key) }.to_bytes()].concat());
    }
    text.extend(b" all help\n");
    // SAFETY: the bytes outlive the call.
    unsafe { crate::messages::mainspring_base_put(TRUE, text.as_ptr().cast(), text.len()) };
}

/// Makes a pointer variable NULL.
#[no_mangle]
pub unsafe extern "C" fn g_nullify_pointer(nullify_location: *mut gpointer) {
    require!("g_nullify_pointer", !nullify_location.is_null(), "nullify_location != NULL");
    // SAFETY: the caller's variable.
    unsafe { *nullify_location = null_mut() };
}

/// Ends the process. Since 2.50.
#[no_mangle]
pub unsafe extern "C" fn g_abort() -> ! {
    // SAFETY: the process ends.
    unsafe { libc::abort() }
}

/// `atexit()`.
#[no_mangle]
pub unsafe extern "C" fn g_atexit(func: extern "C" fn()) {
    // SAFETY: a function that may be called when the process ends.
    if unsafe { libc::atexit(func) } != 0 {
        fatal(format_args!(
            "Could not register atexit() function: {}",
            std::io::Error::last_os_error()
        ));
    }
}

/// How many threads can run at once. Since 2.36.
#[no_mangle]
pub unsafe extern "C" fn g_get_num_processors() -> c_uint {
    // SAFETY: the set is filled before it is looked at.
    let count = unsafe {
        let mut set = std::mem::zeroed::<libc::cpu_set_t>();
        match libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) {
            0 => libc::CPU_COUNT(&set),
            _ => 1,
        }
    };
    count.max(1) as c_uint
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null;

    const WORDS: [DebugWord; 2] = [DebugWord::new(c"fatal-warnings", 6), DebugWord::new(c"x", 8)];

    fn bits(text: &CStr) -> c_uint {
        // SAFETY: constants.
        unsafe { parse_debug_words(text.as_ptr(), &WORDS) }
    }

    #[test]
    fn words_are_found_however_they_are_set_apart() {
        assert_eq!(bits(c""), 0);
        assert_eq!(bits(c"nothing"), 0);
        assert_eq!(bits(c"FATAL_warnings"), 6);
        assert_eq!(bits(c"y:fatal-warnings"), 6);
        assert_eq!(bits(c"x;fatal-warnings"), 14);
        assert_eq!(bits(c"fatal-warning"), 0);
    }

    #[test]
    fn all_turns_named_words_off() {
        assert_eq!(bits(c"all"), 14);
        assert_eq!(bits(c"all x"), 6);
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { parse_debug_words(null(), &WORDS) }, 0);
    }
}
