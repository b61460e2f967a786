//! The models: small programs of two or three threads, each with what has to hold in every schedule.
//!
//! That a model deadlocks, reads what another writes at the same time, uses what was freed, writes
//! to a closed descriptor or leaves something behind fails it in any case; so a wakeup that is lost
//! is found without being looked for, as its sleeper sleeps for ever.

pub mod cast;
pub mod contexts;
pub mod ends;
pub mod given;
pub mod locks;
pub mod owners;
pub mod signals;
#[cfg(feature = "shuttle")]
pub mod storms;
pub mod wake;

/// A program to explore.
pub struct Model {
    pub name: &'static str,
    /// The property, in a line.
    pub about: &'static str,
    /// How many preemptions a bounded exploration allows; `None` where all can be explored.
    pub bound: Option<usize>,
    pub program: fn(),
}

pub const MODELS: &[Model] = &[
    locks::PAIR,
    locks::MUTEX,
    locks::SIGNAL,
    wake::BELL,
    wake::RINGERS,
    wake::AGAIN,
    wake::HANDLER,
    wake::OUTSIDE,
    wake::CLOSING,
    contexts::WAKEUP,
    contexts::POST,
    contexts::RETIME,
    contexts::DESTROY,
    contexts::ASKED,
    contexts::DESTROY_TWICE,
    contexts::REPLACE,
    given::GIVEN,
    given::BOTH,
    given::AGAIN,
    given::GONE,
    given::RUN,
    owners::ACQUIRE,
    owners::WAIT,
    owners::SHARE,
    owners::QUIT,
    owners::QUIT_LAST,
    owners::RUNNERS,
    ends::UNREF,
    ends::DESTROY,
    ends::BY_ID,
    ends::RETIME,
    ends::DISPATCH,
    ends::ATTACH,
    ends::ATTACH_FAMILY,
    ends::ATTACH_TWICE,
    ends::ATTACH_LAST,
    ends::SOURCE,
    ends::QUIET,
    ends::GLOBAL,
    signals::SLEEP,
    signals::ATTACH,
    signals::END,
    signals::GIVEN_UP,
    #[cfg(feature = "shuttle")]
    storms::POSTS,
    #[cfg(feature = "shuttle")]
    storms::OWNERS,
    #[cfg(feature = "shuttle")]
    storms::ENDS,
    #[cfg(feature = "shuttle")]
    storms::SIGNALS,
];
