//! What runs without being named: no dependency by any tool's count, and yet parted together with the modules.

use super::page::Page;
use super::places;
use crate::model::analysis::Analysis;
use crate::model::codebase::DispatchKind;
use crate::model::graph::Dispatched;
use crate::model::ids::ModuleId;
use crate::report::escape::code;
use crate::report::view;
use std::collections::{BTreeMap, BTreeSet};

/// Traits that are shown.
const TRAITS: usize = 8;

/// The rows of one trait in one kind.
#[derive(Default)]
struct Reach<'a> {
    from: BTreeSet<ModuleId>,
    to: BTreeSet<ModuleId>,
    count: u32,
    rows: Vec<&'a Dispatched>,
}

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    if analysis.dispatch.is_empty() {
        return;
    }
    page.heading(2, "Ties that are no references");
    let pairs = |kind: Option<DispatchKind>| {
        let of_kind = analysis.dispatch.iter().filter(|d| kind.is_none_or(|k| d.kind == k));
        of_kind.map(|d| (d.from, d.to)).collect::<BTreeSet<_>>().len()
    };
    page.paragraph(&format!(
        "{} are tied by code that runs though only a trait, an operator, `?` or a macro's argument is written: {} through trait objects \
         and bounds (any of the implementors may run), {} through a trait's implementation for a type that is known, {} through operators, {} through conversions of errors and values, {} through \
         arguments of attributes, {} through names that a macro makes in the other module. They are no dependencies and no figure counts them, but a cut between two services cuts them, too.",
        view::counted(pairs(None), "pair of modules", "pairs of modules"),
        view::count(pairs(Some(DispatchKind::Dispatch))),
        view::count(pairs(Some(DispatchKind::Implementation))),
        view::count(pairs(Some(DispatchKind::Operator))),
        view::count(pairs(Some(DispatchKind::Conversion))),
        view::count(pairs(Some(DispatchKind::Attribute))),
        view::count(pairs(Some(DispatchKind::Made))),
    ));
    let mut reaches: BTreeMap<(DispatchKind, &str), Reach<'_>> = BTreeMap::new();
    for d in &analysis.dispatch {
        let reach = reaches.entry((d.kind, &d.of_trait)).or_default();
        reach.from.insert(d.from);
        reach.to.insert(d.to);
        reach.count += d.count;
        reach.rows.push(d);
    }
    let mut widest: Vec<_> = reaches.into_iter().collect();
    // Those that tie most modules together come first; a stable sort keeps equals in order.
    widest.sort_by_key(|(_, r)| std::cmp::Reverse((r.to.len() * r.from.len(), r.count)));
    let all = widest.len();
    page.table(
        ["Trait, attribute or name", "By", "#Set off in modules", "#Runs in modules", "For example"],
        widest.into_iter().take(TRAITS).map(|((kind, of_trait), reach)| {
            let first = reach.rows[0];
            let id = |m: ModuleId| code(&analysis.modules[m.index()].id);
            let example = format!("{} → {} at {}", id(first.from), id(first.to), places(&first.sites, 1));
            [code(of_trait), kind.name().to_owned(), view::count(reach.from.len()), view::count(reach.to.len()), example]
        }),
    );
    page.list(super::page::rest(all, TRAITS, "traits, attributes and names"));
}
