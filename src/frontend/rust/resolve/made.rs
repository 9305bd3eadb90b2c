//! Names that no item declares, because a macro makes them: where would it have made them?
//!
//! Takes: a path that leads nowhere, and the scope in which it is written. Gives: the last module on its way, imports followed, and what is
//! left of it. An answer is a place to look, no resolution: nothing here says that there is such an item.

use super::names::Namespace;
use super::program::{Def, Program, ScopeId};
use super::symbols::Sym;
use crate::frontend::rust::facts::{ItemKind, UseEnd, UseLeaf};

/// Scopes that are looked into for one path, at most.
const SCOPES: u32 = 200;

impl Program<'_> {
    /// The other module of the workspace in which a macro must have made what is named, and that name: `crate::schema::users` of a `table!`.
    pub(in crate::frontend::rust) fn made_by_macro(&self, scope: ScopeId, global: bool, path: &[Sym]) -> Option<(ScopeId, Sym)> {
        let (module, made) = self.made_elsewhere(scope, global, path, 0)?;
        (module != self.scope(scope).module && self.scope(module).makes_names).then_some((module, *made.first()?))
    }

    /// The module in which the path's unknown part would be made, and that part. `steps`: imports are followed so often.
    pub(in crate::frontend::rust) fn made_elsewhere(
        &self,
        scope: ScopeId,
        global: bool,
        path: &[Sym],
        steps: u32,
    ) -> Option<(ScopeId, Vec<Sym>)> {
        let mut budget = SCOPES;
        self.made_in(scope, global, path, steps, &mut budget)
    }

    fn made_in(&self, scope: ScopeId, global: bool, path: &[Sym], steps: u32, budget: &mut u32) -> Option<(ScopeId, Vec<Sym>)> {
        if path.is_empty() {
            return None;
        }
        for known in (1..path.len()).rev() {
            let found = self.path(scope, global, &path[..known], Namespace::Types, false).filter(|f| f.used == known);
            if let Some(Def::Module(module)) = found.map(|f| f.def) {
                if self.is_model(module) {
                    return None;
                }
                let rest = &path[known..];
                let imported = steps.checked_sub(1).and_then(|steps| self.imported_as(module, rest, steps, budget));
                return Some(imported.unwrap_or_else(|| (module, rest.to_vec())));
            }
        }
        if global {
            return None;
        }
        let imported = steps.checked_sub(1).and_then(|steps| self.imported_as(scope, path, steps, budget));
        Some(imported.unwrap_or_else(|| (self.scope(scope).module, path.to_vec())))
    }

    /// What an import in this scope, or in those around it, says of the path's first name.
    fn imported_as(&self, scope: ScopeId, path: &[Sym], steps: u32, budget: &mut u32) -> Option<(ScopeId, Vec<Sym>)> {
        let mut at = scope;
        loop {
            *budget = budget.checked_sub(1)?;
            let leaves = self.scope(at).uses.iter().flat_map(|(file, item)| {
                let leaves: &[UseLeaf] = match &self.loaded.files[*file].facts[*item].kind {
                    ItemKind::Use(leaves) => leaves,
                    _ => &[],
                };
                leaves.iter().map(move |leaf| (*file, leaf))
            });
            let full =
                |file: usize, leaf: &UseLeaf| -> Vec<Sym> { leaf.path.iter().map(|(name, _)| self.symbols.of(file, *name)).collect() };
            let mut globs = Vec::new();
            for (file, leaf) in leaves {
                let name = match leaf.end {
                    UseEnd::Name | UseEnd::SelfName(None) => leaf.path.last().map(|(name, _)| *name),
                    UseEnd::Rename(name) | UseEnd::SelfName(Some(name)) => Some(name),
                    UseEnd::Underscore => None,
                    UseEnd::Glob => {
                        globs.push((leaf.global, file, leaf));
                        continue;
                    }
                };
                if name.map(|name| self.symbols.of(file, name)) != path.first().copied() {
                    continue;
                }
                let full = full(file, leaf);
                // A name that is imported from itself leads nowhere.
                if full.len() > 1 || full.first() != path.first() {
                    let whole: Vec<Sym> = full.iter().chain(&path[1..]).copied().collect();
                    return self.made_in(at, leaf.global, &whole, steps, budget);
                }
            }
            for (global, file, leaf) in globs {
                let full = full(file, leaf);
                let found = self.path(at, global, &full, Namespace::Types, true).filter(|f| f.used == full.len());
                if let (Some(Def::Module(module)), Some(steps)) = (found.map(|f| f.def), steps.checked_sub(1))
                    && !self.is_model(module)
                    && module != at
                    && let Some(found) = self.imported_as(module, path, steps, budget)
                {
                    return Some(found);
                }
            }
            if at == self.scope(at).module {
                return None;
            }
            at = self.scope(at).parent?;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::codebase;

    /// What `user` names that a macro makes in `schema`.
    fn made(schema: &str, user: &str, expected: &[&str]) {
        let code = codebase(&format!("//- /src/lib.rs\npub mod schema {{ {schema} }}\npub mod user {{ {user} }}\n"));
        let show = |d: &crate::model::codebase::Dispatch| format!("{} {}", d.kind.name(), d.of_trait);
        assert_eq!(code.dispatches.iter().map(show).collect::<Vec<_>>(), expected, "{schema} {user}");
        assert!(code.references.iter().all(|r| r.from == r.to), "nobody has seen a declaration");
    }

    #[test]
    fn what_a_macro_makes_is_in_the_module_of_the_macro() {
        let table = "diesel::table! { users (id) { id -> Int4, } }";
        let uses = "use crate::schema::users; fn f() { users::table.load() }";
        made(table, uses, &["made users"]);
        made("", uses, &[]);
        made("macro_rules! nothing { () => {} } nothing!();", uses, &[]);
        made(table, "fn f() { crate::schema::users::table.load() }", &["made users"]);
    }

    #[test]
    fn entities_are_in_the_module_of_their_model() {
        let entity = "#[derive(Clone, DeriveEntityModel)] pub struct Model { id: i32 }";
        let user = "fn f(row: crate::schema::ActiveModel) { crate::schema::Entity::find(); }";
        made(entity, user, &["made ActiveModel", "made Entity"]);
        made("pub struct Model { id: i32 }", user, &[]);
    }
}
