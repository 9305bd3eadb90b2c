//! Fixtures with exactly what is found: [`web`] has one for each web framework, [`calls`] one for each other way in.

mod calls;
mod web;

use crate::evidence::tests::{of, with};

fn check(dependencies: &[&str], files: &str, expected: &str) {
    let found = of(&with(dependencies, files)).entries();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(found, expected.join("\n"), "\n{found}\n");
}

#[test]
fn a_proto_that_is_not_there_is_named() {
    let read = of(&with(
        &["tonic"],
        "//- /proto/orders.proto
import \"gone.proto\";
import \"google/protobuf/empty.proto\";
//- /src/lib.rs
use tonic::Status;
",
    ));
    let told: Vec<String> = read.diagnostics.iter().map(|d| format!("{} {}", d.code, d.site.as_ref().expect("a place"))).collect();
    assert_eq!(told, ["missing-proto proto/orders.proto:1"]);
}

#[test]
fn what_is_decided_at_run_time_is_counted() {
    let read = of(&with(
        &["axum"],
        "//- /src/lib.rs
use axum::{Router, routing::get};
pub fn app(path: &str) -> Router { Router::new().route(path, get(h)) }
async fn h() {}
",
    ));
    let source = read.evidence.sources.iter().find(|s| s.source == "entries").expect("it was asked");
    assert_eq!((source.found, source.unknown), (0, 1));
}

#[test]
fn use_cases_reach_through_calls_and_implementations() {
    let read = of(&with(
        &["axum"],
        "//- /src/lib.rs
mod web; mod orders; mod store; mod other; mod mail;
//- /src/web.rs
use axum::{Router, routing::get};
pub fn app() -> Router { Router::new().route(\"/o\", get(show)).route(\"/p\", get(crate::other::page)) }
async fn show() { crate::orders::load(&crate::store::Disk) }
//- /src/orders.rs
pub trait Store { fn get(&self); }
pub fn load(store: &dyn Store) { store.get() }
//- /src/store.rs
pub struct Disk;
impl crate::orders::Store for Disk { fn get(&self) { crate::mail::note() } }
//- /src/mail.rs
pub fn note() {}
//- /src/other.rs
pub fn page() {}
",
    ));
    let reached: Vec<String> = read
        .evidence
        .entry_points
        .iter()
        .map(|e| {
            let all: Vec<&str> = e.reaches.iter().map(|m| read.codebase.modules[m.index()].name()).collect();
            format!("{}: {}", e.name, all.join(" "))
        })
        .collect();
    assert_eq!(reached, ["GET /o: web mail orders store", "GET /p: other"]);
    // Of an arm only what that arm calls.
    let read_commands = of(&with(
        &["clap"],
        "//- /src/main.rs
mod a; mod b; mod c;
#[derive(clap::Subcommand)] enum Command { A, B }
fn main() { run(x) }
fn run(c: Command) { match c { Command::A => a::f(), Command::B => b::f(), } c::f() }
//- /src/a.rs
pub fn f() {}
//- /src/b.rs
pub fn f() {}
//- /src/c.rs
pub fn f() {}
",
    ));
    let names = |ids: &[crate::model::ids::ModuleId]| {
        ids.iter().map(|m| read_commands.codebase.modules[m.index()].id.clone()).collect::<Vec<_>>().join(" ")
    };
    let commands: Vec<String> = read_commands.evidence.entry_points.iter().map(|e| format!("{}: {}", e.name, names(&e.reaches))).collect();
    assert_eq!(commands, ["a: shop shop::a", "b: shop shop::b", "shop: shop shop::a shop::b shop::c"]);
    let tie = &read.evidence.ties[0];
    let members: Vec<String> = tie.members.iter().map(|(m, w)| format!("{} {w:.2}", read.codebase.modules[m.index()].name())).collect();
    assert_eq!((tie.subject.as_str(), members.join(", ").as_str()), ("GET /o", "mail 0.25, orders 0.50, store 0.33, web 1.00"));
}

#[test]
fn places_that_can_panic_are_counted_along_what_is_reached() {
    let read = of(&with(
        &["axum"],
        "//- /src/lib.rs
use axum::{Router, routing::get};
pub struct Own;
impl Own { fn unwrap(self) {} }
macro_rules! todo { () => {} }
pub fn app() -> Router { Router::new().route(\"/a\", get(a)).route(\"/b\", get(b)).route(\"/c\", get(c)) }
async fn a() { deep(Some(1)); deep(None); }
fn deep(x: Option<u8>) { let y: Result<u8, u8> = Ok(x.unwrap()); y.expect(\"it is there\"); }
async fn b() { assert!(deeper() > 0); panic!(\"no\"); }
fn deeper() -> u8 { match 1 { 1 => 1, _ => unreachable!() } }
async fn c() { Own.unwrap(); todo!(); Some(1).unwrap_or(2); None::<u8>.unwrap_or_default(); }
",
    ));
    let found: Vec<(&str, u32)> = read.evidence.entry_points.iter().map(|e| (e.name.as_str(), e.panics)).collect();
    // Each line once, however often it is reached; what is the workspace's own only has the name.
    assert_eq!(found, [("GET /a", 1), ("GET /b", 2), ("GET /c", 0)]);
}
