//! `poll(2)` in the model.

use super::{clock, Errno};
use crate::world::machine;

#[path = "../../../../src/sys/poll.rs"]
#[allow(dead_code)] // Its system calls.
mod real;

pub use real::{PollFd, ALWAYS, ERR, HUP, IN, NVAL};

pub fn wait(fds: &mut [PollFd], timeout: Option<u64>) -> Result<usize, Errno> {
    machine().poll(fds, timeout != Some(0))
}

pub fn look(fds: &mut [PollFd]) -> Result<usize, Errno> {
    machine().poll(fds, false)
}
