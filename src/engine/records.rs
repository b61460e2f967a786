//! What a context watches: (descriptor, events, priority) records, gathered by descriptor.
//!
//! A record either owns its [`PollFd`] (a source's unix-fd tag) or points at one of the program's,
//! which the program may change without telling and which is therefore read again at every query
//! (*volatile*). What becomes of them when their descriptor fires is told in `lit`.
//!
//! All records of one descriptor share an [`Entry`]; how entries are waited for is `pollset`'s
//! matter. Everything here happens under the context's lock (I2).

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::ptr::NonNull;

use super::lit::{Decides, Light, LitList};
use super::pollset::Place;
use super::source::SourcePtr;
use crate::sys::poll::{PollFd, ALWAYS};

pub const NO_ENTRY: u32 = u32::MAX;
pub const NO_INDEX: u32 = u32::MAX;
/// So many entries come at once, or as many as are a quarter of those there are.
const FIRST_ENTRIES: usize = 8;

/// The first two fields are what C takes for a node of the list that begins in a source's `poll_fds`.
#[repr(C)]
pub struct Record {
    pollfd: Cell<NonNull<PollFd>>,
    pub(super) next_of_source: Cell<Option<RecordPtr>>,
    /// The `PollFd` that is no program's. Of one that is, it has what the context's tables know.
    own: Cell<PollFd>,
    pub(super) owner: Cell<Option<SourcePtr>>,
    next_on_fd: Cell<Option<RecordPtr>>,
    prev_on_fd: Cell<Option<RecordPtr>>,
    pub(super) priority: Cell<i32>,
    entry: Cell<u32>,
    volatile_index: Cell<u32>,
    /// Its place in the list of lit records.
    pub(super) lit_index: Cell<u32>,
    pub(super) light: Cell<Light>,
    pub(super) decides: Decides,
    pub(super) in_source: bool,
    /// Its own address while it lives.
    #[cfg(debug_assertions)]
    whole: Cell<Option<RecordPtr>>,
}

/// A pointer to a record that is alive: its source, or the context, owns it (I4).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecordPtr(NonNull<Record>);

impl Deref for RecordPtr {
    type Target = Record;

    fn deref(&self) -> &Record {
        // SAFETY: I4: a record leaves every structure before its owner frees it.
        let record = unsafe { self.0.as_ref() };
        #[cfg(debug_assertions)]
        assert!(record.whole.get() == Some(*self), "I4: a record is used that is gone");
        record
    }
}

impl RecordPtr {
    /// A record with a `PollFd` of its own, in the given spare place or newly allocated.
    pub fn owning(
        place: Option<NonNull<Record>>,
        fd: i32,
        events: u16,
        decides: Decides,
    ) -> RecordPtr {
        let own = PollFd { fd, events, revents: 0 };
        let record = Record::new(own, decides, place.is_some());
        let fresh = || NonNull::from(Box::leak(Box::<Record>::new_uninit())).cast();
        let at = place.unwrap_or_else(fresh);
        // SAFETY: the place is a source's spare room or a new box, large enough and unused (I4).
        unsafe { at.write(record) };
        let record = RecordPtr(at).begun();
        record.pollfd.set(record.own());
        record
    }

    /// What a source's own record has of the descriptor that the source was made for. Read as a program reads its own
    /// `PollFd`s: what a check in another thread writes there meanwhile may or may not be seen.
    pub fn of_maker(source: SourcePtr) -> Option<PollFd> {
        // SAFETY: I4: `begin_watching` has written it, and it lies in the source's block.
        let record = unsafe { source.made_to_watch()?.as_ref() };
        Some(record.own.get())
    }

    /// A record of the program's `PollFd`, which stays valid until the record is removed.
    pub fn of_program(pollfd: NonNull<PollFd>) -> RecordPtr {
        let record = Record::new(PollFd { fd: -1, events: 0, revents: 0 }, Decides::Never, false);
        let record = RecordPtr(NonNull::from(Box::leak(Box::new(record)))).begun();
        record.pollfd.set(pollfd);
        record
    }

    /// The record is whole.
    fn begun(self) -> RecordPtr {
        #[cfg(debug_assertions)]
        // SAFETY: made just now, and ours alone (I4).
        unsafe { self.0.as_ref() }.whole.set(Some(self));
        self
    }

    pub(super) fn free(self) {
        debug_assert!(
            !self.is_linked()
                && self.volatile_index.get() == NO_INDEX
                && self.lit_index.get() == NO_INDEX,
            "I4: a record is freed that something still points at"
        );
        let in_source = self.in_source;
        #[cfg(debug_assertions)]
        self.whole.set(None);
        if !in_source {
            // SAFETY: made from a box by the constructors above and in no structure now (I4).
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }

    pub fn pollfd_ptr(self) -> NonNull<PollFd> {
        self.pollfd.get()
    }

    fn own(self) -> NonNull<PollFd> {
        NonNull::from(&self.own).cast()
    }

    fn is_volatile(self) -> bool {
        self.pollfd.get() != self.own()
    }

    fn read(self) -> PollFd {
        // SAFETY: I4: the `PollFd` is the record's own, or the program's and promised to stay valid.
        unsafe { self.pollfd.get().read() }
    }

    pub(super) fn set_revents(self, revents: u16) {
        // SAFETY: as in `read` (I4).
        unsafe { (*self.pollfd.get().as_ptr()).revents = revents }
    }

    pub fn revents(self) -> u16 {
        self.read().revents
    }

    pub(super) fn set_events(self, events: u16) {
        // SAFETY: as in `read` (I4).
        unsafe { (*self.pollfd.get().as_ptr()).events = events }
    }
}

impl Record {
    fn new(own: PollFd, decides: Decides, in_source: bool) -> Record {
        Record {
            pollfd: Cell::new(NonNull::dangling()),
            next_of_source: Cell::new(None),
            own: Cell::new(own),
            owner: Cell::new(None),
            priority: Cell::new(0),
            next_on_fd: Cell::new(None),
            prev_on_fd: Cell::new(None),
            entry: Cell::new(NO_ENTRY),
            volatile_index: Cell::new(NO_INDEX),
            lit_index: Cell::new(NO_INDEX),
            light: Cell::new(Light::Dark),
            decides,
            in_source,
            #[cfg(debug_assertions)]
            whole: Cell::new(None),
        }
    }

    pub(super) fn next_on_entry(&self) -> Option<RecordPtr> {
        self.next_on_fd.get()
    }

    /// The descriptor it watches.
    pub(super) fn watched(&self) -> i32 {
        self.own.get().fd
    }

    /// The events it asks for.
    pub(super) fn wanted(&self) -> u16 {
        self.own.get().events
    }

    /// Notes what the tables know of it.
    fn note(&self, fd: i32, events: u16) {
        self.own.set(PollFd { fd, events, ..self.own.get() });
    }

    pub(super) fn entry_index(&self) -> u32 {
        self.entry.get()
    }

    pub fn is_linked(&self) -> bool {
        self.entry.get() != NO_ENTRY
    }
}

/// All records of one descriptor.
pub struct Entry {
    pub fd: i32,
    pub first: Option<RecordPtr>,
    /// All events any record asks for.
    pub events: u16,
    /// Tells events of this use of the slot from those of an earlier one.
    pub generation: u32,
    pub place: Place,
    /// `pollset` has to look at it before the next wait.
    pub dirty: bool,
    /// The last bits of the number of the last wait in which it fired, and how many in a row.
    pub fired_in: u16,
    pub fired_times: u8,
    /// How often it came back from epoll.
    pub returns: u8,
    /// How often in a row poll denied what epoll reported.
    pub denied_times: u8,
}

#[derive(Default)]
pub struct Records {
    pub entries: Vec<Entry>,
    free: Vec<u32>,
    by_fd: FdMap,
    volatile: Vec<RecordPtr>,
    pub(super) lit: LitList,
    /// Linked records by priority, most urgent first, as (priority, how many).
    priorities: Vec<(i32, u32)>,
    /// Entries to be looked at before the next wait.
    pub dirty: Vec<u32>,
    /// The set changed since the last query (CK-002).
    pub changed: bool,
    /// What query hands out, ascending by descriptor: for `sorted_for`, if that is still true.
    sorted: Vec<PollFd>,
    sorted_for: Option<i32>,
}

impl Records {
    /// Whether a record is to be polled at all in an iteration limited to `max_priority`.
    pub fn any_within(&self, max_priority: i32) -> bool {
        self.priorities.first().is_some_and(|(priority, _)| *priority <= max_priority)
    }

    pub fn is_empty(&self) -> bool {
        self.priorities.is_empty()
    }

    #[inline]
    pub fn touch(&mut self, index: u32) {
        let entry = &mut self.entries[index as usize];
        if !entry.dirty {
            entry.dirty = true;
            self.dirty.push(index);
        }
    }

    /// Adds a record at `priority`; its `revents` become 0.
    pub fn link(&mut self, record: RecordPtr, priority: i32) {
        debug_assert!(!record.is_linked());
        let pollfd = record.read();
        record.priority.set(priority);
        record.set_revents(0);
        self.join(record, pollfd.fd, pollfd.events);
        if record.is_volatile() {
            record.volatile_index.set(self.volatile.len() as u32);
            self.volatile.push(record);
        }
        match self.priorities.binary_search_by_key(&priority, |(other, _)| *other) {
            Ok(at) => self.priorities[at].1 += 1,
            Err(at) => self.priorities.insert(at, (priority, 1)),
        }
    }

    /// Removes a record. The caller has darkened it.
    #[inline]
    pub fn unlink(&mut self, record: RecordPtr) {
        debug_assert!(record.is_linked());
        debug_assert!(record.light.get() == Light::Dark);
        self.part(record);
        self.lit.remove(record);
        let index = record.volatile_index.replace(NO_INDEX);
        if index != NO_INDEX {
            self.volatile.swap_remove(index as usize);
            if let Some(moved) = self.volatile.get(index as usize) {
                moved.volatile_index.set(index);
            }
        }
        let priority = record.priority.get();
        if let Ok(at) = self.priorities.binary_search_by_key(&priority, |(other, _)| *other) {
            self.priorities[at].1 -= 1;
            if self.priorities[at].1 == 0 {
                self.priorities.remove(at);
            }
        }
    }

    #[inline]
    fn join(&mut self, record: RecordPtr, fd: i32, events: u16) {
        let index = match self.by_fd.get(fd) {
            Some(index) => index,
            None => {
                let index = self.new_entry(fd);
                self.by_fd.set(fd, Some(index));
                index
            }
        };
        self.sorted_for = None;
        let entry = &mut self.entries[index as usize];
        record.note(fd, events);
        record.entry.set(index);
        record.prev_on_fd.set(None);
        record.next_on_fd.set(entry.first);
        if let Some(first) = entry.first {
            first.prev_on_fd.set(Some(record));
        }
        entry.first = Some(record);
        entry.events |= events;
        self.touch(index);
    }

    #[inline]
    fn part(&mut self, record: RecordPtr) {
        let index = record.entry.replace(NO_ENTRY);
        let (prev, next) = (record.prev_on_fd.take(), record.next_on_fd.take());
        let entry = &mut self.entries[index as usize];
        match prev {
            Some(prev) => prev.next_on_fd.set(next),
            None => entry.first = next,
        }
        if let Some(next) = next {
            next.prev_on_fd.set(prev);
        }
        if entry.first.is_none() {
            entry.events = 0;
        }
        self.sorted_for = None;
        self.touch(index);
    }

    fn new_entry(&mut self, fd: i32) -> u32 {
        let entry = |generation| Entry {
            fd,
            first: None,
            events: 0,
            generation,
            place: Place::Nowhere,
            dirty: false,
            fired_in: 0,
            fired_times: 0,
            returns: 0,
            denied_times: 0,
        };
        match self.free.pop() {
            Some(index) => {
                let slot = &mut self.entries[index as usize];
                *slot = entry(slot.generation.wrapping_add(1));
                index
            }
            None => {
                if self.entries.len() == self.entries.capacity() {
                    // Growing memory of this size is moving pages, and there may be many that are never waited for.
                    self.entries.reserve_exact(FIRST_ENTRIES.max(self.entries.len() / 4));
                }
                self.entries.push(entry(0));
                self.entries.len() as u32 - 1
            }
        }
    }

    /// Gives an entry's slot back; it has no records and is waited for nowhere. Until then a new
    /// record of the same descriptor finds the entry as it was, still waited for.
    pub fn retire(&mut self, index: u32) {
        self.by_fd.set(self.entries[index as usize].fd, None);
        self.free.push(index);
    }

    /// Records of one entry.
    pub fn on(&self, index: u32) -> impl Iterator<Item = RecordPtr> {
        std::iter::successors(self.entries[index as usize].first, |record| record.next_on_fd.get())
    }

    /// Takes note of changed events; the set counts as unchanged (UF-003).
    pub fn events_changed(&mut self, record: RecordPtr) {
        if record.is_linked() {
            self.record_changed(record, record.read().events);
        }
    }

    /// Gathers an entry's events again; true if they changed.
    pub fn regather(&mut self, index: u32) -> bool {
        let events = self.on(index).fold(0, |all, record| all | record.wanted());
        std::mem::replace(&mut self.entries[index as usize].events, events) != events
    }

    fn record_changed(&mut self, record: RecordPtr, events: u16) {
        self.sorted_for = None;
        record.note(record.watched(), events);
        let index = record.entry.get();
        if self.regather(index) {
            self.touch(index);
        }
    }

    /// Reads the program's own `PollFd`s again.
    #[inline(always)]
    pub fn refresh(&mut self) {
        if !self.volatile.is_empty() {
            self.read_again();
        }
    }

    #[cold]
    fn read_again(&mut self) {
        for at in 0..self.volatile.len() {
            let record = self.volatile[at];
            let now = record.read();
            if now.fd != record.watched() {
                self.part(record);
                self.join(record, now.fd, now.events);
            } else if now.events != record.wanted() {
                self.record_changed(record, now.events);
            }
        }
    }

    pub fn volatile_count(&self) -> usize {
        self.volatile.len()
    }

    pub fn volatile_at(&self, at: usize) -> RecordPtr {
        self.volatile[at]
    }

    /// The record a program added for `pollfd` on the context itself: usually it is among the few
    /// of that descriptor, unless the program changed the number since.
    pub fn find_on_context(&self, pollfd: NonNull<PollFd>) -> Option<RecordPtr> {
        let is_it =
            |record: &RecordPtr| record.pollfd.get() == pollfd && record.owner.get().is_none();
        // SAFETY: the program's `PollFd` is valid, it is passing it to us (I4).
        let fd = unsafe { pollfd.read() }.fd;
        let near = self.by_fd.get(fd).and_then(|index| self.on(index).find(is_it));
        near.or_else(|| self.volatile.iter().copied().find(is_it))
    }

    /// A record that the program added on the context itself, if there is one.
    pub(super) fn any_on_context(&self) -> Option<RecordPtr> {
        self.volatile.iter().copied().find(|record| record.owner.get().is_none())
    }

    /// Every descriptor polled within `max_priority`, ascending, with the events its records within
    /// that priority ask for (QU-001, QU-002).
    pub fn sorted(&mut self, max_priority: i32) -> &[PollFd] {
        // Beyond the least urgent record it makes no difference.
        let limit = self.priorities.last().map_or(0, |(least, _)| max_priority.min(*least));
        if self.sorted_for != Some(limit) {
            let mut sorted = std::mem::take(&mut self.sorted);
            sorted.clear();
            sorted.extend(self.by_fd.ascending().filter_map(|index| self.merged(index, limit)));
            self.sorted = sorted;
            self.sorted_for = Some(limit);
        }
        &self.sorted
    }

    fn merged(&self, index: u32, max_priority: i32) -> Option<PollFd> {
        let within = |record: &RecordPtr| record.priority.get() <= max_priority;
        let join = |all: u16, more: u16| all | more;
        let events = self.on(index).filter(within).map(|record| record.wanted()).reduce(join)?;
        let fd = self.entries[index as usize].fd;
        Some(PollFd { fd, events: events & !ALWAYS, revents: 0 })
    }

    /// The entry of a descriptor.
    pub fn entry_of(&self, fd: i32) -> Option<u32> {
        self.by_fd.get(fd)
    }

    /// Complains about records that disagree with their entries (for `Context::verify`).
    pub fn verify(&self) -> Result<(), String> {
        for (index, entry) in self.entries.iter().enumerate() {
            for record in self.on(index as u32) {
                if record.entry.get() as usize != index || record.watched() != entry.fd {
                    return Err(format!(
                        "a record of descriptor {} is in a foreign entry",
                        entry.fd
                    ));
                }
                if record.next_on_fd.get().is_some_and(|next| next.prev_on_fd.get() != Some(record))
                {
                    return Err(format!("records of descriptor {} are linked one way", entry.fd));
                }
                if record.wanted() & !entry.events != 0 {
                    return Err(format!("descriptor {} is watched for too little", entry.fd));
                }
            }
        }
        self.verify_tables()?;
        self.lit.verify()
    }

    /// The same about what is counted and where entries are found.
    fn verify_tables(&self) -> Result<(), String> {
        let mut priorities = BTreeMap::new();
        for record in (0..self.entries.len() as u32).flat_map(|index| self.on(index)) {
            *priorities.entry(record.priority.get()).or_insert(0) += 1;
        }
        if !priorities.into_iter().eq(self.priorities.iter().copied()) {
            return Err("priorities of records are miscounted".into());
        }
        for index in self.by_fd.ascending() {
            let fd = self.entries[index as usize].fd;
            if self.by_fd.get(fd) != Some(index) || self.free.contains(&index) {
                return Err(format!("descriptor {fd} leads to an entry of another one"));
            }
        }
        if self.by_fd.ascending().count() + self.free.len() != self.entries.len() {
            return Err("an entry is neither used nor free".into());
        }
        let placed = |(at, record): (usize, &RecordPtr)| {
            record.volatile_index.get() as usize == at && record.is_linked()
        };
        match self.volatile.iter().enumerate().all(placed) {
            true => Ok(()),
            false => Err("the list of the program's records has one that is elsewhere".into()),
        }
    }
}

/// Descriptors to entries: an array for the usual small numbers, a tree for absurd ones.
#[derive(Default)]
struct FdMap {
    small: Vec<u32>,
    /// Absent before the first of them.
    #[allow(clippy::box_collection)]
    other: Option<Box<BTreeMap<i32, u32>>>,
}

const SMALL: usize = 1 << 16;

impl FdMap {
    fn get(&self, fd: i32) -> Option<u32> {
        match usize::try_from(fd) {
            Ok(fd) if fd < SMALL => self.small.get(fd).copied().filter(|index| *index != NO_ENTRY),
            _ => self.other.as_ref()?.get(&fd).copied(),
        }
    }

    /// All entries by ascending descriptor.
    fn ascending(&self) -> impl Iterator<Item = u32> + '_ {
        let small = self.small.iter().copied().filter(|index| *index != NO_ENTRY);
        let other = self.other.as_deref();
        let negative = other.into_iter().flat_map(|map| map.range(..0)).map(|(_, index)| *index);
        let large = other.into_iter().flat_map(|map| map.range(0..)).map(|(_, index)| *index);
        negative.chain(small).chain(large)
    }

    fn set(&mut self, fd: i32, index: Option<u32>) {
        match usize::try_from(fd) {
            Ok(fd) if fd < SMALL => {
                if self.small.len() <= fd {
                    self.small.resize((fd + 1).next_power_of_two(), NO_ENTRY);
                }
                self.small[fd] = index.unwrap_or(NO_ENTRY);
            }
            _ => {
                let other = self.other.get_or_insert_default();
                match index {
                    Some(index) => other.insert(fd, index),
                    None => other.remove(&fd),
                };
            }
        }
    }
}
