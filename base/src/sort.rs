//! `gqsort.h`: stable sorting of arrays.

use crate::mem::{g_free, g_malloc_n};
use crate::types::*;

/// Sorts an array of any length, stably. Since 2.82.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_sort_array(
    array: gconstpointer,
    n_elements: gsize,
    element_size: gsize,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) {
    let array = array.cast_mut();
    // SAFETY: the caller's obligations are the same.
    unsafe { sort(array, n_elements, element_size, &|a, b| compare_func(a, b, user_data)) }
}

/// Sorts an array, stably. Runs code of the caller's.
pub(crate) unsafe fn sort(
    array: gpointer,
    n_elements: gsize,
    element_size: gsize,
    compare: &Comparison<'_>,
) {
    if n_elements < 2 || element_size == 0 {
        return;
    }
    // SAFETY: the array is as large as said; the scratch room is C's, so that nothing is left undone when
    // the comparison leaves by a jump (it is then lost, as the sorting is).
    unsafe {
        let scratch = g_malloc_n(n_elements, element_size).cast::<u8>();
        merge_sort(array.cast(), scratch, n_elements, element_size, compare);
        g_free(scratch.cast());
    }
}

/// Negative, zero or positive as the element at the one place sorts before, with or after the other.
pub(crate) type Comparison<'a> = dyn Fn(gpointer, gpointer) -> c_int + 'a;

/// # Safety
/// `array` and `scratch` have room for `count` elements.
unsafe fn merge_sort(
    array: *mut u8,
    scratch: *mut u8,
    count: gsize,
    size: gsize,
    compare: &Comparison<'_>,
) {
    if count < 2 {
        return;
    }
    let half = count / 2;
    // SAFETY: both halves lie in the array; the left one is merged from the scratch room, so that what is
    // written never overtakes what is still to be read.
    unsafe {
        let middle = array.add(half * size);
        merge_sort(array, scratch, half, size, compare);
        merge_sort(middle, scratch, count - half, size, compare);
        scratch.copy_from_nonoverlapping(array, half * size);

        let (mut left, left_end) = (scratch.cast_const(), scratch.add(half * size).cast_const());
        let (mut right, right_end) = (middle.cast_const(), array.add(count * size).cast_const());
        let mut out = array;
        while left < left_end && right < right_end {
            let in_order = compare(left.cast_mut().cast(), right.cast_mut().cast()) <= 0;
            let from = if in_order { &mut left } else { &mut right };
            out.copy_from(*from, size);
            *from = from.add(size);
            out = out.add(size);
        }
        out.copy_from(left, left_end.offset_from(left) as usize);
    }
}

/// Sorts an array, stably.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_qsort_with_data(
    pbase: gconstpointer,
    total_elems: c_int,
    size: gsize,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) {
    // SAFETY: the caller's obligations are the same; a negative number is none.
    unsafe {
        g_sort_array(
            pbase,
            gsize::try_from(total_elems).unwrap_or(0),
            size,
            compare_func,
            user_data,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null_mut;

    unsafe extern "C-unwind" fn by_tens(a: gconstpointer, b: gconstpointer, _: gpointer) -> c_int {
        // SAFETY: elements of the array below.
        unsafe { *a.cast::<c_int>() / 10 - *b.cast::<c_int>() / 10 }
    }

    #[test]
    fn sorting_is_stable() {
        let mut numbers: Vec<c_int> = (0..500).map(|n| n * 7919 % 97).collect();
        let mut expected = numbers.clone();
        expected.sort_by_key(|n| n / 10);
        // SAFETY: the array is as long as said.
        unsafe { g_sort_array(numbers.as_mut_ptr().cast(), numbers.len(), 4, by_tens, null_mut()) };
        assert_eq!(numbers, expected);
    }
}
