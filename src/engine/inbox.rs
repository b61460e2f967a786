//! What other threads add while the owner of a context is at work.
//!
//! The lock of a context that iterates is seldom free for long. A thread that adds a source to a context
//! which another thread owns does without it: it takes the next id and writes a letter (`letters`), which
//! says what source there is to be. Whoever takes the lock next, whatever for, makes and attaches what the
//! letters say before it looks at anything else ([`Gate::lock`]); so nobody can tell that this comes later
//! than the call that wrote. Letters of one thread, and of threads that wait for each other, are opened in
//! the order in which they were written; of those written at the same time, the one with the later id may
//! come first. An owner that keeps the lock from one iteration to the next looks at the beginning of each.
//!
//! No wakeup is lost: a letter is on the stack before its writer rings, and the owner looks at the stack
//! after it has acknowledged (`bell`).
//!
//! Only a source that nobody knows before it is attached, with nothing but a callback and perhaps a
//! deadline, goes this way; any other is attached under the lock (`life`).

use super::context::{Context, Guard, State};
use super::ids::Ids;
use super::letters::{Draft, Letters, Maker, Opened};
use super::list::prefetch;
use super::shelf::Shelf;
use super::source::SourcePtr;
use crate::sync::{AtomicU64, Mutex, Ordering};
use crate::sys::thread::this as this_thread;

/// A context's lock, and what lies before it.
#[derive(Default)]
#[repr(C)]
pub struct Gate {
    mutex: Mutex<State>,
    letters: Letters,
}

impl Gate {
    #[inline]
    pub fn lock(&self) -> Guard<'_> {
        let mut state = self.mutex.lock();
        state.entries = state.entries.wrapping_add(1);
        self.let_in(&mut state);
        state
    }

    /// The lock if that costs next to nothing, for the shelf alone: nobody is let in, and it does not count as taken.
    #[inline]
    pub(super) fn lock_if_alone(&self) -> Option<Guard<'_>> {
        self.mutex.lock_if_alone()
    }

    /// Whether this thread holds the lock.
    #[cfg(debug_assertions)]
    pub(super) fn is_mine(&self) -> bool {
        self.mutex.is_mine()
    }

    /// An iteration begins: what was let in before the last one has been dispatched, or as far as it will be.
    #[inline]
    pub(super) fn follow(&self, state: &mut State) {
        if state.letters_came {
            self.followed(state);
        }
    }

    #[cold]
    #[inline(never)]
    fn followed(&self, state: &mut State) {
        state.letters_came = false;
        self.letters.are_followed();
    }

    /// Attaches what other threads have written of. For whoever holds the lock for long.
    #[inline]
    pub(super) fn let_in(&self, state: &mut State) {
        if self.letters.are_waiting() {
            self.let_all_in(state);
        }
    }

    #[inline(never)]
    fn let_all_in(&self, state: &mut State) {
        state.letters_came = true;
        let mut opened = Opened::of(&self.letters);
        let mut letters = self.letters.take();
        while let Some(letter) = letters.next() {
            prefetch(letters.peek()); // It lies in another processor's cache.
            let source = (letter.make)(&letter.draft, &mut state.shelf);
            source.head.source_id.store(letter.id, Ordering::Relaxed);
            // SAFETY: this very context, whose lock is held (I3).
            state.attach(unsafe { &*letter.context }, source);
            opened.add(letter);
        }
        opened.give_back();
    }

    /// The id for a source that is attached under the lock.
    #[inline]
    pub(super) fn next_id(&self, ids: &Ids) -> u32 {
        self.letters.next_free_id(ids)
    }

    pub(super) fn numbers(&self) -> &AtomicU64 {
        self.letters.numbers()
    }
}

impl Context {
    /// Makes and attaches a source. The result is its id.
    #[inline(always)]
    pub fn add<M: Maker>(&self, draft: Draft) -> u32 {
        let owner = self.bell.owner();
        if owner != 0 && owner != this_thread() {
            if let Some(id) = self.state.letters.next_id() {
                self.post(id, M::make, draft);
                return id;
            }
        }
        let mut state = self.state.lock();
        let source = M::make(&draft, &mut state.shelf);
        self.attach_new(state, source)
    }

    #[inline(never)]
    fn post(&self, id: u32, make: fn(&Draft, &mut Shelf) -> SourcePtr, draft: Draft) {
        self.state.letters.write(self, id, make, draft);
        self.bell.ring(); // WK-004
    }
}

#[cfg(test)]
mod tests {
    use std::ptr::null_mut;

    use super::super::source::Head;
    use super::super::tests::{Held, COUNTING, PASSIVE};
    use super::*;

    struct Passive;

    impl Maker for Passive {
        fn make(_draft: &Draft, _shelf: &mut Shelf) -> SourcePtr {
            let table = &raw const PASSIVE;
            SourcePtr::new(&COUNTING, table.cast(), size_of::<Head>() as u32, false)
        }
    }

    fn add_to(context: &Context) -> u32 {
        let (func, data, notify) = (None, null_mut(), None);
        let (priority, once, ready_time, interval) = (0, false, 0, 0);
        context.add::<Passive>(Draft { func, data, notify, priority, once, ready_time, interval })
    }

    fn waiting(context: &Context) -> bool {
        context.state.letters.are_waiting()
    }

    /// Lets another thread give `count` sources to a context that this one owns; their ids.
    fn given(context: &Context, count: usize) -> Vec<u32> {
        let give = || (0..count).map(|_| add_to(context)).collect();
        std::thread::scope(|scope| scope.spawn(give).join().expect("gives"))
    }

    #[test]
    fn what_another_thread_gives_is_attached_by_whoever_locks_next_in_the_order_given() {
        let context = Held::new();
        assert!(context.acquire());
        let own = add_to(&context);
        let ids = given(&context, 3);
        assert!(waiting(&context));
        let late = add_to(&context);
        assert!(!waiting(&context));
        let state = context.state.lock();
        let listed: Vec<u32> = state.levels.in_order().map(|source| source.id()).collect();
        drop(state);
        assert_eq!(listed, [vec![own], ids, vec![late]].concat());
        assert_eq!(context.verify(), Ok(()));
        context.release();
    }

    #[test]
    fn threads_that_give_at_once_lose_nothing_and_keep_their_own_order() {
        const EACH: usize = 2000;
        let context = Held::new();
        assert!(context.acquire());
        let ids: Vec<Vec<u32>> = std::thread::scope(|scope| {
            let shared: &Context = &context;
            let give = move || (0..EACH).map(|_| add_to(shared)).collect();
            let givers: Vec<_> = (0..3).map(|_| scope.spawn(give)).collect();
            while !givers.iter().all(|giver| giver.is_finished()) {
                context.iterate(false);
            }
            givers.into_iter().map(|giver| giver.join().expect("gives")).collect()
        });
        let state = context.state.lock();
        let listed: Vec<u32> = state.levels.in_order().map(|source| source.id()).collect();
        drop(state);
        assert_eq!(listed.len(), 3 * EACH);
        for mine in &ids {
            let of_mine: Vec<u32> = listed.iter().copied().filter(|id| mine.contains(id)).collect();
            assert_eq!(&of_mine, mine);
        }
        assert_eq!(context.verify(), Ok(()));
        context.release();
    }

    #[test]
    fn what_was_given_can_be_destroyed_at_once_and_ends_with_its_context() {
        let context = Held::new();
        assert!(context.acquire());
        let ids = given(&context, 2);
        assert!(waiting(&context));
        assert!(context.destroy_by_id(ids[0]) && !context.destroy_by_id(ids[0]));
        let kept = context.find_by_id(ids[1]).expect("it is attached");
        kept.reference();
        given(&context, 1);
        assert!(waiting(&context));
        context.release();
        drop(context);
        assert!(kept.is_destroyed());
        kept.unreference();
    }

    #[test]
    fn a_loop_that_is_driven_from_outside_follows_as_well() {
        let context = Held::new();
        assert!(context.acquire());
        given(&context, 3);
        assert!(context.state.letters.lag() == 3);
        add_to(&context);
        assert!(context.state.letters.lag() == 3, "its own source is neither waiting nor a sign");
        context.prepare().expect("from outside any source");
        assert!(context.state.letters.lag() == 0);
        given(&context, 3);
        context.iterate(false);
        assert!(context.state.letters.lag() == 0);
        context.release();
    }

    #[test]
    fn numbers_that_have_wrapped_are_given_out_under_the_lock() {
        let context = Held::new();
        assert!(context.acquire());
        assert_eq!(given(&context, 1), [1]);
        context.number_from(u32::MAX);
        assert_eq!(given(&context, 3), [u32::MAX, 2, 3]);
        assert!(!waiting(&context));
        context.release();
    }

    #[test]
    fn a_loop_that_runs_may_leave_a_wakeup_for_later_but_none_of_its_own() {
        let context = Held::new();
        assert!(context.acquire());
        let shared: &Context = &context;
        std::thread::scope(|scope| scope.spawn(|| shared.wakeup()).join().expect("wakes"));
        assert!(context.bell.can_wait());
        context.wakeup();
        assert!(!context.bell.can_wait());
        assert!(context.bell.acknowledge() && !context.bell.acknowledge());
        context.release();
    }
}
