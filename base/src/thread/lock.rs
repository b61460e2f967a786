//! Mutexes, readers-writer locks and conditions that live in the caller's memory and are ready when it
//! is zero. All of them wait on the kernel's futex, which compares a word with what the waiter saw and
//! sleeps only if they agree, so that no wake-up between looking and sleeping is lost.
//!
//! A futex call ends early on signals and for no reason; every wait is in a loop that looks again.

use crate::types::*;
use std::ptr::null;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering::*};

/// Sleeps while `word` is `seen`, at most until a moment of the monotonic clock. False if that came.
pub(super) fn wait(word: &AtomicU32, seen: u32, until: Option<&libc::timespec>) -> bool {
    // FUTEX_WAIT_BITSET takes its deadline as a moment, FUTEX_WAIT would take a span.
    // SAFETY: the word is live; the deadline is NULL or a live structure.
    let result = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG,
            seen,
            until.map_or(null(), |until| until as *const libc::timespec),
            null::<u32>(),
            libc::FUTEX_BITSET_MATCH_ANY,
        )
    };
    // SAFETY: errno is this thread's own.
    result == 0 || unsafe { *libc::__errno_location() } != libc::ETIMEDOUT
}

/// Wakes up to `count` sleepers. The address alone matters: the memory may be gone, and then somebody
/// may wake for nothing, which every waiter expects.
pub(super) fn wake(word: *const AtomicU32, count: c_int) {
    // SAFETY: the kernel does not touch the word.
    unsafe {
        libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count);
    }
}

/// A lock of three states; the state tells whether unlocking must wake anybody.
///
/// | word | meaning | who changes it |
/// |---|---|---|
/// | `FREE` | nobody has it | whoever locks |
/// | `HELD` | somebody has it, nobody waits | the holder (to `FREE`), a waiter (to `CONTENDED`) |
/// | `CONTENDED` | somebody has it, others may wait | the holder (to `FREE`, then wakes one) |
#[repr(transparent)]
struct Lock(AtomicU32);

const FREE: u32 = 0;
const HELD: u32 = 1;
const CONTENDED: u32 = 2;

impl Lock {
    fn try_take(&self) -> bool {
        self.0.compare_exchange(FREE, HELD, Acquire, Relaxed).is_ok()
    }

    fn take(&self) {
        if self.try_take() {
            return;
        }
        // Who has waited cannot know whether others still do, and takes the lock as contended.
        while self.0.swap(CONTENDED, Acquire) != FREE {
            wait(&self.0, CONTENDED, None);
        }
    }

    /// The state before. The memory may be gone as soon as another thread has the lock.
    ///
    /// # Safety
    /// A lock that this thread holds.
    unsafe fn give(lock: *const Lock) -> u32 {
        // SAFETY: live up to this exchange.
        let before = unsafe { (*lock).0.swap(FREE, Release) };
        if before == CONTENDED {
            wake(lock.cast(), 1);
        }
        before
    }
}

/// Ends the program over a lock used against its rules. Messages take locks themselves, so this one goes
/// to standard error directly.
fn misused(what: &str) -> ! {
    eprintln!("{what}");
    std::process::abort()
}

/// A mutex. Zero is unlocked.
#[repr(C, align(8))]
pub struct GMutex {
    lock: Lock,
    unused: u32,
}

/// Readies a mutex.
#[no_mangle]
pub unsafe extern "C" fn g_mutex_init(mutex: *mut GMutex) {
    // SAFETY: the caller's memory, in nobody's use.
    unsafe { mutex.write_bytes(0, 1) };
}

/// Ends the use of a mutex, which must be unlocked.
#[no_mangle]
pub unsafe extern "C" fn g_mutex_clear(mutex: *mut GMutex) {
    // SAFETY: a live mutex.
    if unsafe { (*mutex).lock.0.load(Relaxed) } != FREE {
        misused("g_mutex_clear() called on uninitialised or locked mutex");
    }
}

/// Locks.
#[no_mangle]
pub unsafe extern "C" fn g_mutex_lock(mutex: *mut GMutex) {
    // SAFETY: a live mutex.
    unsafe { (*mutex).lock.take() }
}

/// Locks if that needs no waiting.
#[no_mangle]
pub unsafe extern "C" fn g_mutex_trylock(mutex: *mut GMutex) -> gboolean {
    // SAFETY: a live mutex.
    gboolean::from(unsafe { (*mutex).lock.try_take() })
}

/// Unlocks.
#[no_mangle]
pub unsafe extern "C" fn g_mutex_unlock(mutex: *mut GMutex) {
    // SAFETY: a mutex that this thread holds.
    if unsafe { Lock::give(&raw const (*mutex).lock) } == FREE {
        misused("Attempt to unlock mutex that was not locked");
    }
}

/// A mutex that its owner may lock again. Zero is unlocked.
#[repr(C)]
pub struct GRecMutex {
    /// The address of something of the owner's own; NULL while nobody has the lock.
    owner: AtomicPtr<c_void>,
    lock: Lock,
    /// How often the owner has it beyond the first time. Only the owner looks.
    again: u32,
}

/// An address that no other living thread has.
fn myself() -> *mut c_void {
    thread_local! { static MARK: u8 = const { 0 } }
    MARK.with(|mark| (&raw const *mark).cast_mut().cast())
}

impl GRecMutex {
    /// Takes it once more if this thread has it already. Others may see any owner but themselves.
    ///
    /// # Safety
    /// A live mutex.
    unsafe fn take_again(mutex: *mut GRecMutex) -> bool {
        // SAFETY: live; `again` is the owner's.
        unsafe {
            let mine = (*mutex).owner.load(Relaxed) == myself();
            if mine {
                (*mutex).again += 1;
            }
            mine
        }
    }
}

/// Readies a recursive mutex. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rec_mutex_init(rec_mutex: *mut GRecMutex) {
    // SAFETY: the caller's memory, in nobody's use.
    unsafe { rec_mutex.write_bytes(0, 1) };
}

/// Ends the use of a recursive mutex; there is nothing to free. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rec_mutex_clear(_rec_mutex: *mut GRecMutex) {}

/// Locks, once more if the thread has it. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rec_mutex_lock(rec_mutex: *mut GRecMutex) {
    // SAFETY: a live mutex.
    unsafe {
        if !GRecMutex::take_again(rec_mutex) {
            (*rec_mutex).lock.take();
            (*rec_mutex).owner.store(myself(), Relaxed);
        }
    }
}

/// Locks if that needs no waiting. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rec_mutex_trylock(rec_mutex: *mut GRecMutex) -> gboolean {
    // SAFETY: a live mutex.
    unsafe {
        if GRecMutex::take_again(rec_mutex) {
            return TRUE;
        }
        if !(*rec_mutex).lock.try_take() {
            return FALSE;
        }
        (*rec_mutex).owner.store(myself(), Relaxed);
    }
    TRUE
}

/// Unlocks once. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rec_mutex_unlock(rec_mutex: *mut GRecMutex) {
    // SAFETY: a mutex that this thread holds.
    unsafe {
        if (*rec_mutex).again > 0 {
            (*rec_mutex).again -= 1;
            return;
        }
        (*rec_mutex).owner.store(std::ptr::null_mut(), Relaxed);
        Lock::give(&raw const (*rec_mutex).lock);
    }
}

/// A lock for many readers or one writer. Zero is unlocked.
///
/// `state` is the number of readers, or `WRITER`. `changes` counts the times somebody left; who must wait
/// notes it, looks at `state` again and sleeps until it is another.
#[repr(C)]
pub struct GRWLock {
    unused: gpointer,
    state: AtomicU32,
    changes: AtomicU32,
}

const WRITER: u32 = u32::MAX;

impl GRWLock {
    fn try_write(&self) -> bool {
        self.state.compare_exchange(0, WRITER, Acquire, Relaxed).is_ok()
    }

    fn try_read(&self) -> bool {
        let one_more = |readers: u32| (readers < WRITER - 1).then(|| readers + 1);
        self.state.fetch_update(Acquire, Relaxed, one_more).is_ok()
    }

    fn until(&self, taken: impl Fn() -> bool) {
        loop {
            let seen = self.changes.load(Acquire);
            if taken() {
                return;
            }
            wait(&self.changes, seen, None);
        }
    }

    /// Tells everybody that the lock may be free. The address outlives the lock if need be.
    fn left(&self) {
        self.changes.fetch_add(1, Release);
        wake(&self.changes, c_int::MAX);
    }
}

/// Readies a readers-writer lock. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_init(rw_lock: *mut GRWLock) {
    // SAFETY: the caller's memory, in nobody's use.
    unsafe { rw_lock.write_bytes(0, 1) };
}

/// Ends the use of a readers-writer lock; there is nothing to free. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_clear(_rw_lock: *mut GRWLock) {}

/// Becomes the writer. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_writer_lock(rw_lock: *mut GRWLock) {
    // SAFETY: a live lock.
    let lock = unsafe { &*rw_lock };
    lock.until(|| lock.try_write());
}

/// Becomes the writer if that needs no waiting. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_writer_trylock(rw_lock: *mut GRWLock) -> gboolean {
    // SAFETY: a live lock.
    gboolean::from(unsafe { &*rw_lock }.try_write())
}

/// Ceases to be the writer. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_writer_unlock(rw_lock: *mut GRWLock) {
    // SAFETY: a lock that this thread holds.
    let lock = unsafe { &*rw_lock };
    lock.state.store(0, Release);
    lock.left();
}

/// Becomes a reader. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_reader_lock(rw_lock: *mut GRWLock) {
    // SAFETY: a live lock.
    let lock = unsafe { &*rw_lock };
    lock.until(|| lock.try_read());
}

/// Becomes a reader if that needs no waiting. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_reader_trylock(rw_lock: *mut GRWLock) -> gboolean {
    // SAFETY: a live lock.
    gboolean::from(unsafe { &*rw_lock }.try_read())
}

/// Ceases to be a reader. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_rw_lock_reader_unlock(rw_lock: *mut GRWLock) {
    // SAFETY: a lock that this thread holds.
    let lock = unsafe { &*rw_lock };
    if lock.state.fetch_sub(1, Release) == 1 {
        lock.left();
    }
}

/// A condition: a count of signals. Who waits notes it while holding the mutex, so that a signal given
/// after the mutex is released changes it before the waiter sleeps.
#[repr(C)]
pub struct GCond {
    unused: gpointer,
    signals: AtomicU32,
    unused_too: u32,
}

/// Readies a condition. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_cond_init(cond: *mut GCond) {
    // SAFETY: the caller's memory, in nobody's use.
    unsafe { cond.write_bytes(0, 1) };
}

/// Ends the use of a condition; there is nothing to free. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_cond_clear(_cond: *mut GCond) {}

/// # Safety
/// A live condition, and a mutex that this thread holds.
unsafe fn wait_for_signal(
    cond: *mut GCond,
    mutex: *mut GMutex,
    until: Option<&libc::timespec>,
) -> bool {
    // SAFETY: the caller's promise; both stay live while somebody waits.
    unsafe {
        let seen = (*cond).signals.load(Acquire);
        g_mutex_unlock(mutex);
        let in_time = wait(&(*cond).signals, seen, until);
        g_mutex_lock(mutex);
        in_time
    }
}

/// Waits for a signal, or for nothing.
#[no_mangle]
pub unsafe extern "C" fn g_cond_wait(cond: *mut GCond, mutex: *mut GMutex) {
    // SAFETY: the caller's obligations are the same.
    unsafe { wait_for_signal(cond, mutex, None) };
}

/// Waits for a signal until a moment, in microseconds of the monotonic clock. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_cond_wait_until(
    cond: *mut GCond,
    mutex: *mut GMutex,
    end_time: i64,
) -> gboolean {
    // The kernel refuses moments before its clock began.
    let end_time = end_time.max(0);
    let until =
        libc::timespec { tv_sec: end_time / 1_000_000, tv_nsec: end_time % 1_000_000 * 1000 };
    // SAFETY: the caller's obligations are the same.
    gboolean::from(unsafe { wait_for_signal(cond, mutex, Some(&until)) })
}

unsafe fn signal(cond: *mut GCond, count: c_int) {
    // SAFETY: a live condition.
    unsafe {
        (*cond).signals.fetch_add(1, Release);
        wake(&raw const (*cond).signals, count);
    }
}

/// Wakes one that waits.
#[no_mangle]
pub unsafe extern "C" fn g_cond_signal(cond: *mut GCond) {
    // SAFETY: a live condition.
    unsafe { signal(cond, 1) }
}

/// Wakes all that wait.
#[no_mangle]
pub unsafe extern "C" fn g_cond_broadcast(cond: *mut GCond) {
    // SAFETY: a live condition.
    unsafe { signal(cond, c_int::MAX) }
}
