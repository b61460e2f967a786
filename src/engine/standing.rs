//! What a context knows of a source in few bits, all in one word.
//!
//! A source is a small thing of which there may be many; twelve bytes for what twelve bits can say would be a
//! twentieth of it. Each fact has its place in the word, and is read and written as if it lay alone. They are
//! guarded together, by the source's lock (I2): whatever is read without it has to lie elsewhere.

use std::marker::PhantomData;

use super::seam::Interest;
use super::source::Source;
use crate::sync::Cell;

/// Which queue of its level a source is in (`levels`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queued {
    No,
    Always,
    Asked,
    Hot,
}

/// What is to be known of a blocked source beside the flag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blocking(u16);

impl Blocking {
    /// A dispatch of its own has blocked it. Not kept for sources that have no family.
    pub const OWN: Blocking = Blocking(1);
    /// It is an idle, and its level counts it among the blocked ones.
    pub const COUNTED: Blocking = Blocking(2);

    pub fn has(self, other: Blocking) -> bool {
        self.0 & other.0 != 0
    }

    pub fn with(self, other: Blocking) -> Blocking {
        Blocking(self.0 | other.0)
    }

    pub fn without(self, other: Blocking) -> Blocking {
        Blocking(self.0 & !other.0)
    }
}

/// What fits into a few bits. All of them 0 is what a new source has.
pub trait Bits: Copy {
    const WIDTH: u16;
    fn to_bits(self) -> u16;
    fn from_bits(bits: u16) -> Self;
}

impl Bits for bool {
    const WIDTH: u16 = 1;

    #[inline(always)]
    fn to_bits(self) -> u16 {
        u16::from(self)
    }
    #[inline(always)]
    fn from_bits(bits: u16) -> bool {
        bits != 0
    }
}

impl Bits for Blocking {
    const WIDTH: u16 = 2;

    #[inline(always)]
    fn to_bits(self) -> u16 {
        self.0
    }
    #[inline(always)]
    fn from_bits(bits: u16) -> Blocking {
        Blocking(bits)
    }
}

impl Bits for Queued {
    const WIDTH: u16 = 2;

    #[inline(always)]
    fn to_bits(self) -> u16 {
        self as u16
    }
    #[inline(always)]
    fn from_bits(bits: u16) -> Queued {
        match bits {
            0 => Queued::No,
            1 => Queued::Always,
            2 => Queued::Asked,
            _ => Queued::Hot,
        }
    }
}

impl Bits for Interest {
    const WIDTH: u16 = 2;

    #[inline(always)]
    fn to_bits(self) -> u16 {
        self as u16
    }
    #[inline(always)]
    fn from_bits(bits: u16) -> Interest {
        match bits {
            0 => Interest::Passive,
            1 => Interest::Always,
            2 => Interest::Asked,
            _ => Interest::Verified,
        }
    }
}

/// A fact's place in the word.
pub struct Fact<'a, T, const AT: u16> {
    word: &'a Cell<u16>,
    means: PhantomData<T>,
}

impl<T: Bits, const AT: u16> Fact<'_, T, AT> {
    const MASK: u16 = ((1 << T::WIDTH) - 1) << AT;

    #[inline(always)]
    pub fn get(self) -> T {
        T::from_bits((self.word.get() & Self::MASK) >> AT)
    }

    #[inline(always)]
    pub fn is(self, what: T) -> bool {
        self.word.get() & Self::MASK == what.to_bits() << AT
    }

    #[inline(always)]
    pub fn set(self, to: T) {
        self.word.set(self.word.get() & !Self::MASK | to.to_bits() << AT);
    }

    #[inline(always)]
    pub fn replace(self, to: T) -> T {
        let word = self.word.get();
        self.word.set(word & !Self::MASK | to.to_bits() << AT);
        T::from_bits((word & Self::MASK) >> AT)
    }
}

macro_rules! facts {
    ($($(#[$note:meta])* $name:ident: $type:ty = $at:tt;)*) => {
        impl Source {
            $($(#[$note])*
            #[inline(always)]
            pub fn $name(&self) -> Fact<'_, $type, $at> {
                Fact { word: &self.standing, means: PhantomData }
            })*
        }

        /// No bit belongs to two of them.
        const _: () = {
            let mut taken = 0;
            $(
                let bits = Fact::<$type, $at>::MASK;
                assert!(taken & bits == 0);
                taken |= bits;
            )*
            assert!(taken != 0);
        };
    };
}

impl Source {
    /// Something but its functions may make it ready: signals, or time. Asked before either is looked into, which is
    /// seldom the case.
    #[inline(always)]
    pub fn is_marked_or_timed(&self) -> bool {
        const EITHER: u16 = Fact::<bool, HAS_DEADLINE>::MASK | Fact::<bool, MARKED>::MASK;
        self.standing.get() & EITHER != 0
    }
}

/// Places that are asked about together.
const HAS_DEADLINE: u16 = 6;
const MARKED: u16 = 8;

facts! {
    /// How much an iteration has to ask it.
    interest: Interest = 0;
    /// The queue it is in.
    queued: Queued = 2;
    /// Who has blocked it, and who knows.
    blocking: Blocking = 4;
    /// A deadline is set; without it `deadline` means nothing.
    has_deadline: bool = HAS_DEADLINE;
    /// The deadline has come and the heap has let go of it.
    due: bool = 7;
    /// The signal line it listens to has news (`marks`).
    marked: bool = MARKED;
    /// Has a descriptor that was opened for it (`keepers`).
    keeps: bool = 9;
    /// The context's reference has not been dropped yet, in teardown.
    leaving: bool = 10;
    /// `Head::name` is a copy of ours.
    name_owned: bool = 11;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_into_bits_comes_out_as_it_went_in() {
        let queues = [Queued::No, Queued::Always, Queued::Asked, Queued::Hot];
        assert!(queues.iter().all(|queue| Queued::from_bits(queue.to_bits()) == *queue));
        use Interest::{Always, Asked, Passive, Verified};
        let interests = [Passive, Always, Asked, Verified];
        assert!(interests.iter().all(|asks| Interest::from_bits(asks.to_bits()) == *asks));
        assert_eq!((Queued::from_bits(0), Interest::from_bits(0)), (Queued::No, Passive));
    }

    #[test]
    fn a_fact_changes_no_other() {
        let word = Cell::new(0b1001_0110_0110_1001);
        let fact = || Fact::<Queued, 5> { word: &word, means: PhantomData };
        assert_eq!(fact().get(), Queued::Hot);
        assert_eq!(fact().replace(Queued::Always), Queued::Hot);
        assert_eq!(word.get(), 0b1001_0110_0010_1001);
        fact().set(Queued::Asked);
        assert_eq!((word.get(), fact().get()), (0b1001_0110_0100_1001, Queued::Asked));
    }
}
