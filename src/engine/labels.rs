//! Numbers that grow along a level's list, so that two sources can be compared without walking it.
//!
//! Appending takes the last number plus a stride. Inserting takes the middle of the gap; when a gap
//! is used up, a window around it is spread evenly, doubled until its members lie far enough apart,
//! which costs O(log n) an insertion on average. Relabelling never changes an order.

use super::list::{InLevel, Linkage, List};
use super::source::SourcePtr;

/// Sixty-seven million appends fit before the numbers run out and the level is numbered anew.
const STRIDE: u32 = 1 << 6;
/// A window is wide enough when its members can be this far apart.
const ROOM: u32 = 1 << 3;

/// Links `source` behind all others of `list` and labels it.
#[inline]
pub fn append(list: &mut List<InLevel>, source: SourcePtr) {
    let low = list.last().map_or(0, |last| last.label.get());
    list.push(source);
    label_last(list, source, low);
}

/// Labels `source`, which has just been linked into `list`.
pub fn assign(list: &List<InLevel>, source: SourcePtr) {
    let low = InLevel::prev(source).map_or(0, |prev| prev.label.get());
    match InLevel::next(source) {
        None => label_last(list, source, low),
        Some(next) => {
            let gap = next.label.get() - low;
            if gap >= 2 {
                source.label.set(low + gap / 2);
            } else {
                make_room(source);
            }
        }
    }
}

/// Labels the last of `list`; `low` is the number of the one before.
#[inline]
fn label_last(list: &List<InLevel>, source: SourcePtr, low: u32) {
    match low.checked_add(STRIDE) {
        Some(label) => source.label.set(label),
        None => number_anew(list),
    }
}

/// Half of the numbers at most are used, so that it takes many millions of appends until it happens again.
#[cold]
fn number_anew(list: &List<InLevel>) {
    let count = list.len() as u64;
    let step = (u64::from(u32::MAX) / (2 * count + 2)).clamp(1, u64::from(STRIDE));
    spread(list.first(), list.last(), 0, step as u32);
}

fn spread(first: Option<SourcePtr>, last: Option<SourcePtr>, low: u32, step: u32) {
    let mut label = low;
    let mut at = first;
    while let Some(source) = at {
        label += step;
        source.label.set(label);
        at = if at == last { None } else { InLevel::next(source) };
    }
}

#[cold]
fn make_room(middle: SourcePtr) {
    let (mut first, mut last, mut count) = (middle, middle, 1_u32);
    let mut wanted = 32;
    loop {
        while count < wanted {
            let (before, after) = (InLevel::prev(first), InLevel::next(last));
            if let Some(before) = before {
                first = before;
                count += 1;
            }
            if let Some(after) = after {
                last = after;
                count += 1;
            }
            if before.is_none() && after.is_none() {
                break;
            }
        }
        let low = InLevel::prev(first).map_or(0, |source| source.label.get());
        let high = match InLevel::next(last) {
            Some(source) => source.label.get(),
            None => low.saturating_add((count + 1).saturating_mul(STRIDE)),
        };
        let step = (high - low) / (count + 1);
        let whole = InLevel::prev(first).is_none() && InLevel::next(last).is_none();
        if step >= ROOM || whole {
            return spread(Some(first), Some(last), low, step);
        }
        wanted *= 2;
    }
}
