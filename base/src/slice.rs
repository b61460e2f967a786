//! `gslice.h`: blocks whose size the caller remembers. They are blocks of the C allocator, as in GLib since
//! 2.76; the configuration of the allocator there once was does nothing.

use crate::mem::{g_free, g_malloc, g_malloc0, g_memdup2};
use crate::types::*;
use std::ptr::null_mut;

/// Allocates; NULL for size 0. Since 2.10.
#[no_mangle]
pub unsafe extern "C" fn g_slice_alloc(block_size: gsize) -> gpointer {
    // SAFETY: any size may be asked for.
    unsafe { g_malloc(block_size) }
}

/// Allocates zeroes; NULL for size 0. Since 2.10.
#[no_mangle]
pub unsafe extern "C" fn g_slice_alloc0(block_size: gsize) -> gpointer {
    // SAFETY: any size may be asked for.
    unsafe { g_malloc0(block_size) }
}

/// A copy of a block. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_slice_copy(block_size: gsize, mem_block: gconstpointer) -> gpointer {
    // SAFETY: as many bytes as is said.
    unsafe { g_memdup2(mem_block, block_size) }
}

/// Frees a block; NULL is ignored. Since 2.10.
#[no_mangle]
pub unsafe extern "C" fn g_slice_free1(_block_size: gsize, mem_block: gpointer) {
    // SAFETY: a block of the C allocator or NULL.
    unsafe { g_free(mem_block) }
}

/// Frees blocks that are linked by a pointer `next_offset` bytes into each. Since 2.10.
#[no_mangle]
pub unsafe extern "C" fn g_slice_free_chain_with_offset(
    _block_size: gsize,
    mem_chain: gpointer,
    next_offset: gsize,
) {
    let mut block = mem_chain;
    while !block.is_null() {
        // SAFETY: a block of the chain, whose link is read before it is freed.
        unsafe {
            let next = *block.byte_add(next_offset).cast::<gpointer>();
            g_free(block);
            block = next;
        }
    }
}

/// Does nothing.
#[no_mangle]
pub unsafe extern "C" fn g_slice_set_config(_ckey: c_int, _value: i64) {}

/// Always 0.
#[no_mangle]
pub unsafe extern "C" fn g_slice_get_config(_ckey: c_int) -> i64 {
    0
}

/// No values.
#[no_mangle]
pub unsafe extern "C" fn g_slice_get_config_state(
    _ckey: c_int,
    _address: i64,
    n_values: *mut c_uint,
) -> *mut i64 {
    if !n_values.is_null() {
        // SAFETY: the caller's variable.
        unsafe { *n_values = 0 };
    }
    null_mut()
}
