//! Arrays of elements of one size. An array does not know what they are; a function may be set that
//! clears an element before it goes.

use super::{grow, room};
use crate::chain::Order;
use crate::mem::g_free;
use crate::sort::sort;
use crate::types::*;
use std::cmp::Ordering::{Equal, Greater, Less};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

/// The part that C knows.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GArray {
    /// The first element, NULL while there is no room for any.
    pub data: *mut c_char,
    /// The number of elements.
    pub len: c_uint,
}

/// All of it; what C has is a pointer to the first member.
#[repr(C)]
struct Whole {
    public: GArray,
    /// How many elements the block has room for.
    capacity: usize,
    element_size: usize,
    /// Whether an element of zeroes lies behind the last.
    terminated: bool,
    /// Whether elements that nobody wrote are zeroes.
    zeroed: bool,
    references: AtomicU32,
    clear: Option<GDestroyNotify>,
}

fn array(terminated: bool, zeroed: bool, element_size: usize) -> *mut Whole {
    Box::into_raw(Box::new(Whole {
        public: GArray { data: null_mut(), len: 0 },
        capacity: 0,
        element_size,
        terminated,
        zeroed,
        references: AtomicU32::new(1),
        clear: None,
    }))
}

impl Whole {
    /// The place of an element, or the one behind the last.
    fn at(&self, index: c_uint) -> *mut u8 {
        self.public.data.cast::<u8>().wrapping_add(index as usize * self.element_size)
    }

    fn bytes(&self, count: c_uint) -> usize {
        count as usize * self.element_size
    }

    /// Makes room for `added` more elements and what ends them.
    fn reserve(&mut self, added: usize) {
        let wanted = room(self.public.len, added, self.terminated);
        let mut data = self.public.data.cast();
        // SAFETY: our block with the capacity we know.
        self.capacity = unsafe { grow(&mut data, self.capacity, wanted, self.element_size) };
        self.public.data = data.cast();
    }

    /// Says how many elements there are; there is room for them.
    fn set_len(&mut self, len: c_uint) {
        self.public.len = len;
        if self.terminated {
            self.zero(len, 1);
        }
    }

    /// Fills elements with zeroes; there is room for them.
    fn zero(&mut self, from: c_uint, count: c_uint) {
        // SAFETY: inside the block, as the caller knows.
        unsafe { self.at(from).write_bytes(0, self.bytes(count)) }
    }

    /// Moves elements inside the block; both places have room for them.
    fn shift(&mut self, from: c_uint, to: c_uint, count: c_uint) {
        // SAFETY: inside the block, as the caller knows.
        unsafe { self.at(to).copy_from(self.at(from), self.bytes(count)) }
    }

    /// The block, which is the caller's from now on; the array is empty.
    fn give_away(&mut self) -> *mut c_char {
        self.capacity = 0;
        self.public.len = 0;
        std::mem::replace(&mut self.public.data, null_mut())
    }
}

/// Calls the function that clears elements, if one is set. Runs code of the caller's.
unsafe fn clear(whole: *mut Whole, from: c_uint, count: c_uint) {
    // SAFETY: a live array that has these elements, not borrowed while the function runs.
    unsafe {
        if let Some(clear) = (*whole).clear {
            for index in from..from + count {
                clear((*whole).at(index).cast());
            }
        }
    }
}

/// An empty array.
#[no_mangle]
pub unsafe extern "C" fn g_array_new(
    zero_terminated: gboolean,
    clear_: gboolean,
    element_size: c_uint,
) -> *mut GArray {
    require!("g_array_new", element_size > 0, "elt_size > 0", null_mut());
    // SAFETY: the size was checked.
    unsafe { g_array_sized_new(zero_terminated, clear_, element_size, 0) }
}

/// An empty array with room for elements to come.
#[no_mangle]
pub unsafe extern "C" fn g_array_sized_new(
    zero_terminated: gboolean,
    clear_: gboolean,
    element_size: c_uint,
    reserved_size: c_uint,
) -> *mut GArray {
    require!("g_array_sized_new", element_size > 0, "elt_size > 0", null_mut());
    let whole = array(zero_terminated != FALSE, clear_ != FALSE, element_size as usize);
    // SAFETY: fresh.
    unsafe {
        (*whole).reserve(reserved_size as usize);
        (*whole).set_len(0);
    }
    whole.cast()
}

/// An array of `len` elements that takes over the caller's block. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_array_new_take(
    data: gpointer,
    len: gsize,
    clear: gboolean,
    element_size: gsize,
) -> *mut GArray {
    require!(
        "g_array_new_take",
        !data.is_null() || len == 0,
        "data != NULL || len == 0",
        null_mut()
    );
    require!("g_array_new_take", len <= c_uint::MAX as gsize, "len <= G_MAXUINT", null_mut());
    require!(
        "g_array_new_take",
        element_size <= c_uint::MAX as gsize,
        "element_size <= G_MAXUINT",
        null_mut()
    );
    // SAFETY: the size was checked but for 0, which has a check of its own.
    unsafe {
        let array = g_array_new(FALSE, clear, element_size as c_uint);
        let whole = array.cast::<Whole>();
        if !array.is_null() && len > 0 {
            (*whole).public = GArray { data: data.cast(), len: len as c_uint };
            (*whole).capacity = len;
        }
        array
    }
}

/// An array that takes over the caller's block, whose elements end before one of zeroes. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_array_new_take_zero_terminated(
    data: gpointer,
    clear: gboolean,
    element_size: gsize,
) -> *mut GArray {
    // SAFETY: a block of elements with one of zeroes, or NULL.
    unsafe {
        let mut len = 0;
        if !data.is_null() && element_size > 0 {
            let elements = |index: usize| {
                std::slice::from_raw_parts(
                    data.cast::<u8>().add(index * element_size),
                    element_size,
                )
            };
            while elements(len).iter().any(|&byte| byte != 0) {
                len += 1;
            }
        }
        require!(
            "g_array_new_take_zero_terminated",
            len <= c_uint::MAX as usize,
            "len <= G_MAXUINT",
            null_mut()
        );
        let array = g_array_new_take(data, len, clear, element_size);
        let whole = array.cast::<Whole>();
        if !array.is_null() {
            (*whole).terminated = true;
            if data.is_null() {
                (*whole).reserve(0);
                (*whole).set_len(0);
            } else {
                (*whole).public.data = data.cast();
                (*whole).capacity = len + 1;
            }
        }
        array
    }
}

/// A copy of an array, which has no function to clear elements. Since 2.62.
#[no_mangle]
pub unsafe extern "C" fn g_array_copy(array: *mut GArray) -> *mut GArray {
    require!("g_array_copy", !array.is_null(), "rarray != NULL", null_mut());
    let whole = array.cast::<Whole>();
    // SAFETY: a live array.
    unsafe {
        let (of, len) = (&*whole, (*whole).public.len);
        let copy = self::array(of.terminated, of.zeroed, of.element_size);
        (*copy).reserve(len as usize);
        if len > 0 {
            (*copy).at(0).copy_from_nonoverlapping(of.at(0), of.bytes(len));
        }
        (*copy).set_len(len);
        copy.cast()
    }
}

/// One reference more. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_array_ref(array: *mut GArray) -> *mut GArray {
    require!("g_array_ref", !array.is_null(), "array", null_mut());
    // SAFETY: a live array.
    unsafe { &(*array.cast::<Whole>()).references }.fetch_add(1, Ordering::Relaxed);
    array
}

/// One reference less; the last one takes the elements along. Since 2.22.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_unref(array: *mut GArray) {
    require!("g_array_unref", !array.is_null(), "array");
    let whole = array.cast::<Whole>();
    // SAFETY: a live array; after the last reference it is ours alone, but for the function called.
    unsafe {
        if (*whole).references.fetch_sub(1, Ordering::AcqRel) == 1 {
            clear(whole, 0, (*whole).public.len);
            g_free(Box::from_raw(whole).give_away().cast());
        }
    }
}

/// Drops a reference, and the elements or, if `free_segment` is FALSE, hands their block over. With other
/// references left the array stays, empty.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_free(
    array: *mut GArray,
    free_segment: gboolean,
) -> *mut c_char {
    require!("g_array_free", !array.is_null(), "array", null_mut());
    let whole = array.cast::<Whole>();
    // SAFETY: a live array, whose block is given up or handed over.
    unsafe {
        if free_segment != FALSE {
            clear(whole, 0, (*whole).public.len);
        }
        let mut data = (*whole).give_away();
        if free_segment != FALSE {
            g_free(data.cast());
            data = null_mut();
        }
        g_array_unref(array);
        data
    }
}

/// Hands the block of elements over; the array stays, empty. Since 2.64.
#[no_mangle]
pub unsafe extern "C" fn g_array_steal(array: *mut GArray, len: *mut gsize) -> gpointer {
    require!("g_array_steal", !array.is_null(), "array != NULL", null_mut());
    // SAFETY: a live array, and the caller's variable or NULL.
    unsafe {
        if !len.is_null() {
            *len = (*array).len as gsize;
        }
        (*array.cast::<Whole>()).give_away().cast()
    }
}

/// How large an element is. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_array_get_element_size(array: *mut GArray) -> c_uint {
    require!("g_array_get_element_size", !array.is_null(), "array", 0);
    // SAFETY: a live array.
    unsafe { (*array.cast::<Whole>()).element_size as c_uint }
}

/// Puts copies of the caller's elements at a place inside the array or behind it. Elements between the
/// end and the place are zeroes if the array is to be clear.
unsafe fn insert(array: *mut GArray, index: c_uint, data: gconstpointer, len: c_uint) {
    if len == 0 {
        return;
    }
    // SAFETY: a live array; data has that many elements, which lie elsewhere.
    unsafe {
        let whole = &mut *array.cast::<Whole>();
        let old = whole.public.len;
        let gap = index.saturating_sub(old);
        whole.reserve(gap as usize + len as usize);
        if gap > 0 {
            if whole.zeroed {
                whole.zero(old, gap);
            }
        } else {
            whole.shift(index, index + len, old - index);
        }
        whole.at(index).copy_from(data.cast(), whole.bytes(len));
        whole.set_len(old + gap + len);
    }
}

/// Adds elements behind the last.
#[no_mangle]
pub unsafe extern "C" fn g_array_append_vals(
    array: *mut GArray,
    data: gconstpointer,
    len: c_uint,
) -> *mut GArray {
    require!("g_array_append_vals", !array.is_null(), "array", null_mut());
    // SAFETY: a live array; data has that many elements.
    unsafe { insert(array, (*array).len, data, len) };
    array
}

/// Adds elements before the first.
#[no_mangle]
pub unsafe extern "C" fn g_array_prepend_vals(
    array: *mut GArray,
    data: gconstpointer,
    len: c_uint,
) -> *mut GArray {
    require!("g_array_prepend_vals", !array.is_null(), "array", null_mut());
    // SAFETY: a live array; data has that many elements.
    unsafe { insert(array, 0, data, len) };
    array
}

/// Adds elements at a place; one behind the end makes the array longer.
#[no_mangle]
pub unsafe extern "C" fn g_array_insert_vals(
    array: *mut GArray,
    index_: c_uint,
    data: gconstpointer,
    len: c_uint,
) -> *mut GArray {
    require!("g_array_insert_vals", !array.is_null(), "array", null_mut());
    // SAFETY: a live array; data has that many elements.
    unsafe { insert(array, index_, data, len) };
    array
}

/// Makes the array shorter, or longer by elements nobody wrote.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_set_size(
    array: *mut GArray,
    length: c_uint,
) -> *mut GArray {
    require!("g_array_set_size", !array.is_null(), "array", null_mut());
    // SAFETY: a live array, not borrowed while the program's function runs.
    unsafe {
        let old = (*array).len;
        if length < old {
            g_array_remove_range(array, length, old - length);
        } else if length > old {
            let whole = &mut *array.cast::<Whole>();
            whole.reserve((length - old) as usize);
            if whole.zeroed {
                whole.zero(old, length - old);
            }
            whole.set_len(length);
        }
    }
    array
}

/// Removes an element; those behind it move up.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_remove_index(
    array: *mut GArray,
    index_: c_uint,
) -> *mut GArray {
    require!("g_array_remove_index", !array.is_null(), "array", null_mut());
    // SAFETY: a live array; the place was checked.
    unsafe {
        require!("g_array_remove_index", index_ < (*array).len, "index_ < array->len", null_mut());
        g_array_remove_range(array, index_, 1)
    }
}

/// Removes an element; the last one takes its place.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_remove_index_fast(
    array: *mut GArray,
    index_: c_uint,
) -> *mut GArray {
    require!("g_array_remove_index_fast", !array.is_null(), "array", null_mut());
    let whole = array.cast::<Whole>();
    // SAFETY: a live array, not borrowed while the program's function runs; the place was checked.
    unsafe {
        require!(
            "g_array_remove_index_fast",
            index_ < (*array).len,
            "index_ < array->len",
            null_mut()
        );
        clear(whole, index_, 1);
        let last = (*array).len - 1;
        (*whole).shift(last, index_, 1);
        (*whole).set_len(last);
    }
    array
}

/// Removes elements that follow each other. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_remove_range(
    array: *mut GArray,
    index_: c_uint,
    length: c_uint,
) -> *mut GArray {
    require!("g_array_remove_range", !array.is_null(), "array", null_mut());
    let whole = array.cast::<Whole>();
    // SAFETY: a live array, not borrowed while the program's function runs; the range was checked.
    unsafe {
        let len = (*array).len;
        require!("g_array_remove_range", index_ <= len, "index_ <= array->len", null_mut());
        require!(
            "g_array_remove_range",
            length <= len - index_,
            "index_ + length <= array->len",
            null_mut()
        );
        clear(whole, index_, length);
        if length > 0 {
            (*whole).shift(index_ + length, index_, len - index_ - length);
            (*whole).set_len(len - length);
        }
    }
    array
}

/// Sets what is called with the place of an element that goes. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_array_set_clear_func(
    array: *mut GArray,
    clear_func: Option<GDestroyNotify>,
) {
    require!("g_array_set_clear_func", !array.is_null(), "array != NULL");
    // SAFETY: a live array.
    unsafe { (*array.cast::<Whole>()).clear = clear_func };
}

/// Sorts the elements, stably.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_sort(array: *mut GArray, compare_func: GCompareFunc) {
    require!("g_array_sort", !array.is_null(), "array != NULL");
    // SAFETY: a live array, and a function for its elements.
    unsafe { sort_by(array, Order::Plain(compare_func)) }
}

/// Sorts the elements, stably, by a function that is given `user_data`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_sort_with_data(
    array: *mut GArray,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) {
    require!("g_array_sort_with_data", !array.is_null(), "array != NULL");
    // SAFETY: a live array, and a function for its elements.
    unsafe { sort_by(array, Order::With(compare_func, user_data)) }
}

unsafe fn sort_by(array: *mut GArray, order: Order) {
    // SAFETY: a live array, and a function for its elements.
    unsafe {
        let GArray { data, len } = *array;
        let element_size = (*array.cast::<Whole>()).element_size;
        sort(data.cast(), len as gsize, element_size, &|a, b| order.compare(a, b));
    }
}

/// Looks for an element equal to `target` in a sorted array, halving it; whether there is one. Since 2.62.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_array_binary_search(
    array: *mut GArray,
    target: gconstpointer,
    compare_func: Option<GCompareFunc>,
    out_match_index: *mut c_uint,
) -> gboolean {
    require!("g_array_binary_search", !array.is_null(), "_array != NULL", FALSE);
    require!("g_array_binary_search", compare_func.is_some(), "compare_func != NULL", FALSE);
    let whole = array.cast::<Whole>();
    // SAFETY: a live array; the function was checked; the caller's variable or NULL.
    unsafe {
        let compare = compare_func.unwrap_unchecked();
        let (mut from, mut to) = (0, (*array).len);
        while from < to {
            let middle = from + (to - from - 1) / 2;
            match compare((*whole).at(middle).cast(), target).cmp(&0) {
                Less => from = middle + 1,
                Greater => to = middle,
                Equal => {
                    if !out_match_index.is_null() {
                        *out_match_index = middle;
                    }
                    return TRUE;
                }
            }
        }
    }
    FALSE
}
