//! What the thread that waits works with while it holds no lock: the array of all that is polled.
//!
//! The first two slots are the bell's and the epoll descriptor's; the polled entries follow. Which
//! entries are there is decided in `pollset`, between waits.

use super::pollset::Place;
use super::records::Records;
use crate::sys::poll::{self, PollFd, IN};
use crate::sys::{epoll, Errno};

pub const BELL: usize = 0;
pub const EPOLL: usize = 1;
pub const FIRST: usize = 2;
const UNUSED: PollFd = PollFd { fd: -1, events: IN, revents: 0 };

/// What is known of a slot of the array.
#[derive(Clone, Copy)]
pub struct Slot {
    pub(super) owner: u32,
    /// Waits in a row in which nothing was there, and how many of them are enough.
    pub(super) quiet: u8,
    pub(super) patience: u8,
}

const NO_SLOT: Slot = Slot { owner: u32::MAX, quiet: 0, patience: 0 };

pub struct Desk {
    /// `FIRST` fixed slots, then the polled entries.
    pub(super) array: Vec<PollFd>,
    /// What belongs to the slots of `array`.
    pub(super) slots: Vec<Slot>,
    pub(super) events: Vec<epoll::Event>,
    /// Tells it from one made while it was lent.
    pub(super) edition: u64,
    /// The epoll descriptor if it is to be looked at, or -1.
    pub(super) epoll: i32,
    /// How many of `events` were filled.
    pub(super) collected: usize,
    /// How many of the polled entries have something to report.
    pub(super) fired: usize,
    /// The epoll descriptor's number does not mean an epoll set any more.
    pub(super) lost: bool,
    /// The wait was a look, not sleep.
    pub(super) looked: bool,
}

impl Desk {
    pub(super) fn new(edition: u64) -> Box<Desk> {
        Box::new(Desk {
            array: vec![UNUSED; FIRST],
            slots: vec![NO_SLOT; FIRST],
            events: Vec::new(),
            edition,
            epoll: -1,
            collected: 0,
            fired: 0,
            lost: false,
            looked: false,
        })
    }

    pub(super) fn polled(&self) -> usize {
        self.array.len() - FIRST
    }

    /// Looks without sleeping.
    #[inline]
    pub fn look(&mut self) -> Result<(), Errno> {
        self.looked = true;
        if self.polled() == 0 {
            if self.epoll >= 0 {
                self.collect();
            }
            return Ok(());
        }
        let from = if self.epoll >= 0 { EPOLL } else { FIRST };
        self.fired = poll::look(&mut self.array[from..])?;
        self.take_epoll_slot();
        Ok(())
    }

    /// Sleeps until something is ready, `bell` rings or `timeout` nanoseconds have passed.
    pub fn sleep(&mut self, bell: Option<i32>, timeout: Option<u64>) -> Result<(), Errno> {
        self.looked = false;
        self.array[BELL].fd = bell.unwrap_or(-1);
        self.array[BELL].revents = 0;
        let unused = self.array[..FIRST].iter().take_while(|slot| slot.fd < 0).count();
        self.fired = poll::wait(&mut self.array[unused..], timeout)?;
        self.fired -= usize::from(self.bell_rang());
        self.take_epoll_slot();
        Ok(())
    }

    pub fn bell_rang(&self) -> bool {
        self.array[BELL].revents != 0
    }

    /// Fetches epoll's events if poll saw that there are any.
    #[inline]
    fn take_epoll_slot(&mut self) {
        if self.fired > 0 && self.epoll >= 0 && self.array[EPOLL].revents != 0 {
            self.take_epoll_news();
        }
    }

    #[inline(never)]
    fn take_epoll_news(&mut self) {
        match self.array[EPOLL].revents {
            IN => self.collect(),
            _ => self.lost = true,
        }
        self.fired -= 1;
    }

    #[inline(never)]
    fn collect(&mut self) {
        match epoll::collect(self.epoll, &mut self.events) {
            Ok(collected) => self.collected = collected,
            Err(Errno::INTR) => {}
            Err(_) => self.lost = true,
        }
    }

    /// Puts an entry on, to be taken for quiet after `patience` waits.
    pub(super) fn poll(&mut self, records: &mut Records, index: u32, patience: u8) {
        let entry = &mut records.entries[index as usize];
        entry.place = Place::Polled(self.array.len() as u32);
        self.array.push(PollFd { fd: entry.fd, events: entry.events, revents: 0 });
        self.slots.push(Slot { owner: index, quiet: 0, patience });
    }

    /// Takes an entry off; the last one takes its slot.
    pub(super) fn unpoll(&mut self, records: &mut Records, slot: u32) {
        self.array.swap_remove(slot as usize);
        self.slots.swap_remove(slot as usize);
        if let Some(moved) = self.slots.get(slot as usize) {
            records.entries[moved.owner as usize].place = Place::Polled(slot);
        }
    }
}
