//! The Leiden algorithm: V. A. Traag, L. Waltman, N. J. van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", 2019.
//!
//! Takes a network, a resolution, and a label for nodes that must not share a community with another label; gives communities
//! numbered from 0 without gaps. Invariants: every community is connected; nodes with different labels are apart; the same input
//! gives the same answer. Where the paper draws at random, this takes the best, and starts several times from orders that a fixed
//! generator shuffles. Large graphs are begun at a sharper resolution. The work is linear in the edges for each round.

use super::Algorithm;
use super::network::{Network, renumber};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::VecDeque;

/// A gain below this is rounding.
const EPSILON: f64 = 1e-12;
/// How hard to try: up to this many nodes, in so many orders, in so many rounds at most. A round moves, refines and aggregates
/// until nothing moves; later rounds gain little.
const EFFORT: [(usize, u64, u64); 3] = [(500, 2, 10), (5_000, 2, 10), (usize::MAX, 1, 2)];
/// In larger graphs, a node weighs too little for the null model to hold single nodes back: communities flood their neighbours, and no later
/// round parts them again. So the first round begins this much sharper …
const SHARPER: f64 = 32.0;
/// … and each level of it is this much less sharp, until the resolution is as wanted.
const LESS_SHARP: f64 = 1.4;
/// Nodes of such graphs.
const LARGE: usize = 5_000;
/// Rounds of a run that is one of many.
const ROUNDS_OF_MANY: u64 = 1;

/// Modularity optimised by Leiden.
pub(super) struct Leiden;

impl Algorithm for Leiden {
    fn name(&self) -> &'static str {
        "leiden"
    }

    fn summary(&self) -> &'static str {
        "modularity by moving, refining and aggregating; every community is connected (Traag, Waltman, van Eck 2019)"
    }

    fn communities(&self, network: &Network, labels: &[Option<u32>], resolution: f64) -> Vec<u32> {
        let (starts, rounds) = EFFORT.iter().find(|e| network.nodes() <= e.0).map_or((1, 1), |e| (e.1, e.2));
        let found: Vec<(f64, Vec<u32>)> = (0..starts)
            .into_par_iter()
            .map(|seed| {
                let found = converge(network, labels, resolution, seed, rounds);
                (network.modularity(&found, resolution), found)
            })
            .collect();
        // The first of those that are as good: not the first to be done.
        let best = found.into_iter().reduce(|best, next| if next.0 > best.0 + EPSILON { next } else { best });
        best.expect("at least one start").1
    }

    fn once(&self, network: &Network, labels: &[Option<u32>], resolution: f64, seed: u64) -> Vec<u32> {
        converge(network, labels, resolution, seed, ROUNDS_OF_MANY)
    }
}

/// Repeats whole rounds from one order until nothing changes.
fn converge(network: &Network, labels: &[Option<u32>], resolution: f64, seed: u64, rounds: u64) -> Vec<u32> {
    let mut communities: Vec<u32> = (0..network.nodes() as u32).collect();
    let mut quality = f64::NEG_INFINITY;
    for round in 0..rounds {
        let mut next = communities.clone();
        let large = network.nodes() > LARGE;
        let sharper = if round == 0 && large { SHARPER } else { 1.0 };
        // What lies side by side in memory is also looked at one after the other: nothing is lost by it, and a third of the time is won.
        let order = if large { seed } else { seed * rounds + round };
        descend(network, labels, (resolution, sharper), &mut next, order);
        split_disconnected(network, &mut next);
        renumber(&mut next);
        let better = network.modularity(&next, resolution);
        if better <= quality + EPSILON {
            break;
        }
        (quality, communities) = (better, next);
    }
    communities
}

/// One round: move, refine, aggregate, and the same on what was aggregated. The resolution begins sharper, by a factor.
fn descend(network: &Network, labels: &[Option<u32>], (wanted, mut sharper): (f64, f64), communities: &mut [u32], seed: u64) {
    let mut level = Cow::Borrowed(network);
    let mut labels = labels.to_vec();
    let mut current = communities.to_vec();
    // The node of the present level that each node of the network has gone into.
    let mut place: Vec<u32> = (0..network.nodes() as u32).collect();
    loop {
        let resolution = wanted * sharper;
        let as_wanted = sharper <= 1.0;
        sharper = (sharper / LESS_SHARP).max(1.0);
        let order = order(level.nodes(), seed);
        let mut count = renumber(&mut current);
        count = count.max(1);
        move_nodes(&level, &labels, resolution, &mut current, &order, count);
        let groups = renumber(&mut current);
        for (node, at) in place.iter().enumerate() {
            communities[node] = current[*at as usize];
        }
        if groups == level.nodes() {
            if as_wanted {
                return;
            }
            continue;
        }
        let mut refined = refine(&level, resolution, &current, groups, &order);
        let parts = renumber(&mut refined);
        if parts == level.nodes() {
            if as_wanted {
                return;
            }
            continue;
        }
        let mut coarse = vec![0; parts];
        let mut coarse_labels = vec![None; parts];
        for node in 0..level.nodes() {
            let part = refined[node] as usize;
            coarse[part] = current[node];
            coarse_labels[part] = coarse_labels[part].or(labels[node]);
        }
        place.iter_mut().for_each(|at| *at = refined[*at as usize]);
        level = Cow::Owned(level.aggregate(&refined, parts));
        (labels, current) = (coarse_labels, coarse);
    }
}

/// Fast local moving: each node goes to the community with the greatest gain; its neighbours are looked at again.
fn move_nodes(network: &Network, labels: &[Option<u32>], resolution: f64, communities: &mut [u32], order: &[u32], count: usize) {
    let nodes = network.nodes();
    let total = network.total().max(f64::MIN_POSITIVE);
    // One more community than nodes: there is always an empty one.
    let mut strength = vec![0.0; nodes.max(count) + 1];
    let mut size = vec![0_u32; strength.len()];
    let mut label: Vec<Option<u32>> = vec![None; strength.len()];
    for node in 0..nodes {
        let c = communities[node] as usize;
        strength[c] += network.strength(node as u32);
        size[c] += 1;
        label[c] = label[c].or(labels[node]);
    }
    let mut empty: Vec<u32> = (0..strength.len() as u32).rev().filter(|&c| size[c as usize] == 0).collect();
    let mut queue: VecDeque<u32> = order.iter().copied().collect();
    let mut queued = vec![true; nodes];
    let mut towards = vec![0.0; strength.len()];
    let mut touched: Vec<u32> = Vec::new();
    while let Some(node) = queue.pop_front() {
        queued[node as usize] = false;
        let own = communities[node as usize];
        for &(to, weight) in network.neighbours(node) {
            let c = communities[to as usize];
            if towards[c as usize] == 0.0 {
                touched.push(c);
            }
            towards[c as usize] += weight;
        }
        let k = network.strength(node);
        strength[own as usize] -= k;
        let gain = |c: u32| towards[c as usize] - resolution * k * strength[c as usize] / total;
        let mut best = (gain(own), own);
        let may_leave = |c: u32| labels[node as usize].is_none() || label[c as usize].is_none();
        let fresh = (size[own as usize] > 1).then(|| empty.last().copied()).flatten();
        for c in touched.iter().copied().chain(fresh).filter(|&c| c != own && may_leave(c)) {
            let found = gain(c);
            if found > best.0 + EPSILON {
                best = (found, c);
            }
        }
        let to = best.1;
        strength[to as usize] += k;
        if to != own {
            if labels[node as usize].is_some() {
                label[own as usize] = None;
                label[to as usize] = labels[node as usize];
            }
            if fresh == Some(to) {
                empty.pop();
            }
            size[own as usize] -= 1;
            size[to as usize] += 1;
            if size[own as usize] == 0 {
                empty.push(own);
            }
            communities[node as usize] = to;
            for &(next, _) in network.neighbours(node) {
                if communities[next as usize] != to && !std::mem::replace(&mut queued[next as usize], true) {
                    queue.push_back(next);
                }
            }
        }
        touched.drain(..).for_each(|c| towards[c as usize] = 0.0);
    }
}

/// Parts each community into well-connected pieces: single nodes join pieces that they are tied to, inside their community.
fn refine(network: &Network, resolution: f64, communities: &[u32], count: usize, order: &[u32]) -> Vec<u32> {
    let nodes = network.nodes();
    let total = network.total().max(f64::MIN_POSITIVE);
    let mut whole = vec![0.0; count];
    for node in 0..nodes {
        whole[communities[node] as usize] += network.strength(node as u32);
    }
    let mut pieces: Vec<u32> = (0..nodes as u32).collect();
    let mut strength: Vec<f64> = (0..nodes as u32).map(|n| network.strength(n)).collect();
    let mut alone = vec![true; nodes];
    // Weight from each piece to the rest of its community.
    let mut outward: Vec<f64> = (0..nodes as u32)
        .map(|n| network.neighbours(n).iter().filter(|e| communities[e.0 as usize] == communities[n as usize]).map(|e| e.1).sum())
        .collect();
    let mut towards = vec![0.0; nodes];
    let mut touched: Vec<u32> = Vec::new();
    for &node in order {
        let community = communities[node as usize];
        let around = whole[community as usize];
        let k = network.strength(node);
        if !alone[node as usize] || outward[node as usize] + EPSILON < resolution * k * (around - k) / total {
            continue;
        }
        for &(to, weight) in network.neighbours(node).iter().filter(|e| communities[e.0 as usize] == community) {
            let piece = pieces[to as usize];
            if towards[piece as usize] == 0.0 {
                touched.push(piece);
            }
            towards[piece as usize] += weight;
        }
        let mut best = (0.0, node);
        for &piece in touched.iter().filter(|&&p| p != node) {
            let s = strength[piece as usize];
            let tied = outward[piece as usize] + EPSILON >= resolution * s * (around - s) / total;
            let gain = towards[piece as usize] - resolution * k * s / total;
            if tied && gain > best.0 + EPSILON {
                best = (gain, piece);
            }
        }
        let to = best.1;
        if to != node {
            outward[to as usize] += outward[node as usize] - 2.0 * towards[to as usize];
            strength[to as usize] += k;
            strength[node as usize] = 0.0;
            pieces[node as usize] = to;
            alone[to as usize] = false;
            alone[node as usize] = false;
        }
        touched.drain(..).for_each(|p| towards[p as usize] = 0.0);
    }
    pieces
}

/// Makes a community of each connected part; never lowers modularity.
fn split_disconnected(network: &Network, communities: &mut [u32]) {
    let nodes = network.nodes();
    let mut part = vec![u32::MAX; nodes];
    let mut next = 0;
    let mut stack = Vec::new();
    for start in 0..nodes as u32 {
        if part[start as usize] != u32::MAX {
            continue;
        }
        part[start as usize] = next;
        stack.push(start);
        while let Some(node) = stack.pop() {
            for &(to, _) in network.neighbours(node) {
                if part[to as usize] == u32::MAX && communities[to as usize] == communities[node as usize] {
                    part[to as usize] = next;
                    stack.push(to);
                }
            }
        }
        next += 1;
    }
    communities.copy_from_slice(&part);
}

/// The order of ids for seed 0, else a shuffle of it (Fisher and Yates, xorshift).
fn order(nodes: usize, seed: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..nodes as u32).collect();
    if seed == 0 {
        return order;
    }
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for i in (1..nodes).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        order.swap(i, (state % (i as u64 + 1)) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// W. W. Zachary, "An information flow model for conflict and fission in small groups", 1977.
    const KARATE: &str = "1-2 1-3 1-4 1-5 1-6 1-7 1-8 1-9 1-11 1-12 1-13 1-14 1-18 1-20 1-22 1-32 2-3 2-4 2-8 2-14 2-18 2-20 2-22 2-31 3-4 3-8 3-9 \
        3-10 3-14 3-28 3-29 3-33 4-8 4-13 4-14 5-7 5-11 6-7 6-11 6-17 7-17 9-31 9-33 9-34 10-34 14-34 15-33 15-34 16-33 16-34 \
        19-33 19-34 20-34 21-33 21-34 23-33 23-34 24-26 24-28 24-30 24-33 24-34 25-26 25-28 25-32 26-32 27-30 27-34 28-34 29-32 \
        29-34 30-33 30-34 31-33 31-34 32-33 32-34 33-34";

    fn run(nodes: usize, edges: &[(u32, u32, f64)], resolution: f64) -> (Network, Vec<u32>) {
        let network = Network::new(nodes, edges);
        let found = Leiden.communities(&network, &vec![None; nodes], resolution);
        (network, found)
    }

    fn parts_are_connected(network: &Network, communities: &[u32]) -> bool {
        let mut split = communities.to_vec();
        split_disconnected(network, &mut split);
        renumber(&mut split) == renumber(&mut communities.to_vec())
    }

    #[test]
    fn karate_club() {
        let number = |text: &str| text.parse::<u32>().expect("a number") - 1;
        let ends = KARATE.split_whitespace().filter_map(|edge| edge.split_once('-'));
        let edges: Vec<_> = ends.map(|(a, b)| (number(a), number(b), 1.0)).collect();
        assert_eq!(edges.len(), 78);
        let (network, found) = run(34, &edges, 1.0);
        let q = network.modularity(&found, 1.0);
        // The optimum is 0.41979 (Brandes et al. 2008).
        assert!(q >= 0.4197, "{q}");
    }

    #[test]
    fn planted_groups_are_found() {
        // 20 groups of 10, each node tied to 5 of its group; one edge in a ring between groups.
        let mut edges = Vec::new();
        for group in 0..20_u32 {
            for i in 0..10 {
                (1..=5).for_each(|step| edges.push((group * 10 + i, group * 10 + (i + step) % 10, 1.0)));
            }
            edges.push((group * 10, ((group + 1) % 20) * 10, 1.0));
        }
        let (_, found) = run(200, &edges, 1.0);
        assert!((0..200).all(|n| found[n] as usize == n / 10));
    }

    #[test]
    fn labels_stay_apart() {
        let edges = [(0, 1, 9.0), (1, 2, 9.0), (0, 2, 9.0)];
        let network = Network::new(3, &edges);
        let found = Leiden.communities(&network, &[Some(0), Some(1), None], 0.1);
        assert_ne!(found[0], found[1]);
    }

    #[test]
    fn no_edges_no_communities() {
        assert_eq!(run(3, &[], 1.0).1, [0, 1, 2]);
        assert_eq!(run(0, &[], 1.0).1, [] as [u32; 0]);
    }

    proptest! {
        #[test]
        fn communities_are_connected_and_no_worse_than_one_lump(
            edges in prop::collection::vec((0_u32..30, 0_u32..30, 0.1_f64..3.0), 0..90), resolution in 0.3_f64..2.5
        ) {
            let (network, found) = run(30, &edges, resolution);
            prop_assert!(parts_are_connected(&network, &found));
            prop_assert!(network.modularity(&found, resolution) >= network.modularity(&[0; 30], resolution) - 1e-9);
            let apart: Vec<u32> = (0..30).collect();
            prop_assert!(network.modularity(&found, resolution) >= network.modularity(&apart, resolution) - 1e-9);
        }
    }
}
