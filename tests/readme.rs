//! The README says what the program does: its tables and its picture are made from the program's own, and compared.
//! `SEAMLINE_UPDATE=1 cargo test --test readme` writes them anew.

use seamline::check::rules::RULES;
use seamline::config::Config;
use seamline::host::os::Os;
use seamline::host::store::Store;
use seamline::pipeline::analyze;
use seamline::report::{FORMATS, mermaid};
use std::path::Path;

fn replace(text: &str, name: &str, content: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = text.find(&start).unwrap_or_else(|| panic!("the README has no {start}")) + start.len();
    let to = text.find(&end).unwrap_or_else(|| panic!("the README has no {end}"));
    format!("{}{content}{}", &text[..from], &text[to..])
}

#[test]
fn tables_and_picture_are_those_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("README.md");
    let written = std::fs::read_to_string(&path).expect("README.md");
    let rules: String = RULES.iter().map(|r| format!("| `{}` | {} |\n", r.id, r.summary)).collect();
    let formats: String = FORMATS.iter().map(|f| format!("| `{}` | {} |\n", f.file(), f.description())).collect();
    let sources: String = Config::weighed().map(|(name, summary, weight)| format!("| `{name}` | {summary} | {weight} |\n")).collect();
    let mut config = Config::default();
    config.evidence.of_code_only();
    let analysis = analyze(&config, &Os, &Store::none(), &root.join("fixtures/shop"), &|_| {}).expect("the shop can be read");
    let picture = mermaid::services(&analysis).expect("the shop is small enough to draw");
    let mut expected = replace(&written, "rules", &rules);
    expected = replace(&expected, "formats", &formats);
    expected = replace(&expected, "sources", &sources);
    expected = replace(&expected, "picture", &format!("```mermaid\n{}\n```\n", picture.trim_end()));
    if std::env::var_os("SEAMLINE_UPDATE").is_some() {
        std::fs::write(&path, &expected).expect("README.md can be written");
    } else {
        assert!(written == expected, "README.md is out of date: SEAMLINE_UPDATE=1 cargo test --test readme");
    }
}

#[test]
fn its_commands_are_the_ones_that_ci_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md");
    let ci = std::fs::read_to_string(root.join(".ci/run")).expect(".ci/run");
    for command in ["cargo run --release -- analyze fixtures/shop", "cargo test"] {
        assert!(readme.lines().any(|l| l == command), "the README lacks: {command}");
        assert!(ci.lines().any(|l| l.trim().trim_start_matches("step ") == command), ".ci/run lacks: {command}");
    }
}
