//! A Rust file as a flat list of tokens with their lines: no comments, no insides of strings.
//!
//! Rules that look for names look here, so that prose and test data never trip them.

use anyhow::{anyhow, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

pub struct Token {
    pub line: usize,
    /// An identifier, one character of punctuation, or a bracket; literals are `""`.
    pub text: String,
}

pub struct Tokens(Vec<Token>);

impl Tokens {
    pub fn read(source: &str) -> Result<Self> {
        let stream: TokenStream = source.parse().map_err(|error| anyhow!("{error}"))?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        Ok(Self(tokens))
    }

    /// Every place whose tokens begin with `pattern`, and the tokens after it.
    pub fn after<'a>(
        &'a self,
        pattern: &'a [&'a str],
    ) -> impl Iterator<Item = (usize, &'a [Token])> + 'a {
        let starts = self.0.windows(pattern.len()).enumerate();
        starts
            .filter(move |(_, window)| window.iter().map(|token| &token.text).eq(pattern))
            .map(move |(start, window)| (window[0].line, &self.0[start + pattern.len()..]))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Token> {
        self.0.iter()
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let push = |line, text: &str, tokens: &mut Vec<Token>| {
        let text = text.to_owned();
        tokens.push(Token { line, text });
    };
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(name) => push(line, &name.to_string(), tokens),
            TokenTree::Punct(mark) => push(line, mark.as_char().encode_utf8(&mut [0; 4]), tokens),
            TokenTree::Literal(_) => push(line, "", tokens),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(line, open, tokens);
                flatten(group.stream(), tokens);
                push(group.span_close().start().line, close, tokens);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_have_no_names() {
        let tokens = Tokens::read("// libc\nlet a = \"libc\"; /* libc */ r#\"libc\"#;").unwrap();
        assert!(tokens.iter().all(|token| token.text != "libc"));
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let tokens = Tokens::read("fn a() {\n    unsafe {\n    }\n}").unwrap();
        let found: Vec<_> = tokens.after(&["unsafe", "{"]).map(|(line, _)| line).collect();
        assert_eq!(found, [2]);
    }
}
