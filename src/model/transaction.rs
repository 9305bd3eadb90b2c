//! How libraries open transactions: the one list of names, which both the front end and evidence go by.
//!
//! Takes: nothing. Gives: [`gives`] and [`runs`], which say what a method of a name does, [`names`] of all of them, and [`is_type`].

/// A method that opens a transaction.
struct Opening {
    name: &'static str,
    /// What comes back is the transaction.
    gives: bool,
    /// It runs the closure that it is given inside of one.
    runs: bool,
}

const fn value(name: &'static str) -> Opening {
    Opening { name, gives: true, runs: false }
}

const fn closure(name: &'static str) -> Opening {
    Opening { name, gives: false, runs: true }
}

const OPENINGS: &[Opening] = &[
    value("begin"),
    value("begin_with"),
    value("begin_with_config"),
    value("begin_immediate"),
    value("begin_transaction"),
    value("start_transaction"),
    value("build_transaction"),
    value(UNCHECKED),
    value("transaction_with_behavior"),
    Opening { name: "transaction", gives: true, runs: true },
    closure("transaction_with_config"),
    closure("immediate_transaction"),
    closure("exclusive_transaction"),
    closure("in_transaction"),
    closure("with_transaction"),
    closure("run_transaction"),
    closure("run_in_transaction"),
    closure("test_transaction"),
    closure("transaction_async"),
];

/// Opens one on a connection that goes on being used beside it: all that runs on that connection is inside.
pub const UNCHECKED: &str = "unchecked_transaction";

/// Methods that end one.
pub const ENDS: &[&str] = &["commit", "rollback"];

/// Libraries whose types are transactions of a database, and not those of money or of a chain.
const LIBRARIES: &[&str] = &[
    "bb8_postgres",
    "deadpool_postgres",
    "duckdb",
    "libsql",
    "mysql",
    "mysql_async",
    "postgres",
    "rusqlite",
    "sea_orm",
    "sqlx",
    "sqlx_core",
    "sqlx_mysql",
    "sqlx_postgres",
    "sqlx_sqlite",
    "tokio_postgres",
    "tokio_rusqlite",
    "turso",
];

/// Their types.
const TYPES: &[&str] = &["Transaction", "DatabaseTransaction", "PgTransaction", "SqliteTransaction", "MySqlTransaction"];

/// All names of methods that open one.
pub fn names() -> impl Iterator<Item = &'static str> {
    OPENINGS.iter().map(|opening| opening.name)
}

/// Does a method of this name give a transaction?
pub fn gives(name: &str) -> bool {
    OPENINGS.iter().any(|opening| opening.gives && opening.name == name)
}

/// Does a method of this name run a closure inside of one?
pub fn runs(name: &str) -> bool {
    OPENINGS.iter().any(|opening| opening.runs && opening.name == name)
}

/// Does this library open transactions of a database?
pub fn is_database(library: &str) -> bool {
    LIBRARIES.contains(&library) || matches!(library, "diesel" | "diesel_async")
}

/// Is the type of this name, of this library, a transaction?
pub fn is_type(library: &str, name: &str) -> bool {
    LIBRARIES.contains(&library) && TYPES.contains(&name)
}
