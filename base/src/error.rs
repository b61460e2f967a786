//! `gerror.h`: errors, and domains whose errors carry data of their own. That data lies in front of the
//! GError, in the same block, so that C's `GError *` stays what it is. The functions with variable
//! arguments are in `c/errors.c`.

use crate::mem::string_from;
use crate::messages::{own, LEVEL_WARNING};
use crate::quark::{g_quark_from_static_string, g_quark_from_string, g_quark_to_string, GQuark};
use crate::types::*;
use std::ffi::CStr;
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};

/// What went wrong: the domain, a code inside it, and a text that C frees.
#[repr(C)]
pub struct GError {
    /// Never 0.
    pub domain: GQuark,
    /// Means what the domain says.
    pub code: c_int,
    /// A C string.
    pub message: *mut c_char,
}

type InitFunc = unsafe extern "C-unwind" fn(*mut GError);
type CopyFunc = unsafe extern "C-unwind" fn(*const GError, *mut GError);

/// What an extended domain keeps in front of its errors, and who tends it.
#[derive(Clone, Copy)]
struct Extension {
    domain: GQuark,
    size: gsize,
    init: InitFunc,
    copy: CopyFunc,
    clear: InitFunc,
}

static EXTENSIONS: Mutex<Vec<Extension>> = Mutex::new(Vec::new());

fn extension(domain: GQuark) -> Option<Extension> {
    let extensions = EXTENSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    extensions.iter().find(|extension| extension.domain == domain).copied()
}

/// The room in front of an error, rounded up so that the GError is aligned as any block is.
fn front(extension: Option<Extension>) -> gsize {
    extension.map_or(0, |extension| extension.size.next_multiple_of(2 * size_of::<gsize>()))
}

/// A block for an error of this domain: zeroes in front, then the GError.
fn allocate(domain: GQuark, code: c_int, message: *mut c_char, front: gsize) -> *mut GError {
    // SAFETY: the block is as large as what is written, at its end.
    unsafe {
        let block = crate::mem::g_malloc0(front + size_of::<GError>());
        let error = block.byte_add(front).cast::<GError>();
        error.write(GError { domain, code, message });
        error
    }
}

/// A new error that takes `message` over.
///
/// # Safety
/// `message` is C's memory or NULL.
#[no_mangle]
pub(crate) unsafe extern "C-unwind" fn mainspring_base_error_take(
    domain: GQuark,
    code: c_int,
    message: *mut c_char,
) -> *mut GError {
    let extension = extension(domain);
    let error = allocate(domain, code, message, front(extension));
    if let Some(extension) = extension {
        // SAFETY: the domain's own function, for a fresh error.
        unsafe { (extension.init)(error) };
    }
    error
}

/// Puts `prefix`, which it takes over, in front of an error's text.
///
/// # Safety
/// A live error, and a C string in C's memory.
#[no_mangle]
pub(crate) unsafe extern "C" fn mainspring_base_error_prefix_take(
    error: *mut GError,
    prefix: *mut c_char,
) {
    // SAFETY: both strings are C's and used here for the last time.
    unsafe {
        let old = (*error).message;
        let text = [CStr::from_ptr(prefix).to_bytes(), CStr::from_ptr(old).to_bytes()].concat();
        (*error).message = string_from(&text);
        libc::free(old.cast());
        libc::free(prefix.cast());
    }
}

/// A new error with a copy of `message`, freed with `g_error_free()`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_error_new_literal(
    domain: GQuark,
    code: c_int,
    message: *const c_char,
) -> *mut GError {
    require!("g_error_new_literal", !message.is_null(), "message != NULL", null_mut());
    require!("g_error_new_literal", domain != 0, "domain != 0", null_mut());
    // SAFETY: a C string; the copy is handed over.
    unsafe { mainspring_base_error_take(domain, code, libc::strdup(message)) }
}

/// Frees an error and what it carries.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_error_free(error: *mut GError) {
    require!("g_error_free", !error.is_null(), "error != NULL");
    // SAFETY: an error of ours, given up by the caller; its block starts where `allocate` says.
    unsafe {
        let extension = extension((*error).domain);
        if let Some(extension) = extension {
            (extension.clear)(error);
        }
        libc::free((*error).message.cast());
        libc::free(error.byte_sub(front(extension)).cast());
    }
}

/// A copy, freed with `g_error_free()`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_error_copy(error: *const GError) -> *mut GError {
    require!("g_error_copy", !error.is_null(), "error != NULL", null_mut());
    // SAFETY: an error of ours.
    unsafe {
        let GError { domain, code, message } = *error;
        let text = if message.is_null() { null_mut() } else { libc::strdup(message) };
        let extension = extension(domain);
        let copy = allocate(domain, code, text, front(extension));
        if let Some(extension) = extension {
            (extension.copy)(error, copy);
        }
        copy
    }
}

/// Whether there is an error, of this domain and code.
#[no_mangle]
pub unsafe extern "C" fn g_error_matches(
    error: *const GError,
    domain: GQuark,
    code: c_int,
) -> gboolean {
    // SAFETY: a live error or NULL.
    let error = unsafe { error.as_ref() };
    gboolean::from(error.is_some_and(|error| error.domain == domain && error.code == code))
}

/// The warning about an error that finds the caller's variable taken.
unsafe fn warn_overwriting(message: *const c_char) {
    // SAFETY: a C string or NULL.
    let message = unsafe { crate::messages::opt(message) }.unwrap_or(c"(null)");
    own(
        LEVEL_WARNING,
        format_args!(
            "GError set over the top of a previous GError or uninitialized memory.\n\
             This indicates a bug in someone's code. You must ensure an error is NULL before it's set.\n\
             The overwriting error message was: {}",
            message.to_string_lossy()
        ),
    );
}

/// Stores a new error in the caller's variable, if there is one. Since 2.18.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_set_error_literal(
    err: *mut *mut GError,
    domain: GQuark,
    code: c_int,
    message: *const c_char,
) {
    if err.is_null() {
        return;
    }
    // SAFETY: err is the caller's variable, message a C string.
    unsafe {
        if (*err).is_null() {
            *err = g_error_new_literal(domain, code, message);
        } else {
            warn_overwriting(message);
        }
    }
}

/// Stores a new error with a text made here in the caller's variable, if there is one.
///
/// # Safety
/// The caller's variable or NULL.
pub(crate) unsafe fn set(
    err: *mut *mut GError,
    domain: GQuark,
    code: c_int,
    text: std::fmt::Arguments<'_>,
) {
    if err.is_null() {
        return;
    }
    let text = string_from(text.to_string().as_bytes());
    // SAFETY: the caller's promise; the text is ours and freed here.
    unsafe {
        g_set_error_literal(err, domain, code, text);
        libc::free(text.cast());
    }
}

/// Moves an error to the caller's variable, or frees it if there is none.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_propagate_error(dest: *mut *mut GError, src: *mut GError) {
    require!("g_propagate_error", !src.is_null(), "src != NULL");
    // SAFETY: dest is the caller's variable or NULL; src is given up by the caller.
    unsafe {
        if dest.is_null() {
            g_error_free(src);
        } else if (*dest).is_null() {
            *dest = src;
        } else {
            warn_overwriting((*src).message);
            g_error_free(src);
        }
    }
}

/// Frees the error in the caller's variable, if any, and empties it.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_clear_error(err: *mut *mut GError) {
    // SAFETY: err is the caller's variable or NULL.
    unsafe {
        if !err.is_null() && !(*err).is_null() {
            g_error_free(err.replace(null_mut()));
        }
    }
}

/// Puts `prefix` in front of the text of the error in the caller's variable, if any. Since 2.70.
#[no_mangle]
pub unsafe extern "C" fn g_prefix_error_literal(err: *mut *mut GError, prefix: *const c_char) {
    // SAFETY: err is the caller's variable or NULL, prefix a C string.
    unsafe {
        if !err.is_null() && !(*err).is_null() {
            mainspring_base_error_prefix_take(*err, libc::strdup(prefix));
        }
    }
}

/// Makes a string that stays a domain whose errors carry data. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_error_domain_register_static(
    error_type_name: *const c_char,
    error_type_private_size: gsize,
    error_type_init: InitFunc,
    error_type_copy: CopyFunc,
    error_type_clear: InitFunc,
) -> GQuark {
    // SAFETY: as the header asks of the caller.
    unsafe {
        require!(
            "g_error_domain_register_static",
            !error_type_name.is_null(),
            "error_type_name != NULL",
            0
        );
        let domain = g_quark_from_static_string(error_type_name);
        if extension(domain).is_none() {
            EXTENSIONS.lock().unwrap_or_else(PoisonError::into_inner).push(Extension {
                domain,
                size: error_type_private_size,
                init: error_type_init,
                copy: error_type_copy,
                clear: error_type_clear,
            });
        }
        domain
    }
}

/// `g_error_domain_register_static()` with a name that is copied. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_error_domain_register(
    error_type_name: *const c_char,
    error_type_private_size: gsize,
    error_type_init: InitFunc,
    error_type_copy: CopyFunc,
    error_type_clear: InitFunc,
) -> GQuark {
    // SAFETY: as the header asks of the caller; the name found through its quark stays.
    unsafe {
        require!(
            "g_error_domain_register",
            !error_type_name.is_null(),
            "error_type_name != NULL",
            0
        );
        g_error_domain_register_static(
            g_quark_to_string(g_quark_from_string(error_type_name)),
            error_type_private_size,
            error_type_init,
            error_type_copy,
            error_type_clear,
        )
    }
}
