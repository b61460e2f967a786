//! What there is to wait for, the wait itself, and giving out what it saw.
//!
//! Three ways to wait: the context's own (`pollset`), the program's poll function, and an outer loop
//! that takes the array from [`Context::query`] and brings it back to check. The latter two always
//! get the full array: one entry a descriptor, ascending (QU-001).

use std::mem::ManuallyDrop;

use super::context::{Context, Guard, PollFn, State};
use super::cycle::Polled;
use super::seam::Complaint;
use super::source::{SourcePtr, BLOCKED, READY};
use crate::sys::clock::{monotonic_ns, NS_PER_MS};
use crate::sys::poll::{self, PollFd, ALWAYS, IN};
use crate::sys::Errno;

/// Who waited in an iteration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    Here,
    /// The program's poll function; what it saw is in `State::outside`.
    ByProgram,
}

/// The priority of a context's own wakeup descriptor (MC-001).
pub(super) const BELL_PRIORITY: i32 = 0;

/// Nanoseconds as poll takes them: milliseconds, rounded up, -1 for ever (QU-005).
fn to_ms(timeout: Option<u64>) -> i32 {
    timeout.map_or(-1, |ns| i32::try_from(ns.div_ceil(NS_PER_MS)).unwrap_or(i32::MAX))
}

impl Context {
    /// Fills `fds` as far as it reaches; the result is the number of entries needed, and the
    /// time-out in milliseconds.
    pub fn query(&self, max_priority: i32, fds: &mut [PollFd]) -> (usize, i32) {
        let mut state = self.state.lock();
        self.begin_query(&mut state);
        let mut needed = 0;
        self.gather_array(&mut state, max_priority, |entry| {
            if let Some(place) = fds.get_mut(needed) {
                *place = entry;
            }
            needed += 1;
        });
        let timeout = to_ms(state.timeout);
        (needed, timeout)
    }

    fn begin_query(&self, state: &mut State) {
        state.records.changed = false;
        if state.timeout != Some(0) {
            state.now.forget(); // QU-008
        }
        state.suspend_blocked();
        state.records.refresh();
    }

    /// Hands out the full array, the bell at its place.
    fn gather_array(&self, state: &mut State, max_priority: i32, mut each: impl FnMut(PollFd)) {
        if state.mark_losers() {
            state.timeout = Some(0);
        }
        let mut bell = None;
        if max_priority >= BELL_PRIORITY {
            state.pollset.verify_bell(&self.bell);
            bell = self.bell_descriptor();
            self.bell.listen_outside();
        }
        let mut give = |fd, events| each(PollFd { fd, events, revents: 0 });
        state.records.for_each_sorted(max_priority, |fd, events| match bell {
            Some(number) if number < fd => {
                give(number, IN);
                bell = None;
                give(fd, events);
            }
            Some(number) if number == fd => {
                bell = None;
                give(fd, events | IN);
            }
            _ => give(fd, events),
        });
        if let Some(number) = bell {
            give(number, IN);
        }
    }

    fn bell_descriptor(&self) -> Option<i32> {
        match self.bell.descriptor() {
            Ok(number) => Some(number),
            Err(Errno(number)) => {
                (self.kind.complain)(Complaint::NoWakeup(number));
                None
            }
        }
    }

    /// Acknowledges a wakeup that an outer poll saw (CK-001).
    pub(super) fn acknowledge_outside(&self, _state: &mut State, fds: &[PollFd]) {
        let rang = |entry: &PollFd| entry.revents != 0 && self.bell.is(entry.fd);
        if fds.iter().any(rang) && !self.bell.acknowledge() {
            self.bell.drain();
        }
    }

    /// Query and poll: waits for what is within `max_priority`.
    pub(super) fn wait_locked<'a>(
        &'a self,
        mut state: Guard<'a>,
        max_priority: i32,
        may_block: bool,
    ) -> (Guard<'a>, Waited) {
        let timeout = if may_block { state.timeout } else { Some(0) };
        self.begin_query(&mut state);
        state.pollset.fired.clear();
        if let Some(func) = state.poll_func {
            return (self.wait_by_program(state, func, max_priority, timeout), Waited::ByProgram);
        }
        if timeout == Some(0) {
            if max_priority >= BELL_PRIORITY && self.bell.acknowledge() {
                state.counters.wakeups += 1;
            }
            if !state.records.any_within(max_priority) {
                return (state, Waited::Here); // Nothing to look at: no system call.
            }
        }
        (self.wait_here(state, timeout), Waited::Here)
    }

    /// Waits through the pollset, over and over until there is a reason to return.
    fn wait_here<'a>(&'a self, mut state: Guard<'a>, timeout: Option<u64>) -> Guard<'a> {
        let blocks = timeout != Some(0);
        let end = timeout.filter(|_| blocks).map(|ns| monotonic_ns().saturating_add(ns));
        let mut left = timeout;
        loop {
            let s = &mut *state;
            s.pollset.sync(&mut s.records);
            let mut bell = None;
            let (mut sleep, lost) = s.verify_own(&self.bell, left);
            let mut rung = false;
            if blocks {
                bell = self.bell_descriptor();
                rung = self.bell.listen();
                if rung || bell.is_none() {
                    sleep = Some(0);
                }
            }
            s.counters.waits += 1;
            let mut lent = s.pollset.lend(bell);
            drop(state);

            let found = match sleep {
                Some(0) => poll::look(lent.polled()),
                _ => poll::wait(lent.polled(), sleep),
            };
            if found.is_ok_and(|count| count > 0) {
                lent.collect();
            }

            state = self.state.lock();
            let s = &mut *state;
            let bell_rang = found.is_ok() && lent.bell_rang();
            s.pollset.settle(&mut s.records, lent, found.is_err());
            if let Err(error) = found {
                if error != Errno::INTR {
                    drop(state);
                    (self.kind.complain)(Complaint::PollFailed(error.0));
                    state = self.state.lock();
                }
            }
            let s = &mut *state;
            if !blocks {
                return state;
            }
            self.bell.stop_listening();
            let woken = if rung { self.bell.acknowledge() } else { self.bell.acknowledge_sleep() };
            if woken {
                s.counters.wakeups += 1;
                return state;
            }
            if bell_rang {
                // A ringer's write came after its ring had been heard, or it is no bell any more.
                self.bell.drain();
            }
            let now = end.map(|end| (end, monotonic_ns()));
            let over = now.is_some_and(|(end, now)| now >= end);
            let seen = lost || found.is_err() || !s.pollset.fired.is_empty();
            if seen || s.records.changed || over {
                return state;
            }
            left = now.map(|(end, now)| end - now);
        }
    }

    fn wait_by_program<'a>(
        &'a self,
        mut state: Guard<'a>,
        func: PollFn,
        max_priority: i32,
        timeout: Option<u64>,
    ) -> Guard<'a> {
        // Out of the state while the function runs, which may iterate; and without a destructor,
        // so that an exception out of it finds nothing to do here.
        let mut fds = ManuallyDrop::new(std::mem::take(&mut state.outside));
        fds.clear();
        self.gather_array(&mut state, max_priority, |entry| fds.push(entry));
        state.counters.waits += 1;
        let timeout = if state.timeout == Some(0) { Some(0) } else { timeout };
        if fds.is_empty() && timeout == Some(0) {
            state.outside = ManuallyDrop::into_inner(fds);
            return state; // PO-002
        }
        let (first, count) = (fds.as_mut_ptr(), fds.len() as u32);
        drop(state);
        // SAFETY: the program's own poll function gets an array of `count` entries (I6).
        let found = unsafe { func(first, count, to_ms(timeout)) };
        let error = Errno::last();
        if found < 0 && error != Errno::INTR {
            (self.kind.complain)(Complaint::PollFailed(error.0));
        }
        let mut state = self.state.lock();
        self.acknowledge_outside(&mut state, &fds);
        state.outside = ManuallyDrop::into_inner(fds);
        self.bell.stop_listening();
        state
    }

    /// The check phase of an iteration, by what its own wait saw.
    pub(super) fn check_waited<'a>(
        &'a self,
        mut state: Guard<'a>,
        max_priority: i32,
        waited: Waited,
    ) -> (Guard<'a>, bool) {
        if waited == Waited::Here {
            return self.check_locked(state, max_priority, Polled::Here);
        }
        let fds = std::mem::take(&mut state.outside);
        let (mut state, ready) = self.check_locked(state, max_priority, Polled::Outside(&fds));
        state.outside = fds;
        (state, ready)
    }
}

impl State {
    /// Idles are ready as they are; what that means for their parents has to be told (PR-010).
    pub(super) fn pass_on_from_idles(&mut self, index: u32) {
        if self.levels.at(index).always_children == 0 {
            return;
        }
        let mut at = self.levels.at(index).always.first();
        while let Some(source) = at {
            at = source.queue_next.get();
            if let Some(parent) = source.parent().filter(|_| !source.has(BLOCKED)) {
                self.set_ready(parent);
            }
        }
    }

    /// Prepares a level with nobody to ask, so that no program code runs and order means nothing.
    pub(super) fn prepare_hot(&mut self, index: u32, timeout: &mut Option<u64>) -> bool {
        let mut ready = false;
        let mut at = self.levels.at(index).hot.first();
        while let Some(source) = at {
            if source.due.get() && !source.has(READY) {
                self.take_time();
            }
            if source.due.get() || source.mark_decides() {
                self.set_ready(source); // May append an ancestor to the queue.
            } else if source.marked.get() {
                *timeout = Some(0); // Its check function is to be asked at once.
            }
            ready |= source.has(READY);
            at = source.queue_next.get();
        }
        ready
    }

    /// Puts a ready source on the list of those to dispatch (CK-009).
    pub(super) fn gather(&mut self, source: SourcePtr) {
        source.reference();
        self.set_ready(source);
        self.pending.push(source);
    }

    /// The same for all idles of a level that has nothing else to look at.
    pub(super) fn gather_idles(&mut self, index: u32) {
        self.levels.at_mut(index).always.sort();
        let State { levels, pending, .. } = self;
        for source in levels.at(index).always.iter() {
            if !source.has(BLOCKED) {
                source.reference();
                source.put(READY, true);
                pending.push(source);
            }
        }
    }

    /// Hands what the context's own wait saw to the records (CK-003).
    pub(super) fn deliver_waited(&mut self, max_priority: i32) {
        self.darken(max_priority);
        let fired = std::mem::take(&mut self.pollset.fired);
        for (index, revents) in &fired {
            self.light_entry(*index, *revents, max_priority);
        }
        self.pollset.fired = fired;
    }

    /// Hands an array filled by somebody else to the records. It has to be in the order of query's;
    /// from the first entry out of order on it is ignored (CK-004).
    pub(super) fn deliver(&mut self, max_priority: i32, fds: &[PollFd]) {
        let ordered = fds.windows(2).take_while(|pair| pair[0].fd < pair[1].fd).count();
        for entry in fds.iter().take(ordered + 1) {
            if let Some(index) = self.records.entry_of(entry.fd) {
                self.light_entry(index, entry.revents, max_priority);
            }
        }
    }

    fn light_entry(&mut self, index: u32, revents: u16, max_priority: i32) {
        let mut at = self.records.entries[index as usize].first;
        while let Some(record) = at {
            at = record.next_on_entry();
            if record.priority.get() <= max_priority {
                self.light(record, revents & (record.wanted() | ALWAYS));
            }
        }
    }

    /// Everything polled counts as quiet until told otherwise.
    fn darken(&mut self, max_priority: i32) {
        let mut at = 0;
        while at < self.records.lit_count() {
            let record = self.records.lit_at(at);
            if record.priority.get() <= max_priority {
                self.light(record, 0); // Leaves the list: another one is at this place now.
            } else {
                at += 1;
            }
        }
        for at in 0..self.records.volatile_count() {
            let record = self.records.volatile_at(at);
            if record.priority.get() <= max_priority {
                self.light(record, 0);
            }
        }
    }
}
