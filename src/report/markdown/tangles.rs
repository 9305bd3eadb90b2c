//! The tangles: which modules go around in circles, one walk to see it, and which references to cut.

use super::page::{Page, rest};
use super::places;
use crate::model::analysis::Analysis;
use crate::model::graph::Cycle;
use crate::report::escape::code;
use crate::report::view;

/// Tangles that are shown.
const TANGLES: usize = 10;
/// Modules and cuts of one tangle that are shown.
const EACH: usize = 12;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    page.heading(2, "Tangles");
    if analysis.cycles.is_empty() {
        page.paragraph("None: no two modules depend on each other in a circle.");
        return;
    }
    page.paragraph(
        "Modules that all reach each other can only be tested, built and moved together. Cutting the references listed opens every circle.",
    );
    for (i, cycle) in analysis.cycles.iter().take(TANGLES).enumerate() {
        tangle(analysis, i + 1, cycle, page);
    }
    page.list(rest(analysis.cycles.len(), TANGLES, "tangles"));
}

fn tangle(analysis: &Analysis, number: usize, cycle: &Cycle, page: &mut Page) {
    let module = |m: crate::model::ids::ModuleId| &analysis.modules[m.index()];
    let mut owners: Vec<String> = cycle.modules.iter().filter_map(|&m| module(m).service).map(|s| code(analysis.service_id(s))).collect();
    owners.sort();
    owners.dedup();
    let across = match owners.len() {
        0 => String::new(),
        1 => format!(", inside {}", owners[0]),
        _ => format!(", across {}", owners.join(", ")),
    };
    page.heading(3, &format!("Tangle {number}: {}{across}", view::modules(cycle.modules.len())));
    let mut names: Vec<String> = cycle.modules.iter().take(EACH).map(|&m| code(&module(m).id)).collect();
    if cycle.modules.len() > EACH {
        names.push(format!("and {} more", view::count(cycle.modules.len() - EACH)));
    }
    let mut walk: Vec<String> = view::walk(analysis, cycle).iter().map(|id| code(id)).collect();
    if walk.len() > EACH {
        let left_out = walk.len() - EACH;
        walk.splice(EACH - 1..walk.len() - 1, [format!("… ({} more)", view::count(left_out))]);
    }
    page.list([format!("Modules: {}", names.join(", ")), format!("For example: {}", walk.join(" → "))]);
    page.table(
        ["Cut", "#References", "Where"],
        cycle.cuts.iter().take(EACH).map(|cut| {
            let ends = format!("{} → {}", code(&module(cut.from).id), code(&module(cut.to).id));
            [ends, view::count(cut.count), places(&view::sites_of(analysis, *cut), 6)]
        }),
    );
    page.list(rest(cycle.cuts.len(), EACH, "cuts"));
}
