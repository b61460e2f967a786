//! `grcbox.h` and `grefstring.h`: blocks and strings that carry a count of their references. What C
//! holds is the address of the contents; the count and the size lie in front of it.
//!
//! Plain and atomic boxes are counted alike here: an atomic count serves a single thread as well, and the
//! functions may not be mixed in any case.

use crate::mem::{g_free, g_malloc0};
use crate::types::*;
use std::collections::HashMap;
use std::ffi::CStr;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What lies in front of the contents; as wide as the alignment of a block.
#[repr(C, align(16))]
struct Header {
    refs: AtomicUsize,
    size: usize,
}

/// A block of zeroes with one reference.
fn new(size: usize) -> gpointer {
    // SAFETY: the block is fresh, aligned as malloc does, and begins with the header.
    unsafe {
        let block = g_malloc0(size_of::<Header>() + size).cast::<Header>();
        block.write(Header { refs: AtomicUsize::new(1), size });
        block.add(1).cast()
    }
}

/// # Safety
/// A live box.
unsafe fn header<'a>(contents: gpointer) -> &'a Header {
    // SAFETY: the caller's promise: the header lies in front.
    unsafe { &*contents.cast::<Header>().sub(1) }
}

/// # Safety
/// A live box, of which a reference is given up.
unsafe fn release(contents: gpointer, clear: Option<GDestroyNotify>) {
    // SAFETY: the caller's promise; nobody else has the last reference.
    unsafe {
        if header(contents).refs.fetch_sub(1, Ordering::AcqRel) == 1 {
            if let Some(clear) = clear {
                clear(contents);
            }
            g_free(contents.cast::<Header>().sub(1).cast());
        }
    }
}

/// Whether a check fails; then it has been told.
fn refused(function: &'static str, holds: bool, text: &'static str) -> bool {
    if !holds {
        crate::messages::failed_check(function, text);
    }
    !holds
}

fn allocate(function: &'static str, size: gsize) -> gpointer {
    if refused(function, size > 0, "block_size > 0\0") {
        return null_mut();
    }
    new(size)
}

/// # Safety
/// As many bytes as is said, or NULL.
unsafe fn duplicate(function: &'static str, size: gsize, block: gconstpointer) -> gpointer {
    if refused(function, size > 0, "block_size > 0\0")
        || refused(function, !block.is_null(), "mem_block != NULL\0")
    {
        return null_mut();
    }
    let contents = new(size);
    // SAFETY: the caller's promise, and a fresh box.
    unsafe { contents.cast::<u8>().copy_from_nonoverlapping(block.cast(), size) };
    contents
}

/// # Safety
/// A live box or NULL.
unsafe fn acquire(function: &'static str, contents: gpointer) -> gpointer {
    if refused(function, !contents.is_null(), "mem_block != NULL\0") {
        return null_mut();
    }
    // SAFETY: a live box.
    unsafe { header(contents) }.refs.fetch_add(1, Ordering::Relaxed);
    contents
}

/// # Safety
/// A live box, of which a reference is given up, or NULL.
unsafe fn drop_reference(
    function: &'static str,
    contents: gpointer,
    clear: Option<GDestroyNotify>,
) {
    if !refused(function, !contents.is_null(), "mem_block != NULL\0") {
        // SAFETY: the caller's promise.
        unsafe { release(contents, clear) };
    }
}

/// # Safety
/// A live box or NULL.
unsafe fn size_of_box(function: &'static str, contents: gpointer) -> gsize {
    if refused(function, !contents.is_null(), "mem_block != NULL\0") {
        return 0;
    }
    // SAFETY: a live box.
    unsafe { header(contents) }.size
}

/// Functions that hand their arguments, and the name that checks tell, to the one above that does it.
macro_rules! boxes {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? { $deed:ident })*) => {
        $(
            $(#[$doc])*
            #[no_mangle]
            pub unsafe extern "C-unwind" fn $name($($argument: $type),*) $(-> $result)? {
                #[allow(unused_unsafe, reason = "not every deed has an obligation")]
                // SAFETY: the caller's obligations are the same.
                unsafe { $deed(concat!(stringify!($name), "\0"), $($argument),*) }
            }
        )*
    };
}

boxes! {
    /// Allocates a box. Since 2.58.
    g_rc_box_alloc(block_size: gsize) -> gpointer { allocate }
    /// Allocates a box of zeroes. Since 2.58.
    g_rc_box_alloc0(block_size: gsize) -> gpointer { allocate }
    /// A box with a copy of a block. Since 2.58.
    g_rc_box_dup(block_size: gsize, mem_block: gconstpointer) -> gpointer { duplicate }
    /// Another reference. Since 2.58.
    g_rc_box_acquire(mem_block: gpointer) -> gpointer { acquire }
    /// Drops a reference; the last one clears the contents first. Since 2.58.
    g_rc_box_release_full(mem_block: gpointer, clear_func: Option<GDestroyNotify>) { drop_reference }
    /// The size of the contents. Since 2.58.
    g_rc_box_get_size(mem_block: gpointer) -> gsize { size_of_box }
    /// Allocates a box. Since 2.58.
    g_atomic_rc_box_alloc(block_size: gsize) -> gpointer { allocate }
    /// Allocates a box of zeroes. Since 2.58.
    g_atomic_rc_box_alloc0(block_size: gsize) -> gpointer { allocate }
    /// A box with a copy of a block. Since 2.58.
    g_atomic_rc_box_dup(block_size: gsize, mem_block: gconstpointer) -> gpointer { duplicate }
    /// Another reference. Since 2.58.
    g_atomic_rc_box_acquire(mem_block: gpointer) -> gpointer { acquire }
    /// Drops a reference; the last one clears the contents first. Since 2.58.
    g_atomic_rc_box_release_full(mem_block: gpointer, clear_func: Option<GDestroyNotify>) { drop_reference }
    /// The size of the contents. Since 2.58.
    g_atomic_rc_box_get_size(mem_block: gpointer) -> gsize { size_of_box }
}

/// Drops a reference. Since 2.58.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_rc_box_release(mem_block: gpointer) {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_rc_box_release_full(mem_block, None) };
}

/// Drops a reference. Since 2.58.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_atomic_rc_box_release(mem_block: gpointer) {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_atomic_rc_box_release_full(mem_block, None) };
}

/// A counted string with these bytes.
fn string_of(bytes: &[u8]) -> *mut c_char {
    let contents = new(bytes.len() + 1);
    // SAFETY: a fresh box of zeroes, one byte longer than what is copied.
    unsafe { contents.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    contents.cast()
}

/// The strings that are shared by their text, each by address. The references of the table are weak.
fn interned() -> MutexGuard<'static, Option<HashMap<Vec<u8>, usize>>> {
    static INTERNED: Mutex<Option<HashMap<Vec<u8>, usize>>> = Mutex::new(None);
    INTERNED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A counted copy of a string. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_string_new(str: *const c_char) -> *mut c_char {
    require!("g_ref_string_new", !str.is_null(), "str != NULL", null_mut());
    // SAFETY: a C string.
    string_of(unsafe { CStr::from_ptr(str) }.to_bytes())
}

/// A counted copy of bytes. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_string_new_len(str: *const c_char, len: gssize) -> *mut c_char {
    require!("g_ref_string_new_len", !str.is_null(), "str != NULL", null_mut());
    // SAFETY: a C string, or as many bytes as is said.
    unsafe {
        string_of(match gsize::try_from(len) {
            Ok(len) => std::slice::from_raw_parts(str.cast(), len),
            Err(_) => CStr::from_ptr(str).to_bytes(),
        })
    }
}

/// A reference to the one counted string with this text. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_string_new_intern(str: *const c_char) -> *mut c_char {
    require!("g_ref_string_new_intern", !str.is_null(), "str != NULL", null_mut());
    // SAFETY: a C string; strings in the table are live, since their last release takes them out.
    unsafe {
        let text = CStr::from_ptr(str).to_bytes();
        let mut table = interned();
        let table = table.get_or_insert_default();
        if let Some(&known) = table.get(text) {
            let known: *mut c_char = std::ptr::with_exposed_provenance_mut(known);
            header(known.cast()).refs.fetch_add(1, Ordering::Relaxed);
            return known;
        }
        let fresh = string_of(text);
        table.insert(text.to_vec(), fresh.expose_provenance());
        fresh
    }
}

/// Another reference. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_string_acquire(str: *mut c_char) -> *mut c_char {
    require!("g_ref_string_acquire", !str.is_null(), "str != NULL", null_mut());
    // SAFETY: a live counted string.
    unsafe { header(str.cast()) }.refs.fetch_add(1, Ordering::Relaxed);
    str
}

/// Drops a reference; the last one takes the string out of the table. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_string_release(str: *mut c_char) {
    require!("g_ref_string_release", !str.is_null(), "str != NULL");
    // SAFETY: a live counted string, of which the caller gives a reference up. Under the lock nobody finds
    // it in the table while it goes.
    unsafe {
        let mut table = interned();
        if header(str.cast()).refs.load(Ordering::Acquire) == 1 {
            if let Some(table) = table.as_mut() {
                let text = CStr::from_ptr(str).to_bytes();
                if table.get(text) == Some(&str.addr()) {
                    table.remove(text);
                }
            }
        }
        release(str.cast(), None);
    }
}

/// The length in bytes. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_string_length(str: *mut c_char) -> gsize {
    require!("g_ref_string_length", !str.is_null(), "str != NULL", 0);
    // SAFETY: a live counted string.
    unsafe { header(str.cast()) }.size - 1
}

/// Whether two counted strings have the same bytes. Since 2.84.
#[no_mangle]
pub unsafe extern "C" fn g_ref_string_equal(str1: *const c_char, str2: *const c_char) -> gboolean {
    require!("g_ref_string_equal", !str1.is_null(), "str1 != NULL", FALSE);
    require!("g_ref_string_equal", !str2.is_null(), "str2 != NULL", FALSE);
    // SAFETY: live counted strings.
    unsafe {
        let bytes = |str: *const c_char| {
            let size = header(str.cast_mut().cast()).size;
            std::slice::from_raw_parts(str.cast::<u8>(), size)
        };
        gboolean::from(bytes(str1) == bytes(str2))
    }
}
