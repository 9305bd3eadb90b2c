//! What a name may lead to, anywhere in the workspace, as one number.
//!
//! Takes: [`Index`], [`Identities`]. Gives: [`Meanings`]. Two runs that give a name the same number cannot tell apart, by that name, any
//! two things that inference looks at. Numbers are sums of digests, so that the order in which things are met does not matter.
//!
//! Inference reaches a definition by a name that stands in the module (of an item, a member, a field, a macro), or from a type that it has
//! reached already, by what the language does without a name: `*`, `?`, `for`, `.await`, operators, bounds. The first are summed up by
//! name. The second are part of what a type *is* ([`Types`]): its number holds its derives, the associated types of its impls and what
//! they lead to in turn. Impls for anything but one type of the workspace count for everything.

use super::identity::Identities;
use crate::frontend::rust::facts::{AttrRef, Fields, ItemKind, UseEnd};
use crate::frontend::rust::infer::index::{Head, Impl, Index};
use crate::frontend::rust::infer::lower::{Sink, generics, own_params};
use crate::frontend::rust::infer::ty::{TraitRef, Ty};
use crate::frontend::rust::resolve::{Binding, Def, DefId, DefKind, Program, ScopeId, Sym, Vis};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The digest of a text.
pub(super) fn text(text: &str) -> u64 {
    Digest::new(text).end()
}

/// Sums up what something is. The same in every run of this build.
#[derive(Clone)]
pub(super) struct Digest(DefaultHasher);

impl Digest {
    pub(super) fn new(what: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Digest(hasher)
    }

    pub(super) fn text(&mut self, text: &str) {
        text.hash(&mut self.0);
    }

    pub(super) fn number(&mut self, number: impl Hash) {
        number.hash(&mut self.0);
    }

    pub(super) fn end(self) -> u64 {
        self.0.finish()
    }
}

/// The sum of digests, in whatever order they come.
fn sum(digests: impl Iterator<Item = u64>) -> u64 {
    digests.fold(0, u64::wrapping_add)
}

/// What definitions are, with what can be reached from them without a name.
struct Types<'a> {
    program: &'a Program<'a>,
    identities: &'a Identities,
    /// For types and traits from which more can be reached: a number that holds it.
    reached: FxHashMap<DefId, u64>,
    /// All that each definition says of itself, once that is known.
    digests: Vec<u64>,
}

impl Types<'_> {
    fn def_id(&self, id: DefId) -> u64 {
        self.reached.get(&id).copied().unwrap_or_else(|| self.identities.def(id))
    }

    fn sym(&self, digest: &mut Digest, name: Sym) {
        digest.text(self.program.symbols.text(name));
    }

    fn def(&self, digest: &mut Digest, def: Def) {
        match def {
            Def::Module(scope) => digest.number((0_u8, self.identities.scope(scope), self.program.scope(scope).makes_names)),
            Def::Item(id) => digest.number((1_u8, self.def_id(id))),
            Def::Variant(id, at) => digest.number((2_u8, self.def_id(id), at)),
            Def::External(ext) => {
                digest.number(3_u8);
                for name in [ext.krate, ext.parent, ext.name] {
                    self.sym(digest, name);
                }
            }
            Def::Prim(prim) => digest.number((4_u8, prim)),
        }
    }

    fn ty(&self, digest: &mut Digest, ty: &Ty) {
        digest.number(std::mem::discriminant(ty));
        match ty {
            Ty::Unknown | Ty::Never => {}
            Ty::Prim(prim) => digest.number(prim),
            Ty::Adt(id, args) => {
                digest.number(self.def_id(*id));
                self.types(digest, args);
            }
            Ty::Ext(ext) => self.def(digest, Def::External(*ext)),
            Ty::Ref(inner) | Ty::Slice(inner) | Ty::Future(inner) => self.ty(digest, inner),
            Ty::Tuple(types) => self.types(digest, types),
            Ty::Fn(params, ret) => {
                self.types(digest, params);
                self.ty(digest, ret);
            }
            Ty::Param(owner, index) => digest.number((self.identities.def(*owner), index)),
            Ty::Bounds(bounds) => self.bounds(digest, bounds),
            Ty::Assoc(of, of_trait, name) => {
                self.ty(digest, of);
                digest.number(of_trait.map(|t| self.def_id(t)));
                self.sym(digest, *name);
            }
            Ty::Var(number) => digest.number(number),
        }
    }

    fn types(&self, digest: &mut Digest, types: &[Ty]) {
        digest.number(types.len());
        types.iter().for_each(|ty| self.ty(digest, ty));
    }

    fn bounds(&self, digest: &mut Digest, bounds: &[TraitRef]) {
        digest.number(bounds.len());
        for bound in bounds {
            self.def(digest, bound.def);
            self.types(digest, &bound.args);
            digest.number(bound.assoc.len());
            for (name, ty) in bound.assoc.iter() {
                self.sym(digest, *name);
                self.ty(digest, ty);
            }
        }
    }

    fn all_bounds(&self, digest: &mut Digest, bounds: &[(Ty, Vec<TraitRef>)]) {
        digest.number(bounds.len());
        for (ty, bounds) in bounds {
            self.ty(digest, ty);
            self.bounds(digest, bounds);
        }
    }

    /// Parameters with their defaults, and bounds.
    fn generics(&self, digest: &mut Digest, index: &Index<'_, '_>, id: DefId) {
        let place = index.place(id);
        for param in generics(self.program, id).into_iter().flat_map(|g| &g.params) {
            digest.number(param.is_const);
            self.sym(digest, place.sym(param.name));
            digest.number(param.ty.is_some());
            if let Some(default) = param.ty {
                self.ty(digest, &place.ty(default, &mut Sink::silent()));
            }
        }
        self.all_bounds(digest, &index.bounds(id));
    }

    /// An impl block: what it is for, of which trait, under which bounds, with which associated types.
    fn block(&self, digest: &mut Digest, index: &Index<'_, '_>, block: &Impl) {
        digest.number(self.identities.def(block.def));
        self.ty(digest, &block.self_ty);
        digest.number(block.of_trait.is_some());
        if let Some(of) = &block.of_trait {
            self.bounds(digest, std::slice::from_ref(of));
        }
        self.generics(digest, index, block.def);
        digest.number(sum(aliases(index, block.def).map(|(name, ty)| {
            let mut digest = Digest::new("associated type");
            self.sym(&mut digest, name);
            self.ty(&mut digest, &ty);
            digest.end()
        })));
    }
}

/// Associated types with what they stand for.
fn aliases<'i>(index: &'i Index<'_, '_>, parent: DefId) -> impl Iterator<Item = (Sym, Ty)> + 'i {
    index.program.def(parent).members.iter().filter_map(|member| {
        let ItemKind::TypeAlias { ty: Some(ty), .. } = &index.program.item(*member).kind else { return None };
        Some((index.program.def(*member).name, index.place(*member).ty(*ty, &mut Sink::silent())))
    })
}

/// Numbers for all names of the workspace.
pub(super) struct Meanings<'a> {
    types: Types<'a>,
    /// By symbol.
    names: Vec<u64>,
    /// By crate.
    crates: Vec<u64>,
    everything: u64,
    /// `macro_rules!` by crate and name: where each stands.
    macros: FxHashMap<(usize, Sym), Vec<ScopeId>>,
}

impl<'a> Meanings<'a> {
    pub(super) fn new(index: &Index<'a, 'a>, identities: &'a Identities) -> Self {
        let program = index.program;
        let bounding = bounding_traits(index);
        let (reached, of_everything) = reached(index, identities, &bounding);
        let mut types = Types { program, identities, reached, digests: Vec::new() };
        types.digests = (0..program.defs.len()).into_par_iter().map(|i| definition(&types, index, DefId(super::number(i)))).collect();
        let mut names = vec![0_u64; program.symbols.len()];
        let mut add = |name: Sym, digest: u64| names[name.0 as usize] = names[name.0 as usize].wrapping_add(digest);
        for (i, digest) in types.digests.iter().enumerate() {
            let id = DefId(super::number(i));
            if !program.is_model(program.module_of(id)) {
                self::names(index, id).into_iter().for_each(|name| add(name, *digest));
            }
        }
        let blocks: Vec<(Sym, u64)> = index.impls.par_iter().flat_map_iter(|block| by_members(&types, index, block)).collect();
        blocks.into_iter().for_each(|(name, digest)| add(name, digest));
        for (i, scope) in program.scopes.iter().enumerate() {
            let id = ScopeId(super::number(i));
            if program.is_model(id) || id != scope.module {
                continue;
            }
            scope
                .names
                .iter()
                .map(|(name, bound)| (*name, types.seen(id, bound, |b| !is_private(b, id))))
                .for_each(|(name, digest)| add(name, digest));
        }
        let macros: FxHashMap<(usize, Sym), Vec<ScopeId>> =
            program.textual_macros.iter().map(|(key, defs)| (*key, defs.iter().map(|d| program.def(*d).scope).collect())).collect();
        let crates = (0..program.crates.len()).map(|krate| types.krate(krate)).collect();
        let everything = of_everything.wrapping_add(types.globs()).wrapping_add(types.unbound());
        Meanings { names, crates, everything, macros, types }
    }

    /// What counts for every module.
    pub(super) fn of_everything(&self) -> u64 {
        self.everything
    }

    /// What counts for every module of a crate.
    pub(super) fn of_crate(&self, krate: usize) -> u64 {
        self.crates[krate]
    }

    /// What a module has in sight whatever it names: external crates by globs; where what it brings in comes from, and which traits.
    pub(super) fn around(&self, scope: ScopeId) -> u64 {
        let Types { program, identities, .. } = self.types;
        let mut digest = Digest::new("around");
        let data = program.scope(scope);
        let bound = data.names.values().flat_map(|n| [n.types, n.values]).flatten();
        let mut sight: Vec<u64> = bound
            .filter_map(|binding| match binding.def {
                Def::Item(id) | Def::Variant(id, _) => Some(id),
                _ => None,
            })
            .chain(data.unnamed.iter().map(|(id, _)| *id))
            .flat_map(|id| {
                let home = Some(identities.scope(program.module_of(id)));
                home.into_iter().chain((program.def(id).kind == DefKind::Trait).then(|| identities.def(id)))
            })
            .collect();
        sight.sort_unstable();
        sight.dedup();
        digest.number(sight);
        for (ext, _) in &data.external_globs {
            self.types.def(&mut digest, Def::External(*ext));
        }
        digest.end()
    }

    /// What a name may mean to a module: what is public of it, and what the modules around keep to themselves.
    pub(super) fn seen_from(&self, name: Sym, ancestors: &[ScopeId]) -> u64 {
        let Types { program, identities, .. } = self.types;
        let mut digest = Digest::new("name");
        digest.number(self.names[name.0 as usize]);
        for scope in ancestors {
            if let Some(bound) = program.scope(*scope).names.get(&name) {
                digest.number(self.types.seen(*scope, bound, |b| is_private(b, *scope)));
            }
        }
        let here = ancestors[0];
        if let Some(scopes) = self.macros.get(&(program.scope(here).krate, name)) {
            // Of those that are seen, the last one before this module counts.
            digest.number(scopes.iter().map(|s| (identities.scope(*s), *s < here)).collect::<Vec<_>>());
        }
        digest.end()
    }
}

/// Is it seen by its own module and those inside only?
fn is_private(binding: &Binding, scope: ScopeId) -> bool {
    binding.vis == Vis::In(scope)
}

impl Types<'_> {
    /// What a name is bound to in a scope, in the namespaces that are chosen. Macros are looked up without regard to who sees them.
    fn seen(&self, scope: ScopeId, bound: &crate::frontend::rust::resolve::PerNs, chosen: impl Fn(&Binding) -> bool) -> u64 {
        let of = |number: u8, binding: Option<Binding>, any: bool| {
            let Some(binding) = binding.filter(|b| any || chosen(b)) else { return 0 };
            let mut digest = Digest::new("binding");
            digest.number((number, self.identities.scope(scope), binding.strength));
            self.def(&mut digest, binding.def);
            // Under another name it is reached by that alone.
            if let Def::Item(id) | Def::Variant(id, _) = binding.def {
                digest.number(self.digests[id.0 as usize]);
            }
            digest.number(match binding.vis {
                Vis::Public => None,
                Vis::In(module) => Some(self.identities.scope(module)),
            });
            digest.end()
        };
        sum([of(0, bound.types, false), of(1, bound.values, false), of(2, bound.macros, true)].into_iter())
    }

    /// What paths of a crate may begin with, and what is on in it.
    fn krate(&self, krate: usize) -> u64 {
        let data = &self.program.crates[krate];
        let mut digest = Digest::new("crate");
        digest.text(&format!("{:?} {:?}", data.edition, data.cfg));
        digest.number(sum(data.extern_prelude.iter().map(|(name, def)| {
            let mut digest = Digest::new("extern");
            self.sym(&mut digest, *name);
            self.def(&mut digest, *def);
            digest.end()
        })));
        data.macro_crates.iter().for_each(|def| self.def(&mut digest, *def));
        digest.end()
    }

    /// Imports that bind nothing, because a macro makes what they name, and globs of the workspace through which others follow them.
    fn unbound(&self) -> u64 {
        let program = self.program;
        let of_scope =
            program.scopes.iter().enumerate().filter(|(i, _)| !program.is_model(ScopeId(super::number(*i)))).map(|(i, scope)| {
                let leaves = scope.uses.iter().flat_map(|(file, item)| match &program.file(*file).facts[*item].kind {
                    ItemKind::Use(leaves) => leaves.iter().map(|leaf| (*file, leaf)).collect(),
                    _ => Vec::new(),
                });
                let open = leaves.filter_map(|(file, leaf)| {
                    let sym = |name| program.symbols.of(file, name);
                    let name = match leaf.end {
                        UseEnd::Name | UseEnd::SelfName(None) => leaf.path.last().map(|(name, _)| sym(*name)),
                        UseEnd::Rename(name) | UseEnd::SelfName(Some(name)) => Some(sym(name)),
                        UseEnd::Underscore => return None,
                        UseEnd::Glob => None,
                    };
                    if name.is_some_and(|name| scope.names.get(&name).is_some_and(|bound| !bound.is_none())) {
                        return None;
                    }
                    let mut digest = Digest::new("open import");
                    digest.number((self.identities.scope(ScopeId(super::number(i))), leaf.global));
                    leaf.path.iter().map(|(name, _)| sym(*name)).chain(name).for_each(|sym| self.sym(&mut digest, sym));
                    Some(digest.end())
                });
                sum(open)
            });
        sum(of_scope)
    }

    /// Globs of external crates that others see, modules whose macros are seen outside of them, `$crate`s.
    fn globs(&self) -> u64 {
        let scopes = self.program.scopes.iter().enumerate().map(|(i, scope)| {
            let id = ScopeId(super::number(i));
            let mut digest = Digest::new("scope");
            let shown = scope.external_globs.iter().filter(|(_, vis)| *vis != Vis::In(id));
            let mut any = scope.macro_use;
            for (ext, _) in shown {
                self.def(&mut digest, Def::External(*ext));
                any = true;
            }
            digest.number((self.identities.scope(id), scope.macro_use));
            if any { digest.end() } else { 0 }
        });
        let marks = self.program.crate_marks.iter().map(|(name, scope)| {
            let mut digest = Digest::new("$crate");
            self.sym(&mut digest, *name);
            digest.number(self.identities.scope(*scope));
            digest.end()
        });
        sum(scopes).wrapping_add(sum(marks))
    }
}

/// All that a definition says of itself.
fn definition(types: &Types<'_>, index: &Index<'_, '_>, id: DefId) -> u64 {
    let program = index.program;
    let def = program.def(id);
    let place = index.place(id);
    let mut digest = Digest::new("definition");
    digest.number((types.def_id(id), def.kind as u8));
    if program.is_model(program.module_of(id)) {
        return digest.end();
    }
    types.generics(&mut digest, index, id);
    let lowered = |ty| place.ty(ty, &mut Sink::silent());
    match &program.item(id).kind {
        ItemKind::Fn(function) => {
            let signature = index.signature(id);
            digest.number((function.receiver.map(|r| (r.by_ref, r.mutable)), function.is_async, signature.has_self));
            if let Some(ty) = function.receiver.and_then(|r| r.ty) {
                types.ty(&mut digest, &lowered(ty));
            }
            types.types(&mut digest, &signature.params);
            types.ty(&mut digest, &signature.ret);
        }
        ItemKind::Struct { fields, .. } => {
            shape(types, index, id, fields, &mut digest);
            types.types(&mut digest, &index.fields(id));
        }
        ItemKind::Enum { variants, .. } => {
            types.types(&mut digest, &index.fields(id));
            for variant in variants {
                types.sym(&mut digest, place.sym(variant.name));
                shape(types, index, id, &variant.fields, &mut digest);
            }
        }
        ItemKind::TypeAlias { ty: Some(ty), .. } => {
            let ty = lowered(*ty);
            types.ty(&mut digest, &ty);
            // What stands for a struct has its shape.
            if let Ty::Adt(of, _) = ty {
                digest.number(definition(types, index, of));
            }
        }
        ItemKind::Const { ty, .. } | ItemKind::Static { ty, .. } => types.ty(&mut digest, &lowered(*ty)),
        ItemKind::Trait { .. } => {
            for member in &def.members {
                types.sym(&mut digest, program.def(*member).name);
            }
        }
        _ => {}
    }
    if let Some(parent) = def.parent {
        digest.number(types.identities.def(parent));
        if program.def(parent).kind == DefKind::Impl
            && let Some(block) = index.block(parent)
        {
            types.block(&mut digest, index, block);
        }
    }
    digest.end()
}

/// Names under which a definition is reached: its own, and those of its fields or variants.
fn names(index: &Index<'_, '_>, id: DefId) -> Vec<Sym> {
    let program = index.program;
    let place = index.place(id);
    let mut names = vec![program.def(id).name];
    match &program.item(id).kind {
        ItemKind::Struct { fields: Fields::Named(fields), .. } => names.extend(fields.iter().map(|(name, _)| place.sym(*name))),
        ItemKind::Struct { fields: Fields::Tuple(fields), .. } => {
            names.extend((0..fields.len()).filter_map(|i| program.symbols.get(&i.to_string())));
        }
        ItemKind::Enum { variants, .. } => names.extend(variants.iter().map(|v| place.sym(v.name))),
        _ => {}
    }
    names
}

/// Names and kinds of fields, as far as they are there.
fn shape(types: &Types<'_>, index: &Index<'_, '_>, id: DefId, fields: &Fields, digest: &mut Digest) {
    digest.number(std::mem::discriminant(fields));
    if let Fields::Named(list) = fields {
        let place = index.place(id);
        for (name, _) in list {
            types.sym(digest, place.sym(*name));
        }
    }
}

/// A trait's members are reached through its impls: by each of their names.
fn by_members(types: &Types<'_>, index: &Index<'_, '_>, block: &Impl) -> Vec<(Sym, u64)> {
    let program = index.program;
    if program.is_model(program.module_of(block.def)) {
        return Vec::new();
    }
    let mut digest = Digest::new("impl");
    types.block(&mut digest, index, block);
    let digest = digest.end();
    let declared = block.of_trait.as_ref().and_then(TraitRef::item).map(|of| program.def(of).members.as_slice()).unwrap_or_default();
    let own = program.def(block.def).members.as_slice();
    let mut names: Vec<Sym> = declared.iter().chain(own).map(|m| program.def(*m).name).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| (name, digest)).collect()
}

/// Traits that some bound in the header of an impl or on an associated type asks for: whether a type has them matters without any name.
fn bounding_traits(index: &Index<'_, '_>) -> FxHashSet<DefId> {
    let program = index.program;
    let mut found = FxHashSet::default();
    let mut todo: Vec<DefId> = index
        .impls
        .iter()
        .filter(|block| !program.is_model(program.module_of(block.def)))
        .flat_map(|block| index.bounds(block.def).iter().flat_map(|(_, b)| b).filter_map(TraitRef::item).collect::<Vec<_>>())
        .collect();
    while let Some(id) = todo.pop() {
        if found.insert(id) {
            todo.extend(index.bounds(id).iter().flat_map(|(_, b)| b).filter_map(TraitRef::item));
        }
    }
    found
}

/// For each type and trait of the workspace from which others are reached without a name, a number that holds all of these; and what
/// counts for everything.
fn reached(index: &Index<'_, '_>, identities: &Identities, bounding: &FxHashSet<DefId>) -> (FxHashMap<DefId, u64>, u64) {
    let program = index.program;
    let plain = Types { program, identities, reached: FxHashMap::default(), digests: Vec::new() };
    let is_workspace = |id: DefId| !program.is_model(program.module_of(id));
    // What each says of itself, and what it leads to.
    let mut own: FxHashMap<DefId, u64> = FxHashMap::default();
    let mut leads: FxHashMap<DefId, Vec<DefId>> = FxHashMap::default();
    let mut everything = 0_u64;
    for block in index.impls.iter().filter(|b| is_workspace(b.def)) {
        let of_trait = block.of_trait.as_ref().and_then(TraitRef::item);
        let is_inherent = matches!(&program.item(block.def).kind, ItemKind::Impl { of_trait: None, .. });
        // Methods of the workspace's traits are reached by their names; what a trait has arguments for may be found out from its impls.
        let says_nothing_else = |of: DefId| is_workspace(of) && !bounding.contains(&of) && own_params(program, of).is_empty();
        let by_name_only = of_trait.is_some_and(says_nothing_else) && aliases(index, block.def).next().is_none();
        if is_inherent || by_name_only {
            continue;
        }
        let mut digest = Digest::new("impl");
        plain.block(&mut digest, index, block);
        match Head::of(&block.self_ty) {
            Some(Head::Adt(id)) if is_workspace(id) => {
                let sum = own.entry(id).or_default();
                *sum = sum.wrapping_add(digest.end());
                let to = leads.entry(id).or_default();
                aliases(index, block.def).for_each(|(_, ty)| mentioned(&ty, to));
                index.bounds(block.def).iter().for_each(|(ty, bounds)| in_bounds(ty, bounds, to));
            }
            _ => everything = everything.wrapping_add(digest.end()),
        }
    }
    for (i, def) in program.defs.iter().enumerate() {
        let id = DefId(super::number(i));
        if !is_workspace(id) {
            continue;
        }
        match &program.item(id).kind {
            ItemKind::Struct { .. } | ItemKind::Enum { .. } => {
                let attrs = &program.item(id).attrs;
                let facts = &program.file(def.file).facts;
                let mut digest = Digest::new("attributes");
                digest.number(attrs.macros.is_empty());
                for path in &attrs.derives {
                    digest.text(&crate::frontend::rust::assemble::path_text(facts, path));
                }
                // As an impl of `Deref` would lead there.
                if let Some(target) = index.derived_deref(id) {
                    plain.ty(&mut digest, &target);
                    mentioned(&target, leads.entry(id).or_default());
                }
                // `#[from]` on a field is an impl of `From`.
                for named in &attrs.named {
                    if let AttrRef::From(ty) = named.what {
                        plain.ty(&mut digest, &index.place(id).ty(ty, &mut Sink::silent()));
                    }
                }
                let sum = own.entry(id).or_default();
                *sum = sum.wrapping_add(digest.end());
            }
            ItemKind::Trait { .. } => {
                let mut digest = Digest::new("trait");
                plain.generics(&mut digest, index, id);
                let to = leads.entry(id).or_default();
                index.bounds(id).iter().for_each(|(ty, bounds)| in_bounds(ty, bounds, to));
                for member in &def.members {
                    if let ItemKind::TypeAlias { bounds, .. } = &program.item(*member).kind {
                        let bounds = index.place(*member).bounds(bounds, &mut Sink::silent(), 16);
                        plain.sym(&mut digest, program.def(*member).name);
                        plain.bounds(&mut digest, &bounds);
                        in_bounds(&Ty::Unknown, &bounds, to);
                    }
                }
                let sum = own.entry(id).or_default();
                *sum = sum.wrapping_add(digest.end());
            }
            _ => {}
        }
    }
    let of = |id: DefId| identities.def(id).wrapping_add(own.get(&id).copied().unwrap_or_default());
    let ids: Vec<DefId> = own.keys().copied().collect();
    let numbers = ids
        .par_iter()
        .map(|id| {
            let mut seen: FxHashSet<DefId> = FxHashSet::default();
            let mut todo = vec![*id];
            let mut total = 0_u64;
            while let Some(next) = todo.pop() {
                if seen.insert(next) {
                    let mut digest = Digest::new("reached");
                    digest.number(of(next));
                    total = total.wrapping_add(digest.end());
                    todo.extend(leads.get(&next).into_iter().flatten());
                }
            }
            let mut digest = Digest::new("type");
            digest.number((identities.def(*id), total));
            (*id, digest.end())
        })
        .collect();
    (numbers, everything)
}

fn in_bounds(ty: &Ty, bounds: &[TraitRef], out: &mut Vec<DefId>) {
    mentioned(ty, out);
    for bound in bounds {
        out.extend(bound.item());
        bound.args.iter().for_each(|t| mentioned(t, out));
        bound.assoc.iter().for_each(|(_, t)| mentioned(t, out));
    }
}

/// Definitions that a type names.
fn mentioned(ty: &Ty, out: &mut Vec<DefId>) {
    ty.map(&mut |t| {
        match t {
            Ty::Adt(id, _) => out.push(*id),
            Ty::Bounds(bounds) => out.extend(bounds.iter().filter_map(TraitRef::item)),
            Ty::Assoc(_, Some(of), _) => out.push(*of),
            _ => {}
        }
        None
    });
}
