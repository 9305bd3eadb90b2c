//! Event buses of the workspace's own.
//!
//! Takes: types that publish and are subscribed to, or whose names say that they are buses, and calls. Gives: their channels, one for each
//! type of event, and one for those of which the type is not known. Invariants: what only hands an event on is no producer: those who call
//! it are; a declaration without a body consumes nothing.

mod handled;
mod publish;

use super::drafts::{Drafts, Identity};
use super::words::{BUS_NAMES, BUSES, DISPATCHED_TO, End};
use crate::evidence::code::Code;
use crate::model::codebase::{DependencyKind, ItemKind, Receiver};
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::ItemId;
use std::collections::{BTreeMap, BTreeSet};

/// Methods of a type that publish, and that give what was published.
#[derive(Default)]
struct Methods {
    publish: Vec<ItemId>,
    subscribe: Vec<ItemId>,
}

/// All buses.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) {
    let items = &code.codebase.items;
    for (owner, methods) in buses(code) {
        let bus = items[owner.index()].name.clone();
        let channel = |event: Option<ItemId>| {
            let payload = event.map(|item| code.type_name(item));
            Identity { name: bus.clone(), key: code.type_name(owner), kind: ChannelKind::InProcess, technology: "event bus", payload }
        };
        let published = publish::all(code, owner, &methods.publish);
        for (event, spot) in &published {
            drafts.add(channel(*event), End::Producer, spot.clone());
        }
        for method in &methods.subscribe {
            for reference in code.references_to(*method).iter().filter(|r| r.kind != DependencyKind::Use) {
                let event = handled::subscribed(code, reference);
                drafts.add(channel(event), End::Consumer, code.reference_spot(reference));
            }
        }
        if !published.is_empty() && methods.subscribe.is_empty() {
            let handled = handled::all(code);
            let known: BTreeSet<ItemId> = handled.iter().filter_map(|(event, _)| *event).collect();
            // What nobody takes by itself comes as a part of another event.
            let parts = handled::parts(code, &handled).into_iter().filter(|(part, _)| !known.contains(part));
            let parts = parts.filter(|(part, _)| published.iter().any(|(event, _)| *event == Some(*part)));
            for (event, spot) in parts.map(|(part, spot)| (Some(part), spot)).chain(handled) {
                drafts.add(channel(event), End::Consumer, spot);
            }
        }
    }
}

fn buses(code: &Code<'_>) -> BTreeMap<ItemId, Methods> {
    let items = &code.codebase.items;
    let mut buses: BTreeMap<ItemId, Methods> = BTreeMap::new();
    for (index, item) in items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function) {
        let Some(parent) = item.parent else { continue };
        let of = &items[parent.index()];
        let owner = if of.kind == ItemKind::Trait { Some(parent) } else { of.self_type };
        let signature = item.signature.as_ref().filter(|s| s.receiver != Receiver::None);
        let (Some(owner), Some(signature)) = (owner, signature) else { continue };
        if BUSES.0.contains(&item.name.as_str()) && !signature.parameters.is_empty() {
            buses.entry(owner).or_default().publish.push(ItemId::from(index));
        } else if BUSES.1.contains(&item.name.as_str()) {
            buses.entry(owner).or_default().subscribe.push(ItemId::from(index));
        }
    }
    let named = |owner: &ItemId| BUS_NAMES.iter().any(|part| items[owner.index()].name.contains(part));
    buses.retain(|owner, methods| !methods.publish.is_empty() && (!methods.subscribe.is_empty() || named(owner)));
    buses
}

/// Is it a function to which a bus gives what it holds?
fn is_handler(name: &str) -> bool {
    DISPATCHED_TO.contains(&name)
}
