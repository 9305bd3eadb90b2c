//! Modules that are now in one tangle and were not in the baseline.

use super::super::comparison::Comparison;
use super::super::policy::Policy;
use super::{Hit, Rule, counted};
use crate::model::finding::Level;
use crate::model::graph::Cycle;
use crate::model::ids::ModuleId;
use std::collections::{BTreeSet, VecDeque};

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

/// Modules of a walk that are named, the last of which is the first again.
const NAMES: usize = 12;

fn find(c: &Comparison<'_>, _: &Policy) -> Vec<Hit> {
    c.analysis.cycles.iter().filter_map(|cycle| hit(c, cycle)).collect()
}

/// One finding for each tangle that joins modules anew.
fn hit(c: &Comparison<'_>, cycle: &Cycle) -> Option<Hit> {
    let tangle = Tangle::new(c, cycle);
    let walk = tangle.new_walk()?;
    let steps = walk.iter().copied().zip(walk.iter().copied().cycle().skip(1));
    // Of equally cheap steps, one that opens the tangle for good comes first.
    let stays = |from, to| !cycle.cuts.iter().any(|p| (p.from, p.to) == (from, to));
    let (references, _, from, to) = steps.map(|(a, b)| (c.sites(a, b).1, stays(a, b), a, b)).min()?;
    let mut names: Vec<String> = walk.iter().chain(walk.first()).map(|&m| format!("`{}`", c.id(m))).collect();
    if names.len() > NAMES {
        let left_out = names.len() - NAMES;
        names.splice(NAMES - 1..names.len() - 1, [format!("… ({left_out} more)")]);
    }
    let size = counted(cycle.modules.len(), "module", "modules");
    let references = counted(references as usize, "reference", "references");
    Some(Hit {
        message: format!("a circle that the baseline does not have: {} (in a tangle of {size})", names.join(" → ")),
        sites: c.sites(from, to).0,
        from: Some(c.id(from).to_owned()),
        to: Some(c.id(to).to_owned()),
        help: format!(
            "Cut `{}` → `{}` ({references}), the cheapest on this walk; `seamline explain new-cycle` says how.",
            c.id(from),
            c.id(to)
        ),
        identity: tangle.identity(c),
    })
}

/// A tangle of today beside those of the baseline. Modules are counted from 0 in the order of the tangle, which is that of their ids.
struct Tangle<'a> {
    modules: &'a [ModuleId],
    /// The accepted tangles that each module was in; more than one only after a careless merge of baselines.
    accepted: Vec<Vec<usize>>,
    next: Vec<Vec<usize>>,
    previous: Vec<Vec<usize>>,
}

impl<'a> Tangle<'a> {
    fn new(c: &Comparison<'_>, cycle: &'a Cycle) -> Self {
        let modules = cycle.modules.as_slice();
        let within = |id: &str| c.before.cycles.iter().enumerate().filter(|(_, old)| old.modules.contains(id)).map(|(i, _)| i).collect();
        let position = |m: ModuleId| modules.binary_search(&m).ok();
        let pairs: BTreeSet<(usize, usize)> =
            c.analysis.dependencies.iter().filter_map(|d| Some((position(d.from)?, position(d.to)?))).collect();
        let (mut next, mut previous) = (vec![Vec::new(); modules.len()], vec![Vec::new(); modules.len()]);
        for (from, to) in pairs {
            next[from].push(to);
            previous[to].push(from);
        }
        Self { modules, accepted: modules.iter().map(|&m| within(c.id(m))).collect(), next, previous }
    }

    fn is_new(&self, a: usize, b: usize) -> bool {
        a != b && !self.accepted[a].iter().any(|old| self.accepted[b].contains(old))
    }

    /// The newly joined pair that comes first by name: it stays the same while walks and counts change.
    fn identity(&self, c: &Comparison<'_>) -> String {
        let all = 0..self.modules.len();
        let first = all.clone().find_map(|a| all.clone().find(|&b| self.is_new(a, b)).map(|b| (a, b)));
        first.map_or_else(String::new, |(a, b)| format!("{} ↔ {}", c.id(self.modules[a]), c.id(self.modules[b])))
    }

    /// A shortest closed walk over two modules that the baseline does not have in one tangle; `None` where there are no such two.
    fn new_walk(&self) -> Option<Vec<ModuleId>> {
        let mut best: Option<(u32, usize, usize)> = None;
        for a in 0..self.modules.len() {
            let partners: Vec<usize> = (0..self.modules.len()).filter(|&b| self.is_new(a, b)).collect();
            if partners.is_empty() {
                continue;
            }
            let (there, back) = (search(&self.next, a), search(&self.previous, a));
            best = partners.into_iter().filter_map(|b| Some((there[b]?.0 + back[b]?.0, a, b))).chain(best).min();
            // No circle is shorter than two steps.
            if best.is_some_and(|(length, ..)| length == 2) {
                break;
            }
        }
        let (_, a, b) = best?;
        let forth = steps(&search(&self.next, a), a, b);
        // Found against the arrows, so it leads from `b` to `a` along them; both ends are in `forth` already.
        let home = steps(&search(&self.previous, a), a, b);
        let inner = home.iter().skip(1).rev().skip_while(|&&m| m == b);
        Some(forth.iter().chain(inner).map(|&m| self.modules[m]).collect())
    }
}

/// For each module that `start` reaches: how far it is, and the step before it.
fn search(next: &[Vec<usize>], start: usize) -> Vec<Option<(u32, usize)>> {
    let mut found = vec![None; next.len()];
    found[start] = Some((0, start));
    let mut queue = VecDeque::from([(start, 0)]);
    while let Some((at, distance)) = queue.pop_front() {
        for &to in &next[at] {
            if found[to].is_none() {
                found[to] = Some((distance + 1, at));
                queue.push_back((to, distance + 1));
            }
        }
    }
    found
}

/// The path from `start` to `end`, both included.
fn steps(found: &[Option<(u32, usize)>], start: usize, end: usize) -> Vec<usize> {
    let before = |&at: &usize| if at == start { None } else { found[at].map(|(_, before)| before) };
    let mut path: Vec<usize> = std::iter::successors(Some(end), before).collect();
    path.reverse();
    path
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

    /// Quadratic in the tangle would be felt here.
    #[test]
    fn a_large_tangle_takes_no_time() {
        let mut now = shop();
        let row = now.modules[16].clone();
        now.modules.extend((0..1500).map(|i| crate::model::analysis::ModuleRow { id: format!("shopd::m{i:04}"), ..row.clone() }));
        let ring: Vec<ModuleId> = (17..1517_usize).map(ModuleId::from).collect();
        let edge = |(&from, &to): (&ModuleId, &ModuleId)| crate::model::graph::Dependency {
            from,
            to,
            kind: crate::model::codebase::DependencyKind::Call,
            count: 0,
            weight: 0.0,
            sites: vec![],
            guessed: vec![],
            provenance: Default::default(),
        };
        now.dependencies.extend(ring.iter().zip(ring.iter().cycle().skip(1)).map(edge));
        now.cycles.insert(0, Cycle { modules: ring.clone(), example: ring, cuts: vec![] });
        now.verify().expect("valid");
        let hits = hits(&now, &shop());
        assert_eq!(hits.len(), 1);
        assert!(hits[0].message.contains(" → … (1489 more) → `shopd::m0000` (in a tangle of 1500 modules)"), "{}", hits[0].message);
    }

    #[test]
    fn a_tangle_that_shrinks_is_no_finding() {
        assert_eq!(hits(&shop_without("shop::orders::checkout", "shop::orders::cart"), &shop()), []);
        assert_eq!(hits(&shop(), &shop()), []);
    }
}
