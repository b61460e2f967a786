//! A corpus in one file: an input per line, as hexadecimal numbers.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{ensure, Context as _, Result};

/// An input as a line.
pub fn line(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut line, byte| {
        // Writing to a string cannot fail.
        let _ = write!(line, "{byte:02x}");
        line
    })
}

/// The input of a line.
pub fn bytes(line: &str) -> Result<Vec<u8>> {
    ensure!(line.is_ascii() && line.len() % 2 == 0, "{line} are no pairs of digits");
    let pairs = (0..line.len()).step_by(2).map(|at| &line[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).with_context(|| pair.to_owned())).collect()
}

/// Writes every input of `packed` into a file of its own in `folder`.
pub fn unpack(packed: &Path, folder: &Path) -> Result<()> {
    let told = || packed.display().to_string();
    let text = std::fs::read_to_string(packed).with_context(told)?;
    for (number, line) in (1..).zip(text.lines()) {
        let bytes = bytes(line).with_context(|| format!("{}:{number}", packed.display()))?;
        std::fs::write(folder.join(format!("kept-{number:04}")), bytes)?;
    }
    Ok(())
}

/// Writes the inputs in `folder` into `packed`, the short ones first.
pub fn pack(folder: &Path, packed: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        lines.push(line(&std::fs::read(entry?.path())?));
    }
    lines.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    lines.dedup();
    std::fs::write(packed, lines.join("\n") + "\n").with_context(|| packed.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back() {
        assert_eq!(line(&[0, 0xa7, 255]), "00a7ff");
        assert_eq!(bytes("00a7ff").unwrap(), [0, 0xa7, 255]);
        assert!(bytes("0").is_err() && bytes("zz").is_err() && bytes("é").is_err());
    }
}
