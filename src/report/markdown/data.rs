//! Who owns which data: tables with a way out, foreign keys that are cut, transactions that span with their steps, and what that costs.

use super::page::{Page, rest};
use super::{places, reason};
use crate::model::analysis::Analysis;
use crate::model::data_plan::{DataPlan, KeyCut, Phase, Span, SpanStep, TablePlan, TableUse, WayOut};
use crate::model::ids::ServiceId;
use crate::report::escape::{code, prose};
use crate::report::view;
use std::collections::BTreeMap;

/// Tables, keys or transactions that are shown.
const MOST: usize = 40;
/// Tables of one owner that are named in its row.
const NAMED: usize = 12;
/// Places of one step that are shown.
const PLACES: usize = 4;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    let data = &analysis.plan.data;
    if data.tables.is_empty() {
        return;
    }
    page.heading(2, "Who owns which data");
    page.paragraph(
        "A table belongs to the candidate that writes it in most places. What several touch has a way out; what the database held together by keys and \
         transactions needs something in its place.",
    );
    owners(analysis, data, page);
    shared(analysis, data, page);
    keys(analysis, data, page);
    spans(analysis, data, page);
    price(data, page);
}

fn owners(analysis: &Analysis, data: &DataPlan, page: &mut Page) {
    let mut by_owner: BTreeMap<(bool, Option<ServiceId>), Vec<&TablePlan>> = BTreeMap::new();
    for table in &data.tables {
        by_owner.entry((table.owner.is_none(), table.owner)).or_default().push(table);
    }
    let named = |tables: Vec<&TablePlan>| {
        let names: Vec<String> = tables.iter().take(NAMED).map(|t| code(&t.table)).collect();
        let more = tables.len().saturating_sub(NAMED);
        match (names.is_empty(), more) {
            (true, _) => "—".to_owned(),
            (_, 0) => names.join(", "),
            (_, more) => format!("{} and {} more", names.join(", "), view::count(more)),
        }
    };
    page.table(
        ["Owner", "#Tables", "Touched by it alone", "Touched by others, too"],
        by_owner.into_iter().map(|((_, owner), tables)| {
            let all = view::count(tables.len());
            let (alone, others): (Vec<_>, Vec<_>) = tables.into_iter().partition(|t| t.uses.iter().all(|u| u.by == t.owner));
            match owner {
                Some(owner) => [code(analysis.service_id(owner)), all, named(alone), named(others)],
                None => ["nobody".to_owned(), all, "—".to_owned(), named([alone, others].concat())],
            }
        }),
    );
}

fn shared(analysis: &Analysis, data: &DataPlan, page: &mut Page) {
    let shared: Vec<&TablePlan> = data.tables.iter().filter(|t| t.way != WayOut::Single || t.uses.len() > 1).collect();
    if shared.is_empty() {
        return;
    }
    page.heading(3, "Tables that need a way out");
    let who = |table: &TablePlan, places: fn(&TableUse) -> usize| {
        let used = table.uses.iter().filter(|u| places(u) > 0);
        let used: Vec<String> = used
            .map(|u| {
                format!("{} ({})", u.by.map_or_else(|| "no candidate".to_owned(), |s| code(analysis.service_id(s))), view::count(places(u)))
            })
            .collect();
        if used.is_empty() { "—".to_owned() } else { used.join(", ") }
    };
    page.table(
        ["Table", "Owner", "Way out", "Written by (places)", "Read by (places)"],
        shared.iter().take(MOST).map(|t| {
            let owner = t.owner.map_or_else(|| "nobody".to_owned(), |s| code(analysis.service_id(s)));
            [code(&t.table), owner, t.way.name().to_owned(), who(t, |u| u.writes.len()), who(t, |u| u.reads.len())]
        }),
    );
    page.list(shared.iter().take(MOST).flat_map(|t| {
        let first = format!("{}: **{}**, {}", code(&t.table), t.way.name(), way(t.way));
        std::iter::once(first).chain(t.because.iter().map(|r| format!("  {}", reason(r))))
    }));
    page.list(rest(shared.len(), MOST, "tables"));
}

/// What a way out means.
fn way(way: WayOut) -> &'static str {
    match way {
        WayOut::Single => "it goes along with its owner",
        WayOut::Unowned => "no candidate touches it",
        WayOut::Keep => "its users stay together, or share it knowingly",
        WayOut::Split => "two tables with the same key",
        WayOut::WriteApi => "the owner writes for the others, on request",
        WayOut::ReadApi => "the others ask the owner",
        WayOut::Replicate => "the others keep a copy that the owner's events feed",
    }
}

fn keys(analysis: &Analysis, data: &DataPlan, page: &mut Page) {
    if data.keys.is_empty() {
        return;
    }
    page.heading(3, "Foreign keys that are cut");
    page.paragraph("The database no longer sees to it that a row that is pointed at is there.");
    page.table(
        ["Key", "From", "To", "Declared", "In its place"],
        data.keys.iter().take(MOST).map(|k: &KeyCut| {
            let columns: Vec<String> = k.columns.iter().map(|c| code(c)).collect();
            let because: Vec<String> = k.because.iter().map(reason).collect();
            [
                format!("{} ({}) → {}", code(&k.table), columns.join(", "), code(&k.to)),
                code(analysis.service_id(k.owner)),
                code(analysis.service_id(k.to_owner)),
                places(std::slice::from_ref(&k.site), 1),
                because.join("; "),
            ]
        }),
    );
    page.list(rest(data.keys.len(), MOST, "foreign keys"));
}

fn spans(analysis: &Analysis, data: &DataPlan, page: &mut Page) {
    if data.spans.is_empty() {
        return;
    }
    page.heading(3, "Transactions that span candidates");
    page.paragraph("They cannot commit as one once the candidates are apart. The dearest first; each turn of a candidate is a step.");
    page.list(data.spans.iter().take(MOST).flat_map(|s: &Span| {
        let services: Vec<String> = s.services.iter().map(|id| code(analysis.service_id(*id))).collect();
        let at = places(std::slice::from_ref(&s.site), 1);
        let first = format!("{} ({at}) over {}: **{}**, cost {}", code(&s.item), services.join(", "), s.remedy.name(), s.cost);
        let because = s.because.iter().map(|r| format!("  {}", reason(r)));
        let steps = s.steps.iter().enumerate().map(|(at, step)| format!("  {}", turn(analysis, at + 1, step)));
        std::iter::once(first).chain(because).chain(steps).collect::<Vec<_>>()
    }));
    page.list(rest(data.spans.len(), MOST, "transactions"));
}

fn turn(analysis: &Analysis, at: usize, step: &SpanStep) -> String {
    let does: Vec<String> = step.does.iter().map(|d| prose(d)).collect();
    let phase = match step.phase {
        Phase::Read => String::new(),
        phase => format!(", {}", phase.name()),
    };
    let undo = step.undo.as_ref().map(|undo| format!(", taken back by: {}", prose(undo))).unwrap_or_default();
    format!("step {at}{phase}: {} {} ({}){undo}", code(analysis.service_id(step.service)), does.join(", "), places(&step.sites, PLACES))
}

fn price(data: &DataPlan, page: &mut Page) {
    if data.price.because.is_empty() {
        return;
    }
    page.heading(3, "What the transactions cost");
    page.list(data.price.because.iter().map(reason));
    page.table(
        ["Way to cut", "#Candidates", "#Transactions that span", "#Cost", "#Saved"],
        data.compared.iter().map(|c| {
            let saved = i64::from(data.price.cost()) - i64::from(c.cost);
            [prose(&c.what), view::count(c.services), view::count(c.spanning), view::count(c.cost), saved.to_string()]
        }),
    );
}
