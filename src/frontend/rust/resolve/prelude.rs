//! What every module sees without declaring it: the standard library's prelude, its macros, primitive types.

use super::program::{Binding, Def, Ext, PerNs, Prim, Program, Strength, Vis};
use super::symbols::{Sym, Symbols, kw};
use rustc_hash::FxHashMap;

/// (module of the standard library, types and traits, values): the 2024 prelude, a superset of the older ones.
const PRELUDE: &[(&str, &[&str], &[&str])] = &[
    ("option", &["Option"], &["Some", "None"]),
    ("result", &["Result"], &["Ok", "Err"]),
    ("string", &["String", "ToString"], &[]),
    ("vec", &["Vec"], &[]),
    ("boxed", &["Box"], &[]),
    ("borrow", &["ToOwned"], &[]),
    ("clone", &["Clone"], &[]),
    ("cmp", &["Eq", "Ord", "PartialEq", "PartialOrd"], &[]),
    ("convert", &["AsMut", "AsRef", "From", "Into", "TryFrom", "TryInto"], &[]),
    ("default", &["Default"], &[]),
    ("fmt", &["Debug"], &[]),
    ("hash", &["Hash"], &[]),
    ("future", &["Future", "IntoFuture"], &[]),
    ("iter", &["DoubleEndedIterator", "ExactSizeIterator", "Extend", "FromIterator", "IntoIterator", "Iterator"], &[]),
    ("marker", &["Copy", "Send", "Sized", "Sync", "Unpin"], &[]),
    ("mem", &[], &["drop", "size_of", "size_of_val", "align_of", "align_of_val"]),
    ("ops", &["AsyncFn", "AsyncFnMut", "AsyncFnOnce", "Drop", "Fn", "FnMut", "FnOnce"], &[]),
];

const MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "include",
    "include_bytes",
    "include_str",
    "is_x86_feature_detected",
    "line",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "try",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
    "addr_of",
    "addr_of_mut",
    "assert_matches",
    "global_asm",
    "asm",
];

const DERIVES: &[&str] = &["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];

const PRIMITIVES: &[(&str, Prim)] = &[
    ("bool", Prim::Bool),
    ("char", Prim::Char),
    ("str", Prim::Str),
    ("f32", Prim::Float),
    ("f64", Prim::Float),
    ("i8", Prim::Int),
    ("i16", Prim::Int),
    ("i32", Prim::Int),
    ("i64", Prim::Int),
    ("i128", Prim::Int),
    ("isize", Prim::Int),
    ("u8", Prim::Int),
    ("u16", Prim::Int),
    ("u32", Prim::Int),
    ("u64", Prim::Int),
    ("u128", Prim::Int),
    ("usize", Prim::Int),
];

/// Puts the definitions of the standard library's model in place of mere names.
pub(super) fn take_from_model(program: &mut Program<'_>) {
    let Some(Def::Module(std)) = program.model(kw::std) else { return };
    for (module, types, values) in PRELUDE {
        let Some(module) = program.symbols.get(module).and_then(|m| program.scope(std).names.get(&m)?.types) else { continue };
        for name in types.iter().chain(*values) {
            let Some(name) = program.symbols.get(name) else { continue };
            let found = program.member(module.def, name, std);
            let of_enum = || {
                // `Some` and `Ok` are variants of what stands beside them.
                types.iter().find_map(|t| {
                    let Def::Item(id) = program.member(module.def, program.symbols.get(t)?, std).types?.def else { return None };
                    program.variant(id, name)
                })
            };
            let def = found.any().map(|b| b.def).filter(|d| !matches!(d, Def::External(_))).or_else(of_enum);
            let Some(def) = def else { continue };
            let entry = program.prelude.entry(name).or_default();
            for binding in [&mut entry.types, &mut entry.values].into_iter().flatten() {
                binding.def = def;
            }
        }
    }
}

pub(super) fn names(symbols: &mut Symbols) -> FxHashMap<Sym, PerNs> {
    let mut names: FxHashMap<Sym, PerNs> = FxHashMap::default();
    let bind = |def: Def| Some(Binding { def, vis: Vis::Public, strength: Strength::Glob });
    for (module, types, values) in PRELUDE {
        let parent = symbols.intern(module);
        for name in *types {
            let name = symbols.intern(name);
            names.entry(name).or_default().types = bind(Def::External(Ext { krate: kw::std, parent, name }));
        }
        for name in *values {
            let name = symbols.intern(name);
            names.entry(name).or_default().values = bind(Def::External(Ext { krate: kw::std, parent, name }));
        }
    }
    for (text, prim) in PRIMITIVES {
        let name = symbols.intern(text);
        names.entry(name).or_default().types = bind(Def::Prim(*prim));
    }
    for text in MACROS.iter().chain(DERIVES) {
        let name = symbols.intern(text);
        names.entry(name).or_default().macros = bind(Def::External(Ext { krate: kw::std, parent: kw::macro_, name }));
    }
    names
}
