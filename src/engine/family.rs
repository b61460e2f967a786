//! Parents and children.
//!
//! A child shares its parent's priority and stands directly before it in the list; a ready child
//! makes its ancestors ready, a dispatched parent blocks its children. The parent holds a reference
//! on the child. Links are in `source::Rare`, newest child first.

use super::context::State;
use super::source::{Locked, SourcePtr, BLOCKED};
use super::standing::{Blocking, Queued};
use crate::sync::Ordering;

impl SourcePtr {
    /// Whether it may have a parent or children. The source must be locked.
    pub(super) fn has_family(self) -> bool {
        !self.rare.get().is_null()
    }

    /// Children, newest first. The source must be locked.
    pub(super) fn each_child(self) -> impl Iterator<Item = SourcePtr> {
        let first = self.rare().and_then(|rare| rare.first_child);
        std::iter::successors(first, |child| child.rare().and_then(|rare| rare.next_sibling))
    }

    /// Makes `child`, alive, unattached and without a parent, a child of this source. False, and no
    /// change, if one of these is not so (any more).
    pub fn add_child(self, child: SourcePtr) -> bool {
        if self == child {
            return false;
        }
        // Two unattached sources are locked in the order of their addresses.
        let child_first = !self.is_attached_or_was() && child.head_ptr() < self.head_ptr();
        let early = child_first.then(|| child.lock());
        if early.is_some() && child.parent().is_some() {
            return false; // Whoever attaches that parent waits for this child: do not wait for him.
        }
        let mut locked = self.lock();
        let late = (!child_first).then(|| child.lock_bare());
        let bare = matches!(early, None | Some(Locked::Bare(_))) && !matches!(late, Some(None));
        let fit = bare && !self.is_destroyed() && !child.is_destroyed() && child.parent().is_none();
        if !fit {
            return false;
        }
        child.reference();
        let older = self.rare_mut().first_child.replace(child);
        if let Some(older) = older {
            older.rare_mut().prev_sibling = Some(child);
        }
        let rare = child.rare_mut();
        rare.parent = Some(self);
        rare.next_sibling = older;
        share_priority(child, self.priority());
        if let Some((context, state)) = locked.context() {
            set_blocked_bare(child, self.has(BLOCKED));
            child.reference();
            let rings = state.attach_family(context, child, Some(self));
            if rings || context.attach_wakes(state) {
                context.bell.ring();
            }
        }
        true
    }

    /// Whether `child` is a child of this source.
    pub fn is_parent_of(self, child: SourcePtr) -> bool {
        let _locked = child.lock();
        child.parent() == Some(self)
    }

    /// Cuts the links between the source and its parent, in whose lock the caller is; the parent's
    /// reference is then the caller's.
    pub(super) fn leave_parent(self) -> bool {
        let Some(parent) = self.parent() else { return false };
        let rare = self.rare_mut();
        let (next, prev) = (rare.next_sibling.take(), rare.prev_sibling.take());
        rare.parent = None;
        match prev {
            Some(prev) => prev.rare_mut().next_sibling = next,
            None => parent.rare_mut().first_child = next,
        }
        if let Some(next) = next {
            next.rare_mut().prev_sibling = prev;
        }
        true
    }
}

fn share_priority(source: SourcePtr, priority: i32) {
    source.head.priority.store(priority, Ordering::Relaxed);
    source.each_child().for_each(|child| share_priority(child, priority));
}

/// Sets the flag on sources that are in no queue yet.
fn set_blocked_bare(source: SourcePtr, on: bool) {
    source.put(BLOCKED, on);
    source.each_child().for_each(|child| set_blocked_bare(child, on));
}

impl State {
    /// Leaves a source and its children out of iterations while it is dispatched (RB-001, RB-003).
    #[inline]
    pub(super) fn block(&mut self, source: SourcePtr) {
        self.levels.set_blocked(source, true);
        if source.has_family() {
            source.each_child().for_each(|child| self.block_child(child));
        }
    }

    fn block_child(&mut self, child: SourcePtr) {
        self.block(child);
    }

    /// Ends that. What the descriptors reported is forgotten, as if they were watched anew (RB-006).
    #[inline]
    pub(super) fn unblock(&mut self, source: SourcePtr) {
        if source.head.poll_fds.get().is_some() {
            self.watch_anew(source); // First, so that it is not filed for what is forgotten.
        }
        self.levels.set_blocked(source, false);
        self.set_timer(source);
        if source.has_family() {
            self.unblock_children(source);
        }
    }

    #[inline(always)]
    pub(super) fn watch_anew(&mut self, source: SourcePtr) {
        for record in source.each_record() {
            if record.is_linked() {
                record.forget_seen();
            } else {
                self.link(record, source.priority());
            }
        }
        source.lit_deciding.set(0);
        source.lit_others.set(0);
        if source.queued().is(Queued::Hot) {
            self.levels.file(source);
        }
        // For who drives the context by hand (CK-002, `outer`).
        self.records.changed = true;
        self.outer.put_back = true;
    }

    fn unblock_children(&mut self, source: SourcePtr) {
        for child in source.each_child() {
            // A child that its own dispatch blocked is unblocked by that.
            if !child.blocking().get().has(Blocking::OWN) {
                self.unblock(child);
            }
        }
    }

    /// Takes the descriptors of blocked sources out of the set: a nested iteration is about to wait.
    #[cold]
    pub(super) fn suspend_blocked(&mut self) {
        self.suspend_blocked_from(0);
    }

    fn suspend_blocked_from(&mut self, first: usize) {
        let mut at = first;
        while let Some(source) = self.dispatching.get(at) {
            if source.has(BLOCKED) {
                self.suspend(source);
            }
            at += 1;
        }
    }

    /// Counts the idles that dispatches under way have blocked: a nested iteration is about to look.
    #[inline]
    pub(super) fn count_blocked(&mut self) {
        if !self.dispatching.is_empty() {
            self.count_dispatching();
        }
    }

    #[cold]
    fn count_dispatching(&mut self) {
        for source in self.dispatching.iter().filter(|source| source.has(BLOCKED)) {
            self.levels.count_blocked(source);
        }
    }

    /// Forgets the dispatch that has `depth` others around it and has just returned. Those nested in it
    /// were left by an exception or a jump: their sources stay blocked for ever, and nothing is to wait
    /// for them.
    #[inline]
    pub(super) fn forget_dispatches_above(&mut self, depth: usize) {
        if self.dispatching.get(depth + 1).is_some() {
            self.count_dispatching();
            self.suspend_blocked_from(depth + 1);
        }
        self.dispatching.end(depth);
    }

    fn suspend(&mut self, source: SourcePtr) {
        for record in source.each_record() {
            self.unlink(record);
        }
        for child in source.each_child() {
            self.suspend(child);
        }
    }
}
