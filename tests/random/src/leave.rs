//! Leaving a call of the library otherwise than by returning: an exception, or a jump.
//!
//! An exception is a panic of ours, which for the library is what any other language's exception is:
//! something foreign that unwinds its frames. A jump is C's `longjmp` (`leave.c`), which unwinds nothing;
//! it leaves frames of this program behind, so those between a call of [`attempt`] and one of [`jump`] own
//! nothing. Whether leaving is possible, and what is to be tidied up, is `play.rs`'s to know.

use std::ffi::{c_int, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

extern "C" {
    fn twin_leave_try(work: unsafe extern "C" fn(*mut c_void), data: *mut c_void) -> c_int;
}

extern "C-unwind" {
    fn twin_leave_jump();
}

/// What is thrown; nobody reads it.
struct Thrown;

struct Attempt<W, R> {
    work: Option<W>,
    result: Option<R>,
}

/// Does something that may be left; `None` if it was.
pub fn attempt<R, W: FnOnce() -> R>(work: W) -> Option<R> {
    let mut attempt = Attempt { work: Some(work), result: None };
    let data = std::ptr::from_mut(&mut attempt).cast();
    // SAFETY: the function is the one for this type, and the data outlives the call.
    unsafe { twin_leave_try(make::<R, W>, data) };
    attempt.result
}

unsafe extern "C" fn make<R, W: FnOnce() -> R>(data: *mut c_void) {
    // SAFETY: `attempt` passes its own.
    let attempt = unsafe { &mut *data.cast::<Attempt<W, R>>() };
    if let Some(work) = attempt.work.take() {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(result) => attempt.result = Some(result),
            Err(other) if !other.is::<Thrown>() => resume_unwind(other),
            Err(_) => {}
        }
    }
}

/// Leaves the innermost attempt by an exception.
pub fn throw() -> ! {
    resume_unwind(Box::new(Thrown))
}

/// Leaves the innermost attempt by a jump, which there must be.
pub fn jump() -> ! {
    // SAFETY: frames up to the attempt own nothing.
    unsafe { twin_leave_jump() };
    unreachable!("nothing to come back to")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_ends_by_returning_by_an_exception_or_by_a_jump() {
        assert_eq!(attempt(|| 3), Some(3));
        assert_eq!(attempt(|| -> i32 { throw() }), None);
        assert_eq!(attempt(|| -> i32 { jump() }), None);
    }

    #[test]
    fn the_innermost_attempt_is_left() {
        let outer = attempt(|| {
            assert_eq!(attempt(|| -> i32 { jump() }), None);
            assert_eq!(attempt(|| -> i32 { throw() }), None);
            5
        });
        assert_eq!(outer, Some(5));
    }
}
