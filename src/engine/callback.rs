//! A source's callback: set, replaced, held while it runs, let go.
//!
//! An ordinary callback lies in the source itself; the public `callback_data` points at it and the
//! public `callback_funcs` at [`INLINE`], so a reader of these fields finds function and data as it
//! does in GLib (CB-007). An indirect callback belongs to the program and is counted by its own
//! functions.
//!
//! A callback that is replaced or dropped while dispatches run it is remembered ([`Replaced`]) and
//! let go by the last of them (CB-001). Letting go runs the program's notify, and never happens
//! under a lock: functions here hand out a [`Release`] for the caller to run once it has unlocked.

use std::cell::Cell as StdCell;
use std::ptr::{null, null_mut};

use super::source::{Head, Locked, Source, SourcePtr};

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

/// A callback that was replaced while `holders` dispatches ran it.
pub struct Replaced {
    epoch: u32,
    holders: u32,
    /// How many of them are outside the loop.
    outside: u32,
    notify: Option<Notify>,
    data: *mut (),
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
    pub func: Option<Func>,
    pub data: *mut (),
    epoch: u32,
    indirect: *const CallbackTable,
    indirect_data: *mut (),
    counted: bool,
}

/// The source an ordinary callback lies in.
///
/// # Safety
/// `cell` is the `callback_data` of a live source whose table is [`INLINE`].
unsafe fn source_of(cell: *mut ()) -> SourcePtr {
    let distance = std::mem::offset_of!(Source, head) - std::mem::offset_of!(Source, callback);
    // SAFETY: the caller's promise: the cell lies in the private part of that source (I5).
    unsafe { SourcePtr::from_head(cell.byte_add(distance).cast_const().cast()) }
}

/// Some code outside holds the callback by its public fields: it stays, and its source's memory
/// with it.
unsafe extern "C-unwind" fn inline_hold(cell: *mut ()) {
    // SAFETY: whoever read the fields of a live source calls this (I5).
    let source = unsafe { source_of(cell) };
    source.reference();
    let _locked = source.lock();
    source.callback_holders.set(source.callback_holders.get() + 1);
    source.callback_outside.set(source.callback_outside.get() + 1);
}

unsafe extern "C-unwind" fn inline_release(cell: *mut ()) {
    // SAFETY: undoes `inline_hold`, whose reference keeps the source (I5).
    let source = unsafe { source_of(cell) };
    let locked = source.lock();
    let release = source.let_outside_go();
    drop(locked);
    release.run();
    source.unreference();
}

unsafe extern "C-unwind" fn inline_fetch(
    cell: *mut (),
    _source: *const Head,
    func: *mut Option<Func>,
    data: *mut *mut (),
) {
    // SAFETY: `callback_data` of a source whose table is INLINE points at its own cell, and the
    // caller passes places for both results (I5).
    unsafe {
        let cell = &*cell.cast::<Cell>();
        *func = cell.func.get();
        *data = cell.data.get();
    }
}

/// The table of ordinary callbacks. The loop itself counts without it.
pub static INLINE: CallbackTable = CallbackTable {
    hold: Some(inline_hold),
    release: Some(inline_release),
    fetch: Some(inline_fetch),
};

impl SourcePtr {
    fn is_inline(self) -> bool {
        std::ptr::eq(self.head.callback_funcs.get(), &raw const INLINE)
    }

    /// Takes the callback off the source, which must be locked.
    pub(super) fn take_callback(self) -> Release {
        let table = self.head.callback_funcs.replace(null());
        let data = self.head.callback_data.replace(null_mut());
        if table.is_null() {
            return Release::Nothing;
        }
        if !std::ptr::eq(table, &raw const INLINE) {
            return Release::Indirect(table, data);
        }
        self.callback.func.set(None);
        let notify = self.callback.notify.take();
        let data = self.callback.data.replace(null_mut());
        let epoch = self.callback_epoch.get();
        self.callback_epoch.set(epoch.wrapping_add(1));
        let holders = self.callback_holders.replace(0);
        let outside = self.callback_outside.replace(0);
        if holders > 0 {
            let old = Replaced { epoch, holders, outside, notify, data };
            self.rare_mut().replaced.push(old);
            return Release::Nothing;
        }
        notify.map_or(Release::Nothing, |notify| Release::Notify(notify, data))
    }

    /// Sets an ordinary callback; the result lets the old one go.
    pub fn set_callback(
        self,
        func: Option<Func>,
        data: *mut (),
        notify: Option<Notify>,
    ) -> Release {
        let locked: Locked = self.lock();
        let old = self.take_callback();
        self.callback.func.set(func);
        self.callback.data.set(data);
        self.callback.notify.set(notify);
        self.head.callback_data.set((&raw const self.callback).cast_mut().cast());
        self.head.callback_funcs.set(&raw const INLINE);
        drop(locked);
        old
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
            epoch: self.callback_epoch.get(),
            indirect: null(),
            indirect_data: null_mut(),
            counted: false,
        };
        if self.is_inline() {
            held.func = self.callback.func.get();
            held.data = self.callback.data.get();
            held.counted = true;
            self.callback_holders.set(self.callback_holders.get() + 1);
        } else if !table.is_null() {
            held.indirect = table;
            held.indirect_data = self.head.callback_data.get();
            // SAFETY: the table outlives the callback, the callback is the source's present one and
            // cannot be replaced while the lock is held (I5).
            unsafe {
                if let Some(hold) = (*table).hold {
                    hold(held.indirect_data);
                }
                if let Some(fetch) = (*table).fetch {
                    fetch(held.indirect_data, self.head_ptr(), &mut held.func, &mut held.data);
                }
            }
        }
        held
    }

    /// Ends a dispatch's hold, under the context's lock; the result is to be run without it.
    pub(super) fn let_callback_go(self, held: Held) -> Release {
        if !held.indirect.is_null() {
            return Release::Indirect(held.indirect, held.indirect_data);
        }
        if !held.counted {
            return Release::Nothing;
        }
        if held.epoch == self.callback_epoch.get() {
            self.callback_holders.set(self.callback_holders.get() - 1);
            return Release::Nothing;
        }
        let holds = |old: &Replaced| old.epoch == held.epoch;
        self.rare_mut()
            .replaced
            .iter()
            .position(holds)
            .map_or(Release::Nothing, |at| self.drop_hold(at))
    }

    /// Ends a hold from outside: of the oldest callback that is so held.
    fn let_outside_go(self) -> Release {
        let holds = |old: &Replaced| old.outside > 0;
        if let Some(at) = self.rare_mut().replaced.iter().position(holds) {
            self.rare_mut().replaced[at].outside -= 1;
            return self.drop_hold(at);
        }
        self.callback_outside.set(self.callback_outside.get().saturating_sub(1));
        self.callback_holders.set(self.callback_holders.get().saturating_sub(1));
        Release::Nothing
    }

    fn drop_hold(self, at: usize) -> Release {
        let replaced = &mut self.rare_mut().replaced;
        replaced[at].holders -= 1;
        if replaced[at].holders > 0 {
            return Release::Nothing;
        }
        let old = replaced.remove(at);
        old.notify.map_or(Release::Nothing, |notify| Release::Notify(notify, old.data))
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
