//! Finding a source by its id.
//!
//! Linear hashing over intrusive chains: each insertion splits at most one bucket, so growing never
//! stalls. Ids are handed out in sequence, skip 0, and skip those of sources not yet finalized once
//! the numbers have wrapped (ID-001).

use super::source::SourcePtr;
use crate::sync::{next_number, AtomicU64, Ordering};

const FIRST_BUCKETS: usize = 16;

#[derive(Default)]
pub struct Ids {
    /// As many as there are sources, `FIRST_BUCKETS` at least.
    buckets: Vec<Option<SourcePtr>>,
    /// The largest power of two that is not more than the number of buckets, less one.
    mask: usize,
    count: usize,
}

/// Ids that follow one another lie in one line of the cache: in the order of their last bits, turned for each line
/// in another way, so that ids whose last bits are the same do not meet in every eighth bucket.
fn mix(id: u32) -> usize {
    let product = (id >> 3).wrapping_mul(0x9E37_79B1);
    ((product ^ (product >> 15)) ^ (id & 7)) as usize
}

fn id_of(source: SourcePtr) -> u32 {
    source.head.source_id.load(Ordering::Relaxed)
}

impl Ids {
    /// The next id nobody has. `numbers` counts those that were given out, on and on.
    #[inline]
    pub fn next_free(&self, numbers: &AtomicU64) -> u32 {
        let number = next_number(numbers);
        match u32::try_from(number) {
            Ok(id) => id,
            Err(_) => self.skip_used(number, numbers),
        }
    }

    /// They have wrapped: numbers may be in use again.
    #[cold]
    fn skip_used(&self, mut number: u64, numbers: &AtomicU64) -> u32 {
        while number as u32 == 0 || self.find(number as u32).is_some() {
            number = next_number(numbers);
        }
        number as u32
    }

    /// Continues numbering behind `id`.
    pub fn continue_behind(&self, id: u32, numbers: &AtomicU64) {
        let wrapped = self.count > 0 || u32::try_from(numbers.load(Ordering::Relaxed)).is_err();
        numbers.store(u64::from(wrapped) << 32 | u64::from(id), Ordering::Relaxed);
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// So many sources that those used last are not all in the nearest cache.
    #[inline]
    pub fn are_many(&self) -> bool {
        self.count > 100
    }

    #[inline]
    pub fn find(&self, id: u32) -> Option<SourcePtr> {
        let mut at = *self.buckets.get(self.bucket_of(id))?;
        while let Some(source) = at {
            if id_of(source) == id {
                break;
            }
            at = source.id_next.get();
        }
        at
    }

    #[inline]
    pub fn insert(&mut self, source: SourcePtr) {
        if self.count == self.buckets.len() {
            self.grow();
        }
        self.push(source);
        self.count += 1;
    }

    pub fn remove(&mut self, source: SourcePtr) {
        let next = source.id_next.take();
        self.count -= 1;
        let bucket = self.bucket_of(id_of(source));
        let first = &mut self.buckets[bucket];
        if *first == Some(source) {
            *first = next;
            return;
        }
        let mut at = *first;
        while let Some(before) = at {
            at = before.id_next.get();
            if at == Some(source) {
                before.id_next.set(next);
            }
        }
    }

    #[inline]
    fn bucket_of(&self, id: u32) -> usize {
        let bucket = mix(id) & (2 * self.mask + 1);
        if bucket < self.buckets.len() {
            bucket
        } else {
            bucket & self.mask
        }
    }

    #[inline]
    fn push(&mut self, source: SourcePtr) {
        let bucket = self.bucket_of(id_of(source));
        let first = &mut self.buckets[bucket];
        source.id_next.set(first.replace(source));
    }

    #[cold]
    fn grow(&mut self) {
        if self.buckets.is_empty() {
            self.buckets = vec![None; FIRST_BUCKETS];
            self.mask = FIRST_BUCKETS - 1;
            return;
        }
        let split = self.buckets.len() & self.mask;
        self.buckets.push(None); // Growing memory of this size is moving pages, not bytes.
        if self.buckets.len() == 2 * (self.mask + 1) {
            self.mask = self.buckets.len() - 1;
        }
        let mut moving = self.buckets[split].take();
        while let Some(source) = moving {
            moving = source.id_next.take();
            self.push(source);
        }
    }
}

impl Ids {
    /// Complains about buckets that do not hold what they should (for `Context::verify`).
    pub fn verify(&self, sources: usize) -> Result<(), String> {
        let mut found = 0;
        for (bucket, first) in self.buckets.iter().enumerate() {
            for source in std::iter::successors(*first, |source| source.id_next.get()) {
                found += 1;
                if self.bucket_of(id_of(source)) != bucket {
                    return Err(format!("id {} is in the bucket {bucket}", id_of(source)));
                }
                if found > self.count {
                    return Err(format!("more than {} ids are found", self.count));
                }
            }
        }
        match found == self.count && found == sources {
            true => Ok(()),
            false => Err(format!("{found} ids of {} sources, {} counted", sources, self.count)),
        }
    }
}
