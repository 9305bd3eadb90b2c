//! Impl blocks by what they are for, signatures by definition: made once, read by every body.

use super::heard::Ear;
use super::lower::{Place, Sink, generics};
use super::ty::{SELF, TraitRef, Ty};
use crate::frontend::rust::facts::{Fields, ItemKind, Type, TypeIx};
use crate::frontend::rust::resolve::{Def, DefId, DefKind, Ext, Prim, Program, ScopeId, Sym, kw};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, OnceLock};

/// The outermost constructor of a type: what impl blocks are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Head {
    Adt(DefId),
    Ext(Ext),
    Prim(Prim),
    Ref,
    Slice,
    Tuple,
    Fn,
    Trait(DefId),
    /// A type parameter: an impl for everything.
    Any,
}

impl Head {
    pub(super) fn of(ty: &Ty) -> Option<Head> {
        Some(match ty {
            Ty::Adt(id, _) => Head::Adt(*id),
            Ty::Ext(ext) => Head::Ext(*ext),
            Ty::Prim(p) => Head::Prim(*p),
            Ty::Ref(_) => Head::Ref,
            Ty::Slice(_) => Head::Slice,
            Ty::Tuple(_) => Head::Tuple,
            Ty::Fn(..) => Head::Fn,
            Ty::Bounds(bounds) => Head::Trait(bounds.iter().find_map(TraitRef::item)?),
            Ty::Param(..) => Head::Any,
            _ => return None,
        })
    }

    /// May an impl for this be one for whatever fulfils its bounds, as `impl<I: Iterator> Iterator for &mut I` is?
    pub(super) fn is_blanket(self) -> bool {
        matches!(self, Head::Any | Head::Ref)
    }
}

/// An impl block.
pub(super) struct Impl {
    pub def: DefId,
    pub self_ty: Ty,
    pub of_trait: Option<TraitRef>,
    pub members: FxHashMap<Sym, DefId>,
}

/// A function's types, with the parameters of its owners in them.
#[derive(Debug)]
pub(super) struct Signature {
    pub params: Vec<Ty>,
    pub ret: Ty,
    pub has_self: bool,
}

/// Types with the bounds that are written on them.
pub(super) type Bounds = Arc<[(Ty, Vec<TraitRef>)]>;

/// Definitions of the models that the language itself knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lang {
    pub option: Option<DefId>,
    pub result: Option<DefId>,
    pub string: Option<DefId>,
    pub vec: Option<DefId>,
    pub range: Option<DefId>,
    pub future: Option<DefId>,
    pub into_iterator: Option<DefId>,
    pub deref: Option<DefId>,
    pub index: Option<DefId>,
    pub builder: Option<DefId>,
}

/// Everything that is looked up by type.
pub(super) struct Index<'a, 'p> {
    pub program: &'a Program<'p>,
    /// What calls are wanted.
    pub ear: &'a Ear,
    pub impls: Vec<Impl>,
    pub inherent: FxHashMap<Head, Vec<u32>>,
    /// Impls of traits by what they are for.
    pub by_head: FxHashMap<Head, Vec<u32>>,
    /// Impls of one trait.
    pub by_trait: FxHashMap<DefId, Vec<u32>>,
    /// Methods of the workspace by name: inherent ones and those of traits.
    pub by_name: FxHashMap<Sym, Vec<DefId>>,
    /// Names of the methods that the models of libraries have.
    pub in_library: FxHashSet<Sym>,
    pub lang: Lang,
    /// Types with a derived `Deref`: asked of every type on the way to every method.
    pub derefs: FxHashSet<DefId>,
    signatures: Vec<OnceLock<Arc<Signature>>>,
    bounds: Vec<OnceLock<Bounds>>,
    fields: Vec<OnceLock<Arc<[Ty]>>>,
}

impl<'a, 'p> Index<'a, 'p> {
    pub(super) fn new(program: &'a Program<'p>, ear: &'a Ear) -> Self {
        let empty = |_: &_| OnceLock::new();
        let mut index = Index {
            program,
            ear,
            impls: Vec::new(),
            inherent: FxHashMap::default(),
            by_head: FxHashMap::default(),
            by_trait: FxHashMap::default(),
            by_name: FxHashMap::default(),
            in_library: FxHashSet::default(),
            lang: Lang::default(),
            derefs: FxHashSet::default(),
            signatures: program.defs.iter().map(empty).collect(),
            bounds: program.defs.iter().map(|_| OnceLock::new()).collect(),
            fields: program.defs.iter().map(|_| OnceLock::new()).collect(),
        };
        index.lang = index.find_lang();
        for (i, def) in program.defs.iter().enumerate() {
            let id = DefId(u32::try_from(i).unwrap_or(u32::MAX));
            match def.kind {
                DefKind::Impl => index.add_impl(id),
                DefKind::Trait => index.add_names(id),
                DefKind::Struct if index.derives(id, "Deref") => {
                    index.derefs.insert(id);
                }
                _ => {}
            }
        }
        index
    }

    fn find_lang(&self) -> Lang {
        let find = |module: &str, name: &str| {
            let Some(Def::Module(std)) = self.program.model(kw::std) else { return None };
            let module = self.program.symbols.get(module)?;
            let Def::Module(module) = self.program.scope(std).names.get(&module)?.types?.def else { return None };
            match self.program.scope(module).names.get(&self.program.symbols.get(name)?)?.types?.def {
                Def::Item(id) => Some(id),
                _ => None,
            }
        };
        Lang {
            option: find("option", "Option"),
            result: find("result", "Result"),
            string: find("string", "String"),
            vec: find("vec", "Vec"),
            range: find("ops", "Range"),
            future: find("future", "Future"),
            into_iterator: find("iter", "IntoIterator"),
            deref: find("ops", "Deref"),
            index: find("ops", "Index"),
            builder: find("derived", "Builder"),
        }
    }

    fn add_impl(&mut self, id: DefId) {
        let place = self.place(id);
        let ItemKind::Impl { self_ty, of_trait, .. } = &self.program.item(id).kind else { return };
        let self_ty = place.ty(*self_ty, &mut Sink::silent());
        let of_trait_ref = of_trait.as_ref().and_then(|t| place.bound(t, &mut Sink::silent(), 16));
        let members: FxHashMap<Sym, DefId> = self.program.def(id).members.iter().map(|m| (self.program.def(*m).name, *m)).collect();
        let number = u32::try_from(self.impls.len()).unwrap_or(u32::MAX);
        if let Some(head) = Head::of(&self_ty) {
            if of_trait.is_some() {
                self.by_head.entry(head).or_default().push(number);
            } else {
                self.inherent.entry(head).or_default().push(number);
            }
        }
        if let Some(of) = of_trait_ref.as_ref().and_then(TraitRef::item) {
            self.by_trait.entry(of).or_default().push(number);
        }
        if of_trait.is_none() {
            self.add_names(id);
        }
        self.impls.push(Impl { def: id, self_ty, of_trait: of_trait_ref, members });
    }

    fn add_names(&mut self, owner: DefId) {
        let is_model = self.program.is_model(self.program.module_of(owner));
        for member in &self.program.def(owner).members {
            if let ItemKind::Fn(f) = &self.program.item(*member).kind
                && f.receiver.is_some()
            {
                let name = self.program.def(*member).name;
                if is_model {
                    self.in_library.insert(name);
                } else {
                    self.by_name.entry(name).or_default().push(*member);
                }
            }
        }
    }

    /// An impl block by its definition.
    pub(super) fn block(&self, id: DefId) -> Option<&Impl> {
        // They are made in the order of their definitions.
        self.impls.binary_search_by_key(&id, |block| block.def).ok().map(|at| &self.impls[at])
    }

    /// Where the types of a definition are written.
    pub(super) fn place(&self, id: DefId) -> Place<'a, 'p> {
        let def = self.program.def(id);
        Place { program: self.program, scope: def.scope, file: def.file, owner: Some(id) }
    }

    /// The types of a function; of an async one the result is a future.
    pub(super) fn signature(&self, id: DefId) -> Arc<Signature> {
        self.signatures[id.0 as usize]
            .get_or_init(|| {
                let place = self.place(id);
                let ItemKind::Fn(f) = &self.program.item(id).kind else {
                    return Arc::new(Signature { params: Vec::new(), ret: Ty::Unknown, has_self: false });
                };
                let params = f.params.iter().map(|(_, ty)| place.ty(*ty, &mut Sink::silent())).collect();
                let ret = f.ret.map_or_else(Ty::unit, |ty| place.ty(ty, &mut Sink::silent()));
                let ret = if f.is_async { Ty::Future(Arc::new(ret)) } else { ret };
                Arc::new(Signature { params, ret, has_self: f.receiver.is_some() })
            })
            .clone()
    }

    /// Bounds written at a definition: on its parameters and in its `where`; of a trait, its supertraits as bounds of `Self`.
    pub(super) fn bounds(&self, id: DefId) -> Bounds {
        self.bounds[id.0 as usize]
            .get_or_init(|| {
                let place = self.place(id);
                let mut out = Vec::new();
                if let Some(generics) = generics(self.program, id) {
                    for (i, param) in generics.params.iter().enumerate() {
                        let ty = Ty::Param(id, u32::try_from(i).unwrap_or(SELF));
                        out.push((ty, place.bounds(&param.bounds, &mut Sink::silent(), 16)));
                    }
                    for (ty, bounds) in &generics.wheres {
                        out.push((place.ty(*ty, &mut Sink::silent()), place.bounds(bounds, &mut Sink::silent(), 16)));
                    }
                }
                if let ItemKind::Trait { supers, .. } = &self.program.item(id).kind {
                    out.push((Ty::Param(id, SELF), place.bounds(supers, &mut Sink::silent(), 16)));
                }
                out.into()
            })
            .clone()
    }

    /// Types of the fields of a struct, in order, or of all fields of an enum's variants one after the other.
    pub(super) fn fields(&self, id: DefId) -> Arc<[Ty]> {
        self.fields[id.0 as usize]
            .get_or_init(|| {
                let place = self.place(id);
                let of = |fields: &Fields| -> Vec<Ty> {
                    match fields {
                        Fields::Unit => Vec::new(),
                        Fields::Tuple(list) => list.iter().map(|t| place.ty(*t, &mut Sink::silent())).collect(),
                        Fields::Named(list) => list.iter().map(|(_, t)| place.ty(*t, &mut Sink::silent())).collect(),
                    }
                };
                match &self.program.item(id).kind {
                    ItemKind::Struct { fields, .. } => of(fields).into(),
                    ItemKind::Enum { variants, .. } => variants.iter().flat_map(|v| of(&v.fields)).collect(),
                    _ => Arc::from([]),
                }
            })
            .clone()
    }

    /// The fields of a struct or variant as written, and where its types begin in [`Index::fields`].
    pub(super) fn shape(&self, id: DefId, variant: Option<u32>) -> Option<(&'p Fields, usize)> {
        match (&self.program.item(id).kind, variant) {
            (ItemKind::Struct { fields, .. }, None) => Some((fields, 0)),
            (ItemKind::Enum { variants, .. }, Some(at)) => {
                let count = |f: &Fields| match f {
                    Fields::Unit => 0,
                    Fields::Tuple(list) => list.len(),
                    Fields::Named(list) => list.len(),
                };
                let before = variants.iter().take(at as usize).map(|v| count(&v.fields)).sum();
                variants.get(at as usize).map(|v| (&v.fields, before))
            }
            _ => None,
        }
    }

    /// The type of a field by its name.
    pub(super) fn field(&self, id: DefId, variant: Option<u32>, name: Sym) -> Option<Ty> {
        let (fields, start) = self.shape(id, variant)?;
        let (file, scope) = (self.program.def(id).file, self.program.def(id).scope);
        let facts = &self.program.file(file).facts;
        // Fields of one name stand under conditions that exclude each other.
        let is_there = |t: &TypeIx| !matches!(&facts[*t], Type::Cfg(cfg, _) if !self.program.holds(scope, cfg));
        let at = match fields {
            Fields::Named(list) => list.iter().position(|(n, t)| self.program.symbols.of(file, *n) == name && is_there(t))?,
            Fields::Tuple(list) => {
                let at: usize = self.program.symbols.text(name).parse().ok()?;
                (at < list.len()).then_some(at)?
            }
            Fields::Unit => return None,
        };
        self.fields(id).get(start + at).cloned()
    }

    /// Is it in the workspace, and not in a library's model?
    pub(super) fn is_workspace(&self, scope: ScopeId) -> bool {
        !self.program.is_model(scope)
    }
}
