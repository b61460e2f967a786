//! Who may iterate, and running until quit.

use std::sync::Arc;

use super::cast::{again, begin, finalized, idle, Home, Loop, Witness};
use super::Model;
use crate::engine::owner::Waiter;
use crate::engine::source::SourcePtr;
use crate::sync::{Cell, Signal};
use crate::world::{spawn, yield_now};

pub const ACQUIRE: Model = Model {
    name: "acquire",
    about: "owners exclude each other, and what one did the next one sees",
    bound: Some(4),
    program: || {
        begin();
        let context = Home::create();
        let owned = Arc::new(Cell::new(0));
        let own = move |owned: &Cell<u32>| {
            while !context.acquire() {
                yield_now();
            }
            owned.set(owned.get() + 1);
            context.release();
        };
        let others = Arc::clone(&owned);
        let other = spawn(move || own(&others));
        own(&owned);
        other.join();
        assert_eq!(owned.get(), 2);
        assert!(context.acquire(), "nobody owns it any more");
        context.release();
        context.leave();
    },
};

/// Wakes a thread that waits for ownership as `g_main_context_wait` does.
fn give(signal: *mut (), _mutex: *mut ()) {
    // SAFETY: the waiter keeps its signal until the model ends.
    unsafe { &*signal.cast_const().cast::<Signal>() }.give();
}

pub const WAIT: Model = Model {
    name: "wait-release",
    about: "whoever waits for a context is woken by its release, and has it then",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        assert!(context.acquire());
        let owned = Arc::new(Cell::new(1));
        let signal = Arc::new(Signal::default());
        let (others, woken) = (Arc::clone(&owned), Arc::clone(&signal));
        let other = spawn(move || {
            let condition = Arc::as_ptr(&woken).cast_mut().cast::<()>();
            let waiter = Waiter::Outer { wake: give, condition, mutex: condition };
            if !context.acquire_or_queue(waiter) {
                woken.wait();
                assert!(context.acquire_after_wait(condition), "woken, but not the owner");
            }
            others.set(others.get() + 1);
            context.release();
        });
        owned.set(owned.get() + 1);
        context.release();
        other.join();
        assert_eq!(owned.get(), 3);
        context.leave();
    },
};

/// Iterates until an iteration of the calling thread's own has dispatched.
fn iterate_once(context: Home) {
    while !context.iterate(true) {}
}

pub const SHARE: Model = Model {
    name: "share",
    about: "two threads that iterate one context both come to it, and never at once",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(again);
        let source = idle(&witness);
        source.attach(&context);
        let other = spawn(move || iterate_once(context));
        iterate_once(context);
        other.join();
        source.unreference();
        context.leave();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (2, 1, 1));
    },
};

/// Waits, as a program may, until somebody runs the loop.
fn wait_until_running(main_loop: Loop) {
    while !main_loop.is_running() {
        yield_now();
    }
}

pub const QUIT: Model = Model {
    name: "quit",
    about: "quit from another thread ends a run that sleeps, or is about to",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let main_loop = Loop::new(context);
        let other = spawn(move || {
            wait_until_running(main_loop);
            main_loop.quit();
        });
        main_loop.run();
        other.join();
        main_loop.leave();
        context.leave();
    },
};

pub const QUIT_LAST: Model = Model {
    name: "quit-last",
    about: "the runner may give up loop and context as soon as run returns, quit or not yet over",
    bound: Some(5),
    program: || {
        begin();
        let context = Home::create();
        let main_loop = Loop::new(context);
        let other = spawn(move || {
            wait_until_running(main_loop);
            main_loop.quit();
        });
        main_loop.run();
        main_loop.leave();
        context.leave();
        other.join();
    },
};

/// The callback ends the loop it is told.
fn quit(witness: &Witness, _source: SourcePtr) -> bool {
    Loop(witness.main_loop.get()).quit();
    true
}

pub const RUNNERS: Model = Model {
    name: "runners",
    about: "of two threads that run one loop, quit ends both, the one that waits as well",
    bound: Some(4),
    program: || {
        begin();
        let context = Home::create();
        let main_loop = Loop::new(context);
        let witness = Witness::new(quit);
        witness.main_loop.set(main_loop.0);
        let source = idle(&witness);
        source.attach(&context);
        let other = spawn(move || main_loop.run());
        main_loop.run();
        other.join();
        source.unreference();
        main_loop.leave();
        context.leave();
        assert_eq!((witness.notes(), finalized()), (1, 1));
    },
};
