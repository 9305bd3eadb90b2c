//! Paths that lead to another crate once a candidate is one of its own.
//!
//! Takes the code base and the sides; gives, for each module of the candidate, the places at which a path has to be written anew. What is
//! used through an import changes where it is imported, and nowhere else.

use super::boundary::{Boundary, Group};
use crate::model::codebase::{Codebase, DependencyKind, Reference};
use crate::model::ids::{ItemId, ModuleId};
use crate::model::place::Site;
use std::collections::{BTreeMap, BTreeSet};

/// By module, in order.
pub(super) fn leading_out(codebase: &Codebase, boundary: &Boundary<'_>) -> BTreeMap<ModuleId, Vec<Site>> {
    let leads = |r: &&Reference| boundary.group(r.from) == Group::Own && boundary.parts(r.from, r.to);
    let unit = |r: &Reference| r.to_item.map(|item| codebase.unit(item));
    // A module that is imported brings the first name of paths into it; as a glob, all of its names.
    let mut imported: BTreeSet<(ModuleId, ModuleId, Option<ItemId>)> = BTreeSet::new();
    for r in codebase.references.iter().filter(leads).filter(|r| r.kind == DependencyKind::Use) {
        imported.insert((r.from, r.to, unit(r)));
    }
    let mut out: BTreeMap<ModuleId, Vec<Site>> = BTreeMap::new();
    for r in codebase.references.iter().filter(leads) {
        let written = match r.kind {
            DependencyKind::Use => true,
            // What is named behind a value needs no path.
            DependencyKind::Method | DependencyKind::Field => false,
            _ => ![unit(r), None].into_iter().any(|of| imported.contains(&(r.from, r.to, of))),
        };
        if written {
            out.entry(r.from).or_default().push(codebase.site(r));
        }
    }
    for sites in out.values_mut() {
        sites.sort();
        sites.dedup();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::tests::by_module;
    use crate::model::ids::ServiceId;
    use crate::model::testing::{codebase, id};

    fn check(text: &str, expected: usize) {
        let code = codebase(text);
        let partition = by_module(&code);
        let service = partition.names.iter().position(|n| n == "a").map(ServiceId::from).expect("a");
        let found = leading_out(&code, &Boundary::new(&code, &partition, service));
        assert_eq!(found.get(&id(&code, "shop::a")).map_or(0, Vec::len), expected, "{text}");
    }

    #[test]
    fn imports_change_and_what_they_bring_does_not() {
        check("struct shop::b::Order\n shop::a -> shop::b::Order use 1\n shop::a -> shop::b::Order type 3", 1);
        check("fn shop::b::find\n shop::a -> shop::b::find call 3", 1);
        check("struct shop::b::Order\n fn shop::b::Order::total &self\n shop::a -> shop::b::Order::total method 2", 0);
        check("fn shop::a::x::find\n shop::a -> shop::a::x::find call 3", 0);
    }
}
