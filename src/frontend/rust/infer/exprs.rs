//! Expressions: each gives its type, as far as it can be told, and records what it refers to.

use super::body::Body;
use super::lower::Sink;
use super::ty::{Subst, Ty};
use crate::frontend::rust::facts::{Arm, Closure, ExprIx, ExprKind, Lit, MacroArgs, MacroCall, Operator, Path, StructLit};
use crate::frontend::rust::load::At;
use crate::frontend::rust::parse::expand::Root;
use crate::frontend::rust::resolve::{Def, Namespace, Prim, kw};
use crate::model::codebase::{CallContext, Confidence, DependencyKind};
use std::sync::Arc;

/// Macros of the standard library that panic, always or where what they are given does not hold.
const PANICS: &[&str] = &["panic", "unreachable", "todo", "unimplemented", "assert", "assert_eq", "assert_ne"];

impl<'p> Body<'_, '_, 'p, '_, '_> {
    /// The type of an expression of which this type is expected; the two are not made equal here, but where it helps.
    pub(super) fn expect(&mut self, e: ExprIx, expected: &Ty) -> Ty {
        let outer = std::mem::replace(&mut self.outer, CallContext::USED);
        let facts = self.facts;
        let expr = &facts[e];
        match &expr.kind {
            ExprKind::Path(path) => {
                if let ([only], None) = (path.segments.as_slice(), path.qself)
                    && let Some(local) = self.local(self.place.sym(only.name))
                {
                    let (value, ty) = (local.value, local.ty.clone());
                    self.hear_local(e, value, ty);
                }
                let value = self.value(path, DependencyKind::Path);
                self.value_ty(value)
            }
            ExprKind::Lit(lit) => self.literal(*lit),
            ExprKind::Call(callee, args) => {
                let found = self.call(*callee, args, outer, expected);
                if let ExprKind::Path(path) = &facts[*callee].kind {
                    let handed = self.handed(None, args);
                    self.hear_call(e, path, self.rec.context.with(outer).with(handed));
                }
                found
            }
            ExprKind::Method(call) => {
                let found = self.method(e, call, expr.pos, outer);
                // `collect()`, `parse()`, `into()` give whatever is wanted.
                self.unify(expected, &found);
                self.settle();
                found
            }
            ExprKind::Field(base, name) => self.field(*base, *name, expr.pos),
            ExprKind::Index(base, index) => {
                let base = self.expr(*base);
                let index = self.expr(*index);
                self.operator(Operator::Index, &base, Some(&index), expr.pos);
                self.indexed(&base, &index)
            }
            ExprKind::Unary(inner, operator) => {
                let ty = self.expr(*inner);
                self.operator(*operator, &ty, None, expr.pos);
                ty
            }
            ExprKind::Deref(inner) => {
                let ty = self.expr(*inner);
                let known = self.zonk(&self.known(&ty));
                if !matches!(known, Ty::Ref(_)) {
                    self.operator(Operator::Deref, &known, None, expr.pos);
                }
                self.index.deref(&known).unwrap_or(known)
            }
            ExprKind::Binary(left, right, operator) => {
                let left = self.expr(*left);
                let right = self.expr(*right);
                self.operator(*operator, &left, Some(&right), expr.pos);
                if matches!(operator, Operator::Eq | Operator::Ord | Operator::Lazy) {
                    self.unify(&left, &right);
                    return Ty::Prim(Prim::Bool);
                }
                match self.through_refs(&left) {
                    Ty::Var(_) | Ty::Unknown => right,
                    Ty::Adt(id, args) => {
                        // An operator of the workspace's own says what comes out.
                        self.index.project(&Ty::Adt(id, args.clone()), None, kw::output, 0).unwrap_or(Ty::Adt(id, args))
                    }
                    other => other,
                }
            }
            ExprKind::Assign(target, value, operator) => {
                let left = self.expr(*target);
                let right = self.expect(*value, &left);
                if let Some(operator) = operator {
                    self.operator(*operator, &left, Some(&right), expr.pos);
                }
                self.unify(&left, &right);
                match operator {
                    None => self.set_again(*target, *value),
                    Some(Operator::AddAssign) => self.hear_added(e, &left, &right),
                    Some(_) => {}
                }
                Ty::unit()
            }
            ExprKind::Ref(inner) => {
                let expected = match self.known(expected) {
                    Ty::Ref(t) => (*t).clone(),
                    _ => Ty::Unknown,
                };
                let inner = self.expect(*inner, &expected);
                Ty::reference(inner)
            }
            ExprKind::Cast(inner, ty) => {
                self.expr(*inner);
                self.written(*ty, DependencyKind::Type)
            }
            ExprKind::Let(pat, value) => {
                self.outer = outer;
                let ty = self.expr(*value);
                self.pat(*pat, &ty);
                self.set_to(*pat, *value);
                Ty::Prim(Prim::Bool)
            }
            ExprKind::If(condition, then, otherwise) => {
                let locals = self.locals.len();
                self.outer = self.of_condition(*condition, *then, *otherwise);
                self.expr(*condition);
                self.outer = outer;
                let first = self.block(*then, expected);
                self.locals.truncate(locals);
                let Some(otherwise) = otherwise else { return Ty::unit() };
                self.outer = outer;
                let second = self.expect(*otherwise, expected);
                self.either(first, second)
            }
            ExprKind::Match(value, arms) => {
                self.outer = self.of_match(arms);
                let ty = self.expr(*value);
                self.arms(arms, &ty, expected, outer)
            }
            ExprKind::Block(block) => {
                self.outer = outer;
                self.block(*block, expected)
            }
            ExprKind::Async(block) => {
                let ret = std::mem::replace(&mut self.ret, Ty::Unknown);
                let value = self.fresh();
                self.ret = value.clone();
                let found = self.block(*block, &value);
                self.unify(&value, &found);
                self.ret = ret;
                Ty::Future(Arc::new(value))
            }
            ExprKind::Loop(block) => {
                // It has no end of its own: it waits for what comes, and goes through nothing.
                self.block(*block, &Ty::Unknown);
                Ty::Unknown
            }
            ExprKind::While(condition, block) => {
                let locals = self.locals.len();
                self.in_loop(|body| {
                    body.expr(*condition);
                    body.block(*block, &Ty::Unknown)
                });
                self.locals.truncate(locals);
                Ty::unit()
            }
            ExprKind::For(pat, iter, block) => {
                let iter = self.expr(*iter);
                let item = self.item_of(&iter);
                let locals = self.locals.len();
                self.pat(*pat, &item);
                self.in_loop(|body| body.block(*block, &Ty::Unknown));
                self.locals.truncate(locals);
                Ty::unit()
            }
            ExprKind::Closure(closure) => self.closure(closure, expected),
            ExprKind::Await(inner) => {
                self.outer = outer.with(CallContext::AWAITED);
                let future = self.expr(*inner);
                self.output_of(&future)
            }
            ExprKind::Try(inner) => {
                self.outer = outer.with(CallContext::TRIED);
                let ty = self.expr(*inner);
                self.tried(&ty, expr.pos);
                match self.through_refs(&ty) {
                    Ty::Adt(id, args) if Some(id) == self.index.lang.option || Some(id) == self.index.lang.result => {
                        args.first().cloned().unwrap_or(Ty::Unknown)
                    }
                    _ if self.is_from_outside(&ty) => self.outside_value(),
                    _ => Ty::Unknown,
                }
            }
            ExprKind::Return(value) => {
                if let Some(value) = value {
                    let ret = self.ret.clone();
                    let found = self.expect(*value, &ret);
                    self.unify(&ret, &found);
                }
                Ty::Never
            }
            ExprKind::Break(value) => {
                if let Some(value) = value {
                    self.expr(*value);
                }
                Ty::Never
            }
            ExprKind::Tuple(elems) => {
                let wanted: Vec<Ty> = match self.known(expected) {
                    Ty::Tuple(types) => types.to_vec(),
                    _ => Vec::new(),
                };
                let types = elems.iter().enumerate().map(|(i, e)| self.expect(*e, wanted.get(i).unwrap_or(&Ty::Unknown))).collect();
                Ty::Tuple(types)
            }
            ExprKind::Array(elems) => {
                let element = match self.known(expected) {
                    Ty::Slice(t) => (*t).clone(),
                    _ => self.fresh(),
                };
                for e in elems {
                    let found = self.expect(*e, &element);
                    self.unify(&element, &found);
                }
                Ty::Slice(Arc::new(element))
            }
            ExprKind::Repeat(value, length) => {
                let element = self.expr(*value);
                self.expr(*length);
                Ty::Slice(Arc::new(element))
            }
            ExprKind::Struct(literal) => self.literal_of(literal),
            ExprKind::Range(start, end) => {
                let mut ty = Ty::Prim(Prim::Int);
                for e in [start, end].into_iter().flatten() {
                    ty = self.expr(*e);
                }
                self.index.lang.range.map_or(Ty::Unknown, |id| Ty::Adt(id, Arc::from([ty])))
            }
            ExprKind::Macro(call) => {
                self.outer = outer;
                self.macro_at(call, At::Expr(e), expected)
            }
            ExprKind::Cfg(cfg, _) if !self.place.program.holds(self.place.scope, cfg) => Ty::Unknown,
            ExprKind::Cfg(_, inner) => {
                self.outer = outer;
                self.expect(*inner, expected)
            }
            ExprKind::Other => Ty::Unknown,
        }
    }

    /// A variable that is set to something else.
    fn set_again(&mut self, target: ExprIx, value: ExprIx) {
        let facts = self.facts;
        if let ExprKind::Path(path) = &facts[target].kind
            && let ([only], None) = (path.segments.as_slice(), path.qself)
        {
            let (name, file) = (self.place.sym(only.name), self.place.file);
            if let Some(local) = self.locals.iter_mut().rev().find(|local| local.name == name) {
                local.value = Some((file, value));
            }
        }
    }

    fn literal(&self, lit: Lit) -> Ty {
        match lit {
            Lit::Str(_) => Ty::reference(Ty::Prim(Prim::Str)),
            Lit::Int => Ty::Prim(Prim::Int),
            Lit::Float => Ty::Prim(Prim::Float),
            Lit::Bool => Ty::Prim(Prim::Bool),
            Lit::Char => Ty::Prim(Prim::Char),
            Lit::Bytes => Ty::reference(Ty::Slice(Arc::new(Ty::Prim(Prim::Int)))),
        }
    }

    fn in_loop(&mut self, walk: impl FnOnce(&mut Self) -> Ty) {
        let context = self.rec.context;
        self.rec.context = context.with(CallContext::IN_LOOP);
        self.outer = CallContext::default();
        walk(self);
        self.rec.context = context;
    }

    /// Of two branches, the one that says more.
    fn either(&mut self, first: Ty, second: Ty) -> Ty {
        match (self.known(&first), self.known(&second)) {
            (Ty::Never | Ty::Unknown, _) => second,
            (_, Ty::Never | Ty::Unknown) => first,
            _ => {
                self.unify(&first, &second);
                first
            }
        }
    }

    fn arms(&mut self, arms: &[Arm], ty: &Ty, expected: &Ty, outer: CallContext) -> Ty {
        let program = self.place.program;
        let mut result = Ty::Never;
        for arm in arms {
            if !program.holds(self.place.scope, &arm.cfg) {
                continue;
            }
            let locals = self.locals.len();
            self.pat(arm.pat, ty);
            if let Some(guard) = arm.guard {
                self.expr(guard);
            }
            self.outer = outer;
            let found = self.expect(arm.body, expected);
            result = self.either(result, found);
            self.locals.truncate(locals);
        }
        result
    }

    fn closure(&mut self, closure: &Closure, expected: &Ty) -> Ty {
        let (inputs, output) = match self.known(expected) {
            Ty::Fn(inputs, output) => (inputs.to_vec(), (*output).clone()),
            Ty::Bounds(bounds) => self.callable(&bounds, &Subst::new()).unwrap_or((Vec::new(), Ty::Unknown)),
            _ => (Vec::new(), Ty::Unknown),
        };
        let locals = self.locals.len();
        let from_outside = self.is_from_outside(expected);
        let params: Vec<Ty> = closure
            .params
            .iter()
            .enumerate()
            .map(|(i, pat)| {
                let ty = match inputs.get(i) {
                    Some(ty) => ty.clone(),
                    None if from_outside => self.outside_value(),
                    None => self.fresh(),
                };
                self.pat(*pat, &ty);
                ty
            })
            .collect();
        if std::mem::take(&mut self.transactions.runs) {
            // Without a parameter it is the connection around that is inside.
            let is_state = closure.params.is_empty();
            self.rec.context = self.rec.context.with(if is_state { CallContext::GIVEN_TRANSACTION } else { CallContext::default() });
            self.hold_transaction(locals);
        }
        let output = self.open(&output);
        let written = closure.ret.map(|t| self.written(t, DependencyKind::Type));
        let value = if closure.is_async { self.fresh() } else { output.clone() };
        if let Some(written) = &written {
            self.unify(&value, written);
        }
        let ret = std::mem::replace(&mut self.ret, value.clone());
        self.outer = CallContext::USED;
        let found = self.expect(closure.body, &value);
        self.unify(&value, &found);
        self.ret = ret;
        self.locals.truncate(locals);
        let output = if closure.is_async { Ty::Future(Arc::new(value)) } else { value };
        Ty::Fn(params.into(), Arc::new(output))
    }

    fn literal_of(&mut self, literal: &StructLit) -> Ty {
        let program = self.place.program;
        let shape = self.shape_of(&literal.path, Namespace::Types, DependencyKind::Type);
        if shape.is_none() {
            self.unresolved_shape(&literal.path);
        }
        for (name, pos, value) in &literal.fields {
            let sym = self.place.sym(*name);
            let wanted = shape.as_ref().and_then(|(of, variant, made)| {
                let found = self.index.field(*of, *variant, sym)?;
                let Ty::Adt(_, args) = made else { return None };
                Some((*of, found.subst(&Subst::new().with(*of, args.clone()))))
            });
            match wanted {
                Some((of, wanted)) => {
                    self.rec.item(program, of, DependencyKind::Field, *pos, None, Confidence::Name);
                    let wanted = self.open(&wanted);
                    let found = self.expect(*value, &wanted);
                    self.unify(&wanted, &found);
                }
                None => {
                    self.expr(*value);
                }
            }
        }
        let made = shape.map_or(Ty::Unknown, |(_, _, made)| made);
        if let Some(rest) = literal.rest {
            let found = self.expect(rest, &made);
            self.unify(&made, &found);
        }
        made
    }

    /// A literal of a type that is not known: recorded as what its path is.
    fn unresolved_shape(&mut self, path: &Path) {
        let program = self.place.program;
        let segments = program.segments(self.place.file, path);
        if path.qself.is_none()
            && program.path(self.place.scope, path.global, &segments, Namespace::Types, false).is_none()
            && segments.first() != Some(&kw::self_type)
        {
            let last = segments.len() - 1;
            self.rec.unresolved_path(&self.place, path.global, &segments, DependencyKind::Type, super::lower::pos_of(path, last));
        }
    }

    /// What a `for` loop goes over.
    fn item_of(&mut self, ty: &Ty) -> Ty {
        if self.is_from_outside(ty) {
            return self.outside_value();
        }
        let known = self.zonk(&self.known(ty));
        let mut at = known;
        for _ in 0..4 {
            if let Some(found) = self.index.project(&at, self.index.lang.into_iterator, kw::item, 0) {
                return found;
            }
            match self.index.deref(&at) {
                Some(next) => at = self.zonk(&self.known(&next)),
                None => break,
            }
        }
        Ty::Unknown
    }

    /// What `.await` gives.
    fn output_of(&mut self, ty: &Ty) -> Ty {
        if self.is_from_outside(ty) {
            return self.outside_value();
        }
        match self.known(ty) {
            Ty::Future(output) => (*output).clone(),
            other => {
                let full = self.zonk(&other);
                self.index.project(&full, self.index.lang.future, kw::output, 0).unwrap_or(Ty::Unknown)
            }
        }
    }

    fn indexed(&self, base: &Ty, index: &Ty) -> Ty {
        let mut ty = self.through_refs(base);
        for _ in 0..6 {
            match &ty {
                Ty::Slice(element) => {
                    let by_range = matches!(self.through_refs(index), Ty::Adt(id, _) if Some(id) == self.index.lang.range);
                    return if by_range { ty.clone() } else { (**element).clone() };
                }
                Ty::Prim(Prim::Str) => return ty,
                _ => {}
            }
            if let Some(of) = self.index.lang.index
                && let Some(found) = self.index.project(&self.zonk(&ty), Some(of), kw::output, 0)
            {
                return found;
            }
            match self.index.deref(&self.zonk(&ty)) {
                Some(next) => ty = self.through_refs(&next),
                None => break,
            }
        }
        Ty::Unknown
    }

    /// A macro of the workspace is what it gives; any other is read as it stands.
    pub(super) fn macro_at(&mut self, call: &'p MacroCall, at: At, expected: &Ty) -> Ty {
        let loaded = self.place.program.loaded;
        let Some((file, root)) = loaded.expansions.get(&(self.place.file, at)) else { return self.macro_call(call) };
        let outer = self.outer;
        self.macro_name(call);
        self.outer = outer;
        let (facts, own) = (self.facts, self.place.file);
        self.facts = &loaded.files[*file].facts;
        self.place.file = *file;
        let outer_file = std::mem::replace(&mut self.rec.expanded, *file);
        let ty = match root {
            Root::Expr(e) => self.expect(*e, expected),
            Root::Block(block) => self.block(*block, expected),
            Root::Type(ty) => self.written(*ty, DependencyKind::Type),
            Root::Pat(pat) => {
                self.pat(*pat, expected);
                Ty::Unknown
            }
            Root::Items(_) => Ty::Unknown,
        };
        self.rec.expanded = outer_file;
        self.facts = facts;
        self.place.file = own;
        ty
    }

    /// Records which macro is meant; gives that.
    fn macro_name(&mut self, call: &MacroCall) -> Option<Def> {
        let program = self.place.program;
        let segments = program.segments(self.place.file, &call.path);
        let last = segments.len().saturating_sub(1);
        let found =
            program.path(self.place.scope, call.path.global, &segments, Namespace::Macros, false).filter(|f| f.used == segments.len());
        match found {
            Some(found) => self.rec.def(program, found.def, DependencyKind::Macro, super::lower::pos_of(&call.path, last), found.through),
            None => self.rec.unresolved(segments[last], DependencyKind::Macro, super::lower::pos_of(&call.path, last)),
        }
        found.map(|f| f.def)
    }

    /// A macro where an expression stands: its name, and what of its arguments is understood.
    pub(super) fn macro_call(&mut self, call: &'p MacroCall) -> Ty {
        self.hear_macro(call);
        let found = self.macro_name(call);
        let is_std = matches!(found, Some(Def::External(ext)) if ext.krate == kw::std);
        let last = call.path.segments.len().saturating_sub(1);
        let name = self.facts.text(call.path.segments[last].name);
        if name.starts_with("include_proto") || name == "include" && !matches!(call.args, MacroArgs::Include(_)) {
            self.rec.out.generated += 1;
        }
        if PANICS.contains(&name) && !matches!(found, Some(Def::Item(_))) {
            self.rec.can_panic(super::lower::pos_of(&call.path, last));
        }
        let in_macro = self.rec.in_macro;
        self.rec.in_macro |= !is_std;
        let mut first = Ty::Unknown;
        match &call.args {
            MacroArgs::Fragments { exprs, arms, types, paths } => {
                for (i, e) in exprs.iter().enumerate() {
                    self.outer = CallContext::USED;
                    let found = self.expr(*e);
                    if i == 0 {
                        first = found;
                    } else if name == "vec" {
                        self.unify(&first, &found);
                    }
                }
                self.arms(arms, &Ty::Unknown, &Ty::Unknown, CallContext::USED);
                for ty in types {
                    self.written(*ty, DependencyKind::Type);
                }
                for path in paths {
                    self.macro_path(path);
                }
            }
            MacroArgs::Block(block) => {
                first = self.block(*block, &Ty::Unknown);
            }
            MacroArgs::Items(_) | MacroArgs::Include(_) => {}
        }
        self.rec.in_macro = in_macro;
        match name {
            "vec" => self.index.lang.vec.map_or(Ty::Unknown, |id| Ty::Adt(id, Arc::from([first]))),
            "format" | "concat" | "stringify" => self.index.lang.string.map_or(Ty::Unknown, |id| Ty::Adt(id, Arc::from([]))),
            "matches" => Ty::Prim(Prim::Bool),
            "panic" | "unreachable" | "todo" | "unimplemented" | "bail" => Ty::Never,
            "dbg" | "ready" => first,
            _ => Ty::Unknown,
        }
    }

    /// A path among tokens that are not understood: recorded if it leads anywhere in the workspace.
    pub(super) fn macro_path(&mut self, path: &Path) {
        let program = self.place.program;
        let segments = program.segments(self.place.file, path);
        for ns in [Namespace::Values, Namespace::Types, Namespace::Macros] {
            let Some(found) = program.path(self.place.scope, path.global, &segments, ns, false) else { continue };
            if let Def::Item(_) | Def::Variant(..) = found.def {
                self.rec.def(program, found.def, DependencyKind::Macro, super::lower::pos_of(path, found.used - 1), found.through);
            }
            return;
        }
    }

    /// Bounds in the place of a type.
    pub(super) fn bound(&mut self, path: &Path, kind: DependencyKind) {
        let place = self.place;
        let later = {
            let mut sink = Sink { recorder: Some(self.rec), kind, ..Sink::silent() };
            place.bound(path, &mut sink, 16);
            sink.later
        };
        self.later(later);
    }
}
