//! Arrays of pointers, with a function that frees what they point to, if one is set. Here stands how such
//! an array changes and goes; `make` makes them, `look` goes over them.

mod look;
mod make;

pub use look::*;
pub use make::*;

use super::{grow, room};
use crate::mem::g_free;
use crate::types::*;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

/// The part that C knows.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GPtrArray {
    /// The first pointer, NULL while there is no room for any.
    pub pdata: *mut gpointer,
    /// The number of pointers.
    pub len: c_uint,
}

/// All of it; what C has is a pointer to the first member.
#[repr(C)]
struct Whole {
    public: GPtrArray,
    /// How many pointers the block has room for.
    capacity: usize,
    /// Whether a NULL lies behind the last pointer, once there is a block.
    terminated: bool,
    references: AtomicU32,
    free: Option<GDestroyNotify>,
}

fn array(free: Option<GDestroyNotify>, terminated: bool) -> *mut Whole {
    Box::into_raw(Box::new(Whole {
        public: GPtrArray { pdata: null_mut(), len: 0 },
        capacity: 0,
        terminated,
        references: AtomicU32::new(1),
        free,
    }))
}

impl Whole {
    /// The place of a pointer, or the one behind the last.
    fn at(&self, index: c_uint) -> *mut gpointer {
        self.public.pdata.wrapping_add(index as usize)
    }

    /// Makes room for `added` more pointers and what ends them.
    fn reserve(&mut self, added: usize) {
        let wanted = room(self.public.len, added, self.terminated);
        let mut data = self.public.pdata.cast();
        // SAFETY: our block with the capacity we know.
        self.capacity = unsafe { grow(&mut data, self.capacity, wanted, size_of::<gpointer>()) };
        self.public.pdata = data.cast();
    }

    /// Says how many pointers there are; there is room for them.
    fn set_len(&mut self, len: c_uint) {
        self.public.len = len;
        if self.terminated && !self.public.pdata.is_null() {
            // SAFETY: a block has room for what ends it.
            unsafe { *self.at(len) = null_mut() };
        }
    }

    /// Moves pointers inside the block; both places have room for them.
    fn shift(&mut self, from: c_uint, to: c_uint, count: c_uint) {
        // SAFETY: inside the block, as the caller knows.
        unsafe { self.at(to).copy_from(self.at(from), count as usize) }
    }

    /// The block, which is the caller's from now on; the array is empty.
    fn give_away(&mut self) -> *mut gpointer {
        self.capacity = 0;
        self.public.len = 0;
        std::mem::replace(&mut self.public.pdata, null_mut())
    }
}

/// Empties an array and frees what it held, the block last. Runs code of the caller's.
unsafe fn clear(whole: *mut Whole) {
    // SAFETY: a live array, whose block is taken out before the function runs.
    unsafe {
        let (len, free) = ((*whole).public.len as usize, (*whole).free);
        let block = (*whole).give_away();
        if let Some(free) = free {
            for index in 0..len {
                free(*block.add(index));
            }
        }
        g_free(block.cast());
    }
}

/// Adds copies of pointers, or what a function makes of them. Runs code of the caller's.
unsafe fn extend(
    array: *mut GPtrArray,
    data: *mut gpointer,
    len: gsize,
    copy: Option<GCopyFunc>,
    user_data: gpointer,
) {
    // SAFETY: a live array, not borrowed while the function runs, and a block that does not move.
    unsafe {
        for index in 0..len {
            let pointer = *data.add(index);
            g_ptr_array_add(array, copy.map_or(pointer, |copy| copy(pointer, user_data)));
        }
    }
}

/// One reference more. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_ref(array: *mut GPtrArray) -> *mut GPtrArray {
    require!("g_ptr_array_ref", !array.is_null(), "array", null_mut());
    // SAFETY: a live array.
    unsafe { &(*array.cast::<Whole>()).references }.fetch_add(1, Ordering::Relaxed);
    array
}

/// One reference less; the last one takes the pointers along. Since 2.22.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_unref(array: *mut GPtrArray) {
    require!("g_ptr_array_unref", !array.is_null(), "array");
    let whole = array.cast::<Whole>();
    // SAFETY: a live array; after the last reference it is ours alone, but for the function called.
    unsafe {
        if (*whole).references.fetch_sub(1, Ordering::AcqRel) == 1 {
            clear(whole);
            drop(Box::from_raw(whole));
        }
    }
}

/// Drops a reference, and the pointers or, if `free_seg` is FALSE, hands their block over. With other
/// references left the array stays, empty.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_free(
    array: *mut GPtrArray,
    free_seg: gboolean,
) -> *mut gpointer {
    require!("g_ptr_array_free", !array.is_null(), "rarray", null_mut());
    let whole = array.cast::<Whole>();
    // SAFETY: a live array, whose block is given up or handed over.
    unsafe {
        let block = if free_seg != FALSE {
            clear(whole);
            null_mut()
        } else {
            if (*whole).terminated {
                (*whole).reserve(0);
                (*whole).set_len((*array).len);
            }
            (*whole).give_away()
        };
        g_ptr_array_unref(array);
        block
    }
}

/// Hands the block of pointers over; the array stays, empty. Since 2.64.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_steal(
    array: *mut GPtrArray,
    len: *mut gsize,
) -> *mut gpointer {
    require!("g_ptr_array_steal", !array.is_null(), "array != NULL", null_mut());
    // SAFETY: a live array, and the caller's variable or NULL.
    unsafe {
        if !len.is_null() {
            *len = (*array).len as gsize;
        }
        (*array.cast::<Whole>()).give_away()
    }
}

/// Sets what frees a pointer that goes. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_set_free_func(
    array: *mut GPtrArray,
    element_free_func: Option<GDestroyNotify>,
) {
    require!("g_ptr_array_set_free_func", !array.is_null(), "array");
    // SAFETY: a live array.
    unsafe { (*array.cast::<Whole>()).free = element_free_func };
}

/// Whether a NULL lies behind the last pointer. Since 2.74.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_is_null_terminated(array: *mut GPtrArray) -> gboolean {
    require!("g_ptr_array_is_null_terminated", !array.is_null(), "array", FALSE);
    // SAFETY: a live array.
    gboolean::from(unsafe { (*array.cast::<Whole>()).terminated })
}

/// Makes the array shorter, or longer by NULLs.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_set_size(array: *mut GPtrArray, length: c_int) {
    require!("g_ptr_array_set_size", !array.is_null(), "rarray");
    require!("g_ptr_array_set_size", length >= 0, "length >= 0");
    // SAFETY: a live array, not borrowed while the program's function runs.
    unsafe {
        let (old, length) = ((*array).len, length as c_uint);
        if length < old {
            g_ptr_array_remove_range(array, length, old - length);
        } else if length > old {
            let whole = &mut *array.cast::<Whole>();
            whole.reserve((length - old) as usize);
            whole.at(old).write_bytes(0, (length - old) as usize);
            whole.set_len(length);
        }
    }
}

/// How a hole is filled.
#[derive(Clone, Copy, PartialEq)]
enum Fill {
    /// Those behind move up.
    Shift,
    /// The last one takes the place.
    Last,
}

/// Takes out the pointer at a place that there is.
unsafe fn take(array: *mut GPtrArray, index: c_uint, fill: Fill) -> gpointer {
    // SAFETY: a live array that has this place.
    unsafe {
        let whole = &mut *array.cast::<Whole>();
        let pointer = *whole.at(index);
        let last = whole.public.len - 1;
        match fill {
            Fill::Shift => whole.shift(index + 1, index, last - index),
            Fill::Last => whole.shift(last, index, 1),
        }
        whole.set_len(last);
        pointer
    }
}

/// Takes out a pointer at any place, after the checks all such functions share; frees it if that is
/// wanted, and returns it even so.
unsafe fn take_checked(
    array: *mut GPtrArray,
    index: c_uint,
    fill: Fill,
    is_freed: bool,
) -> gpointer {
    require!("ptr_array_remove_index", !array.is_null(), "rarray", null_mut());
    // SAFETY: a live array; the place was checked.
    unsafe {
        require!(
            "ptr_array_remove_index",
            index < (*array).len,
            "index_ < rarray->len",
            null_mut()
        );
        let pointer = take(array, index, fill);
        if let (true, Some(free)) = (is_freed, (*array.cast::<Whole>()).free) {
            free(pointer);
        }
        pointer
    }
}

/// Removes the pointer at a place; those behind it move up.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_remove_index(
    array: *mut GPtrArray,
    index_: c_uint,
) -> gpointer {
    // SAFETY: the caller's obligations are the same.
    unsafe { take_checked(array, index_, Fill::Shift, true) }
}

/// Removes the pointer at a place, which the last one takes.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_remove_index_fast(
    array: *mut GPtrArray,
    index_: c_uint,
) -> gpointer {
    // SAFETY: the caller's obligations are the same.
    unsafe { take_checked(array, index_, Fill::Last, true) }
}

/// Hands over the pointer at a place; those behind it move up. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_steal_index(
    array: *mut GPtrArray,
    index_: c_uint,
) -> gpointer {
    // SAFETY: the caller's obligations are the same.
    unsafe { take_checked(array, index_, Fill::Shift, false) }
}

/// Hands over the pointer at a place, which the last one takes. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_steal_index_fast(
    array: *mut GPtrArray,
    index_: c_uint,
) -> gpointer {
    // SAFETY: the caller's obligations are the same.
    unsafe { take_checked(array, index_, Fill::Last, false) }
}

/// Removes the first place that holds `data`; whether there was one.
unsafe fn remove(array: *mut GPtrArray, data: gpointer, fill: Fill) -> gboolean {
    // SAFETY: a live array.
    unsafe {
        let Some(index) = position(array, |other| std::ptr::eq(other, data)) else {
            return FALSE;
        };
        take_checked(array, index, fill, true);
        TRUE
    }
}

/// Removes the first place that holds `data`; those behind it move up. Whether there was one.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_remove(
    array: *mut GPtrArray,
    data: gpointer,
) -> gboolean {
    require!("g_ptr_array_remove", !array.is_null(), "array", FALSE);
    // SAFETY: a live array.
    unsafe { remove(array, data, Fill::Shift) }
}

/// Removes the first place that holds `data`, which the last one takes. Whether there was one.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_remove_fast(
    array: *mut GPtrArray,
    data: gpointer,
) -> gboolean {
    require!("g_ptr_array_remove_fast", !array.is_null(), "rarray", FALSE);
    // SAFETY: a live array.
    unsafe { remove(array, data, Fill::Last) }
}

/// Removes pointers that follow each other. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_remove_range(
    array: *mut GPtrArray,
    index_: c_uint,
    length: c_uint,
) -> *mut GPtrArray {
    require!("g_ptr_array_remove_range", !array.is_null(), "rarray != NULL", null_mut());
    let whole = array.cast::<Whole>();
    // SAFETY: a live array, not borrowed while the program's function runs; the range was checked.
    unsafe {
        let len = (*array).len;
        require!("g_ptr_array_remove_range", index_ <= len, "index_ <= rarray->len", null_mut());
        require!(
            "g_ptr_array_remove_range",
            length <= len - index_,
            "length == 0 || index_ + length <= rarray->len",
            null_mut()
        );
        if let Some(free) = (*whole).free {
            for index in index_..index_ + length {
                free(*(*whole).at(index));
            }
        }
        if length > 0 {
            (*whole).shift(index_ + length, index_, len - index_ - length);
            (*whole).set_len(len - length);
        }
    }
    array
}

/// Adds a pointer behind the last.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_add(array: *mut GPtrArray, data: gpointer) {
    require!("g_ptr_array_add", !array.is_null(), "rarray");
    // SAFETY: a live array.
    unsafe { insert(array, (*array).len, data) }
}

/// Adds a pointer at a place, or behind the last for -1. Since 2.40.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_insert(array: *mut GPtrArray, index_: c_int, data: gpointer) {
    require!("g_ptr_array_insert", !array.is_null(), "rarray");
    require!("g_ptr_array_insert", index_ >= -1, "index_ >= -1");
    // SAFETY: a live array; the place was checked.
    unsafe {
        let len = (*array).len;
        require!("g_ptr_array_insert", index_ <= len as c_int, "index_ <= (gint)rarray->len");
        insert(array, c_uint::try_from(index_).unwrap_or(len), data);
    }
}

/// Adds a pointer at a place there is, or behind the last.
unsafe fn insert(array: *mut GPtrArray, index: c_uint, data: gpointer) {
    // SAFETY: a live array.
    unsafe {
        let whole = &mut *array.cast::<Whole>();
        let len = whole.public.len;
        whole.reserve(1);
        whole.shift(index, index + 1, len - index);
        *whole.at(index) = data;
        whole.set_len(len + 1);
    }
}

/// Adds the pointers of another array, or what `func` makes of them. Since 2.62.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ptr_array_extend(
    array_to_extend: *mut GPtrArray,
    array: *mut GPtrArray,
    func: Option<GCopyFunc>,
    user_data: gpointer,
) {
    require!("g_ptr_array_extend", !array_to_extend.is_null(), "array_to_extend != NULL");
    require!("g_ptr_array_extend", !array.is_null(), "array != NULL");
    // SAFETY: two live arrays, which may be the same: the block is looked up once there is room.
    unsafe {
        let len = (*array).len as gsize;
        if len == 0 {
            return; // Nor is a block made to hold nothing.
        }
        (*array_to_extend.cast::<Whole>()).reserve(len);
        extend(array_to_extend, (*array).pdata, len, func, user_data);
    }
}

/// Adds the pointers of another array, which is given up. Since 2.62.
#[no_mangle]
pub unsafe extern "C" fn g_ptr_array_extend_and_steal(
    array_to_extend: *mut GPtrArray,
    array: *mut GPtrArray,
) {
    // SAFETY: two live arrays, of which the other is left empty before it goes.
    unsafe {
        g_ptr_array_extend(array_to_extend, array, None, null_mut());
        if !array.is_null() {
            g_free((*array.cast::<Whole>()).give_away().cast());
            g_ptr_array_unref(array);
        }
    }
}
