//! What a running program knows: its sources by number, its pipes, where in the library it is, and
//! the trace so far.
//!
//! The library calls back at any depth, so everything here is in cells that are borrowed for one
//! statement. What the operations do with it stands in `play.rs`, what the library calls in
//! `hooks.rs`.

use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::fmt::Write as _;
use std::io::Error;
use std::ptr::null_mut;
use std::rc::Rc;
use std::sync::atomic::{AtomicPtr, Ordering};

use anyhow::{ensure, Result};

use crate::api::{Api, Context, Loop, PollFd, Source, Tag};
use crate::program::{Hook, Op, Program, PIPES, SOURCES};

/// The program that runs; one at a time in a process.
static RUNNING: AtomicPtr<()> = AtomicPtr::new(null_mut());

/// One source of the program.
pub struct Player {
    /// NULL before it is made and once its last reference is given back.
    pub source: Cell<Source>,
    pub created: Cell<bool>,
    /// Whether the program still holds its reference.
    pub held: Cell<bool>,
    pub attached: Cell<bool>,
    /// The context it was last seen in.
    pub seen_in: Cell<Context>,
    pub kind: Cell<i32>,
    pub parent: Cell<Option<i32>>,
    pub was_child: Cell<bool>,
    pub was_parent: Cell<bool>,
    /// Counts callbacks: each is told apart by its data.
    pub dress: Cell<usize>,
    pub tags: RefCell<Vec<Tag>>,
    pub polled: Cell<bool>,
    /// How often each hook has been called.
    pub calls: [Cell<usize>; 5],
    /// The callbacks let go so far.
    pub let_go: RefCell<Vec<usize>>,
    pub finalized: Cell<u32>,
}

impl Player {
    fn new() -> Self {
        Self {
            source: Cell::new(null_mut()),
            created: Cell::default(),
            held: Cell::default(),
            attached: Cell::default(),
            seen_in: Cell::new(null_mut()),
            kind: Cell::default(),
            parent: Cell::default(),
            was_child: Cell::default(),
            was_parent: Cell::default(),
            dress: Cell::default(),
            tags: RefCell::default(),
            polled: Cell::default(),
            calls: Default::default(),
            let_go: RefCell::default(),
            finalized: Cell::default(),
        }
    }
}

/// One of the program's two contexts.
pub struct Stage {
    /// NULL once it is freed.
    pub context: Cell<Context>,
    pub hand: RefCell<Hand>,
    pub acquires: Cell<i32>,
    /// An exception or a jump led out of a call that iterated it, and what was pending then still is.
    pub left: Cell<bool>,
    /// Calls under way that iterate it.
    pub inside: Cell<i32>,
    /// Which poll records are added to it: one per pipe.
    pub recorded: [Cell<bool>; PIPES as usize],
}

impl Stage {
    fn new() -> Self {
        let hand = Hand { step: Step::Nothing, priority: 0, fds: [NO_FD; 32], count: 0 };
        Self {
            context: Cell::new(null_mut()),
            hand: RefCell::new(hand),
            acquires: Cell::default(),
            left: Cell::default(),
            inside: Cell::default(),
            recorded: Default::default(),
        }
    }
}

/// What ends a loop that the program runs: an idle of its own.
pub struct Quitter {
    pub the_loop: Loop,
    /// Whether it is a loop of the second context.
    pub second: bool,
    pub runs: Cell<bool>,
    /// How often the idle comes before it ends the loop.
    pub turns: Cell<i32>,
    /// How many dispatches of other sources there can be before that.
    pub patience: Cell<i32>,
}

/// How far an iteration by hand has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Nothing,
    Prepared,
    Queried,
    Polled,
    Checked,
}

pub struct Hand {
    pub step: Step,
    pub priority: i32,
    pub fds: [PollFd; 32],
    pub count: usize,
}

pub const NO_FD: PollFd = PollFd { fd: -1, events: 0, revents: 0 };

/// Begins a line of the trace that must not be there, whatever another library says.
pub const UNSOUND: &str = "unsound: ";

pub struct Cast<'a> {
    pub api: &'a Api,
    pub program: &'a Program,
    pub stages: [Stage; 2],
    pub pipes: Vec<[i32; 2]>,
    pub players: Vec<Player>,
    /// Poll records the library keeps pointers to: one per source, then one per context and pipe.
    pub records: Vec<Cell<PollFd>>,
    /// The source whose prepare or check runs.
    pub asking: Cell<Option<i32>>,
    /// Whether the library may be in the middle of a walk over the sources.
    pub walking: Cell<bool>,
    /// The hooks that run and their sources, innermost last.
    pub stack: RefCell<Vec<(i32, Hook)>>,
    pub nested: Cell<i32>,
    /// How many hooks ran when each of the calls began that can be left, innermost last, and whether it
    /// iterates the second context.
    pub exits: RefCell<Vec<(usize, bool)>>,
    /// How many more calls are to be left, and how.
    pub leaving: Cell<Option<(bool, i32)>>,
    pub elsewhere: Cell<bool>,
    /// From then on GLib's depth is too high on this thread.
    pub ever_left: Cell<bool>,
    /// This is a forked child.
    pub forked: Cell<bool>,
    /// A context is being freed, or both are gone.
    pub closing: Cell<bool>,
    /// The context that is being freed was left so; see `hooks::logged`.
    pub freeing_left: Cell<bool>,
    /// The contexts pushed as the thread's default.
    pub pushes: RefCell<Vec<usize>>,
    pub quitters: RefCell<Vec<Rc<Quitter>>>,
    pub trace: RefCell<String>,
}

impl<'a> Cast<'a> {
    pub fn new(api: &'a Api, program: &'a Program) -> Result<Self> {
        let mut pipes = Vec::new();
        for _ in 0..PIPES {
            let mut ends = [0; 2];
            // SAFETY: there is room for the two descriptors.
            let result = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK) };
            ensure!(result == 0, "pipe: {}", Error::last_os_error());
            pipes.push(ends);
        }
        Ok(Self {
            api,
            program,
            stages: [Stage::new(), Stage::new()],
            pipes,
            players: (0..SOURCES).map(|_| Player::new()).collect(),
            records: (0..SOURCES + 2 * PIPES).map(|_| Cell::new(NO_FD)).collect(),
            asking: Cell::new(None),
            walking: Cell::new(false),
            stack: RefCell::default(),
            nested: Cell::new(0),
            exits: RefCell::default(),
            leaving: Cell::new(None),
            elsewhere: Cell::new(false),
            ever_left: Cell::new(false),
            forked: Cell::new(false),
            closing: Cell::new(false),
            freeing_left: Cell::new(false),
            pushes: RefCell::default(),
            quitters: RefCell::default(),
            trace: RefCell::default(),
        })
    }

    pub fn player(&self, number: i32) -> &Player {
        &self.players[number as usize]
    }

    /// The number of a source, if it is one of the program's.
    pub fn number_of(&self, source: Source) -> Option<i32> {
        let found = self.players.iter().position(|player| player.source.get() == source);
        found.filter(|_| !source.is_null()).map(|at| at as i32)
    }

    pub fn exists(&self, number: i32) -> bool {
        !self.player(number).source.get().is_null()
    }

    pub fn destroyed(&self, number: i32) -> bool {
        // SAFETY: the source has not been finalized, or its cell would be empty.
        unsafe { (self.api.g_source_is_destroyed)(self.player(number).source.get()) != 0 }
    }

    pub fn alive(&self, number: i32) -> bool {
        self.exists(number) && !self.destroyed(number)
    }

    /// Whether the source has a context; a destroyed one is remembered as it was last seen.
    pub fn attached(&self, number: i32) -> bool {
        let player = self.player(number);
        if !self.destroyed(number) {
            // SAFETY: as in `destroyed`.
            let context = unsafe { (self.api.g_source_get_context)(player.source.get()) };
            player.attached.set(!context.is_null());
            player.seen_in.set(context);
        }
        player.attached.get()
    }

    /// Whether `ancestor` is the source itself, its parent, or further up.
    pub fn descends(&self, number: i32, ancestor: i32) -> bool {
        let mut next = Some(number);
        while let Some(at) = next {
            if at == ancestor {
                return true;
            }
            next = self.player(at).parent.get();
        }
        false
    }

    /// The operations and the answer of this call of a hook, if the program has a turn for it.
    pub fn turn(&self, number: i32, hook: Hook) -> (&'a [Op], Option<bool>) {
        let calls = &self.player(number).calls[hook as usize];
        let call = calls.replace(calls.get() + 1);
        let mut turns =
            self.program.turns.iter().filter(|turn| turn.source == number && turn.hook == hook);
        turns.nth(call).map_or((&[], None), |turn| (&turn.ops[..], Some(turn.answer)))
    }

    /// The context an operation is about.
    pub fn stage(&self, op: &Op) -> &Stage {
        &self.stages[usize::from(op.second)]
    }

    /// A context that is iterated, if there is one: its sources may be walked.
    pub fn stage_walked(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.inside.get() > 0)
    }

    /// Asks the library whether its contexts are sound, if it can be asked.
    pub fn verify(&self) {
        let Some(verify) = self.api.mainspring_verify.filter(|_| !self.closing.get()) else {
            return;
        };
        for context in self.stages.iter().map(|stage| stage.context.get()) {
            // SAFETY: the context lives until `closing` or until it is taken out of its stage; what
            // is handed out is a text of the C library's allocator.
            unsafe {
                let complaint = if context.is_null() { null_mut() } else { verify(context) };
                if !complaint.is_null() {
                    let text = CStr::from_ptr(complaint).to_string_lossy().into_owned();
                    libc::free(complaint.cast());
                    self.tell(format_args!("{UNSOUND}{text}"));
                }
            }
        }
    }

    /// What was promised once and did not happen once. Callbacks of sources that are left are owed.
    pub fn settle_accounts(&self) {
        for (number, player) in self.players.iter().enumerate() {
            let gone = player.created.get() && player.source.get().is_null();
            let due = usize::from(gone) * player.dress.get();
            for dress in 1..=player.dress.get().max(due) {
                let times = player.let_go.borrow().iter().filter(|other| **other == dress).count();
                if times > 1 || gone && times == 0 {
                    self.tell(format_args!("{UNSOUND}notify {number}.{dress} ran {times} times"));
                }
            }
            let times = player.finalized.get();
            let own = (player.kind.get() as usize) < crate::hooks::FUNCS.len();
            if times > 1 || gone && own && times == 0 {
                self.tell(format_args!("{UNSOUND}{number} was finalized {times} times"));
            }
        }
    }

    /// Writes a line of the trace.
    pub fn tell(&self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.trace.borrow_mut(), "{line}");
    }

    /// Makes this the running program for the time of `work`.
    pub fn perform(&self, work: impl FnOnce()) {
        RUNNING.store(std::ptr::from_ref(self).cast_mut().cast(), Ordering::Release);
        work();
        RUNNING.store(null_mut(), Ordering::Release);
    }

    /// The running program. Only for code that the library calls while one runs.
    pub fn running() -> &'a Self {
        // SAFETY: a program runs and stays where it is until it has ended; other threads enter only
        // while the one that plays it waits for them.
        unsafe { &*RUNNING.load(Ordering::Acquire).cast::<Self>() }
    }
}

impl Drop for Cast<'_> {
    fn drop(&mut self) {
        for end in self.pipes.iter().flatten() {
            // SAFETY: the descriptor is ours, and nothing polls it any more.
            unsafe { libc::close(*end) };
        }
    }
}
