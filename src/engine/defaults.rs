//! What each thread knows by itself: how deep it dispatches, what it dispatches, and its stack of
//! default contexts; and the one global default context.
//!
//! The stack is given back when the thread ends (TD-009). An entry of `None` stands for the global
//! default context (TD-003).

use std::cell::Cell;
use std::ptr::null_mut;

use super::context::Context;
use super::seam::Vtable;
use super::source::SourcePtr;
use crate::sync::{statics, thread_local, AtomicPtr, Ordering};

/// What this thread dispatches.
pub(super) struct Here {
    /// How many dispatches, of any context, are under way.
    depth: Cell<i32>,
    current: Cell<Option<SourcePtr>>,
}

thread_local! {
    static HERE: Here = const { Here { depth: Cell::new(0), current: Cell::new(None) } };
    static STACK: Cell<*mut Entries> = const { Cell::new(null_mut()) };
    static AT_THREAD_END: AtThreadEnd = const { AtThreadEnd };
}

statics! {
    static GLOBAL: AtomicPtr<Context> = AtomicPtr::new(null_mut());
}

/// Finds this thread's part once for many dispatches.
pub(super) fn with_here<R>(work: impl FnOnce(&Here) -> R) -> R {
    HERE.with(work)
}

/// Where dispatches one after the other take place: what this thread dispatched before them is put
/// back when something else of the program's is about to run, and at their end.
#[derive(Clone, Copy)]
pub(super) struct Stage<'h> {
    here: &'h Here,
    depth: i32,
    current: Option<SourcePtr>,
}

impl Stage<'_> {
    #[inline]
    pub(super) fn new(here: &Here) -> Stage<'_> {
        Stage { here, depth: here.depth.get(), current: here.current.get() }
    }

    /// A dispatch of `source` begins.
    #[inline]
    pub(super) fn enter(self, source: SourcePtr) {
        self.here.depth.set(self.depth + 1);
        self.here.current.set(Some(source));
    }

    #[inline]
    pub(super) fn leave(self) {
        self.here.depth.set(self.depth);
        self.here.current.set(self.current);
    }
}

/// How many dispatches, of any context, are under way on this thread.
pub fn depth() -> i32 {
    HERE.with(|here| here.depth.get())
}

/// The source this thread is dispatching.
pub fn current_source() -> Option<SourcePtr> {
    HERE.with(|here| here.current.get())
}

/// The global default context, made when first asked for and never freed.
#[inline]
pub fn global(kind: &'static Vtable) -> &'static Context {
    global_if_made().unwrap_or_else(|| make_global(kind))
}

/// The same if it has been asked for.
#[inline]
pub fn global_if_made() -> Option<&'static Context> {
    // SAFETY: the global context keeps its first reference for ever (I3).
    unsafe { GLOBAL.load(Ordering::Acquire).as_ref() }
}

/// Makes a source that is for no context yet: with what the global default context keeps of memory, as long as that is
/// to be had for next to nothing.
#[inline(always)]
pub fn make_source(
    kind: &'static Vtable,
    table: *const (),
    size: u32,
    spare_record: bool,
) -> SourcePtr {
    match global_if_made().and_then(|global| global.state.lock_if_alone()) {
        Some(mut state) => {
            let source = SourcePtr::new_from(&mut state.shelf, kind, table, size, spare_record);
            source.begin_made(source.made().loose());
            source
        }
        None => SourcePtr::new(kind, table, size, spare_record),
    }
}

#[cold]
fn make_global(kind: &'static Vtable) -> &'static Context {
    let fresh = Context::create(kind, 0).cast_mut();
    match GLOBAL.compare_exchange(null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => {
            // SAFETY: the global context keeps its first reference for ever (I3).
            let context = unsafe { &*fresh };
            context.make_bell();
            context
        }
        Err(other) => {
            // SAFETY: nobody else has seen `fresh`, whose only reference this is; `other` is the global
            // context (I3).
            unsafe {
                Context::unreference(fresh);
                &*other
            }
        }
    }
}

/// The stack proper: `None` stands for the global context.
type Entries = Vec<Option<*const Context>>;

/// Gives back what is on the stack when the thread ends. The stack itself is reached through a
/// plain cell, which code that runs even later (other thread-end functions) may still ask; what
/// such code pushes and does not pop stays pushed.
struct AtThreadEnd;

impl Drop for AtThreadEnd {
    fn drop(&mut self) {
        while let Some(entry) = with_stack(|stack| stack.and_then(Vec::pop)) {
            give_back(entry);
        }
        let stack = STACK.replace(null_mut());
        if !stack.is_null() {
            // SAFETY: made from a box by `push`, and no longer reachable (I2).
            drop(unsafe { Box::from_raw(stack) });
        }
    }
}

/// Runs `work` on this thread's stack, absent until the first push, which misuse messages tell
/// apart. `work` must not come back here.
fn with_stack<R>(work: impl FnOnce(Option<&mut Entries>) -> R) -> R {
    // SAFETY: the stack is this thread's own, and borrowed nowhere else meanwhile (I2).
    work(unsafe { STACK.get().as_mut() })
}

fn give_back(entry: Option<*const Context>) {
    match entry {
        Some(context) => {
            // SAFETY: the stack holds a reference on each context in it (I3).
            unsafe {
                (*context).release();
                Context::unreference(context);
            }
        }
        None => {
            // SAFETY: an entry `None` exists only after the global context was acquired (I3).
            if let Some(global) = unsafe { GLOBAL.load(Ordering::Acquire).as_ref() } {
                global.release();
            }
        }
    }
}

/// Pushes a context that the caller has acquired; `None` stands for the global one.
pub fn push(context: Option<&Context>) {
    if let Some(context) = context {
        context.reference();
    }
    if STACK.get().is_null() {
        STACK.set(Box::into_raw(Box::default()));
        // Fails only where the thread is ending already.
        let _ = AT_THREAD_END.try_with(|_| ());
    }
    let entry = context.map(std::ptr::from_ref);
    with_stack(|stack| stack.map(|entries| entries.push(entry)));
}

/// Why a pop was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PopError {
    NeverPushed,
    NotOnTop,
}

/// Pops the top entry, which must be `context`; releases and unreferences it. A stack that has
/// been emptied counts as having the global context on top (TD-007).
pub fn pop(context: Option<*const Context>) -> Result<(), PopError> {
    let popped = with_stack(|stack| {
        let Some(entries) = stack else { return Err(PopError::NeverPushed) };
        if entries.last().copied().flatten() != context {
            return Err(PopError::NotOnTop);
        }
        Ok(entries.pop().flatten())
    });
    give_back(popped?);
    Ok(())
}

/// The context on top of this thread's stack; `None` for the global one.
pub fn top() -> Option<*const Context> {
    with_stack(|stack| stack.and_then(|entries| entries.last().copied()).flatten())
}
