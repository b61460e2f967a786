//! `genviron.h`: environment variables, of the process and in vectors of `NAME=value`.

use crate::mem::string_from;
use crate::strings::{strings, vector_from};
use crate::types::*;
use std::ffi::CStr;
use std::ptr::{null, null_mut};

extern "C" {
    static mut environ: *mut *mut c_char;
}

/// The value of a variable, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_getenv(variable: *const c_char) -> *const c_char {
    require!("g_getenv", !variable.is_null(), "variable != NULL", null());
    // SAFETY: a C string.
    unsafe { libc::getenv(variable) }
}

/// Whether a C string can be the name of a variable set by `g_setenv()`.
unsafe fn has_equals_sign(variable: *const c_char) -> bool {
    // SAFETY: a C string.
    unsafe { CStr::from_ptr(variable) }.to_bytes().contains(&b'=')
}

/// Sets a variable. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_setenv(
    variable: *const c_char,
    value: *const c_char,
    overwrite: gboolean,
) -> gboolean {
    require!("g_setenv", !variable.is_null(), "variable != NULL", FALSE);
    // SAFETY: two C strings.
    unsafe {
        require!("g_setenv", !has_equals_sign(variable), "strchr (variable, '=') == NULL", FALSE);
        require!("g_setenv", !value.is_null(), "value != NULL", FALSE);
        gboolean::from(libc::setenv(variable, value, overwrite) == 0)
    }
}

/// Removes a variable. Since 2.4.
#[no_mangle]
pub unsafe extern "C" fn g_unsetenv(variable: *const c_char) {
    require!("g_unsetenv", !variable.is_null(), "variable != NULL");
    // SAFETY: a C string.
    unsafe {
        require!("g_unsetenv", !has_equals_sign(variable), "strchr (variable, '=') == NULL");
        libc::unsetenv(variable);
    }
}

/// The names of all variables. Since 2.8.
#[no_mangle]
pub unsafe extern "C" fn g_listenv() -> *mut *mut c_char {
    // SAFETY: the process's environment, which nobody changes meanwhile.
    let names: Vec<&[u8]> = unsafe { strings(environ.cast_const().cast()) }
        .filter_map(|entry| split(entry).map(|(name, _)| name))
        .collect();
    vector_from(names.into_iter())
}

/// A copy of the environment. Since 2.28.
#[no_mangle]
pub unsafe extern "C" fn g_get_environ() -> *mut *mut c_char {
    // SAFETY: the process's environment, which nobody changes meanwhile.
    let entries: Vec<&CStr> = unsafe { strings(environ.cast_const().cast()) }.collect();
    vector_from(entries.into_iter().map(CStr::to_bytes))
}

/// Name and value of an entry.
fn split(entry: &CStr) -> Option<(&[u8], &CStr)> {
    let bytes = entry.to_bytes_with_nul();
    let sign = bytes.iter().position(|&byte| byte == b'=')?;
    let value = CStr::from_bytes_with_nul(&bytes[sign + 1..]).ok()?;
    Some((&bytes[..sign], value))
}

/// Where a variable stands in a vector.
unsafe fn find(envp: *mut *mut c_char, variable: *const c_char) -> Option<(usize, *const c_char)> {
    // SAFETY: a vector or NULL, and a C string.
    unsafe {
        let wanted = CStr::from_ptr(variable).to_bytes();
        strings(envp.cast_const().cast()).enumerate().find_map(|(place, entry)| {
            split(entry)
                .filter(|(name, _)| *name == wanted)
                .map(|(_, value)| (place, value.as_ptr()))
        })
    }
}

/// The value of a variable in a vector. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_environ_getenv(
    envp: *mut *mut c_char,
    variable: *const c_char,
) -> *const c_char {
    require!("g_environ_getenv", !variable.is_null(), "variable != NULL", null());
    // SAFETY: a vector or NULL, and a C string.
    unsafe { find(envp, variable) }.map_or(null(), |(_, value)| value)
}

/// A vector with a variable set. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_environ_setenv(
    envp: *mut *mut c_char,
    variable: *const c_char,
    value: *const c_char,
    overwrite: gboolean,
) -> *mut *mut c_char {
    require!("g_environ_setenv", !variable.is_null(), "variable != NULL", null_mut());
    // SAFETY: a vector in C's memory or NULL, given up by the caller, and two C strings.
    unsafe {
        require!(
            "g_environ_setenv",
            !has_equals_sign(variable),
            "strchr (variable, '=') == NULL",
            null_mut()
        );
        require!("g_environ_setenv", !value.is_null(), "value != NULL", null_mut());
        let entry =
            [CStr::from_ptr(variable).to_bytes(), b"=", CStr::from_ptr(value).to_bytes()].concat();
        match find(envp, variable) {
            Some((place, _)) => {
                if overwrite != FALSE {
                    libc::free((*envp.add(place)).cast());
                    *envp.add(place) = string_from(&entry);
                }
                envp
            }
            None => {
                let count = strings(envp.cast_const().cast()).count();
                let grown =
                    crate::mem::g_realloc_n(envp.cast(), count + 2, size_of::<*mut c_char>());
                let grown = grown.cast::<*mut c_char>();
                *grown.add(count) = string_from(&entry);
                *grown.add(count + 1) = null_mut();
                grown
            }
        }
    }
}

/// A vector without a variable. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_environ_unsetenv(
    envp: *mut *mut c_char,
    variable: *const c_char,
) -> *mut *mut c_char {
    require!("g_environ_unsetenv", !variable.is_null(), "variable != NULL", null_mut());
    // SAFETY: a vector in C's memory or NULL, given up by the caller, and a C string.
    unsafe {
        require!(
            "g_environ_unsetenv",
            !has_equals_sign(variable),
            "strchr (variable, '=') == NULL",
            null_mut()
        );
        while let Some((place, _)) = find(envp, variable) {
            libc::free((*envp.add(place)).cast());
            // Close the gap, the NULL at the end included.
            let mut gap = envp.add(place);
            while !(*gap).is_null() {
                *gap = *gap.add(1);
                gap = gap.add(1);
            }
        }
    }
    envp
}
