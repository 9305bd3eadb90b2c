//! Calls and method calls: who is called, and what the arguments say about type parameters.

use super::body::Body;
use super::lookup::Member;
use super::paths::Value;
use super::ty::{Subst, Ty};
use crate::frontend::rust::facts::{ExprIx, ExprKind, ItemKind, MethodCall, Pos};
use crate::frontend::rust::resolve::{Def, DefId, Sym, kw};
use crate::model::codebase::{CallContext, Confidence, DependencyKind};
use std::sync::Arc;

/// `*` on the way to a method or field.
const DEREFS: usize = 10;

/// Methods whose closure runs once for each element.
const PER_ELEMENT: &[&str] = &[
    "map",
    "for_each",
    "filter_map",
    "flat_map",
    "then",
    "fold",
    "try_for_each",
    "try_fold",
    "for_each_concurrent",
    "filter",
    "any",
    "all",
];

/// Methods of the standard library that panic where there is no value.
const PANICS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];

impl Body<'_, '_, '_, '_, '_> {
    pub(super) fn call(&mut self, callee: ExprIx, args: &[ExprIx], outer: CallContext, expected: &Ty) -> Ty {
        let facts = self.facts;
        let context = self.rec.context;
        let value = match &facts[callee].kind {
            ExprKind::Path(path) => {
                self.rec.context = context.with(outer).with(self.handed(None, args));
                let met = self.rec.out.found.len();
                let value = self.value(path, DependencyKind::Call);
                self.rec.context = context;
                if let Value::Function { signature, .. } = &value
                    && self.gives_transaction(*signature)
                {
                    self.transactions.given.push((self.place.file, callee));
                    let called = self.rec.out.found[met..].iter_mut().filter(|found| found.kind == DependencyKind::Call);
                    called.for_each(|found| found.context = found.context.with(CallContext::GIVES_TRANSACTION));
                }
                let last = path.segments.last().map(|s| facts.text(s.name)).unwrap_or_default();
                if last == "spawn" || last.starts_with("spawn_") {
                    self.rec.context = context.with(CallContext::SPAWNED);
                }
                value
            }
            _ => {
                let ty = self.expr(callee);
                Value::Of(ty)
            }
        };
        let result = match value {
            Value::Function { signature, subst } => {
                // What is wanted says what a closure among the arguments takes, as in `Box::new(|order| …)`.
                if args.iter().any(|a| matches!(facts[*a].kind, ExprKind::Closure(_))) {
                    let ret = self.index.signature(signature).ret.subst(&subst);
                    self.unify(&ret, expected);
                }
                self.call_function(signature, subst, None, args)
            }
            Value::Constructor { of, variant, ty } => {
                let params = self.constructor_params(of, variant, &ty);
                self.arguments(&params, &[], args);
                ty
            }
            Value::Of(ty) => match self.callee(&ty) {
                Ty::Fn(params, ret) => {
                    self.arguments(&params, &[], args);
                    (*ret).clone()
                }
                Ty::Bounds(bounds) => {
                    let callable = self.callable(&bounds, &Subst::new());
                    let params = callable.as_ref().map(|(p, _)| p.clone()).unwrap_or_default();
                    self.arguments(&params, &[], args);
                    callable.map_or(Ty::Unknown, |(_, ret)| ret)
                }
                Ty::Param(owner, _) => {
                    let bounds = self.index.bounds_of(owner, &self.callee(&ty));
                    let callable = self.callable(&bounds, &Subst::new());
                    let params = callable.as_ref().map(|(p, _)| p.clone()).unwrap_or_default();
                    self.arguments(&params, &[], args);
                    callable.map_or(Ty::Unknown, |(_, ret)| ret)
                }
                _ if self.is_from_outside(&ty) => {
                    self.outside_arguments(args);
                    self.outside_value()
                }
                _ => {
                    self.arguments(&[], &[], args);
                    Ty::Unknown
                }
            },
        };
        self.rec.context = context;
        result
    }

    /// What is called when a value is: behind references, and behind the box that it may stand in.
    fn callee(&self, ty: &Ty) -> Ty {
        let mut ty = self.through_refs(ty);
        for _ in 0..DEREFS {
            match ty {
                Ty::Adt(..) => match self.index.deref(&self.zonk(&ty)) {
                    Some(next) => ty = self.through_refs(&next),
                    None => break,
                },
                _ => break,
            }
        }
        ty
    }

    /// Looks at the arguments and gives the type of the result. `this`: the receiver of a method call.
    fn call_function(&mut self, signature: DefId, subst: Subst, this: Option<&Ty>, args: &[ExprIx]) -> Ty {
        let types = self.index.signature(signature);
        let written: Vec<Ty> = types.params.clone();
        let params: Vec<Ty> = written
            .iter()
            .map(|p| {
                let p = p.subst(&subst);
                self.open(&p)
            })
            .collect();
        let args = if types.has_self && this.is_none() {
            let Some((first, rest)) = args.split_first() else { return Ty::Unknown };
            let receiver = self.expr(*first);
            if let Some(parent) = self.place.program.def(signature).parent {
                self.bind_self(parent, &subst, &receiver);
            }
            rest
        } else {
            args
        };
        let bounds = self.bounds_for(signature, &written, &subst);
        self.arguments(&params, &bounds, args);
        self.oblige(signature, &subst);
        let ret = self.zonk(&types.ret.subst(&subst));
        let ret = self.open(&ret);
        self.known(&ret)
    }

    /// What `Self` of a trait or impl stands for, once a receiver is given as first argument.
    fn bind_self(&mut self, parent: DefId, subst: &Subst, receiver: &Ty) {
        let this = match &self.place.program.item(parent).kind {
            ItemKind::Trait { .. } => Ty::Param(parent, super::ty::SELF).subst(subst),
            ItemKind::Impl { .. } => {
                let found = self.index.impls.iter().find(|i| i.def == parent).map(|i| i.self_ty.subst(subst));
                found.unwrap_or(Ty::Unknown)
            }
            _ => Ty::Unknown,
        };
        self.unify(&this, receiver);
    }

    /// For each parameter, the bounds on the type parameter that it is.
    fn bounds_for(&self, signature: DefId, written: &[Ty], subst: &Subst) -> Vec<Vec<super::ty::TraitRef>> {
        let own = self.index.bounds(signature);
        let parent = self.place.program.def(signature).parent.map(|p| self.index.bounds(p));
        written
            .iter()
            .map(|ty| {
                let mut out = Vec::new();
                let plain = match ty {
                    Ty::Ref(inner) => inner,
                    ty => ty,
                };
                if let Ty::Bounds(bounds) = plain {
                    out.extend(bounds.iter().map(|b| b.subst(subst)));
                }
                for (bounded, bounds) in own.iter().chain(parent.iter().flat_map(|p| p.iter())) {
                    if bounded == plain {
                        out.extend(bounds.iter().map(|b| b.subst(subst)));
                    }
                }
                out
            })
            .collect()
    }

    fn arguments(&mut self, params: &[Ty], bounds: &[Vec<super::ty::TraitRef>], args: &[ExprIx]) {
        for (i, arg) in args.iter().enumerate() {
            let param = params.get(i).cloned().unwrap_or(Ty::Unknown);
            let bounds = bounds.get(i).map(Vec::as_slice).unwrap_or_default();
            let callable = self.callable(bounds, &Subst::new());
            let expected = match &callable {
                Some((inputs, output)) => Ty::Fn(inputs.clone().into(), Arc::new(output.clone())),
                None => param.clone(),
            };
            self.outer = CallContext::USED;
            let found = self.expect(*arg, &expected);
            if callable.is_some() {
                self.unify(&expected, &found);
            }
            self.unify(&param, &found);
            for bound in bounds {
                for (name, ty) in bound.assoc.iter() {
                    if let Some(of) = bound.item()
                        && let Some(actual) = self.index.project(&self.zonk(&self.known(&found)), Some(of), *name, 0)
                    {
                        self.unify(ty, &actual);
                    }
                }
            }
        }
    }

    /// Arguments of code outside of the workspace: what it hands to closures comes from outside, too.
    fn outside_arguments(&mut self, args: &[ExprIx]) {
        for arg in args {
            self.outer = CallContext::USED;
            let expected = self.outside_value();
            self.expect(*arg, &expected);
        }
    }

    /// The inputs and output of an `Fn…` bound, opened for inference.
    pub(super) fn callable(&mut self, bounds: &[super::ty::TraitRef], subst: &Subst) -> Option<(Vec<Ty>, Ty)> {
        let program = self.place.program;
        let bound = bounds.iter().find(|b| {
            let name = match b.def {
                Def::Item(id) => program.def(id).name,
                Def::External(ext) => ext.name,
                _ => return false,
            };
            matches!(program.symbols.text(name), "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce")
        })?;
        let Some(Ty::Tuple(inputs)) = bound.args.first() else { return None };
        let output = bound.assoc.iter().find(|(n, _)| *n == kw::output).map_or_else(Ty::unit, |(_, t)| t.clone());
        let inputs = inputs
            .iter()
            .map(|t| {
                let t = t.subst(subst);
                let t = self.zonk(&t);
                self.open(&self.index.normal(&t, 0))
            })
            .collect();
        let output = output.subst(subst);
        Some((inputs, self.open(&output)))
    }

    pub(super) fn method(&mut self, e: ExprIx, call: &MethodCall, pos: Pos, outer: CallContext) -> Ty {
        self.outer = self.of_receiver(self.facts.text(call.name), outer);
        let receiver = self.expr(call.receiver);
        let name = self.place.sym(call.name);
        let types: Vec<Ty> = call.types.iter().map(|t| self.written(*t, DependencyKind::Type)).collect();
        let context = self.rec.context;
        let text = self.facts.text(call.name);
        let inside = if PER_ELEMENT.contains(&text) && !self.is_option_like(&receiver) {
            CallContext::IN_LOOP
        } else if text == "spawn" || text.starts_with("spawn_") {
            CallContext::SPAWNED
        } else if self.runs_in_transaction(text, call.receiver) {
            CallContext::IN_TRANSACTION
        } else {
            CallContext::default()
        };
        let mut outer = outer.with(self.handed(Some(call.receiver), &call.args));
        let found = self.find_method(&receiver, name);
        let member = found.as_ref().map(|(member, _)| member.def);
        let program = self.place.program;
        if PANICS.contains(&text) && member.is_none_or(|of| program.is_model(program.module_of(of))) {
            self.rec.can_panic(pos);
        }
        let result = match found {
            Some((member, of)) => {
                if self.gives_transaction(member.def) {
                    self.transactions.given.push((self.place.file, e));
                    outer = outer.with(CallContext::GIVES_TRANSACTION);
                }
                self.rec.context = context.with(outer);
                self.dispatch(&member, &of, pos);
                self.rec.item(program, member.def, DependencyKind::Method, pos, None, Confidence::Type);
                self.rec.context = context.with(inside);
                let mut args: Vec<Ty> = self.fresh_args(member.signature).to_vec();
                for (slot, ty) in args.iter_mut().zip(types) {
                    *slot = ty;
                }
                self.transactions.runs = inside == CallContext::IN_TRANSACTION;
                let subst = member.subst.with(member.signature, args.into());
                let this = receiver.clone();
                let result = self.call_function(member.signature, subst, Some(&this), &call.args);
                self.converted(text, &receiver, &result, pos);
                result
            }
            None => {
                self.rec.context = context.with(outer);
                let unique = self.missing_method(&receiver, name, text, call.args.len(), pos);
                self.rec.context = context.with(inside);
                self.transactions.runs = inside == CallContext::IN_TRANSACTION;
                match unique {
                    Some(def) => {
                        let (subst, _) = self.open_subst(def);
                        self.call_function(def, subst, Some(&receiver), &call.args)
                    }
                    None if self.is_from_outside(&receiver) => {
                        self.outside_arguments(&call.args);
                        self.outside_value()
                    }
                    None if self.is_derived_builder(&self.known(&receiver)) => {
                        self.arguments(&[], &[], &call.args);
                        receiver.clone()
                    }
                    None => {
                        self.arguments(&[], &[], &call.args);
                        Ty::Unknown
                    }
                }
            }
        };
        self.transactions.runs = false;
        self.rec.context = context;
        self.hear_method(e, name, &receiver, member, context.with(outer));
        result
    }

    fn is_option_like(&self, ty: &Ty) -> bool {
        matches!(self.through_refs(ty), Ty::Adt(id, _) if Some(id) == self.index.lang.option || Some(id) == self.index.lang.result)
    }

    /// The method of this name on a type, after as many `*` as it takes.
    fn find_method(&self, receiver: &Ty, name: Sym) -> Option<(Member, Ty)> {
        let mut ty = self.known(receiver);
        for _ in 0..DEREFS {
            let full = self.zonk(&ty);
            if let Some(member) = self.index.member_of(&full, name, true) {
                let is_method = matches!(&self.place.program.item(member.def).kind, ItemKind::Fn(f) if f.receiver.is_some());
                if is_method {
                    return Some((member, full));
                }
            }
            ty = self.known(&self.index.deref(&full)?);
        }
        None
    }

    /// No method was found: external, the only one of its name, or unresolved.
    fn missing_method(&mut self, receiver: &Ty, name: Sym, text: &str, args: usize, pos: Pos) -> Option<DefId> {
        let program = self.place.program;
        let mut ty = self.through_refs(receiver);
        for _ in 0..DEREFS {
            match self.index.deref(&ty) {
                Some(next) => ty = self.through_refs(&next),
                None => break,
            }
        }
        match &ty {
            Ty::Ext(ext) => self.rec.external(ext.krate),
            Ty::Var(_) if self.is_from_outside(&ty) => self.rec.external(kw::std),
            Ty::Prim(_) | Ty::Slice(_) | Ty::Tuple(_) | Ty::Fn(..) | Ty::Future(_) => self.rec.external(kw::std),
            Ty::Adt(of, _) => {
                let of = *of;
                self.missing_of(of, name, DependencyKind::Method, pos);
            }
            Ty::Bounds(bounds) if bounds.iter().any(|b| b.item().is_none()) => self.rec.external(kw::std),
            Ty::Param(owner, _) if self.index.bounds_of(*owner, &ty).iter().any(|b| b.item().is_none()) => self.rec.external(kw::std),
            _ => {
                let unique = self.guess(name, text, args);
                match unique {
                    Some(def) => {
                        self.rec.item(program, def, DependencyKind::Method, pos, None, Confidence::Unique);
                        return Some(def);
                    }
                    None => self.rec.unresolved(name, DependencyKind::Method, pos),
                }
            }
        }
        None
    }

    pub(super) fn field(&mut self, base: ExprIx, name: crate::frontend::rust::facts::Name, pos: Pos) -> Ty {
        self.outer = CallContext::USED;
        let receiver = self.expr(base);
        let sym = self.place.sym(name);
        let mut ty = self.known(&receiver);
        for _ in 0..DEREFS {
            match &ty {
                Ty::Adt(of, args) => {
                    let is_model = self.place.program.is_model(self.place.program.module_of(*of));
                    if let Some(found) = self.index.field(*of, None, sym) {
                        self.rec.item(self.place.program, *of, DependencyKind::Field, pos, None, Confidence::Type);
                        return found.subst(&Subst::new().with(*of, args.clone()));
                    }
                    if is_model && self.index.deref(&ty).is_none() {
                        self.rec.external(kw::std);
                        return Ty::Unknown;
                    }
                }
                Ty::Tuple(elems) => {
                    let at: Option<usize> = self.facts.text(name).parse().ok();
                    return at.and_then(|at| elems.get(at).cloned()).unwrap_or(Ty::Unknown);
                }
                Ty::Ext(ext) => {
                    self.rec.external(ext.krate);
                    return self.outside_value();
                }
                Ty::Var(_) if self.is_from_outside(&ty) => {
                    self.rec.external(kw::std);
                    return self.outside_value();
                }
                _ => {}
            }
            match self.index.deref(&self.zonk(&ty)) {
                Some(next) => ty = self.known(&next),
                None => break,
            }
        }
        self.rec.unresolved(sym, DependencyKind::Field, pos);
        Ty::Unknown
    }
}
