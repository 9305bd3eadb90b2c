//! The gate's outcome for programs.
//!
//! Takes an [`Outcome`]; gives JSON with one finding a line. Invariants: sorted, no clock, no absolute path; additions only within a
//! schema version; control characters and the like are escaped, so that the text may be shown on a terminal.

use crate::model::finding::{Figure, Finding, Gone, Outcome, Unit};
use crate::model::place::Site;
use serde::Serialize;

/// Version of the format.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct FindingRecord<'a> {
    rule: &'a str,
    level: &'a str,
    message: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    sites: Vec<SiteRecord<'a>>,
    help: &'a str,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct SiteRecord<'a> {
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct GoneRecord<'a> {
    rule: &'a str,
    entry: &'a str,
}

#[derive(Serialize)]
struct FigureRecord<'a> {
    name: &'a str,
    unit: &'a str,
    before: f64,
    after: f64,
}

/// The whole outcome. `complete` says whether the analysis covered everything: if not, neither does this.
pub fn render(outcome: &Outcome, complete: bool) -> Vec<u8> {
    let findings = outcome.findings.iter().map(|f| line(&finding(f)));
    let gone = outcome.gone.iter().map(|Gone { rule, entry }| line(&GoneRecord { rule, entry }));
    let figures = outcome.figures.iter().map(|f| line(&figure(f)));
    let text = format!(
        "{{\n  \"schema_version\": {SCHEMA_VERSION},\n  \"failed\": {},\n  \"complete\": {complete},\n  \"unparsed_files\": {},\n  \
         \"findings\": {},\n  \"stale\": \"{}\",\n  \"gone\": {},\n  \"figures\": {}\n}}\n",
        outcome.failed(),
        outcome.unparsed,
        list(findings),
        outcome.stale.name(),
        list(gone),
        list(figures),
    );
    text.into_bytes()
}

fn finding(f: &Finding) -> FindingRecord<'_> {
    FindingRecord {
        rule: &f.rule,
        level: f.level.name(),
        message: &f.message,
        from: f.from.as_deref(),
        to: f.to.as_deref(),
        sites: f.sites.iter().map(|Site { file, line }| SiteRecord { file, line: *line }).collect(),
        help: &f.help,
        fingerprint: &f.fingerprint,
    }
}

fn figure(f: &Figure) -> FigureRecord<'_> {
    let unit = match f.unit {
        Unit::Count => "count",
        Unit::Share => "share",
    };
    FigureRecord { name: &f.name, unit, before: f.before, after: f.after }
}

/// JSON strings may hold these characters raw, but terminals should not see them.
fn line(record: &impl Serialize) -> String {
    let text = serde_json::to_string(record).expect("records hold only strings, numbers and lists");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if super::escape::is_unprintable(c) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn list(lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.map(|l| format!("\n    {l}")).collect();
    if lines.is_empty() { "[]".into() } else { format!("[{}\n  ]", lines.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Level;

    #[test]
    fn it_is_json_whatever_the_names_are() {
        let outcome = Outcome {
            findings: vec![Finding {
                rule: "new-crossing".into(),
                level: Level::Deny,
                message: "a \"quoted\" \u{1b}[31m\u{202e}name\n".into(),
                sites: vec![Site::new("src/a.rs", 3)],
                from: Some("a".into()),
                to: None,
                help: "cut it".into(),
                fingerprint: "new-crossing: a → b".into(),
            }],
            gone: vec![Gone { rule: "new-cycle".into(), entry: "{a, b}".into() }],
            stale: Level::Warn,
            figures: vec![Figure { name: "cyclicity".into(), unit: Unit::Share, before: 0.5, after: 0.25 }],
            unparsed: 2,
        };
        let text = String::from_utf8(render(&outcome, false)).expect("UTF-8");
        assert!(!text.chars().any(|c| c != '\n' && super::super::escape::is_unprintable(c)));
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["findings"][0]["message"], "a \"quoted\" \u{1b}[31m\u{202e}name\n");
        assert_eq!((value["failed"].as_bool(), value["complete"].as_bool()), (Some(true), Some(false)));
        assert_eq!((value["figures"][0]["after"].as_f64(), value["gone"][0]["entry"].as_str()), (Some(0.25), Some("{a, b}")));
        let empty = Outcome { findings: vec![], gone: vec![], stale: Level::Warn, figures: vec![], unparsed: 0 };
        serde_json::from_slice::<serde_json::Value>(&render(&empty, true)).expect("JSON");
    }
}
