//! Explores one model and prints how many schedules that were.

use std::time::Duration;

use clap::Parser;
use models::heap::Heap;
use models::models::MODELS;
use models::run::{explore, Extent};

#[global_allocator]
static HEAP: Heap = Heap::new();

/// Explore a model of mainspring, or name them all.
#[derive(Parser)]
struct Options {
    /// Which one
    model: Option<String>,
    /// So many preemptions more than the model's bound (loom)
    #[arg(long, default_value_t = 0)]
    more: usize,
    /// Seconds after which to stop (loom)
    #[arg(long, default_value_t = 3600)]
    limit: u64,
    /// Random schedules of each kind (shuttle)
    #[arg(long, default_value_t = 1000)]
    schedules: usize,
    /// Where random schedules begin (shuttle)
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() {
    let options = Options::parse();
    let Some(name) = options.model else {
        MODELS.iter().for_each(|model| println!("{}\t{}", model.name, model.about));
        return;
    };
    let Some(model) = MODELS.iter().find(|model| model.name == name) else {
        eprintln!("no model is called {name}");
        std::process::exit(2);
    };
    let extent = Extent {
        more: options.more,
        limit: Duration::from_secs(options.limit),
        schedules: options.schedules,
        seed: options.seed,
    };
    let explored = explore(model, extent);
    let seconds = explored.time.as_secs_f64();
    println!("{}\t{}\t{}\t{seconds:.2}", model.name, explored.schedules, explored.which);
}
