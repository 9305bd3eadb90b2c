//! A plan as a task list for a tracker: one box for each step, its actions grouped by pull request.

use super::super::escape::{code, markdown as escaped, prose};
use super::super::view;
use super::{effort, hours, how, progress, pulls, separable, title};
use crate::model::analysis::Analysis;
use crate::model::extraction::{Action, Extraction, Technique};
use std::fmt::Write;

/// The whole plan.
pub fn markdown(analysis: &Analysis, extraction: &Extraction) -> String {
    let service = &analysis.plan.services[extraction.service.index()];
    let mut out = format!("# Taking out {}\n\n", escaped(&service.id));
    let _ = writeln!(
        out,
        "**{}; verdict: {}.** {} in {} by a rule of thumb; {}.\n",
        separable(extraction.separable),
        service.verdict.name(),
        hours(extraction.effort()),
        view::counted(pulls(extraction), "pull request", "pull requests"),
        progress(extraction)
    );
    for reason in &extraction.because {
        let places = if reason.sites.is_empty() { String::new() } else { format!(" ({})", code(&view::places(&reason.sites, 8))) };
        let _ = writeln!(out, "- {}{places}", prose(&reason.text));
    }
    let _ = writeln!(
        out,
        "- {} of {} to be taken out: {}\n",
        ordinal(extraction.rank),
        analysis.plan.services.len(),
        prose(&extraction.rank_because)
    );
    for (number, step) in (1..).zip(&extraction.steps) {
        let done = if step.actions.is_empty() { "x" } else { " " };
        let _ = writeln!(out, "## {number}. {}\n\n{}\n", title(step.kind), how(step.kind));
        if step.actions.is_empty() {
            let _ = writeln!(out, "- [{done}] nothing is left to do\n");
            continue;
        }
        let _ = writeln!(out, "{}, {}.\n", view::counted(step.actions.len(), "action", "actions"), hours(effort(step)));
        for pull in step.actions.chunk_by(|a, b| a.pull == b.pull) {
            let _ = writeln!(out, "- [{done}] pull request {}", pull[0].pull);
            for action in pull {
                out.push_str(&line(action));
            }
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn line(action: &Action) -> String {
    let defined = action.defined.as_ref().map(|site| format!(" ({})", code(&site.to_string()))).unwrap_or_default();
    let places = match action.sites.as_slice() {
        [] => String::new(),
        sites => format!("; places: {}", code(&view::places(sites, usize::MAX))),
    };
    let what = if action.technique == Technique::Api && action.defined.is_none() { prose(&action.what) } else { code(&action.what) };
    format!("  - {}: {what}{defined}: {}{places}\n", action.technique.name(), prose(&action.because))
}

fn ordinal(rank: u32) -> String {
    let end = match (rank % 10, rank % 100) {
        (1, n) if n != 11 => "st",
        (2, n) if n != 12 => "nd",
        (3, n) if n != 13 => "rd",
        _ => "th",
    };
    format!("{rank}{end}")
}
