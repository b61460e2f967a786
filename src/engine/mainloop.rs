//! Running a context until somebody says quit.
//!
//! `running` is a plain flag anybody may clear at any time; `run` sets it, so a quit before run has
//! no effect (ML-002). The iteration under way when quit comes is completed (ML-005).

use super::context::{Context, Guard};
use super::defaults::{self, Here};
use super::owner::{Acquired, Waiter};
use super::seam::Complaint;
use crate::sync::{AtomicBool, AtomicI32, Ordering};

pub struct MainLoop {
    context: *const Context,
    running: AtomicBool,
    refs: AtomicI32,
}

// SAFETY: the context is shared by design and the rest is atomic (I2).
unsafe impl Sync for MainLoop {}
// SAFETY: I2: as above.
unsafe impl Send for MainLoop {}

impl MainLoop {
    /// A loop with one reference, holding one on `context`.
    ///
    /// # Safety
    /// `context` is alive.
    pub unsafe fn create(context: *const Context, running: bool) -> *const MainLoop {
        // SAFETY: the caller's promise (I3).
        unsafe { &*context }.reference();
        Box::into_raw(Box::new(MainLoop {
            context,
            running: AtomicBool::new(running),
            refs: AtomicI32::new(1),
        }))
    }

    pub fn is_referenced(&self) -> bool {
        self.refs.load(Ordering::Relaxed) > 0
    }

    pub fn reference(&self) {
        self.refs.fetch_add(1, Ordering::Relaxed);
    }

    /// Drops a reference; the last one frees the loop, whether it runs or not (ML-011).
    ///
    /// # Safety
    /// The caller holds a reference on `this` and gives it up.
    pub unsafe fn unreference(this: *const MainLoop) {
        // SAFETY: the caller's reference keeps it alive for now (I7).
        let (last, context) =
            unsafe { ((*this).refs.fetch_sub(1, Ordering::AcqRel) == 1, (*this).context) };
        if last {
            // SAFETY: made by `create` from a box; the last reference is gone, and with it the
            // loop's own reference on its context (I7, I3).
            unsafe {
                drop(Box::from_raw(this.cast_mut()));
                Context::unreference(context);
            }
        }
    }

    pub fn context_ptr(&self) -> *const Context {
        self.context
    }

    pub fn context(&self) -> &Context {
        // SAFETY: the loop holds a reference on its context (I3).
        unsafe { &*self.context }
    }

    pub fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    /// Iterates until quit. A thread that does not own the context waits for it first, and returns
    /// without iterating if quit comes earlier (ML-008).
    pub fn run(&self) {
        let context = self.context();
        let mut state = context.state.lock();
        if !context.acquire_locked(&mut state) {
            self.running.store(true, Ordering::Release);
            loop {
                let acquired;
                (state, acquired) = context.wait_for_ownership(state);
                if !self.is_running() {
                    if acquired == Acquired::Yes {
                        context.release_locked(state);
                    }
                    return;
                }
                if acquired == Acquired::Yes {
                    break;
                }
            }
        }
        if state.asking > 0 {
            context.release_locked(state);
            return (context.kind.complain)(Complaint::RunRecursive);
        }
        state.pollset.program_ran = true;
        // Owned once for the loop and once for its iteration, as a program sees that leaves both by a
        // jump, or releases the context in a callback.
        state.owner_count += 1;
        self.reference(); // Callbacks may drop theirs (ML-003).
        self.running.store(true, Ordering::Release);
        state = defaults::with_here(|here| self.iterate(state, here));
        state.owner_count = state.owner_count.saturating_sub(1);
        context.release_locked(state);
        // SAFETY: the reference taken above (I7).
        unsafe { MainLoop::unreference(self) };
    }

    #[inline]
    fn iterate<'a>(&'a self, mut state: Guard<'a>, here: &Here) -> Guard<'a> {
        while self.is_running() {
            state.in_run = true;
            (state, _) = self.context().run_once(state, true, here);
        }
        state
    }

    /// Ends the loop after its present iteration, and wakes everybody who waits for the context.
    /// The running thread may free the loop as soon as it sees the flag, which is not before the
    /// lock is given up: nothing of the loop is touched after that.
    pub fn quit(&self) {
        let context = self.context();
        context.keep_memory();
        let mut state = context.state.lock();
        self.running.store(false, Ordering::Release);
        context.bell.ring();
        let waiters = std::mem::take(&mut state.waiters);
        drop(state);
        waiters.into_iter().for_each(Waiter::wake);
        // SAFETY: the count taken above, whose pointer is used no more (I3).
        unsafe { Context::release_memory(context) };
    }
}
