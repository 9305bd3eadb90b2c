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
