//! On whose behalf a statement is run.
//!
//! Takes the code base, the evidence and which modules are in candidates; gives for each statement the modules that speak through it, with
//! the place. A statement in a candidate speaks for that. One in code that belongs to nobody, such as a layer of repositories for all,
//! speaks for the candidates whose code calls it, through other code of that kind or a trait, at most [`DEPTH`] calls away: it is their
//! calls that have to change. Where none calls, it speaks for nobody, at its own place.

use crate::advise::effects::trait_methods;
use crate::model::codebase::{Codebase, DependencyKind, DispatchKind, ItemKind};
use crate::model::evidence::Evidence;
use crate::model::evidence::data::Statement;
use crate::model::ids::{FileId, ItemId, ModuleId};
use crate::model::place::Site;
use std::collections::{BTreeMap, BTreeSet};

/// Calls are followed this far back.
const DEPTH: u32 = 4;

/// A module that has something done to a table, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Voice {
    pub(super) module: ModuleId,
    pub(super) site: Site,
}

/// Something is done to a table, by a statement or by a call that leads to one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch<'a> {
    pub(super) statement: &'a Statement,
    pub(super) site: &'a Site,
}

/// One list for each statement.
pub(super) fn voices(codebase: &Codebase, evidence: &Evidence, is_candidate: &dyn Fn(ModuleId) -> bool) -> Vec<Vec<Voice>> {
    let own = |s: &Statement| vec![Voice { module: s.by.module, site: s.by.site.clone() }];
    if evidence.statements.iter().all(|s| is_candidate(s.by.module)) {
        return evidence.statements.iter().map(own).collect();
    }
    let callers = callers(codebase);
    let declared: BTreeMap<ItemId, ItemId> = trait_methods(codebase).into_iter().collect();
    let items = (0..codebase.items.len()).map(ItemId::from);
    let at: BTreeMap<(ModuleId, String), ItemId> = items
        .filter(|i| !is_candidate(codebase.items[i.index()].module))
        .map(|i| ((codebase.items[i.index()].module, codebase.item_path(i)), i))
        .collect();
    let mut known: BTreeMap<ItemId, Vec<Voice>> = BTreeMap::new();
    let mut of = |s: &Statement| {
        let item = s.by.item.as_ref().and_then(|path| at.get(&(s.by.module, path.clone())).copied());
        let Some(item) = item.filter(|_| !is_candidate(s.by.module)) else { return own(s) };
        let found = known.entry(item).or_insert_with(|| back(codebase, &callers, &declared, is_candidate, item));
        if found.is_empty() { own(s) } else { found.clone() }
    };
    evidence.statements.iter().map(&mut of).collect()
}

/// A call that leads to an item.
#[derive(Clone, Copy)]
struct Caller {
    from: ModuleId,
    from_item: ItemId,
    file: FileId,
    line: u32,
}

/// By what is called. What names a trait's method and is known to run that of one type leads there, and to no other.
fn callers(codebase: &Codebase) -> BTreeMap<ItemId, Vec<Caller>> {
    let mut callers: BTreeMap<ItemId, Vec<Caller>> = BTreeMap::new();
    let mut known: BTreeSet<(FileId, u32, u32)> = BTreeSet::new();
    for d in codebase.dispatches.iter().filter(|d| d.kind == DispatchKind::Implementation) {
        if let (Some(from_item), Some(to)) = (d.from_item, d.to_item) {
            known.insert((d.file, d.line, d.column));
            callers.entry(to).or_default().push(Caller { from: d.from, from_item, file: d.file, line: d.line });
        }
    }
    for r in codebase.references.iter().filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method)) {
        if let (Some(from_item), Some(to)) = (r.from_item, r.to_item)
            && !(known.contains(&(r.file, r.line, r.column)) && is_of_trait(codebase, to))
        {
            callers.entry(to).or_default().push(Caller { from: r.from, from_item, file: r.file, line: r.line });
        }
    }
    callers
}

fn is_of_trait(codebase: &Codebase, item: ItemId) -> bool {
    codebase.items[item.index()].parent.is_some_and(|p| codebase.items[p.index()].kind == ItemKind::Trait)
}

/// Calls of candidates that lead to an item.
fn back(
    codebase: &Codebase,
    callers: &BTreeMap<ItemId, Vec<Caller>>,
    declared: &BTreeMap<ItemId, ItemId>,
    is_candidate: &dyn Fn(ModuleId) -> bool,
    item: ItemId,
) -> Vec<Voice> {
    let (mut found, mut seen, mut layer) = (BTreeSet::new(), BTreeSet::from([item]), vec![item]);
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for item in layer {
            let called = callers.get(&item).into_iter().chain(declared.get(&item).and_then(|d| callers.get(d)));
            for r in called.flatten() {
                if is_candidate(r.from) {
                    let file = codebase.files[r.file.index()].path.clone();
                    found.insert(Voice { module: r.from, site: Site::new(file, r.line) });
                } else if seen.insert(r.from_item) {
                    next.push(r.from_item);
                }
            }
        }
        layer = next;
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::data::testing::plan;
    use crate::model::codebase::Dispatch;
    use crate::model::testing::codebase;

    /// Uses of the table `t` as `candidate: reads of which, writes of which`.
    fn check(text: &str, expected: &[&str]) {
        let (plan, partition) = plan(&format!("table t\n{text}"));
        let name = |s: Option<crate::model::ids::ServiceId>| s.map_or("nobody", |s| partition.names[s.index()].as_str());
        let lines = |sites: &[crate::model::place::Site]| sites.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let uses: Vec<String> =
            plan.tables[0].uses.iter().map(|u| format!("{}: {}, {}", name(u.by), lines(&u.reads), lines(&u.writes))).collect();
        assert_eq!(uses, expected, "{text}");
    }

    #[test]
    fn a_layer_for_all_speaks_for_who_calls_it() {
        check(
            "fn shop::a::f\n fn shop::b::g\n fn shop::libdb::set\n fn shop::libdb::find\n fn shop::libdb::row\n run shop::libdb::set 50 write t\n run shop::libdb::row 60 read t\n\
             shop::a::f -> shop::libdb::set call 1\n shop::b::g -> shop::libdb::find call 1\n shop::libdb::find -> shop::libdb::row call 1",
            &["a: , shop/a.rs:1", "b: shop/b.rs:2, "],
        );
    }

    #[test]
    fn what_a_trait_hides_is_found_and_what_nobody_calls_is_nobodys() {
        check(
            "fn shop::a::f\n trait shop::libdb::Store\n fn shop::libdb::Store::find &self\n struct shop::libdb::Pg\n fn shop::libdb::sweep\n run shop::libdb::sweep 70 write t",
            &["nobody: , shop/libdb.rs:70"],
        );
    }

    #[test]
    fn a_call_whose_type_is_known_leads_to_its_implementation_alone() {
        let mut code = codebase(
            "trait shop::db::Crud\n fn shop::db::Crud::create\n struct shop::db::Post\n fn shop::db::Post::create\n fn shop::a::f\n shop::a::f -> shop::db::Crud::create call 1",
        );
        let item = |path: &str| (0..code.items.len()).map(ItemId::from).find(|i| code.item_path(*i) == path).expect(path);
        let (of_trait, of_post) = (item("Crud::create"), item("Post::create"));
        let call = code.references.iter().find(|r| r.to_item == Some(of_trait)).expect("the call");
        let exact = Dispatch {
            from: call.from,
            to: code.items[of_post.index()].module,
            kind: DispatchKind::Implementation,
            of_trait: "shop::db::Crud".into(),
            file: call.file,
            line: call.line,
            column: call.column,
            from_item: call.from_item,
            to_item: Some(of_post),
            context: call.context,
        };
        assert!(callers(&code).contains_key(&of_trait) && !callers(&code).contains_key(&of_post));
        code.dispatches.push(exact);
        assert!(!callers(&code).contains_key(&of_trait) && callers(&code).contains_key(&of_post));
    }
}
