//! `gfileutils.h`: the error domain of operations on files.

use crate::quark::{self, GQuark};
use crate::types::*;

/// Codes in the order of the header, by the errno value each stands for.
const CODES: [c_int; 24] = [
    libc::EEXIST,
    libc::EISDIR,
    libc::EACCES,
    libc::ENAMETOOLONG,
    libc::ENOENT,
    libc::ENOTDIR,
    libc::ENXIO,
    libc::ENODEV,
    libc::EROFS,
    libc::ETXTBSY,
    libc::EFAULT,
    libc::ELOOP,
    libc::ENOSPC,
    libc::ENOMEM,
    libc::EMFILE,
    libc::ENFILE,
    libc::EBADF,
    libc::EINVAL,
    libc::EPIPE,
    libc::EAGAIN,
    libc::EINTR,
    libc::EIO,
    libc::EPERM,
    libc::ENOSYS,
];

/// The domain's quark.
#[no_mangle]
pub unsafe extern "C" fn g_file_error_quark() -> GQuark {
    quark::of(c"g-file-error-quark")
}

/// The code for an errno value, the last one (FAILED) standing for all that have none.
#[no_mangle]
pub unsafe extern "C" fn g_file_error_from_errno(err_no: c_int) -> c_int {
    CODES.iter().position(|&code| code == err_no).unwrap_or(CODES.len()) as c_int
}
