//! Sources by priority.
//!
//! Every priority in use has a level. A level lists all its sources in GLib's order (attach order,
//! children directly before their parents) and, apart, the few that an iteration has to look at:
//!
//! - *always*: ready in every iteration (idles);
//! - *asked*: with a prepare or check function of their own;
//! - *hot*: passive ones to which something happened: their time came, a descriptor fired, or they
//!   carry the ready flag.
//!
//! A walk visits only levels that have any of these. What being visited means is `cycle`'s matter.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::cursors::Walk;
use super::labels;
use super::list::{InLevel, Linkage, List};
use super::queue::Queue;
use super::seam::Interest;
use super::source::{SourcePtr, ACTIVE, BLOCKED, NO_LEVEL, ORPHANED};
use super::standing::{Blocking, Queued};

/// A place in the order of all sources: by priority, then by label.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    priority: i32,
    label: u32,
}

impl Place {
    pub fn end_of(priority: i32) -> Place {
        Place { priority, label: u32::MAX }
    }
}

impl SourcePtr {
    fn place(self) -> Place {
        Place { priority: self.priority(), label: self.label.get() }
    }

    pub fn is_before(self, place: Place) -> bool {
        self.place() < place
    }

    pub fn is_behind(self, place: Place) -> bool {
        self.place() > place
    }
}

#[derive(Default)]
pub struct Level {
    pub priority: i32,
    pub sources: List<InLevel>,
    pub always: Queue,
    pub asked: Queue,
    pub hot: Queue,
    /// How many members of `always` are known to be blocked: those that dispatches under way have
    /// blocked are counted when a nested iteration looks (`State::count_blocked`).
    pub always_blocked: usize,
    /// How many members of `always` have a parent, to which their readiness passes.
    pub always_children: usize,
    in_use: bool,
    listed: bool,
    quiet_visits: u8,
}

impl Level {
    fn is_quiet(&self) -> bool {
        self.always.is_empty() && self.asked.is_empty() && self.hot.is_empty()
    }

    pub fn has_ready_idle(&self) -> bool {
        self.always.len() > self.always_blocked
    }

    fn queue(&mut self, which: Queued) -> Option<&mut Queue> {
        match which {
            Queued::No => None,
            Queued::Always => Some(&mut self.always),
            Queued::Asked => Some(&mut self.asked),
            Queued::Hot => Some(&mut self.hot),
        }
    }
}

#[derive(Default)]
pub struct Levels {
    slab: Vec<Level>,
    free: Vec<u32>,
    by_priority: BTreeMap<i32, u32>,
    /// Levels with something to look at, most urgent first, as (priority, index).
    busy: Vec<(i32, u32)>,
    walk: Option<Walk>,
    empty: u32,
    /// The level a source was listed at last.
    recent: u32,
}

/// This many levels without sources are kept for the next source of their priority.
const EMPTY_KEPT: u32 = 8;
/// A level found quiet this many times in a row is taken off the walk.
const QUIET_VISITS: u8 = 16;

impl Levels {
    pub fn at(&self, index: u32) -> &Level {
        &self.slab[index as usize]
    }

    pub fn at_mut(&mut self, index: u32) -> &mut Level {
        &mut self.slab[index as usize]
    }

    #[inline]
    fn find_or_make(&mut self, priority: i32) -> u32 {
        let recent = self.slab.get(self.recent as usize);
        if recent.is_some_and(|level| level.in_use && level.priority == priority) {
            return self.recent;
        }
        self.recent = self.look_up_or_make(priority);
        self.recent
    }

    #[inline(never)]
    fn look_up_or_make(&mut self, priority: i32) -> u32 {
        if let Some(index) = self.by_priority.get(&priority) {
            return *index;
        }
        if self.empty > EMPTY_KEPT && self.walk.is_none() {
            self.drop_empty();
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.slab.push(Level::default());
            self.slab.len() as u32 - 1
        });
        self.slab[index as usize] = Level { priority, in_use: true, ..Level::default() };
        self.by_priority.insert(priority, index);
        self.empty += 1;
        index
    }

    fn drop_empty(&mut self) {
        let (slab, free) = (&mut self.slab, &mut self.free);
        self.by_priority.retain(|_, index| {
            let keep = !slab[*index as usize].sources.is_empty();
            if !keep {
                slab[*index as usize].listed = false;
                slab[*index as usize].in_use = false;
                free.push(*index);
            }
            keep
        });
        self.busy.retain(|(_, index)| slab[*index as usize].listed);
        self.empty = 0;
    }

    /// Lists `source` at its priority: at the end, or directly before `parent`.
    #[inline(always)]
    pub fn list(&mut self, source: SourcePtr, parent: Option<SourcePtr>) {
        let index = self.find_or_make(source.priority());
        let level = &mut self.slab[index as usize];
        if level.sources.is_empty() {
            self.empty -= 1;
        }
        match parent {
            Some(parent) => {
                level.sources.insert_after(InLevel::prev(parent), source);
                labels::assign(&level.sources, source);
            }
            None => labels::append(&mut level.sources, source),
        }
        source.level.set(index);
    }

    /// Takes `source` out of its level; it must have left the level's queues.
    #[inline]
    pub fn unlist(&mut self, source: SourcePtr) {
        debug_assert_eq!(source.queued().get(), Queued::No);
        if let Some(walk) = &mut self.walk {
            walk.leaving(source);
        }
        let level = &mut self.slab[source.level.get() as usize];
        level.sources.remove(source);
        source.level.set(NO_LEVEL);
        if level.sources.is_empty() {
            self.empty += 1;
        }
    }

    /// Puts `source` into the queue that fits its present state, or into none.
    #[inline]
    pub fn file(&mut self, source: SourcePtr) {
        let alive = source.flags() & (ACTIVE | ORPHANED) == ACTIVE;
        let wanted = if !alive || source.level.get() == NO_LEVEL {
            Queued::No
        } else {
            match source.interest().get() {
                Interest::Always => Queued::Always,
                Interest::Asked => Queued::Asked,
                _ if source.is_hot() && !source.has(BLOCKED) => Queued::Hot,
                _ => Queued::No,
            }
        };
        if source.queued().get() != wanted {
            self.refile(source, wanted);
        }
    }

    /// `file` for a source that has just been listed.
    #[inline(always)]
    pub fn file_new(&mut self, source: SourcePtr) {
        let level = &mut self.slab[source.level.get() as usize];
        let simple = self.walk.is_none() && level.listed && source.is_single();
        match source.interest().get() {
            Interest::Always if simple => {
                level.always.push(source);
                source.queued().set(Queued::Always);
            }
            Interest::Passive if simple && !source.is_hot() => {}
            _ => self.file(source),
        }
    }

    /// Mostly something has happened to a passive source, and nobody is walking.
    #[inline(never)]
    fn refile(&mut self, source: SourcePtr, wanted: Queued) {
        let fresh = source.queued().is(Queued::No) && wanted == Queued::Hot;
        if fresh && self.walk.is_none() {
            let level = &mut self.slab[source.level.get() as usize];
            if level.listed {
                level.hot.push(source);
                return source.queued().set(Queued::Hot);
            }
        }
        self.refile_anyhow(source, wanted);
    }

    #[inline(never)]
    fn refile_anyhow(&mut self, source: SourcePtr, wanted: Queued) {
        self.unfile(source);
        if wanted == Queued::No {
            return;
        }
        let walking = self.walk.is_some();
        let index = source.level.get();
        let level = &mut self.slab[index as usize];
        if wanted == Queued::Always {
            level.always_children += usize::from(source.parent().is_some());
        }
        if let Some(queue) = level.queue(wanted) {
            if walking {
                queue.insert_sorted(source);
            } else {
                queue.push(source);
            }
        }
        source.queued().set(wanted);
        if let Some(walk) = &mut self.walk {
            walk.added(source);
        }
        if !level.listed {
            level.listed = true;
            level.quiet_visits = 0;
            let priority = level.priority;
            let at = self.busy.partition_point(|(other, _)| *other < priority);
            self.busy.insert(at, (priority, index));
        }
        if source.has(BLOCKED) {
            self.count_blocked(source);
        }
    }

    /// Takes `source` out of the queue it is in.
    #[inline]
    pub fn unfile(&mut self, source: SourcePtr) {
        if !source.queued().is(Queued::No) {
            self.unfile_queued(source);
        }
    }

    /// The reverse of `refile`.
    #[inline(never)]
    fn unfile_queued(&mut self, source: SourcePtr) {
        let counted = source.blocking().get().has(Blocking::COUNTED);
        let simple = self.walk.is_none() && source.is_single() && !counted;
        let level = &mut self.slab[source.level.get() as usize];
        match source.queued().get() {
            Queued::Hot if simple => level.hot.remove(source),
            Queued::Always if simple => level.always.remove(source),
            _ => return self.unfile_anyhow(source),
        }
        source.queued().set(Queued::No);
    }

    #[inline(never)]
    fn unfile_anyhow(&mut self, source: SourcePtr) {
        if let Some(walk) = &mut self.walk {
            walk.removing(source);
        }
        self.count_unblocked(source);
        let queued = source.queued().replace(Queued::No);
        let level = &mut self.slab[source.level.get() as usize];
        if queued == Queued::Always {
            level.always_children -= usize::from(source.parent().is_some());
        }
        if let Some(queue) = level.queue(queued) {
            queue.remove(source);
        }
    }

    /// Sets or clears the blocked flag, keeping the queues true.
    #[inline]
    pub fn set_blocked(&mut self, source: SourcePtr, on: bool) {
        if source.has(BLOCKED) == on {
            return;
        }
        source.put(BLOCKED, on);
        if on {
            self.count_blocked(source);
        } else {
            self.count_unblocked(source);
        }
        self.blocking_changed(source);
    }

    /// Moves a source that was blocked or unblocked to where it belongs now.
    #[inline]
    pub fn blocking_changed(&mut self, source: SourcePtr) {
        match source.queued().get() {
            Queued::Always | Queued::Asked => {}
            Queued::No if source.has(BLOCKED) || !source.is_hot() => {}
            Queued::No | Queued::Hot => self.file(source),
        }
    }

    /// Counts an idle that is blocked, if that has not been done.
    pub fn count_blocked(&mut self, source: SourcePtr) {
        let blocking = source.blocking().get();
        if source.queued().is(Queued::Always) && !blocking.has(Blocking::COUNTED) {
            source.blocking().set(blocking.with(Blocking::COUNTED));
            self.at_mut(source.level.get()).always_blocked += 1;
        }
    }

    fn count_unblocked(&mut self, source: SourcePtr) {
        let blocking = source.blocking().get();
        if blocking.has(Blocking::COUNTED) {
            source.blocking().set(blocking.without(Blocking::COUNTED));
            self.at_mut(source.level.get()).always_blocked -= 1;
        }
    }

    /// The most urgent level with something to look at, if these are idles that are ready and of
    /// no concern to anybody else: its priority and index.
    #[inline]
    pub fn idles_first(&mut self) -> Option<(i32, u32)> {
        let first = *self.busy.first()?;
        let level = &self.slab[first.1 as usize];
        let only_idles = level.asked.is_empty() && level.hot.is_empty();
        (only_idles && level.always_children == 0 && level.has_ready_idle()).then_some(first)
    }

    /// Priority and index of the most urgent level behind priority `behind` that has something to look
    /// at.
    #[inline(always)]
    pub fn next_busy(&mut self, behind: Option<i32>) -> Option<(i32, u32)> {
        match behind {
            None => {
                let first = *self.busy.first()?;
                let level = &mut self.slab[first.1 as usize];
                if !level.is_quiet() {
                    level.quiet_visits = 0;
                    return Some(first);
                }
                if self.busy.len() == 1 && level.quiet_visits + 1 < QUIET_VISITS {
                    level.quiet_visits += 1; // As below, at once: it is the usual case.
                    return None;
                }
            }
            Some(behind) => {
                if self.busy.last()?.0 <= behind {
                    return None;
                }
            }
        }
        let at = self.next_listed(behind)?;
        self.busy.get(at).copied()
    }

    /// Where in `busy` it is.
    #[inline(never)]
    fn next_listed(&mut self, behind: Option<i32>) -> Option<usize> {
        let mut at = match behind {
            None => 0,
            Some(behind) => self.busy.partition_point(|(priority, _)| *priority <= behind),
        };
        while let Some((_, index)) = self.busy.get(at).copied() {
            let level = &mut self.slab[index as usize];
            if !level.is_quiet() {
                level.quiet_visits = 0;
                return Some(at);
            }
            level.quiet_visits += 1;
            if level.quiet_visits < QUIET_VISITS {
                at += 1;
            } else {
                level.listed = false;
                self.busy.remove(at);
            }
        }
        None
    }

    /// Begins to visit everything in a level's queues.
    pub fn begin_walk(&mut self, index: u32) {
        let level = self.at_mut(index);
        level.always.sort();
        level.asked.sort();
        level.hot.sort();
        let (always, asked, hot) = (level.always.first(), level.asked.first(), level.hot.first());
        self.walk = Some(Walk::new(index, always, asked, hot));
    }

    /// Makes `source` the one that the walk is at, in its level.
    pub fn walk_to(&mut self, source: SourcePtr) {
        self.begin_walk(source.level.get());
        if let Some(walk) = &mut self.walk {
            walk.go_to(source);
        }
    }

    /// The last priority before that of the next level with sources.
    pub fn end_of_gap_behind(&self, index: u32) -> i32 {
        let behind = (Bound::Excluded(self.at(index).priority), Bound::Unbounded);
        let mut levels = self.by_priority.range(behind);
        let next = levels.find(|(_, index)| !self.at(**index).sources.is_empty());
        next.map_or(i32::MAX, |(priority, _)| priority - 1)
    }

    pub fn end_walk(&mut self) {
        self.walk = None;
    }

    /// Whether a walk visits `source` when it comes by.
    pub fn is_visited(&self, source: SourcePtr) -> bool {
        !source.queued().is(Queued::No)
    }

    /// The next source of the walk, in list order; `None` ends it.
    #[inline(always)]
    pub fn step(&mut self) -> Option<SourcePtr> {
        let next = self.walk.as_mut()?.step();
        if next.is_none() {
            self.walk = None;
        }
        next
    }

    /// Where the walk is, if one is under way.
    #[inline]
    pub fn walk_place(&self) -> Option<Place> {
        let walk = self.walk.as_ref()?;
        Some(Place { priority: self.at(walk.level()).priority, label: walk.label() })
    }

    /// The sources in front of `place`, most urgent first.
    pub fn before(&self, place: Place) -> impl Iterator<Item = SourcePtr> + '_ {
        self.in_order().take_while(move |source| source.is_before(place))
    }

    /// All sources in list order: by priority, then by place.
    pub fn in_order(&self) -> impl Iterator<Item = SourcePtr> + '_ {
        self.by_priority.values().flat_map(|index| self.at(*index).sources.iter())
    }

    /// All sources, last first.
    pub fn in_reverse(&self) -> impl Iterator<Item = SourcePtr> + '_ {
        self.by_priority.values().rev().flat_map(|index| {
            std::iter::successors(self.at(*index).sources.last(), |source| InLevel::prev(*source))
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = &Level> {
        self.by_priority.values().map(|index| self.at(*index))
    }
}

// ---- For `Context::verify` --------------------------------------------------------------------

impl Levels {
    /// Complains about levels that are not where they should be.
    pub fn verify(&self) -> Result<(), String> {
        for (priority, index) in &self.by_priority {
            let level = self.at(*index);
            if level.priority != *priority || !level.in_use {
                return Err(format!("priority {priority} has a level of another one"));
            }
            if level.sources.iter().any(|source| source.level.get() != *index) {
                return Err(format!("a source at {priority} believes in another level"));
            }
            let listed = self.busy.contains(&(*priority, *index));
            if listed != level.listed || !listed && !level.is_quiet() {
                return Err(format!("priority {priority} is left out of walks, or twice in them"));
            }
        }
        let empty = self.iter().filter(|level| level.sources.is_empty()).count();
        let used = self.slab.iter().filter(|level| level.in_use).count();
        if empty != self.empty as usize || used != self.by_priority.len() {
            return Err(format!("{empty} of {used} levels are empty, {} counted", self.empty));
        }
        match self.busy.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            true => Ok(()),
            false => Err("busy levels are out of order".into()),
        }
    }
}
