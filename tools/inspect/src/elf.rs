//! One ELF file: what it needs, asks for and offers, as far as the loader reads it.
//!
//! Knows nothing of GLib; where libraries lie is `search`'s.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail, ensure, Context, Result};
use object::elf::{
    FileHeader64, DF_1_PIE, DT_FLAGS_1, DT_NEEDED, DT_RPATH, DT_RUNPATH, ET_DYN, ET_EXEC,
};
use object::read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _, Sym as _};
use object::{Architecture, Endianness, Object as _};

type Header = FileHeader64<Endianness>;

/// What the loader would read of a program or shared library.
#[derive(Debug, Clone)]
pub struct Elf {
    /// Where the file lies.
    pub path: PathBuf,
    /// The machine its code is for.
    pub architecture: Architecture,
    /// The dynamic linker that a program wants to be started by; libraries have none.
    pub interpreter: Option<PathBuf>,
    /// The libraries it names, in order.
    pub needed: Vec<String>,
    /// Where it asks its libraries, and theirs, to be looked for first. Empty if it has a `runpath`.
    pub rpath: Vec<String>,
    /// Where it asks its own libraries to be looked for.
    pub runpath: Vec<String>,
    /// Names it cannot do without and expects from others.
    pub imports: BTreeSet<String>,
    /// Names it offers.
    pub exports: BTreeSet<String>,
}

impl Elf {
    /// Reads a program or library that the loader would load.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow!("{name}: no such file"),
            ErrorKind::IsADirectory => anyhow!("{name}: is a directory"),
            ErrorKind::PermissionDenied => anyhow!("{name}: may not be read"),
            _ => anyhow!("{name}: {error}"),
        })?;
        Self::parse(path, &bytes).with_context(|| name.to_string())
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        if let Some(line) = bytes.strip_prefix(b"#!") {
            let end = line.iter().position(|&byte| byte == b'\n').unwrap_or(line.len().min(80));
            bail!("a script for {}, no ELF file", String::from_utf8_lossy(&line[..end]).trim());
        }
        ensure!(bytes.starts_with(b"\x7fELF"), "no ELF file");
        let file = object::File::parse(bytes).context("a damaged ELF file")?;
        let architecture = file.architecture();
        ensure!(
            file.is_64(),
            "a 32-bit file ({architecture:?}); mainspring is for 64-bit programs"
        );

        let header = Header::parse(bytes).context("a damaged ELF file")?;
        let endian = header.endian().context("a damaged ELF file")?;
        ensure!(
            [ET_EXEC, ET_DYN].contains(&header.e_type(endian)),
            "neither a program nor a shared library"
        );
        let segments = header.program_headers(endian, bytes).context("a damaged ELF file")?;
        let linker =
            segments.iter().find_map(|segment| segment.interpreter(endian, bytes).transpose());
        let linker = linker.transpose().context("a damaged ELF file")?;
        let interpreter = linker.map(|path| String::from_utf8_lossy(path).into_owned().into());

        let mut elf = Self {
            path: path.to_path_buf(),
            architecture,
            interpreter,
            needed: Vec::new(),
            rpath: Vec::new(),
            runpath: Vec::new(),
            imports: BTreeSet::new(),
            exports: BTreeSet::new(),
        };
        let flags = elf.read_dynamic(header, endian, bytes).context("a damaged ELF file")?;
        // Shared libraries have no interpreter either, but they offer names; programs that can be loaded anywhere say
        // that they are programs.
        let is_library =
            !elf.needed.is_empty() || !elf.exports.is_empty() && flags & DF_1_PIE.0 == 0;
        ensure!(
            elf.interpreter.is_some() || is_library,
            "linked statically: it carries its libraries in itself"
        );
        Ok(elf)
    }

    /// Reads what the loader would, and gives the flags of `DT_FLAGS_1`.
    fn read_dynamic(&mut self, header: &Header, endian: Endianness, bytes: &[u8]) -> Result<u64> {
        let sections = header.sections(endian, bytes)?;
        let symbols = sections.symbols(endian, bytes, object::elf::SHT_DYNSYM)?;
        for symbol in symbols.iter() {
            let name = String::from_utf8_lossy(symbol.name(endian, symbols.strings())?);
            match symbol.is_undefined(endian) {
                _ if name.is_empty() || symbol.is_local() => {}
                false => drop(self.exports.insert(name.into_owned())),
                true if !symbol.is_weak() => drop(self.imports.insert(name.into_owned())),
                true => {}
            }
        }
        let Some((entries, strings)) = sections.dynamic(endian, bytes)? else { return Ok(0) };
        let mut flags = 0;
        let strings = sections.strings(endian, bytes, strings)?;
        for entry in entries {
            let text =
                || Ok::<_, object::Error>(String::from_utf8_lossy(entry.string(endian, strings)?));
            let folders = |text: &str| text.split(':').map(str::to_owned).collect();
            match entry.tag(endian) {
                DT_NEEDED => self.needed.push(text()?.into_owned()),
                DT_RPATH => self.rpath = folders(&text()?),
                DT_RUNPATH => self.runpath = folders(&text()?),
                DT_FLAGS_1 => flags = entry.val(endian),
                _ => {}
            }
        }
        if !self.runpath.is_empty() {
            self.rpath.clear();
        }
        Ok(flags)
    }

    /// The folder the file lies in, which `$ORIGIN` stands for.
    pub fn origin(&self) -> PathBuf {
        let real = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        real.parent().map(Path::to_path_buf).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(bytes: &[u8]) -> String {
        format!("{:#}", Elf::parse(Path::new("x"), bytes).unwrap_err())
    }

    #[test]
    fn what_is_no_elf_file_is_told_in_a_line() {
        assert_eq!(trouble(b""), "no ELF file");
        assert_eq!(trouble(b"text"), "no ELF file");
        assert_eq!(trouble(b"#! /bin/sh\nexit\n"), "a script for /bin/sh, no ELF file");
        assert!(trouble(b"\x7fELF").starts_with("a damaged ELF file"));
    }

    #[test]
    fn we_read_ourselves() {
        let elf = Elf::read(&std::env::current_exe().unwrap()).unwrap();
        assert!(elf.needed.iter().any(|name| name.starts_with("libc.so")), "{:?}", elf.needed);
        assert!(elf.imports.contains("malloc"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let told = Elf::read(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert_eq!(told, "/nowhere/at/all: no such file");
        let told = Elf::read(Path::new("/")).unwrap_err().to_string();
        assert_eq!(told, "/: is a directory");
    }
}
