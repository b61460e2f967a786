//! Longer programs of more threads, for random schedules alone: what the small models do, over and
//! over and at once, with exact accounts.

use std::sync::Arc;

use super::cast::{
    again, begin, finalized, idle, listener, once, rest, timed, Home, Loop, Witness,
};
use super::Model;
use crate::sys::signal::KNOWN;
use crate::world::{machine, spawn, yield_now, Thread};

const ROUNDS: usize = 4;

fn several(count: usize, work: impl Fn(usize) + Clone + 'static) -> Vec<Thread<()>> {
    (0..count)
        .map(|number| {
            let work = work.clone();
            spawn(move || work(number))
        })
        .collect()
}

pub const POSTS: Model = Model {
    name: "storm-posts",
    about:
        "threads post, re-time and destroy while a loop runs; each is called and let go as it must",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let main_loop = Loop::new(context);
        let posted: Vec<_> = (0..2 * ROUNDS).map(|_| Witness::new(once)).collect();
        let (moved, gone) = (Witness::new(rest), Witness::new(rest));
        let timer = timed(&moved);
        timer.attach(&context);
        let witnesses = posted.clone();
        let mut others = several(2, move |number| {
            for witness in &witnesses[number * ROUNDS..][..ROUNDS] {
                let source = idle(witness);
                source.attach(&context);
                source.unreference();
            }
        });
        others.push(spawn(move || {
            for round in 0..ROUNDS as u64 {
                timer.set_ready_time(Some(round % 2));
            }
            timer.unreference();
        }));
        let destroyed = Arc::clone(&gone);
        others.push(spawn(move || {
            let source = timed(&destroyed);
            source.attach(&context);
            source.set_ready_time(Some(0));
            source.destroy();
            source.unreference();
        }));
        let all = posted.clone();
        others.push(spawn(move || {
            while !all.iter().all(|witness| witness.was_called()) || !main_loop.is_running() {
                yield_now();
            }
            main_loop.quit();
        }));
        main_loop.run();
        others.into_iter().for_each(Thread::join);
        main_loop.leave();
        context.leave();
        assert!(posted.iter().all(|witness| (witness.calls(), witness.notes()) == (1, 1)));
        assert_eq!((moved.notes(), gone.notes()), (1, 1));
        assert_eq!(finalized() as usize, posted.len() + 2);
    },
};

pub const OWNERS: Model = Model {
    name: "storm-owners",
    about: "three threads iterate one context in turn, none for ever without",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let witness = Witness::new(again);
        let source = idle(&witness);
        source.attach(&context);
        let others = several(3, move |_| {
            for _ in 0..ROUNDS {
                while !context.iterate(true) {}
            }
        });
        others.into_iter().for_each(Thread::join);
        source.unreference();
        context.leave();
        assert_eq!((witness.calls() as usize, witness.notes()), (3 * ROUNDS, 1));
        assert_eq!(finalized(), 1);
    },
};

pub const ENDS: Model = Model {
    name: "storm-ends",
    about: "a context ends while threads re-time, destroy and let go of its sources",
    bound: None,
    program: || {
        begin();
        let context = Home::create();
        let witnesses: Vec<_> = (0..3).map(|_| Witness::new(rest)).collect();
        let sources: Vec<_> = witnesses.iter().map(timed).collect();
        for source in &sources {
            source.attach(&context);
        }
        let others = several(3, move |number| {
            let source = sources[number];
            source.set_ready_time(Some(0));
            if number > 0 {
                source.destroy();
            }
            source.set_priority(number as i32);
            source.unreference();
        });
        context.iterate(false);
        context.leave();
        others.into_iter().for_each(Thread::join);
        assert!(witnesses.iter().all(|witness| witness.notes() == 1));
        assert_eq!(finalized(), 3);
    },
};

pub const SIGNALS: Model = Model {
    name: "storm-signals",
    about: "signals arrive while listeners of two contexts come, sleep and go",
    bound: None,
    program: || {
        begin();
        let mut others = several(2, |number| {
            let witness = Witness::new(again);
            let context = Home::create();
            let source = listener(&witness, number);
            source.attach(&context);
            let signal = spawn(move || machine().deliver(KNOWN[number]));
            context.iterate_until_called(&witness);
            source.destroy();
            source.unreference();
            context.leave();
            signal.join();
            assert_eq!((witness.calls(), witness.notes()), (1, 1));
        });
        others.push(spawn(|| machine().deliver(KNOWN[2])));
        others.into_iter().for_each(Thread::join);
        assert_eq!(finalized(), 2);
    },
};
