//! How a context's descriptors are waited for.
//!
//! One array is polled: the *polled* entries and, in front of them, the bell and the epoll
//! descriptor when they are wanted. Entries that stay quiet are made known to epoll instead and cost
//! nothing from then on; they come back when they are ready time after time. So a watch that lives
//! for one read never costs an `epoll_ctl`, a few descriptors are simply polled, ten thousand quiet
//! ones are one array slot, and ten thousand ready ones are polled, which is cheaper than epoll's
//! handing them out one by one. `MAINSPRING_POLL=poll` or `=epoll` in the environment forces one
//! way for all.
//!
//! There are two ways to wait. A *look* does not sleep: the bell is left out, and where nothing is
//! polled epoll is asked at once. A loop that was busy of late looks first, and goes to *sleep* only
//! after it has looked in vain ([`Pollset::expects_news`]).
//!
//! The array is lent, on its [`Desk`], to the thread that waits, which holds no lock meanwhile;
//! changes stand in `Records::dirty` until the next [`Pollset::lend`]. What epoll knows, and why it
//! may be believed, is `registry`'s matter.

use super::bell::Bell;
use super::desk::{Desk, EPOLL, FIRST};
use super::records::{Entry, Records};
use super::registry::{Registry, VERIFY_PAUSE};
use crate::sync::{statics, AtomicU32, Ordering};
use crate::sys::clock::{coarse_ns, monotonic_ns};
use crate::sys::environment;

/// Where an entry is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Nowhere,
    /// In the array, at this index.
    Polled(u32),
    Epolled,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Adaptive,
    PollOnly,
    EpollFirst,
}

/// So few quiet descriptors are cheaper polled than kept in an epoll set, whose descriptor costs as
/// much as five of them to poll along.
pub(super) const FEW: usize = 6;
/// Waits an entry must be quiet for before it is made known to epoll; doubled each time it comes
/// back, up to `PATIENCE` times.
const QUIET_WAITS: u8 = 3;
const PATIENCE: u8 = 5;
/// After so many looks in a row at nothing but quiet entries they all go to epoll, which is then
/// asked alone: half the price of polling a single descriptor.
const QUIET_LOOKS: u8 = 8;
/// Waits in a row an entry must have fired in to be polled again.
const BUSY_WAITS: u8 = 8;
/// A loop that looks in vain time after time looks in one of `2^n` waits, `n` up to this.
const VAIN: u8 = 4;

/// When what is ours is to be verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verification {
    Needless,
    /// So many nanoseconds from now.
    In(u64),
    /// At once; the time is this.
    Now(u64),
}

pub struct Pollset {
    mode: Mode,
    /// Absent before the first wait and while it is lent.
    desk: Option<Box<Desk>>,
    /// Desks made so far.
    editions: u64,
    registry: Registry,
    /// Counts waits.
    wait: u32,
    /// Looks in a row that found every polled entry quiet.
    quiet_looks: u8,
    /// Looks in a row that were in vain and followed by sleep, and waits before the next one.
    vain: u8,
    pause: u8,
    /// Program code ran since registrations were last verified.
    pub program_ran: bool,
    bell_verified_at: u64,
    /// Something fired in the last wait.
    pub fired: bool,
}

impl Default for Pollset {
    fn default() -> Self {
        Pollset {
            mode: mode(),
            desk: None,
            editions: 0,
            registry: Registry::default(),
            wait: 0,
            quiet_looks: 0,
            vain: 0,
            pause: 0,
            program_ran: false,
            bell_verified_at: 0,
            fired: false,
        }
    }
}

const UNREAD: u32 = 0;
const ADAPTIVE: u32 = 1;
const POLL_ONLY: u32 = 2;
const EPOLL_FIRST: u32 = 3;
/// As `ADAPTIVE`, because the environment names something else, which nobody has been told yet.
const UNKNOWN: u32 = 4;

statics! {
    /// The environment's choice, read once.
    static CHOICE: AtomicU32 = AtomicU32::new(UNREAD);
}

fn mode() -> Mode {
    let mut choice = CHOICE.load(Ordering::Relaxed);
    if choice == UNREAD {
        choice = environment::look(c"MAINSPRING_POLL", |word| match word {
            Some(word) if word == c"poll" => POLL_ONLY,
            Some(word) if word == c"epoll" => EPOLL_FIRST,
            Some(word) if !word.is_empty() => UNKNOWN,
            _ => ADAPTIVE,
        });
        // Another thread may have been as far, and have told already.
        let before = CHOICE.compare_exchange(UNREAD, choice, Ordering::Relaxed, Ordering::Relaxed);
        choice = before.err().unwrap_or(choice);
    }
    match choice {
        POLL_ONLY => Mode::PollOnly,
        EPOLL_FIRST => Mode::EpollFirst,
        _ => Mode::Adaptive,
    }
}

/// True once, if the environment names no way to wait that there is.
pub fn is_unknown_news() -> bool {
    CHOICE.compare_exchange(UNKNOWN, ADAPTIVE, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}

/// Waits for which an entry must be quiet.
fn patience(entry: &Entry) -> u8 {
    QUIET_WAITS << entry.returns
}

impl Pollset {
    // ---- Before a wait ---------------------------------------------------------------------------

    /// Hands out what the waiting thread needs, up to date with the records.
    #[inline]
    pub fn lend(&mut self, records: &mut Records) -> Box<Desk> {
        let mut desk = match self.desk.take() {
            Some(desk) => desk,
            None => self.new_desk(records),
        };
        if self.registry.is_lost() {
            self.rebuild(&mut desk, records);
        }
        if !records.dirty.is_empty() {
            self.sync(&mut desk, records);
        }
        desk
    }

    /// A first desk; or one in place of that with which another thread waits (the context was
    /// released under its owner), or which a jump out of a signal handler has left behind.
    #[cold]
    fn new_desk(&mut self, records: &mut Records) -> Box<Desk> {
        self.editions += 1;
        let mut desk = Desk::new(self.editions);
        for index in 0..records.entries.len() as u32 {
            if matches!(records.entries[index as usize].place, Place::Polled(_)) {
                desk.poll(records, index, patience(&records.entries[index as usize]));
            }
        }
        desk
    }

    #[inline(never)]
    fn sync(&mut self, desk: &mut Desk, records: &mut Records) {
        let mut dirty = std::mem::take(&mut records.dirty);
        for index in dirty.drain(..) {
            let entry = &mut records.entries[index as usize];
            entry.dirty = false;
            if entry.first.is_none() {
                self.leave(desk, records, index);
                records.retire(index);
                continue;
            }
            records.regather(index);
            let entry = &records.entries[index as usize];
            match entry.place {
                Place::Nowhere if entry.fd < 0 => {} // Never ready.
                Place::Nowhere => {
                    self.poll(desk, records, index);
                    if self.mode == Mode::EpollFirst {
                        self.move_to_epoll(desk, records, index);
                    }
                }
                Place::Polled(slot) => desk.array[slot as usize].events = entry.events,
                Place::Epolled if self.registry.open() => self.renew(desk, records, index),
                Place::Epolled => {}
            }
        }
        records.dirty = dirty;
    }

    /// Starts over with a fresh epoll set.
    #[cold]
    fn rebuild(&mut self, desk: &mut Desk, records: &mut Records) {
        self.registry.start_over();
        for index in 0..records.entries.len() as u32 {
            if records.entries[index as usize].place == Place::Epolled {
                desk.poll(records, index, patience(&records.entries[index as usize]));
                self.move_to_epoll(desk, records, index);
            }
        }
    }

    /// When, seen before a sleep of `timeout`, what is ours has to be verified. `more` than the bell
    /// and the registrations may be lost, so that even a short sleep is no excuse.
    pub fn verification(&self, timeout: Option<u64>, more: bool) -> Verification {
        if !self.program_ran || (!more && self.registry.may_wait_for_verification(timeout)) {
            return Verification::Needless;
        }
        let now = monotonic_ns();
        if !more && self.registry.count() == 0 {
            // To ask about the bell is cheaper than to end the sleep for it: a timer is set and taken back.
            return Verification::Now(now);
        }
        self.registry.verification_due(now).map_or(Verification::Now(now), Verification::In)
    }

    /// The same before a look of a loop that may never sleep.
    #[inline]
    pub fn is_verification_due(&self, more: bool) -> bool {
        (more || self.registry.count() > 0)
            && self.program_ran
            && self.registry.verification_due(coarse_ns()).is_none()
    }

    /// Verifies the epoll set and what is registered there.
    #[cold]
    pub fn verify_registrations(&mut self, desk: &mut Desk, records: &mut Records) {
        if self.registry.count() > 0 && self.registry.open() {
            for index in 0..records.entries.len() as u32 {
                if records.entries[index as usize].place == Place::Epolled {
                    self.renew(desk, records, index);
                }
            }
        }
        if self.registry.is_lost() {
            self.rebuild(desk, records);
        }
    }

    /// Everything that is ours was verified, from `start` until now.
    pub fn verified(&mut self, start: u64) {
        self.program_ran = false;
        self.registry.verified(start, monotonic_ns());
    }

    /// Before an outer loop sleeps, which may have run anything meanwhile: now and then a look.
    pub fn verify_bell(&mut self, bell: &Bell) {
        let now = coarse_ns();
        if now >= self.bell_verified_at + VERIFY_PAUSE {
            self.bell_verified_at = now;
            bell.verify();
        }
    }

    /// Tells the desk what to wait for.
    #[inline]
    pub fn equip(&mut self, desk: &mut Desk) {
        (desk.collected, desk.fired, desk.lost) = (0, 0, false);
        desk.epoll = self.registry.descriptor();
        desk.array[EPOLL].fd = desk.epoll;
        if desk.epoll >= 0 {
            self.registry.make_room(&mut desk.events);
        }
    }

    /// Whether a look before going to sleep is worth its price.
    pub fn expects_news(&mut self) -> bool {
        let looks = self.pause == 0;
        self.pause = self.pause.saturating_sub(1);
        looks
    }

    /// The look that `expects_news` spoke for found something, or nothing.
    pub fn looked(&mut self, found: bool) {
        self.vain = if found { 0 } else { VAIN.min(self.vain + 1) };
        self.pause = (1 << self.vain) - 1;
    }

    // ---- After a wait ----------------------------------------------------------------------------

    /// Takes back what was lent and works out what fired, moving entries between poll and epoll.
    #[inline(always)]
    pub fn settle(
        &mut self,
        records: &mut Records,
        mut desk: Box<Desk>,
        failed: bool,
        max_priority: i32,
    ) {
        self.fired = false;
        self.registry.lost(desk.lost);
        if desk.edition != self.editions {
            return; // Somebody else waited meanwhile, and the next wait will tell.
        }
        if !failed {
            self.wait = self.wait.wrapping_add(1);
            if desk.polled() > 0 {
                self.settle_polled(&mut desk, records, max_priority);
            }
            if desk.collected > 0 {
                self.settle_epolled(&mut desk, records, max_priority);
            }
        }
        self.desk = Some(desk);
    }

    #[inline(always)]
    fn settle_polled(&mut self, desk: &mut Desk, records: &mut Records, max_priority: i32) {
        if desk.fired < desk.polled() && self.mode == Mode::Adaptive {
            let quiet = desk.fired == 0 && desk.looked;
            self.quiet_looks = if quiet { self.quiet_looks + 1 } else { 0 };
            if self.quiet_looks == QUIET_LOOKS {
                self.quiet_looks = 0;
                return self.move_all_to_epoll(desk, records);
            }
            if desk.polled() > FEW || desk.epoll >= 0 {
                return self.settle_crowd(desk, records, max_priority);
            }
        } else {
            self.quiet_looks = 0;
        }
        let (mut left, mut at) = (desk.fired, FIRST);
        while left > 0 && at < desk.array.len() {
            let revents = desk.array[at].revents;
            if revents != 0 {
                left -= 1;
                let slot = &mut desk.slots[at];
                slot.quiet = 0;
                let index = slot.owner;
                self.fire(records, index, revents, max_priority);
            }
            at += 1;
        }
    }

    #[inline(always)]
    fn fire(&mut self, records: &mut Records, index: u32, revents: u16, max_priority: i32) {
        self.fired = true;
        if !records.changed {
            records.light_entry(index, revents, max_priority);
        }
    }

    /// Too many entries, or an epoll set that is there anyhow: each goes there that was quiet for
    /// long enough.
    #[inline(never)]
    fn settle_crowd(&mut self, desk: &mut Desk, records: &mut Records, max_priority: i32) {
        let mut at = FIRST;
        while at < desk.array.len() {
            let slot = &mut desk.slots[at];
            let (index, revents) = (slot.owner, desk.array[at].revents);
            if revents != 0 {
                slot.quiet = 0;
                self.fire(records, index, revents, max_priority);
            } else {
                slot.quiet += 1;
                if slot.quiet >= slot.patience {
                    slot.quiet = 0;
                    if self.move_to_epoll(desk, records, index) {
                        continue; // Another one is in this slot now.
                    }
                }
            }
            at += 1;
        }
    }

    #[cold]
    fn move_all_to_epoll(&mut self, desk: &mut Desk, records: &mut Records) {
        for at in (FIRST..desk.array.len()).rev() {
            self.move_to_epoll(desk, records, desk.slots[at].owner);
        }
    }

    #[inline(never)]
    fn settle_epolled(&mut self, desk: &mut Desk, records: &mut Records, max_priority: i32) {
        self.registry.confirm(records, &desk.events[..desk.collected]);
        let mut at = 0;
        while let Some((index, revents)) = self.registry.answer(at) {
            at += 1;
            let entry = &mut records.entries[index as usize];
            if revents == 0 {
                self.registry.denied(entry);
                records.touch(index);
                continue;
            }
            entry.denied_times = 0;
            let in_a_row = entry.fired_in.wrapping_add(1) == self.wait as u16;
            entry.fired_times = if in_a_row { entry.fired_times.saturating_add(1) } else { 1 };
            entry.fired_in = self.wait as u16;
            if entry.fired_times >= BUSY_WAITS && self.mode == Mode::Adaptive {
                entry.returns = PATIENCE.min(entry.returns + 1);
                self.move_to_poll(desk, records, index);
            }
            self.fire(records, index, revents, max_priority);
        }
    }

    // ---- Moving entries --------------------------------------------------------------------------

    fn poll(&mut self, desk: &mut Desk, records: &mut Records, index: u32) {
        self.quiet_looks = 0;
        desk.poll(records, index, patience(&records.entries[index as usize]));
    }

    /// Stops waiting for an entry.
    fn leave(&mut self, desk: &mut Desk, records: &mut Records, index: u32) {
        let entry = &mut records.entries[index as usize];
        match std::mem::replace(&mut entry.place, Place::Nowhere) {
            Place::Nowhere => {}
            Place::Polled(slot) => desk.unpoll(records, slot),
            Place::Epolled => self.registry.remove(entry.fd),
        }
    }

    /// The last record of an entry went: its registration must go before the program, which may
    /// close the descriptor next, goes on. The array can wait until the next [`Self::lend`].
    #[inline]
    pub fn abandoned(&mut self, records: &mut Records, index: u32) {
        let entry = &mut records.entries[index as usize];
        if entry.first.is_none() && entry.place == Place::Epolled {
            entry.place = Place::Nowhere;
            self.registry.remove(entry.fd);
        }
    }

    /// Takes an entry off the array if epoll takes it. False if it stays where it is.
    fn move_to_epoll(&mut self, desk: &mut Desk, records: &mut Records, index: u32) -> bool {
        let entry = &mut records.entries[index as usize];
        let Place::Polled(slot) = entry.place else { return false };
        if !self.registry.open() || !self.registry.add(index, entry) {
            return false;
        }
        entry.place = Place::Epolled;
        entry.fired_times = 0;
        desk.unpoll(records, slot);
        true
    }

    fn move_to_poll(&mut self, desk: &mut Desk, records: &mut Records, index: u32) {
        self.leave(desk, records, index);
        self.poll(desk, records, index);
    }

    /// Makes sure that an epolled entry's registration is that of the file now behind its number.
    fn renew(&mut self, desk: &mut Desk, records: &mut Records, index: u32) {
        if !self.registry.renew(index, &mut records.entries[index as usize]) {
            self.move_to_poll(desk, records, index);
        }
    }

    /// Complains about slots and entries that disagree (for `Context::verify`).
    pub fn check(&self, records: &Records) -> Result<(), String> {
        let Some(desk) = &self.desk else { return Ok(()) };
        for (at, slot) in desk.slots.iter().enumerate().skip(FIRST) {
            if records.entries[slot.owner as usize].place != Place::Polled(at as u32) {
                return Err(format!("slot {at} of the poll array has lost its entry"));
            }
        }
        let epolled = records.entries.iter().filter(|entry| entry.place == Place::Epolled).count();
        let counted = self.registry.count();
        match epolled == counted {
            true => Ok(()),
            false => Err(format!("{epolled} entries are epolled, {counted} were counted")),
        }
    }
}
