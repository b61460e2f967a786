//! `gmem.h`: blocks of the C allocator. Everything that returns memory to C goes through here, so
//! that `free()` and `g_free()` agree. A size of 0 gives NULL; only the `try` functions may give NULL
//! otherwise, the others end the program with an ERROR message.

use crate::messages::{fatal, own, LEVEL_WARNING};
use crate::types::*;
use std::ptr::null_mut;

/// How a block is to be had; each public function is one choice.
#[derive(Clone, Copy)]
enum Fill {
    Undefined,
    Zero,
}

fn try_block(size: gsize, fill: Fill) -> gpointer {
    if size == 0 {
        return null_mut();
    }
    // SAFETY: any size may be asked for; the result is checked by the callers.
    unsafe {
        match fill {
            Fill::Undefined => libc::malloc(size),
            Fill::Zero => libc::calloc(1, size),
        }
    }
}

fn block(size: gsize, fill: Fill) -> gpointer {
    let mem = try_block(size, fill);
    if mem.is_null() && size != 0 {
        out_of_memory(size);
    }
    mem
}

fn out_of_memory(size: gsize) -> ! {
    fatal(format_args!("{}:{}: failed to allocate {size} bytes", file!(), line!()))
}

/// The product, or the end of the program.
fn product(n_blocks: gsize, n_block_bytes: gsize) -> gsize {
    n_blocks.checked_mul(n_block_bytes).unwrap_or_else(|| {
        fatal(format_args!(
            "{}:{}: overflow allocating {n_blocks}*{n_block_bytes} bytes",
            file!(),
            line!()
        ))
    })
}

/// A copy of bytes with a NUL after them, in memory that C frees.
pub(crate) fn string_from(bytes: &[u8]) -> *mut c_char {
    let text = block(bytes.len() + 1, Fill::Undefined).cast::<u8>();
    // SAFETY: the block is fresh and one byte longer than what is copied.
    unsafe {
        text.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        *text.add(bytes.len()) = 0;
    }
    text.cast()
}

/// Room for one `T`, filled with `value`, in memory that C frees.
pub(crate) fn boxed<T: Copy>(value: T) -> *mut T {
    let place = block(size_of::<T>(), Fill::Undefined).cast::<T>();
    // SAFETY: the block is fresh, large enough, and malloc's alignment suits every T used here.
    unsafe { place.write(value) };
    place
}

/// Frees memory of the C allocator; NULL is ignored.
#[no_mangle]
pub unsafe extern "C" fn g_free(mem: gpointer) {
    // SAFETY: mem came from the C allocator or is NULL.
    unsafe { libc::free(mem) }
}

/// Frees memory whose size is known. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_free_sized(mem: gpointer, _size: gsize) {
    // SAFETY: as for `g_free`; the size is a hint the C allocator has no use for.
    unsafe { libc::free(mem) }
}

/// Empties a variable and destroys what it pointed to, if anything. Since 2.34.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_clear_pointer(pp: *mut gpointer, destroy: GDestroyNotify) {
    // SAFETY: pp points to the caller's variable, and destroy takes what is in it.
    unsafe {
        let value = pp.replace(null_mut());
        if !value.is_null() {
            destroy(value);
        }
    }
}

/// Allocates; ends the program when memory is short.
#[no_mangle]
pub unsafe extern "C" fn g_malloc(n_bytes: gsize) -> gpointer {
    block(n_bytes, Fill::Undefined)
}

/// Allocates zeroes; ends the program when memory is short.
#[no_mangle]
pub unsafe extern "C" fn g_malloc0(n_bytes: gsize) -> gpointer {
    block(n_bytes, Fill::Zero)
}

/// Changes a block's size; ends the program when memory is short.
#[no_mangle]
pub unsafe extern "C" fn g_realloc(mem: gpointer, n_bytes: gsize) -> gpointer {
    // SAFETY: the caller's obligations are the same.
    let moved = unsafe { g_try_realloc(mem, n_bytes) };
    if moved.is_null() && n_bytes != 0 {
        out_of_memory(n_bytes);
    }
    moved
}

/// Allocates, or returns NULL when memory is short.
#[no_mangle]
pub unsafe extern "C" fn g_try_malloc(n_bytes: gsize) -> gpointer {
    try_block(n_bytes, Fill::Undefined)
}

/// Allocates zeroes, or returns NULL when memory is short.
#[no_mangle]
pub unsafe extern "C" fn g_try_malloc0(n_bytes: gsize) -> gpointer {
    try_block(n_bytes, Fill::Zero)
}

/// Changes a block's size, or returns NULL and leaves it when memory is short; size 0 frees it.
#[no_mangle]
pub unsafe extern "C" fn g_try_realloc(mem: gpointer, n_bytes: gsize) -> gpointer {
    // SAFETY: mem came from the C allocator or is NULL; it is not used again if it moved or is freed.
    unsafe {
        if n_bytes == 0 {
            libc::free(mem);
            return null_mut();
        }
        libc::realloc(mem, n_bytes)
    }
}

/// Allocates `n_blocks * n_block_bytes`; overflow ends the program. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_malloc_n(n_blocks: gsize, n_block_bytes: gsize) -> gpointer {
    block(product(n_blocks, n_block_bytes), Fill::Undefined)
}

/// Allocates `n_blocks * n_block_bytes` of zeroes; overflow ends the program. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_malloc0_n(n_blocks: gsize, n_block_bytes: gsize) -> gpointer {
    block(product(n_blocks, n_block_bytes), Fill::Zero)
}

/// Changes a block's size to `n_blocks * n_block_bytes`; overflow ends the program. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_realloc_n(
    mem: gpointer,
    n_blocks: gsize,
    n_block_bytes: gsize,
) -> gpointer {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_realloc(mem, product(n_blocks, n_block_bytes)) }
}

/// Allocates `n_blocks * n_block_bytes`, or returns NULL. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_try_malloc_n(n_blocks: gsize, n_block_bytes: gsize) -> gpointer {
    match n_blocks.checked_mul(n_block_bytes) {
        Some(size) => try_block(size, Fill::Undefined),
        None => null_mut(),
    }
}

/// Allocates `n_blocks * n_block_bytes` of zeroes, or returns NULL. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_try_malloc0_n(n_blocks: gsize, n_block_bytes: gsize) -> gpointer {
    match n_blocks.checked_mul(n_block_bytes) {
        Some(size) => try_block(size, Fill::Zero),
        None => null_mut(),
    }
}

/// Changes a block's size to `n_blocks * n_block_bytes`, or returns NULL and leaves it. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_try_realloc_n(
    mem: gpointer,
    n_blocks: gsize,
    n_block_bytes: gsize,
) -> gpointer {
    match n_blocks.checked_mul(n_block_bytes) {
        // SAFETY: the caller's obligations are the same.
        Some(size) => unsafe { g_try_realloc(mem, size) },
        None => null_mut(),
    }
}

/// Allocates at a multiple of `alignment`; misuse and shortage end the program. Since 2.72.
#[no_mangle]
pub unsafe extern "C" fn g_aligned_alloc(
    n_blocks: gsize,
    n_block_bytes: gsize,
    alignment: gsize,
) -> gpointer {
    if !alignment.is_power_of_two() {
        fatal(format_args!(
            "{}:{}: alignment {alignment} must be a positive power of two",
            file!(),
            line!()
        ));
    }
    let unit = size_of::<gpointer>();
    if alignment % unit != 0 {
        fatal(format_args!(
            "{}:{}: alignment {alignment} must be a multiple of {unit}",
            file!(),
            line!()
        ));
    }
    let size = product(n_blocks, n_block_bytes);
    if size == 0 {
        return null_mut();
    }
    let mut mem = null_mut();
    // SAFETY: the alignment was checked; mem is written on success only.
    if unsafe { libc::posix_memalign(&mut mem, alignment, size) } != 0 {
        out_of_memory(size);
    }
    mem
}

/// `g_aligned_alloc()` filled with zeroes. Since 2.72.
#[no_mangle]
pub unsafe extern "C" fn g_aligned_alloc0(
    n_blocks: gsize,
    n_block_bytes: gsize,
    alignment: gsize,
) -> gpointer {
    // SAFETY: the caller's obligations are the same; the product was proved to fit by the call.
    unsafe {
        let mem = g_aligned_alloc(n_blocks, n_block_bytes, alignment);
        if !mem.is_null() {
            mem.cast::<u8>().write_bytes(0, n_blocks * n_block_bytes);
        }
        mem
    }
}

/// Frees an aligned block; NULL is ignored. Since 2.72.
#[no_mangle]
pub unsafe extern "C" fn g_aligned_free(mem: gpointer) {
    // SAFETY: blocks of `posix_memalign` are freed like any other.
    unsafe { libc::free(mem) }
}

/// Frees an aligned block whose alignment and size are known. Since 2.76.
#[no_mangle]
pub unsafe extern "C" fn g_aligned_free_sized(mem: gpointer, _alignment: gsize, _size: gsize) {
    // SAFETY: as for `g_aligned_free`.
    unsafe { libc::free(mem) }
}

/// A copy of `byte_size` bytes, or NULL if there are none. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_memdup2(mem: gconstpointer, byte_size: gsize) -> gpointer {
    if mem.is_null() || byte_size == 0 {
        return null_mut();
    }
    let copy = block(byte_size, Fill::Undefined);
    // SAFETY: mem has byte_size bytes, and the copy is fresh.
    unsafe { copy.cast::<u8>().copy_from_nonoverlapping(mem.cast(), byte_size) };
    copy
}

/// `g_memdup2()` with a size that cannot express large blocks.
#[no_mangle]
pub unsafe extern "C" fn g_memdup(mem: gconstpointer, byte_size: c_uint) -> gpointer {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_memdup2(mem, byte_size as gsize) }
}

/// Whether blocks are the C allocator's: always.
#[no_mangle]
pub unsafe extern "C" fn g_mem_is_system_malloc() -> gboolean {
    TRUE
}

/// Refuses to replace the allocator, with a warning.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_mem_set_vtable(_vtable: gpointer) {
    let text =
        format_args!("{}:{}: custom memory allocation vtable not supported", file!(), line!());
    own(LEVEL_WARNING, text);
}

/// Refuses to tell how memory is used, with a warning.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_mem_profile() {
    own(LEVEL_WARNING, format_args!("{}:{}: memory profiling not supported", file!(), line!()));
}

/// Functions of an allocator, as C has them.
#[repr(C)]
pub struct GMemVTable {
    malloc: unsafe extern "C" fn(gsize) -> gpointer,
    realloc: unsafe extern "C" fn(gpointer, gsize) -> gpointer,
    free: unsafe extern "C" fn(gpointer),
    calloc: unsafe extern "C" fn(gsize, gsize) -> gpointer,
    try_malloc: unsafe extern "C" fn(gsize) -> gpointer,
    try_realloc: unsafe extern "C" fn(gpointer, gsize) -> gpointer,
}

static mut PLAIN: GMemVTable = GMemVTable {
    malloc: g_malloc,
    realloc: g_realloc,
    free: g_free,
    calloc: g_malloc0_n,
    try_malloc: g_try_malloc,
    try_realloc: g_try_realloc,
};

/// A table for `g_mem_set_vtable()`, which refuses it.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static mut glib_mem_profiler_table: *mut GMemVTable = &raw mut PLAIN;

/// Whether freed memory is overwritten: never.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static mut g_mem_gc_friendly: gboolean = FALSE;
