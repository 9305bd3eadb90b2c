//! The gate and its baseline, from the first commit to the cleaned-up end.

use crate::harness::{command, package, run, seamline, text, write};
use std::path::Path;
use tempfile::TempDir;

const TORN: &str = "//! Orders.\n\npub struct Order;\n\npub fn place() {}\n";
const TIED: &str = "//! Orders.\n\npub struct Order;\n\npub fn place() {\n    crate::payments::pay();\n}\n";

/// Two services that the configuration has decided on, with nothing between them.
fn demo() -> TempDir {
    package(&[
        ("src/lib.rs", "pub mod orders;\npub mod payments;\n"),
        ("src/orders.rs", TORN),
        ("src/payments.rs", "//! Payments.\n\npub struct Payment;\n\npub fn pay() {}\n"),
        ("seamline.toml", CONFIG),
    ])
}

const CONFIG: &str =
    "[[service]]\nname = \"orders\"\ninclude = [\"demo::orders\"]\n[[service]]\nname = \"payments\"\ninclude = [\"demo::payments\"]\n";

fn baseline(root: &Path) -> String {
    std::fs::read_to_string(root.join("seamline-baseline.json")).expect("a baseline")
}

#[test]
fn from_nothing_to_a_clean_gate() {
    let dir = demo();
    let root = text(dir.path());
    seamline(&["check", root]).fails(3, &["there is no baseline", "seamline baseline create"]);
    seamline(&["baseline", "create", root]).passes();
    seamline(&["baseline", "create", root]).fails(2, &["there is a baseline already", "baseline update"]);
    let green = seamline(&["check", root]);
    green.passes();
    assert!(green.out.contains("passed") && green.out.contains("propagation cost"), "the delta is shown on green:\n{}", green.out);

    write(dir.path(), "src/orders.rs", TIED);
    let red = seamline(&["check", root]);
    red.fails(1, &[]);
    assert!(red.out.contains("new-crossing") && red.out.contains("src/orders.rs:6"), "{}", red.out);

    // Growing needs leave and a reason; nothing is written before that.
    let before = baseline(dir.path());
    seamline(&["baseline", "update", root]).fails(1, &["would grow", "demo::orders → demo::payments", "--accept"]);
    seamline(&["baseline", "update", root, "--accept", "new-crossing"]).fails(2, &["--reason"]);
    seamline(&["baseline", "update", root, "--accept", "new-crossing", "--reason", " "]).fails(2, &["--reason is empty"]);
    seamline(&["baseline", "update", root, "--accept", "new-crosing", "--reason", "x"]).fails(2, &["new-crossing"]);
    assert_eq!(baseline(dir.path()), before);
    let accept =
        ["baseline", "update", root, "--accept", "new-crossing", "--accept", "coupling-rise", "--reason", "until payments has an API"];
    seamline(&accept).passes();
    assert!(baseline(dir.path()).contains("until payments has an API"));
    seamline(&["check", root]).passes();

    // Improving passes, says so, and fails only where that is asked for.
    write(dir.path(), "src/orders.rs", TORN);
    let better = seamline(&["check", root]);
    better.passes();
    assert!(better.out.contains("better: 1 entry"), "{}", better.out);
    write(dir.path(), "seamline.toml", &format!("stale = \"deny\"\n{CONFIG}"));
    seamline(&["check", root]).fails(1, &[]);
    seamline(&["baseline", "prune", root]).passes();
    seamline(&["check", root]).passes();
    assert_eq!(baseline(dir.path()), before);
    seamline(&["baseline", "prune", root]).fails(0, &["nothing to change"]);
}

#[test]
fn what_is_configured_to_warn_does_not_fail() {
    let dir = demo();
    let root = text(dir.path());
    seamline(&["baseline", "create", root]).passes();
    write(dir.path(), "src/orders.rs", TIED);
    let rules = "[rules]\nnew-crossing = \"warn\"\ncoupling-rise = \"allow\"\n";
    write(dir.path(), "seamline.toml", &format!("{CONFIG}{rules}"));
    let warned = seamline(&["check", root]);
    warned.passes();
    assert!(warned.out.contains("warn new-crossing"), "{}", warned.out);
}

#[test]
fn github_sees_annotations_with_paths_from_where_the_job_runs() {
    let dir = demo();
    seamline(&["baseline", "create", text(dir.path())]).passes();
    write(dir.path(), "src/orders.rs", TIED);
    let (above, name) = (dir.path().parent().expect("a folder"), dir.path().file_name().expect("a name").to_str().expect("UTF-8"));
    let summary = dir.path().join("summary.md");
    std::fs::write(&summary, "of the step before\n").expect("a file");
    let on_github = run(command(&["check", name]).current_dir(above).env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary));
    on_github.fails(1, &[]);
    assert!(on_github.out.contains(&format!("::error file={name}/src/orders.rs,line=6,title=new-crossing::")), "{}", on_github.out);
    let summary = std::fs::read_to_string(&summary).expect("written");
    assert!(summary.starts_with("of the step before\n") && summary.contains("new-crossing"), "{summary}");
    assert_eq!(seamline(&["check", text(dir.path()), "--format", "markdown"]).code, 1);
    let asked = seamline(&["check", text(dir.path()), "--format", "github"]);
    assert!(asked.out.contains("::error "), "{}", asked.out);
    assert!(!seamline(&["check", text(dir.path())]).out.contains("::error "));
}

#[test]
fn programs_get_json() {
    let dir = demo();
    seamline(&["baseline", "create", text(dir.path())]).passes();
    write(dir.path(), "src/orders.rs", TIED);
    let run = seamline(&["check", text(dir.path()), "--format", "json"]);
    run.fails(1, &[]);
    let value: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!((value["failed"].as_bool(), value["complete"].as_bool()), (Some(true), Some(true)));
    let findings = value["findings"].as_array().expect("a list");
    let crossing = findings.iter().find(|f| f["rule"] == "new-crossing").expect("found");
    assert_eq!((crossing["sites"][0]["file"].as_str(), crossing["sites"][0]["line"].as_u64()), (Some("src/orders.rs"), Some(6)));
}

#[test]
fn the_baseline_may_be_elsewhere() {
    let dir = demo();
    let file = dir.path().join("ci/accepted.json");
    seamline(&["baseline", "create", text(dir.path()), "--baseline", text(&file)]).passes();
    assert!(file.is_file() && !dir.path().join("seamline-baseline.json").exists());
    seamline(&["check", text(dir.path()), "--baseline", text(&file)]).passes();
}
