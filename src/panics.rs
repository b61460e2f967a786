//! What a panic of ours does: it ends the process with a message instead of unwinding into C.
//!
//! The library is built with unwinding so that the *program's* exceptions can pass through a
//! dispatch, but a panic is a bug of ours, after which nothing can be trusted. Each shell has the hook
//! installed when it is loaded. It has its own copy of Rust's runtime, so the hook concerns nobody
//! else's panics.

/// To be run when the library is loaded. A hook without captures needs no allocation.
pub extern "C" fn abort_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("mainspring: internal error, please report it: {panic}");
        std::process::abort();
    }));
}
