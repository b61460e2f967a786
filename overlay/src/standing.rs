//! Where this overlay stands in its process, decided once.
//!
//! Calls reach us only if the dynamic linker finds us before libglib wherever it looks, which is so
//! under `LD_PRELOAD` and by link order. Loaded later, or behind another overlay, this copy stays idle.
//! In front of a libglib that it does not fit, the process ends: its calls reach us already, and half
//! of a loop is worse than none.

use std::ffi::{c_void, CStr};
use std::ptr::null;
use std::sync::OnceLock;

use crate::elf::Object;
use crate::libglib::{Libglib, PRIVATE};
use crate::private::glib__private__;
use crate::words;

/// A libglib and its private table.
pub struct Partner {
    pub libglib: Libglib,
    pub slots: Vec<usize>,
}

impl std::ops::Deref for Partner {
    type Target = Libglib;

    fn deref(&self) -> &Libglib {
        &self.libglib
    }
}

pub enum Standing {
    /// The loop of this process.
    Leading(Partner),
    /// Somebody else's turn: `leader` is what the linker finds first, if anything.
    Idle { libglib: Option<Libglib>, leader: Option<Object> },
}

/// The answer, found at the first call, whoever calls first.
pub fn standing() -> &'static Standing {
    static STANDING: OnceLock<Standing> = OnceLock::new();
    STANDING.get_or_init(|| {
        let found = Libglib::find();
        let first = first(PRIVATE);
        if first != glib__private__ as *const () as usize {
            return Standing::Idle { libglib: found.ok(), leader: Object::holding(first) };
        }
        let fit = |libglib: Libglib| {
            let slots = libglib.private_table()?;
            Ok(Partner { libglib, slots })
        };
        match found.and_then(fit) {
            Ok(partner) => Standing::Leading(partner),
            Err(reason) => words::refuse(&reason),
        }
    })
}

/// What the linker finds first under a name, as for the program itself; 0 for nothing. For functions
/// of which a program might take the address this may be a place in the program.
pub fn first(name: &CStr) -> usize {
    // SAFETY: asks for what is loaded already, and gives back what it got.
    unsafe {
        let program = libc::dlopen(null(), libc::RTLD_LAZY | libc::RTLD_NOLOAD);
        let found: *mut c_void = libc::dlsym(program, name.as_ptr());
        libc::dlclose(program);
        found as usize
    }
}
