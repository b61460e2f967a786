//! Prototypes against the functions behind them: what the headers declare, what Rust defines or
//! imports under that name, and what the `glib-sys` crate, made from GLib's own descriptions, says.
//!
//! A function defined in C needs no such comparison: its compiler saw the headers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{ensure, Context, Result};

use crate::abi::contract;
use crate::abi::shape::{Shape, Typedefs};
use crate::abi::sources::{Signature, Sources};
use crate::exports::{self, Declaration};
use crate::proc::CommandExt as _;
use crate::report::Tally;
use crate::workshop::{cargo, Workshop};

/// Functions whose result `glib-sys` has wrong: it gives the type of a vector's bytes for the vector.
const MISREAD: [&str; 2] = ["g_strv_builder_end", "g_strv_builder_unref_to_strv"];

/// A function's types as a call sees them.
#[derive(Debug, PartialEq)]
struct Call {
    parameters: Vec<Shape>,
    variadic: bool,
    result: Shape,
}

impl Call {
    fn of_declaration(declaration: &Declaration, typedefs: &Typedefs) -> Result<Self> {
        let parameters = declaration.parameters.as_deref().context("it is a variable")?;
        let variadic = parameters.last().is_some_and(|last| last == "...");
        let named = &parameters[..parameters.len() - usize::from(variadic)];
        Ok(Self {
            parameters: named.iter().map(|text| typedefs.shape(text)).collect::<Result<_>>()?,
            variadic,
            result: typedefs.shape(&declaration.result)?,
        })
    }

    fn of_rust(signature: &Signature, sources: &Sources) -> Result<Self> {
        Ok(Self {
            parameters: signature
                .parameters
                .iter()
                .map(|ty| sources.shape(ty))
                .collect::<Result<_>>()?,
            variadic: signature.variadic,
            result: signature.result.as_ref().map_or(Ok(Shape::Void), |ty| sources.shape(ty))?,
        })
    }

    fn agrees(&self, other: &Self) -> bool {
        self.parameters.len() == other.parameters.len()
            && self.variadic == other.variadic
            && self.result.agrees(&other.result)
            && self.parameters.iter().zip(&other.parameters).all(|(a, b)| a.agrees(b))
    }

    fn text(&self) -> String {
        let mut types: Vec<_> = self.parameters.iter().map(Shape::to_string).collect();
        types.extend(self.variadic.then(|| "...".to_owned()));
        format!("({}) -> {}", types.join(", "), self.result)
    }
}

pub fn run(shop: &Workshop) -> Result<Tally> {
    let typedefs = Typedefs::read(&exports::preprocessed(&shop.root)?)?;
    let declared = exports::declared(&shop.root)?;
    let functions = declared.iter().filter(|found| found.parameters.is_some());
    let ours = rust(shop)?;
    let shim = shim(&shop.root.join("base"))?;
    let (version, witness) = glib_sys(shop)?;

    let mut tally = Tally::default();
    let mut unknown = BTreeSet::new();
    for function in functions {
        let name = &function.name;
        let prototype = Call::of_declaration(function, &typedefs)?;
        let definition = match ours.exported.get(name) {
            Some(signature) => compare(&prototype, signature, &ours),
            None if defines(&shim, name) => Ok(()),
            None => Err(anyhow::anyhow!("neither Rust nor C defines it")),
        };
        tally.check(&format!("{name}: prototype and definition"), told(definition));
        match witness.imported.iter().find(|(other, _)| other == name) {
            Some(_) if MISREAD.contains(&name.as_str()) => {}
            Some((_, signature)) => {
                let outcome = told(compare(&prototype, signature, &witness));
                tally.check(&format!("{name}: prototype and glib-sys"), outcome);
            }
            None => {
                unknown.insert(name.clone());
            }
        }
    }
    for (name, signature) in ours.imported.iter().filter(|(name, _)| name.starts_with("g_")) {
        let outcome = declared
            .iter()
            .find(|function| function.name == *name)
            .context("the headers do not declare it")
            .and_then(|function| Call::of_declaration(function, &typedefs))
            .and_then(|prototype| compare(&prototype, signature, &ours));
        tally.check(&format!("{name}: prototype and import"), told(outcome));
    }
    without_witness(shop, &unknown, version, &mut tally)?;
    Ok(tally)
}

fn told(outcome: Result<()>) -> Result<(), String> {
    outcome.map_err(|error| format!("{error:#}"))
}

fn compare(prototype: &Call, signature: &Signature, sources: &Sources) -> Result<()> {
    let call = Call::of_rust(signature, sources)?;
    ensure!(prototype.agrees(&call), "C has {}, Rust {}", prototype.text(), call.text());
    Ok(())
}

fn rust(shop: &Workshop) -> Result<Sources> {
    Sources::read(&[&shop.root.join("src"), &shop.root.join("base/src")])
}

/// The text of every C file of the base package.
fn shim(dir: &Path) -> Result<String> {
    let mut text = String::new();
    for entry in fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            text += &shim(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "c") {
            text += &fs::read_to_string(&path)?;
        }
    }
    Ok(text)
}

/// Whether a line of C begins the definition of a function, as our style writes it: the name, in
/// parentheses if it is a macro too, at the beginning of a line.
fn defines(shim: &str, name: &str) -> bool {
    shim.lines().any(|line| {
        let after = line
            .strip_prefix(&format!("{name} ("))
            .or_else(|| line.strip_prefix(&format!("({name}) (")));
        after.is_some_and(|rest| !rest.ends_with(';'))
    })
}

/// Where cargo keeps the source of `glib-sys`, read for its `extern` blocks, and the minor number of
/// the newest GLib it knows. The crate is never built: that would need GLib.
fn glib_sys(shop: &Workshop) -> Result<(u32, Sources)> {
    let metadata = cargo()
        .args(["metadata", "--format-version=1", "--features=witness"])
        .arg("--manifest-path")
        .arg(shop.root.join("xtask/Cargo.toml"))
        .output_text()?;
    let manifest = metadata
        .split("\"manifest_path\":\"")
        .filter_map(|rest| rest.split('"').next())
        .map(PathBuf::from)
        .find(|path| {
            path.parent()
                .and_then(Path::file_name)
                .is_some_and(|dir| dir.to_string_lossy().starts_with("glib-sys-"))
        })
        .context("cargo knows no glib-sys")?;
    let text = fs::read_to_string(&manifest)?;
    let versions =
        text.lines().filter_map(|line| line.strip_prefix("v2_")?.split(' ').next()?.parse().ok());
    let newest = versions.max().context("glib-sys names no versions")?;
    let source = manifest.with_file_name("src");
    Ok((newest, Sources::read(&[&source])?))
}

/// Tells which functions `glib-sys` does not have. Of the main loop that may only be those that are
/// newer than it; helpers may be missing because Rust has its own.
fn without_witness(
    shop: &Workshop,
    unknown: &BTreeSet<String>,
    version: u32,
    tally: &mut Tally,
) -> Result<()> {
    let rows = contract::present(shop)?;
    let (mut newer, mut helpers) = (Vec::new(), Vec::new());
    for name in unknown {
        match rows.iter().find(|row| row.symbol == *name) {
            Some(row) if row.minor().is_some_and(|minor| minor > version) => {
                newer.push(name.as_str())
            }
            Some(_) => {
                tally.check(&format!("{name} in glib-sys"), Err("it is not there".to_owned()))
            }
            None => helpers.push(name.as_str()),
        }
    }
    println!("  newer than glib-sys, which knows GLib up to 2.{version}: {}", newer.join(" "));
    println!("  helpers that glib-sys leaves out: {}", helpers.join(" "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: &str =
        "typedef int gint; typedef unsigned long gsize; typedef struct _GSource GSource;";

    fn outcome(prototype: &str, rust: &str) -> bool {
        let typedefs = Typedefs::read(C).unwrap();
        let prototype =
            Call::of_declaration(&exports::declaration(prototype).unwrap(), &typedefs).unwrap();
        let sources = Sources::of(&format!("type gsize = usize; {rust}"));
        compare(&prototype, sources.exported.values().next().unwrap(), &sources).is_ok()
    }

    #[test]
    fn a_wrong_definition_is_found() {
        let f = "gsize f (GSource *source, gint n)";
        assert!(outcome(
            f,
            "#[no_mangle] extern \"C\" fn f(s: *mut GSource, n: c_int) -> gsize {}"
        ));
        assert!(!outcome(f, "#[no_mangle] extern \"C\" fn f(s: *mut GSource, n: i64) -> gsize {}"));
        assert!(!outcome(
            f,
            "#[no_mangle] extern \"C\" fn f(n: c_int, s: *mut GSource) -> gsize {}"
        ));
        assert!(!outcome(f, "#[no_mangle] extern \"C\" fn f(s: *mut GSource) -> gsize {}"));
        assert!(!outcome(
            f,
            "#[no_mangle] extern \"C\" fn f(s: *mut GMainLoop, n: c_int) -> gsize {}"
        ));
        assert!(!outcome(f, "#[no_mangle] extern \"C\" fn f(s: *mut GSource, n: c_int) {}"));
    }

    #[test]
    fn definitions_in_c_are_told_from_calls() {
        let shim = "void\ng_log (const char *domain, ...)\n{\n  g_logv (domain);\n}\n(g_error) (int x)\n{\n";
        assert!(defines(shim, "g_log"));
        assert!(defines(shim, "g_error"));
        assert!(!defines(shim, "g_logv"));
    }
}
