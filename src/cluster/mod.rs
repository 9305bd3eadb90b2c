//! From the module graph to service candidates.
//!
//! Takes a [`Codebase`], its [`ModuleGraph`], what [`Evidence`] says of it, and [`Options`]; gives a [`Partition`]: a role for each module, a service for each
//! capability module, names, and figures that say how good it is. Invariants: the same input gives the same answer; pinned modules are
//! in their service; where the code shows no structure there is one service, not an invented split.
//!
//! In reading order: `words` and `paths` (what names say), `roles` (what takes part), `affinity` (the one place where unlike
//! evidence becomes one weight), [`network`] and the algorithms of [`ALGORITHMS`], `resolution` (how fine), `fragments`
//! (what is too small), `names`, `quality`. To add an algorithm: a file with an [`Algorithm`], and its row in [`ALGORITHMS`].

mod affinity;
mod fragments;
mod leiden;
mod names;
pub mod network;
mod paths;
mod quality;
mod resolution;
mod roles;
mod words;

use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::graph::ModuleGraph;
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::{Membership, Partition, Role};
use affinity::Affinity;
use network::{Network, renumber};

/// A code base with fewer capability modules is not split.
pub const SMALLEST_SPLIT: usize = 6;
/// Modularity of the affinity below which a partition is chance: random graphs of this size and density reach it.
pub const LEAST_MODULARITY: f64 = 0.2;
/// Modularity of the references alone below which the split has no ground in the code, whatever folders and names say.
pub const LEAST_REFERENCE_MODULARITY: f64 = 0.1;

/// The ways to cluster; the first is the default.
pub static ALGORITHMS: [&dyn Algorithm; 1] = [&leiden::Leiden];

/// A way to find communities.
pub trait Algorithm: Sync {
    /// The name on the command line and in reports.
    fn name(&self) -> &'static str;

    /// One line for help texts.
    fn summary(&self) -> &'static str;

    /// Communities of the nodes, numbered from 0 without gaps; nodes with different labels are not in the same one.
    fn communities(&self, network: &Network, labels: &[Option<u32>], resolution: f64) -> Vec<u32>;
}

/// What the user decides.
#[derive(Clone, Debug)]
pub struct Options {
    /// Modules that are held together in a service of a given name.
    pub pins: Vec<Pin>,
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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pins: Vec::new(),
            shared: Vec::new(),
            glue: Vec::new(),
            roles: true,
            algorithm: ALGORITHMS[0].name().into(),
            resolution: None,
            services: None,
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

/// The algorithm with this name.
pub fn algorithm(name: &str) -> Option<&'static dyn Algorithm> {
    ALGORITHMS.into_iter().find(|a| a.name() == name)
}

/// Service candidates. An algorithm that does not exist counts as the default: names are checked where they are read.
#[inline(never)] // benches/instructions.rs counts it by name
pub fn cluster(codebase: &Codebase, graph: &ModuleGraph, evidence: &Evidence, options: &Options) -> Partition {
    let algorithm = algorithm(&options.algorithm).unwrap_or(ALGORITHMS[0]);
    let paths = paths::Paths::new(codebase);
    let roles = roles::assign(codebase, graph, &paths, options);
    let nodes = (0..codebase.modules.len()).filter(|&m| roles[m].0 == Role::Capability).map(ModuleId::from).collect();
    let affinity = Affinity::new(codebase, graph, evidence, &paths, nodes);
    let pins = pins(&affinity, options);
    let communities = communities(codebase, &affinity, &pins, algorithm, options);
    let quality = quality::measure(graph, &affinity, &communities);

    let count = communities.iter().max().map_or(0, |m| *m as usize + 1);
    let mut modules: Vec<Vec<ModuleId>> = vec![Vec::new(); count];
    let mut fixed: Vec<Option<String>> = vec![None; count];
    for (node, &c) in communities.iter().enumerate() {
        modules[c as usize].push(affinity.nodes[node]);
        if let Some(pin) = pins[node] {
            fixed[c as usize] = Some(options.pins[pin as usize].name.clone());
        }
    }
    if count == 1 && fixed[0].is_none() {
        fixed[0] = Some(names::kebab(&codebase.name));
    }
    let mut named: Vec<(names::Named, usize)> = names::name(codebase, &paths, &modules, &fixed).into_iter().zip(0..).collect();
    named.sort();
    let mut service = vec![ServiceId(0); count];
    named.iter().enumerate().for_each(|(rank, (_, community))| service[*community] = ServiceId::from(rank));

    let mut members: Vec<Membership> =
        roles.into_iter().map(|(role, because)| Membership { role, because, service: None, pinned: false, cohesion: 0.0 }).collect();
    for (node, &c) in communities.iter().enumerate() {
        let member = &mut members[affinity.nodes[node].index()];
        member.service = Some(service[c as usize]);
        member.pinned = pins[node].is_some();
        let strength = affinity.network.strength(node as u32);
        let inside = affinity.network.neighbours(node as u32).iter().filter(|n| communities[n.0 as usize] == c).map(|n| n.1).sum::<f64>();
        member.cohesion = if strength > 0.0 { (inside / strength).min(1.0) } else { 0.0 };
    }
    let (names, keywords) = named.into_iter().map(|(named, _)| named).unzip();
    Partition { members, names, keywords, algorithm: algorithm.name().into(), quality }
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

/// The community of each node, numbered from 0 without gaps.
fn communities(codebase: &Codebase, affinity: &Affinity, pins: &[Option<u32>], algorithm: &dyn Algorithm, options: &Options) -> Vec<u32> {
    let nodes = affinity.nodes.len();
    // The modules of one pin are one node.
    let mut groups: Vec<u32> = (0..nodes as u32).collect();
    for node in 0..nodes {
        if let Some(first) = pins[node].and_then(|pin| pins.iter().position(|p| *p == Some(pin))) {
            groups[node] = first as u32;
        }
    }
    let count = renumber(&mut groups);
    let mut labels = vec![None; count];
    groups.iter().zip(pins).for_each(|(&g, &pin)| labels[g as usize] = pin);
    // What no pin holds, in one service: the answer where there is no structure.
    let unsplit = || {
        let mut one: Vec<u32> = pins.iter().map(|p| p.map_or(0, |p| p + 1)).collect();
        renumber(&mut one);
        one
    };
    if nodes < SMALLEST_SPLIT {
        return unsplit();
    }
    let network = affinity.network.aggregate(&groups, count);
    let found = resolution::communities(algorithm, &network, &labels, options.resolution, options.services);
    let mut communities: Vec<u32> = groups.iter().map(|&g| found[g as usize]).collect();
    let pinned: Vec<bool> = pins.iter().map(Option::is_some).collect();
    fragments::merge(codebase, affinity, &mut communities, &pinned);
    let weak = affinity.network.modularity(&communities, 1.0) < LEAST_MODULARITY
        || (affinity.references.total() > 0.0 && affinity.references.modularity(&communities, 1.0) < LEAST_REFERENCE_MODULARITY);
    if weak && options.resolution.is_none() { unsplit() } else { communities }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::module_graph;
    use crate::model::testing::{codebase, id};

    fn partition(text: &str, options: &Options) -> (Codebase, Partition) {
        let code = codebase(text);
        let found = cluster(&code, &module_graph(&code), &Evidence::default(), options);
        found.verify(code.modules.len()).expect("a sound partition");
        (code, found)
    }

    fn service<'p>(code: &Codebase, found: &'p Partition, module: &str) -> Option<&'p str> {
        found.members[id(code, module).index()].service.map(|s| found.names[s.index()].as_str())
    }

    /// Three businesses in three layers, wired by a router, sharing an error type.
    fn layered() -> String {
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
    fn nothing_gives_nothing() {
        let (_, found) = partition("", &Options::default());
        assert!(found.names.is_empty());
    }
}
