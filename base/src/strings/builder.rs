//! `gstrvbuilder.h`: vectors of strings that grow. The function with variable arguments is in
//! `c/strings.c`.

use super::*;
use crate::mem::{g_free, g_malloc_n};
use std::sync::atomic::{AtomicU32, Ordering};

/// A vector in the making.
pub struct GStrvBuilder {
    refs: AtomicU32,
    /// Strings of C's, which the builder owns.
    strings: Vec<*mut c_char>,
}

/// An empty builder. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_new() -> *mut GStrvBuilder {
    Box::into_raw(Box::new(GStrvBuilder { refs: AtomicU32::new(1), strings: Vec::new() }))
}

/// Another reference. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_ref(builder: *mut GStrvBuilder) -> *mut GStrvBuilder {
    require!("g_atomic_rc_box_acquire", !builder.is_null(), "mem_block != NULL", null_mut());
    // SAFETY: a live builder.
    unsafe { (*builder).refs.fetch_add(1, Ordering::Relaxed) };
    builder
}

/// Drops a reference; the last one frees the strings. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_unref(builder: *mut GStrvBuilder) {
    require!("g_atomic_rc_box_release_full", !builder.is_null(), "mem_block != NULL");
    // SAFETY: a live builder, of which the caller gives a reference up, and strings of its own.
    unsafe {
        if (*builder).refs.fetch_sub(1, Ordering::AcqRel) == 1 {
            for string in Box::from_raw(builder).strings {
                g_free(string.cast());
            }
        }
    }
}

/// Adds a copy of a string. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_add(builder: *mut GStrvBuilder, value: *const c_char) {
    // SAFETY: a live builder, and a C string.
    unsafe { g_strv_builder_take(builder, g_strdup(value)) };
}

/// Adds a string and takes it over. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_take(builder: *mut GStrvBuilder, value: *mut c_char) {
    // SAFETY: a live builder that this thread alone changes.
    unsafe { &mut *builder }.strings.push(value);
}

/// Adds copies of a vector's strings. Since 2.70.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_addv(
    builder: *mut GStrvBuilder,
    value: *mut *const c_char,
) {
    require!("g_strv_builder_addv", !builder.is_null(), "builder != NULL");
    require!("g_strv_builder_addv", !value.is_null(), "value != NULL");
    // SAFETY: a live builder, and a vector.
    unsafe {
        for string in strings(value.cast_const()) {
            g_strv_builder_add(builder, string.as_ptr());
        }
    }
}

/// The vector; the builder is empty afterwards. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_end(builder: *mut GStrvBuilder) -> *mut *mut c_char {
    // SAFETY: a live builder that this thread alone changes; the array is fresh and large enough.
    unsafe {
        let strings = std::mem::take(&mut (*builder).strings);
        let vector = g_malloc_n(strings.len() + 1, size_of::<gpointer>()).cast::<*mut c_char>();
        vector.copy_from_nonoverlapping(strings.as_ptr(), strings.len());
        *vector.add(strings.len()) = null_mut();
        vector
    }
}

/// The vector, and a reference less. Since 2.82.
#[no_mangle]
pub unsafe extern "C" fn g_strv_builder_unref_to_strv(
    builder: *mut GStrvBuilder,
) -> *mut *mut c_char {
    // SAFETY: a live builder, of which the caller gives a reference up.
    unsafe {
        let vector = g_strv_builder_end(builder);
        g_strv_builder_unref(builder);
        vector
    }
}
