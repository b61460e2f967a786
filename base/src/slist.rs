//! `gslist.h`: singly linked lists. Walks are `chain`'s; here stands what changes a list.

use crate::chain::{self, Order};
use crate::mem::boxed;
use crate::types::*;
use std::ptr::null_mut;

/// A node.
pub type GSList = chain::Node;

fn node(data: gpointer, next: *mut GSList) -> *mut GSList {
    boxed(GSList { data, next })
}

/// Adds an element after the node `prev`, or in front for NULL; returns the list.
unsafe fn add_after(list: *mut GSList, prev: *mut GSList, data: gpointer) -> *mut GSList {
    if prev.is_null() {
        return node(data, list);
    }
    // SAFETY: prev is a live node of the list.
    unsafe { (*prev).next = node(data, (*prev).next) };
    list
}

/// The node before the first for which `is_it` holds: `Ok(prev)`, NULL in front of the list, or
/// `Err(last)` if there is none.
unsafe fn before(
    list: *mut GSList,
    is_it: impl Fn(*mut GSList) -> bool,
) -> Result<*mut GSList, *mut GSList> {
    let mut prev = null_mut();
    // SAFETY: a well-formed list.
    let found = unsafe {
        chain::walk(list, |node| {
            let here = is_it(node);
            if !here {
                prev = node;
            }
            here
        })
    };
    if found.is_null() {
        Err(prev)
    } else {
        Ok(prev)
    }
}

/// Takes out the node after `prev`, or the first for NULL; returns the list and that node.
unsafe fn take_after(list: *mut GSList, prev: *mut GSList) -> (*mut GSList, *mut GSList) {
    // SAFETY: there is a node after prev.
    unsafe {
        if prev.is_null() {
            return (std::mem::replace(&mut (*list).next, null_mut()), list);
        }
        let taken = (*prev).next;
        (*prev).next = std::mem::replace(&mut (*taken).next, null_mut());
        (list, taken)
    }
}

/// A node that holds NULL, freed with `g_slist_free_1()`.
#[no_mangle]
pub unsafe extern "C" fn g_slist_alloc() -> *mut GSList {
    node(null_mut(), null_mut())
}

/// Frees the nodes.
#[no_mangle]
pub unsafe extern "C" fn g_slist_free(list: *mut GSList) {
    // SAFETY: a well-formed list, given up by the caller.
    unsafe { chain::free(list) }
}

/// Frees one node.
#[no_mangle]
pub unsafe extern "C" fn g_slist_free_1(list: *mut GSList) {
    // SAFETY: a node given up by the caller, or NULL.
    unsafe { libc::free(list.cast()) }
}

/// Frees the elements with `free_func`, then the nodes. Since 2.28.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_free_full(
    list: *mut GSList,
    free_func: Option<GDestroyNotify>,
) {
    // SAFETY: a well-formed list, given up by the caller.
    unsafe { chain::free_full(list, free_func) }
}

/// Frees a list and its elements, and empties the variable that held it. Since 2.64.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_clear_slist(
    slist_ptr: *mut *mut GSList,
    destroy: Option<GDestroyNotify>,
) {
    // SAFETY: slist_ptr points to the caller's variable.
    unsafe { chain::free_full(slist_ptr.replace(null_mut()), destroy) }
}

/// Adds at the end; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_slist_append(list: *mut GSList, data: gpointer) -> *mut GSList {
    // SAFETY: a well-formed list.
    unsafe { add_after(list, chain::last(list), data) }
}

/// Adds before the first node; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_slist_prepend(list: *mut GSList, data: gpointer) -> *mut GSList {
    node(data, list)
}

/// Adds as element number `position`, or at the end; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_slist_insert(
    list: *mut GSList,
    data: gpointer,
    position: c_int,
) -> *mut GSList {
    // SAFETY: a well-formed list.
    unsafe {
        match c_uint::try_from(position) {
            Ok(0) => node(data, list),
            Ok(n) => {
                let prev = chain::nth(list, n - 1);
                let prev = if prev.is_null() { chain::last(list) } else { prev };
                add_after(list, prev, data)
            }
            Err(_) => g_slist_append(list, data),
        }
    }
}

/// Adds before the first element that does not sort before it; returns the list.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_insert_sorted(
    list: *mut GSList,
    data: gpointer,
    func: Option<GCompareFunc>,
) -> *mut GSList {
    require!("g_slist_insert_sorted_real", func.is_some(), "func != NULL", list);
    // SAFETY: a well-formed list; func was checked.
    unsafe {
        let order = Order::Plain(func.unwrap_unchecked());
        add_after(list, chain::predecessor(list, data, order), data)
    }
}

/// `g_slist_insert_sorted()` with a context pointer. Since 2.10.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_insert_sorted_with_data(
    list: *mut GSList,
    data: gpointer,
    func: Option<GCompareDataFunc>,
    user_data: gpointer,
) -> *mut GSList {
    require!("g_slist_insert_sorted_real", func.is_some(), "func != NULL", list);
    // SAFETY: a well-formed list; func was checked.
    unsafe {
        let order = Order::With(func.unwrap_unchecked(), user_data);
        add_after(list, chain::predecessor(list, data, order), data)
    }
}

/// Adds before the node `sibling`, or at the end if the list does not hold it; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_slist_insert_before(
    slist: *mut GSList,
    sibling: *mut GSList,
    data: gpointer,
) -> *mut GSList {
    // SAFETY: a well-formed list.
    unsafe {
        let (Ok(prev) | Err(prev)) = before(slist, |node| std::ptr::eq(node, sibling));
        add_after(slist, prev, data)
    }
}

/// Joins two lists; returns the first node.
#[no_mangle]
pub unsafe extern "C" fn g_slist_concat(list1: *mut GSList, list2: *mut GSList) -> *mut GSList {
    // SAFETY: two well-formed lists.
    unsafe {
        let last = chain::last(list1);
        if last.is_null() {
            return list2;
        }
        (*last).next = list2;
    }
    list1
}

/// Removes the first element that holds `data`; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_slist_remove(list: *mut GSList, data: gconstpointer) -> *mut GSList {
    // SAFETY: a well-formed list; a node that was found is there to be taken.
    unsafe {
        match before(list, |node| std::ptr::eq((*node).data, data)) {
            Ok(prev) => {
                let (list, taken) = take_after(list, prev);
                libc::free(taken.cast());
                list
            }
            Err(_) => list,
        }
    }
}

/// Removes every element that holds `data`; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_slist_remove_all(list: *mut GSList, data: gconstpointer) -> *mut GSList {
    let mut first = null_mut();
    let mut last: *mut *mut GSList = &mut first;
    // SAFETY: a well-formed list; `last` points to `first` or into the last node kept, and the walk
    // has read on before a node is freed.
    unsafe {
        chain::walk(list, |node| {
            if std::ptr::eq((*node).data, data) {
                libc::free(node.cast());
            } else {
                *last = node;
                last = &mut (*node).next;
            }
            false
        });
        *last = null_mut();
    }
    first
}

/// Takes a node out of the list and returns the list; the node is then a list of its own.
#[no_mangle]
pub unsafe extern "C" fn g_slist_remove_link(list: *mut GSList, link_: *mut GSList) -> *mut GSList {
    // SAFETY: a well-formed list; a node that was found is there to be taken.
    unsafe {
        match before(list, |node| std::ptr::eq(node, link_)) {
            Ok(prev) => take_after(list, prev).0,
            Err(_) => list,
        }
    }
}

/// Takes a node out of the list and frees it; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_slist_delete_link(list: *mut GSList, link_: *mut GSList) -> *mut GSList {
    // SAFETY: link_ is a node of the list, or NULL.
    unsafe {
        let list = g_slist_remove_link(list, link_);
        libc::free(link_.cast());
        list
    }
}

/// Turns the list round; returns what was the last node.
#[no_mangle]
pub unsafe extern "C" fn g_slist_reverse(list: *mut GSList) -> *mut GSList {
    let mut first = null_mut();
    // SAFETY: a well-formed list; the walk has read on before a node is turned.
    unsafe {
        chain::walk(list, |node| {
            (*node).next = std::mem::replace(&mut first, node);
            false
        })
    };
    first
}

/// A copy that shares the data.
#[no_mangle]
pub unsafe extern "C" fn g_slist_copy(list: *mut GSList) -> *mut GSList {
    // SAFETY: a well-formed list, and no function to call.
    unsafe { g_slist_copy_deep(list, None, null_mut()) }
}

/// A copy whose data are what `func` makes of each element. Since 2.34.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_copy_deep(
    list: *mut GSList,
    func: Option<GCopyFunc>,
    user_data: gpointer,
) -> *mut GSList {
    let mut first = null_mut();
    let mut last: *mut *mut GSList = &mut first;
    // SAFETY: a well-formed list, and a function for its elements; `last` points to `first` or into
    // the newest node.
    unsafe {
        chain::walk(list, |original| {
            let data = match func {
                Some(func) => func((*original).data, user_data),
                None => (*original).data,
            };
            let copy = node(data, null_mut());
            *last = copy;
            last = &mut (*copy).next;
            false
        })
    };
    first
}

/// Element number `n`, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_slist_nth(list: *mut GSList, n: c_uint) -> *mut GSList {
    // SAFETY: a well-formed list.
    unsafe { chain::nth(list, n) }
}

/// What element number `n` holds, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_slist_nth_data(list: *mut GSList, n: c_uint) -> gpointer {
    // SAFETY: a well-formed list.
    unsafe { chain::data_of(chain::nth(list, n)) }
}

/// The first node that holds `data`, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_slist_find(list: *mut GSList, data: gconstpointer) -> *mut GSList {
    // SAFETY: a well-formed list.
    unsafe { chain::find(list, data) }
}

/// The first node for which `func (element, data)` is 0, or NULL.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_find_custom(
    list: *mut GSList,
    data: gconstpointer,
    func: Option<GCompareFunc>,
) -> *mut GSList {
    require!("g_slist_find_custom", func.is_some(), "func != NULL", list);
    // SAFETY: a well-formed list; func was checked.
    unsafe { chain::find_custom(list, data, func.unwrap_unchecked()) }
}

/// How many elements stand before the node `llink`, or -1.
#[no_mangle]
pub unsafe extern "C" fn g_slist_position(list: *mut GSList, llink: *mut GSList) -> c_int {
    // SAFETY: a well-formed list.
    unsafe { chain::place(list, |node| std::ptr::eq(node, llink)) }
}

/// The number of the first element that holds `data`, or -1.
#[no_mangle]
pub unsafe extern "C" fn g_slist_index(list: *mut GSList, data: gconstpointer) -> c_int {
    // SAFETY: a well-formed list; the node visited is live.
    unsafe { chain::place(list, |node| std::ptr::eq((*node).data, data)) }
}

/// The last node, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_slist_last(list: *mut GSList) -> *mut GSList {
    // SAFETY: a well-formed list.
    unsafe { chain::last(list) }
}

/// The number of elements.
#[no_mangle]
pub unsafe extern "C" fn g_slist_length(list: *mut GSList) -> c_uint {
    // SAFETY: a well-formed list.
    unsafe { chain::length(list) }
}

/// Calls `func` for each element.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_foreach(
    list: *mut GSList,
    func: GFunc,
    user_data: gpointer,
) {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe { chain::for_each(list, func, user_data) }
}

/// Sorts, stably; returns the first node.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_sort(
    list: *mut GSList,
    compare_func: GCompareFunc,
) -> *mut GSList {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe { chain::sort(list, Order::Plain(compare_func)) }
}

/// `g_slist_sort()` with a context pointer.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_slist_sort_with_data(
    list: *mut GSList,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) -> *mut GSList {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe { chain::sort(list, Order::With(compare_func, user_data)) }
}
