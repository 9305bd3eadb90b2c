//! `seamline plan`, and the proposal that becomes the boundary file.

use crate::harness::{copy, package, seamline, text, write};
use tempfile::TempDir;

/// The shop with the boundaries of its README, analysed once.
fn shop(dir: &TempDir) -> std::path::PathBuf {
    let out = text(dir.path());
    seamline(&["analyze", "fixtures/shop", "--config", "fixtures/shop/capabilities.toml", "--out", out, "-q", "--no-cache"]).passes();
    dir.path().join("analysis.json")
}

#[test]
fn a_plan_names_every_step_and_what_cannot_be_parted_says_so() {
    let dir = TempDir::new().expect("a temporary folder");
    let saved = shop(&dir);
    let from = ["--from", text(&saved)];
    let plan = |arguments: &[&str]| seamline(&[&["plan"], arguments, from.as_slice()].concat());
    let order = plan(&[]).passes().out.clone();
    for service in ["catalog", "inventory", "notifications", "payments", "reporting", "sales", "user-auth"] {
        assert!(order.contains(&format!(". {service}: ")), "{service} is not in\n{order}");
    }
    let stuck = plan(&["payments"]);
    stuck.fails(3, &["`payments` cannot be parted yet: the first step says what would have to change"]);
    assert!(stuck.out.contains("shop::services::orders::mark_paid") && stuck.out.contains("src/services/payments.rs:89"), "{}", stuck.out);
    let markdown = plan(&["reporting", "--format", "markdown"]).out;
    assert!(markdown.contains("1. Open") || markdown.contains("## "), "{markdown}");
    let json: serde_json::Value = serde_json::from_str(&plan(&["sales", "--format", "json"]).out).expect("JSON");
    assert!(json.to_string().contains("\"service\":\"sales\""), "{json}");
    plan(&["catalogue"]).fails(2, &["there is no service candidate `catalogue`", "did you mean `catalog`?"]);
    // What is in the code now is what is left to do: both ways of asking agree.
    let fresh = seamline(&["plan", "reporting", "fixtures/shop", "--config", "fixtures/shop/capabilities.toml", "--no-cache"]);
    assert_eq!(fresh.out, plan(&["reporting"]).out);
}

#[test]
fn verdicts_thresholds_and_crossings_are_explained() {
    let dir = TempDir::new().expect("a temporary folder");
    let saved = shop(&dir);
    let explain = |name: &str| seamline(&["explain", name, "--from", text(&saved)]);
    let verdict = explain("verdict").passes().out.clone();
    assert!(verdict.contains("misses: ") && verdict.contains("is asked"), "{verdict}");
    let crossing = explain("payments -> sales").passes().out.clone();
    assert!(crossing.contains("mark_paid") && crossing.contains("keep-together"), "{crossing}");
    explain("payments -> sale").fails(2, &["did you mean `sales`"]);
    assert!(seamline(&["explain", "cohesion-service"]).passes().out.contains("= 0.7 in the table `[advice]`"));
    explain("verdct").fails(2, &["did you mean `verdict`?"]);
}

#[test]
fn an_accepted_proposal_becomes_the_boundary_file() {
    let dir = TempDir::new().expect("a temporary folder");
    let saved = shop(&dir);
    let own = copy("shop");
    seamline(&["init", text(own.path()), "--from", text(&saved)]).passes();
    let file = std::fs::read_to_string(own.path().join("seamline.toml")).expect("written");
    assert!(file.contains("[[service]]\nname = \"payments\"") && file.contains("[advice]"), "{file}");
    seamline(&["check", text(own.path()), "--baseline", "none.json"]).fails(3, &["none.json"]);
    seamline(&["baseline", "create", text(own.path())]).passes();
    seamline(&["check", text(own.path())]).passes();
    let other = package(&[("src/lib.rs", "pub fn f() {}")]);
    seamline(&["init", text(other.path()), "--from", text(&saved)]).fails(2, &["an analysis of another tree", "seamline analyze"]);
    let mut json: serde_json::Value = serde_json::from_slice(&std::fs::read(&saved).expect("written")).expect("JSON");
    json["schema_version"] = 99.into();
    write(dir.path(), "later.json", &json.to_string());
    let later = dir.path().join("later.json");
    seamline(&["plan", "sales", "--from", text(&later)]).fails(2, &["later.json", "99"]);
}
