//! Exploring a model: how many of its schedules, and what is told afterwards.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::models::cast::warm_up;
use crate::models::Model;
use crate::{heap, world};

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// loom: how many more switches away from a thread that could go on than the model's bound.
    pub more: usize,
    /// loom: when to stop although not all is explored.
    pub limit: Duration,
    /// shuttle: random schedules of each kind.
    pub schedules: usize,
    pub seed: u64,
}

/// What was explored.
#[derive(Clone, Debug)]
pub struct Explored {
    pub schedules: u64,
    /// How they were chosen.
    pub which: String,
    pub time: Duration,
}

/// Runs `model` in schedule after schedule; a failure panics.
pub fn explore(model: &'static Model, extent: Extent) -> Explored {
    once(|| {
        world::begin();
        warm_up();
    });
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    let start = Instant::now();
    let which = check(model.bound.map(|bound| bound + extent.more), extent, move || {
        counted.fetch_add(1, Ordering::Relaxed);
        world::begin();
        (model.program)();
        assert_eq!(heap::left(), 0, "contexts, loops or sources that were never freed");
    });
    Explored { schedules: count.load(Ordering::Relaxed), which, time: start.elapsed() }
}

/// Runs what has one thread, in one schedule.
fn once(program: fn()) {
    #[cfg(feature = "loom")]
    loom::model::Builder::new().check(move || world::spawn(program).join());
    #[cfg(feature = "shuttle")]
    shuttle::Runner::new(shuttle::scheduler::RandomScheduler::new(1), config()).run(program);
}

#[cfg(feature = "loom")]
fn check(
    bound: Option<usize>,
    extent: Extent,
    program: impl Fn() + Send + Sync + 'static,
) -> String {
    const PAUSE: usize = 500;
    let mut builder = loom::model::Builder::new();
    builder.max_branches = 100_000;
    builder.preemption_bound = bound;
    builder.max_duration = Some(extent.limit);
    builder.checkpoint_interval = PAUSE;
    let start = Instant::now();
    builder.check(program);
    match (start.elapsed() < extent.limit, bound) {
        (true, None) => "all".to_owned(),
        (true, Some(bound)) => format!("all within {bound} preemptions"),
        (false, _) => format!("all that came in {} s", extent.limit.as_secs()),
    }
}

#[cfg(feature = "shuttle")]
fn config() -> shuttle::Config {
    let mut config = shuttle::Config::new();
    config.stack_size = 1 << 18;
    config.silence_warnings = true;
    config.max_steps = shuttle::MaxSteps::FailAfter(1_000_000);
    config
}

#[cfg(feature = "shuttle")]
fn check(
    _bound: Option<usize>,
    extent: Extent,
    program: impl Fn() + Send + Sync + 'static,
) -> String {
    use shuttle::scheduler::{PctScheduler, RandomScheduler};
    let config = config();
    let program = Arc::new(program);
    let random = Arc::clone(&program);
    let scheduler = RandomScheduler::new_from_seed(extent.seed, extent.schedules);
    shuttle::Runner::new(scheduler, config.clone()).run(move || random());
    let scheduler = PctScheduler::new_from_seed(extent.seed, 3, extent.schedules);
    shuttle::Runner::new(scheduler, config).run(move || program());
    "at random".to_owned()
}
