//! How a context's descriptors are waited for.
//!
//! One array is polled. It holds the bell, the epoll descriptor if there is one, and the *polled*
//! entries; entries that stay quiet are made known to epoll instead and cost nothing from then on,
//! and come back when they are ready time after time. So a watch that lives for one read never costs
//! an `epoll_ctl`, a few descriptors are simply polled, and ten thousand quiet ones are one array
//! slot. `MAINSPRING_POLL=poll` or `=epoll` in the environment forces one way for all.
//!
//! epoll must look like poll (facts in `sys::epoll`). Descriptors it refuses stay polled. What it
//! reports is confirmed with one poll of the descriptors concerned. A registration is asserted
//! again whenever a record is added to its descriptor. Since a program may close or replace a
//! watched descriptor whenever it runs, all registrations are verified some tens of milliseconds
//! after it ran, at most about one percent of the time (`Pollset::verification`). An event for a
//! registration that should no longer exist makes the whole set be built anew.
//!
//! A copy of the array is lent to the sleeping thread, which holds no lock meanwhile; changes wait
//! in `Records::dirty` until the next [`Pollset::sync`].

use super::bell::Bell;
use super::records::Records;
use crate::sync::{AtomicU32, Ordering};
use crate::sys::clock::{monotonic_ns, NS_PER_MS};
use crate::sys::own::Own;
use crate::sys::poll::{self, PollFd, IN};
use crate::sys::{epoll, Errno};

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

const BELL: usize = 0;
const EPOLL: usize = 1;
const FIRST: usize = 2;
const UNUSED: PollFd = PollFd { fd: -1, events: 0, revents: 0 };

/// So few descriptors are polled rather than made known to epoll.
const FEW: usize = 8;
/// Waits an entry must be quiet for before it is made known to epoll.
const QUIET_WAITS: u8 = 3;
/// Waits in a row an entry must have fired in to be polled again.
const BUSY_WAITS: u8 = 8;
/// Registrations are verified at most this often, and at most one part in `VERIFY_SHARE` of the time.
const VERIFY_PAUSE: u64 = 20 * NS_PER_MS;
const VERIFY_SHARE: u64 = 100;
/// Shorter sleeps are not interrupted to verify the bell alone: their end is near in any case.
const LONG_SLEEP: u64 = 50 * NS_PER_MS;
/// An entry whose events poll denied this many times in a row has a registration of another file.
const DENIALS: u8 = 2;
/// So many waits in a row with events of no entry mean that a registration is left over.
const STRANGE_WAITS: u8 = 3;

/// What a wait lends to the sleeping thread.
pub struct Lent {
    pub array: Vec<PollFd>,
    /// Which slots the array had.
    layout: u64,
    pub events: Vec<epoll::Event>,
    pub epoll: i32,
    /// How many of `events` were filled.
    pub collected: usize,
    /// The epoll descriptor's number does not mean an epoll set any more.
    pub lost: bool,
}

impl Lent {
    /// The array as poll needs it, without leading slots that are not in use.
    pub fn polled(&mut self) -> &mut [PollFd] {
        let unused = self.array.iter().take(FIRST).take_while(|slot| slot.fd < 0).count();
        &mut self.array[unused..]
    }

    pub fn bell_rang(&self) -> bool {
        self.array[BELL].fd >= 0 && self.array[BELL].revents != 0
    }

    /// Fetches epoll's events if poll saw that there are any.
    pub fn collect(&mut self) {
        self.collected = match self.array[EPOLL].revents {
            0 => 0,
            IN => match epoll::collect(self.epoll, &mut self.events) {
                Err(error) if error != Errno::INTR => {
                    self.lost = true;
                    0
                }
                found => found.unwrap_or(0),
            },
            _ => {
                self.lost = true;
                0
            }
        };
    }
}

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
    /// `FIRST` fixed slots, then the polled entries.
    array: Vec<PollFd>,
    /// For each slot of `array` its entry's index.
    owners: Vec<u32>,
    /// Changes whenever a slot comes or goes.
    layout: u64,
    /// The copy of `array` that is lent out, while it is not.
    spare: Vec<PollFd>,
    /// The epoll descriptor, once there is one.
    epoll: Own,
    epolled: usize,
    events: Vec<epoll::Event>,
    /// Counts waits.
    wait: u64,
    /// The kernel refused to make an epoll set (descriptors exhausted): try again at this time.
    retry_at: u64,
    /// Program code ran since registrations were last verified.
    pub program_ran: bool,
    verified_at: u64,
    bell_verified_at: u64,
    verify_cost: u64,
    rebuild: bool,
    /// Waits in a row with events that belong to no entry.
    strange_waits: u8,
    /// What epoll reported, to be confirmed by poll, and the entries concerned.
    confirm: Vec<PollFd>,
    confirm_owners: Vec<u32>,
    /// Results of the last wait as (entry, events).
    pub fired: Vec<(u32, u16)>,
}

impl Default for Pollset {
    fn default() -> Self {
        Pollset {
            mode: mode(),
            array: Vec::new(),
            owners: Vec::new(),
            layout: 0,
            spare: Vec::new(),
            epoll: Own::NONE,
            epolled: 0,
            events: Vec::new(),
            wait: 0,
            retry_at: 0,
            program_ran: false,
            verified_at: 0,
            bell_verified_at: 0,
            verify_cost: 0,
            rebuild: false,
            strange_waits: 0,
            confirm: Vec::new(),
            confirm_owners: Vec::new(),
            fired: Vec::new(),
        }
    }
}

const UNREAD: u32 = 0;
const ADAPTIVE: u32 = 1;
const POLL_ONLY: u32 = 2;
const EPOLL_FIRST: u32 = 3;
/// As `ADAPTIVE`, because the environment names something else, which nobody has been told yet.
const UNKNOWN: u32 = 4;

/// The environment's choice, read once.
static CHOICE: AtomicU32 = AtomicU32::new(UNREAD);

fn mode() -> Mode {
    let mut choice = CHOICE.load(Ordering::Relaxed);
    if choice == UNREAD {
        choice = match std::env::var_os("MAINSPRING_POLL") {
            Some(word) if word == "poll" => POLL_ONLY,
            Some(word) if word == "epoll" => EPOLL_FIRST,
            Some(word) if !word.is_empty() => UNKNOWN,
            _ => ADAPTIVE,
        };
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

fn token(index: u32, generation: u32) -> u64 {
    u64::from(generation) << 32 | u64::from(index)
}

impl Pollset {
    pub fn epolled(&self) -> usize {
        self.epolled
    }

    /// Brings array and epoll set up to date with the records.
    pub fn sync(&mut self, records: &mut Records) {
        if self.owners.is_empty() {
            self.array.resize(FIRST, UNUSED);
            self.owners.resize(FIRST, u32::MAX);
        }
        self.after_fork(records);
        while let Some(index) = records.dirty.pop_front() {
            records.entries[index as usize].dirty = false;
            if records.entries[index as usize].first.is_none() {
                self.leave(records, index);
                records.retire(index);
                continue;
            }
            records.regather(index);
            match records.entries[index as usize].place {
                Place::Nowhere => self.arrive(records, index),
                Place::Polled(slot) => {
                    let entry = &records.entries[index as usize];
                    self.array[slot as usize].fd = entry.fd;
                    self.array[slot as usize].events = entry.events;
                }
                Place::Epolled if self.open_epoll() => self.assert_registration(records, index),
                Place::Epolled => {}
            }
        }
        if self.rebuild {
            self.rebuild(records);
        }
    }

    fn arrive(&mut self, records: &mut Records, index: u32) {
        self.poll_entry(records, index);
        if self.mode == Mode::EpollFirst {
            self.move_to_epoll(records, index);
        }
    }

    fn poll_entry(&mut self, records: &mut Records, index: u32) {
        let entry = &mut records.entries[index as usize];
        entry.place = Place::Polled(self.array.len() as u32);
        entry.quiet_times = 0;
        self.array.push(PollFd { fd: entry.fd, events: entry.events, revents: 0 });
        self.owners.push(index);
        self.layout += 1;
    }

    fn unpoll(&mut self, records: &mut Records, slot: u32) {
        self.layout += 1;
        self.array.swap_remove(slot as usize);
        self.owners.swap_remove(slot as usize);
        if let Some(moved) = self.owners.get(slot as usize) {
            records.entries[*moved as usize].place = Place::Polled(slot);
        }
    }

    /// Stops waiting for an entry.
    fn leave(&mut self, records: &mut Records, index: u32) {
        match std::mem::replace(&mut records.entries[index as usize].place, Place::Nowhere) {
            Place::Nowhere => {}
            Place::Polled(slot) => self.unpoll(records, slot),
            Place::Epolled => self.deregister(records.entries[index as usize].fd),
        }
    }

    /// The last record of an entry went: its registration must go before the program, which may
    /// close the descriptor next, goes on. The array can wait until the next `sync`.
    pub fn abandoned(&mut self, records: &mut Records, index: u32) {
        let entry = &mut records.entries[index as usize];
        if entry.first.is_none() && entry.place == Place::Epolled {
            entry.place = Place::Nowhere;
            let fd = entry.fd;
            self.deregister(fd);
        }
    }

    fn deregister(&mut self, fd: i32) {
        self.epolled = self.epolled.saturating_sub(1);
        // A fork must not edit its parent's set, nobody somebody else's; a failure means that the
        // kernel dropped the registration already, or that a duplicate keeps it, which its next
        // event will tell.
        if self.epoll.is_of_this_process() && self.epoll.is_ours() {
            let _ = epoll::remove(self.epoll.number(), fd);
        }
    }

    fn open_epoll(&mut self) -> bool {
        if self.epoll.is_some() {
            self.rebuild |= !self.epoll.is_ours();
            return !self.rebuild;
        }
        let now = monotonic_ns();
        if now < self.retry_at {
            return false;
        }
        match epoll::create() {
            Ok(descriptor) => {
                self.epoll = Own::adopt(descriptor);
                self.array[EPOLL] = PollFd { fd: descriptor, events: IN, revents: 0 };
                true
            }
            Err(_) => {
                self.retry_at = now + 1000 * NS_PER_MS;
                false
            }
        }
    }

    fn move_to_epoll(&mut self, records: &mut Records, index: u32) {
        let entry = &records.entries[index as usize];
        let Place::Polled(slot) = entry.place else { return };
        if entry.fd < 0 || !self.open_epoll() {
            return;
        }
        let token = token(index, entry.generation);
        let set = self.epoll.number();
        let result = match epoll::add(set, entry.fd, entry.events, token) {
            // Left over from an earlier use of the number: make it ours.
            Err(Errno::EXIST) => epoll::modify(set, entry.fd, entry.events, token),
            other => other,
        };
        if result.is_err() {
            // Refused (a regular file), not open, or out of memory: poll knows what to say.
            records.entries[index as usize].quiet_times = 0;
            return;
        }
        self.unpoll(records, slot);
        records.entries[index as usize].place = Place::Epolled;
        records.entries[index as usize].fired_times = 0;
        self.epolled += 1;
        self.make_room_for_events();
    }

    fn move_to_poll(&mut self, records: &mut Records, index: u32) {
        self.leave(records, index);
        self.poll_entry(records, index);
    }

    /// Makes sure that an epolled entry's registration is that of the file now behind its number.
    fn assert_registration(&mut self, records: &mut Records, index: u32) {
        let entry = &records.entries[index as usize];
        let (number, events) = (entry.fd, entry.events);
        let set = self.epoll.number();
        match epoll::modify(set, number, events, token(index, entry.generation)) {
            Ok(()) => {}
            Err(Errno::NOENT) => {
                // Another file: whatever the old registration still reports is told apart by a new
                // generation.
                let entry = &mut records.entries[index as usize];
                entry.generation = entry.generation.wrapping_add(1);
                let token = token(index, entry.generation);
                if epoll::add(set, number, events, token).is_err() {
                    self.move_to_poll(records, index);
                }
            }
            Err(_) => self.move_to_poll(records, index),
        }
    }

    /// In a forked child: the array is ours, the epoll set is the parent's.
    fn after_fork(&mut self, records: &mut Records) {
        if self.epoll.is_some() && !self.epoll.is_of_this_process() {
            self.rebuild(records);
        }
    }

    /// Starts over with a fresh epoll set.
    fn rebuild(&mut self, records: &mut Records) {
        self.rebuild = false;
        self.epoll.close();
        self.epoll = Own::NONE;
        self.array[EPOLL] = UNUSED;
        self.retry_at = 0;
        self.epolled = 0;
        let epolled = |entry: &super::records::Entry| entry.place == Place::Epolled;
        let moved: Vec<u32> = (0..records.entries.len() as u32)
            .filter(|index| epolled(&records.entries[*index as usize]))
            .collect();
        for index in moved {
            self.poll_entry(records, index);
            self.move_to_epoll(records, index);
        }
    }

    /// When, seen before a sleep of `timeout`, what is ours has to be verified. `more` than the bell
    /// and the registrations may be lost, so that even a short sleep is no excuse.
    pub fn verification(&self, timeout: Option<u64>, more: bool) -> Verification {
        let only_bell = self.epolled == 0 && !more;
        let ends_soon = only_bell && timeout.is_some_and(|timeout| timeout < LONG_SLEEP);
        if !self.program_ran || ends_soon {
            return Verification::Needless;
        }
        let now = monotonic_ns();
        let pause = VERIFY_PAUSE.max(self.verify_cost * VERIFY_SHARE);
        match (self.verified_at + pause).saturating_sub(now) {
            0 => Verification::Now(now),
            left => Verification::In(left),
        }
    }

    /// Verifies the epoll set and what is registered there.
    pub fn verify_registrations(&mut self, records: &mut Records) {
        if self.epolled > 0 && self.open_epoll() {
            for index in 0..records.entries.len() as u32 {
                if records.entries[index as usize].place == Place::Epolled {
                    self.assert_registration(records, index);
                }
            }
        }
        if self.rebuild {
            self.rebuild(records);
        }
    }

    /// Everything that is ours was verified, from `start` until now.
    pub fn verified(&mut self, start: u64) {
        self.program_ran = false;
        self.verified_at = monotonic_ns();
        self.verify_cost = self.verified_at - start;
    }

    /// Before an outer loop sleeps, which may have run anything meanwhile: now and then a look.
    pub fn verify_bell(&mut self, bell: &Bell) {
        let now = monotonic_ns();
        if now >= self.bell_verified_at + VERIFY_PAUSE {
            self.bell_verified_at = now;
            bell.verify();
        }
    }

    fn make_room_for_events(&mut self) {
        if self.events.len() < self.epolled {
            self.events.resize(self.epolled.next_power_of_two().max(16), epoll::BLANK);
        }
    }

    /// Hands out what the sleeping thread needs. `bell` is listened to if given.
    pub fn lend(&mut self, bell: Option<i32>) -> Lent {
        self.array[BELL] = bell.map_or(UNUSED, |fd| PollFd { fd, events: IN, revents: 0 });
        let mut array = std::mem::take(&mut self.spare);
        array.clear();
        array.extend_from_slice(&self.array);
        self.make_room_for_events();
        Lent {
            array,
            layout: self.layout,
            events: std::mem::take(&mut self.events),
            epoll: self.epoll.number(),
            collected: 0,
            lost: false,
        }
    }

    /// Takes back what was lent and works out what fired, moving entries between poll and epoll.
    pub fn settle(&mut self, records: &mut Records, lent: Lent, failed: bool) {
        self.events = lent.events;
        self.fired.clear();
        self.rebuild |= lent.lost;
        // Somebody else waited meanwhile (the context was released under its owner, or this is a
        // fork): what the slots mean may have changed, and the next wait will tell.
        let stale = lent.layout != self.layout;
        if !failed && !stale {
            self.array.copy_from_slice(&lent.array);
        }
        self.spare = lent.array;
        if failed || stale {
            return;
        }
        self.wait += 1;
        let crowded = self.mode == Mode::Adaptive && self.array.len() - FIRST > FEW;
        let mut slot = FIRST;
        while slot < self.array.len() {
            let (index, revents) = (self.owners[slot], self.array[slot].revents);
            let entry = &mut records.entries[index as usize];
            if revents != 0 {
                entry.quiet_times = 0;
                self.fired.push((index, revents));
            } else if crowded {
                entry.quiet_times = entry.quiet_times.saturating_add(1);
                if entry.quiet_times >= QUIET_WAITS && entry.first.is_some() {
                    let before = self.array.len();
                    self.move_to_epoll(records, index);
                    if self.array.len() < before {
                        continue;
                    }
                }
            }
            slot += 1;
        }
        self.settle_epoll(records, lent.collected);
    }

    /// Works out what epoll's events mean: which entries they belong to and what poll says of them.
    fn settle_epoll(&mut self, records: &mut Records, collected: usize) {
        if collected == 0 {
            return;
        }
        self.confirm.clear();
        self.confirm_owners.clear();
        let mut strange = false;
        for at in 0..collected {
            let event = self.events[at];
            let (index, generation) = (event.u64 as u32, (event.u64 >> 32) as u32);
            match records.entries.get(index as usize) {
                Some(entry) if entry.generation == generation && entry.place == Place::Epolled => {
                    let asked = PollFd { fd: entry.fd, events: entry.events, revents: 0 };
                    self.confirm.push(asked);
                    self.confirm_owners.push(index);
                }
                // Another thread took the source away just now, or (if it goes on) this is left
                // over from a descriptor closed while a duplicate keeps its file open.
                _ => strange = true,
            }
        }
        self.strange_waits = if strange { self.strange_waits + 1 } else { 0 };
        self.rebuild |= self.strange_waits >= STRANGE_WAITS;
        let _ = poll::look(&mut self.confirm);
        for at in 0..self.confirm.len() {
            self.epoll_event(records, self.confirm_owners[at], self.confirm[at].revents);
        }
    }

    fn epoll_event(&mut self, records: &mut Records, index: u32, revents: u16) {
        let entry = &mut records.entries[index as usize];
        if revents == 0 {
            // Somebody else took what was there, or the event is another file's.
            entry.denied_times += 1;
            self.rebuild |= entry.denied_times >= DENIALS;
            entry.denied_times %= DENIALS;
            records.touch(index);
            return;
        }
        entry.denied_times = 0;
        self.fired.push((index, revents));
        let in_a_row = entry.fired_in + 1 == self.wait;
        entry.fired_times = if in_a_row { entry.fired_times.saturating_add(1) } else { 1 };
        entry.fired_in = self.wait;
        if entry.fired_times >= BUSY_WAITS && self.mode == Mode::Adaptive {
            self.move_to_poll(records, index);
        }
    }

    /// Complains about slots and entries that disagree (for `Context::verify`).
    pub fn verify(&self, records: &Records) -> Result<(), String> {
        if self.array.len() != self.owners.len() {
            return Ok(()); // Lent out.
        }
        for (slot, owner) in self.owners.iter().enumerate().skip(FIRST) {
            if records.entries[*owner as usize].place != Place::Polled(slot as u32) {
                return Err(format!("slot {slot} of the poll array has lost its entry"));
            }
        }
        let epolled = records.entries.iter().filter(|entry| entry.place == Place::Epolled).count();
        if epolled != self.epolled {
            return Err(format!("{epolled} entries are epolled, {} were counted", self.epolled));
        }
        Ok(())
    }
}

impl Drop for Pollset {
    fn drop(&mut self) {
        if self.epoll.is_some() {
            self.epoll.close();
        }
    }
}
