//! Intrusive doubly linked lists of sources.
//!
//! A source can be in one list of each linkage at a time: its level's list (linked through the
//! public `prev` and `next`) and one of the level's queues. Everything is O(1); the owner of the
//! list holds the context's lock (I2).

use std::marker::PhantomData;
use std::ptr::null;

use super::source::{Head, SourcePtr};

pub trait Linkage {
    fn prev(source: SourcePtr) -> Option<SourcePtr>;
    fn next(source: SourcePtr) -> Option<SourcePtr>;
    fn set_prev(source: SourcePtr, to: Option<SourcePtr>);
    fn set_next(source: SourcePtr, to: Option<SourcePtr>);
}

/// Links through the public part, as C sees them.
pub struct InLevel;
/// Links of the queue the source is in.
pub struct InQueue;

fn from_public(head: *const Head) -> Option<SourcePtr> {
    // SAFETY: the links are written by `set_prev` and `set_next` alone, and a source leaves its
    // list before it is freed (I1).
    (!head.is_null()).then(|| unsafe { SourcePtr::from_head(head) })
}

impl Linkage for InLevel {
    fn prev(source: SourcePtr) -> Option<SourcePtr> {
        from_public(source.head.prev.get())
    }
    fn next(source: SourcePtr) -> Option<SourcePtr> {
        from_public(source.head.next.get())
    }
    fn set_prev(source: SourcePtr, to: Option<SourcePtr>) {
        source.head.prev.set(to.map_or(null(), SourcePtr::head_ptr));
    }
    fn set_next(source: SourcePtr, to: Option<SourcePtr>) {
        source.head.next.set(to.map_or(null(), SourcePtr::head_ptr));
    }
}

impl Linkage for InQueue {
    fn prev(source: SourcePtr) -> Option<SourcePtr> {
        source.queue_prev.get()
    }
    fn next(source: SourcePtr) -> Option<SourcePtr> {
        source.queue_next.get()
    }
    fn set_prev(source: SourcePtr, to: Option<SourcePtr>) {
        source.queue_prev.set(to);
    }
    fn set_next(source: SourcePtr, to: Option<SourcePtr>) {
        source.queue_next.set(to);
    }
}

/// Tells the processor that `source` is about to leave its level: with many sources its neighbours, which
/// will be told, lie in memory that has to be fetched first.
#[inline]
pub fn expect_departure(source: SourcePtr) {
    for neighbour in [source.head.prev.get(), source.head.next.get()] {
        prefetch(neighbour.wrapping_byte_add(std::mem::offset_of!(Head, prev)));
    }
}

/// Asks the processor to fetch what lies at `at`, which may be anything.
#[inline]
pub fn prefetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
        // SAFETY: a hint, which the program cannot notice, whatever the address (I1).
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

pub struct List<L> {
    first: Option<SourcePtr>,
    last: Option<SourcePtr>,
    len: usize,
    linkage: PhantomData<L>,
}

impl<L> Default for List<L> {
    fn default() -> Self {
        List { first: None, last: None, len: 0, linkage: PhantomData }
    }
}

impl<L: Linkage> List<L> {
    pub fn first(&self) -> Option<SourcePtr> {
        self.first
    }

    pub fn last(&self) -> Option<SourcePtr> {
        self.last
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Puts `source` directly behind `after`, or in front of all with `None`.
    pub fn insert_after(&mut self, after: Option<SourcePtr>, source: SourcePtr) {
        let before = match after {
            Some(after) => L::next(after),
            None => self.first,
        };
        debug_assert!(L::prev(source).is_none() && L::next(source).is_none(), "in a list already");
        debug_assert!(self.first != Some(source), "in this list already");
        debug_assert_eq!(before.map_or(self.last, L::prev), after, "links do not agree");
        L::set_prev(source, after);
        L::set_next(source, before);
        match after {
            Some(after) => L::set_next(after, Some(source)),
            None => self.first = Some(source),
        }
        match before {
            Some(before) => L::set_prev(before, Some(source)),
            None => self.last = Some(source),
        }
        self.len += 1;
    }

    #[inline]
    pub fn push(&mut self, source: SourcePtr) {
        L::set_prev(source, self.last);
        L::set_next(source, None);
        match self.last {
            Some(last) => L::set_next(last, Some(source)),
            None => self.first = Some(source),
        }
        self.last = Some(source);
        self.len += 1;
    }

    #[inline]
    pub fn remove(&mut self, source: SourcePtr) {
        let (prev, next) = (L::prev(source), L::next(source));
        debug_assert_eq!(prev.map_or(self.first, L::next), Some(source), "not in this list");
        debug_assert_eq!(next.map_or(self.last, L::prev), Some(source), "not in this list");
        match prev {
            Some(prev) => L::set_next(prev, next),
            None => self.first = next,
        }
        match next {
            Some(next) => L::set_prev(next, prev),
            None => self.last = prev,
        }
        L::set_prev(source, None);
        L::set_next(source, None);
        self.len -= 1;
    }

    /// Links the members anew; `members` are they, in another order.
    pub fn reorder(&mut self, members: &[SourcePtr]) {
        debug_assert_eq!(members.len(), self.len, "not the members of this list");
        let mut before = None;
        for (at, source) in members.iter().enumerate() {
            L::set_prev(*source, before);
            L::set_next(*source, members.get(at + 1).copied());
            before = Some(*source);
        }
        self.first = members.first().copied();
        self.last = before;
    }

    pub fn iter(&self) -> impl Iterator<Item = SourcePtr> {
        std::iter::successors(self.first, |source| L::next(*source))
    }

    /// Whether links lead forth and back between the ends (for `Context::verify`).
    pub fn is_linked(&self) -> bool {
        let (mut before, mut count) = (None, 0);
        for source in self.iter() {
            if L::prev(source) != before || count == self.len {
                return false;
            }
            (before, count) = (Some(source), count + 1);
        }
        before == self.last && count == self.len
    }
}
