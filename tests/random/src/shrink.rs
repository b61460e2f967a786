//! Makes a failing program small: takes pieces away as long as it goes on failing.
//!
//! The pieces are the operations of main, whole turns, and the operations inside turns. Each list is
//! tried in big slices first, then in smaller ones, and all lists again until nothing more goes.
//! Knows nothing of why a program fails.

use crate::program::{Op, Program};

/// A program that still fails and of which nothing can be taken away.
pub fn minimal(program: &Program, fails: impl Fn(&Program) -> bool) -> Program {
    let mut best = program.clone();
    loop {
        let before = best.size();
        let main = std::mem::take(&mut best.main);
        best.main = thin(main, |main| fails(&Program { main: main.to_vec(), ..best.clone() }));
        let turns = std::mem::take(&mut best.turns);
        best.turns = thin(turns, |turns| fails(&Program { turns: turns.to_vec(), ..best.clone() }));
        for at in 0..best.turns.len() {
            let ops = std::mem::take(&mut best.turns[at].ops);
            let left = thin(ops, |ops| fails(&with_ops(&best, at, ops)));
            best.turns[at].ops = left;
        }
        if best.size() == before {
            return best;
        }
    }
}

fn with_ops(program: &Program, at: usize, ops: &[Op]) -> Program {
    let mut changed = program.clone();
    changed.turns[at].ops = ops.to_vec();
    changed
}

/// Takes slices out of a list, halving their length down to one.
pub fn thin<T: Clone>(mut list: Vec<T>, fails: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut length = list.len();
    while length > 0 {
        let mut at = 0;
        while at < list.len() {
            let end = list.len().min(at + length);
            let less = [&list[..at], &list[end..]].concat();
            if fails(&less) {
                list = less;
            } else {
                at = end;
            }
        }
        length /= 2;
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_failure_needs_is_left() {
        let text = "new 0 idle\nattach 0\niterate\nfeed 2\niterate\ndrop 0\n\
                    on 0 dispatch yes: feed 1; iterate; feed 3\non 1 notify no: iterate\n";
        let program: Program = text.parse().unwrap();
        let fails = |program: &Program| {
            let text = program.to_string();
            text.contains("attach 0\n") && text.contains("on 0") && text.contains("feed 3")
        };
        let small = minimal(&program, fails);
        assert_eq!(small.to_string(), "attach 0\non 0 dispatch yes: feed 3\n");
    }

    #[test]
    fn a_program_that_fails_anyway_loses_everything() {
        let program = crate::generate::program(5);
        assert_eq!(minimal(&program, |_| true).size(), 0);
    }
}
