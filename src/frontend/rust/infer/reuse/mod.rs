//! What was found in a module is found again without looking, where nothing that it depends on has changed.
//!
//! Takes: [`Index`] and a [`Store`]. Gives: for each module of the workspace its [`Record`]s, remembered or worked out.
//!
//! A module's references depend on its own files, and on what every name that stands in them means elsewhere. [`identity`] gives modules
//! and definitions numbers that do not depend on what else there is; [`meaning`] sums up, for each name of the workspace, everything that
//! it may lead to: bindings, signatures, fields, impls, in terms of those numbers. The key of a module is the digest of its files and of
//! the meanings of all names in them. [`translate`] writes records down in those numbers, and back.
//!
//! Invariant: with any store, the records are those that would be worked out without one. What is left out of a meaning must be unable to
//! change what inference finds; whoever lets inference look at something new must let [`meaning`] know.

mod identity;
mod meaning;
mod translate;

use super::index::Index;
use super::record::Record;
use crate::frontend::rust::resolve::{Program, ScopeId, Sym};
use crate::host::store::{Key, Store};
use identity::Identities;
use meaning::Meanings;
use rayon::prelude::*;
use std::sync::OnceLock;
use translate::{Tables, Translated};

/// All references by scope, in the order of modules.
pub(super) fn references(index: &Index<'_, '_>, store: &Store) -> Vec<(ScopeId, Record)> {
    let program = index.program;
    let modules = modules(program);
    if !store.keeps() {
        let scopes: Vec<ScopeId> = modules.into_iter().flat_map(|m| m.scopes).collect();
        // One at a time: scopes differ so much in size that a thread with several large ones would be waited for.
        return scopes.into_par_iter().with_max_len(1).map(|scope| (scope, super::items::scope(index, scope))).collect();
    }
    let identities = Identities::new(program);
    let meanings = Meanings::new(index, &identities);
    let tables = OnceLock::new();
    let records: Vec<Vec<(ScopeId, Record)>> = modules
        .into_par_iter()
        .with_max_len(1)
        .map(|module| {
            let key = module.key(program, &identities, &meanings, index.ear.digest());
            if let Some(known) = store.get(&key).and_then(|bytes| postcard::from_bytes::<Vec<Translated>>(&bytes).ok()) {
                let tables = tables.get_or_init(|| Tables::new(program, &identities));
                let records: Option<Vec<Record>> = known.into_iter().map(|record| record.back(program, tables)).collect();
                if let Some(records) = records.filter(|r| r.len() == module.scopes.len()) {
                    return module.scopes.into_iter().zip(records).collect();
                }
            }
            let records: Vec<(ScopeId, Record)> =
                module.scopes.into_par_iter().map(|scope| (scope, super::items::scope(index, scope))).collect();
            let written: Vec<Translated> = records.iter().map(|(_, r)| Translated::new(r, program, &identities)).collect();
            if let Ok(bytes) = postcard::to_stdvec(&written) {
                store.put(key, bytes);
            }
            records
        })
        .collect();
    records.into_iter().flatten().collect()
}

/// A module of the workspace with all that is written in it.
struct Module {
    /// Itself, then its blocks with items.
    scopes: Vec<ScopeId>,
    /// Its file, those of its items, and what macros gave in it; sorted.
    files: Vec<usize>,
}

fn modules(program: &Program<'_>) -> Vec<Module> {
    let loaded = program.loaded;
    let id = |i: usize| ScopeId(u32::try_from(i).unwrap_or(u32::MAX));
    let count = loaded.modules.iter().take_while(|m| m.krate < loaded.models).count();
    let mut modules: Vec<Module> = loaded.modules[..count]
        .iter()
        .enumerate()
        .map(|(i, module)| Module { scopes: vec![id(i)], files: module.items.iter().map(|(file, _)| *file).chain([module.file]).collect() })
        .collect();
    for (home, file) in loaded.expanded_in.iter().filter(|(home, _)| *home < count) {
        modules[*home].files.push(*file);
    }
    for (i, scope) in program.scopes.iter().enumerate().skip(loaded.modules.len()) {
        if let Some(module) = modules.get_mut(scope.module.0 as usize) {
            module.scopes.push(id(i));
        }
    }
    for module in &mut modules {
        module.files.sort_unstable();
        module.files.dedup();
    }
    modules
}

impl Module {
    /// The digest of everything that its records depend on.
    fn key(&self, program: &Program<'_>, identities: &Identities, meanings: &Meanings<'_>, wanted: &Key) -> Key {
        let own = self.scopes[0];
        let ancestors: Vec<ScopeId> = std::iter::successors(Some(own), |s| program.scope(*s).parent).collect();
        let mut environment: Vec<u64> =
            vec![identities.scope(own), meanings.of_everything(), meanings.of_crate(program.scope(own).krate), meanings.around(own)];
        let mut names: Vec<u64> = Vec::new();
        let mut contents: Vec<u8> = Vec::new();
        for file in &self.files {
            let source = program.file(*file);
            contents.extend_from_slice(source.content.bytes());
            environment.push(meaning::text(&program.file(program.loaded.origin(*file)).path));
            if let Some(origin) = source.origin {
                let module = ScopeId(u32::try_from(origin.module).unwrap_or(u32::MAX));
                environment.extend([identities.scope(module), meaning::text(&program.file(origin.definition).path)]);
            }
            // Equal contents have equal names in equal order.
            names.extend(program.symbols.of_file(*file).iter().map(|name| meanings.seen_from(*name, &ancestors)));
        }
        let bytes = |numbers: &[u64]| -> Vec<u8> { numbers.iter().flat_map(|n| n.to_le_bytes()).collect() };
        Key::of("references of a module", &[&bytes(&environment), &contents, &bytes(&names), wanted.bytes()])
    }
}

/// Names in a table of their own, so that a record does not depend on how names are numbered.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The symbol of a text that stands somewhere in the workspace.
fn symbol(program: &Program<'_>, text: &str) -> Option<Sym> {
    program.symbols.get(text)
}
