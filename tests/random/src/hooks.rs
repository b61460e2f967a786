//! What the library calls: source functions, callbacks, notifies and the handler of messages.
//!
//! Each tells the trace that it was called, plays the turn the program has for this call, and
//! answers. Which operations are possible inside is `play.rs`'s to know.

use std::ffi::{c_char, c_int, c_uint, c_void, CStr};

use crate::api::{Callback, Funcs, PollFd, Source, SOURCE_SIZE};
use crate::calls;
use crate::cast::{Cast, Quitter, UNSOUND};
use crate::play;
use crate::program::Hook;

/// A source of the program's own: a `GSource` and its number.
#[repr(C)]
pub struct Own {
    source: [u64; SOURCE_SIZE / 8],
    pub number: usize,
}

const fn funcs(prepare: bool, check: bool) -> Funcs {
    Funcs {
        prepare: if prepare { Some(prepared) } else { None },
        check: if check { Some(checked) } else { None },
        dispatch: dispatched,
        finalize: finalized,
        closure: [0; 2],
    }
}

/// In the order of `program::KINDS`.
pub static FUNCS: [Funcs; 4] =
    [funcs(true, true), funcs(true, false), funcs(false, true), funcs(false, false)];

fn number(source: Source) -> i32 {
    // SAFETY: these functions belong to sources made with room for an `Own`.
    unsafe { (*source.cast::<Own>()).number as i32 }
}

/// A callback's data say whose it is and which of its callbacks. Never NULL.
pub fn data(number: i32, dress: usize) -> *mut c_void {
    std::ptr::without_provenance_mut((dress << 8) + number as usize + 1)
}

fn of_data(data: *mut c_void) -> (i32, usize) {
    let data = data.addr();
    ((data & 0xff) as i32 - 1, data >> 8)
}

fn play_turn(cast: &Cast<'_>, number: i32, hook: Hook) -> Option<bool> {
    let (ops, answer) = cast.turn(number, hook);
    cast.stack.borrow_mut().push((number, hook));
    for op in ops {
        play::play(cast, op);
    }
    cast.stack.borrow_mut().pop();
    answer
}

fn ask(number: i32, hook: Hook, name: &str) -> c_int {
    let cast = Cast::running();
    cast.tell(format_args!("{name} {number}{}", play::revents(cast, number)));
    let outer = cast.asking.replace(Some(number));
    let answer = play_turn(cast, number, hook).unwrap_or(false);
    cast.asking.set(outer);
    answer.into()
}

/// Sources with an odd number have a timeout, too.
unsafe extern "C-unwind" fn prepared(source: Source, timeout: *mut c_int) -> c_int {
    let number = number(source);
    let ready = ask(number, Hook::Prepare, "prepare");
    if number % 2 == 1 {
        // SAFETY: the library hands out a place for the timeout.
        unsafe { *timeout = 1000 + number };
    }
    ready
}

unsafe extern "C-unwind" fn checked(source: Source) -> c_int {
    ask(number(source), Hook::Check, "check")
}

/// A dispatch's turn, whoever is called for it: the source function or the callback.
fn dispatch(cast: &Cast<'_>, number: i32) -> c_int {
    let walking = cast.walking.replace(false);
    let asking = cast.asking.replace(None);
    if !cast.exists(number) {
        cast.tell(format_args!("{UNSOUND}{number} is dispatched after its end"));
    } else if cast.destroyed(number) {
        cast.tell(format_args!("{UNSOUND}{number} is dispatched though destroyed"));
    }
    // SAFETY: asked on the thread the library dispatches on.
    let (depth, current) =
        unsafe { ((cast.api.g_main_depth)(), (cast.api.g_main_current_source)()) };
    let current = cast.number_of(current);
    let depth = (!cast.ever_left.get()).then_some(depth);
    cast.tell(format_args!("  depth {depth:?}, current {current:?}"));
    calls::tire(cast);
    let keep = play_turn(cast, number, Hook::Dispatch).unwrap_or(true);
    cast.asking.set(asking);
    cast.walking.set(walking);
    cast.tell(format_args!("dispatched {number}: {keep}"));
    keep.into()
}

unsafe extern "C-unwind" fn dispatched(
    source: Source,
    callback: Option<Callback>,
    data: *mut c_void,
) -> c_int {
    let cast = Cast::running();
    let number = number(source);
    cast.tell(format_args!("dispatch {number}{}", play::revents(cast, number)));
    let keep = dispatch(cast, number);
    if let Some(callback) = callback {
        // SAFETY: sources of a program's own have no callback but `own_callback`.
        unsafe { callback(data) };
    }
    keep
}

/// The callback of a source of the program's own.
pub unsafe extern "C-unwind" fn own_callback(data: *mut c_void) -> c_int {
    let (number, dress) = of_data(data);
    Cast::running().tell(format_args!("callback {number}.{dress}"));
    1
}

/// The callback of idles and timeouts.
pub unsafe extern "C-unwind" fn callback(data: *mut c_void) -> c_int {
    let cast = Cast::running();
    let (number, dress) = of_data(data);
    cast.tell(format_args!("callback {number}.{dress}"));
    dispatch(cast, number)
}

/// The callback of descriptor sources.
pub unsafe extern "C-unwind" fn fd_callback(fd: c_int, events: c_int, data: *mut c_void) -> c_int {
    let cast = Cast::running();
    let (number, dress) = of_data(data);
    let pipe = cast.pipes.iter().position(|ends| ends[0] == fd);
    cast.tell(format_args!("callback {number}.{dress}, pipe {pipe:?} has {events}"));
    dispatch(cast, number)
}

pub unsafe extern "C-unwind" fn notified(data: *mut c_void) {
    let cast = Cast::running();
    let (number, dress) = of_data(data);
    cast.tell(format_args!("notify {number}.{dress}"));
    cast.player(number).let_go.borrow_mut().push(dress);
    play_turn(cast, number, Hook::Notify);
}

/// The last reference is given back: from here on the program does not touch the source.
pub unsafe extern "C-unwind" fn disposed(source: Source) {
    let cast = Cast::running();
    let Some(number) = cast.number_of(source) else {
        return cast.tell(format_args!("dispose of a source nobody knows"));
    };
    cast.tell(format_args!("dispose {number}"));
    cast.player(number).source.set(std::ptr::null_mut());
    cast.player(number).tags.borrow_mut().clear();
    for player in &cast.players {
        if player.parent.get() == Some(number) {
            player.parent.set(None);
        }
    }
}

unsafe extern "C-unwind" fn finalized(source: Source) {
    let cast = Cast::running();
    let number = number(source);
    cast.tell(format_args!("finalize {number}"));
    let times = &cast.player(number).finalized;
    times.set(times.get() + 1);
    let walking = cast.walking.replace(true);
    play_turn(cast, number, Hook::Finalize);
    cast.walking.set(walking);
}

pub unsafe extern "C-unwind" fn invoked(_: *mut c_void) -> c_int {
    Cast::running().tell(format_args!("invoked"));
    0
}

pub unsafe extern "C-unwind" fn invoke_notified(_: *mut c_void) {
    Cast::running().tell(format_args!("invoke's notify"));
}

/// Ends a loop after its turns.
pub unsafe extern "C-unwind" fn quits(data: *mut c_void) -> c_int {
    let cast = Cast::running();
    // SAFETY: the data of this callback are always a quitter that the cast keeps.
    let quitter = unsafe { &*data.cast::<Quitter>() };
    let left = quitter.turns.get();
    cast.tell(format_args!("loop turns, {left} left"));
    quitter.turns.set(left - 1);
    if left > 0 {
        return 1;
    }
    // SAFETY: the program's reference on the loop is never given back while its quitter is attached.
    unsafe { (cast.api.g_main_loop_quit)(quitter.the_loop) };
    0
}

/// A poll function that does what it should and tells what it was asked.
pub unsafe extern "C" fn polls(fds: *mut PollFd, count: c_uint, timeout: c_int) -> c_int {
    let cast = Cast::running();
    // SAFETY: the library hands out an array of so many.
    let array = unsafe { std::slice::from_raw_parts_mut(fds, count as usize) };
    let pipes = play::describe(cast, array, |fd| fd.events);
    cast.tell(format_args!("poll function:{pipes}"));
    // SAFETY: as above. Nothing that a program does waits for longer than it must.
    unsafe { libc::poll(fds, count.into(), timeout.min(100)) }
}

/// GLib says it when it frees a context out of whose dispatch an exception or a jump has led.
const UNREF_OF_NOTHING: &str = "g_source_unref_internal: assertion 'source != NULL' failed";

pub unsafe extern "C" fn logged(
    _: *const c_char,
    level: c_int,
    text: *const c_char,
    _: *mut c_void,
) {
    // SAFETY: messages end in a NUL.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let cast = Cast::running();
    if cast.freeing_left.get() && text == UNREF_OF_NOTHING {
        return;
    }
    cast.tell(format_args!("message of level {level}: {text}"));
}
