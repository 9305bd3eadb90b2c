//! The shapes of `analysis.json`: one structure for each kind of record, apart from the model so that the model may change.
//!
//! Names of fields and values are a promise. A new field gets a `#[serde(default)]`, so that older files can still be read.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) schema_version: u32,
    pub(super) tool: String,
    pub(super) name: String,
    pub(super) verdict: Verdict,
    pub(super) mesh: Mesh,
    #[serde(default)]
    pub(super) pains: Vec<Pain>,
    pub(super) coverage: Coverage,
    pub(super) system: System,
    pub(super) algorithm: String,
    pub(super) quality: super::choice::Figures,
    #[serde(default)]
    pub(super) levels: Vec<super::choice::Level>,
    #[serde(default)]
    pub(super) alternatives: Vec<super::choice::Alternative>,
    /// Only where the user has decided anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) decisions: Vec<super::choice::Decision>,
    pub(super) services: Vec<Service>,
    pub(super) crossings: Vec<Crossing>,
    #[serde(default)]
    pub(super) extractions: Vec<super::extraction::Extraction>,
    #[serde(default)]
    pub(super) cost: super::cost::Cost,
    pub(super) data: super::data::Data,
    pub(super) shared: Vec<Shared>,
    pub(super) cycles: Vec<Cycle>,
    pub(super) crates: Vec<Crate>,
    pub(super) modules: Vec<Module>,
    pub(super) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(super) dispatch: Vec<Dispatch>,
    #[serde(default)]
    pub(super) evidence: super::evidence::Evidence,
    pub(super) orphans: Vec<String>,
    /// Only of an analysis that an index was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scip: Option<Scip>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Verdict {
    pub(super) advice: String,
    pub(super) because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Mesh {
    pub(super) advice: String,
    pub(super) because: Vec<Reason>,
    #[serde(default)]
    pub(super) edges: Vec<EdgePolicy>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Pain {
    pub(super) name: String,
    pub(super) measure: String,
    pub(super) value: Option<f64>,
    pub(super) because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Reason {
    pub(super) text: String,
    pub(super) sites: Vec<Site>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Site {
    pub(super) file: String,
    pub(super) line: u32,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Coverage {
    pub(super) files: u32,
    pub(super) parsed: u32,
    pub(super) lines: u32,
    pub(super) paths: u32,
    pub(super) resolved: u32,
    pub(super) external: u32,
    pub(super) unresolved: u32,
    pub(super) macro_bodies: u32,
    pub(super) macro_tokens: u32,
    pub(super) opaque_macros: Vec<OpaqueMacro>,
    pub(super) unresolved_methods: Vec<Counted>,
    #[serde(default)]
    pub(super) unresolved_members: u32,
    #[serde(default)]
    pub(super) guessed: u32,
    #[serde(default)]
    pub(super) guessed_methods: Vec<Counted>,
    #[serde(default)]
    pub(super) unknown_macros: Vec<Counted>,
    #[serde(default)]
    pub(super) generated: u32,
    #[serde(default)]
    pub(super) wide_dispatch: Vec<Counted>,
    pub(super) cfg_off: u32,
    pub(super) tests: u32,
    pub(super) targets_out: u32,
}

#[derive(Serialize, Deserialize)]
pub(super) struct OpaqueMacro {
    pub(super) name: String,
    pub(super) count: u32,
    #[serde(default)]
    pub(super) tokens: u32,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) name: String,
    pub(super) count: u32,
}

#[derive(Serialize, Deserialize)]
pub(super) struct System {
    pub(super) cyclicity: f64,
    pub(super) propagation_cost: f64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Service {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) verdict: String,
    pub(super) lines: u32,
    pub(super) cohesion: f64,
    pub(super) ca: u32,
    pub(super) ce: u32,
    pub(super) keywords: Vec<String>,
    pub(super) modules: Vec<String>,
    pub(super) because: Vec<Reason>,
    #[serde(default)]
    pub(super) criteria: Vec<Criterion>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct EdgePolicy {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) timeout_ms: u32,
    pub(super) retry: Vec<String>,
    pub(super) once: u32,
    pub(super) circuit_breaker: bool,
    pub(super) mutual_tls: bool,
    pub(super) because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Criterion {
    pub(super) name: String,
    pub(super) value: Option<f64>,
    pub(super) asked: String,
    pub(super) threshold: f64,
    pub(super) met: Option<bool>,
    pub(super) decides: bool,
    pub(super) source: String,
    pub(super) because: Reason,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Crossing {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) style: String,
    #[serde(default)]
    pub(super) means: Vec<Means>,
    pub(super) references: u32,
    pub(super) because: Vec<Reason>,
    pub(super) items: Vec<CrossedItem>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Means {
    pub(super) style: String,
    pub(super) protocol: String,
    pub(super) with: Option<String>,
    pub(super) messages: Vec<Message>,
    pub(super) because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) item: String,
    pub(super) name: String,
    pub(super) repeatable: bool,
    pub(super) needs_dto: bool,
    pub(super) outbox: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CrossedItem {
    pub(super) path: String,
    pub(super) kind: Option<String>,
    pub(super) style: String,
    #[serde(default)]
    pub(super) rule: String,
    #[serde(default)]
    pub(super) because: String,
    /// Only of functions that are called across.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) remote: Option<Remote>,
    pub(super) defined: Site,
    pub(super) sites: Vec<Site>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Remote {
    pub(super) fit: String,
    pub(super) because: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Shared {
    pub(super) module: String,
    pub(super) used_by: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Cycle {
    pub(super) modules: Vec<String>,
    pub(super) example: Vec<String>,
    pub(super) cuts: Vec<Pair>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Pair {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) count: u32,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) package: String,
    pub(super) kind: String,
    pub(super) dependencies: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Module {
    pub(super) id: String,
    #[serde(rename = "crate")]
    pub(super) krate: String,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) lines: u32,
    pub(super) role: String,
    pub(super) role_because: String,
    pub(super) service: Option<String>,
    pub(super) pinned: bool,
    pub(super) cohesion: f64,
    /// Only of what is in a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hold: Option<super::choice::Hold>,
    pub(super) summary: Option<String>,
    pub(super) types: Vec<String>,
    pub(super) functions: u32,
    pub(super) metrics: Metrics,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Metrics {
    pub(super) ca: u32,
    pub(super) ce: u32,
    pub(super) instability: f64,
    pub(super) abstractness: f64,
    pub(super) distance: f64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Dependency {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) kind: String,
    pub(super) count: u32,
    /// Only where it is not the count: in a graph that was given as such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) weight: Option<f64>,
    /// Only of an analysis that an index was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) provenance: Option<String>,
    pub(super) sites: Vec<Site>,
    /// Only where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) guessed: Vec<Site>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Dispatch {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) kind: String,
    #[serde(rename = "trait")]
    pub(super) of_trait: String,
    pub(super) count: u32,
    pub(super) sites: Vec<Site>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Scip {
    pub(super) documents: u32,
    pub(super) matched: u32,
    pub(super) outdated: u32,
    pub(super) references: u32,
    pub(super) agreed: u32,
    pub(super) added: u32,
    pub(super) replaced: u32,
    pub(super) removed: u32,
    pub(super) disagreements: Vec<Disagreement>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Disagreement {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) ours: String,
    pub(super) index: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Diagnostic {
    pub(super) severity: String,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) site: Option<Site>,
    pub(super) help: Option<String>,
}
