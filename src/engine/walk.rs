//! Visiting the sources of one level, while visits run the program's code.
//!
//! `levels` keeps the place of a walk true whatever the program does to the queues, and knows no
//! code that runs. Here is the one thing that breaks in on it: a source that was asked and has lost
//! its last reference meanwhile is finalized before the next visit, and its finalize function may
//! iterate, which is a walk of its own. The next source is held during that, as GLib holds it: should
//! it be destroyed, it is finalized when the walk has passed it.

use super::context::{Context, Guard};
use super::source::SourcePtr;

impl Context {
    /// Begins to visit everything in a level's queues.
    pub(super) fn begin_walk<'a>(
        &'a self,
        mut state: Guard<'a>,
        index: u32,
    ) -> (Guard<'a>, Option<SourcePtr>) {
        state.levels.begin_walk(index);
        self.step(state, index)
    }

    /// The next source of the walk over level `index`; lets go of the one that was asked last.
    pub(super) fn step<'a>(
        &'a self,
        mut state: Guard<'a>,
        index: u32,
    ) -> (Guard<'a>, Option<SourcePtr>) {
        let mut next = state.levels.step();
        while let Some(asked) = state.asked.take() {
            if !asked.unreference_unless_last() {
                (state, next) = self.finalize_asked(state, asked, index, next);
            }
        }
        (state, next)
    }

    #[cold]
    fn finalize_asked<'a>(
        &'a self,
        state: Guard<'a>,
        asked: SourcePtr,
        index: u32,
        next: Option<SourcePtr>,
    ) -> (Guard<'a>, Option<SourcePtr>) {
        let label = next.map_or(u64::MAX, |next| next.label.get());
        let walks = state.levels.walks();
        if let Some(next) = next {
            next.reference();
        }
        drop(state);
        asked.unreference();
        let mut state = self.state.lock();
        let Some(next) = next else { return (state, None) };
        if state.levels.walks() != walks {
            state.levels.walk_behind(index, label);
        }
        if next.is_destroyed() || next.level.get() != index {
            state.asked = Some(next);
            let behind = state.levels.step();
            return (state, behind);
        }
        next.unreference_unless_last(); // The context has one.
        (state, Some(next))
    }
}
