//! The two libraries, opened once for the process.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, Result};
use twin_random::api::Api;
use twin_random::judge::Judge;

use crate::channels::api::Channels;

/// The variable of the environment that says where the mainspring to play on is.
pub const LIBRARY: &str = "FUZZ_LIBRARY";
const REAL: &str = "libglib-2.0.so.0";

fn library() -> Result<PathBuf> {
    let path = std::env::var_os(LIBRARY).with_context(|| format!("{LIBRARY} names no library"))?;
    Ok(path.into())
}

/// What opens once and stays.
fn kept<T>(place: &'static OnceLock<T>, open: impl FnOnce() -> Result<T>) -> Result<&'static T> {
    match place.get() {
        Some(there) => Ok(there),
        None => open().map(|opened| place.get_or_init(|| opened)),
    }
}

/// The judge of programs of the main loop.
pub fn programs() -> Result<&'static Judge> {
    static JUDGE: OnceLock<Judge> = OnceLock::new();
    kept(&JUDGE, || {
        let glib = Api::open("GLib", Path::new(REAL))?;
        Ok(Judge { glib, mainspring: Api::open("mainspring", &library()?)? })
    })
}

/// The libraries for channels: GLib's, then mainspring's.
pub fn channels() -> Result<&'static [Channels; 2]> {
    static PAIR: OnceLock<[Channels; 2]> = OnceLock::new();
    kept(&PAIR, || {
        let glib = Channels::open("GLib", Path::new(REAL))?;
        Ok([glib, Channels::open("mainspring", &library()?)?])
    })
}
