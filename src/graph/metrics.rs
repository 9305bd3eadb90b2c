//! Figures of modules and of the whole graph.
//!
//! Takes pairs and strongly connected components; gives [`ModuleMetrics`] (Martin 1994) and [`SystemMetrics`].
//! The formulas stand beside the fields of those types. Propagation cost is exact at any size: reach is spread over the components
//! in bit sets, one block of targets after the other, so that memory stays in proportion to the number of modules.

use crate::model::codebase::{Codebase, ItemKind};
use crate::model::graph::{ModuleMetrics, Pair, SystemMetrics};

/// Words of 64 components for which reach is spread at once.
const BLOCK_WORDS: usize = 32;

/// Martin's metrics, one row per module.
pub fn modules(codebase: &Codebase, pairs: &[Pair]) -> Vec<ModuleMetrics> {
    let modules = codebase.modules.len();
    let (mut ca, mut ce) = (vec![0_u32; modules], vec![0_u32; modules]);
    for p in pairs {
        ce[p.from.index()] += 1;
        ca[p.to.index()] += 1;
    }
    let (mut types, mut traits) = (vec![0_u32; modules], vec![0_u32; modules]);
    for item in codebase.items.iter().filter(|i| i.parent.is_none()) {
        if matches!(item.kind, ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::Trait) {
            types[item.module.index()] += 1;
            traits[item.module.index()] += u32::from(item.kind == ItemKind::Trait);
        }
    }
    (0..modules)
        .map(|m| {
            let instability = share(ce[m], ca[m] + ce[m]);
            let abstractness = share(traits[m], types[m]);
            ModuleMetrics { ca: ca[m], ce: ce[m], instability, abstractness, distance: (abstractness + instability - 1.0).abs() }
        })
        .collect()
}

/// Figures of the whole; `components` as [`super::cycles`] orders them: each after all that it depends on.
pub(crate) fn system(modules: usize, pairs: &[Pair], components: &[Vec<u32>]) -> SystemMetrics {
    if modules == 0 {
        return SystemMetrics::default();
    }
    let in_cycles: usize = components.iter().map(Vec::len).filter(|&size| size > 1).sum();
    let reached = reachable_pairs(modules, pairs, components);
    let all = modules as f64 * modules as f64;
    SystemMetrics { cyclicity: in_cycles as f64 / modules as f64, propagation_cost: reached as f64 / all }
}

/// Ordered pairs (a, b) with a path from a to b, a = b counted.
fn reachable_pairs(modules: usize, pairs: &[Pair], components: &[Vec<u32>]) -> u64 {
    let mut of = vec![0_usize; modules];
    for (i, component) in components.iter().enumerate() {
        component.iter().for_each(|&m| of[m as usize] = i);
    }
    let mut edges: Vec<(usize, usize)> = pairs.iter().map(|p| (of[p.from.index()], of[p.to.index()])).filter(|(a, b)| a != b).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut total = 0;
    for block in (0..components.len()).step_by(BLOCK_WORDS * 64) {
        let mut reach = vec![[0_u64; BLOCK_WORDS]; components.len()];
        let mut next = edges.iter().peekable();
        for from in 0..components.len() {
            let mut set = [0_u64; BLOCK_WORDS];
            if let Some(bit) = from.checked_sub(block).filter(|&bit| bit < BLOCK_WORDS * 64) {
                set[bit / 64] |= 1 << (bit % 64);
            }
            while let Some(&(_, to)) = next.next_if(|e| e.0 == from) {
                set.iter_mut().zip(&reach[to]).for_each(|(own, theirs)| *own |= theirs);
            }
            let mut members = 0_u64;
            for (w, &word) in set.iter().enumerate() {
                let mut bits = word;
                while bits != 0 {
                    members += components[block + w * 64 + bits.trailing_zeros() as usize].len() as u64;
                    bits &= bits - 1;
                }
            }
            total += members * components[from].len() as u64;
            reach[from] = set;
        }
    }
    total
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::cycles::components;
    use crate::graph::module_graph;
    use crate::model::ids::ModuleId;
    use crate::model::testing::{codebase, id};
    use proptest::prelude::*;

    #[test]
    fn martin() {
        let code = codebase(
            "trait s::port::Port
             struct s::port::Row
             s::a -> s::port::Port trait 2
             s::b -> s::port::Port trait 1
             s::port -> s::base call 1",
        );
        let m = module_graph(&code).metrics[id(&code, "s::port").index()];
        assert_eq!((m.ca, m.ce, m.abstractness), (2, 1, 0.5));
        assert!((m.instability - 1.0 / 3.0).abs() < 1e-12 && (m.distance - 1.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn a_chain_reaches_half_and_a_ring_everything() {
        let chain = module_graph(&codebase("a -> b\n b -> c")).system;
        assert!((chain.propagation_cost - 6.0 / 9.0).abs() < 1e-12 && chain.cyclicity == 0.0);
        let ring = module_graph(&codebase("a -> b\n b -> c\n c -> a")).system;
        assert_eq!((ring.propagation_cost, ring.cyclicity), (1.0, 1.0));
    }

    proptest! {
        #[test]
        fn reach_is_that_of_warshall(edges in prop::collection::vec((0_u32..15, 0_u32..15), 0..40)) {
            let mut rows: Vec<Pair> = edges.iter().filter(|e| e.0 != e.1).map(|e| Pair { from: ModuleId(e.0), to: ModuleId(e.1), count: 1 }).collect();
            rows.sort_by_key(|p| (p.from, p.to));
            rows.dedup();
            let mut reach = [[false; 15]; 15];
            (0..15).for_each(|i| reach[i][i] = true);
            rows.iter().for_each(|p| reach[p.from.index()][p.to.index()] = true);
            for k in 0..15 {
                for i in 0..15 {
                    for j in 0..15 {
                        reach[i][j] |= reach[i][k] && reach[k][j];
                    }
                }
            }
            let naive = reach.iter().flatten().filter(|&&r| r).count() as u64;
            prop_assert_eq!(reachable_pairs(15, &rows, &components(15, &rows)), naive);
        }
    }
}
