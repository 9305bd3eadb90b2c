//! Calls that a later stage wants to hear of, with their arguments.
//!
//! Takes: calls as [`Body`] meets them, their names held against the [`Vocabulary`]. Gives: [`Heard`] in the [`Record`](super::record::Record),
//! once all types of the body are known. A call that stands in another's arguments or chain is a part of that one, and not told twice.
//! Invariant: nothing here records a reference or changes what is inferred.

use super::body::Body;
use super::ty::Ty;
use crate::frontend::rust::facts::{ExprIx, ExprKind, FileFacts, Lit, MacroArgs, MacroCall, Operator, Path, Pos, Stmt, Type, TypeIx};
use crate::frontend::rust::load::At;
use crate::frontend::rust::parse::expand::Root;
use crate::frontend::rust::resolve::{Def, DefId, Namespace, Prim, Program, ScopeId, Sym, kw};
use crate::host::store::Key;
use crate::model::calls::{self, CallKind, TypeName, Vocabulary, Word};
use crate::model::codebase::CallContext;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// A call in ids of this front end.
pub(in crate::frontend::rust) type Call = calls::Call<ScopeId, DefId>;
/// A value in ids of this front end.
pub(in crate::frontend::rust) type Value = calls::Value<ScopeId, DefId>;

/// Calls inside calls are followed this far.
const DEPTH: u32 = 80;
/// Calls in one chain are followed this far.
const CHAIN: u32 = 400;
/// So many parts of one call are looked at.
const SIZE: u32 = 20_000;
/// A name that leads to another name is followed this far.
const ALIASES: u32 = 8;
/// And so far back to where it began.
const ORIGIN: u32 = 64;
/// Types inside types are named this far.
const TYPES: u32 = 4;
/// The method that `+=` stands for.
const ADDED: &str = "add_assign";
/// Macros that write into what they are given first.
const WRITES: &[&str] = &["write", "writeln"];

/// A call with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::frontend::rust) struct Heard {
    pub from: ScopeId,
    pub from_def: Option<DefId>,
    pub file: usize,
    pub context: CallContext,
    pub call: Call,
}

/// The vocabulary in symbols of the workspace: words that nobody wrote are not in it.
#[derive(Debug)]
pub(in crate::frontend::rust) struct Ear {
    any: FxHashSet<Sym>,
    functions: FxHashSet<Sym>,
    paths: FxHashSet<(Sym, Sym)>,
    outside: FxHashSet<Sym>,
    /// Is [`ADDED`] among them? It stands nowhere: it is written `+=`.
    added: bool,
    digest: Key,
}

impl Ear {
    pub(in crate::frontend::rust) fn new(program: &Program<'_>, vocabulary: &Vocabulary) -> Self {
        let digest = Key::of("vocabulary", &[format!("{:?}", vocabulary.words()).as_bytes()]);
        let (any, functions, paths, outside) = Default::default();
        let added = vocabulary.words().contains(&Word::Any(ADDED));
        let mut ear = Ear { any, functions, paths, outside, added, digest };
        let sym = |text: &str| program.symbols.get(text);
        for word in vocabulary.words() {
            match word {
                Word::Any(name) => ear.any.extend(sym(name)),
                Word::Begins(with) => ear.any.extend(program.symbols.beginning(with)),
                Word::Function(name) => ear.functions.extend(sym(name)),
                Word::Path(of, name) => ear.paths.extend(sym(of).zip(sym(name))),
                Word::Outside(name) => ear.outside.extend(sym(name)),
            }
        }
        ear
    }
}

/// A file and an expression in it.
type Place = (usize, ExprIx);

/// What a body has met so far.
#[derive(Default)]
pub(super) struct Hearing<'p> {
    candidates: Vec<Candidate<'p>>,
    /// What receivers of candidates are, by file and expression.
    receivers: FxHashMap<Place, Ty>,
    /// Uses of local variables, with what they were set to.
    locals: FxHashMap<Place, (Option<Place>, Ty)>,
}

struct Candidate<'p> {
    what: What<'p>,
    file: usize,
    scope: ScopeId,
    context: CallContext,
}

#[derive(Clone, Copy)]
enum What<'p> {
    Expr(ExprIx),
    Macro(&'p MacroCall),
}

impl<'p> Body<'_, '_, 'p, '_, '_> {
    /// A call by path.
    pub(super) fn hear_call(&mut self, e: ExprIx, path: &Path, context: CallContext) {
        let ear = self.index.ear;
        let Some(last) = path.segments.last() else { return };
        let name = self.place.sym(last.name);
        let wanted = ear.any.contains(&name)
            || ear.functions.contains(&name)
            || path.segments.len() > 1 && {
                let of = self.place.sym(path.segments[path.segments.len() - 2].name);
                ear.paths.contains(&(of, name))
            };
        if wanted {
            self.candidate(What::Expr(e), context);
        }
    }

    /// A method call; `member` is what it was found to be.
    pub(super) fn hear_method(&mut self, e: ExprIx, name: Sym, receiver: &Ty, member: Option<DefId>, context: CallContext) {
        let ear = self.index.ear;
        let program = self.place.program;
        let is_outside = || match member {
            Some(def) => {
                let module = program.module_of(def);
                program.is_model(module) && !matches!(program.symbols.text(program.crate_name(module)), "std" | "core" | "alloc")
            }
            None => true,
        };
        if ear.is_listening() {
            // It may be a part of a call that is told.
            self.hearing.receivers.insert((self.place.file, e), receiver.clone());
        }
        if ear.any.contains(&name) || ear.outside.contains(&name) && is_outside() {
            self.candidate(What::Expr(e), context);
        }
    }

    /// A macro that is not the workspace's own.
    pub(super) fn hear_macro(&mut self, call: &'p MacroCall) {
        if let Some(last) = call.path.segments.last()
            && self.index.ear.any.contains(&self.place.sym(last.name))
            && (!WRITES.contains(&self.facts.text(last.name)) || self.writes_to_own(call))
        {
            self.candidate(What::Macro(call), self.rec.context);
        }
    }

    /// `sql += "…"`: what is added to a number is not told.
    pub(super) fn hear_added(&mut self, e: ExprIx, to: &Ty, what: &Ty) {
        let is_number = |ty: &Ty| matches!(self.through_refs(ty), Ty::Prim(prim) if prim != Prim::Str);
        if self.index.ear.added && !is_number(to) && !is_number(what) {
            self.candidate(What::Expr(e), self.rec.context);
        }
    }

    /// Does it write into a variable that is made here? Most write into a parameter, which is somebody else's.
    fn writes_to_own(&self, call: &MacroCall) -> bool {
        let MacroArgs::Fragments { exprs, .. } = &call.args else { return false };
        let Some(mut e) = exprs.first().copied() else { return false };
        while let ExprKind::Ref(inner) = &self.facts[e].kind {
            e = *inner;
        }
        match &self.facts[e].kind {
            ExprKind::Path(path) => match path.segments.as_slice() {
                [only] if path.qself.is_none() => self.local(self.place.sym(only.name)).is_some_and(|local| local.value.is_some()),
                _ => false,
            },
            _ => false,
        }
    }

    fn candidate(&mut self, what: What<'p>, context: CallContext) {
        self.hearing.candidates.push(Candidate { what, file: self.place.file, scope: self.place.scope, context });
    }

    /// A path that is a local variable.
    pub(super) fn hear_local(&mut self, e: ExprIx, value: Option<(usize, ExprIx)>, ty: Ty) {
        if self.index.ear.is_listening() {
            self.hearing.locals.insert((self.place.file, e), (value, ty));
        }
    }

    /// All types are known: what was said?
    pub(super) fn tell(&mut self) {
        let hearing = std::mem::take(&mut self.hearing);
        if hearing.candidates.is_empty() {
            return;
        }
        let mut told: Vec<Heard> = Vec::new();
        let mut covered: FxHashSet<(usize, ExprIx)> = FxHashSet::default();
        // What is inside was met first.
        for candidate in hearing.candidates.iter().rev() {
            if let What::Expr(e) = candidate.what
                && covered.contains(&(candidate.file, e))
            {
                continue;
            }
            let mut teller =
                Teller { body: self, hearing: &hearing, scope: candidate.scope, covered: &mut covered, fuel: SIZE, following: 0, chain: 0 };
            let call = match candidate.what {
                What::Expr(e) => teller.call_of(candidate.file, e, 0),
                What::Macro(call) => Some(teller.macro_of(candidate.file, call, 0)),
            };
            let Some(call) = call else { continue };
            let loaded = self.place.program.loaded;
            // What a macro's definition writes stands there, whoever invokes it.
            let in_definition = self.written_at(candidate).of_definition().is_some();
            let definition = loaded.files[candidate.file].origin.filter(|_| in_definition).map(|o| o.definition);
            told.push(Heard {
                from: self.rec.from,
                from_def: self.rec.from_def,
                file: definition.unwrap_or_else(|| loaded.origin(candidate.file)),
                context: candidate.context,
                call,
            });
        }
        self.rec.out.heard.extend(told.into_iter().rev());
    }

    fn written_at(&self, candidate: &Candidate<'p>) -> Pos {
        let first = |path: &Path| path.segments.first().map_or(Pos::default(), |s| s.pos);
        match candidate.what {
            What::Macro(call) => first(&call.path),
            What::Expr(e) => self.place.program.file(candidate.file).facts[e].pos,
        }
    }

    /// What a constant is set to, where that is text.
    pub(super) fn hear_constant(&mut self, id: DefId, value: ExprIx) {
        if !self.index.ear.is_listening() {
            return;
        }
        let hearing = std::mem::take(&mut self.hearing);
        let mut covered = FxHashSet::default();
        let scope = self.place.scope;
        let mut teller = Teller { body: self, hearing: &hearing, scope, covered: &mut covered, fuel: SIZE, following: 0, chain: 0 };
        let value = teller.value(self.place.file, value, 0);
        self.hearing = hearing;
        if !matches!(value, Value::Other | Value::Local(..) | Value::Closure) {
            self.rec.out.constants.push((id, value));
        }
    }
}

impl Ear {
    /// Digest of all words, those too that nobody wrote.
    pub(super) fn digest(&self) -> &Key {
        &self.digest
    }

    fn is_listening(&self) -> bool {
        !(self.any.is_empty() && self.functions.is_empty() && self.paths.is_empty() && self.outside.is_empty())
    }
}

/// Puts calls into words.
struct Teller<'b, 'h, 'c, 'i, 'a, 'p, 'r, 'o> {
    body: &'b Body<'i, 'a, 'p, 'r, 'o>,
    hearing: &'h Hearing<'p>,
    scope: ScopeId,
    covered: &'c mut FxHashSet<(usize, ExprIx)>,
    fuel: u32,
    /// How many variables have been followed on the way here.
    following: u32,
    /// How many calls of chains are around.
    chain: u32,
}

impl<'p> Teller<'_, '_, '_, '_, '_, 'p, '_, '_> {
    fn program(&self) -> &Program<'p> {
        self.body.place.program
    }

    fn facts(&self, file: usize) -> &'p FileFacts {
        &self.body.place.program.file(file).facts
    }

    fn sym(&self, file: usize, name: crate::frontend::rust::facts::Name) -> Sym {
        self.program().symbols.of(file, name)
    }

    fn call_of(&mut self, file: usize, e: ExprIx, depth: u32) -> Option<Call> {
        // What a variable stands for may stand in several calls, and is said by itself, too.
        if self.following == 0 {
            self.covered.insert((file, e));
        }
        let facts = self.facts(file);
        let expr = &facts[e];
        let args = |this: &mut Self, args: &[ExprIx]| args.iter().map(|a| this.value(file, *a, depth + 1)).collect();
        match &expr.kind {
            ExprKind::Call(callee, list) => {
                let ExprKind::Path(path) = &facts[*callee].kind else { return None };
                let at = path.segments.first().map_or(expr.pos, |s| s.pos);
                let types = path.segments.last().and_then(|s| s.args.as_deref()).map(|a| a.types.as_slice()).unwrap_or_default();
                let types = types.iter().map(|t| self.type_of(file, *t)).collect();
                let callee = self.path(file, path, Namespace::Values);
                let args = args(self, list);
                let (line, column) = place(at);
                let kind = CallKind::Function;
                Some(Call { line, column, kind, callee, receiver: None, receiver_type: None, types, args, text: None })
            }
            ExprKind::Method(call) => {
                let text = facts.text(call.name).to_owned();
                let receiver_type = self.hearing.receivers.get(&(file, e)).and_then(|ty| self.type_name(&self.body.settled(ty)));
                let types = call.types.iter().map(|t| self.type_of(file, *t)).collect();
                // A chain may be as long as people like: a router of a hundred routes is one.
                let receiver = Some(Box::new(self.chained(file, call.receiver, depth)));
                let args = args(self, &call.args);
                let callee = calls::Path { text, is_external: false, item: None, module: None, rest: String::new() };
                let (line, column) = place(expr.pos);
                Some(Call { line, column, kind: CallKind::Method, callee, receiver, receiver_type, types, args, text: None })
            }
            ExprKind::Assign(target, value, Some(Operator::AddAssign)) => {
                let receiver = Some(Box::new(self.value(file, *target, depth + 1)));
                let args = args(self, &[*value]);
                let callee = calls::Path { text: ADDED.to_owned(), is_external: false, item: None, module: None, rest: String::new() };
                let (line, column) = place(expr.pos);
                let (kind, types) = (CallKind::Method, Vec::new());
                Some(Call { line, column, kind, callee, receiver, receiver_type: None, types, args, text: None })
            }
            _ => None,
        }
    }

    fn macro_of(&mut self, file: usize, call: &MacroCall, depth: u32) -> Call {
        let facts = self.facts(file);
        let mut list: Vec<ExprIx> = Vec::new();
        if let MacroArgs::Fragments { exprs, .. } = &call.args {
            list.extend(exprs);
        } else if let MacroArgs::Block(block) = &call.args
            && let [Stmt::Expr(e, _)] = facts[*block].stmts.as_slice()
        {
            list.push(*e);
        }
        let types = match &call.args {
            MacroArgs::Fragments { types, .. } => types.iter().map(|t| self.type_of(file, *t)).collect(),
            _ => Vec::new(),
        };
        let (line, column) = place(call.path.segments.first().map_or(Pos::default(), |s| s.pos));
        Call {
            line,
            column,
            kind: CallKind::Macro,
            callee: self.path(file, &call.path, Namespace::Macros),
            receiver: None,
            receiver_type: None,
            types,
            args: list.into_iter().map(|e| self.value(file, e, depth + 1)).collect(),
            text: call.text.as_ref().map(|(text, _)| text.to_string()),
        }
    }

    /// What a method is called on: the chain before it is no deeper than the method itself.
    fn chained(&mut self, file: usize, receiver: ExprIx, depth: u32) -> Value {
        if !matches!(self.facts(file)[receiver].kind, ExprKind::Method(_)) || self.chain >= CHAIN {
            return self.value(file, receiver, depth + 1);
        }
        self.chain += 1;
        let value = self.value(file, receiver, depth);
        self.chain -= 1;
        value
    }

    fn value(&mut self, file: usize, e: ExprIx, depth: u32) -> Value {
        if depth > DEPTH || self.fuel == 0 {
            return Value::Other;
        }
        self.fuel -= 1;
        let facts = self.facts(file);
        let next = depth + 1;
        match &facts[e].kind {
            ExprKind::Lit(Lit::Str(text)) => Value::Text(facts[*text].to_string()),
            ExprKind::Path(path) => match self.hearing.locals.get(&(file, e)) {
                Some((Some((file, value)), ty)) if self.following < ALIASES => {
                    self.following += 1;
                    let value = self.value(*file, *value, next);
                    self.following -= 1;
                    // Where nothing is known of what it was set to, its name says more.
                    match value {
                        Value::Other => self.local(facts, path, ty),
                        value => value,
                    }
                }
                // Set again and again to what is made of itself: what it was at first says most.
                Some((Some(value), ty)) if self.following == ALIASES => match self.origin(*value) {
                    Some((file, first)) => {
                        self.following += 1;
                        let value = self.value(file, first, next);
                        self.following -= 1;
                        value
                    }
                    None => self.local(facts, path, ty),
                },
                Some((_, ty)) => self.local(facts, path, ty),
                None => Value::Path(self.path(file, path, Namespace::Values)),
            },
            ExprKind::Call(..) | ExprKind::Method(_) => self.call_of(file, e, depth).map_or(Value::Other, |c| Value::Call(Box::new(c))),
            ExprKind::Macro(call) => match self.program().loaded.expansions.get(&(file, At::Expr(e))) {
                Some((inner, Root::Expr(e))) => self.value(*inner, *e, next),
                Some(_) => Value::Other,
                None => Value::Call(Box::new(self.macro_of(file, call, depth))),
            },
            ExprKind::Struct(literal) => {
                let path = self.path(file, &literal.path, Namespace::Types);
                let fields = literal.fields.iter().map(|(name, _, e)| (facts.text(*name).to_owned(), self.value(file, *e, next)));
                Value::Struct(path, fields.collect())
            }
            ExprKind::Field(base, name) => Value::Field(Box::new(self.value(file, *base, next)), facts.text(*name).to_owned()),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) | ExprKind::Await(inner) | ExprKind::Cast(inner, _) => {
                self.value(file, *inner, next)
            }
            ExprKind::Cfg(cfg, inner) if self.program().holds(self.scope, cfg) => self.value(file, *inner, next),
            ExprKind::Array(list) | ExprKind::Tuple(list) => Value::List(list.iter().map(|e| self.value(file, *e, next)).collect()),
            ExprKind::Binary(left, right, Operator::Add) => {
                Value::Joined(vec![self.value(file, *left, next), self.value(file, *right, next)])
            }
            ExprKind::Block(block) => self.block(file, *block, next),
            ExprKind::If(_, then, otherwise) => {
                let mut branches = vec![self.block(file, *then, next)];
                branches.extend(otherwise.map(|e| self.value(file, e, next)));
                either(branches)
            }
            ExprKind::Match(_, arms) => either(arms.iter().map(|arm| self.value(file, arm.body, next)).collect()),
            ExprKind::Closure(_) | ExprKind::Async(_) => Value::Closure,
            _ => Value::Other,
        }
    }

    /// What a variable was first set to, through all that it was set to later by methods on itself.
    fn origin(&self, mut at: Place) -> Option<Place> {
        for _ in 0..ORIGIN {
            let (file, mut e) = at;
            let facts = self.facts(file);
            let of = loop {
                e = match &facts[e].kind {
                    ExprKind::Method(call) => call.receiver,
                    ExprKind::Ref(inner) | ExprKind::Try(inner) | ExprKind::Await(inner) => *inner,
                    ExprKind::Match(_, arms) => arms.first()?.body,
                    ExprKind::Path(_) => break self.hearing.locals.get(&(file, e)),
                    _ => break None,
                };
            };
            match of {
                Some((Some(value), _)) => at = *value,
                _ => return Some(at),
            }
        }
        None
    }

    fn local(&self, facts: &FileFacts, path: &Path, ty: &Ty) -> Value {
        let name = path.segments.last().map(|s| facts.text(s.name).to_owned()).unwrap_or_default();
        Value::Local(name, self.type_name(&self.body.settled(ty)))
    }

    /// What a block gives.
    fn block(&mut self, file: usize, block: crate::frontend::rust::facts::BlockIx, depth: u32) -> Value {
        match self.facts(file)[block].stmts.last() {
            Some(Stmt::Expr(e, false)) => self.value(file, *e, depth),
            _ => Value::Other,
        }
    }

    fn path(&self, file: usize, path: &Path, ns: Namespace) -> calls::Path<ScopeId, DefId> {
        let program = self.program();
        let facts = self.facts(file);
        let written: Vec<&str> = path.segments.iter().map(|s| facts.text(s.name)).collect();
        let mut out = calls::Path { text: written.join("::"), is_external: false, item: None, module: None, rest: String::new() };
        if path.qself.is_some() {
            return out;
        }
        let segments: Vec<Sym> = path.segments.iter().map(|s| self.sym(file, s.name)).collect();
        if segments.first() == Some(&kw::self_type) {
            let Some(Ty::Adt(of, _)) = self.body.place.self_type() else { return out };
            self.of_item(of, &segments, 1, &mut out);
            return out;
        }
        let found = program
            .path(self.scope, path.global, &segments, ns, false)
            .or_else(|| program.path(self.scope, path.global, &segments, Namespace::Types, false));
        match found.map(|f| (f.def, f.used)) {
            Some((Def::Item(id), used)) => self.of_item(id, &segments, used, &mut out),
            Some((Def::Variant(id, _), _)) => self.of_item(id, &segments, segments.len(), &mut out),
            Some((Def::External(ext), used)) => {
                if let Some((module, rest)) = self.made_here(path.global, &segments) {
                    out.module = Some(module);
                    out.rest = rest;
                    return out;
                }
                let text = |sym: Sym| program.symbols.text(sym);
                let mut parts = vec![text(ext.krate)];
                // Macros of the standard library stand in a module of no name.
                let parent = if ext.parent == kw::macro_ { "" } else { text(ext.parent) };
                parts.extend([parent, text(ext.name)].iter().filter(|p| !p.is_empty()));
                parts.dedup();
                parts.extend(&written[used.min(written.len())..]);
                out.text = parts.join("::");
                out.is_external = true;
            }
            Some((Def::Module(scope), used)) => {
                out.module = Some(scope);
                out.rest = written[used.min(written.len())..].join("::");
            }
            Some((Def::Prim(_), _)) => {}
            None => {
                if let Some((module, rest)) = program.made_elsewhere(self.scope, path.global, &segments, ALIASES) {
                    out.module = Some(module);
                    out.rest = rest.iter().map(|s| program.symbols.text(*s)).collect::<Vec<_>>().join("::");
                }
            }
        }
        out
    }

    /// Where a macro of the workspace makes what an import names, though a glob of a library would explain the name as well.
    fn made_here(&self, global: bool, segments: &[Sym]) -> Option<(ScopeId, String)> {
        let program = self.program();
        let (module, rest) = program.made_elsewhere(self.scope, global, segments, ALIASES)?;
        let is_own = module == program.scope(self.scope).module;
        let first = rest.first().and_then(|first| program.path(module, false, &[*first], Namespace::Types, false));
        let is_outside = matches!(first.map(|f| f.def), Some(Def::External(_)));
        (!is_own && !is_outside).then(|| (module, rest.iter().map(|s| program.symbols.text(*s)).collect::<Vec<_>>().join("::")))
    }

    /// What the path is from an item on: of a library its path, of the workspace the item or its member.
    fn of_item(&self, id: DefId, segments: &[Sym], used: usize, out: &mut calls::Path<ScopeId, DefId>) {
        let program = self.program();
        let scope = program.module_of(id);
        if program.is_model(scope) {
            let mut parts = vec![self.path_of(id)];
            parts.extend(segments[used.min(segments.len())..].iter().map(|s| program.symbols.text(*s).to_owned()));
            (out.text, out.is_external) = (parts.join("::"), true);
            return;
        }
        out.item = Some(id);
        if let Some(name) = segments.get(used) {
            let ty = Ty::Adt(id, super::lower::own_params(program, id).iter().map(|_| Ty::Unknown).collect());
            match self.body.index.member_of(&ty, *name, false) {
                Some(member) => out.item = Some(member.signature),
                None => out.rest = segments[used..].iter().map(|s| program.symbols.text(*s)).collect::<Vec<_>>().join("::"),
            }
        }
    }

    /// Path of a definition of a library's model.
    fn path_of(&self, id: DefId) -> String {
        let program = self.program();
        let mut parts = vec![program.symbols.text(program.def(id).name)];
        let mut at = Some(program.module_of(id));
        while let Some(scope) = at {
            let module = &program.loaded.modules[scope.0 as usize];
            parts.push(&module.name);
            at = program.scope(scope).parent;
        }
        parts.reverse();
        parts.join("::")
    }

    fn type_of(&self, file: usize, ty: TypeIx) -> TypeName<DefId> {
        let place = super::lower::Place { file, scope: self.scope, ..self.body.place };
        let found = place.ty(ty, &mut super::lower::Sink::silent());
        self.type_name(&found).unwrap_or_else(|| {
            let text = match &self.facts(file)[ty] {
                Type::Infer => "_".to_owned(),
                _ => crate::frontend::rust::assemble::type_text(self.facts(file), ty),
            };
            TypeName { text, items: Vec::new() }
        })
    }

    fn type_name(&self, ty: &Ty) -> Option<TypeName<DefId>> {
        let mut items = Vec::new();
        let text = self.named(ty, &mut items, 0)?;
        Some(TypeName { text, items })
    }

    fn named(&self, ty: &Ty, items: &mut Vec<DefId>, depth: u32) -> Option<String> {
        let program = self.program();
        if depth > TYPES {
            return None;
        }
        let ty = self.body.zonk(ty);
        let mut list = |types: &[Ty]| -> String {
            let names = types.iter().map(|t| self.named(t, items, depth + 1).unwrap_or_else(|| "_".into()));
            names.collect::<Vec<_>>().join(", ")
        };
        match &ty {
            Ty::Adt(id, args) => {
                let module = program.module_of(*id);
                let name = if program.is_model(module) {
                    self.path_of(*id)
                } else {
                    items.push(*id);
                    program.symbols.text(program.def(*id).name).to_owned()
                };
                let mut list = |types: &[Ty]| -> String {
                    let names = types.iter().map(|t| self.named(t, items, depth + 1).unwrap_or_else(|| "_".into()));
                    names.collect::<Vec<_>>().join(", ")
                };
                Some(if args.is_empty() { name } else { format!("{name}<{}>", list(args)) })
            }
            Ty::Ext(ext) => Some(format!("{}::{}", program.symbols.text(ext.krate), program.symbols.text(ext.name))),
            Ty::Ref(inner) => self.named(inner, items, depth),
            Ty::Slice(inner) => Some(format!("[{}]", self.named(inner, items, depth + 1)?)),
            Ty::Tuple(types) => Some(format!("({})", list(types))),
            Ty::Prim(prim) => Some(format!("{prim:?}").to_lowercase()),
            Ty::Bounds(bounds) => match bounds.first()?.def {
                Def::Item(id) => {
                    if !program.is_model(program.module_of(id)) {
                        items.push(id);
                    }
                    Some(format!("dyn {}", program.symbols.text(program.def(id).name)))
                }
                Def::External(ext) => Some(format!("dyn {}", program.symbols.text(ext.name))),
                _ => None,
            },
            Ty::Future(inner) => self.named(inner, items, depth),
            _ => None,
        }
    }
}

fn either(mut values: Vec<Value>) -> Value {
    values.retain(|v| *v != Value::Other);
    match values.len() {
        0 => Value::Other,
        1 => values.remove(0),
        _ => Value::Either(values),
    }
}

/// Line and column, also of what a macro's definition wrote.
fn place(pos: Pos) -> (u32, u32) {
    let pos = pos.of_definition().unwrap_or(pos);
    (pos.line, pos.column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::rust::tests::hearing;
    use std::fmt::Write;

    const WORDS: &[Word] = &[
        Word::Any("route"),
        Word::Any("nest"),
        Word::Any("query"),
        Word::Any("table"),
        Word::Path("Builder", "new"),
        Word::Function("insert"),
        Word::Outside("get"),
    ];

    /// What is heard of the code, one call a line.
    fn check(code: &str, expected: &str) {
        let code = hearing(code, WORDS);
        let mut out = String::new();
        for invocation in &code.invocations {
            let item = invocation.item.map(|i| code.item_path(i)).unwrap_or_default();
            writeln!(out, "{}:{} {item}: {}", invocation.call.line, invocation.call.column, said(&code, &invocation.call)).unwrap();
        }
        assert_eq!(out.trim(), expected.trim());
    }

    fn said(code: &crate::model::codebase::Codebase, call: &calls::Call) -> String {
        let args: Vec<String> = call.args.iter().map(|a| value(code, a)).collect();
        let receiver = call.receiver.as_ref().map(|r| format!("{}.", value(code, r))).unwrap_or_default();
        let mark = if call.kind == CallKind::Macro { "!" } else { "" };
        let types: Vec<&str> = call.types.iter().map(|t| t.text.as_str()).collect();
        let types = if types.is_empty() { String::new() } else { format!("::<{}>", types.join(", ")) };
        format!("{receiver}{}{mark}{types}({})", path(code, &call.callee), args.join(", "))
    }

    fn path(code: &crate::model::codebase::Codebase, path: &calls::Path) -> String {
        match (path.item, path.module) {
            (Some(item), _) => format!("{}::{}", code.modules[code.items[item.index()].module.index()].id, code.item_path(item)),
            (None, Some(module)) => format!("{}:{}", code.modules[module.index()].id, path.rest),
            _ => path.text.clone(),
        }
    }

    fn value(code: &crate::model::codebase::Codebase, v: &calls::Value) -> String {
        let list = |l: &[calls::Value], by: &str| l.iter().map(|v| value(code, v)).collect::<Vec<_>>().join(by);
        match v {
            calls::Value::Text(text) => format!("{text:?}"),
            calls::Value::Path(p) => path(code, p),
            calls::Value::Local(name, _) => format!("${name}"),
            calls::Value::Call(call) => said(code, call),
            calls::Value::Struct(p, fields) => {
                format!(
                    "{} {{{}}}",
                    path(code, p),
                    fields.iter().map(|(n, v)| format!("{n}: {}", value(code, v))).collect::<Vec<_>>().join(", ")
                )
            }
            calls::Value::Field(base, name) => format!("{}.{name}", value(code, base)),
            calls::Value::List(l) => format!("[{}]", list(l, ", ")),
            calls::Value::Either(l) => list(l, " | "),
            calls::Value::Joined(l) => list(l, " + "),
            calls::Value::Closure => "|…|".into(),
            calls::Value::Other => "?".into(),
        }
    }

    const CARGO: &str = "//- /Cargo.toml
[package]
name = \"demo\"
version = \"0.1.0\"
edition = \"2021\"
[dependencies]
axum = \"1\"
db = \"1\"
";

    #[test]
    fn a_chain_is_one_call_and_what_stands_in_arguments_is_not_told_twice() {
        check(
            &format!(
                "{CARGO}//- /src/lib.rs
use axum::{{Router, routing::get}};
pub fn list() {{}}
pub fn app() -> Router {{
    let api = Router::new().route(\"/x\", get(list));
    Router::new().nest(\"/api\", api).route(\"/y\", get(|| async {{}}))
}}
"
            ),
            r#"
4:29 app: axum::Router::new().route("/x", axum::routing::get(demo::list))
5:37 app: axum::Router::new().nest("/api", axum::Router::new().route("/x", axum::routing::get(demo::list))).route("/y", axum::routing::get(|…|))
"#,
        );
    }

    #[test]
    fn a_chain_is_followed_however_long_it_is() {
        let routes = ".route(\"/x\", get(list))".repeat(120);
        let code = hearing(
            &format!(
                "{CARGO}//- /src/lib.rs\nuse axum::{{Router, routing::get}};\nfn list() {{}}\npub fn app() -> Router {{ Router::new(){routes} }}\n"
            ),
            WORDS,
        );
        assert_eq!(code.invocations.len(), 1);
        let mut at = &code.invocations[0].call;
        while let Some(next) = at.receiver.as_deref().and_then(calls::Value::call) {
            at = next;
        }
        assert_eq!(at.callee.text, "axum::Router::new");
    }

    #[test]
    fn variables_constants_and_branches_stand_for_what_they_are() {
        check(
            &format!(
                "{CARGO}//- /src/lib.rs
const ALL: &str = \"SELECT\";
pub fn f(by: bool, given: &str) {{
    let order = if by {{ \"ASC\" }} else {{ \"DESC\" }};
    let mut sql = format!(\"a {{}}\", order);
    db::query::<u8>(&sql);
    sql = ALL.to_owned() + given;
    db::query(&sql);
    let b = db::Builder::new(concat!(\"x\", \"y\"));
    if let Some(found) = given.get(order) {{ db::query(format!(\"{{found}} {{}} {{order:?}} {{{{}}}} {{n}}\", given, n = sql)); }}
    Vec::<u8>::new().get(0);
    b.get(\"key\");
    b.insert(1);
    db::insert(2);
}}
"
            ),
            r#"
5:5 f: db::query::<int>(std::format!("a {}", "ASC" | "DESC"))
7:5 f: db::query(demo::ALL.to_owned() + $given)
8:13 f: db::Builder::new(std::concat!("x", "y"))
9:45 f: db::query(std::format!("{2} {} {3:?} {{}} {1}", $given, demo::ALL.to_owned() + $given, $given.get("ASC" | "DESC"), "ASC" | "DESC"))
11:7 f: db::Builder::new(std::concat!("x", "y")).get("key")
13:5 f: db::insert(?)
"#,
        );
    }

    #[test]
    fn what_is_set_again_and_again_is_what_it_was_at_first() {
        let again = "    q = q.next();\n".repeat(12);
        let code = hearing(
            &format!("{CARGO}//- /src/lib.rs\npub fn f() {{\n    let mut q = db::Builder::new(1).joined(2);\n{again}    q.route();\n}}\n"),
            WORDS,
        );
        let said = said(&code, &code.invocations.last().expect("the last").call);
        assert_eq!(said, format!("db::Builder::new(?).joined(?){}.route()", ".next()".repeat(8)));
    }

    #[test]
    fn names_that_a_macro_makes_lead_to_the_module_that_makes_them() {
        check(
            &format!(
                "{CARGO}//- /src/lib.rs
mod schema {{ db::table! {{ users (id) {{ id -> Int4, }} }} }}
mod entity {{ pub mod user {{}} pub mod prelude {{ pub use super::user::Entity as User; }} }}
mod a {{ use crate::schema::users; use crate::entity::prelude::*; use axum::prelude::*;
pub fn f() {{ db::query(users::table); db::query(User); db::query(User::find()); }} }}
"
            ),
            r#"
4:14 f: db::query(demo::schema:users::table)
4:39 f: db::query(demo::entity::user:Entity)
4:56 f: db::query(demo::entity::user:Entity::find())
1:14 : db::table!(demo::schema:id)
"#,
        );
    }

    #[test]
    fn receivers_have_types_where_those_are_known() {
        let code = hearing(
            "//- /src/lib.rs
pub struct Placed;
pub fn f(tx: std::sync::mpsc::Sender<Placed>) { tx.route(Placed); }
",
            WORDS,
        );
        let ty = code.invocations[0].call.receiver_type.clone().expect("a type");
        assert_eq!((ty.text.as_str(), ty.items.len()), ("std::sync::mpsc::Sender<Placed>", 1));
    }

    #[test]
    fn attributes_and_members_are_kept() {
        let code = hearing(
            "//- /src/lib.rs
#[derive(Clone)] #[sea_orm(table_name = \"cake\")] pub struct Model { #[sea_orm(primary_key)] pub id: i32, pub name: Option<String> }
pub enum Relation { #[sea_orm(has_many = \"super::fruit::Entity\")] Fruit(u8), Other }
#[get(\"/x\")] pub async fn list() {}
",
            WORDS,
        );
        let text = |a: &calls::Attribute| format!("{}({})@{}", a.path, a.arguments, a.line);
        let all: Vec<String> = code
            .items
            .iter()
            .map(|i| {
                let own: Vec<String> = i.attributes.iter().map(text).collect();
                let members =
                    i.members.iter().map(|m| format!("{}: {} {}", m.name, m.types, m.attributes.iter().map(text).collect::<String>()));
                format!("{} {} [{}]", i.name, own.join(" "), members.collect::<Vec<_>>().join("; "))
            })
            .collect();
        assert_eq!(
            all,
            [
                "Model sea_orm(table_name = \"cake\")@1 [id: i32 sea_orm(primary_key)@1; name: Option<String> ]",
                "Relation  [Fruit: u8 sea_orm(has_many = \"super::fruit::Entity\")@2; Other:  ]",
                "list get(\"/x\")@3 []",
            ]
        );
    }
}
