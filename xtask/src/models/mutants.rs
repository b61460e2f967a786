//! Defects made on purpose, each of which some model has to find.

use std::fs;
use std::path::Path;

use anyhow::{bail, ensure, Context, Result};

use super::{Options, Program, BRIEF, LOOM};
use crate::report::Tally;
use crate::workshop::Workshop;

const LIST: &str = "tests/models/mutants.txt";
/// What the models are made of.
const PARTS: [&str; 13] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "base",
    "overlay",
    "src",
    "standalone",
    "tests/fuzz",
    "tests/models",
    "tests/random",
    "tools/inspect",
    "tools/mainspring",
    "xtask",
];

/// A defect, and who has to find it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Mutant {
    name: String,
    file: String,
    fails: Vec<String>,
    from: String,
    to: String,
}

impl Mutant {
    /// The file's text with the defect in it.
    fn apply(&self, text: &str) -> Result<String> {
        let found = text.matches(&self.from).count();
        ensure!(
            !self.from.is_empty() && found == 1,
            "its lines stand {found} times in {}",
            self.file
        );
        Ok(text.replacen(&self.from, &self.to, 1))
    }
}

fn read(text: &str) -> Result<Vec<Mutant>> {
    let mut mutants: Vec<Mutant> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix("mutant ") {
            mutants.push(Mutant { name: name.to_owned(), ..Mutant::default() });
            continue;
        }
        let mutant = mutants.last_mut().context("the list does not begin with a mutant")?;
        if let Some(file) = line.strip_prefix("file ") {
            file.clone_into(&mut mutant.file);
        } else if let Some(models) = line.strip_prefix("fails ") {
            mutant.fails = models.split(' ').map(str::to_owned).collect();
        } else if let Some(line) = line.strip_prefix('-') {
            mutant.from += &format!("{line}\n");
        } else if let Some(line) = line.strip_prefix('+') {
            mutant.to += &format!("{line}\n");
        } else {
            bail!("what does {line:?} mean?");
        }
    }
    // Of a last line only the beginning may be given: it stands for the rest of the line.
    for mutant in &mut mutants {
        for text in [&mut mutant.from, &mut mutant.to] {
            text.pop();
        }
    }
    Ok(mutants)
}

fn list(shop: &Workshop) -> Result<Vec<Mutant>> {
    let path = shop.root.join(LIST);
    read(&fs::read_to_string(&path).with_context(|| path.display().to_string())?)
}

/// Each defect can still be made, and each model has one.
pub fn check_list(shop: &Workshop, tally: &mut Tally) -> Result<()> {
    let mutants = list(shop)?;
    for mutant in &mutants {
        let path = shop.root.join(&mutant.file);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let outcome = mutant.apply(&text).map(drop).map_err(|error| error.to_string());
        tally.check(&format!("mutant: {}", mutant.name), outcome);
    }
    let program = Program { path: shop.work.join("models/models-loom") };
    let without: Vec<_> = program
        .models()?
        .into_iter()
        .filter(|model| !mutants.iter().any(|mutant| mutant.fails.contains(model)))
        .collect();
    let outcome = match without.is_empty() {
        true => Ok(()),
        false => Err(without.join(", ")),
    };
    tally.check("every model finds some mutant", outcome);
    Ok(())
}

/// Makes each defect in a copy of the tree and runs the models that have to find it.
pub fn run(shop: &Workshop, filter: Option<&str>) -> Result<Tally> {
    let tree = shop.fresh_dir("models/tree")?;
    for part in PARTS {
        copy(&shop.root.join(part), &tree.join(part))?;
    }
    let mut tally = Tally::default();
    for mutant in list(shop)? {
        let named = |part: &str| mutant.name.contains(part) || mutant.file.contains(part);
        if filter
            .is_some_and(|part| !named(part) && !mutant.fails.iter().any(|model| model == part))
        {
            continue;
        }
        let path = tree.join(&mutant.file);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let changed = mutant.apply(&text).with_context(|| mutant.name.clone())?;
        fs::write(&path, changed)?;
        let program = Program::build(shop, &tree, LOOM, "mutant");
        fs::write(&path, text)?;
        let program = program.with_context(|| mutant.name.clone())?;
        for model in &mutant.fails {
            let outcome = find(&program, model);
            println!(
                "   {} {model}: {}",
                if outcome.is_ok() { "found by" } else { "MISSED by" },
                mutant.name
            );
            tally.check(&format!("{model} finds: {}", mutant.name), outcome);
        }
    }
    ensure!(tally.passed + tally.failed.len() > 0, "no such mutant");
    Ok(tally)
}

/// The model fails, in a way that a model does.
fn find(program: &Program, model: &str) -> Result<(), String> {
    let known = program.models().map_err(|error| error.to_string())?;
    if !known.iter().any(|name| name == model) {
        return Err("there is no such model".to_owned());
    }
    let options = Options { limit: 120, ..BRIEF };
    match program.explore(model, &options) {
        Ok(explored) => Err(format!("not found in {explored}")),
        Err(error) => {
            let said = format!("{error:#}");
            let itself = said.contains("panicked at") || said.contains("killed by signal");
            if itself {
                Ok(())
            } else {
                Err(said)
            }
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let told = || format!("copying {}", from.display());
    if !from.is_dir() {
        fs::create_dir_all(to.parent().context("a place for the copy")?)?;
        fs::copy(from, to).with_context(told)?;
        return Ok(());
    }
    for entry in fs::read_dir(from).with_context(told)? {
        let entry = entry.with_context(told)?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# why\nmutant a b\nfile f.rs\nfails m n\n-one\n-two\n+2\n\nmutant c\n";

    #[test]
    fn the_list_is_read_and_applied() {
        let mutants = read(TEXT).unwrap();
        assert_eq!(mutants.len(), 2);
        assert_eq!(mutants[0].fails, ["m", "n"]);
        assert_eq!(mutants[0].apply("0\none\ntwo\nthree\n").unwrap(), "0\n2\nthree\n");
        assert!(mutants[0].apply("one\ntwo\none\ntwo\n").is_err(), "which of them?");
        assert!(mutants[0].apply("nothing of it").is_err());
        assert!(mutants[1].apply("anything").is_err(), "nothing to change");
        assert!(read("mutant a\nnonsense").is_err());
    }
}
