//! Services and crossings as a Mermaid flow chart, which GitHub and GitLab draw inside Markdown.
//!
//! Takes an [`Analysis`]; gives the text of a chart, or `None` where a reader would get a hairball or GitHub an error
//! (it refuses more than 50,000 characters or 500 edges; a person refuses much earlier).

use super::escape::mermaid;
use super::view;
use crate::model::analysis::Analysis;
use crate::model::plan::{Style, Verdict};
use std::fmt::Write;

const MOST_SERVICES: usize = 20;
const MOST_CROSSINGS: usize = 60;
const MOST_CHARACTERS: usize = 50_000;

/// The chart, where it can be read.
pub fn services(analysis: &Analysis) -> Option<String> {
    let (services, crossings) = (&analysis.plan.services, &analysis.plan.crossings);
    if services.is_empty() || services.len() > MOST_SERVICES || crossings.len() > MOST_CROSSINGS {
        return None;
    }
    let mut out = String::from("flowchart LR\n");
    for (i, s) in services.iter().enumerate() {
        let size = format!("{} · {}", view::modules(s.modules.len()), view::counted(s.lines, "line", "lines"));
        let _ = writeln!(out, "  s{i}[\"{}<br/>{} · {size}\"]:::{}", mermaid(&s.name), s.verdict.name(), class(s.verdict));
    }
    for c in crossings {
        // The line says the style a second time, for those who see no colour.
        let arrow = match c.style {
            Style::Library => "--o",
            Style::SyncApi => "-->",
            Style::Broker => "-.->",
            Style::KeepTogether => "==>",
        };
        let _ = writeln!(out, "  s{} {arrow}|\"{} × {}\"| s{}", c.from.0, view::count(c.references), c.style.name(), c.to.0);
    }
    for (i, c) in crossings.iter().enumerate() {
        let _ = writeln!(out, "  linkStyle {i} stroke:{}", colour(c.style));
    }
    out.push_str("  classDef service fill:#e3f4e5,stroke:#2e7d32,color:#111\n");
    out.push_str("  classDef crate fill:#fff6dc,stroke:#b7791f,color:#111\n");
    out.push_str("  classDef keep fill:#f0f0f0,stroke:#777777,color:#111\n");
    (out.chars().count() < MOST_CHARACTERS).then_some(out)
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Keep => "keep",
        Verdict::Crate => "crate",
        Verdict::Service => "service",
    }
}

/// The colour of a style in every picture.
pub(crate) fn colour(style: Style) -> &'static str {
    match style {
        Style::Library => "#7a7a7a",
        Style::SyncApi => "#1f5fa8",
        Style::Broker => "#2e7d32",
        Style::KeepTogether => "#c62828",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn the_shop_as_a_chart() {
        insta::assert_snapshot!(services(&sample::shop()).expect("small enough"));
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let chart = services(&sample::hostile()).expect("small enough");
        let clean = services(&sample::shop()).expect("small enough");
        assert_eq!(chart.lines().count(), clean.lines().count());
        assert_eq!(chart.matches('"').count(), clean.matches('"').count());
    }

    #[test]
    fn what_nobody_could_read_is_not_drawn() {
        let mut many = sample::shop();
        many.plan.services = vec![many.plan.services[0].clone(); MOST_SERVICES + 1];
        assert_eq!(services(&many), None);
        assert_eq!(services(&Analysis::default()), None);
    }
}
