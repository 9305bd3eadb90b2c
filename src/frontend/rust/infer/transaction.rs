//! Where transactions are open, and which calls are given one.
//!
//! Takes: expressions of a [`Body`]. Gives: what they open, and the flags of calls in a [`CallContext`]. A transaction is a value, which a
//! variable holds from where a library or a function of the workspace gives it; or it is what a closure is given; or, where neither
//! names it, the state of a connection, and then all that is called meanwhile runs in it.

use super::body::Body;
use super::lower::{Place, Sink};
use super::ty::Ty;
use crate::frontend::rust::facts::{Args, ExprIx, ExprKind, ItemKind, Pat, PatIx, Type, TypeIx};
use crate::frontend::rust::resolve::DefId;
use crate::model::codebase::CallContext;
use crate::model::transaction;

/// Types inside types are looked into this far for a transaction.
const DEPTH: u32 = 6;

/// What the open transactions of a body are held by.
#[derive(Default)]
pub(super) struct Open {
    /// Calls of functions that give a transaction: of a method the call, of others what is called.
    pub given: Vec<(usize, ExprIx)>,
    /// The next closure is run inside of one.
    pub runs: bool,
}

impl Body<'_, '_, '_, '_, '_> {
    /// Does the value of a `let` open a transaction, which then lasts to the end of the block? With the flags of what is called there.
    pub(super) fn opened(&self, init: ExprIx, pat: PatIx) -> Option<CallContext> {
        let (call, name) = self.outermost_call(init)?;
        let gives = name.is_some_and(transaction::gives) && !self.is_given_code(call);
        let is_open = gives || self.transactions.given.contains(&(self.place.file, call));
        // Nobody can be given what has no name: it is a guard, and the connection that it guards is used.
        let is_guard = match &self.facts[pat] {
            Pat::Bind { name, .. } => self.facts.text(*name).starts_with('_'),
            Pat::Wild => true,
            _ => false,
        };
        let is_state = is_guard || name == Some(transaction::UNCHECKED);
        let inside = CallContext::IN_TRANSACTION;
        is_open.then(|| if is_state { inside.with(CallContext::GIVEN_TRANSACTION) } else { inside })
    }

    /// What is given the code to run is over when that is: `let made = connection.transaction(|tx| …)?`.
    fn is_given_code(&self, call: ExprIx) -> bool {
        let ExprKind::Method(call) = &self.facts[call].kind else { return false };
        let is_code = |arg: &ExprIx| matches!(self.facts[*arg].kind, ExprKind::Closure(_));
        call.args.iter().any(is_code) || self.facts.text(call.name) == "transaction" && !call.args.is_empty()
    }

    pub(super) fn closes_transaction(&self, e: ExprIx) -> bool {
        self.outermost_call(e).and_then(|(_, name)| name).is_some_and(|name| transaction::ENDS.contains(&name))
    }

    /// Is the closure that this method is given run inside of a transaction?
    pub(super) fn runs_in_transaction(&self, name: &str, receiver: ExprIx) -> bool {
        transaction::runs(name) || name == "run" && self.builds_transaction(receiver)
    }

    /// `connection.build_transaction().serializable()`, of which `run` takes the closure.
    fn builds_transaction(&self, mut e: ExprIx) -> bool {
        while let ExprKind::Method(call) = &self.facts[e].kind {
            if self.facts.text(call.name) == "build_transaction" {
                return true;
            }
            e = call.receiver;
        }
        false
    }

    /// What is called last, of a method with its name.
    fn outermost_call(&self, mut e: ExprIx) -> Option<(ExprIx, Option<&str>)> {
        loop {
            match &self.facts[e].kind {
                ExprKind::Await(inner) | ExprKind::Try(inner) | ExprKind::Ref(inner) => e = *inner,
                ExprKind::Method(call) => match self.facts.text(call.name) {
                    // What turns an error into another does not change what is called.
                    "map_err" | "context" | "with_context" | "unwrap" | "expect" | "or_else" | "inspect_err" => e = call.receiver,
                    name => return Some((e, Some(name))),
                },
                ExprKind::Call(callee, _) => return Some((*callee, None)),
                _ => return None,
            }
        }
    }

    /// The variables of a pattern, which are the last of all, hold the transaction.
    pub(super) fn hold_transaction(&mut self, from: usize) {
        self.locals[from..].iter_mut().for_each(|local| local.transaction = true);
    }

    /// What a call is given, besides what the code around it says.
    pub(super) fn handed(&self, receiver: Option<ExprIx>, args: &[ExprIx]) -> CallContext {
        let is_inside = self.rec.context.has(CallContext::IN_TRANSACTION);
        let is_given = is_inside && receiver.iter().chain(args).any(|e| self.carries(*e));
        if is_given { CallContext::GIVEN_TRANSACTION } else { CallContext::default() }
    }

    /// Is it the transaction, or something that borrows it? What is waited for is a result.
    pub(super) fn carries(&self, e: ExprIx) -> bool {
        match &self.facts[e].kind {
            ExprKind::Path(path) => match path.segments.as_slice() {
                [only] if path.qself.is_none() => self.local(self.place.sym(only.name)).is_some_and(|local| local.transaction),
                _ => false,
            },
            ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) | ExprKind::Field(inner, _) => self.carries(*inner),
            ExprKind::Method(call) => self.carries(call.receiver) || call.args.iter().any(|a| self.carries(*a)),
            ExprKind::Call(_, args) | ExprKind::Tuple(args) | ExprKind::Array(args) => args.iter().any(|a| self.carries(*a)),
            ExprKind::Struct(literal) => literal.fields.iter().any(|(_, _, e)| self.carries(*e)),
            _ => false,
        }
    }

    /// Does this function of the workspace give a transaction?
    pub(super) fn gives_transaction(&self, of: DefId) -> bool {
        let program = self.place.program;
        let def = program.def(of);
        let ItemKind::Fn(function) = &program.item(of).kind else { return false };
        let place = Place { program, scope: def.scope, file: def.file, owner: Some(of) };
        !program.is_model(program.module_of(of)) && function.ret.is_some_and(|ret| is_transaction(&place, ret, 0))
    }
}

/// A transaction, or a result or future of one, as it is written.
fn is_transaction(place: &Place<'_, '_>, ix: TypeIx, depth: u32) -> bool {
    if depth > DEPTH {
        return false;
    }
    let inside = |args: &Args| {
        let types = args.types.iter().copied().chain(args.assoc.iter().map(|(_, ty)| *ty));
        types.into_iter().any(|ty| is_transaction(place, ty, depth + 1))
    };
    match &place.program.file(place.file).facts[ix] {
        Type::Path(path) => {
            if let Ty::Ext(ext) = place.ty(ix, &mut Sink::silent())
                && transaction::is_type(place.program.symbols.text(ext.krate), place.program.symbols.text(ext.name))
            {
                return true;
            }
            path.segments.last().and_then(|s| s.args.as_deref()).is_some_and(inside)
        }
        Type::Ref(inner) => is_transaction(place, *inner, depth + 1),
        Type::Impl(bounds) | Type::Dyn(bounds) => bounds.iter().filter_map(|bound| bound.segments.last()?.args.as_deref()).any(inside),
        _ => false,
    }
}
