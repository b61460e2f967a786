//! What is under a channel: functions of the program's own, which follow the game's plan and tell of each
//! call, or a file or a pipe of the system's.

use std::ffi::{c_char, c_int};

use super::api::{
    Chan, Channel, Fault, Funcs, AGAIN, EOF, ERROR, NORMAL, READABLE, SEEKABLE, WRITEABLE,
};
use super::game::{Ground, Transfer};
use super::play::Stage;

static FUNCS: Funcs =
    Funcs { read, write, seek, close, create_watch: std::ptr::null(), free, set_flags, get_flags };

const NONBLOCK: c_int = 2;
const SEEK_CUR: c_int = 0;
const SEEK_SET: c_int = 1;

/// A pipe that is written to holds so much.
const SMALL_PIPE: c_int = 8192;

/// Makes the game's channel. The descriptor is one to look at what was written, if it is not -1.
pub fn channel(stage: &Stage<'_>) -> (Chan, c_int) {
    let game = stage.game;
    if game.ground == Ground::Own {
        return (own(stage), -1);
    }
    let (own, other) = match game.ground {
        Ground::File => file(&game.source),
        Ground::Sink => pipe_to(),
        _ => pipe_of(&game.source, game.ground == Ground::Closed),
    };
    // SAFETY: the descriptor is open, and the channel's from here on.
    let channel = unsafe {
        let channel = (stage.api.g_io_channel_unix_new)(own);
        (stage.api.g_io_channel_set_close_on_unref)(channel, 1);
        channel
    };
    (channel, other)
}

fn own(stage: &Stage<'_>) -> Chan {
    let seekable = if stage.game.seekable { SEEKABLE } else { 0 };
    // SAFETY: zeroes are a channel to be initialised, and there is room for one.
    unsafe {
        let channel = libc::calloc(1, size_of::<Channel>()).cast::<Channel>();
        assert!(!channel.is_null(), "no memory");
        (stage.api.g_io_channel_init)(channel);
        (*channel).funcs = &FUNCS;
        (*channel).flags |= READABLE | WRITEABLE | seekable;
        channel
    }
}

fn file(content: &[u8]) -> (c_int, c_int) {
    // SAFETY: the content is there for as long as it is written.
    unsafe {
        let file = libc::memfd_create(c"game".as_ptr(), libc::MFD_CLOEXEC);
        assert!(file >= 0, "no file");
        libc::pwrite(file, content.as_ptr().cast(), content.len(), 0);
        (file, libc::dup(file))
    }
}

fn pipe() -> [c_int; 2] {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors.
    let made = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) };
    assert!(made == 0, "no pipe");
    ends
}

fn pipe_of(content: &[u8], closed: bool) -> (c_int, c_int) {
    let [reads, writes] = pipe();
    // SAFETY: the content is there for as long as it is written; the end is ours.
    unsafe {
        libc::write(writes, content.as_ptr().cast(), content.len());
        if closed {
            libc::close(writes);
            return (reads, -1);
        }
    }
    (reads, writes)
}

fn pipe_to() -> (c_int, c_int) {
    let [reads, writes] = pipe();
    // SAFETY: no memory is passed.
    unsafe { libc::fcntl(writes, libc::F_SETPIPE_SZ, SMALL_PIPE) };
    (writes, reads)
}

/// Empties a pipe, for the flush that waits until it has written everything, and tells what was there.
pub fn drain(stage: &Stage<'_>, other: c_int) {
    if stage.game.ground == Ground::Sink {
        tell_written(stage, other);
    }
}

/// Tells what was written, and lets go of what is not the channel's.
pub fn finish(stage: &Stage<'_>, other: c_int) {
    if other >= 0 {
        tell_written(stage, other);
        // SAFETY: the descriptor is ours, and closed once.
        unsafe { libc::close(other) };
    }
}

fn tell_written(stage: &Stage<'_>, other: c_int) {
    let mut bytes = [0_u8; 1 << 14];
    let (room, length) = (bytes.as_mut_ptr().cast(), bytes.len());
    // SAFETY: there is room for that many.
    let count = unsafe {
        match stage.game.ground {
            Ground::File => libc::pread(other, room, length, 0),
            Ground::Sink => libc::read(other, room, length),
            _ => 0,
        }
    };
    let written = &bytes[..usize::try_from(count).unwrap_or(0)];
    stage.tell(format_args!("written: {}", written.escape_ascii()));
}

// ---- The functions of the program's own channel -----------------------------------------------

/// The next transfer of the plan: how much, or how it failed.
fn transfer(stage: &Stage<'_>, most: usize, error: Fault) -> Result<usize, c_int> {
    match stage.next_transfer() {
        Transfer::Bytes(count) => Ok(count.min(most)),
        Transfer::Again => Err(AGAIN),
        Transfer::Eof => Err(EOF),
        Transfer::Error => {
            let api = stage.api;
            // SAFETY: where the error goes is the library's to know; the text is a constant.
            unsafe {
                let domain = (api.g_io_channel_error_quark)();
                (api.g_set_error_literal)(error, domain, 2, c"made up".as_ptr());
            }
            Err(ERROR)
        }
    }
}

unsafe extern "C" fn read(
    _: Chan,
    bytes: *mut c_char,
    count: usize,
    done: *mut usize,
    error: Fault,
) -> c_int {
    let stage = Stage::running();
    let left = &stage.game.source[stage.at.get()..];
    let outcome = match transfer(stage, count, error) {
        Ok(_) if left.is_empty() => Err(EOF),
        Ok(size) => Ok(size.min(left.len())),
        Err(status) => Err(status),
    };
    stage.tell(format_args!("  read {count}: {outcome:?}"));
    let size = outcome.unwrap_or(0);
    // SAFETY: the library has room for `count` bytes and for their number.
    unsafe {
        bytes.copy_from_nonoverlapping(left.as_ptr().cast(), size);
        *done = size;
    }
    stage.at.set(stage.at.get() + size);
    outcome.err().unwrap_or(NORMAL)
}

unsafe extern "C" fn write(
    _: Chan,
    bytes: *const c_char,
    count: usize,
    done: *mut usize,
    error: Fault,
) -> c_int {
    let stage = Stage::running();
    // GLib calls for nothing when its empty buffer overflows: not told, and not in the plan.
    let outcome = if count == 0 { Ok(0) } else { transfer(stage, count, error) };
    // Writing finds no end of file; GLib goes astray on one.
    let outcome = outcome.map_err(|status| if status == EOF { AGAIN } else { status });
    let size = outcome.unwrap_or(0);
    // SAFETY: the library hands out `count` bytes and a place for a number.
    let written = unsafe {
        *done = size;
        std::slice::from_raw_parts(bytes.cast::<u8>(), size)
    };
    if count > 0 {
        stage.tell(format_args!("  write {count}: {outcome:?} {}", written.escape_ascii()));
    }
    outcome.err().unwrap_or(NORMAL)
}

unsafe extern "C" fn seek(_: Chan, offset: i64, from: c_int, error: Fault) -> c_int {
    let stage = Stage::running();
    stage.tell(format_args!("  seek {offset} {from}"));
    if let Err(status) = transfer(stage, 1, error) {
        return if status == EOF { NORMAL } else { status };
    }
    let length = stage.game.source.len();
    let base = match from {
        SEEK_CUR => stage.at.get(),
        SEEK_SET => 0,
        _ => length,
    };
    let to = (base as i64).saturating_add(offset).clamp(0, length as i64);
    stage.at.set(to as usize);
    NORMAL
}

unsafe extern "C" fn close(_: Chan, _: Fault) -> c_int {
    Stage::running().tell(format_args!("  close"));
    NORMAL
}

unsafe extern "C" fn free(channel: Chan) {
    Stage::running().tell(format_args!("  free"));
    // SAFETY: made by `own`, and the library's last use of it.
    unsafe { libc::free(channel.cast()) };
}

unsafe extern "C" fn set_flags(_: Chan, flags: c_int, _: Fault) -> c_int {
    Stage::running().tell(format_args!("  set flags {flags}"));
    NORMAL
}

unsafe extern "C" fn get_flags(_: Chan) -> c_int {
    NONBLOCK
}
