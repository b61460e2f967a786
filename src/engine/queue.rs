//! A queue of a level (`levels`): sources that an iteration has to look at.
//!
//! Sources come in the order in which something happens to them, and are brought into list order only
//! when they are walked. Which queue a source belongs in is not known here.

use super::list::{InQueue, Linkage, List};
use super::source::SourcePtr;

/// A queue of a level, brought into list order when it is walked.
#[derive(Default)]
pub struct Queue {
    list: List<InQueue>,
    unsorted: bool,
}

impl Queue {
    pub fn push(&mut self, source: SourcePtr) {
        if self.list.last().is_some_and(|last| last.label.get() > source.label.get()) {
            self.unsorted = true;
        }
        self.list.push(source);
    }

    /// Puts `source` in its place while a walk is under way and needs the order kept.
    pub fn insert_sorted(&mut self, source: SourcePtr) {
        let mut after = self.list.last();
        while let Some(other) = after.filter(|other| other.label.get() > source.label.get()) {
            after = InQueue::prev(other);
        }
        self.list.insert_after(after, source);
    }

    pub fn remove(&mut self, source: SourcePtr) {
        self.list.remove(source);
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn first(&self) -> Option<SourcePtr> {
        self.list.first()
    }

    pub fn iter(&self) -> impl Iterator<Item = SourcePtr> {
        self.list.iter()
    }

    /// Brings the members into list order.
    #[inline]
    pub fn sort(&mut self) {
        if self.unsorted {
            self.sort_anew();
        }
    }

    #[cold]
    fn sort_anew(&mut self) {
        let mut members: Vec<SourcePtr> = self.list.iter().collect();
        members.sort_by_key(|source| source.label.get());
        self.list.reorder(&members);
        self.unsorted = false;
    }

    /// What is wrong with it.
    pub fn verify(&self) -> Result<(), &'static str> {
        let members: Vec<SourcePtr> = self.iter().collect();
        let sorted = members.windows(2).all(|pair| pair[0].label.get() < pair[1].label.get());
        match (self.list.is_linked(), sorted || self.unsorted) {
            (true, true) => Ok(()),
            (false, _) => Err("is torn"),
            (true, false) => Err("is out of order"),
        }
    }
}
