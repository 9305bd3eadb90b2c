//! Modules that were renamed or moved within their service: not new coupling, although every id in it is new.
//!
//! Takes a [`Baseline`] and the modules of today with their owners; gives the baseline with today's names. Invariant: a name is only
//! translated where there is exactly one candidate on either side; a wrong guess excuses nothing but the crossings that the old module had.

use super::baseline::{AcceptedCycle, Baseline};
use std::collections::BTreeMap;

/// The same baseline, with the names that its modules have today. `now` holds today's modules with their owners.
pub fn translated(before: &Baseline, now: &BTreeMap<String, Option<String>>) -> Baseline {
    let renames = renames(before, now);
    if renames.is_empty() {
        return before.clone();
    }
    let name = |old: &String| renames.get(old.as_str()).map_or_else(|| old.clone(), |new| (*new).clone());
    let cycle = |c: &AcceptedCycle| AcceptedCycle { modules: c.modules.iter().map(name).collect(), reason: c.reason.clone() };
    let mut cycles: Vec<AcceptedCycle> = before.cycles.iter().map(cycle).collect();
    cycles.sort();
    Baseline {
        modules: before.modules.iter().map(|(m, owner)| (name(m), owner.clone())).collect(),
        crossings: before.crossings.iter().map(|((from, to), reason)| ((name(from), name(to)), reason.clone())).collect(),
        cycles,
        metrics: before.metrics.clone(),
    }
}

/// Modules that are gone, and modules that are new.
type Sides<'a> = (Vec<&'a String>, Vec<&'a String>);

/// Old name → new name. First modules that kept their name and moved, then modules that kept their parent and were renamed.
fn renames<'a>(before: &'a Baseline, now: &'a BTreeMap<String, Option<String>>) -> BTreeMap<&'a str, &'a String> {
    let mut lost: Vec<&String> = before.modules.keys().filter(|m| !now.contains_key(*m)).collect();
    let mut found: Vec<&String> = now.keys().filter(|m| !before.modules.contains_key(*m)).collect();
    let mut renames = BTreeMap::new();
    let last: fn(&str) -> &str = |id| id.rsplit_once("::").map_or(id, |(_, last)| last);
    let parent: fn(&str) -> &str = |id| id.rsplit_once("::").map_or("", |(parent, _)| parent);
    for key in [last, parent] {
        let mut groups: BTreeMap<(&str, &Option<String>), Sides<'_>> = BTreeMap::new();
        for &module in &lost {
            groups.entry((key(module), &before.modules[module])).or_default().0.push(module);
        }
        for &module in &found {
            groups.entry((key(module), &now[module])).or_default().1.push(module);
        }
        for (old, new) in groups.into_values() {
            if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
                renames.insert(old.as_str(), *new);
            }
        }
        lost.retain(|m| !renames.contains_key(m.as_str()));
        found.retain(|m| !renames.values().any(|new| new == m));
    }
    renames
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::shop;

    fn renamed(pairs: &[(&str, &str)]) -> (Baseline, BTreeMap<String, Option<String>>) {
        let before = Baseline::from_analysis(&shop());
        let mut now = before.modules.clone();
        for (old, new) in pairs {
            let owner = now.remove(*old).expect("a module of the sample");
            now.insert((*new).to_owned(), owner);
        }
        (before, now)
    }

    #[test]
    fn a_renamed_module_keeps_what_was_accepted_of_it() {
        let (before, now) = renamed(&[("shop::orders::cart", "shop::orders::basket")]);
        let after = translated(&before, &now);
        assert!(after.crossings.contains_key(&("shop::orders::basket".to_owned(), "shop::catalog".to_owned())));
        assert!(after.tangled("shop::orders::basket", "shop::payments"));
        assert_eq!(after.modules, now);
    }

    #[test]
    fn a_moved_module_too() {
        let (before, now) = renamed(&[("shop::orders::cart", "shop::basket::cart")]);
        assert_eq!(translated(&before, &now).modules, now);
    }

    #[test]
    fn two_candidates_are_no_rename() {
        let (before, now) = renamed(&[("shop::orders::cart", "shop::orders::basket"), ("shop::orders::checkout", "shop::orders::till")]);
        assert_eq!(translated(&before, &now), before);
    }

    #[test]
    fn a_module_that_changes_its_owner_is_another() {
        let (before, mut now) = renamed(&[("shop::orders::cart", "shop::orders::basket")]);
        now.insert("shop::orders::basket".into(), Some("catalog".into()));
        assert_eq!(translated(&before, &now), before);
    }
}
