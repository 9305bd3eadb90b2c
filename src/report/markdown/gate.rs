//! The gate's outcome as Markdown: for the summary of a CI step, or a comment on a pull request.
//!
//! Takes an [`Outcome`]; gives Markdown with every finding that GitHub's annotations may have left out.

use super::page::Page;
use super::places;
use crate::model::finding::{Finding, Level, Outcome};
use crate::report::escape::{code, prose};
use crate::report::view;

/// Findings and stale entries that are shown: a summary may not grow beyond what CI systems take.
const MOST: usize = 200;

/// The whole outcome.
pub fn gate(outcome: &Outcome) -> String {
    let mut page = Page::default();
    let (word, text) = view::gate_verdict(outcome);
    page.heading(2, &format!("Coupling: {word}"));
    page.paragraph(&format!("**{word}**: {text}."));
    if outcome.unparsed > 0 {
        page.paragraph(&format!("**incomplete**: {}.", view::gate_gap(outcome.unparsed)));
    }
    page.table(
        ["Debt", "#Before", "#Now", "#Change"],
        outcome.figures.iter().map(|figure| {
            let (before, after, change) = view::delta(figure);
            [prose(&figure.name), before, after, change]
        }),
    );
    if !outcome.findings.is_empty() {
        page.heading(3, "What got worse");
        page.table(["Level", "Rule", "What", "Where", "To do"], outcome.findings.iter().take(MOST).map(row));
        page.list(rest(outcome.findings.len(), "findings"));
    }
    if !outcome.gone.is_empty() && outcome.stale != Level::Allow {
        page.heading(3, "What got better");
        page.paragraph("These entries of the baseline match nothing any more; `seamline baseline prune` takes them out and keeps it so.");
        page.list(outcome.gone.iter().take(MOST).map(|gone| format!("{} {}", code(&gone.rule), code(&gone.entry))));
        page.list(rest(outcome.gone.len(), "entries"));
    }
    page.finish()
}

fn row(f: &Finding) -> [String; 5] {
    let places = if f.sites.is_empty() { String::new() } else { places(&f.sites, 6) };
    [f.level.name().to_owned(), code(&f.rule), prose(&f.message), places, prose(&f.help)]
}

fn rest(all: usize, what: &str) -> Option<String> {
    (all > MOST).then(|| format!("and {} more {what}", view::count(all - MOST)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Figure, Gone, Unit};
    use crate::model::place::Site;

    #[test]
    fn a_failure_in_a_pull_request() {
        let finding = Finding {
            rule: "new-crossing".into(),
            level: Level::Deny,
            message: "`shop::catalog|<b>` (catalog) now depends on `shop::payments` (payments): 2 references".into(),
            sites: vec![Site::new("src/catalog/mod.rs", 99), Site::new("src/catalog/mod.rs", 120)],
            from: None,
            to: None,
            help: "Move what is used to where it is used.".into(),
            fingerprint: String::new(),
        };
        let figures = vec![Figure { name: "propagation cost".into(), unit: Unit::Share, before: 0.2456, after: 0.2811 }];
        let gone = vec![Gone { rule: "new-crossing".into(), entry: "shop::orders → shop::customers".into() }];
        insta::assert_snapshot!(gate(&Outcome { findings: vec![finding], gone, stale: Level::Warn, figures, unparsed: 1 }));
    }
}
