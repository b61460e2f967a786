//! Redirecting an object's dynamic symbols.
//!
//! `dlsym` on a handle of libglib, or of anything that depends on it, finds what libglib defines,
//! whoever comes first otherwise: so bindings of other languages look up every function they call. So
//! do plug-ins that were loaded to search themselves first. Therefore libglib's table of symbols is made
//! to say that its loop is ours. The loader adds the object's base to a value, wrapping around, hence
//! any address can be said.
//!
//! An overlay that stays idle does the same to itself the other way round.

use std::ffi::CStr;

use crate::elf::{Object, Symbol};

/// A name and where it leads from now on.
pub type Detour = (Symbol, usize);

/// The symbols of `object` that `names` defines, each with the address found there.
pub fn detours(
    object: &Object,
    names: &[&'static CStr],
    lead: impl Fn(&CStr) -> usize,
) -> Vec<Detour> {
    let symbols = names.iter().filter_map(|name| object.find(name));
    symbols.map(|symbol| (symbol, lead(symbol.name))).filter(|(_, to)| *to != 0).collect()
}

/// Changes the symbols; all of them or, with a reason, none.
pub fn apply(object: &Object, detours: &[Detour]) -> Result<(), String> {
    let places = || detours.iter().map(|(symbol, _)| symbol.value_place() as usize);
    let (Some(first), Some(last)) = (places().min(), places().max()) else {
        return Ok(());
    };
    let path = object.path();
    let segment = object.segment(first).filter(|segment| last < segment.end);
    let segment = segment.ok_or_else(|| format!("the symbols of {path} are spread"))?;
    if segment.executable {
        // To make code executable again is forbidden where memory is guarded; and by then it is too late.
        return Err(format!("the symbols of {path} lie among its code"));
    }
    // SAFETY: asks for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
    let start = first & !(page - 1);
    let length = last + size_of::<u64>() - start;
    let protect = |writable: bool| {
        let also = if writable { libc::PROT_WRITE } else { 0 };
        // SAFETY: pages of one loaded segment that holds no code.
        let done = unsafe { libc::mprotect(start as *mut _, length, libc::PROT_READ | also) };
        let error = std::io::Error::last_os_error();
        (done == 0).then_some(()).ok_or_else(|| format!("the symbols of {path} stay: {error}"))
    };
    if !segment.writable {
        protect(true)?;
    }
    for (symbol, to) in detours {
        // SAFETY: a word of the loader's table, writable now; it is read as one word.
        unsafe { symbol.value_place().write_volatile(object.value_for(*to) as u64) };
    }
    if !segment.writable {
        protect(false)?;
    }
    Ok(())
}
