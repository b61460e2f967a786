//! Help for processes: the password database, all descriptors at once, what a descriptor is.

use std::ffi::{c_char, c_int, CStr, CString};
use std::ptr::null_mut;

use super::fail;
use crate::capi::base::{
    g_file_error_from_errno, g_file_error_quark, g_malloc0, g_set_error, g_strdup,
};
use crate::capi::messages::{strerror, translated};
use crate::capi::types::GError;
use crate::sys::{everything, fd, passwd, Errno};

/// The entry of a user, in one block to be freed with `g_free`. Since 2.64.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_get_passwd_entry(
    user_name: *const c_char,
    error: *mut *mut GError,
) -> *mut passwd::Entry {
    const NAME: &CStr = c"g_unix_get_passwd_entry";
    require!(NAME, !user_name.is_null(), c"user_name != NULL", null_mut());
    // SAFETY: NULL or a place for an error (I8).
    let unset = unsafe { error.as_ref() }.is_none_or(|set| set.is_null());
    require!(NAME, unset, c"error == NULL || *error == NULL", null_mut());
    // SAFETY: a NUL-terminated name (I8).
    let found = passwd::find(unsafe { CStr::from_ptr(user_name) });
    let errno = match found {
        // SAFETY: the strings lie in the buffer found with the entry (I8).
        Ok(Some((entry, _strings))) => return unsafe { in_one_block(entry) },
        Ok(None) => Errno(0),
        Err(errno) => errno,
    };
    fail(error, errno);
    null_mut()
}

/// A copy of an entry with its strings behind it.
///
/// # Safety
/// The strings of `entry` are NULL or NUL-terminated.
unsafe fn in_one_block(mut entry: passwd::Entry) -> *mut passwd::Entry {
    let mut strings = [
        &mut entry.pw_name,
        &mut entry.pw_passwd,
        &mut entry.pw_gecos,
        &mut entry.pw_dir,
        &mut entry.pw_shell,
    ];
    let length = |text: *mut c_char| match text.is_null() {
        true => 0,
        // SAFETY: the caller's promise (I8).
        false => unsafe { CStr::from_ptr(text) }.to_bytes_with_nul().len(),
    };
    let total: usize = strings.iter().map(|text| length(**text)).sum();
    // SAFETY: the block has room for the entry and, behind it, for all strings with their ends (I8).
    unsafe {
        let block = g_malloc0(size_of::<passwd::Entry>() + total).cast::<passwd::Entry>();
        let mut at = block.add(1).cast::<c_char>();
        for text in &mut strings {
            let size = length(**text);
            if size > 0 {
                at.copy_from_nonoverlapping(**text, size);
                **text = at;
                at = at.add(size);
            }
        }
        block.write(entry);
        block
    }
}

fn for_all_from(name: &CStr, low: c_int, act: fn(i32) -> Result<(), Errno>) -> c_int {
    if low < 0 {
        // Before the message, whose printing may change it, would be too early.
        crate::capi::messages::assertion_failed(name, c"lowfd >= 0");
        Errno::INVAL.set();
        return -1;
    }
    match act(low) {
        Ok(()) => 0,
        Err(errno) => {
            errno.set();
            -1
        }
    }
}

/// Closes every descriptor from `lowfd` on. Async-signal-safe. Since 2.80.
#[no_mangle]
pub extern "C-unwind" fn g_closefrom(lowfd: c_int) -> c_int {
    for_all_from(c"g_closefrom", lowfd, everything::close_from)
}

/// Marks every descriptor from `lowfd` on close-on-exec. Async-signal-safe. Since 2.80.
#[no_mangle]
pub extern "C-unwind" fn g_fdwalk_set_cloexec(lowfd: c_int) -> c_int {
    for_all_from(c"g_fdwalk_set_cloexec", lowfd, everything::cloexec_from)
}

/// What the system calls the file behind a descriptor, to be freed. Since 2.88.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_unix_fd_query_path(
    fd: c_int,
    error: *mut *mut GError,
) -> *mut c_char {
    // SAFETY: NULL or a place for an error (I8).
    let unset = unsafe { error.as_ref() }.is_none_or(|set| set.is_null());
    // Checked by the helper that GLib calls, whose name is printed.
    require!(c"g_file_read_link", unset, c"error == NULL || *error == NULL", null_mut());
    match fd::path(fd) {
        // SAFETY: NUL-terminated (I8).
        Ok(path) => unsafe { g_strdup(path.as_ptr()) },
        Err(errno) => {
            let path = CString::new(format!("/proc/self/fd/{fd}")).unwrap_or_default();
            // SAFETY: the format takes two strings (I8).
            unsafe {
                g_set_error(
                    error,
                    g_file_error_quark(),
                    g_file_error_from_errno(errno.0),
                    translated(c"Failed to read the symbolic link “%s”: %s"),
                    path.as_ptr(),
                    strerror(errno.0),
                );
            }
            null_mut()
        }
    }
}
