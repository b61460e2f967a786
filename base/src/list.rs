//! `glist.h`: doubly linked lists. Walks are `chain`'s; here stands what tends the `prev` pointers.

use crate::chain::{self, Node, Order};
use crate::mem::boxed;
use crate::messages::{own, LEVEL_WARNING};
use crate::types::*;
use std::ptr::null_mut;

/// A node; begins like a [`Node`].
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GList {
    /// What the element holds.
    pub data: gpointer,
    /// The node after this one, or NULL.
    pub next: *mut GList,
    /// The node before this one, or NULL.
    pub prev: *mut GList,
}

fn node(data: gpointer, prev: *mut GList, next: *mut GList) -> *mut GList {
    boxed(GList { data, next, prev })
}

/// Makes `link` the neighbour of `prev` and `next`; the first node of the list, given that `list` was.
unsafe fn link_between(
    list: *mut GList,
    link: *mut GList,
    prev: *mut GList,
    next: *mut GList,
) -> *mut GList {
    // SAFETY: the neighbours are live nodes or NULL, `link` is live and in no list.
    unsafe {
        (*link).prev = prev;
        (*link).next = next;
        if !next.is_null() {
            (*next).prev = link;
        }
        if prev.is_null() {
            return link;
        }
        (*prev).next = link;
    }
    list
}

/// Takes `link` out; the first node of what is left, given that `list` was.
unsafe fn unlink(list: *mut GList, link: *mut GList) -> *mut GList {
    if link.is_null() {
        return list;
    }
    // SAFETY: `link` is live, and so are its neighbours.
    unsafe {
        let GList { prev, next, .. } = *link;
        // A neighbour that knows nothing of the node is no neighbour: the node was freed before, or
        // belongs to another list.
        if !prev.is_null() {
            match std::ptr::eq((*prev).next, link) {
                true => (*prev).next = next,
                false => tell_corrupted(),
            }
        }
        if !next.is_null() {
            match std::ptr::eq((*next).prev, link) {
                true => (*next).prev = prev,
                false => tell_corrupted(),
            }
        }
        (*link).prev = null_mut();
        (*link).next = null_mut();
        if std::ptr::eq(list, link) {
            return next;
        }
    }
    list
}

#[cold]
fn tell_corrupted() {
    own(LEVEL_WARNING, format_args!("corrupted double-linked list detected"));
}

/// Mends `prev` after `chain` has put the nodes in another order.
unsafe fn mend(list: *mut Node) -> *mut GList {
    let mut prev: *mut GList = null_mut();
    // SAFETY: every node of the list is a GList.
    unsafe {
        chain::walk(list, |node| {
            let node = node.cast::<GList>();
            (*node).prev = prev;
            prev = node;
            false
        })
    };
    list.cast()
}

/// A node that holds NULL, freed with `g_list_free_1()`.
#[no_mangle]
pub unsafe extern "C" fn g_list_alloc() -> *mut GList {
    node(null_mut(), null_mut(), null_mut())
}

/// Frees the nodes.
#[no_mangle]
pub unsafe extern "C" fn g_list_free(list: *mut GList) {
    // SAFETY: a well-formed list, given up by the caller.
    unsafe { chain::free(list.cast()) }
}

/// Frees one node.
#[no_mangle]
pub unsafe extern "C" fn g_list_free_1(list: *mut GList) {
    // SAFETY: a node given up by the caller, or NULL.
    unsafe { libc::free(list.cast()) }
}

/// Frees the elements with `free_func`, then the nodes. Since 2.28.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_free_full(
    list: *mut GList,
    free_func: Option<GDestroyNotify>,
) {
    // SAFETY: a well-formed list, given up by the caller.
    unsafe { chain::free_full(list.cast(), free_func) }
}

/// Frees a list and its elements, and empties the variable that held it. Since 2.64.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_clear_list(
    list_ptr: *mut *mut GList,
    destroy: Option<GDestroyNotify>,
) {
    // SAFETY: list_ptr points to the caller's variable.
    unsafe { chain::free_full(list_ptr.replace(null_mut()).cast(), destroy) }
}

/// Adds at the end; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_list_append(list: *mut GList, data: gpointer) -> *mut GList {
    // SAFETY: a well-formed list.
    unsafe { link_between(list, node(data, null_mut(), null_mut()), g_list_last(list), null_mut()) }
}

/// Adds before the first node; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_list_prepend(list: *mut GList, data: gpointer) -> *mut GList {
    // SAFETY: a well-formed list; a node in its middle keeps what is before it.
    unsafe {
        let prev = if list.is_null() { null_mut() } else { (*list).prev };
        let link = node(data, null_mut(), null_mut());
        link_between(link, link, prev, list)
    }
}

/// Adds as element number `position`, or at the end; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_list_insert(
    list: *mut GList,
    data: gpointer,
    position: c_int,
) -> *mut GList {
    // SAFETY: a well-formed list.
    unsafe {
        match c_uint::try_from(position) {
            Ok(0) => g_list_prepend(list, data),
            Ok(n) => g_list_insert_before(list, g_list_nth(list, n), data),
            Err(_) => g_list_append(list, data),
        }
    }
}

unsafe fn insert_sorted(list: *mut GList, data: gpointer, order: Order) -> *mut GList {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe {
        let prev = chain::predecessor(list.cast(), data, order).cast::<GList>();
        if prev.is_null() {
            return g_list_prepend(list, data);
        }
        link_between(list, node(data, null_mut(), null_mut()), prev, (*prev).next)
    }
}

/// Adds before the first element that does not sort before it; returns the list.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_insert_sorted(
    list: *mut GList,
    data: gpointer,
    func: Option<GCompareFunc>,
) -> *mut GList {
    require!("g_list_insert_sorted_real", func.is_some(), "func != NULL", list);
    // SAFETY: func was checked.
    unsafe { insert_sorted(list, data, Order::Plain(func.unwrap_unchecked())) }
}

/// `g_list_insert_sorted()` with a context pointer. Since 2.10.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_insert_sorted_with_data(
    list: *mut GList,
    data: gpointer,
    func: Option<GCompareDataFunc>,
    user_data: gpointer,
) -> *mut GList {
    require!("g_list_insert_sorted_real", func.is_some(), "func != NULL", list);
    // SAFETY: func was checked.
    unsafe { insert_sorted(list, data, Order::With(func.unwrap_unchecked(), user_data)) }
}

/// Adds before a node, or at the end for NULL; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_list_insert_before(
    list: *mut GList,
    sibling: *mut GList,
    data: gpointer,
) -> *mut GList {
    // SAFETY: a well-formed list, and a fresh node.
    unsafe { g_list_insert_before_link(list, sibling, node(data, null_mut(), null_mut())) }
}

/// Adds a single node before a node, or at the end for NULL; returns the list. Since 2.62.
#[no_mangle]
pub unsafe extern "C" fn g_list_insert_before_link(
    list: *mut GList,
    sibling: *mut GList,
    link_: *mut GList,
) -> *mut GList {
    require!("g_list_insert_before_link", !link_.is_null(), "link_ != NULL", list);
    // SAFETY: link_ was checked and the list is well formed.
    unsafe {
        require!("g_list_insert_before_link", (*link_).prev.is_null(), "link_->prev == NULL", list);
        require!("g_list_insert_before_link", (*link_).next.is_null(), "link_->next == NULL", list);
        let prev = if sibling.is_null() { g_list_last(list) } else { (*sibling).prev };
        link_between(list, link_, prev, sibling)
    }
}

/// Joins two lists; returns the first node.
#[no_mangle]
pub unsafe extern "C" fn g_list_concat(list1: *mut GList, list2: *mut GList) -> *mut GList {
    if list2.is_null() {
        return list1;
    }
    // SAFETY: two well-formed lists.
    unsafe {
        let last = g_list_last(list1);
        (*list2).prev = last;
        if last.is_null() {
            return list2;
        }
        (*last).next = list2;
    }
    list1
}

/// Removes the first element that holds `data`; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_list_remove(list: *mut GList, data: gconstpointer) -> *mut GList {
    // SAFETY: a well-formed list.
    unsafe { g_list_delete_link(list, g_list_find(list, data)) }
}

/// Removes every element that holds `data`; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_list_remove_all(list: *mut GList, data: gconstpointer) -> *mut GList {
    let mut first = list;
    // SAFETY: a well-formed list; the walk reads on before a node is freed.
    unsafe {
        chain::walk(list.cast(), |node| {
            if std::ptr::eq((*node).data, data) {
                first = g_list_delete_link(first, node.cast());
            }
            false
        })
    };
    first
}

/// Takes a node out of the list and returns the list; the node is then a list of its own.
#[no_mangle]
pub unsafe extern "C" fn g_list_remove_link(list: *mut GList, llink: *mut GList) -> *mut GList {
    // SAFETY: llink is a node of the list, or NULL.
    unsafe { unlink(list, llink) }
}

/// Takes a node out of the list and frees it; returns the list.
#[no_mangle]
pub unsafe extern "C" fn g_list_delete_link(list: *mut GList, link_: *mut GList) -> *mut GList {
    // SAFETY: link_ is a node of the list, or NULL.
    unsafe {
        let first = unlink(list, link_);
        libc::free(link_.cast());
        first
    }
}

/// Turns the list round; returns what was the last node.
#[no_mangle]
pub unsafe extern "C" fn g_list_reverse(list: *mut GList) -> *mut GList {
    let mut first = null_mut();
    // SAFETY: a well-formed list; the walk has read on before a node is turned.
    unsafe {
        chain::walk(list.cast(), |node| {
            first = node.cast::<GList>();
            std::mem::swap(&mut (*first).next, &mut (*first).prev);
            false
        })
    };
    first
}

/// A copy that shares the data.
#[no_mangle]
pub unsafe extern "C" fn g_list_copy(list: *mut GList) -> *mut GList {
    // SAFETY: a well-formed list, and no function to call.
    unsafe { g_list_copy_deep(list, None, null_mut()) }
}

/// A copy whose data are what `func` makes of each element. Since 2.34.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_copy_deep(
    list: *mut GList,
    func: Option<GCopyFunc>,
    user_data: gpointer,
) -> *mut GList {
    let mut first = null_mut();
    let mut last: *mut GList = null_mut();
    // SAFETY: a well-formed list, and a function for its elements; `last` is the newest node.
    unsafe {
        chain::walk(list.cast(), |original| {
            let data = match func {
                Some(func) => func((*original).data, user_data),
                None => (*original).data,
            };
            let copy = node(data, last, null_mut());
            first = link_between(first, copy, last, null_mut());
            last = copy;
            false
        })
    };
    first
}

/// Element number `n`, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_list_nth(list: *mut GList, n: c_uint) -> *mut GList {
    // SAFETY: a well-formed list.
    unsafe { chain::nth(list.cast(), n).cast() }
}

/// The node `n` places before `list`, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_list_nth_prev(list: *mut GList, n: c_uint) -> *mut GList {
    let mut node = list;
    for _ in 0..n {
        if node.is_null() {
            break;
        }
        // SAFETY: not NULL, so live.
        node = unsafe { (*node).prev };
    }
    node
}

/// What element number `n` holds, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_list_nth_data(list: *mut GList, n: c_uint) -> gpointer {
    // SAFETY: a well-formed list.
    unsafe { chain::data_of(chain::nth(list.cast(), n)) }
}

/// The first node that holds `data`, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_list_find(list: *mut GList, data: gconstpointer) -> *mut GList {
    // SAFETY: a well-formed list.
    unsafe { chain::find(list.cast(), data).cast() }
}

/// The first node for which `func (element, data)` is 0, or NULL.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_find_custom(
    list: *mut GList,
    data: gconstpointer,
    func: Option<GCompareFunc>,
) -> *mut GList {
    require!("g_list_find_custom", func.is_some(), "func != NULL", list);
    // SAFETY: a well-formed list; func was checked.
    unsafe { chain::find_custom(list.cast(), data, func.unwrap_unchecked()).cast() }
}

/// How many elements stand before the node `llink`, or -1.
#[no_mangle]
pub unsafe extern "C" fn g_list_position(list: *mut GList, llink: *mut GList) -> c_int {
    // SAFETY: a well-formed list.
    unsafe { chain::place(list.cast(), |node| std::ptr::eq(node, llink.cast())) }
}

/// The number of the first element that holds `data`, or -1.
#[no_mangle]
pub unsafe extern "C" fn g_list_index(list: *mut GList, data: gconstpointer) -> c_int {
    // SAFETY: a well-formed list; the node visited is live.
    unsafe { chain::place(list.cast(), |node| std::ptr::eq((*node).data, data)) }
}

/// The last node, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_list_last(list: *mut GList) -> *mut GList {
    // SAFETY: a well-formed list.
    unsafe { chain::last(list.cast()).cast() }
}

/// The first node, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_list_first(list: *mut GList) -> *mut GList {
    let mut first = list;
    // SAFETY: a well-formed list; `first` is live while it is not NULL.
    unsafe {
        while !first.is_null() && !(*first).prev.is_null() {
            first = (*first).prev;
        }
    }
    first
}

/// The number of elements.
#[no_mangle]
pub unsafe extern "C" fn g_list_length(list: *mut GList) -> c_uint {
    // SAFETY: a well-formed list.
    unsafe { chain::length(list.cast()) }
}

/// Calls `func` for each element.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_foreach(list: *mut GList, func: GFunc, user_data: gpointer) {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe { chain::for_each(list.cast(), func, user_data) }
}

/// Sorts, stably; returns the first node.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_sort(
    list: *mut GList,
    compare_func: GCompareFunc,
) -> *mut GList {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe { mend(chain::sort(list.cast(), Order::Plain(compare_func))) }
}

/// `g_list_sort()` with a context pointer.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_list_sort_with_data(
    list: *mut GList,
    compare_func: GCompareDataFunc,
    user_data: gpointer,
) -> *mut GList {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe { mend(chain::sort(list.cast(), Order::With(compare_func, user_data))) }
}
