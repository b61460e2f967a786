//! `ghash.h`: hash tables. `slots` is where pairs lie and in which order they are met; `table` makes the
//! everyday functions of it, `sweep` those that go over all pairs, `iter` the iterator and `functions`
//! what hashes the usual keys.

mod functions;
mod iter;
mod slots;
mod sweep;
mod table;

pub use functions::*;
pub use iter::*;
pub use sweep::*;
pub use table::*;
