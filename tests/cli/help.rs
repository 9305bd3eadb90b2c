//! Help, completions and manual pages.

use crate::harness::seamline;

const COMMANDS: [&str; 10] = ["analyze", "check", "baseline", "report", "explain", "plan", "init", "schema", "completions", "man"];

#[test]
fn every_command_has_a_line_and_help() {
    let help = seamline(&["--help"]).passes().out.clone();
    assert!(help.contains("Exit codes:"), "{help}");
    for command in COMMANDS {
        let line =
            help.lines().find(|l| l.trim_start().starts_with(&format!("{command} "))).unwrap_or_else(|| panic!("no {command} in\n{help}"));
        assert!(line.trim().len() > command.len() + 10, "{line}");
        assert!(seamline(&[command, "--help"]).passes().out.contains("Usage: seamline "), "{command}");
    }
    let formats = seamline(&["report", "--help"]).out;
    for format in ["text", "markdown", "json", "dot", "dot-modules"] {
        assert!(formats.contains(format), "{format}");
    }
}

#[test]
fn a_command_that_is_not_there() {
    seamline(&["analyse"]).fails(2, &["unrecognized subcommand 'analyse'", "analyze"]);
    seamline(&[]).fails(2, &["Usage: seamline "]);
    seamline(&["analyze", "--colour", "never"]).fails(2, &["--color"]);
    assert!(seamline(&["--version"]).passes().out.starts_with("seamline "));
}

#[test]
fn scripts_and_pages() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(seamline(&["completions", shell]).passes().out.contains("baseline"), "{shell}");
    }
    assert!(seamline(&["man"]).passes().out.contains(".TH seamline 1"));
    assert!(seamline(&["man", "check"]).passes().out.contains("seamline"));
    seamline(&["man", "chek"]).fails(2, &["there is no command `chek`", "check"]);
}

#[test]
fn the_schema_is_json() {
    let schema: serde_json::Value = serde_json::from_str(&seamline(&["schema"]).passes().out).expect("JSON");
    assert!(schema["$schema"].is_string());
}
