//! GLib's everyday helpers under GLib's names: memory, strings, lists, tables, arrays, messages, errors,
//! options, quarks, threads and locks.
//!
//! One module per header of `include/glib`; each exports the functions that header declares.
//! Functions with variable arguments are in `c/`, which calls the `mainspring_base_*` functions
//! defined here. This package knows nothing of the main loop; the loop imports what it needs from
//! here by C name.
//!
//! # Safety
//!
//! Every exported function is `unsafe` because C calls it. What the header says of an argument is
//! what the caller owes, in particular:
//!
//! - pointers are NULL only where the header allows it or where a check at the door catches it, and
//!   otherwise point to live memory of the type named;
//! - strings end in NUL and stay unchanged during the call;
//! - what the header says is owned by the callee came from the C allocator and is not used again;
//! - lists are well formed: no cycles, and `prev` of a `GList` agrees with `next`;
//! - a value is not changed by two threads at once, unless the function is one of `atomic`,
//!   `thread`, `messages`, `quark`, which lock for themselves.
//!
//! The `SAFETY` comments below lean on this list and name only what is particular.
//!
//! Functions that run code of the caller's are `extern "C-unwind"` and keep nothing with a
//! destructor alive while they do, so that the code may leave by `longjmp()` or an exception.
#![allow(clippy::missing_safety_doc)]
#![warn(missing_docs)]

#[macro_use]
mod checks;

pub mod array;
pub mod atomic;
pub mod bits;
pub mod bytes;
pub mod chain;
pub mod convert;
pub mod dir;
pub mod environ;
pub mod error;
pub mod fileutils;
pub mod gstring;
pub mod hash;
pub mod list;
pub mod mem;
pub mod messages;
pub mod option;
pub mod quark;
pub mod queue;
pub mod rcbox;
pub mod refcount;
pub mod size;
pub mod slice;
pub mod slist;
pub mod sort;
pub mod stdio;
pub mod strings;
pub mod testutils;
pub mod thread;
pub mod timer;
pub mod types;
pub mod unicode;
pub mod users;
pub mod utils;
pub mod version;
