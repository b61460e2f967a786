//! `unsafe` lives where `ARCHITECTURE.md` says, and every block states why it is sound.
//!
//! The section of `ARCHITECTURE.md` whose heading holds the word "unsafe" has a table; the first
//! cell of a row names a file, or a directory with a slash at its end, in backquotes. Invariants are
//! the lines of that document that begin with a name like **I3**, whatever list or table they are
//! in. The table binds `src/` and `overlay/`. In `src/` the reason at an `unsafe` block or impl names an
//! invariant; elsewhere a reason in words is enough.

use std::collections::BTreeSet;

use super::tokens::Tokens;
use super::{File, Objection};

/// What `ARCHITECTURE.md` promises about `unsafe`.
#[derive(Debug, Default)]
pub struct Charter {
    /// Path and reason.
    places: Vec<(String, String)>,
    invariants: BTreeSet<String>,
}

impl Charter {
    /// Without the document nothing is allowed and no invariant exists.
    pub fn read(document: &Option<&File>) -> Self {
        let mut charter = Self::default();
        let mut in_section = false;
        for line in document.map_or("", |file| &file.text).lines() {
            if line.starts_with('#') {
                in_section = line.to_lowercase().contains("unsafe");
            }
            if in_section {
                let row = table_row(line);
                charter.places.extend(row.map(|(path, why)| (path.to_owned(), why.to_owned())));
            }
            charter.invariants.extend(invariant_at_start(line));
        }
        charter
    }

    fn allows(&self, path: &str) -> bool {
        self.places.iter().any(|(place, _)| Self::is_inside(path, place))
    }

    /// Whether `path` is the place, or below it.
    pub fn is_inside(path: &str, place: &str) -> bool {
        match place.ends_with('/') {
            true => path.starts_with(place),
            false => path == place,
        }
    }

    /// The places and why they need it.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|(place, why)| (place.as_str(), why.as_str()))
    }
}

/// `src/a.rs` and the reason of a row "| `src/a.rs` | the reason |".
fn table_row(line: &str) -> Option<(&str, &str)> {
    let cell = line.trim_start().strip_prefix('|')?.trim_start();
    let (path, rest) = cell.strip_prefix('`')?.split_once('`')?;
    let why = rest.trim().trim_start_matches('|').trim_end_matches('|').trim();
    Some((path, why))
}

fn invariant_at_start(line: &str) -> Option<String> {
    let start = line.trim_start_matches([' ', '-', '*', '|', '#', '`']);
    names(start).next().filter(|name| start.starts_with(name.as_str()))
}

/// Every word of the form I and a number.
pub fn names(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let named = words.filter(|word| {
        let digits = word.strip_prefix('I').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    named.map(str::to_owned)
}

pub fn check(file: &File, tokens: &Tokens, charter: &Charter) -> Vec<Objection> {
    let inside_src = file.path.starts_with("src/");
    let lines: Vec<&str> = file.text.lines().collect();
    let mut objections = Vec::new();
    let bound = inside_src || file.path.starts_with("overlay/");
    let mut allowed = !bound || charter.allows(&file.path);
    for (line, rest) in tokens.after(&["unsafe"]) {
        let next = rest.first().map_or("", |token| &token.text);
        if next == "(" {
            continue; // an attribute: #[unsafe(no_mangle)]
        }
        if !allowed {
            let why = "unsafe in a file that ARCHITECTURE.md does not list for it";
            objections.push(Objection::new(line, why));
            allowed = true; // said once per file
        }
        if next != "{" && next != "impl" {
            continue;
        }
        match reason(&lines, line) {
            None => objections.push(Objection::new(line, "unsafe without a // SAFETY: reason")),
            Some(reason) if inside_src => {
                objections.extend(cites(&reason, charter).map(|why| Objection::new(line, why)));
            }
            Some(_) => {}
        }
    }
    objections
}

/// What is wrong with the invariants a reason names, if anything is.
fn cites(reason: &str, charter: &Charter) -> Option<String> {
    let cited: Vec<String> = names(reason).collect();
    if cited.is_empty() {
        return Some("the SAFETY reason names no invariant".to_owned());
    }
    let unknown = cited.iter().find(|name| !charter.invariants.contains(*name))?;
    Some(format!("{unknown} is no invariant of ARCHITECTURE.md"))
}

/// The SAFETY comment that belongs to the code in `line`: at its end, or above the statement the
/// code is part of.
fn reason(lines: &[&str], line: usize) -> Option<String> {
    const MARK: &str = "SAFETY:";
    let here = lines.get(line - 1)?;
    if let Some((_, comment)) = here.split_once("//") {
        if comment.contains(MARK) {
            return Some(comment.to_owned());
        }
    }
    let mut comment = Vec::new();
    for above in lines[..line - 1].iter().rev().map(|above| above.trim()) {
        if above.starts_with("//") {
            comment.push(above);
            if above.contains(MARK) {
                comment.reverse();
                return Some(comment.join("\n"));
            }
        } else if !comment.is_empty() || is_another_statement(above) {
            return None;
        }
    }
    None
}

/// Whether a line above some code ends what stands before it, so that a reason further up belongs to
/// something else. A `let` whose value is a block or a match is still the same statement.
fn is_another_statement(above: &str) -> bool {
    above.is_empty()
        || above.ends_with([';', '}'])
        || above.ends_with('{') && !above.starts_with("let ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
# Invariants
- **I1** the list is linked
- I2: the lock is held
## Where unsafe lives
| file | why |
|---|---|
| `src/sys/` | system calls |
| `src/engine/list.rs` | links |
## Else
| `src/engine/cycle.rs` | beats |
";

    fn objections(path: &str, source: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let charter = Charter::read(&Some(&file("ARCHITECTURE.md", DOCUMENT)));
        let tokens = Tokens::read(source).unwrap();
        let found = check(&file(path, source), &tokens, &charter);
        found.into_iter().map(|objection| objection.why).collect()
    }

    #[test]
    fn unsafe_stays_where_the_table_says() {
        let source = "unsafe fn f() {}";
        assert_eq!(objections("src/sys/epoll.rs", source), [""; 0]);
        assert_eq!(objections("src/engine/list.rs", source), [""; 0]);
        assert_eq!(objections("src/engine/cycle.rs", source).len(), 1);
        assert_eq!(objections("overlay/src/words.rs", source).len(), 1);
        assert_eq!(objections("base/src/gmem.rs", source), [""; 0]);
        assert_eq!(objections("src/engine/cycle.rs", "#[unsafe(no_mangle)] fn f() {}"), [""; 0]);
    }

    #[test]
    fn every_block_names_an_invariant_that_exists() {
        let with = |comment: &str| {
            format!("fn f() {{\n{comment}\n    let a =\n        unsafe {{ g() }};\n}}")
        };
        let path = "src/sys/a.rs";
        assert_eq!(objections(path, &with("// SAFETY: I2, the caller\n// holds it.")), [""; 0]);
        assert_eq!(
            objections(path, &with("// SAFETY: trust me")),
            ["the SAFETY reason names no invariant"]
        );
        assert_eq!(
            objections(path, &with("// SAFETY: I7")),
            ["I7 is no invariant of ARCHITECTURE.md"]
        );
        assert_eq!(objections(path, &with("// I2")), ["unsafe without a // SAFETY: reason"]);
        assert_eq!(objections("src/sys/a.rs", "unsafe impl Send for A {}").len(), 1);
    }

    #[test]
    fn the_reason_of_another_statement_does_not_count() {
        let source = "fn f() {\n// SAFETY: I1\nunsafe { a() };\nunsafe { b() };\n}";
        assert_eq!(objections("src/sys/a.rs", source).len(), 1);
    }

    #[test]
    fn the_reason_above_a_let_covers_the_arms_of_its_match() {
        let source =
            "fn f() {\n// SAFETY: I1\nlet a = match b {\n1 => 2,\n_ => unsafe { c() },\n};\n}";
        assert_eq!(objections("src/sys/a.rs", source), [""; 0]);
        let other = source.replace("let a = match b", "if b");
        assert_eq!(objections("src/sys/a.rs", &other).len(), 1);
    }

    #[test]
    fn elsewhere_words_are_enough() {
        let path = "base/src/gmem.rs";
        assert_eq!(
            objections(path, "// SAFETY: as long as it is\nunsafe impl Send for A {}"),
            [""; 0]
        );
        assert_eq!(objections(path, "unsafe impl Send for A {}").len(), 1);
    }
}
