//! What is advised for the whole and for each candidate, by which numbers; and what each of those numbers is.

use super::{BOLD, DIM};
use crate::advise::{THRESHOLDS, Threshold};
use crate::model::analysis::Analysis;
use crate::model::plan::Criterion;
use crate::report::escape::plain;
use crate::report::text::wrap;
use crate::report::view;
use std::fmt::Write;

/// The name by which it is asked for.
pub(super) const NAME: &str = "verdict";

/// The verdict on the whole, then on each candidate with the criteria that it misses.
pub(super) fn explain(analysis: &Analysis) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{BOLD}verdict{BOLD:#}: {}", view::headline(analysis));
    super::service::reasons(&analysis.plan.verdict.because, &mut out);
    for service in &analysis.plan.services {
        let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}: {}", plain(&service.id), service.verdict.name());
        let named = |wanted: &dyn Fn(&Criterion) -> bool| -> Vec<String> {
            let shown = |c: &Criterion| match c.value {
                Some(value) => format!("{} ({}, {} is asked)", c.kind.name(), view::measured(c.kind, value), view::asked(c)),
                None => c.kind.name().to_owned(),
            };
            service.criteria.iter().filter(|c| wanted(c)).map(shown).collect()
        };
        for (title, criteria) in [
            ("misses", named(&|c| c.met == Some(false))),
            ("meets", named(&|c| c.met == Some(true))),
            ("not known", named(&|c| c.met.is_none())),
        ] {
            if !criteria.is_empty() {
                let _ = writeln!(out, "    · {title}: {}", wrap(&plain(&criteria.join(", ")), 6));
            }
        }
    }
    let _ = writeln!(out, "\n{BOLD}Service mesh{BOLD:#}: {}", if analysis.plan.mesh.advised { "yes" } else { "not yet" });
    super::service::reasons(&analysis.plan.mesh.because, &mut out);
    let _ = writeln!(
        out,
        "\n{DIM}`seamline explain SERVICE` has the reasons; `seamline explain NUMBER` says what a number of `[advice]` is{DIM:#}"
    );
    out
}

/// The number with this name.
pub(super) fn threshold(name: &str) -> Option<&'static Threshold> {
    THRESHOLDS.iter().copied().find(|t| t.id == name)
}

/// What a number is for, and where it comes from.
pub(super) fn explain_threshold(threshold: &Threshold) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#} = {} in the table `[advice]` of seamline.toml, unless it is set otherwise",
        threshold.id, threshold.default
    );
    let _ = writeln!(out, "  {}", wrap(threshold.meaning, 2));
    let _ = writeln!(out, "  why: {}", wrap(threshold.source, 2));
    out
}
