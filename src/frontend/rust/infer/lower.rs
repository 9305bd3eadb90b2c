//! Types as written to [`Ty`]; on the way, what they name is recorded if a recorder is at hand.

use super::record::Recorder;
use super::ty::{Args, SELF, TraitRef, Ty};
use crate::frontend::rust::facts::{self, ExprIx, Pos, TypeIx};
use crate::frontend::rust::resolve::{Def, DefId, DefKind, Namespace, Program, ScopeId, Sym, kw};
use crate::model::codebase::DependencyKind;
use std::sync::Arc;

/// Where a type is written: which scope, file and generics it sees.
#[derive(Clone, Copy)]
pub(super) struct Place<'a, 'p> {
    pub program: &'a Program<'p>,
    pub scope: ScopeId,
    pub file: usize,
    /// The innermost definition whose type parameters are in sight.
    pub owner: Option<DefId>,
}

/// What to do with the names met.
pub(super) struct Sink<'s, 'r> {
    pub recorder: Option<&'s mut Recorder<'r>>,
    /// The kind of the outermost name.
    pub kind: DependencyKind,
    pub later: Later,
}

/// What is met in types and left to whoever walks bodies.
#[derive(Default)]
pub(super) struct Later {
    /// Const arguments and array lengths.
    pub exprs: Vec<ExprIx>,
    /// Macros in the place of types.
    pub macros: Vec<TypeIx>,
    /// Associated types: of what, of which trait where that is written, and the name.
    pub projections: Vec<(Ty, Option<DefId>, Sym, Pos)>,
}

impl Sink<'_, '_> {
    pub(super) fn silent() -> Sink<'static, 'static> {
        Sink { recorder: None, kind: DependencyKind::Type, later: Later::default() }
    }
}

/// Aliases of aliases are followed this far.
const ALIASES: u32 = 16;

impl<'p> Place<'_, 'p> {
    pub(super) fn sym(&self, name: facts::Name) -> Sym {
        self.program.symbols.of(self.file, name)
    }

    /// The type parameter with this name: its owner and position.
    pub(super) fn type_param(&self, name: Sym) -> Option<(DefId, u32)> {
        let mut owner = self.owner;
        while let Some(id) = owner {
            let def = self.program.def(id);
            if let Some(generics) = generics(self.program, id)
                && let Some(at) = generics.params.iter().position(|p| self.program.symbols.of(def.file, p.name) == name)
            {
                return Some((id, u32::try_from(at).unwrap_or(SELF)));
            }
            owner = def.parent;
        }
        None
    }

    /// What `Self` means here.
    pub(super) fn self_type(&self) -> Option<Ty> {
        let mut owner = self.owner;
        while let Some(id) = owner {
            let def = self.program.def(id);
            match (&self.program.item(id).kind, def.kind) {
                (facts::ItemKind::Impl { self_ty, .. }, _) => {
                    let place = Place { scope: def.scope, file: def.file, owner: Some(id), ..*self };
                    return Some(place.ty_at(*self_ty, &mut Sink::silent(), ALIASES));
                }
                (facts::ItemKind::Trait { .. }, _) => return Some(Ty::Param(id, SELF)),
                (_, DefKind::Struct | DefKind::Enum | DefKind::Union) => return Some(Ty::Adt(id, own_params(self.program, id))),
                _ => {}
            }
            owner = def.parent;
        }
        None
    }

    pub(super) fn ty(&self, ix: TypeIx, sink: &mut Sink<'_, '_>) -> Ty {
        self.ty_at(ix, sink, ALIASES)
    }

    fn ty_at(&self, ix: TypeIx, sink: &mut Sink<'_, '_>, aliases: u32) -> Ty {
        let facts = &self.program.file(self.file).facts;
        match &facts[ix] {
            facts::Type::Path(path) => self.path_ty(path, sink, aliases),
            facts::Type::Ref(t) | facts::Type::Ptr(t) => Ty::reference(self.ty_at(*t, sink, aliases)),
            facts::Type::Tuple(list) => Ty::Tuple(list.iter().map(|t| self.ty_at(*t, sink, aliases)).collect()),
            facts::Type::Array(t, length) => {
                sink.later.exprs.extend(length);
                Ty::Slice(Arc::new(self.ty_at(*t, sink, aliases)))
            }
            facts::Type::Slice(t) => Ty::Slice(Arc::new(self.ty_at(*t, sink, aliases))),
            facts::Type::Fn(params, ret) => {
                let params = params.iter().map(|t| self.ty_at(*t, sink, aliases)).collect();
                let ret = ret.map_or_else(Ty::unit, |t| self.ty_at(t, sink, aliases));
                Ty::Fn(params, Arc::new(ret))
            }
            facts::Type::Impl(bounds) | facts::Type::Dyn(bounds) => Ty::Bounds(self.bounds(bounds, sink, aliases).into()),
            facts::Type::Never => Ty::Never,
            facts::Type::Cfg(cfg, inner) if self.program.holds(self.scope, cfg) => self.ty_at(*inner, sink, aliases),
            facts::Type::Infer | facts::Type::Cfg(..) => Ty::Unknown,
            facts::Type::Macro(_) => {
                sink.later.macros.push(ix);
                Ty::Unknown
            }
        }
    }

    pub(super) fn bounds(&self, bounds: &[facts::Path], sink: &mut Sink<'_, '_>, aliases: u32) -> Vec<TraitRef> {
        bounds.iter().filter_map(|b| self.bound(b, sink, aliases)).collect()
    }

    /// A path that names a trait.
    pub(super) fn bound(&self, path: &facts::Path, sink: &mut Sink<'_, '_>, aliases: u32) -> Option<TraitRef> {
        let segments = self.program.segments(self.file, path);
        let found = self.program.path(self.scope, path.global, &segments, Namespace::Types, false);
        let last = path.segments.last()?;
        if let Some(recorder) = &mut sink.recorder {
            let kind = if sink.kind == DependencyKind::Impl { DependencyKind::Impl } else { DependencyKind::Trait };
            match found {
                Some(f) => recorder.def(self.program, f.def, kind, last.pos, f.through),
                None => recorder.unresolved(self.program.symbols.of(self.file, last.name), kind, last.pos),
            }
        }
        let args = self.args(last.args.as_deref(), sink, aliases);
        let assoc: Vec<(Sym, Ty)> = match &last.args {
            Some(a) => a.assoc.iter().map(|(n, t)| (self.sym(*n), self.inner(*t, sink, aliases))).collect(),
            None => Vec::new(),
        };
        Some(TraitRef { def: found?.def, args, assoc: assoc.into() })
    }

    fn inner(&self, ix: TypeIx, sink: &mut Sink<'_, '_>, aliases: u32) -> Ty {
        let kind = std::mem::replace(&mut sink.kind, DependencyKind::Type);
        let ty = self.ty_at(ix, sink, aliases);
        sink.kind = kind;
        ty
    }

    /// The generic arguments of a segment; names in bounds and constants are recorded on the way.
    pub(super) fn args(&self, args: Option<&facts::Args>, sink: &mut Sink<'_, '_>, aliases: u32) -> Args {
        let Some(args) = args else { return Arc::from([]) };
        self.bounds(&args.bounds, sink, aliases);
        sink.later.exprs.extend(&args.exprs);
        args.types.iter().map(|t| self.inner(*t, sink, aliases)).collect()
    }

    fn path_ty(&self, path: &facts::Path, sink: &mut Sink<'_, '_>, aliases: u32) -> Ty {
        if let Some((base, of_trait)) = path.qself {
            return self.qualified(path, base, of_trait as usize, sink, aliases);
        }
        let segments = self.program.segments(self.file, path);
        let Some(first) = segments.first() else { return Ty::Unknown };
        let (mut ty, mut used) = if *first == kw::self_type && !path.global {
            (self.self_type().unwrap_or(Ty::Unknown), 1)
        } else if let Some((owner, index)) = self.type_param(*first).filter(|_| !path.global) {
            (Ty::Param(owner, index), 1)
        } else {
            let Some(found) = self.program.path(self.scope, path.global, &segments, Namespace::Types, false) else {
                let last = &path.segments[segments.len() - 1];
                for segment in &path.segments {
                    self.args(segment.args.as_deref(), sink, aliases);
                }
                if let Some(recorder) = &mut sink.recorder {
                    recorder.unresolved_path(self, path.global, &segments, sink.kind, last.pos);
                }
                return Ty::Unknown;
            };
            let segment = &path.segments[found.used - 1];
            if let Some(recorder) = &mut sink.recorder {
                recorder.def(self.program, found.def, sink.kind, segment.pos, found.through);
            }
            let args = self.args(segment.args.as_deref(), sink, aliases);
            let is_trait = matches!(found.def, Def::Item(id) if self.program.def(id).kind == DefKind::Trait);
            // A trait without `dyn`, as 2015 allows, and `Fn(A) -> B` whose output is an associated type.
            if is_trait {
                let kind = std::mem::replace(&mut sink.kind, DependencyKind::Type);
                let silent = &mut Sink::silent();
                let bound = self.bound(path, silent, aliases);
                sink.kind = kind;
                return bound.map_or(Ty::Unknown, |b| Ty::Bounds(Arc::from([b])));
            }
            (self.def_ty(found.def, args, aliases), found.used)
        };
        // `Self::Item` is what the impl around it says, whatever other traits say of a type of that name.
        if *first == kw::self_type
            && let Some(own) = segments.get(1).and_then(|name| self.own_type(*name))
            && aliases > 0
        {
            ty = self.alias_of_impl(own, aliases - 1);
            used = 2;
        }
        while used < segments.len() {
            sink.later.projections.push((ty.clone(), None, segments[used], path.segments[used].pos));
            ty = Ty::Assoc(Arc::new(ty), None, segments[used]);
            self.args(path.segments[used].args.as_deref(), sink, aliases);
            used += 1;
        }
        ty
    }

    /// The associated type of this name in the impl block around.
    fn own_type(&self, name: Sym) -> Option<DefId> {
        let mut owner = self.owner;
        while let Some(id) = owner {
            let def = self.program.def(id);
            if def.kind == DefKind::Impl {
                let is_it = |m: &DefId| self.program.def(*m).name == name && self.program.def(*m).kind == DefKind::Alias;
                return def.members.iter().copied().find(is_it);
            }
            owner = def.parent;
        }
        None
    }

    /// What an associated type of an impl block stands for.
    fn alias_of_impl(&self, id: DefId, aliases: u32) -> Ty {
        let facts::ItemKind::TypeAlias { ty: Some(ty), .. } = &self.program.item(id).kind else { return Ty::Unknown };
        let def = self.program.def(id);
        Place { program: self.program, scope: def.scope, file: def.file, owner: Some(id) }.ty_at(*ty, &mut Sink::silent(), aliases)
    }

    fn qualified(&self, path: &facts::Path, base: TypeIx, of_trait: usize, sink: &mut Sink<'_, '_>, aliases: u32) -> Ty {
        let base = self.inner(base, sink, aliases);
        let mut of = None;
        if of_trait > 0 {
            let bound = facts::Path { global: path.global, qself: None, segments: path.segments[..of_trait].to_vec() };
            of = self.bound(&bound, sink, aliases).and_then(|b| b.item());
        }
        let mut ty = base;
        for segment in &path.segments[of_trait..] {
            sink.later.projections.push((ty.clone(), of, self.sym(segment.name), segment.pos));
            ty = Ty::Assoc(Arc::new(ty), of.take(), self.sym(segment.name));
        }
        ty
    }

    /// The type that a definition stands for, with these arguments.
    pub(super) fn def_ty(&self, def: Def, args: Args, aliases: u32) -> Ty {
        match def {
            Def::Prim(prim) => Ty::Prim(prim),
            Def::External(ext) => Ty::Ext(ext),
            Def::Variant(id, _) => Ty::Adt(id, fit(self.program, id, args)),
            Def::Module(_) => Ty::Unknown,
            Def::Item(id) => match self.program.def(id).kind {
                DefKind::Struct | DefKind::Enum | DefKind::Union => Ty::Adt(id, fit(self.program, id, args)),
                DefKind::Alias if aliases > 0 => {
                    let facts::ItemKind::TypeAlias { ty: Some(ty), .. } = &self.program.item(id).kind else { return Ty::Unknown };
                    let def = self.program.def(id);
                    let place = Place { program: self.program, scope: def.scope, file: def.file, owner: Some(id) };
                    let aliased = place.ty_at(*ty, &mut Sink::silent(), aliases - 1);
                    aliased.subst(&super::ty::Subst::new().with(id, fit(self.program, id, args)))
                }
                _ => Ty::Unknown,
            },
        }
    }
}

/// The generics of a definition as written.
pub(super) fn generics<'p>(program: &Program<'p>, id: DefId) -> Option<&'p facts::Generics> {
    match &program.item(id).kind {
        facts::ItemKind::Fn(f) => Some(&f.generics),
        facts::ItemKind::Struct { generics, .. }
        | facts::ItemKind::Enum { generics, .. }
        | facts::ItemKind::Trait { generics, .. }
        | facts::ItemKind::TypeAlias { generics, .. }
        | facts::ItemKind::Impl { generics, .. } => Some(generics),
        _ => None,
    }
}

/// A definition's own parameters as types.
pub(super) fn own_params(program: &Program<'_>, id: DefId) -> Args {
    let count = generics(program, id).map_or(0, |g| g.params.len());
    (0..count).map(|i| Ty::Param(id, u32::try_from(i).unwrap_or(SELF))).collect()
}

/// As many arguments as the definition has parameters: defaults where they are written, else unknown.
fn fit(program: &Program<'_>, id: DefId, args: Args) -> Args {
    let Some(generics) = generics(program, id) else { return Arc::from([]) };
    if args.len() == generics.params.len() {
        return args;
    }
    let def = program.def(id);
    let place = Place { program, scope: def.scope, file: def.file, owner: Some(id) };
    let mut out: Vec<Ty> = Vec::with_capacity(generics.params.len());
    for (i, param) in generics.params.iter().enumerate() {
        let ty = match (args.get(i), param.ty) {
            (Some(arg), _) => arg.clone(),
            (None, Some(default)) if !param.is_const => {
                place.ty(default, &mut Sink::silent()).subst(&super::ty::Subst::new().with(id, Arc::from(out.as_slice())))
            }
            _ => Ty::Unknown,
        };
        out.push(ty);
    }
    out.into()
}

/// The place of a name, for diagnostics of what it could not be.
pub(super) fn pos_of(path: &facts::Path, at: usize) -> Pos {
    path.segments.get(at).map(|s| s.pos).unwrap_or_default()
}
