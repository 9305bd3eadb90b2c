//! What comes in and goes out of small repositories, as lines of text.
//!
//! The front end reads the fixture, as it does in the pipeline.

use super::super::{self as evidence, Input, gather, vocabulary};
use crate::frontend::rust::{self, Options};
use crate::host::Host;
use crate::host::memory::Memory;
use crate::host::store::Store;
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::{Evidence, Spot};
use std::path::Path;

pub(in crate::evidence) struct Read {
    pub(in crate::evidence) codebase: Codebase,
    pub(in crate::evidence) evidence: Evidence,
    pub(in crate::evidence) diagnostics: Vec<Diagnostic>,
}

fn read(host: &dyn Host, root: &Path) -> Read {
    let options = Options { vocabulary: vocabulary(), threads: 1, ..Options::default() };
    let store = Store::none();
    let codebase = options.on_threads(|| rust::read(host, &store, root, &options, &|_| {})).expect("there is a manifest");
    let (evidence, diagnostics) =
        gather(&Input { codebase: &codebase, host, root, store: &store, options: &evidence::Options::default(), commits: &|_| {} });
    Read { codebase, evidence, diagnostics }
}

/// The evidence of a fixture.
pub(in crate::evidence) fn of(fixture: &str) -> Read {
    read(&Memory::from_fixture(fixture), Path::new("/"))
}

/// A manifest with these dependencies.
pub(in crate::evidence) fn with(dependencies: &[&str], files: &str) -> String {
    let list: String = dependencies.iter().map(|d| format!("{d} = \"1\"\n")).collect();
    format!("//- /Cargo.toml\n[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{list}{files}")
}

impl Read {
    pub(in crate::evidence) fn spot(&self, spot: &Spot) -> String {
        let module = &self.codebase.modules[spot.module.index()].id;
        spot.item.as_ref().map_or_else(|| module.clone(), |item| format!("{module}::{item}"))
    }

    /// Entry points but for mains, one a line.
    pub(in crate::evidence) fn entries(&self) -> String {
        let line = |e: &crate::model::evidence::entry::EntryPoint| {
            let handler = e.handler.as_ref().map_or("-".into(), |h| self.spot(h));
            format!("{} {} {handler} {}", e.kind.name(), e.name, e.technology)
        };
        self.evidence.entry_points.iter().filter(|e| e.technology != "rust").map(line).collect::<Vec<_>>().join("\n")
    }

    /// Outbound calls and state, one a line.
    pub(in crate::evidence) fn outside(&self) -> String {
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
    pub(in crate::evidence) fn channels(&self) -> String {
        let all = |spots: &[Spot]| spots.iter().map(|s| format!("{}:{}", self.spot(s), s.site.line)).collect::<Vec<_>>().join(", ");
        let line = |c: &crate::model::evidence::messages::Channel| {
            // An event bus carries many kinds of messages.
            let payload = c.payload.as_deref().filter(|_| c.technology == "event bus").map(|p| format!(" {p}")).unwrap_or_default();
            format!("{} {} {}{payload} [{}] -> [{}]", c.kind.name(), c.technology, c.name, all(&c.producers), all(&c.consumers))
        };
        self.evidence.channels.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
