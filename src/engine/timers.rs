//! Deadlines: a heap whose members know their place.
//!
//! Four children a node, keyed in nanoseconds. Putting a deadline off only stores it in the source;
//! the heap's key, then too early, is mended when it comes to the top. What a source does when its
//! time has come is not known here.

use super::list::prefetch;
use super::source::{SourcePtr, BLOCKED, NO_SLOT};

const ARITY: usize = 4;

#[derive(Default)]
pub struct Timers {
    heap: Vec<(u64, SourcePtr)>,
}

impl Timers {
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Makes the heap know the source's deadline, whether or not it holds the source already.
    pub fn set(&mut self, source: SourcePtr) {
        let deadline = source.deadline.get();
        let slot = source.heap_slot.get();
        if slot == NO_SLOT {
            self.heap.push((deadline, source));
            self.up(self.heap.len() - 1);
        } else if deadline < self.heap[slot as usize].0 {
            self.heap[slot as usize].0 = deadline;
            self.up(slot as usize);
        }
    }

    #[inline]
    pub fn remove(&mut self, source: SourcePtr) {
        let slot = source.heap_slot.replace(NO_SLOT);
        if slot != NO_SLOT {
            self.remove_at(slot as usize);
        }
    }

    fn remove_at(&mut self, slot: usize) {
        self.heap.swap_remove(slot);
        if slot == self.heap.len() {
            return;
        }
        // The last one takes the place, or one on the way from there to the top or to the bottom.
        if slot > 0 && self.heap[slot].0 < self.heap[(slot - 1) / ARITY].0 {
            self.up(slot);
        } else {
            self.down(slot);
        }
    }

    /// `source` is about to be removed: what that needs is fetched meanwhile.
    #[inline]
    pub fn expect_removal(&self, source: SourcePtr) {
        if let Some(entry) = self.heap.get(source.heap_slot.get() as usize) {
            prefetch(entry);
        }
        if let Some((_, last)) = self.heap.last() {
            prefetch(&last.heap_slot);
        }
    }

    /// Surely none has come by `now`.
    #[inline]
    pub fn come_after(&self, now: u64) -> bool {
        // A key that is not true is too early.
        self.heap.first().is_none_or(|(key, _)| *key > now)
    }

    /// The source whose deadline comes first, with its true deadline.
    #[inline]
    pub fn first(&mut self) -> Option<(u64, SourcePtr)> {
        let (key, source) = *self.heap.first()?;
        match key == source.deadline.get() {
            true => Some((key, source)),
            false => self.mended_first(),
        }
    }

    #[inline(never)]
    fn mended_first(&mut self) -> Option<(u64, SourcePtr)> {
        loop {
            let (key, source) = *self.heap.first()?;
            let deadline = source.deadline.get();
            if key == deadline {
                return Some((key, source));
            }
            self.heap[0].0 = deadline;
            self.down(0);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = SourcePtr> + '_ {
        self.heap.iter().map(|(_, source)| *source)
    }

    fn place(&mut self, slot: usize, entry: (u64, SourcePtr)) {
        entry.1.heap_slot.set(slot as u32);
        self.heap[slot] = entry;
    }

    fn up(&mut self, mut slot: usize) {
        let entry = self.heap[slot];
        while slot > 0 {
            let parent = (slot - 1) / ARITY;
            if self.heap[parent].0 <= entry.0 {
                break;
            }
            self.place(slot, self.heap[parent]);
            slot = parent;
        }
        self.place(slot, entry);
    }

    fn down(&mut self, mut slot: usize) {
        let entry = self.heap[slot];
        loop {
            let children = slot * ARITY + 1..(slot * ARITY + 1 + ARITY).min(self.heap.len());
            let Some(least) = children.min_by_key(|child| self.heap[*child].0) else { break };
            if self.heap[least].0 >= entry.0 {
                break;
            }
            self.place(slot, self.heap[least]);
            slot = least;
        }
        self.place(slot, entry);
    }

    /// Complains about a heap out of order (for `Context::verify`).
    pub fn verify(&self) -> Result<(), String> {
        for (slot, (key, source)) in self.heap.iter().enumerate() {
            if source.heap_slot.get() as usize != slot {
                return Err(format!("heap slot {slot} holds a source that believes in another"));
            }
            let waits = source.has_deadline().get() || source.has(BLOCKED);
            if source.is_destroyed() || source.due().get() || !waits {
                return Err(format!("heap slot {slot} holds a source that waits for no time"));
            }
            if *key > source.deadline.get() && !source.has(BLOCKED) {
                return Err(format!("heap slot {slot} is keyed later than its deadline"));
            }
            if slot > 0 && self.heap[(slot - 1) / ARITY].0 > *key {
                return Err(format!("heap slot {slot} comes before its parent"));
            }
        }
        Ok(())
    }
}
