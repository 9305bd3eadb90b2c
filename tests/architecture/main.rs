//! The house rules, held against our own source.
//!
//! The order of the layers stands in `[package.metadata.layers]` of Cargo.toml; who may use what stands in [`ONLY_IN`].
//! Test code is free: it may look wherever it likes.

mod source;

use source::{Mention, Source};
use std::collections::BTreeMap;

/// What may be named in some modules only. An empty list means nowhere.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("syn", &["frontend::rust::parse"]),
    ("cargo_toml", &["frontend"]),
    ("scip", &["frontend::scip"]),
    ("protobuf", &["frontend::scip"]),
    ("petgraph", &["graph"]),
    ("graphviz_rust", &["report"]),
    ("sqlparser", &["evidence::tables::sql"]),
    ("toml", &["config"]),
    ("blake3", &["host::store"]),
    ("postcard", &["frontend", "pipeline", "host::git", "host::store"]),
    ("std::fs", &["host::os"]),
    ("std::process", &["host::os"]),
    ("tempfile", &["host::os"]),
    ("walkdir", &["host::os"]),
    ("ctrlc", &["host::os"]),
    ("std::net", &[]),
    // No clock and no environment below the command line: they would reach reports.
    ("std::time", &["cli"]),
    ("std::env", &["cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("println!", &["cli"]),
    ("print!", &["cli"]),
    ("eprintln!", &["cli"]),
    ("eprint!", &["cli"]),
    ("dbg!", &[]),
];

/// Names that say nothing.
const EMPTY_NAMES: [&str; 8] = ["utils", "util", "helpers", "helper", "common", "misc", "imp", "stuff"];

#[test]
fn dependencies_point_downwards() {
    let layers = layers();
    let mut offences = Vec::new();
    for source in source::library() {
        let Some(own) = source.module.first() else { continue };
        let Some(&level) = layers.get(own) else {
            offences.push(format!("{}: module `{own}` has no layer in [package.metadata.layers]", source.path));
            continue;
        };
        for mention in source.mentions() {
            offences.extend(upwards(&source, mention, level, &layers));
        }
    }
    report(offences);
}

/// An offence where `mention` names a layer that is not below `level`.
fn upwards(source: &Source, mention: Mention, level: usize, layers: &BTreeMap<String, usize>) -> Option<String> {
    let target = mention.path.strip_prefix("crate::")?.split("::").next()?.to_owned();
    let &other = layers.get(&target)?;
    let own = &source.module[0];
    let what = if other == level { "a neighbour of" } else { "above" };
    (target != *own && other <= level)
        .then(|| format!("{}:{}: `{}` is {what} `{own}`: dependencies point downwards only", source.path, mention.line, mention.path))
}

/// Layer of each top-level module, counted from the top.
fn layers() -> BTreeMap<String, usize> {
    let manifest: toml::Table = toml::from_str(include_str!("../../Cargo.toml")).expect("our own manifest");
    let order = manifest["package"]["metadata"]["layers"]["order"].as_array().expect("a list of lines");
    let lines = order.iter().map(|line| line.as_array().expect("a list of names"));
    let named = lines.enumerate().flat_map(|(level, line)| line.iter().map(move |name| (name, level)));
    named.map(|(name, level)| (name.as_str().expect("a name").to_owned(), level)).collect()
}

#[test]
fn the_world_and_big_libraries_stay_in_their_rooms() {
    report(source::library().iter().flat_map(out_of_room).collect());
    let cli_only = |mention: &Mention| mention.path.starts_with("seamline::") && !mention.path.starts_with("seamline::cli");
    let programs = source::programs();
    let offences =
        programs.iter().flat_map(|s| s.mentions().into_iter().filter(cli_only).map(|m| format!("{}:{}: {}", s.path, m.line, m.path)));
    report(offences.collect());
}

fn out_of_room(source: &Source) -> Vec<String> {
    let own = source.module.join("::");
    let mut offences = Vec::new();
    for mention in source.mentions() {
        for (name, rooms) in ONLY_IN {
            let is = mention.path == *name || mention.path.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"));
            let at_home = rooms.iter().any(|room| own == *room || own.strip_prefix(room).is_some_and(|rest| rest.starts_with("::")));
            if is && !at_home {
                let rooms = if rooms.is_empty() { "nowhere".to_owned() } else { format!("only in {}", rooms.join(", ")) };
                offences.push(format!("{}:{}: `{}` may be named {rooms}", source.path, mention.line, mention.path));
            }
        }
    }
    offences
}

#[test]
fn every_file_says_what_it_is_for_and_has_a_name_that_does() {
    let mut offences = Vec::new();
    for (path, text) in source::files(&["src", "tests"]) {
        if !text.starts_with("//! ") {
            offences.push(format!("{path}:1: does not begin with `//!`: what it takes and gives"));
        }
        let name = path.trim_end_matches("/mod.rs").trim_end_matches(".rs").rsplit('/').next().unwrap_or_default().to_owned();
        if EMPTY_NAMES.contains(&name.as_str()) {
            offences.push(format!("{path}:1: a name that says nothing"));
        }
    }
    report(offences);
}

#[test]
fn every_file_is_part_of_the_program() {
    let mut reached: Vec<String> = source::library().iter().chain(&source::programs()).flat_map(|s| s.reached.clone()).collect();
    reached.sort();
    let offences =
        source::files(&["src"]).into_iter().filter(|(path, _)| !reached.iter().any(|r| path == r || path.starts_with(&format!("{r}/"))));
    report(offences.map(|(path, _)| format!("{path}:1: no `mod` reaches it")).collect());
}

#[test]
fn the_rules_catch_what_they_are_for() {
    let layers = layers();
    for (module, text, expect) in [
        ("model::x", "//! x\nuse crate::graph::y;", "src/model/x.rs:2: `crate::graph::y` is above `model`"),
        ("graph::x", "//! x\nuse crate::{model::a, cluster::b};", "src/graph/x.rs:2: `crate::cluster::b` is a neighbour of `graph`"),
        ("graph::x", "//! x\nfn f() { super::super::advise::g() }", "src/graph/x.rs:2: `crate::advise::g` is a neighbour"),
        ("graph::x", "//! x\nfn f() { format!(\"{}\", crate::report::g()) }", "`crate::report::g` is a neighbour"),
    ] {
        let source = Source::of(module, text);
        let level = layers[&source.module[0]];
        let found: Vec<String> = source.mentions().into_iter().filter_map(|m| upwards(&source, m, level, &layers)).collect();
        assert!(found.iter().any(|f| f.contains(expect)), "{expect} is not in {found:?}");
    }
    for (module, text, expect) in [
        ("graph::x", "use syn::File;", "`syn::File` may be named only in frontend::rust::parse"),
        ("report::x", "fn f() { std::fs::read(\"a\"); }", "`std::fs::read` may be named only in host::os"),
        ("report::x", "use std::{collections, process::Command as C};", "`std::process::Command`"),
        ("report::x", "fn f() { println!(\"a\"); }", "src/report/x.rs:1: `println!`"),
        ("cluster::x", "#[derive(clap::Args)]\nstruct A;", "`clap::Args`"),
        ("cluster::x", "mod inner { fn f() -> petgraph::Graph<(), ()> { todo() } }", "`petgraph::Graph`"),
    ] {
        let found = out_of_room(&Source::of(module, text));
        assert!(found.iter().any(|f| f.contains(expect)), "{expect} is not in {found:?}");
    }
    for free in ["#[cfg(test)]\nmod tests { use syn::File; }", "#[cfg(test)]\nuse syn::File;", "use self::syntax::File;"] {
        assert!(out_of_room(&Source::of("graph::x", free)).is_empty(), "{free}");
    }
}

#[track_caller]
fn report(offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}
