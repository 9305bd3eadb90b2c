//! Agglomerative clustering by average linkage: R. R. Sokal, C. D. Michener, "A statistical method for evaluating systematic
//! relationships", 1958; on software by N. Anquetil, T. C. Lethbridge, "Experiments with clustering as a software remodularization method",
//! 1999.
//!
//! Takes a network, a resolution, and a label for nodes that must not share a community with another label. The two clusters with the
//! greatest mean weight between their members are joined, again and again; of all the partitions on the way, the one with the greatest
//! modularity at the resolution is given. Invariants: every community is connected; the same input gives the same answer, ties going to
//! the clusters with the first nodes.

use super::Algorithm;
use super::network::{Network, renumber};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

/// A gain below this is rounding.
const EPSILON: f64 = 1e-12;

/// Average linkage, cut where modularity is highest.
pub(super) struct Linkage;

impl Algorithm for Linkage {
    fn name(&self) -> &'static str {
        "linkage"
    }

    fn summary(&self) -> &'static str {
        "average linkage, cut where modularity is highest: slower, and nested by nature; to compare (Sokal, Michener 1958)"
    }

    fn communities(&self, network: &Network, labels: &[Option<u32>], resolution: f64) -> Vec<u32> {
        let mut clusters = Clusters::new(network, labels);
        let mut pairs: BinaryHeap<Pair> = (0..network.nodes() as u32).flat_map(|a| clusters.pairs(a, a + 1)).collect();
        // The cluster that each node had joined when modularity was highest: so many of the joins count.
        let mut joins: Vec<(u32, u32)> = Vec::new();
        let (mut gain, mut best, mut kept) = (0.0, EPSILON, 0);
        while let Some(pair) = pairs.pop() {
            if !clusters.current(&pair) || !clusters.may_join(pair.a, pair.b) {
                continue;
            }
            gain += clusters.gain(pair.a, pair.b, network.total(), resolution);
            clusters.join(pair.a, pair.b);
            joins.push((pair.a, pair.b));
            if gain > best {
                (best, kept) = (gain + EPSILON, joins.len());
            }
            pairs.extend(clusters.pairs(pair.a, 0));
        }
        let mut of: Vec<u32> = (0..network.nodes() as u32).collect();
        // Later joins name clusters that earlier ones have made: from the last to the first, each cluster learns where it ends up.
        for &(a, b) in joins[..kept].iter().rev() {
            of[b as usize] = of[a as usize];
        }
        renumber(&mut of);
        of
    }
}

/// Two clusters that could be joined.
struct Pair {
    mean: f64,
    a: u32,
    b: u32,
    /// How often each had been joined when this was worked out.
    age: (u32, u32),
}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.mean.total_cmp(&other.mean).then_with(|| (other.a, other.b).cmp(&(self.a, self.b)))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pair {}

/// All clusters, each under its first node.
struct Clusters {
    /// Weight between a cluster and others.
    ties: Vec<BTreeMap<u32, f64>>,
    size: Vec<f64>,
    strength: Vec<f64>,
    label: Vec<Option<u32>>,
    /// Number of joins; `u32::MAX` for what has gone into another.
    age: Vec<u32>,
}

impl Clusters {
    fn new(network: &Network, labels: &[Option<u32>]) -> Self {
        let nodes = network.nodes();
        Self {
            ties: (0..nodes as u32).map(|n| network.neighbours(n).iter().copied().collect()).collect(),
            size: vec![1.0; nodes],
            strength: (0..nodes as u32).map(|n| network.strength(n)).collect(),
            label: labels.to_vec(),
            age: vec![0; nodes],
        }
    }

    /// Pairs of a cluster with those from a number on.
    fn pairs(&self, cluster: u32, from: u32) -> impl Iterator<Item = Pair> + '_ {
        self.ties[cluster as usize].range(from..).map(move |(&other, &weight)| {
            let (a, b) = (cluster.min(other), cluster.max(other));
            let mean = weight / (self.size[a as usize] * self.size[b as usize]);
            Pair { mean, a, b, age: (self.age[a as usize], self.age[b as usize]) }
        })
    }

    fn current(&self, pair: &Pair) -> bool {
        pair.age == (self.age[pair.a as usize], self.age[pair.b as usize])
    }

    fn may_join(&self, a: u32, b: u32) -> bool {
        self.label[a as usize].is_none() || self.label[b as usize].is_none()
    }

    /// What joining them adds to modularity.
    fn gain(&self, a: u32, b: u32, total: f64, resolution: f64) -> f64 {
        let between = self.ties[a as usize].get(&b).copied().unwrap_or(0.0);
        2.0 * (between / total - resolution * (self.strength[a as usize] / total) * (self.strength[b as usize] / total))
    }

    /// The second goes into the first.
    fn join(&mut self, a: u32, b: u32) {
        let (into, gone) = (a as usize, b as usize);
        for (other, weight) in std::mem::take(&mut self.ties[gone]) {
            self.ties[other as usize].remove(&b);
            if other != a {
                *self.ties[into].entry(other).or_default() += weight;
                *self.ties[other as usize].entry(a).or_default() += weight;
            }
        }
        self.size[into] += self.size[gone];
        self.strength[into] += self.strength[gone];
        self.label[into] = self.label[into].or(self.label[gone]);
        self.age[into] += 1;
        self.age[gone] = u32::MAX;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(nodes: usize, edges: &[(u32, u32, f64)], labels: &[Option<u32>], resolution: f64) -> Vec<u32> {
        Linkage.communities(&Network::new(nodes, edges), labels, resolution)
    }

    #[test]
    fn two_triangles_with_a_bridge() {
        let edges = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (3, 4, 1.0), (4, 5, 1.0), (3, 5, 1.0), (2, 3, 0.5)];
        assert_eq!(run(6, &edges, &[None; 6], 1.0), [0, 0, 0, 1, 1, 1]);
        // So low that nothing outweighs what is between them.
        assert_eq!(run(6, &edges, &[None; 6], 0.01), [0; 6]);
    }

    #[test]
    fn labels_stay_apart_and_no_edges_join_nothing() {
        let found = run(3, &[(0, 1, 9.0), (1, 2, 9.0), (0, 2, 9.0)], &[Some(0), Some(1), None], 0.1);
        assert_ne!(found[0], found[1]);
        assert_eq!(run(3, &[], &[None; 3], 1.0), [0, 1, 2]);
        assert_eq!(run(0, &[], &[], 1.0), [] as [u32; 0]);
    }

    proptest! {
        #[test]
        fn never_worse_than_apart(edges in prop::collection::vec((0_u32..25, 0_u32..25, 0.1_f64..3.0), 0..80), resolution in 0.3_f64..2.5) {
            let network = Network::new(25, &edges);
            let found = Linkage.communities(&network, &[None; 25], resolution);
            let apart: Vec<u32> = (0..25).collect();
            prop_assert!(network.modularity(&found, resolution) >= network.modularity(&apart, resolution) - 1e-9);
        }
    }
}
