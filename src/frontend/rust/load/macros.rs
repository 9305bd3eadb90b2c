//! Which `macro_rules!` an invocation means, and what comes out of it.
//!
//! Items are expanded while the modules are followed, since what comes out may declare modules. Everything else is expanded once the tree
//! stands. What a macro gave is a file of its own, with the places of the invocation. A macro is found by textual scope first, then by the
//! path or the crates that export it; that is decided before names are resolved, and so by name alone.

use super::{Module, Sources, Walk};
use crate::frontend::rust::discover::called;
use crate::frontend::rust::facts::{ExprIx, ExprKind, FileFacts, ItemIx, ItemKind, MacroCall, Pat, PatIx, Pos, Type, TypeIx, UseLeaf};
use crate::frontend::rust::parse::expand::{Invocation, Root, Want};
use crate::frontend::rust::remember;
use crate::host::store::Key;
use crate::model::diagnostic::Diagnostic;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Macros that give macros are followed this far.
const DEPTH: usize = 32;
/// Expansions of one workspace: a macro that never ends stops here.
const EXPANSIONS: usize = 200_000;

/// Where in a file an invocation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::frontend::rust) enum At {
    Expr(ExprIx),
    Type(TypeIx),
    Pat(PatIx),
    Member(ItemIx),
}

/// Invocations that were expanded: (file, place) to the file of what came out, and what it is.
pub(in crate::frontend::rust) type Expansions = FxHashMap<(usize, At), (usize, Root)>;

/// A `macro_rules!`.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    krate: usize,
    module: usize,
    file: usize,
    item: ItemIx,
    exported: bool,
    /// A `use` beside it gives it a path, by which modules that come before it may name it.
    named: bool,
}

/// Items that a macro gave and the file that holds them; `None` where it does not expand.
pub(super) type Items = Option<(usize, Vec<ItemIx>)>;

/// All `macro_rules!` by name, in the order in which they were met.
pub(super) type Definitions = FxHashMap<Box<str>, Vec<Definition>>;

impl Walk<'_, '_> {
    pub(super) fn define(&mut self, module: usize, file: usize, item: ItemIx) {
        let facts = self.facts(file);
        let name: Box<str> = facts.text(facts[item].name).into();
        let exported = facts[item].attrs.macro_export;
        let is_it = |leaf: &UseLeaf| matches!(leaf.path.as_slice(), [(only, _)] if facts.text(*only) == &*name);
        let named = facts.items.iter().any(|item| matches!(&item.kind, ItemKind::Use(leaves) if leaves.iter().any(is_it)));
        let krate = self.modules[module].krate;
        self.macros.entry(name).or_default().push(Definition { krate, module, file, item, exported, named });
    }

    /// Expands an invocation where items stand.
    pub(super) fn expand_items(&mut self, module: usize, file: usize, item: ItemIx) -> Items {
        let facts = self.facts(file);
        let ItemKind::MacroCall(call) = &facts[item].kind else { return None };
        let (text, start) = call.text.clone()?;
        let definition = find(&self.macros, &self.sources.exported, &self.modules, module, facts, call, &self.crate_names())?;
        if self.expanding >= DEPTH || self.sources.expanded.len() >= EXPANSIONS {
            let name = call.path.segments.last().map(|s| facts.text(s.name).to_owned()).unwrap_or_default();
            self.endless(file, start, &name);
            return None;
        }
        if let Some(known) = self.sources.expanded.get(&(file, item, definition.file, definition.item)) {
            return known.clone();
        }
        let ItemKind::MacroRules(rules, rules_start) = &self.facts(definition.file)[definition.item].kind else { return None };
        let invocation = Invocation { rules, rules_start: *rules_start, text: &text, start, krate: definition.krate, want: Want::Items };
        let (out, content) = remember::expansion(self.sources.store, &invocation);
        let result = out.and_then(|(facts, root)| match root {
            Root::Items(items) => Some((self.sources.add_virtual(file, definition.module, definition.file, facts, content), items)),
            _ => None,
        });
        self.sources.expanded.insert((file, item, definition.file, definition.item), result.clone());
        result
    }

    /// A macro that is not followed any further: what it would give is missing, and that is said.
    fn endless(&mut self, file: usize, start: Pos, name: &str) {
        let real = self.sources.files[file].origin.map_or(file, |o| o.invocation);
        let site = self.site(real, start.of_definition().unwrap_or(start).line);
        let message = format!("macro `{name}` is not expanded: macros are followed {DEPTH} deep, and {EXPANSIONS} times in all");
        let diagnostic = Diagnostic::warning("macro-without-end", message);
        self.diagnostics.insert(diagnostic.at(site).help("what it would give is missing from the graph; does it invoke itself for ever?"));
    }

    fn crate_names(&self) -> Vec<&str> {
        self.crates.iter().map(|c| c.name.as_str()).collect()
    }

    /// Expands everything that does not stand where items stand.
    pub(super) fn expand_rest(&mut self) -> (Expansions, Vec<(usize, usize)>) {
        let mut homes: FxHashMap<usize, usize> = FxHashMap::default();
        for (index, module) in self.modules.iter().enumerate() {
            for file in module.items.iter().map(|(file, _)| *file).chain([module.file]) {
                homes.entry(file).or_insert(index);
            }
        }
        let mut expansions = Expansions::default();
        let mut expanded_in = Vec::new();
        let mut todo: Vec<usize> = self.reached.iter().copied().filter(|f| self.sources.files[*f].facts.is_ok()).collect();
        let macros = std::mem::take(&mut self.macros);
        for round in 0..=DEPTH {
            let names = self.crate_names();
            let jobs: Vec<Job> = todo
                .iter()
                .filter_map(|file| Some((*file, *homes.get(file)?)))
                .flat_map(|(file, home)| jobs(self.facts(file), file, home, &macros, &self.sources.exported, &self.modules, &names))
                .collect();
            drop(names);
            if jobs.is_empty() {
                break;
            }
            if round == DEPTH || expansions.len() + jobs.len() > EXPANSIONS {
                jobs.iter().for_each(|job| self.endless(job.file, job.start, &job.name));
                break;
            }
            let store = self.sources.store;
            let results: Vec<Option<(FileFacts, Root, Key)>> = jobs
                .par_iter()
                .map(|job| {
                    let ItemKind::MacroRules(rules, rules_start) = &self.facts(job.definition.file)[job.definition.item].kind else {
                        return None;
                    };
                    let (text, start, krate, want) = (&*job.text, job.start, job.definition.krate, job.want);
                    let invocation = Invocation { rules, rules_start: *rules_start, text, start, krate, want };
                    let (out, content) = remember::expansion(store, &invocation);
                    out.map(|(facts, root)| (facts, root, content))
                })
                .collect();
            todo.clear();
            for (job, result) in jobs.into_iter().zip(results) {
                let Some((facts, root, content)) = result else { continue };
                let file = self.sources.add_virtual(job.file, job.definition.module, job.definition.file, facts, content);
                self.reached.insert(file);
                homes.insert(file, job.home);
                expanded_in.push((job.home, file));
                expansions.insert((job.file, job.at), (file, root));
                self.expanded_names.insert(job.name);
                todo.push(file);
            }
        }
        (expansions, expanded_in)
    }

    /// What may be used where its text has not been met: in other crates of the workspace, and by path; true where that is more than was
    /// known.
    pub(super) fn export(&mut self) -> bool {
        let mut exported = Definitions::default();
        let mut names: Vec<&Box<str>> = self.macros.keys().collect();
        names.sort();
        for name in names {
            let list: Vec<Definition> = self.macros[name].iter().filter(|d| d.exported || d.named).cloned().collect();
            if !list.is_empty() {
                exported.insert(name.clone(), list);
            }
        }
        let count = |d: &Definitions| d.values().map(Vec::len).sum::<usize>();
        let more = count(&exported) > count(&self.sources.exported);
        self.sources.exported = exported;
        more
    }
}

struct Job {
    file: usize,
    home: usize,
    at: At,
    definition: Definition,
    text: Box<str>,
    start: Pos,
    want: Want,
    name: String,
}

fn jobs(
    facts: &FileFacts,
    file: usize,
    home: usize,
    macros: &Definitions,
    exported: &Definitions,
    modules: &[Module],
    crates: &[&str],
) -> Vec<Job> {
    let mut out = Vec::new();
    let mut add = |at: At, want: Want, call: &MacroCall| {
        let Some((text, start)) = call.text.clone() else { return };
        if let Some(definition) = find(macros, exported, modules, home, facts, call, crates) {
            let name = call.path.segments.last().map(|s| facts.text(s.name).to_owned()).unwrap_or_default();
            out.push(Job { file, home, at, definition, text, start, want, name });
        }
    };
    let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    for (i, expr) in facts.exprs.iter().enumerate() {
        if let ExprKind::Macro(call) = &expr.kind {
            add(At::Expr(ExprIx(number(i))), Want::Expr, call);
        }
    }
    for (i, ty) in facts.types.iter().enumerate() {
        if let Type::Macro(call) = ty {
            add(At::Type(TypeIx(number(i))), Want::Type, call);
        }
    }
    for (i, pat) in facts.pats.iter().enumerate() {
        if let Pat::Macro(call) = pat {
            add(At::Pat(PatIx(number(i))), Want::Pat, call);
        }
    }
    for item in &facts.items {
        let (ItemKind::Impl { items, .. } | ItemKind::Trait { items, .. }) = &item.kind else { continue };
        for member in items {
            if let ItemKind::MacroCall(call) = &facts[*member].kind {
                add(At::Member(*member), Want::Members, call);
            }
        }
    }
    out
}

/// The definition that an invocation in a module means.
fn find(
    macros: &Definitions,
    exported: &Definitions,
    modules: &[Module],
    module: usize,
    facts: &FileFacts,
    call: &MacroCall,
    crates: &[&str],
) -> Option<Definition> {
    let name = facts.text(call.path.segments.last()?.name);
    let krate = modules[module].krate;
    let own = || macros.get(name).into_iter().flatten().filter(|d| d.krate == krate);
    let elsewhere = || exported.get(name).into_iter().flatten();
    let later = || elsewhere().filter(|d| d.krate == krate && (d.named || d.exported));
    if let [first, _, ..] = call.path.segments.as_slice() {
        let first = facts.text(first.name);
        let by_crate = elsewhere().find(|d| d.exported && called(crates[d.krate]) == first);
        let inside = || own().next_back().or_else(|| later().next_back());
        return match first {
            "crate" | "self" | "super" | "$crate" => inside(),
            _ if first.starts_with(crate::frontend::rust::parse::expand::CRATE) => {
                let number: usize = first[crate::frontend::rust::parse::expand::CRATE.len()..].parse().ok()?;
                macros.get(name)?.iter().rfind(|d| d.krate == number)
            }
            _ => by_crate.or_else(|| own().find(|d| facts.text(call.path.segments[0].name) == modules[d.module].name)),
        }
        .cloned();
    }
    let ancestors: Vec<usize> = std::iter::successors(Some(module), |m| modules[*m].parent).collect();
    let seen = |d: &&Definition| {
        let mut at = d.module;
        loop {
            if ancestors.contains(&at) {
                return true;
            }
            match modules[at].parent {
                Some(parent) if modules[at].macro_use => at = parent,
                _ => return false,
            }
        }
    };
    let textual = own().filter(seen).max_by_key(|d| ancestors.iter().position(|a| *a == d.module).map_or(0, |p| ancestors.len() - p));
    let only = |mut list: Box<dyn Iterator<Item = &Definition> + '_>| match (list.next(), list.next()) {
        (Some(one), None) => Some(one.clone()),
        _ => None,
    };
    // By an import, whose path is not looked at here: only where there is nothing else of that name.
    textual
        .cloned()
        .or_else(|| only(Box::new(own())))
        .or_else(|| only(Box::new(later())))
        .or_else(|| only(Box::new(elsewhere().filter(|d| d.exported && d.krate != krate))))
}

impl Sources<'_> {
    /// What a macro gave, as a file of its own at the place of `origin`.
    fn add_virtual(&mut self, origin: usize, module: usize, definition: usize, facts: FileFacts, content: Key) -> usize {
        let real = |file: usize, files: &[super::Source]| files[file].origin.map_or(file, |o| o.invocation);
        let origin = super::Origin { invocation: real(origin, &self.files), module, definition: real(definition, &self.files) };
        let path = self.files[origin.invocation].path.clone();
        self.files.push(super::Source { path, facts: Ok(facts), content, origin: Some(origin) });
        self.files.len() - 1
    }
}
