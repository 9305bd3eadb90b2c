//! Scopes, definitions and bindings: what [`collect`](super::collect) fills and everything after it reads.

use super::symbols::{Sym, Symbols};
use crate::frontend::rust::discover::{CfgSet, Edition};
use crate::frontend::rust::facts::{BlockIx, Item, ItemIx, Path};
use crate::frontend::rust::load::{File, Loaded};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A module, or a block that declares items. Modules come first, numbered as in [`Loaded::modules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::frontend::rust) struct ScopeId(pub u32);

/// An item, impl block, or member of an impl block or trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::frontend::rust) struct DefId(pub u32);

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend::rust) enum Def {
    /// A module of the workspace.
    Module(ScopeId),
    /// An item.
    Item(DefId),
    /// A variant of an enum, by its position.
    Variant(DefId, u32),
    /// Something outside of the workspace.
    External(Ext),
    /// A primitive type.
    Prim(Prim),
}

/// Something outside of the workspace: its crate, the last but one segment of its path, and the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::frontend::rust) struct Ext {
    pub krate: Sym,
    pub parent: Sym,
    pub name: Sym,
}

/// A primitive type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::frontend::rust) enum Prim {
    Bool,
    Char,
    Str,
    Int,
    Float,
}

/// What kind of definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend::rust) enum DefKind {
    Fn,
    Struct,
    Union,
    Enum,
    Trait,
    Alias,
    Const,
    Static,
    Macro,
    Impl,
}

/// A definition.
#[derive(Debug)]
pub(in crate::frontend::rust) struct DefData {
    pub kind: DefKind,
    pub name: Sym,
    pub file: usize,
    pub item: ItemIx,
    /// The scope that declares it; for members that of the impl block or trait.
    pub scope: ScopeId,
    /// The impl block or trait.
    pub parent: Option<DefId>,
    /// Members of an impl block or trait, in order.
    pub members: Vec<DefId>,
}

/// From where a name can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend::rust) enum Vis {
    Public,
    /// Inside this module and below.
    In(ScopeId),
}

/// How strongly a name is bound: a declaration or explicit import shadows what a glob brings in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::frontend::rust) enum Strength {
    Glob,
    /// An explicit import of something external, of which nobody knows in which namespaces it lives.
    External,
    Explicit,
}

/// A name in one namespace of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frontend::rust) struct Binding {
    pub def: Def,
    pub vis: Vis,
    pub strength: Strength,
}

/// A name in all namespaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::frontend::rust) struct PerNs {
    pub types: Option<Binding>,
    pub values: Option<Binding>,
    pub macros: Option<Binding>,
}

/// A module or a block with items.
#[derive(Debug)]
pub(in crate::frontend::rust) struct Scope {
    pub krate: usize,
    /// The scope around it: of a block, where names go on to be looked up; of a module, what `super` means.
    pub parent: Option<ScopeId>,
    /// The module that it is or stands in.
    pub module: ScopeId,
    pub names: FxHashMap<Sym, PerNs>,
    /// How often imports have changed what is in it.
    pub changes: u32,
    /// Crates of which everything is brought in, with the visibility of the glob.
    pub external_globs: Vec<(Ext, Vis)>,
    /// Traits imported `as _`.
    pub unnamed: Vec<(DefId, Vis)>,
    /// Declared in it, in order; impl blocks too.
    pub defs: Vec<DefId>,
    /// `use` and `extern crate` items.
    pub uses: Vec<(usize, ItemIx)>,
    /// Macro invocations where items stand.
    pub macro_calls: Vec<(usize, ItemIx)>,
    /// A macro that is not expanded, or a derive that is known to, may declare more in it.
    pub makes_names: bool,
    /// `#[macro_use]` on the module: its `macro_rules!` are seen by what comes after it.
    pub macro_use: bool,
}

/// What a crate's paths may begin with.
#[derive(Debug)]
pub(in crate::frontend::rust) struct CrateData {
    pub edition: Edition,
    pub root: ScopeId,
    /// Names of dependencies: a workspace crate's root, or external.
    pub extern_prelude: FxHashMap<Sym, Def>,
    /// What its `#[cfg]`s are evaluated against.
    pub cfg: CfgSet,
    /// Crates named by `#[macro_use] extern crate`.
    pub macro_crates: Vec<Def>,
}

/// Everything that is declared in the workspace.
pub(in crate::frontend::rust) struct Program<'a> {
    pub loaded: &'a Loaded,
    pub symbols: Symbols,
    pub crates: Vec<CrateData>,
    pub scopes: Vec<Scope>,
    pub defs: Vec<DefData>,
    /// Blocks with items: (module, file, block).
    pub blocks: FxHashMap<(ScopeId, usize, BlockIx), ScopeId>,
    /// `macro_rules!` by crate and name, in order.
    pub textual_macros: FxHashMap<(usize, Sym), Vec<DefId>>,
    /// `$crate` of expanded macros.
    pub crate_marks: FxHashMap<Sym, ScopeId>,
    /// What the standard library's prelude and language bring in.
    pub prelude: FxHashMap<Sym, PerNs>,
}

impl<'a> Program<'a> {
    pub(in crate::frontend::rust) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub(in crate::frontend::rust) fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    pub(in crate::frontend::rust) fn def(&self, id: DefId) -> &DefData {
        &self.defs[id.0 as usize]
    }

    pub(in crate::frontend::rust) fn file(&self, file: usize) -> &'a File {
        &self.loaded.files[file]
    }

    /// Is it a library's model, and not the workspace?
    pub(in crate::frontend::rust) fn is_model(&self, scope: ScopeId) -> bool {
        self.scope(scope).krate >= self.loaded.models
    }

    /// The model of a crate, by its name.
    pub(in crate::frontend::rust) fn model(&self, name: Sym) -> Option<Def> {
        let name = self.symbols.text(name);
        let found = self.loaded.crates[self.loaded.models..].iter().position(|c| c.name == name)?;
        Some(Def::Module(self.crates[self.loaded.models + found].root))
    }

    /// Name of the crate that a scope belongs to.
    pub(in crate::frontend::rust) fn crate_name(&self, scope: ScopeId) -> Sym {
        self.symbols.get(&self.loaded.crates[self.scope(scope).krate].name).unwrap_or(Sym(0))
    }

    /// The item of a definition as written.
    pub(in crate::frontend::rust) fn item(&self, id: DefId) -> &'a Item {
        let def = self.def(id);
        &self.loaded.files[def.file].facts[def.item]
    }

    /// The module that a definition is written in.
    pub(in crate::frontend::rust) fn module_of(&self, id: DefId) -> ScopeId {
        self.scope(self.def(id).scope).module
    }

    /// Symbols of a path's segments.
    pub(in crate::frontend::rust) fn segments(&self, file: usize, path: &Path) -> Vec<Sym> {
        path.segments.iter().map(|s| self.symbols.of(file, s.name)).collect()
    }

    /// Is `inner` this module, or below it?
    pub(in crate::frontend::rust) fn is_inside(&self, inner: ScopeId, module: ScopeId) -> bool {
        let mut at = Some(self.scope(inner).module);
        while let Some(scope) = at {
            if scope == module {
                return true;
            }
            at = self.scope(scope).parent.map(|p| self.scope(p).module);
        }
        false
    }

    pub(in crate::frontend::rust) fn is_visible(&self, vis: Vis, from: ScopeId) -> bool {
        match vis {
            Vis::Public => true,
            Vis::In(module) => self.is_inside(from, module),
        }
    }
}

impl PerNs {
    pub(in crate::frontend::rust) fn is_none(&self) -> bool {
        self.types.is_none() && self.values.is_none() && self.macros.is_none()
    }

    /// Any of the three, for a note of what a path leads to.
    pub(in crate::frontend::rust) fn any(&self) -> Option<Binding> {
        self.types.or(self.values).or(self.macros)
    }

    /// In all three namespaces.
    pub(in crate::frontend::rust) fn all(binding: Binding) -> Self {
        PerNs { types: Some(binding), values: Some(binding), macros: Some(binding) }
    }

    /// Takes what is stronger of each; true where anything changed.
    pub(in crate::frontend::rust) fn merge(&mut self, other: PerNs) -> bool {
        let mut changed = false;
        for (mine, theirs) in [(&mut self.types, other.types), (&mut self.values, other.values), (&mut self.macros, other.macros)] {
            let Some(theirs) = theirs else { continue };
            let take = match mine {
                None => true,
                // The same thing by another way may be seen from further away.
                Some(mine) if mine.def == theirs.def => mine.vis != theirs.vis && mine.vis != Vis::Public && theirs.vis == Vis::Public,
                Some(mine) => mine.strength < theirs.strength,
            };
            if take {
                *mine = Some(theirs);
                changed = true;
            }
        }
        changed
    }
}
