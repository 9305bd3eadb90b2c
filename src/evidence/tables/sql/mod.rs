//! What SQL says: which tables a statement reads and writes, and what it makes of the schema.
//!
//! Takes: the text of one or more statements, in which [`HOLE`] stands for what is not known. Gives: a [`Reading`] of each.
//! 1. `split`: a text into statements. 2. `holes`: something that fits in the place of what is not known. 3. the parser, in each of
//!    [`DIALECTS`] until one takes it. 4. `uses`: tables and what is done to them. 5. `changes`: what becomes of the schema. 6. `scan`:
//!    where no dialect takes it, the names that stand where tables stand.
//!
//! Invariants: no text ends the run; names are lower case, with a schema only where one is written that is not the usual one; a name with
//! a hole in it is never given as a table.

mod changes;
mod holes;
mod scan;
mod split;
#[cfg(test)]
mod tests;
mod uses;

use crate::model::evidence::data::Access;
use serde::{Deserialize, Serialize};
use sqlparser::ast::{Ident, ObjectName, Statement};
use sqlparser::dialect::{Dialect as Grammar, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use std::collections::BTreeSet;

pub(super) use changes::{Change, Key};

/// Stands for what is only known at run time.
pub(in crate::evidence) const HOLE: char = '\u{FFFC}';

/// What stands in a table's place where the name is not known.
const UNKNOWN: &str = "zz_hole";

/// A longer statement is not read: nobody writes it by hand.
pub(super) const LONGEST: usize = 1 << 20;

/// Nor is a text of more than this looked into for statements.
pub(super) const LONGEST_TEXT: usize = 16 << 20;

/// More operators than this in one statement would be a tree as deep: it is scanned.
const OPERATORS: usize = 2_000;

/// In the order in which they are tried: the first that takes a statement says what it means.
const DIALECTS: &[&dyn Grammar] = &[&PostgreSqlDialect {}, &SQLiteDialect {}, &MySqlDialect {}, &GenericDialect {}, &MsSqlDialect {}];

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    PostgreSql,
    Sqlite,
    MySql,
    MsSql,
}

impl Dialect {
    /// That of a database by its name.
    pub(super) fn of_database(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "postgresql" | "postgres" => Some(Dialect::PostgreSql),
            "sqlite" => Some(Dialect::Sqlite),
            "mysql" | "mariadb" => Some(Dialect::MySql),
            "mssql" | "microsoft sql server" => Some(Dialect::MsSql),
            _ => None,
        }
    }

    fn grammar(self) -> &'static dyn Grammar {
        match self {
            Dialect::PostgreSql => &PostgreSqlDialect {},
            Dialect::Sqlite => &SQLiteDialect {},
            Dialect::MySql => &MySqlDialect {},
            Dialect::MsSql => &MsSqlDialect {},
        }
    }
}

/// Schemas that are there without being named.
const USUAL_SCHEMAS: &[&str] = &["public", "main", "dbo"];

/// Schemas and tables of the database itself.
const SYSTEM: &[&str] = &["information_schema", "pg_catalog", "mysql", "performance_schema", "sys"];
const SYSTEM_TABLES: &[&str] = &["dual", "sqlite_master", "sqlite_schema", "sqlite_sequence", "sqlite_temp_master", "sqlite_stat1"];

/// First words of statements.
const BEGINNINGS: &[&str] = &[
    "select", "insert", "update", "delete", "with", "create", "alter", "drop", "replace", "merge", "truncate", "explain", "values", "lock",
    "copy", "rename", "table", "pragma", "begin", "commit", "rollback", "vacuum", "analyze", "set", "show", "call", "declare", "comment",
];

/// First words of statements that touch no table, which dialects have in forms that no parser knows.
const INERT: &[&str] =
    &["pragma", "begin", "commit", "rollback", "vacuum", "set", "show", "use", "savepoint", "release", "comment", "grant", "do"];

/// What can be made, changed and dropped without a table.
const INERT_OBJECTS: &[&str] = &["sequence", "type", "extension", "role", "user", "collation", "domain", "schema", "database", "language"];

/// What one statement says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reading {
    /// Which tables, and what is done to them.
    pub(super) uses: BTreeSet<(String, Access)>,
    /// What becomes of the schema.
    pub(super) changes: Vec<Change>,
    /// There may be more to it.
    pub(super) partial: bool,
    /// A table's name is not known.
    pub(super) unnamed: bool,
    /// Rows are locked for what follows.
    pub(super) locks: bool,
    /// Line in the text on which it begins, from 0.
    pub(super) line: u32,
    /// Why no dialect takes it, where none does.
    pub(super) refused: Option<String>,
}

/// Reads all statements of a text, in whichever dialect takes them: in that first whose SQL it is known to be.
pub(super) fn read(text: &str, first: Option<Dialect>) -> Vec<Reading> {
    if text.len() > LONGEST_TEXT {
        return vec![left_out()];
    }
    split::statements(text).into_iter().map(|(line, statement)| Reading { line, ..read_one(statement, first) }).collect()
}

/// Does it begin as a statement does?
pub(super) fn begins_like_sql(text: &str) -> bool {
    let Some((word, after)) = first_word(text) else { return false };
    BEGINNINGS.contains(&word.as_str()) && after.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
}

/// In lower case, and what stands behind it.
fn first_word(text: &str) -> Option<(String, Option<char>)> {
    let rest = &text[split::first_word(text)?..];
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let after = rest[word.len()..].chars().next();
    Some((word.to_ascii_lowercase(), after))
}

/// Is something of a schema made here?
pub(super) fn declares(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["create table", "create virtual table", "create temp", "create view"].iter().any(|words| lower.contains(words))
}

/// What is said of a statement that is too long.
fn left_out() -> Reading {
    let refused = Some(format!("a statement of more than {} MiB is left out", LONGEST >> 20));
    Reading { partial: true, unnamed: true, refused, ..Reading::default() }
}

fn read_one(statement: &str, first: Option<Dialect>) -> Reading {
    if statement.len() > LONGEST {
        return left_out();
    }
    if is_inert(statement) {
        return Reading::default();
    }
    let (text, hidden) = holes::filled(statement);
    let mut reading = match parse(&text, first) {
        Ok(parsed) => {
            let mut reading = Reading::default();
            for statement in &parsed {
                uses::of(statement, &mut reading);
                changes::of(statement, &mut reading);
            }
            reading
        }
        // What a routine does, it does when it is called; forms of making one are many.
        Err(_) if is_routine(statement) => Reading::default(),
        Err(refused) => Reading { refused: Some(refused), partial: true, ..scan::of(&text) },
    };
    reading.partial |= hidden;
    let named = reading.uses.len();
    reading.uses.retain(|(name, _)| !name.contains(UNKNOWN));
    reading.changes.retain(|change| !change.table().contains(UNKNOWN));
    reading.unnamed |= reading.uses.len() < named;
    reading.uses.retain(|(name, _)| !is_system(name));
    reading
}

/// Does it touch no table, whatever else it does?
fn is_inert(statement: &str) -> bool {
    let Some((word, _)) = first_word(statement) else { return false };
    let second = || statement.split_ascii_whitespace().skip_while(|w| !w.eq_ignore_ascii_case(&word)).nth(1);
    INERT.contains(&word.as_str())
        || matches!(word.as_str(), "create" | "alter" | "drop")
            && second().is_some_and(|what| INERT_OBJECTS.iter().any(|inert| inert.eq_ignore_ascii_case(what)))
}

/// Does it make or change a function or procedure?
fn is_routine(statement: &str) -> bool {
    let Some(at) = split::first_word(statement) else { return false };
    let mut words =
        statement[at..].split_ascii_whitespace().map(str::to_ascii_lowercase).filter(|w| !matches!(w.as_str(), "or" | "replace"));
    words.next().is_some_and(|word| matches!(word.as_str(), "create" | "alter"))
        && words.next().is_some_and(|what| matches!(what.as_str(), "function" | "procedure" | "aggregate" | "operator"))
}

fn parse(text: &str, first: Option<Dialect>) -> Result<Vec<Statement>, String> {
    let operators = text.bytes().filter(|b| b"+-*/|=<>%".contains(b)).count();
    let words = text.split_ascii_whitespace();
    let joining = words.filter(|w| ["and", "or", "union", "except", "intersect"].iter().any(|j| w.eq_ignore_ascii_case(j))).count();
    if joining > OPERATORS || operators > OPERATORS && !text.to_ascii_lowercase().contains("values") || operators > OPERATORS * 50 {
        return Err("too many operators in one statement".into());
    }
    let mut refused = None;
    for dialect in first.map(Dialect::grammar).into_iter().chain(DIALECTS.iter().copied()) {
        match Parser::parse_sql(dialect, text) {
            Ok(statements) => return Ok(statements),
            Err(error) => refused = refused.or(Some(error.to_string())),
        }
    }
    // `?` is an operator to some and a parameter to others: it may be a parameter beside what only they know.
    if text.contains('?')
        && let Ok(statements) = Parser::parse_sql(DIALECTS[0], &text.replace('?', "$1"))
    {
        return Ok(statements);
    }
    Err(refused.unwrap_or_default().trim_start_matches("sql parser error: ").to_owned())
}

/// The name of a table as it is kept.
fn name(name: &ObjectName) -> String {
    let parts: Vec<String> = name.0.iter().filter_map(|part| part.as_ident()).map(ident).collect();
    joined(&parts)
}

fn ident(ident: &Ident) -> String {
    ident.value.to_lowercase()
}

/// The same of a name that code gives in parts.
pub(super) fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [] => String::new(),
        [.., schema, table] if !USUAL_SCHEMAS.contains(schema) && *schema != UNKNOWN => format!("{schema}.{table}"),
        [.., table] => (*table).to_owned(),
    }
}

fn is_system(name: &str) -> bool {
    let schema = name.split_once('.').map(|(schema, _)| schema);
    schema.is_some_and(|s| SYSTEM.contains(&s)) || SYSTEM_TABLES.contains(&name) || name.starts_with("pg_") || name.starts_with("pragma_")
}
