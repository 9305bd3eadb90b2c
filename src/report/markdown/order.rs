//! In which order the candidates should be taken out, and what stands against each.

use super::page::Page;
use crate::model::analysis::Analysis;
use crate::model::extraction::{Extraction, StepKind};
use crate::report::escape::{code, prose};
use crate::report::{plan, view};

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    if analysis.plan.extractions.len() < 2 {
        return;
    }
    page.heading(2, "In which order");
    page.paragraph(
        "What is worth a service comes first, and of that what nothing holds and what costs least. Hours follow a rule of thumb that is the same for \
         all (`Technique::effort` in the documentation), to compare by; they are no estimate. `seamline plan NAME` has every place of every step.",
    );
    let count = |e: &Extraction, kind: StepKind| {
        let actions = e.steps.iter().find(|s| s.kind == kind).map_or(0, |s| s.actions.len());
        if actions == 0 { "—".to_owned() } else { view::count(actions) }
    };
    page.table(
        ["#", "Candidate", "Separable", "#To open", "#To turn around", "#To widen", "#Impl blocks", "#Pull requests", "#Hours", "Why here"],
        plan::in_order(analysis).into_iter().map(|e| {
            [
                e.rank.to_string(),
                code(analysis.service_id(e.service)),
                e.separable.name().to_owned(),
                count(e, StepKind::Open),
                count(e, StepKind::Invert),
                count(e, StepKind::Widen),
                count(e, StepKind::Implementations),
                view::count(plan::pulls(e)),
                view::count(e.effort().ceil() as u64),
                prose(&e.rank_because),
            ]
        }),
    );
}
