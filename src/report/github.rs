//! The gate's findings as GitHub workflow commands, which GitHub shows beside the changed lines.
//!
//! Takes an [`Outcome`]; gives lines for standard output. Invariant: at most ten errors and as many warnings, since GitHub drops
//! the rest of a step without a word; what is left out is counted in one notice.

use super::escape::{github_message, github_property};
use super::view;
use crate::model::finding::{Finding, Level, Outcome};
use std::fmt::Write;

/// What GitHub shows of each kind per step.
const MOST: usize = 10;

/// Workflow commands, the worst first.
pub fn annotations(outcome: &Outcome) -> String {
    let mut out = String::new();
    let mut left_out = 0;
    // A warning about stale entries takes one of the ten places.
    let stale = !outcome.gone.is_empty() && outcome.stale != Level::Allow;
    for (level, command) in [(Level::Deny, "error"), (Level::Warn, "warning")] {
        let room = MOST - usize::from(stale && outcome.stale == level);
        let all: Vec<&Finding> = outcome.findings.iter().filter(|f| f.level == level).collect();
        for finding in all.iter().take(room) {
            annotation(command, finding, &mut out);
        }
        left_out += all.len().saturating_sub(room);
        if stale && outcome.stale == level {
            let entries = view::counted(outcome.gone.len(), "entry of the baseline is", "entries of the baseline are");
            let text = format!("{entries} no longer in the code; `seamline baseline prune` takes them out");
            let _ = writeln!(out, "::{command} title=stale-baseline::{}", github_message(&[text]));
        }
    }
    if left_out > 0 {
        let text = format!(
            "and {} that GitHub would not show: the step summary has all",
            view::counted(left_out, "more finding", "more findings")
        );
        let _ = writeln!(out, "::notice title=seamline::{}", github_message(&[text]));
    }
    out
}

fn annotation(command: &str, finding: &Finding, out: &mut String) {
    let mut properties = Vec::new();
    if let Some(site) = finding.sites.first() {
        properties.push(format!("file={},line={}", github_property(&site.file), site.line));
    }
    properties.push(format!("title={}", github_property(&finding.rule)));
    let mut lines = vec![finding.message.clone()];
    if finding.sites.len() > 1 {
        lines.push(format!("also at {}", view::places(&finding.sites[1..], 4)));
    }
    lines.push(finding.help.clone());
    let _ = writeln!(out, "::{command} {}::{}", properties.join(","), github_message(&lines));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::Site;

    fn finding(level: Level, i: usize) -> Finding {
        Finding {
            rule: "new-crossing".into(),
            level,
            message: format!("`a{i}` now depends on `b`: 50 % more\n::error::forged"),
            sites: vec![Site::new(format!("src/a,{i}.rs"), 7), Site::new("src/c.rs", 2)],
            from: None,
            to: None,
            help: "Move it.".into(),
            fingerprint: String::new(),
        }
    }

    fn outcome(findings: Vec<Finding>, gone: usize) -> Outcome {
        let gone = vec![crate::model::finding::Gone { rule: "new-crossing".into(), entry: "a → b".into() }; gone];
        Outcome { findings, gone, stale: Level::Warn, figures: vec![], unparsed: 0 }
    }

    #[test]
    fn one_line_for_each_finding_whatever_is_in_its_names() {
        let out = annotations(&outcome(vec![finding(Level::Deny, 1), finding(Level::Warn, 2)], 3));
        insta::assert_snapshot!(out);
    }

    #[test]
    fn the_worst_ten_and_how_many_more() {
        let findings = (0..14).map(|i| finding(Level::Deny, i)).chain((0..12).map(|i| finding(Level::Warn, i))).collect();
        let out = annotations(&outcome(findings, 1));
        assert_eq!(out.lines().filter(|l| l.starts_with("::error ")).count(), MOST);
        assert_eq!(out.lines().filter(|l| l.starts_with("::warning ")).count(), MOST);
        assert!(out.contains("and 7 more findings"), "{out}");
    }

    #[test]
    fn nothing_found_nothing_said() {
        assert_eq!(annotations(&outcome(vec![], 0)), "");
    }
}
