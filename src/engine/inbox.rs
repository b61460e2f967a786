//! What other threads attach while the owner of a context is at work.
//!
//! The lock of a context that iterates is seldom free for long. A thread that makes a source and
//! gives it to a context which another thread owns does without it: it takes the next id and puts the
//! source on a stack. Whoever takes the lock next, whatever for, attaches what is there before it
//! looks at anything else ([`Gate::lock`]); so nobody can tell that this comes later than the call
//! that gave it. Sources of one thread, and of threads that wait for each other, are attached in the order
//! in which they were given; of those that give at the same time, the one with the later id may come first.
//! An owner that keeps the lock from one iteration to the next looks at the beginning of each.
//!
//! No wakeup is lost: a source is on the stack before its giver rings, and the owner looks at the stack
//! after it has acknowledged (`bell`).
//!
//! Only a source that nobody else knows yet, with nothing but a callback and perhaps a deadline,
//! goes this way (`give_to`); any other is attached under the lock (`life`).

use std::ptr::null_mut;

use super::context::{Context, Guard, State};
use super::ids::Ids;
use super::source::{Source, SourcePtr};
use crate::sync::{next_number, AtomicPtr, AtomicU64, Mutex, Ordering};
use crate::sys::thread::this as this_thread;

/// A context's lock, and what lies before it.
#[derive(Default)]
#[repr(C)]
pub struct Gate {
    mutex: Mutex<State>,
    inbox: Inbox,
}

/// Other threads write to it, and ring the bell, which lies behind it (`context`).
#[derive(Default)]
#[repr(C)]
struct Inbox {
    /// The source given last; each leads to the one before by its queue's link.
    last: AtomicPtr<Source>,
    /// How many ids were given out: the last one, plus 2^32 for each time that they wrapped.
    numbers: AtomicU64,
    /// What that was when the stack was taken last.
    numbers_then: AtomicU64,
}

/// With so many ids given out since the stack was taken last, the lock is taken: an owner that has lost its
/// processor would find sources gone from every cache, and one that cannot follow is waited for.
const BACKLOG: u64 = 1000;

fn source_at(word: *mut Source) -> Option<SourcePtr> {
    // SAFETY: what is on the stack was put there by `put`, and nobody frees it before it is attached. (A giver
    // that comes too late knows an address of one that is gone, and forgets it without having followed it.) (I1)
    unsafe { SourcePtr::from_word(word) }
}

impl Inbox {
    /// Puts a source on the stack. That the last one may be gone, and another at its address, by the time it
    /// is found to be still there makes no difference: it is only linked to.
    fn put(&self, source: SourcePtr) {
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            source.queue_next.set(source_at(last));
            let word = source.as_word();
            // Release: who takes it sees the source as its maker has left it.
            match self.last.compare_exchange_weak(last, word, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return,
                Err(now) => last = now,
            }
        }
    }

    #[inline]
    fn is_caught_up(&self) {
        self.numbers_then.store(self.numbers.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Takes all; the result is the first of them, which leads to the next.
    fn take(&self) -> Option<SourcePtr> {
        let mut last = source_at(self.last.swap(null_mut(), Ordering::Acquire));
        self.is_caught_up();
        let mut first = None;
        while let Some(source) = last {
            last = source.queue_next.replace(first);
            first = Some(source);
        }
        first
    }
}

impl Gate {
    #[inline]
    pub fn lock(&self) -> Guard<'_> {
        let mut state = self.mutex.lock();
        state.entries = state.entries.wrapping_add(1);
        self.let_in(&mut state);
        state
    }

    /// Whether this thread holds the lock.
    #[cfg(debug_assertions)]
    pub(super) fn is_mine(&self) -> bool {
        self.mutex.is_mine()
    }

    /// Attaches what other threads have given. For whoever holds the lock for long.
    #[inline]
    pub(super) fn let_in(&self, state: &mut State) {
        if !self.inbox.last.load(Ordering::Relaxed).is_null() {
            self.let_all_in(state);
        }
    }

    #[inline(never)]
    fn let_all_in(&self, state: &mut State) {
        let mut next = self.inbox.take();
        while let Some(source) = next {
            next = source.queue_next.take();
            if let Some(next) = next {
                next.fetch(); // It lies in another processor's cache.
            }
            // SAFETY: this very context, whose lock is held (I3).
            if let Some(context) = unsafe { source.context_ptr().as_ref() } {
                state.attach(context, source);
            }
        }
    }

    /// The id for a source that is attached under the lock.
    #[inline]
    pub(super) fn next_id(&self, ids: &Ids) -> u32 {
        let id = ids.next_free(&self.inbox.numbers);
        self.inbox.is_caught_up();
        id
    }

    pub(super) fn numbers(&self) -> &AtomicU64 {
        &self.inbox.numbers
    }
}

impl Context {
    /// Attaches a new source, which nobody else knows yet, without the lock. The result is its id, or
    /// `None` if it has to be attached under the lock.
    pub(super) fn post(&self, source: SourcePtr) -> Option<u32> {
        let owner = self.bell.owner();
        let plain = source.records.get().is_none() && source.rare.get().is_null();
        if owner == 0 || owner == this_thread() || !plain {
            return None;
        }
        let inbox = &self.state.inbox;
        let given = inbox.numbers.load(Ordering::Relaxed);
        let backlog = given.saturating_sub(inbox.numbers_then.load(Ordering::Relaxed));
        // Once they have wrapped, numbers in use are to be skipped.
        if backlog > BACKLOG || given >= u64::from(u32::MAX) {
            return None;
        }
        let id = u32::try_from(next_number(&inbox.numbers)).ok()?;
        source.head.source_id.store(id, Ordering::Relaxed);
        source.head.context.store(std::ptr::from_ref(self).cast_mut(), Ordering::Relaxed);
        inbox.put(source);
        self.bell.ring(); // WK-004
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Head;
    use super::super::tests::{Held, COUNTING, PASSIVE};
    use super::*;

    fn new_source() -> SourcePtr {
        let table = &raw const PASSIVE;
        SourcePtr::new(&COUNTING, table.cast(), size_of::<Head>() as u32, false)
    }

    fn waiting(context: &Context) -> bool {
        !context.state.inbox.last.load(Ordering::Relaxed).is_null()
    }

    /// Lets another thread give `count` sources to a context that this one owns; their ids.
    fn given(context: &Context, count: usize) -> Vec<u32> {
        let give = || (0..count).map(|_| new_source().give_to(context)).collect();
        std::thread::scope(|scope| scope.spawn(give).join().expect("gives"))
    }

    #[test]
    fn what_another_thread_gives_is_attached_by_whoever_locks_next_in_the_order_given() {
        let context = Held::new();
        assert!(context.acquire());
        let own = new_source().give_to(&context);
        let ids = given(&context, 3);
        assert!(waiting(&context));
        let late = new_source().give_to(&context);
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
            let give = move || (0..EACH).map(|_| new_source().give_to(shared)).collect();
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
    fn an_owner_that_does_not_come_is_not_left_with_a_mountain() {
        let context = Held::new();
        assert!(context.acquire());
        given(&context, BACKLOG as usize + 1);
        assert!(waiting(&context));
        given(&context, 1);
        assert!(!waiting(&context));
        given(&context, 1);
        assert!(waiting(&context));
        for _ in 0..2 * BACKLOG {
            new_source().give_to(&context);
        }
        given(&context, 1);
        assert!(waiting(&context), "its own sources are no backlog");
        assert_eq!(context.verify(), Ok(()));
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
