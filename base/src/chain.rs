//! What GList and GSList share. A `GList` begins like a `GSList` (data, then next), so every walk that
//! needs no way back is written once, on the smaller node; sorting too, after which `list` mends its
//! `prev` pointers. It knows neither C names nor preconditions: those are in `list` and `slist`.
//!
//! # Safety
//!
//! All functions take well-formed lists of live nodes (see the crate's head), NULL being the empty one.

use crate::types::*;
use std::ptr::null_mut;

/// A node, as C sees a `GSList` and the first half of a `GList`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Node {
    /// What the element holds.
    pub data: gpointer,
    /// The node after this one, or NULL.
    pub next: *mut Node,
}

/// A comparison with or without a context pointer.
#[derive(Clone, Copy)]
pub(crate) enum Order {
    Plain(GCompareFunc),
    With(GCompareDataFunc, gpointer),
}

impl Order {
    /// Negative, zero or positive as `a` sorts before, with or after `b`. Runs code of the caller's.
    pub(crate) unsafe fn compare(self, a: gpointer, b: gpointer) -> c_int {
        // SAFETY: the function takes two elements of the list it was given for.
        unsafe {
            match self {
                Order::Plain(func) => func(a, b),
                Order::With(func, user_data) => func(a, b, user_data),
            }
        }
    }
}

/// Calls `visit` with each node until it answers true; the node it stopped at, or NULL. The next node
/// is read before the visit, which may free the one it is given.
pub(crate) unsafe fn walk(
    mut node: *mut Node,
    mut visit: impl FnMut(*mut Node) -> bool,
) -> *mut Node {
    while !node.is_null() {
        // SAFETY: a live node of the list.
        let next = unsafe { (*node).next };
        if visit(node) {
            return node;
        }
        node = next;
    }
    null_mut()
}

pub(crate) unsafe fn length(list: *mut Node) -> c_uint {
    let mut count = 0;
    // SAFETY: a well-formed list.
    unsafe {
        walk(list, |_| {
            count += 1;
            false
        })
    };
    count
}

pub(crate) unsafe fn last(list: *mut Node) -> *mut Node {
    // SAFETY: a well-formed list; the node visited is live.
    unsafe { walk(list, |node| (*node).next.is_null()) }
}

pub(crate) unsafe fn nth(list: *mut Node, n: c_uint) -> *mut Node {
    let mut left = n;
    // SAFETY: a well-formed list.
    unsafe {
        walk(list, |_| {
            let here = left == 0;
            left = left.wrapping_sub(1);
            here
        })
    }
}

pub(crate) unsafe fn data_of(node: *mut Node) -> gpointer {
    if node.is_null() {
        return null_mut();
    }
    // SAFETY: not NULL, so live.
    unsafe { (*node).data }
}

pub(crate) unsafe fn find(list: *mut Node, data: gconstpointer) -> *mut Node {
    // SAFETY: a well-formed list; the node visited is live.
    unsafe { walk(list, |node| std::ptr::eq((*node).data, data)) }
}

/// The first node for which `func (element, data)` is 0. Runs code of the caller's.
pub(crate) unsafe fn find_custom(
    list: *mut Node,
    data: gconstpointer,
    func: GCompareFunc,
) -> *mut Node {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe { walk(list, |node| func((*node).data, data) == 0) }
}

/// How many nodes come before the first for which `is_it` holds, or -1.
pub(crate) unsafe fn place(list: *mut Node, is_it: impl Fn(*mut Node) -> bool) -> c_int {
    let mut place = 0;
    // SAFETY: a well-formed list.
    let found = unsafe {
        walk(list, |node| {
            let here = is_it(node);
            place += c_int::from(!here);
            here
        })
    };
    if found.is_null() {
        -1
    } else {
        place
    }
}

/// Calls `func` for each element. Runs code of the caller's.
pub(crate) unsafe fn for_each(list: *mut Node, func: GFunc, user_data: gpointer) {
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe {
        walk(list, |node| {
            func((*node).data, user_data);
            false
        })
    };
}

pub(crate) unsafe fn free(list: *mut Node) {
    // SAFETY: the nodes came from the C allocator and nobody uses them any more.
    unsafe {
        walk(list, |node| {
            libc::free(node.cast());
            false
        })
    };
}

/// Frees every element, then the nodes. Runs code of the caller's.
pub(crate) unsafe fn free_full(list: *mut Node, free_func: Option<GDestroyNotify>) {
    // SAFETY: a well-formed list given up by the caller, and a function for its elements.
    unsafe {
        if let Some(free_func) = free_func {
            walk(list, |node| {
                free_func((*node).data);
                false
            });
        }
        free(list);
    }
}

/// The last node that `data` sorts after, starting from `list`; NULL if it belongs in front.
/// Runs code of the caller's.
pub(crate) unsafe fn predecessor(list: *mut Node, data: gpointer, order: Order) -> *mut Node {
    let mut before = null_mut();
    // SAFETY: a well-formed list, and a function for its elements.
    unsafe {
        walk(list, |node| {
            let belongs_here = order.compare(data, (*node).data) <= 0;
            if !belongs_here {
                before = node;
            }
            belongs_here
        })
    };
    before
}

/// Sorts by `next` alone, stably: halves are sorted and merged, the left one first among equals.
/// Runs code of the caller's.
pub(crate) unsafe fn sort(list: *mut Node, order: Order) -> *mut Node {
    // SAFETY: a well-formed list; each half is one too once it is cut.
    unsafe {
        if list.is_null() || (*list).next.is_null() {
            return list;
        }
        let right = halve(list);
        merge(sort(list, order), sort(right, order), order)
    }
}

/// Cuts a list of two or more nodes in the middle and returns the second half.
unsafe fn halve(list: *mut Node) -> *mut Node {
    // SAFETY: `slow` is always behind `fast`, which is checked.
    unsafe {
        let mut slow = list;
        let mut fast = (*list).next;
        while !fast.is_null() && !(*fast).next.is_null() {
            slow = (*slow).next;
            fast = (*(*fast).next).next;
        }
        std::mem::replace(&mut (*slow).next, null_mut())
    }
}

unsafe fn merge(mut left: *mut Node, mut right: *mut Node, order: Order) -> *mut Node {
    let mut head = null_mut();
    let mut tail: *mut *mut Node = &mut head;
    // SAFETY: `tail` points to `head` or to the `next` of the last node taken, both live.
    unsafe {
        while !left.is_null() && !right.is_null() {
            let from = if order.compare((*left).data, (*right).data) <= 0 {
                &mut left
            } else {
                &mut right
            };
            let taken = *from;
            *from = (*taken).next;
            *tail = taken;
            tail = &mut (*taken).next;
        }
        *tail = if left.is_null() { right } else { left };
    }
    head
}
