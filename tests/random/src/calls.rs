//! Calls of the library that call the program back and that an exception or a jump may lead out of.
//!
//! What such a call leaves behind is GLib's promise as much as ours: the source that was dispatched
//! stays blocked, and the context owned. The program gives back what the call had acquired and goes on.

use std::cell::Cell;
use std::rc::Rc;

use crate::api::Loop;
use crate::cast::{Cast, Quitter, Step};
use crate::hooks;
use crate::leave::{self, attempt};
use crate::program::{Hook, Op};

pub struct Call {
    name: &'static str,
    /// The library may be in the middle of a walk over the sources when it calls back.
    walks: bool,
    /// How often it acquires the context.
    owned: u32,
}

pub const ITERATION: Call = Call { name: "iteration", walks: true, owned: 1 };
pub const PENDING: Call = Call { name: "pending", walks: true, owned: 1 };
pub const PREPARE: Call = Call { name: "prepare", walks: true, owned: 0 };
pub const CHECK: Call = Call { name: "check", walks: true, owned: 0 };
pub const DISPATCH: Call = Call { name: "dispatch", walks: false, owned: 0 };
const LOOP: Call = Call { name: "loop", walks: true, owned: 2 };

/// How many calls an exception or a jump leaves now, at least one and `further` ones if there are any;
/// `None` if it cannot leave. Only dispatches are left: GLib is in no state to go on after an exception
/// out of any other function of the program's, nor, for it is defective there anyway, out of a
/// child's. And where an iteration is left inside a dispatch of the
/// same context, that one is left as well, because GLib's would stumble over what is pending.
pub fn calls_to_leave(cast: &Cast<'_>, further: i32) -> Option<i32> {
    let (exits, stack) = (cast.exits.borrow(), cast.stack.borrow());
    let mut inside = [0, 1].map(|at: usize| cast.stages[at].inside.get());
    let mut found = None;
    for (left, (hooks, second)) in (1..).zip(exits.iter().rev()) {
        let above = stack.get(*hooks..).unwrap_or_default();
        let only_dispatches = above
            .iter()
            .all(|(number, hook)| *hook == Hook::Dispatch && !cast.player(*number).was_child.get());
        if above.is_empty() || !only_dispatches || found.is_some() && left > further + 1 {
            break;
        }
        let inside = &mut inside[usize::from(*second)];
        *inside -= 1;
        if *inside == 0 {
            found = Some(left);
        }
    }
    found.filter(|_| !cast.elsewhere.get())
}

/// A call that iterates, or does a step of it. An exception or a jump may lead out of it, perhaps further.
pub fn inside(cast: &Cast<'_>, op: &Op, what: &Call, call: impl FnOnce() -> i32) {
    let Call { name, walks, owned } = *what;
    let stage = cast.stage(op);
    stage.hand.borrow_mut().step = Step::Nothing;
    let (nested, inside) = (cast.nested.get(), stage.inside.get());
    let (walking, asking) = (cast.walking.get(), cast.asking.get());
    let hooks = cast.stack.borrow().len();
    stage.left.set(stage.left.get() && !walks);
    cast.nested.set(nested + 1);
    stage.inside.set(inside + 1);
    cast.walking.set(walks);
    cast.exits.borrow_mut().push((hooks, op.second));
    let result = attempt(call);
    cast.exits.borrow_mut().pop();
    cast.nested.set(nested);
    stage.inside.set(inside);
    cast.walking.set(walking);
    if let Some(result) = result {
        return cast.tell(format_args!("  {name}: {result}"));
    }
    stage.left.set(true);
    cast.ever_left.set(true);
    cast.stack.borrow_mut().truncate(hooks);
    cast.asking.set(asking);
    cast.tell(format_args!("  {name} left"));
    if let Some(the_loop) = (name == LOOP.name).then(|| stopped(cast)).flatten() {
        // SAFETY: the reference that the call holds while it runs.
        unsafe { (cast.api.g_main_loop_unref)(the_loop) };
    }
    for _ in 0..owned {
        // SAFETY: what the call has acquired is this thread's, and it did not come to releasing it.
        unsafe { (cast.api.g_main_context_release)(stage.context.get()) };
    }
    leave(cast);
}

/// Leaves the innermost call if one is still to be left.
pub fn leave(cast: &Cast<'_>) {
    let Some((jumps, calls)) = cast.leaving.take() else { return };
    if calls > 0 {
        cast.leaving.set(Some((jumps, calls - 1)));
        if jumps {
            leave::jump();
        }
        leave::throw();
    }
}

/// Runs a loop that an idle of its own ends, or many dispatches of others (`tire`).
pub fn run_loop(cast: &Cast<'_>, op: &Op) {
    const PRIORITY: i32 = 1;
    const PATIENCE: i32 = 12;
    let api = cast.api;
    let context = cast.stage(op).context.get();
    // SAFETY: the context lives; the loop is given back when its quitter is destroyed for certain.
    unsafe {
        let the_loop = (api.g_main_loop_new)(context, 0);
        let quitter = Rc::new(Quitter {
            the_loop,
            second: op.second,
            runs: Cell::new(true),
            turns: Cell::new(op.args[0]),
            patience: Cell::new(PATIENCE),
        });
        let data = std::ptr::from_ref(&*quitter).cast_mut().cast();
        cast.quitters.borrow_mut().push(quitter);
        let idle = (api.g_idle_source_new)();
        (api.g_source_set_priority)(idle, PRIORITY);
        (api.g_source_set_callback)(idle, Some(hooks::quits), data, None);
        (api.g_source_attach)(idle, context);
        let run = || {
            (api.g_main_loop_run)(the_loop);
            stopped(cast);
            0
        };
        inside(cast, op, &LOOP, run);
        (api.g_source_destroy)(idle);
        (api.g_source_unref)(idle);
    }
}

/// The innermost loop runs no more.
fn stopped(cast: &Cast<'_>) -> Option<Loop> {
    let quitters = cast.quitters.borrow();
    let innermost = quitters.iter().rfind(|quitter| quitter.runs.get())?;
    innermost.runs.set(false);
    Some(innermost.the_loop)
}

/// A source was dispatched: the innermost loop that runs comes to an end, even if sources that are always
/// ready leave its idle no turn.
pub fn tire(cast: &Cast<'_>) {
    let quitters = cast.quitters.borrow();
    let Some(innermost) = quitters.iter().rfind(|quitter| quitter.runs.get()) else { return };
    let patience = innermost.patience.get() - 1;
    innermost.patience.set(patience);
    if patience == 0 {
        cast.tell(format_args!("  the loop is to end"));
        // SAFETY: the program's reference on the loop is there while its quitter is.
        unsafe { (cast.api.g_main_loop_quit)(innermost.the_loop) };
    }
}

/// Gives back the loops that ran on a context, which is about to be freed.
pub fn give_loops_back(cast: &Cast<'_>, op: &Op) {
    for quitter in cast.quitters.borrow().iter().filter(|quitter| quitter.second == op.second) {
        // SAFETY: the program's reference; nobody iterates the context any more.
        unsafe { (cast.api.g_main_loop_unref)(quitter.the_loop) };
    }
    cast.quitters.borrow_mut().retain(|quitter| quitter.second != op.second);
}
