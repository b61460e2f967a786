//! Threads of a model: which one this is, and sleeping until another says so.

use crate::primitives::{AtomicU32, Ordering};
use crate::world::{machine, this_thread};

pub fn this() -> usize {
    this_thread()
}

/// A model has several threads from the beginning.
pub fn is_alone() -> bool {
    false
}

pub fn sleep_while(word: &AtomicU32, expected: u32) {
    machine().sleep_unless(word.as_ptr() as usize, || word.load(Ordering::Relaxed) != expected);
}

/// No time passes in a model.
pub fn nap_while(word: &AtomicU32, expected: u32, _ns: u64) {
    sleep_while(word, expected);
}

pub fn wake_one(address: usize) {
    machine().wake_one(address);
}
