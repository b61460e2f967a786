//! The one door to locks and atomics.
//!
//! Engine code takes its primitives from here and nowhere else, so that a model checker can put its
//! own in their place (`primitives`, `tests/models`). What each lock protects, and in which order locks are taken, is said where
//! the lock is defined (`engine::context`) and gathered in ARCHITECTURE.md.
//!
//! While the process has one thread only (`sys::thread::is_alone`), locks and counts are plain loads
//! and stores. Nobody can come in between: another thread exists only once this one has started it,
//! which happens before all that the new one does.

use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

pub(crate) use crate::primitives::{for_statics, statics, thread_local};
pub use crate::primitives::{yield_now, Cell, Ordering};
pub use crate::primitives::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, AtomicU8, AtomicUsize,
};

use crate::primitives::{compiler_fence, fence, give_back, spin_loop, UnsafeCell, LOOKS};
use crate::sys::clock::NS_PER_MS;
use crate::sys::thread;

/// A mutex that does not poison: nothing of ours panics while holding it (such a panic aborts, see
/// `capi::panics`), and a foreign exception that passes through leaves the data consistent.
///
/// | word | meaning |
/// |---|---|
/// | `FREE` | nobody holds it |
/// | `HELD` | somebody holds it, nobody sleeps |
/// | `WAITED` | somebody holds it, and threads may sleep until it is given up |
///
/// Giving it up is a load and a store, not one step: the step would cost as much as all that is done under the lock of
/// most calls. Somebody who says just in between that he goes to sleep is overlooked, and looks again after [`NAP`].
#[derive(Default)]
#[repr(C)]
pub struct Mutex<T> {
    word: AtomicU32,
    /// Which thread holds it, 0 for none.
    #[cfg(debug_assertions)]
    holder: std::sync::atomic::AtomicUsize,
    value: UnsafeCell<T>,
}

const FREE: u32 = 0;
const HELD: u32 = 1;
const WAITED: u32 = 2;
/// The longest sleep without a look at the lock.
const NAP: u64 = NS_PER_MS;

// SAFETY: I2: the value is reached through a guard only, and one guard exists at a time.
unsafe impl<T: Send> Sync for Mutex<T> {}

/// The right to use what a mutex guards, given up when dropped.
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// It is given back by the thread that took it.
    _not_send: std::marker::PhantomData<*const ()>,
}

impl<T> Mutex<T> {
    for_statics! {
        pub fn new(value: T) -> Self {
            Mutex {
                word: AtomicU32::new(FREE),
                #[cfg(debug_assertions)]
                holder: std::sync::atomic::AtomicUsize::new(0),
                value: UnsafeCell::new(value),
            }
        }
    }

    /// Whether this thread holds it.
    #[cfg(debug_assertions)]
    pub fn is_mine(&self) -> bool {
        self.holder.load(Ordering::Relaxed) == thread::this()
    }

    #[inline]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        #[cfg(debug_assertions)]
        assert!(!self.is_mine(), "a lock is taken by the thread that holds it");
        let taken = if thread::is_alone() {
            let free = self.word.load(Ordering::Relaxed) == FREE;
            if free {
                self.word.store(HELD, Ordering::Relaxed);
            }
            free
        } else {
            // Acquire: what the last holder did before it gave up is seen.
            let word = &self.word;
            word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
        };
        if !taken {
            self.lock_slowly();
        }
        #[cfg(debug_assertions)]
        self.holder.store(thread::this(), Ordering::Relaxed);
        MutexGuard { mutex: self, _not_send: std::marker::PhantomData }
    }

    /// The lock if it is free and nobody else can want it meanwhile: what it costs then is next to nothing.
    #[inline]
    pub fn lock_if_alone(&self) -> Option<MutexGuard<'_, T>> {
        (thread::is_alone() && self.word.load(Ordering::Relaxed) == FREE).then(|| self.lock())
    }

    #[cold]
    fn lock_slowly(&self) {
        for _ in 0..LOOKS {
            if self.word.load(Ordering::Relaxed) == FREE
                && self
                    .word
                    .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
                    .is_ok()
            {
                return;
            }
            spin_loop();
        }
        // Whoever has slept does not know whether others still do, hence takes it as `WAITED`.
        while self.word.swap(WAITED, Ordering::Acquire) != FREE {
            thread::nap_while(&self.word, WAITED, NAP);
        }
    }

    #[inline]
    fn unlock(&self) {
        #[cfg(debug_assertions)]
        {
            assert!(self.is_mine(), "I2: a lock is given up by a thread that does not hold it");
            self.holder.store(0, Ordering::Relaxed);
        }
        if thread::is_alone() {
            self.word.store(FREE, Ordering::Relaxed);
            return;
        }
        let address = self.word.as_ptr() as usize;
        // Release: what was done under the lock is seen by the next holder, who may free it at once.
        if give_back(&self.word, FREE, Ordering::Release) == WAITED {
            wake(address);
        }
    }
}

/// Apart, so that giving a lock up is little code: what the compiler does not put in place even where a
/// panic would give up a guard makes every such guard live in memory.
#[cold]
#[inline(never)]
fn wake(address: usize) {
    thread::wake_one(address);
}

impl<T> Mutex<T> {
    /// In a forked child: gives it up for a holder that stayed behind. What it guards is as that one
    /// left it. Async-signal-safe.
    pub fn abandon(&self) {
        #[cfg(debug_assertions)]
        self.holder.store(0, Ordering::Relaxed);
        self.word.store(FREE, Ordering::Relaxed);
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: I2: the guard is the proof that this thread holds the lock.
        self.mutex.value.with(|value| unsafe { &*value })
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: I2: as above, and the guard is borrowed exclusively.
        self.mutex.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.mutex.unlock();
    }
}

/// Something one thread waits for and another gives, once.
#[derive(Default)]
pub struct Signal(AtomicU32);

impl Signal {
    pub fn give(&self) {
        // Release: whoever finds it given sees what was done before.
        self.0.store(1, Ordering::Release);
        thread::wake_one(self.0.as_ptr() as usize);
    }

    /// Sleeps until it has been given.
    pub fn wait(&self) {
        while self.0.load(Ordering::Acquire) == 0 {
            thread::sleep_while(&self.0, 0);
        }
    }
}

/// A value that several threads keep together, as the standard library's `Arc` is one. That one's last drop
/// is ordered by a fence, which ThreadSanitizer does not know: it would report every one.
pub struct Arc<T>(NonNull<Kept<T>>);

struct Kept<T> {
    count: AtomicU32,
    value: T,
}

// SAFETY: I2: the value is only read through it, and dropped by whoever is left alone with it.
unsafe impl<T: Send + Sync> Send for Arc<T> {}
// SAFETY: I2: as above.
unsafe impl<T: Send + Sync> Sync for Arc<T> {}

impl<T> Arc<T> {
    pub fn new(value: T) -> Self {
        Arc(NonNull::from(Box::leak(Box::new(Kept { count: AtomicU32::new(1), value }))))
    }

    fn kept(&self) -> &Kept<T> {
        // SAFETY: I2: this one's share of the count keeps it.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Clone for Arc<T> {
    fn clone(&self) -> Self {
        increment(&self.kept().count);
        Arc(self.0)
    }
}

impl<T> Deref for Arc<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.kept().value
    }
}

impl<T> Drop for Arc<T> {
    fn drop(&mut self) {
        if decrement(&self.kept().count) == 1 {
            // SAFETY: I2: made from a box by `new`, and nobody else is left to know it.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }
}

/// Sets a flag that guards something; false if somebody has set it already.
#[inline]
pub fn try_set(flag: &AtomicBool) -> bool {
    if thread::is_alone() {
        let free = !flag.load(Ordering::Relaxed);
        flag.store(true, Ordering::Relaxed);
        return free;
    }
    flag.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
}

/// Orders what this thread did before it and what it reads after it, as other threads see them.
#[inline]
pub fn barrier() {
    if thread::is_alone() {
        // A signal handler is no other thread, but sees what the compiler makes of the order.
        compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// Adds one to a count of references; the result is the count before. Nothing is ordered by it:
/// whoever adds a reference has one.
#[inline]
pub fn increment(count: &AtomicU32) -> u32 {
    if thread::is_alone() {
        let before = count.load(Ordering::Relaxed);
        count.store(before.wrapping_add(1), Ordering::Relaxed);
        before
    } else {
        count.fetch_add(1, Ordering::Relaxed)
    }
}

/// The number after the last one given out. Nothing is ordered by it.
#[inline]
pub fn next_number(last: &AtomicU64) -> u64 {
    if thread::is_alone() {
        let next = last.load(Ordering::Relaxed) + 1;
        last.store(next, Ordering::Relaxed);
        next
    } else {
        last.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Takes one off a count of references; the result is the count before. Whoever takes the last one
/// has seen all that the others did before.
#[inline]
pub fn decrement(count: &AtomicU32) -> u32 {
    if thread::is_alone() {
        let before = count.load(Ordering::Relaxed);
        count.store(before.wrapping_sub(1), Ordering::Relaxed);
        before
    } else {
        count.fetch_sub(1, Ordering::AcqRel)
    }
}

/// Takes one off a count of references unless it is 1 or less: then false.
#[inline]
pub fn decrement_unless_last(count: &AtomicU32) -> bool {
    let mut seen = count.load(Ordering::Relaxed);
    while seen > 1 {
        if thread::is_alone() {
            count.store(seen - 1, Ordering::Relaxed);
            return true;
        }
        match count.compare_exchange_weak(seen, seen - 1, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => return true,
            Err(now) => seen = now,
        }
    }
    false
}

/// Takes the last one off a count of references; false if there are more. The caller has one of them and, by a lock, sees
/// to it that nobody who has none adds one: if it is the last one there is nobody else, and no need for a single step.
#[inline]
pub fn take_last(count: &AtomicU32) -> bool {
    // Acquire: whoever takes the last one has seen all that the others did before.
    let last = count.load(Ordering::Acquire) == 1;
    if last {
        count.store(0, Ordering::Relaxed);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_exclude_each_other_and_none_sleeps_for_ever() {
        let mutex = Arc::new(Mutex::new(0_u32));
        let add = |mutex: Arc<Mutex<u32>>| {
            for turn in 0..10_000 {
                let mut value = mutex.lock();
                *value += 1;
                if turn % 1000 == 0 {
                    std::thread::yield_now(); // Held for longer than others look.
                }
            }
        };
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let mutex = Arc::clone(&mutex);
                std::thread::spawn(move || add(mutex))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("adds"));
        assert_eq!(*mutex.lock(), 40_000);
    }

    #[test]
    fn a_signal_is_found_whether_it_comes_before_or_during_the_wait() {
        let signal = Arc::new(Signal::default());
        let other = Arc::clone(&signal);
        let giver = std::thread::spawn(move || other.give());
        signal.wait();
        giver.join().expect("gives");
        signal.wait();
    }

    #[test]
    fn what_is_kept_together_is_dropped_once_by_the_last_of_all() {
        struct Dropped(Arc<AtomicU32>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                increment(&self.0);
            }
        }
        let drops = Arc::new(AtomicU32::new(0));
        let kept = Arc::new(Dropped(Arc::clone(&drops)));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || drop(kept))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().expect("drops"));
        assert_eq!(drops.load(Ordering::Relaxed), 0);
        drop(kept);
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn the_last_reference_is_not_taken_by_accident() {
        let count = AtomicU32::new(2);
        assert!(decrement_unless_last(&count) && !decrement_unless_last(&count));
        assert_eq!((increment(&count), decrement(&count), decrement(&count)), (1, 2, 1));
    }
}
