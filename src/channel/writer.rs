//! The writing side: checking or encoding text into the buffer, writing the buffer out.

use super::utf8::{self, Beginning, First};
use super::{Channel, Coding, Converter, Device, Origin, Outcome, Status, Stop, Trouble, Warning};

/// A buffer with less room than this is written out before more is put in (IO-081).
const LEAST_ROOM: usize = 10;

/// What a buffer for so many bytes holds: it is allocated in powers of two, with one byte to spare.
fn capacity(bytes: usize) -> usize {
    const LEAST: usize = 128;
    bytes.saturating_add(1).checked_next_power_of_two().unwrap_or(usize::MAX).max(LEAST) - 1
}

impl<C: Converter> Channel<C> {
    pub fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    pub fn has_unfinished(&self) -> bool {
        !self.unfinished.is_empty()
    }

    /// Drops what was not written out yet.
    pub fn forget_output(&mut self) {
        self.pending.clear();
        self.unfinished = Beginning::default();
    }

    /// Drops an unfinished character, telling so.
    pub fn drop_unfinished(&mut self, device: &mut impl Device) {
        if self.has_unfinished() {
            device.warn(Warning::UnfinishedNotFlushed);
            self.unfinished = Beginning::default();
        }
    }

    /// Writes out the buffer; what the device does not take stays.
    pub fn flush(&mut self, device: &mut impl Device) -> Outcome {
        self.write_out(device, usize::MAX)
    }

    /// Writes out the buffer until at least `wanted` bytes of it are gone.
    fn write_out(&mut self, device: &mut impl Device, wanted: usize) -> Outcome {
        let mut gone = 0;
        while self.has_pending() && gone < wanted {
            let (outcome, count) = device.write(self.pending.as_slice());
            self.pending.consume(count);
            let status = outcome?;
            if status != Status::Normal {
                return Ok(status);
            }
            assert!(count > 0, "a channel's io_write succeeded without writing anything");
            gone += count;
        }
        Ok(Status::Normal)
    }

    /// Buffers `text`, writing out when the buffer is full. `accepted` tells how much of it was
    /// taken, an unfinished character at its end included.
    pub fn write_chars(
        &mut self,
        device: &mut impl Device,
        text: &[u8],
        accepted: &mut usize,
    ) -> Outcome {
        let mixed = device.is_seekable() && self.unread() > 0;
        if mixed && self.has_converted() {
            device.warn(Warning::MixedEncoded);
            return Err(Trouble::Unsaid);
        }
        *accepted = 0;
        if mixed {
            // Back to where the program has read to (IO-089).
            let outcome = self.seek(device, 0, Origin::Current)?;
            if outcome != Status::Normal {
                return Ok(outcome);
            }
        }
        self.has_written |= !text.is_empty();
        let size = device.buffer_size();
        while *accepted < text.len() {
            if self.pending.len() + LEAST_ROOM >= size {
                match self.write_out(device, LEAST_ROOM)? {
                    Status::Normal => {}
                    _ if *accepted > 0 => break, // IO-086
                    status => return Ok(status),
                }
            }
            let room = self.room_to_write(size);
            let rest = &text[*accepted..];
            let completes = self.has_unfinished();
            let (taken, outcome) =
                if completes { self.complete(rest, room) } else { self.put(rest, room) };
            *accepted += taken;
            self.brim_over(self.pending.len());
            if outcome.is_err() {
                if matches!(self.encoder, Coding::Utf8) {
                    device.warn(Warning::InvalidText);
                }
                if completes && taken == 0 {
                    device.warn(Warning::InvalidAfterUnfinished);
                }
                return outcome;
            }
        }
        Ok(Status::Normal)
    }

    /// How many bytes more may wait in memory. The buffer is filled to the brim, and it stays as large as
    /// it has become, whatever the channel's buffer size is then.
    fn room_to_write(&mut self, size: usize) -> usize {
        if self.brim == 0 {
            self.brim = capacity(size);
        }
        let room = size.max(self.brim) - self.pending.len().min(self.brim);
        if matches!(self.encoder, Coding::Foreign(_)) {
            self.brim_over(self.pending.len() + room); // A converter gets all of it.
        }
        room
    }

    fn brim_over(&mut self, bytes: usize) {
        if bytes > self.brim {
            self.brim = capacity(bytes);
        }
    }

    /// Puts characters from the beginning of `text` into `room` bytes of the buffer, and keeps an
    /// unfinished one at its very end. Tells how much of `text` that was.
    fn put(&mut self, text: &[u8], room: usize) -> (usize, Outcome) {
        match &mut self.encoder {
            Coding::Bytes => {
                let length = room.min(text.len());
                self.pending.append(&text[..length]);
                (length, Ok(Status::Normal))
            }
            Coding::Utf8 => {
                let piece = &text[..room.min(text.len())];
                let length = utf8::valid_length(piece);
                self.pending.append(&piece[..length]);
                let rest = &piece[length..];
                match (!rest.is_empty()).then(|| utf8::first(rest)) {
                    Some(First::Invalid) => (length, Err(Trouble::Illegal)),
                    Some(First::Unfinished) if piece.len() == text.len() => {
                        self.unfinished = Beginning::of(rest);
                        (text.len(), Ok(Status::Normal))
                    }
                    _ => (length, Ok(Status::Normal)),
                }
            }
            Coding::Foreign(converter) => {
                let step = converter.convert(text, self.pending.spare(room));
                self.pending.commit(step.made);
                let rest = &text[step.used..];
                match step.stop {
                    Stop::Unfinished if rest.len() < utf8::LONGEST => {
                        self.unfinished = Beginning::of(rest);
                        (text.len(), Ok(Status::Normal))
                    }
                    Stop::Done | Stop::Full => (step.used, Ok(Status::Normal)),
                    Stop::Unfinished | Stop::Illegal => (step.used, Err(Trouble::Illegal)),
                    Stop::Failed(errno) => (step.used, Err(Trouble::Conversion(errno))),
                }
            }
        }
    }

    /// Puts the character that was begun earlier and `text` completes, and perhaps some behind it.
    /// Tells how much of `text` that took. If they do not fit together the beginning is dropped
    /// (IO-084).
    fn complete(&mut self, text: &[u8], room: usize) -> (usize, Outcome) {
        let begun = std::mem::take(&mut self.unfinished);
        let (taken, outcome) = self.put(begun.and(text).as_slice(), room);
        let completed = taken - self.unfinished.len();
        if completed > 0 {
            self.unfinished = Beginning::default(); // It will be met again with what follows it.
            (completed - begun.len(), outcome)
        } else {
            (taken.saturating_sub(begun.len()), outcome)
        }
    }

    /// Writes one character of a channel that has an encoding.
    pub fn write_char(&mut self, device: &mut impl Device, value: u32) -> Outcome {
        if self.has_unfinished() {
            device.warn(Warning::UnfinishedBeforeChar);
            self.unfinished = Beginning::default();
        }
        let (bytes, length) = utf8::encode(value);
        self.write_chars(device, &bytes[..length], &mut 0)
    }
}
