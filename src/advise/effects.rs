//! Which functions touch more than their arguments.
//!
//! Takes the code base and the evidence; gives for each item whether calling it may wait for the outside world. Asynchronous functions do,
//! those that run a statement or call out of the process, those of modules that use a blocking crate of which the evidence knows nothing,
//! and whoever calls one of them. A trait's method does where one of its implementations does, and a type whose implementation of a
//! foreign trait does. Neither the standard library's own I/O is seen, nor whether a `static` can change: what is not known to have an
//! effect counts as having none.

use crate::model::codebase::{Codebase, DependencyKind, ItemKind};
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::ItemId;
use std::collections::{BTreeMap, BTreeSet};

/// Crates whose functions block on the outside world, and of whose calls the evidence does not hear.
const UNHEARD: &[&str] = &["curl", "fs_err", "git2", "rocksdb", "sled", "redb", "ssh2", "memcache"];
/// Those of whose calls it hears, where it was asked.
const HEARD: &[&str] = &["rusqlite", "diesel", "postgres", "mysql", "redis", "r2d2", "ureq", "reqwest", "lettre", "rdkafka"];

/// For each item: does a call of it have an effect, or wait for one?
pub(crate) fn effects(codebase: &Codebase, evidence: &Evidence) -> Vec<bool> {
    let items = codebase.items.len();
    let asked = !evidence.statements.is_empty() || !evidence.outbound.is_empty();
    let blocks = |krate: &str| UNHEARD.contains(&krate) || (!asked && HEARD.contains(&krate));
    let blocking: BTreeSet<_> = codebase.externals.iter().filter(|e| blocks(&e.1)).map(|e| e.0).collect();
    let spots = spots(evidence);
    let mut effect = vec![false; items];
    for (i, item) in codebase.items.iter().enumerate() {
        if let Some(signature) = &item.signature {
            let acts = || spots.contains(&(item.module, codebase.item_path(ItemId::from(i)).as_str()));
            effect[i] = signature.is_async || (!signature.is_const && blocking.contains(&item.module)) || acts();
        }
    }
    let mut callers: Vec<Vec<ItemId>> = vec![Vec::new(); items];
    for r in &codebase.references {
        if let (Some(from), Some(to)) = (r.from_item, r.to_item)
            && matches!(r.kind, DependencyKind::Call | DependencyKind::Method)
        {
            callers[to.index()].push(from);
        }
    }
    for (implementation, declared) in trait_methods(codebase) {
        callers[implementation.index()].push(declared);
    }
    let mut open: Vec<usize> = (0..items).filter(|&i| effect[i]).collect();
    while let Some(item) = open.pop() {
        for caller in &callers[item] {
            if codebase.items[caller.index()].signature.is_some() && !std::mem::replace(&mut effect[caller.index()], true) {
                open.push(caller.index());
            }
        }
    }
    // A type whose implementation of a foreign trait has an effect, such as an extractor, acts wherever it is named.
    for i in 0..items {
        let item = &codebase.items[i];
        if !effect[i] || item.signature.is_none() {
            continue;
        }
        let Some(block) = item.parent.map(|p| &codebase.items[p.index()]) else { continue };
        if let Some(of) = block.self_type
            && block.implements.is_none()
            && block.name.contains(" for ")
        {
            effect[of.index()] = true;
        }
    }
    effect
}

/// Items that run statements, open transactions or call out of the process.
fn spots(evidence: &Evidence) -> BTreeSet<(crate::model::ids::ModuleId, &str)> {
    let all = (evidence.statements.iter().map(|s| &s.by))
        .chain(evidence.unknown_statements.iter().map(|s| &s.by))
        .chain(evidence.transactions.iter().map(|t| &t.by))
        .chain(evidence.outbound.iter().map(|o| &o.by));
    all.filter_map(|by: &Spot| Some((by.module, by.item.as_deref()?))).collect()
}

/// Members of trait impls with the trait's member of the same name.
pub(super) fn trait_methods(codebase: &Codebase) -> Vec<(ItemId, ItemId)> {
    let mut declared: BTreeMap<(ItemId, &str), ItemId> = BTreeMap::new();
    for (i, item) in codebase.items.iter().enumerate() {
        if let Some(parent) = item.parent.filter(|p| codebase.items[p.index()].kind == ItemKind::Trait) {
            declared.insert((parent, &item.name), ItemId::from(i));
        }
    }
    let of = |(i, item): (usize, &crate::model::codebase::Item)| {
        let implemented = codebase.items[item.parent?.index()].implements?;
        Some((ItemId::from(i), *declared.get(&(implemented, item.name.as_str()))?))
    };
    codebase.items.iter().enumerate().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::evidence::data::Statement;
    use crate::model::place::Site;
    use crate::model::testing::codebase;

    #[test]
    fn effects_spread_to_callers() {
        let code = codebase(
            "fn a::x::store async\n fn a::x::total\n fn a::y::place\n fn a::y::label\n extern a::z rusqlite 2\n fn a::z::row
             fn a::y::read\n a::y::place -> a::x::store call 1\n a::y::label -> a::x::total call 1",
        );
        let acting = |evidence: &Evidence| {
            let effect = effects(&code, evidence);
            code.items.iter().zip(effect).filter(|(_, e)| *e).map(|(i, _)| i.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(acting(&Evidence::default()), ["store", "place", "row"]);
        let by = Spot { module: code.module("a::y").expect("a::y"), item: Some("read".into()), site: Site::new("src/lib.rs", 1) };
        let statement = Statement { by, tables: Vec::new(), technology: "diesel".into(), partial: false };
        // Where it hears of statements, a crate's name alone says nothing.
        assert_eq!(acting(&Evidence { statements: vec![statement], ..Evidence::default() }), ["store", "place", "read"]);
    }
}
