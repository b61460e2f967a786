//! Sleep and wake: `engine::bell` by itself, with a sleeper as `query` has it.

use std::sync::Arc;

use super::Model;
use crate::engine::bell::Bell;
use crate::sync::{AtomicU32, Ordering};
use crate::sys::poll::{wait, PollFd, IN};
use crate::world::{spawn, Thread};

/// A bell, and what those who ring want to be noticed, as bits.
#[derive(Default)]
struct Post {
    bell: Bell,
    letters: AtomicU32,
}

impl Post {
    fn send(self: &Arc<Post>, letter: u32, ring: fn(&Bell)) -> Thread<()> {
        let post = Arc::clone(self);
        spawn(move || {
            post.letters.fetch_or(letter, Ordering::Relaxed);
            ring(&post.bell);
        })
    }

    fn has(&self, letters: u32) -> bool {
        self.letters.load(Ordering::Relaxed) & letters == letters
    }

    /// Sleeps, as a loop does, whenever not all `letters` are there.
    fn collect(&self, letters: u32) {
        let bell = &self.bell;
        loop {
            bell.acknowledge();
            if self.has(letters) {
                return;
            }
            let fd = bell.descriptor().expect("a descriptor");
            let rung = bell.listen();
            if !rung {
                // An error is an interruption: the loop looks and sleeps again.
                let _ = wait(&mut [PollFd { fd, events: IN, revents: 0 }], None);
            }
            bell.stop_listening();
        }
    }

    /// The same through an outer loop: query, poll, check.
    fn collect_outside(&self, letters: u32) {
        let bell = &self.bell;
        loop {
            let fd = bell.descriptor().expect("a descriptor");
            bell.listen_outside();
            if self.has(letters) {
                return;
            }
            let mut fds = [PollFd { fd, events: IN, revents: 0 }];
            let _ = wait(&mut fds, None);
            if fds[0].revents != 0 && !bell.acknowledge() {
                bell.drain();
            }
        }
    }
}

pub const BELL: Model = Model {
    name: "bell",
    about: "a ring before, during or after falling asleep ends the sleep; what preceded it is seen",
    bound: None,
    program: || {
        let post = Arc::new(Post::default());
        let ringer = post.send(1, Bell::ring);
        post.collect(1);
        ringer.join();
    },
};

pub const RINGERS: Model = Model {
    name: "bell-ringers",
    about: "where two ring at once, nothing either has to say is slept through",
    bound: Some(2),
    program: || {
        let post = Arc::new(Post::default());
        let ringers = [post.send(1, Bell::ring), post.send(2, Bell::ring)];
        post.collect(3);
        ringers.into_iter().for_each(Thread::join);
    },
};

pub const AGAIN: Model = Model {
    name: "bell-again",
    about: "a ring that finds another pending is not lost with it",
    bound: None,
    program: || {
        let post = Arc::new(Post::default());
        post.bell.ring();
        let ringer = post.send(1, Bell::ring);
        post.collect(1);
        ringer.join();
    },
};

pub const HANDLER: Model = Model {
    name: "bell-handler",
    about: "a signal handler's ring and another's do not stand in each other's way",
    bound: Some(2),
    program: || {
        let post = Arc::new(Post::default());
        let ringers = [post.send(1, Bell::ring), post.send(2, Bell::ring_from_handler)];
        post.collect(3);
        ringers.into_iter().for_each(Thread::join);
    },
};

pub const OUTSIDE: Model = Model {
    name: "bell-outside",
    about: "an outer loop that polls the descriptor is woken by what is rung at any time",
    bound: Some(2),
    program: || {
        let post = Arc::new(Post::default());
        let ringers = [post.send(1, Bell::ring), post.send(2, Bell::ring_from_handler)];
        post.collect_outside(3);
        ringers.into_iter().for_each(Thread::join);
    },
};

/// A handler may be left by a jump at any point: here after it has set its bits, before it writes.
pub const CLOSING: Model = Model {
    name: "bell-closing",
    about: "who rings while the descriptor is given back writes to nobody else's",
    bound: None,
    program: || {
        let post = Arc::new(Post::default());
        post.bell.descriptor().expect("a descriptor");
        post.bell.listen_outside();
        let ringer = post.send(1, Bell::ring);
        post.bell.close();
        ringer.join();
    },
};
