//! Progress while data flows: a bar for people, or plain percentages where nobody sees it move.

use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};

/// Plain output speaks up each time another such part has arrived.
const STEP_PERCENT: u64 = 20;

/// Shows how far one example has come.
#[derive(Debug)]
pub enum Progress {
    Bar(ProgressBar),
    Plain { total: u64, told: u64 },
}

impl Progress {
    pub fn start(name: &'static str, total: u64) -> Self {
        if !io::stderr().is_terminal() {
            print!("  {name:<14}");
            return Self::Plain { total, told: 0 };
        }
        let layout = "  {prefix:<14} {bar:32} {bytes:>10} {bytes_per_sec:>12}";
        let style = ProgressStyle::with_template(layout).expect("the layout is well-formed");
        Self::Bar(ProgressBar::new(total).with_style(style).with_prefix(name))
    }

    pub fn show(&mut self, received: u64) {
        match self {
            Self::Bar(bar) => bar.set_position(received),
            Self::Plain { total, told } => {
                for percent in milestones(*told, received, *total) {
                    print!(" {percent:>3} %");
                    *told = percent;
                }
                // Progress that cannot be shown is no reason to stop.
                let _ = io::stdout().flush();
            }
        }
    }

    /// Leaves what has been shown standing and begins a new line.
    pub fn end(self) {
        match self {
            Self::Bar(bar) => bar.abandon(),
            Self::Plain { .. } => println!(),
        }
    }
}

/// The steps reached with `received` of `total` bytes that lie above `told` percent.
fn milestones(told: u64, received: u64, total: u64) -> impl Iterator<Item = u64> {
    let percent = u128::from(received) * 100 / u128::from(total.max(1));
    (1..=100 / STEP_PERCENT)
        .map(|step| step * STEP_PERCENT)
        .filter(move |&step| step > told && u128::from(step) <= percent)
}

#[cfg(test)]
mod tests {
    use super::milestones;

    #[test]
    fn each_milestone_is_told_once() {
        let reached = |told, received| milestones(told, received, 1000).collect::<Vec<_>>();
        assert!(reached(0, 199).is_empty());
        assert_eq!(reached(0, 450), [20, 40]);
        assert!(reached(40, 599).is_empty());
        assert_eq!(reached(80, 1000), [100]);
    }
}
