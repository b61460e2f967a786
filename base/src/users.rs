//! `gutils.h`: who runs the program, on which host, and the folders where programs keep what. All answers
//! are found once and stay; the environment is heard when something is first asked for.
//!
//! Folders are those of the XDG base directory specification; `user-dirs.dirs` names the user's own.

use crate::mem::string_from;
use crate::types::*;
use std::ffi::{c_void, CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::OnceLock;

/// The value of a variable that is set to something.
fn variable(name: &str) -> Option<Vec<u8>> {
    std::env::var_os(name).map(|value| value.as_bytes().to_vec()).filter(|value| !value.is_empty())
}

fn c_string(bytes: impl Into<Vec<u8>>) -> CString {
    // What came from C has no NUL inside.
    CString::new(bytes).unwrap_or_default()
}

/// A name, one level down.
fn below(folder: &CStr, name: &str) -> CString {
    let folder = folder.to_bytes();
    let folder = folder.strip_suffix(b"/").unwrap_or(folder);
    c_string([folder, b"/", name.as_bytes()].concat())
}

/// What the password database says of the user.
struct User {
    login: CString,
    /// The first part of the remark.
    full: CString,
    home: Option<CString>,
}

type ByUid = unsafe extern "C" fn(
    libc::uid_t,
    *mut libc::passwd,
    *mut c_char,
    usize,
    *mut *mut libc::passwd,
) -> c_int;

fn user() -> &'static User {
    static USER: OnceLock<User> = OnceLock::new();
    USER.get_or_init(|| {
        // SAFETY: touches no memory.
        let uid = unsafe { libc::getuid() };
        let [login, remark, home] = database_entry(uid)
            .or_else(|| file_entry(uid))
            .unwrap_or_else(|| [b"somebody".to_vec(), b"Unknown".to_vec(), Vec::new()]);
        let full = full_name(&remark, &login);
        let home = (!home.is_empty()).then(|| c_string(home));
        User { full: c_string(full), login: c_string(login), home }
    })
}

/// A remark up to its first comma, with the login name, capitalised, for each "&".
fn full_name(remark: &[u8], login: &[u8]) -> Vec<u8> {
    let first = remark.split(|&byte| byte == b',').next().unwrap_or_default();
    let mut capital = login.to_vec();
    capital.iter_mut().take(1).for_each(u8::make_ascii_uppercase);
    let name = first.split(|&byte| byte == b'&').collect::<Vec<_>>().join(capital.as_slice());
    if name.is_empty() {
        b"Unknown".to_vec()
    } else {
        name
    }
}

/// Login name, remark and home, from the C library. A static program's linker would warn of the function,
/// used or not, so it is looked up by name; where it is not found, `file_entry` has to do.
fn database_entry(uid: libc::uid_t) -> Option<[Vec<u8>; 3]> {
    // SAFETY: the C library's function of that name has this type; the entry's strings lie in the room,
    // which has the size that is said, and are copied before it goes.
    unsafe {
        let symbol = libc::dlsym(libc::RTLD_DEFAULT, c"getpwuid_r".as_ptr());
        if symbol.is_null() {
            return None;
        }
        let by_uid = std::mem::transmute::<*mut c_void, ByUid>(symbol);
        let mut room: Vec<c_char> = vec![0; 1024];
        loop {
            let mut entry = std::mem::zeroed();
            let mut found = null_mut();
            match by_uid(uid, &mut entry, room.as_mut_ptr(), room.len(), &mut found) {
                libc::ERANGE => room.resize(2 * room.len(), 0),
                _ if found.is_null() => return None,
                _ => {
                    let texts = [entry.pw_name, entry.pw_gecos, entry.pw_dir];
                    let copy = |text| crate::messages::opt(text).unwrap_or(c"").to_bytes().to_vec();
                    return Some(texts.map(|text| copy(text)));
                }
            }
        }
    }
}

/// The same from the file.
fn file_entry(uid: libc::uid_t) -> Option<[Vec<u8>; 3]> {
    let file = std::fs::read("/etc/passwd").ok()?;
    let wanted = uid.to_string();
    file.split(|&byte| byte == b'\n').find_map(|line| {
        let fields: Vec<_> = line.split(|&byte| byte == b':').collect();
        match fields[..] {
            [login, _, id, _, remark, home, ..] if id == wanted.as_bytes() => {
                Some([login, remark, home].map(<[u8]>::to_vec))
            }
            _ => None,
        }
    })
}

/// The user's login name.
#[no_mangle]
pub unsafe extern "C" fn g_get_user_name() -> *const c_char {
    user().login.as_ptr()
}

/// The user's full name.
#[no_mangle]
pub unsafe extern "C" fn g_get_real_name() -> *const c_char {
    user().full.as_ptr()
}

fn home() -> &'static CStr {
    static HOME: OnceLock<CString> = OnceLock::new();
    HOME.get_or_init(|| {
        let named = variable("HOME").map(c_string);
        named.or_else(|| user().home.clone()).unwrap_or_else(|| c"/".to_owned())
    })
}

/// The user's home.
#[no_mangle]
pub unsafe extern "C" fn g_get_home_dir() -> *const c_char {
    home().as_ptr()
}

/// The host's name. Since 2.8.
#[no_mangle]
pub unsafe extern "C" fn g_get_host_name() -> *const c_char {
    static NAME: OnceLock<CString> = OnceLock::new();
    let name = NAME.get_or_init(|| {
        let mut room = [0u8; 256];
        // SAFETY: the room has one byte more than is said, so that a NUL follows in any case.
        let failed = unsafe { libc::gethostname(room.as_mut_ptr().cast(), room.len() - 1) } != 0;
        let name = CStr::from_bytes_until_nul(&room).unwrap_or(c"");
        if failed || name.is_empty() { c"localhost" } else { name }.to_owned()
    });
    name.as_ptr()
}

/// The folder for temporary files.
#[no_mangle]
pub unsafe extern "C" fn g_get_tmp_dir() -> *const c_char {
    static FOLDER: OnceLock<CString> = OnceLock::new();
    let named = || variable("TMPDIR").map_or_else(|| c"/tmp".to_owned(), c_string);
    FOLDER.get_or_init(named).as_ptr()
}

/// A folder of the user's that a variable names, or that has a usual place below the home.
macro_rules! user_folders {
    ($($(#[$doc:meta])* $name:ident() -> $result:ty { $helper:ident: $variable:literal or $usual:literal })*) => {
        $(
            fn $helper() -> &'static CStr {
                static FOLDER: OnceLock<CString> = OnceLock::new();
                FOLDER.get_or_init(|| {
                    variable($variable).map_or_else(|| below(home(), $usual), c_string)
                })
            }

            $(#[$doc])*
            #[no_mangle]
            pub unsafe extern "C" fn $name() -> $result {
                $helper().as_ptr()
            }
        )*
    };
}

user_folders! {
    /// Where the user's data of programs lie. Since 2.6.
    g_get_user_data_dir() -> *const c_char { data: "XDG_DATA_HOME" or ".local/share" }
    /// Where the user's settings lie. Since 2.6.
    g_get_user_config_dir() -> *const c_char { config: "XDG_CONFIG_HOME" or ".config" }
    /// Where what can be made again lies. Since 2.6.
    g_get_user_cache_dir() -> *const c_char { cache: "XDG_CACHE_HOME" or ".cache" }
    /// Where what should survive but matters little lies. Since 2.72.
    g_get_user_state_dir() -> *const c_char { state: "XDG_STATE_HOME" or ".local/state" }
}

/// Where sockets of the user's programs lie; the folder for caches, which is then made, if there is no
/// place for them. Since 2.28.
#[no_mangle]
pub unsafe extern "C" fn g_get_user_runtime_dir() -> *const c_char {
    static FOLDER: OnceLock<CString> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| match variable("XDG_RUNTIME_DIR") {
        Some(folder) => c_string(folder),
        None => {
            // SAFETY: a C string.
            unsafe { libc::mkdir(cache().as_ptr(), 0o700) };
            cache().to_owned()
        }
    });
    folder.as_ptr()
}

/// Folders of a search path as a vector that stays.
struct Folders(Vec<*const c_char>);

// SAFETY: the strings are never changed or freed.
unsafe impl Send for Folders {}
// SAFETY: as above.
unsafe impl Sync for Folders {}

impl Folders {
    fn of(name: &str, usual: &str) -> Self {
        let path = variable(name).unwrap_or_else(|| usual.as_bytes().to_vec());
        let folders = path.split(|&byte| byte == b':');
        let leaked = folders.map(|folder| c_string(folder).into_raw().cast_const());
        Self(leaked.chain([null()]).collect())
    }
}

/// Where data of programs lie for all users. Since 2.6.
#[no_mangle]
pub unsafe extern "C" fn g_get_system_data_dirs() -> *const *const c_char {
    static FOLDERS: OnceLock<Folders> = OnceLock::new();
    let find = || Folders::of("XDG_DATA_DIRS", "/usr/local/share/:/usr/share/");
    FOLDERS.get_or_init(find).0.as_ptr()
}

/// Where settings lie for all users. Since 2.6.
#[no_mangle]
pub unsafe extern "C" fn g_get_system_config_dirs() -> *const *const c_char {
    static FOLDERS: OnceLock<Folders> = OnceLock::new();
    FOLDERS.get_or_init(|| Folders::of("XDG_CONFIG_DIRS", "/etc/xdg")).0.as_ptr()
}

/// Names of the user's own folders in `user-dirs.dirs`, in the order of the header.
const SPECIAL: [&str; 8] =
    ["DESKTOP", "DOCUMENTS", "DOWNLOAD", "MUSIC", "PICTURES", "PUBLICSHARE", "TEMPLATES", "VIDEOS"];

type Special = [Option<CString>; SPECIAL.len()];

struct Table {
    folders: Special,
    /// The one that this one replaced, which stays, for what was read of it may be held.
    _before: Option<&'static Table>,
}

/// The table in use.
static TABLE: AtomicPtr<Table> = AtomicPtr::new(null_mut());

/// Reads `XDG_NAME_DIR="$HOME/folder"` lines.
fn read_special(text: &[u8], home: &CStr) -> Special {
    let mut table: Special = Default::default();
    for line in text.split(|&byte| byte == b'\n') {
        let Some(sign) = line.iter().position(|&byte| byte == b'=') else { continue };
        let (name, value) = (line[..sign].trim_ascii(), line[sign + 1..].trim_ascii());
        let name = name.strip_prefix(b"XDG_").and_then(|name| name.strip_suffix(b"_DIR"));
        let Some(which) = SPECIAL.iter().position(|known| Some(known.as_bytes()) == name) else {
            continue;
        };
        let Some(value) = value.strip_prefix(b"\"") else { continue };
        let value = value.split(|&byte| byte == b'"').next().unwrap_or_default();
        table[which] = if let Some(rest) = value.strip_prefix(b"$HOME") {
            let folder = home.to_bytes();
            let folder = folder.strip_suffix(b"/").unwrap_or(folder);
            let rest = rest.strip_prefix(b"/").unwrap_or(rest);
            let rest = rest.strip_suffix(b"/").unwrap_or(rest);
            Some(c_string([folder, b"/", rest].concat()))
        } else if value.starts_with(b"/") {
            let end = value.iter().rposition(|&byte| byte != b'/').map_or(1, |last| last + 1);
            Some(c_string(&value[..end]))
        } else {
            None
        };
    }
    table
}

/// The table as the file has it now. What the file no longer names stays as it was.
fn load_special(before: Option<&'static Table>) -> *mut Table {
    let file = below(config(), "user-dirs.dirs");
    let text = std::fs::read(OsStr::from_bytes(file.to_bytes())).unwrap_or_default();
    let mut table = read_special(&text, home());
    for (which, place) in table.iter_mut().enumerate().filter(|(_, place)| place.is_none()) {
        *place = before.and_then(|before| before.folders[which].clone());
    }
    table[0].get_or_insert_with(|| below(home(), "Desktop"));
    Box::into_raw(Box::new(Table { folders: table, _before: before }))
}

/// One of the user's own folders, or NULL if the user has none. Since 2.14.
#[no_mangle]
pub unsafe extern "C" fn g_get_user_special_dir(directory: c_int) -> *const c_char {
    let which = usize::try_from(directory).unwrap_or(usize::MAX);
    require!(
        "g_get_user_special_dir",
        which < SPECIAL.len(),
        "directory >= G_USER_DIRECTORY_DESKTOP && directory < G_USER_N_DIRECTORIES",
        null()
    );
    let mut table = TABLE.load(Ordering::Acquire);
    if table.is_null() {
        let fresh = load_special(None);
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        table = match TABLE.compare_exchange(null_mut(), fresh, success, failure) {
            Ok(_) => fresh,
            Err(first) => {
                // SAFETY: made just now and shown to nobody.
                drop(unsafe { Box::from_raw(fresh) });
                first
            }
        };
    }
    // SAFETY: tables are never freed or changed.
    unsafe { (&(*table).folders)[which].as_ref() }.map_or(null(), |folder| folder.as_ptr())
}

/// Reads the user's own folders again. What was returned before stays valid. Since 2.22.
#[no_mangle]
pub unsafe extern "C" fn g_reload_user_special_dirs_cache() {
    // SAFETY: tables are never freed or changed.
    let before = unsafe { TABLE.load(Ordering::Acquire).as_ref() };
    TABLE.store(load_special(before), Ordering::Release);
}

/// What `os-release` says under a name, or NULL. Since 2.64.
#[no_mangle]
pub unsafe extern "C" fn g_get_os_info(key_name: *const c_char) -> *mut c_char {
    require!("g_get_os_info", !key_name.is_null(), "key_name != NULL", null_mut());
    // SAFETY: a C string.
    let key = unsafe { CStr::from_ptr(key_name) }.to_bytes();
    let files = ["/etc/os-release", "/usr/lib/os-release"];
    let text = files.iter().find_map(|file| std::fs::read(file).ok());
    let found = match &text {
        Some(text) => release_value(text, key),
        None => None,
    };
    // Every system has a name.
    let usual: &[u8] = match key {
        b"NAME" | b"PRETTY_NAME" => b"Linux",
        b"ID" => b"linux",
        _ => return found.map_or(null_mut(), |value| string_from(&value)),
    };
    string_from(found.as_deref().unwrap_or(usual))
}

/// The value of a shell assignment, without quotes and backslashes.
fn release_value(text: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    text.split(|&byte| byte == b'\n').find_map(|line| {
        let value = line.trim_ascii().strip_prefix(key)?.strip_prefix(b"=")?;
        let quoted = |mark: &[u8]| value.strip_prefix(mark)?.strip_suffix(mark);
        if let Some(plain) = quoted(b"'") {
            return Some(plain.to_vec());
        }
        let value = quoted(b"\"").unwrap_or(value);
        let mut bytes = value.iter();
        let mut out = Vec::new();
        while let Some(&byte) = bytes.next() {
            out.push(if byte == b'\\' { *bytes.next()? } else { byte });
        }
        Some(out)
    })
}

/// Where in `PATH` a program lies, or NULL.
#[no_mangle]
pub unsafe extern "C" fn g_find_program_in_path(program: *const c_char) -> *mut c_char {
    require!("g_find_program_in_path", !program.is_null(), "program != NULL", null_mut());
    // SAFETY: a C string.
    let name = unsafe { CStr::from_ptr(program) };
    if name.to_bytes().contains(&b'/') {
        return if is_program(name) { string_from(&absolute(name.to_bytes())) } else { null_mut() };
    }
    let path = std::env::var_os("PATH").map(|path| path.as_bytes().to_vec());
    let path = path.unwrap_or_else(|| b"/bin:/usr/bin:.".to_vec());
    for folder in path.split(|&byte| byte == b':') {
        let slash: &[u8] = if folder.is_empty() { b"" } else { b"/" };
        let candidate = c_string([folder, slash, name.to_bytes()].concat());
        if is_program(&candidate) {
            return string_from(&absolute(candidate.to_bytes()));
        }
    }
    null_mut()
}

fn is_program(name: &CStr) -> bool {
    const EXECUTABLE: c_int = 1 << 3;
    const DIR: c_int = 1 << 2;
    // SAFETY: a C string.
    unsafe {
        crate::fileutils::g_file_test(name.as_ptr(), EXECUTABLE) != FALSE
            && crate::fileutils::g_file_test(name.as_ptr(), DIR) == FALSE
    }
}

/// The name with the folder the process works in before it, unless it starts at the root.
fn absolute(name: &[u8]) -> Vec<u8> {
    if name.starts_with(b"/") {
        return name.to_vec();
    }
    let folder = std::env::current_dir().unwrap_or_default();
    [folder.as_os_str().as_bytes(), b"/", name].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_names_end_at_the_comma_and_know_the_login() {
        assert_eq!(full_name(b"A B,room,1", b"ab"), b"A B");
        assert_eq!(full_name(b"The & of &", b"root"), b"The Root of Root");
        assert_eq!(full_name(b"", b"ab"), b"Unknown");
    }

    #[test]
    fn release_values_lose_their_quotes() {
        let text = b"# c\nNAME=\"A \\\"B\\\"\"\nID='x'\nVERSION_ID=12\n";
        assert_eq!(release_value(text, b"NAME").unwrap(), b"A \"B\"");
        assert_eq!(release_value(text, b"ID").unwrap(), b"x");
        assert_eq!(release_value(text, b"VERSION_ID").unwrap(), b"12");
        assert!(release_value(text, b"VERSION").is_none());
    }

    #[test]
    fn own_folders_are_absolute_or_below_the_home() {
        let text =
            b"XDG_MUSIC_DIR=\"/m//\"\n XDG_VIDEOS_DIR = \"rel\"\nXDG_DESKTOP_DIR=\"$HOME/D/\"\n";
        let table = read_special(text, c"/h/");
        assert_eq!(table[3].as_deref(), Some(c"/m"));
        assert_eq!(table[7], None);
        assert_eq!(table[0].as_deref(), Some(c"/h/D"));
    }
}
