//! Where lines end.

use super::utf8::is_continuation;

/// What ends a line.
#[derive(Clone, Copy, Debug)]
pub enum Terminator<'a> {
    /// LF, CR LF, CR, U+2029 or NUL.
    Usual,
    /// These bytes, which may be none: then every line is empty (IO-069).
    Exactly(&'a [u8]),
}

/// A line's end: where its terminator lies and how long that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub at: usize,
    pub length: usize,
}

/// A terminator may begin here or later, but more must be read to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecided(pub usize);

/// Looks for the first terminator at or behind `from`. With `at_end` nothing will follow `text`;
/// with `is_utf8` a terminator begins where a character does.
pub fn find(
    text: &[u8],
    from: usize,
    terminator: Terminator<'_>,
    is_utf8: bool,
    at_end: bool,
) -> Result<End, Undecided> {
    match terminator {
        Terminator::Usual => find_usual(text, from, at_end),
        Terminator::Exactly([]) if text.is_empty() => Err(Undecided(0)),
        Terminator::Exactly([]) => Ok(End { at: 0, length: 0 }),
        Terminator::Exactly([first, ..]) if is_utf8 && is_continuation(*first) => {
            Err(Undecided(text.len()))
        }
        Terminator::Exactly(bytes) => {
            let found = text[from..].windows(bytes.len()).position(|window| window == bytes);
            match found {
                Some(at) => Ok(End { at: from + at, length: bytes.len() }),
                None => Err(Undecided(from.max((text.len() + 1).saturating_sub(bytes.len())))),
            }
        }
    }
}

const PARAGRAPH_SEPARATOR: &[u8] = "\u{2029}".as_bytes();

fn find_usual(text: &[u8], from: usize, at_end: bool) -> Result<End, Undecided> {
    let candidate = |byte: &u8| matches!(byte, b'\n' | b'\r' | 0 | 0xe2);
    let mut at = from;
    while let Some(distance) = text[at..].iter().position(candidate) {
        at += distance;
        let rest = &text[at..];
        let length = match rest[0] {
            b'\r' if rest.len() == 1 && !at_end => return Err(Undecided(at)),
            b'\r' if rest.get(1) == Some(&b'\n') => 2,
            0xe2 if rest.starts_with(PARAGRAPH_SEPARATOR) => PARAGRAPH_SEPARATOR.len(),
            0xe2 if PARAGRAPH_SEPARATOR.starts_with(rest) => return Err(Undecided(at)),
            0xe2 => 0,
            _ => 1,
        };
        if length > 0 {
            return Ok(End { at, length });
        }
        at += 1;
    }
    Err(Undecided(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminator_is_found_across_two_pieces() {
        for terminator in [Terminator::Usual, Terminator::Exactly("\u{2029}".as_bytes())] {
            let text = "ab\u{2029}c".as_bytes();
            let whole = Ok(End { at: 2, length: 3 });
            for cut in 0..5 {
                let Err(Undecided(from)) = find(&text[..cut], 0, terminator, false, false) else {
                    panic!("found in {cut} bytes");
                };
                assert_eq!(find(text, from, terminator, false, false), whole);
            }
        }
    }

    #[test]
    fn a_last_carriage_return_waits_unless_at_the_end() {
        let find = |text, at_end| find(text, 0, Terminator::Usual, true, at_end);
        assert_eq!(find(b"a\r", false), Err(Undecided(1)));
        assert_eq!(find(b"a\r", true), Ok(End { at: 1, length: 1 }));
        assert_eq!(find(b"a\r\n", false), Ok(End { at: 1, length: 2 }));
    }
}
