//! `gmain.h`: contexts, loops, sources, timeouts, idles, clocks.

pub mod child;
pub mod clock;
pub mod context;
pub mod idle;
pub mod mainloop;
pub mod poll;
pub mod source;
pub mod source_fds;
pub mod source_time;
pub mod thread_default;
pub mod timeout;
pub mod variables;

use std::ffi::CStr;

use super::funcs::{func, notify, C_SOURCE};
use super::types::{GDestroyNotify, GMainContext, GSource, GSourceFuncs};
use crate::engine::defaults;
use crate::engine::source::SourcePtr;

/// The context behind a pointer; NULL means the global default one.
///
/// # Safety
/// `context` is NULL or alive.
pub(super) unsafe fn context_or_default<'a>(context: *mut GMainContext) -> &'a GMainContext {
    // SAFETY: the caller's promise (I8).
    unsafe { context.as_ref() }.unwrap_or_else(|| defaults::global(&C_SOURCE))
}

pub(super) fn global() -> &'static GMainContext {
    defaults::global(&C_SOURCE)
}

/// Makes a source of our own: table, size of its structure, name.
pub(super) fn new_source(
    table: *const GSourceFuncs,
    size: usize,
    name: Option<&'static CStr>,
    spare_record: bool,
) -> SourcePtr {
    let source = SourcePtr::new(&C_SOURCE, table.cast(), size as u32, spare_record);
    if let Some(name) = name {
        source.head.name.set(name.as_ptr().cast_mut().cast());
    }
    source
}

/// What all `*_add_full` functions do with the source they made: the context keeps it.
pub(super) fn attach_new<F: Copy>(
    source: SourcePtr,
    callback: F,
    data: *mut std::ffi::c_void,
    destroy: GDestroyNotify,
) -> u32 {
    source.begin_with(func(callback), data.cast(), notify(destroy));
    source.give_to(global())
}

pub(super) fn or_null(source: Option<SourcePtr>) -> *mut GSource {
    source.map_or(std::ptr::null_mut(), super::funcs::c_source)
}
