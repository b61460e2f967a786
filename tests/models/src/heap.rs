//! The heap of a model's process: freed memory is not used again for a while, and is recognised.
//!
//! A block that is freed is overwritten and waits in a queue before it goes back. So whoever uses it
//! still finds no [`Alive`] in it and fails, in the execution in which it happens. Blocks of watched
//! sizes are counted, so that a model can tell that all it made is gone.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering::Relaxed};

const FREED: u8 = 0xDD;
const ALIVE: u32 = 0x600D_F00D;
/// So many freed blocks wait; they are some executions' worth.
const WAITING: usize = 1 << 13;
/// Larger ones are the checker's own.
const LARGEST: usize = 1 << 14;

/// Lies in everything whose use after it was freed is to be noticed.
pub struct Alive(u32);

impl Default for Alive {
    fn default() -> Self {
        Alive(ALIVE)
    }
}

impl Alive {
    #[track_caller]
    pub fn check(&self) {
        // SAFETY: a plain read of a reference's own word; volatile, since the compiler knows that
        // nobody changes it.
        let found = unsafe { std::ptr::from_ref(&self.0).read_volatile() };
        assert!(found == ALIVE, "used after it was freed");
    }
}

/// The allocator of programs that run models.
pub struct Heap {
    queue: UnsafeCell<[(usize, usize, usize); WAITING]>,
    next: AtomicUsize,
    locked: std::sync::atomic::AtomicBool,
}

// SAFETY: the queue is touched by whoever holds `locked`.
unsafe impl Sync for Heap {}

impl Heap {
    pub const fn new() -> Heap {
        Heap {
            queue: UnsafeCell::new([(0, 0, 0); WAITING]),
            next: AtomicUsize::new(0),
            locked: std::sync::atomic::AtomicBool::new(false),
        }
    }

    /// Puts a freed block in the queue; the result is the one that has waited long enough.
    fn exchange(&self, block: (usize, usize, usize)) -> (usize, usize, usize) {
        while self.locked.swap(true, std::sync::atomic::Ordering::Acquire) {
            std::hint::spin_loop();
        }
        let at = self.next.fetch_add(1, Relaxed) % WAITING;
        // SAFETY: locked just now.
        let old = unsafe { std::mem::replace(&mut (*self.queue.get())[at], block) };
        self.locked.store(false, std::sync::atomic::Ordering::Release);
        old
    }
}

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

static WATCHED: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];
static COUNTS: [AtomicIsize; 4] = [const { AtomicIsize::new(0) }; 4];

/// Counts blocks of this size from now on.
pub fn watch(size: usize) {
    let known = WATCHED.iter().any(|watched| watched.load(Relaxed) == size);
    let free = WATCHED.iter().position(|watched| watched.load(Relaxed) == 0);
    match free {
        _ if known => {}
        Some(at) => WATCHED[at].store(size, Relaxed),
        None => panic!("no room to watch another size"),
    }
}

/// How many blocks of watched sizes there are more than at the last call of [`forget`].
pub fn left() -> isize {
    COUNTS.iter().map(|count| count.load(Relaxed)).sum()
}

pub fn forget() {
    COUNTS.iter().for_each(|count| count.store(0, Relaxed));
}

fn count(size: usize, change: isize) {
    if let Some(at) = WATCHED.iter().position(|watched| watched.load(Relaxed) == size) {
        COUNTS[at].fetch_add(change, Relaxed);
    }
}

// SAFETY: memory is the system's; it is given back once, later than asked for.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        if layout.size() > LARGEST {
            // SAFETY: the caller's promise.
            return unsafe { System.dealloc(block, layout) };
        }
        // SAFETY: the block is the caller's to give up.
        unsafe { block.write_bytes(FREED, layout.size()) };
        let (old, size, align) = self.exchange((block as usize, layout.size(), layout.align()));
        if old != 0 {
            // SAFETY: came in here with this layout, and nobody has it any more.
            unsafe {
                System.dealloc(old as *mut u8, Layout::from_size_align_unchecked(size, align));
            }
        }
    }
}
