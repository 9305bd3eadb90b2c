//! What each decision of the user's costs: the same search without it.
//!
//! Takes what a partition is made from, the options, and the partition; gives a [`Decision`] for each pin and bond, in the order in which
//! they are written. Bounded: where there are more than [`MOST`], the first are looked at.

use super::affinity::Affinity;
use super::{Material, Options};
use crate::model::ids::ModuleId;
use crate::model::partition::Decision;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Each costs a search of its own.
const MOST: usize = 24;

/// A decision: how to leave out the one at a position, its kind, what it says, and why.
struct Taken {
    without: fn(&mut Options, usize),
    at: usize,
    kind: &'static str,
    what: String,
    reason: Option<String>,
}

fn taken(options: &Options) -> Vec<Taken> {
    let pins = options.pins.iter().enumerate().map(|(at, pin)| Taken {
        without: |options, at| drop(options.pins.remove(at)),
        at,
        kind: "service",
        what: pin.name.clone(),
        reason: None,
    });
    let together = options.together.iter().enumerate().map(|(at, bond)| Taken {
        without: |options, at| drop(options.together.remove(at)),
        at,
        kind: "together",
        what: bond.patterns.clone(),
        reason: bond.reason.clone(),
    });
    let apart = options.apart.iter().enumerate().map(|(at, bond)| Taken {
        without: |options, at| drop(options.apart.remove(at)),
        at,
        kind: "apart",
        what: bond.patterns.clone(),
        reason: bond.reason.clone(),
    });
    pins.chain(together).chain(apart).take(MOST).collect()
}

pub(super) fn cost(material: &Material<'_>, options: &Options, affinity: &Affinity, communities: &[u32]) -> Vec<Decision> {
    let mine = places(affinity, communities);
    taken(options)
        .into_par_iter()
        .map(|decision| {
            let mut fewer = options.clone();
            (decision.without)(&mut fewer, decision.at);
            let answer = material.answer(&fewer);
            let theirs = places(&answer.affinity, &answer.found.communities);
            let services = answer.found.communities.iter().max().map_or(0, |m| m + 1);
            let Taken { kind, what, reason, .. } = decision;
            Decision { kind: kind.into(), what, reason, services, moved: moved(&mine, &theirs), without: answer.quality }
        })
        .collect()
}

fn places(affinity: &Affinity, communities: &[u32]) -> BTreeMap<ModuleId, u32> {
    affinity.nodes.iter().copied().zip(communities.iter().copied()).collect()
}

/// How many modules have another place: not in the community that most of their own are in there, or in none on one side.
fn moved(mine: &BTreeMap<ModuleId, u32>, theirs: &BTreeMap<ModuleId, u32>) -> u32 {
    let mut both: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for (module, own) in mine {
        if let Some(other) = theirs.get(module) {
            *both.entry((*own, *other)).or_default() += 1;
        }
    }
    let mut most: BTreeMap<u32, u32> = BTreeMap::new();
    both.iter().for_each(|((own, _), n)| {
        let best = most.entry(*own).or_default();
        *best = (*best).max(*n);
    });
    let stay: u32 = most.values().sum();
    let all = mine.keys().chain(theirs.keys().filter(|m| !mine.contains_key(m))).count() as u32;
    all - stay
}

#[cfg(test)]
mod tests {
    use crate::cluster::tests::{layered, partition};
    use crate::cluster::{Options, Pin};
    use crate::model::testing::{codebase, id};

    #[test]
    fn a_decision_against_the_code_costs_and_one_with_it_does_not() {
        let code = codebase(&layered());
        let pin = |name: &str, modules: &[&str]| Pin { name: name.into(), modules: modules.iter().map(|m| id(&code, m)).collect() };
        let pins = vec![
            pin("sales", &["shop::handlers::orders", "shop::models::orders"]),
            pin("mixed", &["shop::handlers::parcels", "shop::models::payments"]),
        ];
        let (_, found) = partition(&layered(), &Options { pins, ..Options::default() });
        let cost = |at: usize| found.decisions[at].without.modularity - found.quality.modularity;
        let told: Vec<_> = found.decisions.iter().map(|d| (d.kind.as_str(), d.what.as_str())).collect();
        assert_eq!(told, [("service", "sales"), ("service", "mixed")]);
        assert!(cost(0).abs() < 1e-9 && found.decisions[0].moved == 0, "{:?}", found.decisions);
        assert!(cost(1) > 0.05 && found.decisions[1].moved > 0, "{:?}", found.decisions);
    }
}
