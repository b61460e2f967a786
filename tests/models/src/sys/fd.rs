//! Plain descriptor calls that a model meets.

use super::Errno;
use crate::world::machine;

pub fn close(fd: i32) -> Result<(), Errno> {
    machine().close(fd)
}

pub fn tag(fd: i32, tag: i32) -> Result<(), Errno> {
    machine().tag(fd, tag)
}

pub fn tag_of(fd: i32) -> Result<i32, Errno> {
    machine().tag_of(fd)
}
