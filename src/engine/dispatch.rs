//! Running the sources that check gathered.
//!
//! While a source is dispatched it is blocked, unless it may recurse, and its callback is held. Most
//! sources are single (no family, no line to listen to, an ordinary callback or none) and find
//! everything as it was when their callback returns. For them the moves around the call are few
//! stores; all others take the long way, which asks everything and is right for all.
//!
//! Who is to be dispatched, and in which order, was decided by `cycle`; what blocking means for a
//! source's family is `family`'s matter, for its queue `levels`', and holding a callback `callback`'s.

use super::callback::{Func, Held};
use super::context::{Context, Guard};
use super::defaults::{self, Here};
use super::source::{Blocking, Queued, SourcePtr, ACTIVE, BLOCKED, CAN_RECURSE, IN_CALL, READY};

/// A dispatch under way.
struct Dispatch {
    source: SourcePtr,
    held: Held,
    /// How many were under way when it began.
    depth: usize,
    recurses: bool,
    nested: bool,
}

impl Context {
    /// Runs the sources that check gathered.
    pub fn dispatch(&self) {
        drop(self.dispatch_locked(self.state.lock()));
    }

    pub(super) fn dispatch_locked<'a>(&'a self, mut state: Guard<'a>) -> Guard<'a> {
        if state.pending_next < state.pending.len() {
            state = defaults::with_here(|here| self.dispatch_pending(state, here));
        }
        state.pending.clear();
        state.pending_next = 0;
        state
    }

    fn dispatch_pending<'a>(&'a self, mut state: Guard<'a>, here: &Here) -> Guard<'a> {
        // A nested iteration may take over what is left (RB-005): look again each time.
        while let Some(source) = state.pending.get(state.pending_next).copied() {
            state.pending_next += 1;
            let flags = source.flags();
            state = if flags & ACTIVE == 0 {
                source.put(READY, false);
                self.unreference_unlocked(state, source)
            } else if flags | READY == ACTIVE | READY
                && source.is_single()
                && source.has_simple_callback()
            {
                self.dispatch_single(state, source, here)
            } else {
                self.dispatch_any(state, source, here)
            };
        }
        state
    }

    #[inline]
    fn dispatch_single<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        here: &Here,
    ) -> Guard<'a> {
        source.set_flags(ACTIVE | IN_CALL | BLOCKED);
        source.due.set(false);
        if source.queued.get() == Queued::Hot {
            state.levels.unfile(source);
        }
        let depth = state.dispatching.len();
        let held = source.hold_simple();
        let keep = self.call(state, source, held.func, held.data, here);

        let mut state = self.state.lock();
        let as_it_was = source.flags() == ACTIVE | IN_CALL | BLOCKED
            && source.is_single()
            && !source.blocking.get().has(Blocking::COUNTED)
            && state.dispatching.len() == depth + 1;
        if !as_it_was || !source.let_simple_go(&held) {
            let dispatch = Dispatch { source, held, depth, recurses: false, nested: false };
            return self.finish(state, dispatch, keep);
        }
        state.dispatching.pop();
        source.set_flags(ACTIVE);
        if source.records.get().is_some() {
            state.watch_anew(source); // First, so that it is not filed for what is forgotten.
        }
        state.levels.blocking_changed(source);
        if !keep {
            state = self.destroy_locked(state, source);
        } else {
            state.set_timer(source);
        }
        self.unreference_unlocked(state, source)
    }

    #[inline(never)]
    fn dispatch_any<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        here: &Here,
    ) -> Guard<'a> {
        let nested = source.has(IN_CALL);
        let recurses = source.has(CAN_RECURSE);
        source.change(IN_CALL, READY);
        state.hear(source);
        if recurses {
            state.set_timer(source);
            state.levels.file(source);
        } else {
            source.due.set(false);
            source.blocking.set(source.blocking.get().with(Blocking::OWN));
            state.block(source);
        }
        let depth = state.dispatching.len();
        let held = source.hold_callback();
        let keep = self.call(state, source, held.func, held.data, here);
        let dispatch = Dispatch { source, held, depth, recurses, nested };
        self.finish(self.state.lock(), dispatch, keep)
    }

    /// Runs the source's dispatch function; the result says whether to keep the source.
    #[inline]
    fn call(
        &self,
        mut state: Guard<'_>,
        source: SourcePtr,
        func: Option<Func>,
        data: *mut (),
        here: &Here,
    ) -> bool {
        state.dispatching.push(source);
        state.counters.dispatches += 1;
        state.pollset.program_ran = true;
        drop(state);
        let outer = here.enter(source);
        let keep = (source.kind.dispatch)(source, func, data);
        here.leave(outer);
        keep
    }

    #[inline(never)]
    fn finish<'a>(&'a self, mut state: Guard<'a>, ended: Dispatch, keep: bool) -> Guard<'a> {
        let Dispatch { source, held, depth, recurses, nested } = ended;
        state.forget_dispatches_above(depth);
        if !nested {
            source.put(IN_CALL, false);
        }
        let release = source.let_callback_go(held);
        if !release.is_nothing() {
            state = self.run_unlocked(state, release);
        }
        if !recurses {
            source.blocking.set(source.blocking.get().without(Blocking::OWN));
            if !source.is_destroyed() {
                state.unblock(source);
            }
        }
        if !keep {
            state = self.destroy_locked(state, source);
        }
        self.unreference_unlocked(state, source)
    }
}
