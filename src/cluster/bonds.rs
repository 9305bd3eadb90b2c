//! What the user wants together, and what apart.
//!
//! Takes pins, bonds and the affinity's nodes; gives [`Groups`]: nodes that are one for whatever clusters them. A community that holds two
//! sides of what is apart is cut in two by the same algorithm, as far from its middle as the weights say. Invariant: after
//! [`Groups::part`] no community holds two sides of one bond.

use super::affinity::Affinity;
use super::network::{Network, renumber};
use super::{Algorithm, Bond, Options};
use crate::model::ids::ModuleId;
use std::collections::BTreeMap;

/// Nodes that share a community in any case.
pub(super) struct Groups {
    /// Group of each node, numbered from 0 without gaps.
    pub(super) of_node: Vec<u32>,
    pub(super) count: usize,
    /// The pin of each group; different ones are never in one community.
    pub(super) labels: Vec<Option<u32>>,
    /// Of each bond that parts, the groups with their sides.
    apart: Vec<Vec<(u32, u32)>>,
}

impl Groups {
    pub(super) fn new(affinity: &Affinity, pins: &[Option<u32>], options: &Options) -> Self {
        let node = |m: &ModuleId| affinity.nodes.binary_search(m).ok();
        let mut with: Vec<usize> = (0..pins.len()).collect();
        let mut first_of: BTreeMap<u32, usize> = BTreeMap::new();
        for (at, pin) in pins.iter().enumerate() {
            if let Some(pin) = pin {
                join(&mut with, *first_of.entry(*pin).or_insert(at), at);
            }
        }
        for bond in &options.together {
            let nodes: Vec<usize> = bond.sides.iter().flatten().filter_map(node).collect();
            nodes.windows(2).for_each(|pair| join(&mut with, pair[0], pair[1]));
        }
        let mut of_node: Vec<u32> = (0..pins.len()).map(|at| first(&with, at) as u32).collect();
        let count = renumber(&mut of_node);
        let mut labels = vec![None; count];
        of_node.iter().zip(pins).for_each(|(&g, &pin)| labels[g as usize] = labels[g as usize].or(pin));
        let sides = |bond: &Bond| -> Vec<(u32, u32)> {
            let of_side =
                |(at, side): (usize, &Vec<_>)| -> Vec<(u32, u32)> { side.iter().filter_map(node).map(|n| (n as u32, at as u32)).collect() };
            bond.sides.iter().enumerate().flat_map(of_side).map(|(n, at)| (of_node[n as usize], at)).collect()
        };
        let apart = options.apart.iter().map(sides).collect();
        Self { of_node, count, labels, apart }
    }

    /// Communities of groups as communities of nodes.
    pub(super) fn of_nodes(&self, communities: &[u32]) -> Vec<u32> {
        self.of_node.iter().map(|&g| communities[g as usize]).collect()
    }

    /// Cuts communities of nodes, groups whole, so that no two sides are in one.
    pub(super) fn part(&self, network: &Network, algorithm: &dyn Algorithm, resolution: f64, communities: &mut [u32]) {
        if self.apart.is_empty() {
            return;
        }
        let mut of_groups = vec![0; self.count];
        self.of_node.iter().zip(communities.iter()).for_each(|(&g, &c)| of_groups[g as usize] = c);
        for sides in &self.apart {
            let mut within: BTreeMap<u32, BTreeMap<u32, u32>> = BTreeMap::new();
            sides.iter().for_each(|&(group, side)| {
                within.entry(of_groups[group as usize]).or_default().insert(group, side);
            });
            for (community, side_of) in within {
                let mut found: Vec<u32> = side_of.values().copied().collect();
                found.sort_unstable();
                found.dedup();
                if found.len() > 1 {
                    cut(network, algorithm, resolution, &mut of_groups, community, &side_of, &found);
                }
            }
        }
        communities.copy_from_slice(&self.of_nodes(&of_groups));
        renumber(communities);
    }
}

/// Cuts one community into one for each side that is in it.
fn cut(
    network: &Network,
    algorithm: &dyn Algorithm,
    resolution: f64,
    of_groups: &mut [u32],
    community: u32,
    side_of: &BTreeMap<u32, u32>,
    sides: &[u32],
) {
    let members: Vec<u32> = (0..of_groups.len() as u32).filter(|&g| of_groups[g as usize] == community).collect();
    let position: BTreeMap<u32, u32> = members.iter().zip(0..).map(|(&g, at)| (g, at)).collect();
    let mut edges = Vec::new();
    for (&group, &at) in &position {
        let inside = network.neighbours(group).iter().filter_map(|(to, weight)| Some((*position.get(to)?, *weight)));
        edges.extend(inside.filter(|(to, _)| *to > at).map(|(to, weight)| (at, to, weight)));
    }
    let inner = Network::new(members.len(), &edges);
    let labels: Vec<Option<u32>> = members.iter().map(|g| side_of.get(g).copied()).collect();
    let parts = algorithm.communities(&inner, &labels, resolution);
    let count = parts.iter().max().map_or(0, |m| *m as usize + 1);
    let mut side: Vec<Option<u32>> = vec![None; count];
    parts.iter().zip(&labels).for_each(|(&part, &label)| side[part as usize] = side[part as usize].or(label));
    // What no side is in goes where it is tied most, nearest first; what is tied to none stays with the first side.
    let between = inner.aggregate(&parts, count);
    while let Some((part, to)) = strongest(&between, &side) {
        side[part] = side[to];
    }
    let next = of_groups.iter().max().map_or(0, |m| m + 1);
    for (&group, &part) in members.iter().zip(&parts) {
        let side = side[part as usize].and_then(|side| sides.iter().position(|s| *s == side)).unwrap_or(0);
        if side > 0 {
            of_groups[group as usize] = next + side as u32 - 1;
        }
    }
}

/// The part without a side that is tied most to one with a side, and that one.
fn strongest(between: &Network, side: &[Option<u32>]) -> Option<(usize, usize)> {
    let open = (0..side.len()).filter(|&part| side[part].is_none());
    let ties = open.flat_map(|part| between.neighbours(part as u32).iter().map(move |&(to, weight)| (part, to as usize, weight)));
    let best = ties.filter(|tie| side[tie.1].is_some()).reduce(|best, next| if next.2 > best.2 { next } else { best })?;
    Some((best.0, best.1))
}

fn first(with: &[usize], mut at: usize) -> usize {
    while with[at] != at {
        at = with[at];
    }
    at
}

fn join(with: &mut [usize], a: usize, b: usize) {
    let (a, b) = (first(with, a), first(with, b));
    with[a.max(b)] = a.min(b);
}

#[cfg(test)]
mod tests {
    use crate::cluster::tests::{layered, partition, service};
    use crate::cluster::{Bond, Options};
    use crate::model::testing::{codebase, id};

    fn bond(text: &str, sides: &[&[&str]]) -> Bond {
        let code = codebase(text);
        let side = |names: &&[&str]| names.iter().map(|name| id(&code, &format!("shop::{name}"))).collect();
        Bond { patterns: String::new(), reason: None, sides: sides.iter().map(side).collect() }
    }

    #[test]
    fn what_is_together_shares_a_service() {
        let together = vec![bond(&layered(), &[&["models::orders"], &["handlers::parcels"]])];
        let (code, found) = partition(&layered(), &Options { together, ..Options::default() });
        assert_eq!(service(&code, &found, "shop::models::orders"), service(&code, &found, "shop::handlers::parcels"));
        assert_eq!(service(&code, &found, "shop::models::payments"), Some("payments"), "the others stay where they are");
    }

    #[test]
    fn what_is_apart_does_not_and_takes_with_it_what_is_tied_to_it() {
        let apart = vec![bond(&layered(), &[&["models::orders"], &["handlers::orders"]])];
        let (code, found) = partition(&layered(), &Options { apart, ..Options::default() });
        let of = |layer: &str| service(&code, &found, &format!("shop::{layer}::orders"));
        assert_ne!(of("models"), of("handlers"));
        assert!(of("services") == of("models") || of("services") == of("handlers"));
        found.verify(code.modules.len()).expect("a sound partition");
    }

    #[test]
    fn what_is_not_split_is_parted_where_that_is_asked() {
        let text = "a::x -> a::y\n a::z -> a::y";
        let code = codebase(text);
        let apart = vec![Bond { patterns: String::new(), reason: None, sides: vec![vec![id(&code, "a::x")], vec![id(&code, "a::y")]] }];
        let (code, found) = partition(text, &Options { apart, ..Options::default() });
        assert_eq!(found.names.len(), 2);
        assert_ne!(service(&code, &found, "a::x"), service(&code, &found, "a::y"));
    }
}
