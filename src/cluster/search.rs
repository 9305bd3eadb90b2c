//! Which partition to propose: a range of resolutions is swept, each answer is tried on perturbed weights, and the one is chosen that
//! stands.
//!
//! Takes a network and an algorithm; gives [`Sweep`]s, coarsest first, and judges them. A partition is worth proposing where perturbing
//! all weights gives nearly the same one (B. Karrer, E. Levina, M. Newman, "Robustness of community structure in networks", 2008), where
//! its neighbours in the range agree with it (a plateau), and where no community is a lump, alone, or too small to run. Figures such as SM
//! or ICP decide nothing here: each of them is highest for some degenerate partition. Invariant: the same on any number of threads.

use super::Algorithm;
use super::network::Network;
use crate::host::store::{Key, Store, encoded};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The resolutions that are tried, each a quarter above the one before.
const TRIED: [f64; 10] = [0.33, 0.41, 0.51, 0.64, 0.8, 1.0, 1.25, 1.56, 1.95, 2.44];
/// Further ones, where the user wants a number of services.
const FINER: [f64; 5] = [3.05, 3.82, 4.77, 5.96, 7.45];
/// How hard to try: up to this many nodes, every so manieth resolution, so many perturbed runs. The largest graphs get one answer, and how
/// sure it is stays open.
const EFFORT: [(usize, usize, u64); 4] = [(2_000, 1, 8), (20_000, 2, 4), (200_000, 5, 2), (usize::MAX, 10, 0)];
/// Weights are perturbed by a factor from 1 − this to 1 + this (D. Gfeller et al., "Finding instabilities in the community structure of
/// complex networks", 2005).
const SPREAD: f64 = 0.5;
/// A perturbed run takes the place of the unperturbed answer only where so much more agree with it.
const CLEARLY: f64 = 1e-9;
/// Loss for each factor e away from 1, the resolution that modularity itself implies.
const DISTANCE: f64 = 0.12;
/// A community may hold this share of the modules without loss …
const LUMP: f64 = 0.5;
/// … and one that holds more is as good as no split: any other answer that has some structure is before it.
const LUMP_LOSS: f64 = 1.0;
/// Fewer modules are hardly worth a deployment of their own …
const SMALL: usize = 5;
/// … and cost so much for the share of the modules in such services.
const SMALL_LOSS: f64 = 0.6;
/// Up to so many cells, counts of two partitions are a table.
const DENSE: usize = 1 << 14;
/// Loss for each service away from the number that the user wants.
const WANTED: f64 = 0.5;

/// The answer at one resolution.
#[derive(Serialize, Deserialize)]
pub(super) struct Sweep {
    pub(super) resolution: f64,
    /// Community of each node.
    pub(super) communities: Vec<u32>,
    /// What came out with perturbed weights.
    pub(super) runs: Vec<Vec<u32>>,
    /// Mean agreement of the two.
    pub(super) stability: f64,
}

/// As [`sweep`], which is most of the work of clustering: a change that leaves every weight as it was needs none of it.
pub(super) fn remembered(
    store: &Store,
    algorithm: &dyn Algorithm,
    network: &Network,
    labels: &[Option<u32>],
    fixed: Option<f64>,
    wanted: Option<usize>,
) -> Vec<Sweep> {
    let work = || sweep(algorithm, network, labels, fixed, wanted);
    if !store.keeps() {
        return work();
    }
    match encoded(&(network, labels, fixed, wanted)) {
        Some(of) => store.value(Key::of("sweep", &[algorithm.name().as_bytes(), &of]), work),
        None => work(),
    }
}

/// Answers at all resolutions, or at the one that the user set.
fn sweep(algorithm: &dyn Algorithm, network: &Network, labels: &[Option<u32>], fixed: Option<f64>, wanted: Option<usize>) -> Vec<Sweep> {
    let (_, step, runs) = EFFORT.into_iter().find(|e| network.nodes() <= e.0).unwrap_or(EFFORT[0]);
    let perturbed: Vec<Network> = (1..=runs).into_par_iter().map(|seed| network.perturbed(seed, SPREAD)).collect();
    let further = FINER.into_iter().filter(|_| wanted.is_some());
    // Whatever is left out, 1 is not.
    let tried: Vec<f64> = TRIED.into_iter().chain(further).collect();
    let tried: Vec<f64> = fixed.map_or_else(|| tried.into_iter().skip(5 % step).step_by(step).collect(), |r| vec![r]);
    tried
        .par_iter()
        .map(|&resolution| {
            let again = |(at, network): (usize, &Network)| algorithm.once(network, labels, resolution, at as u64 + 1);
            let runs: Vec<Vec<u32>> = perturbed.par_iter().enumerate().map(again).collect();
            let (communities, stability) = consensus(algorithm.communities(network, labels, resolution), &runs);
            Sweep { resolution, communities, runs, stability }
        })
        .collect()
}

/// Of the answer without perturbation and those with, the one with which all runs agree most, and how far they do: a partition that an
/// algorithm made, so that its communities are connected.
fn consensus(unperturbed: Vec<u32>, runs: &[Vec<u32>]) -> (Vec<u32>, f64) {
    let candidates: Vec<&Vec<u32>> = std::iter::once(&unperturbed).chain(runs).collect();
    let agreement = |c: &Vec<u32>, at: usize| {
        // Itself says nothing about how stable it is.
        let others = runs.iter().enumerate().filter(|(i, _)| i + 1 != at);
        let (sum, count) = others.fold((0.0, 0), |(sum, count), (_, run)| (sum + adjusted_rand(c, run), count + 1));
        if count == 0 { 1.0 } else { sum / f64::from(count) }
    };
    let mut best = (agreement(&unperturbed, 0), 0);
    for (at, candidate) in candidates.iter().enumerate().skip(1).filter(|_| runs.len() > 1) {
        let found = agreement(candidate, at);
        if found > best.0 + CLEARLY {
            best = (found, at);
        }
    }
    (candidates[best.1].clone(), best.0)
}

/// How far the neighbours of each of these partitions agree with it.
pub(super) fn plateaus(partitions: &[Vec<u32>]) -> Vec<f64> {
    let agreement: Vec<f64> = partitions.windows(2).map(|w| adjusted_rand(&w[0], &w[1])).collect();
    let around = |i: usize| [i.checked_sub(1), Some(i)].into_iter().flatten().filter_map(|at| agreement.get(at)).copied();
    let mean = |i: usize| around(i).sum::<f64>() / around(i).count() as f64;
    (0..partitions.len()).map(|i| if partitions.len() < 2 { 1.0 } else { mean(i) }).collect()
}

/// What speaks for a partition less what speaks against it.
pub(super) fn worth(communities: &[u32], resolution: f64, stability: f64, plateau: f64, wanted: Option<usize>) -> f64 {
    let sizes = sizes(communities);
    let modules = communities.len().max(1) as f64;
    let largest = largest(&sizes) as f64 / modules;
    let lump = if largest > LUMP { LUMP_LOSS + largest - LUMP } else { 0.0 };
    let share = |counts: &dyn Fn(usize) -> bool| sizes.iter().filter(|&&s| counts(s)).sum::<usize>() as f64 / modules;
    let (alone, small) = (share(&|s| s == 1), share(&|s| s < SMALL));
    let off = wanted.map_or(0.0, |n| WANTED * sizes.iter().filter(|&&s| s > 1).count().abs_diff(n) as f64);
    stability + plateau - lump - alone - SMALL_LOSS * small - off - DISTANCE * resolution.ln().abs()
}

/// Number of members of the largest.
pub(super) fn largest(sizes: &[usize]) -> usize {
    sizes.iter().max().map_or(0, |s| *s)
}

/// Number of members of each community.
pub(super) fn sizes(communities: &[u32]) -> Vec<usize> {
    let mut sizes = vec![0; communities.iter().max().map_or(0, |m| *m as usize + 1)];
    communities.iter().for_each(|&c| sizes[c as usize] += 1);
    sizes
}

/// Agreement of two partitions corrected for chance, 1 where they are the same (Hubert and Arabie 1985).
pub(super) fn adjusted_rand(a: &[u32], b: &[u32]) -> f64 {
    let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    let (sizes_a, sizes_b) = (sizes(a), sizes(b));
    let cells = sizes_a.len().saturating_mul(sizes_b.len());
    let same: f64 = if cells <= DENSE.max(a.len()) {
        let mut both = vec![0_usize; cells];
        a.iter().zip(b).for_each(|(&x, &y)| both[x as usize * sizes_b.len() + y as usize] += 1);
        both.into_iter().map(pairs).sum()
    } else {
        let mut both: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        a.iter().zip(b).for_each(|(&x, &y)| *both.entry((x, y)).or_default() += 1);
        both.into_values().map(pairs).sum()
    };
    let (in_a, in_b): (f64, f64) = (sizes_a.into_iter().map(pairs).sum(), sizes_b.into_iter().map(pairs).sum());
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

    fn ring_of_cliques() -> Network {
        let mut edges = Vec::new();
        for clique in 0..6_u32 {
            for i in 0..5 {
                (i + 1..5).for_each(|j| edges.push((clique * 5 + i, clique * 5 + j, 1.0)));
            }
            edges.push((clique * 5, ((clique + 1) % 6) * 5 + 1, 0.5));
        }
        Network::new(30, &edges)
    }

    #[test]
    fn cliques_in_a_ring_are_found_as_they_are_and_are_on_a_plateau() {
        let swept = sweep(&Leiden, &ring_of_cliques(), &[None; 30], None, None);
        let plateaus = plateaus(&swept.iter().map(|s| s.communities.clone()).collect::<Vec<_>>());
        let worth = |i: usize| worth(&swept[i].communities, swept[i].resolution, swept[i].stability, plateaus[i], None);
        let best = (0..swept.len()).max_by(|&a, &b| worth(a).total_cmp(&worth(b))).expect("an answer");
        assert!((0..30).all(|n| swept[best].communities[n] as usize == n / 5));
        assert!(swept[best].stability > 0.999 && plateaus[best] > 0.999);
    }

    #[test]
    fn threads_change_nothing() {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let swept = pool.install(|| sweep(&Leiden, &ring_of_cliques(), &[None; 30], None, Some(9)));
            swept.into_iter().map(|s| (s.communities, s.runs, s.stability.to_bits())).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(4));
    }

    #[test]
    fn a_lump_and_what_is_too_small_lose() {
        let even = worth(&[0, 0, 0, 0, 0, 1, 1, 1, 1, 1], 1.0, 1.0, 1.0, None);
        assert!(even > worth(&[0; 10], 1.0, 1.0, 1.0, None));
        assert!(even > worth(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 1], 1.0, 1.0, 1.0, None));
        assert!(worth(&[0, 0, 1, 1, 2, 2], 1.0, 0.8, 0.8, Some(3)) > worth(&[0, 0, 0, 1, 1, 1], 1.0, 0.9, 0.9, Some(3)));
    }
}
