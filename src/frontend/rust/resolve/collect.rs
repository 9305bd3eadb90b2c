//! Fills the scopes with what they declare: definitions, blocks with items, crates' extern preludes.

use super::prelude;
use super::program::{Binding, CrateData, Def, DefData, DefId, DefKind, Ext, PerNs, Program, Scope, ScopeId, Strength, Vis};
use super::symbols::{Sym, Symbols, kw};
use crate::frontend::rust::discover::{CfgSet, Workspace, called};
use crate::frontend::rust::facts::{self, Around, BlockIx, Fields, ItemIx, ItemKind};
use crate::frontend::rust::load::{At, Loaded};
use crate::frontend::rust::parse::expand::Root;
use rustc_hash::FxHashMap;

pub(super) fn collect<'a>(workspace: &Workspace, loaded: &'a Loaded) -> Program<'a> {
    let mut symbols = Symbols::new(&loaded.files);
    let prelude = prelude::names(&mut symbols);
    let crates = crates(workspace, loaded, &mut symbols);
    let crate_marks = (0..loaded.crates.len())
        .filter_map(|i| Some((symbols.get(&format!("{}{i}", crate::frontend::rust::parse::expand::CRATE))?, crates[i].root)))
        .collect();
    let mut program = Program {
        loaded,
        symbols,
        crates,
        scopes: Vec::new(),
        defs: Vec::new(),
        blocks: FxHashMap::default(),
        textual_macros: FxHashMap::default(),
        crate_marks,
        prelude,
    };
    for (index, module) in loaded.modules.iter().enumerate() {
        let parent = module.parent.map(scope_id);
        let mut scope = new_scope(module.krate, parent, scope_id(index));
        scope.macro_use = module.macro_use;
        program.scopes.push(scope);
    }
    for index in 0..loaded.modules.len() {
        declare_module(&mut program, index);
    }
    for index in 0..program.scopes.len() {
        // A model lacks most of its library: what is not there is external, and not unresolved.
        if program.is_model(scope_id(index)) {
            let krate = program.crate_name(scope_id(index));
            program.scopes[index].external_globs.push((Ext { krate, parent: kw::empty, name: krate }, Vis::Public));
        }
    }
    prelude::take_from_model(&mut program);
    let by_root = blocks_by_root(loaded);
    for index in 0..loaded.modules.len() {
        blocks(&mut program, index, &by_root);
    }
    program
}

fn scope_id(index: usize) -> ScopeId {
    ScopeId(u32::try_from(index).expect("fewer than u32::MAX scopes"))
}

fn new_scope(krate: usize, parent: Option<ScopeId>, module: ScopeId) -> Scope {
    Scope {
        krate,
        parent,
        module,
        names: FxHashMap::default(),
        changes: 0,
        external_globs: Vec::new(),
        unnamed: Vec::new(),
        defs: Vec::new(),
        uses: Vec::new(),
        macro_calls: Vec::new(),
        makes_names: false,
        macro_use: false,
    }
}

fn crates(workspace: &Workspace, loaded: &Loaded, symbols: &mut Symbols) -> Vec<CrateData> {
    let library = |package: usize| loaded.crates[..loaded.models].iter().position(|c| c.package == package && c.kind.is_library());
    loaded
        .crates
        .iter()
        .enumerate()
        .map(|(index, krate)| {
            let mut extern_prelude = FxHashMap::default();
            let model = |name: &str| loaded.crates[loaded.models..].iter().find(|c| c.name == name).map(|c| Def::Module(scope_id(c.root)));
            symbols.intern(&krate.name);
            for name in ["std", "core", "alloc", "proc_macro", "test"] {
                let sym = symbols.intern(name);
                // What is in `core` and `alloc` is in `std`, too.
                let def = if matches!(name, "core" | "alloc") { model("std") } else { model(name) };
                extern_prelude.insert(sym, def.unwrap_or_else(|| external(sym)));
            }
            if index >= loaded.models {
                return CrateData {
                    edition: krate.edition,
                    root: scope_id(krate.root),
                    extern_prelude,
                    macro_crates: Vec::new(),
                    cfg: CfgSet::default(),
                };
            }
            for dependency in &workspace.packages[krate.package].dependencies {
                // A library may carry another name than its package: without a rename, code uses the library's.
                let target = dependency.package.and_then(library);
                let renamed = dependency.name != dependency.package_name.replace('-', "_");
                let name = match target {
                    Some(target) if !renamed => called(&loaded.crates[target].name).to_owned(),
                    _ => dependency.name.clone(),
                };
                let sym = symbols.intern(&name);
                let known = || model(&dependency.package_name.replace('-', "_")).unwrap_or_else(|| external(sym));
                let def = target.map_or_else(known, |t| Def::Module(scope_id(loaded.crates[t].root)));
                extern_prelude.insert(sym, def);
            }
            if let Some(own) = library(krate.package).filter(|own| *own != index) {
                let sym = symbols.intern(called(&loaded.crates[own].name));
                extern_prelude.insert(sym, Def::Module(scope_id(loaded.crates[own].root)));
            }
            CrateData {
                edition: krate.edition,
                root: scope_id(krate.root),
                extern_prelude,
                macro_crates: Vec::new(),
                cfg: workspace.packages[krate.package].cfg.clone(),
            }
        })
        .collect()
}

pub(super) fn external(krate: Sym) -> Def {
    Def::External(Ext { krate, parent: kw::empty, name: krate })
}

fn declare_module(program: &mut Program<'_>, index: usize) {
    let loaded = program.loaded;
    let module = &loaded.modules[index];
    let scope = scope_id(index);
    if let (Some(parent), Some((file, item))) = (module.parent, module.declaration) {
        let item = &loaded.files[file].facts[item];
        let vis = visibility(program, &item.vis, file, scope_id(parent));
        let name = program.symbols.of(file, item.name);
        bind(program, scope_id(parent), name, PerNs { types: Some(explicit(Def::Module(scope), vis)), ..PerNs::default() });
    }
    for (file, item) in &module.items {
        declare(program, scope, *file, *item);
    }
}

fn explicit(def: Def, vis: Vis) -> Binding {
    Binding { def, vis, strength: Strength::Explicit }
}

fn bind(program: &mut Program<'_>, scope: ScopeId, name: Sym, names: PerNs) {
    program.scope_mut(scope).names.entry(name).or_default().merge(names);
}

pub(super) fn visibility(program: &Program<'_>, vis: &facts::Vis, file: usize, scope: ScopeId) -> Vis {
    let here = program.scope(scope).module;
    match vis {
        facts::Vis::Public => Vis::Public,
        facts::Vis::Private => Vis::In(here),
        facts::Vis::In(path) => {
            let mut module = here;
            for (i, name) in path.iter().enumerate() {
                match program.symbols.of(file, *name) {
                    kw::krate => module = program.crates[program.scope(scope).krate].root,
                    kw::super_ => module = program.scope(module).parent.map_or(module, |p| program.scope(p).module),
                    kw::self_value => {}
                    // `pub(in a::b)`: always an ancestor; what is left of the path leads down from its start.
                    name => {
                        if i == 0 {
                            module = program.crates[program.scope(scope).krate].root;
                        }
                        if let Some(Binding { def: Def::Module(inner), .. }) = program.scope(module).names.get(&name).and_then(|n| n.types)
                        {
                            module = inner;
                        }
                    }
                }
            }
            Vis::In(module)
        }
    }
}

fn declare(program: &mut Program<'_>, scope: ScopeId, file: usize, ix: ItemIx) {
    let item = &program.loaded.files[file].facts[ix];
    let name = program.symbols.of(file, item.name);
    let vis = visibility(program, &item.vis, file, scope);
    let (mut types, mut values) = (false, false);
    let kind = match &item.kind {
        ItemKind::Fn(_) => {
            values = true;
            DefKind::Fn
        }
        ItemKind::Struct { fields, union, .. } => {
            types = true;
            values = !matches!(fields, Fields::Named(_));
            if *union { DefKind::Union } else { DefKind::Struct }
        }
        ItemKind::Enum { .. } => {
            types = true;
            DefKind::Enum
        }
        ItemKind::Trait { .. } => {
            types = true;
            DefKind::Trait
        }
        ItemKind::TypeAlias { .. } => {
            types = true;
            DefKind::Alias
        }
        ItemKind::Const { .. } => {
            values = true;
            DefKind::Const
        }
        ItemKind::Static { .. } => {
            values = true;
            DefKind::Static
        }
        ItemKind::MacroRules(..) => DefKind::Macro,
        ItemKind::Impl { .. } => DefKind::Impl,
        ItemKind::Use(_) | ItemKind::ExternCrate { .. } => {
            program.scope_mut(scope).uses.push((file, ix));
            return;
        }
        ItemKind::MacroCall(call) => {
            let facts = &program.loaded.files[file].facts;
            let is_expanded = |name: &facts::Name| program.loaded.expanded_names.contains(facts.text(*name));
            let is_unread = matches!(call.args, facts::MacroArgs::Fragments { .. });
            let makes = is_unread && call.path.segments.last().is_some_and(|s| !is_expanded(&s.name));
            let scope = program.scope_mut(scope);
            scope.macro_calls.push((file, ix));
            scope.makes_names |= makes;
            return;
        }
        ItemKind::Module(_) => return,
    };
    let def = add(program, DefData { kind, name, file, item: ix, scope, parent: None, members: Vec::new() });
    program.scope_mut(scope).defs.push(def);
    let facts = &program.loaded.files[file].facts;
    let makes = |path: &facts::Path| path.segments.last().is_some_and(|s| facts.text(s.name) == "DeriveEntityModel");
    program.scope_mut(scope).makes_names |= item.attrs.derives.iter().any(makes);
    let krate = program.scope(scope).krate;
    if kind == DefKind::Macro {
        program.textual_macros.entry((krate, name)).or_default().push(def);
        if item.attrs.macro_export {
            let root = program.crates[krate].root;
            bind(program, root, name, PerNs { macros: Some(explicit(Def::Item(def), Vis::Public)), ..PerNs::default() });
        }
    }
    if let Some(exported) = item.attrs.proc_macro {
        let exported = program.symbols.of(file, exported);
        let exported = if exported == kw::empty { name } else { exported };
        bind(program, scope, exported, PerNs { macros: Some(explicit(Def::Item(def), Vis::Public)), ..PerNs::default() });
    }
    // `const _` and impl blocks have no name to be found by.
    if program.symbols.text(name) != "_" && kind != DefKind::Impl {
        let binding = explicit(Def::Item(def), vis);
        let names = PerNs { types: types.then_some(binding), values: values.then_some(binding), macros: None };
        bind(program, scope, name, names);
    }
    let members: &[ItemIx] = match &item.kind {
        ItemKind::Impl { items, .. } | ItemKind::Trait { items, .. } => items,
        _ => &[],
    };
    for member in members {
        self::member(program, scope, file, *member, def);
    }
}

fn member(program: &mut Program<'_>, scope: ScopeId, file: usize, ix: ItemIx, parent: DefId) {
    let item = &program.loaded.files[file].facts[ix];
    let kind = match &item.kind {
        ItemKind::Fn(_) => DefKind::Fn,
        ItemKind::Const { .. } => DefKind::Const,
        ItemKind::TypeAlias { .. } => DefKind::Alias,
        ItemKind::MacroCall(call) => {
            if let Some((expanded, Root::Items(inner))) = program.loaded.expansions.get(&(file, At::Member(ix))) {
                for inner in inner {
                    member(program, scope, *expanded, *inner, parent);
                }
            } else if let facts::MacroArgs::Items(inner) = &call.args {
                for inner in inner {
                    member(program, scope, file, *inner, parent);
                }
            }
            program.scope_mut(scope).macro_calls.push((file, ix));
            return;
        }
        _ => return,
    };
    if !super::names::is_on(program, scope, &item.attrs) {
        return;
    }
    let name = program.symbols.of(file, item.name);
    let def = add(program, DefData { kind, name, file, item: ix, scope, parent: Some(parent), members: Vec::new() });
    program.defs[parent.0 as usize].members.push(def);
}

fn add(program: &mut Program<'_>, data: DefData) -> DefId {
    let id = DefId(u32::try_from(program.defs.len()).expect("fewer than u32::MAX definitions"));
    program.defs.push(data);
    id
}

/// For each file, its blocks with items under the file or inline module that they stand in.
type ByRoot = Vec<FxHashMap<Option<ItemIx>, Vec<BlockIx>>>;

fn blocks_by_root(loaded: &Loaded) -> ByRoot {
    loaded
        .files
        .iter()
        .map(|file| {
            let facts = &file.facts;
            let mut by_root: FxHashMap<Option<ItemIx>, Vec<BlockIx>> = FxHashMap::default();
            let mut roots: FxHashMap<BlockIx, Option<ItemIx>> = FxHashMap::default();
            // A block is numbered before what it contains.
            for (i, block) in facts.blocks.iter().enumerate().filter(|(_, b)| !b.items.is_empty()) {
                let ix = BlockIx(u32::try_from(i).unwrap_or(u32::MAX));
                let root = match block.around {
                    Around::File => None,
                    Around::Module(item) => Some(item),
                    Around::Block(outer) => roots.get(&outer).copied().flatten(),
                };
                roots.insert(ix, root);
                by_root.entry(root).or_default().push(ix);
            }
            by_root
        })
        .collect()
}

fn blocks(program: &mut Program<'_>, index: usize, by_root: &ByRoot) {
    let loaded = program.loaded;
    let module = &loaded.modules[index];
    let here = scope_id(index);
    let is_inline = module.declaration.is_some_and(|(file, item)| matches!(loaded.files[file].facts[item].kind, ItemKind::Module(Some(_))));
    let root = if is_inline { module.declaration.map(|(_, item)| item) } else { None };
    let expanded = loaded.expanded_in.iter().filter(|(home, _)| *home == index).map(|(_, file)| *file);
    let mut files: Vec<usize> = module.items.iter().map(|(file, _)| *file).chain([module.file]).chain(expanded).collect();
    files.sort_unstable();
    files.dedup();
    for file in files {
        let key = if file == module.file { root } else { None };
        for block in by_root[file].get(&key).into_iter().flatten() {
            let facts = &loaded.files[file].facts;
            let parent = match facts[*block].around {
                Around::Block(outer) => program.blocks.get(&(here, file, outer)).copied().unwrap_or(here),
                _ => here,
            };
            let scope = scope_id(program.scopes.len());
            program.scopes.push(new_scope(module.krate, Some(parent), here));
            program.blocks.insert((here, file, *block), scope);
            for item in &facts[*block].items {
                if super::names::is_on(program, scope, &facts[*item].attrs) {
                    declare(program, scope, file, *item);
                }
            }
        }
    }
}
