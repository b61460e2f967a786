//! The loaded objects of this process: their segments, and the symbols they define and want.
//!
//! Facts about glibc's loader, and musl's where it differs:
//! (a) `dl_iterate_phdr` tells of the caller's namespace only, in the order of loading.
//! (b) Addresses in a dynamic section are made absolute at load, except in objects whose section cannot
//!     be written to (the kernel's vdso; all objects under musl): there they are still offsets.
//! (c) Nothing says how many symbols there are. The hash table reaches every defined one; undefined
//!     ones come before these, or fill the table up to the names, which linkers put right behind it.
//! (d) A symbol's value is an offset to which the loader adds the object's base, wrapping around.
//! (e) Objects that have been loaded at start-up, and those marked nodelete, as libglib is, stay.
//!
//! Must not know what the symbols mean; that is `libglib`'s and `redirect`'s business.

use std::ffi::{c_char, c_int, c_void, CStr};
use std::mem::size_of;

use libc::{dl_phdr_info, Elf64_Phdr, Elf64_Sym};

use libc::{PF_W, PF_X, PT_DYNAMIC, PT_LOAD};

const DT_HASH: i64 = 4;
const DT_STRTAB: i64 = 5;
const DT_SYMTAB: i64 = 6;
const DT_GNU_HASH: i64 = 0x6fff_fef5;

const UNDEFINED: u16 = 0;
const TYPE_FUNCTION: u8 = 2;
const TYPE_DATA: u8 = 1;
const BIND_LOCAL: u8 = 0;

#[repr(C)]
struct Dynamic {
    tag: i64,
    value: usize,
}

/// A loaded object.
#[derive(Clone, Copy)]
pub struct Object {
    base: usize,
    headers: &'static [Elf64_Phdr],
    name: *const c_char,
    symbols: Option<Symbols>,
}

// SAFETY: what it points at is the loader's, stays (fact e), and is written to by `redirect` alone,
// word by word, as the loader expects.
unsafe impl Send for Object {}
// SAFETY: as above.
unsafe impl Sync for Object {}

/// Where an object's dynamic symbols are.
#[derive(Clone, Copy)]
struct Symbols {
    table: *mut Elf64_Sym,
    names: *const c_char,
    gnu_hash: Option<GnuHash>,
    /// How many the older hash table speaks of.
    hashed: usize,
}

/// The parts of a hash table: a bucket holds the first symbol of a chain, and the chain ends at the
/// word whose lowest bit is set. Symbols before `first` are not in it.
#[derive(Clone, Copy)]
struct GnuHash {
    buckets: &'static [u32],
    first: u32,
    chains: *const u32,
}

/// One dynamic symbol.
#[derive(Clone, Copy)]
pub struct Symbol {
    pub name: &'static CStr,
    entry: *mut Elf64_Sym,
    value: usize,
    info: u8,
    section: u16,
}

/// A loaded segment.
#[derive(Clone, Copy)]
pub struct Segment {
    pub end: usize,
    pub writable: bool,
    pub executable: bool,
}

impl Object {
    /// All objects of this namespace, in the order of loading.
    pub fn all() -> Vec<Object> {
        let mut objects: Vec<Object> = Vec::new();
        // SAFETY: `gather` gets the vector it expects, which outlives the call.
        unsafe { libc::dl_iterate_phdr(Some(gather), (&raw mut objects).cast()) };
        objects
    }

    /// The object that an address lies in.
    pub fn holding(address: usize) -> Option<Object> {
        Object::all().into_iter().find(|object| object.segment(address).is_some())
    }

    /// The object's path; empty for the program itself.
    pub fn path(&self) -> std::borrow::Cow<'static, str> {
        // SAFETY: the loader's string, which lives as long as the object (fact e).
        unsafe { CStr::from_ptr(self.name) }.to_string_lossy()
    }

    pub fn is(&self, other: &Object) -> bool {
        std::ptr::eq(self.headers.as_ptr(), other.headers.as_ptr())
    }

    /// The address of a symbol.
    pub fn address(&self, symbol: &Symbol) -> usize {
        self.base.wrapping_add(symbol.value)
    }

    /// The value a symbol needs for its address to become `address`.
    pub fn value_for(&self, address: usize) -> usize {
        address.wrapping_sub(self.base)
    }

    /// The loaded segment that holds an address.
    pub fn segment(&self, address: usize) -> Option<Segment> {
        self.headers.iter().find_map(|header| {
            let start = self.base.wrapping_add(header.p_vaddr as usize);
            let end = start.wrapping_add(header.p_memsz as usize);
            (header.p_type == PT_LOAD && (start..end).contains(&address)).then_some(Segment {
                end,
                writable: header.p_flags & PF_W != 0,
                executable: header.p_flags & PF_X != 0,
            })
        })
    }

    /// Everything the object defines for others.
    pub fn defined(&self) -> impl Iterator<Item = Symbol> {
        self.each_symbol().filter(|symbol| symbol.is_defined())
    }

    /// The names the object wants from others.
    pub fn wanted(&self) -> impl Iterator<Item = &'static CStr> {
        self.each_symbol().filter(|symbol| !symbol.is_defined()).map(|symbol| symbol.name)
    }

    /// What the object defines under a name.
    pub fn find(&self, name: &CStr) -> Option<Symbol> {
        let symbols = self.symbols?;
        let same = |symbol: &Symbol| symbol.is_defined() && symbol.name == name;
        match &symbols.gnu_hash {
            Some(hash) => hash.chain(name).map(|at| symbols.get(at)).find(same),
            None => self.defined().find(same),
        }
    }

    fn each_symbol(&self) -> impl Iterator<Item = Symbol> {
        let symbols = self.symbols;
        symbols.into_iter().flat_map(|symbols| (1..symbols.count()).map(move |at| symbols.get(at)))
    }
}

impl Symbols {
    /// The symbol at a place that is within the table.
    fn get(&self, at: usize) -> Symbol {
        // SAFETY: the loader's own tables (facts c, e).
        unsafe {
            let entry = self.table.add(at);
            let name = CStr::from_ptr(self.names.add((*entry).st_name as usize));
            let Elf64_Sym { st_info, st_shndx, st_value, .. } = *entry;
            Symbol { name, entry, value: st_value as usize, info: st_info, section: st_shndx }
        }
    }

    /// How many symbols there are (fact c).
    fn count(&self) -> usize {
        let (table, names) = (self.table as usize, self.names as usize);
        let room = if names > table { (names - table) / size_of::<Elf64_Sym>() } else { 0 };
        let hashed = self.gnu_hash.map_or(self.hashed, |hash| hash.reach());
        hashed.max(room)
    }
}

impl GnuHash {
    /// # Safety
    /// `at` is such a table of an object that stays loaded.
    unsafe fn read(at: *const u32) -> GnuHash {
        // SAFETY: the caller's promise; the four words at the head say how long the parts are, and
        // the filter's words have twice the size.
        unsafe {
            let [buckets, first, filter, _shift] = *at.cast::<[u32; 4]>();
            let heads = at.add(4 + 2 * filter as usize);
            let buckets = std::slice::from_raw_parts(heads, buckets as usize);
            GnuHash { buckets, first, chains: heads.add(buckets.len()) }
        }
    }

    fn word(&self, symbol: u32) -> u32 {
        // SAFETY: a symbol of the table has a word in the chains.
        unsafe { *self.chains.add((symbol - self.first) as usize) }
    }

    /// The symbols from `start` to the end of its chain.
    fn rest(self, start: u32) -> impl Iterator<Item = u32> {
        let next = move |at: &u32| (self.word(*at) & 1 == 0).then_some(at + 1);
        std::iter::successors((start >= self.first).then_some(start), next)
    }

    /// The symbols whose names may be this one.
    fn chain(self, name: &CStr) -> impl Iterator<Item = usize> {
        let add = |hash: u32, byte: &u8| hash.wrapping_mul(33).wrapping_add(u32::from(*byte));
        let hash = name.to_bytes().iter().fold(5381, add);
        let start = self.buckets.get(hash as usize % self.buckets.len().max(1));
        let alike = move |at: &u32| self.word(*at) | 1 == hash | 1;
        self.rest(start.copied().unwrap_or(0)).filter(alike).map(|at| at as usize)
    }

    /// One more than the last symbol in the table.
    fn reach(self) -> usize {
        let last = self.buckets.iter().max().and_then(|start| self.rest(*start).last());
        last.map_or(self.first, |last| last + 1) as usize
    }
}

impl Symbol {
    fn is_defined(&self) -> bool {
        self.section != UNDEFINED && self.info >> 4 != BIND_LOCAL
    }

    pub fn is_function(&self) -> bool {
        self.info & 0xf == TYPE_FUNCTION
    }

    pub fn is_data(&self) -> bool {
        self.info & 0xf == TYPE_DATA
    }

    /// Where the loader reads the symbol's value.
    pub fn value_place(&self) -> *mut u64 {
        // SAFETY: the entry is part of the loader's table (fact e).
        unsafe { &raw mut (*self.entry).st_value }
    }
}

/// Called by the loader for each object.
unsafe extern "C" fn gather(info: *mut dl_phdr_info, _size: usize, objects: *mut c_void) -> c_int {
    // SAFETY: the loader's description of one object, and the vector that `all` passed.
    unsafe {
        let (info, objects) = (&*info, &mut *objects.cast::<Vec<Object>>());
        let base = info.dlpi_addr as usize;
        let headers = std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
        let symbols = symbols_of(base, headers);
        objects.push(Object { base, headers, name: info.dlpi_name, symbols });
    }
    0
}

/// Finds the tables that an object's dynamic section names.
///
/// # Safety
/// The object with these headers is loaded at `base`.
unsafe fn symbols_of(base: usize, headers: &[Elf64_Phdr]) -> Option<Symbols> {
    let dynamic = headers.iter().find(|header| header.p_type == PT_DYNAMIC)?;
    let entries = base.wrapping_add(dynamic.p_vaddr as usize) as *const Dynamic;
    let count = dynamic.p_memsz as usize / size_of::<Dynamic>();
    // SAFETY: the dynamic section is part of the loaded object, which ends it by a zero tag.
    let entries = unsafe { std::slice::from_raw_parts(entries, count) };
    let place = |tag| {
        let entry = entries.iter().take_while(|entry| entry.tag != 0).find(|e| e.tag == tag)?;
        // An offset is smaller than any address an object is loaded at (fact b).
        Some(if entry.value < base { base + entry.value } else { entry.value })
    };
    let (table, names) = (place(DT_SYMTAB)?, place(DT_STRTAB)?);
    // SAFETY: tables of the loaded object; the older one has its count in the second word.
    let (gnu_hash, hashed) = unsafe {
        let gnu_hash = place(DT_GNU_HASH).map(|hash| GnuHash::read(hash as *const u32));
        (gnu_hash, place(DT_HASH).map_or(0, |hash| *(hash as *const u32).add(1)))
    };
    Some(Symbols {
        table: table as *mut Elf64_Sym,
        names: names as *const c_char,
        gnu_hash,
        hashed: hashed as usize,
    })
}
