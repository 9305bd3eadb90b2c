//! How two candidates should talk, from everything by which one refers to the other.
//!
//! Takes the code base and the partition; gives one [`Crossing`] for each ordered pair of candidates with a reference, sorted.
//! Each item has the style that it would have alone; the seam has the one that most of its calls ask for, and `because` names the
//! exceptions. Shared and glue modules have no crossings.

use super::means::Talk;
use super::memory;
use super::styles::{Judge, Rule};
use super::{counted, listed};
use crate::model::codebase::{Codebase, Confidence, DependencyKind, Dispatch, DispatchKind, Provenance, Reference};
use crate::model::evidence::Evidence;
use crate::model::ids::{ItemId, ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::place::Site;
use crate::model::plan::{CrossedItem, Crossing, Reason, Style};
use std::collections::BTreeMap;

/// A seam is kept together where at least this share of the references that are not library ones cannot be parted …
const KEEP_SHARE: f64 = 1.0 / 3.0;
/// … or this share, where calls in loops are among them: those open with one call for all before the loop.
const KEEP_SHARE_LOOPS: f64 = 0.5;
/// Two candidates that wait for each other in at least this many references each way …
const TANGLED_REFERENCES: u32 = 8;
/// … with no less than this share of the one way on the other, are one thing.
const TANGLED_BALANCE: f64 = 0.5;
/// Places under one reason, at most; the items have them all.
const SITES: usize = 12;

/// An item with its rule.
struct Judged {
    rule: Rule,
    item: CrossedItem,
    /// References besides `use`.
    weight: u32,
    /// Where it is called in a loop, though most of its calls are not.
    looped: Vec<Site>,
}

/// All crossings, sorted by (from, to).
pub(crate) fn crossings(codebase: &Codebase, evidence: &Evidence, partition: &Partition) -> Vec<Crossing> {
    let service = |m: ModuleId| partition.members[m.index()].service;
    let mut seams: BTreeMap<(ServiceId, ServiceId), Vec<&Reference>> = BTreeMap::new();
    let unnamed = unnamed(codebase, &service);
    let touches = memory::touches(codebase, evidence, partition);
    for r in codebase.references.iter().chain(&unnamed).chain(&touches) {
        if let (Some(from), Some(to)) = (service(r.from), service(r.to))
            && from != to
        {
            seams.entry((from, to)).or_default().push(r);
        }
    }
    let judge = Judge::new(codebase, evidence, partition, &touches);
    let talk = Talk::new(codebase, evidence, partition);
    let judged: BTreeMap<(ServiceId, ServiceId), Vec<Judged>> =
        seams.into_iter().map(|(ends, references)| (ends, items(codebase, &judge, ends, references))).collect();
    let waiting = |ends: (ServiceId, ServiceId)| {
        let waits = |j: &&Judged| matches!(j.rule.style(), Style::SyncApi | Style::KeepTogether);
        judged.get(&ends).map_or(0, |items| items.iter().filter(waits).map(|j| j.weight).sum::<u32>())
    };
    judged
        .iter()
        .map(|(&(from, to), items)| {
            let names = (partition.names[from.index()].as_str(), partition.names[to.index()].as_str());
            let tangled = tangle((waiting((from, to)), waiting((to, from))));
            seam((from, to), names, items, tangled, &talk)
        })
        .collect()
}

/// Calls that go through a trait: what they name is the trait's, what runs is another candidate's.
fn unnamed(codebase: &Codebase, service: &dyn Fn(ModuleId) -> Option<ServiceId>) -> Vec<Reference> {
    let at = |d: &Dispatch| (d.file, d.line, d.column);
    let runs = |d: &&Dispatch| matches!(d.kind, DispatchKind::Dispatch | DispatchKind::Implementation) && d.to_item.is_some();
    let mut calls: BTreeMap<_, Vec<&Dispatch>> = BTreeMap::new();
    codebase.dispatches.iter().filter(runs).for_each(|d| calls.entry(at(d)).or_default().push(d));
    // Where several candidates implement the trait, nobody can tell which of them a call reaches.
    let one_candidate = |all: &Vec<&Dispatch>| {
        let first = service(all[0].to);
        first.is_some() && all.iter().all(|d| service(d.to) == first)
    };
    let reference = |d: &Dispatch| Reference {
        from: d.from,
        from_item: d.from_item,
        to: d.to,
        to_item: d.to_item,
        kind: DependencyKind::Method,
        line: d.line,
        column: d.column,
        file: d.file,
        via: None,
        context: d.context,
        confidence: Confidence::Type,
        provenance: Provenance::Source,
    };
    calls.into_values().filter(one_candidate).flat_map(|all| all.into_iter().map(reference).collect::<Vec<_>>()).collect()
}

/// The items that are referred to, most referred to first, then by path.
fn items(codebase: &Codebase, judge: &Judge<'_>, ends: (ServiceId, ServiceId), references: Vec<&Reference>) -> Vec<Judged> {
    let mut targets: BTreeMap<(ModuleId, Option<ItemId>), Vec<&Reference>> = BTreeMap::new();
    references.into_iter().for_each(|r| targets.entry((r.to, r.to_item)).or_default().push(r));
    let mut items: Vec<Judged> = targets
        .into_iter()
        .map(|((module, item), references)| {
            let (rule, remote) = judge.judge(ends, item, &references);
            let mut sites: Vec<Site> = references.iter().map(|r| codebase.site(r)).collect();
            sites.sort();
            let m = &codebase.modules[module.index()];
            let crossed = CrossedItem {
                path: item.map_or_else(|| m.id.clone(), |i| path(codebase, i)),
                kind: item.map(|i| codebase.items[i.index()].kind),
                style: rule.style(),
                rule: rule.name().into(),
                because: format!("{}; {}", rule.why(), rule.change()),
                remote,
                defined: item.map_or_else(|| Site::new(codebase.files[m.file.index()].path.clone(), m.line), |i| codebase.item_site(i)),
                sites,
            };
            let weight = references.iter().filter(|r| r.kind != DependencyKind::Use).count() as u32;
            let calls = references.iter().filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method));
            let looped =
                if rule == Rule::Result { calls.filter(|r| judge.is_in_loop(r)).map(|r| codebase.site(r)).collect() } else { Vec::new() };
            Judged { rule, item: crossed, weight, looped }
        })
        .collect();
    items.sort_by(|a, b| b.item.sites.len().cmp(&a.item.sites.len()).then_with(|| a.item.path.cmp(&b.item.path)));
    items
}

/// Full path of an item: members behind their type or trait.
fn path(codebase: &Codebase, item: ItemId) -> String {
    format!("{}::{}", codebase.modules[codebase.items[item.index()].module.index()].id, codebase.item_path(item))
}

/// The figures, where both ways wait for each other too much.
fn tangle((there, back): (u32, u32)) -> Option<(u32, u32)> {
    let (less, more) = (there.min(back), there.max(back));
    (less >= TANGLED_REFERENCES && f64::from(less) >= TANGLED_BALANCE * f64::from(more)).then_some((there, back))
}

/// The style of the whole seam.
fn roll_up(items: &[Judged]) -> Style {
    let sum = |style: Style| items.iter().filter(|j| j.rule.style() == style).map(|j| j.weight.max(1)).sum::<u32>();
    let (keep, wait, tell) = (sum(Style::KeepTogether), sum(Style::SyncApi), sum(Style::Broker));
    let loops = items.iter().filter(|j| j.rule == Rule::Loop).map(|j| j.weight.max(1)).sum::<u32>();
    let active = keep + wait + tell;
    if active == 0 {
        Style::Library
    } else if f64::from(keep - loops) >= KEEP_SHARE * f64::from(active) || f64::from(keep) >= KEEP_SHARE_LOOPS * f64::from(active) {
        Style::KeepTogether
    } else if wait + keep >= tell {
        Style::SyncApi
    } else {
        Style::Broker
    }
}

fn seam(
    ends: (ServiceId, ServiceId),
    (from, to): (&str, &str),
    items: &[Judged],
    tangled: Option<(u32, u32)>,
    talk: &Talk<'_>,
) -> Crossing {
    let mut style = roll_up(items);
    let mut because = Vec::new();
    if let Some((there, back)) = tangled {
        style = Style::KeepTogether;
        because.push(Reason::new(format!(
            "`{from}` waits for `{to}` in {there} references and `{to}` for `{from}` in {back}: no order of cuts opens this; fewer than \
             {TANGLED_REFERENCES} one way, or half of the other way, would"
        )));
    }
    let mut rules: BTreeMap<Rule, Vec<&Judged>> = BTreeMap::new();
    items.iter().for_each(|j| rules.entry(j.rule).or_default().push(j));
    // What decides the style first, then the exceptions, what weighs most before the rest.
    let mut rules: Vec<(Rule, Vec<&Judged>)> = rules.into_iter().collect();
    rules.sort_by_key(|(rule, judged)| (rule.style() != style, std::cmp::Reverse(judged.iter().map(|j| j.weight).sum::<u32>()), *rule));
    let only = rules.len() == 1;
    for (rule, judged) in rules.into_iter().filter(|(rule, _)| *rule != Rule::Name || only) {
        let names: Vec<String> = judged.iter().map(|j| j.item.path.clone()).collect();
        let references: usize = judged.iter().map(|j| j.item.sites.len()).sum();
        let exception = if rule.style() == style { String::new() } else { format!("Exception, {}: ", rule.style().name()) };
        let mut sites: Vec<Site> = judged.iter().flat_map(|j| j.item.sites.clone()).collect();
        sites.sort();
        sites.dedup();
        sites.truncate(SITES);
        let text = format!(
            "{exception}{} ({}, {}): {}; {}",
            listed(&names),
            counted(judged.len(), "item"),
            counted(references, "reference"),
            rule.why(),
            rule.change()
        );
        because.push(Reason::at(text, sites));
    }
    let looped: Vec<&Judged> = items.iter().filter(|j| !j.looped.is_empty()).collect();
    if !looped.is_empty() {
        let names: Vec<String> = looped.iter().map(|j| j.item.path.clone()).collect();
        let mut sites: Vec<Site> = looped.iter().flat_map(|j| j.looped.clone()).collect();
        sites.sort();
        sites.truncate(SITES);
        let text =
            format!("{} among other calls in a loop: one call for all of them before it keeps a cut from being chatty", listed(&names));
        because.push(Reason::at(text, sites));
    }
    let crossed: Vec<CrossedItem> = items.iter().map(|j| j.item.clone()).collect();
    let outbox = |path: &str| items.iter().any(|j| j.rule == Rule::Outbox && j.item.path == path);
    Crossing {
        from: ends.0,
        to: ends.1,
        style,
        because,
        means: talk.means(ends, &crossed, &outbox),
        references: items.iter().map(|j| j.item.sites.len() as u32).sum(),
        items: crossed,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::partition::{Membership, Role};
    use crate::model::testing::codebase;

    /// Every crate is a service; `lib…` is shared.
    pub(crate) fn by_crate(code: &Codebase) -> Partition {
        let names: Vec<String> = code.crates.iter().map(|c| c.name.clone()).filter(|n| !n.starts_with("lib")).collect();
        let members = code.modules.iter().map(|m| {
            let service = names.binary_search(&code.crates[m.krate.index()].name).ok().map(ServiceId::from);
            let role = if service.is_some() { Role::Capability } else { Role::Shared };
            Membership { role, because: String::new(), service, pinned: false, cohesion: 1.0, hold: None }
        });
        Partition { members: members.collect(), keywords: vec![Vec::new(); names.len()], names, ..Partition::default() }
    }

    /// Every module right below `shop` is a service; `shop::lib…` is shared, `shop` itself glue.
    pub(crate) fn by_module(code: &Codebase) -> Partition {
        let below = |id: &str| id.split("::").nth(1).map(str::to_owned);
        let mut names: Vec<String> = code.modules.iter().filter_map(|m| below(&m.id)).filter(|n| !n.starts_with("lib")).collect();
        names.dedup();
        let members = code.modules.iter().map(|m| {
            let service = below(&m.id).and_then(|n| names.binary_search(&n).ok()).map(ServiceId::from);
            let role = match (&service, below(&m.id)) {
                (Some(_), _) => Role::Capability,
                (None, Some(_)) => Role::Shared,
                (None, None) => Role::Glue,
            };
            Membership { role, because: String::new(), service, pinned: false, cohesion: 1.0, hold: None }
        });
        Partition { members: members.collect(), keywords: vec![Vec::new(); names.len()], names, ..Partition::default() }
    }

    fn check(text: &str, expected: &[(&str, &str, Style)]) -> Vec<Crossing> {
        let code = codebase(text);
        let partition = by_crate(&code);
        let found = crossings(&code, &Evidence::default(), &partition);
        let name = |s: ServiceId| partition.names[s.index()].as_str();
        let seen: Vec<_> = found.iter().map(|c| (name(c.from), name(c.to), c.style)).collect();
        assert_eq!(seen, expected);
        found
    }

    #[test]
    fn the_seam_takes_the_style_of_most_calls_and_names_the_rest() {
        let found = check(
            "struct b::Order\n fn b::find async\n fn b::notify async unit
             a::x -> b::find call 3 used awaited\n a::x -> b::notify call 1 awaited\n a::x -> b::Order type 9",
            &[("a", "b", Style::SyncApi)],
        );
        assert_eq!(
            found[0].items.iter().map(|i| (i.path.as_str(), i.style)).collect::<Vec<_>>(),
            [("b::Order", Style::Library), ("b::find", Style::SyncApi), ("b::notify", Style::Broker)]
        );
        assert!(found[0].because[0].text.starts_with("`b::find` (1 item, 3 references): its result decides"));
        assert!(found[0].because.iter().any(|r| r.text.starts_with("Exception, broker: `b::notify`")));
        assert_eq!(found[0].references, 13);
        assert_eq!(found[0].because[0].sites.len(), 1);
    }

    #[test]
    fn types_alone_make_a_library_and_messages_a_broker() {
        check("struct b::Order\n a -> b::Order type 3\n a -> b::Order use 1", &[("a", "b", Style::Library)]);
        check("fn b::told async unit\n struct b::Event\n a -> b::told call 2 awaited\n a -> b::Event type 5", &[("a", "b", Style::Broker)]);
    }

    #[test]
    fn what_cannot_be_parted_decides_where_it_weighs_and_is_named_where_not() {
        let text = "fn b::f async\n fn b::g async\n a -> b::g call 1 used awaited transaction\n a -> b::f call ";
        check(&format!("{text} 2 used awaited"), &[("a", "b", Style::KeepTogether)]);
        let found = check(&format!("{text} 9 used awaited"), &[("a", "b", Style::SyncApi)]);
        assert!(found[0].because[1].text.starts_with("Exception, keep-together: `b::g`"));
        let found =
            check("fn b::f async\n a -> b::f call 2 used awaited\n a -> b::f call 1 used awaited loop", &[("a", "b", Style::SyncApi)]);
        assert!(found[0].because.iter().any(|r| r.text.starts_with("`b::f` among other calls in a loop") && r.sites.len() == 1));
    }

    #[test]
    fn two_that_wait_for_each_other_all_the_time_are_one() {
        check(
            "fn a::f async\n fn b::g async\n a -> b::g call 9 used\n b -> a::f call 12 used",
            &[("a", "b", Style::KeepTogether), ("b", "a", Style::KeepTogether)],
        );
    }

    #[test]
    fn members_are_named_behind_their_type_and_shared_modules_cross_nothing() {
        let found = check(
            "struct b::Cart\n fn b::Cart::total &self\n a -> b::Cart::total method 1 used\n a -> lib call 4\n lib -> a call 1",
            &[("a", "b", Style::Library)],
        );
        assert_eq!(found[0].items[0].path, "b::Cart::total");
    }
}
