//! Which faults there are: made of what a scene called when nothing failed.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// A function a scene's library called.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    name: String,
    count: u64,
    /// How many failures in a row there may be; 0: as many as it likes.
    burst: u64,
    errors: Vec<String>,
}

/// All of them, as `faults.c` reports them.
#[derive(Debug, Default)]
pub struct Calls(Vec<Call>);

/// Microseconds between the signals of a storm.
const STORM: u64 = 50;

/// One fault: the calls of a function from the `first` to the `last` fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub call: String,
    pub first: u64,
    /// `None`: all that follow.
    pub last: Option<u64>,
    pub error: String,
}

impl Calls {
    pub fn read(path: &Path) -> Result<Self> {
        let told = || format!("the report {}", path.display());
        let text = fs::read_to_string(path).with_context(told)?;
        Self::parse(&text).with_context(told)
    }

    fn parse(text: &str) -> Result<Self> {
        let call = |line: &str| {
            let mut fields = line.split('\t');
            let mut next = || fields.next().with_context(|| format!("no call: {line:?}"));
            Ok(Call {
                name: next()?.to_owned(),
                count: next()?.parse()?,
                burst: next()?.parse()?,
                errors: next()?.split_whitespace().map(str::to_owned).collect(),
            })
        };
        text.lines().map(call).collect::<Result<_>>().map(Self)
    }

    /// How many calls were made.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|call| call.count).sum()
    }

    /// Each call fails alone with each of its errors. Failures that last begin at the first, second,
    /// fourth, eighth call and so on. Last of all comes a storm of signals.
    pub fn orders(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        for call in &self.0 {
            for error in &call.errors {
                let mut add = |first, last| {
                    let (call, error) = (call.name.clone(), error.clone());
                    orders.push(Order { call, first, last, error });
                };
                (1..=call.count).for_each(|turn| add(turn, Some(turn)));
                let starts = std::iter::successors(Some(1), |start| Some(start * 2));
                let starts = starts.take_while(|start| *start <= call.count);
                match call.burst {
                    0 => starts.for_each(|start| add(start, None)),
                    1 => {}
                    burst => starts.for_each(|start| add(start, Some(start + burst - 1))),
                }
            }
        }
        let (call, error) = ("storm".to_owned(), "EINTR".to_owned());
        orders.push(Order { call, first: STORM, last: None, error });
        orders
    }
}

impl Order {
    /// As `faults.c` reads it.
    pub fn to_string_for_shim(&self) -> String {
        let last = self.last.map_or("ever".to_owned(), |last| last.to_string());
        format!("{}:{}:{last}:{}", self.call, self.first, self.error)
    }
}

impl fmt::Display for Order {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "FAULTS={}", self.to_string_for_shim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_fails_alone_and_failures_last() {
        let calls =
            Calls::parse("poll\t3\t30\tEINTR\nclose\t1\t0\tEIO EINTR\nmalloc\t2\t1\tENOMEM\n");
        let calls = calls.unwrap();
        assert_eq!(calls.total(), 6);
        let told: Vec<String> = calls.orders().iter().map(Order::to_string_for_shim).collect();
        let poll = ["poll:1:1:EINTR", "poll:2:2:EINTR", "poll:3:3:EINTR"];
        let bursts = ["poll:1:30:EINTR", "poll:2:31:EINTR"];
        let close = ["close:1:1:EIO", "close:1:ever:EIO", "close:1:1:EINTR", "close:1:ever:EINTR"];
        let malloc = ["malloc:1:1:ENOMEM", "malloc:2:2:ENOMEM"];
        assert_eq!(told, [&poll[..], &bursts, &close, &malloc, &["storm:50:ever:EINTR"]].concat());
        assert!(Calls::parse("poll\tmany\t30\tEINTR").is_err());
    }
}
