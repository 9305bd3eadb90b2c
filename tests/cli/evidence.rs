//! Evidence from outside: how it shows, how it is weighed, graphs in the place of code.

use crate::harness::{copy, package, seamline, text, write};
use serde_json::Value;
use std::path::Path;

fn analysis(dir: &Path) -> Value {
    let json = std::fs::read(dir.join("target/seamline/analysis.json")).expect("written");
    serde_json::from_slice(&json).expect("JSON")
}

fn source<'a>(analysis: &'a Value, name: &str) -> &'a Value {
    let sources = analysis["evidence"]["sources"].as_array().expect("a list");
    sources.iter().find(|s| s["name"] == name).unwrap_or_else(|| panic!("no source {name}"))
}

const GRAPH: &str = "{\"nodes\": [
{\"id\": \"CartAction\"}, {\"id\": \"CartService\"}, {\"id\": \"CartEntity\"}, {\"id\": \"CartMapper\"},
{\"id\": \"UserAction\"}, {\"id\": \"UserService\"}, {\"id\": \"UserEntity\"}, {\"id\": \"UserMapper\"}],
\"edges\": [
{\"from\": \"CartAction\", \"to\": \"CartService\", \"weight\": 9}, {\"from\": \"CartService\", \"to\": \"CartEntity\", \"weight\": 9.5},
{\"from\": \"CartService\", \"to\": \"CartMapper\"}, {\"from\": \"CartMapper\", \"to\": \"CartEntity\"},
{\"from\": \"UserAction\", \"to\": \"UserService\", \"weight\": 9}, {\"from\": \"UserService\", \"to\": \"UserEntity\", \"weight\": 9},
{\"from\": \"UserService\", \"to\": \"UserMapper\"}, {\"from\": \"UserMapper\", \"to\": \"UserEntity\"},
{\"from\": \"CartService\", \"to\": \"UserService\"}]}
";

#[test]
fn a_source_can_be_weighed_and_left_out_in_both_places() {
    let dir = copy("shop");
    write(dir.path(), "seamline.toml", "[evidence]\ntables = 1.5\nmessages = false\n");
    seamline(&["analyze", text(dir.path()), "--evidence", "transactions=off", "--evidence", "entries=0"]).passes();
    let analysis = analysis(dir.path());
    assert_eq!(source(&analysis, "tables")["weight"], 1.5);
    for name in ["messages", "transactions"] {
        assert_eq!(source(&analysis, name)["note"], "switched off", "{name}");
        assert_eq!(source(&analysis, name)["found"], 0, "{name}");
    }
    // With weight 0 it still says what it found.
    assert_eq!(source(&analysis, "entries")["weight"], 0.0);
    assert!(source(&analysis, "entries")["found"].as_u64().is_some_and(|n| n > 0), "{analysis:#}");
}

#[test]
fn a_source_that_is_not_there_is_refused() {
    let dir = package(&[("src/lib.rs", "")]);
    let refused = |written: &str, parts: &[&str]| {
        seamline(&["analyze", text(dir.path()), "--evidence", written]).fails(2, parts);
    };
    refused("tabels=1", &["there is no source `tabels`", "did you mean `tables`?"]);
    refused("tables", &["NAME=WEIGHT"]);
    refused("tables=11", &["from 0 to 10"]);
    refused("tables=much", &["from 0 to 10"]);
    write(dir.path(), "seamline.toml", "[evidence]\ntabels = 1\n");
    seamline(&["analyze", text(dir.path())]).fails(2, &["seamline.toml:2:1", "did you mean `tables`?"]);
}

#[test]
fn explain_tells_the_evidence_on_a_module() {
    let dir = package(&[
        (
            "Cargo.toml",
            "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nsqlx = \"0.8\"\naxum = \"0.8\"\n",
        ),
        ("src/lib.rs", "pub mod orders;\n"),
        (
            "src/orders.rs",
            "pub async fn place(db: &sqlx::PgPool) { sqlx::query(\"INSERT INTO orders (id) VALUES ($1)\").execute(db).await; }\n\
             pub fn routes() -> axum::Router { axum::Router::new().route(\"/orders\", axum::routing::post(place)) }\n",
        ),
    ]);
    let run = seamline(&["explain", "demo::orders", text(dir.path())]);
    for part in ["table orders: W", "src/orders.rs:1", "route POST /orders"] {
        assert!(run.passes().out.contains(part), "{part} is not in\n{}", run.out);
    }
}

#[test]
fn a_graph_goes_through_everything_after_the_front_end() {
    let dir = package(&[
        ("graph.json", GRAPH),
        ("cases.json", "{\"CartAction\": [\"buy\"], \"CartService\": [\"buy\"], \"UserAction\": [\"log in\"]}"),
    ]);
    let out = dir.path().join("out");
    let (graph, cases) = (dir.path().join("graph.json"), dir.path().join("cases.json"));
    let arguments = ["analyze", "--graph", text(&graph), "--use-cases", text(&cases), "--no-cache", "--out", text(&out)];
    seamline(&arguments).passes();
    let analysis: Value = serde_json::from_slice(&std::fs::read(out.join("analysis.json")).expect("written")).expect("JSON");
    let service = |id: &str| analysis["modules"].as_array().expect("a list").iter().find(|m| m["id"] == id).expect(id)["service"].clone();
    assert!(service("CartAction").is_string(), "every node is placed");
    assert_eq!(service("CartAction"), service("CartMapper"));
    assert_ne!(service("CartAction"), service("UserAction"));
    assert_eq!(source(&analysis, "use-cases")["found"], 2);
    let heavy = analysis["dependencies"].as_array().expect("a list").iter().find(|d| d["to"] == "CartEntity" && d["from"] == "CartService");
    assert_eq!(heavy.expect("an edge")["weight"], 9.5);
    // What is written can be read back and shown.
    seamline(&["report", "--from", text(&out.join("analysis.json")), "--format", "markdown"]).passes();
}

#[test]
fn a_broken_graph_is_named_with_its_line() {
    let dir = package(&[("graph.json", "{\"nodes\": [{\"id\": \"a\"}],\n\"edges\": [{\"from\": \"a\", \"to\": \"b\"}]}")]);
    let graph = dir.path().join("graph.json");
    seamline(&["analyze", "--graph", text(&graph)]).fails(2, &["graph.json:2: there is no node `b`"]);
    seamline(&["analyze", "--graph", text(&graph), text(dir.path())]).fails(2, &["both PATH and --graph"]);
    seamline(&["analyze", "--graph", text(&dir.path().join("none.json"))]).fails(2, &["none.json"]);
}

#[test]
fn traces_show_what_ran_and_a_broken_file_ends_incomplete() {
    let dir = copy("shop");
    let spans = "{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [
{\"traceId\": \"t\", \"spanId\": \"a\", \"name\": \"GET /cart\"},
{\"traceId\": \"t\", \"spanId\": \"b\", \"parentSpanId\": \"a\", \"name\": \"look up\"},
{\"traceId\": \"t\", \"spanId\": \"c\", \"parentSpanId\": \"a\", \"name\": \"<b>\"}]}]}]}";
    write(dir.path(), "traces.json", spans);
    write(dir.path(), "seamline.toml", "[traces]\n\"look up\" = \"shop::services::catalog\"\n");
    let file = dir.path().join("traces.json");
    let (root, file) = (text(dir.path()), text(&file));
    seamline(&["analyze", root, "--traces", file]).passes();
    let found = analysis(dir.path());
    assert_eq!(source(&found, "traces")["found"], 3);
    assert_eq!(found["evidence"]["traces"]["calls"][0]["from"]["module"], "shop::routes::cart");
    assert_eq!(found["evidence"]["traces"]["calls"][0]["to"]["module"], "shop::services::catalog");
    let report = std::fs::read_to_string(dir.path().join("target/seamline/report.md")).expect("written");
    assert!(report.contains("## What ran") && report.contains("| `<b>` | 1 |"), "{report}");
    // Cut inside of the last span; nothing that an earlier run kept stands in the way of another answer.
    write(dir.path(), "traces.json", &spans[..spans.len() - 9]);
    seamline(&["analyze", root, "--traces", file]).fails(3, &["traces.json", "line 4"]);
    assert_eq!(source(&analysis(dir.path()), "traces")["found"], 2);
}
