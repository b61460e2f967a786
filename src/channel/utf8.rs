//! UTF-8 as channels see it: where characters begin, and which bytes may yet become one.
//!
//! GLib takes the first byte of a character by its length bits alone and looks at the value only
//! when all bytes are there. So a beginning that is bound to be wrong, an overlong form or one of
//! the five and six byte forms of old, counts as unfinished until it is complete.

/// The most bytes a character's form can have.
pub const LONGEST: usize = 6;

/// What a piece of text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// A character of so many bytes.
    Whole(usize),
    Unfinished,
    Invalid,
}

pub fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// How many bytes a character takes that begins so; 0 if none does.
pub fn form_length(lead: u8) -> usize {
    match lead {
        0..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        0xf8..=0xfb => 5,
        0xfc..=0xfd => 6,
        _ => 0,
    }
}

/// What `text`, which is not empty, begins with.
pub fn first(text: &[u8]) -> First {
    let length = form_length(text[0]);
    let there = &text[..length.min(text.len())];
    if length == 0 || !there[1..].iter().all(|byte| is_continuation(*byte)) {
        First::Invalid
    } else if there.len() < length {
        First::Unfinished
    } else if std::str::from_utf8(there).is_ok() {
        First::Whole(length)
    } else {
        First::Invalid
    }
}

/// How many bytes at the beginning of `text` are characters.
pub fn valid_length(text: &[u8]) -> usize {
    std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len)
}

/// The longest beginning of valid `text` that has at most `count` bytes and splits no character.
pub fn whole_length(text: &[u8], count: usize) -> usize {
    if count >= text.len() {
        return text.len();
    }
    (0..=count).rev().find(|at| !is_continuation(text[*at])).unwrap_or(0)
}

/// The value of the character that valid `text` begins with, and its length.
pub fn decode(text: &[u8]) -> (u32, usize) {
    let length = form_length(text[0]).clamp(1, text.len());
    let lead = if length == 1 { text[0] } else { text[0] & (0x7f >> length) };
    let add = |value, byte: &u8| value << 6 | u32::from(byte & 0x3f);
    (text[1..length].iter().fold(u32::from(lead), add), length)
}

/// The form of any value, character or not; the second result is its length.
pub fn encode(value: u32) -> ([u8; LONGEST], usize) {
    const LIMITS: [u32; LONGEST - 1] = [0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];
    let length = 1 + LIMITS.iter().filter(|limit| value >= **limit).count();
    let mut bytes = [0; LONGEST];
    let mut rest = value;
    for byte in bytes[1..length].iter_mut().rev() {
        *byte = 0x80 | (rest & 0x3f) as u8;
        rest >>= 6;
    }
    let mark = if length == 1 { 0 } else { !(0xff_u32 >> length) };
    bytes[0] = (mark | rest) as u8;
    (bytes, length)
}

/// The bytes of a character whose rest has not been written yet.
#[derive(Clone, Copy, Default)]
pub struct Beginning {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Beginning {
    /// These bytes, as many as a character can have at most.
    pub fn of(bytes: &[u8]) -> Beginning {
        Beginning::default().and(bytes)
    }

    /// Itself and as many of the bytes that follow as a character can have at most.
    pub fn and(mut self, following: &[u8]) -> Beginning {
        let taken = following.len().min(LONGEST - self.length);
        self.bytes[self.length..self.length + taken].copy_from_slice(&following[..taken]);
        self.length += taken;
        self
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_both_ways() {
        for value in [0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x1_0000, 0x10_ffff] {
            let (bytes, length) = encode(value);
            assert_eq!(decode(&bytes[..length]), (value, length));
            assert_eq!(first(&bytes[..length]), First::Whole(length));
        }
        assert_eq!(encode(0x7fff_ffff), ([0xfd, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf], 6));
    }

    #[test]
    fn doomed_beginnings_are_unfinished_until_complete() {
        assert_eq!(first(b"\xed\xa0"), First::Unfinished);
        assert_eq!(first(b"\xed\xa0\x80"), First::Invalid);
        assert_eq!(first(b"\xfc\x80\x80\x80\x80"), First::Unfinished);
        assert_eq!(first(b"\xe2a"), First::Invalid);
        assert_eq!(first(b"\xff"), First::Invalid);
    }

    #[test]
    fn no_character_is_split() {
        let text = "a€b".as_bytes();
        let lengths: Vec<usize> = (0..=6).map(|count| whole_length(text, count)).collect();
        assert_eq!(lengths, [0, 1, 1, 1, 4, 5, 5]);
    }
}
