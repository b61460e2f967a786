//! `Context::verify`: walks every structure and complains about what does not fit.
//!
//! For tests and debugging; not called in normal work. Extend it with each new structure.

use super::context::Context;
use super::source::{Blocking, Queued, SourcePtr, BLOCKED};

impl Context {
    /// The first inconsistency found, in words.
    pub fn verify(&self) -> Result<(), String> {
        let state = self.state.lock();
        for level in state.levels.iter() {
            let sources: Vec<SourcePtr> = level.sources.iter().collect();
            if sources.windows(2).any(|pair| pair[0].label.get() >= pair[1].label.get()) {
                return Err(format!("labels of priority {} do not grow", level.priority));
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
                if state.ids.find(source.head.source_id.load(crate::sync::Ordering::Relaxed))
                    != Some(*source)
                {
                    return Err("an attached source is not found by its id".into());
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
        }
        state.timers.verify()?;
        state.verify_marks()?;
        state.records.verify()?;
        state.pollset.check(&state.records)
    }
}
