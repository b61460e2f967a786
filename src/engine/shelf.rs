//! The shelf: memory of sources that are gone, for those that come.
//!
//! Most sources live shortly, and many come and go together: timeouts that are put off, idles that other threads
//! post. An allocator keeps few blocks of a size at hand; what is beyond costs it a search each time, a quarter of
//! all that such a source costs. So a context keeps some of its own, under its lock.
//!
//! Only what was taken from here (or would have been) comes back, so that a shelf fills no further than sources were
//! pending at once. `G_SLICE=always-malloc` in the environment, which GLib's programmers know as the way to see the
//! use of freed memory, keeps it empty.

use std::alloc::{alloc, dealloc, Layout};
use std::ptr::{null_mut, NonNull};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::sys::environment;

/// The sizes of blocks: of a plain source or one with a word more; of one that watches a descriptor. Eight less than a
/// multiple of 16, as the C library likes them.
const SIZES: [usize; 2] = [200, 264];
/// What the C library aligns blocks to, and programs' own fields may need.
pub const ALIGN: usize = 16;
/// How many blocks of each size are kept.
const KEPT: u32 = 1024;

/// What block a source lies in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Block {
    /// One of just this size, which no shelf takes.
    Exact(usize),
    /// One of those on this pile.
    Piled(usize),
}

impl Block {
    /// The one for a source of this size that is made with a shelf.
    #[inline(always)]
    pub(super) fn for_size(size: usize) -> Block {
        match SIZES {
            [small, _] if size <= small => Block::Piled(0),
            [_, large] if size <= large => Block::Piled(1),
            _ => Block::Exact(size),
        }
    }

    #[inline(always)]
    pub(super) fn layout(self) -> Layout {
        let size = match self {
            Block::Exact(size) => size,
            Block::Piled(pile) => SIZES[pile],
        };
        Layout::from_size_align(size, ALIGN).expect("a source's size fits in memory")
    }

    /// Memory for it, or `None` if the allocator has none left.
    #[inline(always)]
    pub(super) fn make(self) -> Option<NonNull<u8>> {
        // SAFETY: the layout is not empty (I1).
        NonNull::new(unsafe { alloc(self.layout()) })
    }

    /// Gives it back.
    ///
    /// # Safety
    /// `memory` was made for such a block, and its last user is gone.
    #[inline(always)]
    pub(super) unsafe fn free(self, memory: NonNull<u8>) {
        // SAFETY: the caller's promise (I1).
        unsafe { dealloc(memory.as_ptr(), self.layout()) }
    }
}

/// Blocks of one size, the address of the last that was laid down.
struct Pile(*mut Lying);

/// What is in a block that lies on others.
struct Lying {
    next: *mut Lying,
    /// How many they are.
    height: u32,
}

impl Pile {
    #[inline(always)]
    fn take(&mut self) -> Option<NonNull<u8>> {
        let block = NonNull::new(self.0)?;
        // SAFETY: I1: a block that nobody else knows, since `put` had it.
        self.0 = unsafe { block.as_ref() }.next;
        Some(block.cast())
    }

    fn height(&self) -> u32 {
        // SAFETY: I1: as above.
        unsafe { self.0.as_ref() }.map_or(0, |lying| lying.height + 1)
    }

    /// False if there are enough already.
    #[inline(always)]
    fn put(&mut self, block: NonNull<u8>) -> bool {
        let height = self.height();
        if height >= KEPT || !keeps() {
            return false;
        }
        let block = block.cast::<Lying>();
        // SAFETY: I1: large and aligned enough, and given up by its last user.
        unsafe { block.write(Lying { next: self.0, height }) };
        self.0 = block.as_ptr();
        true
    }
}

pub struct Shelf([Pile; SIZES.len()]);

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf([const { Pile(null_mut()) }; SIZES.len()])
    }
}

impl Shelf {
    /// Memory for a block, or `None` if the allocator has none left.
    #[inline(always)]
    pub(super) fn take(&mut self, block: Block) -> Option<NonNull<u8>> {
        let lying = match block {
            Block::Piled(pile) => self.0[pile].take(),
            Block::Exact(_) => None,
        };
        lying.or_else(|| block.make())
    }

    /// Takes it back.
    ///
    /// # Safety
    /// As for [`Block::free`].
    #[inline(always)]
    pub(super) unsafe fn put(&mut self, memory: NonNull<u8>, block: Block) {
        let kept = match block {
            Block::Piled(pile) => self.0[pile].put(memory),
            Block::Exact(_) => false,
        };
        if !kept {
            // SAFETY: the caller's promise (I1).
            unsafe { block.free(memory) }
        }
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        for (at, pile) in self.0.iter_mut().enumerate() {
            while let Some(memory) = pile.take() {
                // SAFETY: what lies on a pile was made for it (I1).
                unsafe { Block::Piled(at).free(memory) }
            }
        }
    }
}

const UNKNOWN: u8 = 0;
const YES: u8 = 1;
const NO: u8 = 2;

/// Means the same whoever reads it, and is no matter for a model.
static KEEPS: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Whether blocks are kept at all.
#[inline(always)]
fn keeps() -> bool {
    match KEEPS.load(Ordering::Relaxed) {
        UNKNOWN => look(),
        known => known == YES,
    }
}

#[cold]
fn look() -> bool {
    let off = environment::look(c"G_SLICE", |value| {
        let mut words = value.unwrap_or_default().to_bytes().split(|byte| b",:; \t".contains(byte));
        words.any(|word| word == b"always-malloc")
    });
    KEEPS.store(if off { NO } else { YES }, Ordering::Relaxed);
    !off
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_until_there_are_enough() {
        let mut shelf = Shelf::default();
        let block = Block::for_size(192);
        let others = [208, 2000].map(Block::for_size);
        assert_eq!((block, others), (Block::Piled(0), [Block::Piled(1), Block::Exact(2000)]));
        let blocks: Vec<_> = (0..KEPT + 10).map(|_| shelf.take(block).expect("memory")).collect();
        // SAFETY: made above for this block, and used no more (I1).
        blocks.iter().for_each(|memory| unsafe { shelf.put(*memory, block) });
        let limit = if keeps() { KEPT } else { 0 };
        assert_eq!((shelf.0[0].height(), shelf.0[1].height()), (limit, 0));
        if let Some(last) = (limit as usize).checked_sub(1) {
            assert_eq!(shelf.take(block), Some(blocks[last]));
            // SAFETY: as above (I1).
            unsafe { shelf.put(blocks[last], block) };
        }
    }
}
