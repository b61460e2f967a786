//! What the figures of a run must be, and the table they end in.
//!
//! Pure: figures in, verdicts and text out. Where the figures come from stands in `measure.rs`.

use super::examples::{Example, Way};
use super::measure::Figures;

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Row {
    pub example: Example,
    pub library: String,
    /// The size of the payload.
    pub bytes: u64,
    pub figures: Figures,
}

impl Row {
    /// Says what is wrong with the figures, if anything is.
    pub fn judge(&self) -> Result<(), String> {
        let Figures { received, busy, observed, .. } = self.figures;
        let demand = |met: bool, wrong: String| if met { Ok(()) } else { Err(wrong) };

        demand(
            received == self.bytes,
            format!("the reader got {received} of {} bytes", self.bytes),
        )?;
        demand(
            busy == observed.busy(),
            format!("it counted {busy} busy runs, the observer {}", observed.busy()),
        )?;
        match self.example.way {
            Way::NeverLooks => demand(
                observed.looks == 0,
                format!("it looked at the socket {} times", observed.looks),
            ),
            Way::Turns => demand(
                observed.busy_unlooked == 0 && observed.busy_writable > 0,
                "the observer saw no busy run while the socket was writable".to_owned(),
            ),
            Way::SocketFirst => {
                demand(
                    observed.busy_writable == 0,
                    format!(
                        "{} of {busy} busy runs although the socket was writable",
                        observed.busy_writable
                    ),
                )?;
                demand(
                    observed.busy_unlooked == 0,
                    format!("{} busy runs without a look at the socket", observed.busy_unlooked),
                )?;
                demand(busy > 0, "the busy callback never ran".to_owned())
            }
        }
    }

    fn cells(&self) -> [String; COLUMNS] {
        let Figures { received, wall, cpu, observed, .. } = self.figures;
        let library = if self.example.on_loop { &self.library } else { "none" };
        [
            self.example.name.to_owned(),
            library.to_owned(),
            grouped(received),
            format!("{:.2} s", wall.as_secs_f64()),
            format!("{:.2} s", cpu.as_secs_f64()),
            grouped(observed.busy()),
            match self.example.way {
                Way::NeverLooks => "-".to_owned(),
                Way::Turns | Way::SocketFirst => grouped(observed.busy_writable),
            },
        ]
    }
}

const COLUMNS: usize = 7;

const HEADINGS: [[&str; COLUMNS]; 2] = [
    ["", "", "bytes", "wall", "CPU", "busy callback", "of these, although"],
    ["example", "loop of", "written", "time", "time", "ran", "socket writable"],
];

/// The first columns hold words and keep to the left, the others figures and keep to the right.
const WORD_COLUMNS: usize = 2;

/// The table, with its explanation.
pub fn table(rows: &[Row]) -> String {
    let mut lines: Vec<[String; COLUMNS]> = HEADINGS.map(|line| line.map(str::to_owned)).to_vec();
    lines.extend(rows.iter().map(Row::cells));

    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let cells: Vec<_> = (0..COLUMNS).map(|column| pad(&lines, line, column)).collect();
        let line = cells.join("  ");
        if index == HEADINGS.len() {
            text += &format!("{}\n", "-".repeat(line.chars().count()));
        }
        text += line.trim_end();
        text.push('\n');
    }
    text + "\n\
        \"written\" is what the reader got, each byte compared. The last column counts the times the busy\n\
        callback ran although the last look at the socket, by poll, select or epoll, had found it writable.\n\
        blocking never looks, so the question does not arise; select takes turns without regard; the others\n\
        put the socket first, so the work gets only the time in which the socket is full.\n"
}

fn pad(lines: &[[String; COLUMNS]], line: &[String; COLUMNS], column: usize) -> String {
    let width = lines.iter().map(|line| line[column].len()).max().unwrap_or_default();
    let cell = &line[column];
    if column < WORD_COLUMNS {
        format!("{cell:<width$}")
    } else {
        format!("{cell:>width$}")
    }
}

/// A number in groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::measure::Observed;
    use super::*;

    fn row(way: Way, [looks, busy_full, busy_writable, busy_unlooked]: [u64; 4]) -> Row {
        let observed = Observed { looks, busy_full, busy_writable, busy_unlooked };
        Row {
            example: Example { name: "some", way, on_loop: true },
            library: "mainspring".to_owned(),
            bytes: 41_943_036,
            figures: Figures {
                received: 41_943_036,
                wall: Duration::from_millis(1250),
                cpu: Duration::from_millis(310),
                busy: observed.busy(),
                observed,
            },
        }
    }

    #[test]
    fn a_program_that_puts_the_socket_first_must_keep_to_it() {
        assert_eq!(row(Way::SocketFirst, [9, 8, 0, 0]).judge(), Ok(()));
        for (figures, word) in [
            ([9, 7, 1, 0], "1 of 8 busy runs although"),
            ([9, 7, 0, 1], "1 busy runs without a look"),
            ([9, 0, 0, 0], "never ran"),
        ] {
            let wrong = row(Way::SocketFirst, figures).judge().unwrap_err();
            assert!(wrong.contains(word), "{wrong}");
        }
    }

    #[test]
    fn the_other_ways_must_show_what_the_observer_can_see() {
        assert_eq!(row(Way::Turns, [9, 7, 2, 0]).judge(), Ok(()));
        assert!(row(Way::Turns, [9, 9, 0, 0]).judge().is_err());
        assert_eq!(row(Way::NeverLooks, [0, 0, 0, 5]).judge(), Ok(()));
        assert!(row(Way::NeverLooks, [1, 0, 0, 5]).judge().is_err());
    }

    #[test]
    fn lost_bytes_and_differing_counts_are_told() {
        let mut short = row(Way::SocketFirst, [9, 8, 0, 0]);
        short.figures.received = 5;
        assert!(short.judge().unwrap_err().contains("5 of 41943036"));
        let mut differing = row(Way::SocketFirst, [9, 8, 0, 0]);
        differing.figures.busy = 7;
        assert!(differing.judge().unwrap_err().contains("the observer 8"));
    }

    #[test]
    fn the_table_is_aligned_and_says_dash_where_nobody_looks() {
        let rows = [row(Way::SocketFirst, [1300, 1234, 0, 0]), row(Way::NeverLooks, [0, 0, 0, 5])];
        let text = table(&rows);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[3].split_whitespace().collect::<Vec<_>>().join(" "),
            "some mainspring 41 943 036 1.25 s 0.31 s 1 234 0"
        );
        assert!(lines[4].ends_with(" -"));
        assert_eq!(lines[1].len(), lines[3].len());
        assert_eq!(lines[3].len(), lines[4].len());
    }

    #[test]
    fn numbers_are_grouped_from_the_right() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1 000"), (41_943_036, "41 943 036")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
