//! Structured messages: a level and fields of key and value, and the writer they go to.

use super::*;
use crate::messages::print::mainspring_base_put;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What became of a message: 1 if it is dealt with, 0 if not.
pub type GLogWriterOutput = c_int;
const HANDLED: GLogWriterOutput = 1;
const UNHANDLED: GLogWriterOutput = 0;

/// A key and its value, `length` bytes long or, with -1, a C string.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GLogField {
    /// A C string.
    pub key: *const c_char,
    /// The value's bytes.
    pub value: gconstpointer,
    /// Their number, or -1.
    pub length: gssize,
}

impl GLogField {
    pub(super) fn text(key: &'static CStr, value: *const c_char) -> Self {
        GLogField { key: key.as_ptr(), value: value.cast(), length: -1 }
    }

    /// # Safety
    /// The field is one of C's, alive while the result is used.
    unsafe fn bytes<'a>(&self) -> Option<&'a [u8]> {
        if self.value.is_null() {
            return None;
        }
        // SAFETY: `length` bytes, or a C string.
        Some(unsafe {
            match usize::try_from(self.length) {
                Ok(length) => std::slice::from_raw_parts(self.value.cast(), length),
                Err(_) => CStr::from_ptr(self.value.cast()).to_bytes(),
            }
        })
    }

    /// # Safety
    /// As for `bytes`.
    unsafe fn key<'a>(&self) -> &'a CStr {
        // SAFETY: keys are C strings.
        unsafe { CStr::from_ptr(self.key) }
    }
}

/// Receives structured messages.
pub type GLogWriterFunc = unsafe extern "C-unwind" fn(
    GLogLevelFlags,
    *const GLogField,
    gsize,
    gpointer,
) -> GLogWriterOutput;

#[derive(Clone, Copy)]
struct Writer {
    func: GLogWriterFunc,
    data: gpointer,
}

/// What programs may set, each once or at any time.
struct Settings {
    writer: Option<Writer>,
    /// The domains whose INFO and DEBUG messages are shown, in place of `G_MESSAGES_DEBUG`.
    debug_domains: Option<Vec<CString>>,
}

// SAFETY: the data pointer is only carried, to a function that its owner promises to be callable from
// any thread that logs.
unsafe impl Send for Settings {}

static SETTINGS: Mutex<Settings> = Mutex::new(Settings { writer: None, debug_domains: None });
static ALL_TO_STDERR: AtomicBool = AtomicBool::new(false);
static DEBUG_ENABLED: AtomicBool = AtomicBool::new(false);

fn settings() -> MutexGuard<'static, Settings> {
    SETTINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// How many writers are running on this thread.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// The syslog priority of a level, as the text of the field PRIORITY.
pub(super) fn priority(level: GLogLevelFlags) -> &'static CStr {
    const PRIORITIES: [(GLogLevelFlags, &CStr); 6] = [
        (LEVEL_ERROR, c"3"),
        (LEVEL_CRITICAL, c"4"),
        (LEVEL_WARNING, c"4"),
        (LEVEL_MESSAGE, c"5"),
        (LEVEL_INFO, c"6"),
        (LEVEL_DEBUG, c"7"),
    ];
    PRIORITIES.iter().find(|(bit, _)| level & bit != 0).map_or(c"5", |&(_, text)| text)
}

/// For the functions in `c/messages.c`.
#[no_mangle]
pub(crate) extern "C" fn mainspring_base_priority(level: GLogLevelFlags) -> *const c_char {
    priority(level).as_ptr()
}

/// Sends fields to the writer; ERROR messages end the program. Since 2.50.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_log_structured_array(
    log_level: GLogLevelFlags,
    fields: *const GLogField,
    n_fields: gsize,
) {
    if n_fields == 0 {
        return;
    }
    let depth = DEPTH.get();
    let writer = if depth == 0 { settings().writer } else { Some(RECURSED) };
    let writer = writer.unwrap_or(Writer { func: g_log_writer_default, data: NO_DATA });
    DEPTH.set(depth + 1);
    // SAFETY: a writer takes the fields of any message; the caller's fields live until it returns.
    unsafe { (writer.func)(log_level, fields, n_fields, writer.data) };
    DEPTH.set(depth);
    if log_level & LEVEL_ERROR != 0 {
        stop(log_level);
    }
}

const RECURSED: Writer = Writer { func: write_recursed_fields, data: NO_DATA };

/// Takes messages logged while a writer runs: the raw fields, with nothing but system calls.
unsafe extern "C-unwind" fn write_recursed_fields(
    level: GLogLevelFlags,
    fields: *const GLogField,
    n_fields: gsize,
    _data: gpointer,
) -> GLogWriterOutput {
    // SAFETY: fields of C's, alive during the call.
    unsafe {
        let mut text = Vec::new();
        for field in fields_of(fields, n_fields) {
            text.extend(field.key().to_bytes());
            text.push(b'=');
            text.extend(field.bytes().unwrap_or_default());
        }
        text.extend(format!("_PID={}", std::process::id()).into_bytes());
        libc::write(format::descriptor(level), text.as_ptr().cast(), text.len());
    }
    HANDLED
}

/// # Safety
/// `n_fields` fields of C's, alive while the result is used; `fields` may be NULL if there are none.
unsafe fn fields_of<'a>(fields: *const GLogField, n_fields: gsize) -> &'a [GLogField] {
    if n_fields == 0 || fields.is_null() {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(fields, n_fields) }
}

/// The value of the last field with this key.
///
/// # Safety
/// Fields of C's, alive while the result is used.
unsafe fn value_of<'a>(fields: &[GLogField], key: &CStr) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    unsafe { fields.iter().find(|field| field.key() == key).and_then(|field| field.bytes()) }
}

/// # Safety
/// Fields of C's.
unsafe fn domain_of(fields: &[GLogField]) -> Option<CString> {
    // SAFETY: the caller's promise.
    unsafe { value_of(fields, c"GLIB_DOMAIN") }.and_then(|name| CString::new(name).ok())
}

/// Sets the writer; a second time is an error. Since 2.50.
#[no_mangle]
pub unsafe extern "C" fn g_log_set_writer_func(
    func: Option<GLogWriterFunc>,
    user_data: gpointer,
    _user_data_free: Option<GDestroyNotify>,
) {
    require!("g_log_set_writer_func", func.is_some(), "func != NULL");
    let Some(func) = func else { return };
    let already_set = {
        let mut settings = settings();
        let already_set = settings.writer.is_some();
        if !already_set {
            settings.writer = Some(Writer { func, data: user_data });
        }
        already_set
    };
    if already_set {
        fatal(format_args!("g_log_set_writer_func() called multiple times"));
    }
}

/// Whether text on a descriptor may have colours: it is a terminal and `NO_COLOR` is not set.
/// Since 2.50.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_supports_color(output_fd: c_int) -> gboolean {
    require!("g_log_writer_supports_color", output_fd >= 0, "output_fd >= 0", FALSE);
    // SAFETY: neither call touches memory of ours.
    unsafe {
        gboolean::from(libc::isatty(output_fd) == 1 && libc::getenv(c"NO_COLOR".as_ptr()).is_null())
    }
}

/// Whether a descriptor leads to the systemd journal: a socket whose peer is its well-known one.
/// Since 2.50.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_is_journald(output_fd: c_int) -> gboolean {
    if output_fd < 0 {
        return FALSE;
    }
    const JOURNAL: &[u8] = b"/run/systemd/journal/";
    // SAFETY: the address structure is the call's own and large enough for any answer.
    unsafe {
        let mut address: libc::sockaddr_un = std::mem::zeroed();
        let mut length = size_of::<libc::sockaddr_un>() as libc::socklen_t;
        if libc::getpeername(output_fd, (&raw mut address).cast(), &mut length) != 0
            || address.sun_family != libc::AF_UNIX as libc::sa_family_t
        {
            return FALSE;
        }
        let path = CStr::from_ptr(address.sun_path.as_ptr()).to_bytes();
        gboolean::from(path.starts_with(JOURNAL))
    }
}

/// The line the standard streams would show, freed with `g_free()`. Since 2.50.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_format_fields(
    log_level: GLogLevelFlags,
    fields: *const GLogField,
    n_fields: gsize,
    use_color: gboolean,
) -> *mut c_char {
    // SAFETY: fields of C's, alive during the call.
    unsafe {
        crate::mem::string_from(&line_of(
            log_level,
            fields_of(fields, n_fields),
            use_color != FALSE,
        ))
    }
}

/// # Safety
/// Fields of C's.
unsafe fn line_of(level: GLogLevelFlags, fields: &[GLogField], color: bool) -> Vec<u8> {
    // SAFETY: the caller's promise.
    unsafe {
        let domain = domain_of(fields);
        format::line(domain.as_deref(), level, value_of(fields, c"MESSAGE"), color)
    }
}

/// Sends a message to the systemd journal in its native format. Since 2.50.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_journald(
    _log_level: GLogLevelFlags,
    fields: *const GLogField,
    n_fields: gsize,
    _user_data: gpointer,
) -> GLogWriterOutput {
    require!("g_log_writer_journald", !fields.is_null(), "fields != NULL", UNHANDLED);
    require!("g_log_writer_journald", n_fields > 0, "n_fields > 0", UNHANDLED);
    let mut entry = Vec::new();
    // SAFETY: fields of C's, alive during the call.
    for field in unsafe { fields_of(fields, n_fields) } {
        // SAFETY: the same.
        let (key, value) = unsafe { (field.key().to_bytes(), field.bytes().unwrap_or_default()) };
        // A value with line ends in it is announced by its length.
        entry.extend(key);
        if value.contains(&b'\n') {
            entry.push(b'\n');
            entry.extend((value.len() as u64).to_le_bytes());
        } else {
            entry.push(b'=');
        }
        entry.extend(value);
        entry.push(b'\n');
    }
    let sent = std::os::unix::net::UnixDatagram::unbound()
        .and_then(|socket| socket.send_to(&entry, "/run/systemd/journal/socket"));
    if sent.is_ok() {
        HANDLED
    } else {
        UNHANDLED
    }
}

/// Sends a message's line to the system's log, under the facility its field SYSLOG_FACILITY names ("auth",
/// "daemon" or "user"). Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_syslog(
    log_level: GLogLevelFlags,
    fields: *const GLogField,
    n_fields: gsize,
    _user_data: gpointer,
) -> GLogWriterOutput {
    require!("g_log_writer_syslog", !fields.is_null(), "fields != NULL", UNHANDLED);
    require!("g_log_writer_syslog", n_fields > 0, "n_fields > 0", UNHANDLED);
    // SAFETY: fields of C's, alive during the call; the line ends in NUL.
    unsafe {
        let fields = fields_of(fields, n_fields);
        let facility = match value_of(fields, c"SYSLOG_FACILITY") {
            Some(b"auth") => libc::LOG_AUTH,
            Some(b"daemon") => libc::LOG_DAEMON,
            _ => libc::LOG_USER,
        };
        let urgency = match priority(log_level).to_bytes() {
            [digit, ..] => c_int::from(digit - b'0'),
            [] => libc::LOG_NOTICE,
        };
        let line = CString::new(line_of(log_level, fields, false)).unwrap_or_default();
        libc::syslog(facility | urgency, c"%s".as_ptr(), line.as_ptr());
    }
    HANDLED
}

/// Writes a message to standard output or standard error. Since 2.50.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_standard_streams(
    log_level: GLogLevelFlags,
    fields: *const GLogField,
    n_fields: gsize,
    _user_data: gpointer,
) -> GLogWriterOutput {
    require!("g_log_writer_standard_streams", !fields.is_null(), "fields != NULL", UNHANDLED);
    require!("g_log_writer_standard_streams", n_fields > 0, "n_fields > 0", UNHANDLED);
    let to_stderr = ALL_TO_STDERR.load(Ordering::Relaxed)
        || format::descriptor(log_level) == libc::STDERR_FILENO;
    let fd = if to_stderr { libc::STDERR_FILENO } else { libc::STDOUT_FILENO };
    // SAFETY: fields of C's, alive during the call; the line outlives what is done with it.
    unsafe {
        let color = g_log_writer_supports_color(fd) != FALSE;
        let mut line = line_of(log_level, fields_of(fields, n_fields), color);
        line.push(b'\n');
        mainspring_base_put(gboolean::from(to_stderr), line.as_ptr().cast(), line.len());
    }
    HANDLED
}

/// The writer in place until another is set. Since 2.50.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_log_writer_default(
    log_level: GLogLevelFlags,
    fields: *const GLogField,
    n_fields: gsize,
    user_data: gpointer,
) -> GLogWriterOutput {
    require!("g_log_writer_default", !fields.is_null(), "fields != NULL", UNHANDLED);
    require!("g_log_writer_default", n_fields > 0, "n_fields > 0", UNHANDLED);
    // SAFETY: fields of C's, alive during the call.
    unsafe {
        if is_dropped(log_level, domain_of(fields_of(fields, n_fields)).as_deref()) {
            return HANDLED;
        }
        let in_journal = g_log_writer_is_journald(libc::STDERR_FILENO) != FALSE
            && g_log_writer_journald(log_level, fields, n_fields, user_data) == HANDLED;
        let written = in_journal
            || g_log_writer_standard_streams(log_level, fields, n_fields, user_data) == HANDLED;
        // What g_log() logged decides for itself whether it is fatal.
        let old = value_of(fields_of(fields, n_fields), c"GLIB_OLD_LOG_API").is_some();
        if log_level & LEVEL_ERROR != 0 || (!old && domains::is_always_fatal(log_level)) {
            stop(log_level);
        }
        GLogWriterOutput::from(written)
    }
}

/// INFO and DEBUG messages are shown only if debugging is on, or if the list of domains is `all` or
/// has theirs in it.
fn is_dropped(level: GLogLevelFlags, domain: Option<&CStr>) -> bool {
    const QUIET: GLogLevelFlags = LEVEL_INFO | LEVEL_DEBUG;
    let other = level & LEVEL_MASK & !QUIET;
    if level & QUIET == 0 || other != 0 || DEBUG_ENABLED.load(Ordering::Relaxed) {
        return false;
    }
    if let Some(list) = &settings().debug_domains {
        return !list
            .iter()
            .any(|name| name.as_c_str() == c"all" || Some(name.as_c_str()) == domain);
    }
    // SAFETY: the environment's string is read before anything else runs.
    let Some(list) = (unsafe { opt(libc::getenv(c"G_MESSAGES_DEBUG".as_ptr())) }) else {
        return true;
    };
    let named = || {
        domain.is_some_and(|domain| {
            crate::strings::first_of(list.to_bytes(), domain.to_bytes()).is_some()
        })
    };
    !(list == c"all" || named())
}

/// Makes the default writer use standard error for every level. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_default_set_use_stderr(use_stderr: gboolean) {
    ALL_TO_STDERR.store(use_stderr != FALSE, Ordering::Relaxed);
}

/// Whether the default writer would drop such a message. Since 2.68.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_default_would_drop(
    log_level: GLogLevelFlags,
    log_domain: *const c_char,
) -> gboolean {
    // SAFETY: a C string or NULL.
    gboolean::from(is_dropped(log_level, unsafe { opt(log_domain) }))
}

/// Names the domains whose debug messages are shown, whatever the environment says. Since 2.80.
#[no_mangle]
pub unsafe extern "C" fn g_log_writer_default_set_debug_domains(domains: *const *const c_char) {
    let mut names = Vec::new();
    let mut place = domains;
    // SAFETY: a vector of C strings that ends in NULL, or NULL.
    unsafe {
        while !place.is_null() {
            let Some(name) = opt(*place) else { break };
            names.push(name.to_owned());
            place = place.add(1);
        }
    }
    settings().debug_domains = Some(names);
}

/// Whether debug messages of every domain are shown. Since 2.72.
#[no_mangle]
pub unsafe extern "C" fn g_log_get_debug_enabled() -> gboolean {
    gboolean::from(DEBUG_ENABLED.load(Ordering::Relaxed))
}

/// Shows debug messages of every domain, or no longer. Since 2.72.
#[no_mangle]
pub unsafe extern "C" fn g_log_set_debug_enabled(enabled: gboolean) {
    DEBUG_ENABLED.store(enabled != FALSE, Ordering::Relaxed);
}
