//! From references to graphs, and what is measured on them.
//!
//! Takes a [`Codebase`]; gives a [`ModuleGraph`] (roll-up, cycles with cuts, Martin's metrics, propagation cost) and an
//! [`ItemGraph`]. Invariants: everything sorted; no dependency is left out, not even that of a parent module on the child that it
//! declares; the graph library stays inside this folder.
//!
//! * [`rollup`]: references to module and crate pairs. * [`cycles`]: tangles and where to cut them.
//! * [`metrics`]: Ca, Ce, I, A, D, cyclicity, propagation cost. * [`items`]: references to pairs of units.

pub mod cycles;
pub mod items;
pub mod metrics;
pub mod rollup;

use crate::model::codebase::Codebase;
use crate::model::graph::{ItemGraph, ModuleGraph, Pair};

/// Dependencies between modules with everything that is measured on them.
pub fn module_graph(codebase: &Codebase) -> ModuleGraph {
    let modules = codebase.modules.len();
    let dependencies = rollup::dependencies(codebase);
    let pairs = rollup::pairs(&dependencies);
    let crate_pairs = rollup::crate_pairs(codebase, &pairs);
    let components = cycles::components(modules, &pairs);
    let cycles = cycles::cycles(&components, &pairs);
    let metrics = metrics::modules(codebase, &pairs);
    let system = metrics::system(modules, &pairs, &components);
    let dispatches = rollup::dispatches(codebase);
    ModuleGraph { modules, dependencies, dispatches, pairs, crate_pairs, cycles, metrics, system }
}

/// Dependencies between units.
pub fn item_graph(codebase: &Codebase) -> ItemGraph {
    items::roll_up(codebase)
}

/// Successors of each node, in compressed rows.
pub(crate) struct Successors {
    starts: Vec<usize>,
    targets: Vec<u32>,
}

impl Successors {
    /// From pairs sorted by (from, to).
    pub(crate) fn new(nodes: usize, pairs: &[Pair]) -> Self {
        debug_assert!(pairs.is_sorted_by_key(|p| (p.from, p.to)));
        let mut starts = vec![0; nodes + 1];
        for p in pairs {
            starts[p.from.index() + 1] += 1;
        }
        for i in 0..nodes {
            starts[i + 1] += starts[i];
        }
        Self { starts, targets: pairs.iter().map(|p| p.to.0).collect() }
    }

    /// Where `node` goes.
    pub(crate) fn of(&self, node: u32) -> &[u32] {
        &self.targets[self.starts[node as usize]..self.starts[node as usize + 1]]
    }
}
