//! The standalone shell: binds the loop to the everyday helpers it imports by name.
//!
//! The names a C program sees are defined in `mainspring` (main loop) and `mainspring-base`
//! (helpers). All that happens here is that the hook for panics (`mainspring::panics`) is installed.

pub use mainspring as main_loop;
pub use mainspring_base as base;

/// Runs when the library is loaded.
#[used]
#[link_section = ".init_array"]
static AT_LOAD: extern "C" fn() = mainspring::panics::abort_on_panic;
