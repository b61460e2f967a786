//! Structures and constants, measured against the table (`tests/contract/layouts.tsv`): by a C
//! program that sees our headers, by the same program with GLib's, and in the Rust definitions.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{bail, ensure, Context, Result};

use crate::abi::contract::INCLUDES;
use crate::abi::sources::Sources;
use crate::probe::{Headers, Language, Text};
use crate::report::Tally;
use crate::table;
use crate::workshop::Workshop;

/// Structures Rust code reads or fills in; each needs a Rust definition.
const IN_RUST: [&str; 15] = [
    "GSource",
    "GSourceFuncs",
    "GSourceCallbackFuncs",
    "GPollFD",
    "GIOChannel",
    "GIOFuncs",
    "GList",
    "GSList",
    "GQueue",
    "GArray",
    "GByteArray",
    "GPtrArray",
    "GHashTableIter",
    "GOptionEntry",
    "GError",
];

/// What one row of the table asks for.
#[derive(Debug)]
enum Fact {
    Whole {
        size: u64,
        align: u64,
    },
    Member {
        name: String,
        offset: u64,
        size: u64,
    },
    Bit {
        name: String,
        byte: u64,
        mask: u64,
    },
    /// An enumerator, or a flag that only GLib's headers name.
    Constant {
        name: String,
        value: i64,
        size: Option<u64>,
    },
}

#[derive(Debug)]
struct Row {
    of: String,
    fact: Fact,
    /// Whether GLib 2.74 has it.
    old: bool,
}

pub fn run(shop: &Workshop, dir: &Path) -> Result<Tally> {
    let rows = rows(shop)?;
    let mut tally = Tally::default();
    measure(dir, &Headers::ours(shop), &rows, |row| row.is_ours(), &mut tally)?;
    measure(dir, &Headers::of_glib()?, &rows, |row| row.old, &mut tally)?;
    let sources = Sources::read(&[&shop.root.join("src"), &shop.root.join("base/src")])?;
    for of in IN_RUST {
        let rows = rows.iter().filter(|row| row.of == of);
        let outcome = in_rust(&sources, of, rows).map_err(|error| format!("{error:#}"));
        tally.check(&format!("{of} in Rust"), outcome);
    }
    Ok(tally)
}

fn rows(shop: &Workshop) -> Result<Vec<Row>> {
    let path = shop.root.join("tests/contract/layouts.tsv");
    let columns = ["type", "member", "offset-or-value", "size", "note", "same-in-2.74"];
    table::read(&path, columns)?
        .iter()
        .map(|row| Row::read(row).with_context(|| format!("in the row {}", row.join(" "))))
        .collect()
}

impl Row {
    fn read([of, member, at, size, note, old]: &[String; 6]) -> Result<Self> {
        let fact = if let Some(of) = of.split_once(' ') {
            let size = (of.0 == "enum").then(|| size.parse()).transpose()?;
            Fact::Constant { name: member.clone(), value: at.parse()?, size }
        } else if member == "-" {
            Fact::Whole { size: size.parse()?, align: after(note, "align ")? }
        } else if size == "1bit" {
            Fact::Bit {
                name: member.clone(),
                byte: at.parse()?,
                mask: after(note, "bit ").map(|bit| 1 << bit)?,
            }
        } else {
            Fact::Member { name: member.clone(), offset: at.parse()?, size: size.parse()? }
        };
        let of = of.rsplit(' ').next().unwrap_or(of).to_owned();
        Ok(Self { of, fact, old: old == "yes" })
    }

    /// The bits of a GHook are known by GLib's headers alone; the Rust side carries their values in
    /// `GSource.flags`.
    fn is_ours(&self) -> bool {
        self.of != "GHook"
    }

    fn name(&self) -> String {
        match &self.fact {
            Fact::Whole { .. } => self.of.clone(),
            Fact::Member { name, .. } | Fact::Bit { name, .. } => format!("{}.{name}", self.of),
            Fact::Constant { name, .. } => name.clone(),
        }
    }

    /// A statement of C that prints what the row is about, and the line it has to print.
    fn question(&self, at: usize) -> (String, String) {
        let of = &self.of;
        let (what, answer) = match &self.fact {
            Fact::Whole { size, align } => {
                (format!("(long) sizeof ({of}), (long) _Alignof ({of})"), format!("{size} {align}"))
            }
            Fact::Member { name, offset, size } => (
                format!("(long) offsetof ({of}, {name}), (long) sizeof ((({of} *) 0)->{name})"),
                format!("{offset} {size}"),
            ),
            Fact::Bit { name, byte, mask } => {
                let set = format!("{{ {of} x; memset (&x, 0, sizeof x); x.{name} = 1; tell ({at}, &x, sizeof x); }}\n");
                return (set, format!("{byte} {mask}"));
            }
            Fact::Constant { name, value, size } => {
                let width = size.map_or("0".to_owned(), |_| format!("(long) sizeof ({of})"));
                (format!("(long) {name}, {width}"), format!("{value} {}", size.unwrap_or(0)))
            }
        };
        (format!("printf (\"{at} %ld %ld\\n\", {what});\n"), answer)
    }
}

/// The number after a word, up to what ends it.
fn after(note: &str, word: &str) -> Result<u64> {
    let (_, rest) = note.split_once(word).with_context(|| format!("the note has no \"{word}\""))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().with_context(|| format!("no number after \"{word}\""))
}

const TELL: &str = "
static void tell (int row, const void *place, unsigned long size)
{
  const unsigned char *bytes = place;
  for (unsigned long at = 0; at < size; at++)
    if (bytes[at])
      printf (\"%d %lu %d\\n\", row, at, bytes[at]);
}
";

fn measure(
    dir: &Path,
    headers: &Headers,
    rows: &[Row],
    wanted: impl Fn(&Row) -> bool,
    tally: &mut Tally,
) -> Result<()> {
    let mut text = format!("{INCLUDES}#include <stddef.h>\n#include <stdio.h>\n#include <string.h>\n{TELL}int main (void)\n{{\n");
    let mut expected = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| wanted(row)) {
        let (statement, answer) = row.question(at);
        text += &statement;
        expected.push((at, row.name(), answer));
    }
    ensure!(!expected.is_empty(), "the table asks nothing");
    let text = Text::write(dir, "layouts.c", Language::C, &(text + "}\n"))?;
    let answers = text.answers(headers, &["-std=gnu11", "-DGLIB_DISABLE_DEPRECATION_WARNINGS"])?;
    let answers: BTreeMap<&str, &str> =
        answers.lines().filter_map(|line| line.split_once(' ')).collect();
    for (at, name, answer) in expected {
        let outcome = match answers.get(at.to_string().as_str()) {
            Some(found) if *found == answer => Ok(()),
            found => Err(format!("expected {answer}, found {found:?}")),
        };
        tally.check(&format!("{name} in {} headers", headers.name), outcome);
    }
    Ok(())
}

fn in_rust<'a>(sources: &Sources, of: &str, rows: impl Iterator<Item = &'a Row>) -> Result<()> {
    let layout = sources.layout(of)?;
    // A structure under another name, which the engine shares with C, has words of its own for its
    // members too; what lies where must be the same.
    let own_words = sources.structure(of)?.name != of;
    let mut asked = 0;
    for row in rows {
        asked += 1;
        match &row.fact {
            Fact::Whole { size, align } => ensure!(
                (layout.size, layout.align) == (*size, *align),
                "it has {} bytes aligned to {}, not {size} and {align}",
                layout.size,
                layout.align
            ),
            Fact::Member { name, offset, size } => {
                let member = layout.members.iter().find(|(member, at, _)| match own_words {
                    true => at == offset,
                    false => same_name(member, name),
                });
                let (_, at, bytes) = member.with_context(|| format!("no member {name}"))?;
                ensure!(
                    (at, bytes) == (offset, size),
                    "{name} lies at {at} with {bytes} bytes, not {offset} and {size}"
                );
            }
            Fact::Bit { name, byte, .. } => {
                let covered =
                    layout.members.iter().any(|(_, at, bytes)| (*at..at + bytes).contains(byte));
                ensure!(covered, "no member holds the byte {byte} with {name}");
            }
            Fact::Constant { .. } => bail!("a constant inside a structure"),
        }
    }
    ensure!(asked > 0, "the table has no row for it");
    Ok(())
}

/// A member whose C name is a word of Rust's carries a mark there.
fn same_name(rust: &str, c: &str) -> bool {
    rust.trim_start_matches("r#").trim_end_matches('_') == c
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Row {
        let cells: Vec<String> = text.split('|').map(str::to_owned).collect();
        Row::read(&cells.try_into().unwrap()).unwrap()
    }

    #[test]
    fn rows_become_questions() {
        let (text, answer) = row("GPollFD|-|-|8|align 4; like pollfd|yes").question(3);
        assert!(text.contains("\"3 %ld %ld\\n\"") && text.contains("sizeof (GPollFD)"));
        assert_eq!(answer, "8 4");
        assert_eq!(row("T|b|94|1bit|byte 94, bit 3 (mask 0x08)|yes").question(0).1, "94 8");
        assert_eq!(row("enum E|A|2|4||absent (2.80+)").question(0).1, "2 4");
        assert!(!row("enum E|A|2|4||absent (2.80+)").old);
    }

    #[test]
    fn a_member_out_of_place_is_found() {
        let rows = [
            row("P|-|-|8|align 4|yes"),
            row("P|fd|0|4||yes"),
            row("P|ref|4|2||yes"),
            row("P|bit|6|1bit|bit 0|yes"),
        ];
        let fits = |text: &str| in_rust(&Sources::of(text), "P", rows.iter()).is_ok();
        assert!(fits("#[repr(C)] struct P { fd: c_int, ref_: u16, rest: u16 }"));
        assert!(!fits("#[repr(C)] struct P { ref_: u16, rest: u16, fd: c_int }"));
        assert!(!fits("#[repr(C)] struct P { fd: c_int, ref_: u16 }"));
        assert!(!fits("#[repr(C)] struct P { fd: c_int, other: u16, rest: u16 }"));
        assert!(!fits("struct P { fd: c_int, ref_: u16, rest: u16 }"));
    }
}
