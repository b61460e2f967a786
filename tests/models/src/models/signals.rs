//! Signal handlers against the loop: `engine::marks`. A handler runs as a thread of its own.

use super::cast::{again, begin, finalized, listener, Home, Witness};
use super::Model;
use crate::heap;
use crate::sys::clock::NS_PER_MS;
use crate::sys::signal::KNOWN;
use crate::world::{machine, spawn, Thread};

const LINE: usize = 3;

/// The signal arrives, once, at any time.
fn deliver() -> Thread<()> {
    spawn(|| machine().deliver(KNOWN[LINE]))
}

pub const SLEEP: Model = Model {
    name: "signal-sleep",
    about: "a signal at any time is dispatched by a loop that sleeps, or is about to",
    bound: Some(5),
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(again);
        let source = listener(&witness, LINE);
        source.attach(&context);
        let handler = deliver();
        context.iterate_until_called(&witness);
        handler.join();
        source.destroy();
        source.unreference();
        context.leave();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 1));
    },
};

pub const ATTACH: Model = Model {
    name: "signal-attach",
    about: "a signal that arrives while its source is attached is not lost",
    bound: Some(5),
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(again);
        let source = listener(&witness, LINE);
        let handler = deliver();
        source.attach(&context);
        context.iterate_until_called(&witness);
        handler.join();
        source.destroy();
        source.unreference();
        context.leave();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 1));
    },
};

fn end_beside_handler(patience: u64) {
    begin();
    let context = Home::create();
    let witness = Witness::new(again);
    let source = listener(&witness, LINE);
    source.attach(&context);
    source.unreference();
    machine().let_time_pass(patience);
    let handler = deliver();
    context.leave();
    handler.join();
    assert_eq!((witness.notes(), finalized()), (1, 1));
}

pub const END: Model = Model {
    name: "signal-end",
    about: "a context that a running handler may have seen is freed after the handler has ended",
    bound: None,
    program: || end_beside_handler(0),
};

pub const GIVEN_UP: Model = Model {
    name: "signal-given-up",
    about: "a handler that was given up on may come back: its context is never freed",
    bound: None,
    program: || {
        end_beside_handler(10 * NS_PER_MS);
        heap::forget(); // A context may be left.
    },
};
