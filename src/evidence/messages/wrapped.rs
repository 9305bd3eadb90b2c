//! Functions of the workspace that stand between a broker and those who use it.
//!
//! Takes: functions that hand what they are given on to a broker, or give what comes from one. Gives: the ends that their callers are. A
//! queue whose topic such a function does not know is what goes through it: the type that its owner is for, else the type of what it is
//! given. Wrappers of wrappers are followed.

use super::drafts::{Drafts, Identity};
use super::words::End;
use crate::evidence::code::Code;
use crate::model::calls::{Call, Invocation, Value};
use crate::model::codebase::{DependencyKind, ItemKind, Reference};
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::{FileId, ItemId};
use std::collections::{BTreeMap, BTreeSet};

/// Wrappers of wrappers are followed this far.
const DEPTH: usize = 3;

/// By function: which end it stands for, and of what.
pub(super) type Wrappers = BTreeMap<ItemId, (End, &'static str)>;

/// The function that a call to a broker stands in, where its callers are the ones who send and receive: it is a method, and what is sent is
/// given to it, or what is received is given back by it.
pub(super) fn wrapper(code: &Code<'_>, invocation: &Invocation, call: &Call, end: End) -> Option<ItemId> {
    let item = invocation.item?;
    let of = &code.codebase.items[item.index()];
    of.parent.and_then(|p| code.codebase.items[p.index()].self_type)?;
    match end {
        End::Producer => gives_on(code, item, &call.args).then_some(item),
        End::Consumer => code.head(item).filter(|head| !head.returns.is_empty()).map(|_| item),
        End::Neither => None,
    }
}

/// Is any of what is given a parameter of the function?
fn gives_on(code: &Code<'_>, function: ItemId, given: &[Value]) -> bool {
    let Some(head) = code.head(function) else { return false };
    let mut names = BTreeSet::new();
    given.iter().for_each(|value| locals(value, &mut names));
    head.parameters.iter().any(|(name, _)| names.contains(name.as_str()))
}

fn locals<'v>(value: &'v Value, names: &mut BTreeSet<&'v str>) {
    match value {
        Value::Local(name, _) => drop(names.insert(name)),
        Value::Call(call) => {
            call.receiver.iter().for_each(|r| locals(r, names));
            call.args.iter().for_each(|a| locals(a, names));
        }
        Value::Struct(_, fields) => fields.iter().for_each(|(_, v)| locals(v, names)),
        Value::Field(base, _) => locals(base, names),
        Value::List(list) | Value::Either(list) | Value::Joined(list) => list.iter().for_each(|v| locals(v, names)),
        _ => {}
    }
}

/// Adds the ends that callers of wrappers are; the number of those of which it is not known what they send or receive.
pub(super) fn find(code: &Code<'_>, wrappers: Wrappers, drafts: &mut Drafts) -> usize {
    let told: BTreeMap<(FileId, u32, u32), &Call> = code.every_call().iter().map(|(i, c)| ((i.file, c.line, c.column), *c)).collect();
    let mut unknown = 0;
    let mut next = wrappers;
    let mut seen: BTreeSet<ItemId> = BTreeSet::new();
    for depth in 0..=DEPTH {
        let mut outer = Wrappers::new();
        for (wrapper, (end, technology)) in std::mem::take(&mut next) {
            if !seen.insert(wrapper) {
                continue;
            }
            for reference in calls_of(code, wrapper) {
                let call = told.get(&(reference.file, reference.line, reference.column)).copied();
                let payload = payload(code, wrapper, reference, call);
                let again = reference.from_item.filter(|by| {
                    depth < DEPTH && payload.is_none() && end == End::Producer && call.is_some_and(|call| gives_on(code, *by, &call.args))
                });
                if let Some(by) = again {
                    outer.insert(by, (end, technology));
                } else if let Some(payload) = payload {
                    let name = code.type_name(payload);
                    let identity =
                        Identity { payload: Some(name.clone()), name, key: String::new(), kind: ChannelKind::Broker, technology };
                    drafts.add(identity, end, code.reference_spot(reference));
                } else {
                    unknown += 1;
                }
            }
        }
        next = outer;
    }
    unknown
}

fn calls_of<'a>(code: &Code<'a>, function: ItemId) -> Vec<&'a Reference> {
    let all = code.references_to(function).iter().copied();
    all.filter(|r| matches!(r.kind, DependencyKind::Method | DependencyKind::Call)).collect()
}

/// What goes through: what the owner of the wrapper is for, else what it is given.
fn payload(code: &Code<'_>, wrapper: ItemId, reference: &Reference, call: Option<&Call>) -> Option<ItemId> {
    let items = &code.codebase.items;
    let is_type = |item: &ItemId| matches!(items[item.index()].kind, ItemKind::Struct | ItemKind::Enum);
    let owner = items[items[wrapper.index()].parent?.index()].self_type;
    let of_owner = call.and_then(|c| c.receiver_type.as_ref()).filter(|ty| ty.text.contains('<'));
    let of_owner = of_owner.and_then(|ty| ty.items.iter().copied().find(|item| Some(*item) != owner && is_type(item)));
    let given = || match call {
        Some(call) => call.args.iter().find_map(|v| code.type_of(reference.file, v)),
        None => {
            let arguments = code.arguments(reference.file, (reference.line, reference.column));
            arguments.iter().find_map(|a| code.made_between(reference.file, a.from, a.to))
        }
    };
    of_owner.or_else(given).filter(is_type)
}
