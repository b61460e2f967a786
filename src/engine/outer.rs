//! The bell in the hands of an outer loop, which polls the array that query hands out.
//!
//! poll(2) enters itself in the wait queue of every file that it looks at, until it has found one that
//! is ready; from then on a look costs half. GLib's context signals its own descriptor after each
//! dispatch of a descriptor (RB-007), and that is among the lowest numbers, so a busy outer loop
//! polls cheaply. So it does here, without GLib's writing and reading every time: while each poll
//! finds descriptors ready and their sources are dispatched, the bell is *left signalled*. It is
//! quietened by the first poll that finds nothing else, and by a query with nothing dispatched
//! before it. A loop whose polls mostly have to wait never gets there.
//!
//! The bell's word knows nothing of this: a bell that is left signalled is one that was written to and
//! has not been emptied (`bell`).

use super::context::{Context, State};
use super::query::{earlier, BELL_PRIORITY, SLICE};
use crate::sys::poll::{PollFd, IN};

/// Polls in a row that must have found descriptors ready.
const BUSY_POLLS: u8 = 2;

#[derive(Default)]
pub struct Outer {
    /// A descriptor's source was dispatched since the last query.
    pub put_back: bool,
    /// The bell was left signalled.
    signalled: bool,
    /// Polls in a row that found descriptors ready.
    busy: u8,
}

impl Context {
    /// The bell as an outer loop is to poll it.
    pub(super) fn bell_outside(&self, state: &mut State, max_priority: i32) -> Option<PollFd> {
        if state.mark_losers() {
            state.timeout = Some(0);
        }
        if max_priority < BELL_PRIORITY {
            return None;
        }
        state.pollset.verify_bell(&self.bell);
        let bell = self.bell.descriptor();
        let busy = std::mem::take(&mut state.outer.put_back) && state.outer.busy >= BUSY_POLLS;
        if busy {
            self.bell.stay_signalled();
        } else if state.outer.signalled && self.bell.acknowledge() {
            self.bell.ring(); // Somebody did ring.
        }
        state.outer.signalled = busy;
        self.bell.listen_outside();
        if bell.is_err() {
            state.timeout = earlier(state.timeout, Some(SLICE));
        }
        bell.ok().map(|fd| PollFd { fd, events: IN, revents: 0 })
    }

    /// A descriptor is watched: sooner or later somebody will sleep, and the lower the bell's number
    /// the fewer descriptors an outer poll looks at before it. Called under the lock.
    #[inline]
    pub(super) fn expect_sleep(&self) {
        if !self.bell.is_made() {
            let _ = self.bell.descriptor(); // If it cannot be had now, a sleep asks again.
        }
    }

    /// The same for a context in which there will be descriptors, before they are opened.
    pub(super) fn make_bell(&self) {
        let _state = self.state.lock();
        self.expect_sleep();
    }

    /// Acknowledges a wakeup that an outer poll saw (CK-001).
    pub(super) fn acknowledge_outside(&self, state: &mut State, fds: &[PollFd]) {
        let (mut rang, mut others) = (false, false);
        for entry in fds.iter().filter(|entry| entry.revents != 0) {
            match self.bell.is(entry.fd) {
                true => rang = true,
                false => others = true,
            }
        }
        state.outer.busy = if others { state.outer.busy.saturating_add(1) } else { 0 };
        if rang && others && state.outer.signalled {
            self.bell.acknowledge_signalled();
        } else if rang && !self.bell.acknowledge() {
            self.bell.drain();
        }
        state.outer.signalled &= rang && others;
    }
}

#[cfg(test)]
mod tests {
    use super::super::lit::Decides;
    use super::super::source::{Head, SourcePtr};
    use super::super::tests::{Held, COUNTING, PASSIVE};
    use super::*;
    use crate::sys::{eventfd, fd, poll};

    /// A context with one descriptor, driven as an outer loop does.
    struct Driven {
        context: Held,
        number: i32,
        source: SourcePtr,
    }

    /// What a poll saw.
    #[derive(Debug, PartialEq, Eq)]
    struct Seen {
        bell: bool,
        descriptor: bool,
    }

    const NOTHING: Seen = Seen { bell: false, descriptor: false };

    impl Driven {
        fn new() -> Driven {
            let context = Held::new();
            assert!(context.acquire());
            let number = eventfd::create().expect("an eventfd");
            let table = &raw const PASSIVE;
            let source = SourcePtr::new(&COUNTING, table.cast(), size_of::<Head>() as u32, true);
            source.add_fd(number, IN, Decides::Always);
            source.attach(&context);
            let driven = Driven { context, number, source };
            driven.turn(); // The watch is news.
            driven
        }

        fn turn(&self) -> Seen {
            let prepared = self.context.prepare().expect("nobody is asking");
            let mut fds = [PollFd::default(); 3];
            let (count, _) = self.context.query(prepared.priority, &mut fds);
            assert_eq!(count, 2);
            poll::look(&mut fds[..2]).expect("polls");
            let saw = |own: bool| {
                let mut entries = fds[..2].iter().filter(|entry| (entry.fd == self.number) == own);
                entries.any(|entry| entry.revents != 0)
            };
            let seen = Seen { bell: saw(false), descriptor: saw(true) };
            assert_eq!(self.context.check(prepared.priority, &fds[..2]), seen.descriptor);
            self.context.dispatch();
            seen
        }

        /// Turns until the bell is left signalled.
        fn be_busy(&self) {
            eventfd::ring(self.number);
            let seen: Vec<bool> = (0..6).map(|_| self.turn().bell).collect();
            assert_eq!(seen, [false, false, true, true, true, true]);
        }
    }

    impl Drop for Driven {
        fn drop(&mut self) {
            self.context.release();
            self.source.destroy();
            self.source.unreference();
            fd::close(self.number).expect("still open");
        }
    }

    #[test]
    fn busy_polls_find_the_bell_signalled_and_the_first_quiet_one_ends_that() {
        let driven = Driven::new();
        driven.be_busy();
        eventfd::drain(driven.number);
        assert_eq!(driven.turn(), Seen { bell: true, descriptor: false });
        assert_eq!(driven.turn(), NOTHING);
    }

    #[test]
    fn a_ring_while_it_is_signalled_is_not_lost() {
        let driven = Driven::new();
        driven.be_busy();
        eventfd::drain(driven.number);
        driven.context.wakeup();
        assert!(driven.turn().bell); // This one takes it.
        assert_eq!(driven.turn(), NOTHING);
        driven.context.wakeup();
        assert!(driven.turn().bell);
        assert_eq!(driven.turn(), NOTHING);
    }

    #[test]
    fn a_ring_before_the_query_that_quietens_the_bell_is_passed_on() {
        let driven = Driven::new();
        driven.be_busy();
        let mut fds = [PollFd::default(); 3];
        driven.context.query(i32::MAX, &mut fds); // Signalled: something was dispatched before.
        driven.context.wakeup();
        driven.context.query(i32::MAX, &mut fds); // Nothing was dispatched since.
        eventfd::drain(driven.number);
        poll::look(&mut fds[..2]).expect("polls");
        assert!(fds[..2].iter().any(|entry| entry.revents != 0 && entry.fd != driven.number));
    }

    #[test]
    fn a_query_with_nothing_dispatched_before_it_quietens_the_bell() {
        let driven = Driven::new();
        driven.be_busy();
        let mut fds = [PollFd::default(); 3];
        driven.context.query(i32::MAX, &mut fds);
        driven.context.query(i32::MAX, &mut fds);
        eventfd::drain(driven.number);
        assert_eq!(poll::look(&mut fds[..2]), Ok(0));
    }

    #[test]
    fn an_iteration_of_the_contexts_own_does_not_return_early_for_it() {
        let driven = Driven::new();
        driven.be_busy();
        eventfd::drain(driven.number);
        driven.source.set_ready_time(Some(crate::sys::clock::monotonic_ns() + 5_000_000));
        driven.context.bell.acknowledge(); // The ready time's.
        assert!(driven.context.iterate(true));
    }
}
