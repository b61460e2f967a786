//! New sources that other threads give to a context while its owner is at work: they do not wait for
//! its lock (`engine::inbox`).

use std::sync::Arc;

use super::cast::{add, begin, finalized, once, Home, Loop, Witness};
use super::Model;
use crate::engine::source::SourcePtr;
use crate::world::spawn;

pub const GIVEN: Model = Model {
    name: "given",
    about:
        "a source given to a context that is owned is dispatched once, however deep the loop sleeps",
    bound: Some(3),
    program: || {
        begin();
        let context = Home::create();
        assert!(context.acquire());
        let witness = Witness::new(once);
        let given = Arc::clone(&witness);
        let other = spawn(move || {
            add(&given, context);
        });
        context.iterate_until_called(&witness);
        other.join();
        context.release();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 1));
        context.leave();
    },
};

pub const BOTH: Model = Model {
    name: "given-both",
    about: "what two threads give at once has two ids, and both are dispatched",
    bound: Some(1),
    program: || {
        begin();
        let context = Home::create();
        assert!(context.acquire());
        let witnesses = [Witness::new(once), Witness::new(once)];
        let givers = witnesses.clone().map(|witness| {
            spawn(move || {
                assert_ne!(add(&witness, context), 0);
            })
        });
        witnesses.iter().for_each(|witness| context.iterate_until_called(witness));
        givers.into_iter().for_each(|giver| giver.join());
        context.release();
        assert!(witnesses.iter().all(|witness| (witness.calls(), witness.notes()) == (1, 1)));
        assert_eq!(finalized(), 2);
        context.leave();
    },
};

pub const AGAIN: Model = Model {
    name: "given-again",
    about: "a letter that was opened becomes the next one's, while another is on its way",
    bound: Some(2),
    program: || {
        begin();
        let context = Home::create();
        assert!(context.acquire());
        let witnesses = [Witness::new(once), Witness::new(once), Witness::new(once)];
        let given = witnesses.clone();
        let other = spawn(move || {
            given.iter().for_each(|witness| assert_ne!(add(witness, context), 0));
        });
        witnesses.iter().for_each(|witness| context.iterate_until_called(witness));
        other.join();
        context.release();
        assert!(witnesses.iter().all(|witness| (witness.calls(), witness.notes()) == (1, 1)));
        assert_eq!(finalized(), 3);
        context.leave();
    },
};

pub const GONE: Model = Model {
    name: "given-gone",
    about: "a source given and removed at once is found by its id, and let go once",
    bound: Some(3),
    program: || {
        begin();
        let context = Home::create();
        assert!(context.acquire());
        let witness = Witness::new(once);
        let given = Arc::clone(&witness);
        let other = spawn(move || {
            let id = add(&given, context);
            let removed = context.destroy_by_id(id);
            assert!(removed || given.was_called(), "a source that was given is not found");
        });
        context.iterate(false);
        other.join();
        context.release();
        assert!(witness.calls() <= 1);
        assert_eq!((witness.notes(), finalized()), (1, 1));
        context.leave();
    },
};

/// The callback ends the loop that runs it.
fn quits(witness: &Witness, _source: SourcePtr) -> bool {
    // SAFETY: the model's program holds the loop until its threads have ended.
    unsafe { &*witness.main_loop.get() }.quit();
    false
}

pub const RUN: Model = Model {
    name: "given-run",
    about:
        "a loop that runs, with an idle that keeps it busy for a while, comes to what it was given",
    bound: Some(3),
    program: || {
        begin();
        let context = Home::create();
        let main_loop = Loop::new(context);
        let (busy, witness) = (Witness::new(once), Witness::new(quits));
        witness.main_loop.set(main_loop.0);
        add(&busy, context);
        let given = Arc::clone(&witness);
        let other = spawn(move || {
            add(&given, context);
        });
        main_loop.run();
        other.join();
        main_loop.leave();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 2));
        context.leave();
    },
};
