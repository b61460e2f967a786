//! What must hold, checked: `Context::verify` walks every structure and complains about what does not
//! fit; the other functions here are what `debug_assert!`s in the engine ask of a source.
//!
//! For tests and debugging; not called in normal work. A build with `--cfg mainspring_verify`
//! (`cargo xtask sanitize --checked`) verifies at the beginning of every iteration and ends the process
//! with what it finds. Extend `verify` with each new structure.

use super::context::{Context, State};
use super::list::{InLevel, InQueue, Linkage as _};
use super::source::{Blocking, Queued, Source, SourcePtr, BLOCKED};

/// Contexts with fewer sources are verified in every iteration, larger ones now and then.
#[cfg(mainspring_verify)]
const FEW: usize = 256;

impl Context {
    /// The first inconsistency found, in words.
    pub fn verify(&self) -> Result<(), String> {
        self.verify_locked(&self.state.lock())
    }

    /// For builds that verify all the time.
    #[cfg(mainspring_verify)]
    pub(super) fn verify_always(&self, state: &State) {
        let iterations = state.counters.iterations as usize;
        let sources = state.levels.iter().map(|level| level.sources.len()).sum::<usize>();
        if iterations % (1 + sources / FEW) == 0 {
            if let Err(why) = self.verify_locked(state) {
                panic!("a context is not sound: {why}");
            }
        }
    }

    #[cfg(not(mainspring_verify))]
    #[inline]
    pub(super) fn verify_always(&self, _: &State) {}

    fn verify_locked(&self, state: &State) -> Result<(), String> {
        for level in state.levels.iter() {
            let sources: Vec<SourcePtr> = level.sources.iter().collect();
            if sources.windows(2).any(|pair| pair[0].label.get() >= pair[1].label.get()) {
                return Err(format!("labels of priority {} do not grow", level.priority));
            }
            if sources.windows(2).any(|pair| InLevel::prev(pair[1]) != Some(pair[0])) {
                return Err(format!("priority {} is linked one way", level.priority));
            }
            if sources.len() != level.sources.len() {
                return Err(format!("priority {} miscounts its sources", level.priority));
            }
            for source in &sources {
                if source.priority() != level.priority {
                    return Err(format!("a source of another priority is at {}", level.priority));
                }
                if source.is_destroyed() && source.queued.get() != Queued::No {
                    return Err("a destroyed source is queued".into());
                }
                if state.ids.find(source.id()) != Some(*source) {
                    return Err("an attached source is not found by its id".into());
                }
                if !source.home().is_some_and(|home| std::ptr::eq(home, self)) {
                    return Err("a source is listed that is at home elsewhere".into());
                }
                if source.each_record().any(|record| record.owner.get() != Some(*source)) {
                    return Err("a source has a record of another's".into());
                }
                if source.each_child().any(|child| child.parent() != Some(*source)) {
                    return Err("a child does not know its parent".into());
                }
            }
            let queues = [
                (&level.always, Queued::Always),
                (&level.asked, Queued::Asked),
                (&level.hot, Queued::Hot),
            ];
            for (queue, name) in queues {
                if queue.iter().any(|source| source.queued.get() != name) {
                    return Err(format!("a source in the queue {name:?} believes otherwise"));
                }
                let members: Vec<SourcePtr> = queue.iter().collect();
                if members.windows(2).any(|pair| InQueue::prev(pair[1]) != Some(pair[0]))
                    || members.len() != queue.len()
                {
                    return Err(format!("the queue {name:?} is linked one way or miscounted"));
                }
            }
            let counted = |source: &SourcePtr| source.blocking.get().has(Blocking::COUNTED);
            if level.always.iter().filter(counted).count() != level.always_blocked {
                return Err(format!("priority {} miscounts its blocked idles", level.priority));
            }
            let forgotten = |source: SourcePtr| {
                source.has(BLOCKED) && !counted(&source) && !state.dispatching.contains(&source)
            };
            if level.always.iter().any(forgotten) {
                return Err("a blocked idle is neither counted nor being dispatched".into());
            }
            if sources.iter().any(|source| counted(source) && source.queued.get() != Queued::Always)
            {
                return Err("a source that is no idle counts as a blocked one".into());
            }
            let children = level.always.iter().filter(|source| source.parent().is_some()).count();
            if children != level.always_children {
                return Err(format!("priority {} miscounts its idle children", level.priority));
            }
        }
        if state.pending.iter().skip(state.pending_next).any(|source| !source.is_referenced()) {
            return Err("a pending source has no reference".into());
        }
        state.timers.verify()?;
        state.verify_marks()?;
        state.records.verify()?;
        state.pollset.check(&state.records)
    }
}

impl Source {
    /// Every source knows its own address until it is freed (I1).
    pub(super) fn is_where_it_says(&self) -> bool {
        std::ptr::eq(self.head.private.get(), &raw const self.kind)
    }

    /// Nothing the context keeps refers to it any more (I1).
    pub(super) fn is_left(&self) -> bool {
        self.level.get() == super::source::NO_LEVEL
            && self.heap_slot.get() == super::source::NO_SLOT
            && self.queued.get() == Queued::No
            && self.queue_prev.get().is_none()
            && self.queue_next.get().is_none()
            && self.records.get().is_none()
            && self.callback_holders.get() == 0
    }

    /// The lock that guards an attached source is this thread's (I2). Before it is attached, and once
    /// nobody has a reference any more, whoever makes, attaches or frees it needs none.
    pub(super) fn is_locked_if_attached(&self) -> bool {
        #[cfg(debug_assertions)]
        if let Some(home) = self.home() {
            return home.state.is_mine() || self.level.get() == super::source::NO_LEVEL;
        }
        true
    }
}
