//! What the fuzzer plays, and how it judges. Two targets, each a module that turns bytes into
//! something to play on real GLib and on mainspring:
//!
//! - `programs`: programs of the main loop, for the player of `tests/random/`;
//! - `channels`: what a program does with a GIOChannel, and what the file behind it does.
//!
//! `judge.rs` opens the two libraries; `mutate.rs` changes inputs cell by cell, `packed.rs` keeps them; `target.rs` is what the
//! binaries in `bin/` have in common, which give both to libFuzzer. `main.rs` shows, replays and shrinks
//! what it found.

pub mod channels;
pub mod judge;
pub mod mutate;
pub mod packed;
pub mod programs;
pub mod target;
