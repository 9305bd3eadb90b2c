//! Paths in expressions and patterns: what they lead to, and what can be called.

use super::body::{Body, Local};
use super::lookup::Member;
use super::lower::Sink;
use super::ty::{Subst, Ty};
use crate::frontend::rust::facts::{Fields, ItemKind, Path, Pos, TypeIx};
use crate::frontend::rust::resolve::{Def, DefId, DefKind, Namespace, ScopeId, Sym, kw};
use crate::model::codebase::DependencyKind;
use std::sync::Arc;

/// What a path in an expression means.
#[derive(Debug)]
pub(super) enum Value {
    /// A value of this type.
    Of(Ty),
    /// A function: to be called with the types of this signature.
    Function { signature: DefId, subst: Subst },
    /// The constructor of a struct or variant, and the type that it makes.
    Constructor { of: DefId, variant: Option<u32>, ty: Ty },
}

impl Body<'_, '_, '_, '_, '_> {
    /// The innermost local variable of this name.
    pub(super) fn local(&self, name: Sym) -> Option<&Local> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    /// Records a path and says what it means. `kind`: how its last segment is recorded.
    pub(super) fn value(&mut self, path: &Path, kind: DependencyKind) -> Value {
        let program = self.place.program;
        let segments = program.segments(self.place.file, path);
        if let (None, [only], false) = (path.qself, segments.as_slice(), path.global) {
            if let Some(Local { ty, .. }) = self.local(*only) {
                return Value::Of(ty.clone());
            }
            if self.place.type_param(*only).is_some() {
                return Value::Of(Ty::Unknown);
            }
        }
        if let Some((base, of_trait)) = path.qself {
            return self.qualified_value(path, &segments, base, of_trait as usize, kind);
        }
        match segments.first() {
            Some(&kw::self_type) if !path.global => {
                let base = self.place.self_type().unwrap_or(Ty::Unknown);
                if segments.len() == 1 {
                    return match base {
                        Ty::Adt(of, _) => Value::Constructor { of, variant: None, ty: base },
                        _ => Value::Of(Ty::Unknown),
                    };
                }
                return self.associated(base, path, &segments, 1, kind);
            }
            Some(first) if !path.global && segments.len() > 1 => {
                if let Some((owner, index)) = self.place.type_param(*first) {
                    return self.associated(Ty::Param(owner, index), path, &segments, 1, kind);
                }
            }
            _ => {}
        }
        let found = program.path(self.place.scope, path.global, &segments, Namespace::Values, false);
        let Some(found) = found else {
            self.path_args(path, 0, segments.len());
            let last = segments.len().saturating_sub(1);
            let pos = super::lower::pos_of(path, last);
            // What parses as an expression among a macro's arguments may be a type.
            let as_type =
                || program.path(self.place.scope, path.global, &segments, Namespace::Types, false).filter(|f| f.used == segments.len());
            match self.rec.in_macro.then(as_type).flatten() {
                Some(found) => self.rec.def(program, found.def, DependencyKind::Type, pos, found.through),
                None => self.rec.unresolved_path(&self.place, path.global, &segments, kind, pos),
            }
            return Value::Of(Ty::Unknown);
        };
        let at = found.used - 1;
        let pos = super::lower::pos_of(path, at);
        if found.used < segments.len() {
            self.rec.def(program, found.def, DependencyKind::Path, pos, found.through);
            return self.of_type(found.def, path, &segments, found.used, kind);
        }
        self.path_args_before(path, at);
        if let Def::Variant(of, _) = found.def
            && at > 0
        {
            // `Enum::Variant` names the enum, too.
            let before = program.path(self.place.scope, path.global, &segments[..at], Namespace::Types, false);
            if before.is_some_and(|b| b.def == Def::Item(of)) {
                self.rec.def(program, Def::Item(of), DependencyKind::Path, super::lower::pos_of(path, at - 1), found.through);
            }
        }
        self.rec.def(program, found.def, kind, pos, found.through);
        self.of_def(found.def, path, at)
    }

    /// A value that is a definition itself.
    fn of_def(&mut self, def: Def, path: &Path, at: usize) -> Value {
        let program = self.place.program;
        match def {
            Def::Variant(of, variant) => {
                let args = self.turbofish(path, at).or_else(|| at.checked_sub(1).and_then(|i| self.turbofish(path, i)));
                let args = args
                    .filter(|a| a.len() == super::lower::own_params(program, of).len())
                    .map(Arc::from)
                    .unwrap_or_else(|| self.fresh_args(of));
                Value::Constructor { of, variant: Some(variant), ty: Ty::Adt(of, args) }
            }
            Def::Item(id) => match program.def(id).kind {
                DefKind::Fn => {
                    let mut args: Vec<Ty> = self.fresh_args(id).to_vec();
                    if let Some(written) = self.turbofish(path, at) {
                        for (slot, ty) in args.iter_mut().zip(written) {
                            *slot = ty;
                        }
                    }
                    Value::Function { signature: id, subst: Subst::new().with(id, args.into()) }
                }
                DefKind::Struct | DefKind::Union => {
                    let args = self.turbofish(path, at).filter(|a| a.len() == super::lower::own_params(program, id).len()).map(Arc::from);
                    let args = args.unwrap_or_else(|| self.fresh_args(id));
                    Value::Constructor { of: id, variant: None, ty: Ty::Adt(id, args) }
                }
                DefKind::Const | DefKind::Static => {
                    let ty = match &program.item(id).kind {
                        ItemKind::Const { ty, .. } | ItemKind::Static { ty, .. } => self.index.place(id).ty(*ty, &mut Sink::silent()),
                        _ => Ty::Unknown,
                    };
                    Value::Of(ty)
                }
                _ => Value::Of(Ty::Unknown),
            },
            Def::External(_) => {
                self.path_args(path, at, at + 1);
                Value::Of(self.outside_value())
            }
            _ => {
                self.path_args(path, at, at + 1);
                Value::Of(Ty::Unknown)
            }
        }
    }

    /// Something inside of a type: `Type::new`, `Trait::method`, `Alias::Variant`.
    fn of_type(&mut self, def: Def, path: &Path, segments: &[Sym], used: usize, kind: DependencyKind) -> Value {
        let program = self.place.program;
        if let Def::External(_) = def {
            self.path_args(path, 0, segments.len());
            return Value::Of(self.outside_value());
        }
        if let Def::Item(id) = def
            && program.def(id).kind == DefKind::Trait
        {
            let args = self.turbofish(path, used - 1).map_or_else(|| self.fresh_args(id), Arc::from);
            let this = self.fresh();
            let found = self.index.trait_member(id, segments[used], args, &this);
            return self.member_value(found, &this, path, segments, used, kind);
        }
        let args: Arc<[Ty]> = match self.turbofish(path, used - 1) {
            Some(args) => args.into(),
            None => match def {
                // Without arguments they are to be found out, not the defaults of the declaration.
                Def::Item(id) if matches!(program.def(id).kind, DefKind::Struct | DefKind::Enum | DefKind::Union | DefKind::Alias) => {
                    self.fresh_args(id)
                }
                _ => Arc::from([]),
            },
        };
        let base = self.place.def_ty(def, args, 16);
        let base = self.open(&base);
        self.associated(base, path, segments, used, kind)
    }

    /// `base::segments[used]…`
    fn associated(&mut self, mut base: Ty, path: &Path, segments: &[Sym], mut used: usize, kind: DependencyKind) -> Value {
        let program = self.place.program;
        while used + 1 < segments.len() {
            base = self.known(&Ty::Assoc(Arc::new(base), None, segments[used]));
            used += 1;
        }
        let name = segments[used];
        if let Ty::Adt(of, _) = &base
            && let Some(variant @ Def::Variant(_, at)) = program.variant(*of, name)
        {
            self.rec.def(program, variant, kind, super::lower::pos_of(path, used), None);
            return Value::Constructor { of: *of, variant: Some(at), ty: base };
        }
        let found = self.index.member_of(&self.known(&base), name, false);
        self.member_value(found, &base, path, segments, used, kind)
    }

    fn member_value(
        &mut self,
        found: Option<Member>,
        base: &Ty,
        path: &Path,
        segments: &[Sym],
        used: usize,
        kind: DependencyKind,
    ) -> Value {
        let program = self.place.program;
        let pos = super::lower::pos_of(path, used);
        let Some(member) = found else {
            self.path_args(path, used, segments.len());
            return Value::Of(self.missing_associated(base, segments[used], kind, pos));
        };
        self.rec.item(program, member.def, kind, pos, None, crate::model::codebase::Confidence::Name);
        let of = self.known(base);
        self.dispatch(&member, &of, pos);
        match &program.item(member.signature).kind {
            ItemKind::Fn(_) => {
                let mut args: Vec<Ty> = self.fresh_args(member.signature).to_vec();
                if let Some(written) = self.turbofish(path, used) {
                    for (slot, ty) in args.iter_mut().zip(written) {
                        *slot = ty;
                    }
                }
                let subst = member.subst.with(member.signature, args.into());
                Value::Function { signature: member.signature, subst }
            }
            ItemKind::Const { ty, .. } => {
                let ty = self.index.place(member.signature).ty(*ty, &mut Sink::silent()).subst(&member.subst);
                Value::Of(self.open(&ty))
            }
            _ => Value::Of(Ty::Unknown),
        }
    }

    /// A name that a type should have: derived, from a trait outside of the workspace, or really unknown.
    fn missing_associated(&mut self, base: &Ty, name: Sym, kind: DependencyKind, pos: Pos) -> Ty {
        match self.known(base) {
            ty @ Ty::Adt(of, _) => {
                self.missing_of(of, name, kind, pos);
                // Another derived or outside function of a workspace type may give anything.
                return self.derived_function(&ty, of, name).unwrap_or(Ty::Unknown);
            }
            Ty::Ext(ext) => self.rec.external(ext.krate),
            Ty::Prim(_) | Ty::Slice(_) | Ty::Tuple(_) | Ty::Ref(_) | Ty::Fn(..) => self.rec.external(kw::std),
            _ => {
                self.rec.unresolved(name, kind, pos);
                return Ty::Unknown;
            }
        }
        self.outside_value()
    }

    /// What neither the type nor a trait of the workspace has must come from outside, by a derive or an impl of an external trait.
    pub(super) fn missing_of(&mut self, of: DefId, name: Sym, kind: DependencyKind, pos: Pos) {
        let program = self.place.program;
        let module = program.module_of(of);
        if program.is_model(module) {
            self.rec.external(program.crate_name(module));
        } else if self.has_outside_traits(of) {
            self.rec.external(kw::std);
        } else {
            self.rec.unresolved(name, kind, pos);
        }
    }

    fn has_outside_traits(&self, of: DefId) -> bool {
        let program = self.place.program;
        let attrs = &program.item(of).attrs;
        if !attrs.derives.is_empty() || !attrs.macros.is_empty() {
            return true;
        }
        let blocks = self.index.by_head.get(&super::index::Head::Adt(of)).into_iter().flatten();
        blocks.into_iter().any(|n| self.index.impls[*n as usize].of_trait.as_ref().is_none_or(|t| t.item().is_none()))
    }

    fn qualified_value(&mut self, path: &Path, segments: &[Sym], base: TypeIx, of_trait: usize, kind: DependencyKind) -> Value {
        let base = self.written(base, DependencyKind::Type);
        if of_trait == 0 {
            return self.associated(base, path, segments, 0, kind);
        }
        let bound = Path { global: path.global, qself: None, segments: path.segments[..of_trait].to_vec() };
        let place = self.place;
        let (found, later) = {
            let mut sink = Sink { recorder: Some(self.rec), kind: DependencyKind::Trait, ..Sink::silent() };
            (place.bound(&bound, &mut sink, 16), sink.later)
        };
        self.later(later);
        let Some(used) = (of_trait < segments.len()).then_some(of_trait) else { return Value::Of(Ty::Unknown) };
        if used + 1 < segments.len() {
            let first = Ty::Assoc(Arc::new(base), found.as_ref().and_then(|f| f.item()), segments[used]);
            return self.associated(self.known(&first), path, segments, used + 1, kind);
        }
        match found.and_then(|f| Some((f.item()?, f.args))) {
            Some((id, args)) => {
                let known = self.known(&base);
                let found = self.index.trait_member(id, segments[used], args, &known);
                self.member_value(found, &base, path, segments, used, kind)
            }
            None => {
                self.rec.external(kw::std);
                Value::Of(Ty::Unknown)
            }
        }
    }

    /// Types written at a segment; `None` where there are none.
    fn turbofish(&mut self, path: &Path, at: usize) -> Option<Vec<Ty>> {
        let args = path.segments.get(at)?.args.as_deref()?;
        let types = args.types.iter().map(|t| self.written(*t, DependencyKind::Type)).collect();
        for e in args.exprs.clone() {
            self.expr(e);
        }
        Some(types)
    }

    /// Records the types in the arguments of segments that nothing else looks at.
    fn path_args(&mut self, path: &Path, from: usize, to: usize) {
        for at in from..to {
            self.turbofish(path, at);
        }
    }

    fn path_args_before(&mut self, path: &Path, at: usize) {
        self.path_args(path, 0, at.saturating_sub(1));
    }

    /// The type of a value that is not called.
    pub(super) fn value_ty(&mut self, value: Value) -> Ty {
        match value {
            Value::Of(ty) => ty,
            Value::Function { signature, subst } => {
                let types = self.index.signature(signature);
                let params = types.params.iter().map(|p| p.subst(&subst)).collect();
                let ret = types.ret.subst(&subst);
                Ty::Fn(params, Arc::new(ret))
            }
            Value::Constructor { of, variant, ty } => match self.index.shape(of, variant) {
                Some((Fields::Tuple(_), _)) => Ty::Fn(self.constructor_params(of, variant, &ty).into(), Arc::new(ty)),
                _ => ty,
            },
        }
    }

    /// Types of the fields of what a constructor makes.
    pub(super) fn constructor_params(&self, of: DefId, variant: Option<u32>, ty: &Ty) -> Vec<Ty> {
        let Some((fields, start)) = self.index.shape(of, variant) else { return Vec::new() };
        let count = match fields {
            Fields::Unit => 0,
            Fields::Tuple(list) => list.len(),
            Fields::Named(list) => list.len(),
        };
        let Ty::Adt(_, args) = ty else { return vec![Ty::Unknown; count] };
        let subst = Subst::new().with(of, args.clone());
        self.index.fields(of)[start..start + count].iter().map(|t| t.subst(&subst)).collect()
    }

    /// The struct or variant that a literal or pattern with braces or parentheses names; records it.
    pub(super) fn shape_of(&mut self, path: &Path, ns: Namespace, kind: DependencyKind) -> Option<(DefId, Option<u32>, Ty)> {
        let program = self.place.program;
        if ns == Namespace::Values {
            return match self.value(path, kind) {
                Value::Constructor { of, variant, ty } => Some((of, variant, ty)),
                _ => None,
            };
        }
        let segments = program.segments(self.place.file, path);
        if path.qself.is_none() && segments.first() != Some(&kw::self_type) {
            let found = program.path(self.place.scope, path.global, &segments, Namespace::Types, false)?;
            if found.used == segments.len()
                && let Def::Variant(of, variant) = found.def
            {
                self.value_of_variant(path, &segments, of, found.def, found.through, kind);
                let args = self.fresh_args(of);
                return Some((of, Some(variant), Ty::Adt(of, args)));
            }
            if found.used < segments.len() {
                // `Alias::Variant { … }`
                return match self.value(path, kind) {
                    Value::Constructor { of, variant, ty } => Some((of, variant, ty)),
                    _ => None,
                };
            }
            let at = found.used - 1;
            self.rec.def(program, found.def, kind, super::lower::pos_of(path, at), found.through);
            let args = match self.turbofish(path, at) {
                Some(args) => args.into(),
                None => match found.def {
                    Def::Item(id) => self.fresh_args(id),
                    _ => Arc::from([]),
                },
            };
            let ty = self.place.def_ty(found.def, args, 16);
            return match self.open(&ty) {
                Ty::Adt(of, args) => Some((of, None, Ty::Adt(of, args))),
                _ => None,
            };
        }
        match self.value(path, kind) {
            Value::Constructor { of, variant, ty } => Some((of, variant, ty)),
            _ => None,
        }
    }

    fn value_of_variant(&mut self, path: &Path, segments: &[Sym], of: DefId, def: Def, through: Option<ScopeId>, kind: DependencyKind) {
        let program = self.place.program;
        let at = segments.len() - 1;
        if at > 0 {
            let before = program.path(self.place.scope, path.global, &segments[..at], Namespace::Types, false);
            if before.is_some_and(|b| b.def == Def::Item(of)) {
                self.rec.def(program, Def::Item(of), DependencyKind::Path, super::lower::pos_of(path, at - 1), through);
            }
        }
        self.rec.def(program, def, kind, super::lower::pos_of(path, at), through);
    }
}
