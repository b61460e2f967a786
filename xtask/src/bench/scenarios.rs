//! The default set of scenarios, with the figures that are told of each.
//!
//! Names are those the programs of `benches/` know; numbers in them say how much there is of something.

/// How a figure comes out of a program's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// CPU time of the process, per operation.
    Cpu,
    /// A delay below which half of the samples stay.
    Median,
    /// A delay below which 99 of 100 samples stay.
    Tail,
    /// Operations per second of CPU time, an operation being a megabyte.
    Rate,
    /// Memory.
    Bytes,
}

impl Figure {
    /// Its unit, in tables.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Cpu => "ns",
            Self::Median => "µs p50",
            Self::Tail => "µs p99",
            Self::Rate => "MB/s",
            Self::Bytes => "bytes",
        }
    }

    pub fn more_is_better(self) -> bool {
        self == Self::Rate
    }
}

/// Something to measure.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub name: String,
    pub about: &'static str,
}

const CPU: &[Figure] = &[Figure::Cpu];
const LATE: &[Figure] = &[Figure::Median, Figure::Tail];

const SET: &[(&str, &[Figure], &str)] = &[
    ("idle:1", CPU, "one idle source and nothing else, per dispatch"),
    ("idle:100", CPU, "100 idle sources, per dispatch"),
    ("idle+fd", CPU, "an idle source beside a quiet descriptor, per iteration"),
    ("idle-once:1", CPU, "an idle source made, attached, dispatched, freed"),
    ("idle-once:1000", CPU, "the same, 1 000 at a time"),
    ("pingpong:eventfd", CPU, "an eventfd read and written in each iteration"),
    ("pingpong:eventfd+10", CPU, "the same beside 10 quiet descriptors"),
    ("pingpong:eventfd+100", CPU, "the same beside 100 quiet descriptors"),
    ("pingpong:eventfd+1000", CPU, "the same beside 1 000 quiet descriptors"),
    ("pingpong:eventfd+10000", CPU, "the same beside 10 000 quiet descriptors"),
    ("giochannel", CPU, "the same through a GIOChannel watch"),
    ("giochannel+1000", CPU, "the same beside 1 000 quiet descriptors"),
    ("chain:10000x1000", CPU, "a ring of 10 000 eventfds, 1 000 tokens, per pass"),
    ("all-active:10", CPU, "10 descriptors always ready, per dispatch"),
    ("all-active:100", CPU, "100 descriptors always ready, per dispatch"),
    ("all-active:1000", CPU, "1 000 descriptors always ready, per dispatch"),
    ("all-active:10000", CPU, "10 000 descriptors always ready, per dispatch"),
    ("timer-far:10", CPU, "an idle source beside 10 far timers, per iteration"),
    ("timer-far:1000", CPU, "the same beside 1 000"),
    ("timer-far:100000", CPU, "the same beside 100 000"),
    ("timer-churn:1000", CPU, "a timeout removed and one added, 1 000 pending"),
    ("timer-churn:100000", CPU, "the same, 100 000 pending"),
    ("timer-move:1000", CPU, "a ready time moved, 1 000 pending"),
    ("timer-move:100000", CPU, "the same, 100 000 pending"),
    ("timers-due:100000", LATE, "100 000 timers due within a second, lateness"),
    ("timer-150us", LATE, "a timer of 150 µs, lateness"),
    ("churn-source:idle", CPU, "an idle source made, attached, destroyed, freed"),
    ("churn-source:idle+10000", CPU, "the same beside 10 000 idle sources"),
    ("churn-source:fd", CPU, "a descriptor source made, attached, destroyed, freed"),
    ("churn-source:fd+10000", CPU, "the same beside 10 000 quiet descriptors"),
    ("io-oneshot:0", CPU, "a watch for one read: made, polled, dispatched, gone"),
    ("io-oneshot:100", CPU, "the same beside 100 quiet descriptors"),
    ("io-oneshot:10000", CPU, "the same beside 10 000 quiet descriptors"),
    ("invoke:1", CPU, "work posted by another thread into a running loop, both threads"),
    ("idle:100/thread", CPU, "beside a thread that sleeps: 100 idle sources, per dispatch"),
    ("idle-once:1000/thread", CPU, "idles made, attached, dispatched, freed, 1 000 at a time"),
    ("churn-source:idle+10000/thread", CPU, "one made, attached, destroyed, freed beside 10 000"),
    ("timer-churn:1000/thread", CPU, "a timeout removed and one added, 1 000 pending"),
    ("pingpong:eventfd/thread", CPU, "an eventfd read and written in each iteration"),
    ("custom:1/thread", CPU, "a source with prepare and check, dispatched"),
    ("custom:10000/thread", CPU, "10 000 of them, one dispatched, per source and iteration"),
    ("typical/thread", CPU, "20 descriptors, 10 timers, 2 custom sources, an event"),
    ("post-asleep", LATE, "work posted into a sleeping loop, delay"),
    ("wakeup:self", CPU, "a wakeup by the loop itself, the caller's cost"),
    ("wakeup:thread", CPU, "a wakeup by another thread, the caller's cost"),
    ("custom:1", CPU, "a source with prepare and check, dispatched"),
    ("custom:10000", CPU, "10 000 of them, one dispatched, per source and iteration"),
    ("custom-passive:10000", CPU, "an idle source beside 10 000 with neither, per iteration"),
    ("iteration:20fd+10timers", CPU, "an idle source beside 20 descriptors and 10 timers"),
    ("typical", CPU, "20 descriptors, 10 timers, 2 custom sources, an event"),
    ("by-hand:10", CPU, "prepare, query, poll, check, dispatch; 10 descriptors, an event"),
    ("by-hand:1000", CPU, "the same with 1 000 descriptors"),
    ("context", CPU, "a context made and freed"),
    ("socketpair", &[Figure::Rate], "40 MB through a socket pair beside a busy idle"),
    ("memory:idle:100000", &[Figure::Bytes], "memory of an idle source"),
    ("memory:timeout:100000", &[Figure::Bytes], "memory of a timeout"),
    ("memory:fd:10000", &[Figure::Bytes], "memory of a descriptor source"),
    ("startup", CPU, "a program with an empty loop, started and ended"),
    ("footprint", &[Figure::Bytes], "resident memory of such a program"),
];

/// The scenarios whose names contain one of `words`; a word that no name contains is a name itself.
pub fn chosen(words: &[String]) -> Vec<Scenario> {
    let names = || SET.iter().map(|(name, ..)| *name);
    let mut chosen: Vec<&str> = Vec::new();
    for word in words {
        let mut found: Vec<&str> = names().filter(|name| name == word).collect();
        if found.is_empty() {
            found.extend(names().filter(|name| name.contains(word.as_str())));
        }
        if found.is_empty() {
            found.push(word);
        }
        found.retain(|new| !chosen.contains(new));
        chosen.extend(found);
    }
    if words.is_empty() {
        chosen.extend(names());
    }
    let scenario = |name: &str| Scenario { name: name.to_owned(), about: about(name) };
    chosen.into_iter().map(scenario).collect()
}

/// What is told of a scenario; of one that is not in the set, its CPU time.
pub fn figures(name: &str) -> &'static [Figure] {
    SET.iter().find(|(known, ..)| *known == name).map_or(CPU, |(_, figures, _)| figures)
}

/// What a scenario of the set is, in words.
pub fn about(name: &str) -> &'static str {
    SET.iter().find(|(known, ..)| *known == name).map_or("", |(.., about)| about)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        chosen(&words).into_iter().map(|scenario| scenario.name).collect()
    }

    #[test]
    fn a_word_chooses_a_name_or_those_that_contain_it_or_is_one() {
        assert_eq!(names(&["idle:1"]), ["idle:1"]);
        assert_eq!(names(&["by-hand"]), ["by-hand:10", "by-hand:1000"]);
        assert_eq!(names(&["idle:7", "context", "context"]), ["idle:7", "context"]);
        assert_eq!(names(&[]).len(), SET.len());
    }
}
