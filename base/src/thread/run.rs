//! Threads: one block each, counted by references. The thread itself holds one until it ends, the handle
//! that `g_thread_new()` returns is another. A thread that something else started gets a block when it
//! first asks for itself.

use super::local::{g_private_get, g_private_set, GPrivate};
use crate::error::{g_set_error_literal, GError};
use crate::quark::{self, GQuark};
use crate::strings::g_strdup;
use crate::types::*;
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::*};

/// What a thread runs.
pub type GThreadFunc = unsafe extern "C-unwind" fn(gpointer) -> gpointer;

/// A thread.
pub struct GThread {
    references: AtomicU32,
    /// Whether the system has been told that nobody will join, or somebody has joined.
    settled: AtomicBool,
    /// `None` for a thread that something else started.
    func: Option<GThreadFunc>,
    data: gpointer,
    name: *mut c_char,
    handle: libc::pthread_t,
    /// Written by the thread at its end, read after joining it.
    result: gpointer,
}

unsafe extern "C-unwind" fn drop_own_reference(thread: gpointer) {
    // SAFETY: the reference the thread held on itself.
    unsafe { g_thread_unref(thread.cast()) }
}

/// Where each thread keeps its block.
static mut SELF: GPrivate = GPrivate::new(Some(drop_own_reference));

/// The domain of thread errors.
#[no_mangle]
pub unsafe extern "C" fn g_thread_error_quark() -> GQuark {
    quark::of(c"g_thread_error")
}

fn new_thread(
    references: u32,
    func: Option<GThreadFunc>,
    data: gpointer,
    name: *const c_char,
) -> *mut GThread {
    Box::into_raw(Box::new(GThread {
        references: AtomicU32::new(references),
        settled: AtomicBool::new(func.is_none()),
        func,
        data,
        // SAFETY: a C string or NULL.
        name: unsafe { g_strdup(name) },
        // SAFETY: a number or a pointer, whatever the C library makes of it.
        handle: unsafe { std::mem::zeroed() },
        result: null_mut(),
    }))
}

/// One more reference. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_thread_ref(thread: *mut GThread) -> *mut GThread {
    // SAFETY: a live thread.
    unsafe { (*thread).references.fetch_add(1, Relaxed) };
    thread
}

/// One reference less; the last one lets the system forget the thread. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_thread_unref(thread: *mut GThread) {
    // SAFETY: a live thread, whose reference the caller gives up.
    unsafe {
        // No fence for the last one alone: ThreadSanitizer knows none.
        if (*thread).references.fetch_sub(1, AcqRel) != 1 {
            return;
        }
        if !(*thread).settled.load(Relaxed) {
            libc::pthread_detach((*thread).handle);
        }
        libc::free((*thread).name.cast());
        drop(Box::from_raw(thread));
    }
}

/// Unwinds when the thread ends itself by `g_thread_exit()`, which is why its type is not quite what the
/// system declares.
extern "C-unwind" fn main_of_thread(thread: *mut c_void) -> *mut c_void {
    let thread = thread.cast::<GThread>();
    // SAFETY: the block holds a reference for the thread, which its per-thread value drops at the end.
    unsafe {
        g_private_set(&raw mut SELF, thread.cast());
        if let Some(name) = crate::messages::opt((*thread).name) {
            // The system keeps 15 bytes and refuses more.
            let bytes = name.to_bytes();
            let short = CString::new(&bytes[..bytes.len().min(15)]).unwrap_or_default();
            libc::prctl(libc::PR_SET_NAME, short.as_ptr());
        }
        if let Some(func) = (*thread).func {
            (*thread).result = func((*thread).data);
        }
    }
    null_mut()
}

/// Starts a thread, or returns why not.
unsafe fn start(
    name: *const c_char,
    func: GThreadFunc,
    data: gpointer,
) -> Result<*mut GThread, c_int> {
    let thread = new_thread(2, Some(func), data, name);
    let mut handle = MaybeUninit::uninit();
    // SAFETY: the new thread finds its block whole except for `handle`, which only joining and detaching
    // read, after this function has returned it.
    let failed =
        unsafe { pthread_create(handle.as_mut_ptr(), null(), main_of_thread, thread.cast()) };
    // SAFETY: written if there was no failure; otherwise the block is still ours alone.
    unsafe {
        if failed != 0 {
            libc::free((*thread).name.cast());
            drop(Box::from_raw(thread));
            return Err(failed);
        }
        (*thread).handle = handle.assume_init();
    }
    Ok(thread)
}

/// Starts a thread, or ends the program. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_thread_new(
    name: *const c_char,
    func: GThreadFunc,
    data: gpointer,
) -> *mut GThread {
    // SAFETY: the caller's obligations are the same.
    unsafe {
        start(name, func, data).unwrap_or_else(|failed| {
            let name = crate::messages::opt(name).unwrap_or(c"").to_string_lossy().into_owned();
            let reason = CStr::from_ptr(crate::strings::g_strerror(failed)).to_string_lossy();
            crate::messages::fatal(format_args!(
                "creating thread '{name}': Error creating thread: {reason}"
            ))
        })
    }
}

/// Starts a thread, or sets an error. Since 2.32.
#[no_mangle]
pub unsafe extern "C" fn g_thread_try_new(
    name: *const c_char,
    func: GThreadFunc,
    data: gpointer,
    error: *mut *mut GError,
) -> *mut GThread {
    // SAFETY: the caller's obligations are the same.
    unsafe {
        start(name, func, data).unwrap_or_else(|failed| {
            let reason = CStr::from_ptr(crate::strings::g_strerror(failed)).to_bytes();
            let text =
                CString::new([b"Error creating thread: ", reason].concat()).unwrap_or_default();
            g_set_error_literal(error, g_thread_error_quark(), 0, text.as_ptr());
            null_mut()
        })
    }
}

/// The calling thread.
#[no_mangle]
pub unsafe extern "C" fn g_thread_self() -> *mut GThread {
    // SAFETY: the value of the private key is a thread.
    unsafe {
        let known = g_private_get(&raw mut SELF).cast::<GThread>();
        if !known.is_null() {
            return known;
        }
        let thread = new_thread(1, None, null_mut(), null());
        g_private_set(&raw mut SELF, thread.cast());
        thread
    }
}

/// Ends the calling thread.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_thread_exit(retval: gpointer) -> ! {
    // SAFETY: the thread's own block; the system unwinds the thread's stack from here.
    unsafe {
        let thread = g_thread_self();
        if (*thread).func.is_none() {
            crate::messages::fatal(format_args!(
                "attempt to g_thread_exit() a thread not created by GLib"
            ));
        }
        (*thread).result = retval;
        pthread_exit(null_mut())
    }
}

extern "C-unwind" {
    fn pthread_create(
        handle: *mut libc::pthread_t,
        attributes: *const libc::pthread_attr_t,
        start: extern "C-unwind" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> c_int;
    fn pthread_exit(value: *mut c_void) -> !;
}

/// Waits for a thread's end and returns its result.
#[no_mangle]
pub unsafe extern "C" fn g_thread_join(thread: *mut GThread) -> gpointer {
    require!("g_thread_join", !thread.is_null(), "thread", null_mut());
    // SAFETY: a live thread, whose reference the caller gives up.
    unsafe {
        require!("g_thread_join", (*thread).func.is_some(), "real->ours", null_mut());
        libc::pthread_join((*thread).handle, null_mut());
        (*thread).settled.store(true, Relaxed);
        let result = (*thread).result;
        g_thread_unref(thread);
        result
    }
}

/// Lets others run.
#[no_mangle]
pub unsafe extern "C" fn g_thread_yield() {
    std::thread::yield_now();
}

/// The name a thread was given. Since 2.84.
#[no_mangle]
pub unsafe extern "C" fn g_thread_get_name(thread: *mut GThread) -> *const c_char {
    // SAFETY: a live thread.
    unsafe { (*thread).name }
}
