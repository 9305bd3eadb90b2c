//! Mailboxes of actors.
//!
//! Takes: impl blocks that take messages, and calls. Gives: their channels. A mailbox is an actor with one type of its messages. Whose mailbox a message is put into is told by the declared type of the address, else it is that
//! of every actor which takes the message.

use super::drafts::{Drafts, Identity};
use super::words::{ACTORS, End, POSTS};
use crate::evidence::code::Code;
use crate::model::calls::{CallKind, Invocation, Value};
use crate::model::codebase::ItemKind;
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::ItemId;
use std::collections::BTreeMap;

/// An actor that takes a message.
struct Taker {
    actor: String,
    technology: &'static str,
}

/// All mailboxes.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) {
    let takers = takers(code, drafts);
    for (invocation, call) in code.every_call() {
        let method = call.kind == CallKind::Method && POSTS.contains(&call.name());
        if !method || takers.is_empty() {
            continue;
        }
        let Some(message) = call.args.iter().take(2).find_map(|v| code.type_of(v)).filter(|m| takers.contains_key(m)) else { continue };
        let known = call.receiver_type.as_ref().is_some_and(|t| !t.text.contains("::") || code.called(invocation.file, call).is_some());
        if known
            && !call
                .receiver_type
                .as_ref()
                .is_some_and(|t| ACTORS.iter().any(|(_, crates, _)| crates.iter().any(|c| t.text.starts_with(c))))
        {
            continue;
        }
        let all = &takers[&message];
        let address = call.receiver.as_deref().and_then(|r| addressed(code, invocation, r));
        let meant: Vec<&Taker> = all.iter().filter(|t| address.as_deref().is_some_and(|a| mentions(a, &t.actor))).collect();
        let meant = if meant.is_empty() { all.iter().collect() } else { meant };
        for taker in meant {
            drafts.add(identity(code, taker, message), End::Producer, code.spot(invocation, call.line));
        }
    }
}

fn identity(code: &Code<'_>, taker: &Taker, message: ItemId) -> Identity {
    let payload = Some(code.codebase.items[message.index()].name.clone());
    Identity { name: taker.actor.clone(), kind: ChannelKind::Actor, technology: taker.technology, payload }
}

/// By message, who takes it.
fn takers(code: &Code<'_>, drafts: &mut Drafts) -> BTreeMap<ItemId, Vec<Taker>> {
    let codebase = code.codebase;
    let mut takers: BTreeMap<ItemId, Vec<Taker>> = BTreeMap::new();
    for (index, item) in codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Impl && i.implements.is_none()) {
        let Some((of, actor)) = item.name.strip_prefix("impl ").and_then(|n| n.split_once(" for ")) else { continue };
        let name = of.split('<').next().unwrap_or_default();
        let row = ACTORS.iter().find(|(of_trait, crates, _)| *of_trait == name && crates.iter().any(|c| code.anyone_uses(c)));
        let Some((.., technology)) = row else { continue };
        let id = ItemId::from(index);
        let message = match *technology {
            "ractor" => code.members(id).iter().find(|m| codebase.items[m.index()].name == "Msg").and_then(|m| named_by(code, *m, None)),
            _ => {
                let message = of.split_once('<').map(|(_, m)| m.trim_end_matches('>')).unwrap_or_default();
                named_by(code, id, Some(message))
            }
        };
        let Some(message) = message else { continue };
        let taker = Taker { actor: actor.split('<').next().unwrap_or(actor).to_owned(), technology };
        let handles = |m: &&ItemId| matches!(codebase.items[m.index()].name.as_str(), "handle" | "handle_message");
        let spot = code.definition(code.members(id).iter().find(handles).copied().unwrap_or(id));
        drafts.add(identity(code, &taker, message), End::Consumer, spot);
        takers.entry(message).or_default().push(taker);
    }
    takers
}

/// The type of this name that the header of an item, or the item itself, names.
fn named_by(code: &Code<'_>, item: ItemId, name: Option<&str>) -> Option<ItemId> {
    let items = &code.codebase.items;
    let of = &items[item.index()];
    let file = code.codebase.modules[of.module.index()].file;
    let bare = name.map(|n| n.split('<').next().unwrap_or(n));
    let header = code.between(file, (of.line, 1), (of.line.saturating_add(2), u32::MAX));
    let within = header.iter().filter(|r| bare.is_some() || r.from_item == Some(item));
    let named = within.filter_map(|r| r.to_item).find(|to| {
        let to = &items[to.index()];
        to.kind.is_type() && bare.is_none_or(|name| to.name == name)
    });
    named.or_else(|| code.item_named(of.module, bare?, ItemKind::is_type))
}

/// The type of an address as it is declared: that of a field or of a variable.
fn addressed(code: &Code<'_>, invocation: &Invocation, receiver: &Value) -> Option<String> {
    let items = &code.codebase.items;
    match receiver {
        Value::Field(base, field) => {
            let own = match &**base {
                Value::Local(_, Some(ty)) => ty.items.first().copied(),
                _ => None,
            };
            let of_self = || items[items[invocation.item?.index()].parent?.index()].self_type;
            let declared = |of: ItemId| items[of.index()].members.iter().find(|m| m.name == *field).map(|m| m.types.clone());
            own.or_else(of_self).and_then(declared).or_else(|| {
                // The only field of that name anywhere.
                let mut all =
                    items.iter().flat_map(|i| &i.members).filter(|m| m.name == *field && m.types.contains("Addr")).map(|m| &m.types);
                let first = all.next()?;
                all.all(|other| other == first).then(|| first.clone())
            })
        }
        Value::Local(name, ty) => {
            // `if let Some(orders) = &self.orders_actor`: a variable is called as its field is, or nearly so.
            let own = invocation.item.and_then(|i| items[i.index()].parent).and_then(|p| items[p.index()].self_type);
            let fields = own.map(|of| items[of.index()].members.as_slice()).unwrap_or_default();
            let like = fields.iter().filter(|m| m.types.contains("Addr<") && m.name.starts_with(name.as_str()));
            let field = like.min_by_key(|m| m.name.len()).map(|m| m.types.clone());
            let declared = ty.as_ref().map(|t| t.text.clone()).filter(|text| text.contains('<'));
            declared.or(field).or_else(|| Some(name.clone()))
        }
        Value::Call(call) => call.receiver.as_deref().and_then(|r| addressed(code, invocation, r)),
        _ => None,
    }
}

/// Is the actor named in a type, or a variable named after it?
fn mentions(declared: &str, actor: &str) -> bool {
    let words = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect::<Vec<_>>();
    let snake: String = actor.chars().enumerate().fold(String::new(), |mut out, (at, c)| {
        if c.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
        out
    });
    words(declared).iter().any(|w| w == actor || *w == snake)
}
