//! Says of a program whether mainspring covers what it asks of GLib, and what is missing.
//!
//! `elf` reads one file, `search` finds a library as the system's loader would, `closure` gathers all
//! that a program loads, and `verdict` compares that with what mainspring's libraries export. Nothing is
//! executed: a library that a program opens by itself (`dlopen()`) is not seen.
//!
//! Errors are one line, for people.

mod closure;
mod elf;
mod search;
mod verdict;

pub use closure::Closure;
pub use elf::Elf;
pub use search::Search;
pub use verdict::{judge, Coverage, Gap, Report, Shelf};

/// The name under which programs ask for GLib.
pub const GLIB: &str = "libglib-2.0.so.0";

/// GLib's library of threads, empty since threads are part of GLib itself; programs still name it.
pub const GTHREAD: &str = "libgthread-2.0.so.0";
