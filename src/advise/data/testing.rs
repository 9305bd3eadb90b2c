//! Code bases with data, from a few lines of text.
//!
//! ```text
//! table orders id,state key=customers:customer_id   a table with columns and a foreign key
//! run shop::orders::insert 12 write orders           a statement in line 12, run by a function
//! sql shop::orders::insert 12 INSERT INTO orders …   what stands there
//! tx shop::orders::place                             a transaction, opened in line 1; what is called from there is inside
//! ```
//!
//! All other lines are those of [`testing`](crate::model::testing). Modules below `shop` are the candidates, `shop::lib…` is shared.

use crate::advise::crossings::tests::by_module;
use crate::model::calls::{Call, CallKind, Invocation, Path, Value};
use crate::model::codebase::{CallContext, Codebase};
use crate::model::data_plan::DataPlan;
use crate::model::evidence::data::{Access, ForeignKey, Statement, StoreKind, Table, TableId, Transaction};
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::ItemId;
use crate::model::partition::Partition;
use crate::model::place::Site;
use crate::model::testing::codebase;
use std::collections::BTreeSet;

/// The plan of the data, and the partition that it is made for.
pub(crate) fn plan(text: &str) -> (DataPlan, Partition) {
    let (code, evidence, partition) = scene(text);
    let plan = super::data(&code, &evidence, &partition);
    plan.verify(partition.names.len()).expect("a sound plan");
    (plan, partition)
}

pub(crate) fn scene(text: &str) -> (Codebase, Evidence, Partition) {
    let is_ours = |line: &&str| ["table", "run", "sql", "tx"].contains(&line.split_whitespace().next().unwrap_or_default());
    let (ours, rest): (Vec<&str>, Vec<&str>) = text.lines().map(str::trim).partition(is_ours);
    let mut code = codebase(&rest.join("\n"));
    let mut evidence = Evidence::default();
    let words: Vec<Vec<&str>> = ours.iter().map(|l| l.split_whitespace().collect()).collect();
    let mut names: Vec<&str> = words.iter().filter(|w| w[0] == "table").map(|w| w[1]).collect();
    names.sort_unstable();
    let id = |name: &str| TableId(names.iter().position(|n| *n == name).unwrap_or_else(|| panic!("no table {name}")) as u32);
    for w in &words {
        match w[0] {
            "table" => {
                let key = |(line, text): (usize, &str)| {
                    let (to, column) = text.strip_prefix("key=")?.split_once(':')?;
                    let site = Site::new("migrations/1.sql", line as u32 + 1);
                    Some(ForeignKey { to: id(to), columns: vec![column.into()], site })
                };
                evidence.tables.push(Table {
                    name: w[1].into(),
                    kind: StoreKind::Table,
                    columns: w.get(2).map(|c| c.split(',').map(str::to_owned).collect()).unwrap_or_default(),
                    declared: vec![Site::new("migrations/1.sql", 1)],
                    foreign_keys: w.iter().copied().enumerate().filter_map(key).collect(),
                });
            }
            "run" => {
                let access = |name: &str| Access::from_name(name).expect("read, write or ddl");
                let mut tables: Vec<_> = w[3..].chunks(2).map(|pair| (id(pair[1]), access(pair[0]))).collect();
                tables.sort();
                let by = spot(&code, w[1], w[2].parse().expect("a line"));
                evidence.statements.push(Statement { by, tables, technology: "sqlx".into(), partial: false });
            }
            "sql" => {
                let by = spot(&code, w[1], w[2].parse().expect("a line"));
                let invocation = query(&code, &by, w[3..].join(" "));
                code.invocations.push(invocation);
            }
            _ => {}
        }
    }
    evidence.tables.sort();
    evidence.statements.sort();
    evidence.transactions = words.iter().filter(|w| w[0] == "tx").map(|w| transaction(&code, &evidence, w[1])).collect();
    evidence.transactions.sort();
    let partition = by_module(&code);
    evidence.verify(code.modules.len()).expect("sound evidence");
    (code, evidence, partition)
}

fn item(code: &Codebase, path: &str) -> ItemId {
    let all = (0..code.items.len()).map(ItemId::from);
    let named = |i: &ItemId| format!("{}::{}", code.modules[code.items[i.index()].module.index()].id, code.item_path(*i)) == path;
    all.into_iter().find(named).unwrap_or_else(|| panic!("no item {path}"))
}

fn spot(code: &Codebase, path: &str, line: u32) -> Spot {
    let item = item(code, path);
    let module = code.items[item.index()].module;
    let file = &code.files[code.modules[module.index()].file.index()].path;
    Spot { module, item: Some(code.item_path(item)), site: Site::new(file.clone(), line) }
}

fn query(code: &Codebase, by: &Spot, text: String) -> Invocation {
    let callee = Path { text: "sqlx::query".into(), is_external: true, item: None, module: None, rest: String::new() };
    let call = Call {
        line: by.site.line,
        column: 1,
        kind: CallKind::Function,
        callee,
        receiver: None,
        receiver_type: None,
        types: Vec::new(),
        args: vec![Value::Text(text)],
        text: None,
    };
    let file = code.modules[by.module.index()].file;
    Invocation { from: by.module, item: None, file, call, context: CallContext::default() }
}

fn transaction(code: &Codebase, evidence: &Evidence, path: &str) -> Transaction {
    let opener = item(code, path);
    let (mut reached, mut open) = (BTreeSet::new(), vec![opener]);
    while let Some(from) = open.pop() {
        if reached.insert(from) {
            open.extend(code.references.iter().filter(|r| r.from_item == Some(from)).filter_map(|r| r.to_item));
        }
    }
    let place = |i: &ItemId| (code.items[i.index()].module, Some(code.item_path(*i)));
    let places: BTreeSet<_> = reached.iter().map(place).collect();
    let inside = evidence.statements.iter().filter(|s| places.contains(&(s.by.module, s.by.item.clone())));
    let touched = inside.flat_map(|s| s.tables.iter().map(|(table, access)| (*table, *access, s.by.site.clone())));
    let touched: BTreeSet<_> = touched.collect();
    let path_of = |i: &ItemId| format!("{}::{}", code.modules[code.items[i.index()].module.index()].id, code.item_path(*i));
    let reaches: BTreeSet<Spot> = reached.iter().filter(|i| **i != opener).map(|i| spot(code, &path_of(i), 1)).collect();
    Transaction {
        by: spot(code, path, 1),
        how: "begin".into(),
        tables: touched.into_iter().collect(),
        reaches: reaches.into_iter().collect(),
        partial: false,
    }
}
