//! What the repository says beyond its references: data, entry points, messages, traces, history, the outside.
//!
//! In the order in which a reviewer asks: whose data is it, what comes in where, what is sent, what
//! ran, what changes together.

mod data;
mod entries;
mod history;
mod messages;
mod traces;

use super::page::Page;
use crate::model::analysis::Analysis;
use crate::report::escape::{code, prose};
use crate::report::view;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    data::write(analysis, page);
    entries::write(analysis, page);
    messages::write(analysis, page);
    traces::write(analysis, page);
    history::write(analysis, page);
}

/// What each source was asked and what it found, for the section on blind spots.
pub(super) fn write_sources(analysis: &Analysis, page: &mut Page) {
    if analysis.evidence.sources.is_empty() {
        return;
    }
    page.heading(3, "Evidence beyond references");
    page.table(
        ["Source", "What it counts", "#Found", "#Not understood", "#Weight", "What limits it"],
        analysis.evidence.sources.iter().map(|s| {
            [
                code(&s.source),
                prose(&s.noun),
                view::count(s.found),
                view::count(s.unknown),
                view::figure(s.weight),
                s.note.as_deref().map(prose).unwrap_or_default(),
            ]
        }),
    );
    page.paragraph("Weight: how much a source counts for boundaries beside 1 for references; `[evidence]` in `seamline.toml` changes it.");
}

/// Names of sides as code.
fn sides<'a>(sides: impl IntoIterator<Item = &'a str>) -> String {
    sides.into_iter().map(code).collect::<Vec<_>>().join(", ")
}
