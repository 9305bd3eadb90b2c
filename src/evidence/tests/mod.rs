//! What sources find in small repositories.

use super::{Evidence, Input, Options, SOURCES, gather, vocabulary};
use crate::frontend::rust;
use crate::host::Host;
use crate::host::memory::Memory;
use crate::host::store::Store;
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::Spot;
use crate::model::evidence::data::Access;
use std::fmt::Write;
use std::path::Path;

mod incoming;

pub(super) use incoming::{of, with};

/// Everything that the sources find in a fixture.
pub(super) fn gathered(fixture: &str) -> (Codebase, Evidence, Vec<Diagnostic>) {
    found(&Memory::from_fixture(fixture), Path::new("/"))
}

fn found(host: &dyn Host, root: &Path) -> (Codebase, Evidence, Vec<Diagnostic>) {
    let store = Store::none();
    let options = rust::Options { vocabulary: vocabulary(), threads: 1, ..rust::Options::default() };
    let codebase = options.on_threads(|| rust::read(host, &store, root, &options, &|_| {})).expect("there is a manifest");
    assert_eq!(codebase.verify(), Ok(()));
    let input = Input { codebase: &codebase, host, root, store: &store, options: &Options::default(), commits: &|_| {} };
    let (evidence, diagnostics) = options.on_threads(|| gather(&input));
    (codebase, evidence, diagnostics)
}

/// One line for each table, statement and transaction.
pub(super) fn data(codebase: &Codebase, evidence: &Evidence) -> String {
    let mut out = String::new();
    let table = |id: crate::model::evidence::data::TableId| evidence.tables[id.index()].name.as_str();
    for of in &evidence.tables {
        let declared: Vec<String> = of.declared.iter().map(ToString::to_string).collect();
        write!(out, "{} {} ({})", of.kind.name(), of.name, of.columns.join(", ")).unwrap();
        for key in &of.foreign_keys {
            write!(out, " {} -> {}", key.columns.join("+"), table(key.to)).unwrap();
        }
        writeln!(out, " [{}]", declared.join(" ")).unwrap();
    }
    let place = |by: &Spot| {
        let module = &codebase.modules[by.module.index()].id;
        format!("{}:{} {module} {}", by.site.file, by.site.line, by.item.as_deref().unwrap_or("-"))
    };
    for statement in &evidence.statements {
        let uses: Vec<String> = statement.tables.iter().map(|(t, access)| format!("{}:{}", table(*t), letter(*access))).collect();
        let partial = if statement.partial { " ?" } else { "" };
        writeln!(out, "{} {} {}{partial}", place(&statement.by), uses.join(" "), statement.technology).unwrap();
    }
    for unknown in &evidence.unknown_statements {
        writeln!(out, "{} unknown {}: {}", place(&unknown.by), unknown.technology, unknown.reason).unwrap();
    }
    for transaction in &evidence.transactions {
        let uses: Vec<String> = transaction.tables.iter().map(|(t, access, _)| format!("{}:{}", table(*t), letter(*access))).collect();
        let reaches: Vec<&str> = transaction.reaches.iter().filter_map(|r| r.item.as_deref()).collect();
        let partial = if transaction.partial { " ?" } else { "" };
        writeln!(out, "{} {}: {} via [{}]{partial}", place(&transaction.by), transaction.how, uses.join(" "), reaches.join(" ")).unwrap();
    }
    out
}

fn letter(access: Access) -> &'static str {
    match access {
        Access::Read => "R",
        Access::Write => "W",
        Access::Ddl => "D",
    }
}

#[test]
fn a_source_comes_after_those_whose_findings_it_reads() {
    for (at, source) in SOURCES.iter().enumerate() {
        for name in source.spec().after {
            assert!(
                SOURCES[..at].iter().any(|s| s.spec().name == *name),
                "{} waits for {name}, which is not before it",
                source.spec().name
            );
        }
    }
}
