//! `gdir.h`: the names in a folder, in the system's order, without "." and "..".

use crate::error::GError;
use crate::fileutils::{errno, set_file_error, shown};
use crate::types::*;
use std::ffi::CStr;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder being read.
pub struct GDir {
    /// NULL once it has been closed.
    stream: *mut libc::DIR,
    refs: AtomicU32,
}

/// Opens a folder; `flags` is for the future.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_dir_open(
    path: *const c_char,
    _flags: c_uint,
    error: *mut *mut GError,
) -> *mut GDir {
    require!("g_dir_open_with_errno", !path.is_null(), "path != NULL", null_mut());
    // SAFETY: a C string, and the caller's variable or NULL.
    unsafe {
        let stream = libc::opendir(path);
        if stream.is_null() {
            let why = errno();
            set_file_error(error, why, format_args!("Error opening directory “{}”", shown(path)));
            return null_mut();
        }
        Box::into_raw(Box::new(GDir { stream, refs: AtomicU32::new(1) }))
    }
}

/// The next name, valid until the next call; NULL at the end.
#[no_mangle]
pub unsafe extern "C" fn g_dir_read_name(dir: *mut GDir) -> *const c_char {
    require!("g_dir_read_name", !dir.is_null(), "dir != NULL", null());
    // SAFETY: an open folder; an entry's name ends in NUL.
    unsafe {
        loop {
            let entry = libc::readdir((*dir).stream);
            if entry.is_null() {
                return null();
            }
            let name = (&raw const (*entry).d_name).cast::<c_char>();
            if ![c".", c".."].contains(&CStr::from_ptr(name)) {
                return name;
            }
        }
    }
}

/// Starts over.
#[no_mangle]
pub unsafe extern "C" fn g_dir_rewind(dir: *mut GDir) {
    require!("g_dir_rewind", !dir.is_null(), "dir != NULL");
    // SAFETY: an open folder.
    unsafe { libc::rewinddir((*dir).stream) };
}

/// Closes a folder at once and drops a reference.
#[no_mangle]
pub unsafe extern "C" fn g_dir_close(dir: *mut GDir) {
    require!("g_dir_close", !dir.is_null(), "dir != NULL");
    // SAFETY: a folder, of which the caller gives a reference up.
    unsafe {
        close_stream(dir);
        g_dir_unref(dir);
    }
}

/// Another reference. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_dir_ref(dir: *mut GDir) -> *mut GDir {
    require!("g_dir_ref", !dir.is_null(), "dir != NULL", null_mut());
    // SAFETY: a live folder.
    unsafe { (*dir).refs.fetch_add(1, Ordering::Relaxed) };
    dir
}

/// Drops a reference; the last one closes. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_dir_unref(dir: *mut GDir) {
    require!("g_dir_unref", !dir.is_null(), "dir != NULL");
    // SAFETY: a live folder, of which the caller gives a reference up.
    unsafe {
        if (*dir).refs.fetch_sub(1, Ordering::AcqRel) == 1 {
            close_stream(dir);
            drop(Box::from_raw(dir));
        }
    }
}

/// # Safety
/// A live folder.
unsafe fn close_stream(dir: *mut GDir) {
    // SAFETY: the stream is open unless it is NULL.
    unsafe {
        let stream = std::mem::replace(&mut (*dir).stream, null_mut());
        if !stream.is_null() {
            libc::closedir(stream);
        }
    }
}
