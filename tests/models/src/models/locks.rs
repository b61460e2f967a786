//! `sync`: the mutex, and the signal that is given once.

use std::sync::Arc;

use super::Model;
use crate::sync::{Cell, Mutex, Signal};
use crate::world::spawn;

fn add_up(threads: u32) {
    let mutex = Arc::new(Mutex::new(0));
    let add = |mutex: &Mutex<u32>| *mutex.lock() += 1;
    let others: Vec<_> = (1..threads)
        .map(|_| {
            let mutex = Arc::clone(&mutex);
            spawn(move || add(&mutex))
        })
        .collect();
    add(&mutex);
    others.into_iter().for_each(|other| other.join());
    assert_eq!(*mutex.lock(), threads);
}

pub const PAIR: Model = Model {
    name: "mutex-pair",
    about: "two threads exclude each other, and none sleeps while the lock is free",
    bound: None,
    program: || add_up(2),
};

pub const MUTEX: Model = Model {
    name: "mutex",
    about: "the same of three threads, of which two may sleep",
    bound: Some(3),
    program: || add_up(3),
};

pub const SIGNAL: Model = Model {
    name: "signal",
    about: "a signal given at any time ends the wait for it, and what preceded it is seen",
    bound: None,
    program: || {
        let shared = Arc::new((Signal::default(), Cell::new(0)));
        let giver = Arc::clone(&shared);
        let other = spawn(move || {
            giver.1.set(1);
            giver.0.give();
        });
        shared.0.wait();
        assert_eq!(shared.1.get(), 1);
        other.join();
    },
};
