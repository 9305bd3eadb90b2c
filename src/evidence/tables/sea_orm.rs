//! Statements of sea-orm's entities: `user::Entity::find()`, `User::insert(…)`, `model.update(db)`.
//!
//! Takes: the last call of a chain. Gives: tables of the entities that stand in it, and of those to which it joins. What an active model
//! is a row of can be seen in what it was made of: a struct literal, a type, or the query that found it.

use super::names::Names;
use super::rows;
use super::touch::{Give, Heard, Scene, Touch, chain, parts, runs};
use crate::model::calls::{Call, CallKind, Path, Value, Word};
use crate::model::evidence::data::Access;

/// Functions of entities, and what they do.
pub(super) const ENTITY: &[(&str, Access)] = &[
    ("find", Access::Read),
    ("find_by_id", Access::Read),
    ("find_related", Access::Read),
    ("find_with_related", Access::Read),
    ("find_also_related", Access::Read),
    ("find_by_statement", Access::Read),
    ("insert", Access::Write),
    ("insert_many", Access::Write),
    ("update", Access::Write),
    ("update_many", Access::Write),
    ("delete", Access::Write),
    ("delete_many", Access::Write),
    ("delete_by_id", Access::Write),
];
/// Methods of active models.
const ROW: &[&str] = &["insert", "update", "save", "delete", "delete_without_returning", "upsert"];
/// Methods that end a chain, or add to it.
const METHODS: &[&str] = &[
    "one",
    "exec",
    "exec_with_returning",
    "exec_without_returning",
    "paginate",
    "join",
    "join_rev",
    "join_as",
    "inner_join",
    "left_join",
    "right_join",
    "find_also_related",
    "find_with_related",
    "find_related",
    "find_also_linked",
    "load_one",
    "load_many",
    "into_active_model",
];
/// Of these, those that name a table.
const JOINS: &[&str] = &[
    "join",
    "join_rev",
    "join_as",
    "inner_join",
    "left_join",
    "right_join",
    "find_also_related",
    "find_with_related",
    "find_related",
    "load_one",
    "load_many",
];
/// Methods of others, too.
const SHARED: &[&str] = &["all", "stream", "count", "insert", "update", "save", "delete", "filter"];
/// Methods that run what was built, on a connection.
const ENDS: &[&str] = &["one", "all", "exec", "exec_with_returning", "exec_without_returning", "stream", "count", "paginate"];
const CRATES: &[&str] = &["sea_orm", "sea_orm_migration"];

pub(super) fn words() -> impl Iterator<Item = Word> {
    let functions = ENTITY.iter().map(|(name, _)| Word::Function(name));
    functions.chain(METHODS.iter().map(|name| Word::Any(name))).chain(SHARED.iter().map(|name| Word::Outside(name)))
}

pub(super) fn read(heard: &Heard<'_>, scene: &Scene<'_>, give: &mut Give<'_>) {
    if !heard.is_head || super::sea_query::begins(heard.call) || scene.uses(heard.invocation.from, CRATES).is_none() {
        return;
    }
    let mut touch = heard.touch("sea-orm");
    touch.yields = true;
    let mut reader = Reader { names: &scene.names, heard, scene, touch, acts: false, is_rooted: false };
    reader.call(heard.call);
    reader.end(heard.call);
    // A condition names entities, too, and is a part of whatever it is given to.
    if reader.acts && !reader.touch.is_nothing() {
        reader.touch.settle();
        reader.touch.covers = parts(heard);
        give(heard.at(), reader.touch);
    }
}

struct Reader<'r> {
    names: &'r Names<'r>,
    heard: &'r Heard<'r>,
    scene: &'r Scene<'r>,
    touch: Touch,
    /// Something is done, or built to be done.
    acts: bool,
    /// It is seen on what.
    is_rooted: bool,
}

impl Reader<'_> {
    fn call(&mut self, call: &Call) {
        let name = call.name();
        if call.kind == CallKind::Function {
            let entity = self.names.entity(&call.callee).map(|(table, _)| table.to_owned());
            if let Some(table) = entity
                && let Some(access) = self.names.operation(&call.callee)
            {
                self.touch.add(&table, access);
                (self.acts, self.is_rooted) = (true, true);
            }
            if call.callee.item.is_none() {
                call.args.iter().for_each(|arg| self.value(arg));
            } else {
                self.given(call);
            }
            return;
        }
        if call.kind != CallKind::Method {
            return;
        }
        if ROW.contains(&name)
            && let [connection] = call.args.as_slice()
            && call.receiver.as_deref().is_some_and(|r| !matches!(r, Value::Call(c) if self.is_builder(c)))
        {
            self.acts = true;
            match self.row(call).or_else(|| rows::row(self.scene.code, self.names, self.heard.invocation, call)) {
                Some(table) => self.touch.add(&table, Access::Write),
                None if self.is_connection(connection) => self.touch.unknown = Some("the entity is decided elsewhere".into()),
                None => {}
            }
            return;
        }
        self.acts |= JOINS.contains(&name);
        for arg in &call.args {
            if name == "join_rev"
                && let Value::Call(relation) = arg
                && let Some((from, _)) = relation.receiver.as_deref().and_then(Value::path).and_then(|p| self.names.relation(p))
            {
                let from = from.to_owned();
                self.touch.add(&from, Access::Read);
            }
            self.value(arg);
        }
        self.given(call);
        match call.receiver.as_deref() {
            Some(Value::Call(inner)) if !runs(inner) => self.call(inner),
            Some(Value::Call(_)) | None => {}
            Some(value) => self.value(value),
        }
    }

    /// A function of the workspace gives the statement that it builds, or goes on with the one that it is given.
    fn given(&mut self, call: &Call) {
        let Some(function) = self.scene.code.called(self.heard.invocation.file, call) else { return };
        for (table, access) in self.names.built(function) {
            self.touch.add(table, access);
            (self.acts, self.is_rooted) = (true, true);
        }
        let statements = call.args.iter().filter_map(Value::call).filter(|arg| !runs(arg));
        for statement in statements {
            let root = chain(statement)[0];
            if self.names.entity(&root.callee).is_some() && self.names.operation(&root.callee).is_some() {
                self.call(statement);
            }
        }
    }

    /// What is run has a table, and be it one that is not known.
    fn end(&mut self, call: &Call) {
        let [connection] = call.args.as_slice() else {
            if let ("paginate", [connection, _]) = (call.name(), call.args.as_slice()) {
                self.end_on(call, connection);
            }
            return;
        };
        if ENDS.contains(&call.name()) {
            self.end_on(call, connection);
        }
    }

    fn end_on(&mut self, call: &Call, connection: &Value) {
        if self.is_rooted || call.kind != CallKind::Method || !self.is_connection(connection) {
            return;
        }
        let own = self.of_entity(call);
        if !own.is_empty() {
            // Of an entity's own function, how it is run says what it does.
            let access = if call.name().starts_with("exec") { Access::Write } else { Access::Read };
            own.iter().for_each(|table| self.touch.add(table, access));
            self.acts = true;
            return;
        }
        if !self.is_open(call) {
            return;
        }
        self.acts = true;
        if self.touch.uses.is_empty() {
            self.touch.unknown = Some("the statement is built elsewhere".into());
        } else {
            self.touch.partial = true;
        }
    }

    /// Tables of the entities with whose own functions it begins.
    fn of_entity(&self, call: &Call) -> Vec<String> {
        let root = chain(call)[0];
        let begins: Vec<&Call> = match root.receiver.as_deref() {
            Some(Value::Either(list)) => list.iter().filter_map(Value::call).map(|c| chain(c)[0]).collect(),
            _ => vec![root],
        };
        let entities = begins.into_iter().filter(|c| c.kind == CallKind::Function).filter_map(|c| self.names.entity(&c.callee));
        entities.filter(|(_, rest)| rest.starts_with("Entity::")).map(|(table, _)| table.to_owned()).collect()
    }

    /// Does it begin with a variable or a function of the workspace, which may hold any statement?
    fn is_open(&self, call: &Call) -> bool {
        let root = chain(call)[0];
        match (root.kind, root.receiver.as_deref()) {
            // A statement that is given to it is told of where it is made, if that is seen.
            (CallKind::Function, _) if root.name() == "find_by_statement" => {
                let is_given = |value: &Value| matches!(value, Value::Local(..));
                root.args.first().is_some_and(|arg| is_given(arg) || arg.call().is_some_and(|build| build.args.iter().any(is_given)))
            }
            (CallKind::Function, _) => root.callee.item.is_some() || root.callee.text.contains("Entity::"),
            (CallKind::Method, Some(Value::Local(_, ty))) => ty.as_ref().is_none_or(|ty| ty.text.contains("sea_orm")),
            (CallKind::Method, Some(Value::Field(..) | Value::Either(_) | Value::Other)) => true,
            _ => false,
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Path(path) => self.path(path),
            Value::Call(call) if !runs(call) => self.call(call),
            Value::List(list) | Value::Either(list) | Value::Joined(list) => list.iter().for_each(|v| self.value(v)),
            _ => {}
        }
    }

    fn path(&mut self, path: &Path) {
        let of_entity = self.names.entity(path).filter(|(_, rest)| *rest == "Entity").map(|(table, _)| table);
        let table = of_entity.or_else(|| self.names.relation(path).map(|(_, to)| to)).map(str::to_owned);
        if let Some(table) = table {
            self.touch.add(&table, Access::Read);
        }
    }

    /// Is it a statement that is being built, as opposed to a row?
    fn is_builder(&self, call: &Call) -> bool {
        chain(call).first().is_some_and(|root| root.callee.text.starts_with("sea_query") || root.callee.text.ends_with("Query::delete"))
    }

    /// The table of which what the method is called on is a row.
    fn row(&self, call: &Call) -> Option<String> {
        let of_type = call.receiver_type.as_ref().and_then(|ty| self.names.entity_row_of(ty)).map(str::to_owned);
        of_type.or_else(|| self.row_of(call.receiver.as_deref()?))
    }

    fn row_of(&self, value: &Value) -> Option<String> {
        match value {
            Value::Struct(path, _) | Value::Path(path) => self.names.entity(path).map(|(table, _)| table.to_owned()),
            Value::Local(_, ty) => ty.as_ref().and_then(|ty| self.names.entity_row_of(ty)).map(str::to_owned),
            Value::Call(call) => {
                let of_path = self.names.entity(&call.callee).map(|(table, _)| table.to_owned());
                of_path.or_else(|| self.row(call)).or_else(|| {
                    // `ActiveModel::from(…)`, `Some(…)`: what is made of it.
                    let first = call.args.first().filter(|_| call.kind == CallKind::Function)?;
                    self.row_of(first)
                })
            }
            Value::Field(base, _) => self.row_of(base),
            Value::Either(list) => list.iter().find_map(|v| self.row_of(v)),
            _ => None,
        }
    }

    /// Does it look like a connection, where sea-orm is used and waited for?
    fn is_connection(&self, value: &Value) -> bool {
        let (name, ty) = match value {
            Value::Local(name, ty) => (name.as_str(), ty.as_ref().map(|t| t.text.as_str())),
            Value::Field(_, name) => (name.as_str(), None),
            // Whatever is made of the error of getting one.
            Value::Call(call) => {
                let gets = |link: &&&Call| matches!(link.name(), "begin" | "acquire") || link.name().ends_with("connection");
                (chain(call).iter().find(gets).map_or(call.name(), |_| "connection"), None)
            }
            _ => return false,
        };
        let by_type = ty.is_some_and(|t| ["DatabaseConnection", "DatabaseTransaction", "ConnectionTrait"].iter().any(|w| t.contains(w)));
        let parts =
            name.split('_').any(|part| matches!(part, "db" | "conn" | "con" | "connection" | "tx" | "txn" | "transaction" | "pool"));
        (self.heard.is_awaited() || self.heard.call.name() == "paginate")
            && (by_type || parts)
            && self.scene.names_crate(self.heard.invocation.from, CRATES).is_some()
    }
}
