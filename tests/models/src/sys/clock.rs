//! Clocks that show the model's time.

#[path = "../../../../src/sys/clock.rs"]
#[allow(dead_code)] // Its system calls.
mod real;

pub use real::{NS_PER_MS, NS_PER_SEC, NS_PER_US};

use crate::world::machine;

pub fn monotonic_ns() -> u64 {
    machine().time()
}

pub fn coarse_ns() -> u64 {
    machine().time()
}
