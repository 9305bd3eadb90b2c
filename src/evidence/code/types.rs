//! Types by what is written of them.
//!
//! Takes: the text of a type where it stands, or a value. Gives: the type of the workspace that is meant, through what is only wrapped
//! around it. What cannot be told is `None`.

use super::scan::pieces;
use super::{Code, Place};
use crate::model::calls::{CallKind, Member, Value};
use crate::model::codebase::{DependencyKind, Item, ItemKind};
use crate::model::ids::{FileId, ItemId};

/// What may stand around a type without making another thing of it, as far as who sends it to whom goes.
const AROUND: &[&str] = &["Arc", "Box", "Option", "Rc", "Result", "Cow", "Vec"];

impl Code<'_> {
    /// The type of a value: what it makes, what it is declared to be, or what the workspace's function gives that makes it.
    pub(in crate::evidence) fn type_of(&self, file: FileId, value: &Value) -> Option<ItemId> {
        match value {
            Value::Path(path) | Value::Struct(path, _) => path.item.and_then(|item| self.type_by(item)),
            Value::Local(_, ty) => ty.as_ref()?.items.first().copied(),
            Value::Call(call) if call.kind == CallKind::Function => match call.callee.item {
                Some(item) => self.type_by(item),
                // `Box::new(Placed)`, `Some(Placed)`
                None => call.args.first().filter(|_| call.args.len() == 1 && call.callee.is_external).and_then(|v| self.type_of(file, v)),
            },
            Value::Call(call) => match self.called(file, call) {
                Some(method) => self.returned(method),
                // `x.clone()`, `x.into()`
                None => call.receiver.as_deref().and_then(|r| self.type_of(file, r)),
            },
            Value::Either(list) => list.iter().find_map(|v| self.type_of(file, v)),
            _ => None,
        }
    }

    /// The type that an item is, gives, or belongs to.
    fn type_by(&self, item: ItemId) -> Option<ItemId> {
        let items = &self.codebase.items;
        let of = &items[item.index()];
        if of.kind.is_type() {
            return Some(item);
        }
        let own = of.parent.and_then(|p| items[p.index()].self_type);
        if of.kind == ItemKind::Function {
            return self.returned(item).or(own);
        }
        own
    }

    /// What a function of the workspace gives back.
    pub(in crate::evidence) fn returned(&self, function: ItemId) -> Option<ItemId> {
        let head = self.head(function)?;
        if head.returns.is_empty() { None } else { self.type_written(function, &head.returns) }
    }

    /// The type that is written so in the head of a function.
    pub(in crate::evidence) fn type_written(&self, function: ItemId, text: &str) -> Option<ItemId> {
        let items = &self.codebase.items;
        let of = &items[function.index()];
        let text = bare(text);
        let path = text.split('<').next().unwrap_or_default().trim();
        let name = path.rsplit("::").next().unwrap_or_default();
        let parent = of.parent.map(|p| &items[p.index()]);
        if path == "Self" {
            return parent?.self_type;
        }
        if path.strip_prefix("Self::").is_some() {
            let alias = self.members(of.parent?).iter().find(|m| items[m.index()].name == name)?;
            return self.types_named_by(*alias).next();
        }
        // As it is written there, else by its last name where that says all.
        let as_written = |(at, to): &(Place, ItemId)| {
            items[to.index()].name == name && self.path_at(self.codebase.modules[of.module.index()].file, *at).as_deref() == Some(path)
        };
        let named = self.type_references_of(function).find(as_written).map(|(_, to)| to);
        let by_name = || self.types_named_by(function).find(|to| items[to.index()].name == name);
        named.or_else(by_name).or_else(|| self.item_named(of.module, name, ItemKind::is_type).filter(|_| !path.contains("::")))
    }

    /// The type that a variant or field holds, by where it is written: two types of one name are told apart by their paths alone.
    pub(in crate::evidence) fn type_of_member(&self, of: ItemId, member: &Member) -> Option<ItemId> {
        let items = &self.codebase.items;
        let text = bare(&member.types);
        let name = text.split('<').next()?.rsplit("::").next()?.trim();
        let item = &items[of.index()];
        let starts = |line: &Vec<char>| {
            let text: String = line.iter().collect();
            let after = text.find(&member.name).map(|at| (text[..at].to_owned(), text[at + member.name.len()..].to_owned()));
            after.is_some_and(|(before, rest)| {
                let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                !before.ends_with(is_part) && !before.trim_start().starts_with("//") && rest.trim_start().starts_with(['(', '{', ':'])
            })
        };
        let line = self.lines(self.codebase.modules[item.module.index()].file, |lines| {
            let (from, to) = (usize::try_from(item.line).ok()?.checked_sub(1)?, usize::try_from(item.end_line).ok()?);
            let at = (from..to.min(lines.len())).find(|at| starts(&lines[*at]))?;
            let column = lines[at].iter().collect::<String>().find(&member.name)?;
            Some((u32::try_from(at + 1).ok()?, u32::try_from(column + 1).ok()?))
        });
        let from = line.flatten()?;
        self.type_references_of(of).find(|(at, to)| *at > from && items[to.index()].name == name).map(|(_, to)| to)
    }

    /// Types that an item names, in order.
    fn types_named_by(&self, item: ItemId) -> impl Iterator<Item = ItemId> {
        self.type_references_of(item).map(|(_, to)| to)
    }

    fn type_references_of(&self, item: ItemId) -> impl Iterator<Item = (Place, ItemId)> {
        let items = &self.codebase.items;
        let of = &items[item.index()];
        let file = self.codebase.modules[of.module.index()].file;
        let all = self.between(file, (of.line, 1), (of.end_line.max(of.line), u32::MAX)).iter();
        let is_type =
            move |to: &ItemId| matches!(items[to.index()].kind, ItemKind::Struct | ItemKind::Enum | ItemKind::TypeAlias | ItemKind::Union);
        let to = |r: &&'_ crate::model::codebase::Reference| r.to_item.map(|to| ((r.line, r.column), to));
        all.filter(move |r| r.from_item == Some(item)).filter_map(to).filter(move |(_, to)| is_type(to))
    }

    /// The first type of which a value is made between two places.
    pub(in crate::evidence) fn made_between(&self, file: FileId, from: Place, to: Place) -> Option<ItemId> {
        let items = &self.codebase.items;
        let makes = |kind: DependencyKind| matches!(kind, DependencyKind::Type | DependencyKind::Path | DependencyKind::Call);
        let named = self.between(file, from, to).iter().filter(|r| makes(r.kind)).filter_map(|r| r.to_item);
        named.into_iter().find(|to| matches!(items[to.index()].kind, ItemKind::Struct | ItemKind::Enum))
    }

    /// What a type is called where others are listed beside it: by as many of its modules, too, as tell it from others of its name.
    pub(in crate::evidence) fn type_name(&self, item: ItemId) -> String {
        let (items, modules) = (&self.codebase.items, &self.codebase.modules);
        let of = &items[item.index()];
        let path = |i: &Item| format!("{}::{}", modules[i.module.index()].id, i.name);
        let same = |(index, other): &(usize, &Item)| {
            *index != item.index() && other.name == of.name && other.kind.is_type() && other.parent.is_none()
        };
        let others: Vec<String> = items.iter().enumerate().filter(same).map(|(_, i)| path(i)).collect();
        let own = path(of);
        let starts = own.rmatch_indices("::").map(|(at, _)| &own[at + 2..]);
        let unique = |short: &&str| !others.iter().any(|other| other.ends_with(&format!("::{short}")));
        starts.into_iter().find(unique).unwrap_or(&own).to_owned()
    }
}

/// A type without references and what is only wrapped around it.
fn bare(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let shorter = text.trim_start_matches('&').trim_start();
        let shorter = shorter.strip_prefix("mut ").or_else(|| shorter.strip_prefix("dyn ")).unwrap_or(shorter).trim();
        let lifetime = shorter.strip_prefix('\'').and_then(|rest| rest.split_once(' ')).map(|(_, rest)| rest);
        let shorter = lifetime.unwrap_or(shorter);
        let inner = shorter.split_once('<').filter(|(outer, _)| AROUND.contains(&outer.rsplit("::").next().unwrap_or_default().trim()));
        let shorter = match inner {
            Some((_, inner)) => pieces(inner.strip_suffix('>').unwrap_or(inner)).first().map_or("", |first| first.trim()),
            None => shorter,
        };
        if shorter == text {
            return text;
        }
        text = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn what_is_wrapped_around_a_type_is_taken_off() {
        for (text, expected) in [
            ("&'a mut Order", "Order"),
            ("Result<Option<Box<m::Order>>, Error>", "m::Order"),
            ("Arc<dyn Bus>", "Bus"),
            ("Event<T>", "Event<T>"),
        ] {
            assert_eq!(bare(text), expected);
        }
    }
}
