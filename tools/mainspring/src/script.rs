//! Scripts: whose code is run when a file begins with `#!`.
//!
//! The kernel gives the file to the program named there, and goes on for a few levels if that is a script as well.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::place;
use crate::refusal::Refusal;

/// As many scripts may stand behind one another.
const LEVELS: usize = 5;
/// As much of the first line counts.
const LINE: u64 = 256;

/// The file whose code is run: the program's own, or a script's interpreter.
pub fn code_of(program: &Path) -> Result<PathBuf, Refusal> {
    let mut file = program.to_path_buf();
    for _ in 0..=LEVELS {
        let head = head(&file).map_err(|error| match file == program {
            true => Refusal::unreadable(&file, &error),
            false => {
                let (script, interpreter) = (program.display(), file.display());
                Refusal::absent(format!("{script} is a script for {interpreter}: {error}"))
            }
        })?;
        match interpreter(&head) {
            Some(next) => file = next,
            None => return Ok(file),
        }
    }
    let name = program.display();
    Err(Refusal::unfit(format!("{name}: its interpreter is a script for a script, without end")))
}

fn head(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(LINE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Who gets a file that begins like this; nobody if it is no script.
fn interpreter(head: &[u8]) -> Option<PathBuf> {
    let line = head.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    // `env` looks for the real one.
    let real = words.find(|word| !word.starts_with('-') && !word.contains('='));
    Some(match (first.ends_with("/env"), real) {
        (true, Some(name)) => place::program(Path::new(name)),
        _ => PathBuf::from(first),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_names_the_interpreter() {
        let of = |head: &str| interpreter(head.as_bytes()).map(|path| path.display().to_string());
        assert_eq!(of("\x7fELF"), None);
        assert_eq!(of("#! /bin/a -x\nrest").unwrap(), "/bin/a");
        assert_eq!(of("#!/usr/bin/env -S A=b no-such-program c\n").unwrap(), "no-such-program");
        assert_eq!(of("#!/usr/bin/env\n").unwrap(), "/usr/bin/env");
    }
}
