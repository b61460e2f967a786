//! Where descriptors are waited for: what is polled, what is epoll's, and when that changes.
//!
//! A C program cannot tell the difference but by its price, so this is tested here, by the engine's
//! own account of it.

use super::lit::Decides;
use super::pollset::{Place, Pollset, FEW};
use super::source::{Head, SourcePtr};
use super::tests::{Held, COUNTING, PASSIVE};
use crate::sys::clock::{monotonic_ns, NS_PER_US};
use crate::sys::poll::IN;
use crate::sys::{eventfd, fd};

/// Descriptors of a test's own, each watched by a source.
struct Crowd {
    context: Held,
    watched: Vec<(i32, SourcePtr)>,
}

impl Crowd {
    fn new(count: usize) -> Crowd {
        let mut crowd = Crowd { context: Held::new(), watched: Vec::new() };
        (0..count).for_each(|_| crowd.add());
        crowd
    }

    fn add(&mut self) {
        let number = eventfd::create().expect("an eventfd");
        let table = &raw const PASSIVE;
        let source = SourcePtr::new(&COUNTING, table.cast(), size_of::<Head>() as u32, true);
        source.add_fd(number, IN, Decides::Always);
        source.attach(&self.context);
        self.watched.push((number, source));
    }

    fn remove_last(&mut self) {
        if let Some((number, source)) = self.watched.pop() {
            source.destroy();
            source.unreference();
            fd::close(number).expect("still open");
        }
    }

    fn look(&self, times: usize) {
        for _ in 0..times {
            self.context.iterate(false);
        }
    }

    /// Sleeps until a source's time has come.
    fn sleep(&self, times: usize) {
        let table = &raw const PASSIVE;
        let clock = SourcePtr::new(&COUNTING, table.cast(), size_of::<Head>() as u32, false);
        clock.attach(&self.context);
        for _ in 0..times {
            clock.set_ready_time(Some(monotonic_ns() + 200 * NS_PER_US));
            while clock.ready_time().is_some() {
                self.context.iterate(true);
            }
        }
        clock.destroy();
        clock.unreference();
    }

    fn place(&self, at: usize) -> Place {
        let state = self.context.state.lock();
        let entry = state.records.entry_of(self.watched[at].0).expect("it is watched");
        state.records.entries[entry as usize].place
    }

    fn epolled(&self) -> usize {
        (0..self.watched.len()).filter(|at| self.place(*at) == Place::Epolled).count()
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        assert_eq!(self.context.verify(), Ok(()));
        while !self.watched.is_empty() {
            self.remove_last();
        }
    }
}

#[test]
fn a_few_quiet_descriptors_are_polled_by_a_loop_that_sleeps() {
    let crowd = Crowd::new(FEW);
    crowd.sleep(20);
    assert_eq!(crowd.epolled(), 0);
}

#[test]
fn more_than_a_few_that_are_quiet_go_to_epoll() {
    let crowd = Crowd::new(FEW + 1);
    crowd.sleep(20);
    assert_eq!(crowd.epolled(), FEW + 1);
}

#[test]
fn all_that_is_quiet_goes_to_epoll_where_the_loop_never_sleeps() {
    let crowd = Crowd::new(2);
    crowd.look(4);
    assert_eq!(crowd.epolled(), 0);
    crowd.look(20);
    assert_eq!(crowd.epolled(), 2);
}

#[test]
fn what_is_ready_every_time_is_polled_however_many() {
    let crowd = Crowd::new(100);
    crowd.watched.iter().for_each(|(number, _)| eventfd::ring(*number));
    crowd.look(30);
    assert_eq!(crowd.epolled(), 0);
}

#[test]
fn what_is_ready_time_after_time_comes_back_and_goes_after_ever_longer_quiet() {
    let crowd = Crowd::new(30);
    let number = crowd.watched[7].0;
    let mut quiet = Vec::new();
    for _ in 0..3 {
        eventfd::ring(number);
        crowd.look(20);
        assert!(matches!(crowd.place(7), Place::Polled(_)));
        assert_eq!(crowd.epolled(), 29);
        eventfd::drain(number);
        quiet.push(
            (0..200)
                .take_while(|_| {
                    crowd.look(1);
                    crowd.place(7) != Place::Epolled
                })
                .count(),
        );
    }
    assert!(quiet[0] < quiet[1] && quiet[1] < quiet[2], "{quiet:?}");
}

#[test]
fn a_watch_for_one_read_never_gets_to_epoll() {
    let mut crowd = Crowd::new(30);
    crowd.look(20);
    for _ in 0..50 {
        crowd.add();
        eventfd::ring(crowd.watched[30].0);
        crowd.look(1);
        assert!(matches!(crowd.place(30), Place::Polled(_)));
        crowd.remove_last();
    }
    assert_eq!(crowd.epolled(), 30);
}

#[test]
fn looks_in_vain_become_rare_and_one_success_makes_them_frequent() {
    let mut set = Pollset::default();
    let mut count = |found: bool| {
        let looks = (0..160).filter(|_| {
            let looks = set.expects_news();
            if looks {
                set.looked(found);
            }
            looks
        });
        looks.count()
    };
    assert_eq!(count(true), 160);
    assert!((10..=16).contains(&count(false)));
    assert!(count(true) >= 144);
}
