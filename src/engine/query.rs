//! What there is to wait for, the wait itself, and giving out what it saw.
//!
//! Three ways to wait: the context's own (`pollset`), the program's poll function, and an outer loop
//! that takes the array from [`Context::query`] and brings it back to check. The latter two always
//! get the full array: one entry a descriptor, ascending (QU-001).

use std::mem::ManuallyDrop;

use super::context::{Context, Guard, PollFn, State};
use super::cycle::Polled;
use super::desk::Desk;
use super::seam::Complaint;
use super::source::{SourcePtr, BLOCKED, READY};
use crate::sys::clock::{monotonic_ns, NS_PER_MS};
use crate::sys::poll::PollFd;
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

/// Where no descriptor can be had for the bell, nobody can end a sleep: how long one lasts at most
/// before the loop looks whether somebody rang.
pub(super) const SLICE: u64 = 10 * NS_PER_MS;

/// The earlier end of a wait; `None` is never.
pub(super) fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Nanoseconds as poll takes them: milliseconds, rounded up, -1 for ever (QU-005).
fn to_ms(timeout: Option<u64>) -> i32 {
    timeout.map_or(-1, |ns| i32::try_from(ns.div_ceil(NS_PER_MS)).unwrap_or(i32::MAX))
}

/// Copies what fits of `sorted` into `fds`, the bell at its place; the result is how many entries
/// there are.
fn fill(sorted: &[PollFd], bell: Option<PollFd>, fds: &mut [PollFd]) -> usize {
    let Some(bell) = bell else {
        let fits = sorted.len().min(fds.len());
        fds[..fits].copy_from_slice(&sorted[..fits]);
        return sorted.len();
    };
    let at = sorted.partition_point(|entry| entry.fd < bell.fd);
    let (before, mut behind) = sorted.split_at(at);
    let mut merged = bell;
    if let Some((same, others)) = behind.split_first().filter(|(entry, _)| entry.fd == bell.fd) {
        merged.events |= same.events;
        behind = others;
    }
    let mut rest = fds;
    for part in [before, &[merged], behind] {
        let fits = part.len().min(rest.len());
        let (here, next) = std::mem::take(&mut rest).split_at_mut(fits);
        here.copy_from_slice(&part[..fits]);
        rest = next;
    }
    before.len() + 1 + behind.len()
}

impl Context {
    /// Fills `fds` as far as it reaches; the result is the number of entries needed, and the
    /// time-out in milliseconds.
    pub fn query(&self, max_priority: i32, fds: &mut [PollFd]) -> (usize, i32) {
        let mut state = self.state.lock();
        state.begin_query();
        if state.timeout != Some(0) {
            state.now.forget(); // QU-008
        }
        let bell = self.bell_outside(&mut state, max_priority);
        let needed = fill(state.records.sorted(max_priority), bell, fds);
        (needed, to_ms(state.timeout))
    }

    /// Query and poll: waits for what is within `max_priority`.
    #[inline(always)]
    pub(super) fn wait_locked<'a>(
        &'a self,
        mut state: Guard<'a>,
        max_priority: i32,
        may_block: bool,
    ) -> (Guard<'a>, Waited) {
        let mut timeout = if may_block { state.timeout } else { Some(0) };
        state.begin_query();
        if state.timeout != Some(0) {
            state.now.forget_if_seen();
        }
        if let Some(func) = state.poll_func {
            return (self.wait_by_program(state, func, max_priority, timeout), Waited::ByProgram);
        }
        if max_priority >= BELL_PRIORITY && self.bell.acknowledge() {
            state.counters.wakeups += 1;
            timeout = Some(0);
        }
        if timeout == Some(0) && !state.records.any_within(max_priority) {
            return (state, Waited::Here); // Nothing to look at: no system call.
        }
        (self.wait_here(state, max_priority, timeout), Waited::Here)
    }

    /// Waits through the pollset: looks, and if that was in vain and time is left, sleeps.
    fn wait_here<'a>(
        &'a self,
        mut state: Guard<'a>,
        max_priority: i32,
        timeout: Option<u64>,
    ) -> Guard<'a> {
        let sleeps = timeout != Some(0);
        if !sleeps || (!state.records.is_empty() && state.pollset.expects_news()) {
            let lost;
            (state, lost) = self.look(state, max_priority);
            if !sleeps {
                return state;
            }
            let found = lost || state.has_news();
            state.pollset.looked(found);
            if found {
                return state;
            }
        }
        self.sleep(state, timeout)
    }

    /// Looks once, without sleeping. Also says whether that failed, or something of ours was found
    /// to be lost. All in one piece, since a busy loop does nothing else.
    #[inline(never)]
    pub(super) fn look<'a>(&'a self, mut state: Guard<'a>, max_priority: i32) -> (Guard<'a>, bool) {
        let s = &mut *state;
        // Without a destructor, should the thread be cancelled in the call.
        let mut desk = ManuallyDrop::new(s.pollset.lend(&mut s.records));
        let lost = s.verify_own_if_due(&mut desk, &self.bell);
        s.pollset.equip(&mut desk);
        s.counters.waits += 1;
        drop(state);
        let looked = desk.look();
        state = self.take_back(ManuallyDrop::into_inner(desk), looked, max_priority);
        if state.pollset.fired && state.timeout != Some(0) {
            // What fired is later than the time: who asks takes it anew. A deadline that came in this
            // moment is the next iteration's.
            state.now.grows_stale();
        }
        (state, lost || looked.is_err())
    }

    /// Sleeps, over and over until there is a reason to return.
    #[inline(never)]
    fn sleep<'a>(&'a self, mut state: Guard<'a>, timeout: Option<u64>) -> Guard<'a> {
        let end = timeout.map(|ns| monotonic_ns().saturating_add(ns));
        let mut left = timeout;
        state.now.forget();
        loop {
            let s = &mut *state;
            // Without a destructor, should the thread be cancelled in its sleep.
            let mut desk = ManuallyDrop::new(s.pollset.lend(&mut s.records));
            let (limit, lost) = s.verify_own(&mut desk, &self.bell, left);
            s.pollset.equip(&mut desk);
            s.counters.waits += 1;
            let bell = self.bell.descriptor().ok();
            let rung = self.bell.listen();
            drop(state);
            let limit = match bell {
                _ if rung => Some(0),
                Some(_) => limit,
                None => earlier(limit, Some(SLICE)),
            };
            let slept = desk.sleep(bell, limit);
            let bell_rang = desk.bell_rang();
            state = self.take_back(ManuallyDrop::into_inner(desk), slept, i32::MAX);

            self.bell.stop_listening();
            let woken = if rung { self.bell.acknowledge() } else { self.bell.acknowledge_sleep() };
            if woken {
                state.counters.wakeups += 1;
                return state;
            }
            if bell_rang {
                // A ringer's write came after its ring had been heard, or it is no bell any more.
                self.bell.drain();
            }
            let now = end.map(|end| (end, monotonic_ns()));
            let over = now.is_some_and(|(end, now)| now >= end);
            if lost || slept.is_err() || over || state.has_news() {
                if let Some((_, now)) = now {
                    state.now.is_about(now);
                }
                return state;
            }
            left = now.map(|(end, now)| end - now);
        }
    }

    /// Gives what was lent for a wait back to the pollset, which works out what fired and tells the
    /// records within `max_priority` (CK-003), unless check will not look at them (CK-002).
    #[inline(always)]
    fn take_back(
        &self,
        desk: Box<Desk>,
        result: Result<(), Errno>,
        max_priority: i32,
    ) -> Guard<'_> {
        let mut state = self.state.lock();
        if !state.records.changed {
            state.darken_all(max_priority, |_| true);
        }
        let State { pollset, records, .. } = &mut *state;
        pollset.settle(records, desk, result.is_err(), max_priority);
        match result {
            Ok(()) | Err(Errno::INTR) => state,
            Err(error) => self.complain_of_wait(state, error),
        }
    }

    #[cold]
    fn complain_of_wait<'a>(&'a self, state: Guard<'a>, error: Errno) -> Guard<'a> {
        drop(state);
        (self.kind.complain)(Complaint::PollFailed(error.0));
        self.state.lock()
    }

    #[inline(never)]
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
        let bell = self.bell_outside(&mut state, max_priority);
        let sorted = state.records.sorted(max_priority);
        fds.resize(sorted.len() + 1, PollFd::default());
        let needed = fill(sorted, bell, &mut fds);
        fds.truncate(needed);
        state.counters.waits += 1;
        let timeout = earlier(timeout, state.timeout);
        if state.timeout != Some(0) {
            state.now.forget(); // The program's function may take long.
        }
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
    #[inline(always)]
    pub(super) fn check_waited<'a>(
        &'a self,
        state: Guard<'a>,
        max_priority: i32,
        waited: Waited,
    ) -> (Guard<'a>, bool) {
        match waited {
            Waited::Here => self.check_locked(state, max_priority, Polled::Here),
            Waited::ByProgram => self.check_outside(state, max_priority),
        }
    }

    #[inline(never)]
    fn check_outside<'a>(&'a self, mut state: Guard<'a>, max_priority: i32) -> (Guard<'a>, bool) {
        let fds = std::mem::take(&mut state.outside);
        let (mut state, ready) = self.check_locked(state, max_priority, Polled::Outside(&fds));
        state.outside = fds;
        (state, ready)
    }
}

impl State {
    /// What precedes any wait, whoever waits.
    #[inline(always)]
    pub(super) fn begin_query(&mut self) {
        if !self.dispatching.is_empty() {
            self.suspend_blocked();
        }
        self.begin_outer_query();
    }

    /// The same where no dispatch is under way.
    #[inline(always)]
    pub(super) fn begin_outer_query(&mut self) {
        self.records.changed = false;
        self.pollset.fired = false;
        self.records.refresh();
    }

    /// There is a reason for check to look at what the wait brought.
    pub(super) fn has_news(&self) -> bool {
        self.pollset.fired || self.records.changed
    }

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
            if source.due().get() && !source.has(READY) {
                self.take_time();
            }
            if source.due().get() || source.mark_decides() {
                self.set_ready(source); // May append an ancestor to the queue.
            } else if source.marked().get() {
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
    #[inline(always)]
    pub(super) fn gather_idles(&mut self, index: u32) {
        let State { levels, pending, .. } = self;
        let idles = &mut levels.at_mut(index).always;
        idles.sort();
        for source in idles.iter() {
            if !source.has(BLOCKED) {
                source.reference();
                source.put(READY, true);
                pending.push(source);
            }
        }
    }
}
