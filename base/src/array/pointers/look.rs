//! What goes over an array of pointers: sorting, visiting, looking for one.

use super::GPtrArray;
use crate::sort::{sort, Comparison};
use crate::types::*;

/// Sorts the pointers, stably; the function gets the places of two pointers.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_sort(
    array: *mut GPtrArray,
    compare_func: GCompareFunc,
) {
    require!("g_ptr_array_sort", !array.is_null(), "array != NULL");
    // SAFETY: a live array, and a function for it.
    unsafe { sort_by(array, &|a, b| compare_func(a, b)) }
}

/// `g_ptr_array_sort()` by a function that is given `user_data`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_sort_with_data(
    array: *mut GPtrArray,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) {
    require!("g_ptr_array_sort_with_data", !array.is_null(), "array != NULL");
    // SAFETY: a live array, and a function for it.
    unsafe { sort_by(array, &|a, b| compare_func(a, b, user_data)) }
}

/// Sorts the pointers, stably; the function gets two pointers. Since 2.76.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_sort_values(
    array: *mut GPtrArray,
    compare_func: GCompareFunc,
) {
    require!("g_ptr_array_sort_values", !array.is_null(), "array != NULL");
    // SAFETY: a live array, and a function for what is in it.
    unsafe { sort_by(array, &|a, b| compare_func(behind(a), behind(b))) }
}

/// `g_ptr_array_sort_values()` by a function that is given `user_data`. Since 2.76.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_sort_values_with_data(
    array: *mut GPtrArray,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) {
    require!("g_ptr_array_sort_values_with_data", !array.is_null(), "array != NULL");
    // SAFETY: a live array, and a function for what is in it.
    unsafe { sort_by(array, &|a, b| compare_func(behind(a), behind(b), user_data)) }
}

/// The pointer at a place.
unsafe fn behind(place: gpointer) -> gpointer {
    // SAFETY: a place in an array.
    unsafe { *place.cast() }
}

unsafe fn sort_by(array: *mut GPtrArray, compare: &Comparison<'_>) {
    // SAFETY: a live array, and a function for it.
    unsafe { sort((*array).pdata.cast(), (*array).len as gsize, size_of::<gpointer>(), compare) }
}

/// Calls `func` for each pointer.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_foreach(
    array: *mut GPtrArray,
    func: GFunc,
    user_data: gpointer,
) {
    require!("g_ptr_array_foreach", !array.is_null(), "array");
    // SAFETY: a live array, not borrowed while the function runs, which may change it.
    unsafe {
        position(array, |pointer| {
            func(pointer, user_data);
            false
        });
    }
}

/// The first place whose pointer `is_it` holds for. Runs code of the caller's.
pub(super) unsafe fn position(
    array: *mut GPtrArray,
    mut is_it: impl FnMut(gpointer) -> bool,
) -> Option<c_uint> {
    let mut index = 0;
    // SAFETY: a live array, looked at anew for each place.
    unsafe {
        while index < (*array).len {
            if is_it(*(*array).pdata.add(index as usize)) {
                return Some(index);
            }
            index += 1;
        }
    }
    None
}

/// Whether a pointer is in the array, and where first. Since 2.54.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_find(
    haystack: *mut GPtrArray,
    needle: gconstpointer,
    index_: *mut c_uint,
) -> gboolean {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_ptr_array_find_with_equal_func(haystack, needle, None, index_) }
}

/// Whether a pointer for which `equal_func (pointer, needle)` holds is in the array, and where first.
/// Since 2.54.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_find_with_equal_func(
    haystack: *mut GPtrArray,
    needle: gconstpointer,
    equal_func: Option<GEqualFunc>,
    index_: *mut c_uint,
) -> gboolean {
    require!("g_ptr_array_find_with_equal_func", !haystack.is_null(), "haystack != NULL", FALSE);
    // SAFETY: a live array, a function for what is in it, and the caller's variable or NULL.
    unsafe {
        let found = position(haystack, |pointer| match equal_func {
            Some(equal) => equal(pointer, needle) != FALSE,
            None => std::ptr::eq(pointer, needle),
        });
        if let (Some(found), false) = (found, index_.is_null()) {
            *index_ = found;
        }
        gboolean::from(found.is_some())
    }
}
