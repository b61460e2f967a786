//! GIOChannel's brain.
//!
//! What a channel does with bytes, apart from how C calls it: the C names, argument checks and the
//! structure itself are `capi::giochannel`'s. May use `engine` and `sys`.

pub mod unix;
