//! GIOChannel's brain: what a channel does with bytes, apart from how C calls it.
//!
//! ```text
//! device -- read --> raw -- decode --> decoded --> characters, lines      (reader, lines)
//! device <-- write -- pending <-- encode -- text + unfinished character   (writer)
//! ```
//!
//! Without an encoding there is no decoding: text is taken from *raw* as it is. The brain knows a
//! [`Device`] (the program's function table, seen through `capi::giochannel`) and a [`Converter`]
//! (iconv, likewise); argument checks, texts and the structure itself are not its matter.
//! A device runs the program's code: nothing with a destructor is alive in here while it does, and
//! every buffer is whole at such a moment. May use `sys`.

pub mod lines;
mod queue;
mod reader;
pub mod unix;
mod utf8;
mod writer;

use crate::sys::Errno;
use queue::Queue;
pub use utf8::encode;

/// How an operation ended when it did not fail. The numbers are C's `GIOStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Normal = 1,
    Eof = 2,
    Again = 3,
}

/// Why an operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The device failed and keeps its error.
    Device,
    /// The bytes mean nothing in the encoding, or the encoding lacks the character.
    Illegal,
    /// Only an incomplete character is left at the end of the file.
    Leftover,
    /// The file ends within a character, behind complete text.
    EndsInside,
    /// The converter failed in a way of its own.
    Conversion(Errno),
    /// The position cannot be told from the buffers; a warning was given, and no error is set.
    Unsaid,
}

pub type Outcome = Result<Status, Trouble>;

/// What the program is told about its text besides the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    InvalidText,
    InvalidAfterUnfinished,
    UnfinishedBeforeChar,
    UnfinishedNotFlushed,
    MixedEncoded,
    RelativeSeekEncoded,
}

/// From where a device seeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Current = 0,
    Start = 1,
    End = 2,
}

/// What a channel reads from and writes to.
pub trait Device {
    fn is_seekable(&self) -> bool;
    fn buffer_size(&self) -> usize;
    /// Reads once into `to`; tells how many bytes.
    fn read(&mut self, to: &mut [u8]) -> (Outcome, usize);
    /// Writes once from `from`; tells how many bytes.
    fn write(&mut self, from: &[u8]) -> (Outcome, usize);
    fn seek(&mut self, offset: i64, origin: Origin) -> Outcome;
    fn warn(&mut self, warning: Warning);
}

/// What made a conversion stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// All is converted.
    Done,
    /// There is no more room.
    Full,
    /// What is left is the beginning of a character.
    Unfinished,
    /// What comes next cannot be converted.
    Illegal,
    Failed(Errno),
}

/// One step of a conversion.
#[derive(Clone, Copy, Debug)]
pub struct Converted {
    pub used: usize,
    pub made: usize,
    pub stop: Stop,
}

/// Converts between an encoding and UTF-8, in one direction.
pub trait Converter {
    fn convert(&mut self, from: &[u8], to: &mut [u8]) -> Converted;
    /// Forgets what came before.
    fn reset(&mut self);
}

/// How one direction of a channel treats text.
#[derive(Default)]
pub enum Coding<C> {
    /// Bytes, taken as they are.
    Bytes,
    /// Checked, not converted.
    #[default]
    Utf8,
    Foreign(C),
}

impl<C: Converter> Coding<C> {
    fn reset(&mut self) {
        if let Coding::Foreign(converter) = self {
            converter.reset();
        }
    }
}

/// The buffers of a channel and its encoding.
pub struct Channel<C> {
    decoder: Coding<C>,
    raw: Queue,
    decoded: Queue,

    encoder: Coding<C>,
    pending: Queue,
    /// Something was written through the buffer (IO-034).
    has_written: bool,
    /// What the writing buffer holds; 0 before there is one.
    brim: usize,
    unfinished: utf8::Beginning,
}

/// Bits of the buffer condition, numbered as `GIOCondition`.
pub const CAN_READ: u32 = 1;
pub const CAN_WRITE: u32 = 4;

impl<C: Converter> Channel<C> {
    pub fn new(is_text: bool) -> Channel<C> {
        let coding = || if is_text { Coding::Utf8 } else { Coding::Bytes };
        Channel {
            decoder: coding(),
            raw: Queue::default(),
            decoded: Queue::default(),
            encoder: coding(),
            pending: Queue::default(),
            has_written: false,
            brim: 0,
            unfinished: utf8::Beginning::default(),
        }
    }

    /// What could be done from the buffers alone (IO-034).
    pub fn condition(&self, buffer_size: usize) -> u32 {
        let read = if self.text().is_empty() { 0 } else { CAN_READ };
        let has_room = self.has_written && self.pending.len() < buffer_size;
        read | if has_room { CAN_WRITE } else { 0 }
    }

    /// Changes the encoding. Text that was only checked is read anew in the new one (IO-041).
    pub fn set_coding(&mut self, decoder: Coding<C>, encoder: Coding<C>) {
        if !self.is_foreign() {
            self.raw.prepend(self.decoded.as_slice());
            self.decoded.clear();
        }
        self.decoder = decoder;
        self.encoder = encoder;
    }

    /// Moves the device's position, counting from what was delivered, not from what was read
    /// (IO-100 to IO-102).
    pub fn seek(&mut self, device: &mut impl Device, offset: i64, origin: Origin) -> Outcome {
        let mut offset = offset;
        if origin == Origin::Current {
            if self.has_converted() {
                device.warn(Warning::RelativeSeekEncoded);
                return Err(Trouble::Unsaid);
            }
            offset = offset.wrapping_sub(self.unread() as i64);
        }
        let flushed = self.flush(device)?;
        if flushed != Status::Normal {
            return Ok(flushed);
        }
        let outcome = device.seek(offset, origin)?;
        if outcome == Status::Normal {
            self.forget_input();
            self.encoder.reset();
            self.drop_unfinished(device);
        }
        Ok(outcome)
    }
}
