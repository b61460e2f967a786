//! Running the sources that check gathered.
//!
//! While a source is dispatched it is blocked, unless it may recurse, and its callback is held. Most
//! sources are single (no family, no line to listen to, an ordinary callback or none) and find
//! everything as it was when their callback returns. For them the moves around the call are few
//! stores; all others take the long way, which asks everything and is right for all. That all is as it
//! was need not even be asked if nobody had the lock meanwhile (`State::entries`).
//!
//! Who is to be dispatched, and in which order, was decided by `cycle`; what blocking means for a
//! source's family is `family`'s matter, for its queue `levels`', and holding a callback `callback`'s.

use super::callback::{Func, Held};
use super::context::{Context, Guard};
use super::defaults::{self, Here, Stage};
use super::source::{SourcePtr, ACTIVE, BLOCKED, CAN_RECURSE, IN_CALL, READY};
use super::standing::{Blocking, Queued};

/// The sources being dispatched, outermost first. The innermost lies apart from those around it: most
/// dispatches are nested in none, and begin and end with a store. It joins the others when an
/// iteration nested in it dispatches.
#[derive(Default)]
pub struct Underway {
    around: Vec<SourcePtr>,
    innermost: Option<SourcePtr>,
}

impl Underway {
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.innermost.is_none() && self.around.is_empty()
    }

    /// How many there are around the innermost.
    #[inline]
    fn depth(&self) -> usize {
        self.around.len()
    }

    /// The one that has `at` others around it.
    pub fn get(&self, at: usize) -> Option<SourcePtr> {
        match self.around.get(at) {
            Some(source) => Some(*source),
            None => self.innermost.filter(|_| at == self.around.len()),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = SourcePtr> + '_ {
        (0..).map_while(|at| self.get(at))
    }

    /// Dispatches nested in the innermost are about to begin; true if there is one.
    #[inline]
    fn nest(&mut self) -> bool {
        let outer = self.innermost.take();
        outer.is_some_and(|outer| {
            self.around.push(outer);
            true
        })
    }

    /// They are over.
    fn unnest(&mut self) {
        self.innermost = self.around.pop();
    }

    /// The dispatch that has `depth` others around it is over, and with it what is nested in it.
    pub fn end(&mut self, depth: usize) {
        self.around.truncate(depth);
        self.innermost = None;
    }
}

/// A dispatch under way.
struct Dispatch {
    source: SourcePtr,
    held: Held,
    /// How many there were around it when it began.
    depth: usize,
    recurses: bool,
    nested: bool,
}

impl Context {
    /// Runs the sources that check gathered.
    pub fn dispatch(&self) {
        defaults::with_here(|here| drop(self.dispatch_locked(self.state.lock(), here)));
    }

    #[inline(always)]
    pub(super) fn dispatch_locked<'a>(&'a self, mut state: Guard<'a>, here: &Here) -> Guard<'a> {
        if state.pending_next < state.pending.len() {
            let nested = state.dispatching.nest();
            let stage = Stage::new(here);
            state = self.dispatch_pending(state, stage);
            stage.leave();
            if nested {
                state.dispatching.unnest();
            }
        }
        state.pending.clear();
        state.pending_next = 0;
        state
    }

    #[inline(always)]
    fn dispatch_pending<'a>(&'a self, mut state: Guard<'a>, stage: Stage<'_>) -> Guard<'a> {
        // A nested iteration may take over what is left (RB-005): look again each time.
        while let Some(source) = state.pending.get(state.pending_next).copied() {
            state.pending_next += 1;
            let flags = source.flags();
            let single = flags | READY == ACTIVE | READY
                && source.is_single()
                && source.has_simple_callback();
            state = if single {
                self.dispatch_single(state, source, stage)
            } else if flags & ACTIVE != 0 {
                self.dispatch_any(state, source, stage)
            } else {
                source.put(READY, false);
                self.let_go(state, source, stage)
            };
        }
        state
    }

    #[inline(always)]
    fn dispatch_single<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        stage: Stage<'_>,
    ) -> Guard<'a> {
        source.set_flags(ACTIVE | IN_CALL | BLOCKED);
        source.due().set(false);
        if source.queued().is(Queued::Hot) {
            state.levels.unfile(source);
        }
        let depth = state.dispatching.depth();
        let entries = state.entries;
        let held = source.hold_simple();
        let keep = self.call(state, source, held.func, held.data, stage);

        let mut state = self.state.lock();
        // If nobody had the lock meanwhile all is as it was: nothing to undo but what was done above.
        let touched = state.entries != entries.wrapping_add(1);
        if touched {
            stage.leave();
            let as_it_was = source.flags() == ACTIVE | IN_CALL | BLOCKED
                && source.is_single() // Replaced callbacks would be remembered there.
                && !source.is_held_outside()
                && !source.blocking().get().has(Blocking::COUNTED)
                && state.dispatching.depth() == depth;
            if !as_it_was {
                let held = held.called();
                let dispatch = Dispatch { source, held, depth, recurses: false, nested: false };
                return self.finish(state, dispatch, keep);
            }
        }
        source.let_simple_go(&held);
        state.dispatching.innermost = None;
        source.set_flags(ACTIVE);
        if source.head.poll_fds.get().is_some() {
            state.watch_anew(source); // First, so that it is not filed for what is forgotten.
        }
        if touched || source.marked().get() {
            state.levels.blocking_changed(source);
        }
        if !keep {
            stage.leave();
            return self.dismiss(state, source);
        }
        if touched || source.has_deadline().get() {
            state.set_timer(source);
        }
        self.let_go(state, source, stage)
    }

    /// Destroys a source that its dispatch wants no longer, and drops the dispatch's reference.
    #[inline(never)]
    fn dismiss<'a>(&'a self, state: Guard<'a>, source: SourcePtr) -> Guard<'a> {
        let state = self.destroy_locked(state, source);
        self.unreference_unlocked(state, source)
    }

    /// Drops the reference of a source that needed no more than a few stores.
    #[inline(always)]
    fn let_go<'a>(&'a self, state: Guard<'a>, source: SourcePtr, stage: Stage<'_>) -> Guard<'a> {
        if source.unreference_unless_last() {
            return state;
        }
        stage.leave();
        self.unreference_last_of(state, source)
    }

    #[inline(never)]
    fn dispatch_any<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        stage: Stage<'_>,
    ) -> Guard<'a> {
        let nested = source.has(IN_CALL);
        let recurses = source.has(CAN_RECURSE);
        source.change(IN_CALL, READY);
        state.hear(source);
        if recurses {
            state.set_timer(source);
            state.levels.file(source);
        } else {
            source.due().set(false);
            source.blocking().set(source.blocking().get().with(Blocking::OWN));
            state.block(source);
        }
        let depth = state.dispatching.depth();
        let held = source.hold_callback();
        let keep = self.call(state, source, held.func, held.data, stage);
        stage.leave();
        let dispatch = Dispatch { source, held, depth, recurses, nested };
        self.finish(self.state.lock(), dispatch, keep)
    }

    /// Runs the source's dispatch function; the result says whether to keep the source. Afterwards
    /// the stage has to be left before anything else of the program's runs.
    #[inline(always)]
    fn call(
        &self,
        mut state: Guard<'_>,
        source: SourcePtr,
        func: Option<Func>,
        data: *mut (),
        stage: Stage<'_>,
    ) -> bool {
        state.dispatching.innermost = Some(source);
        state.counters.dispatches += 1;
        state.pollset.program_ran = true;
        drop(state);
        stage.enter(source);
        (source.kind().dispatch)(source, func, data)
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
            source.blocking().set(source.blocking().get().without(Blocking::OWN));
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

#[cfg(test)]
mod tests {
    use super::super::source::Head;
    use super::super::tests::{COUNTING, PASSIVE};
    use super::*;

    #[test]
    fn dispatches_are_told_apart_by_how_many_there_are_around_them() {
        let sources = [(); 3].map(|()| {
            let table = &raw const PASSIVE;
            SourcePtr::new(&COUNTING, table.cast(), size_of::<Head>() as u32, false)
        });
        let [outer, middle, inner] = sources;
        let all = |underway: &Underway| underway.iter().collect::<Vec<_>>();

        let mut underway = Underway::default();
        assert!(!underway.nest() && underway.is_empty());
        underway.innermost = Some(outer);
        assert_eq!((underway.depth(), all(&underway)), (0, vec![outer]));
        assert!(underway.nest());
        assert_eq!((underway.depth(), all(&underway)), (1, vec![outer]));
        underway.innermost = Some(middle);
        assert!(underway.nest());
        underway.innermost = Some(inner);
        assert_eq!((underway.depth(), all(&underway)), (2, sources.to_vec()));
        underway.innermost = None;
        underway.unnest();
        assert_eq!(all(&underway), [outer, middle]);

        assert!(underway.nest());
        underway.innermost = Some(inner); // A jump leads from here into the outermost.
        underway.end(0);
        assert!(underway.is_empty());
        sources.into_iter().for_each(SourcePtr::unreference);
    }
}
