//! Statements in diesel's own language: `users::table.filter(…).load(conn)`, `insert_into(users::table)`, `update(&user)`.
//!
//! Takes: the last call of a chain. Gives: the tables that stand in it, those in subqueries and joins too. Columns are no tables; a query
//! that is run inside of the arguments is a statement of its own.

use super::names::Names;
use super::touch::{Give, Heard, Scene, Touch, chain, parts, runs};
use crate::model::calls::{Call, CallKind, Value, Word};
use crate::model::evidence::data::Access;

/// Functions of diesel's that write to their first argument.
const WRITES: &[&str] = &["insert_into", "insert_or_ignore_into", "replace_into", "update", "delete", "copy_from"];
/// Methods that end a chain, or tell that it is one.
const METHODS: &[&str] = &[
    "load",
    "first",
    "get_result",
    "get_results",
    "load_iter",
    "load_stream",
    "save_changes",
    "into_boxed",
    "inner_join",
    "left_join",
    "left_outer_join",
    "insert_into",
    "for_update",
    "returning",
    "on_conflict",
    "single_value",
];
/// Methods of others, too.
const SHARED: &[&str] = &["filter", "select", "find", "order", "order_by", "values", "set"];

pub(super) fn words() -> impl Iterator<Item = Word> {
    let writes = WRITES.iter().map(|name| Word::Function(name));
    let methods = METHODS.iter().map(|name| Word::Any(name)).chain(SHARED.iter().map(|name| Word::Outside(name)));
    writes.chain(methods).chain(["table", "view", "joinable", "alias", "belonging_to", "copy_to"].map(Word::Any))
}

pub(super) fn read(heard: &Heard<'_>, scene: &Scene<'_>, give: &mut Give<'_>) {
    if !heard.is_head || heard.call.kind == CallKind::Macro {
        return;
    }
    let mut touch = heard.touch("diesel");
    touch.yields = true;
    let mut reader = Reader { names: &scene.names, scene, heard, touch };
    reader.call(heard.call);
    if !reader.touch.is_nothing() {
        reader.touch.settle();
        reader.touch.covers = parts(heard);
        give(heard.at(), reader.touch);
    }
}

struct Reader<'r> {
    names: &'r Names<'r>,
    scene: &'r Scene<'r>,
    heard: &'r Heard<'r>,
    touch: Touch,
}

impl Reader<'_> {
    fn call(&mut self, call: &Call) {
        let name = call.name();
        match call.kind {
            CallKind::Function if self.is_write(call) => {
                let Some((target, rest)) = call.args.split_first() else { return };
                self.target(target);
                rest.iter().for_each(|arg| self.value(arg));
            }
            CallKind::Function => {
                if let Some(item) = call.callee.item {
                    let tables = match name {
                        "query" => self.names.query(item),
                        "belonging_to" | "table" => self.names.row(item).into_iter().collect(),
                        _ => Vec::new(),
                    };
                    tables.into_iter().for_each(|table| self.touch.add(table, Access::Read));
                }
                // What the workspace's own functions are given is theirs to run.
                if call.callee.item.is_none() {
                    call.args.iter().for_each(|arg| self.value(arg));
                }
            }
            CallKind::Method => {
                let row = call.receiver_type.as_ref().and_then(|ty| self.names.row_of(ty));
                match (name, row) {
                    ("save_changes", Some(table)) => {
                        self.touch.add(table, Access::Write);
                        return;
                    }
                    // It names the columns by which a conflict is told.
                    ("on_conflict", _) => {}
                    ("insert_into" | "into", _) if call.args.first().is_some_and(|a| self.table(a).is_some()) => self.target(&call.args[0]),
                    _ => call.args.iter().for_each(|arg| self.value(arg)),
                }
                match call.receiver.as_deref() {
                    // Where a chain goes on behind a run, that run has been told.
                    Some(Value::Call(inner)) if !runs(inner) => self.call(inner),
                    Some(Value::Call(_)) | None => {}
                    Some(value) => self.value(value),
                }
            }
            CallKind::Macro => self.aliases(call),
        }
    }

    fn is_write(&self, call: &Call) -> bool {
        let is_diesel = call.callee.text.starts_with("diesel") || call.callee.item.is_none() && call.callee.module.is_none();
        WRITES.contains(&call.name())
            && (is_diesel || call.callee.item.is_none())
            && !call.callee.text.starts_with("sea_")
            && self.scene.uses(self.heard.invocation.from, &["diesel", "diesel_async"]).is_some()
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Path(path) => {
                if let Some(table) = self.names.diesel(path) {
                    self.touch.add(table, Access::Read);
                }
            }
            Value::Call(call) if !runs(call) => self.call(call),
            Value::List(list) | Value::Either(list) | Value::Joined(list) => list.iter().for_each(|v| self.value(v)),
            Value::Struct(_, fields) => fields.iter().for_each(|(_, v)| self.value(v)),
            _ => {}
        }
    }

    /// `alias!(users as u, posts as p)`.
    fn aliases(&mut self, call: &Call) {
        if call.name() != "alias" {
            return;
        }
        for part in call.text.as_deref().unwrap_or_default().split(',') {
            let path = part.split(" as ").next().unwrap_or_default();
            let name: String = path.rsplit("::").next().unwrap_or_default().split_whitespace().collect();
            if let Some(table) = self.names.made_as(&name).map(str::to_owned) {
                self.touch.add(&table, Access::Read);
            }
        }
    }

    fn target(&mut self, target: &Value) {
        match self.table(target) {
            Some(table) => {
                self.touch.add(&table, Access::Write);
                // What stands beside the table in it: conditions with subqueries.
                if let Value::Call(call) = target {
                    for link in chain(call).iter().filter(|link| link.kind == CallKind::Method) {
                        link.args.iter().for_each(|arg| self.value(arg));
                    }
                }
            }
            None => self.touch.unknown = Some("the table is decided elsewhere".into()),
        }
    }

    /// The table that is written to.
    fn table(&self, target: &Value) -> Option<String> {
        match target {
            Value::Path(path) => self.names.diesel(path).or_else(|| path.item.and_then(|item| self.names.row(item))).map(str::to_owned),
            Value::Local(_, ty) => ty.as_ref().and_then(|ty| self.names.row_of(ty)).map(str::to_owned),
            Value::Struct(path, _) => path.item.and_then(|item| self.names.row(item)).map(str::to_owned),
            Value::Call(call) => {
                let of_type = call.receiver_type.as_ref().and_then(|ty| self.names.row_of(ty)).map(str::to_owned);
                let of_row = call.callee.item.and_then(|item| self.names.row(item)).map(str::to_owned);
                call.receiver.as_deref().and_then(|r| self.table(r)).or(of_row).or(of_type)
            }
            Value::Field(base, _) => self.table(base),
            Value::Either(list) => list.iter().find_map(|v| self.table(v)),
            _ => None,
        }
    }
}
