//! The dynamic symbols of the linked library against the headers: functions are functions, variables
//! have the size their type has in C and can be written to and interposed, and the library reaches
//! its own functions directly.
//!
//! That nothing is exported beside what is declared is checked where the library is linked
//! (`library.rs`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{ensure, Context, Result};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget, SymbolKind};

use crate::abi::contract::INCLUDES;
use crate::exports::{self, Declaration};
use crate::link::STANDALONE;
use crate::probe::{Headers, Language, Text};
use crate::report::Tally;
use crate::workshop::Workshop;

/// What the library says of one exported name.
#[derive(Debug)]
struct Exported {
    kind: SymbolKind,
    size: u64,
    section: String,
}

/// What the library exports, and the names its dynamic relocations refer to.
struct Library {
    exported: BTreeMap<String, Exported>,
    bound_late: Vec<String>,
}

pub fn run(shop: &Workshop, dir: &Path) -> Result<Tally> {
    let declared = exports::declared(&shop.root)?;
    let path = shop.stage_lib().join(STANDALONE.file);
    let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let library = Library::read(&bytes)?;
    let sizes = variable_sizes(dir, &Headers::ours(shop), &declared)?;

    let mut tally = Tally::default();
    for declaration in &declared {
        let outcome = library.has(declaration, &sizes).map_err(|error| format!("{error:#}"));
        tally.check(&format!("{} in {}", declaration.name, STANDALONE.file), outcome);
    }
    Ok(tally)
}

impl Library {
    fn read(bytes: &[u8]) -> Result<Self> {
        let file = object::File::parse(bytes)?;
        let mut exported = BTreeMap::new();
        for symbol in file.dynamic_symbols().filter(|symbol| symbol.is_definition()) {
            let section = match symbol.section_index() {
                Some(index) => file.section_by_index(index)?.name()?.to_owned(),
                None => String::new(),
            };
            let facts = Exported { kind: symbol.kind(), size: symbol.size(), section };
            exported.insert(symbol.name()?.to_owned(), facts);
        }
        let mut bound_late = Vec::new();
        let symbols = file.dynamic_symbol_table();
        for (_, relocation) in file.dynamic_relocations().into_iter().flatten() {
            if let (RelocationTarget::Symbol(index), Some(symbols)) =
                (relocation.target(), &symbols)
            {
                use object::ObjectSymbolTable as _;
                bound_late.push(symbols.symbol_by_index(index)?.name()?.to_owned());
            }
        }
        Ok(Self { exported, bound_late })
    }

    fn has(&self, declaration: &Declaration, sizes: &BTreeMap<String, u64>) -> Result<()> {
        let name = &declaration.name;
        let found = self.exported.get(name).context("it is not exported")?;
        if declaration.parameters.is_some() {
            ensure!(found.kind == SymbolKind::Text, "it is no function: {found:?}");
            ensure!(
                !self.bound_late.contains(name),
                "the library's own use of it can be interposed"
            );
            return Ok(());
        }
        ensure!(found.kind == SymbolKind::Data, "it is no variable: {found:?}");
        let size = sizes.get(name).context("its size in C is unknown")?;
        ensure!(found.size == *size, "it has {} bytes, in C {size}", found.size);
        // Programs overwrite members of these tables, so they must not become read-only at start.
        if declaration.result == "GSourceFuncs" {
            ensure!(found.section == ".data", "it lies in {}", found.section);
        }
        Ok(())
    }
}

fn variable_sizes(
    dir: &Path,
    headers: &Headers,
    declared: &[Declaration],
) -> Result<BTreeMap<String, u64>> {
    let variables = declared.iter().filter(|found| found.parameters.is_none());
    let mut text = format!("{INCLUDES}#include <stdio.h>\nint main (void)\n{{\n");
    for variable in variables {
        text += &format!("printf (\"{0} %zu\\n\", sizeof {0});\n", variable.name);
    }
    let text = Text::write(dir, "sizes.c", Language::C, &(text + "}\n"))?;
    let answers = text.answers(headers, &[])?;
    let pair = |line: &str| {
        let (name, size) = line.split_once(' ').context("no size")?;
        Ok((name.to_owned(), size.parse()?))
    };
    answers.lines().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        let facts =
            |kind, size, section: &str| Exported { kind, size, section: section.to_owned() };
        Library {
            exported: BTreeMap::from([
                ("f".to_owned(), facts(SymbolKind::Text, 9, ".text")),
                ("late".to_owned(), facts(SymbolKind::Text, 9, ".text")),
                ("funcs".to_owned(), facts(SymbolKind::Data, 48, ".data")),
                ("fixed".to_owned(), facts(SymbolKind::Data, 48, ".data.rel.ro")),
            ]),
            bound_late: vec!["late".to_owned(), "malloc".to_owned(), "funcs".to_owned()],
        }
    }

    #[test]
    fn each_fault_is_found() {
        let sizes = BTreeMap::from([
            ("funcs".to_owned(), 48),
            ("fixed".to_owned(), 48),
            ("f".to_owned(), 48),
        ]);
        let has = |text: &str| library().has(&exports::declaration(text).unwrap(), &sizes).is_ok();
        assert!(has("void f (void)"));
        assert!(has("GSourceFuncs funcs"));
        assert!(!has("void absent (void)"));
        assert!(!has("void late (void)"));
        assert!(!has("void funcs (void)"));
        assert!(!has("GSourceFuncs f"));
        assert!(!has("GSourceFuncs fixed"));
        let short = BTreeMap::from([("funcs".to_owned(), 40)]);
        assert!(library()
            .has(&exports::declaration("GSourceFuncs funcs").unwrap(), &short)
            .is_err());
    }
}
