//! The one door to locks and atomics.
//!
//! Engine code takes its primitives from here and nowhere else, so that a model checker can put its
//! own in their place. What each lock protects, and in which order locks are taken, is said where
//! the lock is defined (`engine::context`) and gathered in ARCHITECTURE.md.

use std::sync::PoisonError;

pub use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, Ordering};
pub use std::sync::{Arc, Condvar, MutexGuard};

/// A mutex that does not poison: nothing of ours panics while holding it (such a panic aborts, see
/// `panics`), and a foreign exception that passes through leaves the data consistent.
#[derive(Default)]
pub struct Mutex<T>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub const fn new(value: T) -> Self {
        Mutex(std::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits on `condvar`, giving `guard` up for the time of the wait.
pub fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}
