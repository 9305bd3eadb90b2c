//! Statements that sea-query builds: `Query::select().from(Users::Table)`, `Table::create().table(…)` in migrations written in Rust.
//!
//! Takes: a chain that begins with one of [`ROOTS`], in one piece or in several that go on with the same variable. Gives: one touch at
//! the place where it begins, and for tables that are made or changed what that says of the schema.

use super::sql::{Change, Key};
use super::touch::{Give, Heard, Scene, Touch, chain};
use crate::model::calls::{Call, CallKind, Value, Word};
use crate::model::evidence::data::Access;

/// Functions that begin a statement, by their last two names.
const ROOTS: &[(&str, &str)] = &[
    ("Query", "select"),
    ("Query", "insert"),
    ("Query", "update"),
    ("Query", "delete"),
    ("Table", "create"),
    ("Table", "alter"),
    ("Table", "drop"),
    ("Table", "rename"),
    ("Table", "truncate"),
    ("ForeignKey", "create"),
    ("Index", "create"),
];

/// Methods that name a table: in which statements, the position of the name, what is done to it.
const TABLES: &[(&str, &str, usize, Access)] = &[
    ("select", "from", 0, Access::Read),
    ("select", "from_as", 0, Access::Read),
    ("update", "from", 0, Access::Read),
    ("select", "join", 1, Access::Read),
    ("select", "join_as", 1, Access::Read),
    ("select", "inner_join", 0, Access::Read),
    ("select", "left_join", 0, Access::Read),
    ("select", "right_join", 0, Access::Read),
    ("select", "full_outer_join", 0, Access::Read),
    ("select", "cross_join", 0, Access::Read),
    ("insert", "into_table", 0, Access::Write),
    ("update", "table", 0, Access::Write),
    ("delete", "from_table", 0, Access::Write),
    ("create", "table", 0, Access::Ddl),
    ("alter", "table", 0, Access::Ddl),
    ("drop", "table", 0, Access::Ddl),
    ("rename", "table", 0, Access::Ddl),
    ("truncate", "table", 0, Access::Write),
];

pub(super) fn words() -> impl Iterator<Item = Word> {
    let methods = TABLES.iter().map(|(_, name, ..)| Word::Outside(name));
    let more = ["col", "foreign_key", "add_column", "drop_column", "rename_column", "add_foreign_key", "to", "to_owned", "take", "to_tbl"];
    let roots = ROOTS.iter().map(|(of, name)| Word::Path(of, name));
    let functions = ["table_auto", "create_table", "create_foreign_key"];
    roots.chain(methods).chain(more.map(Word::Outside)).chain(functions.map(Word::Any))
}

/// Does the chain begin with one of [`ROOTS`]?
pub(super) fn begins(call: &Call) -> bool {
    let Some(root) = chain(call).first().copied() else { return false };
    let mut names = root.callee.text.rsplit("::");
    let (name, of) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    root.kind == CallKind::Function && ROOTS.contains(&(of, name))
}

pub(super) fn read(heard: &Heard<'_>, scene: &Scene<'_>, give: &mut Give<'_>) {
    if !heard.is_head {
        return;
    }
    let links = chain(heard.call);
    let Some((root, rest)) = links.split_first() else { return };
    if root.kind != CallKind::Function {
        return;
    }
    let mut names = root.callee.text.rsplit("::");
    let (name, of) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let reader = Reader { scene };
    let mut touch = heard.touch("sea-query");
    if name == "table_auto" {
        if let Some(table) = root.args.first().and_then(|a| scene.names.iden(a)) {
            touch.add(&table, Access::Ddl);
            touch.changes = reader.changes("create", &table, rest);
        }
    } else if (of, name) == ("ForeignKey", "create") {
        if let Some((Some(table), key)) = reader.key(rest) {
            touch.changes.push(Change::AddKey { table, key });
        }
    } else if ROOTS.contains(&(of, name)) && of != "Index" {
        reader.statement(of, name, rest, &mut touch);
    } else {
        return;
    }
    // A migration says how it is taken back, too: the schema is what it is before that.
    let is_down = heard.invocation.item.is_some_and(|item| scene.codebase.items[item.index()].name == "down");
    if is_down {
        touch.changes.clear();
    }
    if !touch.is_nothing() || !touch.changes.is_empty() {
        give((heard.invocation.file, root.line, root.column), touch);
    }
}

struct Reader<'r> {
    scene: &'r Scene<'r>,
}

impl Reader<'_> {
    fn statement(&self, of: &str, kind: &str, links: &[&Call], touch: &mut Touch) {
        let mut changed = None;
        for link in links {
            let places = TABLES.iter().filter(|(of_kind, name, ..)| *of_kind == kind && *name == link.name());
            for (_, _, position, access) in places {
                let Some(arg) = link.args.get(*position) else { continue };
                match self.scene.names.iden(arg) {
                    Some(table) => {
                        touch.add(&table, *access);
                        changed = changed.or(Some(table));
                    }
                    None if !matches!(arg, Value::Call(_)) => touch.unknown = Some("the table is decided elsewhere".into()),
                    None => {}
                }
            }
        }
        touch.settle();
        if of == "Table"
            && let Some(table) = changed
        {
            touch.changes = self.changes(kind, &table, links);
        }
    }

    fn changes(&self, kind: &str, table: &str, links: &[&Call]) -> Vec<Change> {
        let table = table.to_owned();
        let column = |arg: &Value| self.first_name(arg, 0);
        let named = |names: &[&str]| -> Vec<String> {
            links.iter().filter(|l| names.contains(&l.name())).filter_map(|l| l.args.first().and_then(column)).collect()
        };
        let keys = |names: &[&str]| -> Vec<Key> {
            let calls = links.iter().filter(|l| names.contains(&l.name())).filter_map(|l| l.args.first().and_then(Value::call));
            calls.filter_map(|c| self.key(&chain(c)).map(|(_, key)| key)).collect()
        };
        match kind {
            "create" => {
                let (columns, keys) = (named(&["col"]), keys(&["foreign_key"]));
                vec![Change::Create { table, is_view: false, columns, keys, lenient: true }]
            }
            "alter" => {
                let mut out = Vec::new();
                for column in named(&["add_column", "add_column_if_not_exists"]) {
                    out.push(Change::AddColumn { table: table.clone(), column });
                }
                for column in named(&["drop_column"]) {
                    out.push(Change::DropColumn { table: table.clone(), column });
                }
                for link in links.iter().filter(|l| l.name() == "rename_column") {
                    if let [from, to, ..] = link.args.as_slice()
                        && let (Some(from), Some(to)) = (column(from), column(to))
                    {
                        out.push(Change::RenameColumn { table: table.clone(), from, to });
                    }
                }
                out.extend(keys(&["add_foreign_key"]).into_iter().map(|key| Change::AddKey { table: table.clone(), key }));
                out
            }
            "drop" => vec![Change::Drop { table, lenient: true }],
            "rename" => {
                let to = links.iter().find(|l| l.name() == "table").and_then(|l| l.args.get(1)).and_then(|a| self.scene.names.iden(a));
                to.map(|to| Change::Rename { table, to }).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// A foreign key, with the table that it is of where that is said.
    fn key(&self, links: &[&Call]) -> Option<(Option<String>, Key)> {
        let iden = |value: &Value| self.scene.names.iden(value);
        let (mut of, mut to) = (None, None);
        let mut columns = Vec::new();
        for link in links {
            let first = link.args.first();
            match link.name() {
                "from" => {
                    of = first.and_then(iden);
                    columns.extend(link.args.get(1).map(|a| self.columns(a)).unwrap_or_default());
                }
                "to" => to = first.and_then(iden),
                "from_tbl" => of = first.and_then(iden),
                "from_col" => columns.extend(first.and_then(iden)),
                "to_tbl" => to = first.and_then(iden),
                _ => {}
            }
        }
        Some((of, Key { columns, to: to? }))
    }

    fn columns(&self, value: &Value) -> Vec<String> {
        match value {
            Value::List(list) => list.iter().filter_map(|v| self.scene.names.iden(v)).collect(),
            value => self.scene.names.iden(value).into_iter().collect(),
        }
    }

    /// The name in `ColumnDef::new(Users::Id).integer()` or `string(Users::Name)`.
    fn first_name(&self, value: &Value, depth: u32) -> Option<String> {
        if depth > 40 {
            return None;
        }
        if let Some(name) = self.scene.names.iden(value) {
            return Some(name);
        }
        let call = value.call()?;
        match call.receiver.as_deref() {
            Some(receiver) => self.first_name(receiver, depth + 1),
            None => call.args.first().and_then(|a| self.first_name(a, depth + 1)),
        }
    }
}
