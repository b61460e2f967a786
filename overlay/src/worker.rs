//! The worker context: where libgio watches files and processes, on a thread of its own.
//!
//! Context and thread are made when somebody first asks for them, and stay. The thread is libglib's
//! kind of thread, so that its name and everything else is as programs know it.

use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::OnceLock;

use mainspring::capi::gmain::context::{g_main_context_iteration, g_main_context_new};
use mainspring::capi::types::GMainContext;

type ThreadFunc = unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_void;

extern "C" {
    fn g_thread_new(name: *const c_char, function: ThreadFunc, data: *mut c_void) -> *mut c_void;
}

/// The context that the thread iterates.
pub extern "C" fn context() -> *mut GMainContext {
    static CONTEXT: OnceLock<AtomicPtr<GMainContext>> = OnceLock::new();
    CONTEXT.get_or_init(|| AtomicPtr::new(start())).load(Ordering::Relaxed)
}

fn start() -> *mut GMainContext {
    let context = g_main_context_new();
    // SAFETY: plain sets of signals; a thread inherits the mask it is made under. The thread gets the
    // context's first reference, which is never given back.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        g_thread_new(c"gmain".as_ptr(), run, context.cast());
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
    }
    context
}

unsafe extern "C-unwind" fn run(context: *mut c_void) -> *mut c_void {
    loop {
        // SAFETY: the context of `start`, which stays.
        unsafe { g_main_context_iteration(context.cast(), 1) };
    }
}
