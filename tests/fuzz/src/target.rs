//! What both targets tell libFuzzer.

use std::fmt::Display;

use anyhow::Result;

/// What a target needs, or the end of the process.
pub fn ready<T>(found: Result<T>) -> T {
    found.unwrap_or_else(|error| {
        eprintln!("fuzz: {error:#}");
        std::process::exit(2)
    })
}

/// Goes on if nothing was objected to; else libFuzzer keeps the input.
pub fn decide(judged: Result<Option<String>>, played: &impl Display) {
    match judged {
        Ok(None) => {}
        Ok(Some(objection)) => panic!("{objection}\nwith:\n{played}"),
        Err(error) => panic!("not played: {error:#}"),
    }
}

/// Inputs are made of cells of so many bytes: libFuzzer changes them so three times out of four.
#[macro_export]
macro_rules! cells {
    ($cell:expr) => {
        ::libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
            let mut dice = $crate::mutate::Dice(seed.into());
            if dice.roll(4) == 0 {
                return ::libfuzzer_sys::fuzzer_mutate(data, size, most) / $cell * $cell;
            }
            let mut input = data[..size].to_vec();
            for _ in 0..=dice.roll(3) {
                $crate::mutate::change(&mut input, $cell, most, &mut dice);
            }
            data[..input.len()].copy_from_slice(&input);
            input.len()
        });

        ::libfuzzer_sys::fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
            let mut dice = $crate::mutate::Dice(seed.into());
            let made = $crate::mutate::cross(one, other, $cell, out.len(), &mut dice);
            out[..made.len()].copy_from_slice(&made);
            made.len()
        });
    };
}
