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
    slots: Slots,
    users: u32,
}

/// The tables in use, sorted by address.
#[derive(Default)]
pub struct Tables {
    entries: Vec<Entry>,
    turn: usize,
    /// Where the entry looked for last was.
    recent: usize,
}

impl Tables {
    #[inline]
    fn find(&mut self, table: *const ()) -> Result<usize, usize> {
        if self.entries.get(self.recent).is_some_and(|entry| entry.table == table) {
            return Ok(self.recent);
        }
        let found = self.entries.binary_search_by_key(&table, |entry| entry.table);
        self.recent = found.unwrap_or_else(|at| at);
        found
    }

    pub fn add_user(&mut self, kind: &'static Vtable, table: *const ()) {
        match self.find(table) {
            Ok(at) => self.entries[at].users += 1,
            Err(at) => {
                let slots = (kind.slots)(table);
                self.entries.insert(at, Entry { table, slots, users: 1 });
            }
        }
    }

    /// The last user's table may be freed by the program: it is forgotten.
    pub fn remove_user(&mut self, table: *const ()) {
        if let Ok(at) = self.find(table) {
            self.entries[at].users -= 1;
            if self.entries[at].users == 0 {
                self.entries.remove(at);
            }
        }
    }

    /// The tables and how many sources use each (for `Context::verify`).
    pub fn users(&self) -> impl Iterator<Item = (*const (), u32)> + '_ {
        self.entries.iter().map(|entry| (entry.table, entry.users))
    }

    /// A table whose slots differ from what they were, if one is found this time.
    #[inline]
    pub fn changed(&mut self, kind: &'static Vtable) -> Option<*const ()> {
        if self.entries.len() > LOOKED_AT {
            return self.next_changed(kind);
        }
        self.entries.iter_mut().find_map(|entry| entry.changed(kind))
    }

    fn next_changed(&mut self, kind: &'static Vtable) -> Option<*const ()> {
        (0..LOOKED_AT).find_map(|_| {
            self.turn = if self.turn + 1 < self.entries.len() { self.turn + 1 } else { 0 };
            self.entries[self.turn].changed(kind)
        })
    }
}

impl Entry {
    /// The table, if its slots have changed.
    #[inline]
    fn changed(&mut self, kind: &'static Vtable) -> Option<*const ()> {
        let slots = (kind.slots)(self.table);
        (std::mem::replace(&mut self.slots, slots) != slots).then_some(self.table)
    }
}
