//! What people do on a usual day.

use crate::harness::{command, contents, copy, package, run, seamline, text};
use std::process::Stdio;
use tempfile::TempDir;

#[test]
fn analyze_the_shop() {
    let dir = copy("shop");
    let run = seamline(&["analyze", text(dir.path())]);
    run.passes();
    assert!(run.out.lines().count() <= 50, "one screen:\n{}", run.out);
    assert!(run.out.starts_with("shop: "), "{}", run.out);
    let out = dir.path().join("target/seamline");
    for file in ["report.md", "modules.dot", "services.dot", "summary.txt", "analysis.json"] {
        assert!(out.join(file).is_file(), "{file}");
        assert!(run.out.contains(file), "{file} is not named in\n{}", run.out);
    }
    // With Graphviz there is a picture, without there is a sentence.
    assert!(out.join("services.svg").is_file() != run.out.contains("no services.svg: "), "{}", run.out);
    assert!(!contents(&out).iter().any(|(path, _)| text(path).starts_with('.')), "no temporary file stays");
}

#[test]
fn without_graphviz_it_says_so_and_an_old_picture_goes() {
    let dir = package(&[("src/lib.rs", "pub fn f() {}\n"), ("out/services.svg", "<svg>of yesterday</svg>")]);
    let out = dir.path().join("out");
    let run = run(command(&["analyze", text(dir.path()), "--out", text(&out)]).env("PATH", ""));
    run.passes();
    assert!(run.out.contains("no services.svg: Graphviz is not installed"), "{}", run.out);
    assert!(!out.join("services.svg").exists());
}

#[test]
fn quiet_is_quiet_and_verbose_tells_times() {
    let dir = TempDir::new().expect("a temporary folder");
    let quiet = seamline(&["analyze", "fixtures/shop", "--out", text(dir.path()), "-q"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""));
    seamline(&["analyze", "fixtures/shop", "--out", text(dir.path()), "-v", "--no-cache"])
        .fails(0, &[" s  reading", " s  resolving names"]);
}

#[test]
fn cargo_passes_its_own_argument() {
    let cargo = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-seamline"));
        run(command.args(arguments).env_remove("CARGO_TERM_COLOR"))
    };
    let expected = seamline(&["schema"]).out;
    assert_eq!(cargo(&["seamline", "schema"]).passes().out, expected);
    assert_eq!(cargo(&["schema"]).passes().out, expected);
    assert!(cargo(&["seamline", "--help"]).passes().out.contains("cargo seamline"));
}

#[test]
fn the_manifest_may_be_named() {
    let dir = TempDir::new().expect("a temporary folder");
    let json = |arguments: &[&str]| {
        seamline(&[arguments, &["--out", text(dir.path()), "-q"]].concat()).passes();
        std::fs::read(dir.path().join("analysis.json")).expect("written")
    };
    let by_folder = json(&["analyze", "fixtures/shop"]);
    assert!(by_folder == json(&["analyze", "--manifest-path", "fixtures/shop/Cargo.toml"]));
    assert!(by_folder == json(&["analyze", "fixtures/shop/Cargo.toml", "--workspace"]));
    seamline(&["analyze", "fixtures/shop", "--manifest-path", "fixtures/shop/Cargo.toml"]).fails(2, &["both PATH and --manifest-path"]);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = command(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), [].as_slice()));
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let check = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut command = command(&[&["explain", "new-cycle"], arguments].concat());
        command.envs(variable);
        run(&mut command).out.contains('\u{1b}')
    };
    assert!(!check(&[], None));
    assert!(check(&["--color", "always"], None));
    assert!(check(&["--color", "always"], Some(("NO_COLOR", "1"))));
    assert!(check(&[], Some(("CARGO_TERM_COLOR", "always"))));
    assert!(!check(&["--color", "never"], Some(("CARGO_TERM_COLOR", "always"))));
}

#[test]
fn explain_knows_rules_modules_and_services() {
    let rule = seamline(&["explain", "new-crossing"]);
    assert!(rule.passes().out.contains("How to fix"), "{}", rule.out);
    let dir = TempDir::new().expect("a temporary folder");
    seamline(&["analyze", "fixtures/shop", "--out", text(dir.path()), "-q"]).passes();
    let saved = dir.path().join("analysis.json");
    let module = seamline(&["explain", "shop::services::orders", "--from", text(&saved)]);
    for part in ["shop::services::orders: in service ", "src/services/orders.rs:1", "Why", "Ca ", "Uses", "Used by"] {
        assert!(module.passes().out.contains(part), "{part:?} is not in\n{}", module.out);
    }
    assert_eq!(module.out, seamline(&["explain", "shop::services::orders", "fixtures/shop"]).out);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&saved).expect("written")).expect("JSON");
    let service = json["services"][0]["id"].as_str().expect("a service");
    let text_of = seamline(&["explain", service, "--from", text(&saved)]);
    for part in [&format!("service {service}: "), "Why ", "Holds"] {
        assert!(text_of.passes().out.contains(part), "{part:?} is not in\n{}", text_of.out);
    }
    let from = ["--from", text(&saved)];
    seamline(&[&["explain", "shop::services::ordres"], from.as_slice()].concat()).fails(2, &["did you mean `shop::services::orders`?"]);
    let table = seamline(&["explain", "stock_levels", "--from", text(&saved)]);
    let table = table.passes().out.clone();
    assert!(table.starts_with("table stock_levels: replicate (owned by orders)"), "{table}");
    assert!(table.contains("src/db/stock_repo.rs") && table.contains("Foreign keys that are cut"), "{table}");
    seamline(&[&["explain", "stock_level"], from.as_slice()].concat()).fails(2, &["did you mean `stock_levels`?"]);
    seamline(&[&["explain", "mailer"], from.as_slice()].concat()).fails(2, &["did you mean `shop::services::mailer`?"]);
    seamline(&[&["explain", "new-crosing"], from.as_slice()].concat()).fails(2, &["did you mean `new-crossing`?"]);
}
