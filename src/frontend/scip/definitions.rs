//! Where the symbols of an index are defined, in our words: module and item.
//!
//! Takes places at which an index defines a symbol; gives the module and item that stand there. What a method is of is decided as
//! everywhere else: one of a trait belongs to the trait, also where the index names the impl.

use super::symbol::{Suffix, Symbol};
use crate::model::codebase::{Codebase, CrateKind, ItemKind};
use crate::model::ids::{CrateId, FileId, ItemId, ModuleId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Where an index defines a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub file: FileId,
    /// 1-based.
    pub line: u32,
    /// The whole file: a module that is a file.
    pub whole: bool,
}

/// What a symbol means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A module of the workspace, and an item in it.
    Known(ModuleId, Option<ItemId>),
    /// Something of the workspace that we have no place for: what a macro wrote, a trait's method whose trait is not ours.
    Unknown,
    /// Something outside of the workspace.
    Outside,
}

/// Modules and items by place.
pub(super) struct Places<'c> {
    codebase: &'c Codebase,
    in_file: Vec<Vec<ModuleId>>,
    by_name: FxHashMap<(ModuleId, &'c str), Vec<ItemId>>,
    packages: FxHashSet<&'c str>,
}

impl<'c> Places<'c> {
    pub(super) fn new(codebase: &'c Codebase) -> Self {
        let mut in_file = vec![Vec::new(); codebase.files.len()];
        for (i, module) in codebase.modules.iter().enumerate() {
            in_file[module.file.index()].push(ModuleId::from(i));
        }
        let mut by_name: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (i, item) in codebase.items.iter().enumerate() {
            by_name.entry((item.module, plain(&item.name))).or_default().push(ItemId::from(i));
        }
        Self { codebase, in_file, by_name, packages: codebase.crates.iter().map(|c| c.package.as_str()).collect() }
    }

    /// The innermost modules around a line. A file that several targets read is several modules.
    pub(super) fn modules(&self, file: FileId, line: u32) -> Vec<ModuleId> {
        let modules = &self.codebase.modules;
        let around = |m: &&ModuleId| {
            let m = &modules[m.index()];
            !m.inline || (m.line..=m.end_line).contains(&line)
        };
        let around: Vec<ModuleId> = self.in_file[file.index()].iter().filter(around).copied().collect();
        let is_parent = |m: ModuleId| around.iter().any(|c| modules[c.index()].inline && modules[c.index()].parent == Some(m));
        around.iter().copied().filter(|m| !is_parent(*m)).collect()
    }

    /// Is the line left out of the analysis?
    pub(super) fn is_off(&self, file: FileId, line: u32) -> bool {
        let off = &self.codebase.off;
        let first = off.partition_point(|(f, ..)| *f < file);
        off[first..].iter().take_while(|(f, from, _)| *f == file && *from <= line).any(|(_, _, to)| line <= *to)
    }

    /// For each line of a module's file, from 1, the innermost item.
    pub(super) fn items_by_line(&self, module: ModuleId) -> Vec<Option<ItemId>> {
        let items = &self.codebase.items;
        let lines = self.codebase.files[self.codebase.modules[module.index()].file.index()].lines as usize;
        let mut by_line = vec![None; lines + 1];
        let first = items.partition_point(|i| i.module < module);
        for (at, item) in items.iter().enumerate().skip(first).take_while(|(_, i)| i.module == module) {
            // Sorted by first line: whatever comes later and is here, too, lies inside of what came before.
            let (from, to) = (item.line as usize, (item.end_line as usize).min(lines));
            by_line.get_mut(from..=to).into_iter().flatten().for_each(|line| *line = Some(ItemId::from(at)));
        }
        by_line
    }

    /// What a symbol with these definitions means to code of a crate.
    pub(super) fn meaning(&self, symbol: &Symbol, definitions: &[Definition], krate: CrateId) -> Meaning {
        if definitions.is_empty() {
            return if self.packages.contains(symbol.package.as_str()) { Meaning::Unknown } else { Meaning::Outside };
        }
        let mut found: Vec<(ModuleId, Option<ItemId>)> = Vec::new();
        for definition in definitions.iter().filter(|d| d.whole || !self.is_off(d.file, d.line)) {
            found.extend(self.modules_of(*definition).into_iter().filter_map(|module| self.target(symbol, *definition, module)));
        }
        // A library and a binary of one package give their definitions the same names, and may read the same files.
        let krate_of = |m: ModuleId| self.codebase.modules[m.index()].krate;
        let is_library = |m: ModuleId| self.codebase.crates[krate_of(m).index()].kind != CrateKind::Binary;
        if found.iter().any(|(m, _)| krate_of(*m) == krate) {
            found.retain(|(m, _)| krate_of(*m) == krate);
        } else if found.iter().any(|(m, _)| is_library(*m)) {
            found.retain(|(m, _)| is_library(*m));
        }
        match found.first() {
            Some((module, item)) if found.iter().all(|(m, _)| m == module) => Meaning::Known(*module, *item),
            _ => Meaning::Unknown,
        }
    }

    fn modules_of(&self, definition: Definition) -> Vec<ModuleId> {
        if definition.whole {
            let modules = &self.codebase.modules;
            return self.in_file[definition.file.index()].iter().copied().filter(|m| !modules[m.index()].inline).collect();
        }
        self.modules(definition.file, definition.line)
    }

    /// What stands in a module where a symbol is defined; `None` where it is not the workspace's by convention.
    fn target(&self, symbol: &Symbol, definition: Definition, module: ModuleId) -> Option<(ModuleId, Option<ItemId>)> {
        let last = symbol.last();
        if last.suffix == Suffix::Namespace {
            let is_it = definition.whole || self.codebase.modules[module.index()].name() == last.name;
            return is_it.then_some((module, None));
        }
        let named = self.around(module, plain(&last.name), definition.line);
        if symbol.is_in_trait_impl() {
            let block = self.codebase.items[named?.index()].parent?;
            let of_trait = self.codebase.items[block.index()].implements?;
            let home = self.codebase.items[of_trait.index()].module;
            let members = self.by_name.get(&(home, plain(&last.name))).into_iter().flatten();
            let member = members.copied().find(|m| self.codebase.items[m.index()].parent == Some(of_trait));
            return Some((home, Some(member.unwrap_or(of_trait))));
        }
        // A variant or a field is its type's.
        let owners = symbol.descriptors.iter().rev().skip(1).filter(|d| d.suffix == Suffix::Type);
        let item = named.or_else(|| owners.into_iter().find_map(|owner| self.around(module, plain(&owner.name), definition.line)));
        Some((module, item))
    }

    /// The innermost item of a name around a line.
    fn around(&self, module: ModuleId, name: &str, line: u32) -> Option<ItemId> {
        let items = &self.codebase.items;
        let around = |i: &&ItemId| (items[i.index()].line..=items[i.index()].end_line).contains(&line);
        self.by_name.get(&(module, name))?.iter().filter(around).max_by_key(|i| items[i.index()].line).copied()
    }

    pub(super) fn kind(&self, item: Option<ItemId>) -> Option<ItemKind> {
        item.map(|i| self.codebase.items[i.index()].kind)
    }
}

/// A name without the mark of a raw identifier.
pub(super) fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}
