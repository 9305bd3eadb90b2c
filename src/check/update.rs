//! How a baseline changes: never worse without somebody saying so.
//!
//! Takes a [`Baseline`] and an [`Analysis`]; gives a new baseline. [`prune`] only takes out; [`update`] refuses to grow what was not
//! accepted; a reason that was given once stays with its entry.

use super::baseline::{AcceptedCycle, Baseline};
use super::comparison::Comparison;
use super::policy::Policy;
use crate::model::analysis::Analysis;
use std::collections::BTreeMap;

/// Leave to grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// Ids of the rules whose entries may grow.
    pub rules: Vec<String>,
    /// Why; kept with each new entry.
    pub reason: String,
}

/// What a rule would newly excuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Id of the rule.
    pub rule: &'static str,
    /// New entries in words, sorted.
    pub entries: Vec<String>,
}

/// The update would accept more than was allowed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the baseline would grow: {}; accept it with --accept RULE --reason \"…\"", .growth.iter().map(|g| format!("{} ({})", g.rule, g.entries.join("; "))).collect::<Vec<_>>().join(", "))]
pub struct Refused {
    /// What was not accepted.
    pub growth: Vec<Growth>,
}

/// By what a baseline is more permissive than another; empty where it is not.
pub fn grow_report(old: &Baseline, new: &Baseline) -> Vec<Growth> {
    let crossings = new.crossings.keys().filter(|pair| !old.crossings.contains_key(*pair));
    let crossings = crossings.map(|(from, to)| format!("{from} → {to}")).collect();
    let apart = |c: &AcceptedCycle| c.modules.iter().enumerate().any(|(i, a)| c.modules.iter().take(i).any(|b| !old.tangled(a, b)));
    let cycles = new.cycles.iter().filter(|c| !old.cycles.iter().any(|was| c.modules.is_subset(&was.modules)) && apart(c));
    let cycles = cycles.map(|c| format!("{{{}}}", c.modules.iter().map(String::as_str).collect::<Vec<_>>().join(", "))).collect();
    let (before, after) = (&old.metrics, &new.metrics);
    let mut figures = Vec::new();
    if new.propagation_rose(old, 0.0) {
        figures.push(format!("propagation cost {} → {}", before.propagation_cost, after.propagation_cost));
    }
    for (service, ce) in &after.service_ce {
        let was = before.service_ce.get(service).copied().unwrap_or(0);
        if *ce > was {
            figures.push(format!("Ce of {service} {was} → {ce}"));
        }
    }
    [("new-crossing", crossings), ("new-cycle", cycles), ("coupling-rise", figures)]
        .into_iter()
        .map(|(rule, entries): (_, Vec<String>)| Growth { rule, entries })
        .filter(|g| !g.entries.is_empty())
        .collect()
}

/// The baseline that accepts today's code within the boundaries of `old`, unless it would grow where that was not accepted.
/// Figures that rose within their tolerance stay as they were: many small rises must not add up in silence.
pub fn update(old: &Baseline, analysis: &Analysis, policy: &Policy, acceptance: &Acceptance) -> Result<Baseline, Refused> {
    let Comparison { before, now: mut new, .. } = Comparison::new(analysis, old);
    let old = &before;
    let accepted = |rule: &str| acceptance.rules.iter().any(|r| r == rule);
    if !accepted("coupling-rise") {
        if !new.propagation_rose(old, policy.propagation_cost_tolerance) && new.propagation_rose(old, 0.0) {
            new.metrics.propagation_cost = old.metrics.propagation_cost;
        }
        for (service, ce) in &mut new.metrics.service_ce {
            let was = old.metrics.service_ce.get(service).copied().unwrap_or(0);
            if *ce > was && *ce - was <= policy.ce_tolerance {
                *ce = was;
            }
        }
    }
    let growth: Vec<Growth> = grow_report(old, &new).into_iter().filter(|g| !accepted(g.rule)).collect();
    if !growth.is_empty() {
        return Err(Refused { growth });
    }
    let given = (!acceptance.reason.is_empty()).then(|| acceptance.reason.clone());
    for (pair, reason) in &mut new.crossings {
        *reason = old.crossings.get(pair).cloned().unwrap_or_else(|| given.clone());
    }
    for cycle in &mut new.cycles {
        let known = old.cycles.iter().find(|c| cycle.modules.is_subset(&c.modules));
        cycle.reason = known.map_or_else(|| given.clone(), |c| c.reason.clone());
    }
    Ok(new)
}

/// The baseline without what is gone; nothing is added, and figures only fall.
pub fn prune(old: &Baseline, analysis: &Analysis) -> Baseline {
    let Comparison { before, now, .. } = Comparison::new(analysis, old);
    let mut new = before.clone();
    new.crossings.retain(|pair, _| now.crossings.contains_key(pair));
    // What is left of a tangle are the parts of it that are still tangled.
    let parts = |was: &AcceptedCycle| -> Vec<AcceptedCycle> {
        let part = |is: &AcceptedCycle| was.modules.intersection(&is.modules).cloned().collect();
        now.cycles.iter().map(|is| AcceptedCycle { modules: part(is), reason: was.reason.clone() }).collect()
    };
    new.cycles = before.cycles.iter().flat_map(parts).filter(|c| c.modules.len() > 1).collect();
    new.cycles.sort();
    new.modules.retain(|module, _| now.modules.contains_key(module));
    new.metrics.propagation_cost = old.metrics.propagation_cost.min(now.metrics.propagation_cost);
    new.metrics.cyclicity = old.metrics.cyclicity.min(now.metrics.cyclicity);
    let services: BTreeMap<String, u32> = (old.metrics.service_ce.iter())
        .filter_map(|(service, &ce)| now.metrics.service_ce.get(service).map(|&n| (service.clone(), ce.min(n))))
        .collect();
    new.metrics.service_ce = services;
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::model::sample::{shop, shop_with, shop_without};

    fn worse() -> Analysis {
        shop_with(&[("shop::notify", "shop::customers::login", &[7])])
    }

    #[test]
    fn an_update_refuses_to_grow_and_names_what_grew() {
        let old = Baseline::from_analysis(&shop());
        let refused = update(&old, &worse(), &Policy::default(), &Acceptance::default()).expect_err("grew");
        let rules: Vec<&str> = refused.growth.iter().map(|g| g.rule).collect();
        assert_eq!(rules, ["new-crossing", "new-cycle", "coupling-rise"]);
        let message = refused.to_string();
        assert!(message.contains("shop::notify → shop::customers::login") && message.contains("--accept"), "{message}");
    }

    #[test]
    fn what_was_accepted_grows_with_its_reason_and_the_gate_is_green_again() {
        let old = Baseline::from_analysis(&shop());
        let rules = ["new-crossing", "new-cycle", "coupling-rise"].map(String::from).to_vec();
        let new = update(&old, &worse(), &Policy::default(), &Acceptance { rules, reason: "until the outbox is there".into() })
            .expect("accepted");
        let reason = &new.crossings[&("shop::notify".to_owned(), "shop::customers::login".to_owned())];
        assert_eq!(reason.as_deref(), Some("until the outbox is there"));
        assert_eq!(new.crossings[&("shop::orders".to_owned(), "shop::customers".to_owned())], None);
        assert!(check(&worse(), &new, &Policy::default()).findings.is_empty());
        assert_eq!(Baseline::parse(&new.render()).expect("parses"), new);
    }

    #[test]
    fn an_update_that_only_shrinks_needs_no_leave() {
        let old = Baseline::from_analysis(&shop());
        let better = shop_without("shop::payments::refund", "shop::orders");
        let new = update(&old, &better, &Policy::default(), &Acceptance::default()).expect("shrinks");
        assert!(new.crossings.len() < old.crossings.len() && new.cycles != old.cycles);
        assert_eq!(prune(&old, &better), new);
    }

    #[test]
    fn small_rises_do_not_add_up_in_silence() {
        let mut old = Baseline::from_analysis(&shop());
        let cost = old.metrics.propagation_cost;
        old.metrics.propagation_cost = cost - 0.005;
        let new = update(&old, &shop(), &Policy::default(), &Acceptance::default()).expect("within tolerance");
        assert_eq!(new.metrics.propagation_cost, cost - 0.005);
        let rules = vec!["coupling-rise".to_owned()];
        let new = update(&old, &shop(), &Policy::default(), &Acceptance { rules, reason: String::new() }).expect("accepted");
        assert_eq!(new.metrics.propagation_cost, cost);
    }

    #[test]
    fn pruning_adds_nothing() {
        let old = Baseline::from_analysis(&shop());
        let pruned = prune(&old, &worse());
        assert_eq!(grow_report(&old, &pruned), []);
        assert_eq!(pruned, old);
    }
}
