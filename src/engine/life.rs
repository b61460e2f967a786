//! The life of a source: attached, found, destroyed, finalized.
//!
//! Destroying is immediate and happens once; the memory stays until the last reference goes. The
//! context holds one reference on every source that is attached and not destroyed.

use super::callback::Release;
use super::context::{Context, Guard, State};
use super::list;
use super::seam::Complaint;
use super::source::{BareGuard, Locked, SourcePtr, ACTIVE, BLOCKED, NO_LEVEL};
use crate::sync::{decrement_unless_last, increment, take_last, yield_now, Ordering};
use crate::sys::thread::this as this_thread;

impl SourcePtr {
    /// Adds a reference; the result is the count before, 0 or huge for a source that is gone.
    pub fn reference(self) -> u32 {
        increment(&self.head.ref_count)
    }

    /// Drops a reference unless it is the last one.
    #[inline]
    pub(super) fn unreference_unless_last(self) -> bool {
        decrement_unless_last(&self.head.ref_count)
    }

    /// Drops a reference; with the last one the source is finalized and freed (SL-010). No lock of
    /// the loop's may be held.
    #[inline]
    pub fn unreference(self) {
        if !self.unreference_unless_last() {
            self.lock_and_unreference_last();
        }
    }

    #[inline(never)]
    fn lock_and_unreference_last(self) {
        match self.lock_in_place() {
            Locked::Home(context, state) => context.unreference_and_unlock(state, self),
            locked @ Locked::Bare(_) => self.unreference_last(locked),
        }
    }

    /// Drops the last reference of a destroyed source whose end concerns nobody else: no function of the program's is
    /// to be told, and nobody can come to it any more. It ends at once, without giving the lock up in between. False,
    /// and nothing has happened, if it is not so.
    #[inline(always)]
    fn end_quietly(self, context: &Context, state: &mut State) -> bool {
        let concerns_others = !self.is_single()
            || !self.is_destroyed()
            || !self.head.callback_funcs.get().is_null()
            || self.is_held_outside()
            || self.name_owned().get()
            || state.dead
            || state.questioned == Some(self)
            || (self.kind().finalizes)(self);
        if concerns_others || !take_last(&self.head.ref_count) {
            return false;
        }
        state.unlist(self);
        self.free_records();
        if self.made().is_loose() && !context.is_global() {
            self.free(); // That context's shelf did not give it out.
        } else {
            self.free_to(&mut state.shelf);
        }
        if state.ids.is_empty() {
            context.memory_given_back();
        }
        true
    }

    fn free_records(self) {
        while let Some(record) = self.head.poll_fds.get() {
            self.head.poll_fds.set(record.next_of_source.get());
            record.free();
        }
    }

    /// Drops what seemed to be the last reference, with the source locked.
    fn unreference_last(self, mut locked: Locked<'_>) {
        loop {
            if self.is_questioned(&mut locked) {
                return;
            }
            if let Some(dispose) = self.rare().and_then(|rare| rare.dispose) {
                drop(locked);
                (self.kind().dispose)(self, dispose.as_ptr());
                if self.unreference_unless_last() {
                    return; // Somebody took a reference: it lives on (SL-013).
                }
                locked = self.lock();
                if self.is_questioned(&mut locked) {
                    return;
                }
            }
            if take_last(&self.head.ref_count) {
                return self.finalize(locked);
            }
            drop(locked);
            if self.unreference_unless_last() {
                return;
            }
            locked = self.lock();
        }
    }

    /// The program is being asked about it, and returns to its table. The reference, which seems to be the last one, is
    /// then the walk's.
    fn is_questioned(self, locked: &mut Locked<'_>) -> bool {
        let Some((_, state)) = locked.context() else { return false };
        let questioned = state.questioned == Some(self);
        if questioned {
            state.asked = Some(self);
        }
        questioned
    }

    fn finalize(self, mut locked: Locked<'_>) {
        // Reads 1 while the program's functions may still look at it (SL-012).
        self.head.ref_count.store(1, Ordering::Relaxed);
        let attached = self.level.get() != NO_LEVEL && !self.is_destroyed();
        if let Some((context, state)) = locked.context() {
            debug_assert!(
                self.level.get() != NO_LEVEL,
                "I3: one that is not listed has no count on the memory"
            );
            state.remove(self);
            if !state.ids.is_empty() {
                context.keep_memory(); // For this one, which is not listed any more; or it takes over that for all.
            }
        }
        drop(locked);
        if attached {
            (self.kind().complain)(Complaint::FinalizedWhileAttached);
        }
        (self.kind().finalize)(self);
        if self.head.ref_count.load(Ordering::Relaxed) != 1 {
            (self.kind().complain)(Complaint::ReferencedInFinalize);
        }
        // Nobody else has a reference: only those outside who hold its callback, and what ties it to
        // its children, make a lock necessary.
        let locked = self.is_held_outside().then(|| self.lock());
        let callback = self.take_callback();
        drop(locked);
        callback.run();
        self.free_records();
        if !self.rare.get().is_null() {
            self.let_children_go();
        }
        if self.name_owned().get() {
            (self.kind().forget)(self);
        }
        if self.is_left_alone() {
            self.free_block();
        }
    }

    fn let_children_go(self) {
        loop {
            let locked = self.lock();
            let child = self.each_child().next();
            if let Some(child) = child {
                child.leave_parent();
            }
            drop(locked);
            let Some(child) = child else { break };
            child.unreference();
        }
    }

    /// Frees the block of a finalized source that nobody looks at any more.
    #[inline]
    pub(super) fn free_block(self) {
        let home = self.home_ptr();
        self.free();
        if !home.is_null() {
            // SAFETY: the count taken by `finalize`; the source is gone and with it its use (I3).
            unsafe { Context::release_memory(home) };
        }
    }

    /// Locks a source that was never attached, `None` if it was meanwhile. Unlike `lock` this may be
    /// called with a context locked.
    pub(super) fn lock_bare(self) -> Option<BareGuard> {
        loop {
            if self.is_attached_or_was() {
                return None;
            }
            if let Some(guard) = self.try_lock_bare() {
                return (!self.is_attached_or_was()).then_some(guard);
            }
            yield_now();
        }
    }

    /// Attaches to `context`; the result is the id, or `None` if the source is destroyed or was
    /// attached before.
    pub fn attach(self, context: &Context) -> Option<u32> {
        let state = context.state.lock();
        let bare = match self.is_nobody_elses() {
            true => None,
            false => Some(self.lock_bare()?),
        };
        if self.is_destroyed() {
            return None;
        }
        self.reference();
        let id = context.attach_and_unlock(state, self);
        drop(bare);
        Some(id)
    }

    /// Attaches a new source, which nobody else knows yet, handing its maker's reference over.
    pub fn give_to(self, context: &Context) -> u32 {
        context.attach_new(context.state.lock(), self)
    }

    /// Destroys the source: it will not be dispatched again, its callback is let go (SL-004).
    #[inline(never)]
    pub fn destroy(self) {
        match self.lock_in_place() {
            Locked::Home(context, state) => context.destroy_and_unlock(state, self),
            // Callback data of a source that was never attached stay until its end (SL-006).
            Locked::Bare(_guard) => self.put(ACTIVE, false),
        }
    }

    /// Destroys `child` and drops the parent's reference on it.
    pub fn remove_child(self, child: SourcePtr) {
        match child.lock() {
            Locked::Home(context, state) => context.destroy_and_unlock(state, child),
            Locked::Bare(guard) => {
                child.put(ACTIVE, false);
                let was_child = child.leave_parent();
                drop(guard);
                if was_child {
                    child.unreference();
                }
            }
        }
    }

    /// Registers the function to run before finalization. False if one is registered already.
    pub fn set_dispose(self, function: Option<std::ptr::NonNull<()>>) -> bool {
        let _locked = self.lock();
        let unset = self.rare().is_none_or(|rare| rare.dispose.is_none());
        if unset && function.is_some() {
            self.rare_mut().dispose = function;
        }
        unset
    }
}

impl State {
    /// Attaches a source, whose bare lock the caller has, and its children, newest first, each directly before its parent
    /// (CS-003). Another thread may be changing a child just now, which its bare lock guards until it is attached. The
    /// context gets a reference on each: its maker's for `source`. True if watched descriptors were added.
    pub(super) fn attach_family(
        &mut self,
        context: &Context,
        source: SourcePtr,
        parent: Option<SourcePtr>,
    ) -> bool {
        let mut watches = self.attach_one(context, source, parent);
        for child in source.each_child() {
            let Some(_bare) = child.lock_bare() else { continue }; // Somebody has attached it by itself.
            child.reference();
            watches |= self.attach_family(context, child, Some(source));
        }
        watches
    }

    /// The same for a source with or without a family.
    #[inline(always)]
    pub(super) fn attach(&mut self, context: &Context, source: SourcePtr) -> bool {
        match source.has_family() {
            true => self.attach_family(context, source, None),
            false => self.attach_one(context, source, None),
        }
    }

    #[inline(always)]
    fn attach_one(
        &mut self,
        context: &Context,
        source: SourcePtr,
        parent: Option<SourcePtr>,
    ) -> bool {
        let address = std::ptr::from_ref(context).cast_mut();
        if self.ids.is_empty() {
            context.keep_memory(); // For all that are listed.
        }
        if source.id() == 0 {
            let id = context.state.next_id(&self.ids);
            source.head.source_id.store(id, Ordering::Relaxed);
        }
        self.ids.insert(source);
        self.tables.add_user(source.kind(), source.head.source_funcs.get());
        source.interest().set((source.kind().interest)(source));
        self.levels.list(source, parent);
        self.deadline_changes(source);
        let mut watches = false;
        if source.head.poll_fds.get().is_some() && !source.has(BLOCKED) {
            for record in source.each_record() {
                self.link(record, source.priority());
                watches = true;
            }
        }
        self.records.changed |= watches;
        self.levels.file_new(source);
        if source.has_deadline().get() {
            self.set_timer(source);
        }
        self.add_listener(context, source);
        self.add_keeper(source);
        self.counters.attached += 1;
        // Release: whoever finds the home finds the source attached.
        source.head.context.store(address, Ordering::Release);
        watches
    }

    fn find_by_user_data(&self, data: *mut (), table: Option<*const ()>) -> Option<SourcePtr> {
        self.levels.in_order().find(|source| {
            !source.is_destroyed()
                && table.is_none_or(|table| source.head.source_funcs.get() == table)
                && source.callback_user_data() == Some(data)
        })
    }

    /// Takes a source that is being finalized out of everything.
    fn remove(&mut self, source: SourcePtr) {
        if !source.is_destroyed() {
            source.put(ACTIVE, false);
            self.unregister(source);
        }
        if source.level.get() != NO_LEVEL {
            self.unlist(source);
        }
    }

    #[inline(always)]
    fn unlist(&mut self, source: SourcePtr) {
        self.levels.unlist(source);
        self.ids.remove(source);
        self.tables.remove_user(source.head.source_funcs.get());
    }

    /// Takes a destroyed source out of queues, heap and watches. True if it had watches.
    #[inline]
    fn unregister(&mut self, source: SourcePtr) -> bool {
        self.levels.unfile(source);
        source.due().set(false);
        self.timers.remove(source);
        self.remove_listener(source);
        self.remove_keeper(source);
        let mut watched = false;
        for record in source.each_record() {
            watched |= record.is_linked();
            self.unlink(record);
        }
        watched
    }
}

impl Context {
    /// Whether attaching a source has to wake the context (WK-004, MC-016).
    pub(super) fn attach_wakes(&self, state: &State) -> bool {
        self.wakes_always() || (state.owner != 0 && state.owner != this_thread())
    }

    /// Attaches a new source, which nobody else knows yet, handing its maker's reference over.
    #[inline(never)]
    pub(super) fn attach_new(&self, state: Guard<'_>, source: SourcePtr) -> u32 {
        self.attach_and_unlock(state, source)
    }

    #[inline(always)]
    fn attach_and_unlock(&self, mut state: Guard<'_>, source: SourcePtr) -> u32 {
        let watches = state.attach(self, source);
        if watches {
            self.expect_sleep();
        }
        let rings = watches || self.attach_wakes(&state);
        let id = source.head.source_id.load(Ordering::Relaxed);
        drop(state); // The thread that wakes wants it.
        if rings {
            self.bell.ring();
        }
        id
    }

    /// Destroys an attached source and drops the context's reference on it.
    #[inline(never)]
    pub(super) fn destroy_locked<'a>(&'a self, state: Guard<'a>, source: SourcePtr) -> Guard<'a> {
        let (state, referenced) = self.take_down(state, source);
        match referenced {
            true => self.unreference_unlocked(state, source),
            false => state,
        }
    }

    /// The same as the last thing done under the lock.
    fn destroy_and_unlock(&self, state: Guard<'_>, source: SourcePtr) {
        let (state, referenced) = self.take_down(state, source);
        if referenced && !source.unreference_unless_last() {
            self.unreference_and_unlock(state, source);
        }
    }

    /// Drops what seems to be the last reference, as the last thing done under the lock.
    #[inline(always)]
    fn unreference_and_unlock(&self, mut state: Guard<'_>, source: SourcePtr) {
        if !source.end_quietly(self, &mut state) {
            source.unreference_last(Locked::Home(self, state));
        }
    }

    /// Destroys an attached source. While its notify runs its children are alive and its
    /// descriptors registered (SL-005). True if the context's reference is to be dropped now.
    #[inline(always)]
    fn take_down<'a>(&'a self, mut state: Guard<'a>, source: SourcePtr) -> (Guard<'a>, bool) {
        if source.is_destroyed() {
            return (state, false);
        }
        if state.ids.are_many() {
            list::expect_departure(source);
            state.timers.expect_removal(source);
        }
        source.put(ACTIVE, false);
        state.counters.destroyed += 1;
        state.levels.unfile(source);
        state.deadline_changes(source);
        state.timers.remove(source);
        let release = source.take_callback();
        if release.is_nothing() && !source.has_family() && source.head.poll_fds.get().is_none() {
            // Nothing ran since it left queue and heap: what is left of `unregister`.
            source.due().set(false);
            state.remove_listener(source);
            state.remove_keeper(source);
            return (state, !source.leaving().get());
        }
        self.take_rest_down(state, source, release)
    }

    /// Runs what lets the callback go, then takes descriptors and family from the source.
    #[inline(never)]
    fn take_rest_down<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
        release: Release,
    ) -> (Guard<'a>, bool) {
        source.reference(); // Ours, for the time of this function.
        state = self.run_unlocked(state, release);
        if state.unregister(source) && !source.has(BLOCKED) {
            state.records.changed = true;
            self.bell.ring();
        }
        loop {
            let child = source.each_child().next();
            let Some(child) = child else { break };
            state.levels.unfile(child); // While it still counts as somebody's child.
            child.leave_parent();
            state = self.destroy_locked(state, child);
            state = self.unreference_unlocked(state, child);
        }
        if source.leave_parent() {
            state = self.unreference_unlocked(state, source);
        }
        state = self.unreference_unlocked(state, source);
        (state, !source.leaving().get())
    }

    pub(super) fn run_unlocked<'a>(&'a self, state: Guard<'a>, release: Release) -> Guard<'a> {
        if release.is_nothing() {
            return state;
        }
        drop(state);
        release.run();
        self.state.lock()
    }

    /// Drops a reference, unlocking only for the last one.
    #[inline(always)]
    pub(super) fn unreference_unlocked<'a>(
        &'a self,
        state: Guard<'a>,
        source: SourcePtr,
    ) -> Guard<'a> {
        match source.unreference_unless_last() {
            true => state,
            false => self.unreference_last_of(state, source),
        }
    }

    #[inline(never)]
    pub(super) fn unreference_last_of<'a>(
        &'a self,
        mut state: Guard<'a>,
        source: SourcePtr,
    ) -> Guard<'a> {
        if source.end_quietly(self, &mut state) {
            return state;
        }
        source.unreference_last(Locked::Home(self, state));
        self.state.lock()
    }

    /// The source with this id, unless destroyed (ID-004).
    pub fn find_by_id(&self, id: u32) -> Option<SourcePtr> {
        self.state.lock().ids.find(id).filter(|source| !source.is_destroyed())
    }

    /// Destroys the source with this id; false if there is none.
    pub fn destroy_by_id(&self, id: u32) -> bool {
        let state = self.state.lock();
        match state.ids.find(id).filter(|source| !source.is_destroyed()) {
            Some(source) => {
                if state.ids.are_many() {
                    source.fetch();
                }
                self.destroy_and_unlock(state, source);
                true
            }
            None => false,
        }
    }

    /// The first source, in list order, whose callback has this data and, if given, whose functions
    /// are these (ID-005). The callback tables' `get` runs under the lock.
    pub fn find_by_user_data(&self, data: *mut (), table: Option<*const ()>) -> Option<SourcePtr> {
        self.state.lock().find_by_user_data(data, table)
    }

    /// Destroys the source that `find_by_user_data` finds; false if there is none.
    pub fn destroy_by_user_data(&self, data: *mut (), table: Option<*const ()>) -> bool {
        let state = self.state.lock();
        match state.find_by_user_data(data, table) {
            Some(source) => {
                self.destroy_and_unlock(state, source);
                true
            }
            None => false,
        }
    }
}

impl SourcePtr {
    /// The source's context with a reference more, NULL if it has none (any more). Another thread
    /// may be ending the context meanwhile: once its count is 0 it is not brought back.
    pub fn referenced_context(self) -> *const Context {
        let mut locked = self.lock();
        match locked.context() {
            Some((context, state)) if !state.dead && context.reference_unless_ended() => context,
            _ => std::ptr::null(),
        }
    }
}
