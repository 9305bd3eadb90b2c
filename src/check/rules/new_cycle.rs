//! Modules that are now in one tangle and were not in the baseline.

use super::super::comparison::Comparison;
use super::super::policy::Policy;
use super::{Hit, Rule, counted};
use crate::model::finding::Level;
use crate::model::graph::Cycle;
use crate::model::ids::ModuleId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(super) const RULE: Rule = Rule {
    id: "new-cycle",
    level: Level::Deny,
    summary: "modules depend on each other in a circle, and did not before",
    docs: "Two modules can reach each other through some path of dependencies, and in the baseline they could not: a new tangle, or one \
           that has grown.\n\n\
           Why it matters: the modules of a tangle can only be tested, built and moved together; a tangle that spans services makes \
           parting them impossible.\n\n\
           How to fix: cut the reference that the finding names, which is the cheapest on the walk that it shows: pass what is needed \
           as an argument, move the item that is referred to down into a module that both may use, or turn the dependency round with a \
           trait that the lower module defines. If it is meant to be, `seamline baseline update --accept new-cycle --reason \"…\"` \
           records it with its reason.",
    find,
};

fn find(c: &Comparison<'_>, _: &Policy) -> Vec<Hit> {
    c.analysis.cycles.iter().filter_map(|cycle| hit(c, cycle)).collect()
}

/// One finding for each tangle that joins modules anew.
fn hit(c: &Comparison<'_>, cycle: &Cycle) -> Option<Hit> {
    let next = edges(c, cycle);
    let walk = new_walk(c, cycle, &next)?;
    let steps: Vec<(ModuleId, ModuleId)> = walk.iter().copied().zip(walk.iter().copied().cycle().skip(1)).collect();
    let cut = |m: &(ModuleId, ModuleId)| !cycle.cuts.iter().any(|p| (p.from, p.to) == *m);
    let &(from, to) = steps.iter().min_by_key(|step| (next[&step.0][&step.1], cut(step), **step))?;
    let (sites, references) = c.sites(from, to);
    let names: Vec<String> = walk.iter().chain(walk.first()).map(|&m| format!("`{}`", c.id(m))).collect();
    let size = counted(cycle.modules.len(), "module", "modules");
    let references = counted(references as usize, "reference", "references");
    Some(Hit {
        message: format!("a circle that the baseline does not have: {} (in a tangle of {size})", names.join(" → ")),
        sites,
        from: Some(c.id(from).to_owned()),
        to: Some(c.id(to).to_owned()),
        help: format!(
            "Cut `{}` → `{}` ({references}), the cheapest on this walk; `seamline explain new-cycle` says how.",
            c.id(from),
            c.id(to)
        ),
        identity: identity(c, cycle),
    })
}

/// The newly joined pair that comes first by name: it stays the same while walks and counts change.
fn identity(c: &Comparison<'_>, cycle: &Cycle) -> String {
    let mut ids: Vec<&str> = cycle.modules.iter().map(|&m| c.id(m)).collect();
    ids.sort_unstable();
    let first = ids.iter().find_map(|a| ids.iter().find(|b| a != *b && !c.before.tangled(a, b)).map(|b| format!("{a} ↔ {b}")));
    first.unwrap_or_default()
}

type Next = BTreeMap<ModuleId, BTreeMap<ModuleId, u32>>;

/// References between the modules of a tangle.
fn edges(c: &Comparison<'_>, cycle: &Cycle) -> Next {
    let within: BTreeSet<ModuleId> = cycle.modules.iter().copied().collect();
    let mut next: Next = within.iter().map(|&m| (m, BTreeMap::new())).collect();
    for d in c.analysis.dependencies.iter().filter(|d| within.contains(&d.from) && within.contains(&d.to)) {
        *next.entry(d.from).or_default().entry(d.to).or_default() += d.count;
    }
    next
}

/// A shortest closed walk over two modules that the baseline does not have in one tangle; `None` where there are no such two.
fn new_walk(c: &Comparison<'_>, cycle: &Cycle, next: &Next) -> Option<Vec<ModuleId>> {
    let mut best: Option<Vec<ModuleId>> = None;
    for &a in &cycle.modules {
        let partners: BTreeSet<ModuleId> =
            cycle.modules.iter().copied().filter(|&b| b != a && !c.before.tangled(c.id(a), c.id(b))).collect();
        if partners.is_empty() {
            continue;
        }
        let (there, back) = (tree(next, a), tree(&reversed(next), a));
        for b in partners {
            let (Some(forth), Some(home)) = (path(&there, a, b), path(&back, a, b)) else { continue };
            // `home` leads from `a` to `b` against the arrows: turned round it leads back.
            let walk: Vec<ModuleId> = forth.into_iter().chain(home.into_iter().rev().skip(1)).collect();
            let walk = walk[..walk.len() - 1].to_vec();
            if best.as_ref().is_none_or(|shortest| walk.len() < shortest.len()) {
                best = Some(walk);
            }
        }
        // No circle is shorter than two steps.
        if best.as_ref().is_some_and(|walk| walk.len() == 2) {
            break;
        }
    }
    best
}

fn reversed(next: &Next) -> Next {
    let mut turned: Next = next.keys().map(|&m| (m, BTreeMap::new())).collect();
    for (&from, targets) in next {
        for (&to, &count) in targets {
            turned.entry(to).or_default().insert(from, count);
        }
    }
    turned
}

/// From each module that `start` reaches, the step before it on a shortest path.
fn tree(next: &Next, start: ModuleId) -> BTreeMap<ModuleId, ModuleId> {
    let mut before = BTreeMap::from([(start, start)]);
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for &to in next.get(&at).into_iter().flat_map(BTreeMap::keys) {
            before.entry(to).or_insert_with(|| {
                queue.push_back(to);
                at
            });
        }
    }
    before
}

fn path(before: &BTreeMap<ModuleId, ModuleId>, start: ModuleId, end: ModuleId) -> Option<Vec<ModuleId>> {
    let mut path = vec![end];
    while *path.last()? != start {
        path.push(*before.get(path.last()?)?);
    }
    path.reverse();
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Baseline;
    use crate::model::analysis::Analysis;
    use crate::model::sample::{shop, shop_with, shop_without};

    fn hits(now: &Analysis, before: &Analysis) -> Vec<Hit> {
        find(&Comparison::new(now, &Baseline::from_analysis(before)), &Policy::default())
    }

    #[test]
    fn a_new_tangle_shows_a_walk_and_the_cheapest_cut() {
        let hits = hits(&shop_with(&[("shop::notify::mail", "shop::notify", &[8, 9])]), &shop());
        assert_eq!(hits.len(), 1);
        assert_eq!(
            hits[0].message,
            "a circle that the baseline does not have: `shop::notify` → `shop::notify::mail` → `shop::notify` (in a tangle of 2 modules)"
        );
        assert_eq!(
            hits[0].help,
            "Cut `shop::notify` → `shop::notify::mail` (1 reference), the cheapest on this walk; `seamline explain new-cycle` says how."
        );
        assert_eq!(hits[0].sites[0].to_string(), "src/notify/mod.rs:55");
    }

    #[test]
    fn a_tangle_that_grows_shows_a_walk_over_what_is_new() {
        // The ledger is pulled into the tangle of orders and payments.
        let hits = hits(&shop_with(&[("shop::payments::ledger", "shop::payments", &[8])]), &shop());
        assert_eq!(hits.len(), 1);
        assert!(hits[0].message.contains("`shop::payments` → `shop::payments::ledger` → `shop::payments`"), "{}", hits[0].message);
        assert!(hits[0].message.contains("a tangle of 6 modules"), "{}", hits[0].message);
        assert_eq!(hits[0].identity, "shop::orders ↔ shop::payments::ledger");
    }

    #[test]
    fn two_tangles_that_become_one_are_found() {
        let hits = hits(&shop_with(&[("shop::catalog", "shop::orders", &[8])]), &shop());
        assert_eq!(hits.len(), 1);
        assert!(hits[0].identity.starts_with("shop::catalog ↔ "), "{}", hits[0].identity);
    }

    #[test]
    fn a_tangle_that_shrinks_is_no_finding() {
        assert_eq!(hits(&shop_without("shop::orders::checkout", "shop::orders::cart"), &shop()), []);
        assert_eq!(hits(&shop(), &shop()), []);
    }
}
