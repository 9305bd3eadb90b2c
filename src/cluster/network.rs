//! Weighted undirected graphs in compressed rows, and modularity on them.
//!
//! Takes edges in any order, each once or summed; gives rows sorted by neighbour. Loops are kept apart: a loop of weight w adds 2w to
//! its node's strength.

use serde::Serialize;

/// A weighted undirected graph.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Network {
    starts: Vec<usize>,
    neighbours: Vec<(u32, f64)>,
    loops: Vec<f64>,
    strengths: Vec<f64>,
    total: f64,
}

impl Network {
    /// A graph on `nodes` nodes; edges between the same two nodes are summed, those without weight are left out.
    pub fn new(nodes: usize, edges: &[(u32, u32, f64)]) -> Self {
        let mut loops = vec![0.0; nodes];
        let mut once: Vec<(u32, u32, f64)> = Vec::with_capacity(edges.len());
        for &(a, b, weight) in edges.iter().filter(|e| e.2 > 0.0) {
            if a == b {
                loops[a as usize] += weight;
            } else {
                once.push((a.min(b), a.max(b), weight));
            }
        }
        Self::from_parts(loops, &once)
    }

    /// The same from the loops of the nodes and the edges between two, smaller node first.
    fn from_parts(loops: Vec<f64>, once: &[(u32, u32, f64)]) -> Self {
        let nodes = loops.len();
        let (rows, once) = by_smaller(nodes, once);
        let mut pairs: Vec<(u32, u32, f64)> = Vec::with_capacity(once.len());
        let mut starts = vec![0; nodes + 1];
        // Of the row at hand: sums by the greater node, formed in the order given, and which are there. No weight is zero.
        let (mut sums, mut there) = (vec![0.0; nodes], Vec::new());
        for a in 0..nodes {
            for &(b, weight) in &once[rows[a]..rows[a + 1]] {
                let sum = &mut sums[b as usize];
                if *sum == 0.0 {
                    there.push(b);
                }
                *sum += weight;
            }
            there.sort_unstable();
            starts[a + 1] += there.len();
            for b in there.drain(..) {
                starts[b as usize + 1] += 1;
                pairs.push((a as u32, b, std::mem::take(&mut sums[b as usize])));
            }
        }
        for i in 0..nodes {
            starts[i + 1] += starts[i];
        }
        // Pairs come by their smaller node, then the greater: each row gets first the smaller neighbours, then the greater, in order.
        let mut neighbours = vec![(0, 0.0); pairs.len() * 2];
        let mut ends = starts.clone();
        let mut strengths: Vec<f64> = loops.iter().map(|w| 2.0 * w).collect();
        for (a, b, weight) in pairs {
            for (row, to) in [(a as usize, b), (b as usize, a)] {
                neighbours[ends[row]] = (to, weight);
                ends[row] += 1;
                strengths[row] += weight;
            }
        }
        let total = strengths.iter().sum();
        Self { starts, neighbours, loops, strengths, total }
    }

    /// The same graph with each weight times a factor of its own, drawn evenly from 1 − spread to 1 + spread; the same for the same seed.
    pub(crate) fn perturbed(&self, seed: u64, spread: f64) -> Self {
        let mut out = self.clone();
        out.strengths = out.loops.iter().map(|w| 2.0 * w).collect();
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        for a in 0..self.nodes() as u32 {
            let row = self.starts[a as usize]..self.starts[a as usize + 1];
            for at in row.clone().skip(self.neighbours[row].partition_point(|n| n.0 <= a)) {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let factor = 1.0 + spread * ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0);
                let (b, weight) = (self.neighbours[at].0, self.neighbours[at].1 * factor);
                let back = self.starts[b as usize] + self.neighbours(b).partition_point(|n| n.0 < a);
                out.neighbours[at].1 = weight;
                out.neighbours[back].1 = weight;
                out.strengths[a as usize] += weight;
                out.strengths[b as usize] += weight;
            }
        }
        out.total = out.strengths.iter().sum();
        out
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.loops.len()
    }

    /// Neighbours of a node with the weights of the edges, sorted; no loops.
    pub fn neighbours(&self, node: u32) -> &[(u32, f64)] {
        &self.neighbours[self.starts[node as usize]..self.starts[node as usize + 1]]
    }

    /// Sum of the weights at a node, its loop counted twice.
    pub fn strength(&self, node: u32) -> f64 {
        self.strengths[node as usize]
    }

    /// Sum of all strengths: twice the weight of all edges.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Modularity Q = Σ over communities of (inside / total − γ (strength / total)²), with γ the resolution; −0.5..=1 for γ = 1.
    /// M. E. J. Newman, "Analysis of weighted networks", 2004; γ after Reichardt and Bornholdt, 2006.
    pub fn modularity(&self, communities: &[u32], resolution: f64) -> f64 {
        if self.total <= 0.0 {
            return 0.0;
        }
        let count = communities.iter().max().map_or(0, |m| *m as usize + 1);
        let (mut inside, mut strength) = (vec![0.0; count], vec![0.0; count]);
        for node in 0..self.nodes() as u32 {
            let own = communities[node as usize];
            strength[own as usize] += self.strength(node);
            let kept: f64 = self.neighbours(node).iter().filter(|n| communities[n.0 as usize] == own).map(|n| n.1).sum();
            inside[own as usize] += kept + 2.0 * self.loops[node as usize];
        }
        inside.iter().zip(&strength).map(|(i, s)| i / self.total - resolution * (s / self.total).powi(2)).sum()
    }

    /// The graph whose nodes are `groups` (numbered from 0 without gaps).
    pub(crate) fn aggregate(&self, groups: &[u32], count: usize) -> Self {
        let mut loops = vec![0.0; count];
        let mut once: Vec<(u32, u32, f64)> = Vec::with_capacity(self.neighbours.len() / 2);
        for node in 0..self.nodes() as u32 {
            let own = groups[node as usize];
            loops[own as usize] += self.loops[node as usize];
            let neighbours = self.neighbours(node);
            for &(to, weight) in &neighbours[neighbours.partition_point(|n| n.0 <= node)..] {
                let to = groups[to as usize];
                if to == own {
                    loops[own as usize] += weight;
                } else {
                    once.push((own.min(to), own.max(to), weight));
                }
            }
        }
        Self::from_parts(loops, &once)
    }
}

/// The edges by their smaller node, in their order where it is the same, and where those of each node begin: by counting, which takes as
/// long as there are edges.
fn by_smaller(nodes: usize, edges: &[(u32, u32, f64)]) -> (Vec<usize>, Vec<(u32, f64)>) {
    let mut starts = vec![0_usize; nodes + 1];
    edges.iter().for_each(|e| starts[e.0 as usize + 1] += 1);
    for i in 0..nodes {
        starts[i + 1] += starts[i];
    }
    let mut ends = starts.clone();
    let mut sorted = vec![(0, 0.0); edges.len()];
    for &(a, b, weight) in edges {
        let end = &mut ends[a as usize];
        sorted[*end] = (b, weight);
        *end += 1;
    }
    (starts, sorted)
}

/// Numbers the groups 0.. in the order of their first members; gives their number.
pub(crate) fn renumber(groups: &mut [u32]) -> usize {
    let mut names = vec![u32::MAX; groups.iter().max().map_or(0, |m| *m as usize + 1)];
    let mut next = 0;
    for group in groups.iter_mut() {
        let name = &mut names[*group as usize];
        if *name == u32::MAX {
            *name = next;
            next += 1;
        }
        *group = *name;
    }
    next as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modularity_of_two_triangles_with_a_bridge() {
        let edges = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (3, 4, 1.0), (4, 5, 1.0), (3, 5, 1.0), (2, 3, 1.0)];
        let network = Network::new(6, &edges);
        let q = network.modularity(&[0, 0, 0, 1, 1, 1], 1.0);
        assert!((q - 5.0 / 14.0).abs() < 1e-12);
        let coarse = network.aggregate(&[0, 0, 0, 1, 1, 1], 2);
        assert!((coarse.modularity(&[0, 1], 1.0) - q).abs() < 1e-12);
        assert_eq!(network.modularity(&[0; 6], 1.0), 0.0);
    }
}
