//! The target *programs*, as libFuzzer runs it.
#![no_main]

use libfuzzer_sys::fuzz_target;

use twin_fuzz::programs::{self, CELL};

fuzz_target!(
    init: twin_fuzz::target::ready(twin_fuzz::judge::programs()),
    |input: &[u8]| {
        let program = programs::program(input);
        let judge = twin_fuzz::target::ready(twin_fuzz::judge::programs());
        twin_fuzz::target::decide(judge.difference(&program), &program);
    }
);

twin_fuzz::cells!(CELL);
