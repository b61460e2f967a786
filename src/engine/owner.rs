//! Who may iterate a context.
//!
//! | `owner` | `owner_count` | meaning |
//! |---|---|---|
//! | 0 | 0 | nobody owns it |
//! | a thread | n > 0 | that thread acquired it n times more than it was released |
//!
//! Whoever waits for ownership stands in a queue; a full release wakes the first (OW-009). All of it
//! is under the context's lock.

use super::context::{Context, Guard};
use super::seam::Complaint;
use crate::sync::{Arc, Signal};
use crate::sys::thread::this as this_thread;

/// A thread that wants to be told when the context is free.
pub enum Waiter {
    Inner(Arc<Signal>),
    /// Sleeps on a condition of the program's; `wake` signals it.
    Outer {
        wake: fn(*mut (), *mut ()),
        condition: *mut (),
        mutex: *mut (),
    },
}

impl Waiter {
    pub(super) fn wake(self) {
        match self {
            Waiter::Inner(signal) => signal.give(),
            Waiter::Outer { wake, condition, mutex } => wake(condition, mutex),
        }
    }
}

/// What became of a wait for ownership.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Acquired {
    Yes,
    No,
}

impl Context {
    pub(super) fn acquire_locked(&self, state: &mut Guard<'_>) -> bool {
        let me = this_thread();
        if state.owner == 0 {
            state.owner = me;
            self.bell.set_owner(me);
        }
        let mine = state.owner == me;
        if mine {
            state.owner_count += 1;
        }
        mine
    }

    pub fn acquire(&self) -> bool {
        self.acquire_locked(&mut self.state.lock())
    }

    pub fn is_owner(&self) -> bool {
        // No other thread makes this one the owner: what it did itself it knows without the lock.
        self.bell.owner() == this_thread()
    }

    /// Gives one acquire back, whichever thread made it (OW-003).
    pub fn release(&self) {
        let state = self.state.lock();
        if state.owner_count == 0 {
            drop(state);
            return (self.kind.complain)(Complaint::NotOwned);
        }
        self.release_locked(state);
    }

    #[inline]
    pub(super) fn release_locked(&self, mut state: Guard<'_>) {
        state.owner_count = state.owner_count.saturating_sub(1);
        if state.owner_count > 0 {
            return;
        }
        state.owner = 0;
        self.bell.set_owner(0);
        if !state.waiters.is_empty() {
            self.wake_next(state);
        }
    }

    #[cold]
    fn wake_next(&self, mut state: Guard<'_>) {
        let next = state.waiters.remove(0);
        drop(state);
        next.wake();
    }

    /// Sleeps once until the context may be free, or somebody woke all waiters; tries once then.
    pub(super) fn wait_for_ownership<'a>(&'a self, mut state: Guard<'a>) -> (Guard<'a>, Acquired) {
        let signal = Arc::new(Signal::default());
        state.waiters.push(Waiter::Inner(Arc::clone(&signal)));
        drop(state);
        signal.wait();
        state = self.state.lock();
        let acquired = if self.acquire_locked(&mut state) { Acquired::Yes } else { Acquired::No };
        (state, acquired)
    }

    /// Stands in the queue with a condition of the program's, unless the context can be had at
    /// once. True if it was acquired.
    pub fn acquire_or_queue(&self, waiter: Waiter) -> bool {
        let mut state = self.state.lock();
        let acquired = self.acquire_locked(&mut state);
        if !acquired {
            state.waiters.push(waiter);
        }
        acquired
    }

    /// Leaves the queue if still in it, and tries once to acquire.
    pub fn acquire_after_wait(&self, condition: *mut ()) -> bool {
        let mut state = self.state.lock();
        state.waiters.retain(
            |waiter| !matches!(waiter, Waiter::Outer { condition: other, .. } if *other == condition),
        );
        self.acquire_locked(&mut state)
    }
}
