//! Looks names and paths up from a scope (Rust Reference, "Name resolution" and "Preludes").

use super::program::{Binding, Def, DefId, DefKind, Ext, PerNs, Program, ScopeId};
use super::symbols::{Sym, kw};
use crate::frontend::rust::discover::Edition;
use crate::frontend::rust::facts::{Attrs, Cfg, ItemKind, Path, Type, TypeIx};

/// Where a name may live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend::rust) enum Namespace {
    Types,
    Values,
    Macros,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend::rust) struct Found {
    /// What the segments before `used` mean.
    pub def: Def,
    /// How many segments that took: the rest is looked up by type.
    pub used: usize,
    /// The module through which the last step went.
    pub through: Option<ScopeId>,
}

/// A path, as far as it could be followed.
pub(in crate::frontend::rust) type Resolved = Option<Found>;

impl PerNs {
    pub(in crate::frontend::rust) fn get(&self, ns: Namespace) -> Option<Binding> {
        match ns {
            Namespace::Types => self.types,
            Namespace::Values => self.values,
            Namespace::Macros => self.macros,
        }
    }
}

/// Do all `cfg`s of an item in this scope hold, and is it no test?
pub(in crate::frontend::rust) fn is_on(program: &Program<'_>, scope: ScopeId, attrs: &Attrs) -> bool {
    let tests = program.crates[program.scope(scope).krate].cfg.tests();
    (tests || !attrs.test) && program.holds(scope, &attrs.cfg)
}

impl Program<'_> {
    /// Do these conditions hold in the crate of this scope?
    pub(in crate::frontend::rust) fn holds(&self, scope: ScopeId, cfg: &[Cfg]) -> bool {
        let set = &self.crates[self.scope(scope).krate].cfg;
        cfg.iter().all(|c| set.holds(c))
    }

    /// A name as written in a scope: blocks outwards to the module, then what every module sees.
    pub(in crate::frontend::rust) fn lookup(&self, scope: ScopeId, name: Sym, ns: Namespace) -> Option<Def> {
        let krate = &self.crates[self.scope(scope).krate];
        let mut at = scope;
        loop {
            if let Some(binding) = self.scope(at).names.get(&name).and_then(|n| n.get(ns)) {
                return Some(binding.def);
            }
            if at == self.scope(at).module {
                break;
            }
            at = self.scope(at).parent?;
        }
        if ns == Namespace::Types
            && let Some(def) = krate.extern_prelude.get(&name)
        {
            return Some(*def);
        }
        // A `#[macro_use] extern crate` or `extern crate … as` at the root is seen everywhere.
        if ns == Namespace::Macros
            && let Some(found) = krate.macro_crates.iter().find_map(|c| self.macro_of(*c, name))
        {
            return Some(found);
        }
        if let Some(binding) = self.prelude.get(&name).and_then(|n| n.get(ns)) {
            return Some(binding.def);
        }
        self.external_glob(scope, name)
    }

    fn macro_of(&self, krate: Def, name: Sym) -> Option<Def> {
        match krate {
            Def::Module(root) => self.scope(root).names.get(&name)?.macros.map(|b| b.def),
            _ => None,
        }
    }

    /// Whatever is brought in from outside by a glob, nobody can tell what it is called: a name that nothing else explains is taken from there.
    fn external_glob(&self, scope: ScopeId, name: Sym) -> Option<Def> {
        let mut at = scope;
        loop {
            if let Some((ext, _)) = self.scope(at).external_globs.first() {
                return Some(Def::External(Ext { krate: ext.krate, parent: ext.name, name }));
            }
            if at == self.scope(at).module {
                return None;
            }
            at = self.scope(at).parent?;
        }
    }

    /// A macro by its bare name: textual scope first, then as any other name.
    pub(in crate::frontend::rust) fn lookup_macro(&self, scope: ScopeId, name: Sym) -> Option<Def> {
        let krate = self.scope(scope).krate;
        if let Some(candidates) = self.textual_macros.get(&(krate, name)) {
            // The innermost scope around the invocation, then modules whose macros are seen by what follows them.
            let around = |def: &&DefId| self.encloses(self.def(**def).scope, scope);
            if let Some(def) = candidates.iter().filter(around).max_by_key(|d| self.depth(self.def(**d).scope)) {
                return Some(Def::Item(*def));
            }
            // Modules are numbered as they stand in the text: of those before this one the last counts.
            let used = candidates.iter().filter(|d| self.is_macro_used(self.def(**d).scope, scope));
            let here = self.scope(scope).module;
            if let Some(def) = used.max_by_key(|d| Some(self.def(**d).scope).filter(|s| *s < here)) {
                return Some(Def::Item(*def));
            }
        }
        self.lookup(scope, name, Namespace::Macros)
    }

    fn encloses(&self, outer: ScopeId, inner: ScopeId) -> bool {
        let mut at = Some(inner);
        while let Some(scope) = at {
            if scope == outer {
                return true;
            }
            at = self.scope(scope).parent;
        }
        false
    }

    fn depth(&self, scope: ScopeId) -> usize {
        std::iter::successors(Some(scope), |s| self.scope(*s).parent).count()
    }

    /// Do `#[macro_use]`s lead the macros of `inside` out to a scope around `scope`?
    fn is_macro_used(&self, inside: ScopeId, scope: ScopeId) -> bool {
        let mut at = inside;
        while self.scope(at).macro_use {
            let Some(parent) = self.scope(at).parent else { return false };
            if self.encloses(parent, scope) {
                return true;
            }
            at = parent;
        }
        false
    }

    /// One step down a path.
    pub(in crate::frontend::rust) fn member(&self, def: Def, name: Sym, from: ScopeId) -> PerNs {
        let only = |def: Def| Binding { def, vis: super::program::Vis::Public, strength: super::program::Strength::Explicit };
        match def {
            Def::Module(scope) => {
                let mut names = self.scope(scope).names.get(&name).copied().unwrap_or_default();
                for binding in [&mut names.types, &mut names.values, &mut names.macros] {
                    if binding.is_some_and(|b| !self.is_visible(b.vis, from)) {
                        *binding = None;
                    }
                }
                if names.is_none()
                    && let Some((ext, _)) = self.scope(scope).external_globs.iter().find(|(_, vis)| self.is_visible(*vis, from))
                {
                    return PerNs::all(only(Def::External(Ext { krate: ext.krate, parent: ext.name, name })));
                }
                names
            }
            Def::Item(id) if self.def(id).kind == DefKind::Enum => match self.variant(id, name) {
                Some(variant) => PerNs { types: Some(only(variant)), values: Some(only(variant)), macros: None },
                None => PerNs::default(),
            },
            Def::External(ext) => PerNs::all(only(Def::External(Ext { krate: ext.krate, parent: ext.name, name }))),
            _ => PerNs::default(),
        }
    }

    /// The variant of an enum with this name.
    pub(in crate::frontend::rust) fn variant(&self, id: DefId, name: Sym) -> Option<Def> {
        let file = self.def(id).file;
        let ItemKind::Enum { variants, .. } = &self.item(id).kind else { return None };
        let at = variants.iter().position(|v| self.symbols.of(file, v.name) == name)?;
        Some(Def::Variant(id, u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// Follows a path as far as modules, enums and external crates go. `in_use`: paths of `use` items, which 2015 starts at the root.
    pub(in crate::frontend::rust) fn path(&self, from: ScopeId, global: bool, segments: &[Sym], ns: Namespace, in_use: bool) -> Resolved {
        let krate = &self.crates[self.scope(from).krate];
        let last = segments.len().checked_sub(1)?;
        let ns_at = |i: usize| if i == last { ns } else { Namespace::Types };
        let module = self.scope(from).module;
        let mut through = None;
        let mut at = 1;
        let mut def = match segments[0] {
            kw::krate | kw::dollar_crate => Def::Module(krate.root),
            kw::self_value if last > 0 || ns == Namespace::Types => Def::Module(module),
            kw::super_ => Def::Module(self.parent_module(module)?),
            // `$crate` of a macro, which may be another crate's.
            name if self.crate_marks.contains_key(&name) => Def::Module(self.crate_marks[&name]),
            name if global && krate.edition == Edition::E2018OrLater => krate.extern_prelude.get(&name).copied()?,
            name if (global || in_use) && krate.edition == Edition::E2015 => {
                let declared = self.scope(krate.root).names.get(&name).and_then(|n| n.get(ns_at(0))).map(|b| b.def);
                through = Some(krate.root);
                declared.or_else(|| krate.extern_prelude.get(&name).copied())?
            }
            name if ns_at(0) == Namespace::Macros => self.lookup_macro(from, name)?,
            name => self.lookup(from, name, ns_at(0))?,
        };
        while at < segments.len() {
            let name = segments[at];
            if let (kw::super_, Def::Module(scope)) = (name, def) {
                def = Def::Module(self.parent_module(scope)?);
                at += 1;
                continue;
            }
            match def {
                Def::Module(scope) => {
                    through = Some(scope);
                    def = self.member(def, name, from).get(ns_at(at))?.def;
                }
                Def::Item(id) if self.def(id).kind == DefKind::Enum => match self.variant(id, name) {
                    Some(variant) => def = variant,
                    None => return Some(Found { def, used: at, through }),
                },
                Def::External(ext) => def = Def::External(Ext { krate: ext.krate, parent: ext.name, name }),
                _ => return Some(Found { def, used: at, through }),
            }
            at += 1;
        }
        Some(Found { def, used: at, through })
    }

    /// The item that a path in a type position leads to, itself and whole.
    pub(in crate::frontend::rust) fn item_of_path(&self, scope: ScopeId, file: usize, path: &Path) -> Option<DefId> {
        let segments = self.segments(file, path);
        let found = self.path(scope, path.global, &segments, Namespace::Types, false)?;
        match found.def {
            Def::Item(id) if found.used == segments.len() => Some(id),
            _ => None,
        }
    }

    /// The item that is outermost in a type: `Order` for `&Order<T>`.
    pub(in crate::frontend::rust) fn head_of_type(&self, scope: ScopeId, file: usize, ty: TypeIx) -> Option<DefId> {
        match &self.file(file).facts[ty] {
            Type::Path(path) if path.qself.is_none() => self.item_of_path(scope, file, path),
            Type::Ref(inner) => self.head_of_type(scope, file, *inner),
            Type::Dyn(bounds) => bounds.iter().find_map(|b| self.item_of_path(scope, file, b)),
            _ => None,
        }
    }

    fn parent_module(&self, module: ScopeId) -> Option<ScopeId> {
        self.scope(module).parent.map(|p| self.scope(p).module)
    }
}
