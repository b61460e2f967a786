//! What may come of a fault.
//!
//! Without a row in the table: the same trace, no message, status 0, and not many more calls than
//! without the fault. A row allows a message (`tells`), or the end of the process with one (`ends`),
//! each with words the message must have; whatever had been traced before must still be right. Or it
//! owns that the scene does not come to its end (`stops`), where that is known and cannot be helped;
//! the words are those of how it was ended.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{bail, ensure, Result};

use super::orders::Order;
use crate::proc::Finished;
use crate::table;
use crate::twin::diff;

/// Calls that faults may cost: so many times as many as without, and once more for each failure.
const TIMES: u64 = 3;
const SOME: u64 = 500;
/// What counts of failures without end.
const MANY: u64 = 30;

/// What a scene said and did.
#[derive(Debug)]
pub struct Played {
    /// What it traced but for messages.
    pub trace: String,
    pub messages: Vec<String>,
    stderr: String,
    calls: u64,
    /// Ended with status 0; or why not.
    ending: Result<(), String>,
    /// Ended itself as one does who has no way on.
    aborted: bool,
}

/// What came of a fault, if nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody would notice.
    Same,
    /// All was done, and a message told of the fault.
    Told,
    /// The process ended with a message.
    Ended,
    /// It did not go on, as is known.
    Stopped,
}

/// What a row allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Allowed {
    Tells,
    Ends,
    Stops,
}

/// A row of the table.
struct Row {
    scene: String,
    call: String,
    error: String,
    allowed: Allowed,
    words: String,
    used: AtomicBool,
}

/// The table.
pub struct Outcomes(Vec<Row>);

impl Played {
    pub fn read(finished: &Finished, calls: u64) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        let is_message = |line: &&str| line.starts_with("LOG ");
        let messages = finished.stdout.lines().filter(is_message).map(str::to_owned).collect();
        let lines = finished.stdout.lines().filter(|line| !is_message(line));
        let signal = finished.status.signal();
        Played {
            trace: lines.map(|line| format!("{line}\n")).collect(),
            messages,
            stderr: finished.stderr.clone(),
            calls,
            ending: if finished.status.success() { Ok(()) } else { Err(finished.account()) },
            aborted: signal == Some(libc::SIGABRT) || signal == Some(libc::SIGTRAP),
        }
    }

    /// Everything said that is no trace.
    fn words(&self) -> impl Iterator<Item = &str> {
        self.messages
            .iter()
            .map(String::as_str)
            .chain(self.stderr.lines().filter(|line| !line.is_empty()))
    }
}

impl Row {
    fn is_about(&self, scene: &str, order: &Order) -> bool {
        let fits = |pattern: &str, text: &str| {
            pattern.split(' ').any(|word| match word.strip_suffix('*') {
                Some(beginning) => text.starts_with(beginning),
                None => text == word,
            })
        };
        fits(&self.scene, scene) && fits(&self.call, &order.call) && fits(&self.error, &order.error)
    }

    /// Whether this row allows the message; remembers that it was needed.
    fn allows(&self, message: &str) -> bool {
        let allows = message.contains(&self.words);
        self.used.fetch_or(allows, Ordering::Relaxed);
        allows
    }
}

impl Outcomes {
    pub fn load(path: &Path) -> Result<Self> {
        Self::new(table::read(path, ["scene", "call", "error", "outcome", "words", "why"])?)
    }

    fn new(rows: Vec<[String; 6]>) -> Result<Self> {
        let row = |[scene, call, error, outcome, words, why]: [String; 6]| {
            let allowed = match outcome.as_str() {
                "tells" => Allowed::Tells,
                "ends" => Allowed::Ends,
                "stops" => Allowed::Stops,
                _ => bail!("{outcome} is no outcome"),
            };
            ensure!(!words.is_empty() && !why.is_empty(), "{call}: no words, or no reason");
            let used = AtomicBool::new(false);
            Ok(Row { scene, call, error, allowed, words, used })
        };
        rows.into_iter().map(row).collect::<Result<_>>().map(Self)
    }

    /// What came of the fault `order` of a scene that says and does `right` without it.
    pub fn judge(
        &self,
        scene: &str,
        right: &Played,
        order: &Order,
        played: &Played,
    ) -> Result<Outcome, String> {
        let rows: Vec<&Row> = self.0.iter().filter(|row| row.is_about(scene, order)).collect();
        let may = |allowed, message: &str| {
            rows.iter().any(|row| row.allowed == allowed && row.allows(message))
        };
        let may_end = |message: &str| may(Allowed::Ends, message);
        let may_tell = |message: &str| may(Allowed::Tells, message);
        if played.aborted && right.trace.starts_with(&played.trace) && played.words().any(may_end) {
            return Ok(Outcome::Ended);
        }
        // A forked child of the scene may be the one that ends.
        let child = ["child: signal 6\n", "child: signal 5\n"];
        if child.iter().any(|line| played.trace.contains(line)) && played.words().any(may_end) {
            return Ok(Outcome::Ended);
        }
        if let Err(how) = &played.ending {
            let right_so_far = right.trace.starts_with(&played.trace);
            return match right_so_far && may(Allowed::Stops, how) {
                true => Ok(Outcome::Stopped),
                false => Err(how.clone()),
            };
        }
        if played.trace != right.trace {
            let (untouched, faulty) = ("untouched", "with the fault");
            return Err(diff::unified(untouched, &right.trace, faulty, &played.trace));
        }
        if let Some(message) = played.words().find(|message| !may_tell(message)) {
            return Err(format!("says {message:?}"));
        }
        let failures = order.last.map_or(MANY, |last| last - order.first + 1);
        if played.calls > right.calls * (TIMES + failures) + SOME {
            return Err(format!("{} calls instead of {}", played.calls, right.calls));
        }
        Ok(if played.words().next().is_some() { Outcome::Told } else { Outcome::Same })
    }

    /// A row that allows what does not happen hides what may happen one day.
    pub fn all_used(&self) -> Result<(), String> {
        let idle = self.0.iter().filter(|row| !row.used.load(Ordering::Relaxed));
        let idle: Vec<String> =
            idle.map(|row| format!("{} {} {}", row.scene, row.call, row.error)).collect();
        match idle.is_empty() {
            true => Ok(()),
            false => Err(format!("never happened: {}", idle.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(trace: &str, messages: &[&str], calls: u64) -> Played {
        Played {
            trace: trace.into(),
            messages: messages.iter().map(|text| (*text).to_owned()).collect(),
            stderr: String::new(),
            calls,
            ending: Ok(()),
            aborted: false,
        }
    }

    fn order() -> Order {
        Order { call: "poll".into(), first: 1, last: Some(1), error: "EINTR".into() }
    }

    fn outcomes(outcome: &str) -> Outcomes {
        let row = ["waits/*", "poll ppoll", "*", outcome, "poll failed", "because"];
        Outcomes::new(vec![row.map(str::to_owned)]).unwrap()
    }

    #[test]
    fn a_scene_may_stop_where_that_is_owned_and_all_before_was_right() {
        let (outcomes, right) = (outcomes("stops"), played("a\nb\n", &[], 10));
        let stopped =
            |trace: &str| Played { ending: Err("poll failed".into()), ..played(trace, &[], 10) };
        let judge = |trace| outcomes.judge("waits/x", &right, &order(), &stopped(trace));
        assert_eq!(judge("a\n"), Ok(Outcome::Stopped));
        assert!(judge("b\n").is_err());
    }

    #[test]
    fn without_a_row_nothing_may_change() {
        let (none, right) = (Outcomes::new(Vec::new()).unwrap(), played("a\nb\n", &[], 10));
        let judge = |now: Played| none.judge("waits/x", &right, &order(), &now);
        assert_eq!(judge(played("a\nb\n", &[], 12)), Ok(Outcome::Same));
        assert!(judge(played("a\n", &[], 10)).is_err());
        assert!(judge(played("a\nb\n", &["LOG poll failed"], 10)).is_err());
        assert!(judge(played("a\nb\n", &[], 100_000)).is_err());
        assert!(judge(Played { aborted: true, ending: Err("6".into()), ..played("a\n", &[], 0) })
            .is_err());
    }

    #[test]
    fn a_row_allows_its_message_and_is_needed() {
        let (outcomes, right) = (outcomes("tells"), played("a\n", &[], 10));
        assert!(outcomes.all_used().is_err());
        let told = played("a\n", &["LOG poll failed"], 10);
        assert_eq!(outcomes.judge("waits/x", &right, &order(), &told), Ok(Outcome::Told));
        assert_eq!(outcomes.all_used(), Ok(()));
        assert!(outcomes.judge("other/x", &right, &order(), &told).is_err());
        let other = played("a\n", &["LOG something else"], 10);
        assert!(outcomes.judge("waits/x", &right, &order(), &other).is_err());
    }

    #[test]
    fn an_end_needs_its_words_and_a_right_beginning() {
        let (outcomes, right) = (outcomes("ends"), played("a\nb\n", &[], 10));
        let end = |trace: &str, words: &[&str]| Played {
            aborted: true,
            ending: Err("signal 6".into()),
            ..played(trace, words, 0)
        };
        let judge = |now: Played| outcomes.judge("waits/x", &right, &order(), &now);
        assert_eq!(judge(end("a\n", &["poll failed"])), Ok(Outcome::Ended));
        assert!(judge(end("b\n", &["poll failed"])).is_err());
        assert!(judge(end("a\n", &[])).is_err());
    }
}
