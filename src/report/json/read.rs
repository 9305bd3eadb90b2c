//! From the wire to the model: ids become positions, and whatever does not fit is refused with its name.

use super::choice::{Decision, Level};
use super::evidence::Positions;
use super::{SCHEMA_VERSION, wire};
use crate::model::analysis::{Analysis, CrateRow, ModuleRow};
use crate::model::codebase::{Coverage, CrateKind, DependencyKind, DispatchKind, ItemKind, OpaqueMacro, Provenance};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::graph::{Cycle, Dependency, Dispatched, ModuleMetrics, Pair, SystemMetrics};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Role;
use crate::model::place::Site;
use crate::model::plan::{
    Criterion, CriterionKind, CrossedItem, Crossing, EdgePolicy, Fit, Means, MeshAdvice, Message, Pain, Plan, Protocol, Reason, Remote,
    Service, SharedModule, Style, SystemAdvice, SystemVerdict, Verdict,
};
use crate::model::scip::{Disagreement, Scip};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a file is no analysis.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or not of this shape.
    #[error("not valid JSON of an analysis: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by a version of this program that uses another format.
    #[error(
        "the analysis has schema_version {found}, this version of seamline reads schema_version {SCHEMA_VERSION}: analyse again with this version"
    )]
    Version {
        /// What the file says.
        found: u64,
    },
    /// A name that should be one of a few, or the id of something in the file.
    #[error("{what} `{name}` is unknown")]
    Unknown {
        /// What kind of thing it should name.
        what: &'static str,
        /// What stands there.
        name: String,
    },
    /// All names are known, but they do not fit together.
    #[error("the analysis is not consistent: {0}")]
    Inconsistent(String),
}

/// An analysis read back.
pub fn from_json(bytes: &[u8]) -> Result<Analysis, ReadError> {
    // The version first: a file of another version may have any other shape.
    #[derive(Deserialize)]
    struct Version {
        schema_version: u64,
    }
    let Version { schema_version: found } = serde_json::from_slice(bytes)?;
    if found != u64::from(SCHEMA_VERSION) {
        return Err(ReadError::Version { found });
    }
    let document: wire::Document = serde_json::from_slice(bytes)?;
    let analysis = Ids::of(&document).analysis(document)?;
    analysis.verify().map_err(ReadError::Inconsistent)?;
    Ok(analysis)
}

pub(super) fn known<T>(what: &'static str, name: &str, found: Option<T>) -> Result<T, ReadError> {
    found.ok_or_else(|| ReadError::Unknown { what, name: name.to_owned() })
}

pub(super) fn all<W, T>(records: Vec<W>, read: impl FnMut(W) -> Result<T, ReadError>) -> Result<Vec<T>, ReadError> {
    records.into_iter().map(read).collect()
}

/// Positions of the ids of one document.
struct Ids {
    modules: BTreeMap<String, ModuleId>,
    services: BTreeMap<String, ServiceId>,
}

impl Ids {
    fn of(document: &wire::Document) -> Self {
        Self {
            modules: document.modules.iter().enumerate().map(|(i, m)| (m.id.clone(), ModuleId::from(i))).collect(),
            services: document.services.iter().enumerate().map(|(i, s)| (s.id.clone(), ServiceId::from(i))).collect(),
        }
    }

    fn module(&self, id: &str) -> Result<ModuleId, ReadError> {
        known("module", id, self.modules.get(id).copied())
    }

    fn service(&self, id: &String) -> Result<ServiceId, ReadError> {
        known("service", id, self.services.get(id).copied())
    }

    fn module_list(&self, ids: &[String]) -> Result<Vec<ModuleId>, ReadError> {
        ids.iter().map(|id| self.module(id)).collect()
    }

    fn analysis(&self, d: wire::Document) -> Result<Analysis, ReadError> {
        let verdict = SystemVerdict {
            verdict: known("advice", &d.verdict.advice, SystemAdvice::from_name(&d.verdict.advice))?,
            because: reasons(d.verdict.because),
        };
        let advised = match d.mesh.advice.as_str() {
            "yes" => true,
            "no" => false,
            other => return known("mesh advice", other, None),
        };
        let plan = Plan {
            services: all(d.services, |s| self.read_service(s))?,
            crossings: all(d.crossings, |c| self.crossing(c))?,
            shared: all(d.shared, |s| {
                let used_by = s.used_by.iter().map(|u| self.service(u)).collect::<Result<_, _>>()?;
                Ok(SharedModule { module: self.module(&s.module)?, used_by })
            })?,
            mesh: MeshAdvice { advised, because: reasons(d.mesh.because), edges: all(d.mesh.edges, |e| self.edge_policy(e))? },
            verdict,
            data: d.data.read(&|id| self.service(id))?,
            extractions: all(d.extractions, |e| e.read(&|id| self.service(id)))?,
            cost: d.cost.read(&|id| self.service(id))?,
            pains: (d.pains.into_iter())
                .map(|p| Pain { name: p.name, measure: p.measure, value: p.value, because: reasons(p.because) })
                .collect(),
        };
        Ok(Analysis {
            name: d.name,
            crates: all(d.crates, krate)?,
            modules: all(d.modules, |m| self.read_module(m))?,
            dependencies: all(d.dependencies, |d| self.dependency(d))?,
            dispatch: all(d.dispatch, |d| self.dispatch(d))?,
            cycles: all(d.cycles, |c| self.cycle(c))?,
            system: SystemMetrics { cyclicity: d.system.cyclicity, propagation_cost: d.system.propagation_cost },
            algorithm: d.algorithm,
            quality: d.quality.read(),
            levels: d.levels.into_iter().map(Level::read).collect(),
            alternatives: all(d.alternatives, |a| a.read(|ids| self.module_list(ids)))?,
            decisions: d.decisions.into_iter().map(Decision::read).collect(),
            plan,
            evidence: Positions { module: &|id| self.module(id) }.read(d.evidence)?,
            orphans: d.orphans,
            scip: d.scip.map(scip),
            coverage: coverage(d.coverage),
            diagnostics: all(d.diagnostics, diagnostic)?,
        })
    }

    fn edge_policy(&self, e: wire::EdgePolicy) -> Result<EdgePolicy, ReadError> {
        Ok(EdgePolicy {
            from: self.service(&e.from)?,
            to: self.service(&e.to)?,
            timeout: e.timeout_ms,
            retry: e.retry,
            once: e.once,
            circuit_breaker: e.circuit_breaker,
            mutual_tls: e.mutual_tls,
            because: reasons(e.because),
        })
    }

    fn read_service(&self, s: wire::Service) -> Result<Service, ReadError> {
        Ok(Service {
            verdict: known("verdict", &s.verdict, Verdict::from_name(&s.verdict))?,
            modules: self.module_list(&s.modules)?,
            id: s.id,
            name: s.name,
            lines: s.lines,
            keywords: s.keywords,
            cohesion: s.cohesion,
            ca: s.ca,
            ce: s.ce,
            criteria: all(s.criteria, criterion)?,
            because: reasons(s.because),
        })
    }

    fn crossing(&self, c: wire::Crossing) -> Result<Crossing, ReadError> {
        Ok(Crossing {
            from: self.service(&c.from)?,
            to: self.service(&c.to)?,
            style: style(&c.style)?,
            means: all(c.means, means)?,
            because: reasons(c.because),
            references: c.references,
            items: all(c.items, |i| {
                let kind = i.kind.as_deref().map(|k| known("kind of item", k, ItemKind::from_name(k))).transpose()?;
                let remote = |r: wire::Remote| -> Result<Remote, ReadError> {
                    Ok(Remote { fit: known("fit", &r.fit, Fit::from_name(&r.fit))?, because: r.because })
                };
                Ok(CrossedItem {
                    kind,
                    style: style(&i.style)?,
                    rule: i.rule,
                    because: i.because,
                    remote: i.remote.map(remote).transpose()?,
                    path: i.path,
                    defined: site(i.defined),
                    sites: sites(i.sites),
                })
            })?,
        })
    }

    fn read_module(&self, m: wire::Module) -> Result<ModuleRow, ReadError> {
        let x = m.metrics;
        Ok(ModuleRow {
            role: known("role", &m.role, Role::from_name(&m.role))?,
            service: m.service.as_ref().map(|s| self.service(s)).transpose()?,
            id: m.id,
            krate: m.krate,
            file: m.file,
            line: m.line,
            lines: m.lines,
            summary: m.summary,
            types: m.types,
            functions: m.functions,
            role_because: m.role_because,
            pinned: m.pinned,
            cohesion: m.cohesion,
            hold: m.hold.map(|hold| hold.read(&|id| self.service(id))).transpose()?,
            metrics: ModuleMetrics { ca: x.ca, ce: x.ce, instability: x.instability, abstractness: x.abstractness, distance: x.distance },
        })
    }

    fn dependency(&self, d: wire::Dependency) -> Result<Dependency, ReadError> {
        Ok(Dependency {
            from: self.module(&d.from)?,
            to: self.module(&d.to)?,
            kind: known("kind of dependency", &d.kind, DependencyKind::from_name(&d.kind))?,
            count: d.count,
            weight: d.weight.unwrap_or(f64::from(d.count)),
            provenance: match &d.provenance {
                Some(name) => known("provenance", name, Provenance::from_name(name))?,
                None => Provenance::Source,
            },
            sites: sites(d.sites),
            guessed: sites(d.guessed),
        })
    }

    fn dispatch(&self, d: wire::Dispatch) -> Result<Dispatched, ReadError> {
        Ok(Dispatched {
            from: self.module(&d.from)?,
            to: self.module(&d.to)?,
            kind: known("kind of dispatch", &d.kind, DispatchKind::from_name(&d.kind))?,
            of_trait: d.of_trait,
            count: d.count,
            sites: sites(d.sites),
        })
    }

    fn cycle(&self, c: wire::Cycle) -> Result<Cycle, ReadError> {
        let cut = |p: wire::Pair| Ok(Pair { from: self.module(&p.from)?, to: self.module(&p.to)?, count: p.count });
        Ok(Cycle { modules: self.module_list(&c.modules)?, example: self.module_list(&c.example)?, cuts: all(c.cuts, cut)? })
    }
}

fn means(m: wire::Means) -> Result<Means, ReadError> {
    let message =
        |m: wire::Message| Message { item: m.item, name: m.name, repeatable: m.repeatable, needs_dto: m.needs_dto, outbox: m.outbox };
    Ok(Means {
        style: style(&m.style)?,
        protocol: known("protocol", &m.protocol, Protocol::from_name(&m.protocol))?,
        with: m.with,
        messages: m.messages.into_iter().map(message).collect(),
        because: reasons(m.because),
    })
}

fn style(name: &str) -> Result<Style, ReadError> {
    known("style", name, Style::from_name(name))
}

fn krate(c: wire::Crate) -> Result<CrateRow, ReadError> {
    let kind = known("kind of crate", &c.kind, CrateKind::from_name(&c.kind))?;
    Ok(CrateRow { name: c.name, package: c.package, kind, dependencies: c.dependencies })
}

fn coverage(c: wire::Coverage) -> Coverage {
    let counted = |rows: Vec<wire::Counted>| rows.into_iter().map(|r| (r.name, r.count)).collect();
    Coverage {
        files: c.files,
        parsed: c.parsed,
        lines: c.lines,
        paths: c.paths,
        resolved: c.resolved,
        external: c.external,
        unresolved: c.unresolved,
        macro_bodies: c.macro_bodies,
        macro_tokens: c.macro_tokens,
        opaque_macros: (c.opaque_macros.into_iter()).map(|m| OpaqueMacro { name: m.name, count: m.count, tokens: m.tokens }).collect(),
        unresolved_methods: counted(c.unresolved_methods),
        unresolved_members: c.unresolved_members,
        guessed: c.guessed,
        guessed_methods: counted(c.guessed_methods),
        unknown_macros: counted(c.unknown_macros),
        generated: c.generated,
        wide_dispatch: counted(c.wide_dispatch),
        cfg_off: c.cfg_off,
        tests: c.tests,
        targets_out: c.targets_out,
    }
}

fn scip(s: wire::Scip) -> Scip {
    let disagreement = |d: wire::Disagreement| Disagreement { file: d.file, line: d.line, column: d.column, ours: d.ours, index: d.index };
    Scip {
        documents: s.documents,
        matched: s.matched,
        outdated: s.outdated,
        references: s.references,
        agreed: s.agreed,
        added: s.added,
        replaced: s.replaced,
        removed: s.removed,
        disagreements: s.disagreements.into_iter().map(disagreement).collect(),
    }
}

fn diagnostic(d: wire::Diagnostic) -> Result<Diagnostic, ReadError> {
    let severity = known("severity", &d.severity, Severity::from_name(&d.severity))?;
    Ok(Diagnostic { severity, code: d.code, message: d.message, site: d.site.map(site), help: d.help })
}

pub(super) fn reasons(reasons: Vec<wire::Reason>) -> Vec<Reason> {
    reasons.into_iter().map(reason).collect()
}

fn reason(r: wire::Reason) -> Reason {
    Reason { text: r.text, sites: sites(r.sites) }
}

fn criterion(c: wire::Criterion) -> Result<Criterion, ReadError> {
    Ok(Criterion {
        kind: known("criterion", &c.name, CriterionKind::from_name(&c.name))?,
        value: c.value,
        threshold: c.threshold,
        met: c.met,
        source: c.source,
        because: reason(c.because),
    })
}

pub(super) fn sites(sites: Vec<wire::Site>) -> Vec<Site> {
    sites.into_iter().map(site).collect()
}

pub(super) fn site(site: wire::Site) -> Site {
    Site { file: site.file, line: site.line }
}
