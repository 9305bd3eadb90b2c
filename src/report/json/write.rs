//! From the model to the wire: positions become ids.

use super::choice::{Alternative, Decision, Figures, Hold, Level};
use super::cost::Cost;
use super::data::Data;
use super::evidence::Names;
use super::extraction::Extraction;
use super::lines::Lines;
use super::{SCHEMA_VERSION, wire};
use crate::model::analysis::Analysis;
use crate::model::codebase::Coverage;
use crate::model::graph::Pair;
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::place::Site;
use crate::model::plan::{Plan, Reason};
use crate::model::scip::{Disagreement, Scip};
use crate::report::RenderError;
use serde::Serialize;

/// The bytes of `analysis.json`. Refuses an analysis that breaks its invariants, or a figure that is no number: neither could be read back.
pub fn to_json(analysis: &Analysis) -> Result<Vec<u8>, RenderError> {
    analysis.verify().map_err(RenderError::Inconsistent)?;
    finite(analysis)?;
    let mut out = Vec::new();
    document(analysis).serialize(&mut serde_json::Serializer::with_formatter(&mut out, Lines::default()))?;
    out.push(b'\n');
    Ok(out)
}

/// The extraction of one service, or of all, as in `analysis.json`.
pub fn extractions(analysis: &Analysis, service: Option<&str>) -> Result<String, RenderError> {
    let name = |s: ServiceId| analysis.service_id(s).to_owned();
    let chosen = analysis.plan.extractions.iter().filter(|e| service.is_none_or(|s| analysis.service_id(e.service) == s));
    let records: Vec<Extraction> = chosen.map(|e| Extraction::write(e, &name)).collect();
    let mut out = Vec::new();
    records.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Lines::default()))?;
    out.push(b'\n');
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn finite(a: &Analysis) -> Result<(), RenderError> {
    let q = &a.quality;
    let whole = [q.modularity, q.sm, q.icp, q.ifn, q.ned, a.system.cyclicity, a.system.propagation_cost];
    let of_modules = a.modules.iter().flat_map(|m| [m.cohesion, m.metrics.instability, m.metrics.abstractness, m.metrics.distance]);
    let of_dependencies = a.dependencies.iter().map(|d| d.weight);
    let of_levels = a.levels.iter().flat_map(|l| {
        let q = &l.quality;
        [l.resolution, l.largest, l.stability, l.plateau, l.worth, q.modularity, q.sm, q.icp, q.ifn, q.ned]
    });
    let of_decisions = a.decisions.iter().map(|d| &d.without).flat_map(|q| [q.modularity, q.sm, q.icp, q.ifn, q.ned]);
    let of_holds = a.modules.iter().filter_map(|m| m.hold.as_ref()).flat_map(|h| {
        let pulls = h.pulls.iter().flat_map(|p| [p.own, p.other]);
        pulls.chain([h.confidence]).chain(h.runner_up.map(|r| r.1))
    });
    let of_services = a.plan.services.iter().map(|s| s.cohesion);
    let of_extractions = a.plan.extractions.iter().flat_map(|e| e.steps.iter().flat_map(|s| s.actions.iter().map(|a| a.effort)));
    let e = &a.evidence;
    let of_evidence = (e.sources.iter().map(|s| s.weight))
        .chain(e.ties.iter().flat_map(|t| t.members.iter().map(|m| m.1)))
        .chain(a.plan.pains.iter().filter_map(|p| p.value))
        .chain(e.history.iter().flat_map(|h| h.co_changes.iter().flat_map(|c| [c.confidence, c.lift])));
    if whole
        .into_iter()
        .chain(of_modules)
        .chain(of_services)
        .chain(of_levels)
        .chain(of_decisions)
        .chain(of_holds)
        .chain(of_evidence)
        .chain(of_extractions)
        .chain(of_dependencies)
        .chain(a.plan.cost.figures())
        .all(f64::is_finite)
    {
        Ok(())
    } else {
        Err(RenderError::Inconsistent("a figure is not a number".into()))
    }
}

fn document(a: &Analysis) -> wire::Document {
    let module = |m: ModuleId| a.modules[m.index()].id.clone();
    let modules = |ids: &[ModuleId]| ids.iter().map(|&m| module(m)).collect::<Vec<_>>();
    let pair = |p: &Pair| wire::Pair { from: module(p.from), to: module(p.to), count: p.count };
    let cycle = |c: &crate::model::graph::Cycle| wire::Cycle {
        modules: modules(&c.modules),
        example: modules(&c.example),
        cuts: c.cuts.iter().map(pair).collect(),
    };
    let dependency = |d: &crate::model::graph::Dependency| wire::Dependency {
        from: module(d.from),
        to: module(d.to),
        kind: d.kind.name().into(),
        count: d.count,
        weight: (d.weight != f64::from(d.count)).then_some(d.weight),
        provenance: a.scip.is_some().then(|| d.provenance.name().into()),
        sites: sites(&d.sites),
        guessed: sites(&d.guessed),
    };
    let dispatch = |d: &crate::model::graph::Dispatched| wire::Dispatch {
        from: module(d.from),
        to: module(d.to),
        kind: d.kind.name().into(),
        of_trait: d.of_trait.clone(),
        count: d.count,
        sites: sites(&d.sites),
    };
    wire::Document {
        schema_version: SCHEMA_VERSION,
        tool: "seamline".into(),
        name: a.name.clone(),
        verdict: wire::Verdict { advice: a.plan.verdict.verdict.name().into(), because: reasons(&a.plan.verdict.because) },
        mesh: wire::Mesh {
            advice: if a.plan.mesh.advised { "yes" } else { "no" }.into(),
            because: reasons(&a.plan.mesh.because),
            edges: a.plan.mesh.edges.iter().map(|e| edge_policy(a, e)).collect(),
        },
        pains: (a.plan.pains.iter())
            .map(|p| wire::Pain { name: p.name.clone(), measure: p.measure.clone(), value: p.value, because: reasons(&p.because) })
            .collect(),
        coverage: coverage(&a.coverage),
        system: wire::System { cyclicity: a.system.cyclicity, propagation_cost: a.system.propagation_cost },
        algorithm: a.algorithm.clone(),
        quality: Figures::write(&a.quality),
        levels: a.levels.iter().map(Level::write).collect(),
        alternatives: a.alternatives.iter().map(|other| Alternative::write(other, &modules)).collect(),
        decisions: a.decisions.iter().map(Decision::write).collect(),
        services: services(a),
        crossings: crossings(&a.plan),
        extractions: a.plan.extractions.iter().map(|e| Extraction::write(e, &|s| a.service_id(s).to_owned())).collect(),
        cost: Cost::write(&a.plan.cost, &|s| a.service_id(s).to_owned()),
        data: Data::write(&a.plan.data, &|s| a.service_id(s).to_owned()),
        shared: (a.plan.shared.iter())
            .map(|s| wire::Shared { module: module(s.module), used_by: s.used_by.iter().map(|&u| a.service_id(u).to_owned()).collect() })
            .collect(),
        cycles: a.cycles.iter().map(cycle).collect(),
        crates: a.crates.iter().map(krate).collect(),
        modules: a.modules.iter().map(|m| module_record(a, m)).collect(),
        dependencies: a.dependencies.iter().map(dependency).collect(),
        dispatch: a.dispatch.iter().map(dispatch).collect(),
        evidence: Names { module: &module }.write(&a.evidence),
        orphans: a.orphans.clone(),
        scip: a.scip.as_ref().map(scip),
        diagnostics: a.diagnostics.iter().map(diagnostic).collect(),
    }
}

fn means(m: &crate::model::plan::Means) -> wire::Means {
    let message = |m: &crate::model::plan::Message| wire::Message {
        item: m.item.clone(),
        name: m.name.clone(),
        repeatable: m.repeatable,
        needs_dto: m.needs_dto,
        outbox: m.outbox,
    };
    wire::Means {
        style: m.style.name().into(),
        protocol: m.protocol.name().into(),
        with: m.with.clone(),
        messages: m.messages.iter().map(message).collect(),
        because: reasons(&m.because),
    }
}

fn services(a: &Analysis) -> Vec<wire::Service> {
    let record = |s: &crate::model::plan::Service| wire::Service {
        id: s.id.clone(),
        name: s.name.clone(),
        verdict: s.verdict.name().into(),
        lines: s.lines,
        cohesion: s.cohesion,
        ca: s.ca,
        ce: s.ce,
        keywords: s.keywords.clone(),
        modules: s.modules.iter().map(|m| a.modules[m.index()].id.clone()).collect(),
        because: reasons(&s.because),
        criteria: s.criteria.iter().map(criterion).collect(),
    };
    a.plan.services.iter().map(record).collect()
}

fn edge_policy(a: &Analysis, e: &crate::model::plan::EdgePolicy) -> wire::EdgePolicy {
    wire::EdgePolicy {
        from: a.service_id(e.from).into(),
        to: a.service_id(e.to).into(),
        timeout_ms: e.timeout,
        retry: e.retry.clone(),
        once: e.once,
        circuit_breaker: e.circuit_breaker,
        mutual_tls: e.mutual_tls,
        because: reasons(&e.because),
    }
}

fn criterion(c: &crate::model::plan::Criterion) -> wire::Criterion {
    wire::Criterion {
        name: c.kind.name().into(),
        value: c.value,
        asked: if c.kind.is_at_least() { "at-least" } else { "at-most" }.into(),
        threshold: c.threshold,
        met: c.met,
        decides: c.kind.decides(),
        source: c.source.clone(),
        because: reason(&c.because),
    }
}

fn crossings(plan: &Plan) -> Vec<wire::Crossing> {
    let service = |s: ServiceId| plan.services[s.index()].id.clone();
    let item = |i: &crate::model::plan::CrossedItem| wire::CrossedItem {
        path: i.path.clone(),
        kind: i.kind.map(|k| k.name().into()),
        style: i.style.name().into(),
        rule: i.rule.clone(),
        because: i.because.clone(),
        remote: i.remote.as_ref().map(|r| wire::Remote { fit: r.fit.name().into(), because: r.because.clone() }),
        defined: site(&i.defined),
        sites: sites(&i.sites),
    };
    let record = |c: &crate::model::plan::Crossing| wire::Crossing {
        from: service(c.from),
        to: service(c.to),
        style: c.style.name().into(),
        means: c.means.iter().map(means).collect(),
        references: c.references,
        because: reasons(&c.because),
        items: c.items.iter().map(item).collect(),
    };
    plan.crossings.iter().map(record).collect()
}

fn module_record(a: &Analysis, m: &crate::model::analysis::ModuleRow) -> wire::Module {
    wire::Module {
        id: m.id.clone(),
        krate: m.krate.clone(),
        file: m.file.clone(),
        line: m.line,
        lines: m.lines,
        role: m.role.name().into(),
        role_because: m.role_because.clone(),
        service: m.service.map(|s| a.service_id(s).to_owned()),
        pinned: m.pinned,
        cohesion: m.cohesion,
        hold: m.hold.as_ref().map(|hold| Hold::write(hold, &|s| a.service_id(s).to_owned())),
        summary: m.summary.clone(),
        types: m.types.clone(),
        functions: m.functions,
        metrics: wire::Metrics {
            ca: m.metrics.ca,
            ce: m.metrics.ce,
            instability: m.metrics.instability,
            abstractness: m.metrics.abstractness,
            distance: m.metrics.distance,
        },
    }
}

fn krate(c: &crate::model::analysis::CrateRow) -> wire::Crate {
    wire::Crate { name: c.name.clone(), package: c.package.clone(), kind: c.kind.name().into(), dependencies: c.dependencies.clone() }
}

fn coverage(c: &Coverage) -> wire::Coverage {
    let counted = |rows: &[(String, u32)]| rows.iter().map(|(name, count)| wire::Counted { name: name.clone(), count: *count }).collect();
    wire::Coverage {
        files: c.files,
        parsed: c.parsed,
        lines: c.lines,
        paths: c.paths,
        resolved: c.resolved,
        external: c.external,
        unresolved: c.unresolved,
        macro_bodies: c.macro_bodies,
        macro_tokens: c.macro_tokens,
        opaque_macros: (c.opaque_macros.iter())
            .map(|m| wire::OpaqueMacro { name: m.name.clone(), count: m.count, tokens: m.tokens })
            .collect(),
        unresolved_methods: counted(&c.unresolved_methods),
        unresolved_members: c.unresolved_members,
        guessed: c.guessed,
        guessed_methods: counted(&c.guessed_methods),
        unknown_macros: counted(&c.unknown_macros),
        generated: c.generated,
        wide_dispatch: counted(&c.wide_dispatch),
        cfg_off: c.cfg_off,
        tests: c.tests,
        targets_out: c.targets_out,
    }
}

fn scip(s: &Scip) -> wire::Scip {
    let disagreement = |d: &Disagreement| wire::Disagreement {
        file: d.file.clone(),
        line: d.line,
        column: d.column,
        ours: d.ours.clone(),
        index: d.index.clone(),
    };
    wire::Scip {
        documents: s.documents,
        matched: s.matched,
        outdated: s.outdated,
        references: s.references,
        agreed: s.agreed,
        added: s.added,
        replaced: s.replaced,
        removed: s.removed,
        disagreements: s.disagreements.iter().map(disagreement).collect(),
    }
}

fn diagnostic(d: &crate::model::diagnostic::Diagnostic) -> wire::Diagnostic {
    wire::Diagnostic {
        severity: d.severity.name().into(),
        code: d.code.clone(),
        message: d.message.clone(),
        site: d.site.as_ref().map(site),
        help: d.help.clone(),
    }
}

pub(super) fn reasons(reasons: &[Reason]) -> Vec<wire::Reason> {
    reasons.iter().map(reason).collect()
}

fn reason(r: &Reason) -> wire::Reason {
    wire::Reason { text: r.text.clone(), sites: sites(&r.sites) }
}

pub(super) fn sites(sites: &[Site]) -> Vec<wire::Site> {
    sites.iter().map(site).collect()
}

pub(super) fn site(site: &Site) -> wire::Site {
    wire::Site { file: site.file.clone(), line: site.line }
}
