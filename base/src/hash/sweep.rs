//! What goes over all pairs of a table: in the order of the slots, which is the order iterators have.
//!
//! A function that is called for each pair must not change the table; when it does, the sweep ends with
//! a CRITICAL.

use super::slots::{Slot, Slots};
use super::table::{destroy_pair, GHashTable};
use crate::array::{self, GPtrArray};
use crate::list::{g_list_prepend, GList};
use crate::mem::g_malloc_n;
use crate::types::*;
use std::ptr::null_mut;

/// What becomes of the pairs that leave.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Destroyed,
    Stolen,
}

/// Leaves an empty table and returns the slots it had, if it held anything.
unsafe fn empty(table: *mut GHashTable) -> Option<Slots> {
    // SAFETY: a live table; none of the program's code runs.
    unsafe {
        if (*table).slots.live() == 0 {
            return None;
        }
        (*table).version += 1;
        Some(std::mem::replace(&mut (*table).slots, Slots::new()))
    }
}

/// The pairs of some slots, in their order.
fn pairs(slots: &Slots) -> impl Iterator<Item = Slot> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let (at, pair) = slots.next(from)?;
        from = at + 1;
        Some(pair)
    })
}

/// Empties a table and destroys what it held. The slots are C's memory, so a jump out of the program's
/// functions loses them and nothing else.
pub(super) unsafe fn drop_all(table: *mut GHashTable) {
    // SAFETY: a live table; the slots taken from it are ours.
    unsafe {
        let Some(slots) = empty(table) else { return };
        if !matches!((*table).notifies(), (None, None)) {
            for pair in pairs(&slots) {
                destroy_pair(table, pair);
            }
        }
        slots.free();
    }
}

/// Removes all pairs. Since 2.12.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_remove_all(hash_table: *mut GHashTable) {
    require!("g_hash_table_remove_all", !hash_table.is_null(), "hash_table != NULL");
    // SAFETY: a live table.
    unsafe { drop_all(hash_table) }
}

/// Removes all pairs and destroys nothing. Since 2.12.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_steal_all(hash_table: *mut GHashTable) {
    require!("g_hash_table_steal_all", !hash_table.is_null(), "hash_table != NULL");
    // SAFETY: a live table; the slots taken from it are ours.
    unsafe {
        if let Some(slots) = empty(hash_table) {
            slots.free();
        }
    }
}

fn key(pair: Slot) -> gpointer {
    pair.key
}

fn value(pair: Slot) -> gpointer {
    pair.value
}

/// An array of the keys or the values, with the function that frees them.
unsafe fn array_of(
    table: *mut GHashTable,
    half: fn(Slot) -> gpointer,
    free: Option<GDestroyNotify>,
) -> *mut GPtrArray {
    // SAFETY: a live table and a fresh array.
    unsafe {
        let slots = &(*table).slots;
        let array = array::g_ptr_array_new_full(slots.live() as c_uint, free);
        for pair in pairs(slots) {
            array::g_ptr_array_add(array, half(pair));
        }
        array
    }
}

/// Removes all pairs, destroys the values and hands over the keys. Since 2.76.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_steal_all_keys(
    hash_table: *mut GHashTable,
) -> *mut GPtrArray {
    require!(
        "g_hash_table_steal_all_keys",
        !hash_table.is_null(),
        "hash_table != NULL",
        null_mut()
    );
    // SAFETY: a live table; the slots taken from it are ours.
    unsafe {
        let (free, destroy) = (*hash_table).notifies();
        let keys = array_of(hash_table, key, free);
        steal_half(hash_table, value, destroy);
        keys
    }
}

/// Removes all pairs, destroys the keys and hands over the values. Since 2.76.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_steal_all_values(
    hash_table: *mut GHashTable,
) -> *mut GPtrArray {
    require!(
        "g_hash_table_steal_all_values",
        !hash_table.is_null(),
        "hash_table != NULL",
        null_mut()
    );
    // SAFETY: a live table; the slots taken from it are ours.
    unsafe {
        let (destroy, free) = (*hash_table).notifies();
        let values = array_of(hash_table, value, free);
        steal_half(hash_table, key, destroy);
        values
    }
}

/// Empties a table whose other half has been handed over. Runs code of the caller's.
unsafe fn steal_half(
    table: *mut GHashTable,
    half: fn(Slot) -> gpointer,
    destroy: Option<GDestroyNotify>,
) {
    // SAFETY: a live table; the slots taken from it are ours; a function given for such halves.
    unsafe {
        let Some(slots) = empty(table) else { return };
        if let Some(destroy) = destroy {
            pairs(&slots).map(half).for_each(|half| destroy(half));
        }
        slots.free();
    }
}

/// Calls `visit` for each pair until it answers true; the pair it stopped at, or an error once the table
/// has changed, but for what `visit` does to the slots alone.
unsafe fn sweep(
    table: *mut GHashTable,
    mut visit: impl FnMut(usize, Slot) -> bool,
    complain: fn(),
) -> Result<Option<Slot>, Changed> {
    let mut from = 0;
    // SAFETY: a live table, not borrowed while the program's code runs.
    unsafe {
        let version = (*table).version;
        while let Some((at, pair)) = (*table).slots.next(from) {
            let stop = visit(at, pair);
            if (*table).version != version {
                complain();
                return Err(Changed);
            }
            if stop {
                return Ok(Some(pair));
            }
            from = at + 1;
        }
    }
    Ok(None)
}

/// The function that a table was swept with changed it.
struct Changed;

/// The CRITICAL of a function that changed the table while it was swept.
macro_rules! changed {
    ($function:literal) => {
        || require!($function, false, "version == hash_table->version")
    };
}

/// Calls `func` for each pair.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_foreach(
    hash_table: *mut GHashTable,
    func: Option<GHFunc>,
    user_data: gpointer,
) {
    require!("g_hash_table_foreach", !hash_table.is_null(), "hash_table != NULL");
    require!("g_hash_table_foreach", func.is_some(), "func != NULL");
    // SAFETY: a live table; func was checked.
    unsafe {
        let func = func.unwrap_unchecked();
        let visit = |_, pair: Slot| {
            func(pair.key, pair.value, user_data);
            false
        };
        let _ = sweep(hash_table, visit, changed!("g_hash_table_foreach"));
    }
}

/// The value of the first pair for which `predicate` answers TRUE, or NULL. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_find(
    hash_table: *mut GHashTable,
    predicate: Option<GHRFunc>,
    user_data: gpointer,
) -> gpointer {
    require!("g_hash_table_find", !hash_table.is_null(), "hash_table != NULL", null_mut());
    require!("g_hash_table_find", predicate.is_some(), "predicate != NULL", null_mut());
    // SAFETY: a live table; predicate was checked.
    unsafe {
        let predicate = predicate.unwrap_unchecked();
        let visit = |_, pair: Slot| predicate(pair.key, pair.value, user_data) != FALSE;
        let found = sweep(hash_table, visit, changed!("g_hash_table_find"));
        found.ok().flatten().map_or(null_mut(), value)
    }
}

/// Takes out the pairs for which `func` answers TRUE; how many there were.
unsafe fn take_where(
    table: *mut GHashTable,
    func: GHRFunc,
    user_data: gpointer,
    fate: Fate,
) -> c_uint {
    let mut taken = 0;
    // SAFETY: a live table, not borrowed while the program's code runs.
    unsafe {
        let visit = |at, pair: Slot| {
            if func(pair.key, pair.value, user_data) != FALSE {
                (*table).slots.take(at);
                taken += 1;
                if fate == Fate::Destroyed {
                    destroy_pair(table, pair);
                }
            }
            false
        };
        if sweep(table, visit, changed!("g_hash_table_foreach_remove_or_steal")).is_err() {
            return 0;
        }
        (*table).slots.fit();
        (*table).version += c_int::from(taken > 0);
    }
    taken
}

/// Removes the pairs for which `func` answers TRUE; how many there were.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_foreach_remove(
    hash_table: *mut GHashTable,
    func: Option<GHRFunc>,
    user_data: gpointer,
) -> c_uint {
    require!("g_hash_table_foreach_remove", !hash_table.is_null(), "hash_table != NULL", 0);
    require!("g_hash_table_foreach_remove", func.is_some(), "func != NULL", 0);
    // SAFETY: a live table; func was checked.
    unsafe { take_where(hash_table, func.unwrap_unchecked(), user_data, Fate::Destroyed) }
}

/// Removes the pairs for which `func` answers TRUE without destroying them; how many there were.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_hash_table_foreach_steal(
    hash_table: *mut GHashTable,
    func: Option<GHRFunc>,
    user_data: gpointer,
) -> c_uint {
    require!("g_hash_table_foreach_steal", !hash_table.is_null(), "hash_table != NULL", 0);
    require!("g_hash_table_foreach_steal", func.is_some(), "func != NULL", 0);
    // SAFETY: a live table; func was checked.
    unsafe { take_where(hash_table, func.unwrap_unchecked(), user_data, Fate::Stolen) }
}

/// A list of the keys or the values; each is put in front of those before.
unsafe fn list_of(table: *mut GHashTable, half: fn(Slot) -> gpointer) -> *mut GList {
    // SAFETY: a live table, and a list of ours.
    unsafe {
        let halves = pairs(&(*table).slots).map(half);
        halves.fold(null_mut(), |list, half| g_list_prepend(list, half))
    }
}

/// The keys, which stay the table's, in a list of the caller's. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_get_keys(hash_table: *mut GHashTable) -> *mut GList {
    require!("g_hash_table_get_keys", !hash_table.is_null(), "hash_table != NULL", null_mut());
    // SAFETY: a live table.
    unsafe { list_of(hash_table, key) }
}

/// The values, which stay the table's, in a list of the caller's. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_get_values(hash_table: *mut GHashTable) -> *mut GList {
    require!("g_hash_table_get_values", !hash_table.is_null(), "hash_table != NULL", null_mut());
    // SAFETY: a live table.
    unsafe { list_of(hash_table, value) }
}

/// The keys, which stay the table's, and a NULL, in an array of the caller's. Since 2.40.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_get_keys_as_array(
    hash_table: *mut GHashTable,
    length: *mut c_uint,
) -> *mut gpointer {
    require!(
        "g_hash_table_get_keys_as_array",
        !hash_table.is_null(),
        "hash_table != NULL",
        null_mut()
    );
    // SAFETY: a live table, a fresh array with room for all keys and one more, the caller's variable.
    unsafe {
        let slots = &(*hash_table).slots;
        let array = g_malloc_n(slots.live() + 1, size_of::<gpointer>()).cast::<gpointer>();
        for (at, pair) in pairs(slots).enumerate() {
            array.add(at).write(pair.key);
        }
        array.add(slots.live()).write(null_mut());
        if !length.is_null() {
            *length = slots.live() as c_uint;
        }
        array
    }
}

/// The keys, which stay the table's, in an array of the caller's. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_get_keys_as_ptr_array(
    hash_table: *mut GHashTable,
) -> *mut GPtrArray {
    require!(
        "g_hash_table_get_keys_as_ptr_array",
        !hash_table.is_null(),
        "hash_table != NULL",
        null_mut()
    );
    // SAFETY: a live table.
    unsafe { array_of(hash_table, key, None) }
}

/// The values, which stay the table's, in an array of the caller's. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_hash_table_get_values_as_ptr_array(
    hash_table: *mut GHashTable,
) -> *mut GPtrArray {
    require!(
        "g_hash_table_get_values_as_ptr_array",
        !hash_table.is_null(),
        "hash_table != NULL",
        null_mut()
    );
    // SAFETY: a live table.
    unsafe { array_of(hash_table, value, None) }
}
