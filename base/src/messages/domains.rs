//! Which handler a message goes to, and whether it is fatal: one table behind one lock, which is never
//! held while a handler runs.

use super::*;
use crate::utils::{g_parse_debug_string, DebugWord};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A function and the data it was set with.
#[derive(Clone, Copy)]
pub(crate) struct Callback {
    pub(crate) func: GLogFunc,
    pub(crate) data: gpointer,
}

struct Handler {
    id: c_uint,
    levels: GLogLevelFlags,
    callback: Callback,
    destroy: Option<GDestroyNotify>,
}

/// What a domain does not share with others. Newest handler last.
struct Domain {
    name: CString,
    fatal_mask: GLogLevelFlags,
    handlers: Vec<Handler>,
}

struct Table {
    domains: Vec<Domain>,
    default: Callback,
    always_fatal: GLogLevelFlags,
    newest_id: c_uint,
}

// SAFETY: data pointers are only carried, between functions that their owners promise to be callable
// from any thread that logs.
unsafe impl Send for Table {}

const DEFAULT: Callback = Callback { func: g_log_default_handler, data: NO_DATA };

static TABLE: Mutex<Table> = Mutex::new(Table {
    domains: Vec::new(),
    default: DEFAULT,
    always_fatal: FATAL_MASK,
    newest_id: 0,
});

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Table {
    fn domain(&self, name: &CStr) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.name.as_c_str() == name)
    }

    fn domain_or_new(&mut self, name: &CStr) -> &mut Domain {
        let place = self.domains.iter().position(|domain| domain.name.as_c_str() == name);
        let place = place.unwrap_or_else(|| {
            self.domains.push(Domain {
                name: name.to_owned(),
                fatal_mask: FATAL_MASK,
                handlers: Vec::new(),
            });
            self.domains.len() - 1
        });
        &mut self.domains[place]
    }
}

/// The level with FATAL added where it applies, and the handler to call. A recursion skips handlers: one
/// of them is what is running.
pub(super) fn route(domain: &CStr, level: GLogLevelFlags) -> (GLogLevelFlags, Callback) {
    let table = table();
    let domain = table.domain(domain);
    let fatal = domain.map_or(FATAL_MASK, |domain| domain.fatal_mask) | table.always_fatal;
    let level = if level & fatal != 0 { level | FLAG_FATAL } else { level };
    if level & FLAG_RECURSION != 0 {
        return (level, DEFAULT);
    }
    let handler = domain.and_then(|domain| {
        domain.handlers.iter().rev().find(|handler| handler.levels & level == level)
    });
    (level, handler.map_or(table.default, |handler| handler.callback))
}

/// Whether a structured message of this level ends the program.
pub(super) fn is_always_fatal(level: GLogLevelFlags) -> bool {
    table().always_fatal & level != 0
}

/// `G_DEBUG=fatal-warnings` and `fatal-criticals`; `help` prints the words.
pub(super) fn read_environment() {
    let words = [
        DebugWord::new(c"gc-friendly", 0), // Memory is given back as it is.
        DebugWord::new(c"fatal-warnings", (LEVEL_WARNING | LEVEL_CRITICAL) as u32),
        DebugWord::new(c"fatal-criticals", LEVEL_CRITICAL as u32),
    ];
    // SAFETY: constants, and the value is read before anybody changes the environment.
    let wanted = unsafe {
        let value = libc::getenv(c"G_DEBUG".as_ptr());
        g_parse_debug_string(value, words.as_ptr(), words.len() as c_uint)
    };
    table().always_fatal |= wanted as GLogLevelFlags;
}

/// Sets a handler for levels of a domain; returns its number.
#[no_mangle]
pub unsafe extern "C" fn g_log_set_handler(
    log_domain: *const c_char,
    log_levels: GLogLevelFlags,
    log_func: Option<GLogFunc>,
    user_data: gpointer,
) -> c_uint {
    // SAFETY: the caller's obligations are the same.
    unsafe { g_log_set_handler_full(log_domain, log_levels, log_func, user_data, None) }
}

/// Sets a handler for levels of a domain, its data freed by `destroy`; returns its number. Since 2.46.
#[no_mangle]
pub unsafe extern "C" fn g_log_set_handler_full(
    log_domain: *const c_char,
    log_levels: GLogLevelFlags,
    log_func: Option<GLogFunc>,
    user_data: gpointer,
    destroy: Option<GDestroyNotify>,
) -> c_uint {
    require!(
        "g_log_set_handler_full",
        log_levels & LEVEL_MASK != 0,
        "(log_levels & G_LOG_LEVEL_MASK) != 0",
        0
    );
    require!("g_log_set_handler_full", log_func.is_some(), "log_func != NULL", 0);
    let Some(func) = log_func else { return 0 };
    // SAFETY: a C string or NULL.
    let name = unsafe { opt(log_domain) }.unwrap_or(c"");
    let mut table = table();
    table.newest_id += 1;
    let id = table.newest_id;
    let callback = Callback { func, data: user_data };
    table.domain_or_new(name).handlers.push(Handler { id, levels: log_levels, callback, destroy });
    id
}

/// Removes a handler by its number.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_log_remove_handler(
    log_domain: *const c_char,
    handler_id: c_uint,
) {
    require!("g_log_remove_handler", handler_id > 0, "handler_id > 0");
    // SAFETY: a C string or NULL.
    let name = unsafe { opt(log_domain) }.unwrap_or(c"");
    match take_handler(name, handler_id) {
        Some((destroy, data)) => {
            if let Some(destroy) = destroy {
                // SAFETY: the function the data was given with, called once.
                unsafe { destroy(data) };
            }
        }
        None => own(
            LEVEL_WARNING,
            format_args!(
                "{}:{}: could not find handler with id '{handler_id}' for domain \"{}\"",
                file!(),
                line!(),
                name.to_string_lossy()
            ),
        ),
    }
}

fn take_handler(name: &CStr, id: c_uint) -> Option<(Option<GDestroyNotify>, gpointer)> {
    let mut table = table();
    let domain = table.domains.iter_mut().find(|domain| domain.name.as_c_str() == name)?;
    let place = domain.handlers.iter().position(|handler| handler.id == id)?;
    let handler = domain.handlers.remove(place);
    Some((handler.destroy, handler.callback.data))
}

/// Replaces the default handler; returns the function that was there. Since 2.6.
#[no_mangle]
pub unsafe extern "C" fn g_log_set_default_handler(
    log_func: Option<GLogFunc>,
    user_data: gpointer,
) -> GLogFunc {
    let new = log_func.map_or(DEFAULT, |func| Callback { func, data: user_data });
    std::mem::replace(&mut table().default, new).func
}

/// Sets the fatal levels of a domain; returns those before. ERROR is always fatal.
#[no_mangle]
pub unsafe extern "C" fn g_log_set_fatal_mask(
    log_domain: *const c_char,
    fatal_mask: GLogLevelFlags,
) -> GLogLevelFlags {
    // SAFETY: a C string or NULL.
    let name = unsafe { opt(log_domain) }.unwrap_or(c"");
    let mask = (fatal_mask | LEVEL_ERROR) & !FLAG_FATAL;
    std::mem::replace(&mut table().domain_or_new(name).fatal_mask, mask)
}

/// Sets the levels fatal in every domain; returns those before. ERROR is always fatal, and only the
/// The levels that are fatal in every domain. Since 2.86.
#[no_mangle]
pub unsafe extern "C" fn g_log_get_always_fatal() -> GLogLevelFlags {
    table().always_fatal
}

/// library's own levels can be.
#[no_mangle]
pub unsafe extern "C" fn g_log_set_always_fatal(fatal_mask: GLogLevelFlags) -> GLogLevelFlags {
    const OWN_LEVELS: GLogLevelFlags = (LEVEL_DEBUG << 1) - 1;
    let mask = (fatal_mask & OWN_LEVELS | LEVEL_ERROR) & !FLAG_FATAL;
    std::mem::replace(&mut table().always_fatal, mask)
}
