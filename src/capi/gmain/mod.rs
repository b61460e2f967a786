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

use std::ffi::{c_int, c_void, CStr};

use super::funcs::{func, notify, C_SOURCE};
use super::types::{GDestroyNotify, GMainContext, GSource, GSourceFunc, GSourceFuncs};
use crate::engine::defaults;
use crate::engine::letters::Draft;
use crate::engine::shelf::Shelf;
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

/// What all sources are like that one of our own constructors makes.
pub(super) struct Shape {
    pub table: *const GSourceFuncs,
    /// Of the structure.
    pub size: usize,
    pub name: Option<&'static CStr>,
    /// Each watches a descriptor.
    pub spare_record: bool,
}

impl Shape {
    /// Makes one that is for no context yet.
    #[inline(always)]
    pub fn make(&self) -> SourcePtr {
        let (table, size) = (self.table.cast(), self.size as u32);
        self.named(defaults::make_source(&C_SOURCE, table, size, self.spare_record))
    }

    /// Makes one with what a context keeps of memory.
    #[inline(always)]
    pub fn make_from(&self, shelf: &mut Shelf) -> SourcePtr {
        let (table, size) = (self.table.cast(), self.size as u32);
        self.named(SourcePtr::new_from(shelf, &C_SOURCE, table, size, self.spare_record))
    }

    #[inline(always)]
    fn named(&self, source: SourcePtr) -> SourcePtr {
        if let Some(name) = self.name {
            source.head.name.set(name.as_ptr().cast_mut().cast());
        }
        source
    }
}

/// What `*_add_full` functions do with a source that they made themselves: the context keeps it.
pub(super) fn attach_new<F: Copy>(
    source: SourcePtr,
    callback: F,
    data: *mut c_void,
    destroy: GDestroyNotify,
) -> u32 {
    source.begin_with(func(callback), data.cast(), notify(destroy));
    source.give_to(global())
}

/// The callback of a source to be.
pub(super) struct Callback {
    pub function: GSourceFunc,
    pub data: *mut c_void,
    pub notify: GDestroyNotify,
    /// It runs once, and its result means nothing.
    pub once: bool,
}

/// What is told of a source to be whose maker needs to know nothing else.
#[inline]
pub(super) fn draft(priority: c_int, callback: Callback) -> Draft {
    Draft {
        func: func(callback.function),
        data: callback.data.cast(),
        notify: notify(callback.notify),
        priority,
        once: callback.once,
        ready_time: 0,
        interval: 0,
    }
}

pub(super) fn or_null(source: Option<SourcePtr>) -> *mut GSource {
    source.map_or(std::ptr::null_mut(), super::funcs::c_source)
}
