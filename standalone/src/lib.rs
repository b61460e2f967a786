//! The standalone shell: binds the loop to the everyday helpers it imports by name.
//!
//! Nothing but the joining of the two crates happens here; the names a C program sees are defined
//! in `mainspring` (main loop) and `mainspring-base` (helpers).

pub use mainspring as main_loop;
pub use mainspring_base as base;
