//! Noticing that a program changed a function table after attaching sources of it.
//!
//! GLib reads a source's table at every step, so a check function put into a table later is found
//! at once. We visit only sources whose table asked for it, so the tables themselves are looked at:
//! up to [`LOOKED_AT`] in each iteration, in turn. With no more tables than that, a change is
//! noticed by the very next iteration, as in GLib.

use super::seam::{Slots, Vtable};

const LOOKED_AT: usize = 8;

struct Entry {
    table: *const (),
    /// Where the table's slots are, and what they were.
    at: *const Slots,
    slots: Slots,
    /// An entry without users means nothing: it stays for the next source of its table, until a new
    /// table comes. The program may have freed the table by then.
    users: u32,
}

/// The tables in use, sorted by address.
#[derive(Default)]
pub struct Tables {
    entries: Vec<Entry>,
    turn: u32,
    /// Where the entry looked for last was.
    recent: u32,
}

impl Tables {
    fn find(&mut self, table: *const ()) -> Result<usize, usize> {
        let found = self.entries.binary_search_by_key(&table, |entry| entry.table);
        self.recent = found.unwrap_or_else(|at| at) as u32;
        found
    }

    #[inline]
    pub fn add_user(&mut self, kind: &'static Vtable, table: *const ()) {
        match self.entries.get_mut(self.recent as usize) {
            Some(entry) if entry.table == table => entry.add_user(),
            _ => self.add_other_user(kind, table),
        }
    }

    #[inline(never)]
    fn add_other_user(&mut self, kind: &'static Vtable, table: *const ()) {
        match self.find(table) {
            Ok(at) => self.entries[at].add_user(),
            Err(_) => {
                self.forget_unused();
                let at = self.find(table).unwrap_or_else(|at| at);
                let mut entry = Entry { table, at: (kind.slots)(table), slots: [0; 2], users: 0 };
                entry.add_user();
                self.entries.insert(at, entry);
            }
        }
    }

    #[inline]
    pub fn remove_user(&mut self, table: *const ()) {
        let crowded = self.entries.len() > LOOKED_AT;
        match self.entries.get_mut(self.recent as usize) {
            Some(entry) if entry.table == table && (entry.users > 1 || !crowded) => {
                entry.users -= 1;
            }
            _ => self.remove_other_user(table),
        }
    }

    #[inline(never)]
    fn remove_other_user(&mut self, table: *const ()) {
        if let Ok(at) = self.find(table) {
            self.entries[at].users -= 1;
            if self.entries.len() > LOOKED_AT {
                self.forget_unused(); // Or one in use might have to wait for its turn.
            }
        }
    }

    fn forget_unused(&mut self) {
        self.entries.retain(|entry| entry.users > 0);
    }

    /// The tables in use and how many sources use each (for `Context::verify`).
    pub fn users(&self) -> impl Iterator<Item = (*const (), u32)> + '_ {
        self.entries.iter().filter(|entry| entry.users > 0).map(|entry| (entry.table, entry.users))
    }

    /// A table whose slots differ from what they were, if one is found this time.
    #[inline(always)]
    pub fn changed(&mut self) -> Option<*const ()> {
        if self.entries.len() > LOOKED_AT {
            return self.next_changed();
        }
        self.entries.iter_mut().find_map(Entry::changed)
    }

    #[cold]
    fn next_changed(&mut self) -> Option<*const ()> {
        (0..LOOKED_AT).find_map(|_| {
            let next = self.turn as usize + 1;
            self.turn = if next < self.entries.len() { next as u32 } else { 0 };
            self.entries[self.turn as usize].changed()
        })
    }
}

impl Entry {
    #[inline]
    fn add_user(&mut self) {
        if self.users == 0 {
            self.slots = self.read();
        }
        self.users += 1;
    }

    #[inline]
    fn read(&self) -> Slots {
        // SAFETY: I1: an attached source uses the table (asked for with users only, or with one that comes),
        // so it is there; the program may write to it at any time, a word at a time.
        unsafe { self.at.read_volatile() }
    }

    /// The table, if its slots have changed.
    #[inline(always)]
    fn changed(&mut self) -> Option<*const ()> {
        if self.users == 0 {
            return None;
        }
        let slots = self.read();
        if slots == self.slots {
            return None;
        }
        self.slots = slots;
        Some(self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::COUNTING;
    use super::*;

    #[test]
    fn tables_out_of_use_never_keep_those_in_use_waiting_for_their_turn() {
        let places = [0_u8; LOOKED_AT + 2];
        let at = |place: usize| (&raw const places[place]).cast();
        for first in 0..places.len() {
            let mut tables = Tables::default();
            (0..places.len()).for_each(|place| tables.add_user(&COUNTING, at(place)));
            for gone in 0..places.len() {
                tables.remove_user(at((first + gone) % places.len()));
                let used = tables.users().count();
                assert_eq!(used, places.len() - gone - 1);
                assert!(tables.entries.len() <= used.max(LOOKED_AT));
            }
            tables.add_user(&COUNTING, at(first));
            assert_eq!(tables.users().collect::<Vec<_>>(), [(at(first), 1)]);
        }
    }
}
