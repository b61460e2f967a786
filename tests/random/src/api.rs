//! One of the two libraries, opened beside the other: its functions as a table of C pointers.
//!
//! Neither library is linked against, and each is opened for itself alone (`RTLD_LOCAL`), so that
//! equal names never meet. Knows signatures, nothing of programs; `play.rs` calls what stands here.

use std::ffi::{c_char, c_int, c_uint, c_void, CStr, CString};
use std::path::Path;

use anyhow::{ensure, Result};

/// Things of the library that are only ever handed back to it.
pub type Context = *mut c_void;
pub type Source = *mut c_void;
pub type Tag = *mut c_void;
pub type Loop = *mut c_void;

/// `GSource` is this long; what a program adds stands behind it.
pub const SOURCE_SIZE: usize = 96;

/// `GPollFD`, which is the system's own record.
pub type PollFd = libc::pollfd;

/// What an exception may leave unwinds.
pub type Callback = unsafe extern "C-unwind" fn(*mut c_void) -> c_int;
pub type Notify = unsafe extern "C-unwind" fn(*mut c_void);
pub type PollFunc = unsafe extern "C" fn(*mut PollFd, c_uint, c_int) -> c_int;
pub type LogFunc = unsafe extern "C" fn(*const c_char, c_int, *const c_char, *mut c_void);

/// `GSourceFuncs`.
#[repr(C)]
pub struct Funcs {
    pub prepare: Option<unsafe extern "C-unwind" fn(Source, *mut c_int) -> c_int>,
    pub check: Option<unsafe extern "C-unwind" fn(Source) -> c_int>,
    pub dispatch: unsafe extern "C-unwind" fn(Source, Option<Callback>, *mut c_void) -> c_int,
    pub finalize: unsafe extern "C-unwind" fn(Source),
    pub closure: [usize; 2],
}

/// Defines a table of a library's functions, those it must have and those it may.
#[macro_export]
macro_rules! table {
    (
        $(#[$about:meta])* $table:ident {
            $($name:ident($($arg:ty),*) $(-> $result:ty)?;)*
        }
        optional {
            $($may:ident($($may_arg:ty),*) $(-> $may_result:ty)?;)*
        }
    ) => {
        $(#[$about])*
        pub struct $table {
            /// How reports call this library.
            pub title: &'static str,
            $(pub $name: unsafe extern "C-unwind" fn($($arg),*) $(-> $result)?,)*
            $(pub $may: Option<unsafe extern "C-unwind" fn($($may_arg),*) $(-> $may_result)?>,)*
        }

        impl $table {
            /// Opens the library at `path`, or found by that name as the loader finds libraries.
            pub fn open(title: &'static str, path: &std::path::Path) -> anyhow::Result<Self> {
                let library = $crate::api::Library::open(path)?;
                Ok(Self {
                    title,
                    // SAFETY: the symbol is a function of the type that the contract gives it.
                    $($name: unsafe {
                        std::mem::transmute::<
                            *mut std::ffi::c_void,
                            unsafe extern "C-unwind" fn($($arg),*) $(-> $result)?,
                        >(library.symbol(stringify!($name))?)
                    },)*
                    $($may: library.symbol(stringify!($may)).ok().map(|symbol| {
                        // SAFETY: as above.
                        unsafe {
                            std::mem::transmute::<
                                *mut std::ffi::c_void,
                                unsafe extern "C-unwind" fn($($may_arg),*) $(-> $may_result)?,
                            >(symbol)
                        }
                    }),)*
                })
            }
        }
    };
}

table! {
    /// What a program of the main loop may call, under C's names.
    Api {
    g_main_context_new() -> Context;
    g_main_context_unref(Context);
    g_main_context_acquire(Context) -> c_int;
    g_main_context_release(Context);
    g_main_context_is_owner(Context) -> c_int;
    g_main_context_iteration(Context, c_int) -> c_int;
    g_main_context_pending(Context) -> c_int;
    g_main_context_prepare(Context, *mut c_int) -> c_int;
    g_main_context_query(Context, c_int, *mut c_int, *mut PollFd, c_int) -> c_int;
    g_main_context_check(Context, c_int, *mut PollFd, c_int) -> c_int;
    g_main_context_dispatch(Context);
    g_main_context_wakeup(Context);
    g_main_context_add_poll(Context, *mut PollFd, c_int);
    g_main_context_remove_poll(Context, *mut PollFd);
    g_main_context_find_source_by_id(Context, c_uint) -> Source;
    g_main_context_find_source_by_user_data(Context, *mut c_void) -> Source;
    g_main_context_invoke_full(Context, c_int, Callback, *mut c_void, Notify);
    g_main_context_push_thread_default(Context);
    g_main_context_pop_thread_default(Context);
    g_main_context_get_thread_default() -> Context;
    g_main_depth() -> c_int;
    g_main_current_source() -> Source;
    g_source_new(*const Funcs, c_uint) -> Source;
    g_idle_source_new() -> Source;
    g_timeout_source_new(c_uint) -> Source;
    g_unix_fd_source_new(c_int, c_int) -> Source;
    g_source_unref(Source);
    g_source_attach(Source, Context) -> c_uint;
    g_source_destroy(Source);
    g_source_is_destroyed(Source) -> c_int;
    g_source_get_id(Source) -> c_uint;
    g_source_get_context(Source) -> Context;
    g_source_set_priority(Source, c_int);
    g_source_get_priority(Source) -> c_int;
    g_source_set_can_recurse(Source, c_int);
    g_source_get_can_recurse(Source) -> c_int;
    g_source_set_ready_time(Source, i64);
    g_source_get_ready_time(Source) -> i64;
    g_source_set_callback(Source, Option<Callback>, *mut c_void, Option<Notify>);
    g_source_set_dispose_function(Source, Option<unsafe extern "C-unwind" fn(Source)>);
    g_source_add_child_source(Source, Source);
    g_source_remove_child_source(Source, Source);
    g_source_add_unix_fd(Source, c_int, c_int) -> Tag;
    g_source_modify_unix_fd(Source, Tag, c_int);
    g_source_remove_unix_fd(Source, Tag);
    g_source_query_unix_fd(Source, Tag) -> c_int;
    g_source_add_poll(Source, *mut PollFd);
    g_source_remove_poll(Source, *mut PollFd);
    g_main_context_set_poll_func(Context, Option<PollFunc>);
    g_main_loop_new(Context, c_int) -> Loop;
    g_main_loop_run(Loop);
    g_main_loop_quit(Loop);
    g_main_loop_unref(Loop);
    g_log_set_default_handler(LogFunc, *mut c_void) -> *mut c_void;
    }
    optional {
        // Says what is wrong with a context, as a text for `free`, where the library is built for the fuzzer.
        mainspring_verify(Context) -> *mut c_char;
    }
}

/// A library that stays open until the process ends.
pub struct Library(*mut c_void);

impl Library {
    pub fn open(path: &Path) -> Result<Self> {
        let name = CString::new(path.as_os_str().as_encoded_bytes())?;
        // SAFETY: the name ends in a NUL; the constructors of these libraries may run at any time.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        ensure!(!handle.is_null(), "{}", last_error());
        Ok(Self(handle))
    }

    pub fn symbol(&self, name: &str) -> Result<*mut c_void> {
        let name = CString::new(name)?;
        // SAFETY: the handle is open and the name ends in a NUL.
        let symbol = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        ensure!(!symbol.is_null(), "{}", last_error());
        Ok(symbol)
    }
}

fn last_error() -> String {
    // SAFETY: asked right after the failure on the only thread that opens libraries.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return "the loader gives no reason".to_owned();
    }
    // SAFETY: the loader's text ends in a NUL and stays until its next call.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
