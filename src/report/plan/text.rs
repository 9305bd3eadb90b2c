//! A plan, and the order of all plans, for the terminal.

use super::super::escape::plain;
use super::super::text::wrap;
use super::super::view;
use super::{effort, hours, how, in_order, progress, pulls, separable, title};
use crate::model::analysis::Analysis;
use crate::model::extraction::Extraction;
use anstyle::Style;
use std::fmt::Write;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The whole plan.
pub fn text(analysis: &Analysis, extraction: &Extraction) -> String {
    let service = &analysis.plan.services[extraction.service.index()];
    let mut out = String::new();
    let _ = writeln!(out, "{BOLD}{}{BOLD:#}: {}; verdict: {}", plain(&service.id), separable(extraction.separable), service.verdict.name());
    let _ = writeln!(
        out,
        "  {} in {} by a rule of thumb; {}",
        hours(extraction.effort()),
        view::counted(pulls(extraction), "pull request", "pull requests"),
        progress(extraction)
    );
    for reason in &extraction.because {
        let _ = writeln!(out, "  · {}", wrap(&plain(&reason.text), 4));
        if !reason.sites.is_empty() {
            let _ = writeln!(out, "    {DIM}{}{DIM:#}", plain(&view::places(&reason.sites, 8)));
        }
    }
    for (number, step) in (1..).zip(&extraction.steps) {
        if step.actions.is_empty() {
            let _ = writeln!(out, "\n{DIM}{number}. {}: nothing is left to do{DIM:#}", title(step.kind));
            continue;
        }
        let size = format!("{}, {}", view::counted(step.actions.len(), "action", "actions"), hours(effort(step)));
        let _ = writeln!(out, "\n{BOLD}{number}. {}{BOLD:#} ({size})\n   {}", title(step.kind), wrap(how(step.kind), 3));
        for pull in step.actions.chunk_by(|a, b| a.pull == b.pull) {
            let _ = writeln!(out, "   {DIM}pull request {}{DIM:#}", pull[0].pull);
            for action in pull {
                let defined = action.defined.as_ref().map(|site| format!(" {DIM}{}{DIM:#}", plain(&site.to_string()))).unwrap_or_default();
                let _ = writeln!(out, "   - {} {}{defined}", action.technique.name(), plain(&action.what));
                let _ = writeln!(out, "     {}", wrap(&plain(&action.because), 5));
                if !action.sites.is_empty() {
                    let _ = writeln!(out, "     {DIM}{}{DIM:#}", plain(&view::places(&action.sites, usize::MAX)));
                }
            }
        }
    }
    out
}

/// Which to take out first, and why.
pub fn order(analysis: &Analysis) -> String {
    let mut out = String::new();
    let all = in_order(analysis);
    if all.is_empty() {
        out.push_str("There is no candidate to take out.\n");
    }
    for extraction in all {
        let id = plain(analysis.service_id(extraction.service)).to_string();
        let _ = writeln!(out, "{:>3}. {BOLD}{id}{BOLD:#}: {}", extraction.rank, separable(extraction.separable));
        let _ = writeln!(out, "     {}", wrap(&plain(&extraction.rank_because), 5));
    }
    out
}
