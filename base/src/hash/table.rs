//! Tables: making and releasing them, and what concerns one key.
//!
//! A table is changed before the functions that destroy what it held are called, and is whole then: they
//! may use it.

use super::slots::{Found, Slot, Slots};
use super::sweep::drop_all;
use crate::types::*;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

/// A table, opaque to C.
pub struct GHashTable {
    pub(super) slots: Slots,
    /// Changes whenever pairs come or go, so that iterators notice.
    pub(super) version: c_int,
    references: AtomicU32,
    ways: Ways,
}

/// What the program does with keys and values.
#[derive(Clone, Copy)]
struct Ways {
    /// NULL stands for `g_direct_hash()`.
    hash: Option<GHashFunc>,
    /// NULL stands for comparing pointers.
    equal: Option<GEqualFunc>,
    key: Option<GDestroyNotify>,
    value: Option<GDestroyNotify>,
}

fn table(ways: Ways) -> *mut GHashTable {
    let table = GHashTable { slots: Slots::new(), version: 0, references: AtomicU32::new(1), ways };
    Box::into_raw(Box::new(table))
}

impl GHashTable {
    /// Where a key is, or would go. Runs code of the caller's.
    unsafe fn find(&self, key: gconstpointer) -> (c_uint, Found) {
        // SAFETY: the functions were given for such keys.
        unsafe {
            let hash = match self.ways.hash {
                Some(hash) => hash(key),
                None => super::g_direct_hash(key),
            };
            let found = self.slots.find(hash, |other| match self.ways.equal {
                Some(equal) => equal(other, key) != FALSE,
                None => std::ptr::eq(other, key),
            });
            (hash, found)
        }
    }

    /// The pair of a key, if it is there. Runs code of the caller's.
    unsafe fn pair(&self, key: gconstpointer) -> Option<Slot> {
        // SAFETY: the caller's promise.
        match unsafe { self.find(key) }.1 {
            Found::Here(at) => self.slots.get(at),
            Found::Nowhere(_) => None,
        }
    }

    /// Whom to tell of keys and of values that go.
    pub(super) fn notifies(&self) -> (Option<GDestroyNotify>, Option<GDestroyNotify>) {
        (self.ways.key, self.ways.value)
    }
}

/// Tells the program that a pair has left the table. Runs code of the caller's.
pub(super) unsafe fn destroy_pair(table: *mut GHashTable, pair: Slot) {
    // SAFETY: the functions were given for such keys and values; the table outlives the calls.
    unsafe {
        let (key, value) = (*table).notifies();
        if let Some(destroy) = key {
            destroy(pair.key);
        }
        if let Some(destroy) = value {
            destroy(pair.value);
        }
    }
}

/// Tells the caller of a pair, or by NULLs that there is none; a variable may be NULL.
pub(super) unsafe fn store_pair(pair: Option<Slot>, key: *mut gpointer, value: *mut gpointer) {
    let halves = pair.map_or((null_mut(), null_mut()), |pair| (pair.key, pair.value));
    // SAFETY: variables of the caller's, where they are not NULL.
    unsafe {
        if !key.is_null() {
            *key = halves.0;
        }
        if !value.is_null() {
            *value = halves.1;
        }
    }
}

/// A table that destroys nothing.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_new(
    hash_func: Option<GHashFunc>,
    key_equal_func: Option<GEqualFunc>,
) -> *mut GHashTable {
    table(Ways { hash: hash_func, equal: key_equal_func, key: None, value: None })
}

/// A table that destroys keys and values it gives up.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_new_full(
    hash_func: Option<GHashFunc>,
    key_equal_func: Option<GEqualFunc>,
    key_destroy_func: Option<GDestroyNotify>,
    value_destroy_func: Option<GDestroyNotify>,
) -> *mut GHashTable {
    table(Ways {
        hash: hash_func,
        equal: key_equal_func,
        key: key_destroy_func,
        value: value_destroy_func,
    })
}

/// An empty table with the functions of another. Since 2.72.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_new_similar(
    other_hash_table: *mut GHashTable,
) -> *mut GHashTable {
    require!(
        "g_hash_table_new_similar",
        !other_hash_table.is_null(),
        "other_hash_table",
        null_mut()
    );
    // SAFETY: a live table.
    table(unsafe { (*other_hash_table).ways })
}

/// One reference more.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_ref(hash_table: *mut GHashTable) -> *mut GHashTable {
    require!("g_hash_table_ref", !hash_table.is_null(), "hash_table != NULL", hash_table);
    // SAFETY: a live table.
    unsafe { &(*hash_table).references }.fetch_add(1, Ordering::Relaxed);
    hash_table
}

/// One reference less; the last one takes the pairs along.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_unref(hash_table: *mut GHashTable) {
    require!("g_hash_table_unref", !hash_table.is_null(), "hash_table != NULL");
    // SAFETY: a live table; after the last reference it is ours alone, but for the functions called.
    unsafe {
        if (*hash_table).references.fetch_sub(1, Ordering::AcqRel) == 1 {
            drop_all(hash_table);
            Box::from_raw(hash_table).slots.free();
        }
    }
}

/// Removes all pairs and drops a reference.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_destroy(hash_table: *mut GHashTable) {
    require!("g_hash_table_destroy", !hash_table.is_null(), "hash_table != NULL");
    // SAFETY: a live table, and a reference the caller gives up.
    unsafe {
        super::g_hash_table_remove_all(hash_table);
        g_hash_table_unref(hash_table);
    }
}

/// Which of two equal keys a table keeps.
#[derive(Clone, Copy, PartialEq)]
enum Keep {
    Old,
    New,
}

/// Whether the key is new. Runs code of the caller's.
unsafe fn insert(
    hash_table: *mut GHashTable,
    key: gpointer,
    value: gpointer,
    keep: Keep,
) -> gboolean {
    require!("g_hash_table_insert_internal", !hash_table.is_null(), "hash_table != NULL", FALSE);
    // SAFETY: a live table, borrowed only while no code of the program's runs that could change it.
    unsafe {
        let (hash, found) = (*hash_table).find(key);
        let slots = &mut (*hash_table).slots;
        match found {
            Found::Nowhere(at) => {
                slots.put(at, hash, key, value);
                (*hash_table).version += 1;
                TRUE
            }
            Found::Here(at) => {
                let mut spare = slots.get(at).unwrap_unchecked();
                let mut kept = key;
                if keep == Keep::Old {
                    std::mem::swap(&mut kept, &mut spare.key);
                }
                slots.set(at, kept, value);
                destroy_pair(hash_table, spare);
                FALSE
            }
        }
    }
}

/// Adds a pair or changes the value of a key that is there, which stays; whether the key is new.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_insert(
    hash_table: *mut GHashTable,
    key: gpointer,
    value: gpointer,
) -> gboolean {
    // SAFETY: the caller's obligations are the same.
    unsafe { insert(hash_table, key, value, Keep::Old) }
}

/// Adds a pair or puts it in the place of one with an equal key; whether the key is new.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_replace(
    hash_table: *mut GHashTable,
    key: gpointer,
    value: gpointer,
) -> gboolean {
    // SAFETY: the caller's obligations are the same.
    unsafe { insert(hash_table, key, value, Keep::New) }
}

/// Adds a key that is its own value; whether it is new. Since 2.32.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_add(
    hash_table: *mut GHashTable,
    key: gpointer,
) -> gboolean {
    // SAFETY: the caller's obligations are the same.
    unsafe { insert(hash_table, key, key, Keep::New) }
}

/// Takes the pair of a key out of the table. Runs code of the caller's.
unsafe fn take(hash_table: *mut GHashTable, key: gconstpointer) -> Option<Slot> {
    // SAFETY: a live table, borrowed only while no code of the program's runs that could change it.
    unsafe {
        let (_, Found::Here(at)) = (*hash_table).find(key) else { return None };
        let slots = &mut (*hash_table).slots;
        let pair = slots.take(at);
        slots.fit();
        (*hash_table).version += 1;
        pair
    }
}

/// Removes a key and its value; whether it was there.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_remove(
    hash_table: *mut GHashTable,
    key: gconstpointer,
) -> gboolean {
    require!("g_hash_table_remove_internal", !hash_table.is_null(), "hash_table != NULL", FALSE);
    // SAFETY: a live table.
    unsafe {
        let Some(pair) = take(hash_table, key) else { return FALSE };
        destroy_pair(hash_table, pair);
        TRUE
    }
}

/// Removes a key and its value without destroying them; whether it was there.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_steal(
    hash_table: *mut GHashTable,
    key: gconstpointer,
) -> gboolean {
    require!("g_hash_table_remove_internal", !hash_table.is_null(), "hash_table != NULL", FALSE);
    // SAFETY: a live table.
    gboolean::from(unsafe { take(hash_table, key) }.is_some())
}

/// Removes a pair and hands it to the caller; none of it is destroyed. Since 2.58.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_steal_extended(
    hash_table: *mut GHashTable,
    lookup_key: gconstpointer,
    stolen_key: *mut gpointer,
    stolen_value: *mut gpointer,
) -> gboolean {
    require!("g_hash_table_steal_extended", !hash_table.is_null(), "hash_table != NULL", FALSE);
    // SAFETY: a live table, and variables of the caller's or NULL.
    unsafe {
        let pair = take(hash_table, lookup_key);
        store_pair(pair, stolen_key, stolen_value);
        gboolean::from(pair.is_some())
    }
}

/// The value of a key, or NULL.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_lookup(
    hash_table: *mut GHashTable,
    key: gconstpointer,
) -> gpointer {
    require!("g_hash_table_lookup", !hash_table.is_null(), "hash_table != NULL", null_mut());
    // SAFETY: a live table.
    unsafe { (*hash_table).pair(key) }.map_or(null_mut(), |pair| pair.value)
}

/// Whether a key is there. Since 2.32.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_contains(
    hash_table: *mut GHashTable,
    key: gconstpointer,
) -> gboolean {
    require!("g_hash_table_contains", !hash_table.is_null(), "hash_table != NULL", FALSE);
    // SAFETY: a live table.
    gboolean::from(unsafe { (*hash_table).pair(key) }.is_some())
}

/// Whether a key is there, with the key as the table has it, and its value.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_lookup_extended(
    hash_table: *mut GHashTable,
    lookup_key: gconstpointer,
    orig_key: *mut gpointer,
    value: *mut gpointer,
) -> gboolean {
    require!("g_hash_table_lookup_extended", !hash_table.is_null(), "hash_table != NULL", FALSE);
    // SAFETY: a live table, and variables of the caller's or NULL.
    unsafe {
        let pair = (*hash_table).pair(lookup_key);
        store_pair(pair, orig_key, value);
        gboolean::from(pair.is_some())
    }
}

/// The number of pairs.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_size(hash_table: *mut GHashTable) -> c_uint {
    require!("g_hash_table_size", !hash_table.is_null(), "hash_table != NULL", 0);
    // SAFETY: a live table.
    unsafe { (*hash_table).slots.live() as c_uint }
}
