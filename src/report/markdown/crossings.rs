//! The crossings: how each two candidates should talk, why, and exactly what crosses where; then the mesh.

use super::page::{Page, rest};
use super::{places, reason};
use crate::model::analysis::Analysis;
use crate::model::plan::{CrossedItem, Crossing, Style};
use crate::report::escape::{code, markdown};
use crate::report::view;

/// Items of one crossing that are shown.
const ITEMS: usize = 8;
/// Places of one item that are shown.
const PLACES: usize = 6;
/// Crossings with details; all of them are in the table.
const DETAILS: usize = 40;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    page.heading(2, "Crossings");
    let rows = view::worst_crossings(analysis);
    if rows.is_empty() {
        page.paragraph("No candidate refers to another.");
    } else {
        page.paragraph("The hardest first. A crossing takes the hardest style that any of its items needs.");
        page.list(Style::ALL.iter().map(|&style| format!("{}: {}", code(style.name()), view::style(style))));
        page.table(
            ["From", "To", "Style", "#References", "#Items"],
            rows.iter().map(|c| {
                let (from, to) = (code(analysis.service_id(c.from)), code(analysis.service_id(c.to)));
                [from, to, code(c.style.name()), view::count(c.references), view::count(c.items.len())]
            }),
        );
        for c in rows.iter().take(DETAILS) {
            crossing(analysis, c, page);
        }
        page.list(rest(rows.len(), DETAILS, "crossings"));
    }
    page.heading(2, "Service mesh");
    page.paragraph(if analysis.plan.mesh.advised { "**Yes.**" } else { "**Not yet.**" });
    page.list(analysis.plan.mesh.because.iter().map(reason));
}

fn crossing(analysis: &Analysis, c: &Crossing, page: &mut Page) {
    let (from, to) = (markdown(analysis.service_id(c.from)), markdown(analysis.service_id(c.to)));
    page.heading(3, &format!("{from} → {to}: {}", c.style.name()));
    page.list(c.because.iter().map(reason));
    page.table(["What crosses", "Kind", "Style", "#References", "Where"], c.items.iter().take(ITEMS).map(item));
    page.list(rest(c.items.len(), ITEMS, "items"));
}

fn item(i: &CrossedItem) -> [String; 5] {
    let kind = i.kind.map_or("mod", |k| k.name());
    [code(&i.path), kind.to_owned(), i.style.name().to_owned(), view::count(i.sites.len()), places(&i.sites, PLACES)]
}
