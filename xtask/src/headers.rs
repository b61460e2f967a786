//! The headers as compilers see them.
//!
//! `standards.rs` compiles each of them alone in every standard, `availability.rs` asks for ranges
//! of versions, `programs.rs` runs what the headers define rather than declare. Whether they say
//! the same as the library and the contract is the business of `abi`.

mod availability;
mod programs;
mod standards;

use anyhow::Result;

use crate::report::Tally;
use crate::workshop::Workshop;

/// Needs a filled stage, for the programs.
pub fn run(shop: &Workshop) -> Result<Tally> {
    let dir = shop.fresh_dir("headers")?;
    let mut tally = standards::run(shop, &dir)?;
    tally.absorb(availability::run(shop, &dir)?);
    tally.absorb(programs::run(shop, &dir)?);
    Ok(tally)
}
