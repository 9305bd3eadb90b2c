//! Where the outside world comes in: routes, remote procedures, GraphQL fields, commands, jobs and mains, and what runs because of each.
//!
//! Takes: the code, and `.proto` files. Gives: entry points with the modules that each reaches, and a tie for each. Invariants: a route
//! that two witnesses tell is one; a route whose path is decided at run time is counted as unknown; a prefix that is decided at run time
//! stands in braces by its name. To add a framework: its names in `words`.

mod attributes;
mod commands;
mod filters;
mod graphql;
mod handlers;
mod jobs;
mod matched;
mod proto;
mod reach;
mod routes;
mod rpc;
#[cfg(test)]
mod tests;
mod tree;
mod words;

use super::{Gathered, Question, Source, Spec};
use crate::model::evidence::entry::{EntryKind, EntryPoint};
use crate::model::evidence::tie::Tie;
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::{ItemId, ModuleId};
use handlers::Handler;
use reach::Reached;
use std::collections::{BTreeMap, BTreeSet};

/// Where the outside comes in.
pub(super) struct Entries;

static SPEC: Spec = Spec {
    name: "entries",
    noun: "entry points",
    summary: "routes, remote procedures, GraphQL fields, commands, jobs and mains, and what each reaches",
    weight: 0.3,
    of_code: true,
    reading: "run for the same use case",
    words: words::WORDS,
    after: &[],
};

/// With fewer entry points than this, that most of them reach a module says nothing.
const FEW: usize = 4;

/// An entry point before it is known what it reaches.
struct Found {
    kind: EntryKind,
    name: String,
    handler: Handler,
    declared: Spot,
    technology: String,
}

impl Source for Entries {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let code = question.code();
        let routes = routes::Routes::read(code);
        let (mut found, unknown) = routes.found();
        found.extend(attributes::found(code, &routes.tree));
        found.extend(filters::found(code));
        found.extend(matched::found(code));
        let (services, diagnostics) = if code.anyone_uses("tonic") { proto::services(question.input) } else { Default::default() };
        found.extend(rpc::found(code, &services));
        found.extend(graphql::found(code));
        found.extend(commands::found(code));
        found.extend(jobs::found(code));
        found.extend(commands::mains(code));
        let known: BTreeSet<ItemId> = found.iter().filter(|f| f.kind == EntryKind::Route).filter_map(|f| f.handler.item).collect();
        found.extend(attributes::documented(code, &routes.tree, &|item| known.contains(&item)));
        found.sort_by(|a, b| (a.kind, &a.name, a.handler.item, &a.declared).cmp(&(b.kind, &b.name, b.handler.item, &b.declared)));
        found.dedup_by(|a, b| {
            (a.kind, &a.name, a.handler.item) == (b.kind, &b.name, b.handler.item) && (a.handler.item.is_some() || a.declared == b.declared)
        });

        let reach = reach::Reach::new(code);
        let reached: Vec<Reached> = found.iter().map(|f| reach.from(&f.handler)).collect();
        let ties = ties(&found, &reached);
        let has_routes = found.iter().any(|f| f.kind == EntryKind::Route);
        let note = if !has_routes && code.anyone_uses("hyper") {
            Some("of a hyper service only routes are read whose paths stand in the arms of a `match` on the request's path".to_owned())
        } else if found.is_empty() {
            Some("no framework that is known registers anything here".to_owned())
        } else {
            None
        };
        let count = found.len();
        let mut entry_points: Vec<EntryPoint> = Vec::with_capacity(count);
        for (found, reached) in found.into_iter().zip(reached) {
            let first = found.handler.item.map_or(found.declared.module, |item| code.codebase.items[item.index()].module);
            let rest = reached.modules.keys().copied().filter(|m| *m != first);
            entry_points.push(EntryPoint {
                kind: found.kind,
                name: found.name,
                handler: found.handler.item.map(|item| code.definition(item)),
                declared: found.declared,
                technology: found.technology,
                reaches: std::iter::once(first).chain(rest).collect(),
                panics: reached.panics,
            });
        }
        entry_points.sort();
        entry_points.dedup();
        let evidence = Evidence { entry_points, ..Evidence::default() };
        Gathered { evidence, found: count, unknown, note, ties, diagnostics }
    }
}

/// One for each entry point: the modules that run for it, the nearer the more. What most entry points reach says nothing, nor does a main.
fn ties(found: &[Found], reached: &[Reached]) -> Vec<Tie> {
    let use_cases: Vec<_> = found.iter().zip(reached.iter().map(|r| &r.modules)).filter(|(f, _)| f.kind != EntryKind::Main).collect();
    let mut often: BTreeMap<ModuleId, usize> = BTreeMap::new();
    for module in use_cases.iter().flat_map(|(_, reached)| reached.keys()) {
        *often.entry(*module).or_default() += 1;
    }
    let says_nothing = |module: &ModuleId| use_cases.len() >= FEW && often[module] * 2 > use_cases.len();
    let mut ties = Vec::new();
    for (found, reached) in &use_cases {
        let members: Vec<(ModuleId, f64)> = reached
            .iter()
            .filter(|(module, _)| !says_nothing(module))
            .map(|(module, steps)| (*module, 1.0 / f64::from(steps + 1)))
            .collect();
        if members.len() > 1 {
            ties.push(Tie { source: SPEC.name.into(), subject: found.name.clone(), members, sites: vec![found.declared.site.clone()] });
        }
    }
    ties
}
