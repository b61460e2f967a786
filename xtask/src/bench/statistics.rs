//! Medians and quartiles, of figures and of ratios taken round by round.

/// The middle of a row of values, and the middle half.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// Of the values there are; nothing if there are none.
    pub fn of(values: &[Option<f64>]) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().copied().flatten().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| -> Option<f64> {
            let place = part * sorted.len().checked_sub(1)? as f64;
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            Some(below + (above - below) * place.fract())
        };
        Some(Self { median: at(0.5)?, low: at(0.25)?, high: at(0.75)? })
    }

    /// How often `below` is contained in `above`, taken in each round by itself.
    pub fn of_ratios(above: &[Option<f64>], below: &[Option<f64>]) -> Option<Self> {
        let pairs = above.iter().zip(below);
        let ratios: Vec<Option<f64>> =
            pairs.map(|(above, below)| Some((*above)? / (*below)?)).collect();
        Self::of(&ratios)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle_and_the_quartiles_around_it() {
        let values = [5.0, 1.0, 3.0, 2.0, 4.0].map(Some);
        assert_eq!(Spread::of(&values), Some(Spread { median: 3.0, low: 2.0, high: 4.0 }));
        assert_eq!(Spread::of(&[Some(1.0), None, Some(2.0)]).unwrap().median, 1.5);
        assert_eq!(Spread::of(&[None]), None);
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let slow = [Some(10.0), Some(100.0), None];
        let fast = [Some(5.0), Some(50.0), Some(1.0)];
        assert_eq!(Spread::of_ratios(&slow, &fast).unwrap().median, 2.0);
    }
}
