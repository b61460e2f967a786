//! A source's callback: set, replaced, held while it runs, let go.
//!
//! An ordinary callback lies in the source itself; the public `callback_data` points at it and the
//! public `callback_funcs` at [`INLINE`], so a reader of these fields finds function and data as it
//! does in GLib (CB-007). An indirect callback belongs to the program and is counted by its own
//! functions.
//!
//! A callback that is replaced or dropped while dispatches run it is remembered ([`Replaced`]) and
//! let go by the last of them (CB-001). Code outside may hold an ordinary callback, too, through the
//! public fields, and give it to another source. Such a one is *retired* when it is replaced: it
//! stays in its place, even beyond its source's life, until nobody holds it ([`Boxed`] is where the
//! source's next callback lies meanwhile). Letting go runs the program's notify, and never happens
//! under a lock: functions here hand out a [`Release`] for the caller to run once it has unlocked.

use std::ptr::{null, null_mut};

use super::source::{Head, Locked, Source, SourcePtr};
use crate::sync::{AtomicU32, Cell as StdCell, Ordering};

/// A callback, to be cast to what the kind of source calls.
pub type Func = unsafe extern "C-unwind" fn();
/// Runs when a callback's data is no longer needed.
pub type Notify = unsafe extern "C-unwind" fn(*mut ());

/// How to count and read an indirect callback; the layout is C's.
#[repr(C)]
pub struct CallbackTable {
    pub hold: Option<unsafe extern "C-unwind" fn(*mut ())>,
    pub release: Option<unsafe extern "C-unwind" fn(*mut ())>,
    pub fetch:
        Option<unsafe extern "C-unwind" fn(*mut (), *const Head, *mut Option<Func>, *mut *mut ())>,
}

/// An ordinary callback.
pub struct Cell {
    func: StdCell<Option<Func>>,
    data: StdCell<*mut ()>,
    notify: StdCell<Option<Notify>>,
}

impl Default for Cell {
    fn default() -> Self {
        Cell {
            func: StdCell::new(None),
            data: StdCell::new(null_mut()),
            notify: StdCell::new(None),
        }
    }
}

impl Cell {
    fn fill(&self, func: Option<Func>, data: *mut (), notify: Option<Notify>) {
        self.func.set(func);
        self.data.set(data);
        self.notify.set(notify);
    }

    fn empty(&self) -> Release {
        self.func.set(None);
        let data = self.data.replace(null_mut());
        self.notify.take().map_or(Release::Nothing, |notify| Release::Notify(notify, data))
    }
}

// The bits of `Source::callback_outside`. Holding takes no lock, all else the source's.
/// How many outside the loop hold what lies in the source's cell.
const HOLDS: u32 = (1 << 29) - 1;
/// Somebody did at some time.
const WAS_HELD: u32 = 1 << 29;
/// What lies there is no longer the source's callback.
const RETIRED: u32 = 1 << 30;
/// The source is finalized: the last hold frees its block.
const GONE: u32 = 1 << 31;

/// A callback that was replaced while `holders` dispatches ran it.
pub struct Replaced {
    epoch: u32,
    holders: u32,
    release: Release,
}

/// What is left to do, without locks, about a callback that nobody needs any more.
#[must_use]
pub enum Release {
    Nothing,
    Notify(Notify, *mut ()),
    Indirect(*const CallbackTable, *mut ()),
}

impl Release {
    pub fn is_nothing(&self) -> bool {
        matches!(self, Release::Nothing)
    }

    /// Runs the program's function; no lock may be held.
    pub fn run(self) {
        match self {
            Release::Nothing => {}
            // SAFETY: the program gave this pair to be called once, and it is called here only (I5).
            Release::Notify(notify, data) => unsafe { notify(data) },
            Release::Indirect(table, data) => {
                // SAFETY: the table outlives the callback by the contract of
                // g_source_set_callback_indirect (I5).
                if let Some(release) = unsafe { (*table).release } {
                    // SAFETY: gives back the one count taken over or taken by a dispatch (I5).
                    unsafe { release(data) }
                }
            }
        }
    }
}

/// What a dispatch holds: enough to call, and to let go afterwards.
#[derive(Clone, Copy)]
pub struct Held {
    pub(super) func: Option<Func>,
    pub(super) data: *mut (),
    epoch: u32,
    /// NULL if nothing is held.
    table: *const CallbackTable,
    /// What the table's functions are called with; NULL with [`INLINE`] for the source's own cell.
    table_data: *mut (),
}

impl Held {
    /// What is left of it once function and data have been used.
    #[inline]
    pub(super) fn called(self) -> Held {
        Held { func: None, data: null_mut(), ..self }
    }
}

/// The source an ordinary callback lies in.
///
/// # Safety
/// `cell` is the `callback` of a source whose block is not freed.
unsafe fn source_of(cell: *mut ()) -> SourcePtr {
    let distance = std::mem::offset_of!(Source, head) - std::mem::offset_of!(Source, callback);
    // SAFETY: the caller's promise: the cell lies in the private part of that source (I5).
    unsafe { SourcePtr::from_head(cell.byte_add(distance).cast_const().cast()) }
}

/// Some code outside, or another source, holds the callback: it stays where and as it is. Takes no
/// lock, for the other source's context may be locked.
unsafe extern "C-unwind" fn inline_hold(cell: *mut ()) {
    // SAFETY: whoever read the fields of a live source, or holds the callback, calls this (I5).
    let source = unsafe { source_of(cell) };
    source.callback_outside.fetch_or(WAS_HELD, Ordering::Relaxed);
    source.callback_outside.fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C-unwind" fn inline_release(cell: *mut ()) {
    // SAFETY: undoes `inline_hold`, which keeps the block (I5).
    let source = unsafe { source_of(cell) };
    let locked = source.lock();
    let before = source.callback_outside.fetch_sub(1, Ordering::AcqRel);
    debug_assert!(before & HOLDS > 0, "I5: a callback is let go that nobody held");
    let left = before - 1;
    let release = source.vacate_if_unheld();
    drop(locked);
    release.run();
    if left & (GONE | HOLDS) == GONE {
        source.free_block();
    }
}

/// The table of ordinary callbacks. The loop itself counts without it.
pub static INLINE: CallbackTable = CallbackTable {
    hold: Some(inline_hold),
    release: Some(inline_release),
    fetch: Some(cell_fetch),
};

unsafe extern "C-unwind" fn cell_fetch(
    cell: *mut (),
    _source: *const Head,
    func: *mut Option<Func>,
    data: *mut *mut (),
) {
    // SAFETY: the data of both tables here begin with a cell, which does not change while it is
    // held, and the caller passes places for both results (I5).
    unsafe {
        let cell = &*cell.cast::<Cell>();
        *func = cell.func.get();
        *data = cell.data.get();
    }
}

/// An ordinary callback of a source whose own cell is taken by one that others hold. Otherwise an
/// indirect callback like a program's.
#[repr(C)]
struct Boxed {
    cell: Cell,
    holds: AtomicU32,
}

static BOXED: CallbackTable =
    CallbackTable { hold: Some(boxed_hold), release: Some(boxed_release), fetch: Some(cell_fetch) };

unsafe extern "C-unwind" fn boxed_hold(boxed: *mut ()) {
    // SAFETY: whoever holds it, or read the fields of the source that does, calls this (I5).
    let before = unsafe { &*boxed.cast::<Boxed>() }.holds.fetch_add(1, Ordering::Relaxed);
    debug_assert!(before > 0, "I5: a callback is held that nobody keeps");
}

unsafe extern "C-unwind" fn boxed_release(boxed: *mut ()) {
    let at = boxed.cast::<Boxed>();
    // SAFETY: gives back a count, which keeps it so far (I5).
    if unsafe { &*at }.holds.fetch_sub(1, Ordering::AcqRel) == 1 {
        // SAFETY: made from a box by `set_callback`, and nobody holds it any more (I5).
        let cell = unsafe { Box::from_raw(at) }.cell;
        cell.empty().run();
    }
}

impl SourcePtr {
    fn own_cell(self) -> *mut () {
        (&raw const self.callback).cast_mut().cast()
    }

    /// Tells what lies in the cell now from what lay there while earlier dispatches began.
    fn callback_epoch(self) -> u32 {
        self.rare().map_or(0, |rare| rare.replacements)
    }

    /// Whether the cell keeps a callback that was replaced, for those outside who hold it.
    fn is_retired(self) -> bool {
        self.callback_outside.load(Ordering::Relaxed) & RETIRED != 0
    }

    /// Whether the callback is what lies in the source's cell. It may also be what lies in another
    /// source's: then it is an indirect one.
    fn is_inline(self) -> bool {
        std::ptr::eq(self.head.callback_funcs.get(), &raw const INLINE)
            && self.head.callback_data.get() == self.own_cell()
            && !self.is_retired()
    }

    /// Whether an ordinary callback lies in the source, or it has none, and nobody outside has ever
    /// held one: then a dispatch need only count itself among the holders.
    #[inline]
    pub(super) fn has_simple_callback(self) -> bool {
        let data = self.head.callback_data.get();
        // Whatever has the cell's address for its data and is not retired is read by our own table.
        let own = data == self.own_cell();
        (own || self.head.callback_funcs.get().is_null())
            && self.callback_outside.load(Ordering::Relaxed) == 0
    }

    /// `hold_callback` for a callback as `has_simple_callback` has found it.
    #[inline]
    pub(super) fn hold_simple(self) -> Held {
        let table = self.head.callback_funcs.get();
        if !table.is_null() {
            self.callback_holders.set(self.callback_holders.get() + 1);
        }
        Held {
            func: self.callback.func.get(),
            data: self.callback.data.get(),
            epoch: 0,
            table,
            table_data: null_mut(),
        }
    }

    /// `let_callback_go` where nothing has happened to what `hold_simple` held.
    #[inline]
    pub(super) fn let_simple_go(self, held: &Held) {
        if !held.table.is_null() {
            self.callback_holders.set(self.callback_holders.get() - 1);
        }
    }

    /// Takes the callback off the source, which must be locked.
    #[inline]
    pub(super) fn take_callback(self) -> Release {
        if self.head.callback_funcs.get().is_null() {
            self.head.callback_data.set(null_mut());
            return Release::Nothing;
        }
        let unheld =
            self.callback_holders.get() == 0 && self.callback_outside.load(Ordering::Acquire) == 0;
        if unheld && self.is_inline() {
            self.head.callback_funcs.set(null());
            self.head.callback_data.set(null_mut());
            return self.callback.empty();
        }
        self.take_what_is_set()
    }

    #[inline(never)]
    fn take_what_is_set(self) -> Release {
        let inline = self.is_inline();
        let table = self.head.callback_funcs.replace(null());
        let data = self.head.callback_data.replace(null_mut());
        if !inline {
            return Release::Indirect(table, data);
        }
        if self.callback_outside.load(Ordering::Acquire) & HOLDS != 0 {
            self.callback_outside.fetch_or(RETIRED, Ordering::Relaxed);
            return Release::Nothing;
        }
        let holders = self.callback_holders.replace(0);
        let release = self.callback.empty();
        if holders > 0 {
            let epoch = self.callback_epoch();
            let rare = self.rare_mut();
            rare.replacements = epoch.wrapping_add(1);
            rare.replaced.push(Replaced { epoch, holders, release });
            return Release::Nothing;
        }
        release
    }

    /// Lets a retired callback go if neither a dispatch nor anybody outside holds it.
    fn vacate_if_unheld(self) -> Release {
        let outside = self.callback_outside.load(Ordering::Acquire);
        if outside & RETIRED == 0 || outside & HOLDS != 0 || self.callback_holders.get() > 0 {
            return Release::Nothing;
        }
        self.callback_outside.fetch_and(!RETIRED, Ordering::Relaxed);
        self.callback.empty()
    }

    /// Somebody outside holds the callback, or did.
    pub(super) fn is_held_outside(self) -> bool {
        self.callback_outside.load(Ordering::Acquire) != 0
    }

    /// The source is finalized. True if its block is to be freed now, false if that is left to those
    /// outside who hold its callback.
    pub(super) fn is_left_alone(self) -> bool {
        if !self.is_held_outside() {
            return true;
        }
        let _locked = self.lock(); // Whoever let go just now is done with the source.
        self.callback_outside.fetch_or(GONE, Ordering::AcqRel) & HOLDS == 0
    }

    /// Sets an ordinary callback; the result lets the old one go.
    #[inline]
    pub fn set_callback(
        self,
        func: Option<Func>,
        data: *mut (),
        notify: Option<Notify>,
    ) -> Release {
        if self.is_nobody_elses() && self.has_no_callback() {
            self.begin_with(func, data, notify);
            return Release::Nothing;
        }
        self.replace_callback(func, data, notify)
    }

    /// It never had one, or one that nobody keeps.
    #[inline]
    fn has_no_callback(self) -> bool {
        self.head.callback_funcs.get().is_null() && !self.is_held_outside()
    }

    #[inline(never)]
    fn replace_callback(
        self,
        func: Option<Func>,
        data: *mut (),
        notify: Option<Notify>,
    ) -> Release {
        let locked: Locked = self.lock_in_place();
        let old = self.take_callback();
        if self.is_retired() {
            let cell = Cell::default();
            cell.fill(func, data, notify);
            let boxed = Box::new(Boxed { cell, holds: AtomicU32::new(1) });
            self.head.callback_data.set(Box::into_raw(boxed).cast());
            self.head.callback_funcs.set(&raw const BOXED);
        } else {
            self.begin_with(func, data, notify);
        }
        drop(locked);
        old
    }

    /// Sets the callback of a source that has none, and that nobody else knows yet or that is locked.
    pub fn begin_with(self, func: Option<Func>, data: *mut (), notify: Option<Notify>) {
        self.callback.fill(func, data, notify);
        self.head.callback_data.set(self.own_cell());
        self.head.callback_funcs.set(&raw const INLINE);
    }

    /// Sets an indirect callback, or with a NULL table none; takes over one count on `data`.
    pub fn set_callback_indirect(self, data: *mut (), table: *const CallbackTable) -> Release {
        let locked: Locked = self.lock();
        let old = self.take_callback();
        self.head.callback_data.set(data);
        self.head.callback_funcs.set(table);
        drop(locked);
        old
    }

    /// Fetches function and data for a dispatch and keeps them alive. Under the context's lock,
    /// which the program's `ref` and `get` functions therefore must not take (DI-002).
    pub(super) fn hold_callback(self) -> Held {
        let table = self.head.callback_funcs.get();
        let mut held = Held {
            func: None,
            data: null_mut(),
            epoch: self.callback_epoch(),
            table: null(),
            table_data: null_mut(),
        };
        if self.is_inline() {
            held.func = self.callback.func.get();
            held.data = self.callback.data.get();
            held.table = table;
            self.callback_holders.set(self.callback_holders.get() + 1);
        } else if !table.is_null() {
            held.table = table;
            held.table_data = self.head.callback_data.get();
            // SAFETY: the table outlives the callback, the callback is the source's present one and
            // cannot be replaced while the lock is held (I5).
            unsafe {
                if let Some(hold) = (*table).hold {
                    hold(held.table_data);
                }
                if let Some(fetch) = (*table).fetch {
                    fetch(held.table_data, self.head_ptr(), &mut held.func, &mut held.data);
                }
            }
        }
        held
    }

    /// Ends a dispatch's hold, under the context's lock; the result is to be run without it.
    pub(super) fn let_callback_go(self, held: Held) -> Release {
        if held.table.is_null() {
            return Release::Nothing;
        }
        let own = std::ptr::eq(held.table, &raw const INLINE) && held.table_data.is_null();
        if !own {
            return Release::Indirect(held.table, held.table_data);
        }
        if held.epoch == self.callback_epoch() {
            self.callback_holders.set(self.callback_holders.get() - 1);
            return self.vacate_if_unheld();
        }
        let holds = |old: &Replaced| old.epoch == held.epoch;
        self.rare_mut()
            .replaced
            .iter()
            .position(holds)
            .map_or(Release::Nothing, |at| self.drop_hold(at))
    }

    fn drop_hold(self, at: usize) -> Release {
        let replaced = &mut self.rare_mut().replaced;
        replaced[at].holders -= 1;
        match replaced[at].holders {
            0 => replaced.remove(at).release,
            _ => Release::Nothing,
        }
    }

    /// The user data of the callback if the source has one, as its table tells it. Under the lock.
    pub(super) fn callback_user_data(self) -> Option<*mut ()> {
        let table = self.head.callback_funcs.get();
        if table.is_null() {
            return None;
        }
        let (mut func, mut data) = (None, null_mut());
        // SAFETY: as in `hold_callback` (I5).
        unsafe {
            if let Some(fetch) = (*table).fetch {
                fetch(self.head.callback_data.get(), self.head_ptr(), &mut func, &mut data);
            }
        }
        Some(data)
    }
}
