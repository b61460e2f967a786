//! The standalone shell: binds the loop to the everyday helpers it imports by name.
//!
//! The names a C program sees are defined in `mainspring` (main loop) and `mainspring-base`
//! (helpers). Nothing happens here, and nothing runs when the library is loaded but what reads the
//! environment for messages (`base/c/messages.c`).

pub use mainspring as main_loop;
pub use mainspring_base as base;
