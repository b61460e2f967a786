//! Counters of a context: what it has done since it was made.
//!
//! They are plain numbers under the context's lock, so keeping them costs an addition. Tools read
//! them through [`Context::counters`].

use super::context::Context;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Iterations begun (calls of prepare).
    pub iterations: u64,
    /// Sources dispatched.
    pub dispatches: u64,
    /// Waits that reached the kernel.
    pub waits: u64,
    /// Waits that were ended by a wakeup.
    pub wakeups: u64,
    /// Sources attached.
    pub attached: u64,
    /// Sources destroyed while attached.
    pub destroyed: u64,
}

impl Context {
    pub fn counters(&self) -> Counters {
        self.state.lock().counters
    }
}
