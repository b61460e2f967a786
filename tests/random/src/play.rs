//! Plays a program on one library and hands back the trace.
//!
//! Every operation first asks whether it is possible now, and is passed over if not. Besides what
//! would be misuse (the misuse twins are about that) this leaves out what GLib is known to do
//! wrongly: iterating inside a child's dispatch, `pending` inside callbacks, removing a child from
//! an unattached parent, a priority changed by the source's own prepare or check. And while a context
//! is freed nothing is destroyed or dropped: how long GLib keeps what is, then, is nowhere promised.

use std::cell::Cell;
use std::fmt::Write as _;
use std::ptr::null_mut;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::api::{Api, Callback, PollFd, PollFunc, Source, Tag};
use crate::calls::{self, calls_to_leave, inside, CHECK, DISPATCH, ITERATION, PENDING, PREPARE};
use crate::cast::{Cast, Player, Step, NO_FD};
use crate::fork;
use crate::hooks::{self, Own, FUNCS};
use crate::program::{Hook, Op, Program, Verb, PIPES, SOURCES};

/// How deep a program iterates inside its own iterations.
const DEEPEST: i32 = 3;

const FIRST_BUILT_IN: i32 = FUNCS.len() as i32;
const IDLE: i32 = FIRST_BUILT_IN;
const TIMEOUT: i32 = FIRST_BUILT_IN + 1;
const LATER: i32 = FIRST_BUILT_IN + 2;
const AN_HOUR: u32 = 3_600_000;

/// The complete trace of a program on a library. What an exception or a jump leaves behind stays with
/// the thread, so a program that has one gets a thread of its own.
pub fn trace(api: &Api, program: &Program) -> Result<String> {
    let play = || {
        let cast = Cast::new(api, program)?;
        cast.perform(|| run(&cast));
        Ok(cast.trace.take())
    };
    match program.has(|op| matches!(op.verb, Verb::Throw | Verb::Jump)) {
        false => play(),
        true => std::thread::scope(|scope| {
            scope.spawn(play).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    }
}

fn run(cast: &Cast<'_>) {
    let api = cast.api;
    // SAFETY: the handler may be called at any time a program runs.
    unsafe { (api.g_log_set_default_handler)(hooks::logged, null_mut()) };
    for stage in &cast.stages {
        // SAFETY: a context of our own, given back below.
        stage.context.set(unsafe { (api.g_main_context_new)() });
    }
    for op in &cast.program.main {
        play(cast, op);
    }
    cast.tell(format_args!("the end"));
    while !cast.pushes.borrow().is_empty() {
        act(cast, &Op::new(Verb::Pop, &[]));
    }
    for second in [false, true] {
        let op = |verb| Op { second, ..Op::new(verb, &[]) };
        while cast.stage(&op(Verb::Release)).acquires.get() > 0 {
            act(cast, &op(Verb::Release));
        }
        if !cast.stage(&op(Verb::End)).context.get().is_null() {
            act(cast, &op(Verb::End));
        }
    }
    cast.closing.set(true);
    for number in 0..SOURCES {
        play(cast, &Op::new(Verb::Drop, &[number]));
    }
    let left = cast.players.iter().filter(|player| !player.source.get().is_null()).count();
    cast.tell(format_args!("sources left: {left}"));
    cast.settle_accounts();
}

/// What the descriptors of a source have reported, where that means something.
pub fn revents(cast: &Cast<'_>, number: i32) -> String {
    let player = cast.player(number);
    let mut text = String::new();
    for tag in player.tags.borrow().iter() {
        // SAFETY: tags are forgotten when they are removed and with their source.
        let events = unsafe { (cast.api.g_source_query_unix_fd)(player.source.get(), *tag) };
        // Writing to a string cannot fail.
        let _ = write!(text, " fd:{events}");
    }
    if player.polled.get() {
        let _ = write!(text, " poll:{}", cast.records[number as usize].get().revents);
    }
    text
}

/// Plays an operation if it is possible, on the thread it is for.
pub fn play(cast: &Cast<'_>, op: &Op) {
    let elsewhere = op.elsewhere && !cast.elsewhere.get();
    if elsewhere {
        cast.elsewhere.set(true);
    }
    if possible(cast, op) {
        if elsewhere {
            // The other thread finds the program where callbacks find it, and this one waits: by
            // joining, which ThreadSanitizer sees, unlike the end of a scope, and which comes after what
            // the thread leaves to its very end, which may hold locks.
            let act = || act(Cast::running(), op);
            let ended = std::thread::scope(|scope| {
                std::thread::Builder::new().spawn_scoped(scope, act).map(|thread| thread.join())
            });
            assert!(matches!(ended, Ok(Ok(()))), "no thread could be started, or it panicked");
        } else {
            act(cast, op);
        }
        // A check inside a callback without the dispatch after it is where GLib's outer batch loses
        // a source.
        if op.verb == Verb::Check && !cast.stack.borrow().is_empty() {
            act(cast, &Op { verb: Verb::Dispatch, ..*op });
        }
        cast.verify();
    }
    if elsewhere {
        cast.elsewhere.set(false);
    }
}

fn possible(cast: &Cast<'_>, op: &Op) -> bool {
    let [a, b, _] = op.args;
    let stage = cast.stage(op);
    let lives = !stage.context.get().is_null();
    // Iterating: not while asking or walking, not below a child's hook, not for ever deeper.
    let may_iterate = || {
        let below_child =
            cast.stack.borrow().iter().any(|(number, _)| cast.player(*number).was_child.get());
        lives
            && cast.asking.get().is_none()
            && !cast.walking.get()
            && !below_child
            && cast.nested.get() < DEEPEST
    };
    let by_hand = || may_iterate() && !cast.elsewhere.get();
    let is_child = |number: i32| cast.player(number).parent.get().is_some();
    let has_tag = || (b as usize) < cast.player(a).tags.borrow().len();
    let step = || stage.hand.borrow().step;
    match op.verb {
        Verb::Drop => {
            let freeing = cast.closing.get() && !cast.stack.borrow().is_empty();
            cast.exists(a) && cast.player(a).held.get() && !freeing
        }
        Verb::Feed | Verb::Drain => true,
        _ if cast.closing.get() => false,
        Verb::Destroy => cast.exists(a) && (cast.attached(a) || !is_child(a)),
        Verb::New => !cast.player(a).created.get(),
        Verb::Attach => lives && cast.alive(a) && !cast.attached(a) && !is_child(a),
        Verb::Priority => {
            let safe = cast.asking.get().is_none()
                || cast.asking.get() != Some(a) && !cast.player(a).was_parent.get();
            cast.alive(a) && !is_child(a) && safe && !leaves_a_walked_list(cast, a)
        }
        Verb::Time | Verb::Recurse | Verb::Callback | Verb::NoCallback | Verb::Look => {
            cast.exists(a)
        }
        Verb::Child => {
            let free = cast.alive(b) && !cast.attached(b) && !is_child(b);
            free && cast.alive(a) && !cast.descends(a, b)
        }
        Verb::RemoveChild => {
            cast.alive(a)
                && cast.alive(b)
                && cast.attached(a)
                && cast.player(b).parent.get() == Some(a)
        }
        Verb::AddFd => cast.alive(a) && cast.player(a).tags.borrow().len() < 3,
        Verb::ModifyFd => cast.alive(a) && has_tag(),
        Verb::RemoveFd => cast.exists(a) && has_tag(),
        Verb::AddPoll => cast.alive(a) && !cast.player(a).polled.get(),
        Verb::RemovePoll => cast.alive(a) && cast.player(a).polled.get(),
        Verb::ContextPoll => lives && !stage.recorded[a as usize].get(),
        Verb::ContextUnpoll => lives && stage.recorded[a as usize].get(),
        Verb::Iterate => may_iterate(),
        // On another thread it would wait for this one to give the context up.
        Verb::Run => by_hand(),
        Verb::Pending => by_hand() && cast.stack.borrow().is_empty(),
        Verb::Prepare => by_hand(),
        // Inside a callback the batch that is being dispatched is the outer one's.
        // What an exception has left pending is an assertion of GLib's.
        Verb::Dispatch if stage.left.get() => false,
        Verb::Dispatch => by_hand() && (step() == Step::Checked || cast.stack.borrow().is_empty()),
        Verb::Query => by_hand() && step() == Step::Prepared,
        Verb::Poll => by_hand() && step() == Step::Queried,
        Verb::Check => by_hand() && step() == Step::Polled,
        Verb::Invoke | Verb::Wakeup => lives,
        Verb::PollFunc => lives && stage.inside.get() == 0,
        Verb::Push | Verb::Acquire => lives && !cast.elsewhere.get(),
        Verb::Pop => !cast.elsewhere.get() && !cast.pushes.borrow().is_empty(),
        Verb::Release => !cast.elsewhere.get() && stage.acquires.get() > 0,
        Verb::Find => lives && cast.alive(a) && cast.attached(a),
        Verb::Throw | Verb::Jump => calls_to_leave(cast, a).is_some(),
        Verb::Fork => !cast.elsewhere.get() && !cast.forked.get(),
        Verb::End => {
            let unused = stage.inside.get() == 0 && stage.acquires.get() == 0;
            let pushed = cast.pushes.borrow().contains(&usize::from(op.second));
            // Freed by a notify or finalize function of one of its sources, it locks GLib up.
            let stack = cast.stack.borrow();
            let quiet = stack.iter().all(|(_, hook)| *hook == Hook::Dispatch);
            lives && unused && !pushed && quiet && !cast.elsewhere.get()
        }
    }
}

/// Whether a finalize function, called inside a walk, would move the last source away from its priority:
/// GLib then frees the list that it walks.
fn leaves_a_walked_list(cast: &Cast<'_>, number: i32) -> bool {
    let finalizes = cast.stack.borrow().last().is_some_and(|(_, hook)| *hook == Hook::Finalize);
    if !finalizes || cast.stage_walked().is_none() {
        return false;
    }
    // SAFETY: asked only of sources that are there.
    let priority =
        |number: i32| unsafe { (cast.api.g_source_get_priority)(cast.player(number).source.get()) };
    let beside = |other: i32| {
        other != number && cast.exists(other) && cast.attached(other) && {
            let same = cast.player(other).seen_in.get() == cast.player(number).seen_in.get();
            same && priority(other) == priority(number)
        }
    };
    cast.attached(number) && !(0..SOURCES).any(beside)
}

/// Calls the library for an operation that is possible.
fn act(cast: &Cast<'_>, op: &Op) {
    let api = cast.api;
    let stage = cast.stage(op);
    let context = stage.context.get();
    let [a, b, c] = op.args;
    // The first argument is a source for most, and only looked at by those.
    let player = &cast.players[a.rem_euclid(SOURCES) as usize];
    let source = player.source.get();
    cast.tell(format_args!("> {op}"));
    // SAFETY: `possible` has seen that sources and tags are there and that the call is no misuse;
    // the context lives until `closing`; records and data outlive the program's run.
    unsafe {
        match op.verb {
            Verb::New => new(cast, player, a, b),
            Verb::Attach => {
                let id = (api.g_source_attach)(source, context);
                cast.tell(format_args!("  id {id}"));
            }
            Verb::Drop => {
                player.held.set(false);
                (api.g_source_unref)(source);
            }
            Verb::Destroy => (api.g_source_destroy)(source),
            Verb::Priority => (api.g_source_set_priority)(source, b),
            Verb::Time => (api.g_source_set_ready_time)(source, [-1, 0, i64::MAX][b as usize]),
            Verb::Recurse => (api.g_source_set_can_recurse)(source, b),
            Verb::Callback => dress(cast, player, a),
            Verb::NoCallback => (api.g_source_set_callback)(source, None, null_mut(), None),
            Verb::Child => {
                let child = cast.player(b);
                player.was_parent.set(true);
                child.was_child.set(true);
                child.parent.set(Some(a));
                (api.g_source_add_child_source)(source, child.source.get());
            }
            Verb::RemoveChild => {
                (api.g_source_remove_child_source)(source, cast.player(b).source.get());
            }
            Verb::AddFd => {
                let tag = (api.g_source_add_unix_fd)(source, cast.pipes[b as usize][0], c);
                player.tags.borrow_mut().push(tag);
            }
            Verb::ModifyFd => {
                let tag = player.tags.borrow()[b as usize];
                (api.g_source_modify_unix_fd)(source, tag, c);
            }
            Verb::RemoveFd => {
                let tag: Tag = player.tags.borrow_mut().remove(b as usize);
                (api.g_source_remove_unix_fd)(source, tag);
            }
            Verb::AddPoll => {
                player.polled.set(true);
                let record = &cast.records[a as usize];
                record.set(libc::pollfd {
                    fd: cast.pipes[b as usize][0],
                    events: c as i16,
                    revents: 0,
                });
                (api.g_source_add_poll)(source, record.as_ptr());
            }
            Verb::RemovePoll => {
                player.polled.set(false);
                (api.g_source_remove_poll)(source, cast.records[a as usize].as_ptr());
            }
            Verb::ContextPoll => {
                stage.recorded[a as usize].set(true);
                let record = context_record(cast, op);
                let fd = cast.pipes[a as usize][0];
                record.set(libc::pollfd { fd, events: b as i16, revents: 0 });
                (api.g_main_context_add_poll)(context, record.as_ptr(), c);
            }
            Verb::ContextUnpoll => {
                stage.recorded[a as usize].set(false);
                let record = context_record(cast, op);
                cast.tell(format_args!("  revents {}", record.get().revents));
                (api.g_main_context_remove_poll)(context, record.as_ptr());
            }
            Verb::Feed => {
                libc::write(cast.pipes[a as usize][1], c"x".as_ptr().cast(), 1);
            }
            Verb::Drain => {
                let mut bytes = [0u8; 64];
                while libc::read(cast.pipes[a as usize][0], bytes.as_mut_ptr().cast(), 64) > 0 {}
            }
            Verb::Iterate => {
                inside(cast, op, &ITERATION, || (api.g_main_context_iteration)(context, 0));
            }
            Verb::Run => calls::run_loop(cast, op),
            Verb::Pending => {
                inside(cast, op, &PENDING, || (api.g_main_context_pending)(context));
            }
            Verb::Prepare | Verb::Query | Verb::Poll | Verb::Check => by_hand(cast, op),
            Verb::Dispatch => {
                let dispatch = || {
                    (api.g_main_context_dispatch)(context);
                    0
                };
                inside(cast, op, &DISPATCH, dispatch);
            }
            Verb::Invoke => (api.g_main_context_invoke_full)(
                context,
                a,
                hooks::invoked,
                null_mut(),
                hooks::invoke_notified,
            ),
            Verb::Push => {
                (api.g_main_context_push_thread_default)(context);
                cast.pushes.borrow_mut().push(usize::from(op.second));
            }
            Verb::Pop => {
                if let Some(top) = cast.pushes.borrow_mut().pop() {
                    (api.g_main_context_pop_thread_default)(cast.stages[top].context.get());
                }
                let still = !(api.g_main_context_get_thread_default)().is_null();
                cast.tell(format_args!("  default {still}"));
            }
            Verb::Acquire => {
                let got = (api.g_main_context_acquire)(context);
                stage.acquires.set(stage.acquires.get() + got);
                cast.tell(format_args!("  acquired {got}"));
            }
            Verb::Release => {
                stage.acquires.set(stage.acquires.get() - 1);
                (api.g_main_context_release)(context);
                cast.tell(format_args!("  owner {}", (api.g_main_context_is_owner)(context)));
            }
            Verb::Wakeup => (api.g_main_context_wakeup)(context),
            Verb::Look => look(cast, a, source),
            Verb::Find => {
                let id = (api.g_source_get_id)(source);
                let by_id = (api.g_main_context_find_source_by_id)(context, id);
                let data = hooks::data(a, player.dress.get());
                let by_data = (api.g_main_context_find_source_by_user_data)(context, data);
                let found = (cast.number_of(by_id), cast.number_of(by_data));
                cast.tell(format_args!("  found {found:?}"));
            }
            Verb::Throw | Verb::Jump => {
                let calls = calls_to_leave(cast, a).unwrap_or_default();
                cast.leaving.set(Some((op.verb == Verb::Jump, calls)));
                calls::leave(cast);
            }
            Verb::Fork => fork::in_a_child(cast),
            Verb::PollFunc => {
                let func = (a != 0).then_some(hooks::polls as PollFunc);
                (api.g_main_context_set_poll_func)(context, func);
            }
            Verb::End => end(cast, op),
        }
    }
}

fn new(cast: &Cast<'_>, player: &Player, number: i32, kind: i32) {
    let api = cast.api;
    player.created.set(true);
    player.held.set(true);
    player.kind.set(kind);
    // SAFETY: the tables are static, and the source has room for what follows a `GSource`.
    unsafe {
        let source = match kind {
            IDLE => (api.g_idle_source_new)(),
            TIMEOUT => {
                tick();
                let source = (api.g_timeout_source_new)(0);
                tick();
                source
            }
            LATER => (api.g_timeout_source_new)(AN_HOUR),
            own if own < FIRST_BUILT_IN => {
                let size = size_of::<Own>() as u32;
                let source = (api.g_source_new)(&FUNCS[own as usize], size);
                (*source.cast::<Own>()).number = number as usize;
                source
            }
            _ => (api.g_unix_fd_source_new)(cast.pipes[number as usize % cast.pipes.len()][0], 1),
        };
        player.source.set(source);
        (api.g_source_set_dispose_function)(source, Some(hooks::disposed));
    }
    if kind >= FIRST_BUILT_IN {
        dress(cast, player, number);
    }
}

/// Waits for a later microsecond, so that no clock takes what comes next for what was before: a
/// timeout that a source's function makes is either due for the iteration under way or it is not.
fn tick() {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_micros(2) {}
}

/// Gives the source its next callback.
fn dress(cast: &Cast<'_>, player: &Player, number: i32) {
    player.dress.set(player.dress.get() + 1);
    let callback: Callback = match player.kind.get() {
        own if own < FIRST_BUILT_IN => hooks::own_callback,
        IDLE | TIMEOUT | LATER => hooks::callback,
        // SAFETY: the library calls the callback of a descriptor source with its real type.
        _ => unsafe { std::mem::transmute::<*const (), Callback>(hooks::fd_callback as *const ()) },
    };
    let data = hooks::data(number, player.dress.get());
    // SAFETY: the source is there.
    unsafe {
        let set = cast.api.g_source_set_callback;
        set(player.source.get(), Some(callback), data, Some(hooks::notified));
    }
}

fn context_record<'a>(cast: &'a Cast<'_>, op: &Op) -> &'a Cell<PollFd> {
    &cast.records[(SOURCES + PIPES * i32::from(op.second) + op.args[0]) as usize]
}

/// Frees a context. Nothing is known of its sources from then on but that they are destroyed.
fn end(cast: &Cast<'_>, op: &Op) {
    let stage = cast.stage(op);
    let context = stage.context.get();
    for number in (0..SOURCES).filter(|number| cast.exists(*number)) {
        cast.attached(number);
    }
    let closing = cast.closing.replace(true);
    cast.freeing_left.set(stage.left.get());
    stage.context.set(null_mut());
    calls::give_loops_back(cast, op);
    // SAFETY: the only reference, and nobody iterates it.
    unsafe { (cast.api.g_main_context_unref)(context) };
    cast.freeing_left.set(false);
    cast.closing.set(closing);
    for player in cast.players.iter().filter(|player| player.seen_in.get() == context) {
        player.attached.set(false);
    }
    stage.recorded.iter().for_each(|recorded| recorded.set(false));
}

/// The first four steps of an iteration; nobody dispatches in them, so that `hand` stays ours.
fn by_hand(cast: &Cast<'_>, op: &Op) {
    let api = cast.api;
    let stage = cast.stage(op);
    let context = stage.context.get();
    // SAFETY: the context lives, and the array is the one the library has filled.
    unsafe {
        match op.verb {
            Verb::Prepare => {
                let mut priority = 0;
                let prepare = || (api.g_main_context_prepare)(context, &mut priority);
                inside(cast, op, &PREPARE, prepare);
                cast.tell(format_args!("  priority {priority}"));
                let mut hand = stage.hand.borrow_mut();
                (hand.step, hand.priority) = (Step::Prepared, priority);
            }
            Verb::Query => {
                let mut hand = stage.hand.borrow_mut();
                let hand = &mut *hand;
                if op.args[0] == 1 {
                    hand.priority = i32::MAX;
                }
                let room = hand.fds.len() as i32;
                hand.fds.fill(NO_FD);
                let (fds, mut timeout) = (hand.fds.as_mut_ptr(), 0);
                let count =
                    (api.g_main_context_query)(context, hand.priority, &mut timeout, fds, room);
                (hand.step, hand.count) = (Step::Queried, count as usize);
                // What depends on the clock is told as a class.
                let timeout = if timeout > 10_000 { i32::MAX } else { timeout };
                let array = describe(cast, &hand.fds[..hand.count], |fd| fd.events);
                cast.tell(format_args!("  {count} entries, timeout {timeout}:{array}"));
            }
            Verb::Poll => {
                let mut hand = stage.hand.borrow_mut();
                let hand = &mut *hand;
                libc::poll(hand.fds.as_mut_ptr(), hand.count as u64, 0);
                hand.step = Step::Polled;
                let array = describe(cast, &hand.fds[..hand.count], |fd| fd.revents);
                cast.tell(format_args!("  polled:{array}"));
            }
            _ => {
                let (priority, mut fds, count) = {
                    let hand = stage.hand.borrow();
                    (hand.priority, hand.fds, hand.count as i32)
                };
                let fds = fds.as_mut_ptr();
                let check = || (api.g_main_context_check)(context, priority, fds, count);
                inside(cast, op, &CHECK, check);
                stage.hand.borrow_mut().step = Step::Checked;
            }
        }
    }
}

/// The entries of pipes in the order of the pipes; the library's own descriptor has no promise.
pub fn describe(
    cast: &Cast<'_>,
    fds: &[libc::pollfd],
    what: impl Fn(&libc::pollfd) -> i16,
) -> String {
    let mut text = String::new();
    for (number, ends) in cast.pipes.iter().enumerate() {
        for fd in fds.iter().filter(|fd| fd.fd == ends[0]) {
            // Writing to a string cannot fail.
            let _ = write!(text, " pipe {number} {}", what(fd));
        }
    }
    text
}

/// All that the functions of a source say about it.
fn look(cast: &Cast<'_>, number: i32, source: Source) {
    let api = cast.api;
    let attached = cast.attached(number);
    // SAFETY: the source is there; its id is only asked for while its context lives.
    let (id, priority, recurse, time) = unsafe {
        (
            if attached { (api.g_source_get_id)(source) } else { 0 },
            (api.g_source_get_priority)(source),
            (api.g_source_get_can_recurse)(source),
            (api.g_source_get_ready_time)(source).clamp(-1, 1),
        )
    };
    let destroyed = cast.destroyed(number);
    cast.tell(format_args!(
        "  id {id}, priority {priority}, recurse {recurse}, time {time}, destroyed {destroyed}"
    ));
}
