//! Figures of a partition, as the literature computes them; see [`Quality`] for what they mean and which way is better.
//!
//! Takes the module graph, the affinity and the service of each capability module; gives [`Quality`]. SM, ICP and IFN are those of
//! Mono2Micro (Kalia et al., FSE 2021): pairs of modules with a reference in either direction, edges weighted 1 + ln(references).

use super::affinity::Affinity;
use crate::model::graph::ModuleGraph;
use crate::model::partition::Quality;
use std::collections::BTreeMap;

/// Sizes of services that are not extreme.
const ORDINARY: std::ops::RangeInclusive<usize> = 5..=20;

/// The figures; `services` gives the community of each node of the affinity, numbered from 0 without gaps.
pub(crate) fn measure(graph: &ModuleGraph, affinity: &Affinity, services: &[u32]) -> Quality {
    let count = services.iter().max().map_or(0, |m| *m as usize + 1);
    if count == 0 {
        return Quality::default();
    }
    let mut node = vec![usize::MAX; graph.modules];
    affinity.nodes.iter().enumerate().for_each(|(i, m)| node[m.index()] = i);
    let mut sizes = vec![0_usize; count];
    services.iter().for_each(|&s| sizes[s as usize] += 1);

    let (mut all, mut between) = (0.0, 0.0);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for kinds in graph.dependencies.chunk_by(|a, b| (a.from, a.to) == (b.from, b.to)) {
        let (a, b) = (node[kinds[0].from.index()], node[kinds[0].to.index()]);
        if a != usize::MAX && b != usize::MAX {
            // A weight below 1 is of a graph whose weights are no numbers of calls.
            let weight = 1.0 + kinds.iter().map(|d| d.weight).sum::<f64>().max(1.0).ln();
            all += weight;
            between += if services[a] == services[b] { 0.0 } else { weight };
            pairs.push((a.min(b), a.max(b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut inside = vec![0_usize; count];
    let mut across: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for &(a, b) in &pairs {
        let (x, y) = (services[a], services[b]);
        if x == y {
            inside[x as usize] += 1;
        } else {
            *across.entry((x.min(y), x.max(y))).or_default() += 1;
        }
    }
    let crossing: usize = across.values().sum();
    let cohesion: f64 = inside.iter().zip(&sizes).map(|(&mu, &m)| mu as f64 / (m * m) as f64).sum::<f64>() / count as f64;
    let service_pairs = (count * (count - 1)) as f64 / 2.0;
    let coupling: f64 = across.iter().map(|((x, y), &s)| s as f64 / (sizes[*x as usize] * sizes[*y as usize]) as f64).sum();
    let ordinary: usize = sizes.iter().filter(|s| ORDINARY.contains(s)).sum();
    Quality {
        modularity: affinity.network.modularity(services, 1.0),
        sm: cohesion - if service_pairs > 0.0 { coupling / service_pairs } else { 0.0 },
        icp: if all > 0.0 { between / all } else { 0.0 },
        ifn: crossing as f64 / count as f64,
        ned: 1.0 - ordinary as f64 / services.len() as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::paths::Paths;
    use crate::graph::module_graph;
    use crate::model::evidence::Evidence;
    use crate::model::ids::ModuleId;
    use crate::model::testing::codebase;

    #[test]
    fn figures_by_hand() {
        // a–b–c tied in a triangle, d–e tied, one reference from c to d.
        let code = codebase("a -> b call\n b -> c call\n c -> a call\n d -> e call 3\n e -> d call\n c -> d call");
        let graph = module_graph(&code);
        let nodes: Vec<ModuleId> = (0..5).map(ModuleId).collect();
        let affinity =
            Affinity::new(&code, &graph, &Evidence::default(), &Paths::new(&code), nodes, &crate::cluster::Options::default().weights);
        let q = measure(&graph, &affinity, &[0, 0, 0, 1, 1]);
        let all = 6.0 + 3.0_f64.ln();
        assert!((q.sm - ((3.0 / 9.0 + 1.0 / 4.0) / 2.0 - 1.0 / 6.0)).abs() < 1e-12);
        assert!((q.icp - 1.0 / all).abs() < 1e-12);
        assert_eq!((q.ifn, q.ned), (0.5, 1.0));
        let one = measure(&graph, &affinity, &[0; 5]);
        assert_eq!((one.icp, one.ifn, one.ned), (0.0, 0.0, 0.0));
    }
}
