//! Which modules are capabilities, which are shared libraries, which only wire the others together.
//!
//! Takes the code base, its module graph and business paths; gives a role and one sentence with the figures for each module.
//! Decided in this order: what the user set; glue by form (roots of binaries, modules that only declare and re-export, empty ones);
//! whole shared crates; shared modules; glue by figures (composition roots, hubs that know everything); modules that serve shared
//! ones alone; the rest are capabilities. A name is supporting evidence: it lowers a threshold, it never decides.

mod shared;

use super::paths::Paths;
use super::{Options, words};
use crate::model::codebase::{Codebase, CrateKind, DependencyKind};
use crate::model::graph::ModuleGraph;
use crate::model::ids::ModuleId;
use crate::model::partition::Role;
use std::collections::{BTreeMap, BTreeSet};

/// How many areas are "most of them": at least a number, and a share; where areas are many and small, the share is bounded by a
/// multiple of the square root of their number.
struct Many {
    least: usize,
    share: f64,
    root: f64,
}

impl Many {
    const fn new(least: usize, share: f64, root: f64) -> Self {
        Self { least, share, root }
    }

    fn reached(&self, areas: usize, of: usize) -> bool {
        areas >= self.least && areas as f64 >= (self.share * of as f64).min(self.root * (of as f64).sqrt())
    }
}

/// A module that its name calls a composition root uses at least so many other areas.
const NAMED_ROOT: Many = Many::new(3, 0.4, 1.5);
/// The same without the name.
const ROOT: Many = Many::new(4, 0.6, 2.5);
/// A module that uses so many areas wires them, whoever uses it.
const HUB: Many = Many::new(5, 0.8, 4.0);
/// A module without a telling name that uses so many areas and is used by as many ties them all together.
const BOTH_WAYS: Many = Many::new(5, 0.5, 1.6);
/// The root of a layer's folder wires it where at least this share of what it uses is below it.
const OWN_CHILDREN: f64 = 0.6;
/// A module that only glue knows, and that knows no capability, has a business of its own from so many lines on.
const STRAY_LINES: u32 = 80;
/// Names of composition roots and of what they hand around.
const ROOT_NAMES: &str = "main app application router route server startup bootstrap state appstate context wiring container lib run";

/// The role of each module, and why.
pub(crate) fn assign(codebase: &Codebase, graph: &ModuleGraph, paths: &Paths, options: &Options) -> Vec<(Role, String)> {
    let mut a = Assignment::new(codebase, graph, paths);
    for &m in &options.shared {
        a.set(m, Role::Shared, "set as shared in the configuration".into());
    }
    for &m in &options.glue {
        a.set(m, Role::Glue, "set as glue in the configuration".into());
    }
    for pin in &options.pins {
        for &m in &pin.modules {
            a.set(m, Role::Capability, format!("pinned to the service `{}`", pin.name));
        }
    }
    for (bonds, name) in [(&options.together, "together"), (&options.apart, "apart")] {
        for &m in bonds.iter().flat_map(|bond| &bond.sides).flatten() {
            a.set(m, Role::Capability, format!("its place is asked for by [[{name}]]"));
        }
    }
    for &m in &codebase.outside {
        a.set(m, Role::Glue, "stands for whoever calls from outside".into());
    }
    if options.roles {
        a.by_form();
        a.shared_crates();
        a.shared_modules();
        a.wiring();
        // Without the hubs, some modules use no capability any more.
        a.shared_modules();
        a.serving_shared();
        a.strays();
    }
    a.finish()
}

struct Assignment<'a> {
    codebase: &'a Codebase,
    paths: &'a Paths,
    users: Vec<Vec<ModuleId>>,
    uses: Vec<Vec<ModuleId>>,
    graph: &'a ModuleGraph,
    found: Vec<Option<(Role, String)>>,
}

impl<'a> Assignment<'a> {
    fn new(codebase: &'a Codebase, graph: &'a ModuleGraph, paths: &'a Paths) -> Self {
        let modules = codebase.modules.len();
        let (mut users, mut uses) = (vec![Vec::new(); modules], vec![Vec::new(); modules]);
        for p in &graph.pairs {
            users[p.to.index()].push(p.from);
            uses[p.from.index()].push(p.to);
        }
        Self { codebase, paths, users, uses, graph, found: vec![None; modules] }
    }

    fn modules(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..self.codebase.modules.len()).map(ModuleId::from)
    }

    /// The first decision stands.
    fn set(&mut self, module: ModuleId, role: Role, because: String) {
        self.found[module.index()].get_or_insert((role, because));
    }

    fn is(&self, module: ModuleId, role: Role) -> bool {
        self.found[module.index()].as_ref().is_some_and(|f| f.0 == role)
    }

    fn open(&self, module: ModuleId) -> bool {
        self.found[module.index()].is_none()
    }

    /// Neither glue nor shared, as far as is known.
    fn business(&self, module: ModuleId) -> bool {
        !self.is(module, Role::Glue) && !self.is(module, Role::Shared)
    }

    /// Areas of modules that are not glue.
    fn areas(&self) -> BTreeSet<&'a str> {
        self.modules().filter(|&m| !self.is(m, Role::Glue)).filter_map(|m| self.paths.area(m)).collect()
    }

    /// Areas in which there is a business.
    fn business_areas(&self) -> BTreeSet<&'a str> {
        self.modules().filter(|&m| self.business(m)).filter_map(|m| self.paths.area(m)).collect()
    }

    /// Areas of `of`, other than that of `module`.
    fn other_areas(&self, module: ModuleId, of: &[ModuleId], counts: impl Fn(ModuleId) -> bool) -> usize {
        let own = self.paths.area(module);
        let areas: BTreeSet<&str> =
            of.iter().filter(|&&m| counts(m)).filter_map(|&m| self.paths.area(m)).filter(|a| Some(*a) != own).collect();
        areas.len()
    }

    fn named(&self, module: ModuleId, names: &str) -> bool {
        let m = &self.codebase.modules[module.index()];
        let folded: Vec<String> = words::split(m.name()).iter().map(|w| words::fold(w)).collect();
        let joined = folded.concat();
        names.split_whitespace().any(|name| name == joined || folded.last().is_some_and(|last| last == name))
    }

    fn inside(&self, module: ModuleId, folder: ModuleId) -> bool {
        std::iter::successors(Some(module), |m| self.codebase.modules[m.index()].parent).any(|m| m == folder)
    }

    fn by_form(&mut self) {
        let knows_items = !self.codebase.items.is_empty();
        let mut has_items = vec![false; self.codebase.modules.len()];
        self.codebase.items.iter().for_each(|i| has_items[i.module.index()] = true);
        let mut has_children = vec![false; self.codebase.modules.len()];
        self.codebase.modules.iter().filter_map(|m| m.parent).for_each(|p| has_children[p.index()] = true);
        let mut does = vec![false; self.codebase.modules.len()];
        self.graph.dependencies.iter().filter(|d| d.kind != DependencyKind::Use).for_each(|d| does[d.from.index()] = true);
        let others_have_lines = |m: ModuleId| {
            self.codebase.modules.iter().enumerate().any(|(i, o)| i != m.index() && o.lines > 0 && (!knows_items || has_items[i]))
        };
        let mut found = Vec::new();
        for m in self.modules().filter(|&m| self.open(m)) {
            let krate = &self.codebase.crates[self.codebase.modules[m.index()].krate.index()];
            let root = krate.root == m && self.codebase.modules[m.index()].id == krate.name;
            if krate.kind == CrateKind::Test {
                found.push((m, "an integration test: it reaches whatever it tests".to_string()));
            } else if root && krate.kind == CrateKind::Binary && others_have_lines(m) {
                found.push((m, "the root of a binary: it starts the others".to_string()));
            } else if knows_items && !has_items[m.index()] && has_children[m.index()] {
                found.push((m, "only declares and re-exports modules".to_string()));
            } else if knows_items && !has_items[m.index()] && !does[m.index()] && self.users[m.index()].is_empty() {
                found.push((m, "is empty, or only re-exports".to_string()));
            } else if !knows_items && has_children[m.index()] && self.users[m.index()].is_empty() && self.uses[m.index()].is_empty() {
                found.push((m, "only encloses other modules".to_string()));
            }
        }
        found.into_iter().for_each(|(m, because)| self.set(m, Role::Glue, because));
    }

    /// Composition roots, and hubs that know everything.
    fn wiring(&mut self) {
        let areas = self.business_areas();
        let mut in_area: BTreeMap<&str, usize> = BTreeMap::new();
        for m in self.modules().filter(|&m| self.business(m)) {
            if let Some(area) = self.paths.area(m) {
                *in_area.entry(area).or_default() += 1;
            }
        }
        let mut found = Vec::new();
        for m in self.modules().filter(|&m| self.open(m)) {
            let own = self.paths.area(m);
            let others = areas.len() - usize::from(own.is_some_and(|a| areas.contains(a)));
            let used = self.other_areas(m, &self.uses[m.index()], |u| self.business(u));
            let users = self.other_areas(m, &self.users[m.index()], |u| !self.is(u, Role::Glue));
            let alone = own.is_none_or(|a| in_area[a] == 1);
            let named = self.named(m, ROOT_NAMES) || own.is_none();
            let root = named && NAMED_ROOT.reached(used, others);
            let unnamed = alone && ROOT.reached(used, others) && (users <= 1 || HUB.reached(used, others));
            let both_ways = alone && BOTH_WAYS.reached(used.min(users), others);
            let capabilities: Vec<ModuleId> = self.uses[m.index()].iter().copied().filter(|&u| self.business(u)).collect();
            let children = capabilities.iter().filter(|&&u| self.inside(u, m)).count();
            let layer = own.is_none() && used >= NAMED_ROOT.least && ratio(children, capabilities.len()) >= OWN_CHILDREN;
            if root || unnamed || both_ways || layer {
                let role = if users >= NAMED_ROOT.least { "a hub that would glue all services together" } else { "it wires them" };
                found.push((m, format!("uses {used} of the {others} other areas that have a business, and is used by {users}: {role}")));
            }
        }
        found.into_iter().for_each(|(m, because)| self.set(m, Role::Glue, because));
    }

    /// Small modules that only glue knows and that know no capability: a health check, a banner.
    fn strays(&mut self) {
        let mut in_area: BTreeMap<&str, usize> = BTreeMap::new();
        for area in self.modules().filter(|&m| self.business(m)).filter_map(|m| self.paths.area(m)) {
            *in_area.entry(area).or_default() += 1;
        }
        let stray = |m: &ModuleId| {
            let (users, uses) = (&self.users[m.index()], &self.uses[m.index()]);
            let lines = self.codebase.modules[m.index()].lines;
            (1..STRAY_LINES).contains(&lines)
                && !users.is_empty()
                && users.iter().all(|&u| self.is(u, Role::Glue))
                && !uses.iter().any(|&u| self.business(u))
                && self.paths.area(*m).is_none_or(|area| in_area[area] == 1)
        };
        let found: Vec<ModuleId> = self.modules().filter(|&m| self.open(m)).filter(stray).collect();
        for m in found {
            let lines = self.codebase.modules[m.index()].lines;
            self.set(m, Role::Glue, format!("{lines} lines that glue alone uses and that use no capability"));
        }
    }

    fn finish(self) -> Vec<(Role, String)> {
        let rest = |m: usize| {
            let business =
                |of: &[ModuleId]| of.iter().filter(|u| !matches!(self.found[u.index()], Some((Role::Glue | Role::Shared, _)))).count();
            let (users, uses) = (business(&self.users[m]), business(&self.uses[m]));
            (Role::Capability, format!("used by {users} and uses {uses} other capability modules"))
        };
        self.found.iter().enumerate().map(|(m, found)| found.clone().unwrap_or_else(|| rest(m))).collect()
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::module_graph;
    use crate::model::testing::{codebase, id};

    const SHOP: &str = "
        bin shop
        mod shop 80
        struct shop::state::AppState
        fn shop::error::fail
        fn shop::routes::router
        fn shop::handlers::orders::place
        fn shop::handlers::payments::pay
        fn shop::handlers::stock::show
        fn shop::handlers::users::login
        fn shop::services::orders::place
        fn shop::services::payments::pay
        fn shop::services::stock::show
        fn shop::services::users::login
        shop -> shop::routes::router
        shop::routes -> shop::handlers::orders::place
        shop::routes -> shop::handlers::payments::pay
        shop::routes -> shop::handlers::stock::show
        shop::routes -> shop::handlers::users::login
        shop::state -> shop::services::orders type
        shop::state -> shop::services::payments type
        shop::state -> shop::services::stock type
        shop::state -> shop::services::users type
        shop::handlers::orders -> shop::state::AppState type
        shop::handlers::payments -> shop::state::AppState type
        shop::handlers::stock -> shop::state::AppState type
        shop::handlers::users -> shop::state::AppState type
        shop::handlers::orders -> shop::services::orders::place
        shop::handlers::payments -> shop::services::payments::pay
        shop::handlers::stock -> shop::services::stock::show
        shop::handlers::users -> shop::services::users::login
        shop::services::orders -> shop::error::fail
        shop::services::payments -> shop::error::fail
        shop::services::stock -> shop::error::fail
        shop::services::orders -> shop::services::stock::show";

    fn check(text: &str, module: &str, role: Role) {
        let code = codebase(text);
        let roles = assign(&code, &module_graph(&code), &Paths::new(&code), &Options::default());
        let (found, because) = &roles[id(&code, module).index()];
        assert_eq!(*found, role, "{module}: {because}");
    }

    #[test]
    fn roots_routers_and_the_state_of_everything_are_glue() {
        for module in ["shop", "shop::routes", "shop::state", "shop::handlers"] {
            check(SHOP, module, Role::Glue);
        }
    }

    #[test]
    fn what_all_use_is_shared_and_the_rest_has_a_business() {
        check(SHOP, "shop::error", Role::Shared);
        check(SHOP, "shop::services::orders", Role::Capability);
        check(SHOP, "shop::handlers::users", Role::Capability);
    }

    #[test]
    fn what_is_in_a_library_folder_follows_its_users() {
        let text = SHOP.to_string()
            + "\n fn shop::utils::money::round\n fn shop::utils::parcel::weigh
             shop::services::orders -> shop::utils::money::round\n shop::services::payments -> shop::utils::money::round
             shop::services::stock -> shop::utils::parcel::weigh";
        check(&text, "shop::utils::money", Role::Shared);
        check(&text, "shop::utils::parcel", Role::Capability);
    }

    #[test]
    fn what_only_glue_knows_is_glue_while_it_is_small() {
        let text = SHOP.to_string() + "\n fn shop::health::ok\n shop::routes -> shop::health::ok path 1";
        check(&text, "shop::health", Role::Capability);
        let mut code = codebase(&text);
        let health = id(&code, "shop::health");
        code.modules[health.index()].lines = 15;
        let roles = assign(&code, &module_graph(&code), &Paths::new(&code), &Options::default());
        assert_eq!(roles[health.index()].0, Role::Glue);
    }

    #[test]
    fn a_telling_name_alone_makes_nothing_shared() {
        check("fn s::orders::util::f\n fn s::orders::cart::g\n s::orders::cart -> s::orders::util::f", "s::orders::util", Role::Capability);
    }

    #[test]
    fn an_orchestrator_with_layers_of_its_own_is_a_capability() {
        let text = SHOP.to_string()
            + "\n shop::services::orders -> shop::services::payments::pay\n shop::services::orders -> shop::services::users::login";
        check(&text, "shop::services::orders", Role::Capability);
    }
}
