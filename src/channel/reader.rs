//! The reading side: filling the buffers, decoding, delivering.
//!
//! Delivering goes through a closure that copies from the buffer straight to the caller's memory;
//! what it was given is then taken out of the buffer.

use super::lines::{find, End, Terminator, Undecided};
use super::{utf8, Channel, Coding, Converter, Device, Outcome, Queue, Status, Stop, Trouble};

/// The least room a converter is given, enough for any character.
const LEAST_ROOM: usize = 16;

impl<C: Converter> Channel<C> {
    pub fn is_foreign(&self) -> bool {
        matches!(self.decoder, Coding::Foreign(_))
    }

    fn is_text(&self) -> bool {
        !matches!(self.decoder, Coding::Bytes)
    }

    /// Where what can be delivered waits.
    pub(super) fn text(&self) -> &Queue {
        if self.is_text() {
            &self.decoded
        } else {
            &self.raw
        }
    }

    fn text_mut(&mut self) -> &mut Queue {
        if self.is_text() {
            &mut self.decoded
        } else {
            &mut self.raw
        }
    }

    /// There is text whose length in the device is unknown.
    pub fn has_converted(&self) -> bool {
        self.is_foreign() && !self.decoded.is_empty()
    }

    /// How far the device is ahead of what was delivered, in bytes.
    pub fn unread(&self) -> usize {
        self.raw.len() + self.decoded.len()
    }

    /// Drops what was read ahead.
    pub fn forget_input(&mut self) {
        self.raw.clear();
        self.decoded.clear();
        self.decoder.reset();
    }

    /// Reads once and decodes what is there. A converter's complaint counts only when nothing
    /// before the spot could be decoded any more (IO-055), and so does the end of the file before
    /// a piece of a character.
    fn fill(&mut self, device: &mut impl Device) -> Outcome {
        if device.is_seekable() {
            let flushed = self.flush(device)?;
            if flushed != Status::Normal {
                return Ok(flushed);
            }
            self.drop_unfinished(device);
        }
        let room = self.raw.spare(device.buffer_size());
        let (outcome, count) = device.read(room);
        self.raw.commit(count);
        let status = outcome?;
        if status == Status::Again || !self.is_text() {
            return Ok(status);
        }
        let before = self.decoded.len();
        match self.decode() {
            Ok(()) if self.raw.is_empty() => Ok(status),
            Ok(()) if self.is_foreign() && self.decoded.len() > before => Ok(Status::Normal),
            Ok(()) => Ok(status),
            Err(_) if self.is_foreign() && self.decoded.len() > before => Ok(Status::Normal),
            Err(trouble) => Err(trouble),
        }
    }

    fn decode(&mut self) -> Result<(), Trouble> {
        match &mut self.decoder {
            Coding::Bytes => Ok(()),
            Coding::Utf8 => {
                let (text, ending) = checked(self.raw.as_slice());
                self.decoded.append(text);
                let length = text.len();
                self.raw.consume(length);
                ending
            }
            Coding::Foreign(converter) => loop {
                let room = self.decoded.spare(self.raw.len().max(LEAST_ROOM));
                let step = converter.convert(self.raw.as_slice(), room);
                self.decoded.commit(step.made);
                self.raw.consume(step.used);
                match step.stop {
                    Stop::Full => {}
                    Stop::Done | Stop::Unfinished => return Ok(()),
                    Stop::Illegal => return Err(Trouble::Illegal),
                    Stop::Failed(errno) => return Err(Trouble::Conversion(errno)),
                }
            },
        }
    }

    /// Bytes that do not make a character are there.
    fn has_leftover(&self) -> bool {
        self.is_text() && !self.raw.is_empty()
    }

    /// What a failure to get any text means: at the end of the file, bytes that are still there are
    /// the beginning of a character.
    fn without_text(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Ok(Status::Eof) if self.has_leftover() => Err(Trouble::Leftover),
            _ => outcome,
        }
    }

    fn fill_to(&mut self, device: &mut impl Device, count: usize) -> Outcome {
        let mut outcome = Ok(Status::Normal);
        while self.text().len() < count && outcome == Ok(Status::Normal) {
            outcome = self.fill(device);
        }
        if self.text().is_empty() {
            self.without_text(outcome)
        } else {
            Ok(Status::Normal)
        }
    }

    /// Delivers up to `count` bytes, splitting no character. Waits for all of them (IO-051), but
    /// what is there when waiting fails is delivered first (IO-052).
    pub fn read_chars(
        &mut self,
        device: &mut impl Device,
        count: usize,
        deliver: impl FnOnce(&[u8]),
    ) -> Outcome {
        let outcome = self.fill_to(device, count)?;
        if outcome == Status::Normal {
            let text = self.text().as_slice();
            let length = if self.is_text() {
                utf8::whole_length(text, count)
            } else {
                count.min(text.len())
            };
            deliver(&text[..length]);
            self.text_mut().consume(length);
        }
        Ok(outcome)
    }

    /// Delivers one character of a channel that has an encoding.
    pub fn read_char(&mut self, device: &mut impl Device, deliver: impl FnOnce(u32)) -> Outcome {
        let outcome = self.fill_to(device, 1)?;
        if outcome == Status::Normal {
            let text = self.text().as_slice();
            let (value, length) = utf8::decode(text);
            // A terminator of the program's may have cut a character.
            deliver(if utf8::is_continuation(text[0]) { u32::MAX } else { value });
            self.text_mut().consume(length);
        }
        Ok(outcome)
    }

    /// Delivers a line with its terminator, and the terminator's place.
    pub fn read_line(
        &mut self,
        device: &mut impl Device,
        terminator: Terminator<'_>,
        deliver: impl FnOnce(&[u8], usize),
    ) -> Outcome {
        let mut from = 0;
        let mut at_end = false;
        let end = loop {
            let text = self.text().as_slice();
            match find(text, from, terminator, self.is_text(), at_end) {
                Ok(end) => break end,
                Err(_) if at_end && self.has_leftover() => return Err(Trouble::EndsInside),
                Err(_) if at_end => break End { at: text.len(), length: 0 },
                Err(Undecided(place)) => from = place,
            }
            match self.fill(device)? {
                Status::Normal => {}
                Status::Again => return Ok(Status::Again),
                Status::Eof if self.text().is_empty() => return self.without_text(Ok(Status::Eof)),
                Status::Eof => at_end = true,
            }
        };
        let length = end.at + end.length;
        deliver(&self.text().as_slice()[..length], end.at);
        self.text_mut().consume(length);
        Ok(Status::Normal)
    }

    /// Delivers all that is left. Unless that succeeds everything stays buffered (IO-060).
    pub fn read_to_end(
        &mut self,
        device: &mut impl Device,
        deliver: impl FnOnce(&[u8]),
    ) -> Outcome {
        loop {
            match self.fill(device)? {
                Status::Normal => {}
                Status::Again => return Ok(Status::Again),
                Status::Eof => break,
            }
        }
        if self.has_leftover() {
            return Err(Trouble::EndsInside);
        }
        deliver(self.text().as_slice());
        self.text_mut().clear();
        Ok(Status::Normal)
    }
}

/// The valid beginning of `raw`, and whether what follows is wrong or merely incomplete. Text stops
/// before a NUL as it does at the end of what is there (IO-057). Only behind the beginning of a character is a NUL
/// wrong, and only as long as the bytes that are there are too few for it.
fn checked(raw: &[u8]) -> (&[u8], Result<(), Trouble>) {
    let stop = raw.iter().position(|byte| *byte == 0).unwrap_or(raw.len());
    let (text, rest) = raw[..stop].split_at(utf8::valid_length(&raw[..stop]));
    let there = raw.len() - text.len();
    let is_wrong = match rest {
        [] => false,
        [lead, ..] if stop < raw.len() && there < utf8::form_length(*lead) => true,
        _ => utf8::first(rest) == utf8::First::Invalid,
    };
    (text, if is_wrong { Err(Trouble::Illegal) } else { Ok(()) })
}
