//! Who publishes what on a bus.
//!
//! Takes: the methods of a bus that publish. Gives: places with the events that are published there. A function that gives its own
//! parameter to such a method publishes what it is given, and so on through all that hand it on; a method of a type that holds nothing but
//! the bus is a name for an event that is published, and those who call it publish it.

use crate::evidence::code::Code;
use crate::model::calls::{Call, Value};
use crate::model::codebase::{DependencyKind, ItemKind, Reference};
use crate::model::evidence::Spot;
use crate::model::ids::{FileId, ItemId};
use std::collections::{BTreeMap, BTreeSet};

/// What a function publishes when it is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Published {
    /// What stands in this argument.
    Given(usize),
    /// Always this, or what is not known.
    Always(Option<ItemId>),
}

/// What is known of a function that publishes.
type Publishers = BTreeMap<ItemId, BTreeSet<Published>>;

struct Bus<'c, 'a> {
    code: &'c Code<'a>,
    told: BTreeMap<(FileId, u32, u32), &'a Call>,
    /// Types that hold the bus and nothing else.
    facades: BTreeSet<ItemId>,
}

/// All events that are published, with those who do so.
pub(super) fn all(code: &Code<'_>, owner: ItemId, methods: &[ItemId]) -> BTreeSet<(Option<ItemId>, Spot)> {
    let told = code.every_call().iter().map(|(i, c)| ((i.file, c.line, c.column), *c)).collect();
    let bus = Bus { code, told, facades: facades(code, owner) };
    let mut publishers = Publishers::new();
    for method in methods {
        publishers.insert(*method, BTreeSet::from([Published::Given(event_parameter(code, *method))]));
    }
    // Each round follows those that were found in the one before.
    let mut new: Vec<ItemId> = methods.to_vec();
    while !new.is_empty() {
        let mut found: BTreeSet<ItemId> = BTreeSet::new();
        for publisher in new {
            for reference in bus.calls_of(publisher) {
                let Some(by) = reference.from_item else { continue };
                let before = publishers.get(&by).map_or(0, BTreeSet::len);
                for event in bus.events(publisher, reference, &publishers) {
                    if let Some(handed_on) = bus.handed_on(by, event, owner) {
                        publishers.entry(by).or_default().insert(handed_on);
                    }
                }
                if publishers.get(&by).map_or(0, BTreeSet::len) > before {
                    found.insert(by);
                }
            }
        }
        new = found.into_iter().collect();
    }
    let mut published = BTreeSet::new();
    for publisher in publishers.keys() {
        let mut called = false;
        for reference in bus.calls_of(*publisher) {
            if reference.from_item.is_some_and(|by| publishers.contains_key(&by)) {
                called |= reference.from_item != Some(*publisher);
                continue;
            }
            called = true;
            published.extend(bus.events(*publisher, reference, &publishers).into_iter().map(|e| (e, code.reference_spot(reference))));
        }
        // A name for an event that nobody uses here is still one by which it is published.
        if !called && !methods.contains(publisher) {
            let always = publishers[publisher].iter().filter_map(|p| match p {
                Published::Always(event) => Some(*event),
                Published::Given(_) => None,
            });
            published.extend(always.map(|event| (event, code.definition(*publisher))));
        }
    }
    published
}

impl<'a> Bus<'_, 'a> {
    fn calls_of(&self, publisher: ItemId) -> impl Iterator<Item = &'a Reference> {
        let all = self.code.references_to(publisher).iter().copied();
        all.filter(move |r| matches!(r.kind, DependencyKind::Method | DependencyKind::Call) && r.from_item != Some(publisher))
    }

    /// What a call publishes.
    fn events(&self, publisher: ItemId, at: &Reference, publishers: &Publishers) -> BTreeSet<Option<ItemId>> {
        let of = |published: &Published| match published {
            Published::Always(event) => *event,
            Published::Given(argument) => self.given(at, *argument),
        };
        publishers.get(&publisher).into_iter().flatten().map(of).collect()
    }

    /// The type of what is given in an argument: of a closure that of what it makes.
    fn given(&self, at: &Reference, argument: usize) -> Option<ItemId> {
        let place = (at.line, at.column);
        let told = self.told.get(&(at.file, at.line, at.column)).and_then(|call| call.args.get(argument));
        match told {
            Some(Value::Closure | Value::Other) | None => {
                let arguments = self.code.arguments(at.file, place);
                let argument = arguments.get(argument)?;
                self.code.made_between(at.file, argument.from, argument.to)
            }
            Some(value) => self.code.type_of(at.file, value),
        }
    }

    /// What a function publishes when it is called because it publishes `event` itself; `None` where it is the one who publishes.
    fn handed_on(&self, by: ItemId, event: Option<ItemId>, owner: ItemId) -> Option<Published> {
        let items = &self.code.codebase.items;
        let of = items[by.index()].parent.and_then(|p| items[p.index()].self_type);
        if event.is_none() && generic_parameter(self.code, by).is_some() {
            return generic_parameter(self.code, by).map(Published::Given);
        }
        let is_facade = of.is_some_and(|of| of == owner || self.facades.contains(&of));
        is_facade.then_some(Published::Always(event))
    }
}

/// Which argument is the event: that of a generic type, else the one that is called so, else the first.
fn event_parameter(code: &Code<'_>, method: ItemId) -> usize {
    let named = |head: &crate::evidence::code::Head| {
        head.parameters.iter().position(|(name, _)| ["event", "message", "msg", "job", "command"].iter().any(|part| name.contains(part)))
    };
    generic_parameter(code, method).or_else(|| code.head(method).as_ref().and_then(named)).unwrap_or_default()
}

/// The first parameter whose type the caller decides.
fn generic_parameter(code: &Code<'_>, function: ItemId) -> Option<usize> {
    let head = code.head(function)?;
    head.parameters.iter().position(|(_, ty)| {
        let bare = ty.trim_start_matches('&').trim_start_matches("mut ").trim();
        bare.starts_with("impl ") || head.generics.iter().any(|g| g == bare)
    })
}

/// Types all of whose fields are the bus, or such a type.
fn facades(code: &Code<'_>, owner: ItemId) -> BTreeSet<ItemId> {
    let items = &code.codebase.items;
    let mut facades: BTreeSet<ItemId> = BTreeSet::new();
    loop {
        let is_bus = |types: &str, facades: &BTreeSet<ItemId>| {
            let name = |item: &ItemId| items[item.index()].name.as_str();
            let mut words = types.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| word == name(&owner) || facades.iter().any(|f| word == name(f)))
        };
        let is_facade = |index: usize| {
            let of = &items[index];
            let fields = of.members.iter().filter(|m| !m.types.contains("PhantomData"));
            of.kind == ItemKind::Struct && fields.clone().count() > 0 && fields.clone().all(|m| is_bus(&m.types, &facades))
        };
        let all: BTreeSet<ItemId> = (0..items.len()).filter(|index| is_facade(*index)).map(ItemId::from).collect();
        if all == facades {
            return facades;
        }
        facades = all;
    }
}
