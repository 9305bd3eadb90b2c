//! What a side refers to that it may not depend on once it is a crate, and what has to be done about each.
//!
//! Takes the sides; gives actions: data and pure functions move, with all that they are made of; calls are turned around. Invariant: what
//! moves takes along what it names, down to what may stay.

use super::boundary::{Boundary, Group};
use super::{Ground, action, in_order};
use crate::model::codebase::{ItemKind, Reference};
use crate::model::extraction::{Action, Technique};
use crate::model::ids::{ItemId, ModuleId, ServiceId};
use crate::model::place::Site;
use crate::model::plan::{CrossedItem, Style};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

impl Ground<'_> {
    /// Shared modules that it uses and that share a crate with other code, and what of the rest they use.
    pub(super) fn library(&self, boundary: &Boundary<'_>) -> Vec<Action> {
        let mut actions = Vec::new();
        for module in boundary.modules(Group::Library).filter(|m| boundary.is_mixed(*m)) {
            let m = &self.codebase.modules[module.index()];
            let because = format!("shared, and used from here; it leaves crate `{}`", self.codebase.crates[m.krate.index()].name);
            actions.push(action(Technique::MoveModule, m.id.clone(), Some(self.module_site(module)), because, Vec::new()));
        }
        let because = |_: ItemId| "the library may not depend on what depends on it".to_owned();
        actions.extend(self.outward(boundary, Group::Library, &because).into_values().flatten());
        actions
    }

    /// What it refers to of the rest that may not depend on it: data moves to a contract, calls are turned around.
    pub(super) fn outgoing(&self, service: ServiceId, boundary: &Boundary<'_>) -> (Vec<Action>, Vec<Action>) {
        let styles: BTreeMap<&str, (&CrossedItem, ServiceId)> = (self.crossings.iter().filter(|c| c.from == service))
            .flat_map(|c| c.items.iter().map(move |i| (i.path.as_str(), (i, c.to))))
            .collect();
        let because = |item: ItemId| match styles.get(self.path(item).as_str()) {
            Some((crossed, to)) => format!("of `{}`: {}", self.partition.names[to.index()], crossed.because),
            None => "of code that no candidate owns".to_owned(),
        };
        let mut by_technique = self.outward(boundary, Group::Own, &because);
        let mut invert = by_technique.remove(&Technique::Port).unwrap_or_default();
        for action in &mut invert {
            if styles.get(action.what.as_str()).is_some_and(|(i, _)| i.style == Style::Broker) {
                *action = Action { technique: Technique::Event, ..action.clone() };
            }
        }
        // The cheapest first: what opens the circle soonest.
        invert.sort_by(|a, b| (a.sites.len(), &a.what).cmp(&(b.sites.len(), &b.what)));
        let mut contract: Vec<Action> = by_technique.into_values().flatten().collect();
        in_order(&mut contract);
        (contract, invert)
    }

    /// References of a group to the rest that cannot stay, by what is to be done about them.
    fn outward(&self, boundary: &Boundary<'_>, from: Group, because: &dyn Fn(ItemId) -> String) -> BTreeMap<Technique, Vec<Action>> {
        let cut = |to: ModuleId| match boundary.group(to) {
            Group::Rest => boundary.must_be_cut(from, to),
            side => from == Group::Library && side == Group::Own,
        };
        let mut items: BTreeMap<(ModuleId, Option<ItemId>), Vec<Site>> = BTreeMap::new();
        // What takes an item along that the side itself does not name.
        let mut along: BTreeMap<ItemId, ItemId> = BTreeMap::new();
        let mut open: Vec<ItemId> = Vec::new();
        let mut see = |r: &Reference, by: Option<ItemId>, open: &mut Vec<ItemId>| {
            let unit = self.movable(r.to_item);
            let entry = items.entry((r.to, unit));
            if let (Entry::Vacant(_), Some(item)) = (&entry, unit) {
                along.extend(by.map(|by| (item, by)));
                open.extend((self.technique(item) == Technique::MoveItem).then_some(item));
            }
            entry.or_default().push(self.codebase.site(r));
        };
        for r in self.codebase.references.iter().filter(|r| boundary.group(r.from) == from && cut(r.to)) {
            see(r, None, &mut open);
        }
        // Functions that act stay behind, as those of a trait that is implemented there.
        let comes = |r: &&&Reference| cut(r.to) && !r.from_item.is_some_and(|from| self.effects[from.index()]);
        while let Some(item) = open.pop() {
            for r in self.made_of.get(&item).into_iter().flatten().filter(comes).filter(|r| self.movable(r.to_item) != Some(item)) {
                see(r, Some(item), &mut open);
            }
        }
        // A member goes with its type.
        let types: BTreeSet<ItemId> =
            items.keys().filter_map(|(_, item)| *item).filter(|i| self.codebase.items[i.index()].kind.is_type()).collect();
        let goes_along = |item: &ItemId| {
            self.technique(*item) == Technique::MoveItem && types.contains(&self.codebase.unit(*item)) && !types.contains(item)
        };
        items.retain(|(_, item), _| !item.as_ref().is_some_and(goes_along));
        let mut out: BTreeMap<Technique, Vec<Action>> = BTreeMap::new();
        for ((module, item), mut sites) in items {
            sites.sort();
            let made = match item {
                None => {
                    let because = "a module's name in a path: it goes with what is reached through it".to_owned();
                    let defined = self.module_site(module);
                    action(Technique::MoveItem, self.codebase.modules[module.index()].id.clone(), Some(defined), because, sites)
                }
                Some(id) => {
                    let because =
                        along.get(&id).map_or_else(|| because(id), |by| format!("`{}` moves, and takes it along", self.path(*by)));
                    action(self.technique(id), self.path(id), Some(self.codebase.item_site(id)), because, sites)
                }
            };
            out.entry(made.technique).or_default().push(made);
        }
        out
    }

    /// What moves where an item is wanted: a function alone, a type with its impl blocks.
    fn movable(&self, item: Option<ItemId>) -> Option<ItemId> {
        item.map(|i| if self.codebase.items[i.index()].signature.is_some() { i } else { self.codebase.unit(i) })
    }

    /// What is to be done about an item that cannot be referred to any more.
    fn technique(&self, item: ItemId) -> Technique {
        let acts =
            |item: Option<ItemId>| item.is_some_and(|i| self.effects[i.index()] && self.codebase.items[i.index()].signature.is_some());
        let stays = match self.codebase.items[item.index()].kind {
            // A router only names those that act.
            ItemKind::Function => self.effects[item.index()] || self.made_of.get(&item).into_iter().flatten().any(|r| acts(r.to_item)),
            ItemKind::Static => true,
            // What is a way to something stays where it leads to it; others see a trait.
            ItemKind::Struct | ItemKind::Enum | ItemKind::Union => !self.types.is_data(item),
            _ => false,
        };
        if stays { Technique::Port } else { Technique::MoveItem }
    }
}
