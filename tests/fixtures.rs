//! The front end on `fixtures/small`: one folder for each rule of discovery and resolution, with what is to be found in it.
//!
//! `SEAMLINE_UPDATE=1` writes what is found into every `expected.txt`; the diff is to be read line by line.

use seamline::frontend::rust::{Options, read};
use seamline::host::os::Os;
use seamline::host::store::Store;
use seamline::model::codebase::Codebase;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/small")
}

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(small()).expect("fixtures/small is there");
    let mut names: Vec<String> = entries
        .map(|e| e.expect("its entries can be read"))
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().into_string().expect("fixtures have plain names"))
        .collect();
    names.sort();
    names
}

fn codebase(fixture: &Path, threads: usize) -> Codebase {
    with(&Store::none(), fixture, threads)
}

fn with(store: &Store, fixture: &Path, threads: usize) -> Codebase {
    let codebase = read(&Os, store, fixture, &Options { threads, ..Options::default() }, &|_| {});
    let codebase = codebase.unwrap_or_else(|e| panic!("{}: {e}", fixture.display()));
    assert_eq!(codebase.verify(), Ok(()), "{}", fixture.display());
    codebase
}

/// References between different modules, then what was not understood; each line once.
fn render(codebase: &Codebase) -> String {
    let references: BTreeSet<String> = codebase
        .references
        .iter()
        .filter(|r| r.from != r.to)
        .map(|r| {
            let from = &codebase.modules[r.from.index()].id;
            let to = &codebase.modules[r.to.index()].id;
            let item = r.to_item.map(|i| format!("::{}", codebase.items[i.index()].name)).unwrap_or_default();
            format!("{from} -> {to}{item} {}", r.kind.name())
        })
        .collect();
    let diagnostics: BTreeSet<String> = codebase
        .diagnostics
        .iter()
        .map(|d| {
            let site = d.site.as_ref().map(|s| format!(" {}:{}", s.file, s.line)).unwrap_or_default();
            format!("diagnostic {}{site}", d.code)
        })
        .collect();
    let mut lines: Vec<String> = references.into_iter().chain(diagnostics).collect();
    lines.extend(codebase.orphans.iter().map(|file| format!("orphan {file}")));
    if codebase.coverage.unresolved > 0 {
        lines.push(format!("unresolved {}", codebase.coverage.unresolved));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// What is expected and not found, and what is found and not expected.
fn differences(expected: &str, found: &str) -> String {
    let of = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<String>>();
    let (expected, found) = (of(expected), of(found));
    let missing = expected.difference(&found).map(|line| format!("  missing: {line}\n"));
    let surplus = found.difference(&expected).map(|line| format!("  surplus: {line}\n"));
    missing.chain(surplus).collect()
}

#[test]
fn every_rule_finds_what_is_expected() {
    let update = std::env::var_os("SEAMLINE_UPDATE").is_some();
    let mut wrong = String::new();
    for name in names() {
        let fixture = small().join(&name);
        let found = render(&codebase(&fixture, 1));
        let file = fixture.join("expected.txt");
        if update {
            std::fs::write(&file, &found).expect("expected.txt can be written");
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if expected != found {
            wrong += &format!(
                "{name}:
{}",
                differences(&expected, &found)
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn two_threads_find_what_one_finds() {
    for name in names() {
        let fixture = small().join(&name);
        let (one, two) = (codebase(&fixture, 1), codebase(&fixture, 2));
        assert_eq!(format!("{one:?}"), format!("{two:?}"), "{name}");
    }
}

#[test]
fn what_an_earlier_run_left_changes_nothing() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let cache = folder.path().join("cache");
    for name in names() {
        let fixture = small().join(&name);
        let without = codebase(&fixture, 1);
        // One cache for all: what is alike in two code bases is shared.
        for run in ["cold", "warm"] {
            let store = Store::open(&Os, &cache);
            let found = with(&store, &fixture, 2);
            store.save(&Os).expect("the cache can be written");
            assert_eq!(format!("{without:?}"), format!("{found:?}"), "{name}, {run}");
        }
    }
}
