//! Locks of one bit inside an integer or a pointer of the caller's. Who waits sleeps on the word itself;
//! that somebody does is counted elsewhere, since the word has no room: words that share a counter cost a
//! wake-up for nothing, never a missed one.

use super::lock::{wait, wake};
use crate::types::*;
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::*};

/// How many sleep on words of a class.
static SLEEPERS: [AtomicU32; 16] = [const { AtomicU32::new(0) }; 16];

fn sleepers(word: *const AtomicU32) -> &'static AtomicU32 {
    // Words are at least 4 bytes apart, and their neighbours are often locks of the same structure.
    &SLEEPERS[(word.addr() >> 4) % SLEEPERS.len()]
}

/// Takes the bit; the word as it is then.
fn take(word: &AtomicU32, mask: u32) -> u32 {
    loop {
        let before = word.fetch_or(mask, Acquire);
        if before & mask == 0 {
            return before | mask;
        }
        let class = sleepers(word);
        class.fetch_add(1, SeqCst);
        wait(word, before, None);
        class.fetch_sub(1, SeqCst);
    }
}

fn try_take(word: &AtomicU32, mask: u32) -> bool {
    word.fetch_or(mask, Acquire) & mask == 0
}

/// Wakes who may wait for a bit of the word. Several bits may be waited for, so all look again.
fn gave(word: *const AtomicU32) {
    if sleepers(word).load(SeqCst) != 0 {
        wake(word, c_int::MAX);
    }
}

/// # Safety
/// A live integer that is changed atomically only.
unsafe fn word<'a>(address: *const c_int) -> &'a AtomicU32 {
    // SAFETY: the caller's promise; a gint and an atomic word are laid out alike.
    unsafe { AtomicU32::from_ptr(address.cast_mut().cast()) }
}

const fn bit(lock_bit: c_uint) -> u32 {
    1 << (lock_bit & 31)
}

/// Waits for a bit and sets it. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_bit_lock(address: *mut c_int, lock_bit: c_int) {
    // SAFETY: the caller's integer.
    take(unsafe { word(address) }, bit(lock_bit as c_uint));
}

/// Waits for a bit, sets it and tells the integer as it is then. Since 2.86.
#[no_mangle]
pub unsafe extern "C" fn g_bit_lock_and_get(
    address: *mut c_int,
    lock_bit: c_uint,
    out_val: *mut c_int,
) {
    // SAFETY: the caller's integers; the second may be NULL.
    unsafe {
        let now = take(word(address), bit(lock_bit));
        if !out_val.is_null() {
            *out_val = now as c_int;
        }
    }
}

/// Sets a bit if it is clear. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_bit_trylock(address: *mut c_int, lock_bit: c_int) -> gboolean {
    // SAFETY: the caller's integer.
    gboolean::from(try_take(unsafe { word(address) }, bit(lock_bit as c_uint)))
}

/// Clears a bit. Since 2.24.
#[no_mangle]
pub unsafe extern "C" fn g_bit_unlock(address: *mut c_int, lock_bit: c_int) {
    // SAFETY: the caller's integer, live up to this change; afterwards its address alone is used.
    unsafe { word(address) }.fetch_and(!bit(lock_bit as c_uint), SeqCst);
    gave(address.cast_const().cast());
}

/// Clears a bit and stores a value, but for the bits of a mask. Since 2.86.
#[no_mangle]
pub unsafe extern "C" fn g_bit_unlock_and_set(
    address: *mut c_int,
    lock_bit: c_uint,
    new_val: c_int,
    preserve_mask: c_int,
) {
    let kept = preserve_mask as u32;
    let value = |now: u32| (now & kept | new_val as u32 & !kept) & !bit(lock_bit);
    // SAFETY: the caller's integer, live up to this change; afterwards its address alone is used.
    let _ = unsafe { word(address) }.fetch_update(SeqCst, Relaxed, |now| Some(value(now)));
    gave(address.cast_const().cast());
}

/// A pointer's low word, where its bit is.
fn low_word(address: *const c_void) -> *const c_int {
    let half = if cfg!(target_endian = "big") { 1 } else { 0 };
    address.cast::<c_int>().wrapping_add(half)
}

/// # Safety
/// A live pointer variable that is changed atomically only.
unsafe fn whole<'a>(address: *const c_void) -> &'a AtomicUsize {
    // SAFETY: the caller's promise.
    unsafe { AtomicUsize::from_ptr(address.cast_mut().cast()) }
}

/// Waits for a bit of a pointer and sets it. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_pointer_bit_lock(address: *mut c_void, lock_bit: c_int) {
    require!("g_pointer_bit_lock", (lock_bit as c_uint) < 32, "lock_bit < 32");
    // SAFETY: the caller's pointer.
    take(unsafe { word(low_word(address)) }, bit(lock_bit as c_uint));
}

/// Waits for a bit of a pointer, sets it and tells the pointer as it is then. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_pointer_bit_lock_and_get(
    address: gpointer,
    lock_bit: c_uint,
    out_ptr: *mut usize,
) {
    require!("g_pointer_bit_lock_and_get", lock_bit < 32, "lock_bit < 32");
    // SAFETY: the caller's pointer and integer; the second may be NULL.
    unsafe {
        take(word(low_word(address)), bit(lock_bit));
        if !out_ptr.is_null() {
            *out_ptr = whole(address).load(Acquire);
        }
    }
}

/// Sets a bit of a pointer if it is clear. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_pointer_bit_trylock(address: *mut c_void, lock_bit: c_int) -> gboolean {
    require!("g_pointer_bit_trylock", (lock_bit as c_uint) < 32, "lock_bit < 32", FALSE);
    // SAFETY: the caller's pointer.
    gboolean::from(try_take(unsafe { word(low_word(address)) }, bit(lock_bit as c_uint)))
}

/// Clears a bit of a pointer. Since 2.30.
#[no_mangle]
pub unsafe extern "C" fn g_pointer_bit_unlock(address: *mut c_void, lock_bit: c_int) {
    require!("g_pointer_bit_unlock", (lock_bit as c_uint) < 32, "lock_bit < 32");
    let mask = !(1usize << lock_bit);
    // SAFETY: the caller's pointer, live up to this change; afterwards its address alone is used.
    unsafe { whole(address) }.fetch_and(mask, SeqCst);
    gave(low_word(address).cast());
}

/// A pointer with its lock bit set or clear and some bits taken from another. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_pointer_bit_lock_mask_ptr(
    ptr: gpointer,
    lock_bit: c_uint,
    set: gboolean,
    preserve_mask: usize,
    preserve_ptr: gpointer,
) -> gpointer {
    require!("g_pointer_bit_lock_mask_ptr", lock_bit < 32, "lock_bit < 32", null_mut());
    let lock = 1usize << lock_bit;
    let value = ptr.addr() & !preserve_mask | preserve_ptr.addr() & preserve_mask;
    without_provenance_mut(if set != FALSE { value | lock } else { value & !lock })
}

/// Clears a bit of a pointer and stores another, but for the bits of a mask. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_pointer_bit_unlock_and_set(
    address: *mut c_void,
    lock_bit: c_uint,
    ptr: gpointer,
    preserve_mask: usize,
) {
    require!("g_pointer_bit_unlock_and_set", lock_bit < 32, "lock_bit < 32");
    let value =
        |now: usize| (ptr.addr() & !preserve_mask | now & preserve_mask) & !(1usize << lock_bit);
    // SAFETY: the caller's pointer, live up to this change; afterwards its address alone is used.
    let _ = unsafe { whole(address) }.fetch_update(SeqCst, Relaxed, |now| Some(value(now)));
    gave(low_word(address).cast());
}
