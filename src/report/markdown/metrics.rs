//! The figures: how good the partition is, always all five; and the modules through which change spreads.

use super::page::Page;
use crate::model::analysis::Analysis;
use crate::report::escape::{code, markdown};
use crate::report::view;

/// Modules that are shown.
const HUBS: usize = 12;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    page.heading(2, "Quality of the proposal");
    let algorithm = if analysis.algorithm.is_empty() { "no algorithm".to_owned() } else { markdown(&analysis.algorithm) };
    page.paragraph(&format!("Found by {algorithm}. Read the five together: each alone can be made perfect by a useless partition."));
    page.table(
        ["Figure", "#Value", "How to read it"],
        view::quality(analysis).map(|(name, value, how)| [name.to_owned(), value, how.to_owned()]),
    );
    page.heading(2, "Modules through which change spreads");
    let hubs = view::hubs(analysis, HUBS);
    if hubs.is_empty() {
        page.paragraph("None: no module both uses others and is used by others.");
        return;
    }
    page.paragraph(
        "By Ca × Ce. Ca: modules that use it. Ce: modules that it uses. I = Ce / (Ca + Ce): 0 is stable, 1 is free to change. \
         A: share of traits among its types. D = |A + I − 1|: 0 is best.",
    );
    page.table(
        ["Module", "#Ca", "#Ce", "#I", "#A", "#D", "Candidate"],
        hubs.iter().map(|m| {
            let x = &m.metrics;
            let owner = m.service.map_or_else(|| m.role.name().to_owned(), |s| code(analysis.service_id(s)));
            let [i, a, d] = [x.instability, x.abstractness, x.distance].map(view::figure);
            [code(&m.id), view::count(x.ca), view::count(x.ce), i, a, d, owner]
        }),
    );
}
