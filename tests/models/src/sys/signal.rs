//! Signal handlers in the model.

use super::Errno;
use crate::machine::Handler;
use crate::world::machine;

#[path = "../../../../src/sys/signal.rs"]
#[allow(dead_code)] // Its system calls.
mod real;

pub use real::{place_of, CHILD, KNOWN};

pub fn catch(number: i32, handler: Handler) -> Result<(), Errno> {
    machine().catch(number, Some(handler));
    Ok(())
}

pub fn is_default(number: i32) -> bool {
    machine().handler(number).is_none()
}

pub fn let_go(number: i32) -> Result<(), Errno> {
    machine().catch(number, None);
    Ok(())
}
