//! The results of all stages as one self-contained [`Analysis`].
//!
//! Takes what the stages gave; gives rows in the same order, with names in the place of ids of the code base.

use crate::model::analysis::{Analysis, CrateRow, ModuleRow};
use crate::model::codebase::{Codebase, ItemKind};
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::Evidence;
use crate::model::graph::ModuleGraph;
use crate::model::partition::Partition;
use crate::model::plan::Plan;
use crate::model::scip::Scip;

/// Everything that a run found.
pub(super) fn analysis(
    codebase: Codebase,
    graph: ModuleGraph,
    mut evidence: Evidence,
    partition: Partition,
    plan: Plan,
    scip: Option<Scip>,
    warnings: Vec<Diagnostic>,
) -> Analysis {
    if let Some(history) = &mut evidence.history {
        let service_of: Vec<_> = partition.members.iter().map(|m| m.service).collect();
        history.locality = Some(history.locality(&service_of));
        // What the stages before want of single commits, no reader does.
        history.changes = Vec::new();
    }
    let crates = crates(&codebase);
    let modules = modules(&codebase, &graph, partition.members);
    let mut diagnostics = codebase.diagnostics;
    diagnostics.extend(warnings);
    diagnostics.sort();
    diagnostics.dedup();
    Analysis {
        name: codebase.name,
        crates,
        modules,
        dependencies: graph.dependencies,
        dispatch: graph.dispatches,
        cycles: graph.cycles,
        system: graph.system,
        algorithm: partition.algorithm,
        quality: partition.quality,
        levels: partition.levels,
        alternatives: partition.alternatives,
        decisions: partition.decisions,
        plan,
        evidence,
        orphans: codebase.orphans,
        scip,
        coverage: codebase.coverage,
        diagnostics,
    }
}

fn crates(codebase: &Codebase) -> Vec<CrateRow> {
    let row = |c: &crate::model::codebase::Crate| CrateRow {
        name: c.name.clone(),
        package: c.package.clone(),
        kind: c.kind,
        dependencies: c.dependencies.iter().map(|d| codebase.crates[d.index()].name.clone()).collect(),
    };
    codebase.crates.iter().map(row).collect()
}

fn modules(codebase: &Codebase, graph: &ModuleGraph, members: Vec<crate::model::partition::Membership>) -> Vec<ModuleRow> {
    let mut types: Vec<Vec<String>> = vec![Vec::new(); codebase.modules.len()];
    let mut functions = vec![0; codebase.modules.len()];
    for item in &codebase.items {
        // Associated types belong to their impl block or trait.
        if item.kind.is_type() && item.parent.is_none() {
            types[item.module.index()].push(item.name.clone());
        } else if item.kind == ItemKind::Function {
            functions[item.module.index()] += 1;
        }
    }
    let rows = codebase.modules.iter().zip(&graph.metrics).zip(members).zip(types.into_iter().zip(functions));
    rows.map(|(((module, metrics), member), (types, functions))| ModuleRow {
        id: module.id.clone(),
        krate: codebase.crates[module.krate.index()].name.clone(),
        file: codebase.files[module.file.index()].path.clone(),
        line: module.line,
        lines: module.lines,
        summary: module.summary.clone(),
        types,
        functions,
        role: member.role,
        role_because: member.because,
        service: member.service,
        pinned: member.pinned,
        cohesion: member.cohesion,
        hold: member.hold,
        metrics: *metrics,
    })
    .collect()
}
