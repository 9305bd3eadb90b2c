//! The cache: nothing that is in it, and nothing that happens to it, changes what is found.

use crate::harness::{command, contents, copy, run, seamline, text, write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Reports of one run into a folder of their own; Graphviz lays out no two pictures alike.
fn reports(root: &Path, options: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let out = TempDir::new().expect("a temporary folder");
    seamline(&[&["analyze", text(root), "--out", text(out.path()), "-q"], options].concat()).passes();
    contents(out.path()).into_iter().filter(|(path, _)| path.extension().is_none_or(|x| x != "svg")).collect()
}

/// The same reports; where not, their names are enough to know.
#[track_caller]
fn same(found: &[(PathBuf, Vec<u8>)], expected: &[(PathBuf, Vec<u8>)]) {
    let other: Vec<_> = found.iter().filter(|report| !expected.contains(report)).map(|(path, _)| path).collect();
    assert!(other.is_empty() && found.len() == expected.len(), "{other:?}");
}

#[test]
fn warm_and_cold_write_the_same_bytes() {
    let dir = copy("shop");
    let root = dir.path();
    let without = reports(root, &["--no-cache"]);
    assert!(!root.join("target").exists(), "--no-cache keeps nothing");
    same(&reports(root, &[]), &without);
    assert!(root.join("target/seamline/cache").is_file());
    let kept = std::fs::read(root.join("target/seamline/cache")).expect("a cache");
    same(&reports(root, &[]), &without);
    assert!(std::fs::read(root.join("target/seamline/cache")).expect("a cache") == kept, "nothing new, nothing written");
    // One file changes: as without a cache again.
    let lib = std::fs::read_to_string(root.join("src/lib.rs")).unwrap_or_default();
    write(root, "src/lib.rs", &format!("{lib}\npub fn added() {{}}\n"));
    same(&reports(root, &[]), &reports(root, &["--no-cache"]));
}

#[test]
fn it_may_be_elsewhere() {
    let (dir, other) = (copy("shop"), TempDir::new().expect("a temporary folder"));
    let file = other.path().join("deep/er/cache");
    seamline(&["check", text(dir.path()), "--cache", text(&file)]).fails(3, &["there is no baseline"]);
    seamline(&["baseline", "create", text(dir.path()), "--cache", text(&file)]).passes();
    assert!(file.is_file() && !dir.path().join("target").exists());
    seamline(&["check", text(dir.path()), "--cache", text(&file), "--no-cache"]).fails(2, &["cannot be used with"]);
}

#[test]
fn a_damaged_one_is_begun_anew() {
    let dir = copy("shop");
    let cache = dir.path().join("target/seamline/cache");
    let cold = reports(dir.path(), &[]);
    let good = std::fs::read(&cache).expect("a cache");
    let mut flipped = good.clone();
    for at in (0..flipped.len()).step_by(97) {
        flipped[at] ^= 0x10;
    }
    let cases: [(&[u8], &str); 5] = [
        (&good[..good.len() / 2], "damaged or cut short"),
        (&[], "no cache of seamline's"),
        (b"seamline cache 0.0.1 something\n", "another version's"),
        (b"#!/bin/sh\n", "no cache of seamline's"),
        (&flipped, "it is begun anew"),
    ];
    for (bytes, note) in cases {
        std::fs::write(&cache, bytes).expect("a file");
        seamline(&["analyze", text(dir.path()), "-v"]).fails(0, &[note, "it is begun anew"]);
        std::fs::write(&cache, bytes).expect("a file");
        same(&reports(dir.path(), &[]), &cold);
        seamline(&["analyze", text(dir.path()), "-v"]).fails(0, &["looking for changes"]);
    }
}

#[test]
fn where_it_cannot_be_written_the_analysis_stands() {
    let dir = copy("shop");
    let cold = reports(dir.path(), &["--no-cache"]);
    // Below a file there is no folder, for nobody.
    let nowhere = dir.path().join("Cargo.toml/cache");
    let told = seamline(&["analyze", text(dir.path()), "--cache", text(&nowhere)]);
    told.fails(0, &["the cache could not be written", "--no-cache"]);
    same(&reports(dir.path(), &["--cache", text(&nowhere)]), &cold);
    // Nor is a folder a cache.
    same(&reports(dir.path(), &["--cache", text(dir.path())]), &cold);
}

#[test]
fn several_runs_at_once_share_it() {
    let dir = copy("shop");
    let cold = reports(dir.path(), &["--no-cache"]);
    for _ in 0..3 {
        let found: Vec<Vec<_>> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| reports(dir.path(), &[]))).collect();
            runs.into_iter().map(|run| run.join().expect("it ran")).collect()
        });
        found.iter().for_each(|reports| same(reports, &cold));
        write(dir.path(), "target/seamline/cache", "damaged in between");
    }
    let left: Vec<_> = contents(&dir.path().join("target/seamline")).into_iter().map(|(path, _)| path).collect();
    assert_eq!(left, [PathBuf::from("cache")], "no temporary file stays behind");
    run(command(&["check", text(dir.path())]).env("GITHUB_ACTIONS", "false")).fails(3, &["there is no baseline"]);
}
