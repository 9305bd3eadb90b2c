//! Evidence for the sample analysis: one of everything that reports speak of.

use super::evidence::data::{Access, ForeignKey, Statement, StoreKind, Table, TableId, Transaction, UnknownStatement};
use super::evidence::entry::{EntryKind, EntryPoint};
use super::evidence::history::{Churn, CoChange, History, Locality};
use super::evidence::load::{Bound, Load};
use super::evidence::messages::{Channel, ChannelKind};
use super::evidence::outside::{Outbound, OutboundKind, SharedState};
use super::evidence::tie::Tie;
use super::evidence::traces::{Ran, TracedCall, Traces, UseCase};
use super::evidence::{Evidence, SourceReport, Spot};
use super::ids::ModuleId;
use super::place::Site;

/// Modules by name come from the sample itself.
pub(super) fn evidence(module: &dyn Fn(&str) -> ModuleId, file: &dyn Fn(ModuleId) -> &'static str) -> Evidence {
    let spot = |name: &str, item: &str, line: u32| {
        let m = module(name);
        Spot { module: m, item: Some(item.into()), site: Site::new(file(m), line) }
    };
    let table = |name: &str, columns: &[&str], foreign_keys: Vec<ForeignKey>| Table {
        name: name.into(),
        kind: StoreKind::Table,
        columns: columns.iter().map(|c| (*c).to_owned()).collect(),
        declared: vec![Site::new("migrations/0001_start.sql", 3)],
        foreign_keys,
    };
    let key = |to: u32, column: &str, line: u32| ForeignKey {
        to: TableId(to),
        columns: vec![column.into()],
        site: Site::new("migrations/0001_start.sql", line),
    };
    let statement = |by: Spot, tables: &[(u32, Access)]| Statement {
        by,
        tables: tables.iter().map(|(t, a)| (TableId(*t), *a)).collect(),
        technology: "sqlx".into(),
        partial: false,
    };
    let mut statements = vec![
        statement(spot("shop::orders::checkout", "Checkout::place", 70), &[(1, Access::Write), (2, Access::Write)]),
        statement(spot("shop::catalog::stock", "Stock::left", 33), &[(2, Access::Read)]),
        statement(spot("shop::customers", "find", 51), &[(0, Access::Read)]),
        statement(spot("shop::payments", "capture", 44), &[(1, Access::Read)]),
    ];
    statements.sort();
    let source = |name: &str, noun: &str, weight: f64, reading: &str, found: u32, unknown: u32, note: Option<&str>| SourceReport {
        source: name.into(),
        noun: noun.into(),
        weight,
        reading: reading.into(),
        found,
        unknown,
        note: note.map(str::to_owned),
    };
    Evidence {
        tables: vec![
            table("customers", &["id", "name"], vec![]),
            table("orders", &["id", "customer_id"], vec![key(0, "customer_id", 9)]),
            table("stock", &["product", "left"], vec![]),
        ],
        statements,
        unknown_statements: vec![UnknownStatement {
            by: spot("shop::catalog::search", "run", 88),
            technology: "sqlx".into(),
            reason: "the table's name is decided at run time".into(),
        }],
        transactions: vec![Transaction {
            by: spot("shop::orders::checkout", "Checkout::place", 66),
            how: "begin".into(),
            tables: vec![
                (TableId(1), Access::Write, Site::new("src/orders/checkout.rs", 70)),
                (TableId(2), Access::Write, Site::new("src/catalog/stock.rs", 60)),
            ],
            reaches: vec![spot("shop::catalog::stock", "Stock::take", 58)],
            partial: false,
        }],
        entry_points: vec![
            EntryPoint {
                kind: EntryKind::Route,
                name: "POST /orders".into(),
                handler: Some(spot("shop::orders", "place", 30)),
                declared: spot("shopd", "routes", 22),
                technology: "axum".into(),
                reaches: vec![module("shop::orders"), module("shop::orders::checkout"), module("shop::payments")],
                panics: 3,
            },
            EntryPoint {
                kind: EntryKind::Main,
                name: "shopd".into(),
                handler: Some(spot("shopd", "main", 12)),
                declared: spot("shopd", "main", 12),
                technology: "rust".into(),
                reaches: vec![module("shopd")],
                panics: 3,
            },
        ],
        channels: vec![Channel {
            name: "shop::notify::Message".into(),
            kind: ChannelKind::InProcess,
            technology: "tokio::sync::mpsc".into(),
            payload: Some("Message".into()),
            producers: vec![spot("shop::customers::login", "login", 97)],
            consumers: vec![spot("shop::notify", "run", 40)],
        }],
        outbound: vec![Outbound {
            by: spot("shop::payments", "capture", 48),
            kind: OutboundKind::Http,
            target: Some("https://bank.example/{}".into()),
            technology: "reqwest".into(),
        }],
        loads: vec![Load {
            by: Spot { item: None, ..spot("shop::notify", "run", 3) },
            bound: Bound::Cpu,
            what: "image".into(),
            why: "codecs of images".into(),
            is_crate: true,
        }],
        state: vec![SharedState {
            name: "SESSIONS".into(),
            module: module("shop::customers::login"),
            declared: Site::new("src/customers/login.rs", 8),
            what: "static Mutex".into(),
            touched: vec![spot("shop::customers", "find", 53)],
        }],
        history: Some(History {
            commits: 410,
            counted: 301,
            left_out: vec![("bots".into(), 60), ("merges".into(), 49)],
            shallow: false,
            churn: vec![Churn { module: module("shop::orders"), commits: 90, authors: 4 }],
            co_changes: vec![CoChange {
                a: module("shop::catalog::stock"),
                b: module("shop::orders::checkout"),
                together: 14,
                confidence: 0.5,
                lift: 3.25,
            }],
            changes: Vec::new(),
            locality: Some(Locality { commits: 300, within: 225 }),
            owners: vec![("@shop/sales".into(), vec![module("shop::orders"), module("shop::orders::cart")])],
        }),
        traces: Some(Traces {
            spans: 5_210,
            matched: 5_000,
            left_out: 0,
            unmatched: vec![("SELECT <orders>".into(), 210)],
            calls: vec![TracedCall {
                from: Ran { module: module("shop::orders::checkout"), item: Some("place".into()) },
                to: Ran { module: module("shop::payments"), item: None },
                count: 1_200,
            }],
            use_cases: vec![UseCase {
                name: "POST /orders".into(),
                traces: 600,
                modules: vec![module("shop::orders::checkout"), module("shop::payments")],
            }],
        }),
        ties: vec![Tie {
            source: "tables".into(),
            subject: "table stock".into(),
            members: vec![(module("shop::catalog::stock"), 0.4), (module("shop::orders::checkout"), 1.0)],
            sites: vec![Site::new("src/catalog/stock.rs", 33), Site::new("src/orders/checkout.rs", 70)],
        }],
        sources: vec![
            source("tables", "statements", 0.8, "use the same tables", 4, 1, None),
            source("messages", "channels", 0.0, "", 1, 0, None),
            source("traces", "spans", 0.5, "call each other at run time", 5_210, 210, Some("210 of 5210 spans lead to no code")),
        ],
    }
}
