//! One iteration.
//!
//! ```text
//! acquire → prepare → query → poll → check → dispatch → release
//! ```
//!
//! *prepare* asks sources before waiting and finds the time-out; *query* (`query`) gathers what to
//! wait for; *poll* waits; *check* asks again and gathers the ready sources of exactly one priority,
//! the most urgent; *dispatch* runs them. Each is also a public step of its own for programs that
//! drive a context by hand.
//!
//! Sources are visited by priority, inside a priority in list order. A walk ends before the first
//! priority less urgent than one found ready. Only sources that `levels` lists as busy are visited.
//! Dispatching is in `dispatch`.
//!
//! The lock is given up for each call into the program, by value: at such a call no guard exists, so
//! an exception or a `longjmp` out of the program's function finds nothing to undo here.

use super::context::{Context, Guard, State};
use super::defaults::{self, Here};
use super::lit::Decides;
use super::owner::Acquired;
use super::query::BELL_PRIORITY;
use super::records::RecordPtr;
use super::seam::{Complaint, Interest};
use super::source::{SourcePtr, READY};
use crate::sys::clock::NS_PER_MS;
use crate::sys::poll::PollFd;

/// What prepare found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prepared {
    /// The priority of the ready sources, `i32::MAX` if none is ready.
    pub priority: i32,
    pub ready: bool,
}

/// Where check finds what poll saw.
#[derive(Clone, Copy)]
pub enum Polled<'a> {
    /// The context waited itself, and has told the records.
    Here,
    /// An outer loop, or the program's poll function, filled this array.
    Outside(&'a [PollFd]),
}

impl Context {
    /// Runs one iteration; true if a source was found ready (PR-001).
    pub fn iterate(&self, may_block: bool) -> bool {
        let mut state = self.state.lock();
        if !self.acquire_locked(&mut state) {
            if !may_block {
                return false;
            }
            let acquired;
            (state, acquired) = self.wait_for_ownership(state);
            if acquired == Acquired::No {
                return false;
            }
        }
        state.pollset.program_ran = true; // Whatever the program did before it called.
        state.in_run = false;
        let ready;
        (state, ready) = defaults::with_here(|here| self.run_once(state, may_block, here));
        self.release_locked(state);
        ready
    }

    /// Whether an iteration would find a source ready; leaves ready flags behind (CK-013).
    pub fn is_pending(&self) -> bool {
        let mut state = self.state.lock();
        if !self.acquire_locked(&mut state) {
            return false;
        }
        state.pollset.program_ran = true;
        let ready;
        self.state.let_in(&mut state);
        self.verify_always(&state);
        (state, ready) = self.find_ready(state, false);
        self.release_locked(state);
        ready
    }

    /// The iteration between acquiring and releasing, on the thread whose part is `here`.
    #[inline(always)]
    pub(super) fn run_once<'a>(
        &'a self,
        mut state: Guard<'a>,
        may_block: bool,
        here: &Here,
    ) -> (Guard<'a>, bool) {
        self.state.let_in(&mut state);
        self.verify_always(&state);
        let ready;
        (state, ready) = match self.foresee(&mut state) {
            Some((priority, index)) => self.find_foreseen(state, priority, index),
            None => self.find_ready(state, may_block),
        };
        if state.asking == 0 {
            state = self.dispatch_locked(state, here); // Not what a walk that was refused entry is gathering.
        }
        (state, ready)
    }

    /// The level to dispatch and its priority, if it can be told without going through prepare, query,
    /// poll and check: idles are the most urgent that may be ready, and nobody is to be asked. Then
    /// what is done here is all that these steps would do, but for a look at descriptors
    /// (`find_beside`).
    #[inline(always)]
    fn foresee(&self, state: &mut State) -> Option<(i32, u32)> {
        let (priority, index) = state.levels.idles_first()?;
        let plain = state.asking == 0
            && state.pending.is_empty()
            && state.dispatching.is_empty()
            && state.poll_func.is_none()
            && state.marks.is_unused();
        if !plain {
            return None;
        }
        state.now.forget();
        state.notice_changed_tables();
        if !state.timers.is_empty() {
            state.take_due();
            if state.levels.idles_first() != Some((priority, index)) {
                return None;
            }
        }
        state.counters.iterations += 1;
        self.state.follow(state);
        state.timeout = Some(0);
        state.begin_outer_query();
        let leaves = state.in_run && self.bell.can_wait();
        if priority >= BELL_PRIORITY && !leaves && self.bell.acknowledge() {
            state.counters.wakeups += 1;
        }
        Some((priority, index))
    }

    /// What `foresee` saw coming, unless descriptors that are as urgent have a say.
    #[inline(always)]
    fn find_foreseen<'a>(
        &'a self,
        mut state: Guard<'a>,
        priority: i32,
        index: u32,
    ) -> (Guard<'a>, bool) {
        if state.records.any_within(priority) {
            return self.find_beside(state, priority, index);
        }
        state.gather_idles(index);
        (state, true)
    }

    /// Looks at the descriptors that are as urgent as the idles that were foreseen. If nothing comes of
    /// it these are what check would find.
    #[inline(never)]
    fn find_beside<'a>(&'a self, state: Guard<'a>, priority: i32, index: u32) -> (Guard<'a>, bool) {
        let (mut state, lost) = self.look(state, priority);
        state.take_due();
        let news = lost || state.has_news() || !state.marks.is_unused();
        if !news && state.levels.idles_first() == Some((priority, index)) {
            state.gather_idles(index);
            return (state, true);
        }
        self.check_again(state, priority)
    }

    #[inline(never)]
    fn check_again<'a>(&'a self, state: Guard<'a>, priority: i32) -> (Guard<'a>, bool) {
        self.check_locked(state, priority, Polled::Here)
    }

    /// Prepare, query, poll, check, in one piece: each is short when little is to be done.
    #[inline(always)]
    fn find_ready<'a>(&'a self, state: Guard<'a>, may_block: bool) -> (Guard<'a>, bool) {
        let (mut state, prepared) = self.prepare_locked(state);
        let Some(prepared) = prepared else {
            drop(state);
            (self.kind.complain)(Complaint::CheckRecursive);
            return (self.state.lock(), false);
        };
        let waited;
        (state, waited) = self.wait_locked(state, prepared.priority, may_block);
        self.check_waited(state, prepared.priority, waited)
    }

    /// Asks sources before waiting. `None`, after a complaint, from inside a prepare or check.
    pub fn prepare(&self) -> Option<Prepared> {
        let (state, prepared) = self.prepare_locked(self.state.lock());
        drop(state);
        prepared
    }

    #[inline(always)]
    fn prepare_locked<'a>(&'a self, mut state: Guard<'a>) -> (Guard<'a>, Option<Prepared>) {
        if state.asking > 0 {
            drop(state);
            (self.kind.complain)(Complaint::PrepareRecursive);
            return (self.state.lock(), None);
        }
        state.now.forget();
        state = self.drop_pending(state);
        state.counters.iterations += 1;
        self.state.follow(&mut state);
        state.count_blocked();
        state.notice_changed_tables();
        state.take_due();
        state.notice_marks();

        state.now.begin_walk();
        let mut asked_timeout = None;
        let found;
        (state, found) = self.walk_levels(state, |state, index| {
            self.prepare_level(state, index, &mut asked_timeout)
        });
        state.timeout = match found {
            Some(_) => Some(0),
            None => state.sleep_time(asked_timeout),
        };
        let prepared = Prepared { priority: found.unwrap_or(i32::MAX), ready: found.is_some() };
        state.now.prepared_to(prepared.priority);
        (state, Some(prepared))
    }

    /// Goes through the levels with something to look at, most urgent first, up to that of a source
    /// found ready: its priority.
    #[inline(always)]
    fn walk_levels<'a>(
        &'a self,
        mut state: Guard<'a>,
        mut visited: impl FnMut(Guard<'a>, u32) -> (Guard<'a>, Option<i32>),
    ) -> (Guard<'a>, Option<i32>) {
        let (mut found, mut behind) = (None, None);
        while let Some((priority, index)) = state.levels.next_busy(behind) {
            if found.is_some_and(|found| priority > found) {
                break;
            }
            let ready;
            (state, ready) = visited(state, index);
            found = ready.or(found);
            if found.is_some_and(|found| priority >= found) {
                state.skip_behind = None;
                break; // What follows is less urgent.
            }
            behind = Some(state.end_of_visit(priority));
        }
        (state, found)
    }

    /// Prepares a level; the result is as with `visit`.
    #[inline(never)]
    fn prepare_level<'a>(
        &'a self,
        mut state: Guard<'a>,
        index: u32,
        timeout: &mut Option<u64>,
    ) -> (Guard<'a>, Option<i32>) {
        if state.levels.at(index).asked.is_empty() {
            // Nobody to ask: no code runs, so neither order nor flags of idles mean anything.
            let idle = state.levels.at(index).has_ready_idle();
            state.pass_on_from_idles(index);
            let hot = state.prepare_hot(index, timeout);
            let priority = state.levels.at(index).priority;
            return (state, (idle || hot).then_some(priority));
        }
        self.visit(state, index, |state, source, flags| {
            self.prepare_source(state, source, flags, timeout)
        })
    }

    #[inline(always)]
    fn prepare_source<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        flags: u32,
        timeout: &mut Option<u64>,
    ) -> (Guard<'a>, bool) {
        if flags & READY != 0 {
            return (state, true);
        }
        if !source.interest().is(Interest::Asked) {
            let ready = state.prepare_unasked(source, timeout);
            return (state, ready);
        }
        let mut limit = -1;
        let answer;
        (state, answer) =
            self.ask(state, source, |source| (source.kind().prepare)(source, &mut limit));
        if let Ok(limit) = u64::try_from(limit) {
            let limit = limit * NS_PER_MS;
            *timeout = Some(timeout.map_or(limit, |other| other.min(limit)));
        }
        let more = |state: &mut State| source.mark_decides() || state.time_has_come(source);
        let ready = answer || source.is_marked_or_timed() && more(&mut state);
        if ready {
            state.set_ready(source);
        }
        (state, ready)
    }

    /// Asks sources after an outer loop has polled what query handed out.
    pub fn check(&self, max_priority: i32, fds: &[PollFd]) -> bool {
        let mut state = self.state.lock();
        self.acknowledge_outside(&mut state, fds);
        let ready;
        (state, ready) = self.check_locked(state, max_priority, Polled::Outside(fds));
        drop(state);
        ready
    }

    /// Gathers the sources to dispatch; true if there are any.
    #[inline(always)]
    pub(super) fn check_locked<'a>(
        &'a self,
        mut state: Guard<'a>,
        max_priority: i32,
        polled: Polled<'_>,
    ) -> (Guard<'a>, bool) {
        if state.asking > 0 {
            drop(state);
            (self.kind.complain)(Complaint::CheckRecursive);
            return (self.state.lock(), false);
        }
        if state.records.changed {
            return (state, false); // CK-002
        }
        state = self.drop_pending(state);
        if let Polled::Outside(fds) = polled {
            state.deliver(max_priority, fds);
        }
        state.count_blocked();
        state.take_due();
        state.notice_marks();
        if state.gather_lit() {
            return (state, true);
        }

        state.now.begin_walk();
        let found;
        (state, found) = self.walk_levels(state, |state, index| self.check_level(state, index));
        (state, found.is_some())
    }

    /// Gathers the ready sources of a level; the result is as with `visit`.
    #[inline(never)]
    fn check_level<'a>(&'a self, mut state: Guard<'a>, index: u32) -> (Guard<'a>, Option<i32>) {
        let level = state.levels.at(index);
        if level.asked.is_empty() && level.hot.is_empty() {
            let ready = level.has_ready_idle();
            if level.always_children == 0 {
                let priority = level.priority;
                state.gather_idles(index);
                return (state, ready.then_some(priority));
            }
        }
        self.visit(state, index, |state, source, flags| self.check_source(state, source, flags))
    }

    #[inline(always)]
    fn check_source<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        flags: u32,
    ) -> (Guard<'a>, bool) {
        let interest = source.interest().get();
        let verifies = || source.lit_others.get() > 0 || source.marked().get();
        let asks = interest == Interest::Asked || interest == Interest::Verified && verifies();
        if !asks || flags & READY != 0 {
            let ready = state.check_unasked(source);
            return (state, ready);
        }
        let marked = source.is_marked_or_timed() && source.mark_decides();
        if !marked {
            state.hear(source); // Before it looks, so that nothing that comes later is lost.
        }
        let answer;
        (state, answer) = self.ask(state, source, source.kind().check);
        // What its descriptors reported counts even if it has just destroyed itself (CK-006).
        let is_lit = |record: RecordPtr| record.decides == Decides::Always && record.revents() != 0;
        let finds = answer
            || source.each_record().any(is_lit)
            || source.has_deadline().get() && state.time_has_come(source);
        let ready = marked || finds;
        if ready {
            state.gather(source);
        }
        (state, ready)
    }
}

impl State {
    /// The walk goes on behind this priority.
    #[inline]
    fn end_of_visit(&mut self, priority: i32) -> i32 {
        match self.skip_behind {
            None => priority,
            Some(skipped) => {
                self.skip_behind = None;
                skipped.max(priority)
            }
        }
    }

    /// Prepares a source that has not the ready flag and is not to be asked.
    #[inline(never)]
    fn prepare_unasked(&mut self, source: SourcePtr, timeout: &mut Option<u64>) -> bool {
        let idle = source.interest().is(Interest::Always);
        let ready = idle || source.due().get() || source.mark_decides();
        if source.marked().get() && !ready {
            *timeout = Some(0); // Its check function is to be asked at once.
        }
        if source.has_deadline().get() && !idle {
            self.take_time();
        }
        if ready {
            self.set_ready(source);
        }
        ready
    }

    /// Checks a source that has the ready flag or is not to be asked.
    #[inline(never)]
    fn check_unasked(&mut self, source: SourcePtr) -> bool {
        let idle = source.interest().is(Interest::Always);
        let lit = source.lit_deciding.get() > 0;
        let mut ready = source.has(READY) || lit || source.mark_decides() || idle;
        if source.has_deadline().get() && !ready {
            self.take_time();
            ready = source.due().get();
        }
        if ready {
            self.gather(source);
        }
        ready
    }
}
