//! The gate: has coupling risen since the baseline was accepted?
//!
//! Takes an [`Analysis`], a [`Baseline`] and a [`Policy`]; gives an [`Outcome`]: what got worse, what got better, debt before and after.
//! Invariants: boundaries are those that the baseline accepted, not those that clustering would draw today; improving never fails
//! unless the policy asks for it; the same input gives the same outcome in the same order.
//!
//! * [`check`] compares; [`rules::RULES`] says for what.
//! * [`baseline`] reads and writes `seamline-baseline.json`; [`update`] creates, updates and prunes it without silent growth.
//! * [`comparison`] is what the rules look at; [`renames`] keeps a renamed module from looking like a new one.

pub mod baseline;
pub mod comparison;
pub mod policy;
pub mod renames;
pub mod rules;
pub mod update;

pub use baseline::{Baseline, BaselineError};
pub use policy::Policy;

use crate::model::analysis::Analysis;
use crate::model::finding::{Figure, Finding, Level, Outcome, Unit};
use comparison::Comparison;

/// What got worse, what got better, and by how much.
pub fn check(analysis: &Analysis, baseline: &Baseline, policy: &Policy) -> Outcome {
    let comparison = Comparison::new(analysis, baseline);
    let mut findings: Vec<Finding> = Vec::new();
    for rule in rules::RULES {
        let level = policy.level(rule.id);
        if level != Level::Allow {
            findings.extend((rule.find)(&comparison, policy).into_iter().map(|hit| hit.finding(rule, level)));
        }
    }
    findings.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| (&a.rule, &a.fingerprint).cmp(&(&b.rule, &b.fingerprint))));
    Outcome {
        findings,
        gone: comparison.gone(),
        stale: policy.stale,
        figures: figures(&comparison),
        unparsed: analysis.coverage.files.saturating_sub(analysis.coverage.parsed),
    }
}

/// Debt before and after. Figures of single candidates are shown only where they changed.
fn figures(comparison: &Comparison<'_>) -> Vec<Figure> {
    let (before, now) = (&comparison.before, &comparison.now);
    let figure = |name: &str, unit, before: f64, after: f64| Figure { name: name.to_owned(), unit, before, after };
    let tangled = |b: &Baseline| b.cycles.iter().map(|c| c.modules.len()).sum::<usize>() as f64;
    let mut figures = vec![
        figure("module pairs across services", Unit::Count, before.crossings.len() as f64, now.crossings.len() as f64),
        figure("modules in tangles", Unit::Count, tangled(before), tangled(now)),
        figure("cyclicity", Unit::Share, before.metrics.cyclicity, now.metrics.cyclicity),
        figure("propagation cost", Unit::Share, before.metrics.propagation_cost, now.metrics.propagation_cost),
    ];
    for (service, ce) in &now.metrics.service_ce {
        let was = before.metrics.service_ce.get(service).copied().unwrap_or(0);
        if was != *ce {
            figures.push(figure(&format!("Ce of {service}"), Unit::Count, f64::from(was), f64::from(*ce)));
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::{shop, shop_with, shop_without};

    fn outcome(now: &Analysis) -> Outcome {
        check(now, &Baseline::from_analysis(&shop()), &Policy::default())
    }

    #[test]
    fn nothing_changed_nothing_found_and_the_delta_is_there() {
        let outcome = outcome(&shop());
        assert!(!outcome.failed());
        assert_eq!((outcome.findings.len(), outcome.gone.len()), (0, 0));
        assert!(outcome.figures.iter().all(|f| f.before == f.after) && outcome.figures.len() == 4);
        assert_eq!(outcome.unparsed, 1, "the sample has a file that does not parse");
    }

    #[test]
    fn a_new_crossing_fails_with_its_place() {
        let outcome = outcome(&shop_with(&[("shop::catalog", "shop::customers", &[99])]));
        assert!(outcome.failed());
        let finding = &outcome.findings[0];
        assert_eq!((finding.rule.as_str(), finding.sites[0].to_string().as_str()), ("coupling-rise", "src/catalog/mod.rs:99"));
        let finding = outcome.findings.iter().find(|f| f.rule == "new-crossing").expect("found");
        assert_eq!(finding.sites[0].to_string(), "src/catalog/mod.rs:99");
        assert_eq!((finding.from.as_deref(), finding.to.as_deref()), (Some("shop::catalog"), Some("shop::customers")));
    }

    #[test]
    fn improving_never_fails() {
        for (from, to) in
            [("shop::payments::refund", "shop::orders"), ("shop::orders", "shop::customers"), ("shop::catalog", "shop::catalog::search")]
        {
            let outcome = outcome(&shop_without(from, to));
            assert!(!outcome.failed(), "{from} → {to}: {:#?}", outcome.findings);
            assert!(outcome.findings.is_empty());
        }
        assert_eq!(outcome(&shop_without("shop::orders", "shop::customers")).gone[0].entry, "shop::orders → shop::customers");
    }

    #[test]
    fn renaming_a_module_is_no_rise() {
        let mut now = shop();
        let cart = &mut now.modules[11];
        assert_eq!(cart.id, "shop::orders::cart");
        cart.id = "shop::orders::cart2".into();
        let outcome = outcome(&now);
        assert!(outcome.findings.is_empty() && outcome.gone.is_empty(), "{outcome:#?}");
    }

    #[test]
    fn stale_entries_fail_only_where_asked() {
        let policy = Policy { stale: Level::Deny, ..Policy::default() };
        let better = shop_without("shop::orders", "shop::customers");
        assert!(check(&better, &Baseline::from_analysis(&shop()), &policy).failed());
    }

    #[test]
    fn an_allowed_rule_is_not_looked_at_and_a_warned_one_does_not_fail() {
        let worse = shop_with(&[("shop::catalog", "shop::customers", &[99])]);
        let mut policy = Policy::default();
        for rule in rules::RULES {
            policy.set(rule.id, Level::Allow).expect("a rule");
        }
        assert!(check(&worse, &Baseline::from_analysis(&shop()), &policy).findings.is_empty());
        policy.set("new-crossing", Level::Warn).expect("a rule");
        let outcome = check(&worse, &Baseline::from_analysis(&shop()), &policy);
        assert!(!outcome.failed());
        assert_eq!(outcome.count(Level::Warn), 1);
    }

    #[test]
    fn lines_that_move_change_no_fingerprint() {
        let prints = |line: &'static [u32]| -> Vec<String> {
            outcome(&shop_with(&[("shop::catalog", "shop::payments", line)])).findings.into_iter().map(|f| f.fingerprint).collect()
        };
        assert_eq!(prints(&[99]), prints(&[7, 8]));
        assert!(prints(&[99]).len() >= 2);
    }
}
