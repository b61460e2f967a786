//! Sources with a descriptor that was opened for them, and noticing that it is lost.
//!
//! A program may close descriptors it knows nothing about, and the kernel gives their numbers to
//! other files. What the loop opened for itself is looked after by `bell` and `pollset`. A *keeper*
//! is a source for which the layer above opened one (the process descriptor of a child watch): where
//! those are verified it is asked, too, whether its descriptor is still its own. If not it is
//! *marked*, as signals mark sources (`marks`), so that its check function is asked at once. What to
//! do about the loss is that function's matter.

use super::bell::Bell;
use super::context::State;
use super::desk::Desk;
use super::pollset::Verification;
use super::source::SourcePtr;
use crate::sys::clock::monotonic_ns;

impl SourcePtr {
    /// Makes a new source a keeper: its kind's `is_lost` is to be asked from now on.
    pub fn keep_descriptor(self) {
        self.keeps().set(true);
    }
}

impl State {
    /// A source was attached.
    #[inline]
    pub(super) fn add_keeper(&mut self, source: SourcePtr) {
        if source.keeps().get() {
            self.keepers.push(source);
        }
    }

    /// A source was destroyed.
    #[inline]
    pub(super) fn remove_keeper(&mut self, source: SourcePtr) {
        if source.keeps().get() {
            self.keep_no_longer(source);
        }
    }

    #[cold]
    fn keep_no_longer(&mut self, source: SourcePtr) {
        source.marked().set(false);
        self.keepers.retain(|other| *other != source);
    }

    /// Before a sleep of `timeout`: how long it may be until everything that is ours has to be
    /// verified, the bell, the registrations, the keepers' descriptors. Verifies it now if it is
    /// time. Also says whether a keeper was found to have lost its own: then there is no sleep.
    pub(super) fn verify_own(
        &mut self,
        desk: &mut Desk,
        bell: &Bell,
        timeout: Option<u64>,
    ) -> (Option<u64>, bool) {
        match self.pollset.verification(timeout, !self.keepers.is_empty()) {
            Verification::Needless => (timeout, false),
            Verification::In(left) => {
                (Some(timeout.map_or(left, |timeout| timeout.min(left))), false)
            }
            Verification::Now(start) => {
                let lost = self.verify_all(desk, bell, start);
                (if lost { Some(0) } else { timeout }, lost)
            }
        }
    }

    /// The same before a look: true if a keeper was found to have lost its own.
    #[inline]
    pub(super) fn verify_own_if_due(&mut self, desk: &mut Desk, bell: &Bell) -> bool {
        self.pollset.is_verification_due(!self.keepers.is_empty())
            && self.verify_all(desk, bell, monotonic_ns())
    }

    #[cold]
    fn verify_all(&mut self, desk: &mut Desk, bell: &Bell, start: u64) -> bool {
        bell.verify();
        self.pollset.verify_registrations(desk, &mut self.records);
        let lost = self.mark_losers();
        self.pollset.verified(start);
        lost
    }

    /// Marks the keepers whose descriptor is lost. True if there are any.
    pub(super) fn mark_losers(&mut self) -> bool {
        let mut found = false;
        for at in 0..self.keepers.len() {
            let source = self.keepers[at];
            if (source.kind().is_lost)(source) {
                source.marked().set(true);
                self.levels.file(source);
                found = true;
            }
        }
        found
    }
}
