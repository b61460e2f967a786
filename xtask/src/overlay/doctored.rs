//! Copies of libraries with one thing changed, to meet what no machine at hand has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use object::{Object as _, ObjectSegment as _, ObjectSymbol as _};

use crate::proc::CommandExt as _;

/// A loop function that no mainspring knows, in the place of another of libglib's as long as it.
pub const NEWER: &str = "g_source_out_of_the_future";
const ITS_PLACE: &str = "g_bookmark_file_set_groups";

/// Offset of the machine's number in an ELF file, and a number that is none of a machine of ours.
const MACHINE: usize = 18;
const ANOTHER: [u8; 2] = [0xf3, 0];

/// The libglib that a program is run on.
pub fn libglib_of(program: &Path) -> Result<PathBuf> {
    let text = Command::new(program).env("LD_TRACE_LOADED_OBJECTS", "1").output_text()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("libglib-2.0.so.0 => "));
    let path = line.and_then(|line| line.split_whitespace().next());
    Ok(PathBuf::from(path.context("the program loads no libglib")?))
}

fn change(from: &Path, to: &Path, change: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
    let mut bytes = fs::read(from).with_context(|| from.display().to_string())?;
    change(&mut bytes).with_context(|| format!("changing a copy of {}", from.display()))?;
    fs::write(to, bytes)?;
    Ok(fs::set_permissions(to, fs::metadata(from)?.permissions())?)
}

/// Puts a string in the place of another that is as long, and ends there.
fn replace(bytes: &mut [u8], old: &str, new: &str) -> Result<()> {
    assert_eq!(old.len(), new.len());
    let whole = format!("\0{old}\0").into_bytes();
    let at = bytes.windows(whole.len()).position(|window| window == whole);
    let at = at.with_context(|| format!("{old} does not occur"))? + 1;
    bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
    Ok(())
}

/// Where in the file a dynamic symbol's bytes lie.
fn place_of(bytes: &[u8], name: &str) -> Result<usize> {
    let file = object::File::parse(bytes)?;
    let symbol = file.dynamic_symbols().find(|symbol| symbol.name() == Ok(name));
    let address = symbol.with_context(|| format!("{name} is not defined"))?.address();
    let segment = file
        .segments()
        .find(|segment| (segment.address()..segment.address() + segment.size()).contains(&address))
        .with_context(|| format!("{name} is not in the file"))?;
    Ok((segment.file_range().0 + address - segment.address()) as usize)
}

pub fn wanting_another_libglib(from: &Path, to: &Path) -> Result<()> {
    change(from, to, |bytes| replace(bytes, "libglib-2.0.so.0", "libglib-9.9.so.9"))
}

pub fn for_another_machine(from: &Path, to: &Path) -> Result<()> {
    change(from, to, |bytes| {
        bytes[MACHINE..MACHINE + 2].copy_from_slice(&ANOTHER);
        Ok(())
    })
}

/// A program of 32 bits, as far as anybody reads it before running it: a head with nothing behind it.
pub fn narrow_program() -> Vec<u8> {
    let mut head = b"\x7fELF\x01\x01\x01".to_vec();
    head.resize(16, 0);
    // A program, for the i386, of version 1.
    head.extend([2, 0, 3, 0, 1, 0, 0, 0]);
    head.resize(40, 0);
    // The length of this head, and of entries of the tables, which have none.
    head.extend([52, 0, 32, 0, 0, 0, 40, 0, 0, 0, 0, 0]);
    head
}

pub fn of_series_50(from: &Path, to: &Path) -> Result<()> {
    change(from, to, |bytes| {
        let at = place_of(bytes, "glib_minor_version")?;
        bytes[at..at + 4].copy_from_slice(&50u32.to_le_bytes());
        Ok(())
    })
}

/// The function that gives the private table gives NULL: `xor eax, eax; ret`.
pub fn without_private_table(from: &Path, to: &Path) -> Result<()> {
    change(from, to, |bytes| {
        let at = place_of(bytes, "glib__private__")?;
        bytes[at..at + 3].copy_from_slice(&[0x31, 0xc0, 0xc3]);
        Ok(())
    })
}

pub fn with_newer_function(from: &Path, to: &Path) -> Result<()> {
    change(from, to, |bytes| replace(bytes, ITS_PLACE, NEWER))
}
