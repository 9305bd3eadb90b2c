//! How fine the services should be: the resolution is chosen where the answer is stable, not where a metric is highest.
//!
//! Takes a network and an algorithm; gives communities and the resolution that made them. A range of resolutions is tried; an answer
//! is good when its neighbours in the range agree with it (adjusted Rand index), when no community holds most of the modules, when
//! few modules are alone, and when the resolution is near 1, the one that modularity itself implies.

use super::Algorithm;
use super::network::Network;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The resolutions that are tried, each a quarter above the one before.
const TRIED: [f64; 9] = [0.41, 0.51, 0.64, 0.8, 1.0, 1.25, 1.56, 1.95, 2.44];
/// Loss for each factor e away from 1.
const DISTANCE: f64 = 0.12;
/// A community may hold this share of the modules without loss.
const LUMP: f64 = 0.35;
/// Loss for each service away from the number that the user wants.
const WANTED: f64 = 0.5;

/// Communities at the given resolution, or at the best of those tried.
pub(crate) fn communities(
    algorithm: &dyn Algorithm,
    network: &Network,
    labels: &[Option<u32>],
    fixed: Option<f64>,
    wanted: Option<usize>,
) -> Vec<u32> {
    if let Some(resolution) = fixed {
        return algorithm.communities(network, labels, resolution);
    }
    let answers: Vec<Vec<u32>> = TRIED.par_iter().map(|&r| algorithm.communities(network, labels, r)).collect();
    let agreement: Vec<f64> = answers.windows(2).map(|w| adjusted_rand(&w[0], &w[1])).collect();
    let mut best = (f64::NEG_INFINITY, 0);
    for (i, answer) in answers.iter().enumerate() {
        let around: Vec<f64> = [i.checked_sub(1), Some(i)].into_iter().flatten().filter_map(|at| agreement.get(at)).copied().collect();
        let stability = around.iter().sum::<f64>() / around.len() as f64;
        let sizes = sizes(answer);
        let modules = answer.len().max(1) as f64;
        let lump = (sizes.iter().max().map_or(0, |s| *s) as f64 / modules - LUMP).max(0.0);
        let alone = sizes.iter().filter(|&&s| s == 1).count() as f64 / modules;
        let off = wanted.map_or(0.0, |n| WANTED * sizes.iter().filter(|&&s| s > 1).count().abs_diff(n) as f64);
        let worth = stability - lump - alone - off - DISTANCE * TRIED[i].ln().abs();
        if worth > best.0 {
            best = (worth, i);
        }
    }
    answers.into_iter().nth(best.1).unwrap_or_default()
}

/// Number of members of each community.
fn sizes(communities: &[u32]) -> Vec<usize> {
    let mut sizes = vec![0; communities.iter().max().map_or(0, |m| *m as usize + 1)];
    communities.iter().for_each(|&c| sizes[c as usize] += 1);
    sizes
}

/// Agreement of two partitions corrected for chance, 1 where they are the same (Hubert and Arabie 1985).
fn adjusted_rand(a: &[u32], b: &[u32]) -> f64 {
    let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    let mut both: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    a.iter().zip(b).for_each(|(&x, &y)| *both.entry((x, y)).or_default() += 1);
    let same: f64 = both.values().map(|&n| pairs(n)).sum();
    let (in_a, in_b): (f64, f64) = (sizes(a).into_iter().map(pairs).sum(), sizes(b).into_iter().map(pairs).sum());
    let all = pairs(a.len());
    let expected = if all > 0.0 { in_a * in_b / all } else { 0.0 };
    let most = (in_a + in_b) / 2.0;
    if (most - expected).abs() < 1e-12 { 1.0 } else { (same - expected) / (most - expected) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::leiden::Leiden;

    #[test]
    fn agreement() {
        assert_eq!(adjusted_rand(&[0, 0, 1, 1], &[1, 1, 0, 0]), 1.0);
        assert!(adjusted_rand(&[0, 0, 1, 1], &[0, 1, 0, 1]) < 0.0);
    }

    #[test]
    fn cliques_in_a_ring_are_found_as_they_are() {
        let mut edges = Vec::new();
        for clique in 0..6_u32 {
            for i in 0..5 {
                (i + 1..5).for_each(|j| edges.push((clique * 5 + i, clique * 5 + j, 1.0)));
            }
            edges.push((clique * 5, ((clique + 1) % 6) * 5 + 1, 0.5));
        }
        let found = communities(&Leiden, &Network::new(30, &edges), &[None; 30], None, None);
        assert!((0..30).all(|n| found[n] as usize == n / 5));
    }
}
