//! Arrays of bytes: arrays of elements of one byte each, under names of their own.

use super::elements::*;
use crate::bytes::{g_bytes_new_take, GBytes};
use crate::types::*;
use std::ptr::null_mut;

/// The part that C knows; like [`GArray`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GByteArray {
    /// The first byte, NULL while there is no room for any.
    pub data: *mut u8,
    /// The number of bytes.
    pub len: c_uint,
}

/// An empty array.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_new() -> *mut GByteArray {
    // SAFETY: nothing is asked for.
    unsafe { g_byte_array_sized_new(0) }
}

/// An empty array with room for bytes to come.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_sized_new(reserved_size: c_uint) -> *mut GByteArray {
    // SAFETY: the size of a byte is a size.
    unsafe { g_array_sized_new(FALSE, FALSE, 1, reserved_size) }.cast()
}

/// An array that takes over the caller's block. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_new_take(data: *mut u8, len: gsize) -> *mut GByteArray {
    require!("g_byte_array_new_take", len <= c_uint::MAX as gsize, "len <= G_MAXUINT", null_mut());
    // SAFETY: a block of that many bytes.
    unsafe { g_array_new_take(data.cast(), len, FALSE, 1) }.cast()
}

/// One reference more. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_ref(array: *mut GByteArray) -> *mut GByteArray {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_ref(array.cast()) }.cast()
}

/// One reference less. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_unref(array: *mut GByteArray) {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_unref(array.cast()) }
}

/// Drops a reference, and the bytes or, if `free_segment` is FALSE, hands their block over.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_free(
    array: *mut GByteArray,
    free_segment: gboolean,
) -> *mut u8 {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_free(array.cast(), free_segment) }.cast()
}

/// Drops a reference and makes the bytes unchangeable. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_free_to_bytes(array: *mut GByteArray) -> *mut GBytes {
    require!("g_byte_array_free_to_bytes", !array.is_null(), "array != NULL", null_mut());
    // SAFETY: a live array; the block is handed on.
    unsafe {
        let len = (*array).len as gsize;
        g_bytes_new_take(g_byte_array_free(array, FALSE).cast(), len)
    }
}

/// Hands the block of bytes over; the array stays, empty. Since 2.64.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_steal(array: *mut GByteArray, len: *mut gsize) -> *mut u8 {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_steal(array.cast(), len) }.cast()
}

/// Adds bytes behind the last.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_append(
    array: *mut GByteArray,
    data: *const u8,
    len: c_uint,
) -> *mut GByteArray {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_append_vals(array.cast(), data.cast(), len) };
    array
}

/// Adds bytes before the first.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_prepend(
    array: *mut GByteArray,
    data: *const u8,
    len: c_uint,
) -> *mut GByteArray {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_prepend_vals(array.cast(), data.cast(), len) };
    array
}

/// Makes the array shorter, or longer by bytes nobody wrote.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_set_size(
    array: *mut GByteArray,
    length: c_uint,
) -> *mut GByteArray {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_set_size(array.cast(), length) };
    array
}

/// Removes a byte; those behind it move up.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_remove_index(
    array: *mut GByteArray,
    index_: c_uint,
) -> *mut GByteArray {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_remove_index(array.cast(), index_) };
    array
}

/// Removes a byte; the last one takes its place.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_remove_index_fast(
    array: *mut GByteArray,
    index_: c_uint,
) -> *mut GByteArray {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_remove_index_fast(array.cast(), index_) };
    array
}

/// Removes bytes that follow each other. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_byte_array_remove_range(
    array: *mut GByteArray,
    index_: c_uint,
    length: c_uint,
) -> *mut GByteArray {
    require!("g_byte_array_remove_range", !array.is_null(), "array", null_mut());
    // SAFETY: a live array; the range was checked.
    unsafe {
        let len = (*array).len;
        require!("g_byte_array_remove_range", index_ <= len, "index_ <= array->len", null_mut());
        require!(
            "g_byte_array_remove_range",
            length <= len - index_,
            "index_ + length <= array->len",
            null_mut()
        );
        g_array_remove_range(array.cast(), index_, length).cast()
    }
}

/// Sorts the bytes.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_byte_array_sort(
    array: *mut GByteArray,
    compare_func: GCompareFunc,
) {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_sort(array.cast(), compare_func) }
}

/// Sorts the bytes by a function that is given `user_data`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_byte_array_sort_with_data(
    array: *mut GByteArray,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_array_sort_with_data(array.cast(), compare_func, user_data) }
}
