//! Input that is too much for a careless reader: it is named, and the rest goes on.

use crate::harness::{package, seamline, text};

#[test]
fn a_huge_generated_file() {
    let line = "pub const A_CONSTANT_WITH_A_LONG_NAME: &str = \"and a long text, as generators like to write them\";\n";
    let huge = line.repeat((16 << 20) / line.len() + 2);
    let dir = package(&[("src/lib.rs", "pub mod huge;\npub mod small;\n"), ("src/huge.rs", &huge), ("src/small.rs", "pub fn f() {}\n")]);
    let run = seamline(&["analyze", text(dir.path())]);
    run.fails(3, &["src/huge.rs: the file is larger than 16 MiB", "src/lib.rs:1"]);
    let json = std::fs::read_to_string(dir.path().join("target/seamline/analysis.json")).expect("written");
    assert!(json.contains("\"demo::small\""));
}

#[test]
fn ten_thousand_parentheses() {
    let deep = format!("pub fn deep() -> u32 {{\n    {}1{}\n}}\n", "(".repeat(10_000), ")".repeat(10_000));
    let dir = package(&[("src/lib.rs", "pub mod deep;\npub mod flat;\n"), ("src/deep.rs", &deep), ("src/flat.rs", "pub fn f() {}\n")]);
    seamline(&["analyze", text(dir.path())]).fails(3, &["src/deep.rs:2", "too deep"]);
}

#[test]
fn five_thousand_terms() {
    let sum = format!("pub const ONE: u64 = 1;\npub fn sum() -> u64 {{\n    ONE{}\n}}\n", " + ONE".repeat(5_000));
    let calls = format!("pub fn calls(s: &str) -> String {{\n    s{}\n}}\n", ".to_owned()".repeat(5_000));
    let dir = package(&[("src/lib.rs", "pub mod calls;\npub mod sum;\n"), ("src/sum.rs", &sum), ("src/calls.rs", &calls)]);
    seamline(&["analyze", text(dir.path())]).passes();
}
