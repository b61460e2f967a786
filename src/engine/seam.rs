//! The one seam between the loop and whoever implements sources.
//!
//! A kind of source answers the questions the loop asks during an iteration. The C layer has one
//! kind, which consults the program's `GSourceFuncs` (`capi::funcs`); the engine's own tests have
//! kinds written in Rust. No method but [`Kind::interest`], [`Kind::slots`], [`Kind::is_lost`] and
//! [`Kind::finalizes`] is called with a lock held, so all others may re-enter the loop at will.

use super::callback::Func;
use super::source::SourcePtr;

/// What an iteration must do about a source of this kind while nothing has happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Never visited before its time comes or a descriptor fires, and ready then.
    Passive,
    /// Ready in every iteration, without being asked (idles).
    Always,
    /// Has a prepare or check function of its own: both phases ask it.
    Asked,
    /// As `Passive`, but its check function has the last word on a descriptor that fired.
    Verified,
}

/// The two function slots of a table that decide about [`Interest`]; kept to notice a program that
/// changes its table after attaching sources (see `tables`).
pub type Slots = [usize; 2];

/// Something the program, or the kernel, should be told about in GLib's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// prepare was called from inside a prepare or check function.
    PrepareRecursive,
    /// check was called from inside a prepare or check function.
    CheckRecursive,
    /// A loop was run from inside a prepare or check function.
    RunRecursive,
    /// `MAINSPRING_POLL` in the environment names no way to wait.
    UnknownWay,
    /// poll failed with this error number.
    PollFailed(i32),
    /// An ownership was given back that nobody holds.
    NotOwned,
    /// The last reference of an attached source was dropped by somebody to whom it did not belong.
    FinalizedWhileAttached,
    /// A finalize function kept a reference on its source.
    ReferencedInFinalize,
}

pub trait Kind {
    /// How to treat `source`; called under the context's lock when it is attached.
    fn interest(source: SourcePtr) -> Interest;
    /// Where the slots of the function table behind `table` are. They can be read as long as an attached
    /// source uses the table.
    fn slots(table: *const ()) -> *const Slots;
    /// Asks whether the source is ready before polling. May lower `timeout` (milliseconds, -1 none).
    fn prepare(source: SourcePtr, timeout: &mut i32) -> bool;
    /// Asks whether the source is ready after polling.
    fn check(source: SourcePtr) -> bool;
    /// Whether the descriptor opened for a keeper (`keepers`) is lost; called under the context's lock.
    fn is_lost(_source: SourcePtr) -> bool {
        false
    }
    /// Runs the source's callback; the result says whether to keep the source.
    fn dispatch(source: SourcePtr, func: Option<Func>, data: *mut ()) -> bool;
    /// Runs the function registered for the moment the last reference is about to go.
    fn dispose(source: SourcePtr, function: *const ());
    /// Whether it has one, so that it is to be told of its end; called under the context's lock.
    fn finalizes(_source: SourcePtr) -> bool {
        true
    }
    /// Runs the source's finalize function.
    fn finalize(source: SourcePtr);
    /// Frees what the outer layer hung onto the public part; the very last call for a source.
    fn forget(source: SourcePtr);
    /// Prints a complaint.
    fn complain(complaint: Complaint);
}

/// What the public part's `priv` of each of our sources points at. No pointer that another main loop might have there:
/// odd, and outside all address spaces.
pub const MAGIC: u64 = 0xA56D_6169_6E73_7073;

/// A [`Kind`] as a table of plain functions, so that a source needs one word for it.
#[repr(C)]
pub struct Vtable {
    /// [`MAGIC`].
    pub(super) magic: u64,
    pub(super) interest: fn(SourcePtr) -> Interest,
    pub(super) slots: fn(*const ()) -> *const Slots,
    pub(super) prepare: fn(SourcePtr, &mut i32) -> bool,
    pub(super) check: fn(SourcePtr) -> bool,
    pub(super) is_lost: fn(SourcePtr) -> bool,
    pub(super) dispatch: fn(SourcePtr, Option<Func>, *mut ()) -> bool,
    pub(super) dispose: fn(SourcePtr, *const ()),
    pub(super) finalizes: fn(SourcePtr) -> bool,
    pub(super) finalize: fn(SourcePtr),
    pub(super) forget: fn(SourcePtr),
    pub(super) complain: fn(Complaint),
}

impl Vtable {
    pub const fn of<K: Kind>() -> Vtable {
        Vtable {
            magic: MAGIC,
            interest: K::interest,
            slots: K::slots,
            prepare: K::prepare,
            check: K::check,
            is_lost: K::is_lost,
            dispatch: K::dispatch,
            dispose: K::dispose,
            finalizes: K::finalizes,
            finalize: K::finalize,
            forget: K::forget,
            complain: K::complain,
        }
    }
}
