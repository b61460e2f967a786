//! Changing a source: priority, recursion, ready time, descriptors.
//!
//! Each may come from any thread. What matters to an iteration under way rings the bell, after the
//! lock is given up: the thread that wakes wants it. What happens to a source while it is blocked
//! takes effect when it is unblocked.

use std::ptr::NonNull;

use super::context::{Context, State};
use super::letters::Draft;
use super::lit::Decides;
use super::records::RecordPtr;
use super::source::{Locked, SourcePtr, BLOCKED, CAN_RECURSE, NO_LEVEL};
use crate::sync::Ordering;
use crate::sys::clock::NS_PER_US;
use crate::sys::poll::PollFd;

/// What the maker of a source sets before anybody else knows it; nothing needs to be locked.
impl SourcePtr {
    pub fn begin_at(self, priority: i32) {
        self.head.priority.store(priority, Ordering::Relaxed);
    }

    /// Priority and callback of what another thread may have drafted.
    #[inline]
    pub fn begin_as(self, draft: &Draft) {
        self.begin_at(draft.priority);
        self.begin_made(self.made().once(draft.once));
        self.begin_with(draft.func, draft.data, draft.notify);
    }

    pub fn begin_ready_at(self, time: u64) {
        self.store_ready_time(Some(time));
    }

    /// The descriptor it is made for; the result names the watch.
    pub fn begin_watching(self, fd: i32, events: u16, decides: Decides) -> RecordPtr {
        let record = RecordPtr::owning(self.spare_record(), fd, events, decides);
        self.begin_made(self.made().watching());
        record.owner.set(Some(self));
        self.head.poll_fds.set(Some(record));
        record
    }
}

impl SourcePtr {
    /// Moves the source, and its children with it, to the end of a priority (OR-002, CS-001).
    pub fn set_priority(self, priority: i32) {
        let mut locked = self.lock();
        match locked.context() {
            None => set_family_priority(self, priority),
            Some((context, state)) => {
                if state.move_to(self, priority, None) {
                    drop(locked);
                    context.bell.ring();
                }
            }
        }
    }

    /// Asks its kind anew how much an iteration must ask the source: what that follows from changed.
    pub fn reclassify(self) {
        if let Some((_, state)) = self.lock().context() {
            state.classify(self);
        }
    }

    /// Whether the source has a parent, whose priority it then shares.
    pub fn has_parent(self) -> bool {
        let _locked = self.lock();
        self.parent().is_some()
    }

    pub fn set_can_recurse(self, can_recurse: bool) {
        let _locked = self.lock();
        self.put(CAN_RECURSE, can_recurse);
    }

    pub fn can_recurse(self) -> bool {
        self.has(CAN_RECURSE)
    }

    /// Replaces the function table of a source that is not attached.
    pub fn set_table(self, table: *const ()) {
        if let Locked::Bare(_guard) = self.lock() {
            self.head.source_funcs.set(table);
        }
    }

    /// Sets the name; the result is the old one if it was a copy of ours, to be freed.
    pub fn set_name(self, name: *mut u8, owned: bool) -> *mut u8 {
        let _locked = self.lock();
        let old = self.head.name.replace(name);
        let was_owned = self.name_owned().replace(owned);
        if was_owned {
            old
        } else {
            std::ptr::null_mut()
        }
    }

    pub fn name(self) -> *const u8 {
        let _locked = self.lock();
        self.head.name.get()
    }

    /// Sets or clears the time, in nanoseconds, at which the source becomes ready by itself.
    pub fn set_ready_time(self, time: Option<u64>) {
        let mut locked = self.lock();
        if let Some((_, state)) = locked.context() {
            state.deadline_changes(self);
        }
        if self.store_ready_time(time) {
            if let Some((context, state)) = locked.context() {
                if !self.has(BLOCKED) && !self.is_destroyed() {
                    state.set_timer(self);
                    drop(locked);
                    context.bell.ring();
                }
            }
        }
    }

    /// True if it was another.
    #[inline]
    fn store_ready_time(self, time: Option<u64>) -> bool {
        let (is_set, time) = (time.is_some(), time.unwrap_or(0)); // As it is kept.
        let changes = self.has_deadline().get() != is_set || self.deadline.get() != time;
        self.has_deadline().set(is_set);
        self.deadline.set(time);
        changes
    }

    pub fn ready_time(self) -> Option<u64> {
        let _locked = self.lock();
        self.has_deadline().get().then(|| self.deadline.get())
    }

    /// Sets the ready time from this iteration's time, for a source that repeats (TM-002).
    pub fn rearm(self, next: impl FnOnce(u64) -> u64) {
        let mut locked = self.lock();
        if let Some((context, state)) = locked.context() {
            let now = state.take_time();
            state.deadline_changes(self);
            if self.store_ready_time(Some(next(now))) && !self.has(BLOCKED) && !self.is_destroyed()
            {
                state.set_timer(self);
                drop(locked);
                context.bell.ring();
            }
        }
    }

    /// The time of the iteration under way in the source's context (RT-009).
    pub fn iteration_time(self) -> Option<u64> {
        let mut locked = self.lock();
        let (_, state) = locked.context()?;
        Some(state.take_time())
    }

    /// Watches a descriptor; the result names the watch. `decides` says whether what is seen there
    /// makes the source ready by itself.
    pub fn add_fd(self, fd: i32, events: u16, decides: Decides) -> RecordPtr {
        let locked = self.lock();
        let place = if self.head.poll_fds.get().is_none() { self.spare_record() } else { None };
        let record = RecordPtr::owning(place, fd, events, decides);
        self.add_record(locked, record);
        record
    }

    /// Watches a descriptor through a `PollFd` of the program's.
    pub fn add_poll(self, pollfd: NonNull<PollFd>) {
        self.add_record(self.lock(), RecordPtr::of_program(pollfd));
    }

    fn add_record(self, mut locked: Locked<'_>, record: RecordPtr) {
        record.owner.set(Some(self));
        record.next_of_source.set(self.head.poll_fds.replace(Some(record)));
        if let Some((context, state)) = locked.context() {
            if !self.has(BLOCKED) && !self.is_destroyed() {
                state.link(record, self.priority());
                state.records.changed = true;
                context.expect_sleep();
                drop(locked);
                context.bell.ring();
            }
        }
    }

    /// Finds the watch whose `PollFd` is at `pollfd`. The source must be locked.
    fn find_record(self, pollfd: NonNull<PollFd>) -> Option<RecordPtr> {
        self.each_record().find(|record| record.pollfd_ptr() == pollfd)
    }

    pub(super) fn each_record(self) -> impl Iterator<Item = RecordPtr> {
        std::iter::successors(self.head.poll_fds.get(), |record| record.next_of_source.get())
    }

    /// Stops watching through a `PollFd` of the program's; an unknown one is ignored.
    pub fn remove_poll(self, pollfd: NonNull<PollFd>) {
        self.remove_fd(pollfd);
    }

    /// Stops a watch and frees its record. False if it is none of this source's.
    pub fn remove_fd(self, pollfd: NonNull<PollFd>) -> bool {
        let mut locked = self.lock();
        let Some(record) = self.find_record(pollfd) else { return false };
        let next = record.next_of_source.take();
        match self.each_record().find(|other| other.next_of_source.get() == Some(record)) {
            Some(before) => before.next_of_source.set(next),
            None => self.head.poll_fds.set(next),
        }
        if let Some((context, state)) = locked.context() {
            state.unlink(record);
            if !self.has(BLOCKED) {
                state.records.changed = true;
                drop(locked);
                context.bell.ring();
            }
        }
        record.free();
        true
    }

    /// Changes what a watch waits for, from the next query on (UF-003). False if unknown.
    pub fn modify_fd(self, pollfd: NonNull<PollFd>, events: u16) -> bool {
        let mut locked = self.lock();
        let Some(record) = self.find_record(pollfd) else { return false };
        record.set_events(events);
        if let Some((context, state)) = locked.context() {
            state.records.events_changed(record);
            drop(locked);
            context.bell.ring();
        }
        true
    }

    /// What the last check saw on a watch; `None` if unknown.
    pub fn query_fd(self, pollfd: NonNull<PollFd>) -> Option<u16> {
        let _locked = self.lock();
        self.find_record(pollfd).map(RecordPtr::revents)
    }
}

fn set_family_priority(source: SourcePtr, priority: i32) {
    source.head.priority.store(priority, Ordering::Relaxed);
    source.each_child().for_each(|child| set_family_priority(child, priority));
}

impl State {
    /// Moves a source, then its children, to a priority. True if watched descriptors moved too.
    fn move_to(&mut self, source: SourcePtr, priority: i32, parent: Option<SourcePtr>) -> bool {
        let listed = source.level.get() != NO_LEVEL;
        let ahead = listed && self.is_ahead(source);
        if listed {
            self.levels.unfile(source);
            self.levels.unlist(source);
        }
        source.head.priority.store(priority, Ordering::Relaxed);
        if listed {
            self.levels.list(source, parent);
        }
        if listed {
            self.was_moved(source, ahead);
        }
        let mut moved = false;
        for record in source.each_record().filter(|record| record.is_linked()) {
            self.unlink(record);
            self.link(record, priority);
            moved = true;
        }
        self.records.changed |= moved;
        self.levels.file(source);
        for child in source.each_child() {
            moved |= self.move_to(child, priority, Some(source));
        }
        moved
    }
}

impl Context {
    /// Watches a descriptor for nobody in particular: check reports what it saw, nothing becomes
    /// ready (QU-011).
    pub fn add_poll(&self, pollfd: NonNull<PollFd>, priority: i32) {
        let mut state = self.state.lock();
        state.link(RecordPtr::of_program(pollfd), priority);
        state.records.changed = true;
        self.expect_sleep();
        drop(state);
        self.bell.ring();
    }

    /// Removes one such watch; an unknown one counts as a change all the same (QU-010).
    pub fn remove_poll(&self, pollfd: NonNull<PollFd>) {
        let mut state = self.state.lock();
        if let Some(record) = state.records.find_on_context(pollfd) {
            state.unlink(record);
            record.free();
        }
        state.records.changed = true;
        drop(state);
        self.bell.ring();
    }
}

/// Microseconds as C gives them to nanoseconds: -1 is never, other negatives are at once, and what
/// does not fit saturates (RT-001, RT-002, RT-007).
pub fn ready_time_from_us(time: i64) -> Option<u64> {
    match time {
        -1 => None,
        i64::MAX => Some(u64::MAX),
        _ => Some(u64::try_from(time).unwrap_or(0).saturating_mul(NS_PER_US)),
    }
}

/// Nanoseconds to microseconds, rounded up so that nothing happens early, without overflow (RT-007).
pub fn us_from_ready_time(time: Option<u64>) -> i64 {
    time.map_or(-1, |time| (time.saturating_add(NS_PER_US - 1) / NS_PER_US) as i64)
}
