//! What was understood, and what was not: a report that hides its blind spots is worth nothing.

use super::page::{Page, rest};
use crate::model::analysis::Analysis;
use crate::model::codebase::Coverage;
use crate::model::diagnostic::Diagnostic;
use crate::report::escape::{code, prose};
use crate::report::view;

/// Names, files and diagnostics that are shown of each kind.
const MOST: usize = 20;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    let c = &analysis.coverage;
    page.heading(2, "Coverage and blind spots");
    page.paragraph(&format!("{}.", view::coverage(analysis)));
    let row = |what: &str, value: u32, meaning: &str| [what.to_owned(), view::count(value), meaning.to_owned()];
    page.table(
        ["What", "#Number", "What it means"],
        [
            row("Files not parsed", c.files.saturating_sub(c.parsed), "nothing in them is in this report, or only a part"),
            row(
                "References to the workspace",
                c.resolved,
                &format!("what this report rests on: {} of all names that do not lead outside", view::share(of_workspace(c))),
            ),
            row("References to the outside", c.external, "standard library and other crates: left out on purpose"),
            row(
                "Members not resolved",
                c.unresolved_members,
                "methods and fields where the type before the dot is not known: may hide dependencies",
            ),
            row(
                "Other names not resolved",
                c.unresolved.saturating_sub(c.unresolved_members),
                "most often what an unread macro or build script writes: may hide dependencies",
            ),
            row(
                "Methods taken by name",
                c.guessed,
                "the only method of that name in the workspace: right as a rule, and the first to doubt",
            ),
            row(
                "Macro bodies not read",
                c.macro_bodies,
                &format!("{} whose meaning only the macro knows", view::counted(c.macro_tokens, "token", "tokens")),
            ),
            row(
                "Macros with unknown output",
                sum(&c.unknown_macros),
                "derives and attributes that may write code which refers to anything",
            ),
            row("Generated files not read", c.generated, "`include!`s of what a build script writes"),
            row("Calls too wide to follow", sum(&c.wide_dispatch), "behind a trait with so many implementors that any might run"),
            row("Items off by `cfg`", c.cfg_off, "other platforms and features"),
            row("Tests left out", c.tests, "items and files"),
            row("Targets left out", c.targets_out, "examples, benches, integration tests, build scripts"),
            row("Orphans", u32::try_from(analysis.orphans.len()).unwrap_or(u32::MAX), "Rust files that no target reaches"),
        ],
    );
    super::evidence::write_sources(analysis, page);
    page.list(names("Methods whose receiver is not known", &c.unresolved_methods));
    page.list(names("Methods taken by name", &c.guessed_methods));
    let bodies: Vec<String> = (c.opaque_macros.iter().take(MOST))
        .map(|m| format!("{} ({}, {})", code(&m.name), view::count(m.count), view::counted(m.tokens, "token", "tokens")))
        .collect();
    page.list((!bodies.is_empty()).then(|| format!("Macros whose bodies were not read: {}", bodies.join(", "))));
    page.list(names("Macros with unknown output", &c.unknown_macros));
    page.list(names("Traits too wide to follow", &c.wide_dispatch));
    if !analysis.orphans.is_empty() {
        page.heading(3, "Orphans");
        page.list(analysis.orphans.iter().take(MOST).map(|file| code(file)));
        page.list(rest(analysis.orphans.len(), MOST, "files"));
    }
    if !analysis.diagnostics.is_empty() {
        page.heading(3, "Diagnostics");
        // The worst first, else in the order of the analysis.
        let mut sorted: Vec<&Diagnostic> = analysis.diagnostics.iter().collect();
        sorted.sort_by_key(|d| std::cmp::Reverse(d.severity));
        page.list(sorted.iter().take(MOST).map(|d| diagnostic(d)));
        page.list(rest(sorted.len(), MOST, "diagnostics"));
    }
}

/// Share of the names that are resolved, those left out that lead outside of the workspace.
fn of_workspace(c: &Coverage) -> f64 {
    let all = c.resolved + c.unresolved;
    if all == 0 { 1.0 } else { f64::from(c.resolved) / f64::from(all) }
}

fn sum(rows: &[(String, u32)]) -> u32 {
    rows.iter().map(|(_, count)| count).sum()
}

fn names(title: &str, rows: &[(String, u32)]) -> Option<String> {
    let shown: Vec<String> = rows.iter().take(MOST).map(|(name, count)| format!("{} ({})", code(name), view::count(*count))).collect();
    (!shown.is_empty()).then(|| format!("{title}: {}", shown.join(", ")))
}

fn diagnostic(d: &Diagnostic) -> String {
    let site = d.site.as_ref().map(|s| format!(" ({})", code(&s.to_string()))).unwrap_or_default();
    let help = d.help.as_ref().map(|h| format!(". To do: {}", prose(h))).unwrap_or_default();
    format!("{} {}: {}{site}{help}", d.severity.name(), code(&d.code), prose(&d.message))
}
