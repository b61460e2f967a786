//! The library's binary interface, told by four sources that must agree: the contract's tables, the
//! headers, the linked library, and the Rust definitions; GLib's headers and `glib-sys` bear witness.
//!
//! `contract.rs` compares table and headers, `layouts.rs` structures and constants, `symbols.rs`
//! headers and library, `signatures.rs` Rust functions and prototypes.

pub mod contract;
mod layouts;
mod shape;
mod signatures;
mod sources;
mod symbols;

use anyhow::Result;

use crate::report::Tally;
use crate::workshop::Workshop;

/// Needs a filled stage.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let dir = shop.fresh_dir("abi")?;
    let mut tally = contract::run(shop, &dir)?;
    tally.absorb(layouts::run(shop, &dir)?);
    tally.absorb(symbols::run(shop, &dir)?);
    tally.absorb(signatures::run(shop)?);
    Ok(tally)
}
