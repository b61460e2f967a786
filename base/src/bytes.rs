//! `gbytes.h`: bytes that never change, shared by reference.

use crate::array::{g_byte_array_new_take, GByteArray};
use crate::mem::{g_free, g_memdup2};
use crate::types::*;
use std::ptr::null_mut;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes, opaque to C.
pub struct GBytes {
    data: *const u8,
    size: gsize,
    references: AtomicU32,
    owner: Owner,
}

/// Whose the memory is, and so what happens to it with the last reference.
#[derive(Clone, Copy)]
enum Owner {
    /// Nobody's: it stays.
    Nobody,
    /// Ours, from the C allocator.
    Ours,
    /// The program's, which wants to be told.
    Program(GDestroyNotify, gpointer),
    /// Other bytes', on which we have a reference; those are never of this kind themselves.
    Whole(*mut GBytes),
}

fn bytes(data: *const u8, size: gsize, owner: Owner) -> *mut GBytes {
    Box::into_raw(Box::new(GBytes { data, size, references: AtomicU32::new(1), owner }))
}

impl GBytes {
    fn as_slice(&self) -> &[u8] {
        if self.size == 0 {
            return &[];
        }
        // SAFETY: the memory is there and unchanged as long as the bytes are.
        unsafe { slice::from_raw_parts(self.data, self.size) }
    }
}

/// A copy of the caller's bytes. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_new(data: gconstpointer, size: gsize) -> *mut GBytes {
    require!("g_bytes_new", !data.is_null() || size == 0, "data != NULL || size == 0", null_mut());
    // SAFETY: that many bytes.
    unsafe { g_bytes_new_take(g_memdup2(data, size), size) }
}

/// Bytes that take over the caller's block. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_new_take(data: gpointer, size: gsize) -> *mut GBytes {
    // SAFETY: a block of that many bytes; the owner says how it goes.
    unsafe { checked(data, size, Owner::Ours) }
}

/// Bytes that are there for ever. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_new_static(data: gconstpointer, size: gsize) -> *mut GBytes {
    // SAFETY: that many bytes, which stay.
    unsafe { checked(data, size, Owner::Nobody) }
}

/// Bytes of the program's; `free_func (user_data)` is called when they are not needed any more. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_new_with_free_func(
    data: gconstpointer,
    size: gsize,
    free_func: Option<GDestroyNotify>,
    user_data: gpointer,
) -> *mut GBytes {
    let owner = free_func.map_or(Owner::Nobody, |free| Owner::Program(free, user_data));
    // SAFETY: that many bytes; the owner says how they go.
    unsafe { checked(data, size, owner) }
}

unsafe fn checked(data: gconstpointer, size: gsize, owner: Owner) -> *mut GBytes {
    require!(
        "g_bytes_new_with_free_func",
        !data.is_null() || size == 0,
        "data != NULL || size == 0",
        null_mut()
    );
    bytes(data.cast(), size, owner)
}

/// A part of other bytes, which stay as long as it does. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_new_from_bytes(
    bytes: *mut GBytes,
    offset: gsize,
    length: gsize,
) -> *mut GBytes {
    require!("g_bytes_new_from_bytes", !bytes.is_null(), "bytes != NULL", null_mut());
    // SAFETY: live bytes; the part was checked to lie inside.
    unsafe {
        let of = &*bytes;
        require!("g_bytes_new_from_bytes", offset <= of.size, "offset <= bytes->size", null_mut());
        require!(
            "g_bytes_new_from_bytes",
            length <= of.size - offset,
            "offset + length <= bytes->size",
            null_mut()
        );
        if length == of.size {
            return g_bytes_ref(bytes);
        }
        let whole = match of.owner {
            Owner::Whole(whole) => whole,
            _ => bytes,
        };
        self::bytes(of.data.wrapping_add(offset), length, Owner::Whole(g_bytes_ref(whole)))
    }
}

/// Where the bytes are, and how many. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_get_data(bytes: *mut GBytes, size: *mut gsize) -> gconstpointer {
    require!("g_bytes_get_data", !bytes.is_null(), "bytes != NULL", null_mut());
    // SAFETY: live bytes, and the caller's variable or NULL.
    unsafe {
        if !size.is_null() {
            *size = (*bytes).size;
        }
        (*bytes).data.cast()
    }
}

/// How many bytes there are. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_get_size(bytes: *mut GBytes) -> gsize {
    require!("g_bytes_get_size", !bytes.is_null(), "bytes != NULL", 0);
    // SAFETY: live bytes.
    unsafe { (*bytes).size }
}

/// Where `n_elements` of some size lie from `offset` on, NULL if that reaches beyond the end. Since 2.70.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_get_region(
    bytes: *mut GBytes,
    element_size: gsize,
    offset: gsize,
    n_elements: gsize,
) -> gconstpointer {
    require!("g_bytes_get_region", element_size > 0, "element_size > 0", null_mut());
    // SAFETY: live bytes.
    let of = unsafe { &*bytes };
    let end = element_size.checked_mul(n_elements).and_then(|length| length.checked_add(offset));
    match end {
        Some(end) if end <= of.size => of.data.wrapping_add(offset).cast(),
        _ => null_mut(),
    }
}

/// One reference more. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_ref(bytes: *mut GBytes) -> *mut GBytes {
    require!("g_bytes_ref", !bytes.is_null(), "bytes != NULL", null_mut());
    // SAFETY: live bytes.
    unsafe { &(*bytes).references }.fetch_add(1, Ordering::Relaxed);
    bytes
}

/// One reference less; NULL is ignored. Since 2.32.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_bytes_unref(bytes: *mut GBytes) {
    // SAFETY: live bytes or NULL; after the last reference they are ours alone, and freed before the
    // program is told.
    unsafe {
        if bytes.is_null() || (*bytes).references.fetch_sub(1, Ordering::AcqRel) != 1 {
            return;
        }
        let GBytes { data, owner, .. } = *Box::from_raw(bytes);
        match owner {
            Owner::Nobody => {}
            Owner::Ours => g_free(data.cast_mut().cast()),
            Owner::Program(free, user_data) => free(user_data),
            Owner::Whole(whole) => g_bytes_unref(whole),
        }
    }
}

/// Drops a reference and returns the bytes in a block of the caller's: theirs, if nobody else has them,
/// or a copy. Since 2.32.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_bytes_unref_to_data(
    bytes: *mut GBytes,
    size: *mut gsize,
) -> gpointer {
    require!("g_bytes_unref_to_data", !bytes.is_null(), "bytes != NULL", null_mut());
    require!("g_bytes_unref_to_data", !size.is_null(), "size != NULL", null_mut());
    // SAFETY: live bytes, of which the caller gives up a reference; the caller's variable.
    unsafe {
        *size = (*bytes).size;
        let is_sole = (*bytes).references.load(Ordering::Acquire) == 1;
        if is_sole && matches!((*bytes).owner, Owner::Ours) {
            return Box::from_raw(bytes).data.cast_mut().cast();
        }
        let copy = g_memdup2((*bytes).data.cast(), (*bytes).size);
        g_bytes_unref(bytes);
        copy
    }
}

/// Drops a reference and returns the bytes as an array. Since 2.32.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_bytes_unref_to_array(bytes: *mut GBytes) -> *mut GByteArray {
    require!("g_bytes_unref_to_array", !bytes.is_null(), "bytes != NULL", null_mut());
    let mut size = 0;
    // SAFETY: live bytes, of which the caller gives up a reference.
    unsafe {
        let data = g_bytes_unref_to_data(bytes, &mut size);
        g_byte_array_new_take(data.cast(), size)
    }
}

/// A hash of the bytes, as `g_str_hash()` makes of a string's. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_hash(bytes: gconstpointer) -> c_uint {
    require!("g_bytes_hash", !bytes.is_null(), "bytes != NULL", 0);
    // SAFETY: live bytes.
    crate::hash::hash_of(unsafe { &*bytes.cast::<GBytes>() }.as_slice())
}

/// Whether both hold the same bytes. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_equal(bytes1: gconstpointer, bytes2: gconstpointer) -> gboolean {
    require!("g_bytes_equal", !bytes1.is_null(), "bytes1 != NULL", FALSE);
    require!("g_bytes_equal", !bytes2.is_null(), "bytes2 != NULL", FALSE);
    // SAFETY: live bytes, both.
    unsafe {
        let (one, other) = (&*bytes1.cast::<GBytes>(), &*bytes2.cast::<GBytes>());
        gboolean::from(one.as_slice() == other.as_slice())
    }
}

/// Negative, zero or positive as the first sort before, with or after the second; the first byte that
/// differs decides, or else the length. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_bytes_compare(bytes1: gconstpointer, bytes2: gconstpointer) -> c_int {
    require!("g_bytes_compare", !bytes1.is_null(), "bytes1 != NULL", 0);
    require!("g_bytes_compare", !bytes2.is_null(), "bytes2 != NULL", 0);
    // SAFETY: live bytes, both; C compares what both have.
    unsafe {
        let (one, other) = (&*bytes1.cast::<GBytes>(), &*bytes2.cast::<GBytes>());
        let (one, other) = (one.as_slice(), other.as_slice());
        let common = one.len().min(other.len());
        match libc::memcmp(one.as_ptr().cast(), other.as_ptr().cast(), common) {
            0 => one.len().cmp(&other.len()) as c_int,
            differ => differ,
        }
    }
}
