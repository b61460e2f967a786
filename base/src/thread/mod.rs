//! `gthread.h`: locks and conditions (`lock`, on the kernel's futex), locks of one
//! bit (`bits`), per-thread values and one-time
//! initialisation (`local`), threads (`run`).

mod bits;
mod local;
mod lock;
mod run;

pub use bits::*;
pub use local::*;
pub use lock::*;
pub use run::*;
