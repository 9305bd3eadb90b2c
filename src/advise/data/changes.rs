//! How a statement changes rows, and which columns it names.
//!
//! Takes the code base; answers for a statement of the evidence. It is told by the SQL that stands at its place, then by the names of the
//! calls there (`insert_into`, `delete_by_id`), then by the name of the function that runs it. Columns are told by SQL alone: what a
//! query builder is given may hold any.

use crate::model::calls::{Call, Value};
use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::evidence::data::{Statement, Table};
use std::collections::{BTreeMap, BTreeSet};

/// First words of names that say how rows are changed; the first two of each are plain enough for a call of a library.
const NAMES: &[(Change, &[&str])] = &[
    (Change::Insert, &["insert", "add", "append", "create", "enqueue", "log", "new", "push", "put", "queue", "record", "register"]),
    (Change::Delete, &["delete", "del", "remove", "clear", "purge", "truncate", "expire", "forget", "erase"]),
    (
        Change::Update,
        &["update", "set", "mark", "change", "edit", "rename", "replace", "increment", "decrement", "touch", "upsert", "save"],
    ),
];

/// How rows are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Insert,
    Update,
    /// Overwritten with constants, whatever stood there: once or twice comes to the same.
    Blank,
    /// Inserted, or updated where it is there already.
    Upsert,
    Delete,
    /// Written in a way that cannot be told.
    Write,
}

impl Change {
    /// As a verb.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Change::Insert => "insert into",
            Change::Update => "update",
            Change::Blank => "overwrite",
            Change::Upsert => "insert or update",
            Change::Delete => "delete from",
            Change::Write => "write",
        }
    }

    /// What takes it back.
    pub(super) fn undo(self, table: &str) -> String {
        match self {
            Change::Insert => format!("delete the inserted rows of `{table}`"),
            Change::Update | Change::Blank => format!("write the old values back to `{table}`"),
            Change::Upsert => format!("write the old values back to `{table}`, or delete rows that were not there"),
            Change::Delete => format!("insert the deleted rows of `{table}` again; a mark in the place of the deletion makes that easy"),
            Change::Write => format!("restore the rows of `{table}` as they were"),
        }
    }
}

/// All calls by place.
pub(super) struct Changes<'a> {
    codebase: &'a Codebase,
    calls: BTreeMap<(&'a str, u32), Vec<&'a Call>>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(codebase: &'a Codebase, evidence: &Evidence) -> Self {
        let places: BTreeSet<(&str, u32)> = evidence.statements.iter().map(|s| (s.by.site.file.as_str(), s.by.site.line)).collect();
        let mut calls: BTreeMap<(&str, u32), Vec<&Call>> = BTreeMap::new();
        for invocation in codebase.invocations.iter().filter(|_| !places.is_empty()) {
            let file = codebase.files[invocation.file.index()].path.as_str();
            each(&invocation.call, &mut |call| {
                if places.contains(&(file, call.line)) {
                    calls.entry((file, call.line)).or_default().push(call);
                }
            });
        }
        Self { codebase, calls }
    }

    /// How a statement changes the rows of a table that it writes.
    pub(super) fn of(&self, statement: &Statement, table: &Table) -> Change {
        let name = table.name.rsplit('.').next().unwrap_or(&table.name);
        let (texts, names) = self.said(statement);
        let by_text = texts.iter().find_map(|text| by_text(text, name));
        let by_name = || names.iter().find_map(|name| by_name(name));
        let function = || statement.by.item.as_deref().and_then(by_name_of);
        by_text.or_else(by_name).or_else(function).unwrap_or(Change::Write)
    }

    /// Columns of a table that a statement names; `None` where it may use any.
    pub(super) fn columns(&self, statement: &Statement, table: &Table) -> Option<BTreeSet<String>> {
        let (texts, _) = self.said(statement);
        let mut named = BTreeSet::new();
        for text in texts.iter().filter(|t| t.contains(' ')) {
            if text.contains('*') {
                return None;
            }
            let words: BTreeSet<String> = words(text).collect();
            named.extend(table.columns.iter().filter(|c| words.contains(&c.to_lowercase())).cloned());
        }
        (!named.is_empty()).then_some(named)
    }

    /// Texts and names of calls at the place of a statement.
    fn said(&self, statement: &Statement) -> (Vec<&'a str>, Vec<&'a str>) {
        let (mut texts, mut names) = (Vec::new(), Vec::new());
        let site = &statement.by.site;
        for call in self.calls.get(&(site.file.as_str(), site.line)).into_iter().flatten() {
            self.call(call, &mut texts, &mut names);
        }
        (texts, names)
    }

    fn call(&self, call: &'a Call, texts: &mut Vec<&'a str>, names: &mut Vec<&'a str>) {
        names.push(call.name());
        texts.extend(call.text.as_deref());
        call.receiver.iter().for_each(|value| self.value(value, texts, names));
        call.args.iter().for_each(|value| self.value(value, texts, names));
    }

    fn value(&self, value: &'a Value, texts: &mut Vec<&'a str>, names: &mut Vec<&'a str>) {
        match value {
            Value::Text(text) => texts.push(text),
            Value::Call(call) => self.call(call, texts, names),
            Value::Field(base, _) => self.value(base, texts, names),
            Value::List(list) | Value::Joined(list) | Value::Either(list) => list.iter().for_each(|v| self.value(v, texts, names)),
            // A constant that holds the statement; one that names another is not followed further.
            Value::Path(path) => {
                if let Some(Value::Text(text)) = path.item.and_then(|item| self.codebase.constant(item)) {
                    texts.push(text);
                }
            }
            _ => {}
        }
    }
}

/// A call and those that are a part of it.
fn each<'a>(call: &'a Call, see: &mut dyn FnMut(&'a Call)) {
    fn inner<'a>(value: &'a Value, see: &mut dyn FnMut(&'a Call)) {
        match value {
            Value::Call(call) => each(call, see),
            Value::Field(base, _) => inner(base, see),
            Value::List(list) | Value::Joined(list) | Value::Either(list) => list.iter().for_each(|v| inner(v, see)),
            _ => {}
        }
    }
    see(call);
    call.receiver.iter().for_each(|r| inner(r, see));
    call.args.iter().for_each(|a| inner(a, see));
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).map(str::to_lowercase)
}

/// What SQL does to a table.
fn by_text(text: &str, table: &str) -> Option<Change> {
    let words: Vec<String> = words(text).collect();
    let word = |at: usize, back: usize| at.checked_sub(back).and_then(|i| words.get(i)).map_or("", String::as_str);
    let upsert = || words.windows(2).any(|w| matches!((w[0].as_str(), w[1].as_str()), ("on", "conflict") | ("on", "duplicate")));
    words.iter().enumerate().filter(|(_, w)| *w == table).find_map(|(at, _)| {
        // A schema may stand between the verb and the name.
        (1..=2).find_map(|back| match (word(at, back + 1), word(at, back)) {
            ("replace" | "merge", "into") => Some(Change::Upsert),
            (_, "into") => Some(if upsert() { Change::Upsert } else { Change::Insert }),
            ("for" | "do" | "conflict", "update") => None,
            (_, "update") => Some(if blanks(text) { Change::Blank } else { Change::Update }),
            ("delete", "from") | (_, "truncate") => Some(Change::Delete),
            _ => None,
        })
    })
}

/// Does an `UPDATE` set columns to what is written in it, and to nothing that it is given or that stood there?
fn blanks(text: &str) -> bool {
    // What stands in quotes is what it is.
    let bare: String = text.split('\'').step_by(2).collect::<Vec<_>>().join("''");
    let lower = bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let Some((_, set)) = lower.split_once(" set ") else { return false };
    let set = set.split(" where ").next().unwrap_or(set);
    let is_given = |c: char| matches!(c, '$' | '?' | '@' | '{');
    if set.contains(is_given) || set.replace("::", "").contains(':') {
        return false;
    }
    let columns: BTreeSet<String> = set.split(',').filter_map(|part| words(part.split_once('=')?.0).last()).collect();
    let values: BTreeSet<String> =
        set.split('=').skip(1).flat_map(|part| words(part.rsplit_once(',').map_or(part, |(value, _)| value))).collect();
    !columns.is_empty() && columns.is_disjoint(&values)
}

/// By the name of a call: its first word has to say so.
fn by_name(name: &str) -> Option<Change> {
    let first = name.split('_').next().unwrap_or(name);
    let (change, _) = NAMES.iter().find(|(_, words)| words[..2].contains(&first))?;
    Some(*change)
}

/// By the name of the function around it, which may use any of the words.
fn by_name_of(item: &str) -> Option<Change> {
    let name = item.rsplit("::").next().unwrap_or(item);
    let first = name.split('_').next().unwrap_or(name);
    NAMES.iter().find(|(_, words)| words.contains(&first)).map(|(change, _)| *change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_says_how_rows_are_changed() {
        let check = |text: &str, expected: Option<Change>| assert_eq!(by_text(text, "orders"), expected, "{text}");
        check("INSERT INTO orders (id) VALUES ($1)", Some(Change::Insert));
        check("insert into \"shop\".\"orders\" (id) values ($1)", Some(Change::Insert));
        check("INSERT INTO orders (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET state = 1", Some(Change::Upsert));
        check("UPDATE ONLY orders SET state = $1", Some(Change::Update));
        check("UPDATE orders SET n = n - 1", Some(Change::Update));
        check("UPDATE orders\nSET state = 'gone@' || id, at = now() WHERE id = $1", Some(Change::Blank));
        check("UPDATE orders SET state = 'gone', n = :n WHERE id = 1", Some(Change::Update));
        check("DELETE FROM orders WHERE id = $1", Some(Change::Delete));
        check("SELECT id FROM orders FOR UPDATE", None);
        check("UPDATE stock SET n = 0 WHERE id IN (SELECT id FROM orders)", None);
    }

    #[test]
    fn without_sql_names_say_so() {
        let check = |name: &str, call: Option<Change>, function: Option<Change>| {
            assert_eq!((by_name(name), by_name_of(name)), (call, function), "{name}");
        };
        check("insert_into", Some(Change::Insert), Some(Change::Insert));
        check("delete_by_id", Some(Change::Delete), Some(Change::Delete));
        check("mark_paid", None, Some(Change::Update));
        check("execute", None, None);
    }
}
