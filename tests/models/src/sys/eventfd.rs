//! The descriptor that wakes a sleeping loop, in the model.

use super::Errno;
use crate::world::machine;

pub fn create() -> Result<i32, Errno> {
    Ok(machine().open())
}

pub fn ring(fd: i32) {
    machine().write(fd);
}

pub fn drain(fd: i32) {
    machine().read(fd);
}
