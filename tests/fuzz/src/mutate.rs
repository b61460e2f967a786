//! Changes of inputs that are made of cells: whole ones are taken out, doubled, moved, brought in from
//! elsewhere, so that what stands behind them keeps its meaning. Knows nothing of what a cell says.

/// A small generator of numbers (splitmix64), from the seed that libFuzzer hands out.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`, 0 if there is none.
    pub fn roll(&mut self, sides: usize) -> usize {
        (self.next() % sides.max(1) as u64) as usize
    }
}

/// Changes `input` once; it stays a number of whole cells of `cell` bytes, `most` bytes at most.
pub fn change(input: &mut Vec<u8>, cell: usize, most: usize, dice: &mut Dice) {
    let cells = input.len() / cell;
    input.truncate(cells * cell);
    let room = most / cell > cells;
    let (at, other) = (dice.roll(cells), dice.roll(cells));
    let longest = if dice.roll(3) == 0 { 8 } else { 1 };
    let length = 1 + dice.roll(longest);
    let piece = |input: &[u8], at: usize| {
        let end = cells.min(at + length);
        input[at * cell..end * cell].to_vec()
    };
    match dice.roll(6) {
        // A new cell of any bytes.
        0 if room => {
            let fresh: Vec<u8> = (0..cell).map(|_| dice.next() as u8).collect();
            let at = dice.roll(cells + 1) * cell;
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
            let byte = at * cell + dice.roll(cell);
            input[byte] = if dice.roll(2) == 0 {
                dice.next() as u8
            } else {
                input[byte].wrapping_add(dice.roll(3) as u8).wrapping_sub(1)
            };
        }
        _ => input.extend((0..cell).map(|_| dice.next() as u8)),
    }
}

/// The beginning of one input and the end of another, cut between cells.
pub fn cross(one: &[u8], other: &[u8], cell: usize, most: usize, dice: &mut Dice) -> Vec<u8> {
    let cut = dice.roll(one.len() / cell + 1) * cell;
    let from = dice.roll(other.len() / cell + 1) * cell;
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
