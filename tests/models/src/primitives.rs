//! What `sync` is built from, as `src/primitives.rs` has it, but of a model checker.
//!
//! Differences from the real ones that a reader of results should know:
//! - loom takes sequentially consistent accesses for acquire and release ones; they get the fences
//!   here that make up for it, as a compiler would emit them for a machine without such accesses.
//! - loom's fences of this kind order more than the language promises: they synchronise with each
//!   other. shuttle knows one order of all accesses only.
//! - Every access first looks whether the memory has been freed (`heap`); under loom what is freed has
//!   to have been used before, in the order that threads have made.
//! - Cells of sources, and what mutexes guard, are watched by loom: two accesses of which neither
//!   happens before the other, and one writes, are a failure.

use crate::heap::Alive;
use crate::world;

pub use std::sync::atomic::{compiler_fence, Ordering};

#[cfg(feature = "loom")]
use loom::sync::atomic as checked;
#[cfg(feature = "shuttle")]
use shuttle::sync::atomic as checked;

pub use checked::fence;
pub use std::sync::atomic::AtomicU8; // The C library's: whether the process has one thread only.
pub use world::{spin_loop, yield_now};

/// Once is as good as often: a model waits for no time to pass.
pub const LOOKS: u32 = 1;

/// Here in one step. What it may do in two, overlook one who is going to sleep, is mended by the sleeper, who looks again after
/// a time; and no time passes in a model.
pub fn give_back(word: &AtomicU32, free: u32, order: Ordering) -> u32 {
    word.swap(free, order)
}

/// The fences around a sequentially consistent access.
fn before(order: Ordering) {
    if cfg!(feature = "loom") && order == Ordering::SeqCst {
        fence(Ordering::SeqCst);
    }
}
use before as after;

macro_rules! atomic {
    ($name:ident $(<$of:ident>)?, $value:ty, $initial:expr, $freed:expr) => {
        pub struct $name $(<$of>)? {
            alive: Alive,
            checked: checked::$name $(<$of>)?,
        }

        /// Freed: whoever used it has to have done so before.
        #[cfg(feature = "loom")]
        impl $(<$of>)? Drop for $name $(<$of>)? {
            fn drop(&mut self) {
                if !std::thread::panicking() {
                    self.checked.swap($initial, Ordering::Relaxed); // A step, to be ordered.
                    $freed(&mut self.checked);
                }
            }
        }

        impl $(<$of>)? Default for $name $(<$of>)? {
            fn default() -> Self {
                Self::new($initial)
            }
        }

        impl $(<$of>)? $name $(<$of>)? {
            #[track_caller]
            pub fn new(value: $value) -> Self {
                Self { alive: Alive::default(), checked: checked::$name::new(value) }
            }

            /// A name for the word, as the futex takes it; nothing is to be read there.
            pub fn as_ptr(&self) -> *mut $value {
                std::ptr::from_ref(self).cast_mut().cast()
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.alive.check();
                before(order);
                self.checked.load(order)
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.alive.check();
                self.checked.store(value, order);
                after(order);
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.alive.check();
                before(order);
                let old = self.checked.swap(value, order);
                after(order);
                old
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                old: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.alive.check();
                before(success);
                let result = self.checked.compare_exchange(old, new, success, failure);
                after(success);
                result
            }

            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                old: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(old, new, success, failure)
            }
        }
    };
}

macro_rules! arithmetic {
    ($name:ident, $value:ty: $($method:ident)*) => {
        impl $name {
            $(
                #[track_caller]
                pub fn $method(&self, value: $value, order: Ordering) -> $value {
                    self.alive.check();
                    before(order);
                    let old = self.checked.$method(value, order);
                    after(order);
                    old
                }
            )*

            #[track_caller]
            pub fn fetch_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut update: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut seen = self.load(fetch);
                while let Some(new) = update(seen) {
                    match self.compare_exchange(seen, new, set, fetch) {
                        Ok(_) => return Ok(seen),
                        Err(now) => seen = now,
                    }
                }
                Err(seen)
            }
        }
    };
}

atomic!(AtomicBool, bool, false, free_flag);
atomic!(AtomicI32, i32, 0, |word: &mut checked::AtomicI32| word.with_mut(|_| ()));
atomic!(AtomicU32, u32, 0, |word: &mut checked::AtomicU32| word.with_mut(|_| ()));
atomic!(AtomicU64, u64, 0, |word: &mut checked::AtomicU64| word.with_mut(|_| ()));
atomic!(AtomicUsize, usize, 0, |word: &mut checked::AtomicUsize| word.with_mut(|_| ()));
atomic!(AtomicPtr<T>, *mut T, std::ptr::null_mut(), |at: &mut checked::AtomicPtr<T>| at
    .with_mut(|_| ()));
arithmetic!(AtomicI32, i32: fetch_add fetch_sub fetch_and fetch_or fetch_max);
arithmetic!(AtomicU32, u32: fetch_add fetch_sub fetch_and fetch_or fetch_max);
arithmetic!(AtomicU64, u64: fetch_add fetch_sub fetch_and fetch_or fetch_max);

/// A flag has no other way to say that all stores came before.
#[cfg(feature = "loom")]
fn free_flag(flag: &mut checked::AtomicBool) {
    // SAFETY: nobody else uses it any more, or the model fails.
    unsafe { flag.unsync_load() };
}

/// A value whose accesses are watched.
pub struct UnsafeCell<T> {
    alive: Alive,
    #[cfg(feature = "loom")]
    value: loom::cell::UnsafeCell<T>,
    #[cfg(feature = "shuttle")]
    value: std::cell::UnsafeCell<T>,
}

impl<T: Default> Default for UnsafeCell<T> {
    fn default() -> Self {
        UnsafeCell::new(T::default())
    }
}

/// As with atomics.
#[cfg(feature = "loom")]
impl<T> Drop for UnsafeCell<T> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.value.with_mut(|_| ());
        }
    }
}

impl<T> UnsafeCell<T> {
    pub fn new(value: T) -> Self {
        #[cfg(feature = "loom")]
        let value = loom::cell::UnsafeCell::new(value);
        #[cfg(feature = "shuttle")]
        let value = std::cell::UnsafeCell::new(value);
        UnsafeCell { alive: Alive::default(), value }
    }

    #[track_caller]
    pub fn with<R>(&self, access: impl FnOnce(*const T) -> R) -> R {
        self.alive.check();
        #[cfg(feature = "loom")]
        return self.value.with(access);
        #[cfg(feature = "shuttle")]
        return access(self.value.get());
    }

    #[track_caller]
    pub fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
        self.alive.check();
        #[cfg(feature = "loom")]
        return self.value.with_mut(access);
        #[cfg(feature = "shuttle")]
        return access(self.value.get());
    }
}

/// As the standard library's, but watched.
#[derive(Default)]
pub struct Cell<T>(UnsafeCell<T>);

impl<T> Cell<T> {
    #[track_caller]
    pub fn new(value: T) -> Self {
        Cell(UnsafeCell::new(value))
    }

    #[track_caller]
    pub fn set(&self, value: T) {
        drop(self.replace(value));
    }

    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        // SAFETY: as in the standard library: no reference to the value is ever given out, and two
        // threads are not here at once, since a model runs on one.
        self.0.with_mut(|at| unsafe { std::mem::replace(&mut *at, value) })
    }
}

impl<T: Copy> Cell<T> {
    #[track_caller]
    pub fn get(&self) -> T {
        // SAFETY: as in `replace`.
        self.0.with(|at| unsafe { *at })
    }
}

impl<T: Default> Cell<T> {
    #[track_caller]
    pub fn take(&self) -> T {
        self.replace(T::default())
    }
}

// ---- Statics and thread-locals -----------------------------------------------------------------

macro_rules! statics {
    ($($(#[$note:meta])* static $name:ident: $type:ty = $initial:expr;)*) => { $(
        $(#[$note])*
        static $name: $crate::world::Static<$type> = $crate::world::Static::new(|| $initial);
    )* };
}

macro_rules! for_statics {
    ($($function:tt)*) => { $($function)* };
}

macro_rules! thread_locals {
    ($(static $name:ident: $type:ty = const $initial:block;)*) => { $(
        static $name: $crate::world::Local<$type> = $crate::world::Local::new(|| $initial);
    )* };
}

pub(crate) use {for_statics, statics, thread_locals as thread_local};
