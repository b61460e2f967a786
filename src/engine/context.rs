//! A context: the state behind its lock, its life, and the small moves all other files make on it.
//!
//! **Lock order** (each may be taken while holding those before it): a context's `state`, then the
//! bare lock of an unattached source. (The list of watches that a channel keeps is locked before
//! either.) Two contexts are never locked at once. No lock is held while the program's code runs,
//! but for `ref` and `get` of callback tables (DI-002).
//!
//! A context's *life* ends with its last public reference; its *memory* lasts until every source
//! that was ever attached to it is gone (I3), so a thread may use such a source while another drops
//! the context (MC-012).

use std::mem::ManuallyDrop;

use super::bell::Bell;
use super::defaults;
use super::dispatch::Underway;
use super::ids::Ids;
use super::inbox::Gate;
use super::levels::Levels;
use super::marks::Marks;
use super::now::Now;
use super::outer::Outer;
use super::owner::Waiter;
use super::pollset::{self, Pollset};
use super::records::{RecordPtr, Records};
use super::seam::{Complaint, Vtable};
use super::shelf::Shelf;
use super::source::{Locked, SourcePtr, READY};
use super::standing::Queued;
use super::tables::Tables;
use super::timers::Timers;
use super::trace::Counters;
use crate::sync::{decrement, increment, AtomicU32, MutexGuard, Ordering};
use crate::sys::poll::PollFd;

/// A program's poll function: array, count, milliseconds.
pub type PollFn = unsafe extern "C-unwind" fn(*mut PollFd, u32, i32) -> i32;

/// Every attach wakes the context, whoever owns it.
pub const OWNERLESS_POLLING: u32 = 1;

/// What other threads write to when they post and ring lies together, behind what is seldom used, and in front of what
/// does not change: so little that its owner works with goes from one processor to another. (All of it is as small as
/// an allocator keeps at hand: blocks of more than a kilobyte cost several times as much.)
#[repr(C)]
pub struct Context {
    /// Counts on the memory (I3): one for all public references, one for all listed sources, one for each that is being
    /// finalized.
    memory: AtomicU32,
    pub(super) state: Gate,
    pub(super) bell: Bell,
    pub(super) kind: &'static Vtable,
    /// References the program holds; the last one ends the context's life.
    pub(super) refs: AtomicU32,
    flags: u32,
}

pub type Guard<'a> = MutexGuard<'a, State>;

/// Everything a context's lock guards, from what each iteration needs to what is seldom needed.
#[derive(Default)]
#[repr(C)]
pub struct State {
    /// How often the lock was taken. Whoever gives it up, calls the program and finds upon its return
    /// that nobody else had it need not ask what has become of anything that the lock guards.
    pub(super) entries: u64,

    // Ownership (`owner`).
    pub(super) owner: usize,
    pub(super) owner_count: u32,

    /// Calls of prepare and check functions under way (`cycle`).
    pub(super) asking: u32,
    /// The iteration is one of a loop that runs, not one that the program asked for.
    pub(super) in_run: bool,
    /// The context's life has ended.
    pub(super) dead: bool,
    /// Letters were opened in this iteration, or since (`inbox`).
    pub(super) letters_came: bool,
    pub(super) outer: Outer,

    // Sources.
    pub(super) levels: Levels,
    pub(super) ids: Ids,
    pub(super) timers: Timers,
    pub(super) tables: Tables,
    pub(super) records: Records,
    pub(super) pollset: Pollset,
    pub(super) marks: Marks,
    /// Sources that keep a descriptor of their own (`keepers`).
    pub(super) keepers: Vec<SourcePtr>,

    // The iteration under way (`cycle`).
    /// Sources found ready by check, from `pending_next` on not yet dispatched; each is referenced.
    pub(super) pending: Vec<SourcePtr>,
    pub(super) pending_next: usize,
    pub(super) dispatching: Underway,
    /// The source that a prepare or check function is asked about (`walk`).
    pub(super) questioned: Option<SourcePtr>,
    /// The source asked last, if its last reference is to be dropped when the walk goes on (`walk`).
    pub(super) asked: Option<SourcePtr>,
    /// The walk goes on behind this priority, should that be further than it has come (`walk`).
    pub(super) skip_behind: Option<i32>,
    /// The time of this iteration.
    pub(super) now: Now,
    /// What prepare found: nanoseconds until something may be ready, `None` for ever.
    pub(super) timeout: Option<u64>,
    pub(super) poll_func: Option<PollFn>,
    pub(super) counters: Counters,

    /// Memory for sources that come.
    pub(super) shelf: Shelf,

    /// Threads that want to own the context: first come, first served.
    pub(super) waiters: Vec<Waiter>,
    /// The array handed to the program's poll function.
    pub(super) outside: Vec<PollFd>,
}

#[cfg(not(debug_assertions))]
const _: () = {
    /// What glibc hands out from its threads' own lists, which cost a fraction of its other ways.
    const KEPT_AT_HAND: usize = 1032;
    assert!(size_of::<Context>() <= KEPT_AT_HAND);
};

// SAFETY: I2: the sources and records that `State` points at are touched under its lock only.
unsafe impl Send for State {}
// SAFETY: I2: what is outside the lock is atomic.
unsafe impl Sync for Context {}
// SAFETY: I2: as above.
unsafe impl Send for Context {}

impl Context {
    /// A context with one reference, as the pointer C sees.
    pub fn create(kind: &'static Vtable, flags: u32) -> *const Context {
        // Written where it is to lie. The last count on its memory frees it.
        let context: *const Context = Box::leak(Box::new_uninit()).write(Context {
            memory: AtomicU32::new(1),
            state: Gate::default(),
            bell: Bell::default(),
            kind,
            refs: AtomicU32::new(1),
            flags,
        });
        if pollset::is_unknown_news() {
            (kind.complain)(Complaint::UnknownWay);
        }
        context
    }

    /// Gives the next source the id `next`, so that a test meets the wrap without four billion
    /// attaches; 0, which is no id, counts as 1.
    pub fn number_from(&self, next: u32) {
        let state = self.state.lock();
        state.ids.continue_behind(next.saturating_sub(1), self.state.numbers());
    }

    pub fn is_referenced(&self) -> bool {
        self.refs.load(Ordering::Relaxed) > 0
    }

    pub fn reference(&self) {
        increment(&self.refs);
    }

    /// Adds a reference unless the last one has gone.
    pub(super) fn reference_unless_ended(&self) -> bool {
        let mut seen = self.refs.load(Ordering::Relaxed);
        while seen > 0 {
            match self.refs.compare_exchange_weak(
                seen,
                seen + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
        false
    }

    /// Drops a reference; the last one ends the context's life (MC-006).
    ///
    /// # Safety
    /// `this` is a context on which the caller holds a reference, given up here.
    pub unsafe fn unreference(this: *const Context) {
        // SAFETY: the caller's reference keeps the memory for now (I3).
        let context = unsafe { &*this };
        if decrement(&context.refs) == 1 {
            context.end();
            // SAFETY: the count that `create` made; sources may hold more (I3).
            unsafe { Context::release_memory(this) };
        }
    }

    /// Destroys all sources, last first; then drops the context's references on them, in the same
    /// order, so that every notify has run before the first finalize function (MC-007, MC-008).
    fn end(&self) {
        let guard = self.drop_pending(self.state.lock());
        self.verify_always(&guard);
        drop(guard);
        let mut state = self.state.lock();
        state.dead = true;
        // Each keeps the reference that the context has on it until all are destroyed. Without a destructor,
        // should a notify jump.
        let mut leaving = ManuallyDrop::new(Vec::new());
        leaving.extend(state.levels.in_reverse());
        for source in leaving.iter() {
            state.levels.unfile(*source);
            source.orphan();
        }
        leaving.retain(|source| !source.is_destroyed());
        leaving.iter().for_each(|source| source.leaving().set(true));
        for source in leaving.iter() {
            state = self.destroy_locked(state, *source);
        }
        for source in leaving.iter() {
            drop(state);
            source.unreference();
            state = self.state.lock();
        }
        drop(ManuallyDrop::into_inner(leaving));
        // Sources that somebody still holds keep the memory, but no descriptor and nothing for others.
        while let Some(record) = state.records.any_on_context() {
            state.unlink(record);
            record.free();
        }
        state.pollset = Pollset::default();
        state.shelf = Shelf::default();
        self.bell.close();
    }

    /// The global default context.
    #[inline]
    pub(super) fn is_global(&self) -> bool {
        defaults::global_if_made().is_some_and(|global| std::ptr::eq(global, self))
    }

    pub(super) fn memory_count(&self) -> u32 {
        self.memory.load(Ordering::Relaxed)
    }

    pub(super) fn keep_memory(&self) {
        increment(&self.memory);
    }

    /// Gives back what `keep_memory` took, while the context's life has not ended.
    #[inline]
    pub(super) fn memory_given_back(&self) {
        let before = decrement(&self.memory);
        debug_assert!(before > 1, "I3: the last count on a context that lives is given back");
    }

    /// Gives back what `keep_memory` took; the last one frees.
    ///
    /// # Safety
    /// Nobody uses this count's pointer afterwards.
    #[inline]
    pub(super) unsafe fn release_memory(this: *const Context) {
        // SAFETY: the caller's count keeps it so far (I3).
        let before = decrement(unsafe { &(*this).memory });
        debug_assert!(before > 0, "I3: a count on a context is given back twice");
        if before == 1 {
            // SAFETY: that was the last count (I3).
            unsafe { Context::free_memory(this) };
        }
    }

    #[inline(never)]
    unsafe fn free_memory(this: *const Context) {
        // SAFETY: made from a box by `create`, and nobody is left to know it (I3).
        drop(unsafe { Box::from_raw(this.cast_mut()) });
    }

    pub(super) fn wakes_always(&self) -> bool {
        self.flags & OWNERLESS_POLLING != 0
    }

    pub fn wakeup(&self) {
        self.bell.ring();
    }

    pub fn set_poll_func(&self, func: Option<PollFn>) {
        self.state.lock().poll_func = func;
    }

    pub fn poll_func(&self) -> Option<PollFn> {
        self.state.lock().poll_func
    }

    /// Forgets the sources an earlier check found; their ready flags stay (PR-002).
    #[inline(always)]
    pub(super) fn drop_pending<'a>(&'a self, state: Guard<'a>) -> Guard<'a> {
        match state.pending.is_empty() {
            true => state,
            false => self.unreference_pending(state),
        }
    }

    #[cold]
    #[inline(never)]
    fn unreference_pending<'a>(&'a self, mut state: Guard<'a>) -> Guard<'a> {
        while let Some(source) = state.pending.get(state.pending_next).copied() {
            state.pending_next += 1;
            // One that was gathered straight from its descriptor is in no queue yet.
            state.levels.file(source);
            if !source.unreference_unless_last() {
                drop(state);
                source.unreference();
                state = self.state.lock();
            }
        }
        state.pending.clear();
        state.pending_next = 0;
        state
    }
}

impl State {
    /// Sets the ready flag of a source and of all its ancestors (PR-010).
    #[inline]
    pub(super) fn set_ready(&mut self, source: SourcePtr) {
        if source.is_single() && !source.queued().is(Queued::No) {
            source.put(READY, true); // It stays in its queue.
        } else {
            self.set_ready_with_ancestors(source);
        }
    }

    #[inline(never)]
    fn set_ready_with_ancestors(&mut self, source: SourcePtr) {
        let mut at = Some(source);
        while let Some(source) = at {
            if !source.has(READY) {
                source.put(READY, true);
                self.levels.file(source);
            }
            at = source.parent();
        }
    }

    /// Takes a record out of the set.
    #[inline]
    pub(super) fn unlink(&mut self, record: RecordPtr) {
        if record.is_linked() {
            self.put_out(record);
            let fd_entry = record.entry_index();
            self.records.unlink(record);
            self.pollset.abandoned(&mut self.records, fd_entry);
        }
    }

    #[inline(never)]
    pub(super) fn link(&mut self, record: RecordPtr, priority: i32) {
        self.records.link(record, priority);
    }

    /// Computes anew how iterations treat a source.
    pub(super) fn classify(&mut self, source: SourcePtr) {
        let interest = (source.kind().interest)(source);
        if source.interest().get() != interest {
            self.levels.unfile(source);
            source.interest().set(interest);
        }
        self.levels.file(source);
    }

    /// Looks for tables whose functions changed since their sources were attached (`tables`).
    #[inline]
    pub(super) fn notice_changed_tables(&mut self) {
        while let Some(table) = self.tables.changed() {
            self.classify_users(table);
        }
    }

    #[cold]
    fn classify_users(&mut self, table: *const ()) {
        let users: Vec<SourcePtr> = self
            .levels
            .in_order()
            .filter(|source| source.head.source_funcs.get() == table && !source.is_destroyed())
            .collect();
        users.into_iter().for_each(|source| self.classify(source));
    }
}

impl<'a> Locked<'a> {
    pub(super) fn context(&mut self) -> Option<(&'a Context, &mut State)> {
        match self {
            Locked::Home(context, state) => Some((context, state)),
            Locked::Bare(_) => None,
        }
    }
}
