//! What `sync` is built from: atomics, cells, and what a thread does while it waits for another.
//!
//! Here it is the standard library's. The models of `tests/models` compile `engine`, `sync` and most
//! of `sys` as they stand beside another file of this name, whose primitives belong to a model
//! checker. What is not taken from here, or is not the kernel's, no model sees.

pub use std::cell::Cell;
pub use std::hint::spin_loop;
pub use std::sync::atomic::{compiler_fence, fence, Ordering};
pub use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, AtomicU8, AtomicUsize,
};
pub use std::thread::yield_now;
pub use std::thread_local;

/// How often a thread looks again before it sleeps: locks here are held for some hundred instructions.
pub const LOOKS: u32 = 100;

/// Stores in a lock's word what gives the lock back; the result is what it held a moment before. Two steps: what others, who do
/// not hold it, store there in between is lost.
#[inline(always)]
pub fn give_back(word: &AtomicU32, free: u32, order: Ordering) -> u32 {
    let held = word.load(Ordering::Relaxed);
    word.store(free, order);
    held
}

/// The value behind a lock. Each access is a step that a model checker looks at.
#[derive(Default)]
pub struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub const fn new(value: T) -> Self {
        UnsafeCell(std::cell::UnsafeCell::new(value))
    }

    #[inline(always)]
    pub fn with<R>(&self, access: impl FnOnce(*const T) -> R) -> R {
        access(self.0.get())
    }

    #[inline(always)]
    pub fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
        access(self.0.get())
    }
}

/// Statics with primitives in them; a model has new ones in each of its executions.
macro_rules! statics {
    ($($item:item)*) => { $($item)* };
}

/// A function that statics are made with; a model checker's primitives are not made by the compiler.
macro_rules! for_statics {
    ($(#[$note:meta])* $visible:vis fn $($rest:tt)*) => { $(#[$note])* $visible const fn $($rest)* };
}

pub(crate) use {for_statics, statics};
