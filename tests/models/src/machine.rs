//! A model of the kernel, as far as the loop asks it: descriptors that count, poll, futexes, signal
//! handlers and the clock.
//!
//! What is taken for true of the real one:
//! - Each call happens at one moment, all calls in one order that every thread agrees upon.
//! - An eventfd is a count that writes raise, a read takes to 0, and poll finds ready while it is not
//!   0. A descriptor's number is given out again once it is closed, the lowest first.
//! - A futex wait looks at its word and falls asleep in one step; who has waited longest is woken.
//! - A handler runs beside all threads, as if on one of its own: that covers its interrupting any of
//!   them, and more.
//! - Time stands still: a wait that is limited ends only by what it waits for. So a wakeup that is
//!   late counts as lost. A model may let time pass at each look at the clock.
//!
//! Writing to a descriptor that is closed fails the model: it may be anybody's by then. Under shuttle
//! a wait may also end for no reason (a signal, a futex's whim).

use std::cell::Cell;

#[cfg(feature = "loom")]
use loom::sync as checked;
#[cfg(feature = "shuttle")]
use shuttle::sync as checked;

use crate::sys::poll::{PollFd, IN, NVAL};
use crate::sys::Errno;

/// Numbers that a process has open from the beginning.
const STANDARD: i32 = 3;
/// What the clock shows at the beginning.
const MORNING: u64 = 1_000_000_000_000;

pub type Handler = extern "C-unwind" fn(i32);

#[derive(Default)]
struct File {
    open: bool,
    count: u64,
    tag: i32,
}

#[derive(Default)]
struct State {
    files: Vec<File>,
    /// Who sleeps on which word: a number of each sleep's own, and the address.
    sleepers: Vec<(u64, usize)>,
    sleeps: u64,
    handlers: Vec<(i32, Handler)>,
}

impl State {
    fn file(&mut self, fd: i32) -> Result<&mut File, Errno> {
        let at = usize::try_from(fd - STANDARD).map_err(|_| Errno::BADF)?;
        self.files.get_mut(at).filter(|file| file.open).ok_or(Errno::BADF)
    }

    fn fill(&mut self, fds: &mut [PollFd]) -> usize {
        for entry in fds.iter_mut() {
            entry.revents = match self.file(entry.fd) {
                _ if entry.fd < 0 => 0,
                Ok(file) if file.count > 0 => IN & entry.events,
                Ok(_) => 0,
                Err(_) => NVAL,
            };
        }
        fds.iter().filter(|entry| entry.revents != 0).count()
    }
}

pub struct Machine {
    state: checked::Mutex<State>,
    changed: checked::Condvar,
    now: Cell<u64>,
    step: Cell<u64>,
}

impl Default for Machine {
    fn default() -> Self {
        Machine::new()
    }
}

impl Machine {
    pub fn new() -> Machine {
        Machine {
            state: checked::Mutex::new(State::default()),
            changed: checked::Condvar::new(),
            now: Cell::new(MORNING),
            step: Cell::new(0),
        }
    }

    fn state(&self) -> checked::MutexGuard<'_, State> {
        self.state.lock().expect("a failure ends the whole model")
    }

    fn sleep<'a>(&self, state: checked::MutexGuard<'a, State>) -> checked::MutexGuard<'a, State> {
        self.changed.wait(state).expect("a failure ends the whole model")
    }

    // ---- Descriptors ---------------------------------------------------------------------------

    pub fn open(&self) -> i32 {
        let mut state = self.state();
        let fresh = File { open: true, ..File::default() };
        let at = state.files.iter().position(|file| !file.open).unwrap_or(state.files.len());
        match state.files.get_mut(at) {
            Some(file) => *file = fresh,
            None => state.files.push(fresh),
        }
        at as i32 + STANDARD
    }

    pub fn close(&self, fd: i32) -> Result<(), Errno> {
        self.state().file(fd).map(|file| file.open = false)
    }

    pub fn tag(&self, fd: i32, tag: i32) -> Result<(), Errno> {
        self.state().file(fd).map(|file| file.tag = tag)
    }

    pub fn tag_of(&self, fd: i32) -> Result<i32, Errno> {
        self.state().file(fd).map(|file| file.tag)
    }

    /// Adds to a descriptor's count. All that the loop writes to has to be its own.
    pub fn write(&self, fd: i32) {
        let mut state = self.state();
        match state.file(fd) {
            Ok(file) => file.count += 1,
            Err(_) => panic!("wrote to descriptor {fd}, which is closed"),
        }
        drop(state);
        self.changed.notify_all();
    }

    pub fn read(&self, fd: i32) {
        if let Ok(file) = self.state().file(fd) {
            file.count = 0;
        }
    }

    /// How many descriptors are open.
    pub fn opened(&self) -> usize {
        self.state().files.iter().filter(|file| file.open).count()
    }

    pub fn poll(&self, fds: &mut [PollFd], sleeps: bool) -> Result<usize, Errno> {
        let mut state = self.state();
        loop {
            let found = state.fill(fds);
            if found > 0 || !sleeps {
                return Ok(found);
            }
            if chance() {
                return Err(Errno::INTR);
            }
            state = self.sleep(state);
        }
    }

    // ---- Threads -------------------------------------------------------------------------------

    /// A futex wait on the word at `address`, unless `changed` says that it is not as expected.
    pub fn sleep_unless(&self, address: usize, changed: impl FnOnce() -> bool) {
        let mut state = self.state();
        if changed() || chance() {
            return;
        }
        let sleep = state.sleeps;
        state.sleeps += 1;
        state.sleepers.push((sleep, address));
        while state.sleepers.iter().any(|(other, _)| *other == sleep) {
            state = self.sleep(state);
        }
    }

    pub fn wake_one(&self, address: usize) {
        let mut state = self.state();
        let Some(at) = state.sleepers.iter().position(|(_, other)| *other == address) else {
            return;
        };
        state.sleepers.remove(at);
        drop(state);
        self.changed.notify_all();
    }

    // ---- Signals and time ----------------------------------------------------------------------

    pub fn catch(&self, number: i32, handler: Option<Handler>) {
        let mut state = self.state();
        state.handlers.retain(|(other, _)| *other != number);
        state.handlers.extend(handler.map(|handler| (number, handler)));
    }

    pub fn handler(&self, number: i32) -> Option<Handler> {
        let state = self.state();
        state.handlers.iter().find(|(other, _)| *other == number).map(|(_, handler)| *handler)
    }

    /// A signal arrives: whoever catches it runs, on the calling thread.
    pub fn deliver(&self, number: i32) {
        if let Some(handler) = self.handler(number) {
            handler(number);
        }
    }

    pub fn time(&self) -> u64 {
        let now = self.now.get();
        self.now.set(now + self.step.get());
        now
    }

    pub fn lets_time_pass(&self) -> bool {
        self.step.get() > 0
    }

    /// From now on each look at the clock takes this many nanoseconds.
    pub fn let_time_pass(&self, step: u64) {
        self.step.set(step);
    }
}

/// Whether something that may happen does.
fn chance() -> bool {
    #[cfg(feature = "shuttle")]
    {
        use shuttle::rand::Rng as _;
        shuttle::rand::thread_rng().gen_ratio(1, 16)
    }
    #[cfg(feature = "loom")]
    false
}
