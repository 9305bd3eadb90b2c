//! From a partition to advice: what each candidate should become, how the candidates should talk, whether to split at all.
//!
//! Takes the code base, its module graph, the evidence, the partition, and what the team wants of it ([`Options`]); gives a [`Plan`]. Invariants: every claim
//! carries its figures or its places and says what would change it; thresholds ([`THRESHOLDS`]) have names, and their values stand in the sentences; "do not split" is an
//! answer like the others.
//!
//! In reading order: `effects` (what a function touches), `remotability` (could a call of it leave the process), `sent` (what is handed
//! over to be worked on later), `memory` (what several read and change), `styles` (how one item crosses), `means` (by what),
//! `crossings` (how two candidates talk), `data` (who owns which table, and what spans), `criteria` and `boundaries` (keep, crate or
//! service), `extraction` (what it takes to part one), `shared`, `mesh`, `pains` (what hurts today), `verdict` (the whole), `cost`
//! (what it costs at run time).

mod boundaries;
mod cost;
mod criteria;
mod crossings;
mod data;
mod effects;
mod extraction;
mod means;
mod memory;
mod mesh;
mod pains;
mod remotability;
mod sent;
mod shared;
mod styles;
mod thresholds;
mod verdict;

pub use thresholds::{ASSUMPTIONS, THRESHOLDS, Threshold, Thresholds};

use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::graph::ModuleGraph;
use crate::model::partition::Partition;
use crate::model::plan::Plan;

/// What the team wants of the advice.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The numbers against which candidates are held.
    pub thresholds: Thresholds,
    /// The numbers on which the cost at run time rests.
    pub cost: Thresholds,
}

impl Default for Options {
    fn default() -> Self {
        Options { thresholds: Thresholds::default(), cost: Thresholds::of_cost() }
    }
}

impl Options {
    /// Is the 99th percentile of a round trip no lower than its median?
    pub fn rtt_is_in_order(&self) -> bool {
        self.cost.of(&thresholds::RTT) <= self.cost.of(&thresholds::RTT_P99)
    }
}

/// All advice on a partition.
pub fn advise(codebase: &Codebase, graph: &ModuleGraph, evidence: &Evidence, partition: &Partition, options: &Options) -> Plan {
    let thresholds = &options.thresholds;
    let (crossings, data) =
        rayon::join(|| crossings::crossings(codebase, evidence, partition), || data::data(codebase, evidence, partition));
    let services = boundaries::services(codebase, evidence, partition, &crossings, &data, thresholds);
    let shared = shared::shared(graph, partition);
    let mesh = mesh::advice(&services, &crossings, options);
    let verdict = verdict::verdict(codebase, evidence, partition, &services, &crossings, thresholds);
    let pains = pains::pains(codebase, graph, evidence, partition);
    let (extractions, cost) = rayon::join(
        || extraction::extractions(codebase, graph, evidence, partition, &services, &crossings, &data),
        || cost::cost(codebase, evidence, partition, &services, &crossings, &options.cost),
    );
    Plan { services, crossings, shared, mesh, verdict, pains, extractions, data, cost }
}

/// `one thing`, `3 things`.
fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// The first few names in backticks, and how many more there are.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = names.iter().take(SHOWN).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text += &format!(" and {} more", names.len() - SHOWN);
    }
    text
}

/// A share as a whole percentage.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
