//! Whole contexts, one of whose threads iterates: posts, new times, destruction, callbacks.

use std::sync::Arc;

use super::cast::{again, asked, begin, finalized, idle, once, rest, set_callback, timed};
use super::cast::{Held, Home, Witness};
use super::Model;
use crate::sync::{AtomicBool, Ordering};
use crate::world::spawn;

pub const WAKEUP: Model = Model {
    name: "wakeup",
    about: "a wakeup at any time ends the iteration under way or the next one",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let flag = Arc::new(AtomicBool::new(false));
        let setter = Arc::clone(&flag);
        let other = spawn(move || {
            setter.store(true, Ordering::Relaxed);
            context.wakeup();
        });
        while !flag.load(Ordering::Relaxed) {
            context.iterate(true);
        }
        other.join();
        context.leave();
    },
};

pub const POST: Model = Model {
    name: "post",
    about: "a source that another thread attaches is dispatched once, however deep the loop sleeps",
    bound: Some(4),
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(once);
        let posted = Arc::clone(&witness);
        let other = spawn(move || {
            let source = idle(&posted);
            assert!(source.attach(&context).is_some());
            source.unreference();
        });
        context.iterate_until_called(&witness);
        other.join();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 1));
        context.leave();
    },
};

pub const RETIME: Model = Model {
    name: "retime",
    about: "a time set by another thread ends the loop's sleep",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(rest);
        let source = timed(&witness);
        source.attach(&context);
        let other = spawn(move || {
            source.set_ready_time(Some(0));
            source.unreference();
        });
        context.iterate_until_called(&witness);
        other.join();
        context.leave();
        assert_eq!((witness.calls(), witness.notes(), finalized()), (1, 1, 1));
    },
};

/// Another thread destroys a source while the loop iterates twice, a source that stays before it.
fn destroy_beside(cast: fn(&Arc<Witness>) -> Held) {
    begin();
    let context = Home::create();
    let (first, witness) = (Witness::new(again), Witness::new(again));
    let (staying, source) = (idle(&first), cast(&witness));
    staying.attach(&context);
    source.attach(&context);
    let other = spawn(move || {
        source.destroy();
        source.unreference();
    });
    context.iterate(false);
    other.join();
    let calls = witness.calls();
    context.iterate(false);
    staying.unreference();
    context.leave();
    assert!(calls <= 1 && witness.calls() == calls, "dispatched after it was destroyed");
    assert_eq!((first.calls(), first.notes(), witness.notes(), finalized()), (2, 1, 1, 2));
}

pub const DESTROY: Model = Model {
    name: "destroy-dispatch",
    about: "a source destroyed before, during or after its dispatch is let go once, after the call",
    bound: Some(4),
    program: || destroy_beside(idle),
};

pub const ASKED: Model = Model {
    name: "destroy-asked",
    about: "the same while its own functions are asked whether it is ready",
    bound: Some(3),
    program: || destroy_beside(asked),
};

pub const DESTROY_TWICE: Model = Model {
    name: "destroy-twice",
    about: "a source that removes itself while another thread destroys it is let go once",
    bound: Some(4),
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(once);
        let source = idle(&witness);
        source.attach(&context);
        let other = spawn(move || {
            source.destroy();
            source.unreference();
        });
        context.iterate(false);
        other.join();
        context.leave();
        assert_eq!((witness.notes(), finalized()), (1, 1));
    },
};

pub const REPLACE: Model = Model {
    name: "replace-callback",
    about: "a callback replaced while it may run is let go once, after its call",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let (old, new) = (Witness::new(again), Witness::new(again));
        let source = idle(&old);
        source.attach(&context);
        let fresh = Arc::clone(&new);
        let other = spawn(move || set_callback(*source, &fresh));
        context.iterate(false);
        other.join();
        assert_eq!((old.notes(), new.notes()), (1, 0));
        context.iterate(false);
        source.destroy();
        source.unreference();
        context.leave();
        assert!(new.calls() >= 1);
        assert_eq!((old.calls() + new.calls(), new.notes(), finalized()), (2, 1, 1));
    },
};
