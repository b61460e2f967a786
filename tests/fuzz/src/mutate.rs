//! Changes of inputs that are made of cells: whole ones are taken out, doubled, moved, brought in from
//! elsewhere, so that what stands behind them keeps its meaning. Knows nothing of what a cell says.

pub use twin_random::generate::Dice;

/// A number below `sides`, 0 if there is none.
fn below(dice: &mut Dice, sides: usize) -> usize {
    dice.roll(sides.max(1) as i32) as usize
}

/// Changes `input` once; it stays a number of whole cells of `cell` bytes, `most` bytes at most.
pub fn change(input: &mut Vec<u8>, cell: usize, most: usize, dice: &mut Dice) {
    let cells = input.len() / cell;
    input.truncate(cells * cell);
    let room = most / cell > cells;
    let (at, other) = (below(dice, cells), below(dice, cells));
    let longest = if dice.roll(3) == 0 { 8 } else { 1 };
    let length = 1 + below(dice, longest);
    let piece = |input: &[u8], at: usize| {
        let end = cells.min(at + length);
        input[at * cell..end * cell].to_vec()
    };
    match dice.roll(6) {
        // A new cell of any bytes.
        0 if room => {
            let fresh: Vec<u8> = (0..cell).map(|_| dice.number() as u8).collect();
            let at = below(dice, cells + 1) * cell;
            input.splice(at..at, fresh);
        }
        // Some once more, elsewhere.
        1 if room && cells > 0 => {
            let copy = piece(input, at);
            input.splice(other * cell..other * cell, copy);
            input.truncate(most / cell * cell);
        }
        // Some less.
        2 if cells > 1 => {
            let end = cells.min(at + length);
            input.drain(at * cell..end * cell);
        }
        // Some moved.
        3 if cells > 1 => {
            let moved = piece(input, at);
            input.drain(at * cell..at * cell + moved.len());
            let to = other.min(input.len() / cell) * cell;
            input.splice(to..to, moved);
        }
        // One byte of a cell.
        _ if cells > 0 => {
            let byte = at * cell + below(dice, cell);
            input[byte] = if dice.roll(2) == 0 {
                dice.number() as u8
            } else {
                input[byte].wrapping_add(dice.roll(3) as u8).wrapping_sub(1)
            };
        }
        _ => input.extend((0..cell).map(|_| dice.number() as u8)),
    }
}

/// The beginning of one input and the end of another, cut between cells.
pub fn cross(one: &[u8], other: &[u8], cell: usize, most: usize, dice: &mut Dice) -> Vec<u8> {
    let cut = below(dice, one.len() / cell + 1) * cell;
    let from = below(dice, other.len() / cell + 1) * cell;
    let mut made = one[..cut].to_vec();
    made.extend(&other[from..other.len() / cell * cell]);
    made.truncate(most / cell * cell);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_input_has_whole_cells_and_keeps_its_limit() {
        let mut dice = Dice(3);
        let (mut input, mut lengths) = (Vec::new(), std::collections::BTreeSet::new());
        for _ in 0..10_000 {
            change(&mut input, 4, 40, &mut dice);
            assert!(input.len() % 4 == 0 && input.len() <= 40);
            lengths.insert(input.len());
            let crossed = cross(&input, &[1; 12], 4, 40, &mut dice);
            assert!(crossed.len() % 4 == 0 && crossed.len() <= 40);
        }
        assert!(lengths.len() > 8, "it grows and shrinks: {lengths:?}");
    }
}
