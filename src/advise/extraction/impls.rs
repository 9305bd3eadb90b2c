//! Impl blocks that would be orphans on the other side of a boundary.
//!
//! Takes the code base and the boundary; gives one action for each block that rustc would refuse: an inherent impl away from its type
//! (E0116), a trait's impl with neither the trait nor any type of its header in the same crate (E0117). Invariant: a block counts only
//! where the boundary parts it from what it is allowed by today.

use super::boundary::{Boundary, Group};
use super::{Action, Technique, action, in_order};
use crate::model::codebase::{Codebase, ItemKind};
use crate::model::ids::{ItemId, ModuleId};
use std::collections::BTreeMap;

/// All blocks that cannot stay where they are.
pub(super) fn orphans(codebase: &Codebase, boundary: &Boundary<'_>) -> Vec<Action> {
    // What stands in a header: everything on its lines that the block itself refers to.
    let mut headers: BTreeMap<ItemId, Vec<ModuleId>> = BTreeMap::new();
    for r in &codebase.references {
        if let (Some(from), Some(_)) = (r.from_item, r.to_item)
            && codebase.items[from.index()].kind == ItemKind::Impl
        {
            headers.entry(from).or_default().push(r.to);
        }
    }
    let mut actions = Vec::new();
    for (i, block) in codebase.items.iter().enumerate().filter(|(_, item)| item.kind == ItemKind::Impl) {
        let here = block.module;
        let of = |item: Option<ItemId>| item.map(|i| codebase.items[i.index()].module);
        let (this, of_trait) = (of(block.self_type), of(block.implements));
        let with_trait = block.name.contains(" for ");
        let named = headers.get(&ItemId::from(i)).into_iter().flatten().copied();
        let mut ends: Vec<ModuleId> = if with_trait { named.chain(this).chain(of_trait).collect() } else { this.into_iter().collect() };
        ends.retain(|m| *m != here);
        let is_local = this == Some(here) || of_trait == Some(here);
        // Nothing of the workspace in the header: it is of this crate for another reason, or an error already.
        if is_local || ends.is_empty() || !ends.iter().any(|m| boundary.parts(here, *m)) {
            continue;
        }
        let same_side = |m: &ModuleId| boundary.group(*m) == boundary.group(here) && !boundary.parts(here, *m);
        if ends.iter().any(same_side) {
            continue;
        }
        let side = |group: Group| match group {
            Group::Own => "the candidate",
            Group::Library => "the library",
            Group::Rest => "the rest",
        };
        let home = ends.iter().find(|m| boundary.parts(here, **m)).map_or("", |m| side(boundary.group(*m)));
        let because = if with_trait {
            format!(
                "it is written in {}, and neither its trait nor a type in its header is: it moves to {home}, or the type is wrapped",
                side(boundary.group(here))
            )
        } else {
            format!("it is written in {}, and its type is in {home}: it moves there, or becomes a trait", side(boundary.group(here)))
        };
        let site = codebase.item_site(ItemId::from(i));
        let what = format!("{}::{}", codebase.modules[here.index()].id, block.name);
        actions.push(action(Technique::MoveImpl, what, Some(site.clone()), because, vec![site]));
    }
    in_order(&mut actions);
    actions
}
