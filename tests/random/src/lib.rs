//! Programs of the main loop, played on real GLib and on mainspring in one process.
//!
//! `program.rs` is a program as data, `generate.rs` makes one from a seed, `play.rs` plays it on a
//! library opened by `api.rs` (`cast.rs` is what it knows meanwhile, `hooks.rs` what the library calls,
//! `calls.rs` the calls that iterate, `leave.rs` ways out of them, `fork.rs` a child), `judge.rs` compares in processes of their own, `shrink.rs` makes a
//! failing program small. The fuzzer (`tests/fuzz/`) plays programs that it makes of bytes.

pub mod api;
mod calls;
mod cast;
mod fork;
pub mod generate;
mod hooks;
pub mod judge;
pub mod leave;
pub mod play;
pub mod program;
pub mod shrink;
