//! What a stage of `cargo xtask test` hands back: how much passed, and what failed, by name.

/// Counts of one stage. A stage that could not run at all returns an error instead.
#[derive(Debug, Default)]
pub struct Tally {
    pub passed: usize,
    pub failed: Vec<String>,
}

impl Tally {
    /// Records one check; prints the failing ones at once so that a long run can be stopped early.
    pub fn check(&mut self, name: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(why) => {
                println!("  FAIL {name}: {why}");
                self.failed.push(name.to_owned());
            }
        }
    }

    pub fn absorb(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
    }
}
