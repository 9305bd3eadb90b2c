//! Numbers for modules and definitions that stay the same from run to run, whatever else is added or taken away.

use super::meaning::Digest;
use crate::frontend::rust::assemble::{path_text, type_text};
use crate::frontend::rust::facts::ItemKind;
use crate::frontend::rust::resolve::{DefId, Program, ScopeId};
use rustc_hash::FxHashMap;

/// Digests of where things stand and what they are called; things that are called alike in one place are counted.
pub(super) struct Identities {
    scopes: Vec<u64>,
    defs: Vec<u64>,
}

impl Identities {
    pub(super) fn new(program: &Program<'_>) -> Self {
        let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
        // The second `impl Order` of a module is another than the first.
        let mut unique = |mut digest: Digest| {
            let count = seen.entry(digest.clone().end()).or_default();
            digest.number(*count);
            *count += 1;
            digest.end()
        };
        let loaded = program.loaded;
        let mut scopes: Vec<u64> = Vec::with_capacity(program.scopes.len());
        for (i, scope) in program.scopes.iter().enumerate() {
            let mut digest = Digest::new("scope");
            digest.number(i >= loaded.modules.len());
            digest.number(scope.parent.map(|p| scopes[p.0 as usize]));
            if let Some(module) = loaded.modules.get(i) {
                digest.text(&module.name);
            } else {
                // Blocks outside of others come first, so that what is around one has its number already.
                digest.number(scopes[scope.module.0 as usize]);
            }
            scopes.push(unique(digest));
        }
        let mut defs: Vec<u64> = Vec::with_capacity(program.defs.len());
        for def in &program.defs {
            let mut digest = Digest::new("definition");
            digest.number(scopes[def.scope.0 as usize]);
            digest.number(def.parent.and_then(|p| defs.get(p.0 as usize).copied()));
            digest.number(def.kind as u8);
            digest.text(program.symbols.text(def.name));
            let facts = &program.file(def.file).facts;
            if let ItemKind::Impl { of_trait, self_ty, .. } = &facts[def.item].kind {
                digest.text(&of_trait.as_ref().map(|t| path_text(facts, t)).unwrap_or_default());
                digest.text(&type_text(facts, *self_ty));
            }
            defs.push(unique(digest));
        }
        Identities { scopes, defs }
    }

    pub(super) fn scope(&self, id: ScopeId) -> u64 {
        self.scopes[id.0 as usize]
    }

    pub(super) fn def(&self, id: DefId) -> u64 {
        self.defs[id.0 as usize]
    }

    /// All modules and blocks, and all definitions, in the order of this run's numbers.
    pub(super) fn all(&self) -> (&[u64], &[u64]) {
        (&self.scopes, &self.defs)
    }
}
