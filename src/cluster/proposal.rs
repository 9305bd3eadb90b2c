//! Which of the answers of a sweep is proposed, and which stand beside it.
//!
//! Takes the affinity, pins and options; gives communities, the levels with their figures, and two alternatives. Modules that
//! share a service by decision are one node of what is clustered. Invariant: where the code shows no structure, the answer is one service, and no level is chosen.

use super::affinity::Affinity;
use super::before;
use super::bonds::Groups;
use super::network::{Network, renumber};
use super::search::{self, Sweep};
use super::{Algorithm, LEAST_MODULARITY, LEAST_REFERENCE_MODULARITY, Options, SMALLEST_SPLIT, fragments, quality};
use crate::host::store::Store;
use crate::model::codebase::Codebase;
use crate::model::graph::ModuleGraph;
use crate::model::partition::Level;
use rayon::prelude::*;

/// What comes of the search, over the nodes of the affinity.
#[derive(Default)]
pub(super) struct Proposal {
    /// Numbered from 0 without gaps.
    pub(super) communities: Vec<u32>,
    /// What perturbed runs found at the same resolution; none where nothing is split.
    pub(super) runs: Vec<Vec<u32>>,
    /// Coarsest first.
    pub(super) levels: Vec<Level>,
    /// Level and communities of the nearest coarser and the nearest finer answer.
    pub(super) alternatives: Vec<(usize, Vec<u32>)>,
}

pub(super) fn proposal(
    codebase: &Codebase,
    graph: &ModuleGraph,
    affinity: &Affinity,
    pins: &[Option<u32>],
    algorithm: &dyn Algorithm,
    store: &Store,
    options: &Options,
) -> Proposal {
    let nodes = affinity.nodes.len();
    // What shares a service in any case is one node.
    let groups = Groups::new(affinity, pins, options);
    let network = affinity.network.aggregate(&groups.of_node, groups.count);
    // What no pin holds, in one service: the answer where there is no structure.
    let unsplit = || {
        let one: Vec<u32> = groups.labels.iter().map(|p| p.map_or(0, |p| p + 1)).collect();
        let mut one = groups.of_nodes(&one);
        groups.part(&network, algorithm, 1.0, &mut one);
        renumber(&mut one);
        one
    };
    if nodes < SMALLEST_SPLIT {
        return Proposal { communities: unsplit(), ..Proposal::default() };
    }
    let swept = search::remembered(store, algorithm, &network, &groups.labels, options.resolution, options.services);
    let pinned: Vec<bool> = pins.iter().map(Option::is_some).collect();
    let finished = |communities: &[u32], resolution: f64| {
        let mut communities = groups.of_nodes(communities);
        fragments::merge(codebase, affinity, &mut communities, &pinned);
        groups.part(&network, algorithm, resolution, &mut communities);
        communities
    };
    let answers: Vec<Vec<u32>> = swept.par_iter().map(|s| finished(&s.communities, s.resolution)).collect();
    let mut levels = levels(graph, affinity, &swept, &answers, options.services);
    // The first of those that are as good.
    let best = (0..levels.len()).reduce(|best, next| if levels[next].worth > levels[best].worth { next } else { best });
    let Some(mut best) = best else { return Proposal { communities: unsplit(), ..Proposal::default() } };
    let mut answers = answers;
    if let Some((level, communities)) = kept(affinity, &network, &groups.of_node, pins, options, &levels, best) {
        let resolution = levels[level].resolution;
        let communities = finished(&communities, resolution);
        let lost = affinity.network.modularity(&answers[level], resolution) - affinity.network.modularity(&communities, resolution);
        if lost < before::BETTER {
            answers[level] = communities;
            levels = self::levels(graph, affinity, &swept, &answers, options.services);
            best = level;
        }
    }
    let communities = answers[best].clone();
    let weak = levels[best].quality.modularity < LEAST_MODULARITY
        || (affinity.references.total() > 0.0 && affinity.references.modularity(&communities, 1.0) < LEAST_REFERENCE_MODULARITY);
    if weak && options.resolution.is_none() {
        return Proposal { communities: unsplit(), levels, ..Proposal::default() };
    }
    levels[best].chosen = true;
    let runs = swept[best].runs.iter().map(|run| groups.of_nodes(run)).collect();
    let coarser = (0..best).rev().find(|&l| levels[l].services < levels[best].services && levels[l].services > 1);
    let finer = (best + 1..levels.len()).find(|&l| levels[l].services > levels[best].services);
    let alternatives = coarser.into_iter().chain(finer).map(|l| (l, answers[l].clone())).collect();
    Proposal { communities, runs, levels, alternatives }
}

/// What was proposed before, with the level that is nearest to it, where that is not clearly worth less than the best.
fn kept(
    affinity: &Affinity,
    network: &Network,
    groups: &[u32],
    pins: &[Option<u32>],
    options: &Options,
    levels: &[Level],
    best: usize,
) -> Option<(usize, Vec<u32>)> {
    let mut names: Vec<&str> = options.before.iter().map(|b| b.1.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let wanted = options.services.is_none_or(|n| n == names.len());
    if names.len() < 2 || options.resolution.is_some() || !wanted {
        return None;
    }
    let distance = |l: usize| ((levels[l].services as usize).abs_diff(names.len()), l.abs_diff(best));
    let level = (0..levels.len()).min_by_key(|&l| distance(l))?;
    if levels[best].worth - levels[level].worth > before::WORTHIER {
        return None;
    }
    let pins: Vec<Option<&str>> = pins.iter().map(|p| p.map(|p| options.pins[p as usize].name.as_str())).collect();
    Some((level, before::kept(affinity, network, groups, &pins, &options.before, levels[level].resolution)?))
}

fn levels(graph: &ModuleGraph, affinity: &Affinity, swept: &[Sweep], answers: &[Vec<u32>], wanted: Option<usize>) -> Vec<Level> {
    let plateaus = search::plateaus(answers);
    (swept.par_iter().zip(answers).zip(plateaus))
        .map(|((s, communities), plateau)| {
            let sizes = search::sizes(communities);
            Level {
                resolution: s.resolution,
                services: sizes.len() as u32,
                largest: search::largest(&sizes) as f64 / communities.len().max(1) as f64,
                stability: s.stability,
                plateau,
                worth: search::worth(communities, s.resolution, s.stability, plateau, wanted),
                quality: quality::measure(graph, affinity, communities),
                chosen: false,
            }
        })
        .collect()
}
