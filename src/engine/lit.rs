//! What fired: telling records what a wait saw of their descriptors, and gathering their sources.
//!
//! A record is *lit* while its `revents` are not 0, and then perhaps *decides* that its source is
//! ready ([`Decides`]). Lit records are listed, so that the next check can make them dark without
//! visiting any other. A source counts its lit records; what that means for an iteration is
//! `levels`' and `cycle`'s matter.

use super::context::State;
use super::records::{RecordPtr, Records, NO_INDEX};
use super::source::{SourcePtr, READY};
use super::standing::Queued;
use crate::sync::Cell;
use crate::sys::poll::{PollFd, ALWAYS};

/// Whether a record that is lit makes its source ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decides {
    /// Whatever was seen (UF-002).
    Always,
    /// If it is something that was asked for, and the source is not asked itself.
    IfWanted,
    /// The source's check function has the last word (CK-007).
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Light {
    Dark,
    /// Something was seen.
    Lit,
    /// Something was seen that makes the source ready.
    Deciding,
}

/// The records that were lit since they were last taken off, in that order; some may be dark again.
#[derive(Default)]
pub struct LitList(Vec<RecordPtr>);

impl LitList {
    /// Takes off one that is about to be unlinked.
    pub fn remove(&mut self, record: RecordPtr) {
        let at = record.lit_index.replace(NO_INDEX);
        if at != NO_INDEX {
            self.0.swap_remove(at as usize);
            if let Some(moved) = self.0.get(at as usize) {
                moved.lit_index.set(at);
            }
        }
    }

    /// Those that are lit and belong to a source.
    #[inline]
    fn sources(&self) -> impl Iterator<Item = (SourcePtr, RecordPtr)> + '_ {
        let lit = self.0.iter().filter(|record| record.light.get() != Light::Dark);
        lit.filter_map(|record| Some((record.owner.get()?, *record)))
    }

    /// Complains about a list that is not true (for `Context::verify`).
    pub fn verify(&self) -> Result<(), String> {
        let is_true = |(at, record): (usize, &RecordPtr)| {
            record.is_linked() && record.lit_index.get() as usize == at
        };
        match self.0.iter().enumerate().all(is_true) {
            true => Ok(()),
            false => Err("the list of lit records has a member that belongs elsewhere".into()),
        }
    }
}

impl Records {
    /// Tells the records of an entry within `max_priority` what was seen (CK-003).
    #[inline(always)]
    pub fn light_entry(&mut self, index: u32, revents: u16, max_priority: i32) {
        let mut at = self.entries[index as usize].first;
        while let Some(record) = at {
            at = record.next_on_entry();
            if record.priority.get() <= max_priority {
                self.light(record, revents & (record.wanted() | ALWAYS));
            }
        }
    }

    #[inline]
    fn light(&mut self, record: RecordPtr, revents: u16) {
        record.set_revents(revents);
        let light = match record.decides {
            _ if revents == 0 => Light::Dark,
            Decides::Always => Light::Deciding,
            Decides::IfWanted if revents & record.wanted() != 0 => Light::Deciding,
            Decides::IfWanted | Decides::Never => Light::Lit,
        };
        record.count(light);
        if light != Light::Dark && record.lit_index.get() == NO_INDEX {
            record.lit_index.set(self.lit.0.len() as u32);
            self.lit.0.push(record);
        }
    }
}

impl RecordPtr {
    /// Nothing is to be seen any more, on all records of a source, whose counts the caller sees to.
    #[inline]
    pub(super) fn forget_seen(self) {
        self.set_revents(0);
        self.light.set(Light::Dark);
    }

    /// Keeps its source's counts.
    #[inline]
    fn count(self, light: Light) {
        let was = self.light.replace(light);
        if was == light {
            return;
        }
        let Some(source) = self.owner.get() else { return };
        match was {
            Light::Dark => {}
            Light::Lit => source.one_less(&source.lit_others, was),
            Light::Deciding => source.one_less(&source.lit_deciding, was),
        }
        match light {
            Light::Dark => {}
            Light::Lit => one_more(&source.lit_others),
            Light::Deciding => one_more(&source.lit_deciding),
        }
    }
}

/// A count of lit records that has reached this says no more than that there are so many or more.
const MANY: u16 = u16::MAX;

#[inline]
fn one_more(count: &Cell<u16>) {
    count.set(count.get().saturating_add(1));
}

impl SourcePtr {
    /// One of its records, which `count` counts, is `was` no longer.
    #[inline]
    fn one_less(self, count: &Cell<u16>, was: Light) {
        match count.get() {
            MANY => self.count_anew(count, was),
            some => count.set(some - 1),
        }
    }

    #[cold]
    fn count_anew(self, count: &Cell<u16>, light: Light) {
        let lit = self.each_record().filter(|record| record.light.get() == light).count();
        count.set(as_counted(lit));
    }
}

/// So many lit records as a source counts them.
pub(super) fn as_counted(lit: usize) -> u16 {
    u16::try_from(lit).unwrap_or(MANY)
}

/// `gather` for a source whose descriptors alone decide, and which is in no queue for that.
#[inline]
fn gather_unfiled(pending: &mut Vec<SourcePtr>, source: SourcePtr) {
    source.reference();
    source.put(READY, true);
    pending.push(source);
}

impl State {
    /// Nothing is to be seen on a record's descriptor (any more).
    #[inline]
    pub(super) fn darken(&mut self, record: RecordPtr) {
        record.set_revents(0);
        self.put_out(record);
    }

    /// A record no longer counts, whatever it saw last: a source that destroys itself when it is asked
    /// is ready all the same if its descriptors decided so (CK-006).
    #[inline]
    pub(super) fn put_out(&mut self, record: RecordPtr) {
        if record.light.get() != Light::Dark {
            record.count(Light::Dark);
            if let Some(source) = record.owner.get() {
                if source.queued().is(Queued::Hot) {
                    self.levels.file(source);
                }
            }
        }
    }

    /// Everything polled counts as quiet until told otherwise.
    #[inline(always)]
    pub(super) fn darken_all(&mut self, max_priority: i32, polled: impl Fn(i32) -> bool) {
        let is_polled =
            |record: RecordPtr| record.priority.get() <= max_priority && polled(record.watched());
        let mut lit = std::mem::take(&mut self.records.lit.0);
        let mut kept = 0;
        for at in 0..lit.len() {
            let record = lit[at];
            if is_polled(record) {
                if record.light.get() != Light::Dark {
                    self.darken(record);
                }
                record.lit_index.set(NO_INDEX);
            } else {
                record.lit_index.set(kept as u32);
                lit[kept] = record;
                kept += 1;
            }
        }
        lit.truncate(kept);
        self.records.lit.0 = lit;
        for at in 0..self.records.volatile_count() {
            let record = self.records.volatile_at(at);
            if is_polled(record) {
                self.darken(record);
            }
        }
    }

    /// Hands an array filled by somebody else to the records. It has to be in the order of query's;
    /// from the first entry out of order on it is ignored (CK-004).
    pub(super) fn deliver(&mut self, max_priority: i32, fds: &[PollFd]) {
        let ordered = fds.windows(2).take_while(|pair| pair[0].fd < pair[1].fd).count();
        let fds = &fds[..fds.len().min(ordered + 1)];
        self.darken_all(max_priority, |fd| fds.binary_search_by_key(&fd, |entry| entry.fd).is_ok());
        for entry in fds.iter().filter(|entry| entry.revents != 0) {
            if let Some(index) = self.records.entry_of(entry.fd) {
                self.records.light_entry(index, entry.revents, max_priority);
            }
        }
    }

    /// Gathers the sources whose descriptors fired, if they are more urgent than anything else there
    /// is to look at and their descriptors decide: then nobody has to be asked, and they need not
    /// pass through their level's queue. If not, puts them there.
    #[inline(always)]
    pub(super) fn gather_lit(&mut self) -> bool {
        match self.records.lit.0[..] {
            [] => false,
            [record] => self.gather_only(record),
            _ => self.gather_listed(),
        }
    }

    /// The same for a single record.
    #[inline(never)]
    fn gather_only(&mut self, record: RecordPtr) -> bool {
        let Some(source) = record.owner.get().filter(|_| record.light.get() != Light::Dark) else {
            return false;
        };
        let decides = record.light.get() == Light::Deciding && source.is_plainly_passive();
        let busy = self.levels.next_busy(None);
        if !decides || busy.is_some_and(|(busy, _)| busy <= record.priority.get()) {
            self.levels.file(source);
            return false;
        }
        let fresh = !source.has(READY);
        if fresh {
            gather_unfiled(&mut self.pending, source);
        }
        fresh
    }

    #[inline(never)]
    fn gather_listed(&mut self) -> bool {
        let busy = self.levels.next_busy(None).map(|(priority, _)| priority);
        let Some((_, record)) = self.records.lit.sources().next() else { return false };
        let priority = record.priority.get();
        if busy.is_none_or(|busy| busy > priority) && self.gather_alike(priority) {
            return !self.pending.is_empty();
        }
        self.gather_mixed(busy)
    }

    /// Gathers all of them if all are of this priority and their descriptors decide; false, and none is
    /// gathered, if not.
    #[inline]
    fn gather_alike(&mut self, priority: i32) -> bool {
        let State { records, pending, .. } = self;
        let (mut last, mut ordered) = (0, true);
        for (source, record) in records.lit.sources() {
            let alike = record.priority.get() == priority
                && record.light.get() == Light::Deciding
                && source.is_plainly_passive();
            if !alike {
                for source in pending.drain(..) {
                    source.put(READY, false);
                    source.unreference_unless_last(); // The context has one.
                }
                return false;
            }
            if !source.has(READY) {
                gather_unfiled(pending, source);
                ordered &= last < source.label.get();
                last = source.label.get();
            }
        }
        if !ordered {
            pending.sort_unstable_by_key(|source| source.label.get());
        }
        true
    }

    #[inline(never)]
    fn gather_mixed(&mut self, busy: Option<i32>) -> bool {
        let (mut urgent, mut plain) = (i32::MAX, true);
        for (source, record) in self.records.lit.sources() {
            urgent = urgent.min(record.priority.get());
            plain &= record.light.get() == Light::Deciding && source.is_plainly_passive();
        }
        let State { records, pending, levels, .. } = self;
        if !plain || busy.is_some_and(|busy| busy <= urgent) {
            records.lit.sources().for_each(|(source, _)| levels.file(source));
            return false;
        }
        for (source, record) in records.lit.sources() {
            if record.priority.get() == urgent && !source.has(READY) {
                gather_unfiled(pending, source);
            }
        }
        pending.sort_unstable_by_key(|source| source.label.get());
        !pending.is_empty()
    }
}
