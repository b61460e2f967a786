//! C's names for the plain types, and the shapes of callbacks. Read `include/glib/gtypes.h` for what
//! each of them means.
#![allow(non_camel_case_types, missing_docs)]

pub use libc::{c_char, c_int, c_long, c_uint, c_ulong, c_void};

pub type gboolean = c_int;
pub type gpointer = *mut c_void;
pub type gconstpointer = *const c_void;
pub type gsize = usize;
pub type gssize = isize;

pub const FALSE: gboolean = 0;
pub const TRUE: gboolean = 1;

pub type GFunc = unsafe extern "C-unwind" fn(gpointer, gpointer);
pub type GCompareFunc = unsafe extern "C-unwind" fn(gconstpointer, gconstpointer) -> c_int;
pub type GCompareDataFunc =
    unsafe extern "C-unwind" fn(gconstpointer, gconstpointer, gpointer) -> c_int;
pub type GEqualFunc = unsafe extern "C-unwind" fn(gconstpointer, gconstpointer) -> gboolean;
pub type GHashFunc = unsafe extern "C-unwind" fn(gconstpointer) -> c_uint;
pub type GHFunc = unsafe extern "C-unwind" fn(gpointer, gpointer, gpointer);
pub type GHRFunc = unsafe extern "C-unwind" fn(gpointer, gpointer, gpointer) -> gboolean;
pub type GCopyFunc = unsafe extern "C-unwind" fn(gconstpointer, gpointer) -> gpointer;
pub type GDestroyNotify = unsafe extern "C-unwind" fn(gpointer);
