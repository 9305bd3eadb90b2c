//! Binds `use` and `extern crate` to a fixed point: re-exports of re-exports, globs of globs, cycles of both.

use super::collect::external;
use super::names::Namespace;
use super::program::{Binding, Def, DefKind, PerNs, Program, ScopeId, Strength, Vis};
use super::symbols::{Sym, kw};
use crate::frontend::rust::facts::{ItemKind, UseEnd, UseLeaf};

/// Rounds until nothing changes any more: as many as the longest chain of re-exports, which no program takes this far.
const ROUNDS: usize = 200;

struct Import<'a> {
    scope: ScopeId,
    vis: Vis,
    leaf: &'a UseLeaf,
    path: Vec<Sym>,
    name: Sym,
    bound: bool,
    /// Changes of a glob's source when it was last copied.
    seen: u32,
}

pub(super) fn bind(program: &mut Program<'_>) {
    extern_crates(program);
    let mut imports = imports(program);
    for round in 0..ROUNDS {
        let mut changed = false;
        // Names that are bound already may yet turn up in another namespace: looked at again only once the rest has settled.
        for import in imports.iter_mut().filter(|i| !i.bound || i.leaf.end == UseEnd::Glob) {
            changed |= bind_one(program, import);
        }
        if !changed {
            let mut late = false;
            for import in imports.iter_mut().filter(|i| i.leaf.end != UseEnd::Glob) {
                late |= bind_one(program, import);
            }
            if !late || round + 1 == ROUNDS {
                return;
            }
        }
    }
}

fn extern_crates(program: &mut Program<'_>) {
    for index in 0..program.scopes.len() {
        let scope = ScopeId(u32::try_from(index).unwrap_or(u32::MAX));
        for (file, ix) in program.scope(scope).uses.clone() {
            let item = &program.loaded.files[file].facts[ix];
            let ItemKind::ExternCrate { rename } = &item.kind else { continue };
            let krate = program.scope(scope).krate;
            let name = program.symbols.of(file, item.name);
            let def = match name {
                kw::self_value => Def::Module(program.crates[krate].root),
                name => program.crates[krate].extern_prelude.get(&name).copied().unwrap_or_else(|| external(name)),
            };
            if item.attrs.macro_use {
                program.crates[krate].macro_crates.push(def);
            }
            let bound = match rename {
                None => name,
                Some(Some(renamed)) => program.symbols.of(file, *renamed),
                Some(None) => continue,
            };
            let vis = visibility(program, &item.vis, scope, file);
            let names = PerNs { types: Some(Binding { def, vis, strength: Strength::Explicit }), ..PerNs::default() };
            program.scope_mut(scope).names.entry(bound).or_default().merge(names);
            if scope == program.crates[krate].root {
                program.crates[krate].extern_prelude.insert(bound, def);
            }
        }
    }
}

fn visibility(program: &Program<'_>, vis: &crate::frontend::rust::facts::Vis, scope: ScopeId, file: usize) -> Vis {
    super::collect::visibility(program, vis, file, scope)
}

fn imports<'a>(program: &Program<'a>) -> Vec<Import<'a>> {
    let mut imports = Vec::new();
    for index in 0..program.scopes.len() {
        let scope = ScopeId(u32::try_from(index).unwrap_or(u32::MAX));
        for (file, ix) in &program.scope(scope).uses {
            let item = &program.loaded.files[*file].facts[*ix];
            let ItemKind::Use(leaves) = &item.kind else { continue };
            let vis = visibility(program, &item.vis, scope, *file);
            for leaf in leaves {
                let path: Vec<Sym> = leaf.path.iter().map(|(name, _)| program.symbols.of(*file, *name)).collect();
                let last = path.last().copied().unwrap_or(kw::empty);
                let name = match leaf.end {
                    UseEnd::Rename(name) | UseEnd::SelfName(Some(name)) => program.symbols.of(*file, name),
                    _ => last,
                };
                imports.push(Import { scope, vis, leaf, path, name, bound: false, seen: u32::MAX });
            }
        }
    }
    imports
}

fn bind_one(program: &mut Program<'_>, import: &mut Import<'_>) -> bool {
    if import.leaf.end == UseEnd::Glob {
        return glob(program, import);
    }
    let mut found = resolve_leaf(program, import.scope, import.leaf, &import.path);
    if import.leaf.end == UseEnd::Underscore {
        if let Some(Binding { def: Def::Item(id), .. }) = found.types
            && program.def(id).kind == DefKind::Trait
            && !import.bound
        {
            import.bound = true;
            program.scope_mut(import.scope).unnamed.push((id, import.vis));
            return true;
        }
        return false;
    }
    if found.is_none() {
        return false;
    }
    import.bound = true;
    for binding in [&mut found.types, &mut found.values, &mut found.macros].into_iter().flatten() {
        binding.vis = import.vis;
        binding.strength = if matches!(binding.def, Def::External(_)) { Strength::External } else { Strength::Explicit };
    }
    let changed = program.scope_mut(import.scope).names.entry(import.name).or_default().merge(found);
    if changed {
        program.scope_mut(import.scope).changes += 1;
    }
    changed
}

impl Program<'_> {
    /// What a `use` leaf means, in every namespace.
    pub(in crate::frontend::rust) fn leaf(&self, scope: ScopeId, leaf: &UseLeaf, path: &[Sym]) -> PerNs {
        resolve_leaf(self, scope, leaf, path)
    }
}

fn resolve_leaf(program: &Program<'_>, scope: ScopeId, leaf: &UseLeaf, path: &[Sym]) -> PerNs {
    let only_types = matches!(leaf.end, UseEnd::SelfName(_));
    let binding = |def: Def| Binding { def, vis: Vis::Public, strength: Strength::Explicit };
    let whole = |ns: Namespace| {
        let found = program.path(scope, leaf.global, path, ns, true)?;
        (found.used == path.len()).then(|| binding(found.def))
    };
    if path.len() > 1 {
        // The way to the last but one segment is the same in every namespace.
        let Some((last, before)) = path.split_last() else { return PerNs::default() };
        if *last != kw::super_ {
            let Some(parent) = program.path(scope, leaf.global, before, Namespace::Types, true).filter(|f| f.used == before.len()) else {
                return PerNs::default();
            };
            let mut names = program.member(parent.def, *last, scope);
            if only_types {
                names.values = None;
                names.macros = None;
            }
            return names;
        }
    }
    let types = whole(Namespace::Types);
    if only_types {
        return PerNs { types, ..PerNs::default() };
    }
    PerNs { types, values: whole(Namespace::Values), macros: whole(Namespace::Macros) }
}

fn glob(program: &mut Program<'_>, import: &mut Import<'_>) -> bool {
    let source = if import.path.is_empty() {
        // `use ::*` and `use {a, b}` without a path in 2015: the root.
        Some(Def::Module(program.crates[program.scope(import.scope).krate].root))
    } else {
        program
            .path(import.scope, import.leaf.global, &import.path, Namespace::Types, true)
            .filter(|f| f.used == import.path.len())
            .map(|f| f.def)
    };
    let strength = Strength::Glob;
    match source {
        Some(Def::Module(source)) if source != import.scope => {
            if program.scope(source).changes == import.seen {
                return false;
            }
            import.seen = program.scope(source).changes;
            let mut changed = false;
            let mut names: Vec<(Sym, PerNs)> = program.scope(source).names.iter().map(|(n, b)| (*n, *b)).collect();
            names.sort_by_key(|(name, _)| *name);
            for (name, mut names) in names {
                for binding in [&mut names.types, &mut names.values, &mut names.macros] {
                    *binding = binding.filter(|b| program.is_visible(b.vis, import.scope)).map(|b| Binding {
                        vis: narrower(b.vis, import.vis),
                        strength,
                        ..b
                    });
                }
                if !names.is_none() {
                    changed |= program.scope_mut(import.scope).names.entry(name).or_default().merge(names);
                }
            }
            for (ext, vis) in program.scope(source).external_globs.clone() {
                if program.is_visible(vis, import.scope) {
                    changed |= add_external(program, import.scope, ext, import.vis);
                }
            }
            for (id, vis) in program.scope(source).unnamed.clone() {
                if program.is_visible(vis, import.scope) && !program.scope(import.scope).unnamed.iter().any(|(known, _)| *known == id) {
                    program.scope_mut(import.scope).unnamed.push((id, import.vis));
                    changed = true;
                }
            }
            if changed {
                program.scope_mut(import.scope).changes += 1;
            }
            changed
        }
        Some(Def::Item(id)) if program.def(id).kind == DefKind::Enum && !import.bound => {
            import.bound = true;
            let file = program.def(id).file;
            let ItemKind::Enum { variants, .. } = &program.item(id).kind else { return false };
            for (i, variant) in variants.iter().enumerate() {
                let name = program.symbols.of(file, variant.name);
                let def = Def::Variant(id, u32::try_from(i).unwrap_or(u32::MAX));
                let binding = Binding { def, vis: import.vis, strength };
                let names = PerNs { types: Some(binding), values: Some(binding), macros: None };
                program.scope_mut(import.scope).names.entry(name).or_default().merge(names);
            }
            program.scope_mut(import.scope).changes += 1;
            true
        }
        Some(Def::External(ext)) => {
            let changed = add_external(program, import.scope, ext, import.vis);
            program.scope_mut(import.scope).changes += u32::from(changed);
            changed
        }
        _ => false,
    }
}

fn add_external(program: &mut Program<'_>, scope: ScopeId, ext: super::program::Ext, vis: Vis) -> bool {
    if program.scope(scope).external_globs.iter().any(|(known, _)| *known == ext) {
        return false;
    }
    program.scope_mut(scope).external_globs.push((ext, vis));
    true
}

fn narrower(a: Vis, b: Vis) -> Vis {
    if a == Vis::Public {
        b
    } else if b == Vis::Public {
        a
    } else {
        b
    }
}
