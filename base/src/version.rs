//! `gversion.h`: the version of GLib's interface that the library offers.

use crate::types::*;
use std::ptr::null;

/// First part of the version.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static glib_major_version: c_uint = 2;
/// Second part of the version.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static glib_minor_version: c_uint = 90;
/// Third part of the version.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static glib_micro_version: c_uint = 0;
/// How many micro versions back the interface is the same.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static glib_interface_age: c_uint = 0;
/// How many micro versions back programs still run: all of 2.x.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static glib_binary_age: c_uint = 100 * glib_minor_version + glib_micro_version;

/// NULL if the library can stand in for a version, else the reason why not.
#[no_mangle]
pub unsafe extern "C" fn glib_check_version(
    required_major: c_uint,
    required_minor: c_uint,
    required_micro: c_uint,
) -> *const c_char {
    let required = 100 * u64::from(required_minor) + u64::from(required_micro);
    let newest = u64::from(100 * glib_minor_version + glib_micro_version);
    let oldest = newest - u64::from(glib_binary_age);
    if required_major > glib_major_version {
        cstr!("GLib version too old (major mismatch)")
    } else if required_major < glib_major_version {
        cstr!("GLib version too new (major mismatch)")
    } else if required < oldest {
        cstr!("GLib version too new (micro mismatch)")
    } else if required > newest {
        cstr!("GLib version too old (micro mismatch)")
    } else {
        null()
    }
}
