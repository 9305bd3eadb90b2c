//! What running programs recorded, held against the candidates.

use super::super::page::{Page, rest};
use super::sides;
use crate::model::analysis::Analysis;
use crate::model::evidence::traces::Ran;
use crate::report::escape::code;
use crate::report::view;
use crate::report::view::evidence::{crossing_calls, side};
use std::collections::BTreeSet;

/// Rows of one kind that are shown.
const MOST: usize = 20;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    let Some(traces) = &analysis.evidence.traces else { return };
    page.heading(2, "What ran");
    page.paragraph(&format!(
        "{} of {} could be matched with code.",
        view::count(traces.matched),
        view::counted(traces.spans, "recorded span", "recorded spans")
    ));
    let ran = |r: &Ran| {
        let module = &analysis.modules[r.module.index()].id;
        let item = r.item.as_ref().map(|i| format!("::{i}")).unwrap_or_default();
        format!("{} ({})", code(&format!("{module}{item}")), code(side(analysis, r.module)))
    };
    let crossing = crossing_calls(analysis);
    if !crossing.is_empty() {
        page.heading(3, "Calls between candidates at run time");
        let all: u64 = traces.calls.iter().map(|c| c.count).sum();
        let across: u64 = crossing.iter().map(|c| c.count).sum();
        page.paragraph(&format!(
            "{} of {} between different items would leave their service.",
            view::count(across),
            view::counted(all, "recorded call", "recorded calls")
        ));
        page.table(["Caller", "Called", "#Calls"], crossing.iter().take(MOST).map(|c| [ran(&c.from), ran(&c.to), view::count(c.count)]));
        page.list(rest(crossing.len(), MOST, "calls"));
    }
    if !traces.use_cases.is_empty() {
        page.heading(3, "Use cases");
        let mut cases: Vec<_> = traces.use_cases.iter().collect();
        cases.sort_by_key(|u| std::cmp::Reverse(u.traces));
        page.table(
            ["First span", "#Traces", "Runs in"],
            cases.iter().take(MOST).map(|u| {
                let of: BTreeSet<&str> = u.modules.iter().map(|m| side(analysis, *m)).collect();
                [code(&u.name), view::count(u.traces), sides(of)]
            }),
        );
        page.list(rest(cases.len(), MOST, "use cases"));
    }
    if !traces.unmatched.is_empty() {
        page.heading(3, "Spans that lead to no code");
        page.paragraph(
            "`[traces]` in `seamline.toml` says which module or function recorded them: `\"name of the span\" = \"shop::orders\"`.",
        );
        page.table(["Span", "#Spans"], traces.unmatched.iter().map(|(name, spans)| [code(name), view::count(*spans)]));
    }
}
