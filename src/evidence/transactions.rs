//! What is committed, or rolled back, as one.
//!
//! Takes: the statements that [`tables`](super::tables) found, calls that open transactions, and references. Gives: a [`Transaction`] for
//! each place that opens one: tables that are touched inside of it, in the item itself and in what it calls from there, up to [`DEPTH`]
//! calls deep. A call through a trait leads to all its implementations, where those are few.
//!
//! # What is inside
//!
//! * Statements behind the opening in its block, or in the closure that it is given; but for those that are run on a pool, which gives
//!   them a connection of their own.
//! * Functions that are called there and given the transaction, as an argument or as what they are called on, with all that they call.
//!   Where no variable holds it, the connection is in a state, and all that is called is inside.
//! * A function that gives a transaction opens none for itself: whoever calls it does, and what it did before is inside, too.
//!
//! All modules that run inside of one transaction are tied: to part them is to give up that it is one.

#[cfg(test)]
mod tests;

use super::tables::text::{Texts, Whence};
use super::{Gathered, Input, Question, Source, Spec};
use crate::model::calls::{Call, CallKind, Value, Word};
use crate::model::codebase::{CallContext, Codebase, DependencyKind, ItemKind};
use crate::model::evidence::data::{Access, Statement, TableId, Transaction};
use crate::model::evidence::tie::Tie;
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::{CrateId, FileId, ItemId, ModuleId};
use crate::model::place::Site;
use crate::model::transaction as opening;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Calls are followed this far.
const DEPTH: u32 = 4;
/// More items than this are not followed from one transaction.
const REACHED: usize = 300;
/// A trait with more implementations than this leads to none of them.
const IMPLEMENTATIONS: usize = 4;
/// Places that are given for a tie.
const SITES: usize = 5;

/// How a transaction is opened of which only is seen that rows are locked in it.
const LOCKING: &str = "for update";
/// Attributes that put a function into one.
const ATTRIBUTES: &[&str] = &["transactional", "transaction", "in_transaction", "transact"];

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| opening::names().chain(opening::ENDS.iter().copied()).map(Word::Any).collect());

static SPEC: LazyLock<Spec> = LazyLock::new(|| Spec {
    name: "transactions",
    noun: "transactions",
    summary: "what is committed as one: tables and items inside of each transaction",
    weight: 1.0,
    of_code: true,
    reading: "run inside of the same transaction",
    words: &WORDS,
    after: &["tables"],
});

/// The source.
pub(super) struct Transactions;

impl Source for Transactions {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let (input, evidence) = (question.input, question.earlier);
        let scene = Scene::new(input, evidence);
        let mut transactions: Vec<Transaction> = scene.openings(input).iter().filter_map(|opening| scene.transaction(opening)).collect();
        transactions.sort();
        transactions.dedup();
        // Who locks rows inside of another's transaction opens none.
        let reached: BTreeSet<(ModuleId, Option<String>)> =
            transactions.iter().flat_map(|t| t.reaches.iter().map(|r| (r.module, r.item.clone()))).collect();
        transactions.retain(|t| t.how != LOCKING || !reached.contains(&(t.by.module, t.by.item.clone())));
        let ties = transactions.iter().filter_map(|t| tie(input.codebase, t)).collect();
        let partial = transactions.iter().filter(|t| t.partial).count();
        let note = match (transactions.len(), partial) {
            (0, _) => Some("no call that opens a transaction is seen".into()),
            (_, 0) => None,
            (_, partial) => Some(format!("in {partial} of them something could not be followed")),
        };
        let found = transactions.len();
        Gathered { evidence: Evidence { transactions, ..Evidence::default() }, found, note, ties, ..Gathered::default() }
    }
}

/// Where a transaction begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Opening {
    module: ModuleId,
    item: Option<ItemId>,
    file: FileId,
    line: u32,
    how: String,
    /// From which line on, and up to which, what stands in the item is inside.
    inside: (u32, u32),
    /// Of what stands there only what is marked as inside counts.
    marked: bool,
}

struct Scene<'a> {
    codebase: &'a Codebase,
    statements: &'a [Statement],
    /// Statements by module and item path.
    of_item: BTreeMap<(ModuleId, Option<&'a str>), Vec<&'a Statement>>,
    unknown: BTreeSet<(ModuleId, Option<&'a str>)>,
    /// Lines on which something is called inside of a transaction.
    marked: BTreeSet<(FileId, u32)>,
    /// Lines of statements that are run on a pool.
    pooled: BTreeSet<(FileId, u32)>,
    /// Functions that give a transaction to whoever calls them.
    givers: BTreeSet<ItemId>,
    /// Calls of each item: (position in the references).
    calls: BTreeMap<ItemId, Vec<usize>>,
    /// Implementations of a trait's methods.
    implementations: BTreeMap<ItemId, Vec<ItemId>>,
    files: BTreeMap<&'a str, FileId>,
    /// Crates that name a library of databases.
    of_databases: BTreeSet<CrateId>,
}

impl<'a> Scene<'a> {
    fn new(input: &Input<'a>, evidence: &'a Evidence) -> Self {
        let codebase = input.codebase;
        let mut of_item: BTreeMap<_, Vec<&Statement>> = BTreeMap::new();
        for statement in &evidence.statements {
            of_item.entry((statement.by.module, statement.by.item.as_deref())).or_default().push(statement);
        }
        let unknown = evidence.unknown_statements.iter().map(|s| (s.by.module, s.by.item.as_deref())).collect();
        let inside = codebase.references.iter().filter(|r| r.context.has(CallContext::IN_TRANSACTION));
        let mut marked: BTreeSet<(FileId, u32)> = inside.map(|r| (r.file, r.line)).collect();
        for invocation in codebase.invocations.iter().filter(|i| i.context.has(CallContext::IN_TRANSACTION)) {
            each_call(&invocation.call, &mut |call| {
                marked.insert((invocation.file, call.line));
            });
        }
        let externals = codebase.externals.iter().filter(|(_, name, _)| opening::is_database(name));
        let implementations = implementations(codebase);
        let called = codebase.references.iter().filter(|r| r.context.has(CallContext::GIVES_TRANSACTION)).filter_map(|r| r.to_item);
        let mut givers: BTreeSet<ItemId> = called.collect();
        givers.extend(givers.clone().iter().flat_map(|item| implementations.get(item)).flatten());
        let mut calls: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
        for (at, r) in codebase.references.iter().enumerate() {
            if let Some(item) = r.from_item
                && matches!(r.kind, DependencyKind::Call | DependencyKind::Method)
                && r.to_item.is_some()
            {
                calls.entry(item).or_default().push(at);
            }
        }
        Scene {
            codebase,
            statements: &evidence.statements,
            of_item,
            unknown,
            marked,
            pooled: pooled(codebase),
            givers,
            calls,
            implementations,
            of_databases: externals.map(|(module, ..)| codebase.modules[module.index()].krate).collect(),
            files: codebase.files.iter().enumerate().map(|(at, f)| (f.path.as_str(), FileId::from(at))).collect(),
        }
    }

    fn openings(&self, input: &Input<'_>) -> Vec<Opening> {
        let mut all = BTreeSet::new();
        let mut ends: BTreeMap<Option<ItemId>, BTreeSet<u32>> = BTreeMap::new();
        for invocation in &self.codebase.invocations {
            each_call(&invocation.call, &mut |call| {
                let name = call.name();
                if call.kind == CallKind::Method && opening::ENDS.contains(&name) {
                    ends.entry(invocation.item).or_default().insert(call.line);
                }
                let is_own = !invocation.item.is_some_and(|item| self.givers.contains(&item));
                if is_own && opening::names().any(|n| n == name) && call.kind != CallKind::Macro && opens(call) {
                    all.insert(Opening {
                        module: invocation.from,
                        item: invocation.item,
                        file: invocation.file,
                        line: call.line,
                        how: name.to_owned(),
                        inside: (call.line, u32::MAX),
                        marked: true,
                    });
                }
            });
        }
        for (item, references) in self.calls.iter().filter(|(item, _)| !self.givers.contains(item)) {
            let references = references.iter().map(|at| &self.codebase.references[*at]);
            for r in references.filter(|r| r.context.has(CallContext::GIVES_TRANSACTION)) {
                let Some(to) = r.to_item else { continue };
                let how = self.codebase.items[to.index()].name.clone();
                let (inside, marked) = ((r.line, u32::MAX), true);
                all.insert(Opening { module: r.from, item: Some(*item), file: r.file, line: r.line, how, inside, marked });
            }
        }
        let mut all: Vec<Opening> = all.into_iter().collect();
        for at in 0..all.len() {
            let next = all.get(at + 1).filter(|next| (next.item, next.file) == (all[at].item, all[at].file)).map(|next| next.line);
            all[at].inside.1 = next.unwrap_or(u32::MAX);
            let (from, to) = all[at].inside;
            // Where nothing is marked, it is opened in a way that the front end does not know: inside is what stands before its end.
            let item_end = all[at].item.map_or(u32::MAX, |i| self.codebase.items[i.index()].end_line);
            let last = to.min(item_end.saturating_add(1));
            if last > from && self.marked.range((all[at].file, from)..(all[at].file, last)).next().is_none() {
                all[at].marked = false;
                let end = ends.get(&all[at].item).and_then(|lines| lines.range(from..).next_back());
                all[at].inside.1 = end.map_or(to, |end| to.min(end + 1));
            }
        }
        all.extend(self.attributes());
        all.extend(self.locks(input, &all));
        all
    }

    /// Functions with an attribute that says so.
    fn attributes(&self) -> Vec<Opening> {
        let functions = self.codebase.items.iter().enumerate().filter(|(_, item)| item.kind == ItemKind::Function);
        let named = functions.filter_map(|(at, item)| {
            let found = item.attributes.iter().find(|a| ATTRIBUTES.contains(&a.path.rsplit("::").next().unwrap_or_default()))?;
            let file = self.codebase.modules[item.module.index()].file;
            let how = format!("#[{}]", found.path);
            let inside = (item.line, u32::MAX);
            Some(Opening { module: item.module, item: Some(ItemId::from(at)), file, line: item.line, how, inside, marked: false })
        });
        named.collect()
    }

    /// Rows that are locked for what follows, where no transaction is seen to be opened: it is somebody else's.
    fn locks(&self, input: &Input<'_>, openings: &[Opening]) -> Vec<Opening> {
        let lines: BTreeSet<(FileId, u32)> =
            self.statements.iter().filter_map(|s| Some((*self.files.get(s.by.site.file.as_str())?, s.by.site.line))).collect();
        let texts = Texts::new(self.codebase, input.host, input.root);
        let mut found = BTreeSet::new();
        for invocation in &self.codebase.invocations {
            if openings.iter().any(|o| o.item == invocation.item && o.module == invocation.from) {
                continue;
            }
            let whence = Whence { file: invocation.file, module: invocation.from };
            each_call(&invocation.call, &mut |call| {
                let is_locking = call.name() == "for_update"
                    || lines.contains(&(invocation.file, call.line))
                        && call.args.iter().any(|a| texts.of(a, whence).iter().any(|t| locks(t)));
                if is_locking {
                    found.insert(Opening {
                        module: invocation.from,
                        item: invocation.item,
                        file: invocation.file,
                        line: call.line,
                        how: LOCKING.into(),
                        inside: (0, u32::MAX),
                        marked: false,
                    });
                }
            });
        }
        let mut found: Vec<Opening> = found.into_iter().collect();
        found.dedup_by(|next, first| (next.module, next.item, next.file) == (first.module, first.item, first.file));
        found
    }

    fn transaction(&self, opening: &Opening) -> Option<Transaction> {
        let path = opening.item.map(|i| self.codebase.item_path(i));
        let key = (opening.module, path.as_deref());
        let mut found = Found::default();
        let file = &self.codebase.files[opening.file.index()].path;
        let within = |line: u32| {
            (opening.inside.0..opening.inside.1).contains(&line)
                && (!opening.marked || self.marked.contains(&(opening.file, line)) && !self.pooled.contains(&(opening.file, line)))
        };
        for statement in self.of_item.get(&key).into_iter().flatten().filter(|s| s.by.site.file == *file && within(s.by.site.line)) {
            found.add(statement);
        }
        found.partial |= self.unknown.contains(&key);
        let from = opening.item.and_then(|item| self.calls.get(&item)).into_iter().flatten();
        let from = from.map(|at| &self.codebase.references[*at]).filter(|r| {
            r.file == opening.file
                && (opening.inside.0..opening.inside.1).contains(&r.line)
                && (!opening.marked
                    || r.context.has(CallContext::GIVES_TRANSACTION)
                        && r.line == opening.line
                        && r.to_item.is_some_and(|giver| self.does(giver))
                    || r.context.has(CallContext::IN_TRANSACTION.with(CallContext::GIVEN_TRANSACTION)))
        });
        self.follow(from.filter_map(|r| r.to_item).collect(), opening, &mut found);
        if found.tables.is_empty() && !found.partial {
            // Something is committed, though nothing says what; but where nobody knows a database, it is no such transaction.
            if !self.knows_database(opening.module) {
                return None;
            }
            found.partial = true;
        }
        let by = Spot { module: opening.module, item: path, site: Site::new(file.clone(), opening.line) };
        let tables = found.tables.into_iter().map(|((table, access), site)| (table, access, site)).collect();
        let reaches = found.reaches.into_iter().map(|item| self.spot(item)).collect::<BTreeSet<_>>().into_iter().collect();
        Some(Transaction { by, how: opening.how.clone(), tables, reaches, partial: found.partial })
    }

    fn spot(&self, item: ItemId) -> Spot {
        let module = self.codebase.items[item.index()].module;
        Spot { module, item: Some(self.codebase.item_path(item)), site: self.codebase.item_site(item) }
    }

    /// Does the module's crate name a library of databases?
    fn knows_database(&self, module: ModuleId) -> bool {
        self.of_databases.contains(&self.codebase.modules[module.index()].krate)
    }

    /// Does the function itself do anything that is known, besides what is done outside of the workspace?
    fn does(&self, item: ItemId) -> bool {
        let path = self.codebase.item_path(item);
        let key = (self.codebase.items[item.index()].module, Some(path.as_str()));
        self.calls.contains_key(&item) || self.of_item.contains_key(&key) || self.unknown.contains(&key)
    }

    fn is_pooled(&self, statement: &Statement) -> bool {
        let site = &statement.by.site;
        self.files.get(site.file.as_str()).is_some_and(|file| self.pooled.contains(&(*file, site.line)))
    }

    /// What these items do and call.
    fn follow(&self, first: BTreeSet<ItemId>, opening: &Opening, found: &mut Found) {
        let mut layer = first;
        for depth in 0..DEPTH {
            let mut next = BTreeSet::new();
            for item in layer {
                let implementations = self.implementations.get(&item).filter(|all| all.len() <= IMPLEMENTATIONS);
                if depth + 1 == DEPTH && self.calls.contains_key(&item) && implementations.is_some() {
                    found.partial = true;
                }
                next.extend(implementations.into_iter().flatten());
                if Some(item) == opening.item || self.codebase.items[item.index()].kind != ItemKind::Function || !found.reaches.insert(item)
                {
                    continue;
                }
                if found.reaches.len() > REACHED {
                    found.partial = true;
                    return;
                }
                let path = self.codebase.item_path(item);
                let key = (self.codebase.items[item.index()].module, Some(path.as_str()));
                let own = self.of_item.get(&key).into_iter().flatten();
                own.filter(|s| !opening.marked || !self.is_pooled(s)).for_each(|s| found.add(s));
                found.partial |= self.unknown.contains(&key);
                let calls = self.calls.get(&item).into_iter().flatten();
                next.extend(calls.filter_map(|at| self.codebase.references[*at].to_item));
            }
            layer = next;
        }
    }
}

/// What is found inside.
#[derive(Default)]
struct Found {
    tables: BTreeMap<(TableId, Access), Site>,
    reaches: BTreeSet<ItemId>,
    partial: bool,
}

impl Found {
    fn add(&mut self, statement: &Statement) {
        for use_ in &statement.tables {
            self.tables.entry(*use_).or_insert_with(|| statement.by.site.clone());
        }
        self.partial |= statement.partial;
    }
}

/// Is it a call that opens one? Of names that anyone uses, only a method without arguments or with a closure.
fn opens(call: &Call) -> bool {
    // `sentry::start_transaction(…)` commits nothing.
    let krate = call.callee.text.split("::").next().filter(|_| call.callee.is_external && call.kind == CallKind::Function);
    if krate.is_some_and(|krate| !opening::is_database(krate)) {
        return false;
    }
    match call.name() {
        "begin" => call.kind == CallKind::Method && call.args.is_empty() || call.callee.text.contains("Transaction"),
        "transaction" => {
            let is_sql = call.kind == CallKind::Method;
            is_sql && (call.args.is_empty() || call.args.iter().any(|a| matches!(a, Value::Closure | Value::Path(_) | Value::Call(_))))
        }
        _ => true,
    }
}

/// Does the statement itself lock rows, and not only a query inside of it?
fn locks(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let depth = |at: usize| lower[..at].bytes().fold(0_i32, |depth, b| depth + i32::from(b == b'(') - i32::from(b == b')'));
    lower.match_indices(LOCKING).any(|(at, _)| depth(at) == 0)
}

/// Lines of calls of which the last is given a pool.
fn pooled(codebase: &Codebase) -> BTreeSet<(FileId, u32)> {
    let mut lines = BTreeSet::new();
    for invocation in &codebase.invocations {
        each_call(&invocation.call, &mut |call| {
            if call.kind == CallKind::Method && call.args.iter().any(is_pool) {
                each_call(call, &mut |part| {
                    lines.insert((invocation.file, part.line));
                });
            }
        });
    }
    lines
}

/// A pool by its type or, where that is not known, by its name.
fn is_pool(value: &Value) -> bool {
    match value {
        Value::Local(name, None) | Value::Field(_, name) => name == "pool" || name.ends_with("_pool"),
        Value::Local(_, Some(ty)) => ty.text.ends_with("Pool") || ty.text.contains("Pool<") || ty.text.ends_with("DatabaseConnection"),
        _ => false,
    }
}

fn each_call<'c>(call: &'c Call, see: &mut dyn FnMut(&'c Call)) {
    fn value<'c>(v: &'c Value, see: &mut dyn FnMut(&'c Call)) {
        match v {
            Value::Call(call) => each_call(call, see),
            Value::Field(base, _) => value(base, see),
            Value::Struct(_, fields) => fields.iter().for_each(|(_, v)| value(v, see)),
            Value::List(list) | Value::Joined(list) | Value::Either(list) => list.iter().for_each(|v| value(v, see)),
            _ => {}
        }
    }
    see(call);
    call.receiver.iter().for_each(|r| value(r, see));
    call.args.iter().for_each(|a| value(a, see));
}

/// Of each method of a trait, the methods that implement it.
fn implementations(codebase: &Codebase) -> BTreeMap<ItemId, Vec<ItemId>> {
    let mut methods: BTreeMap<(ItemId, &str), Vec<ItemId>> = BTreeMap::new();
    for (at, item) in codebase.items.iter().enumerate() {
        if let Some(of_trait) = item.parent.and_then(|p| codebase.items[p.index()].implements) {
            methods.entry((of_trait, item.name.as_str())).or_default().push(ItemId::from(at));
        }
    }
    let mut out = BTreeMap::new();
    for (at, item) in codebase.items.iter().enumerate() {
        if let Some(parent) = item.parent
            && let Some(found) = methods.get(&(parent, item.name.as_str()))
        {
            out.insert(ItemId::from(at), found.clone());
        }
    }
    out
}

fn tie(codebase: &Codebase, transaction: &Transaction) -> Option<Tie> {
    let module_of = |site: &Site| transaction.reaches.iter().find(|r| r.site.file == site.file).map(|r| r.module);
    let mut members: BTreeSet<ModuleId> = transaction.tables.iter().filter_map(|(_, _, site)| module_of(site)).collect();
    members.insert(transaction.by.module);
    if members.len() < 2 {
        return None;
    }
    let item = transaction.by.item.as_deref().unwrap_or_default();
    let subject = format!("transaction of {}::{item}", codebase.modules[transaction.by.module.index()].id);
    let mut sites: BTreeSet<Site> = transaction.tables.iter().map(|(_, _, site)| site.clone()).take(SITES).collect();
    sites.insert(transaction.by.site.clone());
    Some(Tie {
        source: SPEC.name.into(),
        subject,
        members: members.into_iter().map(|module| (module, 1.0)).collect(),
        sites: sites.into_iter().take(SITES).collect(),
    })
}
