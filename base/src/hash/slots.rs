//! Where the pairs of a table lie: an array of slots whose number is a power of two, searched from a
//! place that follows from the key's hash. Programs print tables in the order of the slots, so every
//! step here is as it is seen to be in GLib:
//!
//! - the search starts at `hash * 11` modulo the largest prime that is not above the number of slots,
//!   and goes on by steps of 1, 2, 3 …, round the end;
//! - a pair taken out leaves a tombstone, which the search passes and the next pair may take;
//! - slots that were ever taken, with a sixteenth on top, stay below the number of slots, and there are
//!   no more than four slots for a pair; otherwise the pairs are laid out anew, in place.
//!
//! It knows nothing of C's functions, of references or of destroying; no key is compared here.

use crate::mem::{g_free, g_malloc0_n, g_realloc_n};
use crate::types::*;
use std::ptr::null_mut;

/// A place for one pair.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// `FREE`, `TOMBSTONE`, or the key's hash.
    hash: c_uint,
    pub key: gpointer,
    pub value: gpointer,
}

const FREE: c_uint = 0;
const TOMBSTONE: c_uint = 1;

/// Hashes that would look like a mark count as this one.
const LEAST_HASH: c_uint = 2;

impl Slot {
    fn is_taken(&self) -> bool {
        self.hash >= LEAST_HASH
    }
}

/// What a search came to.
#[derive(Clone, Copy)]
pub(super) enum Found {
    /// The slot that holds the key.
    Here(usize),
    /// The slot where it would go.
    Nowhere(usize),
}

const LEAST_SHIFT: u32 = 3;

/// How far the largest prime lies below each power of two, from 2³ on.
const BELOW: [usize; 29] =
    [1, 3, 1, 3, 1, 5, 3, 3, 9, 3, 1, 3, 19, 15, 1, 5, 1, 3, 9, 3, 15, 3, 39, 5, 39, 57, 3, 35, 1];

/// The slots of one table, in C's memory.
pub(super) struct Slots {
    first: *mut Slot,
    /// There are two to the power of this many slots.
    shift: u32,
    /// Slots that hold a pair.
    live: usize,
    /// Slots that hold a pair or a tombstone.
    used: usize,
}

impl Slots {
    pub fn new() -> Self {
        Self { first: zeroed(1 << LEAST_SHIFT), shift: LEAST_SHIFT, live: 0, used: 0 }
    }

    /// Gives the memory back; what the pairs point to is not ours.
    pub fn free(self) {
        // SAFETY: our block, which nobody has any more.
        unsafe { g_free(self.first.cast()) }
    }

    /// The number of slots.
    pub fn size(&self) -> usize {
        1 << self.shift
    }

    /// The number of pairs.
    pub fn live(&self) -> usize {
        self.live
    }

    fn all(&self) -> &[Slot] {
        // SAFETY: the block has that many slots, and is zeroed or written throughout.
        unsafe { std::slice::from_raw_parts(self.first, self.size()) }
    }

    fn all_mut(&mut self) -> &mut [Slot] {
        // SAFETY: as for `all`.
        unsafe { std::slice::from_raw_parts_mut(self.first, self.size()) }
    }

    /// The pair in a slot, if it holds one.
    pub fn get(&self, at: usize) -> Option<Slot> {
        self.all().get(at).copied().filter(Slot::is_taken)
    }

    /// The first pair in the slot `from` or behind it, and where.
    pub fn next(&self, from: usize) -> Option<(usize, Slot)> {
        (from..self.size()).find_map(|at| self.get(at).map(|slot| (at, slot)))
    }

    /// The slots that a search looks at, without end.
    fn path(&self, hash: c_uint) -> impl Iterator<Item = usize> {
        let mask = self.size() - 1;
        let prime = self.size() - BELOW[(self.shift - LEAST_SHIFT) as usize];
        let start = hash.wrapping_mul(11) as usize % prime;
        (1..).scan(start, move |at, step| Some(std::mem::replace(at, (*at + step) & mask)))
    }

    /// Looks for the key for which `is_it` holds; asks it about keys of the same hash only.
    pub fn find(&self, hash: c_uint, is_it: impl Fn(gpointer) -> bool) -> Found {
        let hash = hash.max(LEAST_HASH);
        let mut tombstone = None;
        for at in self.path(hash) {
            let slot = &self.all()[at];
            match slot.hash {
                FREE => return Found::Nowhere(tombstone.unwrap_or(at)),
                TOMBSTONE => tombstone = tombstone.or(Some(at)),
                _ if slot.hash == hash && is_it(slot.key) => return Found::Here(at),
                _ => {}
            }
        }
        unreachable!("one slot at least is free")
    }

    /// Puts a pair where `find` said that it would go.
    pub fn put(&mut self, at: usize, hash: c_uint, key: gpointer, value: gpointer) {
        let was = std::mem::replace(
            &mut self.all_mut()[at],
            Slot { hash: hash.max(LEAST_HASH), key, value },
        );
        self.live += 1;
        if was.hash == FREE {
            self.used += 1;
            self.fit();
        }
    }

    /// Changes the pair in a slot that holds one of an equal key.
    pub fn set(&mut self, at: usize, key: gpointer, value: gpointer) {
        let slot = &mut self.all_mut()[at];
        (slot.key, slot.value) = (key, value);
    }

    /// Takes the pair out of a slot; all slots stay where they are.
    pub fn take(&mut self, at: usize) -> Option<Slot> {
        let slot = self.get(at)?;
        self.all_mut()[at] = Slot { hash: TOMBSTONE, key: null_mut(), value: null_mut() };
        self.live -= 1;
        Some(slot)
    }

    /// Lays the pairs out anew if there are too few or too many slots for them.
    pub fn fit(&mut self) {
        let too_many = self.shift > LEAST_SHIFT && self.size() > 4 * self.live;
        let too_few = self.size() <= self.used + self.used / 16;
        if too_many || too_few {
            self.lay_out();
        }
    }

    /// Each pair goes, from the first slot on, to the place a search without tombstones would give it.
    /// What lies there and has not moved yet is lifted out and goes next.
    fn lay_out(&mut self) {
        let before = self.size();
        let wanted = self.live * 1333 / 1000;
        let mut shift = LEAST_SHIFT;
        while 1 << shift <= wanted {
            shift += 1;
        }
        let room = before.max(1 << shift);
        self.resize(before, room);
        // SAFETY: the block has that much room, zeroed behind the slots there were.
        let slots = unsafe { std::slice::from_raw_parts_mut(self.first, room) };
        self.shift = shift;
        self.used = self.live;

        let empty = Slot { hash: FREE, key: null_mut(), value: null_mut() };
        let mut settled = vec![false; room];
        for at in 0..before {
            if settled[at] {
                continue;
            }
            let mut lifted = std::mem::replace(&mut slots[at], empty);
            while lifted.is_taken() {
                let home = self.path(lifted.hash).find(|&at| !settled[at]);
                let home = home.expect("there are more slots than pairs");
                settled[home] = true;
                lifted = std::mem::replace(&mut slots[home], lifted);
            }
        }
        self.resize(room, 1 << shift);
    }

    /// Gives the block another length; new slots are free.
    fn resize(&mut self, from: usize, to: usize) {
        if from == to {
            return;
        }
        // SAFETY: our block, which moves; slots that are new are zeroed before anybody looks at them.
        unsafe {
            self.first = g_realloc_n(self.first.cast(), to, size_of::<Slot>()).cast();
            if to > from {
                self.first.add(from).write_bytes(0, to - from);
            }
        }
    }
}

/// Free slots: their bytes are zeroes.
fn zeroed(count: usize) -> *mut Slot {
    // SAFETY: an allocation; shortage ends the program.
    unsafe { g_malloc0_n(count, size_of::<Slot>()).cast() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_prime(n: usize) -> bool {
        n > 1 && (2..).take_while(|factor| factor * factor <= n).all(|factor| n % factor != 0)
    }

    #[test]
    fn primes_are_the_largest_below_their_powers() {
        for (exponent, below) in BELOW.iter().enumerate() {
            let power = 1_usize << (exponent + 3);
            assert!(is_prime(power - below));
            assert!((1..*below).all(|less| !is_prime(power - less)));
        }
    }

    #[test]
    fn slots_follow_the_number_of_pairs() {
        let mut slots = Slots::new();
        let key = |n: usize| std::ptr::without_provenance_mut(n);
        let find = |slots: &Slots, n: usize| slots.find(n as c_uint, |other| other == key(n));
        for n in 1..=1000 {
            let Found::Nowhere(at) = find(&slots, n) else { panic!("{n} is new") };
            slots.put(at, n as c_uint, key(n), key(n));
            assert!(slots.used < slots.size() && slots.live == n);
        }
        for n in 1..=1000 {
            let Found::Here(at) = find(&slots, n) else { panic!("{n} was put there") };
            slots.take(at);
            slots.fit();
            assert!(slots.size() <= 4 * slots.live || slots.shift == LEAST_SHIFT);
        }
        assert!(slots.next(0).is_none());
        slots.free();
    }
}
