//! What happens inside of each transaction, in the order in which it is written.
//!
//! Takes the code base and the evidence; gives for each transaction its statements. The evidence says which items run inside; from the
//! place that opens it, their calls are followed line by line, so that statements come in the order in which they run where nothing
//! branches. Invariants: no statement twice, and only on tables that the evidence has seen inside; what runs inside but is not reached
//! that way stands at the end.

use crate::advise::effects::trait_methods;
use crate::model::codebase::{Codebase, DependencyKind};
use crate::model::evidence::data::{Statement, Transaction};
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::{ItemId, ModuleId};
use std::collections::{BTreeMap, BTreeSet};

/// How the evidence calls a transaction of which only the lock is seen: what stands before the lock is inside as well.
const LOCKED: &str = "for update";

type Place<'a> = (ModuleId, Option<&'a str>);

/// One list for each transaction, in the order of the evidence.
pub(super) fn statements<'a>(codebase: &Codebase, evidence: &'a Evidence) -> Vec<Vec<&'a Statement>> {
    if evidence.transactions.is_empty() {
        return Vec::new();
    }
    let paths: Vec<String> = (0..codebase.items.len()).map(|i| codebase.item_path(ItemId::from(i))).collect();
    let mut of_place: BTreeMap<Place<'_>, Vec<&Statement>> = BTreeMap::new();
    for statement in &evidence.statements {
        of_place.entry(place(&statement.by)).or_default().push(statement);
    }
    let mut calls: BTreeMap<ItemId, Vec<(u32, u32, ItemId)>> = BTreeMap::new();
    for r in &codebase.references {
        if let (Some(from), Some(to)) = (r.from_item, r.to_item)
            && matches!(r.kind, DependencyKind::Call | DependencyKind::Method)
        {
            calls.entry(from).or_default().push((r.line, r.column, to));
        }
    }
    calls.values_mut().for_each(|all| all.sort_unstable());
    let mut implementations: BTreeMap<ItemId, Vec<ItemId>> = BTreeMap::new();
    for (implementation, declared) in trait_methods(codebase) {
        implementations.entry(declared).or_default().push(implementation);
    }
    let items = codebase.items.iter().zip(&paths).enumerate();
    let at: BTreeMap<Place<'_>, ItemId> = items.map(|(i, (item, path))| ((item.module, Some(path.as_str())), ItemId::from(i))).collect();
    let mut walk = Walk { of_place: &of_place, calls: &calls, implementations: &implementations, inside: None };
    evidence.transactions.iter().map(|t| walk.transaction(t, &evidence.transactions, &at)).collect()
}

fn place(spot: &Spot) -> Place<'_> {
    (spot.module, spot.item.as_deref())
}

struct Walk<'w, 'a> {
    of_place: &'w BTreeMap<Place<'a>, Vec<&'a Statement>>,
    calls: &'w BTreeMap<ItemId, Vec<(u32, u32, ItemId)>>,
    implementations: &'w BTreeMap<ItemId, Vec<ItemId>>,
    inside: Option<Inside<'a>>,
}

/// One transaction on the way.
struct Inside<'a> {
    transaction: &'a Transaction,
    /// Items that run inside, where they are known to the code base.
    reaches: BTreeMap<ItemId, Place<'a>>,
    seen: BTreeSet<ItemId>,
    found: Vec<&'a Statement>,
}

impl<'a> Walk<'_, 'a> {
    fn transaction(&mut self, t: &'a Transaction, all: &[Transaction], at: &BTreeMap<Place<'_>, ItemId>) -> Vec<&'a Statement> {
        let next = all.iter().filter(|o| place(&o.by) == place(&t.by) && o.by.site.file == t.by.site.file);
        let next = next.map(|o| o.by.site.line).filter(|line| *line > t.by.site.line).min().unwrap_or(u32::MAX);
        let first = if t.how == LOCKED { 0 } else { t.by.site.line };
        let reaches = t.reaches.iter().filter_map(|r| Some((*at.get(&place(r))?, place(r)))).collect();
        self.inside = Some(Inside { transaction: t, reaches, seen: BTreeSet::new(), found: Vec::new() });
        let opener = at.get(&place(&t.by)).copied();
        self.visit(opener, place(&t.by), first..next);
        for reached in &t.reaches {
            self.visit(at.get(&place(reached)).copied(), place(reached), 0..u32::MAX);
        }
        self.inside.take().map(|inside| inside.found).unwrap_or_default()
    }

    /// Statements and calls of an item within these lines, in their order.
    fn visit(&mut self, item: Option<ItemId>, of: Place<'a>, lines: std::ops::Range<u32>) {
        let Some(inside) = &mut self.inside else { return };
        if item.is_some_and(|item| !inside.seen.insert(item)) {
            return;
        }
        let known = |s: &Statement| {
            s.tables.iter().any(|(table, access)| inside.transaction.tables.iter().any(|t| (t.0, t.1) == (*table, *access)))
        };
        let own = self.of_place.get(&of).into_iter().flatten().copied();
        let mut events: Vec<(u32, u32, Result<&'a Statement, ItemId>)> =
            own.filter(|s| lines.contains(&s.by.site.line) && known(s)).map(|s| (s.by.site.line, 0, Ok(s))).collect();
        let calls = item.and_then(|item| self.calls.get(&item)).into_iter().flatten();
        events.extend(calls.filter(|(line, ..)| lines.contains(line)).map(|(line, column, to)| (*line, *column, Err(*to))));
        events.sort_by_key(|(line, column, _)| (*line, *column));
        for (_, _, event) in events {
            match event {
                Ok(statement) => {
                    if let Some(inside) = &mut self.inside
                        && !inside.found.iter().any(|s| std::ptr::eq(*s, statement))
                    {
                        inside.found.push(statement);
                    }
                }
                Err(called) => self.called(called),
            }
        }
    }

    /// An item that is called, or what implements it, where it runs inside.
    fn called(&mut self, called: ItemId) {
        let implementing = self.implementations.get(&called).into_iter().flatten();
        let all: Vec<ItemId> = std::iter::once(called).chain(implementing.copied()).collect();
        for item in all {
            let reached = self.inside.as_ref().and_then(|inside| inside.reaches.get(&item)).copied();
            if let Some(of) = reached {
                self.visit(Some(item), of, 0..u32::MAX);
            }
        }
    }
}
