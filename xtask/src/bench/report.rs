//! The figures, written down for people.

use std::fmt::Write as _;

use super::programs::Contestant;
use super::rounds::Outcome;
use super::scenarios::{Figure, Scenario};
use super::statistics::Spread;

/// As many digits as a figure is worth.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size < 9.995 => format!("{value:.2}"),
        size if size < 99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// How much better mainspring is than another: above 1 it is.
fn ahead(
    outcome: &Outcome,
    scenario: &Scenario,
    figure: Figure,
    other: &'static str,
) -> Option<Spread> {
    let ours = outcome.figures(scenario, "mainspring", figure);
    let theirs = outcome.figures(scenario, other, figure);
    match figure.more_is_better() {
        true => Spread::of_ratios(&ours, &theirs),
        false => Spread::of_ratios(&theirs, &ours),
    }
}

/// A line for each figure: every library's median with its spread, and how far ahead mainspring is.
pub fn text(scenarios: &[Scenario], contestants: &[Contestant], outcome: &Outcome) -> String {
    let mut text = format!("{:<34}", "");
    for contestant in contestants {
        let _ = write!(text, "{:>20}", contestant.name);
    }
    text += "   GLib ÷ mainspring\n";
    for scenario in scenarios {
        for &figure in scenario.figures {
            let _ = write!(text, "{:<34}", format!("{}, {}", scenario.name, figure.unit()));
            for contestant in contestants {
                let spread = Spread::of(&outcome.figures(scenario, contestant.name, figure));
                let _ = write!(text, "{:>20}", spread.map_or("—".to_owned(), told));
            }
            let ahead = ahead(outcome, scenario, figure, "GLib");
            let _ = writeln!(text, "   {}", ahead.map_or("—".to_owned(), told));
        }
    }
    text
}

/// The median with half the distance of the quartiles, in percent.
fn told(spread: Spread) -> String {
    let half = (spread.high - spread.low) / 2.0 / spread.median.max(f64::MIN_POSITIVE);
    format!("{} ±{:.0} %", number(spread.median), half * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_figures_keep_their_digits() {
        assert_eq!([1.234, 56.78, 999.6].map(number), ["1.23", "56.8", "1000"]);
    }
}
