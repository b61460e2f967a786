//! The standalone shell: binds the loop to the everyday helpers it imports by name.
//!
//! The names a C program sees are defined in `mainspring` (main loop) and `mainspring-base`
//! (helpers). All that happens here is that a panic of ours ends the process with a message instead
//! of unwinding into C: the library is built with unwinding so that the *program's* exceptions can
//! pass through a dispatch, but a panic is a bug of ours, after which nothing can be trusted. The
//! library has its own copy of Rust's runtime, so the hook concerns nobody else's panics.

pub use mainspring as main_loop;
pub use mainspring_base as base;

extern "C" fn abort_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("mainspring: internal error, please report it: {panic}");
        std::process::abort();
    }));
}

/// Runs `abort_on_panic` when the library is loaded. A hook without captures needs no allocation.
#[used]
#[link_section = ".init_array"]
static ABORT_ON_PANIC: extern "C" fn() = abort_on_panic;
