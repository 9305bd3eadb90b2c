//! Patterns: what they name, and the types of what they bind.

use super::body::{Body, Local};
use super::ty::{Subst, Ty};
use crate::frontend::rust::facts::{Fields, Pat, PatIx};
use crate::frontend::rust::load::At;
use crate::frontend::rust::resolve::{Def, DefKind, Namespace};
use crate::model::codebase::DependencyKind;
use std::sync::Arc;

impl Body<'_, '_, '_, '_, '_> {
    /// Binds the names of a pattern that is matched against a value of this type.
    pub(super) fn pat(&mut self, ix: PatIx, ty: &Ty) {
        let facts = self.facts;
        match &facts[ix] {
            Pat::Wild => {}
            Pat::Bind { name, pos, sub } => {
                let sym = self.place.sym(*name);
                if sub.is_none()
                    && let Some(def) = self.constant(sym)
                {
                    self.rec.def(self.place.program, def, DependencyKind::Path, *pos, None);
                    if let Def::Variant(of, _) = def {
                        let args = self.fresh_args(of);
                        self.unify(ty, &Ty::Adt(of, args));
                    }
                    return;
                }
                self.locals.push(Local { name: sym, ty: ty.clone(), value: None, transaction: false });
                if let Some(sub) = sub {
                    self.pat(*sub, ty);
                }
            }
            Pat::TupleStruct { path, elems, rest } => {
                let shape = self.shape_of(path, Namespace::Values, DependencyKind::Path);
                let types = match shape {
                    Some((of, variant, made)) => {
                        self.unify(&made, ty);
                        self.constructor_params(of, variant, &made)
                    }
                    None => Vec::new(),
                };
                self.elements(elems, *rest, &types);
            }
            Pat::Struct { path, fields } => {
                let shape = self.shape_of(path, Namespace::Types, DependencyKind::Type);
                if let Some((_, _, made)) = &shape {
                    self.unify(made, ty);
                }
                for (name, pos, pat) in fields {
                    let sym = self.place.sym(*name);
                    let field = shape.as_ref().and_then(|(of, variant, made)| {
                        let found = self.index.field(*of, *variant, sym)?;
                        let Ty::Adt(_, args) = made else { return None };
                        Some((*of, found.subst(&Subst::new().with(*of, args.clone()))))
                    });
                    let ty = match field {
                        Some((of, ty)) => {
                            self.rec.item(
                                self.place.program,
                                of,
                                DependencyKind::Field,
                                *pos,
                                None,
                                crate::model::codebase::Confidence::Name,
                            );
                            ty
                        }
                        None => Ty::Unknown,
                    };
                    self.pat(*pat, &ty);
                }
            }
            Pat::Tuple(elems, rest) => {
                let types: Vec<Ty> = match self.through_refs(ty) {
                    Ty::Tuple(types) => types.to_vec(),
                    Ty::Var(_) if rest.is_none() => {
                        let types: Arc<[Ty]> = elems.iter().map(|_| self.fresh()).collect();
                        self.unify(ty, &Ty::Tuple(types.clone()));
                        types.to_vec()
                    }
                    _ => Vec::new(),
                };
                self.elements(elems, *rest, &types);
            }
            Pat::Path(path) => {
                let value = self.value(path, DependencyKind::Path);
                let found = self.value_ty(value);
                self.unify(&found, ty);
            }
            Pat::Expr(exprs) => {
                for e in exprs {
                    self.expr(*e);
                }
            }
            Pat::Ref(inner) => {
                let inner_ty = match self.known(ty) {
                    Ty::Ref(t) => (*t).clone(),
                    other => other,
                };
                self.pat(*inner, &inner_ty);
            }
            Pat::Or(cases) => {
                // Every case binds the same names: those of the first will do, the others are only recorded.
                let locals = self.locals.len();
                for (i, case) in cases.iter().enumerate() {
                    let bound = self.locals.len();
                    self.pat(*case, ty);
                    if i > 0 {
                        self.locals.truncate(bound.max(locals));
                    }
                }
            }
            Pat::Slice(elems) => {
                let element = match self.through_refs(ty) {
                    Ty::Slice(t) => (*t).clone(),
                    _ => Ty::Unknown,
                };
                for e in elems {
                    self.pat(*e, &element);
                }
            }
            Pat::Typed(inner, written) => {
                let written = self.written(*written, DependencyKind::Type);
                self.unify(&written, ty);
                self.pat(*inner, &written);
            }
            Pat::Macro(call) => {
                self.macro_at(call, At::Pat(ix), ty);
            }
        }
    }

    fn elements(&mut self, elems: &[PatIx], rest: Option<u32>, types: &[Ty]) {
        let missing = types.len().saturating_sub(elems.len());
        for (i, pat) in elems.iter().enumerate() {
            let at = match rest {
                Some(rest) if i >= rest as usize => i + missing,
                _ => i,
            };
            let ty = types.get(at).cloned().unwrap_or(Ty::Unknown);
            self.pat(*pat, &ty);
        }
    }

    /// The type behind references and smart pointers of which a pattern need not speak.
    pub(super) fn through_refs(&self, ty: &Ty) -> Ty {
        let mut ty = self.known(ty);
        while let Ty::Ref(inner) = &ty {
            ty = self.known(inner);
        }
        ty
    }

    /// A bare name in a pattern that is a constant, unit struct or variant, and so binds nothing.
    fn constant(&self, name: crate::frontend::rust::resolve::Sym) -> Option<Def> {
        let program = self.place.program;
        // By convention and lint these begin with a capital, and locals do not.
        if !program.symbols.text(name).starts_with(|c: char| c.is_uppercase()) {
            return None;
        }
        let def = program.lookup(self.place.scope, name, Namespace::Values)?;
        match def {
            Def::Variant(of, at) => matches!(self.index.shape(of, Some(at)), Some((Fields::Unit, _))).then_some(def),
            Def::Item(id) => matches!(program.def(id).kind, DefKind::Const | DefKind::Static | DefKind::Struct).then_some(def),
            Def::External(_) => Some(def),
            _ => None,
        }
    }
}
