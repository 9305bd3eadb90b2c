//! What it takes to part each candidate from the rest: cut list, order, effort.
//!
//! Takes the code base, the evidence, the partition, and what was said of candidates, crossings and data; gives one [`Extraction`] per candidate, in the
//! order of their ids. The order of the steps is that of a strangler: open what holds, draw the boundary as a crate inside the process, then
//! put a network into it. Invariants: a step lists all that is left of it, so that one with nothing to do is done; every action names
//! every place that changes; efforts follow the table of [`Technique::effort`] and nothing else.

mod boundary;
mod data;
mod impls;
mod outward;
mod paths;
mod visibility;

use super::counted;
use super::effects::effects;
use super::remotability::Types;
use crate::model::codebase::{Codebase, Reference};
use crate::model::data_plan::DataPlan;
use crate::model::evidence::Evidence;
use crate::model::extraction::{Action, Extraction, Separable, Step, StepKind, Technique};
use crate::model::graph::ModuleGraph;
use crate::model::ids::{ItemId, ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::place::Site;
use crate::model::plan::{CrossedItem, Crossing, Fit, Reason, Service, Style, Verdict};
use boundary::{Boundary, Group};
use std::collections::{BTreeMap, BTreeSet};

/// Places that one pull request changes, at most, where it does more than one thing.
const PULL_PLACES: usize = 40;
/// Things that one pull request does, at most.
const PULL_ACTIONS: usize = 15;
/// Crates by which code registers itself when it is linked.
const REGISTRIES: &[&str] = &["inventory", "linkme", "ctor", "typetag", "distributed_slice"];
/// Places under one reason, at most.
const SITES: usize = 12;

/// One extraction for each candidate.
pub(crate) fn extractions(
    codebase: &Codebase,
    graph: &ModuleGraph,
    evidence: &Evidence,
    partition: &Partition,
    services: &[Service],
    crossings: &[Crossing],
    data: &DataPlan,
) -> Vec<Extraction> {
    let effects = effects(codebase, evidence);
    let types = Types::new(codebase, &effects);
    let ground = Ground { codebase, graph, evidence, partition, crossings, data, effects, types, made_of: made_of(codebase) };
    let mut all: Vec<Extraction> = (0..services.len()).map(|s| ground.extraction(ServiceId::from(s))).collect();
    rank(&mut all, services);
    all
}

/// By unit and by function, what it refers to.
fn made_of(codebase: &Codebase) -> BTreeMap<ItemId, Vec<&Reference>> {
    let mut out: BTreeMap<ItemId, Vec<&Reference>> = BTreeMap::new();
    for r in &codebase.references {
        if let Some(item) = r.from_item {
            let unit = codebase.unit(item);
            out.entry(unit).or_default().push(r);
            if unit != item {
                out.entry(item).or_default().push(r);
            }
        }
    }
    out
}

struct Ground<'a> {
    codebase: &'a Codebase,
    graph: &'a ModuleGraph,
    evidence: &'a Evidence,
    partition: &'a Partition,
    crossings: &'a [Crossing],
    data: &'a DataPlan,
    /// What each item refers to, its impl blocks and members included.
    made_of: BTreeMap<ItemId, Vec<&'a Reference>>,
    effects: Vec<bool>,
    types: Types<'a>,
}

impl Ground<'_> {
    fn extraction(&self, service: ServiceId) -> Extraction {
        let boundary = Boundary::new(self.codebase, self.partition, service);
        let mut steps = vec![
            Step { kind: StepKind::Open, actions: self.open(service) },
            Step { kind: StepKind::Library, actions: self.library(&boundary) },
            Step { kind: StepKind::Contract, actions: Vec::new() },
            Step { kind: StepKind::Invert, actions: Vec::new() },
            Step { kind: StepKind::Widen, actions: visibility::hidden(self.codebase, &boundary) },
            Step { kind: StepKind::Implementations, actions: impls::orphans(self.codebase, &boundary) },
            Step { kind: StepKind::Crate, actions: self.own_crate(&boundary) },
            Step { kind: StepKind::Data, actions: data::actions(self.evidence, self.partition, self.data, service) },
            Step { kind: StepKind::Remote, actions: self.remote(service) },
        ];
        let (contract, invert) = self.outgoing(service, &boundary);
        (steps[2].actions, steps[3].actions) = (contract, invert);
        number(&mut steps);
        let has = |kind: StepKind| steps.iter().any(|s| s.kind == kind && !s.actions.is_empty());
        let cuts_library = steps[1].actions.iter().any(|a| a.technique != Technique::MoveModule);
        let separable = match () {
            () if has(StepKind::Open) => Separable::NotYet,
            () if has(StepKind::Invert) || has(StepKind::Implementations) || cuts_library => Separable::AfterCuts,
            () => Separable::Yes,
        };
        let because = self.reasons(&boundary, separable, &steps);
        Extraction { service, separable, because, rank: 0, rank_because: String::new(), steps }
    }

    /// What keeps it together with others, in both directions.
    fn open(&self, service: ServiceId) -> Vec<Action> {
        let mut actions = Vec::new();
        for crossing in self.crossings.iter().filter(|c| c.from == service || c.to == service) {
            let other = if crossing.from == service { crossing.to } else { crossing.from };
            for item in crossing.items.iter().filter(|i| i.style == Style::KeepTogether) {
                let direction = if crossing.from == service { "used of" } else { "used by" };
                let because = format!("{direction} `{}`: {}", self.partition.names[other.index()], item.because);
                actions.push(crossed(Technique::Redesign, item, because));
            }
        }
        in_order(&mut actions);
        actions
    }

    /// Its modules, unless they are crates of their own already.
    fn own_crate(&self, boundary: &Boundary<'_>) -> Vec<Action> {
        let mut actions = Vec::new();
        let mut paths = paths::leading_out(self.codebase, boundary);
        for module in boundary.modules(Group::Own).filter(|m| boundary.is_mixed(*m)) {
            let m = &self.codebase.modules[module.index()];
            let file = &self.codebase.files[m.file.index()].path;
            let leads = paths.remove(&module).unwrap_or_default();
            let moves = if m.inline { format!("an inline module of {file}") } else { format!("{file} moves") };
            let because = if leads.is_empty() { moves } else { format!("{moves}; in these places, paths lead to another crate then") };
            actions.push(action(Technique::MoveModule, m.id.clone(), Some(self.module_site(module)), because, leads));
        }
        actions
    }

    /// Calls to it become requests and messages; for each candidate that it asks, a client.
    fn remote(&self, service: ServiceId) -> Vec<Action> {
        let mut actions = Vec::new();
        for crossing in self.crossings.iter().filter(|c| c.to == service) {
            for item in crossing.items.iter().filter(|i| matches!(i.style, Style::SyncApi | Style::Broker)) {
                let technique = if item.style == Style::Broker { Technique::Event } else { Technique::Api };
                let fit = item.remote.as_ref().map(|r| (r.fit, r.because.join("; ")));
                let how = match &fit {
                    Some((Fit::AsIs, _)) | None => "as it is".to_owned(),
                    Some((Fit::Dto, why)) => format!("with a data transfer object: {why}"),
                    Some((Fit::Redesign, why)) => format!("after a redesign: {why}"),
                };
                let because = format!("called by `{}`; {how}", self.partition.names[crossing.from.index()]);
                actions.push(crossed(technique, item, because));
            }
        }
        for crossing in self.crossings.iter().filter(|c| c.from == service) {
            let waited: Vec<&CrossedItem> = crossing.items.iter().filter(|i| i.style == Style::SyncApi).collect();
            if !waited.is_empty() {
                let to = &self.partition.names[crossing.to.index()];
                let because = format!("a client for the {} that it asks of `{to}`", counted(waited.len(), "item"));
                let mut sites: Vec<Site> = waited.iter().flat_map(|i| i.sites.clone()).collect();
                sites.sort();
                actions.push(action(Technique::Api, format!("client of {to}"), None, because, sites));
            }
        }
        in_order(&mut actions);
        actions
    }

    fn reasons(&self, boundary: &Boundary<'_>, separable: Separable, steps: &[Step]) -> Vec<Reason> {
        let count = |kind: StepKind| steps.iter().find(|s| s.kind == kind).map_or(0, |s| s.actions.len());
        let text = match separable {
            Separable::Yes => "its modules can move to a crate of their own: nothing that they use depends on them; a call to code that uses them would change this".to_owned(),
            Separable::AfterCuts => format!(
                "a crate of its own would be part of a circle: {} to be turned around, {} and {} to be moved first",
                counted(count(StepKind::Invert), "call"),
                counted(count(StepKind::Contract), "type or function"),
                counted(count(StepKind::Implementations), "impl block")
            ),
            Separable::NotYet => format!(
                "{} keep it together with others; what would open each stands in the first step",
                counted(count(StepKind::Open), "item")
            ),
        };
        let mut reasons = vec![Reason::new(text)];
        for cycle in &self.graph.cycles {
            let (inside, outside): (Vec<ModuleId>, Vec<ModuleId>) = cycle.modules.iter().partition(|m| boundary.group(**m) == Group::Own);
            if !inside.is_empty() && !outside.is_empty() {
                let cut = cycle.cuts.iter().find(|c| boundary.group(c.from) != boundary.group(c.to));
                let cut = cut.map(|c| {
                    let id = |m: ModuleId| format!("`{}`", self.codebase.modules[m.index()].id);
                    format!("; {} → {} is the cheapest edge to cut across the boundary", id(c.from), id(c.to))
                });
                reasons.push(Reason::new(format!(
                    "{} of its modules are in a tangle with {} of other code{}",
                    inside.len(),
                    counted(outside.len(), "module"),
                    cut.unwrap_or_default()
                )));
            }
        }
        let own: BTreeSet<ModuleId> = boundary.modules(Group::Own).collect();
        for (module, name, count) in self.codebase.externals.iter().filter(|e| own.contains(&e.0) && REGISTRIES.contains(&e.1.as_str())) {
            reasons.push(Reason::at(
                format!(
                    "`{name}` registers code when it is linked ({}): a crate that nobody names is not linked, and registers nothing",
                    counted(*count as usize, "place")
                ),
                vec![self.module_site(*module)],
            ));
        }
        let files: BTreeSet<_> = own.iter().map(|m| self.codebase.modules[m.index()].file).collect();
        let off: Vec<Site> = (self.codebase.off.iter().filter(|(file, ..)| files.contains(file)))
            .map(|(file, line, _)| Site::new(self.codebase.files[file.index()].path.clone(), *line))
            .collect();
        if !off.is_empty() {
            let text = format!(
                "{} of its files stand under a `cfg` that is off here, tests among them: they move along, and are not looked at",
                counted(off.len(), "item")
            );
            reasons.push(Reason::at(text, off.into_iter().take(SITES).collect()));
        }
        reasons
    }

    fn path(&self, item: ItemId) -> String {
        let module = self.codebase.items[item.index()].module;
        format!("{}::{}", self.codebase.modules[module.index()].id, self.codebase.item_path(item))
    }

    fn module_site(&self, module: ModuleId) -> Site {
        let m = &self.codebase.modules[module.index()];
        Site::new(self.codebase.files[m.file.index()].path.clone(), m.line)
    }
}

fn action(technique: Technique, what: String, defined: Option<Site>, because: String, mut sites: Vec<Site>) -> Action {
    sites.dedup();
    let (once, each) = technique.effort();
    let effort = once + each * sites.len() as f64;
    Action { technique, what, defined, because, sites, effort, pull: 0 }
}

fn crossed(technique: Technique, item: &CrossedItem, because: String) -> Action {
    action(technique, item.path.clone(), Some(item.defined.clone()), because, item.sites.clone())
}

/// By technique, then by name.
fn in_order(actions: &mut [Action]) {
    actions.sort_by(|a, b| (a.technique, &a.what, &a.because).cmp(&(b.technique, &b.what, &b.because)));
}

/// Numbers the pull requests: a step begins a new one, and what changes behaviour has one to itself.
fn number(steps: &mut [Step]) {
    let mut pull = 0;
    for step in steps {
        let (mut places, mut things) = (usize::MAX, 0);
        for action in &mut step.actions {
            let alone =
                matches!(action.technique, Technique::Redesign | Technique::Api | Technique::Event | Technique::Port | Technique::OwnTable);
            if alone || things >= PULL_ACTIONS || places.saturating_add(action.sites.len()) > PULL_PLACES {
                pull += 1;
                (places, things) = (0, 0);
            }
            action.pull = pull;
            things += 1;
            places = if alone { usize::MAX } else { places + action.sites.len() };
        }
    }
}

/// The order in which they should be taken out: what comes out easily first, and of that what is worth a service.
fn rank(all: &mut [Extraction], services: &[Service]) {
    let worth = |e: &Extraction| match services[e.service.index()].verdict {
        Verdict::Service => 0,
        Verdict::Crate => 1,
        Verdict::Keep => 2,
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| {
        let key = |e: &Extraction| (worth(e), e.separable);
        key(&all[*a]).cmp(&key(&all[*b])).then(all[*a].effort().total_cmp(&all[*b].effort())).then(a.cmp(b))
    });
    for (position, at) in order.into_iter().enumerate() {
        let (extraction, service) = (&all[at], &services[all[at].service.index()]);
        let because = format!(
            "{}; {}; about {:.0} hours; {} {} for it",
            match service.verdict {
                Verdict::Service => "worth a service",
                Verdict::Crate => "worth a crate",
                Verdict::Keep => "not worth parting",
            },
            match extraction.separable {
                Separable::Yes => "nothing holds it",
                Separable::AfterCuts => "some calls have to be turned around",
                Separable::NotYet => "something holds it together with others",
            },
            extraction.effort(),
            counted(service.ca as usize, "candidate"),
            if service.ca == 1 { "waits" } else { "wait" }
        );
        all[at].rank = position as u32 + 1;
        all[at].rank_because = because;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::tests::by_crate;
    use crate::advise::{advise, crossings::tests::by_module};
    use crate::graph::module_graph;
    use crate::model::testing::codebase;

    fn steps(extraction: &Extraction) -> Vec<String> {
        let all = extraction.steps.iter().flat_map(|s| s.actions.iter().map(move |a| (s.kind, a)));
        all.map(|(kind, a)| format!("{} {} {} {}", kind.name(), a.technique.name(), a.what, a.sites.len())).collect()
    }

    /// Modules below `shop` are the candidates; `shop::lib…` is shared, `shop` itself glue.
    fn check(text: &str, service: &str, separable: Separable, expected: &[&str]) -> Extraction {
        let code = codebase(text);
        let partition = by_module(&code);
        let plan = advise(&code, &module_graph(&code), &Evidence::default(), &partition, &crate::advise::Options::default());
        let at = partition.names.iter().position(|n| n == service).expect(service);
        let found = plan.extractions[at].clone();
        assert_eq!(steps(&found), expected, "{text}");
        assert_eq!(found.separable, separable, "{text}");
        found
    }

    #[test]
    fn a_leaf_moves_with_the_library_that_it_uses() {
        check(
            "mod shop\n mod shop::mail 90\n fn shop::mail::send async\n mod shop::lib_text 50\n fn shop::lib_text::trim\n mod shop::orders\n fn shop::orders::place async\n\
             shop::orders::place -> shop::mail::send call 1 used awaited\n shop::mail::send -> shop::lib_text::trim call 2 used",
            "mail",
            Separable::Yes,
            &["library move-module shop::lib_text 0", "crate move-module shop::mail 1", "remote api shop::mail::send 1"],
        );
    }

    #[test]
    fn a_library_takes_along_what_it_names_and_what_that_is_made_of() {
        check(
            "fn shop::a::run async\n struct shop::a::Key\n struct shop::b::Order\n struct shop::b::Line\n shop::a -> shop::lib_db type 1
             shop::lib_db -> shop::a::Key type 1\n shop::lib_db -> shop::b::Order type 1\n shop::b::Order -> shop::b::Line type 1
             shop::b -> shop::lib_db type 1",
            "a",
            Separable::AfterCuts,
            &[
                "library move-module shop::lib_db 0",
                "library move-item shop::a::Key 1",
                "library move-item shop::b::Order 1",
                "library move-item shop::b::Line 1",
                "crate move-module shop::a 1",
            ],
        );
    }

    #[test]
    fn what_uses_its_user_is_turned_around_and_its_types_move_to_a_contract() {
        let found = check(
            "mod shop\n struct shop::orders::Order\n fn shop::orders::load async\n fn shop::orders::place async\n fn shop::mail::send async\n\
             shop::orders::place -> shop::mail::send call 1 used awaited\n shop::mail::send -> shop::orders::load call 2 used awaited\n\
             shop::mail::send -> shop::orders::Order type 3",
            "mail",
            Separable::AfterCuts,
            &[
                "contract move-item shop::orders::Order 1",
                "invert port shop::orders::load 1",
                "crate move-module shop::mail 2",
                "remote api client of orders 1",
                "remote api shop::mail::send 1",
            ],
        );
        assert!(found.because[0].text.starts_with("a crate of its own would be part of a circle: 1 call"), "{:?}", found.because);
        assert_eq!(found.steps.iter().flat_map(|s| &s.actions).map(|a| a.pull).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_is_hidden_is_widened_and_orphans_are_found() {
        check(
            "mod shop\n mod shop::mail 90 private\n fn shop::mail::send async private\n struct shop::mail::Letter field=-text:String\n mod shop::orders\n fn shop::orders::place async\n\
             trait shop::lib_fmt::Show\n impl shop::orders shop::lib_fmt::Show for shop::mail::Letter\n\
             shop::orders::place -> shop::mail::send call 1 used awaited\n shop::orders::place -> shop::mail::Letter field 1\n shop::mail::send -> shop::lib_fmt::Show trait 1",
            "mail",
            Separable::AfterCuts,
            &[
                "library move-module shop::lib_fmt 0",
                "widen widen shop::mail 1",
                "widen widen shop::mail::Letter 1",
                "widen widen shop::mail::send 1",
                "implementations move-impl shop::orders::impl Show for Letter 1",
                "crate move-module shop::mail 1",
                "remote api shop::mail::send 1",
            ],
        );
    }

    #[test]
    fn a_transaction_has_to_be_opened_first() {
        let found = check(
            "mod shop\n fn shop::stock::reserve async\n fn shop::orders::place async\n shop::orders::place -> shop::stock::reserve call 1 used transaction",
            "stock",
            Separable::NotYet,
            &["open redesign shop::stock::reserve 1", "crate move-module shop::stock 0"],
        );
        assert!(found.steps[0].actions[0].because.starts_with("used by `orders`: called inside an open transaction"), "{found:?}");
    }

    #[test]
    fn what_is_a_crate_already_has_that_step_behind_it() {
        let code = codebase("fn b::f async\n a -> b::f call 2 used awaited");
        let plan = advise(&code, &module_graph(&code), &Evidence::default(), &by_crate(&code), &crate::advise::Options::default());
        let of_b = &plan.extractions[1];
        assert_eq!(steps(of_b), ["remote api b::f 1"]);
        assert_eq!((of_b.rank, plan.extractions[0].rank), (2, 1), "{:?}", plan.extractions);
    }
}
