//! Finding a source by its id.
//!
//! Linear hashing over intrusive chains: each insertion splits at most one bucket, and buckets come
//! in segments of doubling size that are never moved, so growing never stalls. Ids are handed out in
//! sequence, skip 0, and skip those of sources not yet finalized when the numbers wrap (ID-001).

use super::source::SourcePtr;
use crate::sync::Ordering;

const FIRST_SEGMENT: usize = 16;

#[derive(Default)]
pub struct Ids {
    segments: Vec<Box<[Option<SourcePtr>]>>,
    /// Buckets in use: `FIRST_SEGMENT << level` plus those already split.
    buckets: usize,
    count: usize,
    last: u32,
}

fn mix(id: u32) -> usize {
    let product = id.wrapping_mul(0x9E37_79B1);
    (product ^ (product >> 15)) as usize
}

fn locate(bucket: usize) -> (usize, usize) {
    if bucket < FIRST_SEGMENT {
        return (0, bucket);
    }
    let segment = (bucket / FIRST_SEGMENT).ilog2() as usize + 1;
    (segment, bucket - (FIRST_SEGMENT << (segment - 1)))
}

fn id_of(source: SourcePtr) -> u32 {
    source.head.source_id.load(Ordering::Relaxed)
}

impl Ids {
    /// The next id nobody has.
    pub fn next_free(&mut self) -> u32 {
        loop {
            self.last = self.last.wrapping_add(1);
            if self.last != 0 && self.find(self.last).is_none() {
                return self.last;
            }
        }
    }

    /// Continues numbering behind `id`.
    pub fn continue_behind(&mut self, id: u32) {
        self.last = id;
    }

    pub fn find(&self, id: u32) -> Option<SourcePtr> {
        if self.buckets == 0 {
            return None;
        }
        self.chain(self.bucket_of(id)).find(|source| id_of(*source) == id)
    }

    pub fn insert(&mut self, source: SourcePtr) {
        if self.count == self.buckets {
            self.grow();
        }
        self.push(self.bucket_of(id_of(source)), source);
        self.count += 1;
    }

    pub fn remove(&mut self, source: SourcePtr) {
        let bucket = self.bucket_of(id_of(source));
        let next = source.id_next.take();
        let mut at = self.chain(bucket).take_while(|other| *other != source).last();
        match &mut at {
            Some(before) => before.id_next.set(next),
            None => *self.slot(bucket) = next,
        }
        self.count -= 1;
    }

    fn bucket_of(&self, id: u32) -> usize {
        let round = 1 << self.buckets.ilog2();
        let bucket = mix(id) & (2 * round - 1);
        if bucket < self.buckets {
            bucket
        } else {
            bucket & (round - 1)
        }
    }

    fn slot(&mut self, bucket: usize) -> &mut Option<SourcePtr> {
        let (segment, at) = locate(bucket);
        &mut self.segments[segment][at]
    }

    fn chain(&self, bucket: usize) -> impl Iterator<Item = SourcePtr> {
        let (segment, at) = locate(bucket);
        std::iter::successors(self.segments[segment][at], |source| source.id_next.get())
    }

    fn push(&mut self, bucket: usize, source: SourcePtr) {
        let slot = self.slot(bucket);
        source.id_next.set(slot.replace(source));
    }

    fn grow(&mut self) {
        if self.buckets == 0 {
            self.segments.push(vec![None; FIRST_SEGMENT].into());
            self.buckets = FIRST_SEGMENT;
            return;
        }
        let fresh = self.buckets;
        if locate(fresh).0 == self.segments.len() {
            self.segments.push(vec![None; fresh].into());
        }
        let split = fresh - (1 << fresh.ilog2());
        self.buckets += 1;
        let mut moving = self.slot(split).take();
        while let Some(source) = moving {
            moving = source.id_next.take();
            self.push(self.bucket_of(id_of(source)), source);
        }
    }
}
