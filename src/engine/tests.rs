//! The engine by itself, with sources written in Rust: structures after random work, hand-shakes
//! between threads, ids at the wrap. What a C program sees is tested by the twin programs. Threads are
//! joined one by one, because ThreadSanitizer sees that and not the end of a scope.

use std::cell::Cell;
use std::ptr::null;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::callback::Func;
use super::context::Context;
use super::lit::Decides;
use super::mainloop::MainLoop;
use super::seam::{Complaint, Interest, Kind, Slots, Vtable};
use super::source::{Head, SourcePtr};
use crate::sys::poll::IN;
use crate::sys::{eventfd, fd};

thread_local! {
    static RUN: Cell<usize> = const { Cell::new(0) };
}
static FINALIZED: AtomicUsize = AtomicUsize::new(0);

/// Dispatching counts; a source whose table is `ALWAYS` is an idle, any other is passive.
struct Counting;
pub(super) static COUNTING: Vtable = Vtable::of::<Counting>();
static ALWAYS: u8 = 0;
pub(super) static PASSIVE: u8 = 1;

impl Kind for Counting {
    fn interest(source: SourcePtr) -> Interest {
        if std::ptr::eq(source.head.source_funcs.get().cast(), &raw const ALWAYS) {
            Interest::Always
        } else {
            Interest::Passive
        }
    }
    fn slots(_table: *const ()) -> *const Slots {
        static NONE: Slots = [0, 0];
        &raw const NONE
    }
    fn prepare(_source: SourcePtr, _timeout: &mut i32) -> bool {
        false
    }
    fn check(_source: SourcePtr) -> bool {
        false
    }
    fn dispatch(source: SourcePtr, _func: Option<Func>, _data: *mut ()) -> bool {
        RUN.set(RUN.get() + 1);
        source.set_ready_time(None);
        source.priority() % 2 == 0
    }
    fn dispose(_source: SourcePtr, _function: *const ()) {}
    fn finalize(_source: SourcePtr) {
        FINALIZED.fetch_add(1, Ordering::Relaxed);
    }
    fn forget(_source: SourcePtr) {}
    fn complain(complaint: Complaint) {
        panic!("unexpected complaint: {complaint:?}");
    }
}

pub(super) struct Held(*const Context);

impl Held {
    pub(super) fn new() -> Held {
        Held(Context::create(&COUNTING, 0))
    }
}

impl std::ops::Deref for Held {
    type Target = Context;
    fn deref(&self) -> &Context {
        // SAFETY: the reference made by `new` (I3).
        unsafe { &*self.0 }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: as above, given up here (I3).
        unsafe { Context::unreference(self.0) }
    }
}

fn source(idle: bool) -> SourcePtr {
    let table = if idle { &raw const ALWAYS } else { &raw const PASSIVE };
    SourcePtr::new(&COUNTING, table.cast(), size_of::<Head>() as u32, false)
}

/// A small generator with a period long enough for tests.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[test]
fn structures_stay_sound_under_random_work() {
    for seed in 1..40 {
        let mut dice = Dice(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15));
        let context = Held::new();
        let mut held: Vec<SourcePtr> = Vec::new();
        for _ in 0..400 {
            match dice.roll(8) {
                0..=2 => {
                    let fresh = source(dice.roll(3) == 0);
                    fresh.set_priority(dice.roll(6) as i32 - 3);
                    if dice.roll(2) == 0 {
                        fresh.set_ready_time(Some(dice.roll(2) * u64::MAX));
                    }
                    let parent = held.get(dice.roll(held.len() as u64 + 1) as usize).copied();
                    match parent.filter(|parent| !parent.is_destroyed() && dice.roll(2) == 0) {
                        Some(parent) => assert!(parent.add_child(fresh)),
                        None => assert!(fresh.attach(&context).is_some()),
                    }
                    held.push(fresh);
                }
                3 if !held.is_empty() => {
                    let gone = held.swap_remove(dice.roll(held.len() as u64) as usize);
                    gone.destroy();
                    gone.unreference();
                }
                4 if !held.is_empty() => {
                    let moved = held[dice.roll(held.len() as u64) as usize];
                    if !moved.has_parent() {
                        moved.set_priority(dice.roll(6) as i32 - 3);
                    }
                }
                5 if !held.is_empty() => {
                    let timed = held[dice.roll(held.len() as u64) as usize];
                    timed.set_ready_time([None, Some(0), Some(u64::MAX)][dice.roll(3) as usize]);
                }
                _ => {
                    context.iterate(false);
                }
            }
            context.verify().unwrap();
        }
        drop(context);
        held.into_iter().for_each(SourcePtr::unreference);
    }
}

#[test]
fn many_children_between_two_neighbours_keep_their_order() {
    let context = Held::new();
    let parent = source(false);
    parent.attach(&context);
    let behind = source(false);
    behind.attach(&context);
    for _ in 0..5000 {
        let child = source(false);
        assert!(parent.add_child(child));
        child.unreference();
    }
    context.verify().unwrap();
    parent.unreference();
    behind.unreference();
}

#[test]
fn a_level_whose_numbers_run_out_is_numbered_anew_in_the_same_order() {
    let context = Held::new();
    let first = [(); 3].map(|()| source(false));
    first.iter().for_each(|source| assert!(source.attach(&context).is_some()));
    first[2].label.set(u32::MAX - 1); // As after so many millions of others.
    let later = [(); 200].map(|()| source(false));
    later.iter().for_each(|source| assert!(source.attach(&context).is_some()));
    context.verify().unwrap();
    let all: Vec<SourcePtr> = first.into_iter().chain(later).collect();
    assert!(all.windows(2).all(|pair| pair[0].label.get() < pair[1].label.get()));
    assert!(all.iter().all(|source| source.label.get() < u32::MAX / 2));
    all.into_iter().for_each(SourcePtr::unreference);
}

#[test]
fn a_source_counts_more_records_that_fired_than_it_has_numbers_for() {
    const MANY: usize = u16::MAX as usize + 3;
    let context = Held::new();
    let fd = eventfd::create().expect("an eventfd");
    let crowd = source(false);
    crowd.set_can_recurse(true); // What was seen is not forgotten after a dispatch.
    let mut tags = Vec::new();
    (0..MANY).for_each(|_| tags.push(crowd.add_fd(fd, IN, Decides::Always).pollfd_ptr()));
    crowd.attach(&context);
    eventfd::ring(fd);
    let before = RUN.get();
    context.iterate(false);
    assert_eq!((RUN.get(), crowd.lit_deciding.get()), (before + 1, u16::MAX));
    context.verify().unwrap();
    for tag in tags.drain(..5) {
        assert!(crowd.remove_fd(tag));
    }
    assert_eq!(usize::from(crowd.lit_deciding.get()), MANY - 5);
    context.verify().unwrap();
    crowd.unreference();
    drop(context);
    fd::close(fd).expect("still open");
}

#[test]
fn ids_skip_zero_and_those_in_use_when_they_wrap() {
    let context = Held::new();
    let first = source(false);
    assert_eq!(first.attach(&context), Some(1));
    context.number_from(u32::MAX);
    let last = source(false);
    assert_eq!(last.attach(&context), Some(u32::MAX));
    let wrapped = source(false);
    assert_eq!(wrapped.attach(&context), Some(2));
    first.destroy();
    context.number_from(1);
    let held_back = source(false);
    assert_eq!(held_back.attach(&context), Some(3), "1 is destroyed but not finalized");
    first.unreference();
    context.number_from(1);
    let reused = source(false);
    assert_eq!(reused.attach(&context), Some(1));
    [last, wrapped, held_back, reused].into_iter().for_each(SourcePtr::unreference);
}

#[test]
fn every_id_of_thousands_is_found_while_others_go() {
    let context = Held::new();
    let mut dice = Dice(7);
    let mut present: Vec<(u32, SourcePtr)> = Vec::new();
    for _ in 0..20_000 {
        if dice.roll(3) > 0 || present.is_empty() {
            let fresh = source(false);
            present.push((fresh.attach(&context).unwrap(), fresh));
        } else {
            let (id, gone) = present.swap_remove(dice.roll(present.len() as u64) as usize);
            gone.destroy();
            gone.unreference();
            assert_eq!(context.find_by_id(id), None);
        }
    }
    for (id, source) in &present {
        assert_eq!(context.find_by_id(*id), Some(*source));
    }
    present.into_iter().for_each(|(_, source)| source.unreference());
}

#[test]
fn a_wakeup_rung_before_the_sleep_is_not_lost() {
    let context = Held::new();
    for _ in 0..100 {
        context.wakeup();
        assert!(!context.iterate(true));
    }
}

#[test]
fn wakeups_from_another_thread_end_every_sleep() {
    let context = Held::new();
    let limit = Instant::now() + Duration::from_secs(20);
    let (asked, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        // Atomics, because ThreadSanitizer does not see into the standard library's channels.
        let (asked, over) = (&asked, &over);
        let bell: &Context = &context;
        let ringer = scope.spawn(move || {
            let mut rung = 0;
            while !over.load(Ordering::Acquire) {
                if asked.load(Ordering::Acquire) > rung {
                    rung += 1;
                    bell.wakeup();
                } else {
                    std::thread::yield_now();
                }
            }
        });
        for _ in 0..2000 {
            asked.fetch_add(1, Ordering::Release);
            assert!(!context.iterate(true));
        }
        over.store(true, Ordering::Release);
        ringer.join().unwrap();
    });
    assert!(Instant::now() < limit);
}

#[test]
fn sources_posted_by_threads_are_each_dispatched_once() {
    const EACH: usize = 500;
    let context = Held::new();
    RUN.set(0);
    std::thread::scope(|scope| {
        let posting = [(); 4].map(|()| {
            let context: &Context = &context;
            scope.spawn(move || {
                for _ in 0..EACH {
                    let posted = source(true);
                    posted.set_priority(1); // Odd: goes after one dispatch.
                    posted.attach(context);
                    posted.unreference();
                }
            })
        });
        while RUN.get() < 4 * EACH {
            context.iterate(true);
        }
        posting.into_iter().for_each(|thread| thread.join().unwrap());
    });
    assert!(!context.iterate(false));
    assert_eq!(RUN.get(), 4 * EACH);
}

#[test]
fn a_source_outlives_its_context_and_is_used_while_it_ends() {
    for _ in 0..200 {
        let context = Held::new();
        let shared = source(false);
        shared.attach(&context);
        let address = shared.head_ptr() as usize;
        std::thread::scope(|scope| {
            let other = scope.spawn(move || {
                // SAFETY: `shared` is referenced by the other thread until this one has ended (I1).
                let shared = unsafe { SourcePtr::from_head(address as *const Head) };
                shared.set_ready_time(Some(5));
                shared.destroy();
                let context = shared.referenced_context();
                if !context.is_null() {
                    // SAFETY: the reference just taken (I3).
                    unsafe { Context::unreference(context) };
                }
            });
            drop(context);
            other.join().unwrap();
        });
        assert!(shared.is_destroyed());
        shared.unreference();
    }
}

#[test]
fn quit_from_another_thread_ends_a_run() {
    let context = Held::new();
    // SAFETY: the context is alive (I3).
    let main_loop = unsafe { MainLoop::create(context.0, false) };
    let address = main_loop as usize;
    for _ in 0..100 {
        std::thread::scope(|scope| {
            let quitter = scope.spawn(move || {
                // SAFETY: the loop is alive until the scope ends (I7).
                let main_loop = unsafe { &*(address as *const MainLoop) };
                while !main_loop.is_running() {
                    std::hint::spin_loop();
                }
                main_loop.quit();
            });
            // SAFETY: as above (I7).
            unsafe { &*main_loop }.run();
            quitter.join().unwrap();
        });
    }
    // SAFETY: the reference made above (I7).
    unsafe { MainLoop::unreference(main_loop) };
}

#[test]
fn unattached_sources_are_finalized_with_their_last_reference() {
    let lone = SourcePtr::new(&COUNTING, null(), size_of::<Head>() as u32, true);
    lone.add_fd(0, 1, Decides::Always);
    lone.add_fd(0, 1, Decides::Always);
    let before = FINALIZED.load(Ordering::Relaxed);
    lone.unreference();
    assert!(FINALIZED.load(Ordering::Relaxed) > before);
}
