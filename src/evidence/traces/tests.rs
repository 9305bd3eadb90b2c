//! What traces say of a small shop.

use super::*;
use crate::evidence::{Input, Options, gather, vocabulary};
use crate::frontend::rust;
use crate::host::memory::Memory;
use crate::host::store::Store;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const SHOP: &str = "//- /Cargo.toml
[package]
name = \"shop\"
version = \"0.1.0\"
edition = \"2021\"
[dependencies]
axum = \"0.7\"
//- /src/lib.rs
pub mod api;
pub mod orders;
pub mod payments;
//- /src/api.rs
use axum::{Router, routing::post};
pub fn router() -> Router { Router::new().route(\"/orders/{id}\", post(place)) }
pub async fn place() { crate::orders::Orders.place() }
//- /src/orders.rs
pub struct Orders;
impl Orders {
    #[tracing::instrument]
    pub fn place(&self) {
        crate::payments::charge();
    }
}
//- /src/payments.rs
pub fn charge() {
    refund();
}
pub fn refund() {}
";

/// A span in OTLP: id, id of the one around it, name, attributes.
fn span(id: &str, parent: &str, name: &str, attributes: &[(&str, &str)]) -> String {
    let attributes: Vec<String> =
        attributes.iter().map(|(key, value)| format!("{{\"key\": \"{key}\", \"value\": {{\"stringValue\": \"{value}\"}}}}")).collect();
    let attributes = attributes.join(", ");
    format!(
        "{{\"traceId\": \"t\", \"spanId\": \"{id}\", \"parentSpanId\": \"{parent}\", \"name\": \"{name}\", \"attributes\": [{attributes}]}}"
    )
}

fn file(spans: &[String]) -> String {
    format!("{{\"resourceSpans\": [{{\"scopeSpans\": [{{\"spans\": [{}]}}]}}]}}", spans.join(", "))
}

fn look(text: &str, spans: &[(&str, &str)]) -> (Evidence, String) {
    let (host, root, store) = (Memory::from_fixture(SHOP), Path::new("/"), Store::none());
    host.set("/trace.json", text);
    let read = rust::Options { vocabulary: vocabulary(), threads: 1, ..rust::Options::default() };
    let codebase = read.on_threads(|| rust::read(&host, &store, root, &read, &|_| {})).expect("there is a manifest");
    let options = Options {
        traces: vec![PathBuf::from("/trace.json")],
        spans: spans.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect(),
        ..Options::default()
    };
    let input = Input { codebase: &codebase, host: &host, root, store: &store, options: &options, commits: &|_| {} };
    let (evidence, diagnostics) = read.on_threads(|| gather(&input));
    assert_eq!(evidence.verify(codebase.modules.len()), Ok(()));
    let traces = evidence.traces.as_ref().expect("a file was given");
    let ran = |r: &Ran| format!("{}/{}", codebase.modules[r.module.index()].id, r.item.as_deref().unwrap_or("-"));
    let mut out = format!("{} of {}\n", traces.matched, traces.spans);
    for call in &traces.calls {
        writeln!(out, "{} -> {} {}", ran(&call.from), ran(&call.to), call.count).unwrap();
    }
    for case in &traces.use_cases {
        let modules: Vec<&str> = case.modules.iter().map(|m| codebase.modules[m.index()].id.as_str()).collect();
        writeln!(out, "case {} {} [{}]", case.name, case.traces, modules.join(" ")).unwrap();
    }
    for (name, spans) in &traces.unmatched {
        writeln!(out, "? {name} {spans}").unwrap();
    }
    for diagnostic in diagnostics.iter().filter(|d| d.code == "traces") {
        writeln!(out, "! {} [{}]", diagnostic.message, diagnostic.help.as_deref().unwrap_or_default()).unwrap();
    }
    (evidence, out)
}

fn check(spans: &[String], expected: &str) {
    let expected: String = expected.lines().map(|line| format!("{}\n", line.trim())).collect();
    assert_eq!(look(&file(spans), &[]).1.trim(), expected.trim());
}

#[test]
fn calls_are_counted_between_matched_spans_and_use_cases_by_the_first() {
    check(
        &[
            span("a", "", "POST /orders/:id", &[]),
            span("b", "a", "place", &[("code.namespace", "shop::orders")]),
            span("c", "b", "db query", &[]),
            span("d", "c", "charge", &[("code.namespace", "shop::payments")]),
            span("e", "c", "charge", &[("code.namespace", "shop::payments")]),
            span("f", "e", "refund", &[("code.function.name", "shop::payments::refund")]),
        ],
        "5 of 6
         shop::api/place -> shop::orders/Orders::place 1
         shop::orders/Orders::place -> shop::payments/charge 2
         shop::payments/charge -> shop::payments/refund 1
         case POST /orders/:id 1 [shop::api shop::orders shop::payments]
         ? db query 1",
    );
}

#[test]
fn a_span_is_placed_by_what_it_says_of_its_code() {
    let one = |name: &str, attributes: &[(&str, &str)]| {
        let text = look(&file(&[span("a", "", "POST /orders/{id}", &[]), span("b", "a", name, attributes)]), &[]).1;
        text.lines().find_map(|l| l.strip_prefix("shop::api/place -> ")).unwrap_or("nowhere").to_owned()
    };
    // A method by its type, by the trait that it is of, by file and line of its attribute, by module alone.
    assert_eq!(one("x", &[("code.namespace", "shop::orders::Orders"), ("code.function", "place")]), "shop::orders/Orders::place 1");
    assert_eq!(one("x", &[("code.function.name", "<shop::orders::Orders as a::B>::place")]), "shop::orders/Orders::place 1");
    assert_eq!(one("x", &[("code.filepath", "src/orders.rs"), ("code.lineno", "3")]), "shop::orders/Orders::place 1");
    assert_eq!(one("x", &[("code.file.path", "/build/src/payments.rs"), ("code.line.number", "2")]), "shop::payments/charge 1");
    assert_eq!(one("charges", &[("code.module.name", "shop::payments")]), "shop::payments/- 1");
    assert_eq!(one("charge", &[("code.namespace", "other::payments")]), "nowhere");
    assert_eq!(one("charge", &[]), "nowhere");
}

#[test]
fn the_users_table_comes_first() {
    let spans = file(&[span("a", "", "root", &[]), span("b", "a", "pay", &[("code.namespace", "shop::orders")])]);
    let (_, text) = look(&spans, &[("pay", "shop::payments::charge"), ("root", "shop::apis")]);
    assert!(
        text.contains("! `[traces]` leads `root` to `shop::apis`, which is neither a module nor a function [did you mean `shop::api`?]")
    );
    let (_, text) = look(&spans, &[("pay", "shop::payments::charge"), ("root", "shop::api")]);
    assert!(text.contains("shop::api/- -> shop::payments/charge 1"), "{text}");
}

#[test]
fn a_span_whose_first_is_missing_is_in_no_use_case_and_one_told_twice_counts_once() {
    let b = span("b", "lost", "place", &[("code.namespace", "shop::orders")]);
    let c = span("c", "b", "charge", &[("code.namespace", "shop::payments")]);
    check(&[c.clone(), b, c], "3 of 3\nshop::orders/Orders::place -> shop::payments/charge 1");
}

#[test]
fn spans_that_go_round_come_to_an_end() {
    let (a, b) = (span("a", "b", "charge", &[("code.namespace", "shop::payments")]), span("b", "a", "x", &[]));
    check(&[a, b], "1 of 2\n? x 1");
}

#[test]
fn ties_hold_those_that_call_each_other_most() {
    let root = |id: &str, name: &str| span(id, "", "r", &[("code.namespace", "shop::api"), ("code.function", name)]);
    let mut spans = vec![root("a", "place")];
    for at in 0..9 {
        spans.push(span(&format!("o{at}"), "a", "place", &[("code.namespace", "shop::orders")]));
    }
    spans.push(span("p", "a", "charge", &[("code.namespace", "shop::payments")]));
    let (evidence, _) = look(&file(&spans), &[]);
    let ties: Vec<(String, f64)> = (evidence.ties.iter().filter(|t| t.source == "traces"))
        .map(|t| (t.subject.clone(), (t.members[0].1 * t.members[1].1 * 1000.0).round() / 1000.0))
        .collect();
    let expected = [
        ("1 calls between shop::api and shop::payments at run time", 0.301),
        ("9 calls between shop::api and shop::orders at run time", 1.0),
        ("traces of r", 0.09),
    ];
    assert_eq!(ties, expected.map(|(subject, strength)| (subject.to_owned(), strength)));
}

#[test]
fn a_file_that_is_cut_is_an_error_and_what_stands_before_counts() {
    let whole = file(&[span("a", "", "POST /orders/{id}", &[]), span("b", "a", "charge", &[("code.namespace", "shop::payments")])]);
    let (_, text) = look(&whole[..whole.len() - 30], &[]);
    assert!(text.starts_with("1 of 1\n") && text.contains("! /trace.json: EOF while parsing"), "{text}");
    let (_, text) = look("{\"resourceSpans\": 1, \"x\": }", &[]);
    assert!(text.starts_with("0 of 0\n") && text.contains("line 1 column"), "{text}");
}
