//! Making arrays of pointers: empty ones, ones that take a block over, copies.

use super::*;

/// An array that takes over a block of `len` pointers, which ends in NULL if that is said.
fn array_of(
    block: *mut gpointer,
    len: gsize,
    free: Option<GDestroyNotify>,
    terminated: bool,
) -> *mut GPtrArray {
    let whole = array(free, terminated);
    // SAFETY: fresh.
    unsafe {
        (*whole).public = GPtrArray { pdata: block, len: len as c_uint };
        (*whole).capacity = if block.is_null() { 0 } else { len + usize::from(terminated) };
    }
    whole.cast()
}

/// An empty array.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_new() -> *mut GPtrArray {
    array(None, false).cast()
}

/// An empty array that frees what it gives up. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_new_with_free_func(
    element_free_func: Option<GDestroyNotify>,
) -> *mut GPtrArray {
    array(element_free_func, false).cast()
}

/// An empty array with room for pointers to come.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_sized_new(reserved_size: c_uint) -> *mut GPtrArray {
    // SAFETY: nothing is asked for.
    unsafe { g_ptr_array_new_full(reserved_size, None) }
}

/// An empty array with room for pointers to come, which frees what it gives up. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_new_full(
    reserved_size: c_uint,
    element_free_func: Option<GDestroyNotify>,
) -> *mut GPtrArray {
    // SAFETY: nothing is asked for.
    unsafe { g_ptr_array_new_null_terminated(reserved_size, element_free_func, FALSE) }
}

/// An empty array with room for pointers to come, and a NULL behind the last if that is wanted. Since
/// 2.74.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_new_null_terminated(
    reserved_size: c_uint,
    element_free_func: Option<GDestroyNotify>,
    null_terminated: gboolean,
) -> *mut GPtrArray {
    let whole = array(element_free_func, null_terminated != FALSE);
    if reserved_size > 0 {
        // SAFETY: fresh.
        unsafe {
            (*whole).reserve(reserved_size as usize);
            (*whole).set_len(0);
        }
    }
    whole.cast()
}

/// An array that takes over the caller's block. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_new_take(
    data: *mut gpointer,
    len: gsize,
    element_free_func: Option<GDestroyNotify>,
) -> *mut GPtrArray {
    require!(
        "g_ptr_array_new_take",
        !data.is_null() || len == 0,
        "data != NULL || len == 0",
        null_mut()
    );
    require!("g_ptr_array_new_take", len <= c_uint::MAX as gsize, "len <= G_MAXUINT", null_mut());
    array_of(data, len, element_free_func, false)
}

/// An array that takes over the caller's block, which ends in NULL, as the array will. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_new_take_null_terminated(
    data: *mut gpointer,
    element_free_func: Option<GDestroyNotify>,
) -> *mut GPtrArray {
    // SAFETY: a block that ends in NULL, or NULL.
    let len = unsafe { length(data) };
    require!(
        "g_ptr_array_new_take_null_terminated",
        len <= c_uint::MAX as gsize,
        "len <= G_MAXUINT",
        null_mut()
    );
    array_of(data, len, element_free_func, true)
}

/// The number of pointers before the NULL.
unsafe fn length(data: *mut gpointer) -> usize {
    let mut len = 0;
    // SAFETY: a block that ends in NULL, or NULL.
    unsafe {
        while !data.is_null() && !(*data.add(len)).is_null() {
            len += 1;
        }
    }
    len
}

/// An array of copies of the caller's pointers, or of what `copy_func` makes of them. Since 2.76.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_new_from_array(
    data: *mut gpointer,
    len: gsize,
    copy_func: Option<GCopyFunc>,
    copy_func_user_data: gpointer,
    element_free_func: Option<GDestroyNotify>,
) -> *mut GPtrArray {
    require!(
        "g_ptr_array_new_from_array",
        !data.is_null() || len == 0,
        "data != NULL || len == 0",
        null_mut()
    );
    require!(
        "g_ptr_array_new_from_array",
        len <= c_uint::MAX as gsize,
        "len <= G_MAXUINT",
        null_mut()
    );
    // SAFETY: a block of that many pointers, and a function for them.
    unsafe {
        let array = g_ptr_array_new_full(len as c_uint, element_free_func);
        extend(array, data, len, copy_func, copy_func_user_data);
        array
    }
}

/// `g_ptr_array_new_from_array()` of a block that ends in NULL, as the array will. Since 2.76.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_new_from_null_terminated_array(
    data: *mut gpointer,
    copy_func: Option<GCopyFunc>,
    copy_func_user_data: gpointer,
    element_free_func: Option<GDestroyNotify>,
) -> *mut GPtrArray {
    // SAFETY: a block that ends in NULL, or NULL, and a function for what is in it.
    unsafe {
        let len = length(data);
        require!(
            "g_ptr_array_new_from_null_terminated_array",
            len <= c_uint::MAX as gsize,
            "len <= G_MAXUINT",
            null_mut()
        );
        let array = g_ptr_array_new_null_terminated(len as c_uint, element_free_func, TRUE);
        extend(array, data, len, copy_func, copy_func_user_data);
        array
    }
}

/// A copy of an array, of its pointers or of what `func` makes of them. Since 2.62.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_copy(
    array: *mut GPtrArray,
    func: Option<GCopyFunc>,
    user_data: gpointer,
) -> *mut GPtrArray {
    require!("g_ptr_array_copy", !array.is_null(), "array != NULL", null_mut());
    let whole = array.cast::<Whole>();
    // SAFETY: a live array, and a function for what is in it.
    unsafe {
        let GPtrArray { pdata, len } = *array;
        let terminated = gboolean::from((*whole).terminated);
        let copy = g_ptr_array_new_null_terminated(len, (*whole).free, terminated);
        extend(copy, pdata, len as gsize, func, user_data);
        copy
    }
}
