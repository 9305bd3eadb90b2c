//! What a repository says beyond its references.
//!
//! Takes: a [`Codebase`] and the [`Host`] for files that are no Rust. Gives: [`Evidence`] and
//! diagnostics. Each source is a file of its own with a [`Spec`] that says how it is to be read: no later stage matches on its name.
//! Invariants: no source runs code or opens a connection; a source that finds nothing, or cannot look, is a note and not an error;
//! everything that is found has its place; the same input gives the same evidence.
//!
//! To add a source: a file with a [`Source`], and its row in [`SOURCES`]. Sources run in that order; a later one may read what an
//! earlier one has found.

mod code;
mod entries;
mod messages;
mod outside;
#[cfg(test)]
mod tests;

use crate::host::Host;
use crate::host::store::Store;
use crate::model::calls::{Vocabulary, Word};
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::tie::Tie;
use crate::model::evidence::{Evidence, SourceReport};
use std::collections::BTreeMap;
use std::path::Path;

/// All sources, in the order in which they are asked.
pub static SOURCES: [&dyn Source; 3] = [&entries::Entries, &messages::Messages, &outside::Outside];

/// A kind of evidence.
pub trait Source: Sync {
    /// How it is to be read.
    fn spec(&self) -> &'static Spec;

    /// Adds what it finds to `evidence`, sorted.
    fn gather(&self, input: &Input<'_>, evidence: &mut Evidence) -> Gathered;
}

/// How a source is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Kebab-case name, on the command line, in `seamline.toml` and in reports.
    pub name: &'static str,
    /// What it counts, in the plural.
    pub noun: &'static str,
    /// One line for help texts: what it looks at.
    pub summary: &'static str,
    /// How much it says about where boundaries belong, beside 1 for references. 0: it says nothing about that.
    pub weight: f64,
    /// What it means that it ties two modules together; a half sentence after the modules' names.
    pub reading: &'static str,
    /// Which calls it listens for.
    pub words: &'static [Word],
}

/// What a source may look at.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The code.
    pub codebase: &'a Codebase,
    /// Everything else.
    pub host: &'a dyn Host,
    /// The analysed folder.
    pub root: &'a Path,
    /// What earlier runs worked out.
    pub store: &'a Store,
}

/// What came of asking a source.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// How many of its noun it found.
    pub found: usize,
    /// How many there are of which it can only tell that they are there.
    pub unknown: usize,
    /// Why it found nothing, or what limits what it says.
    pub note: Option<String>,
    /// What holds modules together.
    pub ties: Vec<Tie>,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Which sources are asked, and how much they weigh.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// By name of the source: its weight in the place of the usual; 0 leaves it out.
    pub weights: BTreeMap<String, f64>,
}

impl Options {
    /// The weight of a source.
    pub fn weight(&self, spec: &Spec) -> f64 {
        self.weights.get(spec.name).copied().unwrap_or(spec.weight)
    }
}

/// The calls that any source listens for.
pub fn vocabulary() -> Vocabulary {
    Vocabulary::new(SOURCES.into_iter().flat_map(|source| source.spec().words).copied())
}

/// The source with this name.
pub fn source(name: &str) -> Option<&'static dyn Source> {
    SOURCES.into_iter().find(|source| source.spec().name == name)
}

/// Asks all sources that are not switched off.
pub fn gather(input: &Input<'_>, options: &Options) -> (Evidence, Vec<Diagnostic>) {
    let mut evidence = Evidence::default();
    let mut diagnostics = Vec::new();
    for source in SOURCES {
        let spec = source.spec();
        let mut report = SourceReport { source: spec.name.into(), noun: spec.noun.into(), found: 0, unknown: 0, note: None };
        if options.weights.get(spec.name) == Some(&0.0) {
            report.note = Some("switched off".into());
        } else {
            let gathered = source.gather(input, &mut evidence);
            report.found = u32::try_from(gathered.found).unwrap_or(u32::MAX);
            report.unknown = u32::try_from(gathered.unknown).unwrap_or(u32::MAX);
            report.note = gathered.note;
            evidence.ties.extend(gathered.ties);
            diagnostics.extend(gathered.diagnostics);
        }
        evidence.sources.push(report);
    }
    evidence.ties.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    (evidence, diagnostics)
}
