//! The target *channels*, as libFuzzer runs it.
#![no_main]

use libfuzzer_sys::fuzz_target;

use twin_fuzz::channels::game::{self, CELL};
use twin_fuzz::channels::judge::objection;

fuzz_target!(
    init: twin_fuzz::target::ready(twin_fuzz::judge::channels()),
    |input: &[u8]| {
        let game = game::game(input);
        twin_fuzz::target::decide(objection(&game), &game);
    }
);

twin_fuzz::cells!(CELL);
