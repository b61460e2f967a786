//! Rust source, read for what C can see of it: exported functions and variables, imported ones, and
//! the structures both sides share. The code is parsed, not compiled, so that nothing has to be
//! public to be compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{bail, Context, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{ForeignItem, Item, ReturnType, Type};

use crate::abi::shape::{integer, pointer, structure, Shape};

/// A function's types; `variadic` if it takes more.
#[derive(Clone)]
pub struct Signature {
    pub parameters: Vec<Type>,
    pub result: Option<Type>,
    pub variadic: bool,
}

/// A structure with C's layout.
#[derive(Clone)]
pub struct Structure {
    pub name: String,
    pub members: Vec<(String, Type)>,
}

/// What a tree of Rust files holds.
#[derive(Default)]
pub struct Sources {
    /// Functions with an unmangled name.
    pub exported: BTreeMap<String, Signature>,
    /// Functions declared in `extern` blocks; several modules may each declare one.
    pub imported: Vec<(String, Signature)>,
    pub structures: BTreeMap<String, Structure>,
    aliases: BTreeMap<String, Type>,
    enumerations: BTreeMap<String, Shape>,
}

impl Sources {
    pub fn read(dirs: &[&Path]) -> Result<Self> {
        let mut found = Self::default();
        for dir in dirs {
            found.read_tree(dir)?;
        }
        Ok(found)
    }

    fn read_tree(&mut self, dir: &Path) -> Result<()> {
        for entry in fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                self.read_tree(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)?;
                let file = syn::parse_file(&text)
                    .with_context(|| format!("parsing {}", path.display()))?;
                self.add(file.items);
            }
        }
        Ok(())
    }

    fn add(&mut self, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Mod(module) => {
                    self.add(module.content.map(|(_, items)| items).unwrap_or_default())
                }
                Item::Fn(function) if is_marked(&function.attrs, "no_mangle") => {
                    self.exported.insert(function.sig.ident.to_string(), signature(function.sig));
                }
                Item::Macro(call) if call.ident.is_none() => {
                    self.exported.extend(declared_by_macro(call.mac.tokens));
                }
                Item::ForeignMod(block) => {
                    let functions = block.items.into_iter().filter_map(|item| match item {
                        ForeignItem::Fn(function) => {
                            Some((function.sig.ident.to_string(), signature(function.sig)))
                        }
                        _ => None,
                    });
                    self.imported.extend(functions);
                }
                Item::Struct(item) if is_marked(&item.attrs, "repr") => {
                    let members = item.fields.into_iter().map(|field| {
                        let name = field.ident.map(|name| name.to_string()).unwrap_or_default();
                        (name, field.ty)
                    });
                    let members = members.collect();
                    let name = item.ident.to_string();
                    self.structures.insert(name.clone(), Structure { name, members });
                }
                Item::Enum(item) if is_marked(&item.attrs, "repr") => {
                    self.enumerations.insert(item.ident.to_string(), Shape::Enumeration);
                }
                Item::Type(alias) => {
                    self.aliases.insert(alias.ident.to_string(), *alias.ty);
                }
                _ => {}
            }
        }
    }

    /// The shape of a type in these sources.
    pub fn shape(&self, ty: &Type) -> Result<Shape> {
        Ok(match ty {
            Type::Ptr(to) => pointer(self.shape(&to.elem)?),
            Type::Reference(to) => pointer(self.shape(&to.elem)?),
            Type::FnPtr(_) => Shape::Function,
            Type::Never(_) => Shape::Void,
            Type::Tuple(tuple) if tuple.elems.is_empty() => Shape::Void,
            Type::Paren(inner) => self.shape(&inner.elem)?,
            // Behind a pointer, which is the only place C has one, an array is its first element.
            Type::Array(array) => self.shape(&array.elem)?,
            Type::Path(path) => {
                let last = path.path.segments.last().context("an empty path")?;
                let name = last.ident.to_string();
                match (name.as_str(), argument(&last.arguments)) {
                    (
                        "Option" | "Cell" | "UnsafeCell" | "MaybeUninit" | "ManuallyDrop",
                        Some(inner),
                    ) => self.shape(inner)?,
                    ("NonNull" | "AtomicPtr", Some(inner)) => pointer(self.shape(inner)?),
                    _ => self.named(&name)?,
                }
            }
            _ => bail!("a type that C does not know"),
        })
    }

    fn named(&self, name: &str) -> Result<Shape> {
        if let Some(shape) = primitive(name) {
            return Ok(shape);
        }
        if let Some(shape) = self.enumerations.get(name) {
            return Ok(shape.clone());
        }
        match self.aliases.get(name) {
            // A structure of another name goes by the one C knows.
            Some(alias) => Ok(match self.shape(alias)? {
                Shape::Structure(_) if name.starts_with('G') => structure(name),
                shape => shape,
            }),
            None => Ok(structure(name)),
        }
    }

    /// The definition of a structure, under its own name or an alias.
    pub fn structure(&self, name: &str) -> Result<&Structure> {
        if let Some(found) = self.structures.get(name) {
            return Ok(found);
        }
        let Some(Type::Path(alias)) = self.aliases.get(name) else {
            bail!("no structure {name} with C's layout");
        };
        let last = alias.path.segments.last().context("an empty path")?;
        self.structure(&last.ident.to_string())
    }

    /// Where a structure's members lie by C's rules, with its size and alignment: a list of names,
    /// offsets and sizes.
    pub fn layout(&self, name: &str) -> Result<Layout> {
        let structure = self.structure(name)?;
        let mut layout = Layout { members: Vec::new(), size: 0, align: 1 };
        for (member, ty) in &structure.members {
            let (size, align) = self.extent(ty).with_context(|| format!("member {member}"))?;
            let offset = layout.size.next_multiple_of(align);
            layout.members.push((member.clone(), offset, size));
            layout.size = offset + size;
            layout.align = layout.align.max(align);
        }
        layout.size = layout.size.next_multiple_of(layout.align);
        Ok(layout)
    }

    fn extent(&self, ty: &Type) -> Result<(u64, u64)> {
        if let Type::Array(array) = ty {
            let (size, align) = self.extent(&array.elem)?;
            let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(count), .. }) = &array.len else {
                bail!("the length of an array is not a number");
            };
            return Ok((size * count.base10_parse::<u64>()?, align));
        }
        match self.shape(ty)? {
            Shape::Structure(name) => self.layout(&name).map(|layout| (layout.size, layout.align)),
            shape => shape
                .size()
                .map(|size| (size, size))
                .with_context(|| format!("{shape} has no size")),
        }
    }
}

/// The functions that a table of the form `g_name … (argument: Type as Cast, …) -> Type …` exports
/// through its macro: families of functions that differ in a word are written so.
fn declared_by_macro(tokens: TokenStream) -> Vec<(String, Signature)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Ident(name) = token else { continue };
        if !name.to_string().starts_with("g_") {
            continue;
        }
        let open = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
        let Some(arguments) = tokens[at..].iter().take(5).position(open) else { continue };
        let (arguments, rest) = (&tokens[at + arguments], &tokens[at + arguments + 1..]);
        let ends = |token: &TokenTree| match token {
            TokenTree::Punct(mark) => mark.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            _ => false,
        };
        let result: TokenStream = rest.iter().take_while(|token| !ends(token)).cloned().collect();
        let TokenTree::Group(arguments) = arguments else { continue };
        let arguments = without_casts(arguments.stream());
        let text = format!("fn {name} ({arguments}) {result};");
        if let Ok(function) = syn::parse_str::<syn::TraitItemFn>(&text) {
            found.push((name.to_string(), signature(function.sig)));
        }
    }
    found
}

/// Arguments without what stands between `as` and the next comma.
fn without_casts(arguments: TokenStream) -> TokenStream {
    let mut skipping = false;
    arguments
        .into_iter()
        .filter(|token| {
            match token {
                TokenTree::Ident(word) if word == "as" => skipping = true,
                TokenTree::Punct(mark) if mark.as_char() == ',' => skipping = false,
                _ => {}
            }
            !skipping
        })
        .collect()
}

/// A structure laid out.
#[derive(Debug)]
pub struct Layout {
    pub members: Vec<(String, u64, u64)>,
    pub size: u64,
    pub align: u64,
}

fn signature(sig: syn::Signature) -> Signature {
    let parameters = sig.inputs.into_iter().filter_map(|input| match input {
        syn::FnArg::Typed(typed) => Some(*typed.ty),
        syn::FnArg::Receiver(_) => None,
    });
    Signature {
        parameters: parameters.collect(),
        result: match sig.output {
            ReturnType::Type(_, ty) => Some(*ty),
            ReturnType::Default => None,
        },
        variadic: sig.variadic.is_some(),
    }
}

/// `#[name]`, `#[name(…)]` or `#[unsafe(name)]`.
fn is_marked(attributes: &[syn::Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident(name)
            || attribute.path().is_ident("unsafe")
                && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident(name))
    })
}

fn argument(arguments: &syn::PathArguments) -> Option<&Type> {
    let syn::PathArguments::AngleBracketed(arguments) = arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn primitive(name: &str) -> Option<Shape> {
    Some(match name {
        "c_void" => Shape::Void,
        "iconv_t" => pointer(Shape::Void),
        "i8" | "c_char" | "c_schar" => integer(8, true),
        "u8" | "c_uchar" | "bool" => integer(8, false),
        "i16" | "c_short" => integer(16, true),
        "u16" | "c_ushort" => integer(16, false),
        "i32" | "c_int" | "gint" | "AtomicI32" | "pid_t" => integer(32, true),
        "u32" | "c_uint" | "guint" | "AtomicU32" | "mode_t" => integer(32, false),
        "i64" | "isize" | "intptr_t" | "c_long" | "c_longlong" | "ssize_t" | "off_t"
        | "AtomicI64" | "AtomicIsize" => integer(64, true),
        "u64" | "usize" | "uintptr_t" | "c_ulong" | "c_ulonglong" | "size_t" | "AtomicU64"
        | "AtomicUsize" => integer(64, false),
        "f32" | "c_float" => Shape::Float(32),
        "f64" | "c_double" => Shape::Float(64),
        _ => return None,
    })
}

#[cfg(test)]
impl Sources {
    /// The sources of one text.
    pub fn of(text: &str) -> Self {
        let mut found = Self::default();
        found.add(syn::parse_file(text).unwrap().items);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_follow_c() {
        let sources = Sources::of(
            "#[repr(C)] pub struct S { a: u8, f: Option<unsafe extern \"C\" fn()>, text: [c_char; 6], n: AtomicU32 }
             #[repr(C)] struct T { s: S, p: *mut S }",
        );
        let layout = sources.layout("S").unwrap();
        let expected = [("a", 0, 1), ("f", 8, 8), ("text", 16, 6), ("n", 24, 4)];
        let expected: Vec<_> =
            expected.iter().map(|(name, at, size)| ((*name).to_owned(), *at, *size)).collect();
        assert_eq!(layout.members, expected);
        assert_eq!((layout.size, layout.align), (32, 8));
        assert_eq!(sources.layout("T").unwrap().size, 40);
    }

    #[test]
    fn exports_are_those_without_mangling() {
        let sources = Sources::of(
            "#[no_mangle] pub extern \"C\" fn a(x: c_int) {} #[unsafe(no_mangle)] extern \"C\" fn b() {} fn c() {}
             unsafe extern \"C\" { fn d(f: *const c_char, ...) -> gsize; }",
        );
        assert_eq!(sources.exported.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert!(sources.imported[0].1.variadic);
    }
}
