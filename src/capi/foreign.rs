//! Sources of another main loop that reach our function tables.
//!
//! Beside libglib the six exported tables are the process's only ones: libglib's own constructors
//! put them into the sources they make for libglib's own, private loops. Such a source runs on the
//! other loop, with the other's structure behind the public part, and merely calls our functions.
//! Each of them that looks at its source therefore asks first whether it is ours, and otherwise hands
//! the call to the same member of the other's table, of which the overlay has told (`OTHERS`).
//!
//! A source is ours if its `priv` is the address of our `Kind`; libglib has a block of its own there. (Whoever
//! looks from elsewhere finds that the first word behind it is no pointer, `engine::seam::MAGIC`, where
//! libglib has a list.) Must not know how the other loop is found.

use std::ffi::{c_int, c_void};

use super::funcs::C_SOURCE;
use super::types::{GSource, GSourceFunc, GSourceFuncs};
use crate::sync::{AtomicPtr, Ordering};

/// Which of the exported tables.
#[derive(Clone, Copy, Debug)]
pub enum Table {
    Idle,
    Timeout,
    ChildWatch,
    IoWatch,
    UnixFd,
    UnixSignal,
}

/// All tables, with the names of the variables that hold them.
pub const TABLES: [(Table, &std::ffi::CStr); 6] = [
    (Table::Idle, c"g_idle_funcs"),
    (Table::Timeout, c"g_timeout_funcs"),
    (Table::ChildWatch, c"g_child_watch_funcs"),
    (Table::IoWatch, c"g_io_watch_funcs"),
    (Table::UnixFd, c"g_unix_fd_source_funcs"),
    (Table::UnixSignal, c"g_unix_signal_funcs"),
];

/// The other loop's tables. Without one, no foreign source can come.
static OTHERS: [AtomicPtr<GSourceFuncs>; TABLES.len()] =
    [const { AtomicPtr::new(std::ptr::null_mut()) }; TABLES.len()];

/// Tells where the other loop has its own table.
///
/// # Safety
/// `funcs` stays a valid table for ever.
pub unsafe fn set_other(table: Table, funcs: *mut GSourceFuncs) {
    OTHERS[table as usize].store(funcs, Ordering::Release);
}

/// Whether another loop has made the source.
///
/// # Safety
/// `source` is a live source of whatever loop.
#[inline]
pub unsafe fn is_foreign(source: *mut GSource) -> bool {
    // SAFETY: the caller's promise (I8).
    let private = unsafe { (*source).r#priv };
    !std::ptr::eq(private, (&raw const C_SOURCE).cast())
}

/// In a function of a table: leaves it with what the other loop's does, if the source is foreign.
macro_rules! forward {
    ($member:ident ($table:ident, $source:ident $(, $argument:ident)*)) => {
        // SAFETY: the loop that calls passes a live source of its own and what belongs to it (I8).
        unsafe {
            use crate::capi::foreign;
            if foreign::is_foreign($source) {
                return foreign::$member(foreign::Table::$table, $source $(, $argument)*);
            }
        }
    };
}
pub(in crate::capi) use forward;

/// The other's table as it is now.
#[cold]
fn other(table: Table) -> GSourceFuncs {
    let funcs = OTHERS[table as usize].load(Ordering::Acquire);
    assert!(!funcs.is_null(), "a source of an unknown loop reached {table:?}");
    // SAFETY: what `set_other` was promised (I8).
    unsafe { funcs.read() }
}

/// The other loop's prepare.
///
/// # Safety
/// The arguments are those of the call, for a foreign source of this table.
#[cold]
pub unsafe fn prepare(table: Table, source: *mut GSource, timeout: *mut c_int) -> c_int {
    // SAFETY: the caller's promise (I8).
    other(table).prepare.map_or(0, |prepare| unsafe { prepare(source, timeout) })
}

/// The other loop's check.
///
/// # Safety
/// As for [`prepare`].
#[cold]
pub unsafe fn check(table: Table, source: *mut GSource) -> c_int {
    // SAFETY: the caller's promise (I8).
    other(table).check.map_or(0, |check| unsafe { check(source) })
}

/// The other loop's dispatch.
///
/// # Safety
/// As for [`prepare`].
#[cold]
pub unsafe fn dispatch(
    table: Table,
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise (I8).
    other(table).dispatch.map_or(0, |dispatch| unsafe { dispatch(source, callback, data) })
}

/// The other loop's finalize.
///
/// # Safety
/// As for [`prepare`].
#[cold]
pub unsafe fn finalize(table: Table, source: *mut GSource) {
    if let Some(finalize) = other(table).finalize {
        // SAFETY: the caller's promise (I8).
        unsafe { finalize(source) }
    }
}
