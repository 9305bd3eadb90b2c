//! What people get wrong, and what they are told. The folders are described in `fixtures/broken/README.md`.

use crate::harness::{contents, copy, package, seamline, text, write};
use std::path::Path;
use tempfile::TempDir;

/// Runs `analyze` on a broken fixture, from the root of this repository, with the reports in `out`.
#[track_caller]
fn analyze(fixture: &str, out: &Path, code: i32, parts: &[&str]) {
    seamline(&["analyze", &format!("fixtures/broken/{fixture}"), "--out", text(out)]).fails(code, parts);
}

/// Nothing could be analysed: exit code 2, and not even the folder for the reports is there.
#[track_caller]
fn refused(fixture: &str, parts: &[&str]) {
    let dir = TempDir::new().expect("a temporary folder");
    let out = dir.path().join("out");
    analyze(fixture, &out, 2, parts);
    assert!(!out.exists(), "nothing may be written");
}

/// A part could not be analysed: exit code 3, and the reports cover the rest and name what is missing.
#[track_caller]
fn incomplete(fixture: &str, parts: &[&str], in_the_report: &str) {
    let dir = TempDir::new().expect("a temporary folder");
    analyze(fixture, dir.path(), 3, parts);
    for file in ["report.md", "analysis.json"] {
        let report = std::fs::read_to_string(dir.path().join(file)).expect(file);
        assert!(report.contains(in_the_report), "{in_the_report:?} is not in {file}");
    }
}

#[test]
fn no_path() {
    seamline(&["analyze", "fixtures/nowhere"]).fails(2, &["error: fixtures/nowhere: no such folder or manifest"]);
}

#[test]
fn an_empty_folder() {
    let dir = TempDir::new().expect("a temporary folder");
    seamline(&["analyze", text(dir.path())]).fails(2, &[text(dir.path()), "there is no Cargo.toml here"]);
    assert!(contents(dir.path()).is_empty(), "nothing may be written");
}

#[test]
fn no_manifest() {
    refused("no-manifest", &["error: fixtures/broken/no-manifest: there is no Cargo.toml here"]);
}

#[test]
fn a_bad_manifest() {
    refused("bad-manifest", &["error: fixtures/broken/bad-manifest/Cargo.toml: ", "line 2"]);
}

#[test]
fn no_targets() {
    refused("no-targets", &["fixtures/broken/no-targets", "no library or binary"]);
}

#[test]
fn a_missing_member() {
    incomplete(
        "missing-member",
        &["error[missing-member]: workspace member `absent`", "--> fixtures/broken/missing-member/Cargo.toml:1"],
        "absent",
    );
}

#[test]
fn an_unknown_key() {
    refused(
        "bad-config",
        &["fixtures/broken/bad-config/seamline.toml:3:3: unknown key `servcie`", "did you mean `service`?", "3 | [[servcie]]"],
    );
}

#[test]
fn two_configurations() {
    refused(
        "two-configs",
        &["fixtures/broken/two-configs/seamline.toml", "[workspace.metadata.seamline] in fixtures/broken/two-configs/Cargo.toml"],
    );
}

#[test]
fn a_file_that_does_not_parse() {
    incomplete("parse-error", &["error[parse-error]", "--> fixtures/broken/parse-error/src/torn.rs:8", "help:"], "src/torn.rs");
    let dir = TempDir::new().expect("a temporary folder");
    seamline(&["analyze", "fixtures/broken/parse-error", "--out", text(dir.path())]);
    let json = std::fs::read_to_string(dir.path().join("analysis.json")).expect("written");
    assert!(
        json.contains("\"from\": \"parse_error::torn\", \"to\": \"parse_error::good\""),
        "the items around the torn one count:\n{json}"
    );
}

#[test]
fn a_bracket_that_is_never_closed() {
    incomplete("unbalanced", &["error[parse-error]", "--> fixtures/broken/unbalanced/src/torn.rs:"], "src/torn.rs");
}

#[test]
fn a_file_that_is_not_utf8() {
    incomplete("not-utf8", &["src/latin.rs: the file is not UTF-8 (byte 27)"], "src/latin.rs");
}

#[test]
fn a_module_without_a_file() {
    let parts =
        ["error[missing-module-file]", "neither src/absent.rs nor src/absent/mod.rs", "--> fixtures/broken/missing-module/src/lib.rs:3"];
    incomplete("missing-module", &parts, "src/absent.rs");
}

#[test]
fn modules_that_declare_each_other() {
    incomplete("module-cycle", &["error[module-cycle]", "--> fixtures/broken/module-cycle/src/b.rs:", "#[path]"], "module-cycle");
}

#[test]
fn a_baseline_that_is_missing_or_broken() {
    let check = |fixture: &str| seamline(&["check", &format!("fixtures/broken/{fixture}")]);
    check("baseline-missing")
        .fails(3, &["fixtures/broken/baseline-missing/seamline-baseline.json: there is no baseline", "seamline baseline create"]);
    check("baseline-version").fails(3, &["baseline-version/seamline-baseline.json", "schema_version 99", "schema_version 1"]);
    check("baseline-conflict").fails(3, &["baseline-conflict/seamline-baseline.json", "line 5 is a conflict marker"]);
    let truncated = copy("broken/baseline-version");
    write(truncated.path(), "seamline-baseline.json", "{ \"schema_version\": 1, ");
    seamline(&["check", text(truncated.path())]).fails(3, &["seamline-baseline.json", "not a valid baseline"]);
}

#[test]
fn an_incomplete_analysis_neither_passes_the_gate_nor_makes_a_baseline() {
    let dir = copy("broken/missing-module");
    let root = text(dir.path());
    seamline(&["baseline", "create", root]).fails(3, &["the baseline was not written"]);
    assert!(!dir.path().join("seamline-baseline.json").exists());
    write(dir.path(), "src/absent.rs", "");
    seamline(&["baseline", "create", root]).passes();
    std::fs::remove_file(dir.path().join("src/absent.rs")).expect("removed");
    seamline(&["check", root]).fails(3, &["missing-module-file", "incomplete"]);
}

#[test]
fn an_out_folder_that_cannot_be_written_to() {
    let dir = package(&[("src/lib.rs", "pub fn f() {}\n"), ("file", "not a folder\n")]);
    let out = dir.path().join("file/out");
    seamline(&["analyze", text(dir.path()), "--out", text(&out)])
        .fails(2, &[&format!("error: {}: nothing was written", out.display()), "--out"]);
    // A folder stands where the last of the files should be: none of the others is put in its place, and no temporary file stays.
    let out = dir.path().join("taken");
    std::fs::create_dir_all(out.join("modules.dot")).expect("a folder");
    seamline(&["analyze", text(dir.path()), "--out", text(&out)]).fails(2, &["nothing was written", "modules.dot is a folder"]);
    assert!(contents(&out).is_empty());
}

#[test]
fn a_saved_analysis_that_is_none() {
    let dir = package(&[("analysis.json", "{\"schema_version\": 9}"), ("text.json", "hello")]);
    let from = |name: &str| text(&dir.path().join(name)).to_owned();
    let report = |name: &str| seamline(&["report", "--from", &from(name), "--format", "markdown"]);
    report("analysis.json").fails(2, &[&from("analysis.json"), "schema_version 9"]);
    report("text.json").fails(2, &[&from("text.json"), "not valid JSON"]);
    report("none.json").fails(2, &[&from("none.json"), "there is no such file"]);
}

#[test]
fn an_unknown_package() {
    let run = seamline(&["analyze", "fixtures/shop", "-p", "shpo"]);
    run.fails(2, &["package `shpo` is not in this workspace; did you mean `shop`?"]);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links() {
    let dir = package(&[("src/lib.rs", "pub mod a;\n"), ("src/a.rs", "pub fn f() {}\n")]);
    std::os::unix::fs::symlink("../src", dir.path().join("src/again")).expect("a link");
    std::os::unix::fs::symlink("self.rs", dir.path().join("src/self.rs")).expect("a link");
    let out = dir.path().join("out");
    seamline(&["analyze", text(dir.path()), "--out", text(&out)]).passes();
    write(dir.path(), "src/lib.rs", "pub mod a;\n#[path = \"self.rs\"]\npub mod b;\n");
    seamline(&["analyze", text(dir.path()), "--out", text(&out)])
        .fails(3, &["src/lib.rs:3", "#[path] of module `b` leads to no file: src/self.rs"]);
}
