//! From the module graph to service candidates.
//!
//! Takes a [`Codebase`], its [`ModuleGraph`], what [`Evidence`] says of it, and [`Options`]; gives a [`Partition`]: a role for each module, a service for each
//! capability module, names, and figures that say how good it is. Invariants: the same input gives the same answer; pinned modules are
//! in their service; where the code shows no structure there is one service, not an invented split.
//!
//! In reading order: `words` and `paths` (what names say), `roles` (what takes part), `affinity` (the one place where unlike
//! evidence becomes one weight), [`network`] and the algorithms of [`ALGORITHMS`], `search` (how fine: consensus over perturbed runs),
//! `bonds` (what the user wants together and apart), `fragments` (what is too small), `proposal` (which of the answers), `before` (what an earlier run said), `hold` (how sure each place is), `business` and `names`, `quality`, `decisions` (what the user's own cost). To add an algorithm: a file with an [`Algorithm`], and its row in [`ALGORITHMS`].

mod affinity;
mod before;
mod bonds;
mod business;
mod decisions;
mod fragments;
mod hold;
mod leiden;
mod linkage;
mod names;
pub mod network;
mod paths;
mod proposal;
mod quality;
mod roles;
mod search;
mod words;

use crate::host::store::Store;
use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::graph::ModuleGraph;
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::{Alternative, Membership, Partition, Quality, Role};
use affinity::Affinity;
use network::Network;
use proposal::{Proposal, proposal};
use std::collections::BTreeMap;

/// A code base with fewer capability modules is not split.
pub const SMALLEST_SPLIT: usize = 6;
/// Modularity of the affinity below which a partition is chance: random graphs of this size and density reach it.
pub const LEAST_MODULARITY: f64 = 0.2;
/// Modularity of the references alone below which the split has no ground in the code, whatever folders and names say.
pub const LEAST_REFERENCE_MODULARITY: f64 = 0.1;

/// The ways to cluster; the first is the default.
pub static ALGORITHMS: [&dyn Algorithm; 2] = [&leiden::Leiden, &linkage::Linkage];

/// What the code itself says about which modules belong together.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Name on the command line, in `seamline.toml` and in reports.
    pub name: &'static str,
    /// One line for help texts: what it looks at.
    pub summary: &'static str,
    /// How much it says, beside 1 for references.
    pub weight: f64,
}

/// The sources that need no evidence.
pub static SOURCES: [Source; 3] = [
    Source { name: "references", summary: "what the code does: who refers to whom, and in what way", weight: 1.0 },
    Source {
        name: "folders",
        summary: "where the authors put it: crates and folders, layers left out, and the words in their names",
        weight: 0.6,
    },
    Source { name: "words", summary: "what it talks about: words in names of types, functions and folders", weight: 0.3 },
];

/// A way to find communities.
pub trait Algorithm: Sync {
    /// The name on the command line and in reports.
    fn name(&self) -> &'static str;

    /// One line for help texts.
    fn summary(&self) -> &'static str;

    /// Communities of the nodes, numbered from 0 without gaps; nodes with different labels are not in the same one.
    fn communities(&self, network: &Network, labels: &[Option<u32>], resolution: f64) -> Vec<u32>;

    /// The same with less effort, as one run of many; where the algorithm draws, the seed decides.
    fn once(&self, network: &Network, labels: &[Option<u32>], resolution: f64, _seed: u64) -> Vec<u32> {
        self.communities(network, labels, resolution)
    }
}

/// What the user decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// Modules that are held together in a service of a given name.
    pub pins: Vec<Pin>,
    /// Modules that share a service, whichever it is.
    pub together: Vec<Bond>,
    /// Modules of which those of different sides never share a service.
    pub apart: Vec<Bond>,
    /// Modules that are shared whatever they look like.
    pub shared: Vec<ModuleId>,
    /// Modules that are glue whatever they look like.
    pub glue: Vec<ModuleId>,
    /// Tell shared and glue modules from capabilities; without it every module that is not set is a capability.
    pub roles: bool,
    /// Name of an algorithm in [`ALGORITHMS`].
    pub algorithm: String,
    /// Higher gives more and smaller services; `None` chooses where the answer is stable.
    pub resolution: Option<f64>,
    /// Number of services wanted, as far as the code supports it.
    pub services: Option<usize>,
    /// What was proposed before, sorted: kept where the code does not clearly say otherwise.
    pub before: Vec<(ModuleId, String)>,
    /// What each of [`SOURCES`] weighs.
    pub weights: [f64; SOURCES.len()],
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pins: Vec::new(),
            together: Vec::new(),
            apart: Vec::new(),
            shared: Vec::new(),
            glue: Vec::new(),
            roles: true,
            algorithm: ALGORITHMS[0].name().into(),
            resolution: None,
            services: None,
            before: Vec::new(),
            weights: SOURCES.map(|s| s.weight),
        }
    }
}

/// A service that the user has decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Name of the service, kebab-case.
    pub name: String,
    /// What belongs to it in any case.
    pub modules: Vec<ModuleId>,
}

/// What the user has decided of modules without naming a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bond {
    /// As the user wrote it.
    pub patterns: String,
    /// Why, where that is written.
    pub reason: Option<String>,
    /// The modules that each pattern means.
    pub sides: Vec<Vec<ModuleId>>,
}

/// The algorithm with this name.
pub fn algorithm(name: &str) -> Option<&'static dyn Algorithm> {
    ALGORITHMS.into_iter().find(|a| a.name() == name)
}

/// Service candidates. What `store` holds of an earlier run is not searched again.
#[inline(never)] // benches/instructions.rs counts it by name
pub fn cluster(codebase: &Codebase, graph: &ModuleGraph, evidence: &Evidence, store: &Store, options: &Options) -> Partition {
    let paths = paths::Paths::new(codebase);
    let material = Material { codebase, graph, evidence, store, paths: &paths };
    let Answer { roles, affinity, pins, found, quality } = material.answer(options);
    let decisions = decisions::cost(&material, options, &affinity, &found.communities);
    let naming =
        Naming { codebase, paths: &paths, business: business::words(codebase, evidence), affinity: &affinity, pins: &pins, options };
    let services = naming.services(&found.communities);

    let mut members: Vec<Membership> = roles
        .into_iter()
        .map(|(role, because)| Membership { role, because, service: None, pinned: false, cohesion: 0.0, hold: None })
        .collect();
    let pinned: Vec<bool> = pins.iter().map(Option::is_some).collect();
    let mut holds = match &found.runs {
        runs if runs.is_empty() => Vec::new(),
        runs => hold::holds(&affinity, &services.of_nodes, runs, &pinned),
    };
    for (node, &c) in found.communities.iter().enumerate() {
        let member = &mut members[affinity.nodes[node].index()];
        member.service = Some(services.of_nodes[node]);
        member.pinned = pinned[node];
        member.hold = holds.get_mut(node).map(std::mem::take);
        let strength = affinity.network.strength(node as u32);
        let same = |n: &&(u32, f64)| found.communities[n.0 as usize] == c;
        let inside = affinity.network.neighbours(node as u32).iter().filter(same).map(|n| n.1).sum::<f64>();
        member.cohesion = if strength > 0.0 { (inside / strength).min(1.0) } else { 0.0 };
    }
    let alternatives = (found.alternatives.iter())
        .map(|(level, communities)| {
            let other = naming.services(communities);
            let modules =
                |s: usize| affinity.nodes.iter().zip(&other.of_nodes).filter(|(_, of)| of.index() == s).map(|(m, _)| *m).collect();
            let services = other.names.iter().enumerate().map(|(s, name)| (name.clone(), modules(s))).collect();
            Alternative { level: *level as u32, services }
        })
        .collect();
    let Services { names, keywords, .. } = services;
    let algorithm = chosen(options).name().into();
    Partition { members, names, keywords, algorithm, quality, levels: found.levels, alternatives, decisions }
}

/// An algorithm that does not exist counts as the default: names are checked where they are read.
fn chosen(options: &Options) -> &'static dyn Algorithm {
    algorithm(&options.algorithm).unwrap_or(ALGORITHMS[0])
}

/// What partitions are made from, whatever the user decides.
struct Material<'a> {
    codebase: &'a Codebase,
    graph: &'a ModuleGraph,
    evidence: &'a Evidence,
    store: &'a Store,
    paths: &'a paths::Paths,
}

/// What comes of one set of decisions.
struct Answer {
    roles: Vec<(Role, String)>,
    affinity: Affinity,
    pins: Vec<Option<u32>>,
    found: Proposal,
    quality: Quality,
}

impl Material<'_> {
    fn answer(&self, options: &Options) -> Answer {
        let Self { codebase, graph, evidence, store, paths } = self;
        let roles = roles::assign(codebase, graph, paths, options);
        let nodes = (0..codebase.modules.len()).filter(|&m| roles[m].0 == Role::Capability).map(ModuleId::from).collect();
        let affinity = Affinity::new(codebase, graph, evidence, paths, nodes, &options.weights);
        let pins = pins(&affinity, options);
        let found = proposal(codebase, graph, &affinity, &pins, chosen(options), store, options);
        let quality = quality::measure(graph, &affinity, &found.communities);
        Answer { roles, affinity, pins, found, quality }
    }
}

/// Communities with names, in the order of these.
struct Services {
    names: Vec<String>,
    keywords: Vec<Vec<String>>,
    of_nodes: Vec<ServiceId>,
}

/// What names are made from.
struct Naming<'a> {
    codebase: &'a Codebase,
    paths: &'a paths::Paths,
    business: Vec<BTreeMap<String, f64>>,
    affinity: &'a Affinity,
    pins: &'a [Option<u32>],
    options: &'a Options,
}

impl Naming<'_> {
    fn services(&self, communities: &[u32]) -> Services {
        let Self { codebase, paths, business, affinity, pins, options } = self;
        let count = communities.iter().max().map_or(0, |m| *m as usize + 1);
        let mut modules: Vec<Vec<ModuleId>> = vec![Vec::new(); count];
        let mut fixed: Vec<Option<String>> = vec![None; count];
        for (node, &c) in communities.iter().enumerate() {
            modules[c as usize].push(affinity.nodes[node]);
            if let Some(pin) = pins[node] {
                fixed[c as usize] = Some(options.pins[pin as usize].name.clone());
            }
        }
        let taken: Vec<String> = fixed.iter().flatten().cloned().collect();
        for (name, old) in fixed.iter_mut().zip(before::names(&modules, &options.before)) {
            *name = name.take().or(old.filter(|old| !taken.contains(old)));
        }
        if count == 1 && fixed[0].is_none() {
            fixed[0] = Some(names::kebab(&codebase.name));
        }
        let mut named: Vec<(names::Named, usize)> = names::name(codebase, paths, business, &modules, &fixed).into_iter().zip(0..).collect();
        named.sort();
        let mut service = vec![ServiceId(0); count];
        named.iter().enumerate().for_each(|(rank, (_, community))| service[*community] = ServiceId::from(rank));
        let of_nodes = communities.iter().map(|&c| service[c as usize]).collect();
        let (names, keywords) = named.into_iter().map(|(named, _)| named).unzip();
        Services { names, keywords, of_nodes }
    }
}

/// For each node of the affinity the pin that holds it.
fn pins(affinity: &Affinity, options: &Options) -> Vec<Option<u32>> {
    let mut pins = vec![None; affinity.nodes.len()];
    for (i, pin) in options.pins.iter().enumerate() {
        // Two pins with one name are one.
        let first = options.pins.iter().position(|p| p.name == pin.name).unwrap_or(i);
        for node in pin.modules.iter().filter_map(|m| affinity.nodes.binary_search(m).ok()) {
            pins[node].get_or_insert(first as u32);
        }
    }
    pins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::module_graph;
    use crate::model::testing::{codebase, id};

    pub(super) fn partition(text: &str, options: &Options) -> (Codebase, Partition) {
        let code = codebase(text);
        let found = cluster(&code, &module_graph(&code), &Evidence::default(), &Store::none(), options);
        found.verify(code.modules.len()).expect("a sound partition");
        (code, found)
    }

    pub(super) fn service<'p>(code: &Codebase, found: &'p Partition, module: &str) -> Option<&'p str> {
        found.members[id(code, module).index()].service.map(|s| found.names[s.index()].as_str())
    }

    /// Three businesses in three layers, wired by a router, sharing an error type.
    pub(super) fn layered() -> String {
        let mut text = String::from("bin shop\n mod shop 60\n struct shop::error::Error\n fn shop::routes::router\n");
        for (one, many) in [("order", "Order"), ("payment", "Payment"), ("parcel", "Parcel")] {
            for layer in ["handlers", "services", "models"] {
                text += &format!("struct shop::{layer}::{one}s::{many}{layer}\n fn shop::{layer}::{one}s::run_{one}\n");
                text += &format!("shop::{layer}::{one}s -> shop::error::Error type 2\n");
            }
            text += &format!("shop::routes -> shop::handlers::{one}s path 3\n");
            text += &format!("shop::handlers::{one}s -> shop::services::{one}s::run_{one} call 4 used\n");
            text += &format!("shop::services::{one}s -> shop::models::{one}s::run_{one} call 5 used\n");
        }
        text + "shop::services::orders -> shop::services::payments::run_payment call 1 used\n shop -> shop::routes::router\n"
    }

    #[test]
    fn layers_do_not_hide_the_businesses() {
        let (code, found) = partition(&layered(), &Options::default());
        assert_eq!(found.names, ["orders", "parcels", "payments"]);
        for business in ["orders", "parcels", "payments"] {
            for layer in ["handlers", "services", "models"] {
                assert_eq!(service(&code, &found, &format!("shop::{layer}::{business}")), Some(business));
            }
        }
        assert_eq!(service(&code, &found, "shop::error"), None);
        assert_eq!(service(&code, &found, "shop::routes"), None);
    }

    #[test]
    fn pins_hold() {
        let code = codebase(&layered());
        let pin = |name: &str, m: &str| Pin { name: name.into(), modules: vec![id(&code, m)] };
        let options = Options {
            pins: vec![pin("sales", "shop::handlers::orders"), pin("money", "shop::handlers::parcels"), pin("money", "shop::error")],
            ..Options::default()
        };
        let (code, found) = partition(&layered(), &options);
        assert_eq!(service(&code, &found, "shop::handlers::orders"), Some("sales"));
        assert_eq!(service(&code, &found, "shop::handlers::parcels"), Some("money"));
        assert_eq!(service(&code, &found, "shop::error"), Some("money"));
        assert!(found.members[id(&code, "shop::error").index()].pinned);
    }

    #[test]
    fn without_structure_there_is_one_service() {
        let mut text = String::new();
        for a in 0..8 {
            (0..8).filter(|b| *b != a).for_each(|b| text += &format!("m::x{a} -> m::x{b} call 2\n"));
        }
        let (_, found) = partition(&text, &Options { roles: false, ..Options::default() });
        assert_eq!(found.names, ["test"]);
        let (_, small) = partition("a::x -> a::y\n a::z -> a::y", &Options::default());
        assert_eq!(small.names.len(), 1);
    }

    #[test]
    fn a_graph_of_names_alone_will_do() {
        let mut text = String::new();
        for group in ["Cart", "Account", "Catalog"] {
            for (a, b) in [("Action", "Service"), ("Service", "Mapper"), ("Service", "Entity"), ("Mapper", "Entity")] {
                text += &format!("{group}{a} -> {group}{b} call 3\n");
            }
        }
        text += "CartService -> AccountService call 1\n CartService -> CatalogService call 1\n";
        let (code, found) = partition(&text, &Options { roles: false, ..Options::default() });
        assert_eq!(found.names, ["account", "cart", "catalog"]);
        assert_eq!(service(&code, &found, "CartEntity"), Some("cart"));
    }

    #[test]
    fn one_node_and_no_edges_are_one_service() {
        let options = Options { roles: false, ..Options::default() };
        assert_eq!(partition("mod a", &options).1.names.len(), 1);
        let apart: String = (0..20).map(|n| format!("mod m{n}\n")).collect();
        let (_, found) = partition(&apart, &options);
        assert_eq!(found.names, ["test"]);
        assert!(found.levels.iter().all(|l| !l.chosen && l.worth.is_finite() && l.stability.is_finite() && l.plateau.is_finite()));
    }

    #[test]
    fn each_algorithm_finds_the_businesses() {
        for algorithm in ALGORITHMS {
            let options = Options { algorithm: algorithm.name().into(), ..Options::default() };
            assert_eq!(partition(&layered(), &options).1.names, ["orders", "parcels", "payments"], "{}", algorithm.name());
        }
    }

    #[test]
    fn as_many_services_as_are_wanted() {
        let (_, found) = partition(&layered(), &Options { services: Some(2), ..Options::default() });
        assert!(found.names.len() <= 3 && found.alternatives.iter().all(|a| found.levels[a.level as usize].services > 1));
    }

    #[test]
    fn nothing_gives_nothing() {
        let (_, found) = partition("", &Options::default());
        assert!(found.names.is_empty());
    }
}
