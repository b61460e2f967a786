//! Waking a loop that sleeps, for the price of an atomic when it does not.
//!
//! | bits of the word | meaning | who sets / clears |
//! |---|---|---|
//! | `RUNG` | a wakeup is pending | any thread / acknowledged by the iterating thread |
//! | `LISTENING` | somebody sleeps on the descriptor, or may | iterating thread, or query for an outer loop / iterating thread |
//! | `WRITTEN` | the descriptor has been, or is just being, written to | the ringer that set it / acknowledged |
//! | `HOME` | a wakeup by the owner's thread itself is pending | that thread / acknowledged |
//! | `SIGNALLED` | the same may be so, by a signal handler: others write all the same | the handler / acknowledged |
//! | from `WRITER` on | how many ringers may be just about to write | they themselves |
//!
//! No wakeup is lost: a ringer sets `RUNG` and reads the other bits in one step; a sleeper sets
//! `LISTENING` and reads `RUNG` in one step; whichever comes second sees the first. A ringer writes
//! only if it found `LISTENING` without `WRITTEN`: once per sleep.
//!
//! Where a wakeup is pending already there is nothing to set. That it is still pending after what the
//! ringer did, a barrier on either side sees to: if the ringer reads `RUNG`, the acknowledgement
//! comes later, and whoever acknowledges sees what was done before the ring.
//!
//! A loop that goes on without sleeping may leave a wakeup of another thread's pending, for a later sleep
//! to find: to acknowledge each would pass the word's cache line to and fro between the two threads
//! ([`Bell::can_wait`]). One by its own thread, which knows in which iteration it rang, is not left.
//!
//! The descriptor's number may come to mean another file, when the program closes everything it
//! finds (`sys::own`). A ringer looks whether it is still its own before writing, as does whoever
//! reads or closes it without a ringer having just done so; the loop does before long sleeps
//! (`State::verify_own`). What is lost is made anew. A forked child shares the file with its
//! parent: it writes nothing to it and makes its own before its first sleep.
//!
//! A ringer on another thread may be about to write when the context's life ends. The descriptor is
//! not closed before it has written, since the number may be anybody's then: whoever gives it back
//! clears `LISTENING` and reads the count of writers in one step. If there are any it is left to the
//! end of the context's memory, which each of them keeps.
//!
//! Ringing is async-signal-safe: atomics, one `fcntl` and one `write`. A handler may be left between
//! these, by a jump out of another one; so it rings in a way that keeps nobody else from writing.

use crate::sync::{barrier, AtomicU32, AtomicUsize, Ordering};
use crate::sys::own::{Own, OwnCell};
use crate::sys::{eventfd, thread, Errno};

const RUNG: u32 = 1;
const LISTENING: u32 = 2;
const WRITTEN: u32 = 4;
const SIGNALLED: u32 = 8;
const HOME: u32 = 16;
/// What an acknowledgement clears.
const NEWS: u32 = RUNG | WRITTEN | SIGNALLED | HOME;
const WRITER: u32 = 32;

#[derive(Default)]
pub struct Bell {
    word: AtomicU32,
    /// The eventfd, made when first needed.
    own: OwnCell,
    /// The thread that owns the context, 0 if none does. Changed under the context's lock only.
    owner: AtomicUsize,
}

impl Bell {
    #[inline]
    pub fn owner(&self) -> usize {
        self.owner.load(Ordering::Relaxed)
    }

    pub fn set_owner(&self, thread: usize) {
        self.owner.store(thread, Ordering::Relaxed);
    }

    /// Makes the present or the next sleep end at once.
    #[inline]
    pub fn ring(&self) {
        barrier();
        let seen = self.word.load(Ordering::Relaxed);
        let pending = seen & (RUNG | LISTENING) == RUNG;
        if !pending || (seen & HOME == 0 && self.owner() != 0) {
            self.ring_if_needed(seen);
        }
    }

    #[inline(never)]
    fn ring_if_needed(&self, seen: u32) {
        let needs_no_write = seen & LISTENING == 0 || seen & WRITTEN != 0;
        let news = if self.owner() == thread::this() { RUNG | HOME } else { RUNG };
        if !needs_no_write || seen & news != news {
            self.ring_now(seen, news);
        }
    }

    fn ring_now(&self, mut seen: u32, news: u32) {
        loop {
            let write = seen & LISTENING != 0 && seen & WRITTEN == 0;
            let rung = if write { (seen | news | WRITTEN) + WRITER } else { seen | news };
            // Release: what the ringer did before is seen by the loop it wakes.
            match self.word.compare_exchange_weak(seen, rung, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if write => break,
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
        self.write();
        self.word.fetch_sub(WRITER, Ordering::Release);
    }

    /// The same from a signal handler, which may be left by a jump at any point: nobody relies on
    /// its having written.
    pub fn ring_from_handler(&self) {
        self.word.fetch_add(WRITER, Ordering::Relaxed);
        if self.word.fetch_or(RUNG | SIGNALLED, Ordering::AcqRel) & LISTENING != 0 {
            self.write();
        }
        self.word.fetch_sub(WRITER, Ordering::Release);
    }

    fn write(&self) {
        let own = self.own.get();
        if !own.is_of_this_process() {
            return; // Nobody sleeps in a fork before it has a descriptor of its own.
        }
        let saved = Errno::last();
        if own.is_ours() {
            eventfd::ring(own.number());
        } else {
            self.word.fetch_and(!WRITTEN, Ordering::AcqRel);
        }
        saved.set();
    }

    /// The descriptor, made if need be. Called under the context's lock.
    pub fn descriptor(&self) -> Result<i32, Errno> {
        let own = self.own.get();
        if own.is_some() && own.is_of_this_process() {
            return Ok(own.number());
        }
        let fresh = Own::adopt(eventfd::create()?)?;
        if own.is_some() {
            own.close(); // A fork lets go of its copy of the parent's and of the parent's news.
        }
        self.own.set(fresh);
        self.word.fetch_and(!(WRITTEN | LISTENING), Ordering::AcqRel);
        Ok(fresh.number())
    }

    #[inline]
    pub fn is_made(&self) -> bool {
        self.own.get().is_some()
    }

    /// Looks whether the descriptor is still ours and forgets it if not: the next sleep makes
    /// another. Called under the context's lock while nobody sleeps.
    pub fn verify(&self) {
        let own = self.own.get();
        if own.is_some() && !own.is_ours() {
            self.own.set(Own::NONE);
        }
    }

    /// Whether `fd` is this bell's descriptor.
    pub fn is(&self, fd: i32) -> bool {
        fd >= 0 && self.own.get().number() == fd
    }

    /// Announces that somebody is about to sleep on the descriptor; true if a wakeup is pending.
    pub fn listen(&self) -> bool {
        self.word.fetch_or(LISTENING, Ordering::AcqRel) & RUNG != 0
    }

    /// As `listen`, for a sleeper that only looks at the descriptor: a pending wakeup is written.
    pub fn listen_outside(&self) {
        let seen = self.word.fetch_or(LISTENING, Ordering::AcqRel);
        if seen & RUNG != 0 {
            self.stay_signalled();
        }
    }

    /// Makes the descriptor readable without anybody having rung.
    pub fn stay_signalled(&self) {
        if self.word.fetch_or(WRITTEN, Ordering::AcqRel) & WRITTEN == 0 {
            self.write();
        }
    }

    /// Takes a pending wakeup while the descriptor stays as it is, readable: a ringer in between finds
    /// `WRITTEN`, and the next sleep ends at once.
    pub fn acknowledge_signalled(&self) {
        self.word.fetch_and(!(RUNG | HOME), Ordering::AcqRel);
        barrier();
    }

    /// Nobody sleeps any more. The pending wakeup, if any, stays pending.
    pub fn stop_listening(&self) {
        self.word.fetch_and(!LISTENING, Ordering::AcqRel);
    }

    /// Nothing is pending but what another thread rang, which a loop that does not sleep can leave.
    #[inline]
    pub fn can_wait(&self) -> bool {
        self.word.load(Ordering::Relaxed) & (NEWS & !RUNG) == 0
    }

    /// Takes a pending wakeup; true if there was one.
    #[inline]
    pub fn acknowledge(&self) -> bool {
        self.word.load(Ordering::Acquire) & NEWS != 0 && self.hear(Self::drain)
    }

    /// The same after a sleep that began with nothing pending: whoever wrote has looked whose the
    /// descriptor is, and nothing but a sleep lies between.
    pub fn acknowledge_sleep(&self) -> bool {
        self.hear(Self::empty)
    }

    /// Empties the descriptor first and clears the bits then: a ringer in between finds `WRITTEN`
    /// and leaves its news to this very acknowledgement. The other way round its write would be
    /// swallowed while the bit says that it is there. A write that comes later is one early wakeup.
    fn hear(&self, empty: fn(&Self)) -> bool {
        let seen = self.word.load(Ordering::Acquire);
        if seen & NEWS == 0 {
            return false;
        }
        if seen & (WRITTEN | SIGNALLED) != 0 {
            empty(self);
        }
        let seen = self.word.fetch_and(!NEWS, Ordering::AcqRel);
        barrier();
        seen & RUNG != 0
    }

    /// Empties the descriptor, or forgets it if it is not ours any more.
    pub fn drain(&self) {
        self.verify();
        self.empty();
    }

    fn empty(&self) {
        let own = self.own.get();
        if own.is_some() && own.is_of_this_process() {
            eventfd::drain(own.number());
        }
    }
}

impl Bell {
    /// Gives the descriptor back, unless somebody is about to write to it: then it is given back
    /// when the bell is dropped. Whoever rings later writes nothing.
    pub fn close(&self) {
        let own = self.own.get();
        if own.is_some() && self.word.fetch_and(!(LISTENING | WRITTEN), Ordering::AcqRel) < WRITER {
            self.own.set(Own::NONE);
            own.close();
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.own.get().close(); // Nobody is left to ring.
    }
}
