//! What running programs recorded: traces in files of OpenTelemetry (OTLP JSON) or Jaeger.
//!
//! Takes: the files that the user names, and the code. Gives: [`Traces`]: calls between items with their number, and use cases by the name
//! of the first span; a tie for each pair of modules that called each other and for each use case. `read`: spans out of a file. `place`:
//! which code recorded them. Invariants: files are streamed, and no more is kept of a span than a few numbers, for at most [`MOST`] spans;
//! a file that is broken is an error, and what stood before that place counts.
//!
//! # What is counted
//!
//! A span is a call of its code by the code of the nearest span around it that could be matched; calls inside of one item do not count. A
//! use case is all traces whose first span has the same name; a span whose first is not in the files belongs to none.
//!
//! # Ties
//!
//! Two modules that call each other n times are held with ln(1 + n) ÷ ln(1 + m), where m is the most that any two call each other: load
//! differs by powers of ten. Modules that run in the same use case are held with [`SAME_CASE`], but for those that run in more than half of
//! at least [`FEW`] use cases.

mod place;
mod read;
#[cfg(test)]
mod tests;

use super::{Gathered, Question, Source, Spec};
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::Evidence;
use crate::model::evidence::tie::Tie;
use crate::model::evidence::traces::{Ran, TracedCall, Traces, UseCase};
use crate::model::ids::ModuleId;
use crate::model::nearest;
use place::{Place, Places};
use read::Span;
use rustc_hash::{FxHashMap, FxHasher};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

/// Of more spans than this no more than their number is kept: about 130 MB.
const MOST: usize = 4_000_000;
/// So many different names and kinds of spans are told apart.
const KINDS: usize = 200_000;
/// Names of spans that are listed because nothing is known of them.
const UNMATCHED: usize = 20;
/// Spans inside of spans are followed this far.
const DEPTH: usize = 4_096;
/// How strongly modules are held that run in the same use case.
const SAME_CASE: f64 = 0.3;
/// With fewer use cases than this, that a module runs in most of them says nothing.
const FEW: usize = 4;

/// The source.
pub(super) struct Recorded;

static SPEC: Spec = Spec {
    name: "traces",
    noun: "spans",
    summary: "what running programs recorded, in OTLP JSON or Jaeger JSON (--traces FILE)",
    weight: 0.5,
    of_code: true,
    reading: "call each other at run time",
    words: &[],
    after: &["entries"],
};

impl Source for Recorded {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let (codebase, options) = (question.input.codebase, question.input.options);
        if options.traces.is_empty() {
            return Gathered { note: Some("no file was given".into()), ..Gathered::default() };
        }
        let places = Places::new(codebase, &question.earlier.entry_points);
        let mut diagnostics = Vec::new();
        let mut table: FxHashMap<&str, Place> = FxHashMap::default();
        for (span, path) in &options.spans {
            match places.named(path) {
                Some(place) => {
                    table.insert(span, place);
                }
                None => diagnostics.push(nowhere(codebase, span, path)),
            }
        }
        let mut recording = Recording::new(&places, table);
        for file in &options.traces {
            let shown = file.display();
            let result = match question.input.host.open(file) {
                Ok(opened) => read::spans(opened, &mut |span| recording.add(&span)),
                Err(error) => Err(error.to_string()),
            };
            if let Err(message) = result {
                let told = Diagnostic::error("traces", format!("{shown}: {message}"));
                diagnostics.push(told.help("write OTLP JSON or Jaeger JSON; spans before that place count, the other sources go on"));
            }
        }
        let traces = recording.traces(codebase);
        let mut notes = Vec::new();
        if traces.left_out > 0 {
            notes.push(format!("{} spans beyond the first {MOST} are left out", traces.left_out));
        }
        if traces.matched < traces.spans {
            notes.push(format!(
                "{} of {} spans lead to no code; `[traces]` in `seamline.toml` can say which",
                traces.spans - traces.matched,
                traces.spans
            ));
        }
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Gathered {
            found: count(traces.spans),
            unknown: count(traces.spans - traces.matched),
            note: (!notes.is_empty()).then(|| notes.join("; ")),
            ties: ties(codebase, &traces),
            diagnostics,
            evidence: Evidence { traces: Some(traces), ..Evidence::default() },
        }
    }
}

fn nowhere(codebase: &Codebase, span: &str, path: &str) -> Diagnostic {
    let message = format!("`[traces]` leads `{span}` to `{path}`, which is neither a module nor a function");
    let near = nearest(path, codebase.modules.iter().map(|m| m.id.as_str()));
    let help =
        near.map_or_else(|| "write a module's id as in analysis.json, or that and a function".into(), |n| format!("did you mean `{n}`?"));
    Diagnostic::warning("traces", message).help(help)
}

/// What is kept of a span.
struct Kept {
    id: u64,
    /// 0 for a first one.
    parent: u64,
    /// Which of [`Recording::kinds`].
    kind: u32,
}

/// Spans of one name that were recorded by the same code.
struct Kind {
    name: String,
    place: Option<Place>,
    spans: u64,
}

struct Recording<'a> {
    places: &'a Places<'a>,
    table: FxHashMap<&'a str, Place>,
    kept: Vec<Kept>,
    kinds: Vec<Kind>,
    /// By what decides where a span belongs.
    known: FxHashMap<u64, u32>,
    spans: u64,
}

impl<'a> Recording<'a> {
    fn new(places: &'a Places<'a>, table: FxHashMap<&'a str, Place>) -> Self {
        // The first stands for whatever is too much to be told apart.
        let rest = Kind { name: "other spans".into(), place: None, spans: 0 };
        Recording { places, table, kept: Vec::new(), kinds: vec![rest], known: FxHashMap::default(), spans: 0 }
    }

    fn add(&mut self, span: &Span) {
        self.spans += 1;
        if self.kept.len() >= MOST {
            return;
        }
        let told = span.attributes.iter().filter(|(key, _)| key.starts_with("code.") || key.starts_with("http.") || key == "target");
        let key = hash(&(&span.name, told.collect::<Vec<_>>()));
        let kind = match self.known.get(&key) {
            Some(kind) => *kind,
            None if self.kinds.len() >= KINDS => 0,
            None => {
                let place = self.table.get(span.name.as_str()).copied().or_else(|| self.places.of(span));
                let kind = u32::try_from(self.kinds.len()).unwrap_or(0);
                self.kinds.push(Kind { name: span.name.clone(), place, spans: 0 });
                self.known.insert(key, kind);
                kind
            }
        };
        self.kinds[kind as usize].spans += 1;
        let id = |id: &str| hash(&(&span.trace, id)).max(1);
        self.kept.push(Kept { id: id(&span.id), parent: span.parent.as_deref().map_or(0, id), kind });
    }

    /// All that was recorded, put together.
    fn traces(mut self, codebase: &Codebase) -> Traces {
        self.kept.sort_unstable_by_key(|k| (k.id, k.parent, k.kind));
        // Retries of exporters tell a span twice.
        self.kept.dedup_by_key(|k| (k.id, k.parent, k.kind));
        let mut calls: FxHashMap<(Place, Place), u64> = FxHashMap::default();
        let mut firsts: BTreeMap<&str, (u64, BTreeSet<ModuleId>)> = BTreeMap::new();
        for kept in &self.kept {
            let kind = &self.kinds[kept.kind as usize];
            if kept.parent == 0 {
                firsts.entry(kind.name.as_str()).or_default().0 += 1;
            }
            let Some(place) = kind.place else { continue };
            let (caller, first) = self.around(kept);
            if let Some(caller) = caller.filter(|caller| *caller != place) {
                *calls.entry((caller, place)).or_default() += 1;
            }
            if let Some(first) = first {
                firsts.entry(first).or_default().1.insert(place.0);
            }
        }
        let ran = |(module, item): Place| Ran { module, item: item.map(|i| codebase.item_path(i)) };
        let mut calls: Vec<TracedCall> =
            calls.into_iter().map(|((from, to), count)| TracedCall { from: ran(from), to: ran(to), count }).collect();
        calls.sort();
        let case = |(name, (traces, modules)): (&str, (u64, BTreeSet<ModuleId>))| UseCase {
            name: name.to_owned(),
            traces,
            modules: modules.into_iter().collect(),
        };
        let mut unmatched: BTreeMap<&str, u64> = BTreeMap::new();
        for kind in self.kinds.iter().filter(|k| k.place.is_none() && k.spans > 0) {
            *unmatched.entry(&kind.name).or_default() += kind.spans;
        }
        let mut unmatched: Vec<(String, u64)> = unmatched.into_iter().map(|(name, spans)| (name.to_owned(), spans)).collect();
        unmatched.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        unmatched.truncate(UNMATCHED);
        let kept: u64 = self.kinds.iter().map(|k| k.spans).sum();
        Traces {
            spans: self.spans,
            matched: self.kinds.iter().filter(|k| k.place.is_some()).map(|k| k.spans).sum(),
            left_out: self.spans - kept,
            unmatched,
            calls,
            use_cases: firsts.into_iter().map(case).collect(),
        }
    }

    /// The code of the nearest span around it, and the name of the first span.
    fn around(&self, of: &Kept) -> (Option<Place>, Option<&str>) {
        let (mut caller, mut at) = (None, of);
        for _ in 0..DEPTH {
            if at.parent == 0 {
                return (caller, Some(&self.kinds[at.kind as usize].name));
            }
            let Ok(next) = self.kept.binary_search_by_key(&at.parent, |k| k.id) else { break };
            at = &self.kept[next];
            caller = caller.or(self.kinds[at.kind as usize].place);
        }
        (caller, None)
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

#[allow(clippy::cast_precision_loss, reason = "a number of calls")]
fn ties(codebase: &Codebase, traces: &Traces) -> Vec<Tie> {
    let mut between: BTreeMap<(ModuleId, ModuleId), u64> = BTreeMap::new();
    for call in traces.calls.iter().filter(|c| c.from.module != c.to.module) {
        let (a, b) = (call.from.module, call.to.module);
        *between.entry((a.min(b), a.max(b))).or_default() += call.count;
    }
    let most = between.values().copied().max().unwrap_or(1);
    let name = |module: ModuleId| &codebase.modules[module.index()].id;
    let pairs = between.iter().map(|((a, b), count)| {
        let strength = ((1 + count) as f64).ln() / ((1 + most) as f64).ln();
        let subject = format!("{count} calls between {} and {} at run time", name(*a), name(*b));
        // Both ends: the strength of a pair is the product.
        let members = [*a, *b].map(|m| (m, strength.sqrt())).to_vec();
        Tie { source: SPEC.name.into(), subject, members, sites: Vec::new() }
    });
    let cases = traces.use_cases.len();
    let mut often: BTreeMap<ModuleId, usize> = BTreeMap::new();
    for module in traces.use_cases.iter().flat_map(|u| &u.modules) {
        *often.entry(*module).or_default() += 1;
    }
    let says_something = |module: &&ModuleId| cases < FEW || often[*module] * 2 <= cases;
    let of_cases = traces.use_cases.iter().map(|case| {
        let members: Vec<(ModuleId, f64)> = case.modules.iter().filter(says_something).map(|m| (*m, SAME_CASE)).collect();
        Tie { source: SPEC.name.into(), subject: format!("traces of {}", case.name), members, sites: Vec::new() }
    });
    pairs.chain(of_cases.filter(|tie| tie.members.len() > 1)).collect()
}
