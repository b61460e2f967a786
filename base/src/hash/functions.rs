//! Hash and equality functions for the usual keys.

use crate::types::*;
use std::ffi::CStr;

/// Whether two strings are equal.
#[no_mangle]
pub unsafe extern "C" fn g_str_equal(v1: gconstpointer, v2: gconstpointer) -> gboolean {
    // SAFETY: two C strings.
    unsafe { gboolean::from(libc::strcmp(v1.cast(), v2.cast()) == 0) }
}

/// A hash of a string.
#[no_mangle]
pub unsafe extern "C" fn g_str_hash(v: gconstpointer) -> c_uint {
    // SAFETY: a C string.
    hash_of(unsafe { CStr::from_ptr(v.cast()) }.to_bytes())
}

/// From 5381, each step `hash * 33 + byte`, bytes being signed.
pub(crate) fn hash_of(bytes: &[u8]) -> c_uint {
    let step = |hash: c_uint, &byte: &u8| hash.wrapping_mul(33).wrapping_add(byte as i8 as c_uint);
    bytes.iter().fold(5381, step)
}

/// Whether two pointers are the same.
#[no_mangle]
pub unsafe extern "C" fn g_direct_equal(v1: gconstpointer, v2: gconstpointer) -> gboolean {
    gboolean::from(std::ptr::eq(v1, v2))
}

/// The low half of a pointer.
#[no_mangle]
pub unsafe extern "C" fn g_direct_hash(v: gconstpointer) -> c_uint {
    v as usize as c_uint
}

/// Whether two `gint`s are equal.
#[no_mangle]
pub unsafe extern "C" fn g_int_equal(v1: gconstpointer, v2: gconstpointer) -> gboolean {
    // SAFETY: two gints.
    unsafe { gboolean::from(*v1.cast::<c_int>() == *v2.cast::<c_int>()) }
}

/// A `gint` as its own hash.
#[no_mangle]
pub unsafe extern "C" fn g_int_hash(v: gconstpointer) -> c_uint {
    // SAFETY: a gint.
    unsafe { *v.cast::<c_uint>() }
}

/// Whether two `gint64`s are equal. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_int64_equal(v1: gconstpointer, v2: gconstpointer) -> gboolean {
    // SAFETY: two gint64s.
    unsafe { gboolean::from(*v1.cast::<i64>() == *v2.cast::<i64>()) }
}

/// The low half of a `gint64`. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_int64_hash(v: gconstpointer) -> c_uint {
    // SAFETY: a gint64.
    unsafe { *v.cast::<i64>() as c_uint }
}

/// Whether two `gdouble`s are equal. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_double_equal(v1: gconstpointer, v2: gconstpointer) -> gboolean {
    // SAFETY: two gdoubles.
    unsafe { gboolean::from(*v1.cast::<f64>() == *v2.cast::<f64>()) }
}

/// The whole part of a `gdouble`. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_double_hash(v: gconstpointer) -> c_uint {
    // SAFETY: a gdouble.
    unsafe { *v.cast::<f64>() as i64 as c_uint }
}
