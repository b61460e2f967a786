//! Plays a game on one library and hands back the trace.
//!
//! GLib gives up, by an assertion, where it is known to be wrong (docs/differences.md). A library that is
//! played as one that may do so is then left by a jump out of the signal's handler, which the assertion's
//! place allows: it holds no lock, and nothing of ours is on the stack between.

use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_int, c_void, CStr, CString};
use std::fmt::Write as _;
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use twin_random::leave::{attempt, jump};

use super::api::{Chan, Channels, Error, DO_ENCODE};
use super::game::{Game, Move, Transfer};
use super::ground;

static RUNNING: AtomicPtr<()> = AtomicPtr::new(null_mut());

pub struct Stage<'a> {
    pub api: &'a Channels,
    pub game: &'a Game,
    /// How far the program's own channel was read.
    pub at: Cell<usize>,
    /// How many transfers there were.
    transfers: Cell<usize>,
    shuts_down: Cell<bool>,
    trace: RefCell<String>,
}

/// What came of a game.
pub struct Played {
    pub trace: String,
    /// The move in which the library gave up, if it did, and whether that is a defect we know of.
    pub gave_up: Option<(String, bool)>,
}

/// A number that no call has touched.
const UNTOUCHED: usize = 777_777;
/// A pointer that no call has touched.
const NOWHERE: usize = 8;
/// Conditions: something to read.
const IN: c_int = 1;
const NONBLOCK: c_int = 2;

/// What may end a library that gives up.
const ENDS: [c_int; 2] = [libc::SIGABRT, libc::SIGTRAP];

/// Plays the game. With `may_give_up` an assertion of the library's ends it, not the process.
pub fn play(api: &Channels, game: &Game, may_give_up: bool) -> Played {
    let stage = Stage {
        api,
        game,
        at: Cell::new(0),
        transfers: Cell::new(0),
        shuts_down: Cell::new(false),
        trace: RefCell::default(),
    };
    RUNNING.store(std::ptr::from_ref(&stage).cast_mut().cast(), Ordering::Release);
    // SAFETY: the handlers may be called at any time a game is played.
    unsafe {
        (api.g_log_set_default_handler)(logged, null_mut());
        (api.g_set_printerr_handler)(Some(printed));
    }
    let before = may_give_up.then(|| ENDS.map(catch));
    let gave_up = stage.run();
    if let Some(before) = before {
        // SAFETY: the actions are those that were there.
        unsafe {
            for (signal, action) in ENDS.iter().zip(&before) {
                libc::sigaction(*signal, action, null_mut());
            }
        }
    }
    RUNNING.store(null_mut(), Ordering::Release);
    Played { trace: stage.trace.take(), gave_up }
}

fn catch(signal: c_int) -> libc::sigaction {
    // SAFETY: zeroes are an action without flags and mask; both live as long as the call.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut before = std::mem::zeroed();
        action.sa_sigaction = give_up as extern "C-unwind" fn(c_int) as usize;
        action.sa_flags = libc::SA_NODEFER;
        libc::sigaction(signal, &action, &mut before);
        before
    }
}

extern "C-unwind" fn give_up(_: c_int) {
    jump();
}

/// GLib says it of its own doing when a shutdown's flush would block (docs/differences.md).
const ERROR_OF_NOTHING: &str = "g_propagate_error: assertion 'src != NULL' failed";

unsafe extern "C" fn logged(_: *const c_char, level: c_int, text: *const c_char, _: *mut c_void) {
    // SAFETY: messages end in a NUL.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let stage = Stage::running();
    if stage.shuts_down.get() && text == ERROR_OF_NOTHING {
        return;
    }
    stage.tell(format_args!("message of level {level}: {text}"));
}

/// An assertion's text, which names a place in the library.
unsafe extern "C" fn printed(_: *const c_char) {}

impl<'a> Stage<'a> {
    /// The game that is played. Only for code that the library calls meanwhile.
    pub fn running() -> &'a Self {
        // SAFETY: a game is played and stays where it is until it has ended.
        unsafe { &*RUNNING.load(Ordering::Acquire).cast::<Self>() }
    }

    pub fn tell(&self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.trace.borrow_mut(), "{line}");
    }

    /// The next transfer of the plan, which begins again at its end; but no plan fails for ever.
    pub fn next_transfer(&self) -> Transfer {
        let at = self.transfers.replace(self.transfers.get() + 1);
        let plan = &self.game.plan;
        match plan.get(at % plan.len().max(1)) {
            Some(transfer) if at < 4 * plan.len() || matches!(transfer, Transfer::Bytes(_)) => {
                *transfer
            }
            _ => Transfer::Bytes(usize::MAX),
        }
    }

    fn run(&self) -> Option<(String, bool)> {
        let (channel, other) = ground::channel(self);
        let mut gave_up = None;
        for each in &self.game.moves {
            self.tell(format_args!("> {each:?}"));
            self.shuts_down.set(matches!(each, Move::Shutdown(_)));
            if self.shuts_down.get() {
                ground::drain(self, other);
            }
            let known = self.is_known_defect(channel, each);
            if attempt(|| self.act(channel, each)).is_none() {
                gave_up = Some((format!("{each:?}"), known));
                break;
            }
            self.tell_state(channel, each);
            if matches!(each, Move::Shutdown(_)) {
                break;
            }
        }
        if gave_up.is_none() {
            self.tell(format_args!("the end"));
            ground::drain(self, other);
            // SAFETY: the only reference.
            let unref = || unsafe { (self.api.g_io_channel_unref)(channel) };
            if attempt(unref).is_none() {
                gave_up = Some(("the end".to_owned(), false));
            }
        }
        ground::finish(self, other);
        gave_up
    }

    /// What GLib is known to give up on: seeking away from converted text (BUG-2), and a lone piece of a
    /// character, or none at all, where a converter reads.
    fn is_known_defect(&self, channel: Chan, each: &Move) -> bool {
        // SAFETY: the channel lives until the game ends.
        let converts = unsafe { (*channel).flags } & DO_ENCODE != 0;
        let reads = matches!(
            each,
            Move::ReadChars(_)
                | Move::ReadLine
                | Move::ReadLineString
                | Move::ReadUnichar
                | Move::ReadToEnd
        );
        converts && (reads || matches!(each, Move::Seek(..)))
    }

    fn tell_state(&self, channel: Chan, each: &Move) {
        if matches!(each, Move::Shutdown(_)) {
            return;
        }
        // SAFETY: the channel lives until the game ends.
        let buffers = unsafe { (self.api.g_io_channel_get_buffer_condition)(channel) };
        self.tell(format_args!("  buffers {buffers}"));
    }

    /// Makes a move. Owns nothing while the library is called that a jump would leave behind, but for
    /// what a channel that gave up leaves anyway.
    fn act(&self, channel: Chan, each: &Move) {
        match each {
            Move::ReadChars(_)
            | Move::ReadLine
            | Move::ReadLineString
            | Move::ReadUnichar
            | Move::ReadToEnd => self.read(channel, each),
            Move::WriteChars(text) => self.write(channel, text),
            _ => self.set(channel, each),
        }
    }

    fn read(&self, channel: Chan, each: &Move) {
        let api = self.api;
        let mut error = null_mut();
        let (mut length, mut terminator) = (UNTOUCHED, UNTOUCHED);
        let mut text: *mut c_char = without_provenance_mut(NOWHERE);
        // SAFETY: the channel lives; there is room for all that is handed out.
        unsafe {
            match each {
                Move::ReadChars(count) => {
                    let mut bytes = [0_u8; 256];
                    let room = bytes.as_mut_ptr().cast();
                    let read = api.g_io_channel_read_chars;
                    let status = read(channel, room, *count, &mut length, &mut error);
                    let read = &bytes[..if length == UNTOUCHED { 0 } else { length }];
                    let read = read.escape_ascii();
                    self.tell(format_args!("  {status} {length} {read} {}", self.fault(error)));
                }
                Move::ReadUnichar => {
                    let mut character = 0x12_3456;
                    let read = api.g_io_channel_read_unichar;
                    let status = read(channel, &mut character, &mut error);
                    self.tell(format_args!("  {status} {character:x} {}", self.fault(error)));
                }
                Move::ReadLineString => {
                    let line = (api.g_string_new)(c"old".as_ptr());
                    let read = api.g_io_channel_read_line_string;
                    let status = read(channel, line, &mut terminator, &mut error);
                    let bytes = std::slice::from_raw_parts((*line).bytes.cast(), (*line).length);
                    let bytes = <[u8]>::escape_ascii(bytes);
                    let fault = self.fault(error);
                    self.tell(format_args!("  {status} {bytes}, terminator {terminator} {fault}"));
                    (api.g_string_free)(line, 1);
                }
                line_or_rest => {
                    let (read_line, read_rest) =
                        (api.g_io_channel_read_line, api.g_io_channel_read_to_end);
                    let status = match line_or_rest {
                        Move::ReadLine => {
                            read_line(channel, &mut text, &mut length, &mut terminator, &mut error)
                        }
                        _ => read_rest(channel, &mut text, &mut length, &mut error),
                    };
                    let fault = self.fault(error);
                    let bytes = self.taken(text, length);
                    self.tell(format_args!(
                        "  {status} {bytes} length {length}, terminator {terminator} {fault}"
                    ));
                }
            }
        }
    }

    /// The text that a call has handed out, which is given back.
    ///
    /// # Safety
    /// `text` is the library's if it is neither NULL nor nowhere, and as long as `length` says.
    unsafe fn taken(&self, text: *mut c_char, length: usize) -> String {
        match text.addr() {
            0 => "none".to_owned(),
            NOWHERE => "untouched".to_owned(),
            // SAFETY: the caller's promise.
            _ => unsafe {
                let length = if length == UNTOUCHED { 0 } else { length };
                let bytes = std::slice::from_raw_parts(text.cast::<u8>(), length + 1);
                let told = bytes[..length].escape_ascii().to_string();
                let ends = if bytes[length] == 0 { "" } else { " without a NUL behind it" };
                (self.api.g_free)(text.cast());
                told + ends
            },
        }
    }

    /// An error in words; it is freed.
    fn fault(&self, error: *mut Error) -> String {
        if error.is_null() {
            return String::new();
        }
        // SAFETY: the library has just made the error, and its texts end in a NUL.
        unsafe {
            let domain = CStr::from_ptr((self.api.g_quark_to_string)((*error).domain));
            let message = CStr::from_ptr((*error).message);
            let code = (*error).code;
            let told =
                format!("[{} {code} {}]", domain.to_string_lossy(), message.to_string_lossy());
            (self.api.g_error_free)(error);
            told
        }
    }

    /// Writes text: without NULs unless the channel takes bytes as they are, since GLib loses what follows
    /// one (docs/differences.md).
    fn write(&self, channel: Chan, text: &[u8]) {
        let mut error = null_mut();
        let mut written = UNTOUCHED;
        let mut bytes = [0_u8; 512];
        let bytes = &mut bytes[..text.len().min(512)];
        bytes.copy_from_slice(&text[..bytes.len()]);
        // SAFETY: the channel lives, and the bytes are there.
        let status = unsafe {
            if !(self.api.g_io_channel_get_encoding)(channel).is_null() {
                bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b'0');
            }
            let (from, count) = (bytes.as_ptr().cast(), bytes.len() as isize);
            let write = self.api.g_io_channel_write_chars;
            write(channel, from, count, &mut written, &mut error)
        };
        self.tell(format_args!("  {status} {written} {}", self.fault(error)));
    }

    fn set(&self, channel: Chan, each: &Move) {
        let api = self.api;
        let mut error = null_mut();
        // SAFETY: the channel lives; texts end in a NUL or are told with their length.
        let status = unsafe {
            match each {
                Move::WriteUnichar(character) => {
                    (api.g_io_channel_write_unichar)(channel, *character, &mut error)
                }
                Move::Flush => (api.g_io_channel_flush)(channel, &mut error),
                Move::SetEncoding(None) => {
                    (api.g_io_channel_set_encoding)(channel, std::ptr::null(), &mut error)
                }
                Move::SetEncoding(Some(name)) => {
                    let name = CString::new(*name).unwrap_or_default();
                    (api.g_io_channel_set_encoding)(channel, name.as_ptr(), &mut error)
                }
                Move::SetLineTerm(None) => {
                    (api.g_io_channel_set_line_term)(channel, std::ptr::null(), -1);
                    0
                }
                Move::SetLineTerm(Some(term)) => {
                    let (bytes, length) = (term.as_ptr().cast(), term.len() as c_int);
                    (api.g_io_channel_set_line_term)(channel, bytes, length);
                    0
                }
                Move::SetBuffered(on) => {
                    (api.g_io_channel_set_buffered)(channel, (*on).into());
                    0
                }
                Move::SetBufferSize(size) => {
                    (api.g_io_channel_set_buffer_size)(channel, *size);
                    (api.g_io_channel_get_buffer_size)(channel) as c_int
                }
                Move::Seek(offset, from) => {
                    (api.g_io_channel_seek_position)(channel, *offset, *from, &mut error)
                }
                Move::SetFlags(flags) => {
                    (api.g_io_channel_set_flags)(channel, flags | NONBLOCK, &mut error)
                }
                Move::Shutdown(flush) => {
                    (api.g_io_channel_shutdown)(channel, (*flush).into(), &mut error)
                }
                _ => {
                    self.look(channel);
                    0
                }
            }
        };
        self.tell(format_args!("  {status} {}", self.fault(error)));
    }

    /// All that a channel says of itself.
    fn look(&self, channel: Chan) {
        let api = self.api;
        let mut length = 0;
        // SAFETY: the channel lives, and what it hands out is its own.
        unsafe {
            let encoding = (api.g_io_channel_get_encoding)(channel);
            let encoding = (!encoding.is_null()).then(|| CStr::from_ptr(encoding));
            let term = (api.g_io_channel_get_line_term)(channel, &mut length);
            let term = if term.is_null() {
                &[]
            } else {
                std::slice::from_raw_parts(term.cast::<u8>(), length as usize)
            };
            let buffered = (api.g_io_channel_get_buffered)(channel);
            let flags = (api.g_io_channel_get_flags)(channel);
            let has_input = (api.g_io_channel_get_buffer_condition)(channel) & IN != 0;
            self.tell(format_args!(
                "  {encoding:?}, terminator {}, buffered {buffered}, flags {flags}, input {has_input}",
                term.escape_ascii()
            ));
        }
    }
}
