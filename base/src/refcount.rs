//! `grefcount.h`: counts of references inside the caller's own structures. A plain count is kept negative
//! and an atomic one positive, so that using one as the other is noticed. A count that cannot grow
//! saturates and is never given back.

use crate::messages::{own, LEVEL_CRITICAL};
use crate::types::*;
use std::sync::atomic::{AtomicI32, Ordering};

/// Sets a count to 1. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_count_init(rc: *mut c_int) {
    require!("g_ref_count_init", !rc.is_null(), "rc != NULL");
    // SAFETY: the caller's count.
    unsafe { *rc = -1 };
}

/// Adds a reference. Since 2.58.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_ref_count_inc(rc: *mut c_int) {
    require!("g_ref_count_inc", !rc.is_null(), "rc != NULL");
    // SAFETY: the caller's count.
    unsafe {
        require!("g_ref_count_inc", *rc < 0, "rrc < 0");
        match (*rc).checked_sub(1) {
            Some(more) => *rc = more,
            None => {
                own(LEVEL_CRITICAL, format_args!("Reference count {rc:p} has reached saturation"))
            }
        }
    }
}

/// Drops a reference; TRUE if it was the last. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_count_dec(rc: *mut c_int) -> gboolean {
    require!("g_ref_count_dec", !rc.is_null(), "rc != NULL", FALSE);
    // SAFETY: the caller's count.
    unsafe {
        require!("g_ref_count_dec", *rc < 0, "rrc < 0", FALSE);
        if *rc == -1 {
            return TRUE;
        }
        *rc += 1;
    }
    FALSE
}

/// Whether there are so many references. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_ref_count_compare(rc: *mut c_int, val: c_int) -> gboolean {
    require!("g_ref_count_compare", !rc.is_null(), "rc != NULL", FALSE);
    require!("g_ref_count_compare", val >= 0, "val >= 0", FALSE);
    // SAFETY: the caller's count.
    gboolean::from(unsafe { *rc } == -val)
}

/// # Safety
/// A count that only functions of this file change.
unsafe fn shared<'a>(arc: *mut c_int) -> &'a AtomicI32 {
    // SAFETY: the caller's promise; the two types are laid out alike.
    unsafe { AtomicI32::from_ptr(arc) }
}

/// Sets an atomic count to 1. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_atomic_ref_count_init(arc: *mut c_int) {
    require!("g_atomic_ref_count_init", !arc.is_null(), "arc != NULL");
    // SAFETY: the caller's count.
    unsafe { *arc = 1 };
}

/// Adds a reference. Since 2.58.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_atomic_ref_count_inc(arc: *mut c_int) {
    require!("g_atomic_ref_count_inc", !arc.is_null(), "arc != NULL");
    // SAFETY: the caller's count.
    let before = unsafe { shared(arc) }.fetch_add(1, Ordering::SeqCst);
    require!("g_atomic_ref_count_inc", before > 0, "old_value > 0");
    if before == c_int::MAX {
        own(LEVEL_CRITICAL, format_args!("Reference count has reached saturation"));
    }
}

/// Drops a reference; TRUE if it was the last. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_atomic_ref_count_dec(arc: *mut c_int) -> gboolean {
    require!("g_atomic_ref_count_dec", !arc.is_null(), "arc != NULL", FALSE);
    // SAFETY: the caller's count.
    let before = unsafe { shared(arc) }.fetch_sub(1, Ordering::SeqCst);
    require!("g_atomic_ref_count_dec", before > 0, "old_value > 0", FALSE);
    gboolean::from(before == 1)
}

/// Whether there are so many references. Since 2.58.
#[no_mangle]
pub unsafe extern "C" fn g_atomic_ref_count_compare(arc: *mut c_int, val: c_int) -> gboolean {
    require!("g_atomic_ref_count_compare", !arc.is_null(), "arc != NULL", FALSE);
    require!("g_atomic_ref_count_compare", val >= 0, "val >= 0", FALSE);
    // SAFETY: the caller's count.
    gboolean::from(unsafe { shared(arc) }.load(Ordering::SeqCst) == val)
}
