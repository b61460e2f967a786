//! `docs/unsafe.md`: how much `unsafe` there is, where and why, counted by this command.
//!
//! The reasons are those of `ARCHITECTURE.md`'s table, whose places are summed up here; that nothing is
//! anywhere else, and that each block says why it is sound, `unsafety.rs` sees to.

use std::collections::BTreeSet;

use anyhow::Result;

use super::tokens::Tokens;
use super::unsafety::{self, Charter};
use super::File;
use crate::document;

/// Rust that is linked into the libraries; all else runs while they are built and tested.
const SHIPPED: [&str; 4] = ["src/", "base/src/", "overlay/src/", "standalone/src/"];

/// What stands behind `unsafe`, and which invariants are called on.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    blocks: usize,
    functions: usize,
    impls: usize,
    /// Attributes: names that are exported to C.
    exports: usize,
    invariants: BTreeSet<u32>,
}

impl Count {
    fn of(text: &str) -> Result<Self> {
        let tokens = Tokens::read(text)?;
        let mut count = Self::default();
        for (_, rest) in tokens.after(&["unsafe"]) {
            match rest.first().map_or("", |token| &token.text) {
                "{" => count.blocks += 1,
                "impl" => count.impls += 1,
                "(" => count.exports += 1,
                _ => count.functions += 1,
            }
        }
        count.exports += tokens.after(&["#", "[", "no_mangle"]).count();
        let comments = text.lines().filter_map(|line| line.split_once("//"));
        for name in comments.flat_map(|(_, comment)| unsafety::names(comment)) {
            count.invariants.extend(name[1..].parse::<u32>());
        }
        Ok(count)
    }

    fn add(&mut self, other: &Count) {
        self.blocks += other.blocks;
        self.functions += other.functions;
        self.impls += other.impls;
        self.exports += other.exports;
        self.invariants.extend(&other.invariants);
    }

    fn row(&self, place: &str, why: &str) -> String {
        let invariants: Vec<_> = self.invariants.iter().map(|name| format!("I{name}")).collect();
        let [blocks, functions, impls, exports] =
            [self.blocks, self.functions, self.impls, self.exports].map(|count| count.to_string());
        document::row([place, &blocks, &functions, &impls, &exports, &invariants.join(" "), why])
    }
}

/// The document, made by `command`.
pub fn document(files: &[File], charter: &Charter, command: &str) -> Result<String> {
    let mut rows: Vec<(&str, &str, Count)> =
        charter.places().map(|(place, why)| (place, why, Count::default())).collect();
    let (mut total, mut lines, mut safe_files) = (Count::default(), 0, 0);
    for file in files.iter().filter(|file| {
        file.path.ends_with(".rs") && SHIPPED.iter().any(|part| file.path.starts_with(part))
    }) {
        let count = Count::of(&file.text)?;
        lines += file.text.lines().count();
        safe_files += usize::from(count.blocks + count.functions + count.impls == 0);
        let inside = |place: &str| Charter::is_inside(&file.path, place);
        if let Some((.., row)) = rows.iter_mut().find(|(place, ..)| inside(place)) {
            row.add(&count);
        }
        total.add(&count);
    }
    let mut text = format!(
        "# What unsafe code there is\n\n\
         Made by `{command}`; do not edit. `unsafe` is allowed in these places and nowhere else; the reasons are \
         ARCHITECTURE's, as are\nthe invariants I1 and so on that the comments at the blocks call on. \
         `cargo xtask tidy` fails on a block without a reason, on a reason\nin `src/` that names no \
         invariant, and on `unsafe` in any other file of the loop or the overlay.\n\n\
         In all {} blocks, {} functions and {} impls in {lines} lines; {safe_files} files have none.\n\n",
        total.blocks, total.functions, total.impls,
    );
    text += &document::head([
        "place",
        "blocks",
        "functions",
        "impls",
        "names for C",
        "invariants",
        "why it must",
    ]);
    for (place, why, count) in &rows {
        text += &count.row(&format!("`{place}`"), why);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unsafe_is_counted_by_its_kind() {
        let source = "// SAFETY: I2, I10\nunsafe impl Send for A {}\n\
                      #[no_mangle] pub unsafe extern \"C\" fn f() { unsafe { g() } }\n\
                      const TEXT: &str = \"unsafe { I9 }\"; // as in I3";
        let count = Count::of(source).unwrap();
        assert_eq!((count.blocks, count.functions, count.impls, count.exports), (1, 1, 1, 1));
        assert_eq!(count.invariants, BTreeSet::from([2, 3, 10]));
    }

    #[test]
    fn places_are_summed_up_and_all_are_told() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = [
            file("src/sys/a.rs", "fn f() { unsafe { g() } }"),
            file("src/sys/b.rs", "fn f() { unsafe { g() } }"),
            file("src/engine/safe.rs", "fn f() {}"),
            file("xtask/src/main.rs", "fn f() { unsafe { g() } }"),
        ];
        let architecture = "# Where unsafe is\n| `src/sys/` | system calls |\n";
        let charter = Charter::read(&Some(&file("ARCHITECTURE.md", architecture)));
        let text = document(&files, &charter, "make it").unwrap();
        assert!(text.contains("In all 2 blocks, 0 functions and 0 impls in 3 lines; 1 files"));
        assert!(text.contains("| `src/sys/` | 2 | 0 | 0 | 0 |  | system calls |\n"));
    }
}
