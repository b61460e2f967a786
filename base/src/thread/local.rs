//! Per-thread values, and initialisation that happens once.

use super::lock::*;
use crate::types::*;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering::*};

/// A per-thread value, in the caller's static memory. `key` is 1 + the system's key, or 0 before use.
#[repr(C)]
pub struct GPrivate {
    key: AtomicUsize,
    notify: Option<GDestroyNotify>,
    future: [gpointer; 2],
}

impl GPrivate {
    pub(super) const fn new(notify: Option<GDestroyNotify>) -> Self {
        GPrivate { key: AtomicUsize::new(0), notify, future: [null_mut(); 2] }
    }
}

/// The system's key, made by whoever comes first. The system calls `notify` at the end of each thread that
/// has a value.
unsafe fn system_key(private: *mut GPrivate) -> libc::pthread_key_t {
    // SAFETY: static memory of the caller's.
    let private = unsafe { &*private };
    if let Some(key) = private.key.load(Acquire).checked_sub(1) {
        return key as libc::pthread_key_t;
    }
    let mut key = 0;
    // SAFETY: the two function types differ only in that ours may unwind, which ends the program there.
    let failed = unsafe {
        let notify = std::mem::transmute::<
            Option<GDestroyNotify>,
            Option<unsafe extern "C" fn(gpointer)>,
        >(private.notify);
        libc::pthread_key_create(&mut key, notify)
    };
    if failed != 0 {
        crate::messages::fatal(format_args!(
            "pthread_key_create failed: {}",
            std::io::Error::from_raw_os_error(failed)
        ));
    }
    match private.key.compare_exchange(0, key as usize + 1, AcqRel, Acquire) {
        Ok(_) => key,
        Err(first) => {
            // SAFETY: nobody else has seen this key.
            unsafe { libc::pthread_key_delete(key) };
            (first - 1) as libc::pthread_key_t
        }
    }
}

/// This thread's value.
#[no_mangle]
pub unsafe extern "C" fn g_private_get(key: *mut GPrivate) -> gpointer {
    // SAFETY: the key is made before it is used.
    unsafe { libc::pthread_getspecific(system_key(key)) }
}

/// Sets this thread's value.
#[no_mangle]
pub unsafe extern "C" fn g_private_set(key: *mut GPrivate, value: gpointer) {
    // SAFETY: the key is made before it is used.
    unsafe { libc::pthread_setspecific(system_key(key), value) };
}

/// Sets this thread's value and frees the one before. Since 2.32.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_private_replace(key: *mut GPrivate, value: gpointer) {
    // SAFETY: the key is made before it is used, and notify takes its values.
    unsafe {
        let before = g_private_get(key);
        g_private_set(key, value);
        if let (Some(notify), false) = ((*key).notify, before.is_null()) {
            notify(before);
        }
    }
}

/// Guards all one-time initialisations; they are few and short-lived.
static ONCE_MUTEX: Static<GMutex> = Static::zero();
static ONCE_COND: Static<GCond> = Static::zero();

/// A lock of C's kind as a static of Rust's.
struct Static<T>(std::cell::UnsafeCell<T>);
// SAFETY: only locks and conditions are kept so, which are made for several threads.
unsafe impl<T> Sync for Static<T> {}

impl<T> Static<T> {
    const fn zero() -> Self {
        // SAFETY: zero is a valid, unlocked state of each of them.
        Static(std::cell::UnsafeCell::new(unsafe { std::mem::zeroed() }))
    }
}

/// Runs `work` with the mutex held.
fn guarded<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: a static mutex, given back by the thread that took it.
    unsafe {
        g_mutex_lock(ONCE_MUTEX.0.get());
        let result = work();
        g_mutex_unlock(ONCE_MUTEX.0.get());
        result
    }
}

/// Until somebody is done; the mutex is held.
fn wait_for_others() {
    // SAFETY: both are static, and the caller holds the mutex.
    unsafe { g_cond_wait(ONCE_COND.0.get(), ONCE_MUTEX.0.get()) }
}

fn wake_others() {
    // SAFETY: static.
    unsafe { g_cond_broadcast(ONCE_COND.0.get()) }
}

/// One call, its state and its result.
#[repr(C)]
pub struct GOnce {
    status: AtomicU32,
    retval: gpointer,
}

const NOT_CALLED: u32 = 0;
const IN_PROGRESS: u32 = 1;
const READY: u32 = 2;

/// Calls `func` unless that was done, and returns its result.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_once_impl(
    once: *mut GOnce,
    func: unsafe extern "C-unwind" fn(gpointer) -> gpointer,
    arg: gpointer,
) -> gpointer {
    // SAFETY: static memory of the caller's; the result is written before READY and read after.
    unsafe {
        let mine = guarded(|| loop {
            match (*once).status.load(Acquire) {
                NOT_CALLED => {
                    (*once).status.store(IN_PROGRESS, Relaxed);
                    break true;
                }
                IN_PROGRESS => wait_for_others(),
                _ => break false,
            }
        });
        if mine {
            (*once).retval = func(arg);
            guarded(|| (*once).status.store(READY, Release));
            wake_others();
        }
        (*once).retval
    }
}

/// The places that are being initialised right now, as a list of entries on the initialisers' heap.
static IN_WORK: AtomicPtr<Entry> = AtomicPtr::new(null_mut());

struct Entry {
    location: *const AtomicUsize,
    next: *mut Entry,
}

/// Whether a place is being initialised; the mutex is held.
fn in_work(location: *const AtomicUsize) -> bool {
    let mut entry = IN_WORK.load(Relaxed);
    while !entry.is_null() {
        // SAFETY: entries live while they are listed.
        unsafe {
            if std::ptr::eq((*entry).location, location) {
                return true;
            }
            entry = (*entry).next;
        }
    }
    false
}

/// Takes a place off the list; the mutex is held.
fn finish(location: *const AtomicUsize) -> bool {
    let mut link: *mut *mut Entry = IN_WORK.as_ptr();
    // SAFETY: entries live while they are listed, and the mutex is held.
    unsafe {
        while !(*link).is_null() {
            let entry = *link;
            if std::ptr::eq((*entry).location, location) {
                *link = (*entry).next;
                drop(Box::from_raw(entry));
                return true;
            }
            link = &raw mut (*entry).next;
        }
    }
    false
}

/// Whether the caller must initialise a place; others wait until that is done. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_once_init_enter(location: *mut c_void) -> gboolean {
    // SAFETY: static memory of the caller's, only used atomically.
    let word = unsafe { &*location.cast::<AtomicUsize>() };
    gboolean::from(guarded(|| loop {
        if word.load(Acquire) != 0 {
            break false;
        }
        if !in_work(word) {
            let next = IN_WORK.load(Relaxed);
            IN_WORK.store(Box::into_raw(Box::new(Entry { location: word, next })), Relaxed);
            break true;
        }
        wait_for_others();
    }))
}

/// Ends an initialisation. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_once_init_leave(location: *mut c_void, result: gsize) {
    require!("g_once_init_leave", result != 0, "result != 0");
    // SAFETY: static memory of the caller's, only used atomically.
    let word = unsafe { &*location.cast::<AtomicUsize>() };
    let was_in_work = guarded(|| {
        word.store(result, Release);
        finish(word)
    });
    require!("g_once_init_leave", was_in_work, "g_once_init_list != NULL");
    wake_others();
}

/// `g_once_init_enter()` for a pointer. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_once_init_enter_pointer(location: *mut c_void) -> gboolean {
    // SAFETY: a pointer is as wide as a gsize.
    unsafe { g_once_init_enter(location) }
}

/// `g_once_init_leave()` for a pointer. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_once_init_leave_pointer(location: *mut c_void, result: gpointer) {
    // SAFETY: a pointer is as wide as a gsize.
    unsafe { g_once_init_leave(location, result as gsize) }
}
