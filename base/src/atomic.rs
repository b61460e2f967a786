//! `gatomic.h`: atomic operations as functions; C programs mostly use the macros. Every one is a full
//! barrier.

use crate::types::*;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, AtomicUsize, Ordering::SeqCst};

/// Functions on an atomic number: what is at the address is one, aligned, for as long as the call lasts.
macro_rules! on_atomic {
    ($(
        $(#[$doc:meta])*
        $name:ident ($value:ident: $pointer:ty as $atomic:ty $(, $arg:ident: $type:ty)*)
            $(-> $result:ty)? { $body:expr }
    )*) => {
        $(
            $(#[$doc])*
            #[no_mangle]
            pub unsafe extern "C" fn $name(atomic: $pointer $(, $arg: $type)*) $(-> $result)? {
                // SAFETY: the address of an aligned number that is only used atomically.
                let $value = unsafe { &*atomic.cast::<$atomic>() };
                $body
            }
        )*
    };
}

fn swapped<T>(outcome: Result<T, T>) -> gboolean {
    gboolean::from(outcome.is_ok())
}

on_atomic! {
    /// Reads.
    g_atomic_int_get(value: *const c_int as AtomicI32) -> c_int {
        value.load(SeqCst)
    }
    /// Writes.
    g_atomic_int_set(value: *mut c_int as AtomicI32, newval: c_int) {
        value.store(newval, SeqCst)
    }
    /// Adds 1.
    g_atomic_int_inc(value: *mut c_int as AtomicI32) {
        { value.fetch_add(1, SeqCst); }
    }
    /// Takes 1; whether that left 0.
    g_atomic_int_dec_and_test(value: *mut c_int as AtomicI32) -> gboolean {
        gboolean::from(value.fetch_sub(1, SeqCst) == 1)
    }
    /// Replaces one value by another; whether it was there.
    g_atomic_int_compare_and_exchange(
        value: *mut c_int as AtomicI32, oldval: c_int, newval: c_int
    ) -> gboolean {
        swapped(value.compare_exchange(oldval, newval, SeqCst, SeqCst))
    }
    /// Writes; what was there. Since 2.74.
    g_atomic_int_exchange(value: *mut c_int as AtomicI32, newval: c_int) -> c_int {
        value.swap(newval, SeqCst)
    }
    /// Adds; what was there.
    g_atomic_int_add(value: *mut c_int as AtomicI32, val: c_int) -> c_int {
        value.fetch_add(val, SeqCst)
    }
    /// Adds; what was there.
    g_atomic_int_exchange_and_add(value: *mut c_int as AtomicI32, val: c_int) -> c_int {
        value.fetch_add(val, SeqCst)
    }
    /// Bitwise and; what was there. Since 2.30.
    g_atomic_int_and(value: *mut c_uint as AtomicU32, val: c_uint) -> c_uint {
        value.fetch_and(val, SeqCst)
    }
    /// Bitwise or; what was there. Since 2.30.
    g_atomic_int_or(value: *mut c_uint as AtomicU32, val: c_uint) -> c_uint {
        value.fetch_or(val, SeqCst)
    }
    /// Bitwise exclusive or; what was there. Since 2.30.
    g_atomic_int_xor(value: *mut c_uint as AtomicU32, val: c_uint) -> c_uint {
        value.fetch_xor(val, SeqCst)
    }
    /// Reads.
    g_atomic_pointer_get(value: *const c_void as AtomicPtr<c_void>) -> gpointer {
        value.load(SeqCst)
    }
    /// Writes.
    g_atomic_pointer_set(value: *mut c_void as AtomicPtr<c_void>, newval: gpointer) {
        value.store(newval, SeqCst)
    }
    /// Replaces one value by another; whether it was there.
    g_atomic_pointer_compare_and_exchange(
        value: *mut c_void as AtomicPtr<c_void>, oldval: gpointer, newval: gpointer
    ) -> gboolean {
        swapped(value.compare_exchange(oldval, newval, SeqCst, SeqCst))
    }
    /// Writes; what was there. Since 2.74.
    g_atomic_pointer_exchange(value: *mut c_void as AtomicPtr<c_void>, newval: gpointer) -> gpointer {
        value.swap(newval, SeqCst)
    }
    /// Adds; what was there. Since 2.30.
    g_atomic_pointer_add(value: *mut c_void as AtomicUsize, val: gssize) -> gssize {
        value.fetch_add(val as usize, SeqCst) as gssize
    }
    /// Bitwise and; what was there. Since 2.30.
    g_atomic_pointer_and(value: *mut c_void as AtomicUsize, val: gsize) -> gsize {
        value.fetch_and(val, SeqCst)
    }
    /// Bitwise or; what was there. Since 2.30.
    g_atomic_pointer_or(value: *mut c_void as AtomicUsize, val: gsize) -> gsize {
        value.fetch_or(val, SeqCst)
    }
    /// Bitwise exclusive or; what was there. Since 2.30.
    g_atomic_pointer_xor(value: *mut c_void as AtomicUsize, val: gsize) -> gsize {
        value.fetch_xor(val, SeqCst)
    }
}

/// What `compare_exchange` found is what the caller wants to know, whether or not it stored.
unsafe fn full<T>(outcome: Result<T, T>, preval: *mut T) -> gboolean {
    let stored = gboolean::from(outcome.is_ok());
    let (Ok(found) | Err(found)) = outcome;
    // SAFETY: the caller's variable.
    unsafe { *preval = found };
    stored
}

/// Replaces one value by another and tells what was there. Since 2.74.
#[no_mangle]
pub unsafe extern "C" fn g_atomic_int_compare_and_exchange_full(
    atomic: *mut c_int,
    oldval: c_int,
    newval: c_int,
    preval: *mut c_int,
) -> gboolean {
    // SAFETY: the address of an aligned number that is only used atomically, and the caller's variable.
    unsafe {
        full((*atomic.cast::<AtomicI32>()).compare_exchange(oldval, newval, SeqCst, SeqCst), preval)
    }
}

/// Replaces one value by another and tells what was there. Since 2.74.
#[no_mangle]
pub unsafe extern "C" fn g_atomic_pointer_compare_and_exchange_full(
    atomic: *mut c_void,
    oldval: gpointer,
    newval: gpointer,
    preval: *mut c_void,
) -> gboolean {
    // SAFETY: the address of an aligned pointer that is only used atomically, and the caller's variable.
    unsafe {
        let value = &*atomic.cast::<AtomicPtr<c_void>>();
        full(value.compare_exchange(oldval, newval, SeqCst, SeqCst), preval.cast())
    }
}
