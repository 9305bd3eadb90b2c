//! The module graph and what is measured on it. Nodes are [`ModuleId`]s of the code base that it was made from.

use super::codebase::{DependencyKind, DispatchKind, Provenance};
use super::ids::{CrateId, ItemId, ModuleId};
use super::place::Site;
use serde::{Deserialize, Serialize};

/// All references of one kind from one module to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dependency {
    /// The module that refers.
    pub from: ModuleId,
    /// The module that is referred to; never `from`.
    pub to: ModuleId,
    /// In what way.
    pub kind: DependencyKind,
    /// Number of references; `sites` may name a line twice.
    pub count: u32,
    /// How much they weigh together: their number, or what a graph that was given as such says.
    pub weight: f64,
    /// Where, in order; one entry for each reference.
    pub sites: Vec<Site>,
    /// Of those, the places where a method was taken by its name alone ([`Confidence::Unique`](crate::model::codebase::Confidence::Unique)).
    pub guessed: Vec<Site>,
    /// Who says so.
    pub provenance: Provenance,
}

/// All code of one module that may run in another through one trait or attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatched {
    /// The module in which it is set off.
    pub from: ModuleId,
    /// The module of the impls; never `from`.
    pub to: ModuleId,
    /// In what way.
    pub kind: DispatchKind,
    /// The trait or attribute.
    pub of_trait: String,
    /// Number of places; `sites` may name a line twice.
    pub count: u32,
    /// Where, in order.
    pub sites: Vec<Site>,
}

/// Dependencies rolled up to modules and crates, with everything that is measured on them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ModuleGraph {
    /// Number of modules: nodes are `0..modules`.
    pub modules: usize,
    /// Sorted by (from, to, kind).
    pub dependencies: Vec<Dependency>,
    /// What runs unnamed, sorted by (from, to, kind, trait). No pair, cycle or metric counts it.
    pub dispatches: Vec<Dispatched>,
    /// Module pairs with all kinds summed, sorted by (from, to).
    pub pairs: Vec<Pair>,
    /// Crate pairs, sorted by (from, to).
    pub crate_pairs: Vec<(CrateId, CrateId, u32)>,
    /// Strongly connected components with more than one module, largest first, then by first module.
    pub cycles: Vec<Cycle>,
    /// One per module.
    pub metrics: Vec<ModuleMetrics>,
    /// Of the whole.
    pub system: SystemMetrics,
}

/// One module depends on another, in whatever way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The module that refers.
    pub from: ModuleId,
    /// The module that is referred to.
    pub to: ModuleId,
    /// Number of references.
    pub count: u32,
}

/// Modules that can all reach each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// Its modules, sorted.
    pub modules: Vec<ModuleId>,
    /// A shortest closed walk through it, as an example: each module depends on the next, the last on the first.
    pub example: Vec<ModuleId>,
    /// Pairs whose removal leaves no cycle among these modules, chosen for few references; sorted by count, then ids.
    pub cuts: Vec<Pair>,
}

/// Martin's metrics of one module (R. C. Martin, "OO Design Quality Metrics", 1994), over modules of the workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModuleMetrics {
    /// Afferent coupling Ca: modules that depend on this one.
    pub ca: u32,
    /// Efferent coupling Ce: modules that this one depends on.
    pub ce: u32,
    /// Instability I = Ce / (Ca + Ce), 0..=1; 0 where both are 0.
    pub instability: f64,
    /// Abstractness A: traits among the types (struct, enum, union, trait) of the module, 0..=1; 0 where it has no type.
    pub abstractness: f64,
    /// Distance from the main sequence D = |A + I − 1|, 0..=1.
    pub distance: f64,
}

/// Figures of the whole module graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SystemMetrics {
    /// Share of modules that are in some cycle, 0..=1.
    pub cyclicity: f64,
    /// Share of ordered module pairs (a module with itself counted) connected through any path, 0..=1 (MacCormack, Rusnak, Baldwin 2006).
    pub propagation_cost: f64,
}

/// References rolled up to units: what moves as one, see [`Codebase::unit`](super::codebase::Codebase::unit).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemGraph {
    /// The units, sorted.
    pub units: Vec<ItemId>,
    /// Between different units, sorted by (from, to).
    pub edges: Vec<ItemEdge>,
}

/// All references from one unit to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemEdge {
    /// The unit that refers.
    pub from: ItemId,
    /// The unit that is referred to; never `from`.
    pub to: ItemId,
    /// Number of references of each kind, in the order of [`DependencyKind::ALL`].
    pub counts: [u32; DependencyKind::ALL.len()],
}

impl ItemEdge {
    /// Number of references of one kind.
    pub fn count(&self, kind: DependencyKind) -> u32 {
        self.counts[kind as usize]
    }

    /// Number of references of all kinds.
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }
}
