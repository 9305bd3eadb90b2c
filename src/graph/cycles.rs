//! Tangles: modules that can all reach each other, and the cheapest dependencies to cut so that none is left.
//!
//! Takes pairs sorted by (from, to); gives one [`Cycle`] for each strongly connected component of two or more modules.
//! Invariants: without its cuts a component has no cycle; with any one of them put back it has one again.
//! The cuts come from the ordering heuristic of Eades, Lin and Smyth ("A fast and effective heuristic for the feedback arc set
//! problem", 1993) with reference counts as weights, from moving single modules to their best place until that gains nothing, and
//! from putting back what need not go. The problem is NP-hard: few references, not provably fewest.

use super::Successors;
use crate::model::graph::{Cycle, Pair};
use crate::model::ids::ModuleId;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::VecDeque;

/// Rounds of moving each module to its best place; each costs at most modules² steps.
const IMPROVEMENT_ROUNDS: usize = 20;

/// Strongly connected components, each sorted; every component comes after all those that it depends on.
pub(crate) fn components(modules: usize, pairs: &[Pair]) -> Vec<Vec<u32>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(modules, pairs.len());
    for _ in 0..modules {
        graph.add_node(());
    }
    for p in pairs {
        graph.add_edge(NodeIndex::new(p.from.index()), NodeIndex::new(p.to.index()), ());
    }
    // Not petgraph's tarjan_scc: it recurses.
    let mut found: Vec<Vec<u32>> = kosaraju_scc(&graph).into_iter().map(|c| c.into_iter().map(|n| n.index() as u32).collect()).collect();
    found.iter_mut().for_each(|c| c.sort_unstable());
    found
}

/// The tangles among the components, largest first, then by first module.
pub(crate) fn cycles(components: &[Vec<u32>], pairs: &[Pair]) -> Vec<Cycle> {
    let mut tangles: Vec<&Vec<u32>> = components.iter().filter(|c| c.len() > 1).collect();
    tangles.sort_by_key(|c| (std::cmp::Reverse(c.len()), c[0]));
    tangles.into_iter().map(|modules| Tangle::new(modules, pairs).cycle()).collect()
}

/// One component with its nodes numbered 0.. in the order of their ids.
struct Tangle<'a> {
    modules: &'a [u32],
    /// Ends as positions in `modules`, sorted.
    pairs: Vec<Pair>,
    successors: Successors,
}

impl<'a> Tangle<'a> {
    fn new(modules: &'a [u32], all: &[Pair]) -> Self {
        let mut pairs = Vec::new();
        for (from, &module) in modules.iter().enumerate() {
            let first = all.partition_point(|p| p.from.0 < module);
            for p in all[first..].iter().take_while(|p| p.from.0 == module) {
                if let Ok(to) = modules.binary_search(&p.to.0) {
                    pairs.push(Pair { from: ModuleId::from(from), to: ModuleId::from(to), count: p.count });
                }
            }
        }
        let successors = Successors::new(modules.len(), &pairs);
        Self { modules, pairs, successors }
    }

    fn cycle(&self) -> Cycle {
        let global = |local: ModuleId| ModuleId(self.modules[local.index()]);
        let mut cuts: Vec<Pair> =
            self.cuts().into_iter().map(|p| Pair { from: global(p.from), to: global(p.to), count: p.count }).collect();
        cuts.sort_by_key(|p| (p.count, p.from, p.to));
        Cycle {
            modules: self.modules.iter().map(|&m| ModuleId(m)).collect(),
            example: self.shortest().into_iter().map(|m| ModuleId(self.modules[m as usize])).collect(),
            cuts,
        }
    }

    /// A shortest cycle, from its smallest module on.
    fn shortest(&self) -> Vec<u32> {
        let nodes = self.modules.len();
        let mut best: Vec<u32> = Vec::new();
        let mut before = vec![u32::MAX; nodes];
        let mut depth = vec![0_usize; nodes];
        for start in 0..nodes as u32 {
            // The shortest cycle whose smallest module is `start`: walk over larger ones only.
            let mut seen = vec![start];
            let mut queue = VecDeque::from([start]);
            depth[start as usize] = 1;
            'walk: while let Some(node) = queue.pop_front() {
                if !best.is_empty() && depth[node as usize] >= best.len() {
                    break;
                }
                for &next in self.successors.of(node) {
                    if next == start {
                        let mut path = vec![node];
                        while path[path.len() - 1] != start {
                            path.push(before[path[path.len() - 1] as usize]);
                        }
                        path.reverse();
                        best = path;
                        break 'walk;
                    }
                    if next > start && depth[next as usize] == 0 {
                        (before[next as usize], depth[next as usize]) = (node, depth[node as usize] + 1);
                        seen.push(next);
                        queue.push_back(next);
                    }
                }
            }
            seen.iter().for_each(|&n| depth[n as usize] = 0);
            if best.len() == 2 {
                break;
            }
        }
        best
    }

    fn cuts(&self) -> Vec<Pair> {
        let order = self.improved(self.greedy_order());
        let mut position = vec![0; order.len()];
        for (at, &node) in order.iter().enumerate() {
            position[node as usize] = at;
        }
        let back = |p: &&Pair| position[p.from.index()] > position[p.to.index()];
        let mut candidates: Vec<Pair> = self.pairs.iter().filter(back).copied().collect();
        let mut kept: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
        for p in self.pairs.iter().filter(|p| !back(p)) {
            kept[p.from.index()].push(p.to.0);
        }
        // What is dearest to cut is the first to be put back.
        candidates.sort_by_key(|p| (std::cmp::Reverse(p.count), p.from, p.to));
        candidates.retain(|p| {
            let closes = reaches(&kept, p.to.0, p.from.0);
            if !closes {
                kept[p.from.index()].push(p.to.0);
            }
            closes
        });
        candidates
    }

    /// Users first, used last, with few references pointing backwards.
    fn greedy_order(&self) -> Vec<u32> {
        let nodes = self.modules.len();
        let mut predecessors: Vec<Vec<(u32, i64)>> = vec![Vec::new(); nodes];
        let mut successors: Vec<Vec<(u32, i64)>> = vec![Vec::new(); nodes];
        let (mut out, mut into) = (vec![0_i64; nodes], vec![0_i64; nodes]);
        for p in &self.pairs {
            let weight = i64::from(p.count);
            successors[p.from.index()].push((p.to.0, weight));
            predecessors[p.to.index()].push((p.from.0, weight));
            out[p.from.index()] += weight;
            into[p.to.index()] += weight;
        }
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let mut left: Vec<u32> = (0..nodes as u32).collect();
        while !left.is_empty() {
            // A sink goes last, a source first, else the node with the greatest surplus of outgoing references; ties by id.
            let rank = |n: u32| match (out[n as usize], into[n as usize]) {
                (0, _) => (2, 0),
                (_, 0) => (1, 0),
                (o, i) => (0, o - i),
            };
            let at = (0..left.len()).max_by_key(|&at| (rank(left[at]), std::cmp::Reverse(left[at]))).expect("not empty");
            let node = left.remove(at);
            if out[node as usize] == 0 {
                last.push(node)
            } else {
                first.push(node)
            }
            for &(to, weight) in &successors[node as usize] {
                into[to as usize] -= weight;
            }
            for &(from, weight) in &predecessors[node as usize] {
                out[from as usize] -= weight;
            }
        }
        last.reverse();
        first.extend(last);
        first
    }

    /// Moves single nodes to where the fewest references point backwards, until that gains nothing.
    fn improved(&self, mut order: Vec<u32>) -> Vec<u32> {
        let nodes = order.len();
        let mut neighbours: Vec<Vec<(u32, i64)>> = vec![Vec::new(); nodes];
        for p in &self.pairs {
            let weight = i64::from(p.count);
            // Standing behind a node that one depends on costs; standing behind one that depends on it saves.
            neighbours[p.from.index()].push((p.to.0, weight));
            neighbours[p.to.index()].push((p.from.0, -weight));
        }
        let mut position = vec![0; nodes];
        order.iter().enumerate().for_each(|(at, &n)| position[n as usize] = at);
        for _ in 0..IMPROVEMENT_ROUNDS {
            let mut moved = false;
            for node in 0..nodes as u32 {
                let own = position[node as usize];
                let mut steps: Vec<(usize, i64)> = neighbours[node as usize].iter().map(|&(n, w)| (position[n as usize], w)).collect();
                steps.sort_unstable();
                // The change of cost when the node comes to stand right behind the one at each step.
                let before_own: i64 = steps.iter().take_while(|s| s.0 < own).map(|s| s.1).sum();
                let (mut best, mut cost, mut sum) = (0, 0, 0);
                if before_own > 0 {
                    (best, cost) = (-1, -before_own);
                }
                for &(at, weight) in &steps {
                    sum += weight;
                    if sum - before_own < cost {
                        (best, cost) = (at as i64 + 1, sum - before_own);
                    }
                }
                if cost < 0 {
                    let to = if best < 0 { 0 } else { best as usize };
                    if to > own {
                        order[own..to].rotate_left(1)
                    } else {
                        order[to..=own].rotate_right(1)
                    }
                    let touched = own.min(to)..own.max(to.saturating_sub(1)) + 1;
                    touched.for_each(|at| position[order[at] as usize] = at);
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        order
    }
}

/// Is there a path?
fn reaches(successors: &[Vec<u32>], from: u32, to: u32) -> bool {
    let mut seen = vec![false; successors.len()];
    seen[from as usize] = true;
    let mut stack = vec![from];
    while let Some(node) = stack.pop() {
        if node == to {
            return true;
        }
        for &next in &successors[node as usize] {
            if !std::mem::replace(&mut seen[next as usize], true) {
                stack.push(next);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(edges: &[(u32, u32, u32)]) -> Vec<Pair> {
        let mut rows: Vec<Pair> =
            edges.iter().filter(|e| e.0 != e.1).map(|&(from, to, count)| Pair { from: ModuleId(from), to: ModuleId(to), count }).collect();
        rows.sort_by_key(|p| (p.from, p.to));
        rows.dedup_by_key(|p| (p.from, p.to));
        rows
    }

    fn found(nodes: usize, pairs: &[Pair]) -> Vec<Cycle> {
        cycles(&components(nodes, pairs), pairs)
    }

    fn adjacency(nodes: usize, pairs: &[Pair]) -> Vec<Vec<u32>> {
        let mut out = vec![Vec::new(); nodes];
        pairs.iter().for_each(|p| out[p.from.index()].push(p.to.0));
        out
    }

    fn is_cyclic(nodes: usize, pairs: &[Pair]) -> bool {
        let out = adjacency(nodes, pairs);
        pairs.iter().any(|p| reaches(&out, p.to.0, p.from.0))
    }

    #[test]
    fn the_cheap_way_back_is_cut() {
        let rows = pairs(&[(0, 1, 9), (1, 2, 5), (2, 0, 1), (2, 3, 1)]);
        let cycles = found(4, &rows);
        assert_eq!(cycles.len(), 1);
        assert_eq!(cycles[0].cuts, [Pair { from: ModuleId(2), to: ModuleId(0), count: 1 }]);
        assert_eq!(cycles[0].example, [ModuleId(0), ModuleId(1), ModuleId(2)]);
    }

    #[test]
    fn a_long_chain_does_not_overflow() {
        let edges: Vec<_> = (0..20_000).map(|i| (i, (i + 1) % 20_000, 1)).collect();
        let components = components(20_000, &pairs(&edges));
        assert_eq!(components.len(), 1);
    }

    proptest! {
        #[test]
        fn cuts_leave_no_cycle_and_none_is_spare(edges in prop::collection::vec((0_u32..12, 0_u32..12, 1_u32..6), 0..50)) {
            let rows = pairs(&edges);
            let cycles = found(12, &rows);
            let cuts: Vec<Pair> = cycles.iter().flat_map(|c| c.cuts.clone()).collect();
            let rest: Vec<Pair> = rows.iter().filter(|p| !cuts.contains(p)).copied().collect();
            prop_assert!(!is_cyclic(12, &rest));
            for cut in &cuts {
                let mut again = rest.clone();
                again.push(*cut);
                prop_assert!(is_cyclic(12, &again));
            }
        }

        #[test]
        fn components_are_those_of_mutual_reach(edges in prop::collection::vec((0_u32..12, 0_u32..12, 1_u32..6), 0..40)) {
            let rows = pairs(&edges);
            let out = adjacency(12, &rows);
            let components = components(12, &rows);
            let mut of = [0; 12];
            for (i, c) in components.iter().enumerate() {
                c.iter().for_each(|&n| of[n as usize] = i);
            }
            for a in 0..12 {
                for b in 0..12 {
                    prop_assert_eq!(of[a] == of[b], reaches(&out, a as u32, b as u32) && reaches(&out, b as u32, a as u32));
                }
            }
            // What a component depends on stands before it.
            prop_assert!(rows.iter().all(|p| of[p.to.index()] <= of[p.from.index()]));
        }

        #[test]
        fn the_example_is_a_shortest_cycle(edges in prop::collection::vec((0_u32..9, 0_u32..9, 1_u32..3), 0..25)) {
            let rows = pairs(&edges);
            for cycle in found(9, &rows) {
                let n = cycle.example.len();
                for i in 0..n {
                    let (from, to) = (cycle.example[i], cycle.example[(i + 1) % n]);
                    prop_assert!(rows.iter().any(|p| (p.from, p.to) == (from, to)));
                }
                // Naive: powers of the adjacency matrix until a diagonal entry shows.
                let inside: Vec<Pair> = rows.iter().filter(|p| cycle.modules.contains(&p.from) && cycle.modules.contains(&p.to)).copied().collect();
                let mut walks: Vec<(ModuleId, ModuleId)> = inside.iter().map(|p| (p.from, p.to)).collect();
                let mut length = 1;
                while !walks.iter().any(|w| w.0 == w.1) {
                    walks = walks.iter().flat_map(|w| inside.iter().filter(|p| p.from == w.1).map(|p| (w.0, p.to))).collect();
                    walks.sort();
                    walks.dedup();
                    length += 1;
                }
                prop_assert_eq!(n, length);
            }
        }
    }
}
