//! What has to be seen across a boundary and cannot be seen from outside of its crate.
//!
//! Takes the code base and the boundary; gives one action for each module, item or set of fields that must become `pub`.
//! Invariant: only what is parted counts; between crates, rustc has seen to it already.

use super::boundary::Boundary;
use super::{Action, Technique, action, in_order};
use crate::model::codebase::{Codebase, DependencyKind, ItemKind, Visibility};
use crate::model::ids::{ItemId, ModuleId};
use crate::model::place::Site;
use std::collections::BTreeMap;

/// All that must become visible.
pub(super) fn hidden(codebase: &Codebase, boundary: &Boundary<'_>) -> Vec<Action> {
    let mut items: BTreeMap<ItemId, Vec<Site>> = BTreeMap::new();
    let mut fields: BTreeMap<ItemId, Vec<Site>> = BTreeMap::new();
    let mut modules: BTreeMap<ModuleId, Vec<Site>> = BTreeMap::new();
    for r in codebase.references.iter().filter(|r| boundary.parts(r.from, r.to)) {
        let site = codebase.site(r);
        if let Some(item) = r.to_item {
            let seen = seen(codebase, item);
            if codebase.items[seen.index()].visibility != Visibility::Public {
                items.entry(seen).or_default().push(site.clone());
            }
            if r.kind == DependencyKind::Field && codebase.items[item.index()].members.iter().any(|m| m.visibility != Visibility::Public) {
                fields.entry(item).or_default().push(site.clone());
            }
        }
        // A re-export leads past what is hidden on the way.
        if r.via.is_none() && matches!(r.kind, DependencyKind::Use | DependencyKind::Path | DependencyKind::Call | DependencyKind::Type) {
            let mut at = Some(r.to);
            while let Some(module) = at.filter(|m| boundary.group(*m) == boundary.group(r.to)) {
                let m = &codebase.modules[module.index()];
                if m.visibility != Visibility::Public {
                    modules.entry(module).or_default().push(site.clone());
                }
                at = m.parent;
            }
        }
    }
    let mut actions = Vec::new();
    for (module, sites) in modules {
        let m = &codebase.modules[module.index()];
        let defined = Site::new(codebase.files[m.file.index()].path.clone(), m.line);
        actions.push(widen(m.id.clone(), defined, format!("`{}` becomes `pub mod {}`", written(m.visibility, "mod"), m.name()), sites));
    }
    for (item, sites) in items {
        let own = &codebase.items[item.index()];
        let how = match own.kind {
            ItemKind::Macro => "`#[macro_export]` on it".to_owned(),
            _ => format!("`{}` becomes `pub`", written(own.visibility, own.kind.name())),
        };
        actions.push(widen(path(codebase, item), codebase.item_site(item), how, sites));
    }
    for (item, sites) in fields {
        let own = &codebase.items[item.index()];
        let hidden = own.members.iter().filter(|m| m.visibility != Visibility::Public).map(|m| format!("`{}`", m.name));
        let how = format!("fields {} become `pub`, or get functions that give them", hidden.collect::<Vec<_>>().join(", "));
        actions.push(widen(path(codebase, item), codebase.item_site(item), how, sites));
    }
    in_order(&mut actions);
    actions
}

fn widen(what: String, defined: Site, how: String, mut sites: Vec<Site>) -> Action {
    sites.sort();
    action(Technique::Widen, what, Some(defined), how, sites)
}

fn written(visibility: Visibility, kind: &str) -> String {
    match visibility {
        Visibility::Restricted => format!("pub(…) {kind}"),
        _ => kind.to_owned(),
    }
}

/// Whose visibility decides: a trait's for its members.
fn seen(codebase: &Codebase, item: ItemId) -> ItemId {
    let parent = codebase.items[item.index()].parent;
    parent.filter(|p| codebase.items[p.index()].kind == ItemKind::Trait).unwrap_or(item)
}

fn path(codebase: &Codebase, item: ItemId) -> String {
    format!("{}::{}", codebase.modules[codebase.items[item.index()].module.index()].id, codebase.item_path(item))
}
