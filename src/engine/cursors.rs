//! Where a walk is in the queues of its level.
//!
//! A walk visits what is in the three queues of one level, in list order, while the program's code may
//! change the queues between two steps. Whoever changes them (`levels`) tells the walk; what a visit
//! does is not known here.

use super::list::{InLevel, InQueue, Linkage};
use super::source::SourcePtr;
use super::standing::Queued;

/// A cursor is the next of its queue.
pub struct Walk {
    level: u32,
    /// The source visited last, or the one in front of it once it has left; `None` at the head.
    /// No number, which relabelling would make untrue.
    at: Option<SourcePtr>,
    always: Option<SourcePtr>,
    asked: Option<SourcePtr>,
    hot: Option<SourcePtr>,
}

impl Walk {
    /// A walk that begins, with the first of each queue.
    #[inline]
    pub fn new(
        level: u32,
        always: Option<SourcePtr>,
        asked: Option<SourcePtr>,
        hot: Option<SourcePtr>,
    ) -> Walk {
        Walk { level, at: None, always, asked, hot }
    }

    pub fn level(&self) -> u32 {
        self.level
    }

    pub fn label(&self) -> u32 {
        self.at.map_or(0, |source| source.label.get())
    }

    fn cursor(&mut self, which: Queued) -> Option<&mut Option<SourcePtr>> {
        match which {
            Queued::Always => Some(&mut self.always),
            Queued::Asked => Some(&mut self.asked),
            Queued::Hot => Some(&mut self.hot),
            Queued::No => None,
        }
    }

    /// The next source, in list order.
    #[inline]
    pub fn step(&mut self) -> Option<SourcePtr> {
        match (self.always, self.asked, self.hot) {
            (None, asked, None) => {
                let source = asked?; // Nobody else is left: nothing to compare.
                self.at = Some(source);
                self.asked = InQueue::next(source);
                Some(source)
            }
            (None, asked, Some(hot)) => Some(self.step_among_two(asked, hot)),
            _ => self.step_among_all(),
        }
    }

    #[inline]
    fn step_among_two(&mut self, asked: Option<SourcePtr>, hot: SourcePtr) -> SourcePtr {
        let (cursor, source) = match asked {
            Some(asked) if asked.label.get() < hot.label.get() => (&mut self.asked, asked),
            _ => (&mut self.hot, hot),
        };
        *cursor = InQueue::next(source);
        self.at = Some(source);
        source
    }

    #[inline(never)]
    fn step_among_all(&mut self) -> Option<SourcePtr> {
        let place =
            |source: Option<SourcePtr>| source.map_or(u32::MAX, |source| source.label.get());
        let next = [self.always, self.asked, self.hot].into_iter().min_by_key(|at| place(*at));
        let source = next.flatten()?;
        if let Some(cursor) = self.cursor(source.queued().get()) {
            *cursor = InQueue::next(source);
        }
        self.at = Some(source);
        Some(source)
    }

    /// Goes to `source`, which is in its level.
    pub fn go_to(&mut self, source: SourcePtr) {
        let behind = |at: &SourcePtr| at.label.get() > source.label.get();
        self.at = Some(source);
        for cursor in [&mut self.always, &mut self.asked, &mut self.hot] {
            *cursor = std::iter::successors(*cursor, |at| InQueue::next(*at)).find(behind);
        }
    }

    /// `source` was put into a queue.
    pub fn added(&mut self, source: SourcePtr) {
        let label = source.label.get();
        if source.level.get() != self.level || label <= self.label() {
            return;
        }
        if let Some(cursor) = self.cursor(source.queued().get()) {
            if cursor.is_none_or(|next| next.label.get() > label) {
                *cursor = Some(source);
            }
        }
    }

    /// `source` is about to be taken out of its queue.
    pub fn removing(&mut self, source: SourcePtr) {
        if let Some(cursor) = self.cursor(source.queued().get()) {
            if *cursor == Some(source) {
                *cursor = InQueue::next(source);
            }
        }
    }

    /// `source` is about to leave its level.
    pub fn leaving(&mut self, source: SourcePtr) {
        if self.at == Some(source) {
            self.at = InLevel::prev(source);
        }
    }
}
