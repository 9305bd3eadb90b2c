//! Who takes what from a bus.
//!
//! Takes: functions that buses call, and calls that subscribe. Gives: places with the events that are taken there. A function that tells
//! the variants of an event apart and gives each to a part of itself is no consumer: the part is.

use super::is_handler;
use crate::evidence::code::{Arm, Code, Place};
use crate::model::codebase::{DependencyKind, ItemKind, Reference};
use crate::model::evidence::Spot;
use crate::model::ids::{FileId, ItemId};
use std::collections::BTreeSet;

/// An event, if it is known, and who takes it.
pub(super) type Handled = (Option<ItemId>, Spot);

/// What somebody subscribes to: what the function takes that is given, else what is named there.
pub(super) fn subscribed(code: &Code<'_>, at: &Reference) -> Option<ItemId> {
    let items = &code.codebase.items;
    let end = code.end(at.file, (at.line, at.column))?;
    let inside = code.between(at.file, (at.line, at.column + 1), end);
    let functions = inside.iter().filter_map(|r| r.to_item).filter(|to| items[to.index()].kind == ItemKind::Function);
    let taken = functions.into_iter().find_map(|function| taken(code, function));
    taken.or_else(|| {
        let types = inside.iter().filter(|r| r.kind == DependencyKind::Type).filter_map(|r| r.to_item);
        types.into_iter().find(|to| matches!(items[to.index()].kind, ItemKind::Struct | ItemKind::Enum))
    })
}

/// The type of the event that a function takes: that of the parameter which is called so, else the last that is known.
fn taken(code: &Code<'_>, function: ItemId) -> Option<ItemId> {
    let head = code.head(function)?;
    let event = head.parameters.iter().find(|(name, ty)| name.contains("event") || ty.ends_with("::Event"));
    match event {
        Some((_, ty)) => code.type_written(function, ty),
        None => head.parameters.iter().rev().find_map(|(_, ty)| code.type_written(function, ty)),
    }
}

/// All functions to which buses give events.
pub(super) fn all(code: &Code<'_>) -> BTreeSet<Handled> {
    let items = &code.codebase.items;
    let mut handled = BTreeSet::new();
    for (index, item) in items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function && i.parent.is_some()) {
        let id = ItemId::from(index);
        if !is_handler(&item.name) || !code.head(id).is_some_and(|head| head.has_body) {
            continue;
        }
        let event = taken(code, id);
        handled.insert((event, code.definition(id)));
        if let Some(event) = event {
            handled.extend(dispatched(code, id, event));
        }
    }
    handled
}

/// What the variants of events hold, with who takes those events.
pub(super) fn parts(code: &Code<'_>, handled: &BTreeSet<Handled>) -> Vec<(ItemId, Spot)> {
    let mut parts = Vec::new();
    for (event, spot) in handled {
        let Some(event) = *event else { continue };
        let variants = &code.codebase.items[event.index()].members;
        parts.extend(variants.iter().filter_map(|v| Some((code.type_of_member(event, v)?, spot.clone()))));
    }
    parts
}

/// What of an event's variants a function gives on to its parts: the payload of each goes to whom the arm calls.
fn dispatched(code: &Code<'_>, function: ItemId, event: ItemId) -> Vec<Handled> {
    let items = &code.codebase.items;
    let of = &items[function.index()];
    let file = code.codebase.modules[of.module.index()].file;
    let mut handled = Vec::new();
    let arms = arms(code, function, event);
    // Where nothing is given on, this is who takes the event, whatever its variants are.
    let gives_on = |arm: &Arm| code.between(file, arm.body.0, arm.body.1).iter().any(|r| handles(code, r));
    if !arms.iter().any(gives_on) {
        return handled;
    }
    for arm in &arms {
        let to = given_to(code, function, event, arm, &arms, 0);
        for reference in code.between(file, arm.pattern.0, arm.pattern.1).iter().filter(|r| r.to_item == Some(event)) {
            let Some(payload) = payload(code, file, reference, event) else { continue };
            handled.extend(to.iter().map(|spot| (Some(payload), spot.clone())));
        }
    }
    handled
}

/// The arms of the first block that tells the variants of `event` apart.
fn arms(code: &Code<'_>, function: ItemId, event: ItemId) -> Vec<Arm> {
    let of = &code.codebase.items[function.index()];
    let file = code.codebase.modules[of.module.index()].file;
    let all = code.between(file, (of.line, 1), (of.end_line, u32::MAX)).iter();
    let first = all.filter(|r| r.from_item == Some(function) && r.to_item == Some(event)).find_map(|r| {
        // `match` stands before its first pattern.
        let head = code.lines(file, |lines| {
            let from = usize::try_from(of.line).ok()?.checked_sub(1)?;
            let to = usize::try_from(r.line).ok()?;
            (from..to.min(lines.len())).rev().find_map(|at| {
                let text: String = lines[at].iter().collect();
                let column = text.find("match ")?;
                Some((u32::try_from(at + 1).ok()?, u32::try_from(text[..column].chars().count() + 1).ok()?))
            })
        });
        head.flatten().filter(|head: &Place| *head < (r.line, r.column))
    });
    first.map(|place| code.arms(file, place)).unwrap_or_default()
}

/// Does a reference call what buses call?
fn handles(code: &Code<'_>, reference: &Reference) -> bool {
    let is_call = matches!(reference.kind, DependencyKind::Method | DependencyKind::Call);
    is_call && reference.to_item.is_some_and(|to| is_handler(&code.codebase.items[to.index()].name))
}

/// To whom an arm gives what it has: to itself where it calls none that takes events.
fn given_to(code: &Code<'_>, function: ItemId, event: ItemId, arm: &Arm, arms: &[Arm], depth: u32) -> BTreeSet<Spot> {
    let of = &code.codebase.items[function.index()];
    let file = code.codebase.modules[of.module.index()].file;
    let mut to = BTreeSet::new();
    for reference in code.between(file, arm.body.0, arm.body.1).iter().filter(|r| handles(code, r)) {
        let Some(called) = reference.to_item else { continue };
        let again = called == function || declares(code, called, function) && part(code, function, reference).is_none();
        if again && depth < 3 {
            // What it gives to itself again is what another of its arms is for.
            let end = code.end(file, (reference.line, reference.column)).unwrap_or(arm.body.1);
            for variant in code.between(file, arm.body.0, end).iter().filter(|r| r.to_item == Some(event)) {
                let word = code.word_at(file, (variant.line, variant.column));
                let same = |other: &&Arm| {
                    let all = code.between(file, other.pattern.0, other.pattern.1).iter();
                    all.filter(|r| r.to_item == Some(event)).any(|r| code.word_at(file, (r.line, r.column)) == word)
                };
                if let Some(other) = arms.iter().find(same) {
                    to.extend(given_to(code, function, event, other, arms, depth + 1));
                }
            }
        } else if let Some(handler) = part(code, function, reference).or(Some(called)) {
            to.insert(code.definition(handler));
        }
    }
    if to.is_empty() {
        to.insert(Spot {
            site: crate::model::place::Site::new(code.definition(function).site.file, arm.pattern.0.0),
            ..code.definition(function)
        });
    }
    to
}

/// Is one the declaration in a trait that the other implements?
fn declares(code: &Code<'_>, declared: ItemId, function: ItemId) -> bool {
    let items = &code.codebase.items;
    let implements = items[function.index()].parent.and_then(|p| items[p.index()].implements);
    implements.is_some() && items[declared.index()].parent == implements && items[declared.index()].name == items[function.index()].name
}

/// `self.part.handle_event(…)`: the function of the part's own type, where the call only leads to the trait's.
fn part(code: &Code<'_>, function: ItemId, call: &Reference) -> Option<ItemId> {
    let items = &code.codebase.items;
    let called = call.to_item?;
    let owner = items[items[function.index()].parent?.index()].self_type?;
    let before = code.between(call.file, (call.line.saturating_sub(2), 1), (call.line, call.column));
    let field = before.iter().rev().find(|r| r.kind == DependencyKind::Field && r.to_item == Some(owner))?;
    // The field stands right before the call.
    let arrow = code.lines(call.file, |lines| {
        let text: String =
            (field.line..=call.line).filter_map(|l| lines.get(l as usize - 1)).flat_map(|l| l.iter().chain([&' '])).collect();
        let skip = field.column as usize - 1;
        text.chars().skip(skip).skip_while(|c| c.is_alphanumeric() || *c == '_').find(|c| !c.is_whitespace())
    });
    let name = code.word_at(call.file, (field.line, field.column)).filter(|_| arrow.flatten() == Some('.'))?;
    let member = items[owner.index()].members.iter().find(|m| m.name == name)?;
    let words: Vec<&str> = member.types.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let of_trait = items[called.index()].parent.filter(|p| items[p.index()].kind == ItemKind::Trait);
    let of = |item: &crate::model::codebase::Item| item.self_type.filter(|of| words.contains(&items[of.index()].name.as_str()));
    let candidates = items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Impl && of(i).is_some());
    let candidates = candidates.filter(|(_, i)| of_trait.is_none() || i.implements == of_trait);
    let found = candidates
        .flat_map(|(index, _)| code.members(ItemId::from(index)))
        .find(|m| items[m.index()].name == items[called.index()].name)
        .copied();
    found.or_else(|| Some(called).filter(|_| of_trait.is_none()))
}

/// What a variant holds that a pattern names.
fn payload(code: &Code<'_>, file: FileId, pattern: &Reference, event: ItemId) -> Option<ItemId> {
    let items = &code.codebase.items;
    let word = code.word_at(file, (pattern.line, pattern.column))?;
    let variant = items[event.index()].members.iter().find(|m| m.name == word)?;
    code.type_of_member(event, variant)
}
