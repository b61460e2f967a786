//! What a file is, where a link leads, and folders made with all those above them.

use super::{errno, set_errno, set_file_error, shown};
use crate::error::GError;
use crate::mem::string_from;
use crate::types::*;
use std::ffi::{CStr, CString};
use std::ptr::null_mut;

/// Tests of `g_file_test()`: bits.
pub type GFileTest = c_int;

const IS_REGULAR: GFileTest = 1 << 0;
const IS_SYMLINK: GFileTest = 1 << 1;
const IS_DIR: GFileTest = 1 << 2;
const IS_EXECUTABLE: GFileTest = 1 << 3;
const EXISTS: GFileTest = 1 << 4;

/// Whether one of the tests holds.
#[no_mangle]
pub unsafe extern "C" fn g_file_test(filename: *const c_char, test: GFileTest) -> gboolean {
    require!("g_file_test", !filename.is_null(), "filename != NULL", FALSE);
    let asked = |bit| test & bit != 0;
    // SAFETY: a C string; structures are filled before they are looked at.
    let kind = |stat: unsafe extern "C" fn(*const c_char, *mut libc::stat) -> c_int| unsafe {
        let mut facts = std::mem::zeroed::<libc::stat>();
        (stat(filename, &mut facts) == 0).then_some(facts.st_mode & libc::S_IFMT)
    };
    // SAFETY: a C string.
    let allows = |mode| unsafe { libc::access(filename, mode) } == 0;
    gboolean::from(
        (asked(EXISTS) && allows(libc::F_OK))
            || (asked(IS_EXECUTABLE) && allows(libc::X_OK))
            || (asked(IS_SYMLINK) && kind(libc::lstat) == Some(libc::S_IFLNK))
            || (asked(IS_REGULAR) && kind(libc::stat) == Some(libc::S_IFREG))
            || (asked(IS_DIR) && kind(libc::stat) == Some(libc::S_IFDIR)),
    )
}

/// Where a symbolic link leads, or NULL and an error. Since 2.4.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_file_read_link(
    filename: *const c_char,
    error: *mut *mut GError,
) -> *mut c_char {
    // SAFETY: a C string, and the caller's variable or NULL.
    unsafe {
        let free = error.is_null() || (*error).is_null();
        require!("g_file_read_link", !filename.is_null(), "filename != NULL", null_mut());
        require!("g_file_read_link", free, "error == NULL || *error == NULL", null_mut());
        // A target that fills the room may have been cut off.
        let mut room = vec![0u8; 256];
        loop {
            let len = libc::readlink(filename, room.as_mut_ptr().cast(), room.len());
            match usize::try_from(len) {
                Ok(len) if len < room.len() => return string_from(&room[..len]),
                Ok(len) => room.resize(2 * len, 0),
                Err(_) => break,
            }
        }
        let what = format_args!("Failed to read the symbolic link “{}”", shown(filename));
        set_file_error(error, errno(), what);
        null_mut()
    }
}

/// Makes a folder and those above it; 0, or -1 and errno. Since 2.8.
#[no_mangle]
pub unsafe extern "C" fn g_mkdir_with_parents(pathname: *const c_char, mode: c_int) -> c_int {
    // SAFETY: a C string or NULL.
    let path = unsafe { crate::messages::opt(pathname) }.map(CStr::to_bytes).unwrap_or_default();
    if path.is_empty() {
        set_errno(libc::EINVAL);
        return -1;
    }
    let before = path.iter().take_while(|&&byte| byte == b'/').count();
    let ends = (before..=path.len()).filter(|&end| end == path.len() || path[end] == b'/');
    for end in ends {
        if end == 0 || path[end - 1] == b'/' {
            continue;
        }
        let part = CString::new(&path[..end]).unwrap_or_default();
        // SAFETY: a C string.
        let (made, is_dir) = unsafe {
            let made = libc::mkdir(part.as_ptr(), mode as libc::mode_t) == 0;
            let why = errno();
            let is_dir = made || g_file_test(part.as_ptr(), IS_DIR) != FALSE;
            set_errno(if why == libc::EEXIST { libc::ENOTDIR } else { why });
            (made, is_dir)
        };
        if !made && !is_dir {
            return -1;
        }
    }
    0
}
