//! What one execution of a model has to itself: its threads, statics, thread-locals and machine.
//!
//! A model is run on one thread of the machine, whose many executions follow each other; the checker
//! switches stacks. So what belongs to an execution lies in this thread's memory and is thrown away
//! when the next one begins.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::rc::Rc;

#[cfg(feature = "loom")]
use loom as checker;
#[cfg(feature = "shuttle")]
use shuttle as checker;

use crate::heap;
use crate::machine::Machine;

pub use checker::hint::spin_loop;

/// Frames of a debug build are large, and the engine's calls nest.
#[cfg(feature = "loom")]
const STACK_WORDS: usize = 1 << 15;

#[derive(Default)]
struct World {
    machine: Option<Rc<Machine>>,
    threads: HashMap<checker::thread::ThreadId, usize>,
    statics: HashMap<usize, &'static dyn Any>,
    locals: HashMap<(usize, usize), &'static dyn Any>,
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::default();
    /// The statics that executions have used so far: how to make one, by its address.
    static KNOWN: RefCell<Vec<(usize, Maker)>> = const { RefCell::new(Vec::new()) };
}

type Maker = Rc<dyn Fn() -> &'static dyn Any>;

/// Begins an execution, on its first thread, which makes all statics.
pub fn begin() {
    let machine = Rc::new(Machine::new());
    let known = KNOWN.with_borrow(Vec::clone);
    let statics = known.into_iter().map(|(address, make)| (address, make())).collect();
    let world =
        World { machine: Some(machine), statics, threads: HashMap::new(), locals: HashMap::new() };
    WORLD.set(world);
    this_thread();
    heap::forget();
}

/// Lets others run first; under loom all that can. Where time passes they may be too slow for that.
pub fn yield_now() {
    if !machine().lets_time_pass() {
        checker::thread::yield_now();
    }
}

pub fn machine() -> Rc<Machine> {
    let machine = WORLD.with_borrow(|world| world.machine.clone());
    machine.expect("an execution has begun")
}

/// A small number for the calling thread, never 0.
pub fn this_thread() -> usize {
    let id = checker::thread::current().id();
    WORLD.with_borrow_mut(|world| {
        let next = world.threads.len() + 1;
        *world.threads.entry(id).or_insert(next)
    })
}

/// What a thread of a model is given; whether it may be shared is what the model finds out.
struct Given<F>(F);

// SAFETY: all threads of a model are one of the machine's.
unsafe impl<F> Send for Given<F> {}

/// A thread of a model.
pub struct Thread<T>(checker::thread::JoinHandle<T>);

pub fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + 'static) -> Thread<T> {
    let given = Given(work);
    let work = move || {
        let given = given; // All of it, not its field.
        (given.0)()
    };
    #[cfg(feature = "loom")]
    let handle = loom::thread::Builder::new().stack_size(STACK_WORDS).spawn(work);
    #[cfg(feature = "shuttle")]
    let handle = shuttle::thread::Builder::new().spawn(work);
    Thread(handle.expect("a model has few threads"))
}

impl<T> Thread<T> {
    pub fn join(self) -> T {
        self.0.join().expect("a failure ends the whole model")
    }
}

/// A static of the library.
pub struct Static<T: 'static> {
    make: fn() -> T,
    _shared: PhantomData<fn() -> T>,
}

impl<T: 'static> Static<T> {
    pub const fn new(make: fn() -> T) -> Self {
        Static { make, _shared: PhantomData }
    }
}

impl<T: 'static> std::ops::Deref for Static<T> {
    type Target = T;

    fn deref(&self) -> &'static T {
        let address = std::ptr::from_ref(self) as usize;
        let found = WORLD.with_borrow(|world| world.statics.get(&address).copied());
        let value = found.unwrap_or_else(|| {
            let make = self.make;
            let maker: Maker = Rc::new(move || -> &'static dyn Any { Box::leak(Box::new(make())) });
            let made = maker();
            KNOWN.with_borrow_mut(|known| known.push((address, maker)));
            WORLD.with_borrow_mut(|world| world.statics.insert(address, made));
            made
        });
        value.downcast_ref().expect("one address, one type")
    }
}

/// A thread-local of the library. What a thread leaves in it is not dropped.
pub struct Local<T: 'static> {
    make: fn() -> T,
}

impl<T: 'static> Local<T> {
    pub const fn new(make: fn() -> T) -> Self {
        Local { make }
    }

    fn of_this_thread(&self) -> &'static T {
        let key = (this_thread(), std::ptr::from_ref(self) as usize);
        let found = WORLD.with_borrow(|world| world.locals.get(&key).copied());
        let value = found.unwrap_or_else(|| {
            let made: &'static dyn Any = Box::leak(Box::new((self.make)()));
            WORLD.with_borrow_mut(|world| world.locals.insert(key, made));
            made
        });
        value.downcast_ref().expect("one address, one type")
    }

    pub fn with<R>(&self, work: impl FnOnce(&T) -> R) -> R {
        work(self.of_this_thread())
    }

    pub fn try_with<R>(&self, work: impl FnOnce(&T) -> R) -> Result<R, std::convert::Infallible> {
        Ok(work(self.of_this_thread()))
    }
}

impl<T: 'static> Local<Cell<T>> {
    pub fn set(&self, value: T) {
        self.of_this_thread().set(value);
    }

    pub fn replace(&self, value: T) -> T {
        self.of_this_thread().replace(value)
    }
}

impl<T: Copy + 'static> Local<Cell<T>> {
    pub fn get(&self) -> T {
        self.of_this_thread().get()
    }
}
