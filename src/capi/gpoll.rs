//! `gpoll.h`.

use std::ffi::{c_int, c_uint};

use super::types::GPollFD;

/// `poll(2)`. Its address tells a context that has no poll function of the program's. Since 2.20.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_poll(fds: *mut GPollFD, nfds: c_uint, timeout: c_int) -> c_int {
    // SAFETY: `fds` holds `nfds` entries (I8).
    unsafe { crate::sys::poll::raw(fds, nfds, timeout) }
}
