//! `garray.h`: arrays that grow. `elements` has arrays of anything, `bytes` the ones of bytes, which are the
//! same under another name, and `pointers` arrays of pointers. The structures begin as C knows them and
//! go on with what is ours.

mod bytes;
mod elements;
mod pointers;

pub use bytes::*;
pub use elements::*;
pub use pointers::*;

use crate::mem::g_realloc_n;
use crate::messages::fatal;
use crate::types::*;

/// The room that an array of `len` elements takes with `added` more and its terminator. Ends the program
/// if there can be no such array.
fn room(len: c_uint, added: usize, terminated: bool) -> usize {
    let room = (len as usize).checked_add(added).and_then(|all| all.checked_add(terminated.into()));
    match room.filter(|&room| room <= c_uint::MAX as usize) {
        Some(room) => room,
        None => fatal(format_args!("adding {added} to array would overflow")),
    }
}

/// Gives a block room for `wanted` elements and some to come, if it has less; how many it has room for.
///
/// # Safety
/// `data` is C's memory with room for `capacity` elements, or NULL.
unsafe fn grow(data: &mut gpointer, capacity: usize, wanted: usize, element_size: usize) -> usize {
    const LEAST_BYTES: usize = 16;
    if wanted <= capacity {
        return capacity;
    }
    let bytes = wanted.saturating_mul(element_size).max(LEAST_BYTES);
    let capacity = bytes.checked_next_power_of_two().unwrap_or(bytes) / element_size;
    // SAFETY: the caller's promise; shortage ends the program.
    *data = unsafe { g_realloc_n(*data, capacity, element_size) };
    capacity
}
