//! Marks what the linker may shorten.
//!
//! rustc has every call of another object's function, and every address of another object's variable, fetched from the
//! global offset table, and emits the kind of relocation that a linker must take literally. Most of those objects end
//! up in the same library, where the linker could bind the call itself, and needs no entry in the table and no
//! relocation at start, if only the relocation is of the kinds that say so. This gives the relocations those kinds,
//! which the System V ABI's x86-64 supplement (B.2, "Optimize GOTPCRELX Relocations") defines by the instruction
//! alone. On other machines there is nothing to do.
//!
//! Must not know which object it reads; `link.rs` says.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use object::elf::{R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX, SHT_RELA};
use object::read::elf::{ElfFile64, FileHeader as _, Rela as _, SectionHeader as _};
use object::Object as _;
use object::{elf::RelocationType, Architecture, LittleEndian};

/// Marks all it finds in a relocatable object.
pub fn relax(path: &Path) -> Result<()> {
    let mut bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    for (at, kind) in marks(&bytes).with_context(|| format!("in {}", path.display()))? {
        bytes[at..at + 4].copy_from_slice(&kind.0.to_le_bytes());
    }
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// Where in the file the kinds of relocations are to be replaced, and by what.
fn marks(bytes: &[u8]) -> Result<Vec<(usize, RelocationType)>> {
    /// An entry is an offset, the kind with the symbol's number above it, and an addend.
    const ENTRY: u64 = 24;
    const KIND: u64 = 8;
    let Ok(file) = ElfFile64::<LittleEndian>::parse(bytes) else { return Ok(Vec::new()) };
    if file.architecture() != Architecture::X86_64 {
        return Ok(Vec::new());
    }
    let endian = LittleEndian;
    let sections = file.elf_header().sections(endian, bytes)?;
    let mut found = Vec::new();
    for section in sections.iter().filter(|section| section.sh_type(endian) == SHT_RELA) {
        let Some((entries, _)) = section.rela(endian, bytes)? else { continue };
        let code = sections.section(section.info_link(endian))?.data(endian, bytes)?;
        for (entry, at) in
            entries.iter().zip((section.sh_offset(endian) + KIND..).step_by(ENTRY as usize))
        {
            // The displacement counts from its own end only if nothing of the instruction follows it.
            if entry.r_type(endian, false) == R_X86_64_GOTPCREL && entry.r_addend(endian) == -4 {
                let before = &code[..entry.r_offset(endian) as usize];
                found.extend(kind(before).map(|kind| (at as usize, kind)));
            }
        }
    }
    Ok(found)
}

/// The kind for the instruction that ends in these bytes and a displacement, if it is one that linkers shorten.
fn kind(before: &[u8]) -> Option<RelocationType> {
    match before {
        // call and jmp through memory
        [.., 0xff, 0x15 | 0x25] => Some(R_X86_64_GOTPCRELX),
        // mov of 64 bits to a register
        [.., 0x48 | 0x4c, 0x8b, modrm] if modrm & 0xc7 == 0x05 => Some(R_X86_64_REX_GOTPCRELX),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_that_linkers_shorten_get_their_kinds_and_no_others() {
        assert_eq!(kind(&[0x90, 0xff, 0x15]), Some(R_X86_64_GOTPCRELX));
        assert_eq!(kind(&[0xff, 0x25]), Some(R_X86_64_GOTPCRELX));
        for (rex, modrm) in [(0x48, 0x05), (0x48, 0x3d), (0x4c, 0x35)] {
            assert_eq!(kind(&[rex, 0x8b, modrm]), Some(R_X86_64_REX_GOTPCRELX));
        }
        // push, a comparison, a mov of 32 bits, and one whose address has another base
        for other in
            [[0x90, 0xff, 0x35], [0x48, 0x3b, 0x05], [0x90, 0x8b, 0x05], [0x48, 0x8b, 0x46]]
        {
            assert_eq!(kind(&other), None);
        }
        assert_eq!(kind(&[]), None);
    }
}
