//! What a program does with a channel, as data, and what bytes mean as such.
//!
//! Four bytes are one thing, told apart by the first byte's upper bits: a piece of what there is to read,
//! how much a transfer of the channel's moves and whether it fails, a setting, or a move of the program.
//! Any bytes are a game, and so is any part of one.

use std::fmt;

pub const CELL: usize = 4;

/// The bytes of a game that is longer than this are left out.
pub const LONGEST: usize = 1024;

/// What the channel is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ground {
    /// The program's own functions.
    #[default]
    Own,
    File,
    /// The reading end of a pipe, with or without somebody at the other end.
    Source,
    Closed,
    /// The writing end of a pipe.
    Sink,
}

const GROUNDS: [Ground; 8] = [
    Ground::Own,
    Ground::Own,
    Ground::Own,
    Ground::Own,
    Ground::File,
    Ground::Source,
    Ground::Closed,
    Ground::Sink,
];

/// How much one transfer moves at most, or how it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    Bytes(usize),
    Again,
    Error,
    Eof,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    ReadChars(usize),
    ReadLine,
    ReadLineString,
    ReadUnichar,
    ReadToEnd,
    WriteChars(Vec<u8>),
    WriteUnichar(u32),
    Flush,
    SetEncoding(Option<&'static str>),
    SetLineTerm(Option<Vec<u8>>),
    SetBuffered(bool),
    SetBufferSize(usize),
    Seek(i64, i32),
    SetFlags(i32),
    Look,
    Shutdown(bool),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Game {
    pub ground: Ground,
    pub seekable: bool,
    pub source: Vec<u8>,
    pub plan: Vec<Transfer>,
    pub moves: Vec<Move>,
}

const ENCODINGS: [Option<&str>; 11] = [
    None,
    Some("UTF-8"),
    Some("UTF8"),
    Some("ISO-8859-1"),
    Some("ASCII"),
    Some("UTF-16LE"),
    Some("UTF-16BE"),
    Some("UTF-16"),
    Some("EUC-JP"),
    Some("utf-8"),
    Some("UTF-32LE"),
];

const BUFFERS: [usize; 6] = [0, 10, 16, 40, 200, 1024];

/// Pieces that channels treat specially; a cell's own bytes make the rest.
const PIECES: [&[u8]; 20] = [
    b"a",
    b"bc",
    b"\n",
    b"\r",
    b"\r\n",
    "\u{2029}".as_bytes(),
    b"\xe2\x80",
    "é".as_bytes(),
    b"\xc3",
    "€".as_bytes(),
    "😀".as_bytes(),
    b"\xf0\x9f",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80",
    b"abab",
    b"longer stretch of text ",
    b"\xa4\xa2",
    b"a\n",
    b"\xef\xbb\xbf",
];

fn piece(index: u8) -> &'static [u8] {
    PIECES[usize::from(index) % PIECES.len()]
}

/// A cell's own bytes, or a piece some times over.
fn text(cell: &[u8]) -> Vec<u8> {
    match cell[0] & 3 {
        0 => piece(cell[1]).repeat(usize::from(cell[2] % 16) + 1),
        own => cell[1..=usize::from(own)].to_vec(),
    }
}

pub fn game(bytes: &[u8]) -> Game {
    let mut game = Game::default();
    for cell in bytes[..bytes.len().min(LONGEST)].chunks_exact(CELL) {
        match cell[0] >> 6 {
            0 | 1 => game.moves.push(a_move(cell)),
            2 => game.source.extend(text(cell)),
            _ if cell[0] & 0x20 == 0 => game.plan.push(transfer(cell)),
            _ => {
                game.ground = GROUNDS[usize::from(cell[1]) % GROUNDS.len()];
                game.seekable = cell[2] & 1 != 0;
            }
        }
    }
    avoid_split_by_nul(&mut game.source);
    game
}

fn transfer(cell: &[u8]) -> Transfer {
    match cell[0] & 0x1f {
        0 => Transfer::Again,
        1 => Transfer::Error,
        2 => Transfer::Eof,
        _ => Transfer::Bytes(usize::from(cell[1]) + 1),
    }
}

fn a_move(cell: &[u8]) -> Move {
    let [_, a, b, c] = cell[..CELL] else { return Move::Look };
    match cell[0] & 0x1f {
        0..=3 => Move::ReadChars(usize::from(a)),
        4..=6 => Move::ReadLine,
        7 => Move::ReadLineString,
        8 | 9 => Move::ReadUnichar,
        10 => Move::ReadToEnd,
        11..=14 => Move::WriteChars(text(&[b & 3, a, c, b])),
        15 => Move::WriteChars([piece(a), piece(b), piece(c)].concat()),
        // Not NUL: GLib loses it, and what follows (docs/differences.md).
        16 => {
            let value = u32::from(a) | u32::from(b) << 8 | u32::from(c & 0x1f) << 16;
            Move::WriteUnichar(value.max(1))
        }
        17 | 18 => Move::Flush,
        19 | 20 => Move::SetEncoding(ENCODINGS[usize::from(a) % ENCODINGS.len()]),
        21 | 22 => Move::SetLineTerm(line_term(a, b, c)),
        23 => Move::SetBuffered(a & 1 != 0),
        24 => Move::SetBufferSize(BUFFERS[usize::from(a) % BUFFERS.len()]),
        25..=27 => Move::Seek(i64::from(a) - 64, i32::from(b % 3)),
        28 => Move::SetFlags(i32::from(a & 1)),
        29 | 30 => Move::Look,
        _ => Move::Shutdown(a & 1 != 0),
    }
}

/// Of a terminator with a NUL at its end GLib before 2.90 compares bytes beyond its buffer, so there is none.
fn line_term(a: u8, b: u8, c: u8) -> Option<Vec<u8>> {
    let term = match a % 4 {
        0 => return None,
        1 => piece(b).to_vec(),
        2 => vec![b, c],
        _ => vec![b],
    };
    (term.last() != Some(&0)).then_some(term)
}

/// Whether a NUL inside a character of UTF-8 makes it an error or an unfinished one depends, in GLib, on how
/// many bytes happen to be there (docs/differences.md), so there is none.
fn avoid_split_by_nul(source: &mut [u8]) {
    let mut owed = 0;
    for byte in source {
        owed = match *byte {
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xff => 3,
            0x80..=0xbf => i32::max(owed - 1, 0),
            0 if owed > 0 => {
                *byte = b'0';
                0
            }
            _ => 0,
        };
    }
}

impl fmt::Display for Game {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}, seekable: {}", self.ground, self.seekable)?;
        writeln!(f, "there is: {}", self.source.escape_ascii())?;
        writeln!(f, "transfers: {:?}", self.plan)?;
        self.moves.iter().try_for_each(|each| match each {
            Move::WriteChars(text) => writeln!(f, "WriteChars({})", text.escape_ascii()),
            Move::SetLineTerm(Some(term)) => writeln!(f, "SetLineTerm({})", term.escape_ascii()),
            other => writeln!(f, "{other:?}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_a_game_without_what_glib_leaves_open() {
        let mut byte = 1_u8;
        for length in 0..400 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    byte = byte.wrapping_mul(181).wrapping_add(97);
                    byte
                })
                .collect();
            let game = game(&bytes);
            let cells = game.moves.len() + game.plan.len();
            assert!(cells <= length / CELL);
            assert!(!game.to_string().is_empty());
        }
        let mut split = b"\xe2\x80\0a\xc3\xa9\0\xf0\0".to_vec();
        avoid_split_by_nul(&mut split);
        assert_eq!(split, b"\xe2\x800a\xc3\xa9\0\xf00");
        assert_eq!(line_term(2, b'a', 0), None);
    }
}
