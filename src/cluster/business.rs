//! What a module does for the business, in words: of the tables that it works on, the routes that it answers, and its documentation.
//!
//! Takes the evidence and the code base; gives for each module folded words with how much each says.

use super::words;
use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::ModuleId;
use std::collections::{BTreeMap, BTreeSet};

/// Weight of a table that the module reads or writes.
const TABLE: f64 = 2.0;
/// Weight of a route, procedure or field that the module handles.
const ENTRY: f64 = 1.0;
/// Weight of a word in the first sentence of the module's documentation.
const SUMMARY: f64 = 0.5;

/// One map for each module.
pub(super) fn words(codebase: &Codebase, evidence: &Evidence) -> Vec<BTreeMap<String, f64>> {
    let mut found: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new(); codebase.modules.len()];
    let mut add = |module: ModuleId, text: &str, weight: f64| {
        let distinct: BTreeSet<String> = words::split(text).iter().map(|w| words::fold(w)).filter(|w| words::says_something(w)).collect();
        distinct.into_iter().for_each(|word| *found[module.index()].entry(word).or_default() += weight);
    };
    let touched: BTreeSet<(ModuleId, usize)> =
        evidence.statements.iter().flat_map(|s| s.tables.iter().map(|t| (s.by.module, t.0.index()))).collect();
    for (module, table) in touched {
        add(module, &evidence.tables[table].name, TABLE);
    }
    for entry in evidence.entry_points.iter().filter(|e| matches!(e.kind, EntryKind::Route | EntryKind::Rpc | EntryKind::GraphQl)) {
        let Some(handler) = &entry.handler else { continue };
        // Parameters of a path, and the method before it, say nothing.
        let path = entry.name.rsplit(' ').next().unwrap_or_default();
        let segments = path.split('/').filter(|s| !s.starts_with([':', '{', '<', '*']));
        add(handler.module, &segments.collect::<Vec<_>>().join("/"), ENTRY);
    }
    for (m, module) in codebase.modules.iter().enumerate() {
        add(m.into(), module.summary.as_deref().unwrap_or_default(), SUMMARY);
    }
    found
}
