//! What each thread knows by itself: how deep it dispatches, what it dispatches, and its stack of
//! default contexts; and the one global default context.
//!
//! The stack is given back when the thread ends (TD-009). An entry of `None` stands for the global
//! default context (TD-003).

use std::cell::{Cell, RefCell};
use std::ptr::null_mut;

use super::context::Context;
use super::seam::Vtable;
use super::source::SourcePtr;
use crate::sync::{AtomicPtr, Ordering};

thread_local! {
    static DEPTH: Cell<i32> = const { Cell::new(0) };
    static CURRENT: Cell<Option<SourcePtr>> = const { Cell::new(None) };
    static STACK: RefCell<Stack> = const { RefCell::new(Stack(None)) };
}

static GLOBAL: AtomicPtr<Context> = AtomicPtr::new(null_mut());

/// What `enter` replaced.
pub(super) struct Outer {
    depth: i32,
    current: Option<SourcePtr>,
}

/// A dispatch of `source` begins on this thread.
pub(super) fn enter(source: SourcePtr) -> Outer {
    let depth = DEPTH.get();
    DEPTH.set(depth + 1);
    Outer { depth, current: CURRENT.replace(Some(source)) }
}

pub(super) fn leave(outer: Outer) {
    DEPTH.set(outer.depth);
    CURRENT.set(outer.current);
}

/// How many dispatches, of any context, are under way on this thread.
pub fn depth() -> i32 {
    DEPTH.get()
}

/// The source this thread is dispatching.
pub fn current_source() -> Option<SourcePtr> {
    CURRENT.get()
}

/// The global default context, made when first asked for and never freed.
pub fn global(kind: &'static Vtable) -> &'static Context {
    let mut context = GLOBAL.load(Ordering::Acquire);
    if context.is_null() {
        let fresh = Context::create(kind, 0).cast_mut();
        match GLOBAL.compare_exchange(null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => context = fresh,
            Err(other) => {
                // SAFETY: nobody else has seen `fresh`, whose only reference this is (I3).
                unsafe { Context::unreference(fresh) };
                context = other;
            }
        }
    }
    // SAFETY: the global context keeps its first reference for ever (I3).
    unsafe { &*context }
}

/// This thread's stack; absent until the first push, which misuse messages tell apart.
struct Stack(Option<Vec<Option<*const Context>>>);

impl Drop for Stack {
    fn drop(&mut self) {
        while let Some(entry) = self.0.as_mut().and_then(Vec::pop) {
            give_back(entry);
        }
    }
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
    let entry = context.map(std::ptr::from_ref);
    STACK.with_borrow_mut(|stack| stack.0.get_or_insert_default().push(entry));
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
    let popped = STACK.with_borrow_mut(|stack| {
        let Some(entries) = &mut stack.0 else { return Err(PopError::NeverPushed) };
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
    STACK
        .with_borrow(|stack| stack.0.as_ref().and_then(|entries| entries.last().copied()).flatten())
}
