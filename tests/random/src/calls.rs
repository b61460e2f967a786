//! Calls of the library that call the program back and that an exception or a jump may lead out of.
//!
//! What such a call leaves behind is GLib's promise as much as ours: the source that was dispatched
//! stays blocked, and the context owned. The program gives back what the call had acquired and goes on.

use std::cell::Cell;

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

/// Runs a loop that an idle of its own, more urgent than all else, ends.
pub fn run_loop(cast: &Cast<'_>, op: &Op) {
    const MOST_URGENT: i32 = -1000;
    let api = cast.api;
    let context = cast.stage(op).context.get();
    // SAFETY: the context lives; the loop is given back only when its quitter has ended it.
    unsafe {
        let the_loop = (api.g_main_loop_new)(context, 0);
        let quitter = Box::new(Quitter { the_loop, turns: Cell::new(op.args[0]) });
        let data = std::ptr::from_ref(&*quitter).cast_mut().cast();
        cast.quitters.borrow_mut().push(quitter);
        let idle = (api.g_idle_source_new)();
        (api.g_source_set_priority)(idle, MOST_URGENT);
        (api.g_source_set_callback)(idle, Some(hooks::quits), data, None);
        (api.g_source_attach)(idle, context);
        (api.g_source_unref)(idle);
        let run = || {
            (api.g_main_loop_run)(the_loop);
            0
        };
        inside(cast, op, &LOOP, run);
    }
}
