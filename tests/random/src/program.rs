//! A program as data, and its text form.
//!
//! A program is what the main thread does, one operation after the other, and what each source does
//! when the library calls it: a *turn* per call of one of its hooks, the n-th turn for the n-th call,
//! nothing once the turns are used up. Every operation names its sources by number; one that makes
//! no sense at that moment (a destroyed source, a child that is its own grandparent) is passed over
//! by `play.rs` on both libraries alike. So any list of operations is a valid program, and any part
//! of a program is one, which is what shrinking needs.

use std::fmt;
use std::str::FromStr;

use anyhow::{bail, ensure, Context as _, Result};

/// Numbers a program can use.
pub const SOURCES: i32 = 14;
pub const PIPES: i32 = 4;
/// How many descriptors a source, and the context itself, can have.
pub const TAGS: i32 = 3;

/// The kinds of sources: those of a program's own with or without prepare and check, and built-in
/// ones; `later` is a timeout that never comes.
pub const KINDS: [&str; 8] =
    ["asked", "prepared", "checked", "passive", "idle", "timeout", "later", "fd"];
pub const PRIORITIES: [i32; 7] = [-100, -1, 0, 0, 1, 2, 200];
/// In, out and both, as poll's bits.
pub const EVENTS: [i32; 3] = [1, 4, 5];
/// Never, at once, and so late that it never comes.
pub const TIMES: [&str; 3] = ["never", "now", "late"];
/// How many calls of iterations an exception or a jump can lead out of, and how often a loop turns.
pub const DEPTHS: i32 = 3;

/// What an argument of an operation is: its values in the text and for the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arg {
    Source,
    Pipe,
    Tag,
    Kind,
    Priority,
    Events,
    Time,
    Flag,
    Depth,
}

macro_rules! verbs {
    ($($verb:ident $name:literal [$($arg:ident)*] $weight:literal;)*) => {
        /// What an operation does; `play.rs` says how.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Verb { $($verb,)* }

        /// The verb, its name, its arguments, and how often the generator takes it.
        pub const VERBS: &[(Verb, &str, &[Arg], u32)] =
            &[$((Verb::$verb, $name, &[$(Arg::$arg,)*], $weight),)*];
    };
}

verbs! {
    New "new" [Source Kind] 4;
    Attach "attach" [Source] 8;
    Drop "drop" [Source] 5;
    Destroy "destroy" [Source] 8;
    Priority "priority" [Source Priority] 5;
    Time "time" [Source Time] 6;
    Recurse "recurse" [Source Flag] 3;
    Callback "callback" [Source] 4;
    NoCallback "no-callback" [Source] 1;
    Child "child" [Source Source] 5;
    RemoveChild "remove-child" [Source Source] 2;
    AddFd "add-fd" [Source Pipe Events] 5;
    ModifyFd "modify-fd" [Source Tag Events] 3;
    RemoveFd "remove-fd" [Source Tag] 2;
    AddPoll "add-poll" [Source Pipe Events] 2;
    RemovePoll "remove-poll" [Source] 1;
    ContextPoll "context-poll" [Pipe Events Priority] 1;
    ContextUnpoll "context-unpoll" [Pipe] 1;
    Feed "feed" [Pipe] 6;
    Drain "drain" [Pipe] 5;
    Iterate "iterate" [] 14;
    Pending "pending" [] 3;
    Prepare "prepare" [] 3;
    Query "query" [Flag] 3;
    Poll "poll" [] 3;
    Check "check" [] 3;
    Dispatch "dispatch" [] 3;
    Invoke "invoke" [Priority] 2;
    Push "push" [] 1;
    Pop "pop" [] 1;
    Acquire "acquire" [] 1;
    Release "release" [] 1;
    Wakeup "wakeup" [] 1;
    Look "look" [Source] 5;
    Find "find" [Source] 2;
    Run "run" [Depth] 1;
    Throw "throw" [Depth] 1;
    Jump "jump" [Depth] 1;
    Fork "fork" [] 1;
    PollFunc "poll-func" [Flag] 1;
    End "end" [] 1;
}

/// One thing a program does, on its own thread or, for this once, on another one it waits for; with the
/// first or the second of its two contexts, where it is about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Op {
    pub verb: Verb,
    pub args: [i32; 3],
    pub elsewhere: bool,
    pub second: bool,
}

impl Op {
    pub fn new(verb: Verb, args: &[i32]) -> Self {
        let mut all = [0; 3];
        all[..args.len()].copy_from_slice(args);
        Self { verb, args: all, elsewhere: false, second: false }
    }
}

/// Where the library calls a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    Prepare,
    Check,
    Dispatch,
    Notify,
    Finalize,
}

pub const HOOKS: [(Hook, &str); 5] = [
    (Hook::Prepare, "prepare"),
    (Hook::Check, "check"),
    (Hook::Dispatch, "dispatch"),
    (Hook::Notify, "notify"),
    (Hook::Finalize, "finalize"),
];

/// What a source does in one call: its operations, then its answer where one is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub source: i32,
    pub hook: Hook,
    pub answer: bool,
    pub ops: Vec<Op>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    pub main: Vec<Op>,
    pub turns: Vec<Turn>,
}

impl Program {
    /// Whether any of its operations is such a one.
    pub fn has(&self, is_it: impl Fn(&Op) -> bool) -> bool {
        let turns = self.turns.iter().flat_map(|turn| &turn.ops);
        self.main.iter().chain(turns).any(is_it)
    }

    /// How many pieces there are to take away.
    pub fn size(&self) -> usize {
        self.main.len() + self.turns.iter().map(|turn| 1 + turn.ops.len()).sum::<usize>()
    }
}

fn word(arg: Arg, value: i32) -> String {
    let named = |names: &[&str]| names[value as usize % names.len()].to_owned();
    match arg {
        Arg::Kind => named(&KINDS),
        Arg::Time => named(&TIMES),
        _ => value.to_string(),
    }
}

fn value(arg: Arg, word: &str) -> Result<i32> {
    let place = |names: &[&str]| {
        let place = names.iter().position(|name| *name == word);
        place.map(|at| at as i32).with_context(|| format!("{word} is none of {names:?}"))
    };
    let value = match arg {
        Arg::Kind => return place(&KINDS),
        Arg::Time => return place(&TIMES),
        _ => word.parse().with_context(|| format!("{word} is no number"))?,
    };
    let limit = match arg {
        Arg::Source => SOURCES,
        Arg::Pipe => PIPES,
        Arg::Tag => TAGS,
        Arg::Depth => DEPTHS,
        _ => return Ok(value),
    };
    ensure!((0..limit).contains(&value), "{value} is not below {limit}");
    Ok(value)
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name, args, _) = VERBS[self.verb as usize];
        f.write_str(if self.elsewhere { "elsewhere " } else { "" })?;
        f.write_str(if self.second { "second " } else { "" })?;
        f.write_str(name)?;
        for (arg, value) in args.iter().zip(self.args) {
            write!(f, " {}", word(*arg, value))?;
        }
        Ok(())
    }
}

impl FromStr for Op {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let mut begins_with = |word| {
            let begins = words.first() == Some(&word);
            words.drain(..usize::from(begins));
            begins
        };
        let (elsewhere, second) = (begins_with("elsewhere"), begins_with("second"));
        let name = *words.first().context("an operation is missing")?;
        let row = VERBS.iter().find(|row| row.1 == name);
        let (verb, _, args, _) = row.with_context(|| format!("no operation is called {name}"))?;
        ensure!(words.len() == 1 + args.len(), "{name} takes {} words", args.len());
        let mut op = Self { elsewhere, second, ..Self::new(*verb, &[]) };
        for (at, (arg, word)) in args.iter().zip(&words[1..]).enumerate() {
            op.args[at] = value(*arg, word)?;
        }
        Ok(op)
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for op in &self.main {
            writeln!(f, "{op}")?;
        }
        for Turn { source, hook, answer, ops } in &self.turns {
            let answer = if *answer { "yes" } else { "no" };
            let ops: Vec<String> = ops.iter().map(Op::to_string).collect();
            writeln!(f, "on {source} {} {answer}: {}", HOOKS[*hook as usize].1, ops.join("; "))?;
        }
        Ok(())
    }
}

impl FromStr for Program {
    type Err = anyhow::Error;

    /// One line per main operation or turn; empty lines and those that begin with `#` say nothing.
    fn from_str(text: &str) -> Result<Self> {
        let mut program = Self::default();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            program.read_line(line).with_context(|| format!("line {number}: {line}"))?;
        }
        Ok(program)
    }
}

impl Program {
    fn read_line(&mut self, line: &str) -> Result<()> {
        let Some(rest) = line.strip_prefix("on ") else {
            self.main.push(line.parse()?);
            return Ok(());
        };
        let (head, ops) = rest.split_once(':').context("a turn has a colon")?;
        let words: Vec<&str> = head.split_whitespace().collect();
        let [source, hook, answer] = words[..] else { bail!("a turn is: on SOURCE HOOK ANSWER:") };
        let hook = HOOKS.iter().find(|(_, name)| *name == hook).context("no such hook")?.0;
        let ops = ops.split(';').map(str::trim).filter(|op| !op.is_empty());
        self.turns.push(Turn {
            source: value(Arg::Source, source)?,
            hook,
            answer: answer == "yes",
            ops: ops.map(str::parse).collect::<Result<_>>()?,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_and_hooks_stand_at_their_own_place() {
        assert!(VERBS.iter().enumerate().all(|(at, row)| row.0 as usize == at));
        assert!(HOOKS.iter().enumerate().all(|(at, row)| row.0 as usize == at));
    }

    #[test]
    fn what_is_printed_is_read_back() {
        let text = "new 0 asked\nelsewhere second attach 0\nsecond run 2\n\
                    on 0 dispatch yes: priority 0 -1; iterate\non 3 notify no: \n";
        let program: Program = text.parse().unwrap();
        assert_eq!(program.to_string(), text);
        assert_eq!(program.size(), 7);
    }

    #[test]
    fn nonsense_is_told_with_its_line() {
        for bad in ["fly 3", "attach", "attach 99", "new 0 bird", "on 0 dispatch: iterate"] {
            let error = format!("# a remark\n{bad}").parse::<Program>().unwrap_err();
            assert!(error.to_string().starts_with("line 2"), "{bad}: {error}");
        }
    }
}
