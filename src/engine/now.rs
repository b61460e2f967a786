//! The time of an iteration, and which deadlines it finds to have come.
//!
//! An iteration has one time, the same for all its sources (RT-009). GLib takes it when the first
//! source with a deadline is visited, or when somebody asks for it. Here no such source is visited
//! before its time has come: the heap is held against a time read when a walk begins, which is
//! *provisional* until the iteration's own is taken. The difference shows only in a deadline that the
//! program's code, run by the same walk, sets to a time between the two. Then, and only then, the
//! sources in front of the walk are looked through: if one of them has a deadline, the time had been
//! taken before.
//!
//! The heap itself is `timers`; the walks are `cycle`'s.

use super::context::State;
use super::levels::Place;
use super::seam::Interest;
use super::source::{SourcePtr, BLOCKED, NO_SLOT, READY};
use crate::sys::clock::monotonic_ns;

#[derive(Default)]
pub struct Now {
    time: Option<u64>,
    /// The time is the iteration's, for good: somebody visited a deadline or asked.
    taken: bool,
    /// The program's code ran in a walk since `time` was read.
    stale: bool,
    /// How far the walk of the same iteration's prepare went, in a check that goes on with its time.
    walked: Option<Place>,
    /// Sources whose deadlines changed in the walk under way. Only compared, never followed.
    changed: Vec<(SourcePtr, Visited)>,
}

/// What a walk saw of a source whose deadline changed later in this walk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visited {
    /// It has yet to come to the source, or is at it.
    NotYet,
    /// It came by and saw this deadline.
    Saw(Option<u64>),
}

impl Now {
    fn has_changed(&self, source: SourcePtr) -> bool {
        self.changed.iter().any(|(changed, _)| *changed == source)
    }

    /// The next one who needs the time takes it anew.
    pub fn forget(&mut self) {
        self.time = None;
        self.taken = false;
        self.stale = false;
        self.walked = None;
    }

    /// A query: whoever has seen the time gets another one (QU-008). If nobody has and no code of the
    /// program ran since, prepare's walk read it just now, and it is true still.
    pub fn forget_if_seen(&mut self) {
        if self.taken || self.stale {
            self.forget();
        }
        self.walked = None;
    }

    /// The time was `now` a moment ago.
    pub fn is_about(&mut self, now: u64) {
        self.forget();
        self.time = Some(now);
    }

    pub fn begin_walk(&mut self) {
        self.changed.clear();
    }

    /// Prepare visited everything up to the end of `priority`.
    pub fn prepared_to(&mut self, priority: i32) {
        self.walked = Some(Place::end_of(priority));
    }

    /// The program's code is about to run in a walk.
    pub fn grows_stale(&mut self) {
        self.stale = true;
    }
}

impl State {
    /// The time, provisional or not.
    #[inline]
    fn time(&mut self) -> u64 {
        match self.now.time {
            Some(time) => time,
            None => self.read_time(),
        }
    }

    #[inline(never)]
    fn read_time(&mut self) -> u64 {
        let time = monotonic_ns();
        self.now.time = Some(time);
        time
    }

    /// The iteration's time, in nanoseconds (RT-009).
    #[inline(never)]
    pub(super) fn take_time(&mut self) -> u64 {
        if !self.now.taken && self.now.stale {
            self.now.time = None;
            self.now.stale = false;
            self.take_due();
        }
        self.now.taken = true;
        self.time()
    }

    /// Whether the walk under way finds `deadline`, which the program's code has just set, to have
    /// come.
    fn comes_in_walk(&mut self, deadline: u64, place: Place) -> bool {
        if deadline <= self.time() {
            return true;
        }
        if self.now.taken {
            return false;
        }
        let latest = monotonic_ns();
        if deadline > latest {
            return false;
        }
        let visited = self.now.walked.map_or(place, |walked| walked.max(place));
        self.now.taken = self.levels.before(visited).any(|source| {
            // Those that were due were visited, and have taken it if they did.
            source.heap_slot.get() != NO_SLOT
                && !source.interest().is(Interest::Always)
                && !source.is_destroyed()
                && !source.has(BLOCKED)
                && !source.has(READY)
                && !self.now.has_changed(source)
        });
        if !self.now.taken {
            self.now.time = Some(latest);
        }
        !self.now.taken
    }

    /// Whether the deadline of the source that the walk is at, and has asked, has come.
    #[inline]
    pub(super) fn time_has_come(&mut self, source: SourcePtr) -> bool {
        source.has_deadline().get() && source.deadline.get() <= self.take_time()
    }

    /// The deadline of `source` is about to change or to go.
    #[inline]
    pub(super) fn deadline_changes(&mut self, source: SourcePtr) {
        if let Some(place) = self.levels.walk_place() {
            self.deadline_changes_in_walk(source, place);
        }
    }

    fn deadline_changes_in_walk(&mut self, source: SourcePtr, place: Place) {
        if self.now.has_changed(source) {
            return;
        }
        if !source.is_before(place) && !source.is_behind(place) {
            // The source that is being asked is looked at right afterwards. In a check, what prepare
            // saw of it is what it had until now.
            if self.now.walked.is_some_and(|walked| source.is_before(walked)) {
                self.now.taken |= source.heap_slot.get() != NO_SLOT || source.due().get();
                self.now.changed.push((source, Visited::NotYet));
            }
            return;
        }
        let mut visited = Visited::NotYet;
        if source.is_before(place) {
            let held = source.heap_slot.get() != NO_SLOT || source.due().get();
            self.now.taken |= held; // When the walk came to it.
            visited = Visited::Saw(held.then(|| source.deadline.get()));
        } else if self.now.walked.is_some_and(|walked| source.is_before(walked)) {
            self.now.taken |= source.heap_slot.get() != NO_SLOT;
        }
        self.now.changed.push((source, visited));
    }

    /// The walk under way has yet to come to `source`.
    pub(super) fn is_ahead(&self, source: SourcePtr) -> bool {
        self.levels.walk_place().is_some_and(|place| source.is_behind(place))
    }

    /// `source` has been moved, from `ahead` of the walk under way or not: the walk may miss it now, or
    /// come to it after all, and then sees it as it is.
    pub(super) fn was_moved(&mut self, source: SourcePtr, ahead: bool) {
        match (ahead, self.is_ahead(source)) {
            (true, false) if !self.now.has_changed(source) => {
                self.now.changed.push((source, Visited::Saw(None)));
            }
            (false, true) => {
                self.now.changed.retain(|(changed, _)| *changed != source);
                self.set_timer(source);
            }
            _ => {}
        }
    }

    /// Gives the heap the source's deadline if it has one that has not come yet.
    #[inline]
    pub(super) fn set_timer(&mut self, source: SourcePtr) {
        if source.has_deadline().get() || source.heap_slot.get() != NO_SLOT || source.due().get() {
            self.set_timer_anew(source);
        }
    }

    fn set_timer_anew(&mut self, source: SourcePtr) {
        if source.due().replace(false) {
            self.levels.file(source);
        }
        let waits = source.has_deadline().get() && !source.is_destroyed() && !source.has(BLOCKED);
        if !waits {
            self.timers.remove(source);
            return;
        }
        let walk = self.levels.walk_place();
        let comes = walk.is_some_and(|place| self.comes_in_walk(source.deadline.get(), place));
        if comes && self.is_ahead(source) {
            // The walk under way has taken what was due already, and will come to this one.
            self.timers.remove(source);
            source.due().set(true);
            self.levels.file(source);
        } else {
            self.timers.set(source);
        }
    }

    /// Moves every source whose time has come out of the heap.
    #[inline]
    pub(super) fn take_due(&mut self) {
        if !self.timers.is_empty() {
            let now = self.time();
            if !self.timers.come_after(now) {
                self.take_timers(now);
            }
        }
    }

    #[inline(never)]
    fn take_timers(&mut self, now: u64) {
        while let Some((deadline, source)) = self.timers.first() {
            if source.has(BLOCKED) {
                self.timers.remove(source); // Comes back when it is unblocked.
                continue;
            }
            if deadline > now {
                break;
            }
            self.timers.remove(source);
            source.due().set(true);
            self.levels.file(source);
        }
    }

    /// Nanoseconds until the first deadline or the limit a source asked for. A deadline set behind
    /// the walk's back counts as it was when the walk came by: the bell has been rung for it.
    #[inline]
    pub(super) fn sleep_time(&mut self, asked: Option<u64>) -> Option<u64> {
        let plain = self.now.changed.is_empty();
        if plain && self.timers.is_empty() {
            return asked;
        }
        let first = if plain { self.first_deadline() } else { self.first_changed_deadline() };
        let Some(deadline) = first else { return asked };
        let until = deadline.saturating_sub(self.time());
        Some(asked.map_or(until, |asked| asked.min(until)))
    }

    #[cold]
    fn first_changed_deadline(&mut self) -> Option<u64> {
        match self.now.changed.iter().any(|(_, visited)| *visited != Visited::NotYet) {
            false => self.first_deadline(),
            true => self.first_visited_deadline(),
        }
    }

    fn first_deadline(&mut self) -> Option<u64> {
        loop {
            match self.timers.first() {
                // Comes back when it is unblocked.
                Some((_, source)) if source.has(BLOCKED) => self.timers.remove(source),
                first => return first.map(|(deadline, _)| deadline),
            }
        }
    }

    fn first_visited_deadline(&self) -> Option<u64> {
        let seen = |source: SourcePtr| {
            let changed = self.now.changed.iter().find(|(changed, _)| *changed == source);
            !source.has(BLOCKED) && changed.is_none_or(|(_, visited)| *visited == Visited::NotYet)
        };
        let now =
            self.timers.iter().filter(|source| seen(*source)).map(|source| source.deadline.get());
        let before = self.now.changed.iter().filter_map(|(_, visited)| match visited {
            Visited::Saw(deadline) => *deadline,
            Visited::NotYet => None,
        });
        now.chain(before).min()
    }
}
