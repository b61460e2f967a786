//! The last references: of a context whose sources others still use, of a source, of neither.

use std::sync::Arc;

use super::cast::{add, begin, finalized, idle, once, quiet, rest, timed, Held, Home, Witness};
use super::Model;
use crate::engine::context::Context;
use crate::heap;
use crate::sys::poll::PollFd;
use crate::world::{machine, spawn};

/// A context with one source; one thread gives the context up while another, which has a reference
/// on the source alone, does `work` and gives it up as well.
fn end_beside(work: fn(Held), prepare: fn(Home, Held)) -> Arc<Witness> {
    begin();
    let context = Home::create();
    let witness = Witness::new(rest);
    let source = timed(&witness);
    source.attach(&context);
    prepare(context, source);
    let other = spawn(move || {
        work(source);
        source.unreference();
    });
    context.leave();
    other.join();
    assert_eq!((witness.notes(), finalized()), (1, 1));
    assert_eq!(machine().opened(), 0, "a descriptor was left open");
    witness
}

fn nothing(_context: Home, _source: Held) {}

pub const UNREF: Model = Model {
    name: "end-unref",
    about: "a context ends while the last other reference on its source goes",
    bound: None,
    program: || {
        end_beside(|_| {}, nothing);
    },
};

pub const DESTROY: Model = Model {
    name: "end-destroy",
    about: "a context ends while its source is destroyed",
    bound: Some(3),
    program: || {
        end_beside(|source| source.destroy(), nothing);
    },
};

pub const BY_ID: Model = Model {
    name: "end-context-of",
    about: "who asks a source for its context gets a living one or none",
    bound: Some(3),
    program: || {
        let work = |source: Held| {
            let context = source.referenced_context();
            if !context.is_null() {
                // SAFETY: the reference just taken.
                unsafe {
                    (*context).wakeup();
                    Context::unreference(context);
                }
            }
        };
        end_beside(work, nothing);
    },
};

pub const RETIME: Model = Model {
    name: "end-retime",
    about: "a source is given a time while its context ends, whose descriptor an outer loop polls",
    bound: Some(4),
    program: || {
        let query = |context: Home, _source: Held| {
            context.prepare().expect("from outside any source");
            let mut fds = [PollFd::default(); 2];
            context.query(i32::MAX, &mut fds);
        };
        end_beside(|source| source.set_ready_time(Some(5)), query);
    },
};

pub const DISPATCH: Model = Model {
    name: "end-two-sources",
    about: "of two sources of a context that ends, another thread destroys one",
    bound: Some(4),
    program: || {
        begin();
        let context = Home::create();
        let (first, second) = (Witness::new(once), Witness::new(once));
        let (kept, given) = (timed(&first), timed(&second));
        kept.attach(&context);
        given.give_to(&context);
        let other = spawn(move || {
            kept.destroy();
            kept.unreference();
        });
        context.leave();
        other.join();
        assert_eq!((first.notes(), second.notes(), finalized()), (1, 1, 2));
    },
};

pub const ATTACH: Model = Model {
    name: "attach-change",
    about: "a source is attached while another thread changes and destroys it",
    bound: None,
    program: || {
        begin();
        let witness = Witness::new(rest);
        let source = timed(&witness);
        let _ = source.reference();
        let other = spawn(move || {
            source.set_priority(1);
            source.destroy();
            source.unreference();
        });
        let context = Home::create(); // Which only the source tells the other thread of.
        let _attached_in_time = source.attach(&context);
        other.join();
        assert!(source.is_destroyed());
        source.unreference();
        context.leave();
        assert_eq!((witness.notes(), finalized()), (1, 1));
    },
};

pub const ATTACH_FAMILY: Model = Model {
    name: "attach-family",
    about: "a time that is set while the source's parent is attached ends the loop's sleep",
    bound: Some(3),
    program: || {
        begin();
        let context = Home::create();
        let (parents, witness) = (Witness::new(once), Witness::new(once));
        let (parent, child) = (timed(&parents), timed(&witness));
        assert!(parent.add_child(*child));
        let other = spawn(move || {
            child.set_ready_time(Some(0));
            child.unreference();
        });
        parent.attach(&context);
        parent.unreference();
        context.iterate_until_called(&witness);
        other.join();
        context.leave();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 2));
    },
};

pub const ATTACH_TWICE: Model = Model {
    name: "attach-twice",
    about: "of two threads that attach a source to two contexts one succeeds",
    bound: None,
    program: || {
        begin();
        let contexts = [Home::create(), Home::create()];
        let witness = Witness::new(once);
        let source = idle(&witness);
        let other = spawn(move || source.attach(&contexts[1]).is_some());
        let mine = source.attach(&contexts[0]).is_some();
        assert!(mine != other.join());
        source.unreference();
        contexts.into_iter().for_each(Home::leave);
        assert_eq!((witness.notes(), finalized()), (1, 1));
    },
};

pub const ATTACH_LAST: Model = Model {
    name: "attach-last",
    about:
        "a source handed to a context may be gone, and the context end, before the attach returns",
    bound: Some(4),
    program: || {
        begin();
        let context = Home::create();
        context.reference();
        let witness = Witness::new(once);
        let posted = Arc::clone(&witness);
        let other = spawn(move || {
            add(&posted, context);
            context.leave();
        });
        context.iterate(false);
        context.leave();
        other.join();
        assert_eq!((witness.notes(), finalized()), (1, 1));
    },
};

pub const SOURCE: Model = Model {
    name: "source-last",
    about: "of three references on a source, one dropped by destroy, the last finalizes, once",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(once);
        let source = timed(&witness);
        source.attach(&context);
        let _ = source.reference();
        let other = spawn(move || {
            source.destroy();
            source.unreference();
        });
        source.unreference();
        other.join();
        assert_eq!((witness.notes(), finalized()), (1, 1));
        context.leave();
    },
};

pub const QUIET: Model = Model {
    name: "quiet-last",
    about: "a source of whose end nobody is told goes with the last of its references, wherever that is",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(once);
        let source = quiet(&witness);
        source.attach(&context);
        let _ = source.reference();
        let other = spawn(move || source.unreference());
        source.unreference();
        context.iterate(false);
        other.join();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 0));
        context.leave();
    },
};

pub const GLOBAL: Model = Model {
    name: "global",
    about: "threads that first ask for the global context at once get the same one",
    bound: None,
    program: || {
        begin();
        let other = spawn(|| Home::global().address() as usize);
        let mine = Home::global();
        assert_eq!(other.join(), mine.address() as usize);
        assert_eq!(heap::left(), 1, "one context is kept, another was not");
        mine.leave(); // It is for ever, but not for longer than this.
    },
};
