//! The libglib of this process: where it is, and whether it is one that the overlay can stand before.
//!
//! It is found by what it defines, not by a name: programs carry copies under other names, and
//! `RTLD_NEXT` finds nothing for callers in a local scope. Looked at once, before anything is changed.

use std::ffi::CStr;

use mainspring::capi::foreign::TABLES;

use crate::elf::{Object, Symbol};

/// Oldest series whose private table is known.
const OLDEST: (u32, u32) = (2, 56);
/// What is imported from libglib and never exported by an overlay.
const ANCHOR: &CStr = c"g_malloc0";
pub const PRIVATE: &CStr = c"glib__private__";

/// Slots of the private table that every version since the oldest has, all of them functions.
const SOUND_SLOTS: usize = 11;
/// More slots than any version has; what lies behind the last one is nobody's to read.
const MOST_SLOTS: usize = 64;

type PrivateFn = unsafe extern "C" fn() -> *const usize;

/// A libglib that has been found fit.
pub struct Libglib {
    pub object: Object,
    pub version: (u32, u32, u32),
    private: PrivateFn,
    /// Its own function tables, in the order of `TABLES`.
    pub tables: [usize; TABLES.len()],
}

impl Libglib {
    /// Finds and examines it; the error says in words what is wrong.
    pub fn find() -> Result<Libglib, String> {
        let object = Object::all()
            .into_iter()
            .find(|object| object.find(ANCHOR).is_some() && object.find(PRIVATE).is_some())
            .ok_or("no libglib is loaded")?;
        let path = object.path();
        let symbol = |name: &CStr| {
            let found = object.find(name);
            found.ok_or_else(|| format!("{path} does not define {}", name.to_string_lossy()))
        };
        let version = (
            number(&object, symbol(c"glib_major_version")?),
            number(&object, symbol(c"glib_minor_version")?),
            number(&object, symbol(c"glib_micro_version")?),
        );
        if (version.0, version.1) < OLDEST {
            let (major, minor, micro) = version;
            return Err(format!("{path} is GLib {major}.{minor}.{micro}, older than 2.56"));
        }
        let mut tables = [0; TABLES.len()];
        for (place, (_, name)) in tables.iter_mut().zip(TABLES) {
            *place = object.address(&symbol(name)?);
        }
        let private = object.address(&symbol(PRIVATE)?);
        // SAFETY: what libglib defines under this name has this type in all versions.
        let private = unsafe { std::mem::transmute::<usize, PrivateFn>(private) };
        Ok(Libglib { object, version, private, tables })
    }

    /// A copy of its private table, as long as any version's may be, after a look at the slots that
    /// are known.
    pub fn private_table(&self) -> Result<Vec<usize>, String> {
        // SAFETY: takes nothing, and may be called at any time.
        let table = unsafe { (self.private)() };
        let unfit = |why: &str| Err(format!("the private table of {} {why}", self.object.path()));
        let Some(segment) = self.object.segment(table as usize) else {
            return unfit("lies elsewhere");
        };
        let slots = ((segment.end - table as usize) / size_of::<usize>()).min(MOST_SLOTS);
        // SAFETY: from the table to the end of its segment all is mapped.
        let slots = unsafe { std::slice::from_raw_parts(table, slots) };
        let is_code = |slot: &usize| self.object.segment(*slot).is_some_and(|at| at.executable);
        if slots.len() < SOUND_SLOTS || !slots[..SOUND_SLOTS].iter().all(is_code) {
            return unfit("holds something else than functions");
        }
        Ok(slots.to_vec())
    }

    /// Its own, unchanged private table.
    pub fn own_private_table(&self) -> *const usize {
        // SAFETY: as above.
        unsafe { (self.private)() }
    }

    /// Functions and variables of a loop that are not among `known`, which is sorted.
    pub fn unknown_loop_symbols(&self, known: &[&CStr]) -> Vec<Symbol> {
        let of_loop = |symbol: &Symbol| {
            let name = symbol.name.to_bytes();
            FAMILIES.iter().any(|family| name.starts_with(family))
                && (symbol.is_function() || symbol.is_data())
        };
        let unknown = |symbol: &Symbol| known.binary_search(&symbol.name).is_err();
        self.object.defined().filter(of_loop).filter(unknown).collect()
    }
}

/// How the names of the loop's functions begin.
const FAMILIES: [&[u8]; 7] =
    [b"g_main_", b"g_source_", b"g_idle_", b"g_timeout_", b"g_child_watch_", b"g_io_", b"g_unix_"];

fn number(object: &Object, symbol: Symbol) -> u32 {
    // SAFETY: a variable of this type in all versions.
    unsafe { *(object.address(&symbol) as *const u32) }
}
