//! The same input gives the same bytes: twice, on any number of threads, from any folder, and rendered again.

use crate::harness::{command, contents, run, seamline, text};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// All files of a run but pictures: those are the user's Graphviz.
fn reports(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    contents(dir).into_iter().filter(|(path, _)| path.extension().is_none_or(|x| x != "svg")).collect()
}

#[track_caller]
fn same(a: &[(PathBuf, Vec<u8>)], b: &[(PathBuf, Vec<u8>)]) {
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(a), names(b));
    for ((path, one), (_, other)) in a.iter().zip(b) {
        assert!(one == other, "{} differs", path.display());
    }
}

#[test]
fn twice_and_on_any_number_of_threads() {
    for fixture in ["fixtures/shop", "."] {
        let runs: Vec<_> = ["1", "2", "2", "5"]
            .iter()
            .map(|threads| {
                let dir = TempDir::new().expect("a temporary folder");
                // Without Graphviz: pictures are not compared, and take longer than everything else.
                run(command(&["analyze", fixture, "--threads", threads, "--out", text(dir.path()), "-q"]).env("PATH", "")).passes();
                reports(dir.path())
            })
            .collect();
        runs.windows(2).for_each(|w| same(&w[0], &w[1]));
    }
}

#[test]
fn from_any_folder() {
    let (a, b) = (TempDir::new().expect("a temporary folder"), TempDir::new().expect("a temporary folder"));
    seamline(&["analyze", "fixtures/shop", "--out", text(a.path()), "-q"]).passes();
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop");
    run(command(&["analyze", "--out", text(b.path()), "-q"]).current_dir(&shop)).passes();
    same(&reports(a.path()), &reports(b.path()));
    let root = env!("CARGO_MANIFEST_DIR");
    for (path, bytes) in reports(a.path()) {
        assert!(!String::from_utf8_lossy(&bytes).contains(root), "{} holds an absolute path", path.display());
    }
}

#[test]
fn rendered_again_from_the_saved_analysis() {
    let (a, b) = (TempDir::new().expect("a temporary folder"), TempDir::new().expect("a temporary folder"));
    seamline(&["analyze", "fixtures/shop", "--out", text(a.path()), "-q"]).passes();
    let saved = a.path().join("analysis.json");
    seamline(&["report", "--from", text(&saved), "--out", text(b.path()), "-q"]).passes();
    same(&reports(a.path()), &reports(b.path()));
    for (format, file) in [("markdown", "report.md"), ("json", "analysis.json"), ("text", "summary.txt")] {
        let printed = seamline(&["report", "--from", text(&saved), "--format", format]).passes().out.clone().into_bytes();
        assert!(printed == std::fs::read(a.path().join(file)).expect("written"), "{format}");
    }
    seamline(&["report", "--from", text(&saved)]).fails(2, &["standard output holds one report", "--out DIR"]);
}
