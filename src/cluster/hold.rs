//! How firmly each module sits in its service: what perturbed runs say, and which evidence decides.
//!
//! Takes the proposed service of each node, the communities that perturbed runs found, and the affinity by source; gives a [`Hold`] for
//! each node. A module stays in a run where its community is that of most of its service; elsewhere it goes to the service that has most
//! of its modules there.

use super::affinity::Affinity;
use crate::model::ids::ServiceId;
use crate::model::partition::{Hold, Pull};
use std::collections::BTreeMap;

/// One for each node; `services` gives the proposed service of each, `runs` what each perturbed run found.
pub(super) fn holds(affinity: &Affinity, services: &[ServiceId], runs: &[Vec<u32>], pinned: &[bool]) -> Vec<Hold> {
    let nodes = services.len();
    let count = services.iter().max().map_or(0, |s| s.index() + 1);
    let mut stays = vec![0_u32; nodes];
    let mut goes: Vec<BTreeMap<ServiceId, u32>> = vec![BTreeMap::new(); nodes];
    for run in runs {
        let mut shared: BTreeMap<(u32, ServiceId), u32> = BTreeMap::new();
        run.iter().zip(services).for_each(|(&c, &s)| *shared.entry((c, s)).or_default() += 1);
        let communities = run.iter().max().map_or(0, |m| *m as usize + 1);
        let mut home = vec![(0, 0); count];
        let mut owner = vec![(0, ServiceId(0)); communities];
        for (&(community, service), &n) in &shared {
            // The first of those with as many.
            if n > home[service.index()].0 {
                home[service.index()] = (n, community);
            }
            if n > owner[community as usize].0 {
                owner[community as usize] = (n, service);
            }
        }
        for node in 0..nodes {
            let own = services[node];
            let there = owner[run[node] as usize].1;
            if home[own.index()].1 == run[node] {
                stays[node] += 1;
            } else if there != own {
                *goes[node].entry(there).or_default() += 1;
            }
        }
    }
    let tied = tied(affinity, services, count);
    let share = |n: u32| f64::from(n) / runs.len().max(1) as f64;
    let mut holds: Vec<Hold> = Vec::with_capacity(nodes);
    for node in 0..nodes {
        let most = goes[node].iter().max_by_key(|(s, n)| (**n, std::cmp::Reverse(**s))).map(|(&s, &n)| (s, share(n)));
        let next = || {
            let others = tied[node].iter().filter(|(s, weight)| **s != services[node] && **weight > 0.0);
            others.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0))).map(|(&s, _)| (s, 0.0))
        };
        let confidence = if pinned[node] || runs.is_empty() { 1.0 } else { share(stays[node]) };
        holds.push(Hold { confidence, runner_up: most.or_else(next), pulls: Vec::new() });
    }
    pulls(affinity, services, &mut holds);
    holds
}

/// Affinity of each node with each service.
fn tied(affinity: &Affinity, services: &[ServiceId], count: usize) -> Vec<BTreeMap<ServiceId, f64>> {
    let of = |node: u32| {
        let mut tied = BTreeMap::new();
        for &(to, weight) in affinity.network.neighbours(node) {
            *tied.entry(services[to as usize]).or_default() += weight;
        }
        tied
    };
    debug_assert!(services.iter().all(|s| s.index() < count));
    (0..services.len() as u32).map(of).collect()
}

/// For each node what each source ties to its own service and to the runner-up.
fn pulls(affinity: &Affinity, services: &[ServiceId], holds: &mut [Hold]) {
    for (source, edges) in &affinity.sources {
        let mut sums = vec![(0.0, 0.0); holds.len()];
        for &(a, b, weight) in edges {
            for (from, to) in [(a as usize, b as usize), (b as usize, a as usize)] {
                if services[to] == services[from] {
                    sums[from].0 += weight;
                } else if holds[from].runner_up.is_some_and(|r| r.0 == services[to]) {
                    sums[from].1 += weight;
                }
            }
        }
        for (node, (own, other)) in sums.into_iter().enumerate().filter(|(_, s)| s.0 > 0.0 || s.1 > 0.0) {
            let strength = affinity.network.strength(node as u32);
            holds[node].pulls.push(Pull { source: source.clone(), own: own / strength, other: other / strength });
        }
    }
    for hold in holds {
        hold.pulls.sort_by(|a, b| (b.own - b.other).abs().total_cmp(&(a.own - a.other).abs()).then_with(|| a.source.cmp(&b.source)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::codebase;

    #[test]
    fn who_leaves_is_told_where_to_and_what_decides() {
        // a–b–c and d–e–f, with b drawn to both.
        let code = codebase(
            "a -> b call 2\n a -> c call 2\n b -> c call\n d -> e call 2\n e -> f call 2\n d -> f call\n b -> d call\n b -> e call",
        );
        let affinity = Affinity::of_code(&code);
        let services = [0, 0, 0, 1, 1, 1].map(ServiceId);
        let runs = vec![vec![0, 0, 0, 1, 1, 1], vec![0, 1, 0, 1, 1, 1], vec![0, 1, 0, 1, 1, 1], vec![0; 6]];
        let holds = holds(&affinity, &services, &runs, &[false; 6]);
        assert_eq!(holds[0].confidence, 1.0);
        assert_eq!((holds[1].confidence, holds[1].runner_up), (0.5, Some((ServiceId(1), 0.5))));
        // Nothing ties it to the other side, and it never goes there.
        assert_eq!(holds[0].runner_up, None);
        let pull = &holds[1].pulls[0];
        assert_eq!(pull.source, "references");
        assert!(pull.own > 0.0 && pull.other > 0.0 && (pull.own + pull.other - 1.0).abs() < 1e-9);
        assert!((holds[1].margin() - (pull.own - pull.other)).abs() < 1e-12);
    }
}
