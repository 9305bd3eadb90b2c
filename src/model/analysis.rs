//! The result of a run: the only thing that reports and the gate may look at.
//!
//! Self-contained: it holds no id of a code base, so that it can be written, read back and rendered again without the source.
//! [`ModuleId`](super::ids::ModuleId)s index [`Analysis::modules`], [`ServiceId`]s index `plan.services`.

use super::codebase::{Coverage, CrateKind};
use super::diagnostic::Diagnostic;
use super::evidence::Evidence;
use super::graph::{Cycle, Dependency, Dispatched, ModuleMetrics, SystemMetrics};
use super::ids::ServiceId;
use super::partition::{Alternative, Decision, Hold, Level, Quality, Role};
use super::plan::Plan;
use super::scip::Scip;
use serde::{Deserialize, Serialize};

/// Everything that a run found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Name of the workspace.
    pub name: String,
    /// Targets, sorted by name.
    pub crates: Vec<CrateRow>,
    /// Modules, sorted by id.
    pub modules: Vec<ModuleRow>,
    /// Between different modules, sorted by (from, to, kind).
    pub dependencies: Vec<Dependency>,
    /// What may run in another module without being named there, sorted by (from, to, kind, trait). Not among the dependencies.
    pub dispatch: Vec<Dispatched>,
    /// Tangles, largest first.
    pub cycles: Vec<Cycle>,
    /// Figures of the module graph.
    pub system: SystemMetrics,
    /// Name of the clustering algorithm.
    pub algorithm: String,
    /// Figures of the proposed partition.
    pub quality: Quality,
    /// How fine the code base could be cut, coarsest first.
    pub levels: Vec<Level>,
    /// The nearest coarser and finer proposals.
    pub alternatives: Vec<Alternative>,
    /// What the user decided, and what each of it costs.
    pub decisions: Vec<Decision>,
    /// Services, crossings, verdicts.
    pub plan: Plan,
    /// Data, entry points, messages, history; of the history without the single commits.
    pub evidence: Evidence,
    /// Files that no target reaches.
    pub orphans: Vec<String>,
    /// How much was understood.
    pub coverage: Coverage,
    /// What came of an index of another program, where one was given.
    pub scip: Option<Scip>,
    /// What went wrong on the way, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// A compilation target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrateRow {
    /// Name as in module ids.
    pub name: String,
    /// Package that owns it.
    pub package: String,
    /// Library or binary.
    pub kind: CrateKind,
    /// Workspace crates that its manifest names, sorted.
    pub dependencies: Vec<String>,
}

/// A module with everything that was found out about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModuleRow {
    /// `target_crate::path`.
    pub id: String,
    /// Name of the crate.
    pub krate: String,
    /// File relative to the analysed root.
    pub file: String,
    /// First line in it.
    pub line: u32,
    /// Lines of its own.
    pub lines: u32,
    /// First sentence of its documentation.
    pub summary: Option<String>,
    /// Names of its types and traits, in the order of the file.
    pub types: Vec<String>,
    /// Number of functions, associated ones counted.
    pub functions: u32,
    /// What it is for.
    pub role: Role,
    /// Why that role.
    pub role_because: String,
    /// The candidate that it belongs to.
    pub service: Option<ServiceId>,
    /// Set by the user.
    pub pinned: bool,
    /// Share of its affinity that stays inside its service, 0..=1.
    pub cohesion: f64,
    /// How sure its service is; `None` unless it is in one.
    pub hold: Option<Hold>,
    /// Martin's metrics.
    pub metrics: ModuleMetrics,
}

impl Analysis {
    /// Name of a service candidate.
    pub fn service_id(&self, service: ServiceId) -> &str {
        &self.plan.services[service.index()].id
    }

    /// Checks the invariants of this type; the message names the first that does not hold.
    pub fn verify(&self) -> Result<(), String> {
        if !self.modules.windows(2).all(|w| w[0].id < w[1].id) {
            return Err("modules are not sorted by id, or an id stands twice".into());
        }
        if !self.plan.services.windows(2).all(|w| w[0].id < w[1].id) {
            return Err("services are not sorted by id, or an id stands twice".into());
        }
        let (modules, services) = (self.modules.len(), self.plan.services.len());
        for m in &self.modules {
            if m.service.is_some_and(|s| s.index() >= services) {
                return Err(format!("module {}: its service does not exist", m.id));
            }
            if m.service.is_some() && m.role != Role::Capability {
                return Err(format!("module {}: a {} module has no service", m.id, m.role.name()));
            }
        }
        if self.modules.iter().filter_map(|m| m.hold.as_ref()?.runner_up).any(|(s, _)| s.index() >= services) {
            return Err("a runner-up does not exist".into());
        }
        let placed = |a: &Alternative| a.services.iter().flat_map(|s| &s.1).all(|m| m.index() < modules);
        if self.alternatives.iter().any(|a| a.level as usize >= self.levels.len() || !placed(a)) {
            return Err("an alternative is of no level, or names a module that does not exist".into());
        }
        for d in &self.dependencies {
            if d.from.index() >= modules || d.to.index() >= modules || d.from == d.to {
                return Err("a dependency's ends do not exist or are the same".into());
            }
            if d.count as usize != d.sites.len() {
                return Err(format!(
                    "{} → {}: {} references with {} sites",
                    self.modules[d.from.index()].id,
                    self.modules[d.to.index()].id,
                    d.count,
                    d.sites.len()
                ));
            }
        }
        if !self.dependencies.windows(2).all(|w| (w[0].from, w[0].to, w[0].kind) < (w[1].from, w[1].to, w[1].kind)) {
            return Err("dependencies are not sorted, or one stands twice".into());
        }
        if self
            .dispatch
            .iter()
            .any(|d| d.from.index() >= modules || d.to.index() >= modules || d.from == d.to || d.count as usize != d.sites.len())
        {
            return Err("a dispatch's ends do not exist or are the same, or it does not count its sites".into());
        }
        if !self.dispatch.is_sorted_by(|a, b| (a.from, a.to, a.kind, &a.of_trait) < (b.from, b.to, b.kind, &b.of_trait)) {
            return Err("dispatches are not sorted, or one stands twice".into());
        }
        for s in self.plan.services.iter() {
            if s.modules.iter().any(|m| m.index() >= modules) {
                return Err(format!("service {}: a module does not exist", s.id));
            }
        }
        for c in &self.plan.crossings {
            if c.from.index() >= services || c.to.index() >= services || c.from == c.to {
                return Err("a crossing's ends do not exist or are the same".into());
            }
        }
        if !self.plan.crossings.windows(2).all(|w| (w[0].from, w[0].to) < (w[1].from, w[1].to)) {
            return Err("crossings are not sorted, or one stands twice".into());
        }
        for s in &self.plan.shared {
            if s.module.index() >= modules || s.used_by.iter().any(|u| u.index() >= services) {
                return Err("a shared module, or a service that uses it, does not exist".into());
            }
        }
        self.plan.data.verify(services)?;
        self.evidence.verify(modules)?;
        let cycle_ids =
            self.cycles.iter().flat_map(|c| c.modules.iter().chain(&c.example).chain(c.cuts.iter().flat_map(|p| [&p.from, &p.to])));
        if cycle_ids.into_iter().any(|m| m.index() >= modules) {
            return Err("a cycle names a module that does not exist".into());
        }
        Ok(())
    }
}
