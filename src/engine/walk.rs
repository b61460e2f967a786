//! Visiting the sources of one level, while visits run the program's code.
//!
//! `levels` keeps the place of a walk true whatever the program does to the queues, and knows no
//! code that runs. Here is the one thing that breaks in on it: a source that was asked and has lost
//! its last reference meanwhile is finalized before the next visit, and its finalize function may
//! iterate, which is a walk of its own. The next source is held during that, as GLib holds it: should
//! it be destroyed, it is finalized when the walk has passed it.

use super::context::{Context, Guard};
use super::list::{InLevel, Linkage};
use super::source::{SourcePtr, BLOCKED, NO_LEVEL};

impl Context {
    /// Visits what is in a level's queues and not blocked, and tells the visit its flags. The result is
    /// the priority of the last source found ready, which is another than the level's if the program
    /// moved it meanwhile.
    #[inline(always)]
    pub(super) fn visit<'a>(
        &'a self,
        mut state: Guard<'a>,
        index: u32,
        mut visited: impl FnMut(Guard<'a>, SourcePtr, u32) -> (Guard<'a>, bool),
    ) -> (Guard<'a>, Option<i32>) {
        let mut ready = None;
        state.levels.begin_walk(index);
        let mut next;
        (state, next) = self.step(state, index);
        while let Some(source) = next {
            if ready.is_some_and(|ready| source.priority() > ready) {
                state.levels.end_walk(); // Moved to a less urgent level just now.
                break;
            }
            let flags = source.flags();
            if flags & BLOCKED == 0 {
                let is_ready;
                (state, is_ready) = visited(state, source, flags);
                if is_ready {
                    ready = Some(source.priority());
                }
            }
            (state, next) = self.step(state, index);
        }
        (state, ready)
    }

    /// Calls the program about `source`, which is not finalized meanwhile: should its last reference be dropped, that is
    /// left to the next step (`is_questioned`).
    #[inline(always)]
    pub(super) fn ask<'a, R>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        question: impl FnOnce(SourcePtr) -> R,
    ) -> (Guard<'a>, R) {
        state.questioned = Some(source);
        state.asking += 1;
        state.now.grows_stale();
        drop(state);
        let answer = question(source);
        let mut state = self.state.lock();
        state.asking -= 1;
        state.questioned = None;
        (state, answer)
    }

    /// The next source of the walk over level `index`; lets go of the one that was asked last.
    #[inline(always)]
    fn step<'a>(&'a self, mut state: Guard<'a>, index: u32) -> (Guard<'a>, Option<SourcePtr>) {
        if state.asked.is_some() {
            return self.finalize_asked(state, index);
        }
        let next = state.levels.step();
        (state, next)
    }

    #[cold]
    fn finalize_asked<'a>(
        &'a self,
        mut state: Guard<'a>,
        index: u32,
    ) -> (Guard<'a>, Option<SourcePtr>) {
        let Some(asked) = state.asked.take() else {
            let next = state.levels.step();
            return (state, next);
        };
        if asked.level.get() != index {
            state = self.finalize(state, asked);
            let next = state.levels.step();
            return (state, next);
        }
        // Any source, not just one that the walk would visit: what is attached meanwhile counts only
        // if there is somebody in front of it.
        let Some(next) = InLevel::next(asked) else {
            // The same with levels: the next is one that is there now.
            let behind = state.levels.end_of_gap_behind(index);
            state = self.finalize(state, asked);
            state.levels.end_walk();
            state.skip_behind = Some(behind);
            return (state, None);
        };
        next.reference();
        state = self.finalize(state, asked);
        if next.level.get() != NO_LEVEL {
            state.levels.walk_to(next); // In another level, if that is where it is now.
            if state.levels.at(index).sources.is_empty() {
                state.skip_behind = Some(next.priority()); // Nothing is left of the level it was in.
            }
        }
        if next.is_destroyed() {
            state.asked = Some(next);
            return self.step(state, index);
        }
        next.unreference_unless_last(); // The context has one.
        if state.levels.is_visited(next) {
            return (state, Some(next));
        }
        let next = state.levels.step();
        (state, next)
    }

    fn finalize<'a>(&'a self, state: Guard<'a>, source: SourcePtr) -> Guard<'a> {
        drop(state);
        source.unreference();
        self.state.lock()
    }
}
