//! The exported function tables.
//!
//! Programs compare their addresses, read their members and overwrite some; the engine reads them
//! anew at each step, so nothing is remembered of their first contents.

use super::idle::{idle_check, idle_dispatch, idle_prepare};
use super::timeout::timeout_dispatch;
use crate::capi::types::GSourceFuncs;

/// Functions of idle sources.
#[no_mangle]
pub static mut g_idle_funcs: GSourceFuncs = GSourceFuncs {
    prepare: Some(idle_prepare),
    check: Some(idle_check),
    dispatch: Some(idle_dispatch),
    finalize: None,
    closure_callback: None,
    closure_marshal: None,
};

/// Functions of timeout sources: these work through their ready time alone (TM-015).
#[no_mangle]
pub static mut g_timeout_funcs: GSourceFuncs = GSourceFuncs {
    prepare: None,
    check: None,
    dispatch: Some(timeout_dispatch),
    finalize: None,
    closure_callback: None,
    closure_marshal: None,
};
