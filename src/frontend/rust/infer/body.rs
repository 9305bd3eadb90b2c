//! One body: which locals there are, what types they have, how types are made equal.

use super::dispatch::Unnamed;
use super::heard::Hearing;
use super::index::Index;
use super::lower::{Later, Place, Sink};
use super::record::Recorder;
use super::transaction::Open;
use super::ty::{Args, Subst, TraitRef, Ty};
use crate::frontend::rust::facts::{BlockIx, ExprIx, FileFacts, Pat, PatIx, Pos, Stmt, Type, TypeIx};
use crate::frontend::rust::load::At;
use crate::frontend::rust::resolve::{DefId, Sym};
use crate::model::codebase::{CallContext, Confidence, DependencyKind};
use std::sync::Arc;

/// A local variable.
pub(super) struct Local {
    pub name: Sym,
    pub ty: Ty,
    /// What it was last set to, by file and expression, where that is written down here.
    pub value: Option<(usize, ExprIx)>,
    /// It holds an open transaction, or what borrows one.
    pub transaction: bool,
}

/// Walks the expressions of one definition.
pub(super) struct Body<'i, 'a, 'p, 'r, 'o> {
    pub index: &'i Index<'a, 'p>,
    pub rec: &'r mut Recorder<'o>,
    pub place: Place<'a, 'p>,
    pub facts: &'p FileFacts,
    pub locals: Vec<Local>,
    /// Calls that are wanted.
    pub hearing: Hearing<'p>,
    /// What each variable turned out to be.
    vars: Vec<Option<Ty>>,
    /// Variables that stand for what code outside of the workspace gave back.
    outside: Vec<bool>,
    /// Bounds on types that are not known yet.
    pub waiting: Vec<(Ty, TraitRef)>,
    /// Operators and conversions, to be looked at once all types are known.
    pub unnamed: Vec<(Unnamed, Pos)>,
    /// What `return` gives.
    pub ret: Ty,
    /// How the value of the expression that is looked at next is used.
    pub outer: CallContext,
    /// What is known of transactions so far.
    pub transactions: Open,
}

impl<'i, 'a, 'p, 'r, 'o> Body<'i, 'a, 'p, 'r, 'o> {
    pub(super) fn new(index: &'i Index<'a, 'p>, rec: &'r mut Recorder<'o>, place: Place<'a, 'p>) -> Self {
        let facts = &place.program.file(place.file).facts;
        Body {
            index,
            rec,
            place,
            facts,
            locals: Vec::new(),
            hearing: Hearing::default(),
            vars: Vec::new(),
            outside: Vec::new(),
            waiting: Vec::new(),
            unnamed: Vec::new(),
            ret: Ty::Unknown,
            outer: CallContext::USED,
            transactions: Open::default(),
        }
    }

    pub(super) fn fresh(&mut self) -> Ty {
        self.vars.push(None);
        self.outside.push(false);
        Ty::Var(u32::try_from(self.vars.len() - 1).unwrap_or(0))
    }

    /// What code outside of the workspace gave back: its methods are external, unless its type turns out to be known after all.
    pub(super) fn outside_value(&mut self) -> Ty {
        let var = self.fresh();
        if let Some(last) = self.outside.last_mut() {
            *last = true;
        }
        var
    }

    pub(super) fn is_from_outside(&self, ty: &Ty) -> bool {
        match self.through_refs(ty) {
            Ty::Var(v) => self.outside[v as usize],
            Ty::Ext(_) => true,
            _ => false,
        }
    }

    /// Variables for all parameters of a definition.
    pub(super) fn fresh_args(&mut self, of: DefId) -> Args {
        let count = super::lower::own_params(self.place.program, of).len();
        (0..count).map(|_| self.fresh()).collect()
    }

    /// The type behind a variable, as far as it is known; projections are worked out.
    pub(super) fn known(&self, ty: &Ty) -> Ty {
        let mut ty = ty.clone();
        for _ in 0..32 {
            match &ty {
                Ty::Var(v) => match &self.vars[*v as usize] {
                    Some(bound) => ty = bound.clone(),
                    None => return ty,
                },
                Ty::Assoc(..) => {
                    let normal = self.index.normal(&self.zonk(&ty), 0);
                    if normal == ty || matches!(normal, Ty::Assoc(..)) {
                        return normal;
                    }
                    ty = normal;
                }
                _ => return ty,
            }
        }
        Ty::Unknown
    }

    /// Replaces all variables that are bound.
    pub(super) fn zonk(&self, ty: &Ty) -> Ty {
        let mut fuel = 200_u32;
        self.zonk_with(ty, &mut fuel)
    }

    fn zonk_with(&self, ty: &Ty, fuel: &mut u32) -> Ty {
        ty.map(&mut |t| match t {
            Ty::Var(v) => {
                if *fuel == 0 {
                    return Some(Ty::Unknown);
                }
                *fuel -= 1;
                let bound = self.vars[*v as usize].clone()?;
                Some(self.zonk_with(&bound, fuel))
            }
            _ => None,
        })
    }

    pub(super) fn unify(&mut self, a: &Ty, b: &Ty) {
        self.unify_at(a, b, 0);
    }

    fn unify_at(&mut self, a: &Ty, b: &Ty, depth: u32) {
        if depth > 12 {
            return;
        }
        let (a, b) = (self.known(a), self.known(b));
        match (&a, &b) {
            (Ty::Var(x), Ty::Var(y)) => {
                if x == y {
                    return;
                }
                self.outside[*y as usize] |= self.outside[*x as usize];
                self.vars[*x as usize] = Some(b);
            }
            (Ty::Var(v), other) | (other, Ty::Var(v)) => {
                let says_something = !matches!(other, Ty::Unknown | Ty::Never) && !self.occurs(*v, other);
                if says_something {
                    self.vars[*v as usize] = Some(other.clone());
                }
            }
            (Ty::Adt(x, xs), Ty::Adt(y, ys)) if x == y => {
                for (x, y) in xs.iter().zip(ys.iter()) {
                    self.unify_at(x, y, depth + 1);
                }
            }
            (Ty::Ref(x), Ty::Ref(y)) | (Ty::Slice(x), Ty::Slice(y)) | (Ty::Future(x), Ty::Future(y)) => self.unify_at(x, y, depth + 1),
            // Coercions: what a reference leads to is what counts.
            (Ty::Ref(x), y) if !matches!(y, Ty::Ref(_)) => self.unify_at(x, y, depth + 1),
            (x, Ty::Ref(y)) => self.unify_at(x, y, depth + 1),
            (Ty::Tuple(xs), Ty::Tuple(ys)) if xs.len() == ys.len() => {
                for (x, y) in xs.iter().zip(ys.iter()) {
                    self.unify_at(x, y, depth + 1);
                }
            }
            (Ty::Fn(xs, x), Ty::Fn(ys, y)) => {
                for (x, y) in xs.iter().zip(ys.iter()) {
                    self.unify_at(x, y, depth + 1);
                }
                self.unify_at(x, y, depth + 1);
            }
            // `impl Future<Output = T>`, `Box<dyn Iterator<Item = T>>` and their likes meet what they stand for.
            (Ty::Bounds(bounds), other) | (other, Ty::Bounds(bounds)) if !matches!(other, Ty::Bounds(_)) => {
                for bound in bounds.iter() {
                    for (name, ty) in bound.assoc.iter() {
                        if let Some(found) = self.index.project(&self.zonk(other), bound.item(), *name, 0) {
                            self.unify_at(ty, &found, depth + 1);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn occurs(&self, var: u32, ty: &Ty) -> bool {
        let mut found = false;
        self.zonk(ty).map(&mut |t| {
            found |= *t == Ty::Var(var);
            None
        });
        found
    }

    /// A type as written in this body; `_` is a variable.
    pub(super) fn written(&mut self, ix: TypeIx, kind: DependencyKind) -> Ty {
        let (ty, later) = {
            let mut sink = Sink { recorder: Some(self.rec), kind, ..Sink::silent() };
            let ty = self.place.ty(ix, &mut sink);
            (ty, sink.later)
        };
        let expanded = self.later(later);
        // A type that is a macro is what that gives.
        let ty = if ty.is_unknown() { expanded.unwrap_or(ty) } else { ty };
        self.open(&ty)
    }

    /// Records what lowering a type left over; gives the type of the last macro among it.
    pub(super) fn later(&mut self, later: Later) -> Option<Ty> {
        let mut expanded = None;
        for e in later.exprs {
            self.expr(e);
        }
        let facts = self.facts;
        for ix in later.macros {
            if let Type::Macro(call) = &facts[ix] {
                expanded = Some(self.macro_at(call, At::Type(ix), &Ty::Unknown));
            }
        }
        for (of, of_trait, name, pos) in later.projections {
            let found = match of_trait {
                Some(id) => self.index.trait_member(id, name, Arc::from([]), &of),
                None if of.is_unknown() => None,
                None => self.index.member_of(&self.known(&of), name, false),
            };
            if let Some(member) = found {
                self.rec.item(self.place.program, member.def, DependencyKind::Type, pos, None, Confidence::Name);
            }
        }
        expanded
    }

    /// Unknown parts become variables, to be found out.
    pub(super) fn open(&mut self, ty: &Ty) -> Ty {
        let mut fresh = Vec::new();
        let start = self.vars.len();
        let opened = ty.map(&mut |t| match t {
            Ty::Unknown => {
                let var = u32::try_from(start + fresh.len()).unwrap_or(0);
                fresh.push(None);
                Some(Ty::Var(var))
            }
            _ => None,
        });
        self.outside.resize(start + fresh.len(), false);
        self.vars.extend(fresh);
        opened
    }

    /// A whole block: its value's type.
    pub(super) fn block(&mut self, ix: BlockIx, expected: &Ty) -> Ty {
        let outer = std::mem::replace(&mut self.outer, CallContext::USED);
        let facts = self.facts;
        let block = &facts[ix];
        let place = self.place;
        if !block.items.is_empty()
            && let Some(scope) = place.program.blocks.get(&(place.program.scope(place.scope).module, place.file, ix))
        {
            self.place.scope = *scope;
            self.rec.out.blocks.push(*scope);
        }
        let locals = self.locals.len();
        let context = self.rec.context;
        let mut result = Ty::unit();
        let mut skip = false;
        for (i, stmt) in block.stmts.iter().enumerate() {
            if let Stmt::Cfg(cfg) = stmt {
                skip = !place.program.holds(place.scope, cfg);
                continue;
            }
            if std::mem::take(&mut skip) {
                continue;
            }
            match stmt {
                Stmt::Let { pat, ty, init, otherwise } => {
                    let ty = match ty {
                        Some(ty) => self.written(*ty, DependencyKind::Type),
                        None => self.fresh(),
                    };
                    let before = self.locals.len();
                    let mut holds = false;
                    if let Some(init) = init {
                        let dropped = self.is_thrown_away(*pat);
                        self.outer = if dropped { CallContext::default() } else { CallContext::USED };
                        let found = self.expect(*init, &ty);
                        self.unify(&ty, &found);
                        self.settle();
                        let opened = self.opened(*init, *pat);
                        self.rec.context = self.rec.context.with(opened.unwrap_or_default());
                        holds = opened.is_some() || self.carries(*init);
                    }
                    if let Some(otherwise) = otherwise {
                        self.expr(*otherwise);
                    }
                    self.pat(*pat, &ty);
                    if holds {
                        self.hold_transaction(before);
                    }
                    if let Some(init) = init {
                        self.set_to(*pat, *init);
                    }
                }
                Stmt::Expr(e, semi) => {
                    let last = i + 1 == block.stmts.len();
                    if last && !semi {
                        self.outer = outer;
                        result = self.expect(*e, expected);
                    } else {
                        self.outer = CallContext::default();
                        let ty = self.expr(*e);
                        if last && matches!(self.known(&ty), Ty::Never) {
                            result = Ty::Never;
                        }
                    }
                    if self.closes_transaction(*e) {
                        self.rec.context = self.rec.context.without(CallContext::IN_TRANSACTION.with(CallContext::GIVEN_TRANSACTION));
                    }
                }
                Stmt::Cfg(_) => {}
            }
        }
        self.locals.truncate(locals);
        self.rec.context = context;
        self.place = place;
        result
    }

    /// The variable of a pattern is what it is matched against: all of it, or what `?` would take out of it.
    pub(super) fn set_to(&mut self, pat: PatIx, value: ExprIx) {
        let facts = self.facts;
        let bound = match &facts[pat] {
            Pat::Bind { name, sub: None, .. } => *name,
            Pat::TupleStruct { path, elems, rest: None } => match (path.segments.last().map(|s| facts.text(s.name)), elems.as_slice()) {
                (Some("Some" | "Ok"), [inner]) => match &facts[*inner] {
                    Pat::Bind { name, sub: None, .. } => *name,
                    _ => return,
                },
                _ => return,
            },
            _ => return,
        };
        let name = self.place.sym(bound);
        if let Some(local) = self.locals.last_mut().filter(|local| local.name == name) {
            local.value = Some((self.place.file, value));
        }
    }

    pub(super) fn expr(&mut self, e: ExprIx) -> Ty {
        let expected = Ty::Unknown;
        self.expect(e, &expected)
    }

    /// A substitution in which the parameters of `of` are variables.
    pub(super) fn open_subst(&mut self, of: DefId) -> (Subst, Args) {
        let args = self.fresh_args(of);
        (Subst::new().with(of, args.clone()), args)
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::codebase;
    use crate::model::codebase::CallContext;

    /// Names of the functions that `body` calls inside of a transaction.
    fn inside(body: &str, expected: &[&str]) {
        let code = codebase(&format!(
            "//- /src/lib.rs
mod store {{ pub fn read() {{}} pub fn write() {{}} }}
mod user {{ use crate::store::*; fn f() {{ {body} }} }}
"
        ));
        let names = code.references.iter().filter(|r| r.context.has(CallContext::IN_TRANSACTION)).filter_map(|r| r.to_item);
        let mut names: Vec<&str> = names.map(|item| code.items[item.index()].name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{body}");
    }

    #[test]
    fn a_transaction_ends_with_its_block_its_commit_or_its_closure() {
        inside("read(); { let tx = pool.begin().await?; write(); } read();", &["write"]);
        inside("let tx = conn.transaction()?; write(); tx.commit(); read();", &["write"]);
        inside("let made = conn.transaction(|tx| { write() })?; read();", &["write"]);
        inside("let made = db.transaction::<_, (), Error>(|tx| Box::pin(async move { write() })).await; read();", &["write"]);
        inside("let made = conn.transaction(write)?; read();", &[]);
    }
}
