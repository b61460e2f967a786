//! Who plays in models of whole contexts: sources of one kind, what their callbacks do and count.
//!
//! A [`Witness`] is what a program would hang onto its source as the callback's data. Its counts are
//! watched cells: two calls that did not follow one another, or a look at the data after its notify,
//! fail the model under loom without an assertion.

use std::cell::Cell as PlainCell;
use std::ops::Deref;
use std::ptr::null;
use std::sync::Arc;

use crate::engine::callback::{Func, Notify};
use crate::engine::context::Context;
use crate::engine::letters::{Draft, Maker};
use crate::engine::mainloop::MainLoop;
use crate::engine::seam::{Complaint, Interest, Kind, Slots, Vtable};
use crate::engine::shelf::Shelf;
use crate::engine::source::{Head, SourcePtr};
use crate::heap;
use crate::sync::{AtomicU32, Cell, Ordering};
use crate::sys::poll::PollFd;
use crate::sys::signal::KNOWN;
use crate::world::machine;

struct Player;
static PLAYER: Vtable = Vtable::of::<Player>();
/// The tables that tell idles and others apart.
static ALWAYS: u8 = 0;
static PASSIVE: u8 = 0;
static LISTENING: u8 = 0;
static ASKED: u8 = 0;
/// Idles of whose end nobody is told.
static QUIET: u8 = 0;

std::thread_local! {
    /// Sources finalized in this execution.
    static FINALIZED: PlainCell<u32> = const { PlainCell::new(0) };
}

impl Kind for Player {
    fn interest(source: SourcePtr) -> Interest {
        match () {
            () if has_table(source, &ALWAYS) || has_table(source, &QUIET) => Interest::Always,
            () if has_table(source, &ASKED) => Interest::Asked,
            () => Interest::Passive,
        }
    }

    fn slots(_table: *const ()) -> *const Slots {
        static NONE: Slots = [0; 2];
        &raw const NONE
    }

    fn prepare(_source: SourcePtr, _timeout: &mut i32) -> bool {
        false
    }

    fn check(source: SourcePtr) -> bool {
        has_table(source, &ASKED)
    }

    fn dispatch(source: SourcePtr, func: Option<Func>, data: *mut ()) -> bool {
        assert!(func.is_some(), "dispatched although its callback was let go");
        // SAFETY: data of a callback is a witness whose maker waits for all threads.
        unsafe { &*data.cast_const().cast::<Witness>() }.called(source)
    }

    fn dispose(_source: SourcePtr, _function: *const ()) {}

    fn finalizes(source: SourcePtr) -> bool {
        !has_table(source, &QUIET)
    }

    fn finalize(source: SourcePtr) {
        if has_table(source, &LISTENING) {
            source.stop_listening();
        }
        FINALIZED.set(FINALIZED.get() + 1);
    }

    fn forget(_source: SourcePtr) {}

    fn complain(complaint: Complaint) {
        panic!("unexpected complaint: {complaint:?}");
    }
}

fn has_table(source: SourcePtr, table: &'static u8) -> bool {
    std::ptr::eq(source.head.source_funcs.get().cast(), table)
}

/// What the statics are used for, once: an execution begins with those that earlier ones had.
pub fn warm_up() {
    let context = Home::global();
    let witness = Witness::new(rest);
    let source = listener(&witness, 0);
    source.attach(&context);
    machine().deliver(KNOWN[0]);
    context.iterate(false);
    context.prepare().expect("from outside any source");
    context.query(i32::MAX, &mut [PollFd::default(); 2]);
    source.destroy();
    source.unreference();
}

/// Before the threads begin: counts from now on.
pub fn begin() {
    FINALIZED.set(0);
    heap::watch(size_of::<Context>());
    heap::watch(block_of_source());
}

/// How much memory a source takes, found by making one.
fn block_of_source() -> usize {
    std::mem::offset_of!(crate::engine::source::Source, head) + size_of::<Head>()
}

pub fn finalized() -> u32 {
    FINALIZED.get()
}

/// What a callback knows and has seen.
pub struct Witness {
    calls: Cell<u32>,
    notes: Cell<u32>,
    /// Calls so far, for other threads to look at.
    pub seen: AtomicU32,
    /// What to do in the call; the result says whether to keep the source.
    action: fn(&Witness, SourcePtr) -> bool,
    pub main_loop: Cell<*const MainLoop>,
}

impl Witness {
    pub fn new(action: fn(&Witness, SourcePtr) -> bool) -> Arc<Witness> {
        Arc::new(Witness {
            calls: Cell::new(0),
            notes: Cell::new(0),
            seen: AtomicU32::new(0),
            action,
            main_loop: Cell::new(null()),
        })
    }

    fn called(&self, source: SourcePtr) -> bool {
        assert_eq!(self.notes.get(), 0, "called after its notify");
        self.calls.set(self.calls.get() + 1);
        let keep = (self.action)(self, source);
        self.calls.set(self.calls.get()); // A notify that has run meanwhile is a race.
        assert_eq!(self.notes.get(), 0, "notified during its call");
        self.seen.fetch_add(1, Ordering::Release);
        keep
    }

    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    pub fn notes(&self) -> u32 {
        self.notes.get()
    }

    pub fn was_called(&self) -> bool {
        self.seen.load(Ordering::Acquire) > 0
    }
}

unsafe extern "C-unwind" fn call() {}

unsafe extern "C-unwind" fn notify(data: *mut ()) {
    // SAFETY: as in `dispatch`.
    let witness = unsafe { &*data.cast_const().cast::<Witness>() };
    let calls = witness.calls.replace(witness.calls.get());
    let notes = witness.notes.replace(witness.notes.get() + 1);
    assert_eq!(notes, 0, "a notify ran twice, after {calls} calls");
}

/// The callback removes its source.
pub fn once(_witness: &Witness, _source: SourcePtr) -> bool {
    false
}

/// The callback keeps its source.
pub fn again(_witness: &Witness, _source: SourcePtr) -> bool {
    true
}

/// The callback keeps its source, which is not ready any more.
pub fn rest(_witness: &Witness, source: SourcePtr) -> bool {
    source.set_ready_time(None);
    true
}

/// A source as a program holds it: the reference is the holder's to give up.
#[derive(Clone, Copy)]
pub struct Held(pub SourcePtr);

impl Deref for Held {
    type Target = SourcePtr;

    fn deref(&self) -> &SourcePtr {
        &self.0
    }
}

fn source(table: &'static u8, witness: &Arc<Witness>) -> Held {
    let source =
        SourcePtr::new(&PLAYER, std::ptr::from_ref(table).cast(), size_of::<Head>() as u32, false);
    set_callback(source, witness);
    Held(source)
}

pub fn set_callback(source: SourcePtr, witness: &Arc<Witness>) {
    source.set_callback(Some(call), data_of(witness), Some(notify)).run();
}

fn data_of(witness: &Arc<Witness>) -> *mut () {
    Arc::as_ptr(witness).cast_mut().cast()
}

/// A source that is always ready.
pub fn idle(witness: &Arc<Witness>) -> Held {
    source(&ALWAYS, witness)
}

/// The same, and nobody is told of its end.
pub fn quiet(witness: &Arc<Witness>) -> Held {
    source(&QUIET, witness)
}

/// Makes idles of what other threads write.
struct Idle;

impl Maker for Idle {
    fn make(draft: &Draft, _shelf: &mut Shelf) -> SourcePtr {
        let table = std::ptr::from_ref(&ALWAYS).cast();
        let source = SourcePtr::new(&PLAYER, table, size_of::<Head>() as u32, false);
        source.begin_as(draft);
        source
    }
}

/// Adds an idle to a context, whose id is the result: what other threads do without its lock.
pub fn add(witness: &Arc<Witness>, context: Home) -> u32 {
    let (func, data, notify) = (Some(call as Func), data_of(witness), Some(notify as Notify));
    let (priority, once, ready_time, interval) = (0, false, 0, 0);
    context.add::<Idle>(Draft { func, data, notify, priority, once, ready_time, interval })
}

/// A source that is ready when its time has come.
pub fn timed(witness: &Arc<Witness>) -> Held {
    source(&PASSIVE, witness)
}

/// A source whose own functions say when it is ready: always.
pub fn asked(witness: &Arc<Witness>) -> Held {
    source(&ASKED, witness)
}

/// A source that is ready when the signal of a line has arrived.
pub fn listener(witness: &Arc<Witness>, line: usize) -> Held {
    let source = source(&LISTENING, witness);
    source.listen_to(line, false);
    source
}

/// A context as a program holds it.
#[derive(Clone, Copy)]
pub struct Home(*const Context);

impl Home {
    pub fn create() -> Home {
        Home(Context::create(&PLAYER, 0))
    }

    pub fn global() -> Home {
        Home(crate::engine::defaults::global(&PLAYER))
    }

    /// Gives the reference up.
    pub fn leave(self) {
        // SAFETY: the program of the model holds it.
        unsafe { Context::unreference(self.0) };
    }

    pub fn address(self) -> *const Context {
        self.0
    }

    /// Iterates until the witness was called.
    pub fn iterate_until_called(self, witness: &Witness) {
        while !witness.was_called() {
            self.iterate(true);
        }
    }
}

impl Deref for Home {
    type Target = Context;

    fn deref(&self) -> &Context {
        // SAFETY: a model's program uses it only while it has a reference.
        unsafe { &*self.0 }
    }
}

/// A main loop as a program holds it.
#[derive(Clone, Copy)]
pub struct Loop(pub *const MainLoop);

impl Loop {
    pub fn new(context: Home) -> Loop {
        // SAFETY: the context is alive.
        Loop(unsafe { MainLoop::create(context.0, false) })
    }

    pub fn leave(self) {
        // SAFETY: the program of the model holds a reference.
        unsafe { MainLoop::unreference(self.0) };
    }
}

impl Deref for Loop {
    type Target = MainLoop;

    fn deref(&self) -> &MainLoop {
        // SAFETY: as of a context.
        unsafe { &*self.0 }
    }
}
