//! What was measured, as tables: for the terminal and for the documents.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::counts::Counts;
use super::programs::{BARE, GLIB, MAINSPRING, OVERLAY};
use super::record::{Measured, Record};
use super::scenarios::Figure;
use super::statistics::Spread;

/// As many digits as a figure is worth.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size < 9.995 => format!("{value:.2}"),
        size if size < 99.95 => format!("{value:.1}"),
        _ => thousands(value),
    }
}

/// A whole number in groups of three.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let rest = digits.len() - index;
        if index > 0 && rest % 3 == 0 && digits.len() > 4 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// The median with half the distance of the quartiles, in percent.
fn told(spread: Option<Spread>) -> String {
    let Some(spread) = spread else { return "—".to_owned() };
    let half = (spread.high - spread.low) / 2.0 / spread.median.max(f64::MIN_POSITIVE);
    format!("{} ±{:.0} %", number(spread.median), half * 100.0)
}

/// How far ahead mainspring is of another: above 1 it is.
fn ahead(measured: &Measured, figure: Figure, other: &str) -> Option<Spread> {
    let ours = measured.figures(MAINSPRING, figure);
    let theirs = measured.figures(other, figure);
    match figure.more_is_better() {
        true => Spread::of_ratios(&ours, &theirs),
        false => Spread::of_ratios(&theirs, &ours),
    }
}

/// The library that does best of those that are neither GLib, mainspring nor the floor.
fn best_rival<'a>(record: &'a Record, measured: &Measured, figure: Figure) -> Option<&'a str> {
    let rivals = record.conditions.libraries.iter().map(|(name, _)| name.as_str());
    let rivals = rivals.filter(|name| ![GLIB, MAINSPRING, OVERLAY, BARE].contains(name));
    let ahead = |name: &str| ahead(measured, figure, name).map(|spread| spread.median);
    rivals
        .filter_map(|name| Some((name, ahead(name)?)))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(name, _)| name)
}

/// Every scenario and figure that was measured, in order.
fn figures(record: &Record) -> impl Iterator<Item = (&Measured, Figure)> {
    let with_runs = record.measured.iter().filter(|measured| !measured.runs.is_empty());
    with_runs.flat_map(|measured| measured.told().iter().map(move |&figure| (measured, figure)))
}

/// A line for each figure: every library's median with its spread, and how far ahead mainspring is.
pub fn text(record: &Record) -> String {
    let names: Vec<&str> =
        record.conditions.libraries.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = format!("{:<34}", "");
    for name in &names {
        let _ = write!(text, "{name:>18}");
    }
    text += "   ahead of GLib\n";
    for (measured, figure) in figures(record) {
        let _ = write!(text, "{:<34}", format!("{}, {}", measured.name, figure.unit()));
        for name in &names {
            let _ = write!(text, "{:>18}", told(Spread::of(&measured.figures(name, figure))));
        }
        let _ = writeln!(text, "   × {}", told(ahead(measured, figure, GLIB)));
    }
    for measured in counted(record) {
        let _ = writeln!(text, "{}, per operation:", measured.name);
        for name in &names {
            if let Some(counts) = measured.counts.get(*name) {
                let _ = writeln!(
                    text,
                    "  {name:<12}{:>10} instructions   {}",
                    number(counts.instructions),
                    calls(counts)
                );
            }
        }
    }
    text
}

fn counted(record: &Record) -> impl Iterator<Item = &Measured> {
    record.measured.iter().filter(|measured| !measured.counts.is_empty())
}

/// The names of system calls, each with how often it is made if not once.
fn calls(counts: &Counts) -> String {
    let told = |(name, each): (&String, &f64)| match (each - 1.0).abs() < 0.02 {
        true => name.clone(),
        false => format!("{name} {}", number(*each).trim_end_matches("00").trim_end_matches('.')),
    };
    match counts.calls.is_empty() {
        true => "none".to_owned(),
        false => counts.calls.iter().map(told).collect::<Vec<_>>().join(", "),
    }
}

/// The document: conditions, the table of figures, the table of counts.
pub fn markdown(record: &Record) -> String {
    let conditions = &record.conditions;
    let mut text = format!(
        "# Results\n\nMade by `{}`; [README.md](README.md) says how to read them.\n\n\
         {} processors, {}; {}; {}. {} rounds of {} ms for each measurement.\n\n",
        conditions.command,
        conditions.cpus,
        conditions.cpu,
        conditions.kernel,
        conditions.compiler,
        conditions.rounds,
        conditions.ms
    );
    for (name, version) in &conditions.libraries {
        let _ = writeln!(text, "- {name}: {version}");
    }
    text += "\n## Time and memory\n\nMedians of the rounds. *ahead of GLib*, *of the best rival* and *of bare*: by how \
             much mainspring is better, the median of the ratios taken in each round.\n\n";
    text += &figures_table(record);
    if counted(record).next().is_some() {
        text += "\n## Instructions and system calls\n\nPer operation, in user space; set-up and start left out.\n\n";
        text += &counts_table(record);
    }
    text
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn head(names: &[&str], before: &str, behind: &[&str]) -> String {
    let mut cells = vec![before.to_owned()];
    cells.extend(names.iter().chain(behind).map(|name| (*name).to_owned()));
    format!("{}|---|{}\n", row(&cells), "---:|".repeat(cells.len() - 1))
}

fn names(record: &Record) -> Vec<&str> {
    record.conditions.libraries.iter().map(|(name, _)| name.as_str()).collect()
}

fn figures_table(record: &Record) -> String {
    let names = names(record);
    let mut text = head(&names, "scenario", &["ahead of GLib", "of the best rival", "of bare"]);
    for (measured, figure) in figures(record) {
        let about = match measured.about.is_empty() {
            true => String::new(),
            false => format!("{} ", measured.about),
        };
        let mut cells = vec![format!("{about}`{}`, {}", measured.name, figure.unit())];
        for name in &names {
            let spread = Spread::of(&measured.figures(name, figure));
            cells.push(spread.map_or("—".to_owned(), |spread| number(spread.median)));
        }
        cells.push(told(ahead(measured, figure, GLIB)));
        cells.push(match best_rival(record, measured, figure) {
            Some(name) => format!("{} ({name})", told(ahead(measured, figure, name))),
            None => "—".to_owned(),
        });
        cells.push(told(ahead(measured, figure, BARE)));
        text += &row(&cells);
    }
    text
}

fn counts_table(record: &Record) -> String {
    let names = names(record);
    let mut text = head(&names, "instructions", &[]);
    let shown: BTreeMap<&str, usize> = names.iter().copied().zip(0..).collect();
    for measured in counted(record) {
        let mut cells = vec!["—".to_owned(); names.len() + 1];
        cells[0] = format!("`{}`", measured.name);
        for (name, counts) in &measured.counts {
            if let Some(place) = shown.get(name.as_str()) {
                cells[place + 1] = number(counts.instructions);
            }
        }
        text += &row(&cells);
    }
    text.push('\n');
    text += &head(&names, "system calls", &[]).replace("---:", "---");
    for measured in counted(record) {
        let mut cells = vec!["—".to_owned(); names.len() + 1];
        cells[0] = format!("`{}`", measured.name);
        for (name, counts) in &measured.counts {
            if let Some(place) = shown.get(name.as_str()) {
                cells[place + 1] = calls(counts);
            }
        }
        text += &row(&cells);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_figures_keep_their_digits_and_large_ones_are_grouped() {
        assert_eq!(
            [1.234, 56.78, 999.6, 1234567.0].map(number),
            ["1.23", "56.8", "1000", "1\u{202f}234\u{202f}567"]
        );
    }

    #[test]
    fn calls_are_told_with_how_often_they_are_made() {
        let calls_of = |pairs: &[(&str, f64)]| {
            let calls_made = pairs.iter().map(|&(name, each)| (name.to_owned(), each)).collect();
            calls(&Counts { instructions: 1.0, calls: calls_made })
        };
        assert_eq!(calls_of(&[]), "none");
        assert_eq!(calls_of(&[("ppoll", 1.0), ("read", 2.0)]), "ppoll, read 2");
        assert_eq!(calls_of(&[("futex", 0.25)]), "futex 0.25");
    }
}
