//! What a context has made known to epoll, and whether to believe what epoll says.
//!
//! epoll must look like poll (facts in `sys::epoll`). What it reports is confirmed with one poll of
//! the descriptors concerned, so that nothing is told of a file that is no longer behind its number.
//! A registration is renewed whenever a record is added to its descriptor. Since a program may close
//! or replace a watched descriptor whenever it runs, all registrations are renewed some tens of
//! milliseconds after it ran, at most about one percent of the time. (Where nothing is registered only the bell
//! is asked about, before each long sleep.) An event for a registration
//! that should no longer exist makes the whole set be built anew.
//!
//! Which entries belong here is decided in `pollset`.

use super::pollset::Place;
use super::records::{Entry, Records};
use crate::sys::clock::{monotonic_ns, NS_PER_MS};
use crate::sys::own::Own;
use crate::sys::poll::{self, PollFd};
use crate::sys::{epoll, Errno};

/// Registrations are verified at most this often, and at most one part in `VERIFY_SHARE` of the time.
pub const VERIFY_PAUSE: u64 = 20 * NS_PER_MS;
const VERIFY_SHARE: u64 = 100;
/// Before shorter sleeps the bell alone is not verified: their end is near in any case.
const LONG_SLEEP: u64 = 50 * NS_PER_MS;
/// An entry whose events poll denied this many times in a row has a registration of another file.
const DENIALS: u8 = 2;
/// So many waits in a row with events of no entry mean that a registration is left over.
const STRANGE_WAITS: u8 = 3;
/// Before the kernel is asked again for a set it has refused (descriptors exhausted).
const RETRY_PAUSE: u64 = 1000 * NS_PER_MS;

#[derive(Default)]
pub struct Registry {
    /// The epoll descriptor, once there is one.
    set: Option<Own>,
    /// Entries registered.
    count: usize,
    retry_at: u64,
    verified_at: u64,
    verify_cost: u64,
    /// The set has to be built anew.
    broken: bool,
    /// Waits in a row with events that belong to no entry.
    strange_waits: u8,
    /// Absent before the first time.
    asked: Option<Box<Asked>>,
}

/// What epoll reported, to be confirmed by poll, and the entries concerned.
#[derive(Default)]
struct Asked {
    array: Vec<PollFd>,
    entries: Vec<u32>,
}

fn token(index: u32, generation: u32) -> u64 {
    u64::from(generation) << 32 | u64::from(index)
}

impl Registry {
    pub fn count(&self) -> usize {
        self.count
    }

    /// The epoll descriptor if anything is registered, -1 if not.
    pub fn descriptor(&self) -> i32 {
        match self.set {
            Some(set) if self.count > 0 => set.number(),
            _ => -1,
        }
    }

    /// The set is useless: some registration in it is not ours, or all of it is our parent's (this
    /// is a fork).
    pub fn is_lost(&self) -> bool {
        self.set.is_some_and(|set| self.broken || !set.is_of_this_process())
    }

    /// Makes sure that there is a set. False if there is none, or one that turned out to be lost.
    pub fn open(&mut self) -> bool {
        if let Some(set) = self.set {
            self.broken |= !set.is_ours();
            return !self.broken;
        }
        let now = monotonic_ns();
        if now < self.retry_at {
            return false;
        }
        self.set = epoll::create().and_then(Own::adopt).ok();
        self.retry_at = now + RETRY_PAUSE;
        self.set.is_some()
    }

    /// Gives the set up. The entries are still taken for registered by whoever calls this, who adds
    /// them again.
    pub fn start_over(&mut self) {
        if let Some(set) = self.set.take() {
            set.close();
        }
        self.count = 0;
        self.retry_at = 0;
        self.broken = false;
    }

    fn number(&self) -> i32 {
        self.set.map_or(-1, Own::number)
    }

    /// Registers an entry. False if epoll refuses: a regular file, not open, or out of memory; poll
    /// knows what to say.
    pub fn add(&mut self, index: u32, entry: &Entry) -> bool {
        let (set, token) = (self.number(), token(index, entry.generation));
        let result = match epoll::add(set, entry.fd, entry.events, token) {
            // Left over from an earlier use of the number: make it ours.
            Err(Errno::EXIST) => epoll::modify(set, entry.fd, entry.events, token),
            other => other,
        };
        self.count += usize::from(result.is_ok());
        result.is_ok()
    }

    pub fn remove(&mut self, fd: i32) {
        self.count = self.count.saturating_sub(1);
        // A fork must not edit its parent's set, nobody somebody else's; a failure means that the
        // kernel dropped the registration already, or that a duplicate keeps it, which its next
        // event will tell.
        if let Some(set) = self.set.filter(|set| set.is_of_this_process() && set.is_ours()) {
            let _ = epoll::remove(set.number(), fd);
        }
    }

    /// Makes sure that an entry's registration is that of the file now behind its number. False if
    /// epoll refuses that file.
    pub fn renew(&mut self, index: u32, entry: &mut Entry) -> bool {
        let set = self.number();
        match epoll::modify(set, entry.fd, entry.events, token(index, entry.generation)) {
            Err(Errno::NOENT) => {
                // Another file: whatever the old registration still reports is told apart by a new
                // generation.
                entry.generation = entry.generation.wrapping_add(1);
                let token = token(index, entry.generation);
                epoll::add(set, entry.fd, entry.events, token).is_ok()
            }
            other => other.is_ok(),
        }
    }

    /// Nothing but the bell needs to be verified before a sleep of `timeout`, and that can wait.
    pub fn may_wait_for_verification(&self, timeout: Option<u64>) -> bool {
        self.count == 0 && timeout.is_some_and(|timeout| timeout < LONG_SLEEP)
    }

    /// How long until registrations have to be verified; `None` if it is time.
    pub fn verification_due(&self, now: u64) -> Option<u64> {
        let earliest = self.verified_at + VERIFY_PAUSE.max(self.verify_cost * VERIFY_SHARE);
        earliest.checked_sub(now).filter(|left| *left > 0)
    }

    pub fn verified(&mut self, start: u64, end: u64) {
        self.verified_at = end;
        self.verify_cost = end - start;
    }

    /// Makes room for all that epoll may have to tell, so that nothing urgent is left behind.
    #[inline]
    pub fn make_room(&self, events: &mut Vec<epoll::Event>) {
        if events.len() < self.count {
            self.make_more_room(events);
        }
    }

    #[cold]
    fn make_more_room(&self, events: &mut Vec<epoll::Event>) {
        events.resize(self.count.next_power_of_two().max(16), epoll::BLANK);
    }

    /// With `lost` a wait found that the set's number has come to mean something else.
    #[inline]
    pub fn lost(&mut self, lost: bool) {
        self.broken |= lost;
    }

    /// Asks poll about the entries whose events were collected.
    pub fn confirm(&mut self, records: &Records, events: &[epoll::Event]) {
        let asked = self.asked.get_or_insert_default();
        asked.array.clear();
        asked.entries.clear();
        let mut strange = false;
        for event in events {
            let (index, generation) = (event.u64 as u32, (event.u64 >> 32) as u32);
            match records.entries.get(index as usize) {
                Some(entry) if entry.generation == generation && entry.place == Place::Epolled => {
                    asked.array.push(PollFd { fd: entry.fd, events: entry.events, revents: 0 });
                    asked.entries.push(index);
                }
                // Another thread took the source away just now, or (if it goes on) this is left
                // over from a descriptor closed while a duplicate keeps its file open.
                _ => strange = true,
            }
        }
        self.strange_waits = if strange { self.strange_waits + 1 } else { 0 };
        self.broken |= self.strange_waits >= STRANGE_WAITS;
        let _ = poll::look(&mut asked.array);
    }

    /// What poll said about the `at`th of these, as (entry, events).
    pub fn answer(&self, at: usize) -> Option<(u32, u16)> {
        let asked = self.asked.as_ref()?;
        Some((*asked.entries.get(at)?, asked.array[at].revents))
    }

    /// Poll denied what epoll reported: somebody else took what was there, or the event is another
    /// file's.
    pub fn denied(&mut self, entry: &mut Entry) {
        entry.denied_times += 1;
        self.broken |= entry.denied_times >= DENIALS;
        entry.denied_times %= DENIALS;
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.start_over();
    }
}
