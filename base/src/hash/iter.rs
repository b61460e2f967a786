//! The iterator over a table: a structure the program keeps, whose members are our own business. It sees
//! the pairs in the order of their slots and may remove or change the one it saw last; when anything
//! else changes the table, it says so and works no more.

use super::slots::Slot;
use super::table::{destroy_pair, store_pair, GHashTable};
use crate::types::*;

/// As large as C's structure, which hides the members' names.
#[repr(C)]
pub struct GHashTableIter {
    hash_table: *mut GHashTable,
    unused: [gpointer; 2],
    /// The slot that was seen last, -1 before the first, the number of slots behind the last.
    position: c_int,
    unused_too: gboolean,
    /// The table's, as long as nobody else changed it.
    version: isize,
}

/// Checks that an iterator stands on a pair and that the table is as it left it.
macro_rules! require_on_pair {
    ($function:literal, $iter:ident) => {
        require!($function, !$iter.is_null(), "ri != NULL");
        require_version!($function, $iter);
        // SAFETY: a live iterator of a live table.
        let (position, size) = unsafe { ((*$iter).position, (*(*$iter).hash_table).slots.size()) };
        require!($function, position >= 0, "ri->position >= 0");
        require!(
            $function,
            (position as usize) < size,
            "(gsize) ri->position < ri->hash_table->size"
        );
    };
}

/// Checks that the table is as an iterator left it.
macro_rules! require_version {
    ($function:literal, $iter:ident $(, $result:expr)?) => {
        // SAFETY: a live iterator of a live table.
        let same = unsafe { (*$iter).version == (*(*$iter).hash_table).version as isize };
        require!($function, same, "ri->version == ri->hash_table->version" $(, $result)?);
    };
}

/// Sets an iterator before the first pair. Since 2.16.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_iter_init(
    iter: *mut GHashTableIter,
    hash_table: *mut GHashTable,
) {
    require!("g_hash_table_iter_init", !iter.is_null(), "iter != NULL");
    require!("g_hash_table_iter_init", !hash_table.is_null(), "hash_table != NULL");
    // SAFETY: the caller's iterator, which need not be anything yet, and a live table.
    unsafe {
        iter.write(GHashTableIter {
            hash_table,
            unused: [std::ptr::null_mut(); 2],
            position: -1,
            unused_too: FALSE,
            version: (*hash_table).version as isize,
        });
    }
}

/// Goes to the next pair and tells what it is; FALSE behind the last. Since 2.16.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_iter_next(
    iter: *mut GHashTableIter,
    key: *mut gpointer,
    value: *mut gpointer,
) -> gboolean {
    require!("g_hash_table_iter_next", !iter.is_null(), "iter != NULL", FALSE);
    require_version!("g_hash_table_iter_next", iter, FALSE);
    // SAFETY: a live iterator of a live table, and variables of the caller's or NULL.
    unsafe {
        let slots = &(*(*iter).hash_table).slots;
        require!(
            "g_hash_table_iter_next",
            ((*iter).position as isize) < slots.size() as isize,
            "ri->position < (gssize) ri->hash_table->size",
            FALSE
        );
        let Some((at, pair)) = slots.next(((*iter).position + 1) as usize) else {
            (*iter).position = slots.size() as c_int;
            return FALSE;
        };
        (*iter).position = at as c_int;
        store_pair(Some(pair), key, value);
        TRUE
    }
}

/// The table of an iterator. Since 2.28.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_iter_get_hash_table(
    iter: *mut GHashTableIter,
) -> *mut GHashTable {
    require!(
        "g_hash_table_iter_get_hash_table",
        !iter.is_null(),
        "iter != NULL",
        std::ptr::null_mut()
    );
    // SAFETY: a live iterator.
    unsafe { (*iter).hash_table }
}

/// Takes the pair an iterator stands on out of the table, if it is still there. The slots stay where
/// they are, so that the iterator can go on.
unsafe fn take(iter: *mut GHashTableIter) -> Option<Slot> {
    // SAFETY: a live iterator of a live table; none of the program's code runs.
    unsafe {
        let table = (*iter).hash_table;
        let pair = (*table).slots.take((*iter).position as usize)?;
        (*table).version += 1;
        (*iter).version = (*table).version as isize;
        Some(pair)
    }
}

/// Removes the pair an iterator stands on. Since 2.16.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_iter_remove(iter: *mut GHashTableIter) {
    require_on_pair!("iter_remove_or_steal", iter);
    // SAFETY: a live iterator of a live table, which has a pair to lose or none.
    unsafe {
        if let Some(pair) = take(iter) {
            destroy_pair((*iter).hash_table, pair);
        }
    }
}

/// Removes the pair an iterator stands on without destroying it. Since 2.16.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_iter_steal(iter: *mut GHashTableIter) {
    require_on_pair!("iter_remove_or_steal", iter);
    // SAFETY: a live iterator of a live table.
    unsafe { take(iter) };
}

/// Gives the pair an iterator stands on another value and destroys the old one. Since 2.30.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_iter_replace(
    iter: *mut GHashTableIter,
    value: gpointer,
) {
    require_on_pair!("g_hash_table_iter_replace", iter);
    // SAFETY: a live iterator of a live table, not borrowed while the program's code runs.
    unsafe {
        let (table, at) = ((*iter).hash_table, (*iter).position as usize);
        let Some(old) = (*table).slots.get(at) else { return };
        (*table).slots.set(at, old.key, value);
        if let (_, Some(destroy)) = (*table).notifies() {
            destroy(old.value);
        }
    }
}
