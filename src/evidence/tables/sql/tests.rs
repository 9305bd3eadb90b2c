//! SQL, a statement a row: what it reads (R), writes (W) and makes (D); `?` where there may be more, `!` where a name is not known.

use super::*;

fn said(text: &str) -> String {
    let mut lines = Vec::new();
    for reading in read(text, None) {
        let mut words: Vec<String> = Vec::new();
        for (table, access) in &reading.uses {
            let letter = match access {
                Access::Read => "R",
                Access::Write => "W",
                Access::Ddl => "D",
            };
            words.push(format!("{table}:{letter}"));
        }
        words.extend(reading.partial.then(|| "?".into()));
        words.extend(reading.unnamed.then(|| "!".into()));
        words.extend(reading.locks.then(|| "locks".into()));
        words.extend(reading.refused.is_some().then(|| "refused".into()));
        lines.push(words.join(" "));
    }
    lines.join("; ")
}

const STATEMENTS: &[(&str, &str)] = &[
    ("SELECT * FROM users WHERE id = $1", "users:R"),
    ("-- why\nALTER SEQUENCE users_id_seq RENAME TO people_id_seq", ""),
    ("create type mood as enum ('sad', 'happy')", ""),
    ("SELECT * FROM users WHERE id = ?", "users:R"),
    ("SELECT * FROM users WHERE id = :id OR name = @p1", "users:R"),
    ("SELECT * FROM public.users u, audit.events e WHERE u.id = e.user_id", "audit.events:R users:R"),
    ("SELECT a.x FROM `Users` a JOIN \"Orders\" o ON o.user_id = a.id", "orders:R users:R"),
    ("SELECT `x` FROM `Users`", "users:R"),
    ("SELECT [x] FROM [dbo].[Users]", "users:R"),
    ("WITH recent AS (SELECT * FROM orders) SELECT * FROM recent JOIN users ON true", "orders:R users:R"),
    ("WITH users AS (SELECT * FROM users WHERE x) SELECT * FROM users", "users:R"),
    ("WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t", ""),
    ("WITH gone AS (DELETE FROM a WHERE x RETURNING *) INSERT INTO b SELECT * FROM gone", "a:W b:W"),
    ("INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET y = EXCLUDED.y RETURNING id", "a:W"),
    ("INSERT INTO a SELECT x FROM b WHERE NOT EXISTS (SELECT 1 FROM c)", "a:W b:R c:R"),
    ("INSERT OR IGNORE INTO a (x) VALUES (?1)", "a:W"),
    ("INSERT IGNORE INTO a (x) VALUES (?)", "a:W"),
    ("REPLACE INTO a (x) VALUES (?)", "a:W"),
    ("UPDATE a SET x = b.x FROM b WHERE b.id = a.id", "a:W b:R"),
    ("UPDATE a SET x = (SELECT max(y) FROM a)", "a:R a:W"),
    ("UPDATE a SET x = 1 WHERE id IN (SELECT id FROM b FOR UPDATE SKIP LOCKED)", "a:W b:R locks"),
    ("DELETE FROM a USING b WHERE a.id = b.id", "a:W b:R"),
    ("DELETE u FROM users u JOIN bans b ON b.user_id = u.id", "bans:R users:W"),
    ("DELETE FROM a WHERE id NOT IN (SELECT id FROM a)", "a:R a:W"),
    ("MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = b.x", "a:W b:R"),
    ("TRUNCATE TABLE a", "a:W"),
    ("COPY a (x) FROM STDIN", "a:W"),
    ("SELECT * FROM generate_series(1, 10) g JOIN a ON a.id = g", "a:R"),
    ("SELECT EXTRACT(year FROM created) FROM a", "a:R"),
    ("SELECT name FROM sqlite_master WHERE type = 'table'", ""),
    ("SELECT table_name FROM information_schema.tables", ""),
    ("PRAGMA foreign_keys = ON; BEGIN", "; "),
    ("CREATE TABLE IF NOT EXISTS a (id INT PRIMARY KEY, b_id INT REFERENCES b(id)); CREATE INDEX i ON a (b_id)", "a:D; a:D"),
    ("CREATE VIEW v AS SELECT * FROM a", "a:R v:D"),
    ("DROP TABLE IF EXISTS a, b", "a:D b:D"),
    ("ALTER TABLE a ADD COLUMN x INT", "a:D"),
    ("SELECT 'it''s; not two' FROM a; SELECT 1 FROM b", "a:R; b:R"),
    ("CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN DELETE FROM x; RETURN NEW; END; $$ LANGUAGE plpgsql; SELECT 1 FROM a", "; a:R"),
    ("CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x = 1; END; SELECT 1 FROM c", "b:W; c:R"),
    // With holes.
    ("SELECT * FROM a WHERE x IN (\u{FFFC}) ORDER BY y \u{FFFC} LIMIT \u{FFFC}", "a:R ?"),
    ("SELECT * FROM a\u{FFFC} ORDER BY created LIMIT $\u{FFFC}", "a:R ?"),
    ("SELECT * FROM \u{FFFC} WHERE x = 1", "!"),
    ("DELETE FROM \u{FFFC}", "!"),
    ("INSERT INTO log_\u{FFFC} (x) SELECT y FROM b", "b:R !"),
    ("UPDATE a SET x_\u{FFFC} = mv.n FROM f('\u{FFFC}') mv WHERE a.id = mv.id", "a:W"),
    ("SELECT x FROM a WHERE y = \u{FFFC}", "a:R"),
    ("SELECT x FROM a WHERE \u{FFFC} AND y = 1", "a:R ?"),
    ("SELECT * FROM \u{FFFC}.users", "users:R"),
    ("INSERT INTO a (x, y) VALUES \u{FFFC}", "a:W"),
    // That no dialect takes.
    ("SELECT e.id FROM event e INDEXED BY i WHERE e.x FROB NICATE LEFT JOIN tag t, other o ON", "event:R tag:R other:R ? refused"),
];

#[test]
fn statements_say_what_they_touch() {
    let mut wrong = Vec::new();
    for (text, expected) in STATEMENTS {
        let found = said(text);
        let sort = |s: &str| {
            let mut words: Vec<String> = s.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        if sort(&found) != sort(expected) {
            wrong.push(format!(
                "{text}\n  expected: {expected}\n  found:    {found}  {:?}",
                read(text, None).first().and_then(|r| r.refused.clone())
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn heavy_and_hostile_statements_end_soon() {
    for text in [
        format!("SELECT {}1 FROM a", "1+".repeat(100_000)),
        format!("SELECT 1 FROM a WHERE {}", "x AND ".repeat(100_000)),
        format!("SELECT {}1{} FROM a", "(".repeat(10_000), ")".repeat(10_000)),
        "SELECT 1 FROM a UNION ".repeat(20_000),
        "'".repeat(1000),
        "\u{FFFC}".repeat(1000),
        "x".repeat(LONGEST + 1),
        "CREATE TRIGGER BEGIN ".repeat(1000),
    ] {
        read(&text, None);
    }
    assert!(read(&"x".repeat(LONGEST + 1), None)[0].refused.is_some());
}

#[test]
fn what_begins_like_sql() {
    for yes in ["select 1", "  -- c\n (SELECT 1)", "WITH a AS (", "update\nx", "create table x"] {
        assert!(begins_like_sql(yes), "{yes}");
    }
    for no in ["selected", "", "user:1", "set_x", "hello select", "update::x"] {
        assert!(!begins_like_sql(no), "{no}");
    }
}
