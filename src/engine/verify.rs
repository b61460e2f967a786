//! What must hold, checked: `Context::verify` walks every structure and complains about what does not
//! fit; the functions at the end are what `debug_assert!`s in the engine ask of a source.
//!
//! For tests and debugging; not called in normal work. A build with `--cfg mainspring_verify`
//! (`cargo xtask sanitize --checked`) verifies at the beginning of every iteration and ends the process
//! with what it finds. What only a structure itself can see it says in a
//! `verify` of its own; here stands how they fit together. Extend it with each new structure. All holds
//! whenever the lock is free, also while the program's code runs inside an iteration.

use std::collections::BTreeMap;

use super::context::{Context, State};
use super::levels::Level;
use super::lit::{as_counted, Light};
use super::records::NO_INDEX;
use super::seam::{Interest, MAGIC};
use super::source::{Source, SourcePtr, BLOCKED, NO_LEVEL, NO_SLOT, ORPHANED};
use super::standing::{Blocking, Queued};

/// Contexts with fewer sources are verified in every iteration, larger ones now and then.
#[cfg(mainspring_verify)]
const FEW: usize = 256;

/// An inconsistency, in words.
type Verdict = Result<(), String>;

fn ensure(holds: bool, complaint: impl FnOnce() -> String) -> Verdict {
    holds.then_some(()).ok_or_else(complaint)
}

impl Context {
    /// The first inconsistency found, in words.
    pub fn verify(&self) -> Verdict {
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

    fn verify_locked(&self, state: &State) -> Verdict {
        let mut listed = Vec::new();
        let dispatching: Vec<SourcePtr> = state.dispatching.iter().collect();
        for level in state.levels.iter() {
            verify_level(level, &dispatching)?;
            listed.extend(level.sources.iter());
        }
        state.levels.verify()?;
        state.ids.verify(listed.len())?;
        for source in &listed {
            self.verify_source(state, *source)?;
        }
        self.verify_counts(&listed)?;
        state.timers.verify()?;
        state.verify_iteration(self)?;
        state.verify_marks()?;
        state.verify_keepers(&listed)?;
        state.verify_users(&listed)?;
        state.records.verify()?;
        state.pollset.check(&state.records)
    }

    /// A source that a level lists.
    fn verify_source(&self, state: &State, source: SourcePtr) -> Verdict {
        let id = source.id();
        let home = source.home().is_some_and(|home| std::ptr::eq(home, self));
        ensure(home, || format!("source {id} is listed where it is not at home"))?;
        ensure(source.is_referenced(), || format!("source {id} is listed without a reference"))?;
        ensure(state.ids.find(id) == Some(source), || {
            format!("source {id} is not found by its id")
        })?;
        verify_family(source)?;
        verify_lights(source)?;
        if source.is_destroyed() {
            let waits = source.heap_slot.get() != NO_SLOT;
            return ensure(!waits, || format!("source {id} waits though destroyed"));
        }
        let may_wait = source.has_deadline().get() && !source.has(BLOCKED);
        let waits = source.heap_slot.get() != NO_SLOT || source.due().get();
        ensure(waits || !may_wait, || format!("the deadline of source {id} is nowhere"))?;
        let both = source.heap_slot.get() != NO_SLOT && source.due().get();
        ensure(!both, || format!("the deadline of source {id} has come and is waited for"))?;
        let queued = source.queued().get();
        let fits = match source.interest().get() {
            Interest::Always => queued == Queued::Always,
            Interest::Asked => queued == Queued::Asked,
            // What is lit may be gathered without being filed (`lit`), and is ready then.
            Interest::Passive | Interest::Verified => {
                let happened =
                    (source.due().get() || source.marked().get()) && !source.has(BLOCKED);
                queued == Queued::Hot || queued == Queued::No && !happened
            }
        };
        ensure(fits, || format!("source {id} is in the queue {queued:?}"))
    }

    /// Listed sources have a count on the memory together, beside those that are being finalized (I3).
    fn verify_counts(&self, listed: &[SourcePtr]) -> Verdict {
        let public = usize::from(self.is_referenced());
        let counted = self.memory_count() as usize;
        ensure(counted >= usize::from(!listed.is_empty()) + public, || {
            format!("{counted} counts on the memory for {} sources", listed.len())
        })
    }
}

impl State {
    /// What is under way.
    fn verify_iteration(&self, context: &Context) -> Verdict {
        let is_ours =
            |source: &SourcePtr| source.home().is_some_and(|home| std::ptr::eq(home, context));
        let pending = self.pending.get(self.pending_next..).unwrap_or_default();
        for source in pending {
            let id = source.id();
            ensure(is_ours(source), || format!("source {id} is pending where it is not at home"))?;
            ensure(source.is_referenced(), || format!("source {id} is pending unreferenced"))?;
        }
        let ours = self.dispatching.iter().chain(self.asked).all(|source| is_ours(&source));
        ensure(ours, || "a source of another context is dispatched or asked".into())?;
        ensure(self.owner != 0 || self.owner_count == 0, || "nobody owns it, several times".into())
    }

    fn verify_keepers(&self, listed: &[SourcePtr]) -> Verdict {
        let expected = |source: &&SourcePtr| source.keeps().get() && !source.is_destroyed();
        let expected = listed.iter().filter(expected).count();
        let kept =
            self.keepers.iter().all(|source| listed.contains(source) && source.keeps().get());
        ensure(kept && self.keepers.len() == expected, || {
            format!("{} keepers are known of {expected}", self.keepers.len())
        })
    }

    fn verify_users(&self, listed: &[SourcePtr]) -> Verdict {
        let mut users = BTreeMap::new();
        for source in listed {
            *users.entry(source.head.source_funcs.get()).or_insert(0) += 1;
        }
        let known: BTreeMap<_, _> = self.tables.users().collect();
        ensure(known == users, || format!("tables count {known:?}, sources {users:?}"))
    }
}

fn verify_level(level: &Level, dispatching: &[SourcePtr]) -> Verdict {
    let priority = level.priority;
    let sources: Vec<SourcePtr> = level.sources.iter().collect();
    let grow = sources.windows(2).all(|pair| pair[0].label.get() < pair[1].label.get());
    ensure(grow, || format!("labels of priority {priority} do not grow"))?;
    ensure(sources.len() == level.sources.len(), || {
        format!("priority {priority} miscounts its sources")
    })?;
    ensure(level.sources.is_linked(), || format!("the list of priority {priority} is torn"))?;
    for source in &sources {
        ensure(source.priority() == priority, || {
            format!("a source of another priority is at {priority}")
        })?;
        ensure(!source.is_destroyed() || source.queued().is(Queued::No), || {
            "a destroyed source is queued".into()
        })?;
    }
    let queues =
        [(&level.always, Queued::Always), (&level.asked, Queued::Asked), (&level.hot, Queued::Hot)];
    for (queue, name) in queues {
        queue.verify().map_err(|what| format!("the queue {name:?} of {priority} {what}"))?;
        let members: Vec<SourcePtr> = queue.iter().collect();
        let believe = members.iter().all(|source| source.queued().get() == name);
        ensure(believe, || format!("a source in the queue {name:?} believes otherwise"))?;
        let home = members.iter().all(|source| sources.contains(source));
        ensure(home, || format!("the queue {name:?} of {priority} has a stranger"))?;
        let all = sources.iter().filter(|source| source.queued().get() == name).count();
        ensure(all == members.len(), || format!("the queue {name:?} has lost a source"))?;
    }
    let count = |what: fn(&SourcePtr) -> bool| level.always.iter().filter(what).count();
    let counted = |source: &SourcePtr| source.blocking().get().has(Blocking::COUNTED);
    ensure(
        count(|source| source.blocking().get().has(Blocking::COUNTED)) == level.always_blocked,
        || format!("priority {priority} miscounts its blocked idles"),
    )?;
    let strange = |source: &SourcePtr| counted(source) && !source.queued().is(Queued::Always);
    ensure(!sources.iter().any(strange), || {
        format!("a source of priority {priority} that is no idle counts as a blocked one")
    })?;
    let forgotten = |source: SourcePtr| {
        source.has(BLOCKED) && !counted(&source) && !dispatching.contains(&source)
    };
    ensure(!level.always.iter().any(forgotten), || {
        format!("a blocked idle of priority {priority} is neither counted nor being dispatched")
    })?;
    let children = count(|source| source.parent().is_some());
    ensure(children == level.always_children, || {
        format!("priority {priority} miscounts its idle children")
    })
}

/// Links between a source and its children.
fn verify_family(source: SourcePtr) -> Verdict {
    let mut newer = None;
    for child in source.each_child() {
        let id = source.id();
        let rare = child.rare();
        let linked = child.parent() == Some(source)
            && rare.is_some_and(|rare| rare.prev_sibling == newer)
            && child.context_ptr() == source.context_ptr();
        ensure(linked, || format!("a child of source {id} is somebody else's"))?;
        ensure(child.priority() == source.priority(), || {
            format!("a child of source {id} has another priority")
        })?;
        ensure(child.is_referenced(), || format!("a child of source {id} has no reference"))?;
        newer = Some(child);
    }
    match source.parent() {
        None => Ok(()),
        Some(parent) => ensure(parent.each_child().any(|child| child == source), || {
            format!("source {} is no child of its parent", source.id())
        }),
    }
}

/// What a source's records say, and what it counts.
fn verify_lights(source: SourcePtr) -> Verdict {
    let id = source.id();
    let (mut deciding, mut others) = (0, 0);
    for record in source.each_record() {
        ensure(record.owner.get() == Some(source), || {
            format!("a record of source {id} is somebody else's")
        })?;
        let lit = record.light.get() != Light::Dark;
        deciding += usize::from(record.light.get() == Light::Deciding);
        others += usize::from(record.light.get() == Light::Lit);
        ensure(!lit || record.is_linked() && record.lit_index.get() != NO_INDEX, || {
            format!("a lit record of source {id} is in no list")
        })?;
    }
    let counted = source.lit_deciding.get() == as_counted(deciding)
        && source.lit_others.get() == as_counted(others);
    ensure(counted, || format!("source {id} miscounts its lit records"))
}

impl Source {
    /// Every source knows what kind it is until it is freed (I1).
    pub(super) fn is_whole(&self) -> bool {
        !self.head.private.get().is_null() && self.kind().magic == MAGIC
    }

    /// Nothing the context keeps refers to it any more (I1).
    pub(super) fn is_left(&self) -> bool {
        self.level.get() == NO_LEVEL
            && self.heap_slot.get() == NO_SLOT
            && self.queued().is(Queued::No)
            && self.queue_prev.get().is_none()
            && (self.queue_next.get().is_none() || self.has(ORPHANED))
            && self.head.poll_fds.get().is_none()
            && self.callback_holders.get() == 0
    }

    /// The lock that guards an attached source is this thread's (I2). Before it is attached, and once
    /// nobody has a reference any more, whoever makes, attaches or frees it needs none.
    pub(super) fn is_locked_if_attached(&self) -> bool {
        #[cfg(debug_assertions)]
        if let Some(home) = self.home() {
            return home.state.is_mine() || self.level.get() == NO_LEVEL;
        }
        true
    }
}
