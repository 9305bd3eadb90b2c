//! References rolled up to module pairs and crate pairs.
//!
//! Takes the code base; gives rows sorted by their ends. References inside one module are left out, nothing else is.

use crate::model::codebase::{Codebase, Confidence, Provenance, Reference};
use crate::model::graph::{Dependency, Dispatched, Pair};
use crate::model::ids::CrateId;
use crate::model::place::Site;
use std::collections::BTreeMap;

/// One row for each (from, to, kind) with all its places, in the order of file and line.
pub fn dependencies(codebase: &Codebase) -> Vec<Dependency> {
    let mut between: Vec<&Reference> = codebase.references.iter().filter(|r| r.from != r.to).collect();
    between.sort_by_key(|r| (r.from, r.to, r.kind, r.file, r.line, r.column));
    between
        .chunk_by(|a, b| (a.from, a.to, a.kind) == (b.from, b.to, b.kind))
        .map(|same| Dependency {
            from: same[0].from,
            to: same[0].to,
            kind: same[0].kind,
            count: same.len() as u32,
            weight: weight(codebase, same),
            sites: same.iter().map(|r| codebase.site(r)).collect(),
            guessed: same.iter().filter(|r| r.confidence == Confidence::Unique).map(|r| codebase.site(r)).collect(),
            provenance: same.iter().map(|r| r.provenance).reduce(Provenance::with).unwrap_or_default(),
        })
        .collect()
}

/// What references of one kind between two modules weigh together.
fn weight(codebase: &Codebase, same: &[&Reference]) -> f64 {
    let key = (same[0].from, same[0].to, same[0].kind);
    let known = codebase.weights.binary_search_by(|w| (w.0, w.1, w.2).cmp(&key));
    known.map_or(same.len() as f64, |at| codebase.weights[at].3)
}

/// One row for each (from, to, kind, trait) of what runs unnamed.
pub fn dispatches(codebase: &Codebase) -> Vec<Dispatched> {
    codebase
        .dispatches
        .chunk_by(|a, b| (a.from, a.to, a.kind, &a.of_trait) == (b.from, b.to, b.kind, &b.of_trait))
        .map(|same| Dispatched {
            from: same[0].from,
            to: same[0].to,
            kind: same[0].kind,
            of_trait: same[0].of_trait.clone(),
            count: same.len() as u32,
            sites: same.iter().map(|d| Site::new(codebase.files[d.file.index()].path.clone(), d.line)).collect(),
        })
        .collect()
}

/// One row for each (from, to), from rows sorted so.
pub fn pairs(dependencies: &[Dependency]) -> Vec<Pair> {
    dependencies
        .chunk_by(|a, b| (a.from, a.to) == (b.from, b.to))
        .map(|same| Pair { from: same[0].from, to: same[0].to, count: same.iter().map(|d| d.count).sum() })
        .collect()
}

/// Number of references from one crate to another, sorted.
pub fn crate_pairs(codebase: &Codebase, pairs: &[Pair]) -> Vec<(CrateId, CrateId, u32)> {
    let mut sums: BTreeMap<(CrateId, CrateId), u32> = BTreeMap::new();
    for p in pairs {
        let ends = (codebase.modules[p.from.index()].krate, codebase.modules[p.to.index()].krate);
        if ends.0 != ends.1 {
            *sums.entry(ends).or_default() += p.count;
        }
    }
    sums.into_iter().map(|((from, to), count)| (from, to, count)).collect()
}

#[cfg(test)]
mod tests {
    use crate::graph::module_graph;
    use crate::model::codebase::DependencyKind;
    use crate::model::testing::{codebase, id};

    #[test]
    fn references_become_rows_per_kind_with_every_site() {
        let code = codebase(
            "fn a::y::f
             a::x -> a::y::f call 2
             a::x -> a::y use 1
             a::x -> b call 1
             a::x -> a::x call 5",
        );
        let graph = module_graph(&code);
        let (x, y, b) = (id(&code, "a::x"), id(&code, "a::y"), id(&code, "b"));
        let rows: Vec<_> = graph.dependencies.iter().map(|d| (d.from, d.to, d.kind, d.count, d.sites.len())).collect();
        assert_eq!(rows, [(x, y, DependencyKind::Use, 1, 1), (x, y, DependencyKind::Call, 2, 2), (x, b, DependencyKind::Call, 1, 1)]);
        assert_eq!(graph.pairs.iter().map(|p| (p.from, p.to, p.count)).collect::<Vec<_>>(), [(x, y, 3), (x, b, 1)]);
        assert_eq!(graph.crate_pairs.iter().map(|c| c.2).collect::<Vec<_>>(), [1]);
        assert_eq!(graph.dependencies[1].sites[0].to_string(), "a/x.rs:1");
    }
}
