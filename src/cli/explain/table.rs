//! Who owns a table, who touches it where, what becomes of it, of its keys and of the transactions around it.

use super::service::reasons;
use super::{BOLD, DIM};
use crate::model::analysis::Analysis;
use crate::model::data_plan::{Span, TablePlan};
use crate::report::escape::plain;
use crate::report::text::wrap;
use crate::report::view;
use std::fmt::Write;

/// Tables of this name; where there is none, those that have it behind a schema.
pub(super) fn named<'a>(analysis: &'a Analysis, name: &str) -> Vec<&'a TablePlan> {
    let tables = || analysis.plan.data.tables.iter();
    let whole: Vec<&TablePlan> = tables().filter(|t| t.table == name).collect();
    if whole.is_empty() { tables().filter(|t| t.table.rsplit_once('.').is_some_and(|(_, last)| last == name)).collect() } else { whole }
}

pub(super) fn explain(analysis: &Analysis, table: &TablePlan) -> String {
    let mut out = String::new();
    let owner = table.owner.map_or_else(|| "owned by nobody".to_owned(), |s| format!("owned by {}", plain(analysis.service_id(s))));
    let _ = writeln!(out, "{BOLD}table {}: {}{BOLD:#} ({owner})", plain(&table.table), table.way.name());
    reasons(&table.because, &mut out);
    if !table.uses.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Touched by{BOLD:#}");
    }
    for used in &table.uses {
        let by = used.by.map_or("code that is in no candidate", |s| analysis.service_id(s));
        let _ = writeln!(out, "  {}", plain(by));
        for (what, sites) in [("writes", &used.writes), ("reads", &used.reads)] {
            if !sites.is_empty() {
                let _ = writeln!(out, "    {what} {DIM}{}{DIM:#}", plain(&view::places(sites, usize::MAX)));
            }
        }
    }
    let data = &analysis.plan.data;
    let keys: Vec<_> = data.keys.iter().filter(|k| k.table == table.table || k.to == table.table).collect();
    if !keys.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Foreign keys that are cut{BOLD:#}");
    }
    for key in keys {
        let (from, to) = (analysis.service_id(key.owner), analysis.service_id(key.to_owner));
        let columns = key.columns.join(", ");
        let ends = format!("{} ({columns}) of {from} → {} of {to}", key.table, key.to);
        let _ = writeln!(out, "  {} {DIM}{}{DIM:#}", plain(&ends), plain(&key.site.to_string()));
        reasons(&key.because, &mut out);
    }
    let spans: Vec<&Span> = data.spans.iter().filter(|s| touches(s, &table.table)).collect();
    if !spans.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Transactions that span candidates{BOLD:#}");
    }
    spans.into_iter().for_each(|s| span(analysis, s, &mut out));
    out
}

/// Does a step of it name the table?
fn touches(span: &Span, table: &str) -> bool {
    let name = format!("`{table}`");
    span.steps.iter().flat_map(|s| &s.does).any(|does| does.ends_with(&name))
}

fn span(analysis: &Analysis, span: &Span, out: &mut String) {
    let services: Vec<&str> = span.services.iter().map(|s| analysis.service_id(*s)).collect();
    let at = plain(&span.site.to_string());
    let _ = writeln!(out, "  {}: {} over {} {DIM}{at}{DIM:#}", plain(&span.item), span.remedy.name(), plain(&services.join(", ")));
    reasons(&span.because, out);
    for (at, step) in span.steps.iter().enumerate() {
        let does = format!("{} {}", analysis.service_id(step.service), step.does.join(", "));
        let _ = writeln!(out, "    {}. {}, {}", at + 1, step.phase.name(), wrap(&plain(&does), 7));
        if let Some(undo) = &step.undo {
            let _ = writeln!(out, "       taken back by: {}", wrap(&plain(undo), 7));
        }
        let _ = writeln!(out, "       {DIM}{}{DIM:#}", plain(&view::places(&step.sites, 4)));
    }
}
