//! An index of rust-analyzer beside our own reading, from the file to the reports.

use crate::harness::{package, seamline, text};
use ::scip::types::{Document, Index, Occurrence};
use std::path::Path;
use tempfile::TempDir;

fn demo() -> TempDir {
    package(&[
        ("src/lib.rs", "pub mod orders;\npub mod payments;\n"),
        ("src/orders.rs", "pub fn place() {\n    unknown().settle();\n}\n"),
        ("src/payments.rs", "pub fn pay() {}\n"),
    ])
}

fn occurrence(range: [i32; 3], symbol: &str, is_definition: bool) -> Occurrence {
    let symbol = format!("rust-analyzer cargo demo 0.1.0 {symbol}");
    Occurrence { range: range.to_vec(), symbol, symbol_roles: is_definition.into(), ..Occurrence::default() }
}

/// `settle()` is `pay()`, whose definition stands in this column.
fn write_index(dir: &Path, root: &str, column: i32) -> String {
    let document = |path: &str, occurrences| Document { relative_path: format!("{root}{path}"), occurrences, ..Document::default() };
    let documents = vec![
        document("src/orders.rs", vec![occurrence([0, 7, 12], "orders/place().", true), occurrence([1, 14, 20], "payments/pay().", false)]),
        document("src/payments.rs", vec![occurrence([0, column, column + 3], "payments/pay().", true)]),
    ];
    let file = dir.join("index.scip");
    ::scip::write_message_to_file(&file, Index { documents, ..Index::default() }).expect("written");
    text(&file).to_owned()
}

fn analysis(out: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(out.join("analysis.json")).expect("written")).expect("JSON")
}

#[test]
fn from_the_index_to_the_reports() {
    let dir = demo();
    let (root, out) = (text(dir.path()), dir.path().join("out"));
    let analyze = |more: &[&str]| seamline(&[&["analyze", root, "--out", text(&out)], more].concat());
    analyze(&[]).passes();
    let without = std::fs::read_to_string(out.join("analysis.json")).expect("written");
    assert!(!without.contains("scip") && !without.contains("provenance"), "{without}");

    let index = write_index(dir.path(), "", 7);
    analyze(&["--scip", &index]).passes();
    let with = analysis(&out);
    assert_eq!((&with["scip"]["added"], &with["scip"]["matched"]), (&1.into(), &2.into()));
    let edge = &with["dependencies"][0];
    let expected = ["demo::orders", "demo::payments", "method", "scip"];
    assert_eq!(["from", "to", "kind", "provenance"].map(|name| edge[name].as_str().expect("text")), expected);
    assert_eq!(edge["sites"][0]["line"], 2);
    let report = std::fs::read_to_string(out.join("report.md")).expect("written");
    assert!(report.contains("## The index as a second witness"), "{report}");
    let saved = text(&out.join("analysis.json")).to_owned();
    assert_eq!(seamline(&["report", "--from", &saved, "--format", "markdown"]).passes().out, report);

    // The root of the index may lie elsewhere; an index that changed is not taken for the one before.
    analyze(&["--scip", &write_index(dir.path(), "services/demo/", 7)]).passes();
    assert_eq!(analysis(&out), with);
    analyze(&["--scip", &write_index(dir.path(), "", 3)])
        .fails(0, &["outdated-index", "1 of 2 definitions are elsewhere", "rust-analyzer scip ."]);
    assert_eq!((&analysis(&out)["scip"]["outdated"], &analysis(&out)["scip"]["added"]), (&1.into(), &0.into()));
}

#[test]
fn an_index_that_is_none() {
    let dir = demo();
    let root = text(dir.path());
    let with = |name: &str, bytes: &[u8]| {
        let file = dir.path().join(name);
        std::fs::write(&file, bytes).expect("written");
        (seamline(&["analyze", root, "--scip", text(&file)]), text(&file).to_owned())
    };
    let missing = text(&dir.path().join("none.scip")).to_owned();
    seamline(&["analyze", root, "--scip", &missing]).fails(2, &[&missing, "there is no such file", "rust-analyzer scip ."]);
    for (name, bytes, reason) in [("empty", &b""[..], "the file is empty"), ("text", b"no index at all", "not a SCIP index")] {
        let (run, file) = with(name, bytes);
        run.fails(2, &[&file, reason]);
    }
    let good = std::fs::read(write_index(dir.path(), "", 7)).expect("written");
    let (run, file) = with("truncated", &good[..good.len() - 3]);
    run.fails(2, &[&file, "only a part"]);
    let other = TempDir::new().expect("a temporary folder");
    let elsewhere = write_index(other.path(), "../", 7);
    seamline(&["analyze", root, "--scip", &elsewhere])
        .fails(2, &[&elsewhere, "the index is of another tree: none of its 2 documents is a file of this workspace"]);
    seamline(&["check", root, "--baseline-rev", "HEAD", "--scip", &elsewhere]).fails(2, &["--scip cannot be used with revision `HEAD`"]);
    assert!(!dir.path().join("target/seamline/analysis.json").exists(), "nothing was written");
}
