//! Plain descriptor calls that a model meets.

use super::Errno;
use crate::world::machine;

pub fn close(fd: i32) -> Result<(), Errno> {
    machine().close(fd)
}

pub fn tag(fd: i32, tag: i32) -> bool {
    machine().tag(fd, tag).is_ok()
}

pub fn tag_of(fd: i32) -> i32 {
    machine().tag_of(fd).unwrap_or(-1)
}
