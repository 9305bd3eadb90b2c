//! Evidence on `fixtures/small/with-*`: one folder for each library, with all that is to be found in it.
//!
//! `SEAMLINE_UPDATE=1` writes what is found into every `evidence.txt`; the diff is to be read line by line.

use seamline::evidence::{Input, Options, gather, vocabulary};
use seamline::frontend::rust::{self, read};
use seamline::host::os::Os;
use seamline::host::store::Store;
use seamline::model::codebase::Codebase;
use seamline::model::evidence::data::Access;
use seamline::model::evidence::{Evidence, Spot};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folders() -> Vec<PathBuf> {
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/small");
    let entries = std::fs::read_dir(small).expect("fixtures/small is there");
    let mut folders: Vec<PathBuf> = entries.map(|e| e.expect("its entries can be read").path()).collect();
    folders.retain(|f| f.file_name().is_some_and(|name| name.to_string_lossy().starts_with("with-")));
    folders.sort();
    folders
}

/// All that the sources find, one fact a line; what the history of our own repository says is none of it.
fn found(folder: &Path) -> String {
    let options = rust::Options { vocabulary: vocabulary(), threads: 1, ..rust::Options::default() };
    let store = Store::none();
    let codebase = read(&Os, &store, folder, &options, &|_| {}).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut asked = Options::default();
    asked.of_code_only();
    let (evidence, diagnostics) =
        gather(&Input { codebase: &codebase, host: &Os, root: folder, store: &store, options: &asked, commits: &|_| {} });
    let mut lines = facts(&codebase, &evidence);
    lines.extend(diagnostics.iter().map(|d| format!("diagnostic {}", d.code)));
    lines.into_iter().map(|line| line + "\n").collect()
}

fn facts(codebase: &Codebase, evidence: &Evidence) -> Vec<String> {
    let module = |m: seamline::model::ids::ModuleId| &codebase.modules[m.index()].id;
    let spot = |s: &Spot| {
        let item = s.item.as_ref().map(|i| format!("::{i}")).unwrap_or_default();
        format!("{}{item}:{}", module(s.module), s.site.line)
    };
    let spots = |all: &[Spot]| all.iter().map(spot).collect::<Vec<_>>().join(" ");
    let table = |id: seamline::model::evidence::data::TableId| evidence.tables[id.index()].name.as_str();
    let letter = |access: Access| access.name().chars().next().unwrap_or('?').to_ascii_uppercase();
    let mark = |partial: bool| if partial { " ?" } else { "" };
    let mut lines = Vec::new();
    for entry in &evidence.entry_points {
        let handler = entry.handler.as_ref().map_or_else(|| "-".to_owned(), spot);
        let reaches: Vec<&str> = entry.reaches.iter().map(|m| module(*m).as_str()).collect();
        lines.push(format!("{} {} {handler} {} reaches {}", entry.kind.name(), entry.name, entry.technology, reaches.join(" ")));
    }
    for of in &evidence.tables {
        let keys: String = of.foreign_keys.iter().map(|k| format!(" {} -> {}", k.columns.join("+"), table(k.to))).collect();
        lines.push(format!("{} {} ({}){keys}", of.kind.name(), of.name, of.columns.join(", ")));
    }
    for s in &evidence.statements {
        let uses: Vec<String> = s.tables.iter().map(|(t, access)| format!("{}:{}", table(*t), letter(*access))).collect();
        lines.push(format!("{} {} {}{}", s.technology, spot(&s.by), uses.join(" "), mark(s.partial)));
    }
    lines.extend(evidence.unknown_statements.iter().map(|s| format!("{} {} unknown: {}", s.technology, spot(&s.by), s.reason)));
    for t in &evidence.transactions {
        let uses: BTreeSet<String> = t.tables.iter().map(|(id, access, _)| format!("{}:{}", table(*id), letter(*access))).collect();
        let uses: Vec<String> = uses.into_iter().collect();
        lines.push(format!("transaction {} {}: {} via [{}]{}", spot(&t.by), t.how, uses.join(" "), spots(&t.reaches), mark(t.partial)));
    }
    for c in &evidence.channels {
        let payload = c.payload.as_deref().unwrap_or("-");
        let (from, to) = (spots(&c.producers), spots(&c.consumers));
        lines.push(format!("{} {} {} of {payload} [{from}] -> [{to}]", c.kind.name(), c.technology, c.name));
    }
    for o in &evidence.outbound {
        lines.push(format!("{} {} {} {}", o.kind.name(), o.technology, spot(&o.by), o.target.as_deref().unwrap_or("-")));
    }
    lines.extend(evidence.state.iter().map(|s| format!("state {}::{} {} [{}]", module(s.module), s.name, s.what, spots(&s.touched))));
    lines.extend(evidence.loads.iter().map(|l| format!("load {} {} {}", spot(&l.by), l.bound.name(), l.what)));
    lines
}

#[test]
fn every_library_is_seen() {
    let update = std::env::var_os("SEAMLINE_UPDATE").is_some();
    let mut wrong = String::new();
    for folder in folders() {
        let (found, file) = (found(&folder), folder.join("evidence.txt"));
        if update {
            std::fs::write(&file, &found).expect("evidence.txt can be written");
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if expected != found {
            wrong += &format!("{}\nexpected:\n{expected}found:\n{found}\n", folder.display());
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
