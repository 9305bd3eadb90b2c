//! Whole front end on small fixtures: one `check` for references.

use super::{Options, read};
use crate::host::memory::Memory;
use crate::model::codebase::Codebase;
use std::path::Path;

pub(super) fn codebase(fixture: &str) -> Codebase {
    let host = Memory::from_fixture(fixture);
    let codebase = read(&host, Path::new("/"), &Options { threads: 1, ..Options::default() }, &|_| {}).expect("the fixture has a manifest");
    assert_eq!(codebase.verify(), Ok(()));
    codebase
}

/// References between different modules, one a line: `from -> to::item kind`.
fn references(codebase: &Codebase) -> String {
    let mut lines: Vec<String> = codebase
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
    lines.sort();
    lines.dedup();
    lines.join("\n")
}

fn check(fixture: &str, expected: &str) {
    let codebase = codebase(fixture);
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(references(&codebase), expected.join("\n"), "unresolved: {:?}", codebase.coverage);
}

#[test]
fn grouped_and_nested_uses() {
    check(
        "//- /src/lib.rs
mod a { pub struct A; pub mod b { pub fn f() {} pub fn g() {} } }
mod c { use crate::a::{A, b::{self, f as ff}}; fn h() { ff(); b::g(); let _ = A; } }
",
        "demo::c -> demo::a::A path
         demo::c -> demo::a::A use
         demo::c -> demo::a::b use
         demo::c -> demo::a::b::f call
         demo::c -> demo::a::b::f use
         demo::c -> demo::a::b::g call",
    );
}
