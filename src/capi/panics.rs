//! What a panic of ours does: it ends the process with a message instead of unwinding into C.
//!
//! The library is built with unwinding so that the *program's* exceptions can pass through a
//! dispatch, but a panic is a bug of ours, after which nothing can be trusted. Each library has its own
//! copy of Rust's runtime, so this concerns nobody else's panics.
//!
//! The link puts these functions in the place of the standard library's own (`xtask/src/link.rs`), which
//! would bring a reader of debug information along, a quarter of the whole, to print a backtrace.
//! They are as the standard library calls them, by Rust's own convention.

/// Where a panic goes.
#[no_mangle]
pub extern "Rust" fn mainspring_panic(panic: &core::panic::PanicInfo<'_>) -> ! {
    eprintln!("mainspring: internal error, please report it: {panic}");
    std::process::abort()
}

/// Where memory goes that is not there; the message is GLib's.
#[no_mangle]
pub extern "Rust" fn mainspring_out_of_memory(size: usize, _align: usize) -> ! {
    eprintln!("GLib-ERROR **: failed to allocate {size} bytes");
    std::process::abort()
}
