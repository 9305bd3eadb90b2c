//! What may run because of an entry point.
//!
//! Takes: references and dispatches. Gives: for what runs first, the modules that are reached, each with the number of steps to it, and
//! how often that can end in a panic. A step is a call, a method call, a function that is named, or an implementation of the trait whose method is called. Bounded in depth.

use super::handlers::Handler;
use super::rpc::of_trait;
use crate::evidence::code::Code;
use crate::model::codebase::{CrateKind, DependencyKind, DispatchKind, ItemKind};
use crate::model::ids::{ItemId, ModuleId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Calls are followed so many steps from the handler.
pub(super) const DEPTH: u32 = 16;

/// Which item leads to which.
pub(super) struct Reach<'c, 'a> {
    code: &'c Code<'a>,
    calls: Vec<Vec<ItemId>>,
    /// By method of a trait: the types that implement it, with their methods.
    implemented: BTreeMap<ItemId, Vec<(ItemId, ItemId)>>,
    /// For each item, the places where one of several implementations runs.
    choices: BTreeMap<ItemId, Vec<Vec<ItemId>>>,
    /// For each item, the places where it can panic.
    panics: Vec<u32>,
}

/// What may run because of an entry point.
pub(super) struct Reached {
    /// Modules with the steps to them.
    pub(super) modules: BTreeMap<ModuleId, u32>,
    /// Lines that can panic in the items that are reached.
    pub(super) panics: u32,
}

impl<'c, 'a> Reach<'c, 'a> {
    pub(super) fn new(code: &'c Code<'a>) -> Self {
        let codebase = code.codebase;
        let mut calls: Vec<Vec<ItemId>> = vec![Vec::new(); codebase.items.len()];
        for reference in &codebase.references {
            let (Some(from), Some(to)) = (reference.from_item, reference.to_item) else { continue };
            let runs =
                matches!(reference.kind, DependencyKind::Call | DependencyKind::Method | DependencyKind::Path | DependencyKind::Macro);
            // Procedural macros run when the code is built.
            let krate = codebase.modules[codebase.items[to.index()].module.index()].krate;
            let runs = runs && codebase.crates[krate.index()].kind != CrateKind::ProcMacro;
            if runs && from != to && matches!(codebase.items[to.index()].kind, ItemKind::Function | ItemKind::Static) {
                calls[from.index()].push(to);
            }
        }
        for list in &mut calls {
            list.sort_unstable();
            list.dedup();
        }
        let mut panics = vec![0; codebase.items.len()];
        codebase.panics.iter().for_each(|(item, ..)| panics[item.index()] += 1);
        Reach { code, calls, implemented: implemented(code), choices: choices(code), panics }
    }

    /// What is reached.
    pub(super) fn from(&self, handler: &Handler) -> Reached {
        let items = &self.code.codebase.items;
        let mut modules: BTreeMap<ModuleId, u32> = BTreeMap::new();
        let mut seen: BTreeSet<ItemId> = BTreeSet::new();
        let mut queue: VecDeque<(ItemId, u32)> = VecDeque::new();
        if let Some(item) = handler.item {
            modules.insert(items[item.index()].module, 0);
        }
        for item in &handler.starts {
            if seen.insert(*item) {
                queue.push_back((*item, u32::from(handler.item.is_some_and(|own| own != *item))));
            }
        }
        while let Some((item, steps)) = queue.pop_front() {
            modules.entry(items[item.index()].module).or_insert(steps);
            if steps >= DEPTH {
                continue;
            }
            let chosen = self.choices.get(&item).into_iter().flatten().flat_map(|all| self.meant(all, handler));
            // A trait may have more implementors than are told at each call; the handler's own types are few.
            let own = self.implemented.get(&item).into_iter().flatten().filter(|(of, _)| handler.of_types.contains(of)).map(|(_, m)| *m);
            for next in self.calls[item.index()].iter().copied().chain(chosen).chain(own) {
                if seen.insert(next) {
                    queue.push_back((next, steps + 1));
                }
            }
        }
        let panics = seen.iter().map(|item| self.panics[item.index()]).sum();
        Reached { modules, panics }
    }

    /// Of several implementations those of the handler's own types, where there are any.
    fn meant<'l>(&self, all: &'l [ItemId], handler: &'l Handler) -> Vec<ItemId> {
        let items = &self.code.codebase.items;
        let owner = |method: &ItemId| items[method.index()].parent.and_then(|p| items[p.index()].self_type);
        let own: Vec<ItemId> = all.iter().filter(|m| owner(m).is_some_and(|of| handler.of_types.contains(&of))).copied().collect();
        if own.is_empty() { all.to_vec() } else { own }
    }
}

fn implemented(code: &Code<'_>) -> BTreeMap<ItemId, Vec<(ItemId, ItemId)>> {
    let items = &code.codebase.items;
    let mut implemented: BTreeMap<ItemId, Vec<(ItemId, ItemId)>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let (Some(of_trait), Some(of)) = (item.implements, item.self_type) else { continue };
        for method in code.members(ItemId::from(index)) {
            let declared = code.members(of_trait).iter().find(|m| items[m.index()].name == items[method.index()].name);
            if let Some(declared) = declared {
                implemented.entry(*declared).or_default().push((of, *method));
            }
        }
    }
    implemented
}

fn choices(code: &Code<'_>) -> BTreeMap<ItemId, Vec<Vec<ItemId>>> {
    let codebase = code.codebase;
    let mut impls: BTreeMap<(ModuleId, &str), Vec<ItemId>> = BTreeMap::new();
    for (index, item) in codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Impl) {
        if let Some(name) = of_trait(item) {
            impls.entry((item.module, name)).or_default().push(ItemId::from(index));
        }
    }
    let mut places: BTreeMap<(u32, u32, u32), (ItemId, Vec<ItemId>)> = BTreeMap::new();
    let mut add = |module: ModuleId, of_trait: &str, method: &str, from: ItemId, at: (u32, u32, u32)| {
        for of in impls.get(&(module, of_trait)).into_iter().flatten() {
            let methods = code.members(*of).iter().filter(|m| codebase.items[m.index()].name == method);
            places.entry(at).or_insert_with(|| (from, Vec::new())).1.extend(methods);
        }
    };
    let called = |file, line, column| {
        let at = code.between(file, (line, column), (line, column));
        at.iter().find(|r| matches!(r.kind, DependencyKind::Method | DependencyKind::Call)).copied()
    };
    let runs = |d: &&crate::model::codebase::Dispatch| matches!(d.kind, DispatchKind::Dispatch | DispatchKind::Implementation);
    for dispatch in codebase.dispatches.iter().filter(runs) {
        let name = dispatch.of_trait.rsplit("::").next().unwrap_or_default();
        let at = (dispatch.file.0, dispatch.line, dispatch.column);
        if let Some(reference) = called(dispatch.file, dispatch.line, dispatch.column)
            && let (Some(from), Some(method)) = (reference.from_item, reference.to_item)
        {
            add(dispatch.to, name, &codebase.items[method.index()].name, from, at);
        }
    }
    // Implementations in the caller's own module are no dispatches: nothing is parted there.
    for reference in codebase.references.iter().filter(|r| matches!(r.kind, DependencyKind::Method | DependencyKind::Call)) {
        let (Some(from), Some(to)) = (reference.from_item, reference.to_item) else { continue };
        let method = &codebase.items[to.index()];
        if let Some(of) = method.parent.map(|p| &codebase.items[p.index()]).filter(|p| p.kind == ItemKind::Trait) {
            add(reference.from, &of.name, &method.name, from, (reference.file.0, reference.line, reference.column));
        }
    }
    let mut choices: BTreeMap<ItemId, Vec<Vec<ItemId>>> = BTreeMap::new();
    for (from, methods) in places.into_values() {
        choices.entry(from).or_default().push(methods);
    }
    choices
}
