//! Routes of warp, which are filters put together.
//!
//! Takes: the calls that are told. Gives: [`Found`]: a chain that has a path and is handled. Filters that functions give are followed to a
//! bounded depth.

use super::handlers::{self, Handler};
use super::routes::join;
use super::{Found, words};
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, CallKind, Invocation, Value};
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::ItemId;
use std::collections::{BTreeMap, BTreeSet};

/// Functions that give filters are followed this far.
const DEPTH: usize = 8;

/// What a filter asks for.
#[derive(Clone, Default)]
struct Parts {
    is_warp: bool,
    pieces: Vec<String>,
    has_path: bool,
    methods: Vec<String>,
}

struct Filters<'c, 'a> {
    code: &'c Code<'a>,
    by_item: BTreeMap<ItemId, Vec<&'a Invocation>>,
    /// Calls that stand in others.
    inside: BTreeSet<(u32, u32, u32)>,
    /// Functions whose filters are parts of others.
    used: BTreeSet<ItemId>,
    found: Vec<(Option<ItemId>, Found)>,
}

/// All routes.
pub(super) fn found(code: &Code<'_>) -> Vec<Found> {
    if !code.anyone_uses("warp") {
        return Vec::new();
    }
    let mut by_item: BTreeMap<ItemId, Vec<&Invocation>> = BTreeMap::new();
    for invocation in &code.codebase.invocations {
        if let Some(item) = invocation.item {
            by_item.entry(item).or_default().push(invocation);
        }
    }
    // A macro at the beginning of a chain is told by itself, too.
    let mut inside: BTreeSet<(u32, u32, u32)> = BTreeSet::new();
    for invocation in &code.codebase.invocations {
        let mut calls = Vec::new();
        code::calls_of(&invocation.call, &mut calls);
        inside.extend(calls.iter().skip(1).map(|c| (invocation.file.0, c.line, c.column)));
    }
    let mut filters = Filters { code, by_item, inside: inside.clone(), used: BTreeSet::new(), found: Vec::new() };
    let is_whole = |i: &&Invocation| !inside.contains(&(i.file.0, i.call.line, i.call.column));
    for invocation in code.codebase.invocations.iter().filter(is_whole) {
        let parts = filters.chain(invocation, &invocation.call, true, 0);
        // Handled by `map`, or not here.
        if parts.is_warp && parts.has_path {
            let handler = Handler { item: None, starts: invocation.item.into_iter().collect(), of_types: Vec::new() };
            filters.emit(invocation, &invocation.call, &parts, handler, invocation.item);
        }
    }
    let Filters { used, found, .. } = filters;
    found.into_iter().filter(|(item, _)| item.is_none_or(|i| !used.contains(&i))).map(|(_, found)| found).collect()
}

impl Filters<'_, '_> {
    /// What is asked for after the last handler of a chain; handled ones are kept.
    fn chain(&mut self, invocation: &Invocation, call: &Call, emits: bool, depth: usize) -> Parts {
        let mut parts = Parts::default();
        for call in code::chain(call) {
            if call.kind != CallKind::Method {
                parts = self.base(invocation, call, depth);
                continue;
            }
            match (call.name(), call.args.as_slice()) {
                ("and", [other]) => {
                    let more = self.value(invocation, other, depth);
                    parts.is_warp |= more.is_warp;
                    parts.has_path |= more.has_path;
                    parts.pieces.extend(more.pieces);
                    parts.methods.extend(more.methods);
                }
                ("or", [other]) => {
                    if emits && parts.is_warp && parts.has_path {
                        self.emit(invocation, call, &parts, Handler::default(), invocation.item);
                    }
                    if let Value::Call(other) = other {
                        let rest = self.chain(invocation, other, emits, depth);
                        if emits && rest.is_warp && rest.has_path {
                            self.emit(invocation, other, &rest, Handler::default(), invocation.item);
                        }
                    }
                    parts = Parts::default();
                }
                ("and_then" | "then" | "map", [handler]) if parts.is_warp => {
                    if emits && parts.has_path {
                        let handler = handlers::handler(self.code, invocation, call, handler);
                        self.emit(invocation, call, &parts, handler, None);
                    }
                    // What follows is about its answer.
                    parts = Parts::default();
                }
                _ => {}
            }
        }
        parts
    }

    fn base(&mut self, invocation: &Invocation, call: &Call, depth: usize) -> Parts {
        let mut parts = Parts { is_warp: code::crate_of(&call.callee) == Some("warp"), ..Parts::default() };
        if parts.is_warp {
            match (call.kind, call.name(), call.args.as_slice()) {
                (CallKind::Macro, "path", _) => {
                    parts.has_path = true;
                    let text = call.text.as_deref().unwrap_or_default();
                    parts.pieces.extend(text.split('/').map(str::trim).filter(|p| !p.is_empty() && *p != "..").map(piece));
                }
                (_, "path", [value]) => {
                    parts.has_path = true;
                    parts.pieces.extend(self.code.text(value, invocation.from).or_else(|| Some(code::text::HOLE.into())));
                }
                (_, "param", _) => parts.pieces.push(code::text::HOLE.into()),
                (_, "tail", _) => parts.pieces.push("{*tail}".into()),
                (_, name, []) => parts.methods.extend(words::verb(name).filter(|v| *v != "ANY").map(str::to_owned)),
                _ => {}
            }
        } else if let Some(item) = call.callee.item
            && depth < DEPTH
        {
            // What a function's filters ask for before they are handled.
            for inner in self.by_item.get(&item).cloned().unwrap_or_default() {
                if self.inside.contains(&(inner.file.0, inner.call.line, inner.call.column)) {
                    continue;
                }
                let more = self.chain(inner, &inner.call, false, depth + 1);
                if more.is_warp {
                    self.used.insert(item);
                    parts.is_warp = true;
                    parts.has_path |= more.has_path;
                    parts.pieces.extend(more.pieces);
                    parts.methods.extend(more.methods);
                }
            }
        }
        parts
    }

    fn value(&mut self, invocation: &Invocation, value: &Value, depth: usize) -> Parts {
        match value {
            Value::Call(call) => self.chain(invocation, call, false, depth),
            _ => Parts::default(),
        }
    }

    fn emit(&mut self, invocation: &Invocation, call: &Call, parts: &Parts, handler: Handler, of: Option<ItemId>) {
        let methods = if parts.methods.is_empty() { vec!["ANY".to_owned()] } else { parts.methods.clone() };
        for method in methods {
            let found = Found {
                kind: EntryKind::Route,
                name: format!("{method} {}", join("", &parts.pieces.join("/"), "warp")),
                handler: handler.clone(),
                declared: self.code.spot(invocation, call.line),
                technology: "warp".into(),
            };
            self.found.push((of, found));
        }
    }
}

/// A piece of `path!`: text as it is, a type as a parameter.
fn piece(text: &str) -> String {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(text) => text.to_owned(),
        None => code::text::HOLE.to_owned(),
    }
}
