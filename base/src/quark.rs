//! `gquark.h`: numbers for strings. One table, behind one lock, that only grows: a quark once given
//! out keeps its string for the life of the process, so strings are handed out without copying. A B-tree,
//! not a hash table, because leak checkers do not understand pointers into the middle of a block.

use crate::types::*;
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::ptr::null;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The number of a string; 0 stands for none.
pub type GQuark = u32;

/// Strings and numbers, each found by the other. Quark n is `strings[n - 1]`.
struct Table {
    quarks: BTreeMap<&'static CStr, GQuark>,
    strings: Vec<&'static CStr>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { quarks: BTreeMap::new(), strings: Vec::new() });

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Table {
    /// The quark of `name`, which `keep` turns into a string that lives for ever if it is new.
    fn quark(&mut self, name: &CStr, keep: impl FnOnce() -> &'static CStr) -> GQuark {
        if let Some(&quark) = self.quarks.get(name) {
            return quark;
        }
        let kept = keep();
        self.strings.push(kept);
        let quark = GQuark::try_from(self.strings.len()).expect("fewer than 2^32 quarks");
        self.quarks.insert(kept, quark);
        quark
    }
}

/// Where a new string comes from: the caller's own, which stays, or a copy.
#[derive(Clone, Copy)]
enum Keep {
    Caller,
    Copy,
}

/// # Safety
/// `string` is a C string; with `Keep::Caller` it stays unchanged for ever.
unsafe fn intern(string: *const c_char, keep: Keep) -> (GQuark, *const c_char) {
    if string.is_null() {
        return (0, null());
    }
    // SAFETY: a C string by the contract of this function; with `Keep::Caller` it outlives everything.
    let name: &'static CStr = unsafe { CStr::from_ptr(string) };
    let mut table = table();
    let quark = table.quark(name, || match keep {
        Keep::Caller => name,
        Keep::Copy => Box::leak(name.to_owned().into_boxed_c_str()),
    });
    (quark, table.strings[quark as usize - 1].as_ptr())
}

/// The quark of a Rust constant, for the library's own error domains.
pub(crate) fn of(name: &'static CStr) -> GQuark {
    table().quark(name, || name)
}

/// The quark of a string that has one, else 0.
#[no_mangle]
pub unsafe extern "C" fn g_quark_try_string(string: *const c_char) -> GQuark {
    if string.is_null() {
        return 0;
    }
    // SAFETY: a C string, used during the call only.
    let name = unsafe { CStr::from_ptr(string) };
    table().quarks.get(name).copied().unwrap_or(0)
}

/// The quark of a string that stays as it is; 0 for NULL.
#[no_mangle]
pub unsafe extern "C" fn g_quark_from_static_string(string: *const c_char) -> GQuark {
    // SAFETY: the header asks the caller for a string that stays.
    unsafe { intern(string, Keep::Caller) }.0
}

/// The quark of a string, copied if it is new; 0 for NULL.
#[no_mangle]
pub unsafe extern "C" fn g_quark_from_string(string: *const c_char) -> GQuark {
    // SAFETY: a C string or NULL.
    unsafe { intern(string, Keep::Copy) }.0
}

/// The string of a quark, or NULL; it stays with the library.
#[no_mangle]
pub unsafe extern "C" fn g_quark_to_string(quark: GQuark) -> *const c_char {
    let index = (quark as usize).wrapping_sub(1);
    table().strings.get(index).map_or(null(), |name| name.as_ptr())
}

/// The one address for strings equal to this; NULL for NULL. Since 2.10.
#[no_mangle]
pub unsafe extern "C" fn g_intern_string(string: *const c_char) -> *const c_char {
    // SAFETY: a C string or NULL.
    unsafe { intern(string, Keep::Copy) }.1
}

/// The one address for strings equal to this, which stays as it is; NULL for NULL. Since 2.10.
#[no_mangle]
pub unsafe extern "C" fn g_intern_static_string(string: *const c_char) -> *const c_char {
    // SAFETY: the header asks the caller for a string that stays.
    unsafe { intern(string, Keep::Caller) }.1
}
