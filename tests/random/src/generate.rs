//! Programs nobody would think of: from a seed, always the same one.
//!
//! Operations are drawn by weight; a few come in bundles, because alone they would seldom meet what
//! makes them matter: a source is made, dressed and attached in one go, and an iteration by hand is
//! its five steps with something between them. What an operation needs in order to be valid is not
//! looked at here (see `program.rs`).

use crate::program::{
    Arg, Hook, Op, Program, Turn, Verb, DEPTHS, EVENTS, KINDS, PIPES, PRIORITIES, SOURCES, TAGS,
    TIMES, VERBS,
};

/// A small generator of numbers (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: i32) -> i32 {
        (self.number() % sides as u64) as i32
    }

    fn one_in(&mut self, sides: i32) -> bool {
        self.roll(sides) == 0
    }

    fn pick(&mut self, from: &[i32]) -> i32 {
        from[self.roll(from.len() as i32) as usize]
    }
}

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    let mut maker = Maker { dice: Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d)), sources: 0 };
    maker.sources = 3 + maker.dice.roll(SOURCES - 2);
    let mut main = Vec::new();
    for number in 0..maker.sources {
        if !maker.dice.one_in(3) {
            maker.bring(number, &mut main);
        }
    }
    for _ in 0..8 + maker.dice.roll(24) {
        maker.step(&mut main);
        if maker.dice.one_in(3) {
            main.push(Op::new(Verb::Iterate, &[]));
        }
    }
    let turns = maker.turns();
    Program { main, turns }
}

struct Maker {
    dice: Dice,
    /// How many of the possible sources this program knows.
    sources: i32,
}

impl Maker {
    fn value(&mut self, arg: Arg) -> i32 {
        match arg {
            Arg::Source => self.dice.roll(self.sources),
            Arg::Pipe => self.dice.roll(PIPES),
            Arg::Tag => self.dice.roll(TAGS),
            Arg::Kind => self.dice.roll(KINDS.len() as i32),
            Arg::Priority => self.dice.pick(&PRIORITIES),
            Arg::Events => self.dice.pick(&EVENTS),
            Arg::Time => self.dice.roll(TIMES.len() as i32),
            Arg::Flag => self.dice.roll(2),
            Arg::Depth => self.dice.roll(DEPTHS),
        }
    }

    fn op(&mut self, verb: Verb) -> Op {
        let args: Vec<i32> = VERBS[verb as usize].2.iter().map(|arg| self.value(*arg)).collect();
        let (elsewhere, second) = (self.dice.one_in(60), self.dice.one_in(12));
        Op { elsewhere, second, ..Op::new(verb, &args) }
    }

    /// An operation about that source.
    fn op_on(&mut self, verb: Verb, source: i32) -> Op {
        let mut op = self.op(verb);
        op.args[0] = source;
        op
    }

    /// Makes a source, dresses it and attaches it, or gives it to another one as a child.
    fn bring(&mut self, source: i32, into: &mut Vec<Op>) {
        into.push(self.op_on(Verb::New, source));
        for (verb, sides) in [
            (Verb::Priority, 2),
            (Verb::AddFd, 3),
            (Verb::Time, 3),
            (Verb::Recurse, 4),
            (Verb::Callback, 2),
            (Verb::AddPoll, 12),
        ] {
            if self.dice.one_in(sides) {
                into.push(self.op_on(verb, source));
            }
        }
        if self.dice.one_in(4) {
            let parent = self.value(Arg::Source);
            into.push(Op::new(Verb::Child, &[parent, source]));
        }
        into.push(self.op_on(Verb::Attach, source));
        if self.dice.one_in(2) {
            into.push(self.op_on(Verb::Drop, source));
        }
    }

    /// The next operation, or a bundle.
    fn step(&mut self, into: &mut Vec<Op>) {
        let total: u32 = VERBS.iter().map(|row| row.3).sum();
        let mut left = self.dice.roll(total as i32) as u32;
        let row = VERBS.iter().find(|row| {
            let here = left < row.3;
            left = left.saturating_sub(row.3);
            here
        });
        let verb = row.map_or(Verb::Iterate, |row| row.0);
        match verb {
            Verb::New => {
                let source = self.value(Arg::Source);
                self.bring(source, into);
            }
            Verb::Prepare => {
                let steps = [Verb::Prepare, Verb::Query, Verb::Poll, Verb::Check, Verb::Dispatch];
                for verb in steps {
                    into.push(self.op(verb));
                    if self.dice.one_in(6) {
                        let other = VERBS[self.dice.roll(VERBS.len() as i32) as usize].0;
                        into.push(self.op(other));
                    }
                }
            }
            _ => into.push(self.op(verb)),
        }
    }

    /// What the sources do. Sources of a program's own are asked often and mostly say no.
    fn turns(&mut self) -> Vec<Turn> {
        let mut turns = Vec::new();
        for source in 0..self.sources {
            for (hook, most, yes_of_8) in [
                (Hook::Prepare, 6, 2),
                (Hook::Check, 6, 3),
                (Hook::Dispatch, 5, 6),
                (Hook::Notify, 2, 0),
                (Hook::Finalize, 2, 0),
            ] {
                for _ in 0..self.dice.roll(most) {
                    let mut ops = Vec::new();
                    for _ in 0..(self.dice.roll(5) - 2).max(0) {
                        self.step(&mut ops);
                    }
                    let answer = self.dice.roll(8) < yes_of_8;
                    turns.push(Turn { source, hook, answer, ops });
                }
            }
        }
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_program_that_can_be_kept() {
        for seed in 0..50 {
            let made = program(seed);
            assert_eq!(made, program(seed));
            assert_eq!(made.to_string().parse::<Program>().unwrap(), made);
            assert_ne!(made, program(seed + 1));
        }
    }

    #[test]
    fn every_operation_is_drawn_in_main_and_in_turns() {
        let programs: Vec<Program> = (0..300).map(program).collect();
        for (verb, name, ..) in VERBS {
            let has = |ops: &[Op]| ops.iter().any(|op| op.verb == *verb);
            assert!(programs.iter().any(|made| has(&made.main)), "{name} in main");
            let in_turns = |made: &Program| made.turns.iter().any(|turn| has(&turn.ops));
            assert!(programs.iter().any(in_turns), "{name} in turns");
        }
    }
}
