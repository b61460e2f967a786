//! Letters: what sources other threads want a context to have.
//!
//! A letter holds a *draft*, from which whoever opens the letter makes the source, and the id that its
//! writer was told. It is little more than a cache line: the source itself, four of them, never leaves the
//! processor that runs it, where it is made, dispatched and freed.
//!
//! Letters lie on a stack, and those that were opened wait in another for the next writer, so that no
//! memory is allocated on one processor and freed on another. Both stacks are taken whole: an address that
//! was read is never followed without having been taken, so that it may mean another letter by then.
//!
//! A writer that is faster than the owner pauses now and then, for what the owner cannot follow would lie in
//! no cache by the time that it comes to it: the longer it takes, the more there is. No pause is longer than
//! [`PATIENCE`], and none is made for an owner that does not come.
//!
//! This file knows nothing of contexts' locks: see `inbox` for who opens, and when.

use std::ptr::null_mut;

use super::callback::{Func, Notify};
use super::context::Context;
use super::ids::Ids;
use super::shelf::Shelf;
use super::source::SourcePtr;
use crate::sync::{next_number, yield_now, AtomicPtr, AtomicU32, AtomicU64, Cell, Ordering};
use crate::sys::clock::{monotonic_ns, NS_PER_US};

/// What a source is to be that nobody knows before it is attached.
pub struct Draft {
    pub func: Option<Func>,
    pub data: *mut (),
    pub notify: Option<Notify>,
    pub priority: i32,
    /// The callback runs once, and its result means nothing.
    pub once: bool,
    /// What its maker wants to know of deadlines.
    pub ready_time: u64,
    pub interval: u64,
}

/// Who makes sources from drafts.
pub trait Maker {
    /// Makes one, without an id, descriptors or a family, attached nowhere. Called under the context's lock, on any
    /// thread, with what the context keeps of memory.
    fn make(draft: &Draft, shelf: &mut Shelf) -> SourcePtr;
}

pub(super) struct Letter {
    /// The one written before, on the stack; once that is taken, the one written next.
    next: Cell<*mut Letter>,
    pub(super) context: *const Context,
    pub(super) make: fn(&Draft, &mut Shelf) -> SourcePtr,
    pub(super) id: u32,
    pub(super) draft: Draft,
}

/// Other threads write to it, and ring the bell, which lies behind it (`context`).
#[derive(Default)]
#[repr(C)]
pub(super) struct Letters {
    /// The letter written last.
    last: AtomicPtr<Letter>,
    /// Letters that were opened.
    opened: AtomicPtr<Letter>,
    /// How many ids were given out: the last one, plus 2^32 for each time that they wrapped.
    numbers: AtomicU64,
    /// As many of them as there were when somebody last was at opening letters, in 32 bits.
    seen: AtomicU32,
    /// As many as the owner has followed to.
    followed: AtomicU32,
}

/// After so many letters their writer pauses, if the owner has not followed to as many.
const CROWD: u32 = 256;
/// With so many since somebody was at opening them, the owner is held up: to pause would not help.
const MOUNTAIN: u32 = 1024;
/// How long a pause is at most: longer than it takes to dispatch a crowd, even one that lies in no cache.
const PATIENCE: u64 = 300 * NS_PER_US;
/// How many opened letters are kept.
const KEPT: u32 = 2 * CROWD;

/// A chain of letters that were taken from a stack, NULL being none.
pub(super) struct Chain(*mut Letter);

impl Iterator for Chain {
    type Item = Box<Letter>;

    fn next(&mut self) -> Option<Box<Letter>> {
        // SAFETY: every letter on a stack was made from a box; who takes the stack owns them, and each is
        // asked for once (I1).
        let letter = (!self.0.is_null()).then(|| unsafe { Box::from_raw(self.0) })?;
        self.0 = letter.next.get();
        Some(letter)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

impl Chain {
    const fn new() -> Chain {
        Chain(null_mut())
    }

    /// The one that comes next, to be fetched.
    pub(super) fn peek(&self) -> *const Letter {
        self.0
    }

    fn push(&mut self, letter: Box<Letter>) {
        letter.next.set(self.0);
        self.0 = Box::into_raw(letter);
    }

    fn into_raw(self) -> *mut Letter {
        std::mem::ManuallyDrop::new(self).0
    }
}

impl Letters {
    pub(super) fn numbers(&self) -> &AtomicU64 {
        &self.numbers
    }

    #[inline]
    pub(super) fn are_waiting(&self) -> bool {
        !self.last.load(Ordering::Relaxed).is_null()
    }

    /// The id for a letter, after a pause if the owner falls behind. `None` once ids have wrapped, when those
    /// in use are to be skipped.
    pub(super) fn next_id(&self) -> Option<u32> {
        let given = self.numbers.load(Ordering::Relaxed);
        if given >= u64::from(u32::MAX) {
            return None;
        }
        if given as u32 % CROWD == 0 && self.are_a_crowd(given as u32) {
            self.pause();
        }
        u32::try_from(next_number(&self.numbers)).ok()
    }

    /// Whether the owner is behind, but comes by.
    fn are_a_crowd(&self, given: u32) -> bool {
        // What was read may be older than what it is compared with: less than none.
        let since = |mark: &AtomicU32| given.wrapping_sub(mark.load(Ordering::Relaxed)) as i32;
        since(&self.followed) >= CROWD as i32 && since(&self.seen) < MOUNTAIN as i32
    }

    #[cfg(test)]
    pub(super) fn lag(&self) -> u32 {
        let given = self.numbers.load(Ordering::Relaxed) as u32;
        given.wrapping_sub(self.followed.load(Ordering::Relaxed))
    }

    /// Gives the owner time, until it gets on.
    #[cold]
    fn pause(&self) {
        let followed = self.followed.load(Ordering::Relaxed);
        let patience = monotonic_ns() + PATIENCE;
        while self.followed.load(Ordering::Relaxed) == followed && monotonic_ns() < patience {
            yield_now(); // It may have to share a processor with the owner.
        }
    }

    /// The id for a source that is attached under the lock. There is no letter of it to be followed, which
    /// is said under the lock only.
    #[inline]
    pub(super) fn next_free_id(&self, ids: &Ids) -> u32 {
        let id = ids.next_free(&self.numbers);
        self.followed
            .store(self.followed.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        id
    }

    /// Somebody is at opening letters.
    #[inline]
    pub(super) fn are_seen(&self) {
        self.seen.store(self.numbers.load(Ordering::Relaxed) as u32, Ordering::Relaxed);
    }

    /// What has been written so far is dispatched, or about to be.
    #[inline]
    pub(super) fn are_followed(&self) {
        self.followed.store(self.numbers.load(Ordering::Relaxed) as u32, Ordering::Relaxed);
    }

    /// Puts one on the stack.
    pub(super) fn write(
        &self,
        context: *const Context,
        id: u32,
        make: fn(&Draft, &mut Shelf) -> SourcePtr,
        draft: Draft,
    ) {
        let written = Letter { next: Cell::new(null_mut()), context, make, id, draft };
        let letter = match self.take_opened() {
            Some(mut letter) => {
                *letter = written;
                letter
            }
            None => Box::new(written),
        };
        let at = Box::into_raw(letter);
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            // SAFETY: nobody else knows it before it is on the stack (I1).
            unsafe { &*at }.next.set(last);
            // Release: who takes it sees the letter as it was written.
            match self.last.compare_exchange_weak(last, at, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => last = now,
            }
        }
    }

    fn take_opened(&self) -> Option<Box<Letter>> {
        if self.opened.load(Ordering::Relaxed).is_null() {
            return None;
        }
        let mut chain = Chain(self.opened.swap(null_mut(), Ordering::Acquire));
        let letter = chain.next();
        self.keep(chain);
        letter
    }

    /// Takes all that are on the stack, the one written first in front.
    pub(super) fn take(&self) -> Chain {
        let mut chain = Chain::new();
        self.are_seen();
        for letter in Chain(self.last.swap(null_mut(), Ordering::Acquire)) {
            chain.push(letter);
        }
        chain
    }

    /// Keeps opened letters for writers to come, unless there are some.
    fn keep(&self, chain: Chain) {
        if chain.0.is_null() || !self.opened.load(Ordering::Relaxed).is_null() {
            return;
        }
        let first = chain.into_raw();
        let kept = &self.opened;
        // Release: who takes them writes to them.
        let kept = kept.compare_exchange(null_mut(), first, Ordering::Release, Ordering::Relaxed);
        if kept.is_err() {
            drop(Chain(first));
        }
    }
}

/// Opened letters, which become the next writers'.
pub(super) struct Opened<'a> {
    letters: &'a Letters,
    chain: Chain,
    /// How many letters there were; no more than `KEPT` of them are in the chain.
    count: u32,
}

impl<'a> Opened<'a> {
    pub(super) fn of(letters: &'a Letters) -> Opened<'a> {
        Opened { letters, chain: Chain::new(), count: 0 }
    }

    pub(super) fn add(&mut self, letter: Box<Letter>) {
        self.count += 1;
        if self.count % CROWD == 0 {
            self.letters.are_seen(); // Otherwise opening many would look like standing still.
        }
        if self.count <= KEPT {
            self.chain.push(letter);
        }
    }

    pub(super) fn give_back(self) {
        self.letters.keep(self.chain);
    }
}

impl Drop for Letters {
    fn drop(&mut self) {
        for stack in [&self.last, &self.opened] {
            drop(Chain(stack.load(Ordering::Relaxed))); // Nobody else is left.
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAFT: Draft = Draft {
        func: None,
        data: null_mut(),
        notify: None,
        priority: 0,
        once: false,
        ready_time: 0,
        interval: 0,
    };

    fn write(letters: &Letters, count: u32) {
        for _ in 0..count {
            let id = letters.next_id().expect("far from the last");
            letters.write(std::ptr::null(), id, |_, _| unreachable!("never opened"), DRAFT);
        }
    }

    /// Takes all as an owner does: their ids and addresses.
    fn open(letters: &Letters) -> Vec<(u32, *const Letter)> {
        let mut opened = Opened::of(letters);
        let mut seen = Vec::new();
        for letter in letters.take() {
            seen.push((letter.id, &raw const *letter));
            opened.add(letter);
        }
        opened.give_back();
        seen
    }

    fn kept(letters: &Letters) -> usize {
        let chain = Chain(letters.opened.swap(null_mut(), Ordering::Relaxed));
        let all: Vec<Box<Letter>> = chain.collect();
        all.len()
    }

    #[test]
    fn letters_are_taken_in_the_order_in_which_they_were_written_and_become_the_next_writers() {
        let letters = Letters::default();
        write(&letters, 3);
        let first = open(&letters);
        assert_eq!(first.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2, 3]);
        write(&letters, 4);
        let second = open(&letters);
        assert_eq!(second.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [4, 5, 6, 7]);
        let address_of = |index: usize| second[index].1;
        assert!((0..3).all(|index| first.iter().any(|(_, at)| *at == address_of(index))));
        assert!(!letters.are_waiting() && kept(&letters) == 4);
    }

    #[test]
    fn no_more_letters_are_kept_than_a_crowd_of_writers_needs() {
        let letters = Letters::default();
        write(&letters, KEPT + 10);
        open(&letters);
        assert_eq!(kept(&letters), KEPT as usize);
    }

    #[test]
    fn writers_pause_while_the_owner_is_behind_but_not_for_one_that_does_not_come() {
        let letters = Letters::default();
        let crowded = || letters.are_a_crowd(letters.numbers.load(Ordering::Relaxed) as u32);
        write(&letters, CROWD - 1);
        assert!(!crowded());
        write(&letters, 1);
        assert!(crowded());
        open(&letters);
        assert!(crowded(), "to have opened them is not to have dispatched what they say");
        letters.are_followed();
        assert!(!crowded());
        assert!(!letters.are_a_crowd(CROWD - 1), "the owner has followed farther");
        write(&letters, MOUNTAIN);
        assert!(!crowded(), "nobody has been at opening them for long");
        open(&letters);
        assert!(crowded());
    }
}
