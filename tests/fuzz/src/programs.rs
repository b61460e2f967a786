//! Bytes as programs: any bytes are one, and any program has bytes.
//!
//! Four bytes are an operation, or the head of a turn, to which the operations behind it belong; those
//! before the first head are main's. Every value is taken modulo how many there are, so that a change of
//! a byte changes a word of the program, and a cell taken out or put in is an operation less or more.

use twin_random::program::{
    Arg, Hook, Op, Program, Turn, DEPTHS, EVENTS, HOOKS, KINDS, PIPES, PRIORITIES, SOURCES, TAGS,
    TIMES, VERBS,
};

pub const CELL: usize = 4;

/// The upper bits of a cell's first byte: what it is. The lower ones are the operation.
const ELSEWHERE: u8 = 1 << 6;
const SECOND: u8 = 2 << 6;
const HEAD: u8 = 3 << 6;
const KIND_OF_CELL: u8 = 3 << 6;

/// An operation's last byte, if it needs none for an argument: elsewhere and second at once.
const BOTH: u8 = 1;
/// A head's third byte: the hook and the answer.
const YES: u8 = 1 << 7;

pub fn program(bytes: &[u8]) -> Program {
    let mut program = Program::default();
    for cell in bytes.chunks_exact(CELL) {
        if cell[0] & KIND_OF_CELL == HEAD {
            program.turns.push(Turn {
                source: i32::from(cell[1]) % SOURCES,
                hook: HOOKS[usize::from(cell[2] & !YES) % HOOKS.len()].0,
                answer: cell[2] & YES != 0,
                ops: Vec::new(),
            });
            continue;
        }
        let ops = program.turns.last_mut().map_or(&mut program.main, |turn| &mut turn.ops);
        ops.push(op(cell));
    }
    program
}

fn op(cell: &[u8]) -> Op {
    let (verb, _, args, _) = VERBS[usize::from(cell[0] & !KIND_OF_CELL) % VERBS.len()];
    let mut op = Op::new(verb, &[]);
    for ((value, arg), byte) in op.args.iter_mut().zip(args).zip(&cell[1..]) {
        *value = argument(*arg, *byte);
    }
    let both = args.len() < 3 && cell[3] == BOTH;
    op.elsewhere = cell[0] & ELSEWHERE != 0;
    op.second = cell[0] & SECOND != 0 || both && op.elsewhere;
    op
}

/// The values an argument can have, if they are not just the numbers up to a limit.
fn listed(arg: Arg) -> Result<&'static [i32], i32> {
    match arg {
        Arg::Priority => Ok(&PRIORITIES),
        Arg::Events => Ok(&EVENTS),
        Arg::Source => Err(SOURCES),
        Arg::Pipe => Err(PIPES),
        Arg::Tag => Err(TAGS),
        Arg::Kind => Err(KINDS.len() as i32),
        Arg::Time => Err(TIMES.len() as i32),
        Arg::Flag => Err(2),
        Arg::Depth => Err(DEPTHS),
    }
}

fn argument(arg: Arg, byte: u8) -> i32 {
    match listed(arg) {
        Ok(values) => values[usize::from(byte) % values.len()],
        Err(limit) => i32::from(byte) % limit,
    }
}

/// The bytes of a program. A priority that is in no list becomes the first.
pub fn bytes(program: &Program) -> Vec<u8> {
    let mut bytes = Vec::new();
    program.main.iter().for_each(|op| bytes.extend(cell(op)));
    for Turn { source, hook, answer, ops } in &program.turns {
        let answer = if *answer { YES } else { 0 };
        bytes.extend([HEAD, *source as u8, place(*hook) | answer, 0]);
        ops.iter().for_each(|op| bytes.extend(cell(op)));
    }
    bytes
}

fn place(hook: Hook) -> u8 {
    hook as u8
}

fn cell(op: &Op) -> [u8; CELL] {
    let mut cell = [op.verb as u8, 0, 0, 0];
    let args = VERBS[op.verb as usize].2;
    for ((byte, arg), value) in cell[1..].iter_mut().zip(args).zip(op.args) {
        *byte = match listed(*arg) {
            Ok(values) => values.iter().position(|other| *other == value).unwrap_or(0) as u8,
            Err(limit) => value.rem_euclid(limit) as u8,
        };
    }
    match (op.elsewhere, op.second) {
        (true, true) => {
            cell[0] |= ELSEWHERE;
            if args.len() < 3 {
                cell[3] = BOTH;
            }
        }
        (true, false) => cell[0] |= ELSEWHERE,
        (false, true) => cell[0] |= SECOND,
        (false, false) => {}
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;
    use twin_random::generate;

    #[test]
    fn a_programs_bytes_are_that_program() {
        for seed in 0..300 {
            let made = generate::program(seed);
            let read = program(&bytes(&made));
            // An operation of three arguments has no room for being both.
            let mut expected = made.clone();
            let turns = expected.turns.iter_mut().flat_map(|turn| &mut turn.ops);
            for op in expected.main.iter_mut().chain(turns) {
                op.second &= !(op.elsewhere && VERBS[op.verb as usize].2.len() == 3);
            }
            assert_eq!(read, expected, "seed {seed}");
        }
    }

    #[test]
    fn any_bytes_are_a_program_that_can_be_kept() {
        let mut byte = 7_u8;
        let mut next = || {
            byte = byte.wrapping_mul(181).wrapping_add(97);
            byte
        };
        for length in 0..200 {
            let made = program(&(0..length).map(|_| next()).collect::<Vec<_>>());
            assert_eq!(made.to_string().parse::<Program>().unwrap(), made);
        }
        assert!(VERBS.len() <= usize::from(!KIND_OF_CELL), "a cell has room for every verb");
    }
}
