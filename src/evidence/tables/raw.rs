//! Statements in SQL: sqlx, rusqlite, the drivers of PostgreSQL and MySQL, `sql_query`, sea-orm's `Statement`.
//!
//! Takes: a call. Gives: what the text in its arguments does to tables. A function of a name that anyone may use counts only where an
//! argument is text that begins as SQL does.

use super::sql;
use super::touch::{At, Give, Heard, Scene, Touch, chain};
use crate::model::calls::{Call, CallKind, Path, Value, Word};
use crate::model::codebase::Codebase;
use crate::model::ids::{ItemId, ModuleId};

/// Libraries that run SQL, in the order in which one is taken for what runs it.
const DRIVERS: &[&str] = &[
    "sqlx",
    "rusqlite",
    "tokio_rusqlite",
    "async_sqlite",
    "tokio_postgres",
    "deadpool_postgres",
    "bb8_postgres",
    "postgres",
    "mysql",
    "mysql_async",
    "diesel",
    "diesel_async",
    "sea_orm",
    "sea_orm_migration",
    "libsql",
    "turso",
    "limbo",
    "duckdb",
    "tiberius",
    "clickhouse",
    "r2d2_sqlite",
    "deadpool_sqlite",
    "sqlite",
    "cornucopia",
    "clorinde",
    "refinery",
    "rbatis",
    "rsql_builder",
    "oracle",
    "odbc_api",
    "worker",
    "spin_sdk",
];

/// Functions and macros of sqlx.
const QUERIES: &[&str] = &[
    "query",
    "query_as",
    "query_scalar",
    "query_with",
    "query_as_with",
    "query_scalar_with",
    "raw_sql",
    "query_unchecked",
    "query_as_unchecked",
    "query_scalar_unchecked",
    "sql_query",
    "batch_execute",
];

/// Macros that name a file.
const FILES: &[&str] =
    &["query_file", "query_file_as", "query_file_scalar", "query_file_unchecked", "query_file_as_unchecked", "query_file_scalar_unchecked"];

/// Methods of drivers.
const METHODS: &[&str] = &[
    "execute",
    "query",
    "query_row",
    "query_one",
    "query_opt",
    "query_row_and_then",
    "query_map",
    "query_typed",
    "query_raw",
    "prepare",
    "prepare_cached",
    "prepare_typed",
    "prepare_with",
    "execute_batch",
    "batch_execute",
    "execute_raw",
    "simple_query",
    "simple_exec",
    "exec",
    "exec_drop",
    "exec_first",
    "exec_map",
    "exec_iter",
    "exec_batch",
    "query_drop",
    "query_first",
    "query_iter",
    "query_fold",
    "query_row_as",
    "copy_in",
    "copy_out",
    "copy_in_raw",
    "execute_unprepared",
    "fetch_one",
    "fetch_all",
    "fetch_optional",
    "fetch",
    "query_all",
    "query_scalar",
    "query_as",
    "execute_many",
    "execute_sql",
    "run_sql",
];

/// Functions that make a statement of text, by their last two names.
const MAKERS: &[(&str, &str)] = &[
    ("Statement", "from_string"),
    ("Statement", "from_sql_and_values"),
    ("QueryBuilder", "new"),
    ("QueryBuilder", "with_arguments"),
    ("SqlQuery", "new"),
    ("Query", "query"),
    ("Expr", "cust"),
    ("B", "new_sql"),
];

/// What is listened for.
pub(super) fn words() -> impl Iterator<Item = Word> {
    let names = QUERIES.iter().chain(FILES).chain(METHODS).map(|name| Word::Any(name));
    let more = [Word::Outside("push"), Word::Any("push_str"), Word::Any("push_bind"), Word::Any("push_values"), Word::Any("add_assign")];
    let more = more.into_iter().chain(WRITES.iter().map(|name| Word::Any(name)));
    names.chain(MAKERS.iter().map(|(of, name)| Word::Path(of, name))).chain(more)
}

/// What the call runs.
pub(super) fn read(heard: &Heard<'_>, scene: &Scene<'_>, added: &Additions, give: &mut Give<'_>) {
    let call = heard.call;
    let name = call.name();
    let touch = match call.kind {
        CallKind::Macro if FILES.contains(&name) => file(heard, scene),
        CallKind::Macro if QUERIES.contains(&name) => text(heard, scene, added, true),
        CallKind::Function if is_maker(call) => text(heard, scene, added, true),
        CallKind::Function if QUERIES.contains(&name) => {
            let is_sqlx = call.callee.is_external || call.callee.item.is_none() && call.callee.module.is_none();
            text(heard, scene, added, is_sqlx)
        }
        CallKind::Function | CallKind::Method if METHODS.contains(&name) => text(heard, scene, added, false),
        _ => None,
    };
    if let Some(touch) = touch {
        give(heard.at(), touch);
    }
}

fn is_maker(call: &Call) -> bool {
    let mut names = call.callee.text.rsplit("::");
    let (name, of) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    MAKERS.contains(&(of, name))
}

fn file(heard: &Heard<'_>, scene: &Scene<'_>) -> Option<Touch> {
    let mut touch = heard.touch("sqlx");
    let named = heard.call.args.iter().find_map(|arg| scene.texts.of(arg, heard.whence()).into_iter().next())?;
    match scene.texts.of_package(&named, heard.invocation.file) {
        Some((_, text)) => {
            touch.read(sql::read(&text, scene.dialect));
            touch.checked.push(Some(text));
        }
        None => {
            touch.unknown = Some(format!("the file `{named}` is not there"));
            touch.checked.push(None);
        }
    }
    Some(touch)
}

/// A statement in text; `is_sure` where nothing but SQL can stand there.
fn text(heard: &Heard<'_>, scene: &Scene<'_>, added: &Additions, is_sure: bool) -> Option<Touch> {
    let call = heard.call;
    let module = heard.invocation.from;
    // The statement of a method is its first argument; other functions take a connection or a type before it.
    let looked_at = if call.kind == CallKind::Method { 1 } else { call.args.len() };
    let driver = of_call(call).or_else(|| scene.uses(module, DRIVERS));
    let mut touch = heard.touch(driver.map_or("sql", shown));
    let is_near = driver.is_some_and(|d| of_call(call) == Some(d)) || scene.names_crate(module, DRIVERS).is_some();
    let (mut is_found, mut is_built) = (false, false);
    for arg in call.args.iter().take(looked_at) {
        let mut texts = scene.texts.of(arg, heard.whence());
        let more = added.of(heard, arg);
        if !more.is_empty() {
            let parts = std::iter::once(arg).chain(more);
            texts = scene.texts.join(parts.map(|part| scene.texts.all(part, heard.whence())));
            is_built = true;
        }
        for text in texts {
            let may_be_sql = sql::begins_like_sql(&text) || is_sure && text.contains(char::is_whitespace);
            if !may_be_sql {
                continue;
            }
            let readings = sql::read(&text, scene.dialect);
            // Words of people may begin as SQL does, where anyone gives them to a method of such a name.
            if !is_sure && !is_near && readings.iter().any(|r| r.refused.is_some()) {
                continue;
            }
            is_found = true;
            touch.read(readings);
            if call.kind == CallKind::Macro {
                touch.checked.push(Some(text));
            }
        }
        if is_found {
            return Some(touch);
        }
    }
    let is_query = is_sure && driver.is_some() && !matches!(call.name(), "cust");
    let is_text = is_built || call.args.first().is_some_and(is_text);
    let is_given = is_text && !is_of_workspace(call) && driver.is_some_and(|d| scene.names_crate(module, &[d]).is_some());
    if is_query && !call.args.is_empty() || call.kind == CallKind::Method && is_given && !is_about_values(call) {
        touch.unknown = Some(reason(&call.args));
        if call.kind == CallKind::Macro {
            touch.checked.push(None);
        }
        return Some(touch);
    }
    None
}

/// Is it the run of a statement that was prepared, or of another call?
fn is_about_values(call: &Call) -> bool {
    matches!(call.name(), "query_map" | "fetch_one" | "fetch_all" | "fetch_optional" | "fetch" | "execute_many")
}

/// A method of a type of the workspace's own is run by that, where it says what.
fn is_of_workspace(call: &Call) -> bool {
    call.receiver_type.as_ref().is_some_and(|ty| {
        let own = ty.text.split('<').next().unwrap_or_default();
        !ty.items.is_empty() && !own.contains("::") && !own.starts_with("dyn ")
    })
}

/// A variable or parameter that is text.
fn is_text(value: &Value) -> bool {
    matches!(value, Value::Local(_, Some(ty)) if matches!(ty.text.as_str(), "str" | "alloc::string::String" | "std::string::String" | "String"))
}

fn reason(args: &[Value]) -> String {
    match args.iter().find(|a| matches!(a, Value::Local(..))) {
        Some(Value::Local(name, _)) => format!("the text is in `{name}`, which is set elsewhere"),
        _ => "the text is made at run time".into(),
    }
}

/// The library of which the function or the receiver is.
fn of_call(call: &Call) -> Option<&'static str> {
    let of_path = call.callee.text.split("::").next().filter(|_| call.callee.is_external);
    let of_type = call.receiver_type.as_ref().and_then(|ty| ty.text.split("::").next());
    [of_path, of_type].into_iter().flatten().find_map(|name| DRIVERS.iter().find(|d| **d == name).copied())
}

/// What a library is called.
fn shown(name: &'static str) -> &'static str {
    match name {
        "diesel_async" => "diesel",
        "sea_orm" | "sea_orm_migration" => "sea-orm",
        "tokio_postgres" => "tokio-postgres",
        name => name,
    }
}

/// What is added to a text behind its making: `sql.push_str(…)`, `sql += …`, `write!(sql, …)`, `builder.push(…)`.
#[derive(Default)]
pub(super) struct Additions {
    /// Sorted by place.
    all: Vec<Addition>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Addition {
    at: At,
    by: (ModuleId, Option<ItemId>),
    /// To what it is added.
    to: Value,
    what: Value,
}

/// Methods after which a text is what it was, at another place.
const SAME: &[&str] = &["as_str", "as_ref", "as_mut", "clone", "trim", "trim_end", "into_boxed_str", "as_bytes"];

/// Macros that add to a text.
const WRITES: &[&str] = &["write", "writeln"];

/// Methods that add to a text, and whether they add a parameter.
const ADDS: &[(&str, bool)] =
    &[("push", false), ("push_str", false), ("add_assign", false), ("push_unseparated", false), ("push_bind", true), ("push_values", true)];

impl Additions {
    pub(super) fn read(codebase: &Codebase) -> Self {
        let mut all = Vec::new();
        for invocation in &codebase.invocations {
            if let Some((to, what)) = written(&invocation.call) {
                let at = (invocation.file, invocation.call.line, invocation.call.column);
                all.push(Addition { at, by: (invocation.from, invocation.item), to: to.clone(), what });
            }
            for link in chain(&invocation.call).into_iter().filter(|link| link.kind == CallKind::Method) {
                let Some((_, is_parameter)) = ADDS.iter().find(|(name, _)| *name == link.name()) else { continue };
                let Some(to) = root(link) else { continue };
                let what = link.args.first().filter(|_| !is_parameter).cloned().unwrap_or(Value::Other);
                let at = (invocation.file, link.line, link.column);
                all.push(Addition { at, by: (invocation.from, invocation.item), to: to.clone(), what });
            }
        }
        all.sort();
        all.dedup();
        Additions { all }
    }

    /// In order, what is added to this text, or to the builder that this call makes, before it is run.
    fn of(&self, heard: &Heard<'_>, text: &Value) -> Vec<&Value> {
        let is_builder = matches!(heard.call.name(), "new" | "with_arguments");
        let own = Value::Call(Box::new(heard.call.clone()));
        let to = if is_builder { &own } else { itself(text) };
        if matches!(to, Value::Other | Value::Local(..) | Value::Path(_)) {
            return Vec::new();
        }
        let by = (heard.invocation.from, heard.invocation.item);
        let added = self.all.iter().filter(|a| a.by == by && a.at.0 == heard.invocation.file && a.to == *to);
        added.filter(|a| is_builder || a.at < heard.at()).map(|a| &a.what).collect()
    }
}

/// `write!(sql, " WHERE id = {id}")`: into what, and what.
fn written(call: &Call) -> Option<(&Value, Value)> {
    let (to, what) = call.args.split_first().filter(|_| call.kind == CallKind::Macro && WRITES.contains(&call.name()))?;
    let callee = Path { text: "std::format".into(), is_external: true, item: None, module: None, rest: String::new() };
    let format = Call { callee, args: what.to_vec(), text: None, ..call.clone() };
    Some((to, Value::Call(Box::new(format))))
}

/// A text that is only looked at, or copied, is the text.
fn itself(text: &Value) -> &Value {
    match text {
        Value::Call(call) if call.kind == CallKind::Method && call.args.is_empty() && SAME.contains(&call.name()) => {
            call.receiver.as_deref().filter(|r| matches!(r, Value::Call(_) | Value::Field(..))).map_or(text, itself)
        }
        _ => text,
    }
}

/// What a chain of additions begins with.
fn root(link: &Call) -> Option<&Value> {
    let mut at = link.receiver.as_deref()?;
    while let Value::Call(call) = at {
        match &call.receiver {
            Some(inner) if matches!(call.name(), "push" | "push_str" | "push_bind" | "separated" | "push_unseparated" | "as_mut") => {
                at = inner
            }
            _ => break,
        }
    }
    Some(at)
}
