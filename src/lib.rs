//! GLib's main loop, written anew, behind GLib's C names.
//!
//! ```text
//! C program ─ include/*.h
//!    capi/      one room per header: check arguments, translate, call down
//!    channel/   GIOChannel's brain
//!    engine/    the loop; knows no C type and no libc name
//!    sys/       every system call
//! ```
//!
//! Dependencies point down only (`cargo xtask tidy` checks). ARCHITECTURE.md is the map and lists
//! the invariants (I1, I2, …) that the `SAFETY` comments name.

// GLib's names, as C spells them.
#![allow(non_camel_case_types, non_upper_case_globals)]

pub mod capi;
pub mod channel;
pub mod engine;
mod primitives;
pub mod sync;
pub mod sys;
