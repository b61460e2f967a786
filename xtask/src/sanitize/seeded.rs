//! Programs with one defect each (`tests/sanitize/`): a kind of watching that does not report it has
//! been switched off without anybody noticing, and is worth nothing.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Result};

use super::kinds::Kind;
use super::variant::Variant;
use crate::link::{self, STANDALONE};
use crate::report::Tally;

const LIMIT: Duration = Duration::from_secs(60);

/// A program and what must be said about it; nothing for one that has no defect.
type Seed = (&'static str, &'static [&'static str]);

fn seeds(kind: Kind) -> &'static [Seed] {
    match kind {
        Kind::Address => &[
            ("use-after-free", &["heap-use-after-free", "in g_source_get_priority"]),
            ("leak", &["LeakSanitizer: detected memory leaks", "in main"]),
            ("overflow", &["signed integer overflow"]),
        ],
        Kind::Thread => &[
            ("race", &["data race", "g_hash_table_insert", "g_hash_table_"]),
            ("race-beside-loop", &["data race", "change", "main"]),
            ("ordered-by-loop", &[]),
        ],
        Kind::Undefined => &[
            ("overflow", &["signed integer overflow", "overflow.c"]),
            ("null-in-header", &["null pointer of type", "null-in-header.c"]),
        ],
        Kind::Checked => &[
            ("use-after-free", &["I1: "]),
            ("foreign-write", &["a context is not sound: "]),
            ("ordered-by-loop", &[]),
        ],
    }
}

/// What the library's own code calls if it was compiled to be watched: from Rust, from C.
fn calls(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Address => &[
            "__asan_report_load8",
            "__asan_report_store4",
            "__ubsan_handle_pointer_overflow_abort",
        ],
        Kind::Thread => &["__tsan_read8", "__tsan_atomic32_load", "__tsan_func_entry"],
        Kind::Undefined => &["__ubsan_handle_pointer_overflow_abort"],
        Kind::Checked => &[],
    }
}

/// Runs the kind's seeds.
pub fn run(variant: &Variant) -> Result<Tally> {
    let mut tally = Tally::default();
    let kind = variant.kind;
    let dir = variant.fresh_dir("seeded")?;
    let library = variant.shop.stage_lib().join(STANDALONE.file);
    let outcome = link::wanted(&library).and_then(|wanted| {
        let lacks = calls(kind).iter().find(|name| !wanted.contains(**name));
        ensure!(lacks.is_none(), "nothing in it calls {}", lacks.unwrap_or(&""));
        Ok(())
    });
    let name = format!("{}: the library is built to be watched", kind.name());
    tally.check(&name, outcome.map_err(|error| format!("{error:#}")));
    for (program, signs) in seeds(kind) {
        let name = match signs {
            [] => format!("{}: nothing is said about {program}", kind.name()),
            _ => format!("{}: {program} is reported", kind.name()),
        };
        let outcome = judge(variant, &dir, program, signs);
        tally.check(&name, outcome.map_err(|error| format!("{error:#}")));
    }
    Ok(tally)
}

fn judge(variant: &Variant, dir: &Path, program: &str, signs: &[&str]) -> Result<()> {
    let source = variant.shop.root.join("tests/sanitize").join(format!("{program}.c"));
    let binary = variant.compile(dir, &[source], variant.kind.compiler(), program)?;
    let reports = dir.join(format!("{program}.reports"));
    fs::create_dir(&reports)?;
    let (finished, said) = variant.run(&mut Command::new(binary), &reports, LIMIT)?;
    let told = format!("{said}{}", finished.account());
    if signs.is_empty() {
        ensure!(finished.status.success() && said.is_empty(), "{told}");
        return Ok(());
    }
    ensure!(!finished.status.success(), "it ended well: {told}");
    match signs.iter().find(|sign| !told.contains(**sign)) {
        None => Ok(()),
        Some(sign) => Err(anyhow::anyhow!("nothing says {sign:?}: {told}")),
    }
}
