//! How a source was made: what its maker said of it before anybody else knew it, in one word that never changes
//! afterwards and is therefore read without a lock; and what follows from that about its block of memory.
//!
//! Knows no source: sizes are enough. The word lies in `source`, blocks are `shelf`'s.

use super::records::Record;
use super::shelf::Block;
use super::source::HEAD_AT;

/// The size of the C structure, and bits beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Made(u32);

/// Room for a record lies behind the structure.
const SPARE: u32 = 1 << 31;
/// The callback is one that runs once and whose result means nothing.
const ONCE: u32 = 1 << 30;
/// Its maker makes two variants, and this is one of the second.
const SECOND: u32 = 1 << 29;
/// The block it lies in is that of a pile: one more than its number.
const PILE_AT: u32 = 27;
const PILE: u32 = 3 << PILE_AT;
/// The room for a record has that of a descriptor which the source was made for.
const WATCHING: u32 = 1 << 26;
/// It was made for no context, of what the global default context keeps of memory, and goes back to that one alone.
const LOOSE: u32 = 1 << 25;
const SIZE: u32 = LOOSE - 1;

impl Made {
    /// `size` is that of the C structure; with `spare` there is room for a record.
    #[inline(always)]
    pub fn new(size: u32, spare: bool) -> Made {
        assert!(size & !SIZE == 0, "a source of 32 megabytes");
        Made(size).with(SPARE, spare)
    }

    /// The same in a block that a shelf takes, if there are such.
    #[inline(always)]
    pub(super) fn shelved(self) -> Made {
        match Block::for_size(self.size_of_all()) {
            Block::Piled(pile) => Made(self.0 | (pile as u32 + 1) << PILE_AT),
            Block::Exact(_) => self,
        }
    }

    #[inline(always)]
    fn with(self, bit: u32, on: bool) -> Made {
        Made(self.0 | if on { bit } else { 0 })
    }

    #[inline]
    pub fn once(self, once: bool) -> Made {
        self.with(ONCE, once)
    }

    #[inline]
    pub fn second(self, second: bool) -> Made {
        self.with(SECOND, second)
    }

    #[inline]
    pub fn watching(self) -> Made {
        self.with(WATCHING, true)
    }

    #[inline]
    pub fn loose(self) -> Made {
        self.with(LOOSE, true)
    }

    #[inline(always)]
    pub fn is_loose(self) -> bool {
        self.0 & LOOSE != 0
    }

    #[inline]
    pub fn runs_once(self) -> bool {
        self.0 & ONCE != 0
    }

    /// One of the second of two variants.
    #[inline]
    pub fn is_second(self) -> bool {
        self.0 & SECOND != 0
    }

    /// The spare record is that of a descriptor it was made for.
    #[inline]
    pub fn is_watching(self) -> bool {
        self.0 & WATCHING != 0
    }

    /// The size of the C structure.
    #[inline(always)]
    pub fn size(self) -> usize {
        (self.0 & SIZE) as usize
    }

    /// How far behind the beginning of the block the room for a record lies, if there is any.
    #[inline(always)]
    pub(super) fn spare_at(self) -> Option<usize> {
        let behind = (HEAD_AT + self.size()).next_multiple_of(align_of::<Record>());
        (self.0 & SPARE != 0).then_some(behind)
    }

    fn size_of_all(self) -> usize {
        self.spare_at().map_or(HEAD_AT + self.size(), |at| at + size_of::<Record>())
    }

    /// The block it lies in.
    #[inline(always)]
    pub(super) fn block(self) -> Block {
        match (self.0 & PILE) >> PILE_AT {
            0 => Block::Exact(self.size_of_all()),
            pile => Block::Piled(pile as usize - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_source_changes_neither_its_size_nor_its_block() {
        for (size, spare) in [(96, false), (104, false), (96, true), (400, true)] {
            let plain = Made::new(size, spare);
            let said = plain.once(true).second(true).watching().loose();
            assert_eq!((said.size(), said.block()), (size as usize, plain.block()));
            assert_eq!(said.shelved().block(), plain.shelved().block());
            assert!(said.is_loose() && !plain.is_loose());
            assert!(said.runs_once() && said.is_second() && said.is_watching());
            assert!(!plain.runs_once() && !plain.is_second() && !plain.is_watching());
            assert_eq!(plain.once(false).second(false), plain);
            assert!(plain.shelved().block().layout().size() >= plain.block().layout().size());
            assert_eq!(plain.spare_at().is_some(), spare);
        }
    }
}
