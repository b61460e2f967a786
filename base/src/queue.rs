//! `gqueue.h`: queues with two ends: a doubly linked list that knows its last node and its length. Nodes are
//! `list`'s; every change of a queue goes through `splice` and `cut`.

use crate::chain::{self, Order};
use crate::list::*;
use crate::mem::{boxed, g_free};
use crate::types::*;
use std::ptr::null_mut;

/// A queue, all of which is open to C.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GQueue {
    /// The first node, or NULL.
    pub head: *mut GList,
    /// The last node, or NULL.
    pub tail: *mut GList,
    /// The number of nodes.
    pub length: c_uint,
}

const EMPTY: GQueue = GQueue { head: null_mut(), tail: null_mut(), length: 0 };

/// Puts a single node before `next`, or at the end for NULL.
unsafe fn splice(queue: *mut GQueue, link: *mut GList, next: *mut GList) {
    // SAFETY: a live queue and a node of it, or NULL; a node in no list.
    unsafe {
        let queue = &mut *queue;
        let prev = if next.is_null() { queue.tail } else { (*next).prev };
        ((*link).prev, (*link).next) = (prev, next);
        *(if prev.is_null() { &mut queue.head } else { &mut (*prev).next }) = link;
        *(if next.is_null() { &mut queue.tail } else { &mut (*next).prev }) = link;
        queue.length += 1;
    }
}

/// Takes a node out, which is then alone.
unsafe fn cut(queue: *mut GQueue, link: *mut GList) {
    // SAFETY: a live queue and a node of it.
    unsafe {
        let queue = &mut *queue;
        let GList { prev, next, .. } = *link;
        *(if prev.is_null() { &mut queue.head } else { &mut (*prev).next }) = next;
        *(if next.is_null() { &mut queue.tail } else { &mut (*next).prev }) = prev;
        ((*link).prev, (*link).next) = (null_mut(), null_mut());
        queue.length -= 1;
    }
}

/// A new node before `next`, or at the end for NULL.
unsafe fn add(queue: *mut GQueue, data: gpointer, next: *mut GList) {
    // SAFETY: a live queue and a node of it, or NULL.
    unsafe {
        let link = boxed(GList { data, next: null_mut(), prev: null_mut() });
        splice(queue, link, next);
    }
}

/// Takes a node out, unless there is none; returns it.
unsafe fn pop_link(queue: *mut GQueue, link: *mut GList) -> *mut GList {
    if !link.is_null() {
        // SAFETY: a live queue and a node of it.
        unsafe { cut(queue, link) };
    }
    link
}

/// Takes a node out, unless there is none, and frees it; what it held, or NULL.
unsafe fn pop(queue: *mut GQueue, link: *mut GList) -> gpointer {
    // SAFETY: a live queue and a node of it, or NULL.
    unsafe {
        let data = peek(link);
        g_free(pop_link(queue, link).cast());
        data
    }
}

/// What a node holds, or NULL if there is none.
unsafe fn peek(link: *mut GList) -> gpointer {
    // SAFETY: a live node or NULL, which begins as `chain` wants it.
    unsafe { chain::data_of(link.cast()) }
}

/// The node number `n`, or NULL, walked to from the end that is nearer.
unsafe fn nth(queue: *mut GQueue, n: c_uint) -> *mut GList {
    // SAFETY: a live queue.
    unsafe {
        let GQueue { head, tail, length } = *queue;
        if n >= length {
            null_mut()
        } else if n > length / 2 {
            g_list_nth_prev(tail, length - 1 - n)
        } else {
            g_list_nth(head, n)
        }
    }
}

/// The node that is number `n` now, or NULL, the end, for a number that there is not.
unsafe fn nth_or_end(queue: *mut GQueue, n: c_int) -> *mut GList {
    // SAFETY: a live queue.
    c_uint::try_from(n).map_or(null_mut(), |n| unsafe { nth(queue, n) })
}

/// The checks that all functions share which put a single node in.
macro_rules! require_single {
    ($function:literal, $queue:ident, $link:ident, $name:literal) => {
        require!($function, !$queue.is_null(), "queue != NULL");
        require!($function, !$link.is_null(), concat!($name, " != NULL"));
        // SAFETY: not NULL, so a live node.
        let GList { prev, next, .. } = unsafe { *$link };
        require!($function, prev.is_null(), concat!($name, "->prev == NULL"));
        require!($function, next.is_null(), concat!($name, "->next == NULL"));
    };
}

/// An empty queue.
#[no_mangle]
pub unsafe extern "C" fn g_queue_new() -> *mut GQueue {
    boxed(EMPTY)
}

/// Frees a queue and its nodes.
#[no_mangle]
pub unsafe extern "C" fn g_queue_free(queue: *mut GQueue) {
    require!("g_queue_free", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue, given up by the caller.
    unsafe {
        g_list_free((*queue).head);
        g_free(queue.cast());
    }
}

/// Frees a queue, its nodes and, with `free_func`, what they hold. Since 2.32.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_queue_free_full(
    queue: *mut GQueue,
    free_func: Option<GDestroyNotify>,
) {
    // SAFETY: a live queue, given up by the caller. What is missing is told in turn, as by two calls.
    unsafe {
        if !queue.is_null() && free_func.is_some() {
            g_queue_clear_full(queue, free_func);
        } else {
            g_queue_foreach(queue, None, null_mut());
        }
        g_queue_free(queue);
    }
}

/// Makes an empty queue of the caller's memory. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_queue_init(queue: *mut GQueue) {
    require!("g_queue_init", !queue.is_null(), "queue != NULL");
    // SAFETY: the caller's memory.
    unsafe { queue.write(EMPTY) }
}

/// Empties a queue. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_queue_clear(queue: *mut GQueue) {
    require!("g_queue_clear", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue.
    unsafe { g_list_free(queue.replace(EMPTY).head) }
}

/// Empties a queue and frees what it held with `free_func`, if that is not NULL. Since 2.60.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_queue_clear_full(
    queue: *mut GQueue,
    free_func: Option<GDestroyNotify>,
) {
    require!("g_queue_clear_full", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue, and a function for what it holds.
    unsafe { g_list_free_full(queue.replace(EMPTY).head, free_func) }
}

/// Whether there is nothing in a queue.
#[no_mangle]
pub unsafe extern "C" fn g_queue_is_empty(queue: *mut GQueue) -> gboolean {
    require!("g_queue_is_empty", !queue.is_null(), "queue != NULL", TRUE);
    // SAFETY: a live queue.
    gboolean::from(unsafe { (*queue).head }.is_null())
}

/// The number of elements. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_get_length(queue: *mut GQueue) -> c_uint {
    require!("g_queue_get_length", !queue.is_null(), "queue != NULL", 0);
    // SAFETY: a live queue.
    unsafe { (*queue).length }
}

/// Turns a queue round. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_reverse(queue: *mut GQueue) {
    require!("g_queue_reverse", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue.
    unsafe {
        (*queue).tail = (*queue).head;
        (*queue).head = g_list_reverse((*queue).head);
    }
}

/// A copy that shares the data. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_copy(queue: *mut GQueue) -> *mut GQueue {
    require!("g_queue_copy", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe {
        let copy = boxed(EMPTY);
        chain::walk((*queue).head.cast(), |node| {
            add(copy, (*node).data, null_mut());
            false
        });
        copy
    }
}

/// Calls `func` for each element. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_queue_foreach(
    queue: *mut GQueue,
    func: Option<GFunc>,
    user_data: gpointer,
) {
    require!("g_queue_foreach", !queue.is_null(), "queue != NULL");
    require!("g_queue_foreach", func.is_some(), "func != NULL");
    // SAFETY: a live queue; func was checked.
    unsafe { g_list_foreach((*queue).head, func.unwrap_unchecked(), user_data) }
}

/// The first node that holds `data`, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_find(queue: *mut GQueue, data: gconstpointer) -> *mut GList {
    require!("g_queue_find", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { g_list_find((*queue).head, data) }
}

/// The first node for which `func (element, data)` is 0, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_queue_find_custom(
    queue: *mut GQueue,
    data: gconstpointer,
    func: Option<GCompareFunc>,
) -> *mut GList {
    require!("g_queue_find_custom", !queue.is_null(), "queue != NULL", null_mut());
    require!("g_queue_find_custom", func.is_some(), "func != NULL", null_mut());
    // SAFETY: a live queue; func was checked.
    unsafe { g_list_find_custom((*queue).head, data, func) }
}

/// Sorts a queue, stably. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_queue_sort(
    queue: *mut GQueue,
    compare_func: Option<GCompareDataFunc>,
    user_data: gpointer,
) {
    require!("g_queue_sort", !queue.is_null(), "queue != NULL");
    require!("g_queue_sort", compare_func.is_some(), "compare_func != NULL");
    // SAFETY: a live queue; the function was checked.
    unsafe {
        let compare = compare_func.unwrap_unchecked();
        (*queue).head = g_list_sort_with_data((*queue).head, compare, user_data);
        (*queue).tail = g_list_last((*queue).head);
    }
}

/// Adds an element at the front.
#[no_mangle]
pub unsafe extern "C" fn g_queue_push_head(queue: *mut GQueue, data: gpointer) {
    require!("g_queue_push_head", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue.
    unsafe { add(queue, data, (*queue).head) }
}

/// Adds an element at the end.
#[no_mangle]
pub unsafe extern "C" fn g_queue_push_tail(queue: *mut GQueue, data: gpointer) {
    require!("g_queue_push_tail", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue.
    unsafe { add(queue, data, null_mut()) }
}

/// Adds an element as number `n`, or at the end. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_push_nth(queue: *mut GQueue, data: gpointer, n: c_int) {
    require!("g_queue_push_nth", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue.
    unsafe { add(queue, data, nth_or_end(queue, n)) }
}

/// Takes the first element out, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_queue_pop_head(queue: *mut GQueue) -> gpointer {
    require!("g_queue_pop_head", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { pop(queue, (*queue).head) }
}

/// Takes the last element out, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_queue_pop_tail(queue: *mut GQueue) -> gpointer {
    require!("g_queue_pop_tail", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { pop(queue, (*queue).tail) }
}

/// Takes the element number `n` out, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_pop_nth(queue: *mut GQueue, n: c_uint) -> gpointer {
    require!("g_queue_pop_nth", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { pop(queue, nth(queue, n)) }
}

/// The first element, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_queue_peek_head(queue: *mut GQueue) -> gpointer {
    require!("g_queue_peek_head", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { peek((*queue).head) }
}

/// The last element, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_queue_peek_tail(queue: *mut GQueue) -> gpointer {
    require!("g_queue_peek_tail", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { peek((*queue).tail) }
}

/// The element number `n`, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_peek_nth(queue: *mut GQueue, n: c_uint) -> gpointer {
    require!("g_queue_peek_nth", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { peek(nth(queue, n)) }
}

/// The number of the first element that is `data`, or -1. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_index(queue: *mut GQueue, data: gconstpointer) -> c_int {
    require!("g_queue_index", !queue.is_null(), "queue != NULL", -1);
    // SAFETY: a live queue.
    unsafe { g_list_index((*queue).head, data) }
}

/// Removes the first element that is `data`; whether there was one. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_remove(queue: *mut GQueue, data: gconstpointer) -> gboolean {
    require!("g_queue_remove", !queue.is_null(), "queue != NULL", FALSE);
    // SAFETY: a live queue.
    unsafe {
        let link = pop_link(queue, g_list_find((*queue).head, data));
        g_free(link.cast());
        gboolean::from(!link.is_null())
    }
}

/// Removes every element that is `data`; how many there were. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_remove_all(queue: *mut GQueue, data: gconstpointer) -> c_uint {
    require!("g_queue_remove_all", !queue.is_null(), "queue != NULL", 0);
    // SAFETY: a live queue; the walk reads on before a node is freed.
    unsafe {
        let before = (*queue).length;
        chain::walk((*queue).head.cast(), |node| {
            if std::ptr::eq((*node).data, data) {
                pop(queue, node.cast());
            }
            false
        });
        before - (*queue).length
    }
}

/// Adds an element before a node, or at the end for NULL. Since 2.4; NULL since 2.44.
#[no_mangle]
pub unsafe extern "C" fn g_queue_insert_before(
    queue: *mut GQueue,
    sibling: *mut GList,
    data: gpointer,
) {
    require!("g_queue_insert_before", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue and a node of it, or NULL.
    unsafe { add(queue, data, sibling) }
}

/// Adds a single node before a node, or at the end for NULL. Since 2.62.
#[no_mangle]
pub unsafe extern "C" fn g_queue_insert_before_link(
    queue: *mut GQueue,
    sibling: *mut GList,
    link_: *mut GList,
) {
    require_single!("g_queue_insert_before_link", queue, link_, "link_");
    // SAFETY: a live queue and a node of it, or NULL; the node was checked.
    unsafe { splice(queue, link_, sibling) }
}

/// The node behind another, or the first for NULL.
unsafe fn behind(queue: *mut GQueue, sibling: *mut GList) -> *mut GList {
    // SAFETY: a live queue and a node of it, or NULL.
    unsafe {
        if sibling.is_null() {
            (*queue).head
        } else {
            (*sibling).next
        }
    }
}

/// Adds an element behind a node, or at the front for NULL. Since 2.4; NULL since 2.44.
#[no_mangle]
pub unsafe extern "C" fn g_queue_insert_after(
    queue: *mut GQueue,
    sibling: *mut GList,
    data: gpointer,
) {
    require!("g_queue_insert_after", !queue.is_null(), "queue != NULL");
    // SAFETY: a live queue and a node of it, or NULL.
    unsafe { add(queue, data, behind(queue, sibling)) }
}

/// Adds a single node behind a node, or at the front for NULL. Since 2.62.
#[no_mangle]
pub unsafe extern "C" fn g_queue_insert_after_link(
    queue: *mut GQueue,
    sibling: *mut GList,
    link_: *mut GList,
) {
    require_single!("g_queue_insert_after_link", queue, link_, "link_");
    // SAFETY: a live queue and a node of it, or NULL; the node was checked.
    unsafe { splice(queue, link_, behind(queue, sibling)) }
}

/// Adds an element before the first that does not sort before it. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_queue_insert_sorted(
    queue: *mut GQueue,
    data: gpointer,
    func: GCompareDataFunc,
    user_data: gpointer,
) {
    require!("g_queue_insert_sorted", !queue.is_null(), "queue != NULL");
    let order = Order::With(func, user_data);
    // SAFETY: a live queue, and a function for what it holds.
    unsafe {
        let next = chain::walk((*queue).head.cast(), |node| order.compare((*node).data, data) >= 0);
        add(queue, data, next.cast());
    }
}

/// Adds a single node at the front.
#[no_mangle]
pub unsafe extern "C" fn g_queue_push_head_link(queue: *mut GQueue, link_: *mut GList) {
    require_single!("g_queue_push_head_link", queue, link_, "link");
    // SAFETY: a live queue; the node was checked.
    unsafe { splice(queue, link_, (*queue).head) }
}

/// Adds a single node at the end.
#[no_mangle]
pub unsafe extern "C" fn g_queue_push_tail_link(queue: *mut GQueue, link_: *mut GList) {
    require_single!("g_queue_push_tail_link", queue, link_, "link");
    // SAFETY: a live queue; the node was checked.
    unsafe { splice(queue, link_, null_mut()) }
}

/// Adds a single node as number `n`, or at the end. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_push_nth_link(queue: *mut GQueue, n: c_int, link_: *mut GList) {
    require!("g_queue_push_nth_link", !queue.is_null(), "queue != NULL");
    require!("g_queue_push_nth_link", !link_.is_null(), "link_ != NULL");
    // SAFETY: a live queue; the end checks that the node is single.
    unsafe {
        let next = nth_or_end(queue, n);
        if next.is_null() {
            g_queue_push_tail_link(queue, link_);
        } else {
            splice(queue, link_, next);
        }
    }
}

/// Takes the first node out, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_queue_pop_head_link(queue: *mut GQueue) -> *mut GList {
    require!("g_queue_pop_head_link", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { pop_link(queue, (*queue).head) }
}

/// Takes the last node out, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_queue_pop_tail_link(queue: *mut GQueue) -> *mut GList {
    require!("g_queue_pop_tail_link", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { pop_link(queue, (*queue).tail) }
}

/// Takes the node number `n` out, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_pop_nth_link(queue: *mut GQueue, n: c_uint) -> *mut GList {
    require!("g_queue_pop_nth_link", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { pop_link(queue, nth(queue, n)) }
}

/// The first node, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_peek_head_link(queue: *mut GQueue) -> *mut GList {
    require!("g_queue_peek_head_link", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { (*queue).head }
}

/// The last node, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_peek_tail_link(queue: *mut GQueue) -> *mut GList {
    require!("g_queue_peek_tail_link", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { (*queue).tail }
}

/// The node number `n`, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_peek_nth_link(queue: *mut GQueue, n: c_uint) -> *mut GList {
    require!("g_queue_peek_nth_link", !queue.is_null(), "queue != NULL", null_mut());
    // SAFETY: a live queue.
    unsafe { nth(queue, n) }
}

/// How many elements stand before a node, or -1. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_link_index(queue: *mut GQueue, link_: *mut GList) -> c_int {
    require!("g_queue_link_index", !queue.is_null(), "queue != NULL", -1);
    // SAFETY: a live queue.
    unsafe { g_list_position((*queue).head, link_) }
}

/// Takes a node out; it is then alone. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_unlink(queue: *mut GQueue, link_: *mut GList) {
    require!("g_queue_unlink", !queue.is_null(), "queue != NULL");
    require!("g_queue_unlink", !link_.is_null(), "link_ != NULL");
    // SAFETY: a live queue and a node of it.
    unsafe { cut(queue, link_) }
}

/// Takes a node out and frees it. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_queue_delete_link(queue: *mut GQueue, link_: *mut GList) {
    require!("g_queue_delete_link", !queue.is_null(), "queue != NULL");
    require!("g_queue_delete_link", !link_.is_null(), "link_ != NULL");
    // SAFETY: a live queue and a node of it.
    unsafe { pop(queue, link_) };
}
