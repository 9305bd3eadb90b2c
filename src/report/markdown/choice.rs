//! How fine the cut is and why; what else could be proposed; which modules are contested, and what decides.

use super::page::{Page, rest};
use crate::model::analysis::Analysis;
use crate::model::ids::ModuleId;
use crate::model::partition::{Alternative, Level, Quality};
use crate::report::escape::{code, markdown};
use crate::report::view;

/// Contested modules that are shown.
const CONTESTED: usize = 15;
/// Services of an alternative that are shown, and modules of each.
const SERVICES: usize = 20;
const MODULES: usize = 4;
/// Sources of evidence shown for one module.
const SOURCES: usize = 3;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    fineness(analysis, page);
    decisions(analysis, page);
}

/// What the user decided, and what each of it costs.
fn decisions(analysis: &Analysis, page: &mut Page) {
    if analysis.decisions.is_empty() {
        return;
    }
    page.heading(2, "What your decisions cost");
    page.paragraph(
        "For each decision of the configuration, what would be proposed without it, all others kept. What raises modularity or lowers ICP \
         when it is left out is bought at that price; what changes nothing, the code says by itself.",
    );
    let row = |what: String, services: usize, moved: String, q: &Quality| {
        let figures = [q.modularity, q.icp, q.ifn].map(view::figure);
        let [modularity, icp, ifn] = figures;
        [what, view::count(services), moved, modularity, icp, ifn]
    };
    let now = row("as it is".into(), analysis.plan.services.len(), String::new(), &analysis.quality);
    let without = analysis.decisions.iter().map(|d| {
        let reason = d.reason.as_ref().map(|r| format!(": {}", markdown(r))).unwrap_or_default();
        let what = format!("without {} {}{reason}", d.kind, code(&d.what));
        row(what, d.services as usize, view::counted(d.moved, "module", "modules"), &d.without)
    });
    page.table(["Decision", "#Services", "#Would move", "#Modularity", "#ICP", "#IFN"], std::iter::once(now).chain(without));
}

fn fineness(analysis: &Analysis, page: &mut Page) {
    if analysis.levels.is_empty() {
        return;
    }
    page.heading(2, "How fine, and how sure");
    let chosen = analysis.levels.iter().find(|l| l.chosen);
    let proposed = match chosen {
        Some(l) => format!("{} at resolution {}", view::counted(l.services, "service", "services"), view::figure(l.resolution)),
        None => "No split: even the best of these has too little more inside than chance would give".to_owned(),
    };
    page.paragraph(&format!(
        "{proposed}. Each row is the best partition at one resolution. Stability: agreement with what comes out when every weight \
         is perturbed. Plateau: agreement with the neighbouring rows. Both are adjusted Rand indices: 1 is the same partition, 0 is chance. \
         The choice goes by the last column: stability and plateau, less what a lump, modules left alone and services too small to run cost."
    ));
    page.table(
        ["Resolution", "#Services", "#Largest", "#Stability", "#Plateau", "#SM", "#ICP", "#IFN", "#NED", "#Worth"],
        analysis.levels.iter().map(level),
    );
    for (other, chosen) in analysis.alternatives.iter().zip(chosen.into_iter().cycle()) {
        alternative(analysis, other, chosen, page);
    }
    contested(analysis, page);
}

fn level(l: &Level) -> [String; 10] {
    let mark = |text: String| if l.chosen { format!("**{text}**") } else { text };
    [
        mark(view::figure(l.resolution)),
        mark(view::count(l.services)),
        view::share(l.largest),
        view::figure(l.stability),
        view::figure(l.plateau),
        view::figure(l.quality.sm),
        view::figure(l.quality.icp),
        view::figure(l.quality.ifn),
        view::figure(l.quality.ned),
        mark(view::figure(l.worth)),
    ]
}

fn alternative(analysis: &Analysis, other: &Alternative, chosen: &Level, page: &mut Page) {
    let level = &analysis.levels[other.level as usize];
    let finer = level.resolution > chosen.resolution;
    page.heading(3, if finer { "Finer" } else { "Coarser" });
    let services = view::counted(level.services, "service", "services");
    page.paragraph(&format!("{services}; to take it, set `resolution = {}` under `[cluster]`.", level.resolution));
    let own = |m: &ModuleId| analysis.modules[m.index()].service;
    page.table(
        ["Service", "#Modules", "Made of", "Such as"],
        other.services.iter().take(SERVICES).map(|(name, modules)| {
            let mut parts: Vec<_> = modules.iter().filter_map(own).collect();
            parts.sort_unstable();
            let made_of: Vec<String> = (parts.chunk_by(|a, b| a == b))
                .map(|part| format!("{} of {}", view::count(part.len()), code(analysis.service_id(part[0]))))
                .collect();
            let such: Vec<String> = modules.iter().take(MODULES).map(|m| code(&analysis.modules[m.index()].id)).collect();
            [code(name), view::count(modules.len()), made_of.join(", "), such.join(", ")]
        }),
    );
    page.list(rest(other.services.len(), SERVICES, "services"));
}

fn contested(analysis: &Analysis, page: &mut Page) {
    let Some(mean) = view::choice::confidence(analysis) else { return };
    page.heading(3, "Contested modules");
    let rows = view::choice::contested(analysis);
    let sure = format!("On average a module stays with its service in {} of the perturbed runs.", view::share(mean));
    if rows.is_empty() {
        page.paragraph(&format!("{sure} None is contested."));
        return;
    }
    page.paragraph(&format!("{sure} These stay least; a `[[service]]` pin in `seamline.toml` decides them."));
    page.table(
        ["Module", "Proposed", "#Stays", "Runner-up", "#Goes there", "What decides (share of its affinity)"],
        rows.iter().take(CONTESTED).map(|(m, hold)| {
            let (other, share) =
                hold.runner_up.map_or_else(Default::default, |(s, share)| (code(analysis.service_id(s)), view::share(share)));
            let own = m.service.map(|s| code(analysis.service_id(s))).unwrap_or_default();
            [code(&m.id), own, view::share(hold.confidence), other, share, markdown(&view::choice::decides(hold, SOURCES))]
        }),
    );
    page.list(rest(rows.len(), CONTESTED, "modules"));
}
