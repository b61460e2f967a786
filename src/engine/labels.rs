//! Numbers that grow along a level's list, so that two sources can be compared without walking it.
//!
//! Appending takes the last number plus a stride. Inserting takes the middle of the gap; when a gap
//! is used up, a window around it is spread evenly, doubled until its members lie far enough apart,
//! which costs O(log n) an insertion on average. Relabelling never changes an order.

use super::list::{InLevel, Linkage, List};
use super::source::SourcePtr;

/// 2^48 appends fit before the numbers run out and the level is numbered anew.
const STRIDE: u64 = 1 << 16;
/// A window is wide enough when its members can be this far apart.
const ROOM: u64 = 1 << 8;

/// Links `source` behind all others of `list` and labels it.
#[inline]
pub fn append(list: &mut List<InLevel>, source: SourcePtr) {
    let low = list.last().map_or(0, |last| last.label.get());
    list.push(source);
    match low.checked_add(STRIDE) {
        Some(label) => source.label.set(label),
        None => spread(list.first(), list.last(), list.len() as u64, 0, STRIDE),
    }
}

/// Labels `source`, which has just been linked into `list`.
pub fn assign(list: &List<InLevel>, source: SourcePtr) {
    let low = InLevel::prev(source).map_or(0, |prev| prev.label.get());
    match InLevel::next(source) {
        None => match low.checked_add(STRIDE) {
            Some(label) => source.label.set(label),
            None => spread(list.first(), list.last(), list.len() as u64, 0, STRIDE),
        },
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

#[cold]
fn spread(first: Option<SourcePtr>, last: Option<SourcePtr>, count: u64, low: u64, step: u64) {
    let mut label = low;
    let mut at = first;
    for _ in 0..count {
        let Some(source) = at else { return };
        label += step;
        source.label.set(label);
        at = if at == last { None } else { InLevel::next(source) };
    }
}

#[cold]
fn make_room(middle: SourcePtr) {
    let (mut first, mut last, mut count) = (middle, middle, 1_u64);
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
            None => low.saturating_add((count + 1) * STRIDE),
        };
        let step = (high - low) / (count + 1);
        let whole = InLevel::prev(first).is_none() && InLevel::next(last).is_none();
        if step >= ROOM || whole {
            return spread(Some(first), Some(last), count, low, step);
        }
        wanted *= 2;
    }
}
