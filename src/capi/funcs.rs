//! Sources as C programs make them: a `GSourceFuncs` table behind the engine's seam.
//!
//! The table is consulted at every step, as GLib does: programs overwrite members, `dispatch` above
//! all, and expect to be obeyed. How much an iteration must ask a source follows from its table's
//! prepare and check functions.

use std::ffi::{c_int, c_void};
use std::mem::offset_of;

use super::base::g_free;
use super::giochannel::g_io_watch_funcs;
use super::gmain::child::{self, is_own_child};
use super::gmain::idle::{is_idle, is_idle_dispatch, run_callback};
use super::messages;
use super::types::{GSource, GSourceDisposeFunc, GSourceFunc, GSourceFuncs};
use crate::engine::callback::{Func, Notify};
use crate::engine::seam::{Complaint, Interest, Kind, Slots, Vtable};
use crate::engine::source::SourcePtr;

/// The kind of all sources behind the C API.
pub static C_SOURCE: Vtable = Vtable::of::<CSource>();

struct CSource;

/// The source's table as it is now.
fn table(source: SourcePtr) -> GSourceFuncs {
    // SAFETY: the table outlives the source; members are read one by one as plain words (I8).
    unsafe { *source.head.source_funcs.get().cast::<GSourceFuncs>() }
}

/// The engine's pointer for C's.
///
/// # Safety
/// `source` is alive.
pub unsafe fn engine_source(source: *mut GSource) -> SourcePtr {
    // SAFETY: the caller's promise (I8).
    unsafe { SourcePtr::from_head(source.cast_const().cast()) }
}

/// C's pointer for the engine's.
pub fn c_source(source: SourcePtr) -> *mut GSource {
    source.head_ptr().cast_mut().cast()
}

impl Kind for CSource {
    fn interest(source: SourcePtr) -> Interest {
        let funcs = table(source);
        let at = source.head.source_funcs.get();
        let is_watch = std::ptr::eq(at.cast(), &raw const g_io_watch_funcs);
        match (funcs.prepare, funcs.check) {
            (None, None) => Interest::Passive,
            (Some(prepare), Some(check)) => {
                if is_idle(prepare, check) {
                    Interest::Always
                } else if is_own_child(prepare, check) {
                    Interest::Verified
                } else if is_watch && super::giochannel::is_own_watch(prepare, check) {
                    if super::giochannel::looks_at_buffers(source) {
                        Interest::Asked
                    } else {
                        Interest::Passive
                    }
                } else {
                    Interest::Asked
                }
            }
            _ => Interest::Asked,
        }
    }

    fn slots(table: *const ()) -> *const Slots {
        const {
            // The first two members: nullable pointers, read as plain words.
            assert!(offset_of!(GSourceFuncs, prepare) == 0);
            assert!(offset_of!(GSourceFuncs, check) == size_of::<usize>());
        }
        table.cast()
    }

    fn prepare(source: SourcePtr, timeout: &mut i32) -> bool {
        match table(source).prepare {
            // SAFETY: the program's function for this very source (I8).
            Some(prepare) => unsafe { prepare(c_source(source), timeout) != 0 },
            None => false,
        }
    }

    fn check(source: SourcePtr) -> bool {
        match table(source).check {
            // SAFETY: as above (I8).
            Some(check) => unsafe { check(c_source(source)) != 0 },
            None => false,
        }
    }

    fn is_lost(source: SourcePtr) -> bool {
        // A check function of the program's would not know what to do about it.
        let table = table(source);
        let own = |(prepare, check)| is_own_child(prepare, check);
        let mends = table.prepare.zip(table.check).is_some_and(own);
        // SAFETY: only child watches are keepers (I8).
        mends && unsafe { child::is_lost(c_source(source)) }
    }

    fn dispatch(source: SourcePtr, func: Option<Func>, data: *mut ()) -> bool {
        let dispatch =
            table(source).dispatch.expect("a source was dispatched without a dispatch function");
        if is_idle_dispatch(dispatch) {
            // What that function does for a source of ours, without a look whose it is.
            if let Some(callback) = source_func(func) {
                // SAFETY: the callback that was set for this very source (I8).
                return unsafe { run_callback(source, callback, data.cast()) };
            }
        }
        // SAFETY: as above; the callback is what the program set (I8).
        unsafe { dispatch(c_source(source), source_func(func), data.cast()) != 0 }
    }

    fn dispose(source: SourcePtr, function: *const ()) {
        // SAFETY: `function` was stored by g_source_set_dispose_function as this type (I8).
        let function = unsafe { std::mem::transmute::<*const (), GSourceDisposeFunc>(function) };
        if let Some(function) = function {
            // SAFETY: as above (I8).
            unsafe { function(c_source(source)) }
        }
    }

    fn finalizes(source: SourcePtr) -> bool {
        table(source).finalize.is_some()
    }

    fn finalize(source: SourcePtr) {
        if let Some(finalize) = table(source).finalize {
            // SAFETY: as above (I8).
            unsafe { finalize(c_source(source)) }
        }
    }

    fn forget(source: SourcePtr) {
        if source.name_owned().get() {
            // SAFETY: a copy made by g_source_set_name (I8).
            unsafe { g_free(source.head.name.get().cast()) }
        }
    }

    fn complain(complaint: Complaint) {
        messages::complain(complaint);
    }
}

/// The engine's view of a callback as C's.
pub fn source_func(func: Option<Func>) -> GSourceFunc {
    // SAFETY: both are nullable pointers to functions; it is called as what it was set as (I8).
    unsafe { std::mem::transmute(func) }
}

/// C's view of a callback as the engine's.
pub fn func<F: Copy>(callback: F) -> Option<Func> {
    const { assert!(size_of::<F>() == size_of::<Option<Func>>()) };
    // SAFETY: used with nullable function pointers only, which have this size (I8).
    unsafe { std::mem::transmute_copy(&callback) }
}

pub fn notify(notify: super::types::GDestroyNotify) -> Option<Notify> {
    // SAFETY: the pointed-to type of the argument is all that differs (I8).
    unsafe { std::mem::transmute(notify) }
}

/// Calls a callback of the kind `gboolean f (gpointer)`.
///
/// # Safety
/// `callback` has that type and `data` is what it was set with.
pub unsafe fn call(
    callback: unsafe extern "C-unwind" fn(*mut c_void) -> c_int,
    data: *mut c_void,
) -> bool {
    // SAFETY: the caller's promise (I8).
    unsafe { callback(data) != 0 }
}
