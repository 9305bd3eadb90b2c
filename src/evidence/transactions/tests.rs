//! Transactions as values, closures and states: what is inside of each, and what is not.

use crate::evidence::tests::{data, gathered};

/// The transactions of a package with these dependencies, a line for each.
fn check(dependencies: &str, code: &str, expected: &str) {
    let named: String = dependencies.split(' ').map(|name| format!("{name} = \"1\"\n")).collect();
    let cargo = format!("//- /Cargo.toml\n[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{named}");
    let (codebase, evidence, _) = gathered(&format!("{cargo}//- /src/lib.rs\n{code}"));
    let mut found: Vec<String> = data(&codebase, &evidence).lines().filter(|l| l.contains(" via [")).map(str::to_owned).collect();
    let mut expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    found.sort();
    expected.sort_unstable();
    assert_eq!(found, expected, "\n{}\n", found.join("\n"));
}

#[test]
fn a_transaction_that_a_function_gives_opens_at_its_callers() {
    check(
        "sqlx",
        "use sqlx::{PgPool, Postgres, Transaction};
pub type Tx = Transaction<'static, Postgres>;
pub struct Db { pool: PgPool }
impl Db {
    pub async fn unit(&self) -> Result<Transaction<'_, Postgres>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(\"INSERT INTO audit VALUES (1)\").execute(&mut *tx).await?;
        Ok(tx)
    }
    pub async fn aliased(&self) -> sqlx::Result<Tx> { self.pool.begin().await }
}
pub async fn place(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.unit().await?;
    sqlx::query(\"INSERT INTO orders VALUES (1)\").execute(&mut *tx).await?;
    tx.commit().await?;
    sqlx::query(\"SELECT 1 FROM prices\").fetch_one(&db.pool).await?;
    Ok(())
}
pub async fn cancel(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.aliased().await.map_err(|e| e)?;
    sqlx::query(\"DELETE FROM orders\").execute(&mut *tx).await?;
    tx.commit().await
}
",
        "
src/lib.rs:13 demo place unit: audit:W orders:W via [Db::unit]
src/lib.rs:20 demo cancel aliased: orders:W via []
",
    );
}

#[test]
fn what_is_not_given_the_transaction_is_not_inside() {
    check(
        "sqlx",
        "use sqlx::{PgPool, Postgres, Transaction, PgConnection};
pub async fn place(pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    insert(&mut tx).await?;
    lines(&mut *tx).await?;
    let mut stock = Stock { tx: &mut tx };
    stock.take().await?;
    audit(pool).await?;
    sqlx::query(\"SELECT 1 FROM settings\").fetch_one(pool).await?;
    Rows::of(tx.as_mut()).add().await?;
    tx.commit().await
}
async fn insert(tx: &mut Transaction<'_, Postgres>) -> Result<(), sqlx::Error> {
    sqlx::query(\"INSERT INTO orders VALUES (1)\").execute(&mut **tx).await?;
    touch(tx).await
}
async fn touch(tx: &mut Transaction<'_, Postgres>) -> Result<(), sqlx::Error> {
    sqlx::query(\"UPDATE customers SET seen = 1\").execute(&mut **tx).await?;
    Ok(())
}
async fn lines(c: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(\"INSERT INTO lines VALUES (1)\").execute(c).await?;
    Ok(())
}
async fn audit(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query(\"INSERT INTO audit VALUES (1)\").execute(pool).await?;
    Ok(())
}
struct Stock<'a> { tx: &'a mut PgConnection }
impl Stock<'_> {
    async fn take(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query(\"UPDATE stock SET n = 1\").execute(&mut *self.tx).await?;
        Ok(())
    }
}
struct Rows<'a>(&'a mut PgConnection);
impl<'a> Rows<'a> {
    fn of(c: &'a mut PgConnection) -> Self { Rows(c) }
    async fn add(self) -> Result<(), sqlx::Error> {
        sqlx::query(\"INSERT INTO rows VALUES (1)\").execute(self.0).await?;
        Ok(())
    }
}
",
        "
src/lib.rs:3 demo place begin: customers:W lines:W orders:W rows:W stock:W via [Rows::add Rows::of Stock::take insert lines touch]
",
    );
}

#[test]
fn a_closure_is_given_the_transaction_by_its_parameter() {
    check(
        "diesel",
        "use diesel::prelude::*;
diesel::table! { orders (id) { id -> Integer, } }
diesel::table! { prices (id) { id -> Integer, } }
pub fn place(other: &mut PgConnection, c: &mut PgConnection) -> QueryResult<()> {
    c.transaction(|conn| {
        insert(conn)?;
        price(other)
    })
}
pub fn old(c: &PgConnection) -> QueryResult<()> {
    c.transaction(|| insert_old(c))
}
fn insert(c: &mut PgConnection) -> QueryResult<()> { diesel::insert_into(orders::table).values(orders::id.eq(1)).execute(c)?; Ok(()) }
fn insert_old(c: &PgConnection) -> QueryResult<()> { diesel::insert_into(orders::table).values(orders::id.eq(1)).execute(c)?; Ok(()) }
fn price(c: &mut PgConnection) -> QueryResult<()> { prices::table.count().get_result::<i64>(c)?; Ok(()) }
",
        "
src/lib.rs:5 demo place transaction: orders:W via [insert]
src/lib.rs:11 demo old transaction: orders:W via [insert_old]
",
    );
}

#[test]
fn a_connection_in_the_state_of_a_transaction_has_all_inside() {
    check(
        "rusqlite",
        "use rusqlite::{Connection, Transaction};
pub struct Store { conn: Connection }
impl Store {
    pub fn save(&self) -> rusqlite::Result<()> {
        let tx = self.conn.unchecked_transaction()?;
        self.rows()?;
        tx.commit()
    }
    pub fn guarded(&mut self) -> rusqlite::Result<()> {
        let _guard = self.start()?;
        self.rows()
    }
    fn start(&self) -> rusqlite::Result<Transaction<'_>> { self.conn.unchecked_transaction() }
    fn rows(&self) -> rusqlite::Result<()> { self.conn.execute(\"DELETE FROM rows\", [])?; Ok(()) }
}
",
        "
src/lib.rs:5 demo Store::save unchecked_transaction: rows:W via [Store::rows]
src/lib.rs:10 demo Store::guarded start: rows:W via [Store::rows]
",
    );
}

#[test]
fn a_query_inside_of_a_statement_that_locks_its_rows_opens_nothing() {
    check(
        "sqlx",
        "pub async fn claim(pool: &sqlx::PgPool) {
    sqlx::query(\"UPDATE jobs SET state = 1 WHERE id IN (SELECT id FROM jobs FOR UPDATE SKIP LOCKED)\").execute(pool).await;
    sqlx::query(\"SELECT 1 FROM settings\").fetch_one(pool).await;
}
pub async fn lock(c: &mut sqlx::PgConnection) {
    sqlx::query(\"SELECT id FROM (SELECT 1 AS id FROM jobs) j FOR UPDATE\").fetch_one(c).await;
}
",
        "
src/lib.rs:6 demo lock for update: jobs:R via []
",
    );
}

#[test]
fn what_is_opened_around_nothing_that_is_known_is_told_as_partial() {
    check(
        "sqlx sentry",
        "pub async fn save(pool: &sqlx::PgPool, rows: Rows) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    rows.write(&mut tx);
    tx.commit().await
}
pub fn traced() { let t = sentry::start_transaction(1); t.finish(); }
",
        "
src/lib.rs:2 demo save begin:  via [] ?
",
    );
    check("regex", "pub fn f(scan: Scan) { let first = scan.begin(); first.go(); }\n", "");
}
