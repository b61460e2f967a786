//! The ways a case is run, and when it has passed: every run ends with status 0 and says what the
//! reference says.
//!
//! Must not know which cases there are (`programs.rs`) nor what their outcome means for a statement
//! of the contract (`coverage.rs`).

use std::process::Command;
use std::time::Duration;

use anyhow::{ensure, Result};

use super::diff;
use super::programs::{self, Case, Program, Side};
use crate::crew;
use crate::link::OVERLAY;
use crate::proc::CommandExt as _;
use crate::workshop::Workshop;

/// The series of GLib whose loop ours is, for programs that ask their library and get an older answer.
pub const SERIES: &str = "2.90";

/// How long a case may take.
pub const LIMIT: Duration = Duration::from_secs(20);
/// A case ends itself after its limit; this much later the runner does it.
pub const GRACE: Duration = Duration::from_secs(5);

/// One way to run a case.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub name: &'static str,
    pub side: Side,
    pub compiler: &'static str,
    poll: Option<&'static str>,
    /// Whether a program that is linked with GLib has its loop from us.
    overlay: bool,
}

impl Way {
    /// Whose loop the case runs on.
    fn loop_of(&self) -> Side {
        if self.overlay {
            Side::Mainspring
        } else {
            self.side
        }
    }
}

const fn way(name: &'static str, side: Side, compiler: &'static str) -> Way {
    Way { name, side, compiler, poll: None, overlay: false }
}

/// What all others are compared with.
pub const REFERENCE: Way = way("GLib", Side::Oracle, "gcc");

/// GLib a second time, because a trace that differs from run to run proves nothing; then mainspring
/// on both of its wait paths and the one it chooses itself; and the program made for GLib once more,
/// with the overlay in front.
pub const WAYS: [Way; 6] = [
    way("GLib, clang", Side::Oracle, "clang"),
    way("mainspring", Side::Mainspring, "gcc"),
    Way { poll: Some("poll"), ..way("mainspring, poll", Side::Mainspring, "gcc") },
    Way { poll: Some("epoll"), ..way("mainspring, epoll", Side::Mainspring, "gcc") },
    way("mainspring, clang", Side::Mainspring, "clang"),
    Way { overlay: true, ..way("overlay", Side::Oracle, "gcc") },
];

/// The way of the cases that valgrind watches.
pub const WATCHED: Way = way("mainspring, valgrind", Side::Mainspring, "gcc");

/// How a case stands on one side. The worse is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Not run there: the case is mainspring's own.
    Own,
    Passed,
    /// Not what the reference says.
    Differs,
    /// Did not end as it should, or could not be run.
    Fails,
}

/// What has become of a case in all its ways.
#[derive(Debug)]
pub struct Verdict {
    pub glib: Standing,
    pub mainspring: Standing,
    pub faults: Vec<String>,
}

impl Verdict {
    /// What is told of the case where only passing counts.
    pub fn outcome(self) -> Result<(), String> {
        match self.faults.is_empty() {
            true => Ok(()),
            false => Err(self.faults.join("\n    ")),
        }
    }
}

/// A verdict for each of the cases, in their order.
pub fn judge_all(shop: &Workshop, cases: &[(&Program, &Case)]) -> Vec<Verdict> {
    crew::each(shop.jobs, cases, |(program, case)| {
        // Cases of our own are not in the program that was made for GLib; helpers are libglib's there.
        let overlaid = !case.own && !program.name.starts_with("base_");
        judge(case.own, overlaid, |way| trace_of(shop, program, case, way))
    })
}

/// The first fault of a side ends its runs. Without a reference mainspring has only its status to
/// be judged by. `overlaid` says whether the overlay is one of the ways.
fn judge(own: bool, overlaid: bool, run: impl Fn(&Way) -> Result<String>) -> Verdict {
    let glib = if own { Standing::Own } else { Standing::Passed };
    let mut verdict = Verdict { glib, mainspring: Standing::Passed, faults: Vec::new() };
    let mut reference: Option<String> = None;
    for way in [&REFERENCE].into_iter().chain(&WAYS) {
        if way.overlay && !overlaid {
            continue;
        }
        let standing = match way.loop_of() {
            Side::Oracle => &mut verdict.glib,
            Side::Mainspring => &mut verdict.mainspring,
        };
        if *standing != Standing::Passed {
            continue;
        }
        match run(way) {
            Err(error) => {
                *standing = Standing::Fails;
                verdict.faults.push(format!("{error:#}"));
            }
            Ok(trace) => match &reference {
                Some(expected) if *expected != trace => {
                    *standing = Standing::Differs;
                    let fault = diff::unified(REFERENCE.name, expected, way.name, &trace);
                    verdict.faults.push(fault);
                }
                None if way.loop_of() == Side::Oracle => reference = Some(trace),
                _ => {}
            },
        }
    }
    verdict
}

/// What the case says when run this way; an error unless it ends with status 0.
pub fn trace_of(shop: &Workshop, program: &Program, case: &Case, way: &Way) -> Result<String> {
    let mut command = Command::new(program.binary((way.side, way.compiler))?);
    command.arg(&case.name).env("TWIN_LIMIT", LIMIT.as_secs().to_string());
    programs::surround(&mut command, shop, way.side);
    if let Some(path) = way.poll {
        command.env("MAINSPRING_POLL", path);
    }
    if way.overlay {
        command.env("LD_PRELOAD", shop.stage_lib().join(OVERLAY.soname));
        command.env("TWIN_LOOP", SERIES);
    }
    let finished = command.finish_within(LIMIT + GRACE)?;
    ensure!(finished.status.success(), "{}: {}", way.name, finished.account());
    Ok(finished.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_is_judged_by_the_reference_and_its_own_endings() {
        let says = |glib: &str, mainspring: &str| {
            let said = [glib, mainspring].map(str::to_owned);
            judge(false, true, move |way| match way.loop_of() {
                Side::Oracle => Ok(said[0].clone()),
                Side::Mainspring => Ok(said[1].clone()),
            })
        };
        let same = says("a", "a");
        assert_eq!((same.glib, same.mainspring), (Standing::Passed, Standing::Passed));
        assert_eq!(same.outcome(), Ok(()));
        let other = says("a", "b");
        assert_eq!((other.glib, other.mainspring), (Standing::Passed, Standing::Differs));
        assert!(other.outcome().is_err());
    }

    #[test]
    fn a_side_that_fails_leaves_the_other_its_verdict() {
        let fails = |side: Side| {
            move |way: &Way| {
                ensure!(way.loop_of() != side, "status 1");
                Ok("a".to_owned())
            }
        };
        let verdict = judge(false, true, fails(Side::Oracle));
        assert_eq!((verdict.glib, verdict.mainspring), (Standing::Fails, Standing::Passed));
        let verdict = judge(false, true, fails(Side::Mainspring));
        assert_eq!((verdict.glib, verdict.mainspring), (Standing::Passed, Standing::Fails));
        assert_eq!(verdict.outcome(), Err("status 1".to_owned()));
    }

    #[test]
    fn a_case_of_our_own_never_runs_on_glib() {
        let verdict = judge(true, false, |way| {
            ensure!(way.side == Side::Mainspring, "the function is not there");
            Ok(way.name.to_owned())
        });
        assert_eq!((verdict.glib, verdict.mainspring), (Standing::Own, Standing::Passed));
    }
}
