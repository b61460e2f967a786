//! The overlay shell: the loop in front of the process's own libglib.
//!
//! The same loop and C names as the standalone library, which here import the everyday helpers from
//! the libglib they stand before. What makes the process whole is in the rooms:
//!
//! | room | what it answers |
//! |---|---|
//! | `standing` | are we the loop of this process, idle, or unable |
//! | `libglib` | which libglib is it, and is it as we expect |
//! | `private` | libgio gets contexts from a private table |
//! | `worker` | libgio's worker context and its thread |
//! | `redirect` | bindings look functions up in libglib itself |
//! | `elf` | what the loader knows of loaded objects |
//! | `words` | what is said, and refusing |
//!
//! Sources that libglib makes with our tables are handed on in `mainspring::capi::foreign`. Nothing
//! here may rely on `at_load` having run: constructors of other libraries may come first. It runs in
//! every program under `LD_PRELOAD`, hence makes no thread and no descriptor and says nothing.

mod elf;
mod libglib;
mod private;
mod redirect;
mod standing;
mod words;
mod worker;

use std::ffi::CStr;

use elf::Object;
use libglib::Libglib;
use mainspring::capi::foreign::{self, TABLES};
use mainspring::capi::types::GSourceFuncs;
use standing::{Partner, Standing};

extern "C" fn at_load() {
    let Some(own) = Object::holding(at_load as *const () as usize) else {
        return; // Not loaded as a library: nothing to put in front of.
    };
    let mut names: Vec<&CStr> = own.defined().map(|symbol| symbol.name).collect();
    names.sort_unstable();
    match standing::standing() {
        Standing::Leading(partner) => lead(&own, partner, &names),
        Standing::Idle { libglib, leader } => {
            step_back(&own, libglib.as_ref(), leader.as_ref(), &names);
        }
    }
}

/// Runs when the library is loaded.
#[used]
#[link_section = ".init_array"]
static AT_LOAD: extern "C" fn() = at_load;

/// Makes everything in the process that asks libglib for the loop find us.
fn lead(own: &Object, partner: &Partner, names: &[&'static CStr]) {
    let object = &partner.object;
    for ((table, _), address) in TABLES.into_iter().zip(partner.tables) {
        // SAFETY: libglib's own table of this name.
        unsafe { foreign::set_other(table, address as *mut GSourceFuncs) };
    }
    let unknown = partner.unknown_loop_symbols(names);
    refuse_users(&partner.libglib, unknown.iter().map(|symbol| symbol.name));

    // A program may hold a copy of a table, which then is the only one; its functions are ours.
    let lead = |name: &CStr| match own.find(name) {
        Some(symbol) if symbol.is_function() => own.address(&symbol),
        _ => standing::first(name),
    };
    let mut detours = redirect::detours(object, names, lead);
    let ours = detours.len();
    let trap = called_unknown as *const () as usize;
    detours
        .extend(unknown.iter().filter(|symbol| symbol.is_function()).map(|symbol| (*symbol, trap)));
    let outcome = redirect::apply(object, &detours);
    if let Err(reason) = &outcome {
        words::say(&format!("functions that are looked up by name stay GLib's: {reason}"));
    }
    if words::verbose() {
        let (major, minor, micro) = partner.version;
        let redirected = if outcome.is_ok() { ours } else { 0 };
        words::say(&format!(
            "mainspring {} runs the loop of this program; GLib {major}.{minor}.{micro} in {}; \
             private table of {} slots copied, {redirected} symbols redirected, {} unknown",
            env!("CARGO_PKG_VERSION"),
            object.path(),
            partner.slots.len(),
            unknown.len(),
        ));
    }
}

/// A loop function that is newer than we are would get our objects and break them. A program that
/// wants one does not start; one that looks it up later gets `called_unknown`.
fn refuse_users(libglib: &Libglib, unknown: impl Iterator<Item = &'static CStr>) {
    let unknown: Vec<&CStr> = unknown.collect();
    if unknown.is_empty() {
        return;
    }
    for object in Object::all().iter().filter(|object| !object.is(&libglib.object)) {
        if let Some(name) = object.wanted().find(|name| unknown.contains(name)) {
            let path = object.path();
            let user = if path.is_empty() { "it" } else { &path };
            words::refuse(&format!(
                "{user} needs {}, which is newer than mainspring {}",
                name.to_string_lossy(),
                env!("CARGO_PKG_VERSION"),
            ));
        }
    }
}

extern "C" fn called_unknown() -> ! {
    words::refuse("it called a loop function that is newer than mainspring")
}

/// Leaves the loop to whom it belongs: whoever asks us is sent there.
fn step_back(
    own: &Object,
    libglib: Option<&Libglib>,
    leader: Option<&Object>,
    names: &[&'static CStr],
) {
    let leader = leader.or(libglib.map(|libglib| &libglib.object));
    if let Some(leader) = leader {
        let lead = |name: &CStr| leader.find(name).map_or(0, |symbol| leader.address(&symbol));
        // What cannot be sent on has been said to be idle all the same.
        let _ = redirect::apply(own, &redirect::detours(own, names, lead));
    }
    let is_libglib = libglib.zip(leader).is_some_and(|(libglib, at)| at.is(&libglib.object));
    words::say(&match leader {
        Some(leader) if !is_libglib => {
            format!("stays idle: {} is in front already", leader.path())
        }
        _ => "stays idle: loaded too late, GLib's own loop runs this program; \
              preload the library or link it first"
            .to_owned(),
    });
}
