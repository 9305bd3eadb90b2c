//! A fixture for each technology: what it declares, and who reads (R), writes (W) and makes (D) what; `?` where there may be more.

use crate::evidence::tests::{data, gathered};

/// Tables, statements and transactions of a package with these dependencies.
fn check(dependencies: &str, files: &str, expected: &str) {
    let named: String = dependencies.split(' ').map(|name| format!("{name} = \"1\"\n")).collect();
    let cargo = format!("//- /Cargo.toml\n[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{named}");
    let (codebase, evidence, _) = gathered(&format!("{cargo}{files}"));
    let found = data(&codebase, &evidence);
    let lines = |text: &str| text.trim().lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n");
    assert_eq!(lines(&found), lines(expected), "\n{found}\n");
}

#[test]
fn sqlx() {
    check(
        "sqlx",
        "//- /migrations/1_users.up.sql
CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT);
CREATE TABLE audit.events (id INT, user_id BIGINT REFERENCES users (id));
//- /migrations/1_users.down.sql
DROP TABLE users;
//- /migrations/2_rename.up.sql
ALTER TABLE users RENAME COLUMN name TO login;
ALTER TABLE users ADD COLUMN team_id INT;
CREATE TABLE teams (id INT);
ALTER TABLE users ADD CONSTRAINT fk FOREIGN KEY (team_id) REFERENCES teams (id);
CREATE TABLE gone (id INT);
//- /migrations/10_drop.up.sql
DROP TABLE gone;
CREATE VIEW active AS SELECT * FROM users;
//- /queries/teams.sql
SELECT * FROM teams
//- /src/lib.rs
use sqlx::{query, query_as, QueryBuilder};
const ALL: &str = \"SELECT id, login FROM users\";
pub struct User;
pub async fn reads(pool: &sqlx::PgPool, by: bool, limit: i64) {
    query_as::<_, User>(ALL).fetch_all(pool).await;
    sqlx::query_as!(User, \"SELECT * FROM active WHERE id = $1\", 1).fetch_one(pool).await;
    sqlx::query_file!(\"queries/teams.sql\").fetch_all(pool).await;
    let order = if by { \"id\" } else { \"login\" };
    query(&format!(\"{ALL} ORDER BY {order} LIMIT {limit}\")).fetch_all(pool).await;
}
pub async fn writes(pool: &sqlx::PgPool, table: &str) {
    sqlx::query(concat!(\"INSERT INTO audit.events (user_id) \", \"SELECT id FROM users\")).execute(pool).await;
    let mut builder = QueryBuilder::new(\"DELETE FROM users WHERE id IN (\");
    builder.push_bind(1);
    builder.push(\") AND team_id IN (SELECT id FROM teams)\");
    builder.build().execute(pool).await;
    sqlx::query(&format!(\"DELETE FROM {table}\")).execute(pool).await;
    let mut sql = String::from(\"UPDATE users SET login = 1\");
    sql.push_str(\" WHERE team_id IN (SELECT id FROM teams)\");
    sqlx::query(&sql).execute(pool).await;
    pool.execute(\"UPDATE public.users SET team_id = NULL\").await;
}
pub async fn given(sql: &str) { sqlx::query(sql).execute().await; }
",
        r#"
view active () [migrations/10_drop.up.sql:2]
table audit.events (id, user_id) user_id -> users [migrations/1_users.up.sql:2]
table teams (id) [migrations/2_rename.up.sql:3]
table users (id, login, team_id) team_id -> teams [migrations/1_users.up.sql:1]
src/lib.rs:5 demo reads users:R sqlx
src/lib.rs:6 demo reads active:R sqlx
src/lib.rs:7 demo reads teams:R sqlx
src/lib.rs:9 demo reads users:R sqlx
src/lib.rs:12 demo writes audit.events:W users:R sqlx
src/lib.rs:13 demo writes teams:R users:W sqlx
src/lib.rs:20 demo writes teams:R users:W sqlx
src/lib.rs:21 demo writes users:W sqlx
src/lib.rs:23 demo given unknown sqlx: the text is in `sql`, which is set elsewhere
src/lib.rs:17 demo writes unknown sqlx: a table's name is decided at run time
"#,
    );
}

#[test]
fn rusqlite_and_drivers_of_postgres() {
    check(
        "rusqlite tokio-postgres",
        "//- /src/lib.rs
pub mod lite {
    use rusqlite::{Connection, params};
    const SCHEMA: &str = \"
CREATE TABLE IF NOT EXISTS notes (id INTEGER, title TEXT, folder INTEGER REFERENCES folders (id));
CREATE TABLE IF NOT EXISTS folders (id INTEGER);\";
    pub fn open(c: &mut Connection) {
        c.execute_batch(SCHEMA);
        let tx = c.transaction().unwrap();
        tx.execute(\"INSERT INTO notes (title) VALUES (?1)\", params![1]);
        let mut s = tx.prepare(\"SELECT title FROM notes n JOIN folders f ON f.id = n.folder\").unwrap();
        s.query([]).unwrap();
        tx.commit();
        c.query_row(\"SELECT count(*) FROM folders\", [], |r| r.get(0));
    }
    pub fn any(c: &Connection, sql: &str) { c.execute(sql, []); }
}
pub mod pg {
    use tokio_postgres::Client;
    pub async fn f(client: &Client) {
        client.query_one(\"SELECT * FROM orders WHERE id = $1 FOR UPDATE\", &[]).await;
        client.batch_execute(\"BEGIN; DELETE FROM orders; COMMIT\").await;
    }
}
pub mod other {
    pub struct Cache;
    impl Cache { pub fn query(&self, text: &str) {} }
    pub fn f(c: &Cache) { c.query(\"update the weather\"); c.query(\"name\"); }
}
",
        r#"
table folders (id) [src/lib.rs:5 src/lib.rs:7]
table notes (id, title, folder) folder -> folders [src/lib.rs:4 src/lib.rs:7]
table orders () []
src/lib.rs:7 demo::lite open folders:D notes:D rusqlite
src/lib.rs:9 demo::lite open notes:W rusqlite
src/lib.rs:10 demo::lite open folders:R notes:R rusqlite
src/lib.rs:13 demo::lite open folders:R rusqlite
src/lib.rs:20 demo::pg f orders:R tokio-postgres
src/lib.rs:21 demo::pg f orders:W tokio-postgres
src/lib.rs:15 demo::lite any unknown rusqlite: the text is in `sql`, which is set elsewhere
src/lib.rs:8 demo::lite open transaction: folders:R notes:R notes:W via []
src/lib.rs:20 demo::pg f for update: orders:R orders:W via []
"#,
    );
}

#[test]
fn diesel() {
    check(
        "diesel",
        "//- /migrations/1_base/up.sql
CREATE TABLE posts (id INT, user_id INT REFERENCES users (id));
//- /migrations/1_base/down.sql
DROP TABLE posts;
//- /src/lib.rs
pub mod schema {
    diesel::table! {
        /// People.
        users (id) {
            id -> Integer,
            #[sql_name = \"type\"]
            kind -> Nullable<Text>,
            pairs -> Array<Nullable<Text>>,
        }
    }
    diesel::table! { posts (id) { id -> Integer, user_id -> Integer, } }
    diesel::table! { audit.events (id) { id -> Integer, } }
    diesel::table! { #[sql_name = \"people_tags\"] tags (id) { id -> Integer, } }
    diesel::joinable!(posts -> users (user_id));
}
pub mod models {
    #[derive(Identifiable, AsChangeset)]
    #[diesel(table_name = crate::schema::users)]
    pub struct User { pub id: i32 }
    #[derive(Associations, Identifiable)]
    #[diesel(table_name = crate::schema::posts, belongs_to(User))]
    pub struct Post { pub id: i32 }
}
pub mod plain {
    use crate::schema::{posts, users as people, events};
    use diesel::prelude::*;
    pub fn f(c: &mut PgConnection) {
        people::table.inner_join(posts::table.on(posts::user_id.eq(people::id))).load::<i32>(c);
        people::table.filter(people::id.eq_any(posts::table.select(posts::user_id))).first(c);
        diesel::insert_into(events::table).values(events::id.eq(1)).execute(c);
        diesel::insert_into(posts::table).values(people::table.select(people::id)).execute(c);
        diesel::delete(posts::table.filter(posts::id.eq(1))).execute(c);
        let mut query = posts::table.into_boxed();
        query = query.filter(posts::id.gt(1));
        query.load::<i32>(c);
    }
}
pub mod dsl {
    use diesel::prelude::*;
    use diesel::{insert_into, update};
    pub fn f(c: &mut PgConnection, user: crate::models::User, form: &crate::models::User) {
        use crate::schema::tags::dsl::*;
        use crate::schema::users::dsl::{users, id as user_id};
        tags.filter(id.eq(1)).load::<i32>(c);
        update(users.find(1)).set(form).execute(c);
        update(&user).set(form).execute(c);
        form.save_changes::<crate::models::User>(c);
        crate::models::Post::belonging_to(&user).load::<i32>(c);
        insert_into(tags).values(user_id.eq(1)).execute(c);
        diesel::sql_query(\"SELECT * FROM audit.events\").load::<i32>(c);
    }
    pub fn all(c: &mut PgConnection) { c.transaction(|c| { crate::plain::f(c); tags_of(c) }); }
    fn tags_of(c: &mut PgConnection) { crate::schema::tags::table.count().get_result::<i64>(c); }
}
",
        r#"
table audit.events (id) [src/lib.rs:12]
table people_tags (id) [src/lib.rs:13]
table posts (id, user_id) user_id -> users [migrations/1_base/up.sql:1 src/lib.rs:11]
table users (id, type, pairs) [src/lib.rs:4]
src/lib.rs:44 demo::dsl f people_tags:R diesel
src/lib.rs:45 demo::dsl f users:W diesel
src/lib.rs:46 demo::dsl f users:W diesel
src/lib.rs:47 demo::dsl f users:W diesel
src/lib.rs:48 demo::dsl f posts:R diesel
src/lib.rs:49 demo::dsl f people_tags:W diesel
src/lib.rs:50 demo::dsl f audit.events:R diesel
src/lib.rs:53 demo::dsl tags_of people_tags:R diesel
src/lib.rs:28 demo::plain f posts:R users:R diesel
src/lib.rs:29 demo::plain f posts:R users:R diesel
src/lib.rs:30 demo::plain f audit.events:W diesel
src/lib.rs:31 demo::plain f posts:W users:R diesel
src/lib.rs:32 demo::plain f posts:W diesel
src/lib.rs:35 demo::plain f posts:R diesel
src/lib.rs:52 demo::dsl all transaction: audit.events:W people_tags:R posts:R posts:W users:R via [tags_of f]
"#,
    );
}

#[test]
fn sea_orm() {
    check(
        "sea-orm sea-orm-migration",
        "//- /src/lib.rs
pub mod entity {
    pub mod cake {
        use sea_orm::entity::prelude::*;
        #[derive(DeriveEntityModel)]
        #[sea_orm(table_name = \"cake\", schema_name = \"shop\")]
        pub struct Model { #[sea_orm(primary_key)] pub id: i32, #[sea_orm(column_name = \"label\")] pub name: String }
        #[derive(DeriveRelation)]
        pub enum Relation { #[sea_orm(has_many = \"super::fruit::Entity\")] Fruit }
    }
    pub mod fruit {
        use sea_orm::entity::prelude::*;
        #[derive(DeriveEntityModel)]
        #[sea_orm(table_name = \"fruit\")]
        pub struct Model { pub id: i32, pub cake_id: i32 }
        #[derive(DeriveRelation)]
        pub enum Relation {
            #[sea_orm(belongs_to = \"super::cake::Entity\", from = \"Column::CakeId\", to = \"super::cake::Column::Id\")] Cake,
        }
    }
    pub mod prelude { pub use super::cake::Entity as Cake; pub use super::fruit::Entity as Fruit; }
}
pub mod shop {
    use crate::entity::{cake, fruit, prelude::*};
    use sea_orm::{DatabaseConnection, EntityTrait, Set, Statement};
    pub async fn reads(db: &DatabaseConnection) -> Option<fruit::Model> {
        Cake::find().find_with_related(Fruit).all(db).await;
        cake::Entity::find().join(JoinType::LeftJoin, cake::Relation::Fruit.def()).one(db).await;
        Fruit::find_by_id(1).one(db).await
    }
    pub async fn writes(db: &DatabaseConnection, given: fruit::Model) {
        cake::ActiveModel { name: Set(1), ..Default::default() }.insert(db).await;
        let mut found: fruit::ActiveModel = reads(db).await.unwrap().into();
        found.update(db).await;
        if let Some(one) = Cake::find_by_id(1).one(db).await { one.delete(db).await; }
        Fruit::delete_many().exec(db).await;
        given.delete(db).await;
        let tx = db.begin().await;
        fruit::Entity::insert_many([1]).exec(&tx).await;
        Statement::from_string(1, \"DELETE FROM crumbs\");
        tx.commit().await;
    }
    pub async fn generic<M>(db: &DatabaseConnection, model: M) { model.delete(db).await; }
}
pub mod query {
    use sea_query::{Query, Table, ColumnDef, ForeignKey, Alias};
    #[derive(Iden)]
    enum Bakery { Table, Id, #[iden = \"cake_no\"] CakeId }
    #[derive(DeriveIden)]
    #[sea_orm(iden = \"ovens\")]
    enum Oven { Table, Id }
    pub fn build() {
        Query::select().column(Bakery::Id).from(Bakery::Table).inner_join(Oven::Table, 1).to_owned();
        let mut insert = Query::insert();
        insert.into_table(Alias::new(\"Loaves\"));
        Query::delete().from_table(crate::entity::fruit::Entity);
    }
    pub async fn up(manager: &SchemaManager) {
        manager.create_table(Table::create().table(Bakery::Table).if_not_exists()
            .col(ColumnDef::new(Bakery::Id).integer()).col(integer(Bakery::CakeId))
            .foreign_key(ForeignKey::create().from(Bakery::Table, Bakery::CakeId).to(Oven::Table, Oven::Id)).to_owned()).await;
    }
    pub async fn down(manager: &SchemaManager) { manager.drop_table(Table::drop().table(Bakery::Table).to_owned()).await; }
}
",
        r#"
table bakery (id, cake_no) cake_no -> ovens [src/lib.rs:58]
table crumbs () []
table fruit (id, cake_id) cake_id -> shop.cake [src/lib.rs:14]
table loaves () []
table ovens () []
table shop.cake (id, label) [src/lib.rs:6]
src/lib.rs:52 demo::query build bakery:R ovens:R sea-query
src/lib.rs:53 demo::query build loaves:W sea-query
src/lib.rs:55 demo::query build fruit:W sea-query
src/lib.rs:62 demo::query down bakery:D sea-query
src/lib.rs:58 demo::query up bakery:D sea-query
src/lib.rs:26 demo::shop reads fruit:R shop.cake:R sea-orm
src/lib.rs:27 demo::shop reads fruit:R shop.cake:R sea-orm
src/lib.rs:28 demo::shop reads fruit:R sea-orm
src/lib.rs:31 demo::shop writes shop.cake:W sea-orm
src/lib.rs:33 demo::shop writes fruit:W sea-orm
src/lib.rs:34 demo::shop writes shop.cake:R sea-orm
src/lib.rs:34 demo::shop writes shop.cake:W sea-orm
src/lib.rs:35 demo::shop writes fruit:W sea-orm
src/lib.rs:36 demo::shop writes fruit:W sea-orm
src/lib.rs:38 demo::shop writes fruit:W sea-orm
src/lib.rs:39 demo::shop writes crumbs:W sea-orm
src/lib.rs:42 demo::shop generic unknown sea-orm: the entity is decided elsewhere
src/lib.rs:37 demo::shop writes begin: crumbs:W fruit:W via []
"#,
    );
}

#[test]
fn redis_and_mongodb() {
    check(
        "redis mongodb",
        "//- /src/lib.rs
pub mod cache {
    use redis::AsyncCommands;
    const PREFIX: &str = \"session\";
    pub async fn f(con: &mut redis::aio::Connection, id: u32, key: &str) {
        let _: () = con.set(format!(\"{PREFIX}:{id}\"), 1).await.unwrap();
        let _: String = con.get(\"config\").await.unwrap();
        con.hset::<_, _, _, ()>(format!(\"user:{}:flags\", id), \"a\", 1).await;
        redis::cmd(\"DEL\").arg(\"config\").query_async(con).await;
        con.del(key).await;
    }
    pub fn other(map: &std::collections::HashMap<&str, u32>) { map.get(\"nothing\"); }
}
pub mod documents {
    use mongodb::Database;
    pub async fn f(db: &Database) {
        db.collection::<u32>(\"orders\").insert_one(1).await;
        let users = db.collection::<u32>(\"users\");
        users.find_one_and_update(1, 2).await;
        users.find(1).await;
    }
}
pub mod plain { pub fn f(map: &Map) { map.get(\"nothing\"); } }
",
        r#"
keys config () []
collection orders () []
keys session:* () []
keys user:* () []
collection users () []
src/lib.rs:5 demo::cache f session:*:W redis
src/lib.rs:6 demo::cache f config:R redis
src/lib.rs:7 demo::cache f user:*:W redis
src/lib.rs:8 demo::cache f config:W redis
src/lib.rs:16 demo::documents f orders:W mongodb
src/lib.rs:18 demo::documents f users:R users:W mongodb
src/lib.rs:19 demo::documents f users:R mongodb
src/lib.rs:9 demo::cache f unknown redis: the key is decided at run time
"#,
    );
}

#[test]
fn migrations_that_contradict_are_told_and_the_rest_goes_on() {
    let (codebase, evidence, diagnostics) = gathered(
        "//- /db/migrations/V1__a.sql
CREATE TABLE a (id INT);
//- /db/migrations/V2__b.sql
CREATE TABLE a (id INT);
ALTER TABLE nothing ADD COLUMN x INT;
CREATE FROBNICATION;
//- /db/migrations/V10__c.sql
CREATE TABLE c (id INT);
DROP TABLE never;
-- migrate:down
DROP TABLE c;
//- /src/lib.rs
",
    );
    assert_eq!(
        data(&codebase, &evidence).trim(),
        "table a (id) [db/migrations/V1__a.sql:1 db/migrations/V2__b.sql:1]\ntable c (id) [db/migrations/V10__c.sql:1]"
    );
    let told: Vec<String> =
        diagnostics.iter().map(|d| format!("{} {} {}", d.severity.name(), d.code, d.site.as_ref().expect("a place"))).collect();
    assert_eq!(
        told,
        [
            "note sql-not-understood db/migrations/V2__b.sql:3",
            "warning contradicting-migration db/migrations/V2__b.sql:1",
            "warning contradicting-migration db/migrations/V10__c.sql:2",
            "warning contradicting-migration db/migrations/V2__b.sql:2",
        ]
    );
}

#[test]
fn a_table_that_everybody_uses_ties_less() {
    let modules: String = (0..6)
        .map(|i| {
            format!("pub mod m{i} {{ pub fn f() {{ sqlx::query(\"SELECT * FROM hub\"); sqlx::query(\"DELETE FROM t{}\"); }} }}\n", i / 2)
        })
        .collect();
    let (_, evidence, _) = gathered(&format!("//- /src/lib.rs\n{modules}"));
    let ties: Vec<String> = evidence
        .ties
        .iter()
        .map(|t| format!("{} {:?}", t.subject, t.members.iter().map(|(_, w)| (w * 1000.0).round() / 1000.0).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        ties,
        ["table hub [0.155, 0.155, 0.155, 0.155, 0.155, 0.155]", "table t0 [1.0, 1.0]", "table t1 [1.0, 1.0]", "table t2 [1.0, 1.0]",]
    );
}

#[test]
fn transactions_end_where_they_are_committed_and_reach_what_they_call() {
    check(
        "sqlx",
        "//- /src/lib.rs
pub mod a {
    pub async fn f(pool: &sqlx::PgPool) {
        let tx = pool.begin().await.unwrap();
        sqlx::query(\"DELETE FROM one\").execute(&tx).await;
        crate::b::g(&tx).await;
        tx.commit().await;
        let tx = pool.begin().await.unwrap();
        sqlx::query(\"DELETE FROM two\").execute(&tx).await;
        tx.rollback().await;
        sqlx::query(\"DELETE FROM three\").execute(pool).await;
    }
    #[transactional] pub async fn h(pool: &sqlx::PgPool) { sqlx::query(\"DELETE FROM four\").execute(pool).await; }
}
pub mod b {
    pub async fn g<T>(tx: T) { sqlx::query(\"UPDATE five SET x = 1\").execute(tx).await; }
}
",
        r#"
table five () []
table four () []
table one () []
table three () []
table two () []
src/lib.rs:4 demo::a f one:W sqlx
src/lib.rs:8 demo::a f two:W sqlx
src/lib.rs:10 demo::a f three:W sqlx
src/lib.rs:12 demo::a h four:W sqlx
src/lib.rs:15 demo::b g five:W sqlx
src/lib.rs:3 demo::a f begin: five:W one:W via [g]
src/lib.rs:7 demo::a f begin: two:W via []
src/lib.rs:12 demo::a h #[transactional]: four:W via []
"#,
    );
}

#[test]
fn what_sqlx_keeps_beside_the_code_decides_the_dialect_and_tells_what_is_not_seen() {
    let query = |hash: &str, text: &str| {
        format!(
            "//- /.sqlx/query-{hash}.json\n{{\"db_name\": \"MySQL\", \"query\": \"{text}\", \"describe\": {{\"columns\": []}}, \"hash\": \"{hash}\"}}\n"
        )
    };
    let fixture = [
        "//- /Cargo.toml\n[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nsqlx = \"0.8\"\n".to_owned(),
        query("a1", "SELECT id\\n  FROM orders"),
        query("a2", "DELETE FROM outbox"),
        query("a3", "SELECT 1"),
        query("a4", "SELECT * FROM outbox"),
        "//- /.sqlx/query-bad.json\n{\n  \"db_name\": \"MySQL\",\n  \"query\": \n".to_owned(),
        "//- /src/lib.rs\npub async fn f(c: &mut sqlx::MySqlConnection) {
    sqlx::query!(\"SELECT id FROM orders\").fetch_all(c).await;
    sqlx::query!(\"SELECT 1\").fetch_all(c).await;
    sqlx::query!(\"INSERT INTO orders SET `id` = 1\").execute(c).await;
}\n"
        .to_owned(),
    ];
    let (codebase, evidence, diagnostics) = gathered(&fixture.concat());
    assert_eq!(data(&codebase, &evidence), "table orders () []\nsrc/lib.rs:2 demo f orders:R sqlx\nsrc/lib.rs:4 demo f orders:W sqlx\n");
    let tables = &evidence.sources[0];
    assert_eq!((tables.found, tables.unknown), (2, 2));
    assert_eq!(
        tables.note.as_deref(),
        Some("2 statements of sqlx's offline metadata, on outbox, stand nowhere in the code that is read: where is not known")
    );
    let told: Vec<String> = diagnostics.iter().map(|d| format!("{} {}", d.code, d.site.as_ref().expect("a place"))).collect();
    assert_eq!(told, ["unreadable-query-metadata .sqlx/query-bad.json:4"]);
}

#[test]
fn the_older_file_of_all_statements_is_read_too() {
    let fixture = "//- /Cargo.toml
[package]
name = \"demo\"
version = \"0.1.0\"
edition = \"2021\"
[dependencies]
sqlx = \"0.5\"
//- /sqlx-data.json
{\"db\": \"PostgreSQL\", \"00aa\": {\"query\": \"UPDATE stock SET n = $1\", \"describe\": {}}, \"00bb\": {\"describe\": {}, \"query\": \"SELECT n FROM stock\"}}
//- /queries/stock.sql
SELECT n
FROM stock
//- /src/lib.rs
pub async fn f(c: &mut sqlx::PgConnection) { sqlx::query_file!(\"queries/stock.sql\").fetch_all(c).await; }
";
    let (codebase, evidence, _) = gathered(fixture);
    assert_eq!(data(&codebase, &evidence), "table stock () []\nsrc/lib.rs:1 demo f stock:R sqlx\n");
    let tables = &evidence.sources[0];
    assert_eq!(
        (tables.unknown, tables.note.as_deref()),
        (1, Some("1 statement of sqlx's offline metadata, on stock, stands nowhere in the code that is read: where is not known"))
    );
}

#[test]
fn statements_that_are_put_together_line_by_line() {
    check(
        "sqlx rusqlite",
        "//- /src/lib.rs
use std::fmt::Write;
const TABLE: &str = \"orders\";
pub async fn added(pool: &sqlx::PgPool, only: bool) {
    let mut sql = String::from(\"SELECT * FROM orders o\");
    if only { sql += \" JOIN lines l ON l.order_id = o.id\"; }
    sql += \" WHERE o.id = $1\";
    sqlx::query(sql.as_str()).fetch_all(pool).await;
}
pub fn written(c: &rusqlite::Connection, by: &str, n: u32) {
    let mut sql = String::new();
    let mut seen = String::new();
    write!(sql, \"DELETE FROM {TABLE} WHERE {by} IN (\").unwrap();
    write!(&mut sql, \"SELECT id FROM gone LIMIT {n})\").unwrap();
    seen += \"SELECT * FROM nothing\";
    c.execute(&sql, []).unwrap();
}
pub fn from_nothing(c: &rusqlite::Connection, table: &str) {
    let mut sql = \"SELECT count(*) FROM \".to_string();
    sql += table;
    c.execute(&sql, []).unwrap();
    let mut other = String::new();
    other += table;
    c.execute(&other, []).unwrap();
}
pub fn numbers() { let mut n = 1; n += 2; }
",
        r#"
table gone () []
table lines () []
table orders () []
src/lib.rs:7 demo added lines:R orders:R sqlx
src/lib.rs:15 demo written gone:R orders:W rusqlite ?
src/lib.rs:20 demo from_nothing unknown rusqlite: a table's name is decided at run time
src/lib.rs:23 demo from_nothing unknown rusqlite: the text is made at run time
"#,
    );
}

#[test]
fn diesel_behind_globs_and_queries_of_types() {
    check(
        "diesel",
        "//- /src/lib.rs
pub mod schema {
    diesel::table! { versions (id) { id -> Integer, crate_id -> Integer, } }
    diesel::table! { crates (id) { id -> Integer, name -> Text, } }
}
pub mod globs {
    use crate::schema::*;
    use diesel::prelude::*;
    pub fn f(c: &mut PgConnection) {
        versions::table.filter(versions::id.eq(1)).first::<i32>(c);
        versions::table.inner_join(crates::table).load::<i32>(c);
        diesel::insert_into(crates::table).values(crates::name.eq(\"a\")).on_conflict(crates::table.primary_key()).execute(c);
    }
}
pub mod rows {
    use crate::schema::*;
    use diesel::prelude::*;
    #[derive(HasQuery)]
    #[diesel(base_query = versions::table.inner_join(crates::table))]
    pub struct Row { pub id: i32 }
    pub fn f(c: &mut PgConnection) { Row::query().filter(versions::id.eq(1)).load(c); }
}
pub mod other {
    pub struct Cache;
    impl Cache { pub fn update(&self, c: &mut diesel::PgConnection) {} }
    pub fn f(row: crate::rows::Row, c: &mut diesel::PgConnection) { row.update(c); }
}
",
        r#"
table crates (id, name) [src/lib.rs:3]
table versions (id, crate_id) [src/lib.rs:2]
src/lib.rs:9 demo::globs f versions:R diesel
src/lib.rs:10 demo::globs f crates:R versions:R diesel
src/lib.rs:11 demo::globs f crates:W diesel
src/lib.rs:20 demo::rows f crates:R versions:R diesel
"#,
    );
}

#[test]
fn functions_that_people_give_an_entity_do_what_they_are_made_of() {
    check(
        "sea-orm",
        "//- /src/lib.rs
pub mod order {
    use sea_orm::entity::prelude::*;
    #[derive(DeriveEntityModel)]
    #[sea_orm(table_name = \"orders\")]
    pub struct Model { #[sea_orm(primary_key)] pub id: i32, pub shop: i32 }
    impl Entity {
        pub fn of_shop(shop: i32) -> Select<Entity> { Self::find().filter(Column::Shop.eq(shop)) }
        pub fn forget(shop: i32) -> DeleteMany<Entity> { Self::delete_many().filter(Column::Shop.eq(shop)) }
        pub fn open(shop: i32) -> Select<Entity> { Self::of_shop(shop).filter(Column::Id.gt(1)) }
        pub fn any(shop: i32) -> Select<Entity> { made(shop) }
    }
}
pub mod shop {
    use crate::order;
    use sea_orm::DatabaseConnection;
    pub async fn f(db: &DatabaseConnection) {
        order::Entity::of_shop(1).one(db).await;
        order::Entity::forget(1).exec(db).await;
        order::Entity::open(1).all(db).await;
        order::Entity::any(1).one(db).await;
    }
}
",
        r#"
table orders (id, shop) [src/lib.rs:5]
src/lib.rs:17 demo::shop f orders:R sea-orm
src/lib.rs:18 demo::shop f orders:W sea-orm
src/lib.rs:19 demo::shop f orders:R sea-orm
src/lib.rs:20 demo::shop f orders:R sea-orm
"#,
    );
}

#[test]
fn migrations_named_by_dates_with_and_without_dashes_are_in_the_order_of_time() {
    let (codebase, evidence, diagnostics) = gathered(
        "//- /Cargo.toml
[package]
name = \"demo\"
version = \"0.1.0\"
edition = \"2021\"
//- /migrations/20140924113530_base/up.sql
CREATE TABLE old (id INT);
//- /migrations/2018-11-30-101500_next/up.sql
ALTER TABLE old RENAME TO new;
//- /migrations/20190101000000_last/up.sql
ALTER TABLE new ADD COLUMN name TEXT;
//- /src/lib.rs
",
    );
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let expected = "table new (id, name) [migrations/20140924113530_base/up.sql:1]\n";
    assert_eq!(data(&codebase, &evidence), expected);
}

#[test]
fn texts_that_are_alike_are_one_and_a_wrapper_speaks_for_itself() {
    check(
        "sqlx rusqlite",
        "//- /src/lib.rs
pub mod a {
    pub async fn f(pool: &sqlx::PgPool, one: bool, two: bool) {
        let join = if one { \"JOIN links l ON true\".to_string() } else if two { \"JOIN links l ON true\".to_string() } else { String::new() };
        let tags = if one { \"JOIN tags t ON true\" } else if two { \"JOIN tags t ON true\" } else { \"\" };
        let more = if one { \" \" } else { \"\" };
        let sql = format!(\"SELECT * FROM torrents {join} {tags}{more}\");
        sqlx::query(&sql).fetch_all(pool).await;
    }
}
pub mod b {
    use rusqlite::Connection;
    pub struct Dao { conn: Connection }
    impl Dao {
        fn execute(&self, sql: &str) { self.conn.execute(sql, []).unwrap(); }
        pub fn f(&self, sql: &str) { self.execute(sql); self.execute(\"DELETE FROM users\"); }
    }
}
",
        r#"
table links () []
table tags () []
table torrents () []
table users () []
src/lib.rs:7 demo::a f links:R tags:R torrents:R sqlx
src/lib.rs:15 demo::b Dao::f users:W rusqlite
src/lib.rs:14 demo::b Dao::execute unknown rusqlite: the text is in `sql`, which is set elsewhere
"#,
    );
}

#[test]
fn keys_of_redis_on_a_connection_that_is_got_on_the_way() {
    check(
        "redis",
        "//- /src/lib.rs
use redis::{AsyncCommands, Commands};
pub fn f(client: &redis::Client) -> Result<(), String> {
    let mut c = client.get_connection().map_err(|e| e.to_string())?;
    let _: String = c.get(\"artifact\").map_err(|e| e.to_string())?;
    let _: () = c.zadd_multiple(\"queue\", &[(1, 2)]).map_err(|e| e.to_string())?;
    let _: u64 = c.xlen(\"events\").map_err(|e| e.to_string())?;
    Ok(())
}
",
        r#"
keys artifact () []
keys events () []
keys queue () []
src/lib.rs:4 demo f artifact:R redis
src/lib.rs:5 demo f queue:W redis
src/lib.rs:6 demo f events:R redis
"#,
    );
}

#[test]
fn rows_of_entities_by_what_is_written_of_a_variable_and_statements_built_elsewhere() {
    check(
        "sea-orm",
        "//- /src/lib.rs
pub mod order {
    use sea_orm::entity::prelude::*;
    #[derive(DeriveEntityModel)]
    #[sea_orm(table_name = \"orders\")]
    pub struct Model { #[sea_orm(primary_key)] pub id: i32, pub shop: i32 }
    impl ActiveModel {
        pub async fn keep(self, db: &DatabaseConnection) { self.insert(db).await; }
    }
}
pub mod line {
    use sea_orm::entity::prelude::*;
    #[derive(DeriveEntityModel)]
    #[sea_orm(table_name = \"lines\")]
    pub struct Model { #[sea_orm(primary_key)] pub id: i32 }
}
pub mod shop {
    use crate::{line, order};
    use sea_orm::{DatabaseConnection, EntityTrait, Select};
    pub struct Done(order::ActiveModel);
    pub struct Context { first: line::ActiveModel }
    pub struct Holder { row: line::ActiveModel }
    impl Holder {
        pub async fn keep(self, db: &DatabaseConnection) { self.row.insert(db).await; }
    }
    pub async fn given(db: &DatabaseConnection, mut one: order::ActiveModel, all: Vec<line::ActiveModel>) {
        one.shop = 1;
        one.update(db).await;
        for each in all { each.insert(db).await; }
    }
    pub async fn taken(db: &DatabaseConnection, Done(mut row): Done, Context { first, .. }: Context, data: u8) {
        row.insert(db).await;
        first.update(db).await;
        let (a, b) = (order::ActiveModel::new(1), 2);
        let mut made: line::ActiveModel = data.into();
        made.insert(db).await;
        let app = order::ActiveModel::new(1);
        let mut pair = (app, 1);
        let (app, more) = pair;
        app.insert(db).await;
    }
    pub async fn built(db: &DatabaseConnection, id: i32) {
        open(1).all(db).await;
        page(order::Entity::find(), id).all(db).await;
    }
    fn open(shop: i32) -> Select<order::Entity> { order::Entity::find().filter(order::Column::Shop.eq(shop)) }
    fn page<Q>(query: Q, id: i32) -> Q { query }
    pub async fn any<Q>(db: &DatabaseConnection, query: Q) {
        query.all(db).await;
        query.find_also_related(line::Entity).one(db).await;
    }
    pub struct Row;
    pub async fn given_built(db: &DatabaseConnection, statement: Q) { Row::find_by_statement(db.build(&statement)).one(db).await; }
}
",
        r#"
table lines (id) [src/lib.rs:14]
table orders (id, shop) [src/lib.rs:5]
src/lib.rs:7 demo::order ActiveModel::keep orders:W sea-orm
src/lib.rs:23 demo::shop Holder::keep lines:W sea-orm
src/lib.rs:49 demo::shop any lines:R sea-orm ?
src/lib.rs:42 demo::shop built orders:R sea-orm
src/lib.rs:43 demo::shop built orders:R sea-orm
src/lib.rs:27 demo::shop given orders:W sea-orm
src/lib.rs:28 demo::shop given lines:W sea-orm
src/lib.rs:45 demo::shop open orders:R sea-orm
src/lib.rs:31 demo::shop taken orders:W sea-orm
src/lib.rs:32 demo::shop taken lines:W sea-orm
src/lib.rs:35 demo::shop taken lines:W sea-orm
src/lib.rs:39 demo::shop taken orders:W sea-orm
src/lib.rs:48 demo::shop any unknown sea-orm: the statement is built elsewhere
src/lib.rs:52 demo::shop given_built unknown sea-orm: the statement is built elsewhere
"#,
    );
}

#[test]
fn foreign_keys_go_by_their_names_and_what_is_psqls_own_is_stepped_over() {
    let first =
        "CREATE TABLE a (id INT, b_id INT REFERENCES b (id), c_id INT, d_id INT, CONSTRAINT to_d FOREIGN KEY (d_id) REFERENCES d (id));
ALTER TABLE a ADD CONSTRAINT to_c FOREIGN KEY (c_id) REFERENCES c (id);
CREATE TABLE e (id INT, a_id INT REFERENCES a (id));
CREATE FROBNICATION;
";
    let second = "\\set ON_ERROR_STOP on
SELECT count(*) AS n FROM a \\gset
\\if :n
DO $$ BEGIN IF true THEN PERFORM 1; END IF; END $$;
\\endif
CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql COST 100 AS $$ BEGIN RETURN NEW; END $$;
ALTER TABLE a DROP CONSTRAINT to_c;
ALTER TABLE a DROP CONSTRAINT IF EXISTS a_b_id_fkey;
ALTER TABLE a DROP CONSTRAINT to_d;
";
    let copy = |folder: &str| format!("//- /{folder}/migrations/1_a.sql\n{first}//- /{folder}/migrations/2_b.sql\n{second}");
    let (codebase, evidence, diagnostics) = gathered(&(copy("one") + &copy("two") + "//- /src/lib.rs\n"));
    let found = data(&codebase, &evidence);
    let keys: Vec<&str> = found.lines().filter(|l| l.contains("->")).collect();
    assert_eq!(keys, ["table e (id, a_id) a_id -> a [one/migrations/1_a.sql:3 two/migrations/1_a.sql:3]"]);
    let told: Vec<String> = diagnostics.iter().map(|d| format!("{} {}", d.code, d.site.as_ref().expect("a place"))).collect();
    assert_eq!(told, ["sql-not-understood one/migrations/1_a.sql:4"]);
}
