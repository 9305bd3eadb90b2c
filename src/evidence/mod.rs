//! What a repository says beyond its references.
//!
//! Takes: a [`Codebase`] and the [`Host`] for files that are no Rust. Gives: [`Evidence`] and
//! diagnostics. Each source is a file of its own with a [`Spec`] that says how it is to be read: no later stage matches on its name.
//! Invariants: no source runs code or opens a connection; a source that finds nothing, or cannot look, is a note and not an error;
//! everything that is found has its place; the same input gives the same evidence.
//!
//! To add a source: a file with a [`Source`], and its row in [`SOURCES`]. Sources run side by side, but for those that read what others
//! have found ([`Spec::after`]).

mod code;
mod entries;
pub mod history;
mod load;
mod messages;
mod outside;
mod tables;
#[cfg(test)]
mod tests;
mod traces;
mod transactions;
mod use_cases;

use crate::host::Host;
use crate::host::store::Store;
use crate::model::calls::{Vocabulary, Word};
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::tie::Tie;
use crate::model::evidence::{Evidence, SourceReport};
use code::Code;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// More would drown whatever else there is.
const HEAVIEST: f64 = 10.0;

/// All sources, in the order in which reports name them.
pub static SOURCES: [&dyn Source; 9] = [
    &tables::Tables,
    &transactions::Transactions,
    &entries::Entries,
    &messages::Messages,
    &outside::Outside,
    &load::Loads,
    &history::Past,
    &traces::Recorded,
    &use_cases::UseCases,
];

/// A kind of evidence.
pub trait Source: Sync {
    /// How it is to be read.
    fn spec(&self) -> &'static Spec;

    /// What it finds, sorted, in lists of [`Evidence`] that are its own.
    fn gather(&self, question: &Question<'_, '_>) -> Gathered;
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
    /// It looks at nothing but files that are there: the same code gives the same answer, whatever was before.
    pub of_code: bool,
    /// What it means that it ties two modules together; a half sentence after the modules' names.
    pub reading: &'static str,
    /// Which calls it wants to hear of.
    pub words: &'static [Word],
    /// Names of the sources whose findings it reads: they stand before it in [`SOURCES`].
    pub after: &'static [&'static str],
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
    /// What the user decides.
    pub options: &'a Options,
    /// Hears how many commits have been told of, while they are.
    pub commits: &'a (dyn Fn(usize) + Sync),
}

/// What a source is asked.
pub struct Question<'q, 'a> {
    input: &'q Input<'a>,
    /// Worked out when the first source looks.
    code: &'q OnceLock<Code<'a>>,
    /// What the sources have found that this one comes after.
    earlier: &'q Evidence,
}

impl<'q, 'a> Question<'q, 'a> {
    fn code(&self) -> &'q Code<'a> {
        self.code.get_or_init(|| Code::new(self.input))
    }
}

/// What came of asking a source.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// What it found, in its own lists; ties and reports are not among them.
    pub evidence: Evidence,
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
    /// By name of the source: its weight in the place of the usual; `None` leaves it out.
    pub weights: BTreeMap<String, Option<f64>>,
    /// Which modules run in which use cases.
    pub use_cases: Option<PathBuf>,
    /// Files of what running programs recorded.
    pub traces: Vec<PathBuf>,
    /// By name of a span: the module or function that recorded it.
    pub spans: BTreeMap<String, String>,
}

impl Options {
    /// Sets the weight of a source. With 0 it shows what it finds, and decides nothing.
    ///
    /// # Errors
    /// What a weight has to be, where this is none.
    pub fn set(&mut self, name: &str, weight: f64) -> Result<(), &'static str> {
        self.weights.insert(name.to_owned(), Some(checked(weight)?));
        Ok(())
    }

    /// Does not ask a source at all.
    pub fn leave_out(&mut self, name: &str) {
        self.weights.insert(name.to_owned(), None);
    }

    /// Leaves out, unless the user wants them, the sources that look at more than the code: the same code then has the same boundaries.
    pub fn of_code_only(&mut self) {
        for spec in SOURCES.iter().map(|source| source.spec()).filter(|spec| !spec.of_code) {
            self.weights.entry(spec.name.to_owned()).or_insert(None);
        }
    }

    /// The weight of a source.
    pub fn weight(&self, spec: &Spec) -> f64 {
        self.weights.get(spec.name).copied().unwrap_or(Some(spec.weight)).unwrap_or(0.0)
    }
}

/// The weight, where it is one.
///
/// # Errors
/// What a weight has to be, where this is none.
pub fn checked(weight: f64) -> Result<f64, &'static str> {
    if (0.0..=HEAVIEST).contains(&weight) { Ok(weight) } else { Err("a weight is a number from 0 to 10, beside 1 for references") }
}

/// The calls that any source wants to hear of.
pub fn vocabulary() -> Vocabulary {
    Vocabulary::new(SOURCES.into_iter().flat_map(|source| source.spec().words).copied())
}

/// The source with this name.
pub fn source(name: &str) -> Option<&'static dyn Source> {
    SOURCES.into_iter().find(|source| source.spec().name == name)
}

/// Asks all sources that are not switched off.
pub fn gather(input: &Input<'_>) -> (Evidence, Vec<Diagnostic>) {
    let code = OnceLock::new();
    let mut evidence = Evidence::default();
    let mut gathered: Vec<Option<Gathered>> = SOURCES.iter().map(|_| None).collect();
    let is_off = |spec: &Spec| input.options.weights.get(spec.name) == Some(&None);
    // Each round asks those whose forerunners have answered: their findings go in together, so that no order is seen.
    while gathered.iter().any(Option::is_none) {
        let answered: Vec<&str> = SOURCES.iter().zip(&gathered).filter(|(_, g)| g.is_some()).map(|(s, _)| s.spec().name).collect();
        let is_next = |at: usize| gathered[at].is_none() && SOURCES[at].spec().after.iter().all(|name| answered.contains(name));
        let round: Vec<usize> = (0..SOURCES.len()).filter(|at| is_next(*at)).collect();
        let question = Question { input, code: &code, earlier: &evidence };
        let ask = |at: &usize| if is_off(SOURCES[*at].spec()) { Gathered::default() } else { SOURCES[*at].gather(&question) };
        let answers: Vec<Gathered> = round.par_iter().with_max_len(1).map(ask).collect();
        for (at, mut answer) in round.into_iter().zip(answers) {
            evidence.absorb(std::mem::take(&mut answer.evidence));
            gathered[at] = Some(answer);
        }
    }
    let mut diagnostics = Vec::new();
    for (source, gathered) in SOURCES.iter().zip(gathered.into_iter().flatten()) {
        let spec = source.spec();
        evidence.ties.extend(gathered.ties);
        diagnostics.extend(gathered.diagnostics);
        evidence.sources.push(SourceReport {
            source: spec.name.into(),
            noun: spec.noun.into(),
            weight: input.options.weight(spec),
            reading: spec.reading.into(),
            found: u32::try_from(gathered.found).unwrap_or(u32::MAX),
            unknown: u32::try_from(gathered.unknown).unwrap_or(u32::MAX),
            note: if is_off(spec) { Some("switched off".into()) } else { gathered.note },
        });
    }
    evidence.ties.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    (evidence, diagnostics)
}
