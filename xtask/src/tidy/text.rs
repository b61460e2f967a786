//! Rules for every text file alike: its length, and words that must not be left in it.

use super::{File, Objection};

/// A file about one subject; longer ones have usually gathered several.
const LONGEST: usize = 600;

/// Languages the limit is for; tables and documents may be as long as what they list.
const CODE: [&str; 5] = ["rs", "c", "h", "cc", "sh"];

/// What must not stand in any file. Spelt in two parts, or this file would object to itself.
const BANNED: [(&str, &str); 5] = [
    (concat!("/ho", "me/"), "a path of somebody's machine"),
    (concat!("/ro", "ot/"), "a path of somebody's machine"),
    (concat!("/wo", "rk/"), "a path of somebody's machine"),
    (concat!("TO", "DO"), "work left undone"),
    (concat!("FIX", "ME"), "work left undone"),
];

pub fn check(file: &File) -> Vec<Objection> {
    let mut objections = Vec::new();
    let length = file.text.lines().count();
    let extension = file.path.rsplit_once('.').map_or("", |(_, extension)| extension);
    if CODE.contains(&extension) && length > LONGEST {
        let why = format!("{length} lines, more than {LONGEST}");
        objections.push(Objection::new(length, why));
    }
    for (number, line) in (1..).zip(file.text.lines()) {
        for (word, what) in BANNED {
            if stands_in(line, word) {
                objections.push(Objection::new(number, format!("{word}: {what}")));
            }
        }
    }
    objections
}

/// An absolute path only counts where it begins: `a/b/` is not `/b/`.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !(word.starts_with('/')
            && before.is_some_and(|c| c.is_alphanumeric() || "._-}".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objections(path: &str, text: String) -> usize {
        let path = path.to_owned();
        check(&File { path, text }).len()
    }

    #[test]
    fn code_over_the_limit_is_told() {
        let lines = |count| "x\n".repeat(count);
        assert_eq!(objections("a.c", lines(LONGEST)), 0);
        assert_eq!(objections("a.c", lines(LONGEST + 1)), 1);
        assert_eq!(objections("a.tsv", lines(LONGEST + 1)), 0);
    }

    #[test]
    fn banned_words_are_told_in_any_file() {
        for (word, _) in BANNED {
            assert_eq!(objections("README.md", format!("see {word}x")), 1, "{word}");
        }
        let relative = format!("see target{}x", BANNED[2].0);
        assert_eq!(objections("README.md", relative), 0);
    }
}
