//! What sources find in small fixtures: one `check` for each source.
//!
//! The front end reads the fixture, as it does in the pipeline.

use super::{Input, gather, vocabulary};
use crate::frontend::rust::{self, Options};
use crate::host::Host;
use crate::host::memory::Memory;
use crate::host::os::Os;
use crate::host::store::Store;
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::{Evidence, Spot};
use std::path::Path;

pub(super) struct Read {
    pub(super) codebase: Codebase,
    pub(super) evidence: Evidence,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) fn read(host: &dyn Host, root: &Path) -> Read {
    let options = Options { vocabulary: vocabulary(), threads: 1, ..Options::default() };
    let store = Store::none();
    let codebase = options.on_threads(|| rust::read(host, &store, root, &options, &|_| {})).expect("there is a manifest");
    let input = Input { codebase: &codebase, host, root, store: &store };
    let (evidence, diagnostics) = gather(&input, &super::Options::default());
    Read { evidence, codebase, diagnostics }
}

/// The evidence of a fixture.
pub(super) fn of(fixture: &str) -> Read {
    read(&Memory::from_fixture(fixture), Path::new("/"))
}

/// A manifest with these dependencies.
pub(super) fn with(dependencies: &[&str], files: &str) -> String {
    let list: String = dependencies.iter().map(|d| format!("{d} = \"1\"\n")).collect();
    format!("//- /Cargo.toml\n[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{list}{files}")
}

impl Read {
    pub(super) fn spot(&self, spot: &Spot) -> String {
        let module = &self.codebase.modules[spot.module.index()].id;
        spot.item.as_ref().map_or_else(|| module.clone(), |item| format!("{module}::{item}"))
    }

    /// Entry points but for mains, one a line.
    pub(super) fn entries(&self) -> String {
        let line = |e: &crate::model::evidence::entry::EntryPoint| {
            let handler = e.handler.as_ref().map_or("-".into(), |h| self.spot(h));
            format!("{} {} {handler} {}", e.kind.name(), e.name, e.technology)
        };
        self.evidence.entry_points.iter().filter(|e| e.technology != "rust").map(line).collect::<Vec<_>>().join("\n")
    }

    /// Outbound calls and state, one a line.
    pub(super) fn outside(&self) -> String {
        let call = |o: &crate::model::evidence::outside::Outbound| {
            let target = o.target.as_deref().unwrap_or("-");
            format!("{} {} {target} {}:{}", o.kind.name(), o.technology, self.spot(&o.by), o.by.site.line)
        };
        let state = |s: &crate::model::evidence::outside::SharedState| {
            let touched: Vec<String> = s.touched.iter().map(|t| self.spot(t)).collect();
            format!("state {} {} [{}]", s.name, s.what, touched.join(", "))
        };
        let calls = self.evidence.outbound.iter().map(call);
        calls.chain(self.evidence.state.iter().map(state)).collect::<Vec<_>>().join("\n")
    }

    /// Channels, one a line.
    pub(super) fn channels(&self) -> String {
        let all = |spots: &[Spot]| spots.iter().map(|s| format!("{}:{}", self.spot(s), s.site.line)).collect::<Vec<_>>().join(", ");
        let line = |c: &crate::model::evidence::messages::Channel| {
            format!("{} {} {} [{}] -> [{}]", c.kind.name(), c.technology, c.name, all(&c.producers), all(&c.consumers),)
        };
        self.evidence.channels.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Evidence on a real code base: `SEAMLINE_TREE=folder cargo test --lib evidence::tests::of_a_tree -- --ignored --nocapture`.
#[test]
#[ignore = "needs a code base: SEAMLINE_TREE"]
fn of_a_tree() {
    let root = std::env::var("SEAMLINE_TREE").expect("SEAMLINE_TREE is a folder");
    let took = |vocabulary| {
        let options = Options { vocabulary, threads: 1, ..Options::default() };
        let started = std::time::Instant::now();
        let store = Store::none();
        let codebase = options.on_threads(|| rust::read(&Os, &store, Path::new(&root), &options, &|_| {})).expect("there is a manifest");
        let front = started.elapsed();
        gather(&Input { codebase: &codebase, host: &Os, root: Path::new(&root), store: &store }, &super::Options::default());
        (front, started.elapsed() - front, codebase.invocations.len())
    };
    let times = [took(Default::default()), took(vocabulary())];
    let read = read(&Os, Path::new(&root));
    let mut out = String::new();
    for e in &read.evidence.entry_points {
        let handler = e.handler.as_ref().map_or("-".into(), |h| read.spot(h));
        out += &format!("{} {} {handler} {} {} reaches={}\n", e.kind.name(), e.name, e.technology, e.declared.site, e.reaches.len());
    }
    out += &read.channels();
    out += "\n";
    for o in &read.evidence.outbound {
        out += &format!("out {} {} {:?} {} {}\n", o.kind.name(), o.technology, o.target, read.spot(&o.by), o.by.site);
    }
    for s in &read.evidence.state {
        out += &format!("state {} {} {} touched={}\n", s.name, s.what, s.declared, s.touched.len());
    }
    for s in &read.evidence.sources {
        out += &format!("source {s:?}\n");
    }
    out += &format!("ties {}\ndiagnostics {:?}\nreading, gathering, calls: {times:?}\n", read.evidence.ties.len(), read.diagnostics);
    std::fs::write(std::env::var("SEAMLINE_OUT").unwrap_or_else(|_| "/dev/stdout".into()), out).expect("the output can be written");
}
