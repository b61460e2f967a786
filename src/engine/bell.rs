//! Waking a loop that sleeps, for the price of an atomic when it does not.
//!
//! | bits of the word | meaning | who sets / clears |
//! |---|---|---|
//! | `RUNG` | a wakeup is pending | any thread / acknowledged by the iterating thread |
//! | `LISTENING` | somebody sleeps on the descriptor, or may | iterating thread, or query for an outer loop / iterating thread |
//! | `WRITTEN` | the descriptor has been, or is just being, written to | the ringer that set it / acknowledged |
//!
//! No wakeup is lost: a ringer sets `RUNG` and reads the other bits in one step; a sleeper sets
//! `LISTENING` and reads `RUNG` in one step; whichever comes second sees the first. A ringer writes
//! only if it found `LISTENING` without `WRITTEN`: once per sleep.
//!
//! Ringing is async-signal-safe: atomics and one `write`.

use crate::sync::{AtomicI32, AtomicU32, Ordering};
use crate::sys::{eventfd, fd, fork, Errno};

const RUNG: u32 = 1;
const LISTENING: u32 = 2;
const WRITTEN: u32 = 4;

pub struct Bell {
    word: AtomicU32,
    /// The eventfd, made when first needed; -1 before.
    descriptor: AtomicI32,
    /// The process that made it (`sys::fork`).
    generation: AtomicU32,
}

impl Default for Bell {
    fn default() -> Self {
        Bell {
            word: AtomicU32::new(0),
            descriptor: AtomicI32::new(-1),
            generation: AtomicU32::new(0),
        }
    }
}

impl Bell {
    /// Makes the present or the next sleep end at once.
    pub fn ring(&self) {
        let mut seen = self.word.load(Ordering::Relaxed);
        loop {
            let write = seen & LISTENING != 0 && seen & WRITTEN == 0;
            let rung = seen | RUNG | if write { WRITTEN } else { 0 };
            // Release: what the ringer did before is seen by the loop it wakes.
            match self.word.compare_exchange_weak(seen, rung, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if write => return eventfd::ring(self.descriptor.load(Ordering::Relaxed)),
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    /// The descriptor, made if need be. Called under the context's lock.
    pub fn descriptor(&self) -> Result<i32, Errno> {
        let generation = fork::generation();
        let present = self.descriptor.load(Ordering::Relaxed);
        if present >= 0 && self.generation.load(Ordering::Relaxed) == generation {
            return Ok(present);
        }
        let fresh = eventfd::create()?;
        if present >= 0 {
            // A fork inherited its parent's: it lets go of its copy and of the parent's news.
            let _ = fd::close(present);
            self.word.fetch_and(!(WRITTEN | LISTENING), Ordering::Relaxed);
        }
        self.descriptor.store(fresh, Ordering::Relaxed);
        self.generation.store(generation, Ordering::Relaxed);
        Ok(fresh)
    }

    /// Whether `fd` is this bell's descriptor.
    pub fn is(&self, fd: i32) -> bool {
        fd >= 0 && self.descriptor.load(Ordering::Relaxed) == fd
    }

    /// Announces that somebody is about to sleep on the descriptor; true if a wakeup is pending.
    pub fn listen(&self) -> bool {
        self.word.fetch_or(LISTENING, Ordering::AcqRel) & RUNG != 0
    }

    /// As `listen`, for a sleeper that only looks at the descriptor: a pending wakeup is written.
    pub fn listen_outside(&self) {
        let seen = self.word.fetch_or(LISTENING, Ordering::AcqRel);
        if seen & RUNG != 0 && self.word.fetch_or(WRITTEN, Ordering::AcqRel) & WRITTEN == 0 {
            eventfd::ring(self.descriptor.load(Ordering::Relaxed));
        }
    }

    /// Nobody sleeps any more. The pending wakeup, if any, stays pending.
    pub fn stop_listening(&self) {
        self.word.fetch_and(!LISTENING, Ordering::AcqRel);
    }

    /// Takes a pending wakeup; true if there was one.
    pub fn acknowledge(&self) -> bool {
        if self.word.load(Ordering::Relaxed) & (RUNG | WRITTEN) == 0 {
            return false;
        }
        let seen = self.word.fetch_and(!(RUNG | WRITTEN), Ordering::AcqRel);
        if seen & WRITTEN != 0 {
            eventfd::drain(self.descriptor.load(Ordering::Relaxed));
        }
        seen & RUNG != 0
    }

    /// Empties the descriptor after a ringer's write came later than the acknowledgement.
    pub fn drain(&self) {
        eventfd::drain(self.descriptor.load(Ordering::Relaxed));
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let descriptor = self.descriptor.load(Ordering::Relaxed);
        if descriptor >= 0 {
            let _ = fd::close(descriptor);
        }
    }
}
