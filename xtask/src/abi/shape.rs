//! Types as a calling convention sees them, read from C or from Rust: enough to tell an `int` from a
//! `long`, a pointer to one structure from a pointer to another, and nothing more.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{bail, Context, Result};

use crate::exports::{is_word, tokens, without_attributes};

/// What is left of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Void,
    Integer {
        bits: u32,
        signed: bool,
    },
    /// As wide as an `int`; the languages disagree on the sign and nobody minds.
    Enumeration,
    Float(u32),
    Function,
    Pointer(Box<Shape>),
    /// A structure, opaque or not, by its name.
    Structure(String),
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Void => f.write_str("void"),
            Self::Integer { bits, signed } => {
                write!(f, "{}{bits}", if *signed { 'i' } else { 'u' })
            }
            Self::Enumeration => f.write_str("enum"),
            Self::Float(bits) => write!(f, "f{bits}"),
            Self::Function => f.write_str("function"),
            Self::Pointer(to) => write!(f, "*{to}"),
            Self::Structure(name) => f.write_str(name),
        }
    }
}

pub fn integer(bits: u32, signed: bool) -> Shape {
    Shape::Integer { bits, signed }
}

pub fn pointer(to: Shape) -> Shape {
    match to {
        // C writes a pointer to a function, Rust the function itself; both are one word.
        Shape::Function => Shape::Function,
        to => Shape::Pointer(Box::new(to)),
    }
}

impl Shape {
    /// Whether a caller that believes in one and a callee that believes in the other understand each
    /// other. A pointer to nothing in particular agrees with every pointer.
    pub fn agrees(&self, other: &Self) -> bool {
        use Shape::*;
        match (self, other) {
            (Pointer(a), Pointer(b)) => **a == Void || **b == Void || a.agrees_behind_pointer(b),
            (Pointer(to), Function) | (Function, Pointer(to)) => **to == Void,
            (Enumeration, Integer { bits: 32, .. }) | (Integer { bits: 32, .. }, Enumeration) => {
                true
            }
            _ => self == other,
        }
    }

    /// Text is bytes of either sign.
    fn agrees_behind_pointer(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer { bits: 8, .. }, Self::Integer { bits: 8, .. }) => true,
            _ => self.agrees(other),
        }
    }

    /// Size and alignment in bytes on 64-bit Linux.
    pub fn size(&self) -> Option<u64> {
        Some(match self {
            Self::Integer { bits, .. } | Self::Float(bits) => u64::from(bits / 8),
            Self::Enumeration => 4,
            Self::Function | Self::Pointer(_) => 8,
            Self::Void | Self::Structure(_) => return None,
        })
    }
}

/// The typedefs of a preprocessed C text.
pub struct Typedefs(BTreeMap<String, Shape>);

impl Typedefs {
    pub fn read(preprocessed: &str) -> Result<Self> {
        let mut found = Self(BTreeMap::new());
        let tokens = tokens(preprocessed);
        let mut rest = &tokens[..];
        while let Some(start) = rest.iter().position(|token| *token == "typedef") {
            let mut depth = 0_i32;
            let end = rest[start..].iter().position(|token| {
                depth += i32::from(*token == "{") - i32::from(*token == "}");
                depth == 0 && *token == ";"
            });
            let end = start + end.context("a typedef without an end")?;
            found.add(&rest[start + 1..end])?;
            rest = &rest[end..];
        }
        Ok(found)
    }

    fn add(&mut self, tokens: &[&str]) -> Result<()> {
        let tokens = without_attributes(tokens.to_vec())?;
        let named =
            tokens.windows(3).find(|three| three[0] == "(" && three[1] == "*" && is_word(three[2]));
        if let Some(three) = named {
            self.0.insert(three[2].to_owned(), Shape::Function);
            return Ok(());
        }
        let Some((name, front)) = tokens.split_last() else { return Ok(()) };
        let shape = if front.contains(&"{") {
            if front.first() == Some(&"enum") {
                Shape::Enumeration
            } else {
                structure(name)
            }
        } else if is_word(name) {
            match self.shape_of(front)? {
                Shape::Structure(_) => structure(name),
                shape => shape,
            }
        } else {
            // An array or a function type; no exported function passes one by value.
            return Ok(());
        };
        self.0.insert((*name).to_owned(), shape);
        Ok(())
    }

    /// The shape of a type written as tokens joined by spaces.
    pub fn shape(&self, text: &str) -> Result<Shape> {
        self.shape_of(&tokens(text)).with_context(|| format!("in the type {text}"))
    }

    fn shape_of(&self, tokens: &[&str]) -> Result<Shape> {
        let words: Vec<_> = tokens
            .iter()
            .copied()
            .filter(|token| {
                is_word(token)
                    && !matches!(*token, "const" | "volatile" | "struct" | "union" | "__restrict")
            })
            .collect();
        let base = match words.as_slice() {
            ["enum", _] => Shape::Enumeration,
            words => match builtin(words) {
                Some(shape) => shape,
                None => match words {
                    [name] => self.0.get(*name).cloned().unwrap_or_else(|| structure(name)),
                    _ => bail!("unknown words {words:?}"),
                },
            },
        };
        let stars = tokens.iter().filter(|token| **token == "*").count();
        Ok((0..stars).fold(base, |shape, _| pointer(shape)))
    }
}

/// A structure's tag and its name differ by an underscore in GLib's headers.
pub fn structure(name: &str) -> Shape {
    Shape::Structure(name.trim_start_matches('_').to_owned())
}

fn builtin(words: &[&str]) -> Option<Shape> {
    let unsigned = words.contains(&"unsigned");
    let mut core: Vec<_> =
        words.iter().copied().filter(|word| !matches!(*word, "unsigned" | "signed")).collect();
    let bare = core.len() < words.len();
    core.sort_unstable();
    Some(match core.as_slice() {
        ["void"] => Shape::Void,
        ["char"] => integer(8, !unsigned),
        ["short"] | ["int", "short"] => integer(16, !unsigned),
        ["int"] => integer(32, !unsigned),
        [] if bare => integer(32, !unsigned),
        ["long"] | ["int", "long"] | ["long", "long"] | ["int", "long", "long"] => {
            integer(64, !unsigned)
        }
        ["float"] => Shape::Float(32),
        ["double"] => Shape::Float(64),
        ["double", "long"] => Shape::Float(128),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "typedef int gint; typedef gint gboolean; typedef unsigned long gsize; \
        typedef void *gpointer; typedef struct _GSource GSource; struct _GSource { int a; }; \
        typedef enum { A, B } Choice __attribute__ ((x)); typedef struct { int fds[2]; } Pair; \
        typedef void (*GDestroyNotify) (gpointer data); typedef char gchar;";

    fn shape(text: &str) -> Shape {
        Typedefs::read(TEXT).unwrap().shape(text).unwrap()
    }

    #[test]
    fn c_types_come_down_to_their_shape() {
        assert_eq!(shape("gboolean"), integer(32, true));
        assert_eq!(shape("unsigned"), integer(32, false));
        assert_eq!(shape("const gchar *"), pointer(integer(8, true)));
        assert_eq!(shape("struct _GSource *"), shape("GSource *"));
        assert_eq!(shape("Choice"), Shape::Enumeration);
        assert_eq!(shape("Pair *").to_string(), "*Pair");
        assert_eq!(shape("GDestroyNotify"), Shape::Function);
    }

    #[test]
    fn only_what_a_call_would_survive_agrees() {
        assert!(shape("gpointer").agrees(&shape("GSource *")));
        assert!(shape("Choice").agrees(&shape("gint")));
        assert!(shape("gchar *").agrees(&shape("unsigned char *")));
        assert!(!shape("gint").agrees(&shape("gsize")));
        assert!(!shape("gint").agrees(&shape("unsigned")));
        assert!(!shape("GSource *").agrees(&shape("Pair *")));
        assert!(!shape("GDestroyNotify").agrees(&shape("GSource *")));
    }
}
