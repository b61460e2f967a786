//! Models of mainspring's hand-shakes between threads.
//!
//! `engine` and `sync` below are the library's own files, compiled a second time. What lies under
//! them is not the machine: `primitives` belongs to a model checker (loom or shuttle, by feature),
//! and `sys` is the library's own as far as it computes, and asks `machine`, a model of the kernel,
//! where the library's makes a system call. So what is explored is what is shipped.
//!
//! `models` are the programs that are explored, one for each hand-shake; each says what it holds to.
//! `run` explores one. `heap` notices memory that is used after it was freed, or never freed.

#![cfg(feature = "checker")]
// Cells shared between threads without a lock are what models look for.
#![allow(clippy::arc_with_non_send_sync)]

#[path = "../../../src/engine/mod.rs"]
pub mod engine;
pub mod heap;
pub mod machine;
pub mod models;
pub mod primitives;
pub mod run;
#[path = "../../../src/sync.rs"]
pub mod sync;
pub mod sys;
pub mod world;
