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

    pub fn push(&mut self, source: SourcePtr) {
        self.insert_after(self.last, source);
    }

    pub fn remove(&mut self, source: SourcePtr) {
        let (prev, next) = (L::prev(source), L::next(source));
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
