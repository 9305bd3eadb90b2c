//! Calls that touch tables, found one by one.
//!
//! Takes: the code base's invocations. Gives: a [`Touch`] for each call that runs a statement, at its own place. A call is looked at
//! wherever it stands: told by itself, in another's arguments, or as what a variable was set to; it is one touch all the same.

use super::catalog::{Family, Name};
use super::names::Names;
use super::sql::{self, Dialect, Reading};
use super::text::{Texts, Whence};
use crate::evidence::code::Code;
use crate::model::calls::{Call, CallKind, Invocation, Value};
use crate::model::codebase::{CallContext, Codebase};
use crate::model::evidence::data::Access;
use crate::model::ids::{CrateId, FileId, ItemId, ModuleId};
use rayon::prelude::*;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A place in a file.
pub(super) type At = (FileId, u32, u32);

/// What a call does to tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Touch {
    /// Besides the place: who does it.
    pub(super) by: Option<(ModuleId, Option<ItemId>)>,
    pub(super) technology: String,
    pub(super) uses: BTreeSet<(Name, Access)>,
    pub(super) partial: bool,
    /// Why it cannot be told which tables these are.
    pub(super) unknown: Option<String>,
    /// What it says of the schema, with the line.
    pub(super) changes: Vec<sql::Change>,
    /// Calls that are a part of it.
    pub(super) covers: BTreeSet<At>,
    /// It only counts where no other call has it as a part.
    pub(super) yields: bool,
    /// SQL that no dialect takes.
    pub(super) refused: Option<String>,
    /// What a macro has checked against a database; `None` where that text is not known.
    pub(super) checked: Vec<Option<String>>,
}

/// A call on its way through the sources of this folder.
#[derive(Clone, Copy)]
pub(super) struct Heard<'c> {
    pub(super) call: &'c Call,
    pub(super) invocation: &'c Invocation,
    /// It is no part of a longer chain.
    pub(super) is_head: bool,
}

/// What is known of the code.
pub(super) struct Scene<'a> {
    pub(super) codebase: &'a Codebase,
    pub(super) code: &'a Code<'a>,
    pub(super) names: Names<'a>,
    pub(super) texts: Texts<'a>,
    /// Whose SQL it is, where anything says so.
    pub(super) dialect: Option<Dialect>,
    /// External crates that a module names, and those that its crate names anywhere.
    of_module: BTreeSet<(ModuleId, &'a str)>,
    of_crate: BTreeSet<(CrateId, &'a str)>,
}

/// Calls that run what was built before them, where they have an argument: what stands there is a statement of its own.
const RUNS: &[&str] = &[
    "load",
    "first",
    "get_result",
    "get_results",
    "execute",
    "load_iter",
    "load_stream",
    "one",
    "all",
    "exec",
    "exec_with_returning",
    "exec_without_returning",
    "stream",
    "fetch_one",
    "fetch_all",
    "fetch_optional",
    "fetch",
    "insert",
    "update",
    "save",
    "delete",
    "count",
    "paginate",
    "save_changes",
];

impl<'a> Scene<'a> {
    pub(super) fn new(code: &'a Code<'a>, names: Names<'a>, texts: Texts<'a>, dialect: Option<Dialect>) -> Self {
        let codebase = code.codebase;
        let of_module = codebase.externals.iter().map(|(m, name, _)| (*m, name.as_str())).collect();
        let of_crate = codebase.externals.iter().map(|(m, name, _)| (codebase.modules[m.index()].krate, name.as_str())).collect();
        Scene { codebase, code, names, texts, dialect, of_module, of_crate }
    }

    /// The first of these crates that the module names, or else its crate.
    pub(super) fn uses<'n>(&self, module: ModuleId, crates: &[&'n str]) -> Option<&'n str> {
        let krate = self.codebase.modules[module.index()].krate;
        let own = crates.iter().find(|name| self.of_module.contains(&(module, **name)));
        own.or_else(|| crates.iter().find(|name| self.of_crate.contains(&(krate, **name)))).copied()
    }

    /// Does the module itself name one of these crates?
    pub(super) fn names_crate<'n>(&self, module: ModuleId, crates: &[&'n str]) -> Option<&'n str> {
        crates.iter().find(|name| self.of_module.contains(&(module, **name))).copied()
    }
}

impl Heard<'_> {
    pub(super) fn at(&self) -> At {
        (self.invocation.file, self.call.line, self.call.column)
    }

    pub(super) fn whence(&self) -> Whence {
        Whence { file: self.invocation.file, module: self.invocation.from }
    }

    /// A touch by whoever writes this call.
    pub(super) fn touch(&self, technology: &str) -> Touch {
        Touch { by: Some((self.invocation.from, self.invocation.item)), technology: technology.to_owned(), ..Touch::default() }
    }

    pub(super) fn is_awaited(&self) -> bool {
        self.invocation.context.has(CallContext::AWAITED)
    }
}

impl Touch {
    pub(super) fn add(&mut self, table: &str, access: Access) {
        self.uses.insert(((table.to_owned(), Family::Relational), access));
    }

    /// Adds what SQL says.
    pub(super) fn read(&mut self, readings: Vec<Reading>) {
        for reading in readings {
            self.uses.extend(reading.uses.into_iter().map(|(table, access)| ((table, Family::Relational), access)));
            self.partial |= reading.partial || reading.unnamed;
            if reading.unnamed {
                self.unknown.get_or_insert_with(|| "a table's name is decided at run time".into());
            }
            self.changes.extend(reading.changes);
            self.refused = self.refused.take().or(reading.refused);
        }
        self.settle();
    }

    /// Where some tables are known, the rest of it is only that it may be more.
    pub(super) fn settle(&mut self) {
        if !self.uses.is_empty() && self.unknown.take().is_some() {
            self.partial = true;
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.uses.is_empty() && self.unknown.is_none()
    }

    fn join(&mut self, other: Touch) {
        self.uses.extend(other.uses);
        self.partial |= other.partial;
        self.unknown = self.unknown.take().or(other.unknown);
        self.changes.extend(other.changes.into_iter().filter(|c| !self.changes.contains(c)).collect::<Vec<_>>());
        self.covers.extend(other.covers);
        self.yields &= other.yields;
        self.refused = self.refused.take().or(other.refused);
        self.checked.extend(other.checked.into_iter().filter(|c| !self.checked.contains(c)).collect::<Vec<_>>());
        self.settle();
    }
}

/// Where touches are given to.
pub(super) type Give<'g> = dyn FnMut(At, Touch) + 'g;

/// Touches by place, sorted.
pub(super) fn all(codebase: &Codebase, read: &(dyn Fn(&Heard<'_>, &mut Give<'_>) + Sync)) -> BTreeMap<(At, String), Touch> {
    let of = |invocation: &Invocation| {
        let mut touches: Vec<(At, Touch)> = Vec::new();
        visit(&invocation.call, true, &mut |call, is_head| {
            read(&Heard { call, invocation, is_head }, &mut |at, touch| touches.push((at, touch)));
        });
        touches
    };
    let touches: Vec<Vec<(At, Touch)>> = codebase.invocations.par_iter().with_min_len(64).map(of).collect();
    let mut found: BTreeMap<(At, String), Touch> = BTreeMap::new();
    // In the order of the code: where two see the same call, the first has the word.
    for (at, touch) in touches.into_iter().flatten() {
        match found.entry((at, touch.technology.clone())) {
            Entry::Vacant(slot) => {
                slot.insert(touch);
            }
            Entry::Occupied(mut slot) => slot.get_mut().join(touch),
        }
    }
    let covered: BTreeSet<At> = found.iter().flat_map(|((at, _), touch)| touch.covers.iter().filter(move |c| *c != at)).copied().collect();
    found.retain(|(at, _), touch| {
        let is_told_elsewhere = touch.yields && covered.contains(at);
        let says_something = !touch.is_nothing() || !touch.changes.is_empty();
        says_something && !is_told_elsewhere
    });
    found
}

/// Looks at a call and at all calls in it.
fn visit<'c>(call: &'c Call, is_head: bool, see: &mut dyn FnMut(&'c Call, bool)) {
    see(call, is_head || runs(call));
    if let Some(receiver) = &call.receiver {
        visit_value(receiver, false, see);
    }
    for arg in &call.args {
        visit_value(arg, true, see);
    }
}

fn visit_value<'c>(value: &'c Value, is_head: bool, see: &mut dyn FnMut(&'c Call, bool)) {
    match value {
        Value::Call(call) => visit(call, is_head, see),
        Value::Field(base, _) => visit_value(base, is_head, see),
        Value::Struct(_, fields) => fields.iter().for_each(|(_, v)| visit_value(v, true, see)),
        Value::List(list) | Value::Joined(list) => list.iter().for_each(|v| visit_value(v, true, see)),
        Value::Either(list) => list.iter().for_each(|v| visit_value(v, is_head, see)),
        _ => {}
    }
}

/// Does this call run what was built before it?
pub(super) fn runs(call: &Call) -> bool {
    call.kind == CallKind::Method && !call.args.is_empty() && RUNS.contains(&call.name())
}

/// Places of a call and of all calls that are a part of it: not those that run something by themselves.
pub(super) fn parts(heard: &Heard<'_>) -> BTreeSet<At> {
    fn call(of: &Call, file: FileId, out: &mut BTreeSet<At>) {
        out.insert((file, of.line, of.column));
        of.receiver.iter().for_each(|r| value(r, file, out));
        of.args.iter().for_each(|a| value(a, file, out));
    }
    fn value(of: &Value, file: FileId, out: &mut BTreeSet<At>) {
        match of {
            Value::Call(inner) if !runs(inner) => call(inner, file, out),
            Value::Field(base, _) => value(base, file, out),
            Value::Struct(_, fields) => fields.iter().for_each(|(_, v)| value(v, file, out)),
            Value::List(list) | Value::Joined(list) | Value::Either(list) => list.iter().for_each(|v| value(v, file, out)),
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    call(heard.call, heard.invocation.file, &mut out);
    out
}

/// A chain from its first call to its last: `a().b().c()`.
pub(super) fn chain(call: &Call) -> Vec<&Call> {
    let mut links = vec![call];
    let mut receiver = call.receiver.as_deref();
    while let Some(value) = receiver {
        receiver = match value {
            Value::Call(inner) => {
                links.push(inner);
                inner.receiver.as_deref()
            }
            Value::Field(base, _) => Some(&**base),
            _ => None,
        };
    }
    links.reverse();
    links
}
