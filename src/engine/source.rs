//! A source: all its data on one sheet.
//!
//! One allocation holds the private part, then the 96 bytes whose layout C programs know, then the
//! caller's own fields, then (for kinds that watch one descriptor) a spare record. A C pointer to
//! the source points at the public part; the private part lies at a fixed distance before it.
//!
//! This file knows how a source is laid out and found, not what happens to it: `life` attaches and
//! destroys, `callback` and `settings` change it, `cycle` runs it.
//!
//! | flag (public, `Head::flags`) | meaning | who changes it, under which lock |
//! |---|---|---|
//! | `ACTIVE` | not destroyed | cleared once by destroy, source lock |
//! | `IN_CALL` | its dispatch function is running | dispatching thread, context lock |
//! | `READY` | will be dispatched without being asked again | prepare, check, dispatch; context lock |
//! | `CAN_RECURSE` | takes part in nested iterations of its own dispatch | settings, source lock |
//! | `BLOCKED` | left out while it, or its parent, is being dispatched | dispatch; context lock |
//! | `ORPHANED` | its context has ended; not one of GLib's | the context's end; context lock |
//!
//! "Source lock" is the lock of the context it is attached to, or its own `bare` lock before
//! (`SourcePtr::lock`). All fields in `Cell`s are guarded by it (I2).

use std::alloc::handle_alloc_error;
use std::ops::Deref;
use std::ptr::{null, null_mut, NonNull};

use super::callback::{CallbackTable, Cell as CallbackCell};
use super::context::{Context, State};
use super::list::prefetch;
use super::made::Made;
use super::marks::NO_LINE;
use super::records::{Record, RecordPtr};
use super::seam::{Interest, Vtable};
use super::shelf::Shelf;
use crate::sync::{try_set, yield_now, AtomicBool, AtomicI32, AtomicPtr, AtomicU32};
use crate::sync::{Cell, MutexGuard, Ordering};
use crate::sys::thread::is_alone;

/// The public part. Names and order are those of the C structure (layout checked by `capi::types`).
#[repr(C)]
pub struct Head {
    pub callback_data: Cell<*mut ()>,
    pub callback_funcs: Cell<*const CallbackTable>,
    pub source_funcs: Cell<*const ()>,
    pub ref_count: AtomicU32,
    pub context: AtomicPtr<Context>,
    pub priority: AtomicI32,
    pub flags: AtomicU32,
    pub source_id: AtomicU32,
    /// What it watches, newest first: as C sees it, a list of `PollFd`s (`records`).
    pub poll_fds: Cell<Option<RecordPtr>>,
    pub prev: Cell<*const Head>,
    pub next: Cell<*const Head>,
    pub name: Cell<*mut u8>,
    /// What kind of source it is; a source made by another library has something else here.
    pub private: Cell<*const Vtable>,
}

pub const ACTIVE: u32 = 1;
pub const IN_CALL: u32 = 1 << 1;
pub const READY: u32 = 1 << 4;
pub const CAN_RECURSE: u32 = 1 << 5;
pub const BLOCKED: u32 = 1 << 6;

/// Its context has ended, which the public part no longer names ([`Source::home`]). Programs do not know this one.
pub(super) const ORPHANED: u32 = 1 << 16;

/// Not in the heap of deadlines.
pub const NO_SLOT: u32 = u32::MAX;
/// Not in any level.
pub const NO_LEVEL: u32 = u32::MAX;

/// What a dispatch needs lies together, next to the public part, so that it touches few cache lines. As long as a
/// multiple of what the C library aligns its blocks to, so that the public part is aligned as one is.
#[repr(C)]
pub struct Source {
    /// The next of its bucket (`ids`).
    pub(super) id_next: Cell<Option<SourcePtr>>,
    pub(super) queue_prev: Cell<Option<SourcePtr>>,
    /// In no queue any more once the source is [`ORPHANED`]: then it is where its home is kept.
    pub(super) queue_next: Cell<Option<SourcePtr>>,
    /// When its time comes (`timers`): nanoseconds of the monotonic clock.
    pub(super) deadline: Cell<u64>,
    pub(super) rare: Cell<*mut Rare>,

    // The callback (`callback`).
    pub(super) callback: CallbackCell,
    /// How many dispatches run what lies in `callback`.
    pub(super) callback_holders: Cell<u32>,
    /// How many outside the loop hold it, and what is to become of it then.
    pub(super) callback_outside: AtomicU32,

    pub(super) heap_slot: Cell<u32>,
    /// A number that grows along its level's list (`labels`).
    pub(super) label: Cell<u32>,
    pub(super) level: Cell<u32>,
    /// How it was made.
    made: Cell<Made>,
    /// How many records that decide by themselves have something to report, and how many others (`lit`).
    pub(super) lit_deciding: Cell<u16>,
    pub(super) lit_others: Cell<u16>,

    /// What fits into few bits (`standing`).
    pub(super) standing: Cell<u16>,
    /// The signal line it listens to (`marks`).
    pub(super) line: Cell<u8>,
    /// Guards the source until it has a home.
    bare: AtomicBool,

    pub head: Head,
}

/// What few sources have.
#[derive(Default)]
pub(super) struct Rare {
    pub dispose: Option<NonNull<()>>,
    /// Family links (`family`): children newest first.
    pub parent: Option<SourcePtr>,
    pub first_child: Option<SourcePtr>,
    pub next_sibling: Option<SourcePtr>,
    pub prev_sibling: Option<SourcePtr>,
    /// Callbacks replaced while a dispatch was running them, and how often that has happened.
    pub replaced: Vec<super::callback::Replaced>,
    pub replacements: u32,
    /// Deliveries of its line that it knows of (`marks`).
    pub heard: u32,
}

/// A pointer to a source that is known to be alive (I1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourcePtr(NonNull<Source>);

impl Deref for SourcePtr {
    type Target = Source;

    fn deref(&self) -> &Source {
        // SAFETY: I1: whoever holds a `SourcePtr` has a reference on the source, or finds it in a
        // structure it leaves before it is freed, under that structure's lock.
        let source = unsafe { self.0.as_ref() };
        debug_assert!(source.is_whole(), "I1: a source is used that is gone");
        source
    }
}

/// The lock that guards a source at this moment.
pub(super) enum Locked<'a> {
    Home(&'a Context, MutexGuard<'a, State>),
    Bare(BareGuard),
}

/// Holding a source that was never attached.
pub(super) struct BareGuard(SourcePtr);

impl Drop for BareGuard {
    fn drop(&mut self) {
        self.0.bare.store(false, Ordering::Release);
    }
}

/// How far behind the beginning of its block a source's public part lies.
pub const HEAD_AT: usize = std::mem::offset_of!(Source, head);
const CACHE_LINE: usize = 64;

impl SourcePtr {
    /// Makes a source with one reference. `size` is that of the C structure including [`Head`];
    /// with `spare_record` its first descriptor needs no allocation of its own.
    pub fn new(
        kind: &'static Vtable,
        table: *const (),
        size: u32,
        spare_record: bool,
    ) -> SourcePtr {
        let made = Made::new(size, spare_record);
        SourcePtr::begin(made.block().make(), kind, table, made)
    }

    /// The same with memory from a shelf.
    #[inline(always)]
    pub fn new_from(
        shelf: &mut Shelf,
        kind: &'static Vtable,
        table: *const (),
        size: u32,
        spare_record: bool,
    ) -> SourcePtr {
        let made = Made::new(size, spare_record).shelved();
        SourcePtr::begin(shelf.take(made.block()), kind, table, made)
    }

    #[inline(always)]
    fn begin(
        memory: Option<NonNull<u8>>,
        kind: &'static Vtable,
        table: *const (),
        made: Made,
    ) -> SourcePtr {
        let Some(memory) = memory else { handle_alloc_error(made.block().layout()) };
        let memory = memory.cast::<Source>();
        let source = Source {
            id_next: Cell::new(None),
            queue_prev: Cell::new(None),
            queue_next: Cell::new(None),
            deadline: Cell::new(0),
            rare: Cell::new(null_mut()),
            callback: CallbackCell::default(),
            callback_holders: Cell::new(0),
            callback_outside: AtomicU32::new(0),
            heap_slot: Cell::new(NO_SLOT),
            label: Cell::new(0),
            level: Cell::new(NO_LEVEL),
            made: Cell::new(made),
            lit_deciding: Cell::new(0),
            lit_others: Cell::new(0),
            standing: Cell::new(0),
            line: Cell::new(NO_LINE),
            bare: AtomicBool::new(false),
            head: Head {
                callback_data: Cell::new(null_mut()),
                callback_funcs: Cell::new(null()),
                source_funcs: Cell::new(table),
                ref_count: AtomicU32::new(1),
                context: AtomicPtr::new(null_mut()),
                priority: AtomicI32::new(0),
                flags: AtomicU32::new(ACTIVE),
                source_id: AtomicU32::new(0),
                poll_fds: Cell::new(None),
                prev: Cell::new(null()),
                next: Cell::new(null()),
                name: Cell::new(null_mut()),
                private: Cell::new(kind),
            },
        };
        debug_assert!(made.size() >= size_of::<Head>());
        let own_fields = made.size() - size_of::<Head>();
        // SAFETY: the block is large and aligned enough for a `Source` and the fields of its maker
        // behind it, and ours alone (I1).
        unsafe {
            memory.write(source);
            if own_fields > 0 {
                memory.add(1).cast::<u8>().write_bytes(0, own_fields);
            }
        }
        SourcePtr(memory)
    }

    /// Frees the memory. Nobody may hold the pointer any more (I1).
    pub(super) fn free(self) {
        let block = self.made.get().block();
        self.end();
        // SAFETY: made by `new` or `new_from` for this block; its last user is gone (I1).
        unsafe { block.free(self.0.cast()) }
    }

    /// The same in the lock of a context, whose shelf may keep the memory.
    #[inline(always)]
    pub(super) fn free_to(self, shelf: &mut Shelf) {
        let block = self.made.get().block();
        self.end();
        // SAFETY: as above (I1).
        unsafe { shelf.put(self.0.cast(), block) }
    }

    /// Nothing of it is left but its memory.
    #[inline(always)]
    fn end(self) {
        let rare = self.rare.replace(null_mut());
        if !rare.is_null() {
            // SAFETY: made by `rare_mut` from a box, and taken out of the source just now (I1).
            drop(unsafe { Box::from_raw(rare) });
        }
        debug_assert!(self.is_left(), "I1: a source is freed that something still points at");
        self.head.private.set(null());
        // SAFETY: its last user is gone (I1).
        unsafe { self.0.drop_in_place() }
    }

    /// All of it will be needed: the processor fetches it at once.
    #[inline]
    pub(super) fn fetch(self) {
        let start = self.0.as_ptr().cast::<u8>().cast_const();
        for at in (0..size_of::<Source>()).step_by(CACHE_LINE) {
            prefetch(start.wrapping_add(at));
        }
    }

    /// The address C knows the source by.
    pub fn head_ptr(self) -> *const Head {
        // SAFETY: the public part lies within the block (I1).
        unsafe { &raw const (*self.0.as_ptr()).head }
    }

    /// The source behind an address that C handed in.
    ///
    /// # Safety
    /// `head` came from [`Self::head_ptr`] of a source that is alive.
    pub unsafe fn from_head(head: *const Head) -> SourcePtr {
        // SAFETY: the caller's promise; the private part lies at that distance before it (I1).
        let source = SourcePtr(unsafe {
            NonNull::new_unchecked(head.byte_sub(HEAD_AT).cast::<Source>().cast_mut())
        });
        debug_assert!(source.is_whole(), "I1: no source of ours, or one that is gone");
        source
    }

    /// The record lying in the source's own block, if it was made with one and it is free.
    pub(super) fn spare_record(self) -> Option<NonNull<Record>> {
        let at = self.made().spare_at()?;
        // SAFETY: `new` reserved room for a record at this offset (I1).
        Some(unsafe { NonNull::new_unchecked(self.0.as_ptr().byte_add(at).cast()) })
    }

    /// The record of the descriptor that it was made for, if it was made for one.
    #[inline]
    pub(super) fn made_to_watch(self) -> Option<NonNull<Record>> {
        match self.made().is_watching() {
            true => self.spare_record(),
            false => None,
        }
    }

    /// Locks whatever guards the source now.
    #[inline(never)]
    pub(super) fn lock<'a>(self) -> Locked<'a> {
        self.lock_in_place()
    }

    /// The same where it is done often, without a call.
    #[inline(always)]
    pub(super) fn lock_in_place<'a>(self) -> Locked<'a> {
        match self.home() {
            Some(context) => Locked::Home(context, context.state.lock()),
            None => self.lock_unattached(),
        }
    }

    /// It was not attached a moment ago.
    #[inline(always)]
    fn lock_unattached<'a>(self) -> Locked<'a> {
        match self.try_lock_bare() {
            Some(guard) if !self.is_attached_or_was() => Locked::Bare(guard),
            _ => self.lock_patiently(),
        }
    }

    #[cold]
    fn lock_patiently<'a>(self) -> Locked<'a> {
        loop {
            if let Some(context) = self.home() {
                return Locked::Home(context, context.state.lock());
            }
            match self.try_lock_bare() {
                Some(guard) if !self.is_attached_or_was() => {
                    return Locked::Bare(guard);
                }
                Some(_attached_meanwhile) => {}
                None => yield_now(),
            }
        }
    }

    #[inline]
    pub(super) fn try_lock_bare(self) -> Option<BareGuard> {
        try_set(&self.bare).then(|| BareGuard(self))
    }

    /// The rarely needed part, made when first asked for. Call with the source locked.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn rare_mut(&self) -> &mut Rare {
        debug_assert!(self.is_locked_if_attached(), "I2: the family is changed without the lock");
        if self.rare.get().is_null() {
            self.rare.set(Box::into_raw(Box::default()));
        }
        // SAFETY: I2: the source is locked and the reference does not outlive the statement that
        // asked for it.
        unsafe { &mut *self.rare.get() }
    }
}

impl Source {
    /// The context the source was attached to, for good; its memory outlives the source's (I3).
    #[inline]
    pub(super) fn home<'a>(&self) -> Option<&'a Context> {
        // SAFETY: I3: a home is stored once, with a count on the context's memory that only
        // the source's own end gives back.
        unsafe { self.home_ptr().as_ref() }
    }

    /// The same, NULL if it was never attached.
    #[inline]
    pub(super) fn home_ptr(&self) -> *mut Context {
        // Acquire: whoever finds the home finds the source attached, or orphaned.
        let context = self.head.context.load(Ordering::Acquire);
        match context.is_null() && self.flags() & ORPHANED != 0 {
            true => self.queue_next.get().map_or(null_mut(), |home| home.0.as_ptr().cast()),
            false => context,
        }
    }

    /// Its context ends, in whose lock the caller is: the public part names it no longer (MC-007). The source is in no
    /// queue.
    pub(super) fn orphan(&self) {
        let home = NonNull::new(self.head.context.load(Ordering::Relaxed));
        self.queue_next.set(home.map(|home| SourcePtr(home.cast())));
        self.put(ORPHANED, true);
        self.head.context.store(null_mut(), Ordering::Release);
    }

    /// What kind of source it is.
    #[inline]
    pub(super) fn kind(&self) -> &'static Vtable {
        // SAFETY: I1: `new` was given it for ever, and only `free` takes it away.
        unsafe { &*self.head.private.get() }
    }

    /// How it was made.
    #[inline]
    pub fn made(&self) -> Made {
        self.made.get()
    }

    /// Says more of that, before anybody else knows the source.
    #[inline]
    pub fn begin_made(&self, made: Made) {
        self.made.set(made);
    }

    pub(super) fn rare(&self) -> Option<&Rare> {
        // SAFETY: I2: the source is locked, so nobody replaces or changes the rare part meanwhile.
        unsafe { self.rare.get().as_ref() }
    }

    pub(super) fn parent(&self) -> Option<SourcePtr> {
        self.rare().and_then(|rare| rare.parent)
    }

    pub(super) fn has(&self, flag: u32) -> bool {
        self.head.flags.load(Ordering::Relaxed) & flag != 0
    }

    pub(super) fn flags(&self) -> u32 {
        self.head.flags.load(Ordering::Acquire)
    }

    /// Only with the source locked, as every writer is.
    #[inline]
    pub(super) fn set_flags(&self, flags: u32) {
        self.head.flags.store(flags, Ordering::Release);
    }

    /// Only with the source locked, as every writer is: a plain store then loses nothing.
    #[inline]
    pub(super) fn put(&self, flag: u32, on: bool) {
        if on {
            self.change(flag, 0);
        } else {
            self.change(0, flag);
        }
    }

    /// The same for several flags at once.
    #[inline]
    pub(super) fn change(&self, on: u32, off: u32) {
        debug_assert!(self.is_locked_if_attached(), "I2: flags are changed without the lock");
        let old = self.head.flags.load(Ordering::Relaxed);
        self.head.flags.store((old | on) & !off, Ordering::Release);
    }

    pub fn is_destroyed(&self) -> bool {
        self.head.flags.load(Ordering::Acquire) & ACTIVE == 0
    }

    pub fn is_attached_or_was(&self) -> bool {
        !self.home_ptr().is_null()
    }

    /// It was never attached, and there is no other thread that could come to it meanwhile.
    #[inline]
    pub(super) fn is_nobody_elses(&self) -> bool {
        is_alone() && !self.is_attached_or_was()
    }

    pub fn is_referenced(&self) -> bool {
        self.head.ref_count.load(Ordering::Relaxed) > 0
    }

    /// The count has not run below zero.
    pub fn count_is_sane(&self) -> bool {
        self.head.ref_count.load(Ordering::Relaxed) as i32 >= 0
    }

    /// The context it is attached to, NULL before and once that context has ended.
    pub fn context_ptr(&self) -> *mut Context {
        self.head.context.load(Ordering::Acquire)
    }

    pub fn has_context(&self) -> bool {
        !self.context_ptr().is_null()
    }

    pub fn id(&self) -> u32 {
        self.head.source_id.load(Ordering::Relaxed)
    }

    pub fn priority(&self) -> i32 {
        self.head.priority.load(Ordering::Relaxed)
    }

    /// Whatever happens to it concerns nobody else: no family, no line to listen to. Nothing else that
    /// few sources have, either.
    #[inline]
    pub(super) fn is_single(&self) -> bool {
        self.rare.get().is_null()
    }

    /// Ready when its descriptor is, whoever is asked, and nobody else with it.
    pub(super) fn is_plainly_passive(&self) -> bool {
        self.interest().is(Interest::Passive) && self.rare.get().is_null() && !self.has(BLOCKED)
    }

    /// Something happened to a passive source that an iteration has to look at.
    pub(super) fn is_hot(&self) -> bool {
        self.due().get()
            || self.marked().get()
            || self.lit_deciding.get() | self.lit_others.get() != 0
            || self.has(READY)
    }
}
