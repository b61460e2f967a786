//! Watching a child process.
//!
//! A watch polls a process descriptor. Where the kernel gives none, it listens to `SIGCHLD` instead
//! (`engine::marks`) and is asked anew after each. Either way its check function only looks whether
//! the child has exited; it is reaped right before the callback and not earlier (CW-006).
//!
//! A program that closes descriptors it does not know may close this one. The loop notices
//! (`engine::keepers`) and asks the check function, which starts over. A forked child of the program
//! that does so has watches of processes that are not its children: they end as all such watches do.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::{fn_addr_eq, NonNull};

use super::{attach_new, Shape};
use crate::capi::base::{g_log, DOMAIN, LEVEL_DEBUG, LEVEL_WARNING};
use crate::capi::foreign::forward;
use crate::capi::funcs::{c_source, engine_source};
use crate::capi::gboolean;
use crate::capi::messages::{debug, strerror, warning};
use crate::capi::types::{
    CheckFn, GChildWatchFunc, GDestroyNotify, GSource, GSourceFunc, GSourceFuncs, PrepareFn,
};
use crate::engine::lit::Decides;
use crate::engine::source::{Head, SourcePtr};
use crate::sys::child::{self, Handle};
use crate::sys::own::Own;
use crate::sys::poll::{PollFd, IN};
use crate::sys::{signal, Errno};

/// A watch as it lies in memory.
#[repr(C)]
struct Watch {
    head: Head,
    pid: c_int,
    /// The process descriptor, or none.
    descriptor: Own,
    /// Names the watch of the descriptor, if there is one.
    tag: Option<NonNull<PollFd>>,
}

/// Functions of child watches.
#[no_mangle]
pub static mut g_child_watch_funcs: GSourceFuncs = GSourceFuncs {
    prepare: Some(child_prepare),
    check: Some(child_check),
    dispatch: Some(child_dispatch),
    finalize: Some(child_finalize),
    closure_callback: None,
    closure_marshal: None,
};

/// Whether two members of a table are these, of which check has to be asked about events only.
pub(in crate::capi) fn is_own_child(prepare: PrepareFn, check: CheckFn) -> bool {
    fn_addr_eq(prepare, child_prepare as PrepareFn) && fn_addr_eq(check, child_check as CheckFn)
}

impl Watch {
    /// The process descriptor was closed behind our back.
    fn is_lost(&self) -> bool {
        self.descriptor.is_some() && !self.descriptor.is_ours()
    }

    /// How to wait for the process.
    fn handle(&self) -> Handle {
        match self.descriptor.is_some() && self.descriptor.is_ours() {
            true => Handle::Descriptor(self.descriptor.number(), self.pid),
            false => Handle::Number(self.pid),
        }
    }
}

/// Whether a watch needs another process descriptor than it has.
///
/// # Safety
/// `source` is a live watch.
pub(in crate::capi) unsafe fn is_lost(source: *mut GSource) -> bool {
    // SAFETY: the caller's promise (I8).
    unsafe { (*source.cast::<Watch>()).is_lost() }
}

/// Nothing is known before the wait. The member is there for the watches of another loop.
unsafe extern "C-unwind" fn child_prepare(source: *mut GSource, timeout: *mut c_int) -> c_int {
    forward!(prepare(ChildWatch, source, timeout));
    // SAFETY: NULL or the loop's place for the time-out (I8).
    if let Some(timeout) = unsafe { timeout.as_mut() } {
        *timeout = -1;
    }
    0
}

unsafe extern "C-unwind" fn child_check(source: *mut GSource) -> c_int {
    forward!(check(ChildWatch, source));
    // SAFETY: the loop passes a live watch (I8), and only the thread that iterates changes it.
    let watch = unsafe { &mut *source.cast::<Watch>() };
    let handle = watch.handle();
    let alive = child::has_exited(handle) == Ok(false);
    if alive && watch.is_lost() {
        // SAFETY: as above (I8).
        let engine = unsafe { engine_source(source) };
        if let Some(tag) = watch.tag.take() {
            engine.remove_fd(tag);
        }
        (watch.descriptor, watch.tag) = look_out(engine, watch.pid);
    } else if alive && matches!(handle, Handle::Descriptor(..)) {
        debug(c"A process descriptor is readable although the process has not exited");
    }
    gboolean(!alive) // If looking failed, reaping will say why.
}

unsafe extern "C-unwind" fn child_dispatch(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
) -> c_int {
    forward!(dispatch(ChildWatch, source, callback, data));
    // SAFETY: the loop passes a live watch (I8).
    let watch = unsafe { &*source.cast::<Watch>() };
    let (pid, handle) = (watch.pid, watch.handle());
    let status = match child::reap(handle) {
        Ok(Some(status)) => status,
        Ok(None) => return 1, // Made ready by something else: it lives on.
        Err(errno) => {
            tell_failure(pid, handle, errno);
            -1
        }
    };
    // SAFETY: a callback of a child watch has this type (I8).
    let callback = unsafe { std::mem::transmute::<GSourceFunc, GChildWatchFunc>(callback) };
    let Some(callback) = callback else {
        warning(
            c"Child watch source dispatched without callback. You must call \
              g_source_set_callback().",
        );
        return 0;
    };
    // SAFETY: the callback the program set for this watch (I8).
    unsafe { callback(pid, status, data) };
    0
}

#[cold]
fn tell_failure(pid: c_int, handle: Handle, errno: Errno) {
    let here = c"capi/gmain/child.rs";
    // SAFETY: the formats take what is passed (I8).
    unsafe {
        match handle {
            Handle::Descriptor(descriptor, _) => g_log(
                DOMAIN,
                LEVEL_WARNING,
                c"%s:%u: waitid(pid:%i, pidfd=%d) failed: %s (%d). See documentation of \
                  g_child_watch_source_new() for possible causes."
                    .as_ptr(),
                here.as_ptr(),
                line!(),
                pid,
                descriptor,
                strerror(errno.0),
                errno.0,
            ),
            Handle::Number(_) => g_log(
                DOMAIN,
                LEVEL_WARNING,
                c"%s:%u: waitpid(pid:%i) failed: %s (%d). See documentation of \
                  g_child_watch_source_new() for possible causes."
                    .as_ptr(),
                here.as_ptr(),
                line!(),
                pid,
                strerror(errno.0),
                errno.0,
            ),
        }
    }
}

unsafe extern "C-unwind" fn child_finalize(source: *mut GSource) {
    forward!(finalize(ChildWatch, source));
    // SAFETY: the loop passes a watch that is about to go (I8).
    unsafe {
        SourcePtr::from_head(source.cast_const().cast()).stop_listening();
        (*source.cast::<Watch>()).descriptor.close();
    }
}

/// Makes a watch find out about the end of its process: through a process descriptor, or by `SIGCHLD`.
fn look_out(source: SourcePtr, pid: c_int) -> (Own, Option<NonNull<PollFd>>) {
    match child::open(pid).and_then(Own::adopt) {
        Ok(own) => (own, Some(source.add_fd(own.number(), IN, Decides::Never).pollfd_ptr())),
        Err(errno) => {
            // SAFETY: the format takes a number and a string (I8).
            unsafe {
                let format = c"pidfd_open(%i) failed with error: %s".as_ptr();
                g_log(DOMAIN, LEVEL_DEBUG, format, pid, strerror(errno.0));
            }
            // Marked from the beginning: it may have exited before anybody listened (CW-010).
            source.listen_to(signal::CHILD, true);
            (Own::NONE, None)
        }
    }
}

const WATCH: Shape = Shape {
    table: &raw const g_child_watch_funcs,
    size: size_of::<Watch>(),
    name: Some(c"GChildWatchSource"),
    spare_record: true,
};

fn new_watch(pid: c_int) -> SourcePtr {
    let source = WATCH.make();
    let (descriptor, tag) = look_out(source, pid);
    if descriptor.is_some() {
        source.keep_descriptor();
    }
    let at = c_source(source).cast::<Watch>();
    // SAFETY: just made with room for it, and nobody else's yet (I8).
    unsafe {
        (&raw mut (*at).pid).write(pid);
        (&raw mut (*at).descriptor).write(descriptor);
        (&raw mut (*at).tag).write(tag);
    }
    source
}

/// A new source that is ready once when the child `pid` has exited.
#[no_mangle]
pub extern "C-unwind" fn g_child_watch_source_new(pid: c_int) -> *mut GSource {
    require!(c"g_child_watch_source_new", pid > 0, c"pid > 0", std::ptr::null_mut());
    c_source(new_watch(pid))
}

/// Calls `function` in the default context when the child `pid` has exited.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_child_watch_add_full(
    priority: c_int,
    pid: c_int,
    function: GChildWatchFunc,
    data: *mut c_void,
    notify: GDestroyNotify,
) -> c_uint {
    require!(c"g_child_watch_add_full", function.is_some(), c"function != NULL", 0);
    require!(c"g_child_watch_add_full", pid > 0, c"pid > 0", 0);
    let source = new_watch(pid);
    if priority != 0 {
        source.set_priority(priority);
    }
    attach_new(source, function, data, notify)
}

/// As `g_child_watch_add_full` at default priority without a notify.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_child_watch_add(
    pid: c_int,
    function: GChildWatchFunc,
    data: *mut c_void,
) -> c_uint {
    // SAFETY: handed through (I8).
    unsafe { g_child_watch_add_full(0, pid, function, data, None) }
}
