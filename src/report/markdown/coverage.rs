//! What was understood, and what was not: a report that hides its blind spots is worth nothing.

use super::page::{Page, rest};
use crate::model::analysis::Analysis;
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
            row("References to the workspace", c.resolved, "what this report rests on"),
            row("References to the outside", c.external, "standard library and other crates: left out on purpose"),
            row("References not resolved", c.unresolved, "may hide dependencies"),
            row(
                "Macro bodies not read",
                c.macro_bodies,
                &format!("{} whose meaning only the macro knows", view::counted(c.macro_tokens, "token", "tokens")),
            ),
            row("Items off by `cfg`", c.cfg_off, "other platforms and features"),
            row("Tests left out", c.tests, "items and files"),
            row("Targets left out", c.targets_out, "examples, benches, integration tests, build scripts"),
            row("Orphans", u32::try_from(analysis.orphans.len()).unwrap_or(u32::MAX), "Rust files that no target reaches"),
        ],
    );
    page.list(names("Methods whose receiver is not known", &c.unresolved_methods));
    page.list(names("Macros whose bodies were not read", &c.opaque_macros));
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

fn names(title: &str, rows: &[(String, u32)]) -> Option<String> {
    let shown: Vec<String> = rows.iter().take(MOST).map(|(name, count)| format!("{} ({})", code(name), view::count(*count))).collect();
    (!shown.is_empty()).then(|| format!("{title}: {}", shown.join(", ")))
}

fn diagnostic(d: &Diagnostic) -> String {
    let site = d.site.as_ref().map(|s| format!(" ({})", code(&s.to_string()))).unwrap_or_default();
    let help = d.help.as_ref().map(|h| format!(". To do: {}", prose(h))).unwrap_or_default();
    format!("{} {}: {}{site}{help}", d.severity.name(), code(&d.code), prose(&d.message))
}
