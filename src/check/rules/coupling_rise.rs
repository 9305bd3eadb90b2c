//! Figures that rose beyond their tolerance: propagation cost, and the Ce of each service.

use super::super::comparison::Comparison;
use super::super::policy::Policy;
use super::{Hit, Rule, counted};
use crate::model::finding::Level;
use crate::model::place::Site;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "coupling-rise",
    level: Level::Deny,
    summary: "the propagation cost, or the number of services that a service depends on, rose beyond its tolerance",
    docs: "Propagation cost is the share of module pairs of which one reaches the other through some path (MacCormack, Rusnak, Baldwin \
           2006). It rises when a few references connect parts that were apart. Taking an isolated module away raises the share, too, \
           but couples nothing: a rise is found only where the number of connected pairs rose as well. The Ce of a service is the \
           number of other services that it depends on.\n\n\
           Why it matters: both say how far a change or a fault in one place is felt in others.\n\n\
           How to fix: look at the new crossings and circles first, which are usually the cause. Where there are none, look for a new \
           reference to a module that itself reaches much, and depend on something smaller. If it is meant to be, \
           `seamline baseline update --accept coupling-rise --reason \"…\"` records the new figures.",
    find,
};

fn find(c: &Comparison<'_>, policy: &Policy) -> Vec<Hit> {
    propagation(c, policy).into_iter().chain(services(c, policy)).collect()
}

fn propagation(c: &Comparison<'_>, policy: &Policy) -> Option<Hit> {
    let (before, after) = (c.before.metrics.propagation_cost, c.now.metrics.propagation_cost);
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    c.now.propagation_rose(&c.before, policy.propagation_cost_tolerance).then(|| Hit {
        message: format!(
            "propagation cost rose from {} to {}, by more than the tolerated {:.1} percentage points",
            percent(before),
            percent(after),
            policy.propagation_cost_tolerance * 100.0
        ),
        sites: Vec::new(),
        from: None,
        to: None,
        help: "Look at new crossings and circles first: a few references may connect parts that were apart; `seamline explain coupling-rise` says more.".into(),
        identity: "propagation cost".into(),
    })
}

fn services(c: &Comparison<'_>, policy: &Policy) -> Vec<Hit> {
    let risen = c.now.metrics.service_ce.iter().filter_map(|(service, &after)| {
        let before = c.before.metrics.service_ce.get(service).copied()?;
        (after > before + policy.ce_tolerance).then_some((service, before, after))
    });
    risen.map(|(service, before, after)| {
        let (names, sites) = new_targets(c, service);
        Hit {
            message: format!("{service} now depends on {}, {before} before: new is {}", counted(after as usize, "other service", "other services"), names.join(", ")),
            sites,
            from: Some(service.clone()),
            to: names.first().cloned(),
            help: "Each new service in this list is one that must be running, and compatible, whenever this one is: go through one that it already uses, or publish an event.".into(),
            identity: format!("Ce of {service}"),
        }
    })
    .collect()
}

/// Services that one depends on and did not before, and where it does.
fn new_targets(c: &Comparison<'_>, service: &str) -> (Vec<String>, Vec<Site>) {
    let owner = |module: &str| c.before.modules.get(module).cloned().flatten();
    let old: BTreeSet<String> =
        c.before.crossings.keys().filter(|(from, _)| owner(from).as_deref() == Some(service)).filter_map(|(_, to)| owner(to)).collect();
    let (mut names, mut sites) = (BTreeSet::new(), BTreeSet::new());
    for (from, to) in c.now.crossings.keys() {
        let (Some(a), Some(b)) = (c.module(from), c.module(to)) else { continue };
        if let (Some(own), Some(other)) = (c.owner(a), c.owner(b))
            && own == service
            && !old.contains(other)
        {
            names.insert(other.to_owned());
            sites.extend(c.sites(a, b).0);
        }
    }
    (names.into_iter().collect(), sites.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Baseline;
    use crate::model::analysis::Analysis;
    use crate::model::sample::{shop, shop_with};

    fn hits(now: &Analysis, policy: &Policy) -> Vec<Hit> {
        find(&Comparison::new(now, &Baseline::from_analysis(&shop())), policy)
    }

    #[test]
    fn a_service_that_needs_one_more_is_named_with_the_place() {
        let hits = hits(&shop_with(&[("shop::notify", "shop::customers", &[7])]), &Policy::default());
        let ce = hits.iter().find(|h| h.identity == "Ce of notify").expect("found");
        assert_eq!(ce.message, "notify now depends on 1 other service, 0 before: new is customers");
        assert_eq!(ce.sites, [Site::new("src/notify/mod.rs", 7)]);
    }

    #[test]
    fn tolerances_tolerate() {
        let policy = Policy { ce_tolerance: 1, propagation_cost_tolerance: 0.5, ..Policy::default() };
        assert_eq!(hits(&shop_with(&[("shop::notify", "shop::customers", &[7])]), &policy), []);
    }

    #[test]
    fn the_share_rises_when_an_isolated_module_goes_and_that_is_no_rise() {
        let mut before = Baseline::from_analysis(&shop());
        let cost = before.metrics.propagation_cost;
        for i in 0..4 {
            before.modules.insert(format!("shop::zz{i}"), None);
        }
        // The same pairs among 21 modules instead of 17, and each module with itself.
        before.metrics.propagation_cost = (cost * 289.0 + 4.0) / 441.0;
        let now = shop();
        assert!(cost - before.metrics.propagation_cost > 0.1);
        assert_eq!(propagation(&Comparison::new(&now, &before), &Policy::default()), None);
        before.metrics.propagation_cost = 0.01;
        assert!(propagation(&Comparison::new(&now, &before), &Policy::default()).is_some());
    }
}
