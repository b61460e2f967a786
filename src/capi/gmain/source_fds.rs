//! Descriptors of a source: its own `GPollFD`s and tags.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::{null_mut, NonNull};

use crate::capi::messages::assertion_failed;
use crate::capi::types::{GPollFD, GSource};
use crate::engine::lit::Decides;

/// Polls a descriptor for the source, whose check function must look at `revents`.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_add_poll(source: *mut GSource, fd: *mut GPollFD) {
    let name = c"g_source_add_poll";
    let source = require_source!(name, source);
    let Some(fd) = NonNull::new(fd) else { return assertion_failed(name, c"fd != NULL") };
    require!(name, !source.is_destroyed(), c"!SOURCE_DESTROYED (source)");
    source.add_poll(fd);
}

/// Undoes `g_source_add_poll`; an unknown one is ignored.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_remove_poll(source: *mut GSource, fd: *mut GPollFD) {
    let name = c"g_source_remove_poll";
    let source = require_source!(name, source);
    let Some(fd) = NonNull::new(fd) else { return assertion_failed(name, c"fd != NULL") };
    require!(name, !source.is_destroyed(), c"!SOURCE_DESTROYED (source)");
    source.remove_poll(fd);
}

/// Watches a descriptor; the source is ready whenever it is. Returns a tag. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_add_unix_fd(
    source: *mut GSource,
    fd: c_int,
    events: c_uint,
) -> *mut c_void {
    let name = c"g_source_add_unix_fd";
    let source = require_source!(name, source, null_mut());
    require!(name, !source.is_destroyed(), c"!SOURCE_DESTROYED (source)", null_mut());
    source.add_fd(fd, events as u16, Decides::Always).pollfd_ptr().as_ptr().cast()
}

const UNKNOWN_TAG: &std::ffi::CStr = c"g_slist_find (source->priv->fds, tag)";

fn tag_ptr(tag: *mut c_void) -> NonNull<GPollFD> {
    // A tag is never NULL, nor dangling: such a one is found with no source.
    NonNull::new(tag.cast()).unwrap_or(NonNull::dangling())
}

/// Changes what a tag's descriptor is watched for. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_modify_unix_fd(
    source: *mut GSource,
    tag: *mut c_void,
    new_events: c_uint,
) {
    let name = c"g_source_modify_unix_fd";
    let source = require_source!(name, source);
    let found = source.modify_fd(tag_ptr(tag), new_events as u16);
    require!(name, found, UNKNOWN_TAG);
}

/// Stops watching and frees the tag. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_remove_unix_fd(source: *mut GSource, tag: *mut c_void) {
    let name = c"g_source_remove_unix_fd";
    let source = require_source!(name, source);
    let found = source.remove_fd(tag_ptr(tag));
    require!(name, found, UNKNOWN_TAG);
}

/// What the last check saw. Since 2.36.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_query_unix_fd(
    source: *mut GSource,
    tag: *mut c_void,
) -> c_uint {
    let name = c"g_source_query_unix_fd";
    let source = require_source!(name, source, 0);
    let revents = source.query_fd(tag_ptr(tag));
    require!(name, revents.is_some(), UNKNOWN_TAG, 0);
    revents.map_or(0, c_uint::from)
}
