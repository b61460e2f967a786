//! Bytes waiting in a line: appended at one end, taken at the other.
//!
//! The memory is always initialised; `start..end` of it is what waits. So a device may write into
//! [`Queue::spare`] and never come back (its program may throw): nothing was appended then.

#[derive(Default)]
pub struct Queue {
    memory: Vec<u8>,
    start: usize,
    end: usize,
}

impl Queue {
    pub fn as_slice(&self) -> &[u8] {
        &self.memory[self.start..self.end]
    }

    pub fn len(&self) -> usize {
        self.end - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// Takes `count` bytes off the front.
    pub fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.len());
        self.start += count;
        if self.is_empty() {
            self.clear();
        }
    }

    /// Room for `count` bytes behind the last; see [`Queue::commit`].
    pub fn spare(&mut self, count: usize) -> &mut [u8] {
        if self.start > 0 && self.end + count > self.memory.len() {
            self.memory.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end + count > self.memory.len() {
            self.memory.resize(self.end + count, 0);
        }
        &mut self.memory[self.end..self.end + count]
    }

    /// Appends the first `count` bytes of the room that `spare` gave.
    pub fn commit(&mut self, count: usize) {
        debug_assert!(self.end + count <= self.memory.len());
        self.end += count;
    }

    pub fn append(&mut self, bytes: &[u8]) {
        self.spare(bytes.len()).copy_from_slice(bytes);
        self.commit(bytes.len());
    }

    /// Puts `bytes` before the first.
    pub fn prepend(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.memory.splice(..self.start, bytes.iter().copied());
            self.end = self.end - self.start + bytes.len();
            self.start = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_the_order_they_went_in() {
        let mut queue = Queue::default();
        queue.append(b"cdef");
        queue.consume(1);
        queue.prepend(b"abc");
        queue.spare(3).copy_from_slice(b"ghi");
        queue.commit(2);
        assert_eq!(queue.as_slice(), b"abcdefgh");
        queue.consume(8);
        assert!(queue.is_empty());
    }

    #[test]
    fn room_that_is_not_committed_is_not_part_of_the_queue() {
        let mut queue = Queue::default();
        queue.append(b"ab");
        queue.spare(9).fill(b'x');
        assert_eq!(queue.as_slice(), b"ab");
    }
}
