//! Communities too small to be a service join the neighbour that they are tied to most.
//!
//! Takes communities of capability modules; gives fewer. A community with a pinned module is left alone. One without any affinity
//! follows the modules around it in the module tree, and stays on its own where there are none.

use super::affinity::Affinity;
use super::network::renumber;
use crate::model::codebase::Codebase;
use crate::model::ids::ModuleId;
use std::collections::{BTreeMap, BTreeSet};

/// Modules in a community that is no fragment, whatever its size.
const MODULES: usize = 4;
/// Lines in a single module that is no fragment.
const LINES_ALONE: u32 = 400;
/// Lines in two modules or three that are no fragment.
const LINES: u32 = 150;

/// Merges fragments, smallest first, into the community with the strongest tie.
pub(crate) fn merge(codebase: &Codebase, affinity: &Affinity, communities: &mut [u32], pinned: &[bool]) {
    let count = renumber(communities);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    communities.iter().enumerate().for_each(|(node, &c)| members[c as usize].push(node));
    let lines_of = |nodes: &[usize]| nodes.iter().map(|&n| codebase.modules[affinity.nodes[n].index()].lines).sum::<u32>();
    // Smallest first; none where a community is large enough, or held.
    let ranked = |nodes: &[usize], community: u32| {
        let lines = lines_of(nodes);
        let small = (1..MODULES).contains(&nodes.len()) && lines < if nodes.len() == 1 { LINES_ALONE } else { LINES };
        (small && !nodes.iter().any(|&n| pinned[n])).then(|| (nodes.len(), lines, nodes[0], community))
    };
    let mut open: BTreeSet<(usize, u32, usize, u32)> = (0..count).filter_map(|c| ranked(&members[c], c as u32)).collect();
    while let Some((.., own)) = open.pop_first() {
        let fragment = std::mem::take(&mut members[own as usize]);
        match strongest(affinity, communities, &fragment).or_else(|| around(codebase, affinity, communities, fragment[0])) {
            Some(to) => {
                let joined = &mut members[to as usize];
                if let Some(key) = ranked(joined, to) {
                    open.remove(&key);
                }
                fragment.iter().for_each(|&n| communities[n] = to);
                joined.extend(fragment);
                joined.sort_unstable();
                open.extend(ranked(joined, to));
            }
            None => members[own as usize] = fragment,
        }
    }
    renumber(communities);
}

/// The other community with the greatest sum of affinity.
fn strongest(affinity: &Affinity, communities: &[u32], fragment: &[usize]) -> Option<u32> {
    let own = communities[fragment[0]];
    let mut ties: BTreeMap<u32, f64> = BTreeMap::new();
    for &(to, weight) in fragment.iter().flat_map(|&n| affinity.network.neighbours(n as u32)) {
        *ties.entry(communities[to as usize]).or_default() += weight;
    }
    ties.into_iter().filter(|t| t.0 != own).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|t| t.0)
}

/// The community of most modules under the nearest enclosing module, below the crate root.
fn around(codebase: &Codebase, affinity: &Affinity, communities: &[u32], node: usize) -> Option<u32> {
    let parent = |m: ModuleId| codebase.modules[m.index()].parent;
    let mut enclosing = parent(affinity.nodes[node]);
    while let Some(folder) = enclosing.filter(|&f| parent(f).is_some()) {
        let inside = |m: ModuleId| std::iter::successors(Some(m), |&m| parent(m)).any(|m| m == folder);
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for (other, &m) in affinity.nodes.iter().enumerate() {
            if communities[other] != communities[node] && inside(m) {
                *counts.entry(communities[other]).or_default() += 1;
            }
        }
        if let Some(most) = counts.iter().max_by_key(|c| (*c.1, std::cmp::Reverse(*c.0))) {
            return Some(*most.0);
        }
        enclosing = parent(folder);
    }
    None
}
