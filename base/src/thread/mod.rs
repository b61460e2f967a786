//! `gthread.h`: locks and conditions (`lock`, on the kernel's futex), per-thread values and one-time
//! initialisation (`local`), threads (`run`).

mod local;
mod lock;
mod run;

pub use local::*;
pub use lock::*;
pub use run::*;
