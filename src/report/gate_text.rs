//! The gate's outcome for a person at a terminal or in a log: verdict, debt before and after, findings with places, what to do.
//!
//! Takes an [`Outcome`]; gives styled text, which the caller writes through `anstream`. The delta is shown on green, too.

use super::escape::plain;
use super::text::wrap;
use super::view;
use crate::model::finding::{Figure, Finding, Level, Outcome};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// Places shown with a finding.
const PLACES: usize = 6;
/// Stale entries shown; the rest is counted.
const GONE: usize = 10;

const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The whole outcome with styles embedded.
pub fn render(outcome: &Outcome) -> String {
    let mut out = String::new();
    verdict(outcome, &mut out);
    delta(&outcome.figures, &mut out);
    for finding in &outcome.findings {
        show(finding, &mut out);
    }
    gone(outcome, &mut out);
    out
}

fn verdict(outcome: &Outcome, out: &mut String) {
    let (word, text) = view::gate_verdict(outcome);
    let style = match (outcome.failed(), outcome.findings.is_empty()) {
        (true, _) => BAD,
        (false, true) => GOOD,
        (false, false) => WARN,
    };
    let _ = writeln!(out, "{style}{word}{style:#}: {text}");
    if outcome.unparsed > 0 {
        let text = view::gate_gap(outcome.unparsed);
        let _ = writeln!(out, "{WARN}incomplete{WARN:#}: {}", wrap(&text, 12));
    }
}

fn delta(figures: &[Figure], out: &mut String) {
    if figures.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}{:<36}{:>12}{:>12}{:>12}{BOLD:#}", "Debt", "before", "now", "change");
    for figure in figures {
        let style = match figure.after.total_cmp(&figure.before) {
            std::cmp::Ordering::Greater => BAD,
            std::cmp::Ordering::Less => GOOD,
            std::cmp::Ordering::Equal => Style::new(),
        };
        let (before, after, change) = view::delta(figure);
        let name: String = plain(&figure.name).chars().take(35).collect();
        let _ = writeln!(out, "{name:<36}{before:>12}{after:>12}{style}{change:>12}{style:#}");
    }
}

fn show(finding: &Finding, out: &mut String) {
    let style = if finding.level == Level::Deny { BAD } else { WARN };
    let _ = writeln!(out, "\n{style}{}{style:#} {BOLD}{}{BOLD:#}", finding.level.name(), plain(&finding.rule));
    let _ = writeln!(out, "  {}", wrap(&plain(&finding.message), 2));
    for site in finding.sites.iter().take(PLACES) {
        let _ = writeln!(out, "    at {}", plain(&site.to_string()));
    }
    if finding.sites.len() > PLACES {
        let _ = writeln!(out, "    and {} more", view::count(finding.sites.len() - PLACES));
    }
    let _ = writeln!(out, "  {BOLD}to do{BOLD:#} {}", wrap(&plain(&finding.help), 8));
}

fn gone(outcome: &Outcome, out: &mut String) {
    if outcome.gone.is_empty() || outcome.stale == Level::Allow {
        return;
    }
    let style = if outcome.stale == Level::Deny { BAD } else { GOOD };
    let entries = view::counted(outcome.gone.len(), "entry of the baseline is", "entries of the baseline are");
    let _ = writeln!(
        out,
        "\n{style}better{style:#}: {}",
        wrap(&format!("{entries} no longer in the code; `seamline baseline prune` keeps it so"), 8)
    );
    for gone in outcome.gone.iter().take(GONE) {
        let _ = writeln!(out, "    {} {}", plain(&gone.rule), plain(&gone.entry));
    }
    if outcome.gone.len() > GONE {
        let _ = writeln!(out, "    and {} more", view::count(outcome.gone.len() - GONE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Gone, Unit};
    use crate::model::place::Site;

    fn text(outcome: &Outcome) -> String {
        anstream::adapter::strip_str(&render(outcome)).to_string()
    }

    fn outcome(findings: Vec<Finding>, gone: Vec<Gone>) -> Outcome {
        let figure = |name: &str, unit, before, after| Figure { name: name.into(), unit, before, after };
        let figures = vec![
            figure("crossings between services", Unit::Count, 9.0, 8.0 + findings.len() as f64),
            figure("propagation cost", Unit::Share, 0.2456, 0.2811),
            figure("cyclicity", Unit::Share, 0.353, 0.353),
        ];
        Outcome { findings, gone, stale: Level::Warn, figures, unparsed: 0 }
    }

    fn finding() -> Finding {
        Finding {
            rule: "new-crossing".into(),
            level: Level::Deny,
            message: "`shop::catalog` (catalog) now depends on `shop::payments\u{1b}[2J` (payments): 2 references".into(),
            sites: vec![Site::new("src/catalog/mod.rs", 99), Site::new("src/catalog/mod.rs", 120)],
            from: Some("shop::catalog".into()),
            to: Some("shop::payments".into()),
            help: "Move what is used to where it is used, or go through the interface of `payments`.".into(),
            fingerprint: "new-crossing shop::catalog shop::payments".into(),
        }
    }

    #[test]
    fn a_failure_says_what_where_and_what_to_do() {
        let gone = vec![Gone { rule: "new-crossing".into(), entry: "shop::orders → shop::customers".into() }];
        insta::assert_snapshot!(text(&outcome(vec![finding()], gone)));
    }

    #[test]
    fn the_delta_is_shown_on_green() {
        let text = text(&outcome(vec![], vec![]));
        assert!(text.starts_with("passed: coupling has not risen\n"), "{text}");
        assert!(text.contains("propagation cost"), "{text}");
    }

    #[test]
    fn a_warning_does_not_fail_and_a_gap_is_named() {
        let mut outcome = outcome(vec![Finding { level: Level::Warn, ..finding() }], vec![]);
        outcome.unparsed = 2;
        let text = text(&outcome);
        assert!(text.starts_with("passed: 1 warning\nincomplete: 2 files were not parsed"), "{text}");
        assert!(!outcome.failed());
    }
}
