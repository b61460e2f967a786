//! Going through the arguments. Nothing is taken out of the array before all of it is understood; until then
//! the context knows what is to become of each argument.

use super::value::{revert, store};
use super::*;
use crate::messages::mainspring_base_print;
use crate::utils::{g_set_prgname, program_name};

/// What becomes of an argument.
#[derive(Clone, PartialEq)]
pub enum Fate {
    /// It stays.
    Kept,
    /// It is taken out.
    Gone,
    /// Of some short options in one argument, these bytes stay.
    Shortened(Vec<u8>),
}

/// The arguments, as they lie in the program's memory.
#[derive(Clone, Copy)]
struct Args {
    first: *mut *mut c_char,
    count: usize,
}

impl Args {
    const NONE: Self = Self { first: null_mut(), count: 0 };

    fn get(self, index: usize) -> Option<*mut c_char> {
        // SAFETY: the program's array has that many strings.
        (index < self.count).then(|| unsafe { *self.first.add(index) })
    }
}

/// What a look at a group came to.
enum Look {
    /// The group has no such option.
    NotThere,
    /// The option took this many arguments behind its own.
    Took(usize),
    /// The option is there, and an error has been told.
    Failed,
}

/// Parses the arguments of `main()`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_context_parse(
    context: *mut GOptionContext,
    argc: *mut c_int,
    argv: *mut *mut *mut c_char,
    error: *mut *mut GError,
) -> gboolean {
    require!("g_option_context_parse", !context.is_null(), "context != NULL", FALSE);
    // SAFETY: a live context, and the caller's variables or NULL.
    unsafe {
        let mut args = Args::NONE;
        if !argc.is_null() && !argv.is_null() {
            args = Args { first: *argv, count: usize::try_from(*argc).unwrap_or(0) };
        }
        let is_good = parse(context, args, error);
        if is_good && args.count > 0 {
            *argc = take_out(context, args, false) as c_int;
        }
        gboolean::from(is_good)
    }
}

/// Parses an array of strings of C's memory that ends in NULL. Since 2.40.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_option_context_parse_strv(
    context: *mut GOptionContext,
    arguments: *mut *mut *mut c_char,
    error: *mut *mut GError,
) -> gboolean {
    require!("g_option_context_parse_strv", !context.is_null(), "context != NULL", FALSE);
    // SAFETY: a live context, and the caller's variables or NULL.
    unsafe {
        let mut args = Args::NONE;
        if !arguments.is_null() && !(*arguments).is_null() {
            args.first = *arguments;
            while !(*args.first.add(args.count)).is_null() {
                args.count += 1;
            }
        }
        let is_good = parse(context, args, error);
        if is_good && args.count > 0 {
            take_out(context, args, true);
        }
        gboolean::from(is_good)
    }
}

unsafe fn parse(context: *mut GOptionContext, args: Args, error: *mut *mut GError) -> bool {
    // SAFETY: a live context and its groups, the caller's variable or NULL.
    unsafe {
        name_program(args);
        (*context).changes.clear();
        (*context).fates = vec![Fate::Kept; args.count];
        let is_good = run_hooks(context, |group| (*group).before, error)
            && walk(context, args, error)
            && run_hooks(context, |group| (*group).after, error);
        if is_good {
            (*context).changes.clear();
            return true;
        }
        let mut index = 0;
        while let Some(group) = (*context).group(index) {
            if let Some(hook) = (*group).on_error {
                hook(context, group, (*group).user_data, error);
            }
            index += 1;
        }
        revert(context);
        false
    }
}

/// Names the program after its first argument, if nobody has.
fn name_program(args: Args) {
    if program_name().is_some() {
        return;
    }
    // SAFETY: the program's strings; a fresh string that is copied.
    unsafe {
        let own = std::env::args_os().next().map(std::os::unix::ffi::OsStringExt::into_vec);
        let path = match args.get(0) {
            Some(path) => CStr::from_ptr(path).to_bytes().to_vec(),
            None => own.unwrap_or_else(|| b"<unknown>".to_vec()),
        };
        let name = string_from(path.rsplit(|&byte| byte == b'/').next().unwrap_or(&path));
        g_set_prgname(name);
        libc::free(name.cast());
    }
}

/// Calls one hook of each group; whether all were content.
unsafe fn run_hooks(
    context: *mut GOptionContext,
    which: impl Fn(*mut GOptionGroup) -> Option<GOptionParseFunc>,
    error: *mut *mut GError,
) -> bool {
    let mut index = 0;
    // SAFETY: a live context and its groups, the caller's variable or NULL.
    unsafe {
        while let Some(group) = (*context).group(index) {
            if let Some(hook) = which(group) {
                if hook(context, group, (*group).user_data, error) == FALSE {
                    return false;
                }
            }
            index += 1;
        }
    }
    true
}

/// Goes through the arguments; whether all of them are understood.
unsafe fn walk(context: *mut GOptionContext, args: Args, error: *mut *mut GError) -> bool {
    let mut separator = None;
    let mut are_options_over = false;
    let mut index = 1;
    // SAFETY: a live context, the program's strings, the caller's variable or NULL.
    unsafe {
        while let Some(arg) = args.get(index) {
            let at = index;
            index += 1;
            let is_option = *arg as u8 == b'-' && *arg.add(1) != 0;
            if are_options_over || !is_option {
                are_options_over |= (*context).is_strict;
                if !remaining(context, at, arg, error) {
                    return false;
                }
                continue;
            }
            let look = if *arg.add(1) as u8 != b'-' {
                short(context, args, at, error)
            } else if *arg.add(2) == 0 {
                (separator, are_options_over) = (Some(at), true);
                continue;
            } else {
                long(context, args, at, error)
            };
            match look {
                Look::Failed => return false,
                Look::Took(more) => {
                    (&mut (*context).fates)[index..index + more].fill(Fate::Gone);
                    index += more;
                }
                Look::NotThere if (*context).ignores_unknown => {}
                Look::NotThere => {
                    unknown(arg, error);
                    return false;
                }
            }
        }
        // The two dashes go unless what is left behind them would be taken for options.
        if let Some(at) = separator {
            let fates = &mut (*context).fates;
            let is_needed = (at + 1..args.count).any(|behind| {
                fates[behind] != Fate::Gone
                    && args.get(behind).is_some_and(|arg| *arg as u8 == b'-')
            });
            if !is_needed {
                fates[at] = Fate::Gone;
            }
        }
    }
    true
}

unsafe fn unknown(arg: *const c_char, error: *mut *mut GError) {
    // SAFETY: a C string, and the caller's variable or NULL.
    unsafe {
        let arg = CStr::from_ptr(arg).to_bytes();
        fail(error, Failure::UnknownOption, &[b"Unknown option ", arg]);
    }
}

/// An argument that is no option goes to the entry for such, if there is one.
unsafe fn remaining(
    context: *mut GOptionContext,
    at: usize,
    arg: *mut c_char,
    error: *mut *mut GError,
) -> bool {
    // SAFETY: a live context, a C string, the caller's variable or NULL.
    unsafe {
        let main = (*context).main;
        if main.is_null() {
            return true;
        }
        let Some(entry) = (*main).find(GOptionEntry::is_for_remaining) else {
            return true;
        };
        require!(
            "parse_remaining_arg",
            [ARG_CALLBACK, ARG_STRING_ARRAY, ARG_FILENAME_ARRAY].contains(&entry.arg),
            "group->entries[j].arg == G_OPTION_ARG_CALLBACK || \
             group->entries[j].arg == G_OPTION_ARG_STRING_ARRAY || \
             group->entries[j].arg == G_OPTION_ARG_FILENAME_ARRAY",
            false
        );
        (&mut (*context).fates)[at] = Fate::Gone;
        store(context, main, &entry, arg, c"".as_ptr(), error)
    }
}

/// An argument of two dashes and a name.
unsafe fn long(
    context: *mut GOptionContext,
    args: Args,
    at: usize,
    error: *mut *mut GError,
) -> Look {
    // SAFETY: a live context and its groups, the program's strings, the caller's variable or NULL.
    unsafe {
        let name = args.get(at).unwrap_unchecked().add(2);
        if (*context).has_help {
            help_if_asked(context, name);
        }
        let mut index = 0;
        while let Some(group) = (*context).group_from_main(index) {
            match long_in(context, group, args, at, name, error) {
                Look::NotThere => index += 1,
                found => return found,
            }
        }
        // --GROUP-OPTION; as in GLib, the beginning of the group's name will do.
        let dash = libc::strchr(name, c_int::from(b'-'));
        if dash.is_null() || dash == name {
            return Look::NotThere;
        }
        let length = dash.offset_from(name) as usize;
        let mut index = 0;
        while let Some(group) = (*context).added(index) {
            if libc::strncmp(name, (*group).name, length) == 0 {
                match long_alias_in(context, group, args, at, dash.add(1), error) {
                    Look::NotThere => {}
                    found => return found,
                }
            }
            index += 1;
        }
        Look::NotThere
    }
}

/// Prints the help and ends the program if that is what a long option asks for.
unsafe fn help_if_asked(context: *mut GOptionContext, name: *const c_char) {
    // SAFETY: a live context and its groups, and a C string.
    unsafe {
        match CStr::from_ptr(name).to_bytes() {
            b"help" => print_help(context, TRUE, null_mut()),
            b"help-all" => print_help(context, FALSE, null_mut()),
            name => {
                let Some(wanted) = name.strip_prefix(b"help-") else { return };
                let groups = &(*context).groups;
                let is_it =
                    |group: &*mut GOptionGroup| CStr::from_ptr((**group).name).to_bytes() == wanted;
                if let Some(group) = groups.iter().copied().find(is_it) {
                    print_help(context, FALSE, group);
                }
            }
        }
    }
}

unsafe fn print_help(
    context: *mut GOptionContext,
    main_help: gboolean,
    group: *mut GOptionGroup,
) -> ! {
    // SAFETY: a live context, and a group of it or NULL.
    unsafe {
        mainspring_base_print(g_option_context_get_help(context, main_help, group));
        libc::exit(0)
    }
}

/// A long option under its own name.
unsafe fn long_in(
    context: *mut GOptionContext,
    group: *mut GOptionGroup,
    args: Args,
    at: usize,
    name: *const c_char,
    error: *mut *mut GError,
) -> Look {
    // SAFETY: the caller's promise.
    unsafe { long_if(context, group, args, at, name, error, |_| true) }
}

/// A long option under the name that has its group's in front.
unsafe fn long_alias_in(
    context: *mut GOptionContext,
    group: *mut GOptionGroup,
    args: Args,
    at: usize,
    name: *const c_char,
    error: *mut *mut GError,
) -> Look {
    // SAFETY: the caller's promise.
    unsafe { long_if(context, group, args, at, name, error, |entry| !entry.has(FLAG_NOALIAS)) }
}

unsafe fn long_if(
    context: *mut GOptionContext,
    group: *mut GOptionGroup,
    args: Args,
    at: usize,
    name: *const c_char,
    error: *mut *mut GError,
    is_meant: impl Fn(&GOptionEntry) -> bool,
) -> Look {
    // SAFETY: a live context and group, the program's strings, the caller's variable or NULL.
    unsafe {
        let text = CStr::from_ptr(name).to_bytes();
        let is_it = |entry: &GOptionEntry| {
            let behind = text.strip_prefix(entry.name().to_bytes());
            is_meant(entry)
                && !entry.is_for_remaining()
                && behind.is_some_and(|behind| matches!(behind.first(), None | Some(b'=')))
        };
        let Some(entry) = (*group).find(is_it) else {
            return Look::NotThere;
        };
        let behind = name.add(entry.name().count_bytes());
        let told = string_from(&[b"--", entry.name().to_bytes()].concat());
        let given = (*behind != 0).then(|| behind.add(1).cast_mut());
        let look = with_value(context, group, &entry, told, given, args.get(at + 1), error);
        libc::free(told.cast());
        if let Look::Took(_) = look {
            (&mut (*context).fates)[at] = Fate::Gone;
        }
        look
    }
}

/// Stores what an option called `told` brings: the value given with it or, if it needs one, the argument
/// behind it.
unsafe fn with_value(
    context: *mut GOptionContext,
    group: *mut GOptionGroup,
    entry: &GOptionEntry,
    told: *const c_char,
    given: Option<*mut c_char>,
    next: Option<*mut c_char>,
    error: *mut *mut GError,
) -> Look {
    // SAFETY: a live context and group, the program's strings, the caller's variable or NULL.
    unsafe {
        let is_optional = entry.has(FLAG_OPTIONAL_ARG);
        let (value, took) = match (given, next) {
            _ if entry.is_bare() => (null_mut(), 0),
            (Some(given), _) => (given, 0),
            (None, Some(next)) if !is_optional || *next as u8 != b'-' => (next, 1),
            _ if is_optional => (null_mut(), 0),
            _ => {
                let told = CStr::from_ptr(told).to_bytes();
                fail(error, Failure::BadValue, &[b"Missing argument for ", told]);
                return Look::Failed;
            }
        };
        match store(context, group, entry, value, told, error) {
            true => Look::Took(took),
            false => Look::Failed,
        }
    }
}

/// An argument of one dash and letters, each of which is an option.
unsafe fn short(
    context: *mut GOptionContext,
    args: Args,
    at: usize,
    error: *mut *mut GError,
) -> Look {
    let (mut took, mut is_any_known) = (0, false);
    // SAFETY: a live context and its groups, the program's strings, the caller's variable or NULL.
    unsafe {
        let arg = args.get(at).unwrap_unchecked();
        let mut letter = arg.add(1);
        while *letter != 0 {
            let asks_help = *letter as u8 == b'?'
                || (*letter as u8 == b'h' && !super::help::is_h_taken(context));
            if (*context).has_help && asks_help {
                print_help(context, TRUE, null_mut());
            }
            match letter_in_all(context, args, at, *letter, took, error) {
                Look::Failed => return Look::Failed,
                Look::Took(more) => (took, is_any_known) = (took + more, true),
                Look::NotThere if !(*context).ignores_unknown => {
                    unknown(arg, error);
                    return Look::Failed;
                }
                Look::NotThere => match &mut (&mut (*context).fates)[at] {
                    Fate::Shortened(rest) => rest.push(*letter as u8),
                    fate => *fate = Fate::Shortened(vec![b'-', *letter as u8]),
                },
            }
            letter = letter.add(1);
        }
        if (&(*context).fates)[at] == Fate::Kept && is_any_known {
            (&mut (*context).fates)[at] = Fate::Gone;
        }
    }
    Look::Took(took)
}

/// One letter, looked for in the main group and then in the others. Of the letters of an argument only one
/// can take the argument behind it.
unsafe fn letter_in_all(
    context: *mut GOptionContext,
    args: Args,
    at: usize,
    letter: c_char,
    took: usize,
    error: *mut *mut GError,
) -> Look {
    let mut index = 0;
    // SAFETY: a live context and its groups, the program's strings, the caller's variable or NULL.
    unsafe {
        while let Some(group) = (*context).group_from_main(index) {
            index += 1;
            let is_it = |entry: &GOptionEntry| entry.short_name == letter;
            let Some(entry) = (*group).find(is_it) else { continue };
            let told = [b'-' as c_char, letter, 0];
            if took > 0 && !entry.is_bare() {
                let told = [b'-', letter as u8];
                fail(error, Failure::Failed, &[b"Error parsing option ", &told]);
                return Look::Failed;
            }
            return with_value(
                context,
                group,
                &entry,
                told.as_ptr(),
                None,
                args.get(at + 1),
                error,
            );
        }
    }
    Look::NotThere
}

/// Takes the arguments that are gone out of the array; how many are left.
unsafe fn take_out(context: *mut GOptionContext, args: Args, is_owned: bool) -> usize {
    let mut left = 0;
    // SAFETY: the program's array of that many strings, which are not longer than before; those of an array
    // that is owned are C's memory.
    unsafe {
        for (index, fate) in (*context).fates.drain(..).enumerate() {
            let arg = *args.first.add(index);
            match fate {
                Fate::Gone if is_owned => libc::free(arg.cast()),
                Fate::Gone => {}
                Fate::Kept | Fate::Shortened(_) => {
                    if let Fate::Shortened(text) = fate {
                        arg.cast::<u8>().copy_from(text.as_ptr(), text.len());
                        *arg.add(text.len()) = 0;
                    }
                    *args.first.add(left) = arg;
                    left += 1;
                }
            }
        }
        if left < args.count {
            *args.first.add(left) = null_mut();
        }
    }
    left
}
