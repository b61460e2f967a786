//! Sources for Unix signals. How a delivery reaches them is told in `engine::marks`.

use std::ffi::{c_int, c_uint, c_void, CStr};

use crate::capi::foreign::forward;
use crate::capi::funcs::{c_source, call};
use crate::capi::gboolean;
use crate::capi::gmain::source::{
    g_source_attach, g_source_set_callback, g_source_set_priority, g_source_unref,
};
use crate::capi::gmain::Shape;
use crate::capi::messages::warning;
use crate::capi::types::{GDestroyNotify, GSource, GSourceFunc, GSourceFuncs};
use crate::engine::source::SourcePtr;
use crate::sys::signal;

/// Functions of signal sources, which become ready by their mark alone. Since 2.38.
#[no_mangle]
pub static mut g_unix_signal_funcs: GSourceFuncs = GSourceFuncs {
    prepare: None,
    check: None,
    dispatch: Some(signal_dispatch),
    finalize: Some(signal_finalize),
    closure_callback: None,
    closure_marshal: None,
};

/// The signals a program may ask for, in the order of `sys::signal::KNOWN`, as sources are named.
const NAMES: [&CStr; signal::CHILD] = [
    c"GUnixSignalSource: SIGHUP",
    c"GUnixSignalSource: SIGINT",
    c"GUnixSignalSource: SIGTERM",
    c"GUnixSignalSource: SIGUSR1",
    c"GUnixSignalSource: SIGUSR2",
    c"GUnixSignalSource: Unrecognized signal", // SIGWINCH, as GLib calls it,
];

unsafe extern "C-unwind" fn signal_dispatch(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    forward!(dispatch(UnixSignal, source, callback, data));
    let Some(callback) = callback else {
        warning(
            c"Unix signal source dispatched without callback. You must call \
              g_source_set_callback().",
        );
        return 0;
    };
    // SAFETY: the callback set for this source (I8).
    gboolean(unsafe { call(callback, data) })
}

unsafe extern "C-unwind" fn signal_finalize(source: *mut GSource) {
    forward!(finalize(UnixSignal, source));
    // SAFETY: the loop passes a source that is about to go (I8).
    unsafe { SourcePtr::from_head(source.cast_const().cast()) }.stop_listening();
}

/// A new source for a signal, whose handler is installed from now on. Since 2.30.
#[no_mangle]
pub extern "C-unwind" fn g_unix_signal_source_new(signum: c_int) -> *mut GSource {
    let place = signal::place_of(signum).filter(|place| *place < signal::CHILD);
    let (Some(place), Some(name)) = (place, place.and_then(|place| NAMES.get(place))) else {
        require!(
            c"g_unix_signal_source_new",
            false,
            c"signum == SIGHUP || signum == SIGINT || signum == SIGTERM || signum == SIGUSR1 || \
              signum == SIGUSR2 || signum == SIGWINCH",
            std::ptr::null_mut()
        );
        return std::ptr::null_mut();
    };
    let table = &raw const g_unix_signal_funcs;
    let shape = Shape { table, size: size_of::<GSource>(), name: Some(name), spare_record: false };
    let source = shape.make();
    source.listen_to(place, false);
    c_source(source)
}

/// Calls `handler` in the default context after each delivery of a signal. Since 2.30.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_signal_add_full(
    priority: c_int,
    signum: c_int,
    handler: GSourceFunc,
    user_data: *mut c_void,
    notify: GDestroyNotify,
) -> c_uint {
    let source = g_unix_signal_source_new(signum);
    // SAFETY: a live source, or NULL for a signal that is refused: each of these then complains, as
    // programs have learnt to expect (US-012) (I8).
    unsafe {
        if priority != 0 {
            g_source_set_priority(source, priority);
        }
        g_source_set_callback(source, handler, user_data, notify);
        let id = g_source_attach(source, std::ptr::null_mut());
        g_source_unref(source);
        id
    }
}

/// As `g_unix_signal_add_full` at default priority without a notify. Since 2.30.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_signal_add(
    signum: c_int,
    handler: GSourceFunc,
    user_data: *mut c_void,
) -> c_uint {
    // SAFETY: handed through (I8).
    unsafe { g_unix_signal_add_full(0, signum, handler, user_data, None) }
}
