//! What was proposed before: kept where the code does not clearly say otherwise, so that a small commit does not reshuffle everything.
//!
//! Takes the service that each module had; gives the same partition with what is new put in and what clearly belongs elsewhere moved, and
//! names for any partition by overlap with the old services. Invariants: a module moves only where that gains more than [`MARGIN`] of its
//! whole affinity; what the user pins stays where it is pinned.

use super::affinity::Affinity;
use super::network::{Network, renumber};
use crate::model::ids::ModuleId;
use std::collections::BTreeMap;

/// A module moves where the other service holds so much more of its whole affinity, sizes taken into account.
pub(super) const MARGIN: f64 = 0.1;
/// The old partition gives way to a new one that has so much more modularity …
pub(super) const BETTER: f64 = 0.03;
/// … or is so much more worth.
pub(super) const WORTHIER: f64 = 0.25;
/// A service is an old one where so much of the two together is in both.
const SAME: f64 = 0.34;
/// Rounds of moving, at most.
const ROUNDS: usize = 10;

/// The old partition of `groups` of nodes, brought up to date; `None` where nothing of it is left. `pins` names what holds a node.
pub(super) fn kept(
    affinity: &Affinity,
    network: &Network,
    groups: &[u32],
    pins: &[Option<&str>],
    before: &[(ModuleId, String)],
    resolution: f64,
) -> Option<Vec<u32>> {
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let mut of: Vec<Option<u32>> = vec![None; network.nodes()];
    let mut held = vec![false; network.nodes()];
    for (node, module) in affinity.nodes.iter().enumerate() {
        let old = before.binary_search_by_key(module, |b| b.0).ok().map(|at| before[at].1.as_str());
        let group = groups[node] as usize;
        if let Some(name) = pins[node].or(old).filter(|_| !held[group]) {
            let next = numbers.len() as u32;
            of[group] = Some(*numbers.entry(name).or_insert(next));
        }
        held[group] |= pins[node].is_some();
    }
    if of.iter().flatten().count() * 2 <= of.len() {
        return None;
    }
    // What is new goes where most of its affinity is, once its neighbours are there; what has none is on its own.
    let mut open: Vec<u32> = (0..network.nodes() as u32).filter(|&n| of[n as usize].is_none()).collect();
    while let Some((at, to)) = (0..open.len()).find_map(|at| Some((at, strongest(network, &of, open[at])?))) {
        of[open.remove(at) as usize] = Some(to);
    }
    let mut next = numbers.len() as u32;
    let mut own = || {
        next += 1;
        next - 1
    };
    let mut communities: Vec<u32> = of.into_iter().map(|c| c.unwrap_or_else(&mut own)).collect();
    settle(network, &mut communities, &held, resolution);
    renumber(&mut communities);
    Some(communities)
}

/// The community to which a node is tied most.
fn strongest(network: &Network, of: &[Option<u32>], node: u32) -> Option<u32> {
    let mut tied: BTreeMap<u32, f64> = BTreeMap::new();
    for &(to, weight) in network.neighbours(node) {
        if let Some(c) = of[to as usize] {
            *tied.entry(c).or_default() += weight;
        }
    }
    tied.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|t| t.0)
}

/// Moves what clearly belongs elsewhere.
fn settle(network: &Network, communities: &mut [u32], held: &[bool], resolution: f64) {
    let count = communities.iter().max().map_or(0, |m| *m as usize + 1);
    let mut strength = vec![0.0; count];
    (0..communities.len()).for_each(|n| strength[communities[n] as usize] += network.strength(n as u32));
    let total = network.total().max(f64::MIN_POSITIVE);
    for _ in 0..ROUNDS {
        let mut moved = false;
        for node in (0..communities.len() as u32).filter(|&n| !held[n as usize]) {
            let (own, k) = (communities[node as usize], network.strength(node));
            let mut tied: BTreeMap<u32, f64> = BTreeMap::from([(own, 0.0)]);
            network.neighbours(node).iter().for_each(|&(to, weight)| *tied.entry(communities[to as usize]).or_default() += weight);
            let gain = |c: u32| {
                let rest = strength[c as usize] - if c == own { k } else { 0.0 };
                tied[&c] - resolution * k * rest / total
            };
            let best = tied.keys().copied().max_by(|&a, &b| gain(a).total_cmp(&gain(b)).then(b.cmp(&a)));
            if let Some(to) = best.filter(|&c| c != own && gain(c) - gain(own) > MARGIN * k) {
                strength[own as usize] -= k;
                strength[to as usize] += k;
                communities[node as usize] = to;
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

/// For each of these services the name of the old one that it goes on with, if any.
pub(super) fn names(services: &[Vec<ModuleId>], before: &[(ModuleId, String)]) -> Vec<Option<String>> {
    let mut old: BTreeMap<&str, usize> = BTreeMap::new();
    before.iter().for_each(|(_, name)| *old.entry(name).or_default() += 1);
    let mut shared: Vec<(f64, &str, usize)> = Vec::new();
    for (service, modules) in services.iter().enumerate() {
        let mut common: BTreeMap<&str, usize> = BTreeMap::new();
        for at in modules.iter().filter_map(|m| before.binary_search_by_key(m, |b| b.0).ok()) {
            *common.entry(&before[at].1).or_default() += 1;
        }
        for (name, n) in common {
            let overlap = n as f64 / (modules.len() + old[name] - n) as f64;
            if overlap >= SAME {
                shared.push((overlap, name, service));
            }
        }
    }
    shared.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    let mut names: Vec<Option<String>> = vec![None; services.len()];
    for (_, name, service) in shared {
        if names[service].is_none() && !names.iter().flatten().any(|n| n == name) {
            names[service] = Some(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use crate::cluster::{Options, cluster};
    use crate::graph::module_graph;
    use crate::host::store::Store;
    use crate::model::codebase::Codebase;
    use crate::model::evidence::Evidence;
    use crate::model::ids::ModuleId;
    use crate::model::partition::Partition;
    use crate::model::testing::codebase;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const GROUPS: usize = 4;
    const SIZE: usize = 7;

    /// Four groups in which most know each other, and edges that are drawn.
    fn graph(drawn: &BTreeSet<(usize, usize)>) -> (Codebase, Vec<String>) {
        let name = |n: usize| format!("m::n{n:02}");
        let mut text: String = (0..GROUPS * SIZE).map(|n| format!("mod {}\n", name(n))).collect();
        for group in 0..GROUPS {
            for i in 0..SIZE {
                for step in [1, 2] {
                    text += &format!("{} -> {} call 2\n", name(group * SIZE + i), name(group * SIZE + (i + step) % SIZE));
                }
            }
        }
        drawn.iter().filter(|(a, b)| a != b).for_each(|&(a, b)| text += &format!("{} -> {} call 1\n", name(a), name(b)));
        (codebase(&text), (0..GROUPS * SIZE).map(name).collect())
    }

    fn run(code: &Codebase, before: Vec<(ModuleId, String)>) -> Partition {
        let options = Options { roles: false, before, ..Options::default() };
        cluster(code, &module_graph(code), &Evidence::default(), &Store::none(), &options)
    }

    fn memberships(found: &Partition) -> Vec<(ModuleId, String)> {
        let named = |(m, member): (usize, &crate::model::partition::Membership)| {
            Some((ModuleId::from(m), found.names[member.service?.index()].clone()))
        };
        found.members.iter().enumerate().filter_map(named).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn small_edits_move_few_and_keep_the_names(
            drawn in prop::collection::btree_set((0..GROUPS * SIZE, 0..GROUPS * SIZE), 10..30),
            more in prop::collection::btree_set((0..GROUPS * SIZE, 0..GROUPS * SIZE), 1..4),
        ) {
            let (code, _) = graph(&drawn);
            let before = memberships(&run(&code, Vec::new()));
            // Three edges go, and up to three come.
            let edited: BTreeSet<(usize, usize)> = drawn.iter().copied().skip(3).chain(more).collect();
            let (code, _) = graph(&edited);
            let after = memberships(&run(&code, before.clone()));
            let moved = before.iter().zip(&after).filter(|(a, b)| a != b).count();
            prop_assert!(moved <= 4, "{moved} of {} moved", before.len());
            let names = |of: &[(ModuleId, String)]| of.iter().map(|m| m.1.clone()).collect::<BTreeSet<_>>();
            prop_assert_eq!(names(&before), names(&after));
        }
    }

    #[test]
    fn names_go_where_most_of_the_old_service_went() {
        let before: Vec<(ModuleId, String)> = (0..6).map(|m| (ModuleId(m), if m < 3 { "sales" } else { "stock" }.to_owned())).collect();
        let ids = |of: &[u32]| of.iter().map(|&m| ModuleId(m)).collect::<Vec<_>>();
        let names = super::names(&[ids(&[3, 4, 5, 7]), ids(&[0, 1]), ids(&[2, 8, 9])], &before);
        assert_eq!(names, [Some("stock".to_owned()), Some("sales".to_owned()), None]);
    }
}
