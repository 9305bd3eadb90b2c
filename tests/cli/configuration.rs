//! `seamline.toml` from outside.

use crate::harness::{copy, package, seamline, text, write};

fn service_of(dir: &std::path::Path, module: &str) -> String {
    let json = std::fs::read(dir.join("target/seamline/analysis.json")).expect("written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let modules = json["modules"].as_array().expect("a list");
    let found = modules.iter().find(|m| m["id"] == module).unwrap_or_else(|| panic!("no module {module}"));
    found["service"].as_str().unwrap_or("none").to_owned()
}

#[test]
fn pins_hold_and_patterns_without_a_module_warn() {
    let dir = copy("shop");
    write(
        dir.path(),
        "seamline.toml",
        "[[service]]\nname = \"post\"\nowner = \"team-letters\"\ninclude = [\"shop::**::*mail*\", \"shop::services::ordres\"]\n\
         [shared]\ninclude = [\"shop::services::tax\"]\n",
    );
    let run = seamline(&["analyze", text(dir.path())]);
    run.fails(0, &["warning[unmatched-pattern]", "`shop::services::ordres`", "seamline.toml:4", "did you mean `shop::services::orders`?"]);
    assert_eq!(service_of(dir.path(), "shop::services::mailer"), "post");
    assert_eq!(service_of(dir.path(), "shop::jobs::mail_queue"), "post");
    assert_eq!(service_of(dir.path(), "shop::services::tax"), "none");
    let explained = seamline(&["explain", "post", text(dir.path())]);
    assert!(explained.passes().out.contains("owner: team-letters"), "{}", explained.out);
}

#[test]
fn one_module_in_two_services_is_refused() {
    let dir = copy("shop");
    let toml = "[[service]]\nname = \"a\"\ninclude = [\"shop::services::orders\"]\n[[service]]\nname = \"b\"\ninclude = [\"shop::services::o*\"]\n";
    write(dir.path(), "seamline.toml", toml);
    seamline(&["analyze", text(dir.path())])
        .fails(2, &["seamline.toml:6:12: module `shop::services::orders` is in service `a` and in service `b`", "seamline.toml:3:12"]);
}

#[test]
fn wrong_words_and_types_are_named_with_their_place() {
    let dir = package(&[("src/lib.rs", "")]);
    for (toml, parts) in [
        ("[rules]\nnew-crossing = \"forbid\"\n", ["seamline.toml:2:16: there is no level `forbid`", "Allowed: `allow`, `warn`, `deny`"]),
        ("[cluster]\nresolution = \"fine\"\n", ["seamline.toml:2:14: invalid type", "expected a number"]),
        ("stale = \"wran\"\n", ["seamline.toml:1:9: there is no level `wran`", "did you mean `warn`?"]),
    ] {
        write(dir.path(), "seamline.toml", toml);
        seamline(&["check", text(dir.path())]).fails(2, &parts);
    }
    seamline(&["analyze", text(dir.path()), "--config", "nowhere.toml"]).fails(2, &["nowhere.toml: there is no such file"]);
}

#[test]
fn init_writes_what_changes_nothing_and_never_replaces() {
    let dir = copy("shop");
    let analysis = || {
        seamline(&["analyze", text(dir.path()), "-q"]).passes();
        std::fs::read(dir.path().join("target/seamline/analysis.json")).expect("written")
    };
    let before = analysis();
    seamline(&["init", text(dir.path())]).passes();
    let written = std::fs::read_to_string(dir.path().join("seamline.toml")).expect("written");
    assert!(written.contains("#[[service]]") && written.contains("new-crossing = \"deny\""), "{written}");
    assert!(before == analysis(), "the configuration as written changes nothing");
    seamline(&["init", text(dir.path())]).fails(2, &["seamline.toml: there is a configuration already"]);
    assert_eq!(std::fs::read_to_string(dir.path().join("seamline.toml")).expect("still there"), written);
}
